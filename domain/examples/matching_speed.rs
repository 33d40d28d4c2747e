//! How long a proposal among 1,000 stores and a plan for 200 stores and 500 items take.
//!
//! `cargo run --release -p shelftrace-domain --example matching_speed`
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use domain::demand::Demand;
use domain::geo::Coordinates;
use domain::id::{SkuCode, StoreCode};
use domain::matching::region::{Item, Region, check, judge, solve};
use domain::matching::{Route, Source, Standing, Tariff, Terms, TravelAssumption, Want, Worth, propose};
use std::collections::BTreeMap;
use std::time::Instant;

/// A linear congruential generator (Knuth's MMIX): the same region every time.
struct Deal(u64);

impl Deal {
    fn below(&mut self, n: u32) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::from((self.0 >> 33) as u32 % n)
    }
}

fn store(n: usize) -> StoreCode {
    StoreCode::parse(&format!("S{n:04}")).expect("valid")
}

fn stores(n: usize, deal: &mut Deal) -> BTreeMap<StoreCode, Coordinates> {
    let mut at = |n| {
        let (north, east) = (deal.below(5_000_000) as i32, deal.below(5_000_000) as i32);
        (store(n), Coordinates { latitude_e7: 310_000_000 + north, longitude_e7: 1_212_000_000 + east })
    };
    (0..n).map(&mut at).collect()
}

/// An item of which some stores have too little and most enough.
fn item(n: usize, n_stores: usize, deal: &mut Deal) -> Item {
    let sku = SkuCode::parse(&format!("{n}")).expect("valid");
    let price_minor = 500 + deal.below(5_000);
    let worth = Worth { price_minor, cost_minor: price_minor * 7 / 10 };
    let (mut wants, mut sources) = (Vec::new(), Vec::new());
    for n in 0..n_stores {
        let mean = deal.below(400) as f64 / 10.0;
        let demand = Demand { mean, variance: mean * (1.0 + deal.below(30) as f64 / 10.0) };
        let safety_units = 1 + demand.variance.sqrt() as i64;
        let on_hand_units = deal.below(2 * (demand.units() + safety_units) as u32 + 1);
        let units = demand.units() + safety_units - on_hand_units;
        if units > 0 {
            let (to, sku) = (store(n), sku.clone());
            wants.push(Want { to, sku, units, on_hand_units, demand, promised_units: 0 });
        }
        sources.push(Source {
            store: store(n),
            on_hand_units,
            reserved_units: 0,
            safety_units,
            demand,
            sellable_days: None,
            spoiling_units: deal.below(3),
            fulfilment_permille: 1000 - deal.below(200) as u16,
            standing: Standing::Open,
        });
    }
    Item { sku, worth, wants, sources }
}

fn main() {
    let terms = Terms {
        tariff: Tariff { parcel_minor: 800, km_minor: 100, piece_minor: 10 },
        travel_max_min: 240,
        sellable_days_min: 1,
        fulfilment_min_permille: 500,
    };
    let deal = &mut Deal(1);

    let places = stores(1_000, deal);
    let mut times_us = Vec::new();
    for n in 0..5 {
        let item = item(n, 1_000, deal);
        for want in item.wants.iter().take(100) {
            // What the source of the wants hands over is made outside; the routes are part of the answer.
            let began = Instant::now();
            let route = |source: &Source| TravelAssumption::CITY.route(places[&source.store], places[&want.to]);
            let sources: Vec<(Source, Route)> =
                item.sources.iter().map(|source| (source.clone(), route(source))).collect();
            let proposal = propose(want, item.worth, &sources, &terms);
            times_us.push(began.elapsed().as_micros());
            assert!(proposal.missing_units <= want.units, "a proposal covers what it can");
        }
    }
    times_us.sort_unstable();
    let n = times_us.len();
    println!("{n} proposals among 1,000 stores: p50 {} µs, p99 {} µs", times_us[n / 2], times_us[n * 99 / 100]);

    let region = Region {
        stores: stores(200, deal),
        travel: TravelAssumption::CITY,
        routes: BTreeMap::new(),
        terms,
        items: (0..500).map(|n| item(n, 200, deal)).collect(),
    };
    let n_wants: usize = region.items.iter().map(|item| item.wants.len()).sum();
    let began = Instant::now();
    let plan = solve(&region, &[]).expect("the solver finds a plan");
    println!("plan of 200 stores × 500 items, {n_wants} wants: {} lines in {:?}", plan.len(), began.elapsed());
    let began = Instant::now();
    assert_eq!(check(&region, &plan), [], "a plan is without fault");
    println!("its check: {:?}", began.elapsed());
    let began = Instant::now();
    let total: i64 = judge(&region, &plan).iter().map(|(_, line)| line.reason.money.total_minor()).sum();
    println!("its reasons, {} in all: {:?}", total / 100, began.elapsed());
    let kept: Vec<_> = plan[1..].to_vec();
    let began = Instant::now();
    let again = solve(&region, &kept).expect("the solver finds a plan");
    println!("again with one line taken out by hand: {} lines in {:?}", again.len(), began.elapsed());
}
