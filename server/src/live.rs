//! The live hub: what changed in each store, for everybody who watches.
//!
//! One LIVE SELECT on the ledger's heads wakes it, across processes on one database too. LIVE is neither ordered nor
//! guaranteed, so it carries no data: the hub reads the events it has not seen, and looks at all heads now and then.

use crate::clock::Clock;
use crate::store::read::{StoreState, TRACES_SHOWN};
use crate::store::row::Fields;
use crate::store::{Database, Directory, StoreError};
use domain::board::{ShelfCell, StoreRow, StoreUpdate};
use domain::id::{ShelfCode, StocktakeId, StoreCode};
use futures::StreamExt;
use rand::TryRngCore;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use surrealdb::Notification;
use surrealdb::types::Value;
use tokio::sync::watch;
use tokio::time::Instant;

/// Wakes that come within this time are answered together.
const COALESCE: Duration = Duration::from_millis(80);
/// How often all heads are looked at, whatever LIVE said.
const RECONCILE: Duration = Duration::from_secs(5);
/// How long to wait before subscribing again after the stream ended.
const RESUBSCRIBE: Duration = Duration::from_millis(500);
/// Events of one store whose shelves are told one by one; beyond that all shelves are sent.
const EVENTS_READ: u64 = 200;

/// Everything published so far: per store its newest update, with the revision that brought it.
#[derive(Debug, Clone, Default)]
struct Published {
    /// Whether every store has been read once.
    is_complete: bool,
    revision: u64,
    stores: BTreeMap<StoreCode, Change>,
}

/// A store's newest state, and how far back its list of changes reaches.
#[derive(Debug, Clone)]
pub struct Change {
    /// When it was published.
    pub revision: u64,
    /// The revision before it: whoever saw that one misses nothing in [`StoreUpdate::shelves`].
    pub previous: u64,
    /// The update.
    pub update: Arc<StoreUpdate>,
    /// Every shelf of the store, for those who missed an update in between.
    pub shelves: Arc<Vec<ShelfCell>>,
}

impl Change {
    /// The update for somebody who has seen everything up to `revision`: with all shelves when an update was missed.
    #[must_use]
    pub fn since(&self, revision: u64) -> StoreUpdate {
        let mut update = StoreUpdate::clone(&self.update);
        if revision < self.previous {
            update.shelves = self.shelves.to_vec();
        }
        update
    }
}

/// The hub. Cheap to clone.
#[derive(Debug, Clone)]
pub struct LiveHub {
    epoch: u64,
    published: watch::Receiver<Arc<Published>>,
}

/// Somebody watching. A slow watcher skips to the newest state of each store and never misses its last one.
#[derive(Debug)]
pub struct Subscription {
    epoch: u64,
    seen: u64,
    published: watch::Receiver<Arc<Published>>,
}

impl LiveHub {
    /// Starts the hub's task. It ends when the last handle is dropped.
    #[must_use]
    pub fn start(database: Database, directory: Directory, clock: Clock) -> Self {
        let (sender, published) = watch::channel(Arc::default());
        // Another run of the program counts revisions anew; the epoch tells them apart.
        let epoch = rand::rngs::OsRng.try_next_u64().unwrap_or_else(|_| clock.now().unix_ms().unsigned_abs());
        let hub = Hub { database, directory, clock, sender, seen: BTreeMap::new() };
        tokio::spawn(hub.run());
        Self { epoch, published }
    }

    /// The newest revision.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.published.borrow().revision
    }

    /// The rows of all stores the hub has read, as of one revision.
    #[must_use]
    pub fn rows(&self) -> BTreeMap<StoreCode, StoreRow> {
        let published = Arc::clone(&self.published.borrow());
        published.stores.iter().map(|(store, change)| (store.clone(), change.update.row.clone())).collect()
    }

    /// Waits until every store has been read once; at once from then on.
    pub async fn complete(&self) {
        // An error means the hub has ended, at shutdown.
        let _ = self.published.clone().wait_for(|published| published.is_complete).await;
    }

    /// Watches from now on: what is published after this call is delivered.
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        let published = self.published.clone();
        let seen = published.borrow().revision;
        Subscription { epoch: self.epoch, seen, published }
    }

    /// Watches on after the event whose id, as [`Subscription::id`] gave it, a client saw last; `None` when that was
    /// another run of the program: start with a snapshot.
    #[must_use]
    pub fn resume(&self, last_event_id: &str) -> Option<Subscription> {
        let (epoch, seen) = last_event_id.split_once(':')?;
        let (epoch, seen) = (u64::from_str_radix(epoch, 16).ok()?, seen.parse().ok()?);
        let published = self.published.clone();
        let newest = published.borrow().revision;
        (epoch == self.epoch && seen <= newest).then_some(Subscription { epoch, seen, published })
    }
}

impl Subscription {
    /// The id to resume after what was delivered so far.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{:x}:{}", self.epoch, self.seen)
    }

    /// Waits for what changed since the last call; `None` when the hub has ended.
    pub async fn next(&mut self) -> Option<Vec<StoreUpdate>> {
        loop {
            let published = Arc::clone(&self.published.borrow_and_update());
            if published.revision > self.seen {
                let changed = published.stores.values().filter(|change| change.revision > self.seen);
                let updates = changed.map(|change| change.since(self.seen)).collect();
                self.seen = published.revision;
                return Some(updates);
            }
            self.published.changed().await.ok()?;
        }
    }
}

/// What the hub remembers of a store it has read.
struct Seen {
    seq: u64,
    stocktake: Option<StocktakeId>,
    revision: u64,
}

struct Hub {
    database: Database,
    directory: Directory,
    clock: Clock,
    sender: watch::Sender<Arc<Published>>,
    seen: BTreeMap<StoreCode, Seen>,
}

