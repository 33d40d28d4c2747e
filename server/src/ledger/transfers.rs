//! What a batch is decided by about transfers: every store's side, and how far the stores can be relied on.
//!
//! A step stands in one store's chain and depends on another's. Both heads are read before the sides and compared when
//! the step is committed: whoever wrote in between makes this writer decide again.

use super::decide::Item;
use super::load::{LoadError, Loaded};
use crate::store::read::read_head;
use crate::store::row::{head_id, ids};
use crate::store::transfer::{Sides, concerned};
use crate::store::{CreditScores, Database, StoreError};
use domain::chain::Head;
use domain::credit::Band;
use domain::event::{EventBody, LedgerEvent};
use domain::id::{EventId, StoreCode};
use domain::transfer::{Side, Step, Transfer, TransferId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use surrealdb::types::{Value, Variables};

/// Transfers as a batch finds them, and leaves them.
#[derive(Debug, Default)]
pub(super) struct Transfers {
    sides: Sides,
    /// How far the stores that ask for goods can be relied on.
    bands: BTreeMap<StoreCode, Band>,
    /// Of each event that a dispute cites, the transfer it is a step of.
    transfer_of: HashMap<EventId, TransferId>,
    /// The transfers that took a step, with the stores they concerned before.
    touched: BTreeMap<TransferId, BTreeSet<StoreCode>>,
    /// The stores on whose chains an accepted step depends.
    pub(super) depends_on: BTreeSet<StoreCode>,
}

impl Transfers {
    /// The transfer as it stands, with what the batch has done to it so far.
    pub(super) fn whole(&self, id: TransferId) -> Option<Transfer> {
        Transfer::of(id, self.sides.get(&id)?.clone())
    }

    /// Every transfer loaded.
    pub(super) fn all(&self) -> Vec<Transfer> {
        self.sides.keys().filter_map(|id| self.whole(*id)).collect()
    }

    pub(super) fn band(&self, store: &StoreCode) -> Band {
        self.bands.get(store).copied().unwrap_or(Band::Normal)
    }

    /// The transfer that the event is a step of.
    pub(super) fn of_event(&self, event: &EventId) -> Option<Transfer> {
        self.whole(*self.transfer_of.get(event)?)
    }

    /// Takes an accepted step.
    pub(super) fn take(&mut self, event: &LedgerEvent) {
        let EventBody::Transfer(told) = &event.event.body else { return };
        let before = self.whole(told.transfer);
        self.touched.entry(told.transfer).or_insert_with(|| before.as_ref().map(concerned).unwrap_or_default());
        self.depends_on.extend(before.iter().flat_map(Transfer::stores).cloned());
        let store = event.event.store.clone();
        self.sides.entry(told.transfer).or_default().entry(store).or_default().take(event, &told.step);
    }

    /// The transfers that took a step, each with the stores it no longer concerns.
    pub(super) fn touched(&self) -> impl Iterator<Item = (Transfer, Vec<&StoreCode>)> {
        self.touched.iter().filter_map(|(id, before)| {
            let transfer = self.whole(*id)?;
            let after = concerned(&transfer);
            Some((transfer, before.iter().filter(|store| !after.contains(*store)).collect()))
        })
    }
}

/// The transfers that a batch is about: those it names, those that hold what it promises, and those it disputes.
pub(super) async fn load_transfers(
    database: &Database,
    items: &[Item<'_>],
    credit: &CreditScores,
    loaded: &mut Loaded,
) -> Result<(), LoadError> {
    let mut wanted: BTreeSet<TransferId> = BTreeSet::new();
    let mut stores: BTreeMap<TransferId, BTreeSet<StoreCode>> = BTreeMap::new();
    let mut promising: BTreeSet<StoreCode> = BTreeSet::new();
    let mut disputed: BTreeSet<EventId> = BTreeSet::new();
    for item in items {
        let store = &item.event.store;
        match &item.event.body {
            EventBody::Transfer(told) => {
                wanted.insert(told.transfer);
                match &told.step {
                    Step::Requested(request) => {
                        let asked = request.candidates.iter().map(|candidate| candidate.store.clone());
                        stores.entry(told.transfer).or_default().extend(asked.chain([store.clone()]));
                        if loaded.heads.contains_key(store) {
                            let scores = credit.of(database, &[store], item.recorded_at).await?;
                            let bands = scores.into_iter().map(|(store, score)| (store, Band::of(score)));
                            loaded.transfers.bands.extend(bands);
                        }
                    }
                    Step::Confirmed { .. } => _ = promising.insert(store.clone()),
                    _ => {}
                }
            }
            EventBody::Credit(told) => _ = disputed.insert(told.point().event),
            _ => {}
        }
    }
    if !promising.is_empty() {
        wanted.extend(database.open_transfers(Some(&Vec::from_iter(&promising))).await?);
    }
    for (event, transfer) in database.transfers_of_events(disputed.into_iter().collect()).await? {
        wanted.insert(transfer);
        loaded.transfers.transfer_of.insert(event, transfer);
    }
    if wanted.is_empty() {
        return Ok(());
    }
    for (transfer, of) in database.stores_of_transfers(wanted.into_iter().collect()).await? {
        stores.entry(transfer).or_default().extend(of);
    }
    let others = stores.values().flatten().filter(|store| !loaded.heads.contains_key(*store));
    let others: Vec<StoreCode> = others.cloned().collect();
    let mut variables = Variables::new();
    variables.insert("heads", ids(others.iter().map(|store| head_id(store))));
    let heads: Vec<Value> = database.run("SELECT * FROM $heads", variables).await?.take(0).map_err(StoreError::from)?;
    let mut read: BTreeMap<StoreCode, Head> =
        others.into_iter().map(|store| (store.clone(), Head::genesis(store))).collect();
    for row in heads {
        let head = read_head(row)?.head;
        read.insert(head.store.clone(), head);
    }
    loaded.heads.extend(read);
    let each = stores.iter().flat_map(|(id, stores)| stores.iter().map(|store| (*id, store.clone())));
    let each: Vec<(TransferId, StoreCode)> = each.collect();
    loaded.transfers.sides = database.sides(each).await?;
    Ok(())
}

/// The sides that a store's own models need to be folded further.
pub(super) fn own_sides(
    transfers: &Transfers,
    store: &StoreCode,
    wanted: &BTreeSet<TransferId>,
) -> Vec<(TransferId, Side)> {
    let own = |id: &TransferId| Some((*id, transfers.sides.get(id)?.get(store)?.clone()));
    wanted.iter().filter_map(own).collect()
}
