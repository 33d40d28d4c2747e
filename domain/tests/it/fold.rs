//! Laws of the ledger and its folds, whatever happens in whatever order.

use domain::approval::Standing;
use domain::chain::{Hash, Head};
use domain::event::{
    CanonicalError, ClockVerdict, CountMethod, CountedItem, DeviceEvent, EventBody, LedgerEvent, ShelfProof, Stamp,
};
use domain::fold::{Area, Categories, CountCell, ReadModels};
use domain::geo::{Coordinates, Fix, Geofence, NoFix};
use domain::id::{CategoryCode, DeviceId, EventId, PersonId, ShelfCode, SkuCode, StocktakeId, StoreCode};
use domain::instant::Timestamp;
use domain::movement::{Leg, Movement, MovementKind, Place, Units, carry, check_legs};
use domain::transfer::{PickedLine, ReceivedLine, Step, TransferEvent, TransferId};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Items end in an even or an odd digit, and so belong to one of two categories.
struct TwoCategories([CategoryCode; 2]);

impl TwoCategories {
    fn new() -> Self {
        Self(["EVEN", "ODD"].map(|code| CategoryCode::parse(code).expect("valid")))
    }
}

impl Categories for TwoCategories {
    fn category_of(&self, sku: &SkuCode) -> Option<&CategoryCode> {
        let last = sku.as_str().bytes().last()?;
        self.0.get(usize::from(last % 2))
    }
}

fn sku(n: u8) -> SkuCode {
    SkuCode::parse(&format!("10{n}")).expect("valid")
}

fn shelf(n: u8) -> ShelfCode {
    ShelfCode::parse(&format!("A-0{n}")).expect("valid")
}

fn stocktake(n: u8) -> StocktakeId {
    StocktakeId::parse(&format!("S001-2026112{n}")).expect("valid")
}

fn event(n: u128, at: i64, body: EventBody) -> LedgerEvent {
    let device = DeviceEvent {
        id: EventId::from_parts(1, n),
        store: StoreCode::parse("S001").expect("valid"),
        device: DeviceId::from_parts(1, 1),
        device_seq: u64::try_from(n).expect("small"),
        person: PersonId::parse("P1").expect("valid"),
        effective_at: Timestamp::from_unix_ms(at),
        fix: Fix::Missing { reason: NoFix::Machine },
        app: "test".into(),
        body,
    };
    let stamp = Stamp {
        seq: u64::try_from(n).expect("small"),
        recorded_at: Timestamp::from_unix_ms(i64::MAX),
        geofence: Geofence::Unknown,
        clock: ClockVerdict::Plausible,
        standing: Standing::Posted,
        value_minor: 0,
        flags: Vec::new(),
    };
    LedgerEvent { stamp, event: device }
}

/// A step of a transfer of its own.
fn step(n: u128, step: Step) -> EventBody {
    EventBody::Transfer(TransferEvent { transfer: TransferId::of(EventId::from_parts(2, n)), step })
}

/// What may happen to one of three items on one of two shelves.
#[derive(Debug, Clone)]
enum Happening {
    Moved { sku: u8, shelf: u8, units: Units },
    Picked { sku: u8, shelf: u8, units: Units },
    Arrived { sku: u8, shelf: u8, units: Units, over: Units },
    Counted { stocktake: u8, sku: u8, shelf: u8, units: Units, is_undone: bool },
    Unknown { stocktake: u8, shelf: u8, units: Units, is_undone: bool },
}

