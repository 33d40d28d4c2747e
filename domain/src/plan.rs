//! Chooses what to count, and says how long counting it takes.
//!
//! What a stocktake is planned of is a list of lines with what the ledger knows of each ([`PlanLine`]). Everything is
//! counted in whole pieces, minor units and millionths, so that phone and server choose the same.

mod history;

pub use history::{PastCount, plan_lines};

use crate::id::{ShelfCode, SkuCode};
use crate::instant::{DAY_MS, Timestamp};
use crate::movement::Units;
use crate::stocktake::LineRef;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What the ledger knows of a line when a stocktake is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanLine {
    /// The line.
    pub line: LineRef,
    /// Book stock now, in pieces.
    pub on_hand_units: Units,
    /// Shelf price of a piece, in minor units.
    pub price_minor: i64,
    /// Pieces that left the store from this shelf in the last [`SALES_DAYS`] days: sales, and the little beside them.
    pub sold_units: Units,
    /// Pieces moved onto or off the shelf since the last count, or ever where there was none.
    pub moved_units: Units,
    /// The last count, if there was one.
    pub last_count: Option<LastCount>,
}

/// What the last count of a line found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastCount {
    /// When.
    pub at: Timestamp,
    /// Counted − expected.
    pub variance_units: Units,
    /// Pieces moved onto or off the shelf before it, back to the count before or to the beginning.
    pub moved_units: Units,
}

/// The days whose sales make an item A, B or C.
pub const SALES_DAYS: i64 = 30;

/// How much an item sells for, compared with the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbcClass {
    /// The items that make the first 80 % of the sales value.
    A,
    /// Those that make the next 15 %.
    B,
    /// All others, those that sell nothing included.
    C,
}

impl AbcClass {
    /// Every class.
    pub const ALL: [Self; 3] = [Self::A, Self::B, Self::C];

    /// Days after which a line of this class is due again: a month, a quarter, half a year.
    ///
    /// Cycle counting by value is old practice (H. F. Dickie, *ABC inventory analysis shoots for dollars, not pennies*,
    /// 1951); its cut at 80 and 95 % of value is the usual one, and counting A monthly to quarterly and C once or twice
    /// a year the usual span (`info.archon-interactive.com/blog/benefits-of-the-abc-method-in-cycle-counting`,
    /// `inventoryturns.com/inventory-accuracy.html`).
    #[must_use]
    pub fn interval_days(self) -> i64 {
        match self {
            Self::A => 30,
            Self::B => 90,
            Self::C => 180,
        }
    }
}

/// What to count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Everything on these shelves; on all, where none is named.
    Shelves(BTreeSet<ShelfCode>),
    /// Lines whose last count is older than their class allows.
    Due,
    /// The lines with most money at risk.
    AtRisk {
        /// How many.
        n_lines: u32,
    },
    /// Lines at random.
    Spot {
        /// How many.
        n_lines: u32,
        /// The same seed chooses the same lines.
        seed: u64,
    },
}

/// What was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Chosen {
    /// The shelves to go to, in order.
    pub shelves: Vec<ShelfCode>,
    /// The lines to count there; empty for everything.
    pub lines: Vec<LineRef>,
}

/// Chooses from a store's lines.
#[must_use]
pub fn choose(choice: &Choice, lines: &[PlanLine], now: Timestamp) -> Chosen {
    match choice {
        Choice::Shelves(wanted) => {
            let all = lines.iter().map(|known| &known.line.shelf);
            let shelves: BTreeSet<&ShelfCode> =
                all.filter(|shelf| wanted.is_empty() || wanted.contains(*shelf)).collect();
            Chosen { shelves: shelves.into_iter().cloned().collect(), lines: Vec::new() }
        }
        Choice::Due => of_lines(due(lines, now)),
        Choice::AtRisk { n_lines } => of_lines(at_risk(lines, *n_lines)),
        Choice::Spot { n_lines, seed } => of_lines(spot(lines, *n_lines, *seed)),
    }
}

fn of_lines(mut lines: Vec<LineRef>) -> Chosen {
    lines.sort();
    let shelves: BTreeSet<&ShelfCode> = lines.iter().map(|line| &line.shelf).collect();
    Chosen { shelves: shelves.into_iter().cloned().collect(), lines }
}

