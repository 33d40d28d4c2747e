//! A stocktake as those who answer for it see it: how far it is, who is where, and, once counting is over, what is off.
//!
//! While it is being counted nothing here holds an expected quantity: managers count too, and counting is blind.

use crate::id::{PersonId, ShelfCode, StocktakeId, StoreCode};
use crate::instant::{MINUTE_MS, Timestamp, ZoneOffset};
use crate::master::{Name, Shelf};
use crate::movement::Units;
use crate::stocktake::{
    CountLine, CounterTally, Ending, Finding, LineRef, LineState, Plan, PlanKind, Stage, Stocktake, Thresholds,
    line_state,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Somebody whose latest count on a shelf is younger than this is counting it, in milliseconds.
pub const COUNTING_MS: i64 = 10 * MINUTE_MS;
/// A shelf begun, not finished, and touched by nobody for so long is abandoned half-way, in milliseconds.
pub const ABANDONED_MS: i64 = 15 * MINUTE_MS;

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
        self.over_minor - self.short_minor
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
    let thresholds = stocktake.plan().map_or_else(Thresholds::default, |plan| plan.thresholds);
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
        *(if value < 0 { &mut found.short_minor } else { &mut found.over_minor }) += value.abs();
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

/// What is left to decide.
#[must_use]
pub fn review<'a>(lines: impl IntoIterator<Item = LineFacts<'a>>, thresholds: &Thresholds) -> Review {
    let mut review = Review::default();
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
mod tests {
    use super::*;
    use crate::id::SkuCode;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

    fn person(n: u8) -> PersonId {
        PersonId::parse(&format!("P{n}")).expect("valid")
    }

    fn shelf(code: &str, skus: &[&str]) -> Shelf {
        let items = skus.iter().map(|sku| SkuCode::parse(sku).expect("valid")).collect();
        Shelf { code: ShelfCode::parse(code).expect("valid"), items }
    }

    fn line(shelf: &str, sku: &str) -> LineRef {
        LineRef { shelf: ShelfCode::parse(shelf).expect("valid"), sku: SkuCode::parse(sku).expect("valid") }
    }

    /// Who counted how many of how many expected, so many minutes ago.
    fn counted(counts: &[(u8, Units, Units, i64)]) -> CountLine {
        let tally = |(n, counted_units, expected_units, min): &(u8, Units, Units, i64)| {
            let observed_at = NOW.plus_ms(-min * MINUTE_MS);
            let (counted_units, expected_units) = (*counted_units, *expected_units);
            (person(*n), CounterTally { counted_units, n_observations: 1, observed_at, expected_units })
        };
        CountLine { tallies: counts.iter().map(tally).collect(), ..CountLine::default() }
    }

    fn stocktake(plan: Option<Plan>) -> Stocktake {
        let id = StocktakeId::parse("S001-20261122").expect("valid");
        let plan = plan.map(|plan| ((NOW, crate::id::EventId::MIN), plan));
        Stocktake { plan, ..Stocktake::opened(id, NOW, person(9)) }
    }

    fn plan(shelves: &[&str], lines: Vec<LineRef>) -> Plan {
        Plan {
            kind: PlanKind::Zone,
            shelves: shelves.iter().map(|code| ShelfCode::parse(code).expect("valid")).collect(),
            lines,
            assigned: [(ShelfCode::parse("A-01").expect("valid"), person(1))].into(),
            thresholds: Thresholds::default(),
        }
    }

    #[test]
    fn a_plan_bounds_what_is_counted() {
        let shelves = [shelf("A-01", &["1", "2"]), shelf("A-02", &["3"])];
        let extra = || [line("A-01", "9"), line("A-02", "9")];
        assert_eq!(scope(None, &shelves, extra()).len(), 5);
        assert_eq!(scope(None, &shelves, []).len(), 3, "counters are not told what else is booked");
        assert_eq!(scope(Some(&plan(&["A-01"], Vec::new())), &shelves, extra()).len(), 3);
        let named = plan(&["A-01"], vec![line("A-01", "1")]);
        assert_eq!(scope(Some(&named), &shelves, extra()), [line("A-01", "1")].into());
    }

    #[test]
    fn a_shelf_begun_and_left_is_abandoned_after_a_quarter_of_an_hour() {
        let shelves = [shelf("A-01", &["1", "2"])];
        let scope = scope(None, &shelves, []);
        let state = |counts: &[(&str, i64)], finished_min: Option<i64>| {
            let mut known = stocktake(None);
            if let Some(min) = finished_min {
                known.finished.insert(shelves[0].code.clone(), (NOW.plus_ms(-min * MINUTE_MS), person(1)));
            }
            let lines: Vec<(LineRef, CountLine)> =
                counts.iter().map(|(sku, min)| (line("A-01", sku), counted(&[(1, 1, 1, *min)]))).collect();
            let progress = shelf_progress(&known, &shelves, &scope, lines.iter().map(|(at, line)| (at, line)));
            progress[0].state(NOW)
        };
        assert_eq!(state(&[], None), ShelfState::Untouched);
        assert_eq!(state(&[("1", 2)], None), ShelfState::BeingCounted);
        assert_eq!(state(&[("1", 12)], None), ShelfState::Paused);
        assert_eq!(state(&[("1", 16)], None), ShelfState::Abandoned);
        assert_eq!(state(&[("1", 16), ("2", 2)], None), ShelfState::Complete);
        assert_eq!(state(&[("1", 16)], Some(3)), ShelfState::Complete);
        assert_eq!(state(&[("1", 2)], Some(3)), ShelfState::BeingCounted, "counted again after it was finished");
        assert_eq!(state(&[], Some(3)), ShelfState::Complete, "an empty shelf is finished without a count");
    }

    #[test]
    fn people_are_shown_with_their_latest_shelf() {
        let shelves = [shelf("A-01", &["1"]), shelf("A-02", &["2"])];
        let known = stocktake(Some(plan(&["A-01", "A-02"], Vec::new())));
        let scope = scope(known.plan(), &shelves, []);
        let lines = [
            (line("A-01", "1"), counted(&[(1, 1, 1, 20)])),
            (line("A-02", "2"), counted(&[(1, 1, 1, 3), (2, 1, 1, 4)])),
        ];
        let lines = || lines.iter().map(|(at, line)| (at, line));
        let progress = shelf_progress(&known, &shelves, &scope, lines());
        assert_eq!(progress[0].assigned, Some(person(1)));
        let people = counter_progress(&progress, lines(), NOW);
        assert_eq!(
            people.iter().map(|known| (known.person.clone(), known.n_lines)).collect::<Vec<_>>(),
            [(person(1), 2), (person(2), 1)]
        );
        assert_eq!(people[0].last.as_ref().map(|(_, shelf)| shelf.as_str()), Some("A-02"));
        assert_eq!((people[0].n_assigned, people[0].n_done), (1, 1));
    }

    #[test]
    fn nothing_expected_is_told_before_counting_is_over() {
        let shelves = [shelf("A-01", &["1", "2"])];
        let scope = scope(None, &shelves, []);
        let lines = [(line("A-01", "1"), counted(&[(1, 7, 10, 5)])), (line("A-01", "9"), counted(&[(1, 3, 1, 5)]))];
        let sum = |known: &Stocktake| summarise(known, &scope, lines.iter().map(|(at, line)| (at, line)), |_| 200);
        let counting = sum(&stocktake(None));
        assert_eq!((counting.n_lines, counting.n_counted, counting.found), (3, 2, None));
        let over = sum(&Stocktake { submitted_at: Some(NOW), ..stocktake(None) });
        let found = Found { units: -1, short_minor: 600, over_minor: 400 };
        assert_eq!((over.found, found.net_minor()), (Some(found), -200));
    }

    #[test]
    fn a_review_sorts_by_money_and_counts_by_filter() {
        let lines = [
            (line("A-01", "1"), counted(&[(1, 9, 10, 5)]), 100),
            (line("A-01", "2"), counted(&[(1, 0, 10, 5)]), 1_000),
            (line("A-01", "3"), counted(&[(1, 5, 10, 5), (2, 4, 10, 3)]), 100),
            (line("A-01", "4"), CountLine::default(), 100),
            (line("A-01", "5"), counted(&[(1, 10, 10, 5)]), 100),
        ];
        let facts = || {
            lines.iter().map(|(line, count, price_minor)| LineFacts {
                line,
                count,
                name: "x",
                price_minor: *price_minor,
                on_hand_units: 7,
            })
        };
        let thresholds = Thresholds::default();
        let all = review(facts(), &thresholds);
        assert_eq!(all.n_lines, [3, 1, 1, 1, 1]);
        assert_eq!(all.to_recount, [line("A-01", "2")]);
        assert_eq!(all.uncounted, [line("A-01", "4")]);
        let (off, n_all) = review_lines(facts(), &thresholds, LineFilter::Off, 0);
        assert_eq!(n_all, 3);
        assert_eq!(off.iter().map(ReviewLine::value_minor).collect::<Vec<_>>(), [-10_000, -600, -100]);
        assert_eq!((off[1].taken.clone(), off[1].counts.len()), (None, 2), "a dispute takes nobody's count");
        assert_eq!(review_lines(facts(), &thresholds, LineFilter::Off, 2).0.len(), 1);
    }
}
