//! The transfers that are not over, read again only where one has taken a step.

use super::book::{Promise, StoreTransfers};
use crate::store::transfer::concerned;
use crate::store::{Database, StoreError};
use domain::id::{SkuCode, StoreCode};
use domain::transfer::{Phase, Transfer, TransferId};
use std::collections::{BTreeMap, BTreeSet};

/// The items of stores that something was said of.
pub type Lines = BTreeMap<StoreCode, BTreeSet<SkuCode>>;

/// The transfers that are not over.
#[derive(Debug, Default)]
pub struct UnderWay {
    transfers: BTreeMap<TransferId, Known>,
    /// Those that may concern a store: what one step costs does not depend on how many there are elsewhere.
    of_stores: BTreeMap<StoreCode, BTreeSet<TransferId>>,
}

/// What has come of transfers that have taken a step.
#[derive(Debug, Default)]
pub struct Moved {
    /// Whose lines that changes.
    pub lines: Lines,
    /// What was promised.
    pub promises: BTreeMap<TransferId, Promise>,
}

#[derive(Debug)]
struct Known {
    n_steps: i64,
    transfer: Transfer,
}

impl UnderWay {
    /// Reads every transfer that has taken a step since.
    pub async fn read(&mut self, database: &Database) -> Result<Moved, StoreError> {
        let open = database.open_steps(None).await?;
        let has_moved = |id: &TransferId| self.transfers.get(id).map(|known| known.n_steps) != open.get(id).copied();
        let moved: BTreeSet<TransferId> =
            open.keys().chain(self.transfers.keys()).filter(|id| has_moved(id)).copied().collect();
        self.follow(database, moved).await
    }

    /// Reads transfers that have taken a step.
    pub async fn follow(&mut self, database: &Database, moved: BTreeSet<TransferId>) -> Result<Moved, StoreError> {
        let read = database.transfers(moved.clone()).await?;
        let mut told = Moved::default();
        for known in moved.iter().filter_map(|id| self.transfers.remove(id)) {
            add_lines(&mut told.lines, &known.transfer);
            for store in known.transfer.stores() {
                if let Some(of_store) = self.of_stores.get_mut(store) {
                    of_store.remove(&known.transfer.id);
                }
            }
        }
        for transfer in read {
            add_lines(&mut told.lines, &transfer);
            told.promises.extend(promise(&transfer));
            if !transfer.phase().is_over() {
                let n_steps = i64::try_from(transfer.timeline().len()).expect("a transfer has few steps");
                for store in transfer.stores() {
                    self.of_stores.entry(store.clone()).or_default().insert(transfer.id);
                }
                self.transfers.insert(transfer.id, Known { n_steps, transfer });
            }
        }
        Ok(told)
    }

    /// What is under way of a store.
    #[must_use]
    pub fn of(&self, store: &StoreCode) -> StoreTransfers {
        let mut of = StoreTransfers::default();
        let ids = self.of_stores.get(store).into_iter().flatten();
        for Known { transfer, .. } in ids.filter_map(|id| self.transfers.get(id)) {
            if concerned(transfer).contains(store) {
                of.n_open += 1;
                of.n_abnormal += u32::from(transfer.phase() == Phase::Abnormal);
            }
            for ((at, sku), line) in transfer.under_way() {
                if at == store {
                    *of.lines.entry(sku.clone()).or_default() += line;
                }
            }
        }
        of
    }
}

/// What the store that is asked has promised.
pub(super) fn promise(transfer: &Transfer) -> Option<(TransferId, Promise)> {
    let confirmed = transfer.confirmation()?;
    Some((transfer.id, Promise { to: transfer.receiver.clone(), at: confirmed.at, wait_ms: confirmed.wait_ms }))
}

fn add_lines(lines: &mut Lines, transfer: &Transfer) {
    for store in transfer.stores() {
        let skus = transfer.request().lines.iter().map(|line| line.sku.clone());
        lines.entry(store.clone()).or_default().extend(skus);
    }
}