fn happening() -> impl Strategy<Value = Happening> {
    let units = || (-20i64..=20).prop_filter("a leg moves something", |units| *units != 0);
    prop_oneof![
        (0..3u8, 0..2u8, units()).prop_map(|(sku, shelf, units)| Happening::Moved { sku, shelf, units }),
        (0..3u8, 0..2u8, 1i64..9).prop_map(|(sku, shelf, units)| Happening::Picked { sku, shelf, units }),
        (0..3u8, 0..2u8, 1i64..9, 0i64..3).prop_map(|(sku, shelf, units, over)| Happening::Arrived {
            sku,
            shelf,
            units,
            over
        }),
        (0..2u8, 0..3u8, 0..2u8, -5i64..20, any::<bool>()).prop_map(|(stocktake, sku, shelf, units, is_undone)| {
            Happening::Counted { stocktake, sku, shelf, units, is_undone }
        }),
        (0..2u8, 0..2u8, 1i64..9, any::<bool>()).prop_map(|(stocktake, shelf, units, is_undone)| {
            Happening::Unknown { stocktake, shelf, units, is_undone }
        }),
    ]
}

/// The events of a story, each with the event that must be in the ledger before it.
fn tell(story: &[(i64, Happening)]) -> Vec<(LedgerEvent, Option<usize>)> {
    let mut events: Vec<(LedgerEvent, Option<usize>)> = Vec::new();
    let mut n = 0;
    for id in [0, 1] {
        n += 1;
        events.push((event(n, i64::from(id), EventBody::StocktakeOpened { stocktake: stocktake(id) }), None));
    }
    for (at, happening) in story {
        n += 1;
        let (body, undone_in) = match happening {
            Happening::Moved { sku: item, shelf: on, units } => {
                let place = Place::Shelf(shelf(*on));
                let (from, to) = if *units > 0 { (Place::Supplier, place) } else { (place, Place::Customer) };
                let legs = carry(&sku(*item), units.abs(), from, to).to_vec();
                (EventBody::Moved(Movement::new(MovementKind::Sale, legs)), None)
            }
            Happening::Picked { sku: item, shelf: on, units } => {
                let from = Place::Shelf(shelf(*on));
                (
                    step(
                        n,
                        Step::Picked { lines: vec![PickedLine { sku: sku(*item), units: *units, lot: None, from }] },
                    ),
                    None,
                )
            }
            Happening::Arrived { sku: item, shelf: on, units, over } => {
                let to = Place::Shelf(shelf(*on));
                let line = ReceivedLine { sku: sku(*item), lot: None, units: *units, damaged: 0, over: *over, to };
                (step(n, Step::Received { lines: vec![line], photos: Vec::new(), note: None }), None)
            }
            Happening::Counted { stocktake: of, sku: item, shelf: on, units, is_undone } => {
                let body = EventBody::Counted {
                    stocktake: stocktake(*of),
                    shelf: shelf(*on),
                    proof: ShelfProof::Picked,
                    item: CountedItem::Known(sku(*item)),
                    units: *units,
                    method: CountMethod::Camera,
                };
                (body, is_undone.then_some(*of))
            }
            Happening::Unknown { stocktake: of, shelf: on, units, is_undone } => {
                let item = CountedItem::Unknown { code: "4006381333931".into(), name: Some(format!("name {n}")) };
                let body = EventBody::Counted {
                    stocktake: stocktake(*of),
                    shelf: shelf(*on),
                    proof: ShelfProof::Picked,
                    item,
                    units: *units,
                    method: CountMethod::TypedCode,
                };
                (body, is_undone.then_some(*of))
            }
        };
        // The second stocktake's opening, or the first's: a count follows its own.
        let needs = body.stocktake().map(|id| usize::from(*id == stocktake(1)));
        let counted = event(n, *at, body);
        let position = events.len();
        let cites = counted.event.id;
        events.push((counted, needs));
        if let Some(of) = undone_in {
            n += 1;
            let body = EventBody::CountUndone { stocktake: stocktake(of), cites };
            events.push((event(n, at + 1, body), Some(position)));
        }
    }
    events
}

fn fold(events: &[(LedgerEvent, Option<usize>)], order: &[usize]) -> ReadModels {
    let masters = TwoCategories::new();
    let by_id: BTreeMap<EventId, &LedgerEvent> = events.iter().map(|(event, _)| (event.event.id, event)).collect();
    let mut models = ReadModels::default();
    for &position in order {
        let event = &events[position].0;
        let cited = match &event.event.body {
            EventBody::CountUndone { cites, .. } => by_id.get(cites).copied(),
            _ => None,
        };
        models.apply(event, cited, &masters);
    }
    models
}

