//! Stocktakes: their names, plans, states and lines.

mod line;
mod paper;

pub use line::{CountLine, CounterTally, Finding, LineState, line_state};
pub use paper::{PaperTimeError, counted_on_paper_at};

use crate::id::{EventId, PersonId, ShelfCode, SkuCode, StocktakeId, StoreCode};
use crate::instant::{Timestamp, ZoneOffset};
use crate::movement::Units;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One item on one shelf.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LineRef {
    /// The shelf.
    pub shelf: ShelfCode,
    /// The item.
    pub sku: SkuCode,
}

/// One correction of stock by a count.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PostedLine {
    /// The line.
    pub line: LineRef,
    /// When it takes effect: right after the count it rests on.
    pub at: Timestamp,
    /// Pieces onto the shelf, or, negative, off it; never 0.
    pub units: Units,
}

/// Why a stocktake is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanKind {
    /// Everything.
    Full,
    /// Some zones or shelves.
    Zone,
    /// What turns over most is counted most often (ABC cycle counting).
    Cycle,
    /// The lines with most money at risk today.
    AtRisk,
    /// A few lines at random, to see how good the book is.
    Spot,
}

impl PlanKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Full, Self::Zone, Self::Cycle, Self::AtRisk, Self::Spot];
}

/// What is to be counted, by whom, and how exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Why it is made.
    pub kind: PlanKind,
    /// The shelves to count.
    pub shelves: Vec<ShelfCode>,
    /// The lines to count; empty for everything on those shelves.
    pub lines: Vec<LineRef>,
    /// Who counts what; a shelf nobody is assigned is anybody's.
    pub assigned: BTreeMap<ShelfCode, PersonId>,
    /// Which variances must be counted again.
    pub thresholds: Thresholds,
}

/// Most shelves, and most lines, a plan may name.
pub const PLAN_MAX: usize = 20_000;

/// How far a count may be from the book before somebody else must count again. A line is over when it is over any of
/// them; `None` does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Thresholds {
    /// Pieces.
    pub units: Option<u32>,
    /// Share of the expected quantity, in thousandths.
    pub permille: Option<u32>,
    /// Value at shelf price, in minor units.
    pub value_minor: Option<i64>,
}

impl Default for Thresholds {
    /// More than 50 yuan, whatever the pieces: one missing sweet must not cost two people's time.
    fn default() -> Self {
        Self { units: None, permille: None, value_minor: Some(5_000) }
    }
}

impl Thresholds {
    /// Whether a line with this variance must be counted again.
    #[must_use]
    pub fn is_over(&self, variance_units: Units, expected_units: Units, price_minor: i64) -> bool {
        let off = variance_units.unsigned_abs();
        if off == 0 {
            return false;
        }
        let expected = expected_units.max(0).unsigned_abs();
        let value = u128::from(off) * u128::from(price_minor.max(0).unsigned_abs());
        self.units.is_some_and(|most| off > u64::from(most))
            || self.permille.is_some_and(|most| u128::from(off) * 1_000 > u128::from(most) * u128::from(expected))
            || self.value_minor.is_some_and(|most| value > u128::from(most.max(0).unsigned_abs()))
    }
}

/// A stocktake as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stocktake {
    /// Its name.
    pub id: StocktakeId,
    /// The earliest effective time anybody opened or planned it.
    pub opened_at: Timestamp,
    /// Who did.
    pub opened_by: PersonId,
    /// The earliest effective time anybody submitted it, if somebody did.
    pub submitted_at: Option<Timestamp>,
    /// The newest plan and the event it comes from; `None` for one that a counter opened by scanning, which is of
    /// everything.
    #[serde(default)]
    pub plan: Option<(PlanVersion, Plan)>,
    /// Shelves reported complete: when last, and by whom.
    #[serde(default)]
    pub finished: BTreeMap<ShelfCode, (Timestamp, PersonId)>,
    /// How it ended, if it has.
    #[serde(default)]
    pub ending: Option<Ending>,
}

/// Plans in order: the later one holds.
pub type PlanVersion = (Timestamp, EventId);

/// How a stocktake ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// When, by the effective time of the event.
    pub at: Timestamp,
    /// Who ended it.
    pub by: PersonId,
    /// Whether its variances were posted; otherwise it was cancelled.
    pub is_approved: bool,
}

/// Where a stocktake stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It is being counted.
    Counting,
    /// Counting is over; the manager reviews.
    Review,
    /// Variances are posted.
    Approved,
    /// Given up.
    Cancelled,
}

