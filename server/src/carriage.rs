//! Goods under way: orders to carriers by signed webhook, what carriers and drivers tell, the driver's link.
//!
//! The follower of the ledger makes an order of each hand-over to a carrier of the settings ([`Carriers::order`]); the
//! order is on disk before it is sent, and sent until the carrier takes it. What comes back is no step of the transfer:
//! it moves no stock and hinders nobody.

pub mod link;
mod page;
mod route;
mod send;

pub use route::{LINK_PATH, STATUS_PATH, routes};

use crate::clock::Clock;
use crate::config::Config;
use crate::lease::Lease;
use crate::message::guard::{self, Reach};
use crate::message::webhook::SigningKey;
use crate::store::{Database, Directory, StoreError};
use domain::transfer::{Carriage, DispatchOrder, Step, StepKind, Taken, Transfer};
use reqwest::Client;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{Notify, watch};

/// A carrier that orders go to.
#[derive(Debug, Clone)]
pub struct Carrier {
    /// As stores choose it at the hand-over.
    pub name: String,
    /// Where its orders go.
    pub url: String,
    /// What both sides sign with.
    pub key: SigningKey,
}

/// The carriers, and the orders on their way to them. Cheap to clone.
#[derive(Clone)]
pub struct Carriers {
    known: Arc<BTreeMap<String, Carrier>>,
    database: Database,
    directory: Directory,
    clock: Clock,
    reach: Reach,
    http: Client,
    arrived: Arc<Notify>,
}

impl Carriers {
    /// Knows the carriers of the settings, and sends what waits, while it holds the lease and until `ended` says so.
    #[must_use]
    pub fn start(
        config: &Config,
        clock: Clock,
        (database, directory): (Database, Directory),
        (lease, ended): (Lease, watch::Receiver<()>),
    ) -> Self {
        let carrier = |(code, setting): (&String, &crate::config::CarrierSetting)| {
            let key = SigningKey::parse(&setting.key).ok()?;
            Some((code.clone(), Carrier { name: setting.name.clone(), url: setting.url.clone(), key }))
        };
        let known: BTreeMap<String, Carrier> = config.carriers.iter().filter_map(carrier).collect();
        let (reach, arrived) = (config.reach(), Arc::default());
        let http = guard::client(reach);
        let carriers = Self { known: Arc::new(known), database, directory, clock, reach, http, arrived };
        if !carriers.known.is_empty() {
            tokio::spawn(send::run(carriers.clone(), lease, ended));
        }
        carriers
    }

    /// The carrier of that code.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&Carrier> {
        self.known.get(code)
    }

    /// The names of all, in the order of their codes.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.known.values().map(|carrier| carrier.name.as_str())
    }

    /// The code of the carrier that a transfer's goods were handed to, if orders go to it.
    #[must_use]
    pub fn carrier_of(&self, transfer: &Transfer) -> Option<&str> {
        let Step::HandedOver { carriage: Carriage::Carrier { name, .. }, .. } =
            &transfer.step(StepKind::HandOver)?.step
        else {
            return None;
        };
        let known = self.known.iter().find(|(_, carrier)| carrier.name == *name);
        known.map(|(code, _)| code.as_str())
    }

    /// Makes an order of a hand-over, once; of any other step none.
    ///
    /// # Errors
    /// When the database fails: the order is then not made.
    pub async fn order(&self, transfer: &Transfer, taken: &Taken) -> Result<(), StoreError> {
        if taken.step.kind() != StepKind::HandOver {
            return Ok(());
        }
        let Some(carrier) = self.carrier_of(transfer) else { return Ok(()) };
        if self.database.dispatch(transfer.id).await?.is_none() {
            let order = DispatchOrder::new(carrier.to_owned(), self.clock.now());
            self.database.save_dispatch(transfer.id, &order).await?;
            self.arrived.notify_one();
        }
        Ok(())
    }
}
