use super::*;
use crate::approval::Standing;
use crate::event::{ClockVerdict, DeviceEvent, Stamp};
use crate::geo::{Fix, Geofence, NoFix};
use crate::id::EventId;
use crate::movement::carry;

fn event(body: EventBody) -> LedgerEvent {
    let at = Timestamp::from_unix_ms(1_795_320_000_000);
    LedgerEvent {
        stamp: Stamp {
            seq: 1,
            recorded_at: at,
            geofence: Geofence::Unknown,
            clock: ClockVerdict::Plausible,
            standing: Standing::Posted,
            value_minor: 0,
            flags: vec![Flag::AtNight],
        },
        event: DeviceEvent {
            id: EventId::from_parts(1, 1),
            store: StoreCode::parse("S001").expect("valid"),
            device: DeviceId::from_parts(1, 9),
            device_seq: 1,
            person: PersonId::parse("P1").expect("valid"),
            effective_at: at,
            fix: Fix::Missing { reason: NoFix::Denied },
            app: "test".into(),
            body,
        },
    }
}

fn movement() -> EventBody {
    let sku = SkuCode::parse("100001").expect("valid");
    let shelf = Place::Shelf(ShelfCode::parse("A-01").expect("valid"));
    let legs = carry(&sku, 2, shelf, Place::Customer).to_vec();
    EventBody::Moved(Movement { document: Some("POS-1".into()), ..Movement::new(MovementKind::Sale, legs) })
}

fn found(event: &LedgerEvent, cited: Option<&EventBody>) -> Vec<String> {
    subjects(event, cited).iter().map(|subject| format!("{}/{}", subject.kind.code(), subject.key)).collect()
}

#[test]
fn a_movement_is_found_by_all_it_names() {
    let device = DeviceId::from_parts(1, 9);
    let device = format!("device/{device}");
    let expected =
        ["product/100001", "shelf/A-01", "person/P1", &device, "document/POS-1", "flag/at_night", "kind/sale"];
    assert_eq!(found(&event(movement()), None), expected);
}

#[test]
fn what_reverses_a_movement_is_found_by_the_movements_items() {
    let reversal = event(EventBody::Reversed { cites: EventId::MIN, note: None });
    let found = found(&reversal, Some(&movement()));
    assert!(found.contains(&"product/100001".to_owned()) && found.contains(&"document/POS-1".to_owned()), "{found:?}");
    assert!(found.contains(&"kind/reversed".to_owned()) && !found.contains(&"kind/sale".to_owned()), "{found:?}");
}

#[test]
fn only_what_could_be_found_is_searched_for() {
    for (kind, key) in [("product", "100001"), ("document", "送货单 7"), ("flag", "at_night"), ("kind", "sale")] {
        assert!(Subject::parse(kind, key).is_some(), "{kind}/{key}");
    }
    for (kind, key) in [("product", "a b"), ("planet", "X"), ("flag", "odd"), ("document", ""), ("photo", "12")] {
        assert!(Subject::parse(kind, key).is_none(), "{kind}/{key}");
    }
}

#[test]
fn kinds_have_codes_of_their_own() {
    let codes: BTreeSet<&str> = EventKind::all().map(EventKind::code).collect();
    assert_eq!(codes.len(), EventKind::all().count());
    assert!(EventKind::all().all(|kind| EventKind::from_code(kind.code()) == Some(kind)));
}
