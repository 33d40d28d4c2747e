//! 100 stores in five cities, and what lies on their shelves in the morning.

use crate::support::{TestServer, device, person};
use domain::event::{DeviceEvent, EventBody};
use domain::geo::{Coordinates, Fix, NoFix};
use domain::id::{CategoryCode, EventId, RegionCode, ShelfCode, SkuCode, StoreCode, ZoneCode};
use domain::instant::{DAY_MS, Timestamp, ZoneOffset};
use domain::master::{Category, Name, Product, Region, Shelf, Store, Zone};
use domain::movement::{Leg, Movement, MovementKind, Place, Units, carry};
use domain::sync::Outcome;
use rand::Rng;
use rand::rngs::StdRng;
use server::store::{Masters, StoreMaster};
use std::collections::BTreeMap;
use std::ops::Range;

pub const N_STORES: usize = 100;
pub const N_REGIONS: usize = 5;
/// Each city has a range of its own.
const N_ITEMS_OF_CITY: usize = 8;
pub const N_ITEMS: usize = N_REGIONS * N_ITEMS_OF_CITY;
const N_WEEKS: i64 = 4;

pub fn store(n: usize) -> StoreCode {
    StoreCode::parse(&format!("S{n:03}")).expect("valid")
}

pub fn region_of(store: usize) -> usize {
    store % N_REGIONS
}

pub fn item(n: usize) -> SkuCode {
    SkuCode::parse(&format!("{}", 100_000 + n)).expect("valid")
}

/// What a store sells.
fn items_of(store: usize) -> Range<usize> {
    let first = region_of(store) * N_ITEMS_OF_CITY;
    first..first + N_ITEMS_OF_CITY
}

/// Of a city's first item a request for more than six pieces is beyond what a manager may ask for alone.
fn price_minor(item: usize) -> i64 {
    match item % N_ITEMS_OF_CITY {
        0 => 30_000,
        n => 1_500 + 500 * i64::try_from(n).expect("few"),
    }
}

pub fn shelf() -> Place {
    Place::Shelf(ShelfCode::parse("A-01").expect("valid"))
}

/// 20 stores a city, a mile from one to the next; nobody drives from one city to another.
pub fn masters() -> Masters {
    let name = |text: String| Name { zh: text.clone(), en: text };
    let region = |n: usize| RegionCode::parse(&format!("R{n}")).expect("valid");
    let category = CategoryCode::parse("C01").expect("valid");
    let product = |n: usize| Product {
        sku: item(n),
        name: format!("商品{n}"),
        category: category.clone(),
        barcodes: Vec::new(),
        price_minor: price_minor(n),
    };
    let store = |n: usize| {
        let [in_city, city] = [n / N_REGIONS, region_of(n)].map(|n| i32::try_from(n).expect("few"));
        let store = Store {
            code: store(n),
            name: name(format!("门店{n}")),
            region: region(region_of(n)),
            at: Coordinates {
                latitude_e7: 230_000_000 + 30_000_000 * city + 144_000 * (in_city / 5),
                longitude_e7: 1_130_000_000 + 160_000 * (in_city % 5),
            },
            geofence_radius_m: 150,
            zone_offset: ZoneOffset(480),
            opens_min: 480,
            closes_min: 1_320,
        };
        let zone = Zone { code: ZoneCode::parse("A").expect("valid"), name: name("A".to_owned()) };
        let shelf = Shelf { code: ShelfCode::parse("A-01").expect("valid"), items: items_of(n).map(item).collect() };
        StoreMaster::new(store, vec![zone], vec![shelf])
    };
    Masters::new(
        (0..N_REGIONS).map(|n| Region { code: region(n), name: name(format!("城市{n}")) }).collect(),
        vec![Category { code: category.clone(), name: name("C01".to_owned()) }],
        (0..N_ITEMS).map(product).collect(),
        (0..N_STORES).map(store).collect(),
    )
}

/// Four weeks of deliveries and sales as events; every third line is nearly sold out by now. Those lines come back,
/// each as store and item.
pub async fn stock(server: &TestServer, random: &mut StdRng) -> Vec<(usize, usize)> {
    let now = server.clock.now();
    let mut events: Vec<(DeviceEvent, Timestamp)> = Vec::new();
    let mut short = Vec::new();
    for n in 0..N_STORES {
        let mut sold: BTreeMap<i64, Vec<Leg>> = BTreeMap::new();
        let mut delivered = Vec::new();
        for of in items_of(n) {
            let is_short = random.random_ratio(1, 3);
            let left: Units = if is_short { random.random_range(0..=1) } else { random.random_range(25..=50) };
            if is_short {
                short.push((n, of));
            }
            let usual: Units = random.random_range(0..=6);
            let mut total = left;
            for week in 1..=N_WEEKS {
                let units = (usual + random.random_range(-1..=1)).max(0);
                total += units;
                if units > 0 {
                    let legs = carry(&item(of), units, shelf(), Place::Customer);
                    sold.entry(-week * 7 * DAY_MS + 4 * DAY_MS).or_default().extend(legs);
                }
            }
            delivered
                .extend((total > 0).then(|| carry(&item(of), total, Place::Supplier, shelf())).into_iter().flatten());
        }
        let mut moves = vec![(-29 * DAY_MS, MovementKind::Receipt, delivered)];
        moves.extend(sold.into_iter().map(|(ago_ms, legs)| (ago_ms, MovementKind::Sale, legs)));
        for (place, (ago_ms, kind, legs)) in moves.into_iter().enumerate() {
            let at = now.plus_ms(ago_ms);
            let number = u64::try_from(place + 1).expect("few");
            let id = u128::from(number) << 32 | u128::try_from(n).expect("few");
            let event = DeviceEvent {
                id: EventId::from_parts(at.unix_ms().unsigned_abs(), id),
                store: store(n),
                // Each store's till.
                device: device(1_000 + u128::try_from(n).expect("few")),
                device_seq: number,
                person: person(&format!("c{n}")),
                effective_at: at,
                fix: Fix::Missing { reason: NoFix::Machine },
                app: "test".to_owned(),
                body: EventBody::Moved(Movement::new(kind, legs)),
            };
            events.push((event, at));
        }
    }
    events.sort_by_key(|(event, at)| (*at, event.store.clone()));
    let answers = server.state.ledger.import(events).await.expect("answers");
    let refused: Vec<_> =
        answers.iter().filter(|answer| !matches!(answer.outcome, Outcome::Accepted { .. })).take(3).collect();
    assert!(refused.is_empty(), "{refused:?}");
    server.state.signals.settle().await;
    short
}
