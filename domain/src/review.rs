//! A stocktake as those who answer for it see it: how far it is, who is where, and, once counting is over, what is off.
//!
//! While it is being counted nothing here holds an expected quantity: managers count too, and counting is blind.

mod progress;

pub use progress::{
    ABANDONED_MS, COUNTING_MS, CounterProgress, ShelfProgress, ShelfState, counter_progress, shelf_progress,
};

use crate::board::UnknownOnShelf;
use crate::id::{PersonId, ShelfCode, StocktakeId, StoreCode};
use crate::instant::{Timestamp, ZoneOffset};
use crate::master::{Name, Shelf};
use crate::movement::Units;
use crate::stocktake::{
    CountLine, CounterTally, Ending, Finding, LineRef, LineState, Plan, PlanKind, Stage, Stocktake, Thresholds,
    line_state,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The lines a stocktake is about: those its plan names, or else what the planogram puts on its shelves and whatever
/// else the book says is `stocked` there.
///
/// Who counts is never told the second kind: give them no `stocked`.
#[must_use]
pub fn scope<'a>(
    plan: Option<&Plan>,
    shelves: impl IntoIterator<Item = &'a Shelf>,
    stocked: impl IntoIterator<Item = LineRef>,
) -> BTreeSet<LineRef> {
    if let Some(plan) = plan.filter(|plan| !plan.lines.is_empty()) {
        return plan.lines.iter().cloned().collect();
    }
    let planned: Option<BTreeSet<&ShelfCode>> = plan.map(|plan| plan.shelves.iter().collect());
    let is_in = |shelf: &ShelfCode| planned.as_ref().is_none_or(|planned| planned.contains(shelf));
    let planogram = shelves
        .into_iter()
        .filter(|shelf| is_in(&shelf.code))
        .flat_map(|shelf| shelf.items.iter().map(|sku| LineRef { shelf: shelf.code.clone(), sku: sku.clone() }));
    let stocked = stocked.into_iter().filter(|line| is_in(&line.shelf));
    planogram.chain(stocked).collect()
}

/// One stocktake in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StocktakeSummary {
    /// Its name.
    pub id: StocktakeId,
    /// Where it stands.
    pub stage: Stage,
    /// Why it is made; `None` for one that a counter opened by scanning.
    pub kind: Option<PlanKind>,
    /// When it was opened or planned first.
    pub opened_at: Timestamp,
    /// By whom.
    pub opened_by: PersonId,
    /// When counting was over.
    pub submitted_at: Option<Timestamp>,
    /// How it ended.
    pub ending: Option<Ending>,
    /// Lines it is about, those counted beside them included.
    pub n_lines: u32,
    /// Of those, the ones counted.
    pub n_counted: u32,
    /// Of those, the ones that stand in the way of approval.
    pub n_blocking: u32,
    /// Who counted.
    pub counters: BTreeSet<PersonId>,
    /// What the counts say; `None` while it is being counted.
    pub found: Option<Found>,
}

/// What the counts of a stocktake say together, at shelf prices of now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Found {
    /// Σ (counted − expected), in pieces.
    pub units: Units,
    /// What is missing, in minor units, never negative.
    pub short_minor: i64,
    /// What was found beyond the book, in minor units, never negative.
    pub over_minor: i64,
}

impl Found {
    /// Σ variance × price, in minor units: negative when stock is missing.
    #[must_use]
    pub fn net_minor(&self) -> i64 {
        self.over_minor.saturating_sub(self.short_minor)
    }
}

/// Sums a stocktake up. `scope` is [`scope`]'s, `lines` every line that was counted or decided about.
#[must_use]
pub fn summarise<'a>(
    stocktake: &Stocktake,
    scope: &BTreeSet<LineRef>,
    lines: impl IntoIterator<Item = (&'a LineRef, &'a CountLine)>,
    price_minor: impl Fn(&LineRef) -> i64,
) -> StocktakeSummary {
    let thresholds = stocktake.thresholds();
    let (mut n_beside, mut n_counted, mut n_blocking) = (0_u32, 0_u32, 0_u32);
    let mut counters = BTreeSet::new();
    let mut found = Found::default();
    for (at, line) in lines {
        let price = price_minor(at).max(0);
        counters.extend(line.tallies.iter().filter(|(_, t)| t.n_observations > 0).map(|(person, _)| person.clone()));
        n_blocking += u32::from(line_state(line, price, &thresholds).blocks_approval());
        let Some(variance) = line.variance_units() else { continue };
        n_counted += 1;
        n_beside += u32::from(!scope.contains(at));
        found.units += variance;
        let value = variance.saturating_mul(price);
        let sum = if value < 0 { &mut found.short_minor } else { &mut found.over_minor };
        *sum = sum.saturating_add(value.saturating_abs());
    }
    let stage = stocktake.stage();
    StocktakeSummary {
        id: stocktake.id.clone(),
        stage,
        kind: stocktake.plan().map(|plan| plan.kind),
        opened_at: stocktake.opened_at,
        opened_by: stocktake.opened_by.clone(),
        submitted_at: stocktake.submitted_at,
        ending: stocktake.ending.clone(),
        n_lines: u32::try_from(scope.len()).unwrap_or(u32::MAX).saturating_add(n_beside),
        n_counted,
        n_blocking,
        counters,
        found: (stage != Stage::Counting).then_some(found),
    }
}

