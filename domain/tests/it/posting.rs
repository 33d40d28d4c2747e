//! What a count does to stock once it is approved, whatever arrives late.

use domain::append::with_consequences;
use domain::approval::{Outcome, Standing};
use domain::event::{ClockVerdict, CountMethod, CountedItem, DeviceEvent, EventBody, LedgerEvent, ShelfProof, Stamp};
use domain::fold::{Categories, ReadModels};
use domain::geo::{Fix, Geofence, NoFix};
use domain::id::{CategoryCode, DeviceId, EventId, PersonId, ShelfCode, SkuCode, StocktakeId, StoreCode};
use domain::instant::Timestamp;
use domain::movement::{Movement, MovementKind, Place, Units, carry};
use domain::policy::Role;
use domain::stocktake::LineRef;
use domain::transfer::{PickedLine, ReceivedLine, Step, TransferEvent, TransferId};
use proptest::prelude::*;
use std::collections::BTreeMap;

struct NoCategories;

impl Categories for NoCategories {
    fn category_of(&self, _: &SkuCode) -> Option<&CategoryCode> {
        None
    }
}

fn person(n: u8) -> PersonId {
    PersonId::parse(&format!("P{n}")).expect("valid")
}
fn sku() -> SkuCode {
    SkuCode::parse("100").expect("valid")
}
fn shelf() -> ShelfCode {
    ShelfCode::parse("A-01").expect("valid")
}
fn stocktake(n: u8) -> StocktakeId {
    StocktakeId::parse(&format!("S001-2026112{n}")).expect("valid")
}
fn line() -> LineRef {
    LineRef { shelf: shelf(), sku: sku() }
}

/// A ledger that does what the server's writer does: applies each event and, right after it, what follows from it.
#[derive(Default)]
struct Ledger {
    models: ReadModels,
    events: BTreeMap<EventId, LedgerEvent>,
    n_posted: usize,
}

impl Ledger {
    fn take(&mut self, at: i64, by: u8, body: EventBody) -> EventId {
        self.take_standing(at, by, body, Standing::Posted)
    }

    fn take_standing(&mut self, at: i64, by: u8, body: EventBody, standing: Standing) -> EventId {
        let n = self.events.len() + 1;
        let id = EventId::from_parts(1, n as u128);
        let event = DeviceEvent {
            id,
            store: StoreCode::parse("S001").expect("valid"),
            device: DeviceId::from_parts(1, 1),
            device_seq: n as u64,
            person: person(by),
            effective_at: Timestamp::from_unix_ms(at),
            fix: Fix::Missing { reason: NoFix::Machine },
            app: "test".into(),
            body,
        };
        let stamp = Stamp {
            seq: n as u64,
            recorded_at: Timestamp::from_unix_ms(i64::MAX),
            geofence: Geofence::Unknown,
            clock: ClockVerdict::Plausible,
            standing,
            value_minor: 0,
            flags: Vec::new(),
        };
        let event = LedgerEvent { stamp, event };
        let appended = with_consequences(event, "test", |event| {
            let cited = event.event.body.cites().and_then(|cites| self.events.get(&cites));
            self.models.apply(event, cited, &NoCategories);
            self.models.consequences(&event.event.body, cited.map(|cited| &cited.event.body))
        });
        self.n_posted += appended.len() - 1;
        self.events.extend(appended.into_iter().map(|event| (event.event.id, event)));
        id
    }

    fn sell(&mut self, at: i64, units: Units) -> EventId {
        let legs = carry(&sku(), units, Place::Shelf(shelf()), Place::Customer).to_vec();
        self.take(at, 9, EventBody::Moved(Movement::new(MovementKind::Sale, legs)))
    }

    fn receive(&mut self, at: i64, units: Units) -> EventId {
        let legs = carry(&sku(), units, Place::Supplier, Place::Shelf(shelf())).to_vec();
        self.take(at, 9, EventBody::Moved(Movement::new(MovementKind::Receipt, legs)))
    }

