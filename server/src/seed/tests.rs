use super::*;
use domain::event::{CountedItem, EventBody};
use domain::gtin::Gtin;
use domain::id::{EventId, ShelfCode};
use domain::instant::DAY_MS;
use domain::movement::{Movement, Place, Units, check_legs};
use domain::policy::Role;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// 2026-11-22 18:00 in China.
const NOW: Timestamp = Timestamp::from_unix_ms(1_795_341_600_000);

fn key() -> ShelfKey {
    ShelfKey::new([7; 32])
}

fn small() -> Size {
    Size { n_stores: 3, n_products: 200, n_days: 6, n_receipts_per_day: 20 }
}

#[test]
fn the_same_seed_makes_the_same_chain() {
    let digest = |seed| {
        let chain = generate(small(), seed);
        let mut hasher = Sha256::new();
        for part in [
            serde_json::to_vec(&chain.regions),
            serde_json::to_vec(&chain.categories),
            serde_json::to_vec(&chain.products),
            serde_json::to_vec(&chain.stores.iter().map(|s| (&s.store, &s.zones, &s.shelves)).collect::<Vec<_>>()),
        ] {
            hasher.update(part.expect("plain data"));
        }
        for recorded in chain.history(1, NOW, &key()) {
            hasher.update(recorded.event.canonical_bytes());
        }
        hasher.finalize().to_vec()
    };
    assert_eq!(digest(1), digest(1));
    assert_ne!(digest(1), digest(2));
}

#[test]
fn every_store_waits_for_goods_it_carries() {
    let chain = generate(small(), 1);
    for (at, demo) in chain.stores.iter().enumerate() {
        let orders = chain.orders(at, NOW);
        assert_eq!(orders, chain.orders(at, NOW), "the same again");
        let numbers: BTreeSet<&str> = orders.iter().map(|order| order.number.as_str()).collect();
        assert_eq!(numbers.len(), orders.len());
        let today = domain::instant::Day::at(NOW, demo.store.zone_offset);
        for order in &orders {
            assert!(order.number.starts_with("PO-") && order.store == demo.store.code);
            assert!((-1..=3).contains(&order.due.days_since(today)), "{}", order.due);
            let carries = |sku| demo.shelves.iter().any(|shelf| shelf.items.contains(sku));
            assert!(order.lines.len() >= 3 && order.lines.iter().all(|line| line.units > 0 && carries(&line.sku)));
        }
    }
}

#[test]
fn the_default_chain_is_as_announced() {
    let chain = generate(Size::default(), 1);
    assert_eq!((chain.stores.len(), chain.products.len(), chain.people.len()), (12, 2_000, 40));
    assert_eq!((chain.categories.len(), chain.regions.len()), (20, 3));
    for store in &chain.stores {
        assert!((24..=48).contains(&store.shelves.len()), "{}: {}", store.store.code, store.shelves.len());
        assert!(store.store.opens_min < store.store.closes_min);
        let has = |role| {
            let scope = Scope::Store(store.store.code.clone());
            chain.people.iter().any(|person| person.role == role && person.scope == scope)
        };
        assert!(has(Role::Clerk) && has(Role::StoreManager), "{}", store.store.code);
    }
    let logins: BTreeSet<&str> = chain.people.iter().map(|person| person.login.as_str()).collect();
    assert_eq!(logins.len(), 40);
    for login in ["lina", "wangwei", "east", "north", "south", "hq", "auditor"] {
        assert!(logins.contains(login), "{login}");
    }
    let names: BTreeSet<&str> = chain.products.iter().map(|product| product.name.as_str()).collect();
    assert_eq!(names.len(), 2_000, "every name is different");
}

#[test]
fn every_barcode_is_valid_chinese_and_unique() {
    let chain = generate(Size { n_products: 10_000, ..small() }, 1);
    let mut seen = BTreeSet::new();
    for product in &chain.products {
        for (at, barcode) in product.barcodes.iter().enumerate() {
            let text = barcode.gtin.to_gtin14();
            assert_eq!(Gtin::parse(&text), Ok(barcode.gtin), "the check digit is right");
            assert!(text.starts_with(if at == 0 { "069" } else { "169" }), "{text}");
            assert_eq!(barcode.pieces == 1, at == 0, "{text}");
            assert!(seen.insert(barcode.gtin), "{text} twice");
        }
        assert!(product.price_minor > 0);
    }
    assert!(seen.len() > 11_500);
}

#[test]
fn sizes_scale() {
    let chain = generate(Size { n_stores: 1_000, n_products: 400, ..small() }, 1);
    assert_eq!((chain.stores.len(), chain.regions.len()), (1_000, 7));
    let names: BTreeSet<&str> = chain.stores.iter().map(|store| store.store.name.zh.as_str()).collect();
    assert_eq!(names.len(), 1_000);
    assert!(!chain.history(999, NOW, &key()).is_empty());
    let large = generate(Size { n_products: 10_000, ..small() }, 1);
    assert!(large.stores[0].shelves.iter().all(|shelf| shelf.items.len() <= 30));
}

