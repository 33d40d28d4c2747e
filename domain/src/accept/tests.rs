use super::*;
use crate::geo::Coordinates;
use crate::id::{CategoryCode, RegionCode};
use crate::instant::ZoneOffset;
use crate::master::{Name, Product};
use crate::movement::{Place, carry};
use crate::policy::{Role, Scope};
use crate::sync::{PhoneFacts, PhoneSnapshot};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

fn judged(at: Timestamp, now: Timestamp) {
    let ahead_ms = i128::from(at.unix_ms()) - i128::from(now.unix_ms());
    let (most, least) = (i128::from(FUTURE_MAX_MS), -i128::from(AGE_MAX_MS));
    match judge_clock(at, now) {
        Ok(ClockVerdict::Plausible) => assert!((least..=i128::from(SKEW_TOLERATED_MS)).contains(&ahead_ms)),
        Ok(ClockVerdict::Ahead(ahead_s)) => assert_eq!(i128::from(ahead_s), ahead_ms / 1000),
        Err(Refusal::TooOld { age_days }) => assert!(ahead_ms < least && age_days >= 31, "{ahead_ms} {age_days}"),
        Err(Refusal::FromTheFuture { ahead_s }) => assert!(ahead_ms > most && ahead_s >= 86_400),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn the_first_and_the_last_moment_there_are_are_refused() {
    for now in [NOW, Timestamp::from_unix_ms(i64::MIN), Timestamp::from_unix_ms(i64::MAX)] {
        for at in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX] {
            judged(Timestamp::from_unix_ms(at), now);
        }
    }
    let first = judge_clock(Timestamp::from_unix_ms(i64::MIN), NOW);
    assert_eq!(first, Err(Refusal::TooOld { age_days: i64::MIN / -DAY_MS }));
    assert!(matches!(judge_clock(Timestamp::from_unix_ms(i64::MAX), NOW), Err(Refusal::FromTheFuture { .. })));
}

proptest! {
    #[test]
    fn every_time_a_device_may_send_is_judged(at in any::<i64>(), near_ms in -40 * DAY_MS..40 * DAY_MS) {
        judged(Timestamp::from_unix_ms(at), NOW);
        judged(NOW.plus_ms(near_ms), NOW);
    }
}

fn sku() -> SkuCode {
    SkuCode::parse("100001").expect("valid")
}

/// A phone that knows one item, at 5.00 a piece.
fn facts() -> PhoneFacts {
    let name = || Name { zh: String::new(), en: String::new() };
    let store = Store {
        code: StoreCode::parse("S001").expect("valid"),
        name: name(),
        region: RegionCode::parse("R1").expect("valid"),
        at: Coordinates { latitude_e7: 312_304_000, longitude_e7: 1_214_737_000 },
        geofence_radius_m: 150,
        zone_offset: ZoneOffset(480),
        opens_min: 540,
        closes_min: 1_320,
    };
    let product = Product {
        sku: sku(),
        name: String::new(),
        category: CategoryCode::parse("C01").expect("valid"),
        barcodes: Vec::new(),
        price_minor: 500,
    };
    let person = PersonId::parse("P1").expect("valid");
    PhoneFacts::new(PhoneSnapshot {
        now: NOW,
        viewer: Viewer { id: person, name: String::new(), role: Role::Clerk, scope: Scope::Store(store.code.clone()) },
        store,
        zones: Vec::new(),
        shelves: Vec::new(),
        categories: Vec::new(),
        products: vec![product],
        stocktakes: Vec::new(),
        recounts: Vec::new(),
        orders: Vec::new(),
        lots: BTreeMap::new(),
    })
}

fn moved(kind: MovementKind, units: Units, price_minor: Option<i64>) -> Movement {
    let (from, to) = match kind {
        MovementKind::CustomerReturn => (Place::Customer, Place::BackRoom),
        _ => (Place::BackRoom, Place::Customer),
    };
    let prices = price_minor.map(|price| (sku(), price)).into_iter().collect();
    Movement { prices, ..Movement::new(kind, carry(&sku(), units, from, to).to_vec()) }
}

#[test]
fn a_return_is_worth_what_the_customer_gets_where_that_is_more() {
    let value = |kind, units, price| value_minor(&moved(kind, units, price), &facts());
    assert_eq!(value(MovementKind::CustomerReturn, 3, None), 1_500);
    assert_eq!(value(MovementKind::CustomerReturn, 3, Some(100)), 1_500, "a small refund hides nothing");
    assert_eq!(value(MovementKind::CustomerReturn, 3, Some(90_000)), 270_000);
    assert_eq!(value(MovementKind::CustomerReturn, 1_000_000, Some(i64::MAX)), i64::MAX);
    assert_eq!(value(MovementKind::Sale, 3, Some(90_000)), 1_500);
}

#[test]
fn absurd_prices_are_refused() {
    use crate::movement::PRICE_MAX_MINOR;
    let judged = |price| {
        let event = DeviceEvent {
            id: EventId::MIN,
            store: facts().store().code.clone(),
            device: crate::id::DeviceId::MIN,
            device_seq: 1,
            person: facts().viewer().id.clone(),
            effective_at: NOW,
            fix: crate::geo::Fix::Missing { reason: crate::geo::NoFix::Denied },
            app: String::new(),
            body: EventBody::Moved(moved(MovementKind::Sale, 1, Some(price))),
        };
        accept(&event, NOW, &facts()).map(drop)
    };
    assert_eq!([0, PRICE_MAX_MINOR].map(judged), [Ok(()), Ok(())]);
    for absurd in [-1, i64::MIN, PRICE_MAX_MINOR + 1, i64::MAX] {
        assert_eq!(judged(absurd), Err(Refusal::BadPrice { sku: sku() }), "{absurd}");
    }
}