/// A store's stocktakes, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StocktakeList {
    /// The server's clock.
    pub now: Timestamp,
    /// The store.
    pub store: StoreCode,
    /// As shown.
    pub store_name: Name,
    /// Its clocks.
    pub zone_offset: ZoneOffset,
    /// The ledger's event the list is as of.
    pub seq: u64,
    /// The stocktakes.
    pub stocktakes: Vec<StocktakeSummary>,
    /// Whether there are older ones.
    pub has_older: bool,
    /// What the people named are called.
    pub people: BTreeMap<PersonId, String>,
}

/// A stocktake in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StocktakeDetail {
    /// The server's clock.
    pub now: Timestamp,
    /// The store.
    pub store: StoreCode,
    /// As shown.
    pub store_name: Name,
    /// Its clocks.
    pub zone_offset: ZoneOffset,
    /// The ledger's event it is as of.
    pub seq: u64,
    /// The sums.
    pub summary: StocktakeSummary,
    /// Which variances must be counted again.
    pub thresholds: Thresholds,
    /// Shelf by shelf.
    pub shelves: Vec<ShelfProgress>,
    /// Person by person.
    pub counters: Vec<CounterProgress>,
    /// What to review, once counting is over.
    pub review: Option<Review>,
    /// What the people named are called.
    pub people: BTreeMap<PersonId, String>,
}

/// What is left to decide of a stocktake.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Review {
    /// Lines per filter, in the order of [`LineFilter::ALL`].
    pub n_lines: [u32; 5],
    /// Lines over the thresholds that nobody has asked for yet.
    pub to_recount: Vec<LineRef>,
    /// Lines asked for that nobody has counted yet.
    pub n_awaiting: u32,
    /// Lines that nobody has counted.
    pub uncounted: Vec<LineRef>,
    /// Codes that were counted and that nobody knows: nothing is posted of them.
    #[serde(default)]
    pub unknowns: Vec<UnknownFound>,
}

/// An unknown code counted in a stocktake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownFound {
    /// On which shelf.
    pub shelf: ShelfCode,
    /// What.
    pub found: UnknownOnShelf,
}

/// Which lines are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineFilter {
    /// Those with a variance, whatever else.
    #[default]
    Off,
    /// Those to be counted again.
    Recount,
    /// Those of which people found different things.
    Disputed,
    /// Those that nobody has counted.
    Uncounted,
    /// Those of which the book was right.
    Fine,
}

impl LineFilter {
    /// Every filter, in the order shown.
    pub const ALL: [Self; 5] = [Self::Off, Self::Recount, Self::Disputed, Self::Uncounted, Self::Fine];

    /// Its name in addresses.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Recount => "recount",
            Self::Disputed => "disputed",
            Self::Uncounted => "uncounted",
            Self::Fine => "fine",
        }
    }

    /// Reads [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|filter| filter.code() == code)
    }

    fn takes(self, state: LineState, variance: Option<Units>) -> bool {
        match self {
            Self::Off => variance.is_some_and(|variance| variance != 0),
            Self::Recount => matches!(state, LineState::NeedsRecount | LineState::AwaitsRecount),
            Self::Disputed => state == LineState::Disputed,
            Self::Uncounted => state == LineState::Uncounted,
            Self::Fine => state == LineState::Fine,
        }
    }
}

/// One line under review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewLine {
    /// Which.
    pub line: LineRef,
    /// What the item is called.
    pub name: String,
    /// Shelf price of a piece now, in minor units.
    pub price_minor: i64,
    /// What stands between it and its posting.
    pub state: LineState,
    /// Counted − expected of the count to go by; `None` while uncounted.
    pub variance_units: Option<Units>,
    /// Whose count that is.
    pub taken: Option<PersonId>,
    /// Whether the manager took it.
    pub is_decided: bool,
    /// Every person's count, the earliest first.
    pub counts: Vec<(PersonId, CounterTally)>,
    /// When it was asked to be counted again.
    pub recount_asked_at: Option<Timestamp>,
    /// Book stock now.
    pub on_hand_units: Units,
}