/// An order of arrival in which every event comes after the one it needs; `keys` decide the rest.
fn arrival(events: &[(LedgerEvent, Option<usize>)], keys: &[u32]) -> Vec<usize> {
    let mut waiting: Vec<usize> = (0..events.len()).collect();
    waiting
        .sort_by_key(|&position| keys[position % keys.len()].wrapping_mul(2_654_435_761).wrapping_add(position as u32));
    let mut order = Vec::new();
    while !waiting.is_empty() {
        let next = waiting
            .iter()
            .position(|&position| events[position].1.is_none_or(|needed| order.contains(&needed)))
            .expect("needs form no circle");
        order.push(waiting.remove(next));
    }
    order
}

fn story() -> impl Strategy<Value = Vec<(i64, Happening)>> {
    // Few points in time, so that movements and counts often meet in the same millisecond.
    prop::collection::vec((10i64..30, happening()), 1..40)
}

proptest! {
    #[test]
    fn read_models_do_not_depend_on_the_order_of_arrival(
        story in story(),
        keys in prop::collection::vec(any::<u32>(), 1..64),
    ) {
        let events = tell(&story);
        let in_order: Vec<usize> = (0..events.len()).collect();
        prop_assert_eq!(fold(&events, &in_order), fold(&events, &arrival(&events, &keys)));
    }

    #[test]
    fn on_hand_is_the_sum_of_legs_and_expected_the_sum_up_to_the_count(story in story()) {
        let events = tell(&story);
        let models = fold(&events, &(0..events.len()).collect::<Vec<_>>());
        let legs_at = |shelf: &ShelfCode, sku: &SkuCode, until: Timestamp| -> Units {
            events.iter().filter(|(event, _)| event.effective_at() <= until).flat_map(|(event, _)| match &event.event.body {
                EventBody::Moved(movement) => movement.legs.clone(),
                EventBody::Transfer(told) => told.step.legs(),
                _ => Vec::new(),
            }).filter(|leg: &Leg| leg.place == Place::Shelf(shelf.clone()) && leg.sku == *sku).map(|leg| leg.units).sum()
        };
        for ((place, sku), row) in &models.stock {
            let Place::Shelf(shelf) = place else { continue };
            prop_assert_eq!(row.units, legs_at(shelf, sku, Timestamp::from_unix_ms(i64::MAX)));
        }
        for ((_, shelf, sku), line) in &models.lines {
            for tally in line.tallies.values() {
                prop_assert_eq!(tally.expected_units, legs_at(shelf, sku, tally.observed_at));
            }
        }
    }

    #[test]
    fn cells_are_the_sums_of_their_lines(story in story()) {
        let events = tell(&story);
        let models = fold(&events, &(0..events.len()).collect::<Vec<_>>());
        let masters = TwoCategories::new();
        let mut cells: BTreeMap<(StocktakeId, Area), CountCell> = BTreeMap::new();
        for ((stocktake, shelf, sku), line) in &models.lines {
            let category = masters.category_of(sku).expect("has one").clone();
            for area in [Area::Shelf(shelf.clone()), Area::Category(category)] {
                let cell = cells.entry((stocktake.clone(), area)).or_default();
                if let Some(tally) = line.finding().tally() {
                    cell.n_counted += 1;
                    cell.counted_units += tally.counted_units;
                    cell.expected_units += tally.expected_units;
                    cell.abs_variance_units += tally.variance_units().abs();
                }
            }
        }
        prop_assert_eq!(models.cells, cells);
    }

    #[test]
    fn canonical_bytes_read_back_and_admit_no_other_form(story in story(), extra in any::<u8>()) {
        for (event, _) in tell(&story) {
            let bytes = event.canonical_bytes();
            prop_assert_eq!(LedgerEvent::from_canonical_bytes(&bytes), Ok(event));
            let mut longer = bytes.clone();
            longer.push(extra);
            prop_assert_eq!(LedgerEvent::from_canonical_bytes(&longer), Err(CanonicalError::Malformed));
            let mut newer = bytes.clone();
            newer[0] = 9;
            prop_assert_eq!(LedgerEvent::from_canonical_bytes(&newer), Err(CanonicalError::Version(9)));
        }
    }

    #[test]
    fn garbage_is_no_event(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(event) = LedgerEvent::from_canonical_bytes(&bytes) {
            prop_assert_eq!(event.canonical_bytes(), bytes);
        }
    }

    #[test]
    fn carried_stock_balances(units in 1i64..1_000_000) {
        prop_assert_eq!(check_legs(&carry(&sku(1), units, Place::Supplier, Place::BackRoom)), Ok(()));
    }
}

