//! The one task that appends: takes whatever has queued, commits it in one transaction, then answers.

use super::commit::{CommitError, commit};
use super::decide::{Decided, Hour, Item, decide};
use super::heads::HeadsLog;
use super::load::{LoadError, StocktakeCache, load};
use super::{Appended, Health, Judges, LedgerError};
use crate::clock::Clock;
use crate::keys::Keys;
use crate::store::{CreditScores, Database, Directory};
use domain::chain::SignedHead;
use domain::event::DeviceEvent;
use domain::id::StoreCode;
use domain::instant::Timestamp;
use domain::policy::Viewer;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, watch};

/// Events of one transaction: beyond this, waiting longer gains less than it costs.
const BATCH_EVENTS: usize = 1_000;
/// Attempts at one batch before its senders are told to come back.
const ATTEMPTS: u32 = 60;

pub(super) enum Work {
    Append { viewer: Viewer, events: Vec<DeviceEvent> },
    Import { events: Vec<(DeviceEvent, Timestamp)> },
    Hour { due: Vec<Hour> },
}

impl Work {
    fn n_events(&self) -> usize {
        match self {
            Self::Append { events, .. } => events.len(),
            Self::Import { events } => events.len(),
            Self::Hour { due } => due.len(),
        }
    }

    fn items(&self, now: Timestamp) -> Vec<Item<'_>> {
        match self {
            Self::Append { viewer, events } => events.iter().map(|event| Item::new(event, Some(viewer), now)).collect(),
            Self::Import { events } => {
                events.iter().map(|(event, recorded_at)| Item::new(event, None, *recorded_at)).collect()
            }
            Self::Hour { due } => due.iter().map(|hour| Item::of_hour(hour, now)).collect(),
        }
    }
}

pub(super) struct Request {
    pub(super) work: Work,
    pub(super) reply: oneshot::Sender<Result<Appended, LedgerError>>,
}

pub(super) enum Message {
    Request(Request),
    Shutdown(oneshot::Sender<()>),
}

pub(super) struct Writer {
    database: Database,
    directory: Directory,
    keys: Arc<Keys>,
    judges: Judges,
    clock: Clock,
    log: HeadsLog,
    health: watch::Sender<Health>,
    stocktakes: StocktakeCache,
    credit: CreditScores,
}

impl Writer {
    pub(super) fn new(
        database: Database,
        directory: Directory,
        keys: Arc<Keys>,
        judges: Judges,
        clock: Clock,
        log: HeadsLog,
        health: watch::Sender<Health>,
    ) -> Self {
        let (stocktakes, credit) = Default::default();
        Self { database, directory, keys, judges, clock, log, health, stocktakes, credit }
    }

    pub(super) async fn run(mut self, mut messages: mpsc::Receiver<Message>) {
        let mut done = None;
        while let Some(first) = messages.recv().await {
            let mut batch = Vec::new();
            let mut n_events = 0;
            let mut next = Some(first);
            while let Some(message) = next {
                match message {
                    Message::Request(request) => {
                        n_events += request.work.n_events();
                        batch.push(request);
                    }
                    Message::Shutdown(wait) => {
                        // What has queued is still received, and answered; then `recv` ends the loop.
                        messages.close();
                        done = Some(wait);
                    }
                }
                next = if n_events < BATCH_EVENTS { messages.try_recv().ok() } else { None };
            }
            self.answer(batch).await;
        }
        self.log.close();
        if let Some(done) = done {
            // An error means nobody waits any more.
            let _ = done.send(());
        }
    }

