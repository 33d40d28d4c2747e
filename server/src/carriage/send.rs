//! Sends orders to carriers: what waits on disk, until it is taken or given up.

use super::{Carrier, Carriers};
use crate::error::chain;
use crate::lease::Lease;
use crate::message::channel::SendError;
use crate::message::webhook;
use crate::store::StoreError;
use domain::id::StoreCode;
use domain::transfer::{Carriage, DispatchOrder, Step, StepKind, Transfer, TransferId};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::watch;

/// How often it is looked whether a try is due.
const LOOK_EVERY: Duration = Duration::from_secs(20);

pub(super) async fn run(carriers: Carriers, lease: Lease, mut ended: watch::Receiver<()>) {
    loop {
        if lease.holds().await
            && let Err(error) = carriers.send_due().await
        {
            tracing::warn!(error = chain(&error), "orders to carriers are sent later");
        }
        tokio::select! {
            () = carriers.arrived.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = ended.changed() => return,
        }
    }
}

impl Carriers {
    async fn send_due(&self) -> Result<(), StoreError> {
        for (id, order) in self.database.waiting_dispatches().await? {
            if order.next_at().is_none_or(|at| at > self.clock.now()) {
                continue;
            }
            let Some(transfer) = self.database.transfers([id]).await?.pop() else { continue };
            let outcome = match self.get(&order.carrier) {
                Some(carrier) => self.send(carrier, &order, &transfer).await,
                None => Err(SendError::Refused("the carrier is not in the settings any more".into())),
            };
            let now = self.clock.now();
            let order = match outcome {
                Ok(()) => order.sent(now),
                Err(SendError::Later(why) | SendError::Blocked { why, .. }) => order.failed(now, why, false),
                Err(error) => order.failed(now, error.to_string(), true),
            };
            self.database.save_dispatch(id, &order).await?;
        }
        Ok(())
    }

    async fn send(&self, carrier: &Carrier, order: &DispatchOrder, transfer: &Transfer) -> Result<(), SendError> {
        let id = webhook_id(transfer.id);
        let body = self.body(order, transfer).to_string();
        let now = self.clock.now();
        webhook::post(&self.http, self.reach, &carrier.url, &carrier.key, &id, body, now).await
    }

    fn body(&self, order: &DispatchOrder, transfer: &Transfer) -> Value {
        let masters = self.directory.masters();
        let store = |code: &StoreCode| {
            let found = masters.store(code).map(|found| &found.store);
            json!({
                "code": code,
                "name": found.map(|store| &store.name.zh),
                "at": found.map(|store| store.at),
            })
        };
        let sent = transfer.sent();
        let line = |(sku, units): (&&domain::id::SkuCode, &i64)| json!({ "sku": sku, "name": masters.products().get(*sku).map(|found| &found.name), "units": units });
        let tracking = match transfer.step(StepKind::HandOver).map(|taken| &taken.step) {
            Some(Step::HandedOver { carriage: Carriage::Carrier { tracking, .. }, .. }) => tracking.as_deref(),
            _ => None,
        };
        json!({
            "type": "shelftrace.dispatch",
            "transfer": transfer.id,
            "number": transfer.id.spoken(),
            "from": transfer.source().map(store),
            "to": store(&transfer.receiver),
            "units": sent.values().sum::<i64>(),
            "lines": sent.iter().map(line).collect::<Vec<_>>(),
            "tracking": tracking,
            "ordered_at": order.ordered_at,
            "status_path": super::STATUS_PATH.replace("{carrier}", &order.carrier),
        })
    }
}

/// The same at every try: the carrier knows by it what it has seen.
fn webhook_id(transfer: TransferId) -> String {
    format!("dispatch-{transfer}")
}