impl Stocktake {
    /// One that was just opened.
    #[must_use]
    pub fn opened(id: StocktakeId, at: Timestamp, by: PersonId) -> Self {
        Self {
            id,
            opened_at: at,
            opened_by: by,
            submitted_at: None,
            plan: None,
            finished: BTreeMap::new(),
            ending: None,
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match (&self.ending, self.submitted_at) {
            (Some(ending), _) if ending.is_approved => Stage::Approved,
            (Some(_), _) => Stage::Cancelled,
            (None, Some(_)) => Stage::Review,
            (None, None) => Stage::Counting,
        }
    }

    /// Whether a count made at `at` may still go in. A count made before the submission may arrive after it, but not
    /// after the end.
    #[must_use]
    pub fn takes_counts_of(&self, at: Timestamp) -> bool {
        self.ending.is_none() && self.submitted_at.is_none_or(|submitted| at <= submitted)
    }

    /// What it is a stocktake of; `None` for everything.
    #[must_use]
    pub fn plan(&self) -> Option<&Plan> {
        self.plan.as_ref().map(|(_, plan)| plan)
    }

    /// From which variance on a line must be counted again: as planned, or as usual. Once it is over, nothing must.
    #[must_use]
    pub fn thresholds(&self) -> Thresholds {
        match (&self.ending, self.plan()) {
            (Some(_), _) => Thresholds { units: None, permille: None, value_minor: None },
            (None, Some(plan)) => plan.thresholds,
            (None, None) => Thresholds::default(),
        }
    }
}

/// The name of the store's `n`th stocktake (from 1) of the business day that `now` falls on.
#[must_use]
pub fn stocktake_id(store: &StoreCode, now: Timestamp, zone: ZoneOffset, n: u32) -> StocktakeId {
    let date = now.wall(zone).date_digits();
    let text = if n <= 1 { format!("{store}-{date}") } else { format!("{store}-{date}-{n}") };
    StocktakeId::parse(&text).expect("a store code, a date and a number are within a stocktake id's length and letters")
}

/// The stocktake a counter goes on with: the newest open one, else a new one of today.
#[must_use]
pub fn current_or_new<'a>(
    known: impl IntoIterator<Item = &'a Stocktake>,
    store: &StoreCode,
    now: Timestamp,
    zone: ZoneOffset,
) -> CurrentStocktake {
    let known: Vec<&Stocktake> = known.into_iter().collect();
    let open = known.iter().filter(|s| s.stage() == Stage::Counting).max_by_key(|s| s.opened_at);
    if let Some(open) = open {
        return CurrentStocktake::Open(open.id.clone());
    }
    CurrentStocktake::New(next_id(known, store, now, zone))
}

/// The name of the store's next stocktake.
#[must_use]
pub fn next_id<'a>(
    known: impl IntoIterator<Item = &'a Stocktake>,
    store: &StoreCode,
    now: Timestamp,
    zone: ZoneOffset,
) -> StocktakeId {
    let taken: std::collections::BTreeSet<&StocktakeId> = known.into_iter().map(|s| &s.id).collect();
    let free = (1..).map(|n| stocktake_id(store, now, zone, n)).find(|id| !taken.contains(id));
    free.expect("names do not run out")
}

/// What a counter goes on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CurrentStocktake {
    /// One that is open.
    Open(StocktakeId),
    /// One to open.
    New(StocktakeId),
}

impl CurrentStocktake {
    /// Its name.
    #[must_use]
    pub fn id(&self) -> &StocktakeId {
        match self {
            Self::Open(id) | Self::New(id) => id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000); // 2026-11-22 04:00 UTC
    const CHINA: ZoneOffset = ZoneOffset(480);

    fn person(n: u8) -> PersonId {
        PersonId::parse(&format!("P{n}")).expect("valid")
    }

    fn stocktake(id: &str, submitted: bool) -> Stocktake {
        let id = StocktakeId::parse(id).expect("valid");
        Stocktake { submitted_at: submitted.then_some(NOW), ..Stocktake::opened(id, NOW, person(1)) }
    }

    fn check(known: &[Stocktake], expected: &str) {
        let store = StoreCode::parse("S001").expect("valid");
        assert_eq!(current_or_new(known, &store, NOW, CHINA).id().as_str(), expected);
    }

    #[test]
    fn once_it_is_over_nothing_must_be_counted_again() {
        let mut known = stocktake("S001-20261122", true);
        assert!(known.thresholds().is_over(-100, 100, 5_000));
        known.ending = Some(Ending { at: NOW, by: person(1), is_approved: true });
        assert!(!known.thresholds().is_over(-100, 100, 5_000));
    }

    #[test]
    fn two_offline_phones_name_the_days_stocktake_alike() {
        check(&[], "S001-20261122");
    }

    #[test]
    fn an_open_one_is_joined_and_a_submitted_one_followed() {
        check(&[stocktake("S001-20261120", false)], "S001-20261120");
        check(&[stocktake("S001-20261122", true)], "S001-20261122-2");
    }
}