/// The class of every item: they are laid in the order of what they sold for, and cut at 80 and 95 % of it all.
#[must_use]
pub fn abc_classes(lines: &[PlanLine]) -> BTreeMap<SkuCode, AbcClass> {
    let mut values: BTreeMap<&SkuCode, i128> = BTreeMap::new();
    for known in lines {
        let value = i128::from(known.sold_units.max(0)) * i128::from(known.price_minor.max(0));
        *values.entry(&known.line.sku).or_default() += value;
    }
    let total: i128 = values.values().sum();
    let mut order: Vec<(&SkuCode, i128)> = values.into_iter().collect();
    order.sort_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
    let mut before = 0;
    let class = |(sku, value): (&SkuCode, i128)| {
        let class = match before * 100 {
            _ if value == 0 => AbcClass::C,
            sold if sold < total * 80 => AbcClass::A,
            sold if sold < total * 95 => AbcClass::B,
            _ => AbcClass::C,
        };
        before += value;
        (sku.clone(), class)
    };
    order.into_iter().map(class).collect()
}

fn due(lines: &[PlanLine], now: Timestamp) -> Vec<LineRef> {
    let classes = abc_classes(lines);
    let is_due = |known: &&PlanLine| {
        let interval_ms = classes.get(&known.line.sku).map_or(0, |class| class.interval_days() * DAY_MS);
        known.last_count.is_none_or(|last| now.since(last.at) >= interval_ms)
    };
    lines.iter().filter(is_due).map(|known| known.line.clone()).collect()
}

/// Pieces wrong per million pieces moved where a store has never counted: 2 %.
const RATE_UNKNOWN_PPM: u128 = 20_000;
/// A line's own history counts as much as the store's once it has moved so many pieces.
const PRIOR_UNITS: u128 = 50;

fn size(units: Units) -> u128 {
    u128::from(units.unsigned_abs())
}

/// Pieces wrong per million pieces moved, over every line that was counted.
fn store_rate_ppm(lines: &[PlanLine]) -> u128 {
    let counted = lines.iter().filter_map(|known| known.last_count);
    let (wrong, moved) =
        counted.fold((0, 0), |(w, m), last| (w + size(last.variance_units), m + size(last.moved_units)));
    (wrong * 1_000_000).checked_div(moved).map_or(RATE_UNKNOWN_PPM, |rate| rate.min(1_000_000))
}

/// What a line's stock may be worth less, or more, than the book says, in minor units:
///
/// > pieces moved since the last count × pieces found wrong per piece moved until then × price
///
/// A line's own rate is drawn towards its store's, the more the less it has moved: one lucky count proves little.
#[must_use]
pub fn risk_minor(known: &PlanLine, store_rate_ppm: u128) -> u128 {
    let rate_ppm = match known.last_count {
        None => store_rate_ppm,
        Some(last) => {
            let wrong = size(last.variance_units) * 1_000_000 + PRIOR_UNITS * store_rate_ppm;
            (wrong / (size(last.moved_units) + PRIOR_UNITS)).min(1_000_000)
        }
    };
    size(known.moved_units) * rate_ppm * size(known.price_minor.max(0)) / 1_000_000
}

fn at_risk(lines: &[PlanLine], n_lines: u32) -> Vec<LineRef> {
    let rate = store_rate_ppm(lines);
    let mut order: Vec<(u128, &LineRef)> =
        lines.iter().map(|known| (risk_minor(known, rate), &known.line)).filter(|(risk, _)| *risk > 0).collect();
    order.sort_by(|(x, a), (y, b)| y.cmp(x).then(a.cmp(b)));
    order.into_iter().take(n_lines as usize).map(|(_, line)| line.clone()).collect()
}

fn spot(lines: &[PlanLine], n_lines: u32, seed: u64) -> Vec<LineRef> {
    let mut pool: Vec<&LineRef> = lines.iter().map(|known| &known.line).collect();
    pool.sort();
    let mut state = seed;
    let mut chosen = Vec::new();
    while chosen.len() < n_lines as usize && !pool.is_empty() {
        let at = split_mix(&mut state) % pool.len() as u64;
        chosen.push(pool.swap_remove(usize::try_from(at).expect("below the length of a list")).clone());
    }
    chosen
}

/// SplitMix64 (Steele, Lea, Flood 2014): any seed will do, and it is the same everywhere.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Seconds a line takes: find it, scan it, count its pieces, look. About 360 lines an hour; scanning alone is 650
/// barcodes an hour (University of Arkansas, time and motion).
const LINE_S: u64 = 10;
/// Seconds from one shelf to the next, its label scanned.
const SHELF_S: u64 = 40;