    /// Goods for another store are taken off the shelf.
    fn pick(&mut self, at: i64, units: Units) {
        let line = PickedLine { sku: sku(), units, lot: None, from: Place::Shelf(shelf()) };
        self.step(at, Step::Picked { lines: vec![line] });
    }

    /// Goods of another store are put on the shelf.
    fn arrive(&mut self, at: i64, units: Units) {
        let to = Place::Shelf(shelf());
        let line = ReceivedLine { sku: sku(), lot: None, units, damaged: 0, over: 0, to };
        self.step(at, Step::Received { lines: vec![line], photos: Vec::new(), note: None });
    }

    fn step(&mut self, at: i64, step: Step) {
        let transfer = TransferId::of(EventId::from_parts(2, self.events.len() as u128));
        self.take(at, 9, EventBody::Transfer(TransferEvent { transfer, step }));
    }

    fn count(&mut self, of: u8, at: i64, by: u8, units: Units) {
        self.take(
            at,
            by,
            EventBody::Counted {
                stocktake: stocktake(of),
                shelf: shelf(),
                proof: ShelfProof::Picked,
                item: CountedItem::Known(sku()),
                units,
                method: CountMethod::Camera,
            },
        );
    }

    fn approve(&mut self, of: u8, at: i64) {
        self.take(at, 7, EventBody::StocktakeSubmitted { stocktake: stocktake(of) });
        self.take(at, 7, EventBody::StocktakeApproved { stocktake: stocktake(of), zeroed: Vec::new() });
    }

    fn on_hand(&self) -> Units {
        self.models.stock.get(&(Place::Shelf(shelf()), sku())).map_or(0, |row| row.units)
    }
}

#[test]
fn an_approved_count_is_what_is_on_the_shelf_and_later_sales_go_off_it() {
    let mut ledger = Ledger::default();
    ledger.receive(10, 10);
    ledger.take(20, 1, EventBody::StocktakeOpened { stocktake: stocktake(0) });
    ledger.count(0, 30, 1, 8);
    ledger.sell(40, 3);
    assert_eq!(ledger.on_hand(), 7, "a count alone moves nothing");
    ledger.approve(0, 50);
    assert_eq!(ledger.on_hand(), 5, "8 counted, 3 sold since");
}

#[test]
fn a_sale_before_the_count_that_arrives_after_the_approval_is_compensated() {
    let mut ledger = Ledger::default();
    ledger.receive(10, 10);
    ledger.take(20, 1, EventBody::StocktakeOpened { stocktake: stocktake(0) });
    ledger.count(0, 30, 1, 8);
    ledger.approve(0, 50);
    assert_eq!((ledger.on_hand(), ledger.n_posted), (8, 1));
    ledger.sell(25, 2);
    assert_eq!((ledger.on_hand(), ledger.n_posted), (8, 2), "the 2 were gone when 8 were counted");
    ledger.sell(35, 1);
    assert_eq!((ledger.on_hand(), ledger.n_posted), (7, 2), "this one was not");
}

#[test]
fn goods_picked_before_the_count_and_told_after_the_approval_are_compensated() {
    let mut ledger = Ledger::default();
    ledger.receive(10, 10);
    ledger.take(20, 1, EventBody::StocktakeOpened { stocktake: stocktake(0) });
    ledger.count(0, 30, 1, 8);
    ledger.approve(0, 50);
    ledger.pick(25, 2);
    assert_eq!((ledger.on_hand(), ledger.n_posted), (8, 2), "the 2 stood in the back room when 8 were counted");
    ledger.arrive(35, 4);
    assert_eq!((ledger.on_hand(), ledger.n_posted), (12, 2), "these came later");
}

