//! What transfers would have saved: stock dealt out unevenly, transfers by three rules, then the sales as they were.
//!
//! The sales are real. Where the stores are, what they have and what the way costs is not in the data: places and
//! stocks come from a seed, a piece costs 70 % of its price.

use crate::sales::{N_DAYS, Sales, Series, day};
use domain::demand::{WeekdayProfile, forecast};
use domain::geo::Coordinates;
use domain::id::{SkuCode, StoreCode};
use domain::matching::region::{Item, Region, Shipment, solve};
use domain::matching::{Route, Source, Standing, Tariff, Terms, TravelAssumption, Want, Worth, propose};
use domain::safety_stock::{ServiceLevel, safety_stock};
use std::collections::{BTreeMap, BTreeSet};

const RING_DAYS: usize = 90;
/// Until everybody's next delivery.
const HORIZON_DAYS: u32 = 7;

/// SplitMix64 (Steele, Lea and Flood, 2014): the same deal every time.
struct Deal(u64);

impl Deal {
    fn below(&mut self, n: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % u64::try_from(n).expect("above 0")) as i64
    }
}

fn code(store: u32) -> StoreCode {
    StoreCode::parse(&format!("S{store}")).expect("valid")
}

/// The stores of a region at the evening before day `end`, and what each will sell until its next delivery.
fn deal(sales: &Sales, end: usize, tariff: Tariff) -> (Region, BTreeMap<(StoreCode, SkuCode), i64>) {
    let mut places = Deal(7);
    let stores = sales.stores.keys().map(|store| {
        let (north, east) = (places.below(4_000_000), places.below(4_000_000));
        let at = Coordinates { latitude_e7: 390_000_000 + north as i32, longitude_e7: -840_000_000 + east as i32 };
        (code(*store), at)
    });
    let terms = Terms { tariff, travel_max_min: 240, sellable_days_min: 0, fulfilment_min_permille: 0 };
    let mut region = Region {
        stores: stores.collect(),
        travel: TravelAssumption::CITY,
        routes: BTreeMap::new(),
        terms,
        items: Vec::new(),
    };
    let mut stock = Deal(end as u64);
    let mut items: BTreeMap<SkuCode, Item> = BTreeMap::new();
    let mut actual = BTreeMap::new();
    for series in &sales.series {
        if series.units[end - RING_DAYS..end].iter().filter(|units| **units > 0).count() < 6 {
            continue;
        }
        let sku = SkuCode::parse(&series.item.to_string()).expect("valid");
        let (want, source) = position(sales, series, &sku, end, &mut stock);
        let price_minor = series.price_minor();
        let worth = Worth { price_minor, cost_minor: price_minor * 7 / 10 };
        let item = items.entry(sku.clone()).or_insert(Item { sku, worth, wants: Vec::new(), sources: Vec::new() });
        let sold = series.units[end..end + HORIZON_DAYS as usize].iter().sum();
        actual.insert((source.store.clone(), item.sku.clone()), sold);
        item.wants.extend(want);
        item.sources.push(source);
    }
    region.items = items.into_values().collect();
    (region, actual)
}

/// A stock between nothing and twice what the store needs; below its need it wants the rest.
fn position(sales: &Sales, series: &Series, sku: &SkuCode, end: usize, stock: &mut Deal) -> (Option<Want>, Source) {
    let last = day(end - 1);
    let all = sales.ring(&sales.stores[&series.store], series.store, end, RING_DAYS);
    let usual = WeekdayProfile::of(last, &all, WeekdayProfile::FLAT);
    let ring = sales.ring(&series.units, series.store, end, RING_DAYS);
    let forecast = forecast(last, &ring, usual);
    let demand = forecast.over(last.plus_days(1), HORIZON_DAYS);
    let safety_units = safety_stock(demand, forecast.level(), 0.0, ServiceLevel::USUAL);
    let need = demand.units() + safety_units;
    let on_hand_units = stock.below(2 * need + 1);
    let to = code(series.store);
    let source = Source {
        store: to.clone(),
        on_hand_units,
        reserved_units: 0,
        safety_units,
        demand,
        sellable_days: None,
        spoiling_units: 0,
        fulfilment_permille: 1000,
        standing: Standing::Open,
    };
    let units = need - on_hand_units;
    let want = Want { to, sku: sku.clone(), units, on_hand_units, demand, promised_units: 0 };
    ((units > 0).then_some(want), source)
}

