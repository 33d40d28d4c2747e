use super::*;
use crate::demand::Demand;
use crate::matching::{Standing, Tariff};
use proptest::prelude::*;

fn store(n: usize) -> StoreCode {
    StoreCode::parse(&format!("S{n:03}")).expect("valid")
}

fn sku(n: usize) -> SkuCode {
    SkuCode::parse(&format!("{n}")).expect("valid")
}

fn poisson(mean: f64) -> Demand {
    Demand { mean, variance: mean }
}

/// Stores in a row, `apart_m` metres from one to the next.
fn region(n_stores: usize, apart_m: i32, items: Vec<Item>) -> Region {
    let place = |n: usize| {
        let latitude_e7 = 300_000_000 + i32::try_from(n).expect("few") * (apart_m * 90);
        Coordinates { latitude_e7, longitude_e7: 1_200_000_000 }
    };
    Region {
        stores: (0..n_stores).map(|n| (store(n), place(n))).collect(),
        travel: TravelAssumption::CITY,
        routes: BTreeMap::new(),
        terms: Terms {
            tariff: Tariff { parcel_minor: 1_000, km_minor: 100, piece_minor: 10 },
            travel_max_min: 240,
            sellable_days_min: 1,
            fulfilment_min_permille: 0,
        },
        items,
    }
}

fn item(n: usize, wants: &[(usize, Units)], sources: &[(usize, Units)]) -> Item {
    let want = |&(n_store, units): &(usize, Units)| Want {
        to: store(n_store),
        sku: sku(n),
        units,
        on_hand_units: 0,
        demand: poisson(2.0 * units as f64),
        promised_units: 0,
    };
    let source = |&(n_store, units): &(usize, Units)| Source {
        store: store(n_store),
        on_hand_units: units + 5,
        reserved_units: 0,
        safety_units: 2,
        demand: poisson(3.0),
        sellable_days: None,
        spoiling_units: 0,
        fulfilment_permille: 1000,
        standing: Standing::Open,
    };
    Item {
        sku: sku(n),
        worth: Worth { price_minor: 1_000, cost_minor: 600 },
        wants: wants.iter().map(want).collect(),
        sources: sources.iter().map(source).collect(),
    }
}

fn shipment(from: usize, to: usize, n: usize, units: Units) -> Shipment {
    Shipment { from: store(from), to: store(to), sku: sku(n), units }
}

#[test]
fn a_plan_names_what_must_not_be() {
    let region = region(3, 1_000, vec![item(1, &[(0, 5)], &[(1, 8), (2, 1)])]);
    assert_eq!(check(&region, &[shipment(1, 0, 1, 4), shipment(2, 0, 1, 1)]), []);
    let lines = [shipment(1, 0, 1, 4), shipment(2, 0, 1, 2), shipment(1, 0, 7, 1), shipment(0, 1, 1, 1)];
    let found = check(&region, &lines);
    let over = Fault::MoreThanSurplus { from: store(2), sku: sku(1), units: 2, surplus_units: 1 };
    let much = Fault::MoreThanWanted { to: store(0), sku: sku(1), units: 6, wanted_units: 5 };
    assert_eq!(found, [Fault::NotWanted(lines[2].clone()), Fault::NotWanted(lines[3].clone()), over, much]);
    assert_eq!(check(&region, &[shipment(1, 0, 1, 0)]), [Fault::NoPieces(shipment(1, 0, 1, 0))]);
    assert_eq!(check(&region, &[shipment(0, 0, 1, 1)]), [Fault::NoSource(shipment(0, 0, 1, 1))]);
}

#[test]
fn a_parcel_is_paid_once_by_all_that_is_in_it() {
    let region = region(2, 1_000, vec![item(1, &[(0, 4)], &[(1, 9)]), item(2, &[(0, 3)], &[(1, 9)])]);
    let lines = judge(&region, &[shipment(1, 0, 2, 3), shipment(1, 0, 1, 4)]);
    let way = region.terms.tariff.way_minor(region.route(&store(1), &store(0)).expect("placed"));
    let paid: i64 = lines.iter().map(|(_, line)| line.reason.money.transport_minor).sum();
    assert_eq!(paid, -(way + 7 * 10));
    assert_eq!(lines[0].0.sku, sku(1), "by route and item");
}