#[test]
fn a_counted_zero_is_counted_and_an_undone_count_is_not() {
    let counted = |units, is_undone| Happening::Counted { stocktake: 0, sku: 1, shelf: 1, units, is_undone };
    let line = |story: &[(i64, Happening)]| {
        let events = tell(story);
        let models = fold(&events, &(0..events.len()).collect::<Vec<_>>());
        models.lines[&(stocktake(0), shelf(1), sku(1))].clone()
    };
    let zero = line(&[(10, counted(0, false))]);
    assert!(zero.is_counted());
    assert_eq!(zero.variance_units(), Some(0));
    let undone = line(&[(10, counted(3, true))]);
    assert!(!undone.is_counted());
    assert_eq!(undone.variance_units(), None);
}

#[test]
fn a_sale_that_arrives_late_but_happened_before_the_count_changes_what_was_expected() {
    let story = [
        (10, Happening::Moved { sku: 1, shelf: 1, units: 10 }),
        (20, Happening::Counted { stocktake: 0, sku: 1, shelf: 1, units: 8, is_undone: false }),
        (15, Happening::Moved { sku: 1, shelf: 1, units: -2 }),
        (25, Happening::Moved { sku: 1, shelf: 1, units: -5 }),
    ];
    let events = tell(&story);
    let models = fold(&events, &(0..events.len()).collect::<Vec<_>>());
    let line = &models.lines[&(stocktake(0), shelf(1), sku(1))];
    assert_eq!((line.finding().tally().map(|tally| tally.expected_units), line.variance_units()), (Some(8), Some(0)));
    assert_eq!(models.stock[&(Place::Shelf(shelf(1)), sku(1))].units, 3);
}

#[test]
fn the_canonical_form_and_the_chain_are_pinned() {
    let mut sale = event(
        7,
        1_795_320_000_000,
        EventBody::Moved(Movement {
            document: Some("POS-1".into()),
            ..Movement::new(MovementKind::Sale, carry(&sku(1), 2, Place::Shelf(shelf(3)), Place::Customer).to_vec())
        }),
    );
    sale.stamp.recorded_at = Timestamp::from_unix_ms(1_795_320_000_500);
    sale.event.fix = Fix::Located {
        at: Coordinates { latitude_e7: 399_042_000, longitude_e7: 1_164_074_000 },
        accuracy_m: 12,
        age_s: 3,
    };
    // A change of these figures is a change of the ledger's format: it needs a new version byte.
    let bytes = sale.canonical_bytes();
    assert_eq!(bytes[0], 1);
    let content = Hash::of(&bytes).to_string();
    assert_eq!(content, "0106b114d265630b21cfc5be8a441f02b5c42488961901e6efda06f2682dbe89");
    let head = Head::genesis(sale.event.store.clone()).extended(&bytes);
    assert_eq!(head.seq, 1);
    assert_eq!(head.hash.to_string(), "76539beabcbada8179f1dbfbf386e7117aeb1f46491fc6db6ecd92b5119eb89f");
}
