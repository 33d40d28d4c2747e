//! How far a stocktake is while it is being counted: shelf by shelf and person by person, without any expected quantity.

use crate::id::{PersonId, ShelfCode};
use crate::instant::{MINUTE_MS, Timestamp};
use crate::master::Shelf;
use crate::stocktake::{CountLine, LineRef, Stocktake};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Somebody whose latest count on a shelf is younger than this is counting it, in milliseconds.
pub const COUNTING_MS: i64 = 10 * MINUTE_MS;
/// A shelf begun, not finished, and touched by nobody for so long is abandoned half-way, in milliseconds.
pub const ABANDONED_MS: i64 = 15 * MINUTE_MS;
/// How far a shelf is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShelfProgress {
    /// The shelf.
    pub shelf: ShelfCode,
    /// Who is to count it; `None`: anybody.
    pub assigned: Option<PersonId>,
    /// Lines to count, those counted beside them included.
    pub n_lines: u32,
    /// Lines counted.
    pub n_counted: u32,
    /// Who counted there, each with the time of their latest count.
    pub counted_by: BTreeMap<PersonId, Timestamp>,
    /// When it was reported complete last, and by whom.
    pub finished: Option<(Timestamp, PersonId)>,
}

/// What a shelf's counting looks like at some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShelfState {
    /// Nobody has begun.
    Untouched,
    /// Somebody is at it.
    BeingCounted,
    /// Begun, and nobody there just now.
    Paused,
    /// Begun, not finished, and nobody has come back.
    Abandoned,
    /// Reported complete, or every line is counted.
    Complete,
}

impl ShelfProgress {
    /// The latest count.
    #[must_use]
    pub fn last_at(&self) -> Option<Timestamp> {
        self.counted_by.values().max().copied()
    }

    /// Whether it is reported complete: counting it again takes that back.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.finished.as_ref().is_some_and(|(at, _)| self.last_at().is_none_or(|last| last <= *at))
    }

    /// Who is counting it at `now`.
    pub fn counting(&self, now: Timestamp) -> impl Iterator<Item = &PersonId> {
        let is_finished = self.is_finished();
        let is_there = move |at: Timestamp| !is_finished && now.since(at) < COUNTING_MS;
        self.counted_by.iter().filter(move |(_, at)| is_there(**at)).map(|(person, _)| person)
    }

    /// How it looks at `now`.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> ShelfState {
        let Some(last) = self.last_at() else {
            return if self.is_finished() { ShelfState::Complete } else { ShelfState::Untouched };
        };
        let is_whole = self.n_lines > 0 && self.n_counted >= self.n_lines;
        match now.since(last) {
            _ if self.is_finished() => ShelfState::Complete,
            idle if idle < COUNTING_MS && !is_whole => ShelfState::BeingCounted,
            _ if is_whole => ShelfState::Complete,
            idle if idle < ABANDONED_MS => ShelfState::Paused,
            _ => ShelfState::Abandoned,
        }
    }
}

/// How far one person is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterProgress {
    /// Who.
    pub person: PersonId,
    /// Lines they counted.
    pub n_lines: u32,
    /// Their latest count, and on which shelf.
    pub last: Option<(Timestamp, ShelfCode)>,
    /// Shelves they are to count.
    pub n_assigned: u32,
    /// Of those, the complete ones at the time of the answer.
    pub n_done: u32,
}

/// Shelf by shelf, in the order of `shelves`, then whatever else was counted.
#[must_use]
pub fn shelf_progress<'a>(
    stocktake: &Stocktake,
    shelves: &[Shelf],
    scope: &BTreeSet<LineRef>,
    lines: impl IntoIterator<Item = (&'a LineRef, &'a CountLine)>,
) -> Vec<ShelfProgress> {
    let mut by_shelf: BTreeMap<ShelfCode, ShelfProgress> = BTreeMap::new();
    let fresh = |shelf: &ShelfCode| ShelfProgress {
        shelf: shelf.clone(),
        assigned: stocktake.plan().and_then(|plan| plan.assigned.get(shelf).cloned()),
        n_lines: 0,
        n_counted: 0,
        counted_by: BTreeMap::new(),
        finished: stocktake.finished.get(shelf).cloned(),
    };
    for line in scope {
        by_shelf.entry(line.shelf.clone()).or_insert_with(|| fresh(&line.shelf)).n_lines += 1;
    }
    for (at, line) in lines {
        let shelf = by_shelf.entry(at.shelf.clone()).or_insert_with(|| fresh(&at.shelf));
        for (person, tally) in line.tallies.iter().filter(|(_, tally)| tally.n_observations > 0) {
            let last = shelf.counted_by.entry(person.clone()).or_default();
            *last = tally.observed_at.max(*last);
        }
        if line.is_counted() {
            shelf.n_counted += 1;
            shelf.n_lines += u32::from(!scope.contains(at));
        }
    }
    let order: BTreeMap<&ShelfCode, usize> = shelves.iter().enumerate().map(|(n, shelf)| (&shelf.code, n)).collect();
    let mut progress: Vec<ShelfProgress> = by_shelf.into_values().collect();
    progress.sort_by_key(|shelf| order.get(&shelf.shelf).copied().unwrap_or(usize::MAX));
    progress
}

/// Person by person, who counted last first; those who are assigned shelves and have not begun last.
#[must_use]
pub fn counter_progress<'a>(
    shelves: &[ShelfProgress],
    lines: impl IntoIterator<Item = (&'a LineRef, &'a CountLine)>,
    now: Timestamp,
) -> Vec<CounterProgress> {
    let mut people: BTreeMap<PersonId, CounterProgress> = BTreeMap::new();
    fn of<'p>(people: &'p mut BTreeMap<PersonId, CounterProgress>, person: &PersonId) -> &'p mut CounterProgress {
        people.entry(person.clone()).or_insert_with(|| CounterProgress {
            person: person.clone(),
            n_lines: 0,
            last: None,
            n_assigned: 0,
            n_done: 0,
        })
    }
    for (at, line) in lines {
        for (person, tally) in line.tallies.iter().filter(|(_, tally)| tally.n_observations > 0) {
            let known = of(&mut people, person);
            known.n_lines += 1;
            if known.last.as_ref().is_none_or(|(last, _)| *last < tally.observed_at) {
                known.last = Some((tally.observed_at, at.shelf.clone()));
            }
        }
    }
    for shelf in shelves {
        if let Some(person) = &shelf.assigned {
            let known = of(&mut people, person);
            known.n_assigned += 1;
            known.n_done += u32::from(shelf.state(now) == ShelfState::Complete);
        }
    }
    let mut progress: Vec<CounterProgress> = people.into_values().collect();
    progress.sort_by_key(|known| std::cmp::Reverse(known.last.as_ref().map(|(at, _)| *at)));
    progress
}