#[test]
fn a_route_that_somebody_set_stands() {
    let mut region = region(2, 1_000, Vec::new());
    let set = Route { distance_m: 9_000, travel_min: 75 };
    region.routes.insert((store(0), store(1)), set);
    assert_eq!(region.route(&store(0), &store(1)), Some(set));
    assert_ne!(region.route(&store(1), &store(0)), Some(set));
    assert_eq!(region.route(&store(0), &store(9)), None);
}

mod solving {
    use super::*;

    #[test]
    fn the_sources_are_shared_out_so_that_all_ways_are_short() {
        // S002 is as near to S001 as to S003; were it served first from S001, S000 would wait for the long way.
        let items = vec![item(1, &[(0, 6), (2, 6)], &[(1, 6), (3, 6)])];
        let plan = solve(&region(4, 2_000, items), &[]).expect("nothing is kept");
        assert_eq!(plan, [shipment(1, 0, 1, 6), shipment(3, 2, 1, 6)]);
    }

    #[test]
    fn small_wants_travel_together_or_not_at_all() {
        // A piece brings 4 yuan and a parcel costs 10: alone it stays, with seven others it goes.
        let alone = region(2, 1_000, vec![item(1, &[(0, 1)], &[(1, 9)])]);
        assert_eq!(solve(&alone, &[]).expect("nothing at fault is kept"), []);
        let together = region(2, 1_000, (0..8).map(|n| item(n, &[(0, 1)], &[(1, 9)])).collect());
        assert_eq!(solve(&together, &[]).expect("nothing at fault is kept").len(), 8);
    }

    #[test]
    fn what_a_person_changed_stays_and_the_rest_is_planned_around_it() {
        let region = region(3, 1_000, vec![item(1, &[(0, 6)], &[(1, 9), (2, 9)])]);
        let kept = [shipment(2, 0, 1, 2)];
        let plan = solve(&region, &kept).expect("nothing at fault is kept");
        assert!(plan.contains(&kept[0]), "{plan:?}");
        assert_eq!(plan.iter().map(|line| line.units).sum::<Units>(), 6);
        let wrong = [shipment(2, 0, 1, 10)];
        assert!(matches!(solve(&region, &wrong), Err(KeptError(faults)) if faults.len() == 2));
    }

    prop_compose! {
        fn any_item()(
            wants in prop::collection::btree_map(0usize..8, 1i64..20, 0..5),
            sources in prop::collection::btree_map(0usize..8, -3i64..30, 0..6)
        ) -> (Vec<(usize, Units)>, Vec<(usize, Units)>) {
            (wants.into_iter().collect(), sources.into_iter().collect())
        }
    }

    proptest! {
        #[test]
        fn a_plan_is_without_fault_and_every_parcel_is_worth_its_way(
            items in prop::collection::vec(any_item(), 0..6), apart_m in 100i32..5_000
        ) {
            let items = items.iter().enumerate().map(|(n, (wants, sources))| item(n, wants, sources)).collect();
            let region = region(8, apart_m, items);
            let plan = solve(&region, &[]).expect("nothing at fault is kept");
            prop_assert_eq!(check(&region, &plan), []);
            let mut parcels: BTreeMap<(StoreCode, StoreCode), i64> = BTreeMap::new();
            for (line, judged) in judge(&region, &plan) {
                *parcels.entry((line.from, line.to)).or_default() += judged.reason.money.total_minor();
            }
            prop_assert!(parcels.values().all(|total| *total > 0), "{:?}", parcels);
            let mut turned = region.clone();
            turned.items.reverse();
            for item in &mut turned.items {
                item.wants.reverse();
                item.sources.reverse();
            }
            prop_assert_eq!(solve(&turned, &[]).expect("nothing at fault is kept"), plan);
        }
    }
}