/// Takes from the nearest store with surplus, then from the next, whatever it costs.
fn nearest_only(region: &Region) -> Vec<Shipment> {
    one_by_one(region, |want, _, sources| {
        let mut near: Vec<&(Source, Route)> = sources.iter().filter(|(source, _)| source.store != want.to).collect();
        near.sort_by_key(|(source, route)| (*route, source.store.clone()));
        let mut missing = want.units;
        let mut lines = Vec::new();
        for (source, _) in near {
            let units = source.surplus_units().min(missing);
            if units > 0 {
                lines.push((source.store.clone(), units));
                missing -= units;
            }
        }
        lines
    })
}

/// Asks for a proposal for each want in turn.
fn proposed(region: &Region) -> Vec<Shipment> {
    one_by_one(region, |want, worth, sources| {
        let proposal = propose(want, worth, sources, &region.terms);
        proposal.lines.into_iter().map(|line| (line.from, line.units)).collect()
    })
}

fn one_by_one(
    region: &Region,
    choose: impl Fn(&Want, Worth, &[(Source, Route)]) -> Vec<(StoreCode, i64)>,
) -> Vec<Shipment> {
    let mut plan = Vec::new();
    for item in &region.items {
        let mut sources = item.sources.clone();
        for want in &item.wants {
            let with_routes: Vec<(Source, Route)> = sources
                .iter()
                .map(|source| (source.clone(), region.route(&source.store, &want.to).expect("placed")))
                .collect();
            for (from, units) in choose(want, item.worth, &with_routes) {
                let source = sources.iter_mut().find(|source| source.store == from).expect("was offered");
                source.reserved_units += units;
                plan.push(Shipment { from, to: want.to.clone(), sku: item.sku.clone(), units });
            }
        }
    }
    plan
}

#[derive(Default)]
struct Outcome {
    moved: i64,
    parcels: usize,
    saved: i64,
    saved_minor: i64,
    margin_minor: i64,
    transport_minor: i64,
}

/// Adds what a plan really saved: sales with it less sales without it.
fn settle(region: &Region, actual: &BTreeMap<(StoreCode, SkuCode), i64>, plan: &[Shipment], result: &mut Outcome) {
    let mut change: BTreeMap<(&StoreCode, &SkuCode), i64> = BTreeMap::new();
    for line in plan {
        *change.entry((&line.from, &line.sku)).or_default() -= line.units;
        *change.entry((&line.to, &line.sku)).or_default() += line.units;
        result.moved += line.units;
        result.transport_minor += region.terms.tariff.piece_minor * line.units;
    }
    for item in &region.items {
        for source in &item.sources {
            let Some(change) = change.get(&(&source.store, &item.sku)) else { continue };
            let asked = actual[&(source.store.clone(), item.sku.clone())];
            let more = asked.min(source.on_hand_units + change) - asked.min(source.on_hand_units);
            result.saved += more;
            result.saved_minor += more * item.worth.price_minor;
            result.margin_minor += more * (item.worth.price_minor - item.worth.cost_minor);
        }
    }
    let parcels: BTreeSet<(&StoreCode, &StoreCode)> = plan.iter().map(|line| (&line.from, &line.to)).collect();
    result.parcels += parcels.len();
    for (from, to) in parcels {
        result.transport_minor += region.terms.tariff.way_minor(region.route(from, to).expect("placed"));
    }
}

/// Prints a table for each way of sending.
pub fn replay(sales: &Sales) {
    let carrier = Tariff { parcel_minor: 150, km_minor: 10, piece_minor: 5 };
    let own_van = Tariff { parcel_minor: 10, km_minor: 1, piece_minor: 5 };
    for (name, tariff) in [("a carrier", carrier), ("a van that drives anyway", own_van)] {
        println!("\ntransfers by {name}: {tariff:?}");
        println!("| | pieces moved | parcels | sales saved, pieces | sales saved | margin saved | transport | net |");
        println!("|---|--:|--:|--:|--:|--:|--:|--:|");
        let mut results = [Outcome::default(), Outcome::default(), Outcome::default()];
        for end in (RING_DAYS..N_DAYS - 7).step_by(56) {
            let (region, actual) = deal(sales, end, tariff);
            let plan = solve(&region, &[]).expect("the solver finds a plan");
            for (result, plan) in results.iter_mut().zip([nearest_only(&region), proposed(&region), plan]) {
                settle(&region, &actual, &plan, result);
            }
        }
        for (name, own) in ["nearest only", "proposals one by one", "plan of the region"].iter().zip(results) {
            let money = |minor: i64| format!("{:.0}", minor as f64 / 100.0);
            println!(
                "| {name} | {} | {} | {} | {} | {} | {} | {} |",
                own.moved,
                own.parcels,
                own.saved,
                money(own.saved_minor),
                money(own.margin_minor),
                money(own.transport_minor),
                money(own.margin_minor - own.transport_minor),
            );
        }
    }
}
