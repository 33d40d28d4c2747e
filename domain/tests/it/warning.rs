//! From the ledger to the warning: signals are a fold, and live and backtest agree.

use domain::approval::{Outcome, Standing};
use domain::backtest::{History, backtest};
use domain::event::{ClockVerdict, DeviceEvent, EventBody, LedgerEvent, Stamp};
use domain::fold::{Categories, ReadModels};
use domain::geo::{Fix, Geofence, NoFix};
use domain::id::{CategoryCode, DeviceId, EventId, PersonId, RegionCode, ShelfCode, SkuCode, StoreCode};
use domain::instant::{DAY_MS, Day, Timestamp, ZoneOffset};
use domain::measure::{Around, Reading};
use domain::movement::{Movement, MovementKind, Place, Units, carry};
use domain::policy::Role;
use domain::rule::{Line, Step, Watch, shipped};
use domain::signal::{Effect, Signals, effects};
use proptest::prelude::*;
use std::collections::BTreeMap;

const CHINA: ZoneOffset = ZoneOffset(480);
const START: Timestamp = Timestamp::from_unix_ms(1_790_000_000_000);

struct NoCategories;

impl Categories for NoCategories {
    fn category_of(&self, _: &SkuCode) -> Option<&CategoryCode> {
        None
    }
}

fn sku(n: u8) -> SkuCode {
    SkuCode::parse(&format!("10{n}")).expect("valid")
}

fn event(n: u128, at: Timestamp, standing: Standing, body: EventBody) -> LedgerEvent {
    let event = DeviceEvent {
        id: EventId::from_parts(1, n),
        store: StoreCode::parse("S001").expect("valid"),
        device: DeviceId::from_parts(1, 1),
        device_seq: 1,
        person: PersonId::parse("P1").expect("valid"),
        effective_at: at,
        fix: Fix::Missing { reason: NoFix::Machine },
        app: "test".into(),
        body,
    };
    let stamp = Stamp {
        seq: 1,
        recorded_at: Timestamp::from_unix_ms(i64::MAX),
        geofence: Geofence::Unknown,
        clock: ClockVerdict::Plausible,
        standing,
        value_minor: 0,
        flags: Vec::new(),
    };
    LedgerEvent { stamp, event }
}

fn movement(kind: u8, item: u8, units: Units) -> Movement {
    let shelf = || Place::Shelf(ShelfCode::parse("A-01").expect("valid"));
    let (kind, from, to) = match kind {
        0 => (MovementKind::Receipt, Place::Supplier, Place::BackRoom),
        1 => (MovementKind::Sale, shelf(), Place::Customer),
        2 => (MovementKind::CustomerReturn, Place::Customer, shelf()),
        3 => (MovementKind::WriteOff, shelf(), Place::Shrinkage),
        4 => (MovementKind::Relocation, Place::BackRoom, shelf()),
        5 => (MovementKind::SupplierReturn, Place::BackRoom, Place::Supplier),
        _ => (MovementKind::Adjustment, Place::CountVariance, shelf()),
    };
    Movement::new(kind, carry(&sku(item), units, from, to).to_vec())
}

/// What becomes of a movement after it is recorded.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Stands,
    Reversed,
    Approved,
    ApprovedAndReversed,
    Declined,
    Withdrawn,
}

type Happening = (i64, u8, u8, Units, Fate);

fn happening() -> impl Strategy<Value = Happening> {
    use Fate::{Approved, ApprovedAndReversed, Declined, Reversed, Stands, Withdrawn};
    let fate = prop::sample::select(vec![
        Stands,
        Stands,
        Stands,
        Reversed,
        Approved,
        ApprovedAndReversed,
        Declined,
        Withdrawn,
    ]);
    (0..50 * DAY_MS, 0..7u8, 0..2u8, 1i64..20, fate)
}

/// The events that one happening makes, in the order in which the ledger can take them.
fn tell(n: u128, &(at, kind, item, units, fate): &Happening) -> Vec<LedgerEvent> {
    let at = START.plus_ms(at);
    let standing = match fate {
        Fate::Stands | Fate::Reversed => Standing::Posted,
        _ => Standing::Awaits(Role::StoreManager),
    };
    let cites = EventId::from_parts(1, n);
    let later = |n, body| event(n, at.plus_ms(2 * DAY_MS), Standing::Posted, body);
    let approved = || later(n + 1, EventBody::Approved { cites });
    let reversed = || later(n + 2, EventBody::Reversed { cites, note: None });
    let mut events = vec![event(n, at, standing, EventBody::Moved(movement(kind, item, units)))];
    match fate {
        Fate::Stands => {}
        Fate::Reversed | Fate::Withdrawn => events.push(reversed()),
        Fate::Approved => events.push(approved()),
        Fate::ApprovedAndReversed => events.extend([approved(), reversed()]),
        Fate::Declined => events.push(later(n + 1, EventBody::Declined { cites, note: None })),
    }
    events
}

