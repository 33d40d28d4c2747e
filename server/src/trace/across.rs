//! Searching several stores at once: each is walked from its newest event down, and the walks are merged by time.
//!
//! A store is walked only when its turn comes: until then the newest row of its posting list, one probe of the index,
//! says how late its next event can be. So a page costs what is on it, whatever the stores' histories hold.

use super::index::{indexed_to_all, tails};
use super::posting::tail_id;
use super::search::{Walk, first_at_each};
use crate::store::read::StoredEvent;
use crate::store::{Database, StoreError};
use domain::instant::Timestamp;
use domain::trace::{Subject, TraceMark, TraceQuery};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use surrealdb::types::RecordId;

/// Events of a store read at once: its neighbours on the page are often its own.
const READ_AHEAD: usize = 6;

/// What a search over several stores found.
#[derive(Debug, Default)]
pub(super) struct FoundAcross {
    /// The events, the newest first.
    pub(super) events: Vec<StoredEvent>,
    /// Whether there may be more below the last one.
    pub(super) has_more: bool,
    /// Events that were not looked at, because the index is still being made.
    pub(super) n_behind: u64,
}

/// Where an event stands.
pub(super) fn mark(stored: &StoredEvent) -> TraceMark {
    let (stamp, event) = (&stored.event.stamp, &stored.event.event);
    TraceMark { at: stamp.recorded_at, store: event.store.clone(), seq: stamp.seq }
}

/// A store whose turn has not come, or the events of one that are read and not on the page.
enum Turn<'a> {
    Waits { last: u64, indexed: u64 },
    Has { walk: Walk<'a>, next: VecDeque<StoredEvent> },
}

/// Finds the newest events that fit below `past`. The queries differ in their stores and days only, and stand in the
/// order of the stores' codes.
pub(super) async fn search_across(
    database: &Database,
    queries: &[TraceQuery],
    past: Option<&TraceMark>,
    limit: usize,
) -> Result<FoundAcross, StoreError> {
    // At most one turn of a store is in here: the latest it can be, then the store's place.
    let mut turns: BTreeMap<(Reverse<Timestamp>, usize), Turn<'_>> = BTreeMap::new();
    for (index, latest, last, indexed) in begin(database, queries, past).await? {
        turns.insert((Reverse(latest), index), Turn::Waits { last, indexed });
    }
    let mut found = FoundAcross::default();
    while found.events.len() <= limit
        && let Some(((_, index), turn)) = turns.pop_first()
    {
        let query = &queries[index];
        let (mut walk, mut next) = match turn {
            Turn::Waits { last, indexed } => {
                let walk = Walk::begin(database, query, 1, last, indexed).await?;
                found.n_behind += walk.n_behind;
                (walk, VecDeque::new())
            }
            Turn::Has { walk, mut next } => {
                found.events.extend(next.pop_front());
                (walk, next)
            }
        };
        if next.is_empty() {
            next = read_ahead(database, query, &mut walk).await?;
        }
        if let Some(stored) = next.front() {
            turns.insert((Reverse(stored.event.stamp.recorded_at), index), Turn::Has { walk, next });
        }
    }
    found.has_more = found.events.len() > limit;
    found.events.truncate(limit);
    Ok(found)
}

/// The stores in which something may be found: which, how late it can be at most, the last number to look at, and how
/// far the index reaches.
async fn begin(
    database: &Database,
    queries: &[TraceQuery],
    past: Option<&TraceMark>,
) -> Result<Vec<(usize, Timestamp, u64, u64)>, StoreError> {
    let Some(subjects) = queries.first().map(|query| &query.subjects) else { return Ok(Vec::new()) };
    let subjects: BTreeSet<&Subject> = subjects.iter().collect();
    let of_store = |query: &TraceQuery| -> Vec<RecordId> {
        subjects.iter().map(|subject| tail_id(&query.store, subject)).collect()
    };
    let wanted: Vec<RecordId> = queries.iter().flat_map(of_store).collect();
    // The marks before the heads: what is indexed in between is found in the lists.
    let indexed = indexed_to_all(database).await?;
    let heads: BTreeMap<_, _> =
        database.heads(None).await?.into_iter().map(|signed| (signed.head.store, signed.head.seq)).collect();
    let mut newest: BTreeMap<_, Vec<Timestamp>> = BTreeMap::new();
    for (store, _, tail) in tails(database, wanted).await? {
        newest.entry(store).or_default().push(tail.at);
    }
    let (mut begun, mut above) = (Vec::new(), Vec::new());
    for (index, query) in queries.iter().enumerate() {
        let store = &query.store;
        let head = heads.get(store).copied().unwrap_or_default();
        let reach = indexed.get(store).copied().unwrap_or_default().min(head);
        // An event that fits is in every list: it is no newer than the list that ends first.
        let listed = newest.get(store).filter(|listed| listed.len() == subjects.len());
        let listed = listed.and_then(|listed| listed.iter().min().copied());
        // What is not indexed may be as late as can be.
        let latest = if reach < head { Some(Timestamp::from_unix_ms(i64::MAX)) } else { listed };
        let Some(latest) = latest.filter(|latest| query.from.is_none_or(|from| *latest >= from)) else { continue };
        let ceiling = past.map(|past| past.ceiling(store)).into_iter().chain(query.until).min();
        match ceiling.filter(|ceiling| latest >= *ceiling) {
            None => begun.push((index, latest, head, reach)),
            Some(ceiling) => {
                above.push((store, ceiling, head));
                begun.push((index, ceiling.plus_ms(-1), 0, reach));
            }
        }
    }
    let mut firsts = first_at_each(database, &above).await?.into_iter();
    for (index, _, last, _) in &mut begun {
        if *last == 0 {
            *last = firsts.next().map_or(0, |first| first - 1);
        }
        if let Some(past) = past.filter(|past| past.store == queries[*index].store) {
            *last = (*last).min(past.seq.saturating_sub(1));
        }
    }
    Ok(begun)
}

/// The next events of a store, the newest first; none where it has no more.
async fn read_ahead(
    database: &Database,
    query: &TraceQuery,
    walk: &mut Walk<'_>,
) -> Result<VecDeque<StoredEvent>, StoreError> {
    let mut numbers = Vec::with_capacity(READ_AHEAD);
    while numbers.len() < READ_AHEAD
        && let Some(number) = walk.next().await?
    {
        numbers.push(number);
    }
    let events = database.events_at(&query.store, numbers).await?;
    let is_asked = |stored: &StoredEvent| query.from.is_none_or(|from| stored.event.stamp.recorded_at >= from);
    Ok(events.into_iter().rev().take_while(is_asked).collect())
}
