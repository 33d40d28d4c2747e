//! How many transfers concern each store, read again only where a transfer has taken a step.

use crate::store::{Database, StoreError};
use domain::id::StoreCode;
use domain::transfer::{Phase, TransferId};
use std::collections::{BTreeMap, BTreeSet};

/// The transfers that are not over.
#[derive(Debug, Default)]
pub struct UnderWay(BTreeMap<TransferId, Known>);

#[derive(Debug)]
struct Known {
    n_steps: i64,
    stores: BTreeSet<StoreCode>,
    is_abnormal: bool,
}

impl UnderWay {
    /// Reads what has changed, and counts: of each store the open transfers, and of those the abnormal ones.
    pub async fn read(&mut self, database: &Database) -> Result<BTreeMap<StoreCode, (u32, u32)>, StoreError> {
        let open = database.open_steps(None).await?;
        self.0.retain(|transfer, known| open.get(transfer) == Some(&known.n_steps));
        let unread: Vec<TransferId> = open.keys().filter(|id| !self.0.contains_key(*id)).copied().collect();
        for transfer in database.transfers(unread).await? {
            let Some(n_steps) = open.get(&transfer.id).copied() else { continue };
            let is_abnormal = transfer.phase() == Phase::Abnormal;
            let stores = crate::store::transfer::concerned(&transfer);
            self.0.insert(transfer.id, Known { n_steps, stores, is_abnormal });
        }
        let mut by_store = BTreeMap::<StoreCode, (u32, u32)>::new();
        for known in self.0.values() {
            for store in &known.stores {
                let (n_open, n_abnormal) = by_store.entry(store.clone()).or_default();
                *n_open += 1;
                *n_abnormal += u32::from(known.is_abnormal);
            }
        }
        Ok(by_store)
    }
}
