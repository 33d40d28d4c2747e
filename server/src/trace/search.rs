//! Searching: posting lists are walked from the newest number down and meet where all of them have it.

use super::index::indexed_to;
use super::posting::{blocks, read_block, tail_id};
use crate::store::read::{StoredEvent, read_event};
use crate::store::row::{event_id, ids};
use crate::store::{Database, StoreError};
use domain::event::EventBody;
use domain::id::StoreCode;
use domain::instant::Timestamp;
use domain::trace::{Subject, TraceQuery, subjects};
use std::collections::{BTreeMap, HashMap, VecDeque};
use surrealdb::types::{Value, Variables};

/// Blocks read at once.
const BLOCKS: i64 = 4;
/// Events that are not indexed yet and that a search reads itself.
const UNINDEXED_MAX: u64 = 2_000;

/// What a search found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The events, the newest first.
    pub(super) events: Vec<StoredEvent>,
    /// Whether there may be more below the last one.
    pub(super) has_more: bool,
    /// Events that were not looked at, because the index is still being made.
    pub(super) n_behind: u64,
}

/// Finds the newest events that fit.
pub(super) async fn search(database: &Database, query: &TraceQuery) -> Result<Found, StoreError> {
    let store = &query.store;
    // The mark before the head: what is indexed in between is found in the lists.
    let indexed = indexed_to(database, store).await?;
    let head = database.head(store).await?.map_or(0, |signed| signed.head.seq);
    let first = match query.from {
        Some(from) => first_at(database, store, from, head).await?,
        None => 1,
    };
    let mut last = match query.until {
        Some(until) => first_at(database, store, until, head).await? - 1,
        None => head,
    };
    last = last.min(query.before.map_or(u64::MAX, |before| before.saturating_sub(1)));
    let limit = query.limit as usize;
    if query.subjects.is_empty() {
        let from = last.saturating_sub(u64::from(query.limit)).max(first - 1) + 1;
        let mut events = if from <= last { database.events(store, from, last).await? } else { Vec::new() };
        events.reverse();
        return Ok(Found { events, has_more: from > first, n_behind: 0 });
    }
    let mut walk = Walk::begin(database, query, first, last, indexed).await?;
    let mut numbers = Vec::new();
    while numbers.len() <= limit
        && let Some(number) = walk.next().await?
    {
        numbers.push(number);
    }
    let has_more = numbers.len() > limit;
    numbers.truncate(limit);
    let mut events = database.events_at(store, numbers).await?;
    events.reverse();
    Ok(Found { events, has_more, n_behind: walk.n_behind })
}

/// The numbers of the events of one store that fit, from the newest down.
pub(super) struct Walk<'a> {
    /// Those not indexed yet, read at once.
    unindexed: VecDeque<u64>,
    lists: Vec<List<'a>>,
    first: u64,
    /// The largest number that the lists may still give; 0 at the end.
    at_most: u64,
    /// Events that are not looked at, because the index is still being made.
    pub(super) n_behind: u64,
}

impl<'a> Walk<'a> {
    /// A walk from the number `last` down to `first`, in a store whose index reaches to `indexed`.
    pub(super) async fn begin(
        database: &'a Database,
        query: &'a TraceQuery,
        first: u64,
        last: u64,
        indexed: u64,
    ) -> Result<Self, StoreError> {
        let (mut numbers, mut n_behind) = (Vec::new(), 0);
        let unindexed_from = (indexed + 1).max(first);
        if last >= unindexed_from {
            let from = unindexed_from.max(last.saturating_sub(UNINDEXED_MAX - 1));
            n_behind = from - unindexed_from;
            numbers = unindexed(database, query, from, last).await?;
        }
        let lists = query.subjects.iter().map(|subject| List::new(database, &query.store, subject)).collect();
        Ok(Self { unindexed: numbers.into(), lists, first, at_most: last.min(indexed), n_behind })
    }

    /// The next number; `None` at the end, and from then on.
    pub(super) async fn next(&mut self) -> Result<Option<u64>, StoreError> {
        if let Some(number) = self.unindexed.pop_front() {
            return Ok(Some(number));
        }
        if self.at_most < self.first.max(1) {
            return Ok(None);
        }
        let met = meet(&mut self.lists, self.at_most).await?.filter(|number| *number >= self.first);
        self.at_most = met.map_or(0, |number| number - 1);
        Ok(met)
    }
}

/// The numbers of events that fit among those not indexed yet, descending.
async fn unindexed(database: &Database, query: &TraceQuery, from: u64, to: u64) -> Result<Vec<u64>, StoreError> {
    let events = database.events(&query.store, from, to).await?;
    let cited = database.events_at(&query.store, events.iter().filter_map(|stored| stored.cites)).await?;
    let cited: BTreeMap<u64, EventBody> =
        cited.into_iter().map(|stored| (stored.event.stamp.seq, stored.event.event.body)).collect();
    let fits = |stored: &&StoredEvent| {
        let found = subjects(&stored.event, stored.cites.and_then(|n| cited.get(&n)));
        query.subjects.iter().all(|subject| found.contains(subject))
    };
    Ok(events.iter().rev().filter(fits).map(|stored| stored.event.stamp.seq).collect())
}