#[test]
fn movements_balance_and_stay_on_the_planogram() {
    let chain = generate(small(), 1);
    for (at, store) in chain.stores.iter().enumerate() {
        let holds: BTreeMap<&ShelfCode, BTreeSet<&SkuCode>> =
            store.shelves.iter().map(|shelf| (&shelf.code, shelf.items.iter().collect())).collect();
        let mut on_hand: BTreeMap<(Place, SkuCode), i64> = BTreeMap::new();
        let mut events: Vec<_> = chain.history(at, NOW, &key());
        events.sort_by_key(|recorded| recorded.event.effective_at);
        for recorded in events {
            let EventBody::Moved(Movement { legs, .. }) = recorded.event.body else { continue };
            check_legs(&legs).expect("balanced");
            for leg in legs {
                if let Place::Shelf(shelf) = &leg.place {
                    assert!(holds[shelf].contains(&leg.sku), "{} does not belong on {shelf}", leg.sku);
                }
                if leg.place.is_internal() {
                    let units = on_hand.entry((leg.place, leg.sku)).or_default();
                    *units += leg.units;
                    assert!(*units >= 0);
                }
            }
        }
        assert!(!on_hand.is_empty());
    }
}

#[test]
fn events_arrive_after_they_happen_and_without_gaps() {
    let chain = generate(small(), 1);
    for at in 0..chain.stores.len() {
        let events = chain.history(at, NOW, &key());
        let mut last_seq = BTreeMap::new();
        let mut ids: BTreeSet<EventId> = BTreeSet::new();
        let mut arrived_at = Timestamp::default();
        for Recorded { event, recorded_at } in &events {
            let seq = last_seq.entry(event.device).or_insert(0);
            *seq += 1;
            assert_eq!(event.device_seq, *seq);
            assert!(ids.insert(event.id));
            assert!(event.effective_at <= *recorded_at && *recorded_at <= NOW);
            assert!(NOW.since(event.effective_at) < 31 * DAY_MS);
            assert!(*recorded_at >= arrived_at);
            arrived_at = *recorded_at;
        }
    }
}

#[test]
fn stocktakes_are_opened_before_they_are_counted_and_the_first_store_is_untouched() {
    let chain = generate(Size { n_days: 10, n_products: 400, ..Size::default() }, 1);
    let (mut n_open, mut n_submitted) = (0, 0);
    for at in 0..chain.stores.len() {
        let events = chain.history(at, NOW, &key());
        let mut open = BTreeSet::new();
        let mut counted: BTreeSet<EventId> = BTreeSet::new();
        for recorded in &events {
            match &recorded.event.body {
                EventBody::StocktakeOpened { stocktake } => {
                    assert!(open.insert(stocktake.clone()));
                }
                EventBody::Counted { stocktake, item, .. } => {
                    assert!(open.contains(stocktake));
                    if let CountedItem::Known(sku) = item {
                        assert!(chain.product_of.contains_key(sku));
                    }
                    counted.insert(recorded.event.id);
                }
                EventBody::CountUndone { cites, .. } => assert!(counted.remove(cites)),
                EventBody::StocktakeSubmitted { stocktake } => {
                    n_submitted += 1;
                    assert!(open.remove(stocktake));
                }
                _ => {}
            }
        }
        n_open += open.len();
        assert!(at > 0 || (open.is_empty() && counted.is_empty()));
    }
    assert!(n_open >= 4 && n_submitted >= 3, "{n_open} open, {n_submitted} submitted");
}

/// What the demo writes must stay writable in a minute on an unoptimised database.
#[test]
fn the_default_history_is_of_bearable_size() {
    let chain = generate(Size::default(), 1);
    let (mut n_events, mut n_legs) = (0, 0);
    for at in 0..chain.stores.len() {
        for recorded in chain.history(at, NOW, &key()) {
            n_events += 1;
            if let EventBody::Moved(Movement { legs, .. }) = recorded.event.body {
                n_legs += legs.iter().filter(|leg| leg.place.is_internal()).count();
            }
        }
    }
    assert!((10_000..=25_000).contains(&n_events), "{n_events} events");
    assert!(n_legs <= 40_000, "{n_legs} legs");
}

#[test]
fn a_promotion_leaves_one_store_short_of_what_its_neighbour_has() {
    let chain = generate(Size { n_stores: 4, ..Size::default() }, 1);
    let promoted = &chain.promoted;
    let left = |at: usize| -> BTreeMap<SkuCode, Units> {
        let mut on_hand = BTreeMap::new();
        for recorded in chain.history(at, NOW, &key()) {
            if let EventBody::Moved(movement) = recorded.event.body {
                for leg in movement.legs.iter().filter(|leg| leg.place.is_internal() && promoted.contains(&leg.sku)) {
                    *on_hand.entry(leg.sku.clone()).or_default() += leg.units;
                }
            }
        }
        on_hand
    };
    let (crowded, neighbour) = (left(0), left(1));
    let both = || crowded.iter().filter_map(|(sku, here)| Some((*here, *neighbour.get(sku)?)));
    assert!(both().count() >= 3, "{crowded:?} {neighbour:?}");
    assert!(both().filter(|(here, there)| *here < 6 && *there >= 12).count() >= 2, "{crowded:?} {neighbour:?}");
}

#[test]
fn a_short_history_has_no_promotion() {
    assert!(generate(Size { n_days: 19, ..Size::default() }, 1).promoted.is_empty());
    assert_eq!(generate(Size::default(), 1).promoted.len(), 8);
}
