//! The follower: takes what the writer has committed, a moment later and never in its way, and judges it.

mod judging;

use super::book::{Book, Fold, StoreBook};
use super::open::OpenWarnings;
use super::pending::Pending;
use super::told::names_lots;
use super::under_way::{Lines, Moved, UnderWay, promise};
use crate::clock::Clock;
use crate::lease::Lease;
use crate::live::{LiveHub, Subscription};
use crate::store::warning::FiringRow;
use crate::store::{Database, Directory, StoreError};
use domain::event::EventBody;
use domain::id::{PersonId, SkuCode, StoreCode};
use domain::instant::{DAY_MS, Day};
use domain::replenishment::Change;
use domain::rule::{Rule, shipped};
use domain::transfer::ConfirmationPace;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;
use tokio::sync::{Mutex, Notify, mpsc, oneshot};

/// What arrives within this time is judged together.
const GATHER: Duration = Duration::from_millis(200);
/// How often it is looked whether a store's day has begun, and what is usual by now.
const TICK: Duration = Duration::from_secs(60);
/// Events read at once.
const PAGE: u64 = 500;
/// A fold is kept again after so many events.
const KEEP_EVERY: u64 = 2_000;
/// How far back people at doors are read: what is usual rests on four weeks.
const FOOTFALL_DAYS: i64 = 29;

/// A handle to the follower, which ends when the last one is dropped. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Signals {
    book: Arc<RwLock<Book>>,
    asks: mpsc::Sender<oneshot::Sender<()>>,
    /// Held by whoever changes a warning: of people and rules, one at a time.
    desk: Arc<Mutex<()>>,
    open: Arc<RwLock<OpenWarnings>>,
    news: Arc<Notify>,
}

impl Signals {
    /// Starts the follower. It reads what it needs in the background.
    #[must_use]
    pub fn start(
        database: Database,
        directory: Directory,
        clock: Clock,
        live: &LiveHub,
        owner: Option<PersonId>,
        lease: Lease,
    ) -> Self {
        let (asks, asked) = mpsc::channel(16);
        let signals =
            Self { book: Arc::default(), asks, desk: Arc::default(), open: Arc::default(), news: Arc::default() };
        let follower = Follower {
            database,
            directory,
            clock,
            owner,
            lease,
            term: 0,
            book: Arc::clone(&signals.book),
            desk: Arc::clone(&signals.desk),
            open: Arc::clone(&signals.open),
            news: Arc::clone(&signals.news),
            rules: Vec::new(),
            kept: BTreeMap::new(),
            unread: BTreeSet::new(),
            under_way: UnderWay::default(),
            pending: Pending::default(),
        };
        // The hub must be able to end while the follower waits for it: the subscription is given up with the handle.
        tokio::spawn(follower.run(live.subscribe(), asked));
        signals
    }

    /// The lines as they are known now.
    pub fn book(&self) -> RwLockReadGuard<'_, Book> {
        // Writers finish what they begin or panic as a whole, which ends the follower.
        self.book.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is known beside the ledger.
    pub fn book_mut(&self) -> RwLockWriteGuard<'_, Book> {
        self.book.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until all that is in the ledger now has been taken and judged, by the rules as they are now.
    pub async fn settle(&self) {
        let (done, settled) = oneshot::channel();
        // An error means the follower has ended, at shutdown.
        if self.asks.send(done).await.is_ok() {
            let _ = settled.await;
        }
    }

    /// The warnings that nobody has taken.
    pub fn open(&self) -> RwLockReadGuard<'_, OpenWarnings> {
        self.open.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that somebody has done something about a warning; hold the [`Signals::desk`] meanwhile.
    pub fn changed(&self, row: &FiringRow) {
        self.open.write().unwrap_or_else(PoisonError::into_inner).note(row);
        self.news.notify_one();
    }

    /// Wakes one waiter when people are to be told of warnings.
    #[must_use]
    pub fn news(&self) -> Arc<Notify> {
        Arc::clone(&self.news)
    }

    /// Lets nobody else change warnings meanwhile.
    pub async fn desk(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.desk.lock().await
    }
}

/// What people have set of lines.
type Changes = BTreeMap<SkuCode, Change>;

struct Follower {
    database: Database,
    directory: Directory,
    clock: Clock,
    /// Who owns the shipped rules: headquarters.
    owner: Option<PersonId>,
    /// Only its holder judges.
    lease: Lease,
    /// The taking of the lease from which on `watches` are known.
    term: u64,
    book: Arc<RwLock<Book>>,
    desk: Arc<Mutex<()>>,
    open: Arc<RwLock<OpenWarnings>>,
    news: Arc<Notify>,
    /// Those in force.
    rules: Vec<Rule>,
    /// Up to which event each store's fold is on disk.
    kept: BTreeMap<StoreCode, u64>,
    /// Stores of which something could not be read: they are tried again.
    unread: BTreeSet<StoreCode>,
    under_way: UnderWay,
    pending: Pending,
}