/// Minutes that `n_people` need together, rounded up; one person where nobody is named.
#[must_use]
pub fn counting_minutes(n_lines: usize, n_shelves: usize, n_people: usize) -> u64 {
    let seconds = n_lines as u64 * LINE_S + n_shelves as u64 * SHELF_S;
    seconds.div_ceil(60 * (n_people.max(1) as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

    fn line(n: u32) -> LineRef {
        LineRef {
            shelf: ShelfCode::parse(&format!("A-{:02}", n / 10 + 1)).expect("valid"),
            sku: SkuCode::parse(&format!("{n:03}")).expect("valid"),
        }
    }

    fn known(n: u32, sold_units: Units) -> PlanLine {
        PlanLine {
            line: line(n),
            on_hand_units: 10,
            price_minor: 100,
            sold_units,
            moved_units: sold_units,
            last_count: None,
        }
    }

    fn counted(n: u32, days_ago: i64, variance_units: Units, moved_units: Units) -> PlanLine {
        let at = NOW.plus_ms(-days_ago * DAY_MS);
        PlanLine { last_count: Some(LastCount { at, variance_units, moved_units }), ..known(n, 10) }
    }

    #[test]
    fn sales_value_cuts_at_80_and_95_percent() {
        // 70 + 15 | 10 | 5: the item that crosses a limit belongs to the class before it.
        let lines = [known(1, 70), known(2, 15), known(3, 10), known(4, 5), known(5, 0)];
        let classes = abc_classes(&lines);
        let of = |n| classes[&line(n).sku];
        assert_eq!(
            [of(1), of(2), of(3), of(4), of(5)],
            [AbcClass::A, AbcClass::A, AbcClass::B, AbcClass::C, AbcClass::C]
        );
    }

    #[test]
    fn nothing_sold_is_all_c() {
        assert!(abc_classes(&[known(1, 0), known(2, 0)]).values().all(|class| *class == AbcClass::C));
    }

    #[test]
    fn a_line_is_due_when_its_class_says_so() {
        // One item makes all the sales: A. The others are C.
        let star = PlanLine { sold_units: 100, ..counted(1, 31, 0, 0) };
        let lines = [
            star,
            PlanLine { sold_units: 0, ..counted(2, 31, 0, 0) },
            PlanLine { sold_units: 0, ..counted(3, 181, 0, 0) },
            known(4, 0),
        ];
        let chosen = choose(&Choice::Due, &lines, NOW);
        assert_eq!(chosen.lines, [line(1), line(3), line(4)]);
        assert_eq!(chosen.shelves.len(), 1);
    }

    #[test]
    fn risk_is_movement_times_error_times_price() {
        // Half of the store's moved pieces were wrong; own history: 50 wrong of 50, drawn half-way to the store's.
        let own = PlanLine { moved_units: 8, ..counted(1, 5, -50, 50) };
        assert_eq!(risk_minor(&own, 500_000), 8 * 75 * 100 / 100);
        assert_eq!(risk_minor(&known(2, 8), 500_000), 8 * 50 * 100 / 100);
        let still = PlanLine { moved_units: 0, ..own };
        assert_eq!(risk_minor(&still, 500_000), 0, "what does not move does not go wrong");
    }

    #[test]
    fn money_at_risk_chooses_the_most_first() {
        let dear = PlanLine { price_minor: 10_000, ..known(3, 10) };
        let lines = [known(1, 10), known(2, 20), dear, known(4, 0)];
        assert_eq!(choose(&Choice::AtRisk { n_lines: 2 }, &lines, NOW).lines, [line(2), line(3)]);
        assert_eq!(choose(&Choice::AtRisk { n_lines: 9 }, &lines, NOW).lines.len(), 3, "no risk, no count");
    }

    #[test]
    fn a_seed_chooses_the_same_lines_whatever_their_order() {
        let lines: Vec<PlanLine> = (1..60).map(|n| known(n, 1)).collect();
        let back: Vec<PlanLine> = lines.iter().rev().cloned().collect();
        let spot = |seed, lines: &[PlanLine]| choose(&Choice::Spot { n_lines: 10, seed }, lines, NOW).lines;
        assert_eq!(spot(7, &lines), spot(7, &back));
        assert_ne!(spot(7, &lines), spot(8, &lines));
        assert_eq!(spot(7, &lines).iter().collect::<BTreeSet<_>>().len(), 10);
        assert_eq!(spot(7, &lines[..3]).len(), 3);
    }

    #[test]
    fn shelves_are_counted_whole() {
        let lines: Vec<PlanLine> = (1..30).map(|n| known(n, 1)).collect();
        let all = choose(&Choice::Shelves(BTreeSet::new()), &lines, NOW);
        assert_eq!((all.shelves.len(), all.lines.len()), (3, 0));
        let one = Choice::Shelves([line(1).shelf].into());
        assert_eq!(choose(&one, &lines, NOW).shelves, [line(1).shelf]);
    }

    #[test]
    fn two_people_need_half_the_time() {
        assert_eq!(counting_minutes(600, 30, 1), 120);
        assert_eq!(counting_minutes(600, 30, 2), 60);
        assert_eq!(counting_minutes(1, 1, 0), 1);
    }
}
