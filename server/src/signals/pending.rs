//! What the follower has taken of the ledger and not judged yet: kept until it is, so that a failure between the two
//! loses no warning.

use super::under_way::Lines;
use domain::id::{SkuCode, StoreCode};
use domain::transfer::TransferId;
use std::collections::BTreeSet;

/// What is still to be done about events that were taken.
#[derive(Debug, Default)]
pub struct Pending {
    /// Lines that have changed: what hangs on them is to be worked out anew.
    pub stale: Lines,
    /// Lines to be judged.
    pub unjudged: Lines,
    /// Stores whose first best-before dates may have changed.
    pub lots: BTreeSet<StoreCode>,
    /// Transfers that have taken a step.
    pub steps: BTreeSet<TransferId>,
}

impl Pending {
    /// Lines of a store have changed.
    pub fn change(&mut self, store: &StoreCode, skus: BTreeSet<SkuCode>) {
        if !skus.is_empty() {
            self.stale.entry(store.clone()).or_default().extend(skus.iter().cloned());
            self.judge(store, skus);
        }
    }

    /// Lines of a store are to be judged, changed or not.
    pub fn judge(&mut self, store: &StoreCode, skus: BTreeSet<SkuCode>) {
        if !skus.is_empty() {
            self.unjudged.entry(store.clone()).or_default().extend(skus);
        }
    }
}