impl Follower {
    async fn run(mut self, mut changes: Subscription, mut asked: mpsc::Receiver<oneshot::Sender<()>>) {
        let now = self.clock.now();
        self.write(|book| book.count_from(now));
        let mut terms = self.lease.terms();
        // What rules remember is read with each store.
        self.term = self.lease.term();
        self.look_at_all().await;
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                changed = changes.next() => match changed {
                    Some(updates) => {
                        let stores: BTreeSet<StoreCode> = updates.into_iter().map(|update| update.row.store).collect();
                        for store in stores {
                            self.look_at(&store).await;
                        }
                        tokio::time::sleep(GATHER).await;
                    }
                    None => return,
                },
                ask = asked.recv() => match ask {
                    Some(done) => {
                        self.look_at_all().await;
                        let _ = done.send(());
                    }
                    None => return,
                },
                _ = tick.tick() => self.look_at_all().await,
                Ok(()) = terms.changed() => self.look_at_all().await,
            }
        }
    }

    /// Takes what is new of every store; where the rules have changed or a day has begun, judges all lines.
    async fn look_at_all(&mut self) {
        let have_changed = match self.read_rules().await {
            Ok(have_changed) => have_changed,
            Err(error) => {
                tracing::warn!(error = crate::error::chain(&error), "the rules cannot be read");
                false
            }
        };
        match self.database.accounts().await {
            Ok(accounts) => self.directory.set_accounts(&accounts),
            Err(error) => tracing::warn!(error = crate::error::chain(&error), "the accounts cannot be read"),
        }
        let stores: Vec<StoreCode> = self.directory.masters().stores().keys().cloned().collect();
        for store in &stores {
            if let Err(error) = self.catch_up(store).await {
                tracing::warn!(%store, error = crate::error::chain(&error), "a store's signals are tried again");
                self.unread.insert(store.clone());
            }
        }
        match self.under_way.read(&self.database).await {
            Ok(moved) => {
                self.pending.steps.clear();
                self.take_transfers(moved);
            }
            Err(error) => {
                tracing::warn!(error = crate::error::chain(&error), "open transfers are read again later");
            }
        }
        let is_first = !self.read(|book| book.is_complete);
        if is_first && self.unread.is_empty() {
            // Targets first, for all: what is nearby rests on them.
            for store in &stores {
                self.begin_day_if_due(store).await;
            }
            self.write(|book| book.is_complete = true);
            self.read_promises(&stores).await;
        }
        for store in &stores {
            let has_begun = self.begin_day_if_due(store).await;
            if has_begun || have_changed || is_first {
                self.owe_all(store);
            } else {
                let (masters, now) = (self.directory.masters(), self.clock.now());
                self.write(|book| book.refresh_now(store, &masters, now));
            }
            tokio::task::yield_now().await;
        }
        self.work_off_or_warn().await;
    }

    async fn look_at(&mut self, store: &StoreCode) {
        if let Err(error) = self.catch_up(store).await {
            tracing::warn!(%store, error = crate::error::chain(&error), "a store's signals are tried again");
            self.unread.insert(store.clone());
        }
        if self.begin_day_if_due(store).await {
            self.owe_all(store);
            self.work_off_or_warn().await;
        }
    }

    fn read<T>(&self, look: impl FnOnce(&Book) -> T) -> T {
        look(&self.book.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, change: impl FnOnce(&mut Book) -> T) -> T {
        change(&mut self.book.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the rules in force and the warnings that are open, the first time writes the shipped rules; says whether any
    /// rule has changed.
    async fn read_rules(&mut self) -> Result<bool, StoreError> {
        let mut saved = self.database.rules().await?;
        if saved.is_empty()
            && self.lease.holds().await
            && let Some(owner) = self.owner.clone()
        {
            let at = self.clock.now();
            for rule in shipped(&owner) {
                let rule = crate::store::warning::SavedRule { rule, at, by: owner.clone() };
                self.database.save_rule(&rule).await?;
            }
            saved = self.database.rules().await?;
        }
        {
            let _desk = self.desk.lock().await;
            let rows = self.database.open_firings(None).await?;
            let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
            open.set_rules(&saved);
            open.replace(&rows);
        }
        let newest: BTreeMap<_, Rule> = saved.into_iter().map(|saved| (saved.rule.code.clone(), saved.rule)).collect();
        let rules: Vec<Rule> = newest.into_values().collect();
        let have_changed = rules != self.rules;
        self.rules = rules;
        Ok(have_changed)
    }

    /// Takes the events that a store has more than was taken, and judges what they moved.
    async fn catch_up(&mut self, store: &StoreCode) -> Result<(), StoreError> {
        if self.read(|book| !book.stores.contains_key(store)) {
            self.open(store).await?;
        }
        let Some(head) = self.database.head(store).await? else {
            self.unread.remove(store);
            return Ok(());
        };
        let to = head.head.seq;
        loop {
            let from = self.read(|book| book.stores.get(store).map_or(to, |known| known.fold.seq)) + 1;
            if from > to {
                break;
            }
            let told = self.database.told(store, from, to.min(from + PAGE - 1)).await?;
            if told.is_empty() {
                break;
            }
            if told.iter().any(|told| names_lots(&told.event.event.body)) {
                self.pending.lots.insert(store.clone());
            }
            self.pending.steps.extend(told.iter().filter_map(|told| match &told.event.event.body {
                EventBody::Transfer(step) => Some(step.transfer),
                _ => None,
            }));
            let masters = self.directory.masters();
            let touched = self.write(|book| book.stores.get_mut(store).map(|known| known.take(&told, &masters)));
            self.pending.change(store, touched.unwrap_or_default());
        }
        self.unread.remove(store);
        // Before that, every line and transfer is looked at once all have been read.
        if !self.read(|book| book.is_complete) {
            return Ok(());
        }
        self.work_off().await?;
        self.keep(store, to).await
    }

    /// Takes what has become of transfers: of the stores that this concerns, and of no other.
    fn take_transfers(&mut self, moved: Moved) {
        let Moved { lines, promises } = moved;
        let now = self.clock.now();
        // Put together before the book is locked.
        let concerned: Vec<_> = lines.keys().map(|store| (store.clone(), self.under_way.of(store))).collect();
        self.write(|book| {
            book.set_transfers(concerned);
            book.add_promises(promises, now);
        });
        for (store, skus) in lines {
            self.pending.change(&store, skus);
        }
    }

    /// Works out anew what hangs on lines that have changed.
    fn refresh(&self, lines: &Lines) {
        let (masters, now) = (self.directory.masters(), self.clock.now());
        for (store, skus) in lines {
            self.write(|book| {
                book.refresh(store, skus, &masters, now);
                book.refresh_now(store, &masters, now);
            });
        }
    }

    /// Reads what was promised before this server began; without it the pace starts from here.
    async fn read_promises(&self, stores: &[StoreCode]) {
        let now = self.clock.now();
        for store in stores {
            // A promise may be days younger than its request.
            match self.database.transfers_since(&[store], now.plus_ms(-2 * ConfirmationPace::DAYS * DAY_MS)).await {
                Ok(transfers) => {
                    let promises = transfers.iter().filter_map(promise).collect();
                    self.write(|book| book.add_promises(promises, now));
                }
                Err(error) => {
                    tracing::warn!(%store, error = crate::error::chain(&error), "a store's transfers cannot be read");
                }
            }
        }
    }

    /// Begins a store with the fold that was kept of it.
    async fn open(&mut self, store: &StoreCode) -> Result<(), StoreError> {
        let fold: Fold = self.database.signal_fold(store).await?.unwrap_or_default();
        let (masters, seq) = (self.directory.masters(), fold.seq);
        let Some(mut opened) = StoreBook::new(&masters, store, fold) else { return Ok(()) };
        let watches = self.database.watches(store).await?;
        opened.watches = watches.into_iter().map(|row| ((row.sku, row.rule), row.watch)).collect();
        let since = self.clock.now().plus_ms(-FOOTFALL_DAYS * DAY_MS);
        for (minute, n) in self.database.people_in(store, since).await? {
            opened.enter(minute, n);
        }
        self.kept.insert(store.clone(), seq);
        let transfers = self.under_way.of(store);
        self.write(|book| {
            book.stores.insert(store.clone(), opened);
            book.set_transfers([(store.clone(), transfers)]);
        });
        Ok(())
    }

    /// What a day of a store begins with. What people have set is written to the book at once, and read here again:
    /// another process may have set it.
    async fn day_figures(&self, store: &StoreCode) -> Result<(BTreeMap<SkuCode, Day>, Changes), StoreError> {
        Ok((self.database.best_before(store).await?, self.database.stock_overrides(store).await?))
    }

    /// Looks at the whole store where its day has begun since it was last looked at; says whether it has.
    async fn begin_day_if_due(&mut self, store: &StoreCode) -> bool {
        let now = self.clock.now();
        let is_due = self
            .read(|book| book.stores.get(store).is_some_and(|known| known.today != Some(Day::at(now, known.zone()))));
        if !is_due {
            return false;
        }
        match self.day_figures(store).await {
            Ok((best_before, changes)) => {
                let masters = self.directory.masters();
                let overrides = changes.into_iter().map(|(sku, change)| (sku, change.overrides)).collect();
                self.write(|book| {
                    if let Some(known) = book.stores.get_mut(store) {
                        known.overrides = overrides;
                    }
                    book.begin_day(store, &best_before, &masters, now);
                });
                self.pending.lots.remove(store);
                true
            }
            Err(error) => {
                tracing::warn!(%store, error = crate::error::chain(&error), "a store's dates cannot be read");
                false
            }
        }
    }

    /// Keeps a store's fold now and then, so that a start has little to read.
    async fn keep(&mut self, store: &StoreCode, seq: u64) -> Result<(), StoreError> {
        let kept = self.kept.get(store).copied().unwrap_or_default();
        if seq < kept + KEEP_EVERY {
            return Ok(());
        }
        let fold = self.read(|book| book.stores.get(store).map(|known| known.fold.clone()));
        if let Some(fold) = fold {
            self.database.save_signal_fold(store, &fold).await?;
            self.kept.insert(store.clone(), seq);
        }
        Ok(())
    }
}
