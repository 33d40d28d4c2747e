//! Trying a rule on the past: each line as it was at the end of each day, judged by the functions that judge it live.

use super::Signals;
use crate::store::Masters;
use domain::backtest::{Backtest, History, backtest};
use domain::id::{RegionCode, SkuCode, StoreCode};
use domain::instant::{Day, Timestamp};
use domain::measure::{Around, Figure, Figures, Measure, Reading};
use domain::movement::Units;
use domain::replenishment::{Overrides, Supply, target_on};
use domain::rule::{Line, Rule};
use domain::signal;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A stock-out within so many days after a firing was warned of.
pub const WITHIN_DAYS: u32 = 7;
/// Lines that are looked at, at most.
const LINES_MAX: usize = 50_000;
/// Measures of which nothing is kept for past days.
const UNKNOWN: [Measure; 6] = [
    Measure::Reserved,
    Measure::InTransit,
    Measure::DaysToBestBefore,
    Measure::Visitors,
    Measure::FootfallIndex,
    Measure::Conversion,
];

/// The measures of a rule that nobody knows of past days: where its condition hangs on them, it would not have fired.
#[must_use]
pub fn unknown(rule: &Rule) -> Vec<Measure> {
    rule.when.measures().into_iter().filter(|measure| UNKNOWN.contains(measure)).collect()
}

/// A line at the end of a day.
struct Moment {
    signals: Arc<signal::Signals>,
    around: Around,
    day: Day,
}

impl Figures for Moment {
    fn figure(&self, measure: Measure) -> Option<Figure> {
        Reading { signals: &self.signals, around: self.around, day: self.day }.figure(measure)
    }
}

/// One line with what could be spared of it day by day.
struct Past {
    store: StoreCode,
    region: RegionCode,
    signals: Arc<signal::Signals>,
    /// Day by day: the day, its last moment, the safety stock, what others could have.
    days: Vec<(Day, Timestamp, Option<Units>, Units)>,
}

/// Runs a rule over the last `n_days` days, today included. Takes seconds on a large chain: call it where it may block.
#[must_use]
pub fn run(known: &Signals, masters: &Masters, rule: &Rule, n_days: i64, now: Timestamp) -> Backtest {
    let measures = rule.when.measures();
    let needs_targets = measures.contains(&Measure::SafetyStock) || measures.contains(&Measure::StockNearby);
    let mut n_left = LINES_MAX;
    let histories = masters.products().values().flat_map(|product| {
        let pasts = if n_left == 0 { Vec::new() } else { pasts(known, &product.sku, n_days, needs_targets, now) };
        let nearby = nearby(&pasts);
        let covered = pasts.into_iter().filter(|past| {
            let line =
                Line { store: &past.store, region: &past.region, sku: &product.sku, category: &product.category };
            rule.reach.covers(line)
        });
        let taken: Vec<Past> = covered.take(n_left).collect();
        n_left -= taken.len();
        let sku = &product.sku;
        taken
            .into_iter()
            .map(|past| History {
                sku: sku.clone(),
                category: product.category.clone(),
                moments: moments(&past, &nearby, needs_targets),
                store: past.store,
                region: past.region,
            })
            .collect::<Vec<_>>()
    });
    backtest(rule, WITHIN_DAYS, histories)
}

fn pasts(known: &Signals, sku: &SkuCode, n_days: i64, needs_targets: bool, now: Timestamp) -> Vec<Past> {
    // Copied under the lock and worked on without it: events go on meanwhile.
    let lines: Vec<_> = {
        let book = known.book();
        let line = |(code, store): (&StoreCode, &super::book::StoreBook)| {
            let signals = store.fold.lines.get(sku)?.clone();
            Some((code.clone(), store.region().clone(), store.zone(), signals))
        };
        book.stores.iter().filter_map(line).collect()
    };
    let past = |(store, region, zone, signals): (StoreCode, RegionCode, _, signal::Signals)| {
        let today = Day::at(now, zone);
        let days = (0..n_days).rev().map(|ago| {
            let day = today.plus_days(-ago);
            let end = day.plus_days(1).begins_at(zone).plus_ms(-1);
            let target =
                if needs_targets { target_on(&signals, day, &Supply::USUAL, Overrides::default()) } else { None };
            let safety = target.map(|target| target.safety_units);
            let spare = safety.map_or(0, |safety| (signals.on_hand_at(day).unwrap_or(0) - safety).max(0));
            (day, if end < now { end } else { now }, safety, spare)
        });
        Past { store, region, days: days.collect(), signals: Arc::new(signals) }
    };
    lines.into_iter().map(past).collect()
}

/// What the stores of each region could have spared, day by day.
fn nearby(pasts: &[Past]) -> BTreeMap<(RegionCode, Day), Units> {
    let mut nearby = BTreeMap::new();
    for past in pasts {
        for (day, _, _, spare) in &past.days {
            *nearby.entry((past.region.clone(), *day)).or_default() += spare;
        }
    }
    nearby
}

fn moments(past: &Past, nearby: &BTreeMap<(RegionCode, Day), Units>, knows_nearby: bool) -> Vec<(Timestamp, Moment)> {
    let moment = |(day, at, safety, spare): &(Day, Timestamp, Option<Units>, Units)| {
        let all = nearby.get(&(past.region.clone(), *day)).copied().unwrap_or_default();
        let around = Around {
            safety_stock_units: *safety,
            nearby_units: knows_nearby.then_some(all - spare),
            ..Around::default()
        };
        (*at, Moment { signals: Arc::clone(&past.signals), around, day: *day })
    };
    past.days.iter().map(moment).collect()
}