#[test]
fn a_late_sale_is_compensated_once_where_two_counts_follow_it() {
    let mut ledger = Ledger::default();
    ledger.receive(10, 10);
    for (of, at) in [(0, 30), (1, 60)] {
        ledger.take(at - 5, 1, EventBody::StocktakeOpened { stocktake: stocktake(of) });
        ledger.count(of, at, 1, 8);
        ledger.approve(of, at + 5);
    }
    assert_eq!(ledger.on_hand(), 8);
    ledger.sell(25, 2);
    assert_eq!(ledger.on_hand(), 8);
    ledger.sell(45, 1);
    assert_eq!(ledger.on_hand(), 8, "8 were counted after that one too");
}

#[test]
fn an_uncounted_line_is_left_alone_unless_it_is_taken_as_zero() {
    let mut ledger = Ledger::default();
    ledger.receive(10, 10);
    ledger.take(20, 1, EventBody::StocktakeOpened { stocktake: stocktake(0) });
    ledger.approve(0, 50);
    assert_eq!(ledger.on_hand(), 10);
    ledger.take(60, 1, EventBody::StocktakeOpened { stocktake: stocktake(1) });
    ledger.take(70, 7, EventBody::StocktakeSubmitted { stocktake: stocktake(1) });
    ledger.take(80, 7, EventBody::StocktakeApproved { stocktake: stocktake(1), zeroed: vec![line()] });
    assert_eq!(ledger.on_hand(), 0);
    ledger.receive(90, 4);
    assert_eq!(ledger.on_hand(), 4);
}

#[test]
fn a_cancelled_stocktake_changes_nothing() {
    let mut ledger = Ledger::default();
    ledger.receive(10, 10);
    ledger.take(20, 1, EventBody::StocktakeOpened { stocktake: stocktake(0) });
    ledger.count(0, 30, 1, 8);
    ledger.take(50, 7, EventBody::StocktakeCancelled { stocktake: stocktake(0), note: None });
    ledger.sell(25, 2);
    assert_eq!((ledger.on_hand(), ledger.n_posted), (8, 0));
}

#[test]
fn the_count_that_stands_is_the_one_two_people_found() {
    let mut ledger = Ledger::default();
    ledger.receive(10, 10);
    ledger.take(20, 1, EventBody::StocktakeOpened { stocktake: stocktake(0) });
    ledger.count(0, 30, 1, 4);
    ledger.take(35, 1, EventBody::StocktakeSubmitted { stocktake: stocktake(0) });
    ledger.take(40, 7, EventBody::RecountAsked { stocktake: stocktake(0), lines: vec![line()] });
    ledger.count(0, 45, 2, 9);
    ledger.sell(46, 1);
    ledger.count(0, 47, 3, 8);
    ledger.approve(0, 50);
    assert_eq!(ledger.on_hand(), 8, "9 and, one sold, 8 are the same finding; 4 was wrong");
}

#[test]
fn a_movement_that_awaits_approval_moves_nothing_until_then_and_then_as_of_when_it_happened() {
    let mut ledger = Ledger::default();
    ledger.receive(10, 10);
    let write_off = |units| {
        let legs = carry(&sku(), units, Place::Shelf(shelf()), Place::Shrinkage).to_vec();
        EventBody::Moved(Movement::new(MovementKind::WriteOff, legs))
    };
    let awaits = Standing::Awaits(Role::StoreManager);
    let first = ledger.take_standing(20, 1, write_off(3), awaits);
    let second = ledger.take_standing(21, 1, write_off(2), awaits);
    let third = ledger.take_standing(22, 1, write_off(1), awaits);
    assert_eq!(ledger.on_hand(), 10);
    ledger.take(30, 1, EventBody::StocktakeOpened { stocktake: stocktake(0) });
    ledger.count(0, 40, 1, 7);
    ledger.approve(0, 50);
    assert_eq!(ledger.on_hand(), 7);
    ledger.take(60, 7, EventBody::Approved { cites: first });
    assert_eq!(ledger.on_hand(), 7, "what was written off was gone when 7 were counted");
    ledger.take(61, 7, EventBody::Declined { cites: second, note: None });
    ledger.take(62, 1, EventBody::Reversed { cites: third, note: None });
    assert_eq!(ledger.on_hand(), 7);
    let outcomes = [first, second, third].map(|id| ledger.models.outcomes[&id]);
    assert_eq!(outcomes, [Outcome::Approved, Outcome::Declined, Outcome::Withdrawn]);
}

