//! The transfers that are not over, read again only where one has taken a step.

use super::book::StoreTransfers;
use crate::store::transfer::concerned;
use crate::store::{Database, StoreError};
use domain::id::{SkuCode, StoreCode};
use domain::transfer::{Phase, Transfer, TransferId, reserved};
use std::collections::{BTreeMap, BTreeSet};

/// The items of stores that something was said of.
pub type Lines = BTreeMap<StoreCode, BTreeSet<SkuCode>>;

/// The transfers that are not over.
#[derive(Debug, Default)]
pub struct UnderWay(BTreeMap<TransferId, Known>);

#[derive(Debug)]
struct Known {
    n_steps: i64,
    transfer: Transfer,
}

impl UnderWay {
    /// Reads every transfer that has taken a step since, and says whose lines that changes.
    pub async fn read(&mut self, database: &Database) -> Result<Lines, StoreError> {
        let open = database.open_steps(None).await?;
        let has_moved = |id: &TransferId| self.0.get(id).map(|known| known.n_steps) != open.get(id).copied();
        let moved: BTreeSet<TransferId> =
            open.keys().chain(self.0.keys()).filter(|id| has_moved(id)).copied().collect();
        self.follow(database, moved).await
    }

    /// Reads transfers that have taken a step, and says whose lines that changes.
    pub async fn follow(&mut self, database: &Database, moved: BTreeSet<TransferId>) -> Result<Lines, StoreError> {
        let read = database.transfers(moved.clone()).await?;
        let mut lines = Lines::new();
        for known in moved.iter().filter_map(|id| self.0.remove(id)) {
            add_lines(&mut lines, &known.transfer);
        }
        for transfer in read {
            add_lines(&mut lines, &transfer);
            if !transfer.phase().is_over() {
                let n_steps = i64::try_from(transfer.timeline().len()).expect("a transfer has few steps");
                self.0.insert(transfer.id, Known { n_steps, transfer });
            }
        }
        Ok(lines)
    }

    /// What is under way of each store.
    #[must_use]
    pub fn by_store(&self) -> BTreeMap<StoreCode, StoreTransfers> {
        let mut by_store = BTreeMap::<StoreCode, StoreTransfers>::new();
        for Known { transfer, .. } in self.0.values() {
            for store in concerned(transfer) {
                let of = by_store.entry(store).or_default();
                of.n_open += 1;
                of.n_abnormal += u32::from(transfer.phase() == Phase::Abnormal);
            }
            if let Some(source) = transfer.source() {
                let of = by_store.entry(source.clone()).or_default();
                for (sku, units) in reserved(source, [transfer]) {
                    *of.reserved_units.entry(sku.clone()).or_default() += units;
                }
            }
            let of = by_store.entry(transfer.receiver.clone()).or_default();
            for (sku, units) in transfer.in_transit() {
                *of.in_transit_units.entry(sku.clone()).or_default() += units;
            }
        }
        by_store
    }
}

fn add_lines(lines: &mut Lines, transfer: &Transfer) {
    for store in transfer.stores() {
        let skus = transfer.request().lines.iter().map(|line| line.sku.clone());
        lines.entry(store.clone()).or_default().extend(skus);
    }
}