/// The largest number up to `at_most` that every list has.
async fn meet(lists: &mut [List<'_>], mut at_most: u64) -> Result<Option<u64>, StoreError> {
    loop {
        let mut agreed = at_most;
        for list in lists.iter_mut() {
            match list.at_most(agreed).await? {
                Some(n) => agreed = n,
                None => return Ok(None),
            }
        }
        if agreed == at_most {
            return Ok(Some(agreed));
        }
        // Some list had to go lower: those before it may lack that number.
        let mut all_have = true;
        for list in lists.iter_mut() {
            match list.at_most(agreed).await? {
                Some(n) if n == agreed => {}
                Some(n) => {
                    agreed = n;
                    all_have = false;
                }
                None => return Ok(None),
            }
        }
        if all_have {
            return Ok(Some(agreed));
        }
        at_most = agreed;
    }
}

/// A posting list, read block by block from the newest down.
struct List<'a> {
    database: &'a Database,
    store: &'a StoreCode,
    subject: &'a Subject,
    /// What is read and not passed, descending.
    ahead: VecDeque<u64>,
    /// Everything from here on has been read; `None` before the first read.
    read_from: Option<u64>,
    /// How many lie in blocks that were not read; those above where the walk began are never read.
    n_unread: u64,
    is_at_end: bool,
}

impl<'a> List<'a> {
    fn new(database: &'a Database, store: &'a StoreCode, subject: &'a Subject) -> Self {
        Self { database, store, subject, ahead: VecDeque::new(), read_from: None, n_unread: 0, is_at_end: false }
    }

    /// The largest number up to `n`; numbers asked for only ever get smaller.
    async fn at_most(&mut self, n: u64) -> Result<Option<u64>, StoreError> {
        loop {
            while self.ahead.front().is_some_and(|&ahead| ahead > n) {
                self.ahead.pop_front();
            }
            if let Some(&ahead) = self.ahead.front() {
                return Ok(Some(ahead));
            }
            if self.is_at_end {
                return Ok(None);
            }
            self.read(n).await?;
        }
    }

    async fn read(&mut self, n: u64) -> Result<(), StoreError> {
        let Some(read_from) = self.read_from else {
            let tail = super::index::tails(self.database, vec![tail_id(self.store, self.subject)]).await?.pop();
            match tail {
                None => self.is_at_end = true,
                Some((_, _, tail)) => {
                    // Where the newest row is empty, the first block is still unread.
                    self.read_from = Some(tail.seqs.first().copied().unwrap_or(u64::MAX >> 1));
                    self.n_unread = tail.n.saturating_sub(tail.seqs.len() as u64);
                    // To look for blocks where there are none is the dearest search of all.
                    self.is_at_end = self.n_unread == 0;
                    self.ahead.extend(tail.seqs.into_iter().rev());
                }
            }
            return Ok(());
        };
        let mut variables = Variables::new();
        variables.insert("range", blocks(self.store, self.subject, n.min(read_from.saturating_sub(1))));
        variables.insert("n", BLOCKS);
        let rows: Vec<Value> = self.database.run("SELECT * FROM $range LIMIT $n", variables).await?.take(0)?;
        self.is_at_end = i64::try_from(rows.len()).is_ok_and(|n_rows| n_rows < BLOCKS);
        for row in rows {
            let block = read_block(row)?;
            self.n_unread = self.n_unread.saturating_sub(block.len() as u64);
            self.read_from = block.first().copied();
            self.ahead.extend(block.into_iter().rev());
        }
        self.is_at_end |= self.n_unread == 0;
        Ok(())
    }
}

/// The first event that the server took at `at` or later; one past the last where there is none. Events are numbered
/// in the order in which they were taken.
pub(crate) async fn first_at(
    database: &Database,
    store: &StoreCode,
    at: Timestamp,
    head: u64,
) -> Result<u64, StoreError> {
    Ok(first_at_each(database, &[(store, at, head)]).await?.pop().unwrap_or(1))
}

/// [`first_at`] in several stores, all looking at the same time: first back from the end in steps that double, then
/// halving, so that what is near the end is found at once however long the ledger is.
pub(super) async fn first_at_each(
    database: &Database,
    wanted: &[(&StoreCode, Timestamp, u64)],
) -> Result<Vec<u64>, StoreError> {
    struct Seek {
        /// Everything before it was taken too early.
        low: u64,
        /// This was not, nor anything after it.
        high: u64,
        /// How far back to look; `None` once something too early is found.
        step: Option<u64>,
    }
    impl Seek {
        fn probe(&self) -> u64 {
            match self.step {
                Some(step) => self.high.saturating_sub(step).max(self.low),
                None => self.low.midpoint(self.high),
            }
        }
    }
    let mut seeks: Vec<Seek> =
        wanted.iter().map(|(_, _, head)| Seek { low: 1, high: head + 1, step: Some(1) }).collect();
    loop {
        let open: Vec<usize> = (0..seeks.len()).filter(|n| seeks[*n].low < seeks[*n].high).collect();
        if open.is_empty() {
            return Ok(seeks.into_iter().map(|seek| seek.low).collect());
        }
        let mut variables = Variables::new();
        variables.insert("ids", ids(open.iter().map(|n| event_id(wanted[*n].0, seeks[*n].probe()))));
        let rows: Vec<Value> = database.run("SELECT * FROM $ids", variables).await?.take(0)?;
        let events = rows.into_iter().map(read_event).collect::<Result<Vec<_>, _>>()?;
        let taken: HashMap<(&StoreCode, u64), Timestamp> = events
            .iter()
            .map(|stored| ((&stored.event.event.store, stored.event.stamp.seq), stored.event.stamp.recorded_at))
            .collect();
        for n in open {
            let (store, at, _) = wanted[n];
            let seek = &mut seeks[n];
            let probe = seek.probe();
            if taken.get(&(store, probe)).is_some_and(|taken| *taken < at) {
                (seek.low, seek.step) = (probe + 1, None);
            } else {
                (seek.high, seek.step) = (probe, seek.step.map(|step| step.saturating_mul(2)));
            }
        }
    }
}