    async fn answer(&mut self, batch: Vec<Request>) {
        let started = Instant::now();
        match self.commit(&batch).await {
            Ok((decided, heads)) => {
                let n_events: usize = batch.iter().map(|request| request.work.n_events()).sum();
                metrics::counter!("ledger_events_total").increment(decided.n_accepted() as u64);
                metrics::histogram!("ledger_batch_events").record(n_events as f64);
                metrics::histogram!("ledger_batch_seconds").record(started.elapsed().as_secs_f64());
                let mut answers = decided.answers.into_iter();
                for request in batch {
                    let answers: Vec<_> = answers.by_ref().take(request.work.n_events()).collect();
                    let heads = heads_of(&request.work, &heads);
                    // An error means the sender hung up: it will send again and be told "duplicate".
                    let _ = request.reply.send(Ok(Appended { answers, heads }));
                }
            }
            Err(error) => {
                for request in batch {
                    let _ = request.reply.send(Err(error.clone()));
                }
            }
        }
    }

    /// Decides and commits, again and again while other processes get in between or the connection fails: receipts
    /// tell what an attempt of unknown outcome has left.
    async fn commit(&mut self, batch: &[Request]) -> Result<(Decided, BTreeMap<StoreCode, SignedHead>), LedgerError> {
        if let Health::Stopped(why) = &*self.health.borrow() {
            return Err(LedgerError::Stopped(why.clone()));
        }
        let items = items(batch, self.clock.now());
        for attempt in 1..=ATTEMPTS {
            match self.attempt(&items).await {
                Ok(done) => return Ok(done),
                Err(Failure::Again(why)) => {
                    tracing::debug!(attempt, why, "the batch is tried again");
                    metrics::counter!("ledger_retries_total").increment(1);
                    self.stocktakes.clear();
                    let ceiling_ms = u64::from(attempt.min(25)) * 2;
                    tokio::time::sleep(Duration::from_millis(rand::random_range(1..=ceiling_ms))).await;
                }
                Err(Failure::Fatal(why)) => {
                    tracing::error!(why, "a commit failed in a way that leaves its outcome in doubt: no more writes");
                    self.health.send_replace(Health::Stopped(why.clone()));
                    return Err(LedgerError::Stopped(why));
                }
            }
        }
        Err(LedgerError::Busy)
    }

    async fn attempt(&mut self, items: &[Item<'_>]) -> Result<(Decided, BTreeMap<StoreCode, SignedHead>), Failure> {
        let masters = self.directory.masters();
        let loaded = load(&self.database, &masters, items, &mut self.stocktakes, &self.credit).await?;
        let mut heads = loaded.signed_heads.clone();
        let decided = decide(items, &masters, &self.judges, loaded);
        let signed = commit(&self.database, &decided, &self.keys.head_key).await?;
        for (store, change) in &decided.stores {
            self.stocktakes.keep(&change.head, &change.after.models.stocktakes);
            if let Some(signed) = signed.get(store) {
                self.log.witness(signed.clone());
            }
        }
        heads.extend(signed);
        Ok((decided, heads))
    }
}

enum Failure {
    Again(String),
    Fatal(String),
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Unreachable(why) => Self::Again(why),
            LoadError::Moved => Self::Again("another process wrote while the rows were read".to_owned()),
            LoadError::Store(error) => Self::Fatal(chain_of(&error)),
        }
    }
}

impl From<CommitError> for Failure {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict(why) | CommitError::Unknown(why) => Self::Again(why),
            CommitError::Fatal(error) => Self::Fatal(chain_of(&error)),
        }
    }
}

fn chain_of(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

fn items(batch: &[Request], now: Timestamp) -> Vec<Item<'_>> {
    batch.iter().flat_map(|request| request.work.items(now)).collect()
}

fn heads_of(work: &Work, heads: &BTreeMap<StoreCode, SignedHead>) -> Vec<SignedHead> {
    let mut stores: Vec<&StoreCode> = match work {
        Work::Append { events, .. } => events.iter().map(|event| &event.store).collect(),
        Work::Import { events } => events.iter().map(|(event, _)| &event.store).collect(),
        Work::Hour { due } => due.iter().map(Hour::store).collect(),
    };
    stores.sort();
    stores.dedup();
    stores.into_iter().filter_map(|store| heads.get(store).cloned()).collect()
}
