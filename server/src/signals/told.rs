//! What the ledger tells the follower.

use super::book::Told;
use crate::store::{Database, StoreError};
use domain::approval::Outcome;
use domain::event::EventBody;
use domain::id::{SkuCode, StoreCode};
use domain::instant::Day;
use std::collections::BTreeMap;

impl Database {
    /// Accepted events of a store, each with what it needs to be understood.
    pub(super) async fn told(&self, store: &StoreCode, from: u64, to: u64) -> Result<Vec<Told>, StoreError> {
        let events = self.events(store, from, to).await?;
        let cited = self.events_at(store, events.iter().filter_map(|stored| stored.cites)).await?;
        let cited: BTreeMap<u64, _> = cited.into_iter().map(|stored| (stored.event.stamp.seq, stored.event)).collect();
        let reversed: Vec<_> = events
            .iter()
            .filter(|stored| matches!(stored.event.event.body, EventBody::Reversed { .. }))
            .filter_map(|stored| stored.event.event.body.cites())
            .collect();
        let outcomes = self.outcomes(store, &reversed).await?;
        let told = events.into_iter().map(|stored| {
            let cited = stored.cites.and_then(|seq| cited.get(&seq).cloned());
            // What was withdrawn had never taken effect; whose word it awaited does not matter.
            let outcome = stored.event.event.body.cites().and_then(|event| outcomes.get(&event));
            let before = match outcome {
                Some(Outcome::Withdrawn) => Some(Outcome::Awaits(domain::policy::Role::StoreManager)),
                _ => None,
            };
            Told { event: stored.event, cited, before }
        });
        Ok(told.collect())
    }

    /// The first best-before date of each of a store's goods.
    pub(super) async fn best_before(&self, store: &StoreCode) -> Result<BTreeMap<SkuCode, Day>, StoreError> {
        let lots = self.lots_on_hand(store).await?;
        Ok(lots.into_iter().filter_map(|(sku, lots)| Some((sku, lots.first()?.best_before?))).collect())
    }
}

/// Whether an event may have changed what a store's goods are best before.
pub(super) fn names_lots(body: &EventBody) -> bool {
    match body {
        EventBody::Moved(movement) => movement.legs.iter().any(|leg| leg.lot.is_some()),
        EventBody::Transfer(_) | EventBody::Approved { .. } | EventBody::Reversed { .. } => true,
        _ => false,
    }
}