impl Hub {
    async fn run(mut self) {
        while !self.sender.is_closed() {
            match self.database.query("LIVE SELECT id FROM head").await {
                Ok(mut results) => match results.stream::<Notification<Value>>(0) {
                    // Subscribed first, read next: nothing falls in between.
                    Ok(stream) => self.follow(stream).await,
                    Err(error) => tracing::warn!(%error, "cannot subscribe to the ledger's heads"),
                },
                Err(error) => tracing::warn!(%error, "cannot subscribe to the ledger's heads"),
            }
            // Without a subscription the reconciliation still keeps boards fresh, only slower.
            self.reconcile().await;
            tokio::time::sleep(RESUBSCRIBE).await;
        }
    }

    /// Follows the subscription until it ends.
    async fn follow(
        &mut self,
        mut stream: impl futures::Stream<Item = surrealdb::Result<Notification<Value>>> + Unpin,
    ) {
        self.reconcile().await;
        let mut reconciled = Instant::now();
        let mut woken: BTreeSet<StoreCode> = BTreeSet::new();
        let mut flush_at: Option<Instant> = None;
        loop {
            let next_reconcile = reconciled + RECONCILE;
            let wake_at = flush_at.map_or(next_reconcile, |at| at.min(next_reconcile));
            tokio::select! {
                notification = stream.next() => match notification {
                    Some(Ok(notification)) => {
                        woken.extend(store_of(notification.data));
                        flush_at.get_or_insert_with(Instant::now);
                    }
                    Some(Err(error)) => {
                        tracing::warn!(%error, "the subscription to the ledger's heads ended");
                        return;
                    }
                    None => return,
                },
                () = tokio::time::sleep_until(wake_at) => {}
                () = self.sender.closed() => return,
            }
            let now = Instant::now();
            if flush_at.is_some_and(|at| at <= now) {
                self.publish(std::mem::take(&mut woken)).await;
                flush_at = None;
                // The next wake waits: a burst becomes a few updates a second, the first of which is at once.
                tokio::time::sleep(COALESCE).await;
            }
            if now >= next_reconcile {
                self.reconcile().await;
                reconciled = Instant::now();
            }
        }
    }

    /// Looks at all heads and publishes what changed.
    async fn reconcile(&mut self) {
        match self.database.heads(None).await {
            Ok(heads) => {
                let seq_of: BTreeMap<&StoreCode, u64> =
                    heads.iter().map(|signed| (&signed.head.store, signed.head.seq)).collect();
                let masters = self.directory.masters();
                let is_new = |store: &&StoreCode| {
                    let seq = seq_of.get(store).copied().unwrap_or_default();
                    self.seen.get(*store).is_none_or(|seen| seen.seq != seq)
                };
                let changed: BTreeSet<StoreCode> = masters.stores().keys().filter(is_new).cloned().collect();
                self.publish(changed).await;
                if !self.sender.borrow().is_complete {
                    self.sender.send_modify(|published| Arc::make_mut(published).is_complete = true);
                }
            }
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "cannot read the ledger's heads"),
        }
    }

    async fn publish(&mut self, stores: BTreeSet<StoreCode>) {
        let mut changes = Vec::new();
        let revision = self.sender.borrow().revision + 1;
        for store in stores {
            match self.change(&store, revision).await {
                Ok(Some(change)) => changes.push((store, change)),
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%store, error = &error as &dyn std::error::Error, "cannot read a store's state");
                }
            }
        }
        if !changes.is_empty() {
            let mut published = Published::clone(&self.sender.borrow());
            published.revision = revision;
            published.stores.extend(changes);
            self.sender.send_replace(Arc::new(published));
        }
    }

    async fn change(&mut self, store: &StoreCode, revision: u64) -> Result<Option<Change>, StoreError> {
        let masters = self.directory.masters();
        let Some(master) = masters.store(store) else { return Ok(None) };
        let state: StoreState = self.database.store_state(store).await?;
        let seen = self.seen.get(store);
        let seen_seq = seen.map_or(0, |seen| seen.seq);
        if seen.is_some() && state.seq <= seen_seq {
            return Ok(None);
        }
        let from = (seen_seq + 1).max(state.seq.saturating_sub(EVENTS_READ - 1)).max(1);
        let events = if seen.is_some() { self.database.events(store, from, state.seq).await? } else { Vec::new() };
        let shelves = state.shelves(master);
        let row = state.row(&masters, master);
        let is_whole_known =
            seen.is_some_and(|seen| seen.stocktake == row.stocktake) && state.seq - seen_seq <= EVENTS_READ;
        let touched: BTreeSet<ShelfCode> = self.database.shelves_touched(store, &events).await?;
        let changed = shelves.iter().filter(|cell| !is_whole_known || touched.contains(&cell.shelf)).cloned().collect();
        let n_shown = usize::try_from(TRACES_SHOWN).unwrap_or(usize::MAX);
        let newest = events.len().saturating_sub(n_shown);
        let people = self.directory.people();
        let traces = self.database.entries(&masters, &people, store, events[newest..].to_vec()).await?;
        let previous = seen.map_or(0, |seen| seen.revision);
        self.seen.insert(store.clone(), Seen { seq: state.seq, stocktake: row.stocktake.clone(), revision });
        let update = Arc::new(StoreUpdate { now: self.clock.now(), row, shelves: changed, traces });
        Ok(Some(Change { revision, previous, update, shelves: Arc::new(shelves) }))
    }
}

fn store_of(head: Value) -> Option<StoreCode> {
    StoreCode::parse(Fields::of(head).ok()?.key_text(0).ok()?).ok()
}