#[test]
fn a_reversal_brings_back_what_went() {
    let mut ledger = Ledger::default();
    ledger.receive(10, 10);
    let sale = ledger.sell(20, 4);
    ledger.take(30, 7, EventBody::Reversed { cites: sale, note: Some("wrong item".into()) });
    assert_eq!((ledger.on_hand(), ledger.models.outcomes[&sale]), (10, Outcome::Reversed));
}

/// What may happen on the one shelf, at points in time that often meet.
#[derive(Debug, Clone)]
enum Happening {
    Receive(Units),
    Sell(Units),
    Pick(Units),
    Arrive(Units),
    Count { of: u8, by: u8, units: Units },
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        (1i64..9).prop_map(Happening::Receive),
        (1i64..9).prop_map(Happening::Sell),
        (1i64..9).prop_map(Happening::Pick),
        (1i64..9).prop_map(Happening::Arrive),
        (0u8..2, 1u8..3, 0i64..9).prop_map(|(of, by, units)| Happening::Count { of, by, units }),
    ]
}

proptest! {
    /// Counts arrive before their approval, movements whenever they like: on hand ends the same, and is what the
    /// latest approved count found, with the movements since.
    #[test]
    fn on_hand_does_not_depend_on_when_movements_arrive(
        story in prop::collection::vec((10i64..40, happening()), 1..25),
        late in prop::collection::vec(any::<bool>(), 25),
    ) {
        let tell = |delay: &dyn Fn(usize) -> bool| {
            let mut ledger = Ledger::default();
            for of in 0..2 {
                ledger.take(i64::from(of), 1, EventBody::StocktakeOpened { stocktake: stocktake(of) });
            }
            let take = |ledger: &mut Ledger, (at, happening): &(i64, Happening)| match happening {
                Happening::Receive(units) => { ledger.receive(*at, *units); }
                Happening::Sell(units) => { ledger.sell(*at, *units); }
                Happening::Pick(units) => { ledger.pick(*at, *units); }
                Happening::Arrive(units) => { ledger.arrive(*at, *units); }
                Happening::Count { of, by, units } => ledger.count(*of, *at, *by, *units),
            };
            let is_late = |n: usize, what: &Happening| !matches!(what, Happening::Count { .. }) && delay(n);
            for (n, told) in story.iter().enumerate() {
                if !is_late(n, &told.1) { take(&mut ledger, told); }
            }
            for of in 0..2 { ledger.approve(of, 100); }
            for (n, told) in story.iter().enumerate() {
                if is_late(n, &told.1) { take(&mut ledger, told); }
            }
            ledger
        };
        let in_time = tell(&|_| false);
        let scattered = tell(&|n| late[n]);
        prop_assert_eq!(in_time.on_hand(), scattered.on_hand());

        // The oracle: the latest count (of two at once that of the later stocktake), and every movement after it.
        let found = scattered.models.lines.iter().filter_map(|((of, _, _), line)| Some((of, *line.finding().tally()?)));
        let latest = found.max_by_key(|(of, tally)| (tally.observed_at, (*of).clone())).map(|(_, tally)| tally);
        let moved_after = |after: i64| -> Units {
            story.iter().filter(|(at, _)| *at > after).map(|(_, what)| match what {
                Happening::Receive(units) | Happening::Arrive(units) => *units,
                Happening::Sell(units) | Happening::Pick(units) => -units,
                Happening::Count { .. } => 0,
            }).sum()
        };
        let oracle = match latest {
            None => moved_after(i64::MIN),
            Some(tally) => tally.counted_units + moved_after(tally.observed_at.unix_ms()),
        };
        prop_assert_eq!(scattered.on_hand(), oracle);
    }
}
