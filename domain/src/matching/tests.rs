use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn store(n: usize) -> StoreCode {
    StoreCode::parse(&format!("S{n:03}")).expect("valid")
}

const WORTH: Worth = Worth { price_minor: 2_000, cost_minor: 1_200 };
const TERMS: Terms = Terms {
    tariff: Tariff { parcel_minor: 300, km_minor: 100, piece_minor: 10 },
    travel_max_min: 120,
    sellable_days_min: 2,
    fulfilment_min_permille: 500,
};

fn poisson(mean: f64) -> Demand {
    Demand { mean, variance: mean }
}

fn want(units: Units) -> Want {
    let sku = SkuCode::parse("100234").expect("valid");
    Want { to: store(0), sku, units, on_hand_units: 0, demand: poisson(30.0), promised_units: 0 }
}

fn source(n: usize, on_hand_units: Units) -> Source {
    Source {
        store: store(n),
        on_hand_units,
        reserved_units: 0,
        safety_units: 4,
        demand: poisson(6.0),
        sellable_days: None,
        spoiling_units: 0,
        fulfilment_permille: 1000,
        standing: Standing::Open,
    }
}

fn km(km: u32) -> Route {
    Route { distance_m: km * 1000, travel_min: 20 + km * 2 }
}

fn stores(lines: &[Line]) -> Vec<(String, Units)> {
    lines.iter().map(|line| (line.from.to_string(), line.units)).collect()
}

#[test]
fn of_equals_the_nearest_is_proposed_and_the_others_stand_by() {
    let sources = [(source(2, 40), km(9)), (source(1, 40), km(3)), (source(3, 40), km(5))];
    let proposal = propose(&want(10), WORTH, &sources, &TERMS);
    assert_eq!(stores(&proposal.lines), [("S001".to_owned(), 10)]);
    assert_eq!(stores(&proposal.alternatives), [("S003".to_owned(), 10), ("S002".to_owned(), 10)]);
    assert_eq!(proposal.missing_units, 0);
    let reason = proposal.lines[0].reason;
    assert_eq!((reason.surplus_units, reason.safety_units, reason.expected_demand_units), (30, 4, 6));
    // 10 pieces into a demand of 30 sell for certain, at a margin of 8 yuan; the way is 3 yuan + 3 km + 10 pieces.
    assert_eq!(reason.saved_here_milli, 10_000);
    assert_eq!((reason.money.sales_saved_minor, reason.money.transport_minor), (8_000, -700));
}

#[test]
fn what_would_expire_is_worth_a_longer_way() {
    let spoiling = Source { spoiling_units: 10, sellable_days: Some(4), ..source(2, 40) };
    let proposal = propose(&want(10), WORTH, &[(source(1, 40), km(3)), (spoiling, km(9))], &TERMS);
    assert_eq!(stores(&proposal.lines), [("S002".to_owned(), 10)]);
    assert_eq!(proposal.lines[0].reason.money.write_off_saved_minor, 12_000);
}

#[test]
fn a_reliable_store_goes_before_a_nearer_one_that_often_declines() {
    let unreliable = Source { fulfilment_permille: 600, ..source(1, 40) };
    let proposal = propose(&want(10), WORTH, &[(unreliable, km(3)), (source(2, 40), km(6))], &TERMS);
    assert_eq!(stores(&proposal.lines), [("S002".to_owned(), 10)]);
    assert_eq!(proposal.alternatives[0].reason.money.risk_minor, -3_200, "4 of 10 times 80 yuan");
}

#[test]
fn a_want_is_split_over_the_fewest_parcels_and_then_the_nearest() {
    // 20 wanted, surplus 8, 8, 14, 9: no one has it, two do only with S003.
    let sources = [(source(1, 18), km(1)), (source(2, 18), km(2)), (source(3, 24), km(8)), (source(4, 19), km(3))];
    let proposal = propose(&want(20), WORTH, &sources, &TERMS);
    let mut units = stores(&proposal.lines);
    assert_eq!(units.iter().map(|(_, units)| units).sum::<Units>(), 20);
    units.sort();
    assert_eq!(units.iter().map(|(store, _)| store.as_str()).collect::<Vec<_>>(), ["S003", "S004"]);
    let proposal = propose(&want(50), WORTH, &sources, &TERMS);
    assert_eq!((proposal.lines.len(), proposal.missing_units), (4, 50 - 39));
}