impl ReviewLine {
    /// Variance × price, in minor units; 0 while uncounted.
    #[must_use]
    pub fn value_minor(&self) -> i64 {
        self.variance_units.unwrap_or(0).saturating_mul(self.price_minor.max(0))
    }
}

/// Some lines of a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewPage {
    /// The filter.
    pub filter: LineFilter,
    /// Those with most money first.
    pub lines: Vec<ReviewLine>,
    /// How many pass the filter.
    pub n_all: u32,
    /// What the people named are called.
    pub people: BTreeMap<PersonId, String>,
}

/// Lines of one answer.
pub const PAGE_LINES: usize = 60;

/// What a line is made of.
#[derive(Debug, Clone, Copy)]
pub struct LineFacts<'a> {
    /// Which.
    pub line: &'a LineRef,
    /// What was counted.
    pub count: &'a CountLine,
    /// What the item is called.
    pub name: &'a str,
    /// Shelf price of a piece now, in minor units.
    pub price_minor: i64,
    /// Book stock now.
    pub on_hand_units: Units,
}

/// What is left to decide. `unknowns` are the codes counted that nobody knows.
#[must_use]
pub fn review<'a>(
    lines: impl IntoIterator<Item = LineFacts<'a>>,
    unknowns: Vec<UnknownFound>,
    thresholds: &Thresholds,
) -> Review {
    let mut review = Review { unknowns, ..Review::default() };
    for facts in lines {
        let state = line_state(facts.count, facts.price_minor, thresholds);
        for (n, filter) in review.n_lines.iter_mut().zip(LineFilter::ALL) {
            *n += u32::from(filter.takes(state, facts.count.variance_units()));
        }
        match state {
            LineState::NeedsRecount => review.to_recount.push(facts.line.clone()),
            LineState::AwaitsRecount => review.n_awaiting += 1,
            LineState::Uncounted => review.uncounted.push(facts.line.clone()),
            LineState::Fine | LineState::Off | LineState::Disputed => {}
        }
    }
    review
}

/// The lines that pass a filter from the `skip`th on, those with most money first, and how many pass.
#[must_use]
pub fn review_lines<'a>(
    lines: impl IntoIterator<Item = LineFacts<'a>>,
    thresholds: &Thresholds,
    filter: LineFilter,
    skip: usize,
) -> (Vec<ReviewLine>, usize) {
    let mut passing: Vec<(i64, LineFacts<'a>, LineState)> = lines
        .into_iter()
        .filter_map(|facts| {
            let state = line_state(facts.count, facts.price_minor, thresholds);
            // Of what nobody has counted the whole book stock is at stake.
            let pieces = facts.count.variance_units().unwrap_or(facts.on_hand_units);
            let stake = pieces.saturating_mul(facts.price_minor.max(0)).saturating_abs();
            filter.takes(state, facts.count.variance_units()).then_some((stake, facts, state))
        })
        .collect();
    passing.sort_by(|(x, a, _), (y, b, _)| y.cmp(x).then_with(|| a.line.cmp(b.line)));
    let n_all = passing.len();
    let shown = passing.into_iter().skip(skip).take(PAGE_LINES).map(|(_, facts, state)| review_line(facts, state));
    (shown.collect(), n_all)
}

fn review_line(facts: LineFacts<'_>, state: LineState) -> ReviewLine {
    let finding = facts.count.finding();
    let taken = match finding {
        Finding::Uncounted | Finding::Disputed(..) => None,
        Finding::Once(person, _) | Finding::Agreed(person, _) | Finding::Decided(person, _) => Some(person.clone()),
    };
    let mut counts: Vec<(PersonId, CounterTally)> = facts
        .count
        .tallies
        .iter()
        .filter(|(_, tally)| tally.n_observations > 0)
        .map(|(person, tally)| (person.clone(), *tally))
        .collect();
    counts.sort_by_key(|(_, tally)| tally.observed_at);
    ReviewLine {
        line: facts.line.clone(),
        name: facts.name.to_owned(),
        price_minor: facts.price_minor,
        state,
        variance_units: finding.tally().map(CounterTally::variance_units),
        taken,
        is_decided: matches!(finding, Finding::Decided(..)),
        counts,
        recount_asked_at: facts.count.recount_asked_at,
        on_hand_units: facts.on_hand_units,
    }
}

#[cfg(test)]
mod tests;
