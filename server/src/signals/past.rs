//! Trying a rule on the past: each line as it was at the end of each day, judged by the functions that judge it live.

use super::Signals;
use crate::store::Masters;
use domain::backtest::{Backtest, History, backtest};
use domain::chain::Hash;
use domain::id::{RegionCode, SkuCode, StoreCode};
use domain::instant::{Day, Timestamp};
use domain::master::Product;
use domain::measure::{Around, Figure, Figures, Measure, Reading};
use domain::movement::Units;
use domain::replenishment::{Overrides, Supply, target_on};
use domain::rule::{Line, Rule};
use domain::signal;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A stock-out within so many days after a firing was warned of.
pub const WITHIN_DAYS: u32 = 7;
/// About so many lines are looked at, at most.
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

/// Runs a rule over the last `n_days` days, today included; also says how many lines it reaches. Where these are more than
/// can be looked at, a part of them is, the same each time and spread evenly over stores and goods. Takes seconds on a
/// large chain: call it where it may block.
#[must_use]
pub fn run(known: &Signals, masters: &Masters, rule: &Rule, n_days: i64, now: Timestamp) -> (Backtest, u32) {
    let measures = rule.when.measures();
    let needs_targets = measures.contains(&Measure::SafetyStock) || measures.contains(&Measure::StockNearby);
    let n_reached = n_reached(known, masters, rule);
    let histories = masters.products().values().flat_map(|product| {
        let sku = &product.sku;
        let is_looked_at = |store: &StoreCode, region: &RegionCode| {
            let line = Line { store, region, sku, category: &product.category };
            rule.reach.covers(line) && is_sampled(store, sku, n_reached, LINES_MAX)
        };
        // What is nearby is asked of all stores, but only where some line is looked at.
        let is_any = known.book().stores.iter().any(|(store, book)| is_looked_at(store, book.region()));
        let pasts = if is_any { pasts(known, sku, n_days, needs_targets, now) } else { Vec::new() };
        let nearby = nearby(&pasts);
        let taken: Vec<Past> = pasts.into_iter().filter(|past| is_looked_at(&past.store, &past.region)).collect();
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
    (backtest(rule, WITHIN_DAYS, histories), u32::try_from(n_reached).unwrap_or(u32::MAX))
}

fn n_reached(known: &Signals, masters: &Masters, rule: &Rule) -> usize {
    let book = known.book();
    let of_store = |(store, of): (&StoreCode, &super::book::StoreBook)| {
        let skus = of.fold.lines.keys().filter_map(|sku| masters.products().get(sku));
        let line = |product: &&Product| {
            rule.reach.covers(Line { store, region: of.region(), sku: &product.sku, category: &product.category })
        };
        skus.filter(line).count()
    };
    book.stores.iter().map(of_store).sum()
}

/// Whether a line is among the about `most` of `n` that are looked at; by a hash of its name, so that it is each time.
fn is_sampled(store: &StoreCode, sku: &SkuCode, n: usize, most: usize) -> bool {
    if n <= most {
        return true;
    }
    let hash = Hash::of(format!("{store} {sku}").as_bytes());
    let place = u64::from_be_bytes(hash.0[..8].try_into().expect("a hash has 32 bytes"));
    let share = |part: usize| u128::try_from(part).unwrap_or(u128::MAX);
    u128::from(place) * share(n) < (u128::from(u64::MAX) + 1) * share(most)
}

fn pasts(known: &Signals, sku: &SkuCode, n_days: i64, needs_targets: bool, now: Timestamp) -> Vec<Past> {
    // Copied under the lock and worked on without it: events go on meanwhile.
    let lines: Vec<_> = {
        let book = known.book();
        let line = |(code, store): (&StoreCode, &super::book::StoreBook)| {
            let signals = store.fold.lines.get(sku)?.clone();
            let overrides = store.overrides.get(sku).copied().unwrap_or_default();
            Some((code.clone(), store.region().clone(), store.zone(), signals, overrides))
        };
        book.stores.iter().filter_map(line).collect()
    };
    let past = |(store, region, zone, signals, overrides): (StoreCode, RegionCode, _, signal::Signals, Overrides)| {
        let today = Day::at(now, zone);
        let days = (0..n_days).rev().map(|ago| {
            let day = today.plus_days(-ago);
            let end = day.plus_days(1).begins_at(zone).plus_ms(-1);
            let target = if needs_targets { target_on(&signals, day, &Supply::USUAL, overrides) } else { None };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_lines_are_looked_at_in_part_evenly_and_the_same_each_time() {
        let store = |n: u32| StoreCode::parse(&format!("S{n:03}")).expect("valid");
        let sku = |n: u32| SkuCode::parse(&format!("{n}")).expect("valid");
        let sampled = |n: u32| (0..200).filter(|s| is_sampled(&store(n), &sku(*s), 20_000, 5_000)).count();
        let of_stores: Vec<usize> = (0..100).map(sampled).collect();
        assert_eq!(of_stores, (0..100).map(sampled).collect::<Vec<_>>());
        let n: usize = of_stores.iter().sum();
        assert!((4_800..5_200).contains(&n), "a quarter: {n}");
        assert!(of_stores.iter().all(|n| (20..90).contains(n)), "of every store: {of_stores:?}");
        let firsts = (0..100).filter(|s| (0..100).any(|n| is_sampled(&store(n), &sku(*s), 20_000, 5_000))).count();
        assert_eq!(firsts, 100, "of every item");
        assert!(is_sampled(&store(1), &sku(1), 5_000, 5_000));
    }
}
