//! The follower: indexes what the writer has committed, a moment later and never in its way.

use super::index::{index_some, indexed_to};
use crate::live::LiveHub;
use crate::store::{Database, StoreError};
use domain::id::StoreCode;
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::watch;

/// What arrives within this time is indexed together: a search reads the rest itself.
const GATHER: Duration = Duration::from_millis(400);
/// How long to wait before trying again after a failure.
const AGAIN: Duration = Duration::from_secs(2);

/// A handle to the follower, which ends when the last one is dropped. Cheap to clone.
#[derive(Debug, Clone)]
pub struct TraceIndex {
    _alive: watch::Sender<()>,
}

impl TraceIndex {
    /// Starts the follower. It indexes what was written while it was away, then what the hub tells of.
    #[must_use]
    pub fn start(database: Database, live: &LiveHub) -> Self {
        let (alive, ended) = watch::channel(());
        let follower = Follower { database, ended };
        // The hub must be able to end while the follower waits for it: the subscription is given up with the handle.
        tokio::spawn(follower.run(live.subscribe()));
        Self { _alive: alive }
    }
}

struct Follower {
    database: Database,
    ended: watch::Receiver<()>,
}

impl Follower {
    async fn run(mut self, mut changes: crate::live::Subscription) {
        let mut behind = self.all_behind().await;
        loop {
            let mut failed = false;
            for store in std::mem::take(&mut behind) {
                if self.is_over() {
                    return;
                }
                if let Err(error) = self.catch_up(&store).await {
                    // Another process may have indexed the same: what is left shows at the next look.
                    tracing::debug!(%store, error = crate::error::chain(&error), "the index is tried again");
                    behind.insert(store);
                    failed = true;
                }
            }
            let pause = if failed { AGAIN } else { GATHER };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = self.ended.changed() => return,
            }
            if failed {
                continue;
            }
            tokio::select! {
                changed = changes.next() => match changed {
                    Some(updates) => behind.extend(updates.into_iter().map(|update| update.row.store)),
                    None => return,
                },
                _ = self.ended.changed() => return,
            }
        }
    }

    fn is_over(&self) -> bool {
        self.ended.has_changed().is_err()
    }

    /// The stores with events that are not indexed.
    async fn all_behind(&self) -> BTreeSet<StoreCode> {
        let mut behind = BTreeSet::new();
        match self.database.heads(None).await {
            Ok(heads) => {
                for signed in heads {
                    let reached = indexed_to(&self.database, &signed.head.store).await.unwrap_or_default();
                    if reached < signed.head.seq {
                        behind.insert(signed.head.store);
                    }
                }
            }
            Err(error) => tracing::warn!(error = crate::error::chain(&error), "cannot read the ledger's heads"),
        }
        behind
    }

    async fn catch_up(&self, store: &StoreCode) -> Result<(), StoreError> {
        let mut reached = 0;
        loop {
            let next = index_some(&self.database, store).await?;
            if next == reached || self.is_over() {
                return Ok(());
            }
            reached = next;
        }
    }
}