/// Takes stories one event at a time, as the server's writer does, and keeps the books and the signals side by side.
fn run(stories: &[Vec<LedgerEvent>]) -> (ReadModels, BTreeMap<SkuCode, Signals>) {
    let mut books = ReadModels::default();
    let mut signals: BTreeMap<SkuCode, Signals> = BTreeMap::new();
    let mut taken: BTreeMap<EventId, &LedgerEvent> = BTreeMap::new();
    for event in stories.iter().flatten() {
        let cites = event.event.body.cites();
        let cited = cites.and_then(|cites| taken.get(&cites).copied());
        let before: Option<Outcome> = cites.and_then(|cites| books.outcomes.get(&cites).copied());
        for effect in effects(event, cited, before) {
            signals.entry(effect.sku.clone()).or_default().take(&effect, CHINA);
        }
        books.apply(event, cited, &NoCategories);
        taken.insert(event.event.id, event);
    }
    (books, signals)
}

proptest! {
    #[test]
    fn signals_agree_with_the_books_in_any_order(
        (told, shuffled) in prop::collection::vec(happening(), 1..40).prop_flat_map(|told| {
            let stories: Vec<_> = told.iter().zip(0u128..).map(|(one, n)| tell(10 * n + 10, one)).collect();
            (Just(stories.clone()), Just(stories).prop_shuffle())
        })
    ) {
        let (books, signals) = run(&told);
        prop_assert_eq!(&signals, &run(&shuffled).1);
        for (item, known) in &signals {
            let on_hand: Units = books.stock.iter().filter(|((_, sku), _)| sku == item).map(|(_, row)| row.units).sum();
            prop_assert_eq!(known.on_hand_units(), on_hand);
        }
        // What the books know of, the signals know of too.
        prop_assert!(books.stock.keys().all(|(_, sku)| signals.contains_key(sku)));
    }
}

#[test]
fn what_moved_is_told_by_its_places() {
    let moves = |kind| {
        let event = event(1, START, Standing::Posted, EventBody::Moved(movement(kind, 0, 5)));
        let [Effect { kind: domain::signal::EffectKind::Moved(moves), .. }] = effects(&event, None, None)[..] else {
            panic!("one item moved")
        };
        (moves.sold_units, moves.received_units, moves.lost_units, moves.net_units)
    };
    assert_eq!(moves(0), (0, 5, 0, 5), "receipt");
    assert_eq!(moves(1), (5, 0, 0, -5), "sale");
    assert_eq!(moves(2), (0, 0, 0, 5), "what comes back was sold all the same");
    assert_eq!(moves(3), (0, 0, 5, -5), "write-off");
    assert_eq!(moves(4), (0, 0, 0, 0), "within the store");
    assert_eq!(moves(5), (0, 0, 0, -5), "returned to the supplier");
    assert_eq!(moves(6), (0, 0, -5, 5), "found");
}

/// A line that sells faster and faster: looked at each evening as it goes, and afterwards in a backtest.
#[test]
fn a_backtest_fires_when_the_rule_fired_live() {
    let rule = &shipped(&PersonId::parse("P1").expect("valid"))[0];
    let (store, region) = (StoreCode::parse("S001").expect("valid"), RegionCode::parse("R1").expect("valid"));
    let category = CategoryCode::parse("C1").expect("valid");
    let item = sku(0);
    let around = Around { safety_stock_units: Some(60), ..Around::default() };
    let sales = [10, 10, 10, 10, 10, 10, 10, 20, 25, 30, 20, 20, 15, 0, 0, 0];
    let day_of = |n: i64| Day::at(START.plus_ms(n * DAY_MS), CHINA);
    let evening = |n: i64| day_of(n + 1).begins_at(CHINA).plus_ms(-1);

    let mut signals = Signals::default();
    let take = |signals: &mut Signals, n: i64, kind, units| {
        let event = event(1, START.plus_ms(n * DAY_MS), Standing::Posted, EventBody::Moved(movement(kind, 0, units)));
        effects(&event, None, None).iter().for_each(|effect| signals.take(effect, CHINA));
    };
    take(&mut signals, -1, 0, 200);
    let (mut watch, mut live) = (Watch::default(), Vec::new());
    let line = Line { store: &store, region: &region, sku: &item, category: &category };
    for (n, units) in (0i64..).zip(sales) {
        if units > 0 {
            take(&mut signals, n, 1, units);
        }
        let reading = Reading { signals: &signals, around, day: day_of(n) };
        let truth = rule.judge(line, &reading).expect("the rule reaches the line");
        if let Some(step @ (Step::Raised | Step::Again)) = watch.step(rule, truth, evening(n)) {
            live.push((evening(n), step, rule.when.reasons(&reading)));
        }
    }
    assert!(!live.is_empty(), "it sells faster and runs low");

    let moments = (0..sales.len() as i64).map(|n| (evening(n), Reading { signals: &signals, around, day: day_of(n) }));
    let past = backtest(rule, 7, [History { store, region, sku: item, category, moments }]);
    let fired: Vec<_> = past.firings.iter().map(|firing| (firing.at, firing.step, firing.reasons.clone())).collect();
    assert_eq!(fired, live);
    assert_eq!((past.n_stock_outs, past.n_warned), (1, 1));
}