#[test]
fn each_store_that_is_not_proposed_has_its_reason() {
    let far = Source { ..source(7, 40) };
    let sources = [
        (source(0, 90), km(0)),
        (Source { standing: Standing::Closed, ..source(1, 40) }, km(1)),
        (Source { standing: Standing::Declined, ..source(2, 40) }, km(2)),
        (source(3, 0), km(3)),
        (Source { reserved_units: 40, ..source(4, 40) }, km(4)),
        (source(5, 10), km(5)),
        (Source { sellable_days: Some(2), ..source(6, 40) }, km(6)),
        (far, km(51)),
        (Source { fulfilment_permille: 499, ..source(8, 40) }, km(8)),
    ];
    let proposal = propose(&want(10), WORTH, &sources, &TERMS);
    let reasons: Vec<NotProposed> = proposal.not_proposed.into_iter().map(|(_, why)| why).collect();
    let needed = NotProposed::NeededThere { free_units: 10, safety_units: 4, expected_demand_units: 6 };
    assert_eq!(
        reasons,
        [
            NotProposed::Itself,
            NotProposed::Closed,
            NotProposed::Declined,
            NotProposed::NoneOnHand,
            NotProposed::Reserved { units: 40 },
            needed,
            NotProposed::ExpiresTooSoon { sellable_days: 2 },
            NotProposed::Unreliable { fulfilment_permille: 499 },
            NotProposed::TooFar { travel_min: 122 },
        ]
    );
    assert_eq!((proposal.lines.len(), proposal.missing_units), (0, 10));
}

#[test]
fn a_way_that_costs_more_than_it_saves_is_left_to_a_person_unless_a_customer_waits() {
    let idle = Want { demand: poisson(0.01), ..want(1) };
    let proposal = propose(&idle, WORTH, &[(source(1, 40), km(4))], &TERMS);
    assert!(proposal.lines.is_empty());
    assert!(matches!(
        proposal.not_proposed.as_slice(),
        [(_, NotProposed::CostsMoreThanItSaves { units: 1, reason })] if reason.money.total_minor() < 0
    ));
    let waiting = Want { promised_units: 1, ..idle };
    assert_eq!(propose(&waiting, WORTH, &[(source(1, 40), km(4))], &TERMS).lines.len(), 1);
}

#[test]
fn travel_time_is_that_of_the_road() {
    let at = |longitude_e7| crate::geo::Coordinates { latitude_e7: 399_042_000, longitude_e7 };
    let route = TravelAssumption::CITY.route(at(1_164_074_000), at(1_165_244_000));
    // 9,980 m as the crow flies: 13.3 km at 25 km/h are 32 minutes, and 20 for the rest.
    assert!((13_200..13_350).contains(&route.distance_m), "{route:?}");
    assert_eq!(route.travel_min, 52);
}

prop_compose! {
    fn any_source()(
        on_hand in -5i64..80, reserved in 0i64..10, safety in 0i64..10, mean in 0.0f64..20.0, spread in 1.0f64..4.0,
        days in prop::option::of(0u32..10), spoiling in 0i64..20, fulfilment in 0u16..1001, closed in 0u8..8
    ) -> Source {
        Source {
            reserved_units: reserved,
            safety_units: safety,
            demand: Demand { mean, variance: mean * spread },
            sellable_days: days,
            spoiling_units: spoiling,
            fulfilment_permille: fulfilment,
            standing: if closed == 0 { Standing::Closed } else { Standing::Open },
            ..source(0, on_hand)
        }
    }
}

fn any_sources() -> impl Strategy<Value = Vec<(Source, Route)>> {
    prop::collection::vec((any_source(), 0u32..70), 0..12).prop_map(|sources| {
        let numbered = sources.into_iter().enumerate();
        numbered.map(|(n, (source, away))| (Source { store: store(n), ..source }, km(away))).collect()
    })
}

proptest! {
    #[test]
    fn a_proposal_takes_surplus_only_and_says_what_is_missing(sources in any_sources(), units in 1i64..120) {
        let proposal = propose(&want(units), WORTH, &sources, &TERMS);
        let by_store: BTreeMap<&StoreCode, &Source> = sources.iter().map(|(source, _)| (&source.store, source)).collect();
        let covered: Units = proposal.lines.iter().map(|line| line.units).sum();
        prop_assert_eq!(covered + proposal.missing_units, units);
        for line in &proposal.lines {
            let source = by_store[&line.from];
            prop_assert!(line.units > 0 && line.units <= source.surplus_units());
            let left = source.free_units() - line.units;
            prop_assert!(left as f64 >= source.safety_units as f64 + source.demand.mean - 1e-6);
            let money = line.reason.money;
            let figures = [money.sales_saved_minor, money.sales_lost_minor, money.write_off_saved_minor];
            prop_assert_eq!(figures.iter().sum::<i64>() + money.risk_minor + money.transport_minor, money.total_minor());
            prop_assert!(money.total_minor() > 0);
        }
        let n = proposal.lines.len() + proposal.alternatives.len() + proposal.not_proposed.len();
        prop_assert_eq!(n, sources.len(), "every store is somewhere, once");
    }

    #[test]
    fn the_order_of_sources_changes_nothing(sources in any_sources(), units in 1i64..120, by in 0usize..12) {
        let mut turned = sources.clone();
        turned.rotate_left(by.min(sources.len()));
        turned.reverse();
        prop_assert_eq!(propose(&want(units), WORTH, &sources, &TERMS), propose(&want(units), WORTH, &turned, &TERMS));
    }
}
