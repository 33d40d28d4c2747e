//! Searching: posting lists are walked from the newest number down and meet where all of them have it.

use super::index::indexed_to;
use super::posting::{blocks, read_block, tail_id};
use crate::store::read::StoredEvent;
use crate::store::{Database, StoreError};
use domain::event::EventBody;
use domain::id::StoreCode;
use domain::instant::Timestamp;
use domain::trace::{Subject, TraceQuery, subjects};
use std::collections::{BTreeMap, VecDeque};
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
    let mut found = Found::default();
    let mut numbers = Vec::new();
    let unindexed_from = (indexed + 1).max(first);
    if last >= unindexed_from {
        let from = unindexed_from.max(last.saturating_sub(UNINDEXED_MAX - 1));
        found.n_behind = from - unindexed_from;
        numbers.extend(unindexed(database, query, from, last).await?);
    }
    let mut lists: Vec<List<'_>> = query.subjects.iter().map(|subject| List::new(database, store, subject)).collect();
    let mut at_most = last.min(indexed);
    while numbers.len() <= limit && at_most >= first && at_most > 0 {
        match meet(&mut lists, at_most).await? {
            Some(n) if n >= first => {
                numbers.push(n);
                at_most = n - 1;
            }
            _ => break,
        }
    }
    found.has_more = numbers.len() > limit;
    numbers.truncate(limit);
    found.events = database.events_at(store, numbers).await?;
    found.events.reverse();
    Ok(found)
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
    is_at_end: bool,
}

impl<'a> List<'a> {
    fn new(database: &'a Database, store: &'a StoreCode, subject: &'a Subject) -> Self {
        Self { database, store, subject, ahead: VecDeque::new(), read_from: None, is_at_end: false }
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
            let tail = super::index::tails(self.database, [tail_id(self.store, self.subject)]).await?.pop();
            match tail {
                None => self.is_at_end = true,
                Some((_, _, tail)) => {
                    // Where the newest row is empty, the first block is still unread.
                    self.read_from = Some(tail.seqs.first().copied().unwrap_or(u64::MAX >> 1));
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
            self.read_from = block.first().copied();
            self.ahead.extend(block.into_iter().rev());
        }
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
    let (mut low, mut high) = (1, head + 1);
    while low < high {
        let middle = low.midpoint(high);
        let event = database.events_at(store, [middle]).await?.pop();
        if event.is_some_and(|stored| stored.event.stamp.recorded_at < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}
