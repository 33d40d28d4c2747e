//! Transfers between two stores: both see the same truth, and nothing happens twice.

use crate::chain::{Chain, ENGINES, Engine, NOW, person, shelf, sku, store};
use domain::accept::Refusal;
use domain::event::{DeviceEvent, EventBody};
use domain::geo::{Fix, NoFix};
use domain::id::{DeviceId, EventId, SkuCode, StoreCode};
use domain::instant::{MINUTE_MS, Timestamp};
use domain::movement::{Movement, MovementKind, Place, Units, carry};
use domain::policy::{Role, Scope, Viewer};
use domain::sync::Outcome;
use domain::transfer::{
    Bearer, Candidate, Carriage, DeclineReason, FlowCause, Line, LotLine, Patience, Phase, PickedLine, ReceivedLine,
    Request, Step, StepKind, Transfer, TransferEvent, TransferId,
};
use server::ledger::Ledger;
use server::ledger::rebuild::{model_hash, rebuild};
use server::store::Database;
use server::transfer::Hours;
use std::sync::atomic::{AtomicU64, Ordering};

const HOUR_MS: i64 = 60 * MINUTE_MS;
const RECEIVER: &str = "S002";
const SOURCE: &str = "S001";

static NUMBER: AtomicU64 = AtomicU64::new(1);

fn event(of: &StoreCode, viewer: &Viewer, at: Timestamp, body: EventBody) -> DeviceEvent {
    let n = NUMBER.fetch_add(1, Ordering::Relaxed);
    DeviceEvent {
        id: EventId::from_parts(at.unix_ms().unsigned_abs(), u128::from(n)),
        store: of.clone(),
        device: DeviceId::from_parts(1, 77),
        device_seq: n,
        person: viewer.id.clone(),
        effective_at: at,
        fix: Fix::Missing { reason: NoFix::Denied },
        app: "test".to_owned(),
        body,
    }
}

fn someone(code: &str, role: Role, of: &str) -> Viewer {
    Viewer { id: person(code), name: code.to_owned(), role, scope: Scope::Store(store(of)) }
}

pub(crate) fn manager(of: &str) -> Viewer {
    someone(&format!("M{of}"), Role::StoreManager, of)
}

fn clerk(of: &str) -> Viewer {
    someone(&format!("C{of}"), Role::Clerk, of)
}

pub(crate) fn lines(units: Units) -> Vec<Line> {
    vec![Line { sku: sku(0), units }]
}

fn requested(units: Units, from: &[&str]) -> Step {
    let candidates = from.iter().map(|from| Candidate { store: store(from), why: Vec::new() }).collect();
    Step::Requested(Request { lines: lines(units), candidates, wanted_by: None, note: None })
}

fn picked(units: Units) -> Step {
    Step::Picked { lines: vec![PickedLine { sku: sku(0), units, lot: None, from: Place::Shelf(shelf("A-01")) }] }
}

fn handed_over(units: Units) -> Step {
    let carriage = Carriage::Driver { name: "李师傅".to_owned() };
    Step::HandedOver { lines: vec![LotLine { sku: sku(0), units, lot: None }], carriage }
}

fn received(units: Units) -> Step {
    let to = Place::Shelf(shelf("B-01"));
    let line = ReceivedLine { sku: sku(0), lot: None, units, damaged: 0, over: 0, to };
    Step::Received { lines: vec![line], photos: Vec::new(), note: None }
}

impl Chain {
    pub(crate) async fn stocked(engine: Engine, units: Units) -> Self {
        let chain = Self::start(engine).await;
        let legs = carry(&sku(0), units, Place::Supplier, Place::Shelf(shelf("A-01"))).to_vec();
        let body = EventBody::Moved(Movement::new(MovementKind::Receipt, legs));
        let viewer = manager(SOURCE);
        let event = event(&store(SOURCE), &viewer, NOW.plus_ms(-1_000), body);
        assert!(matches!(chain.say(&viewer, event).await, Outcome::Accepted { .. }));
        chain
    }

    async fn say(&self, viewer: &Viewer, event: DeviceEvent) -> Outcome {
        said(&self.ledger, viewer, event).await
    }

    /// A step that somebody takes now in their own store.
    pub(crate) async fn step(&self, viewer: &Viewer, transfer: TransferId, step: Step) -> Outcome {
        let Scope::Store(of) = &viewer.scope else { panic!("{viewer:?} has no store") };
        let body = EventBody::Transfer(TransferEvent { transfer, step });
        self.say(viewer, event(of, viewer, self.clock.now(), body)).await
    }

    pub(crate) async fn must_step(&self, viewer: &Viewer, transfer: TransferId, step: Step) {
        let outcome = self.step(viewer, transfer, step).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    }

    /// The receiving store's manager asks.
    pub(crate) async fn request(&self, units: Units, from: &[&str]) -> TransferId {
        let viewer = manager(RECEIVER);
        let mut event = event(
            &store(RECEIVER),
            &viewer,
            self.clock.now(),
            EventBody::StocktakeSubmitted { stocktake: crate::chain::stocktake(RECEIVER) },
        );
        let transfer = TransferId::of(event.id);
        event.body = EventBody::Transfer(TransferEvent { transfer, step: requested(units, from) });
        let outcome = self.say(&viewer, event).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
        transfer
    }

    async fn whole(&self, transfer: TransferId) -> Transfer {
        whole(&self.database, transfer).await
    }

    async fn units(&self, of: &str) -> Units {
        let rows = self.database.stock(&store(of), None).await.expect("reads");
        let of_item = rows.into_iter().filter(|((_, item), _)| *item == sku(0));
        of_item.map(|(_, row)| row.units).sum()
    }

    /// Both stores' read models and the list of open transfers are what their ledgers say.
    pub(crate) async fn is_sound(&self) {
        assert!(self.flaws().await.is_empty());
        let masters = self.directory.masters();
        for of in [SOURCE, RECEIVER].map(store) {
            let before = model_hash(&self.database, &of).await.expect("reads");
            let rebuilt = rebuild(&self.database, &masters, &of).await.expect("rebuilds");
            assert_eq!((rebuilt.before, rebuilt.after), (before, before), "{of}");
        }
    }

    fn hours(&self) -> Hours<impl Fn(&StoreCode, &StoreCode) -> Patience + use<>> {
        hours(&self.database, &self.ledger)
    }
}

fn hours(database: &Database, ledger: &Ledger) -> Hours<impl Fn(&StoreCode, &StoreCode) -> Patience + use<>> {
    Hours::new(database.clone(), ledger.clone(), |_: &StoreCode, _: &StoreCode| Patience::default())
}

async fn said(ledger: &Ledger, viewer: &Viewer, event: DeviceEvent) -> Outcome {
    let answers = ledger.append(viewer.clone(), vec![event]).await.expect("answers").answers;
    answers.into_iter().next().expect("one answer an event").outcome
}

async fn whole(database: &Database, transfer: TransferId) -> Transfer {
    database.transfers([transfer]).await.expect("reads").pop().expect("it was requested")
}

pub(crate) fn why(outcome: Outcome) -> Refusal {
    match outcome {
        Outcome::Refused { why } => why,
        other => panic!("{other:?} was to be refused"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_go_from_request_to_closed_and_both_stores_agree_at_every_step() {
    for engine in ENGINES {
        let chain = Chain::stocked(engine, 10).await;
        let transfer = chain.request(6, &[SOURCE]).await;
        let after = async |phase: Phase, source: Units, under_way: Units, receiver: Units| {
            let whole = chain.whole(transfer).await;
            let in_transit: Units = whole.in_transit().into_values().sum();
            let seen = (whole.phase(), chain.units(SOURCE).await, in_transit, chain.units(RECEIVER).await);
            assert_eq!(seen, (phase, source, under_way, receiver), "{engine:?}");
            let of_both = [SOURCE, RECEIVER].map(store);
            for of in of_both {
                let open = chain.database.open_transfers(Some(&[&of])).await.expect("reads");
                assert_eq!(open.contains(&transfer), !phase.is_over(), "{of} {phase:?}");
            }
            chain.is_sound().await;
        };
        after(Phase::AwaitsAnswer, 10, 0, 0).await;
        chain.must_step(&manager(SOURCE), transfer, Step::Confirmed { lines: lines(6) }).await;
        after(Phase::Confirmed, 10, 0, 0).await;
        chain.must_step(&clerk(SOURCE), transfer, picked(6)).await;
        after(Phase::Picked, 10, 0, 0).await;
        chain.must_step(&clerk(SOURCE), transfer, handed_over(6)).await;
        after(Phase::InTransit, 4, 6, 0).await;
        chain.must_step(&clerk(RECEIVER), transfer, received(6)).await;
        after(Phase::Closed, 4, 0, 6).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_taken_by_fifty_people_at_once_has_one_effect_and_the_others_are_told_who_and_when() {
    for engine in ENGINES {
        let chain = Chain::stocked(engine, 10).await;
        let transfer = chain.request(6, &[SOURCE]).await;
        let steps = [
            (manager(SOURCE), Step::Confirmed { lines: lines(6) }),
            (clerk(SOURCE), picked(6)),
            (clerk(SOURCE), handed_over(6)),
            (clerk(RECEIVER), received(6)),
        ];
        for (viewer, step) in steps {
            let kind = step.kind();
            let all = (0..50).map(|_| chain.step(&viewer, transfer, step.clone()));
            let outcomes = futures::future::join_all(all).await;
            let n_taken = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Accepted { .. })).count();
            assert_eq!(n_taken, 1, "{kind:?}");
            for outcome in outcomes {
                if let Outcome::Refused { why } = outcome {
                    let told = Refusal::StepTaken { step: kind, by: viewer.id.clone(), at: chain.clock.now() };
                    assert_eq!(why, told);
                }
            }
        }
        assert_eq!((chain.units(SOURCE).await, chain.units(RECEIVER).await), (4, 6));
        chain.is_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_is_promised_once_however_many_ask() {
    for engine in ENGINES {
        let chain = Chain::stocked(engine, 10).await;
        let mut asked = Vec::new();
        for _ in 0..20 {
            asked.push(chain.request(4, &[SOURCE]).await);
        }
        let viewer = manager(SOURCE);
        let all = asked.iter().map(|transfer| chain.step(&viewer, *transfer, Step::Confirmed { lines: lines(4) }));
        let outcomes = futures::future::join_all(all).await;
        let n_taken = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Accepted { .. })).count();
        assert_eq!(n_taken, 2);
        let refused = outcomes.into_iter().filter(|outcome| !matches!(outcome, Outcome::Accepted { .. }));
        for outcome in refused {
            assert_eq!(why(outcome), Refusal::NotAvailable { sku: sku(0), available: 2 });
        }
        // A promise taken back is free again.
        let mut held = Vec::new();
        for transfer in &asked {
            if chain.whole(*transfer).await.phase() == Phase::Confirmed {
                held.push(*transfer);
            }
        }
        chain.must_step(&manager(RECEIVER), held[0], Step::Cancelled { note: None }).await;
        let waiting = asked.iter().find(|transfer| !held.contains(transfer)).expect("eighteen wait");
        chain.must_step(&viewer, *waiting, Step::Confirmed { lines: lines(4) }).await;
        chain.is_sound().await;
    }
}

/// Two server processes on one database: the one decides by a head that the other has moved, and must decide again.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_withdrawal_and_a_hand_over_at_once_one_wins() {
    for engine in ENGINES {
        let chain = Chain::stocked(engine, 40).await;
        let other = chain.another_ledger().await;
        for _ in 0..10 {
            let transfer = chain.request(2, &[SOURCE]).await;
            chain.must_step(&manager(SOURCE), transfer, Step::Confirmed { lines: lines(2) }).await;
            chain.must_step(&clerk(SOURCE), transfer, picked(2)).await;
            let (carrier, asker) = (clerk(SOURCE), manager(RECEIVER));
            let body = EventBody::Transfer(TransferEvent { transfer, step: Step::Cancelled { note: None } });
            let withdrawal = event(&store(RECEIVER), &asker, chain.clock.now(), body);
            let (left, withdrawn) =
                tokio::join!(chain.step(&carrier, transfer, handed_over(2)), said(&other, &asker, withdrawal));
            let taken = [left, withdrawn].map(|outcome| matches!(outcome, Outcome::Accepted { .. }));
            assert_eq!(taken.iter().filter(|taken| **taken).count(), 1, "{taken:?}");
        }
        chain.is_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_did_before_it_went_down_stands_and_the_next_step_follows() {
    let chain = Chain::stocked(Engine::Disk, 10).await;
    let transfer = chain.request(5, &[SOURCE]).await;
    let steps = [
        (manager(SOURCE), Step::Confirmed { lines: lines(5) }),
        (clerk(SOURCE), picked(5)),
        (clerk(SOURCE), handed_over(5)),
        (clerk(RECEIVER), received(5)),
    ];
    for (viewer, step) in steps {
        // A new process knows nothing but what is on disk.
        let again = chain.another_ledger().await;
        let Scope::Store(of) = &viewer.scope else { panic!("{viewer:?} has no store") };
        let body = EventBody::Transfer(TransferEvent { transfer, step });
        let event = event(of, &viewer, chain.clock.now(), body);
        assert!(matches!(said(&again, &viewer, event.clone()).await, Outcome::Accepted { .. }));
        // Its answer was lost: what is sent again is known.
        assert!(matches!(chain.say(&viewer, event).await, Outcome::Duplicate { .. }));
        again.shutdown().await;
    }
    assert_eq!(chain.whole(transfer).await.phase(), Phase::Closed);
    chain.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_that_were_promised_and_stay_are_asked_for() {
    for engine in ENGINES {
        let chain = Chain::stocked(engine, 10).await;
        let transfer = chain.request(6, &[SOURCE]).await;
        chain.must_step(&manager(SOURCE), transfer, Step::Confirmed { lines: lines(6) }).await;
        let promised = chain.clock.now();
        chain.clock.advance_ms(12 * HOUR_MS);
        chain.hours().look(chain.clock.now()).await.expect("looks");
        let late = chain.whole(transfer).await;
        let reminded = late.side(&store(SOURCE)).and_then(|side| side.step(StepKind::SendingReminder));
        assert_eq!(reminded.map(|taken| taken.at), Some(promised.plus_ms(12 * HOUR_MS)));
        chain.must_step(&clerk(SOURCE), transfer, picked(6)).await;
        chain.clock.advance_ms(12 * HOUR_MS);
        chain.hours().look(chain.clock.now()).await.expect("looks");
        let waits = chain.whole(transfer).await.waits_for().expect("somebody must act");
        assert_eq!((waits.store, waits.role, waits.step), (store(SOURCE), Role::RegionalManager, StepKind::HandOver));
        chain.must_step(&clerk(SOURCE), transfer, handed_over(6)).await;
        chain.is_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_hour_brings_is_recorded_once_within_a_minute_also_after_a_restart() {
    for engine in ENGINES {
        let chain = Chain::stocked(engine, 10).await;
        let transfer = chain.request(6, &[SOURCE]).await;
        let mut hours = chain.hours();
        let at = |ms: i64| NOW.plus_ms(ms);
        assert_eq!(hours.look(chain.clock.now()).await.expect("looks"), Some(at(2 * HOUR_MS)));
        chain.clock.advance_ms(2 * HOUR_MS - 1);
        hours.look(chain.clock.now()).await.expect("looks");
        assert!(chain.whole(transfer).await.step(StepKind::AnswerReminder).is_none(), "a millisecond early");
        chain.clock.advance_ms(1 + MINUTE_MS);
        // Two processes look in the same minute.
        let other = chain.another_ledger().await;
        let mut of_other = hours_of(&chain, &other);
        let now = chain.clock.now();
        let (one, two) = tokio::join!(hours.look(now), of_other.look(now));
        one.expect("looks");
        two.expect("looks");
        let reminded = chain.whole(transfer).await;
        let reminder = reminded.step(StepKind::AnswerReminder).expect("reminded");
        assert_eq!((reminder.at, &reminder.by), (at(2 * HOUR_MS), &manager(RECEIVER).id));
        assert_eq!(reminded.timeline().len(), 2);

        chain.must_step(&manager(SOURCE), transfer, Step::Confirmed { lines: lines(6) }).await;
        chain.must_step(&clerk(SOURCE), transfer, picked(6)).await;
        chain.must_step(&clerk(SOURCE), transfer, handed_over(6)).await;
        let left = chain.clock.now();
        chain.clock.advance_ms(24 * HOUR_MS);
        // A server that was just started has no memory of the alarms.
        chain.hours().look(chain.clock.now()).await.expect("looks");
        let late = chain.whole(transfer).await;
        assert_eq!(late.phase(), Phase::Abnormal);
        assert_eq!(late.step(StepKind::FlowAlarm).map(|taken| taken.at), Some(left.plus_ms(24 * HOUR_MS)));
        let waits = late.waits_for().expect("somebody must act");
        assert_eq!((waits.store, waits.role, waits.step), (store(RECEIVER), Role::StoreManager, StepKind::FlowReview));
        chain.clock.advance_ms(12 * HOUR_MS);
        chain.hours().look(chain.clock.now()).await.expect("looks");
        let escalated = chain.whole(transfer).await;
        assert_eq!(escalated.waits_for().map(|waits| waits.role), Some(Role::RegionalManager));
        let reviewed = Step::FlowReviewed { cause: FlowCause::OnTheRoad, note: None };
        chain.must_step(&manager(RECEIVER), transfer, reviewed).await;
        chain.must_step(&clerk(RECEIVER), transfer, received(6)).await;
        let n_steps = chain.whole(transfer).await.timeline().len();
        hours.look(chain.clock.now()).await.expect("looks");
        assert_eq!(chain.whole(transfer).await.timeline().len(), n_steps);
        chain.is_sound().await;
        let credit = chain.database.credit(&store(RECEIVER), chain.clock.now()).await.expect("reads");
        assert!(credit.score < 700, "{credit:?}");
    }
}

fn hours_of(chain: &Chain, ledger: &Ledger) -> Hours<impl Fn(&StoreCode, &StoreCode) -> Patience + use<>> {
    hours(&chain.database, ledger)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_open_transfers_is_refolded_too() {
    let chain = Chain::stocked(Engine::Disk, 10).await;
    let (open, other) = (chain.request(3, &[SOURCE]).await, chain.request(2, &[SOURCE]).await);
    chain.must_step(&manager(RECEIVER), other, Step::Cancelled { note: None }).await;
    let list = async || chain.database.execute("SELECT * FROM open_transfer").await.expect("reads");
    let before = list().await;
    let stale = format!("CREATE open_transfer:['{SOURCE}', '{other}'] SET n_steps = 9");
    for damage in ["DELETE open_transfer", &*stale] {
        chain.database.execute(damage).await.expect("runs");
        assert_ne!(list().await, before);
        let masters = chain.directory.masters();
        for of in [SOURCE, RECEIVER] {
            rebuild(&chain.database, &masters, &store(of)).await.expect("rebuilds");
        }
        assert_eq!(list().await, before);
    }
    assert_eq!(chain.database.open_transfers(None).await.expect("reads").into_iter().collect::<Vec<_>>(), [open]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_stays_in_transit_until_somebody_bears_it() {
    let chain = Chain::stocked(Engine::Memory, 10).await;
    let transfer = chain.request(6, &[SOURCE]).await;
    chain.must_step(&manager(SOURCE), transfer, Step::Confirmed { lines: lines(6) }).await;
    chain.must_step(&clerk(SOURCE), transfer, picked(6)).await;
    chain.must_step(&clerk(SOURCE), transfer, handed_over(6)).await;
    assert_eq!(
        why(chain.step(&clerk(RECEIVER), transfer, received(7)).await),
        Refusal::TooManyUnits { sku: sku(0), most: 6 }
    );
    chain.must_step(&clerk(RECEIVER), transfer, received(4)).await;
    let short = chain.whole(transfer).await;
    assert_eq!((short.phase(), short.in_transit().into_values().sum::<Units>()), (Phase::Disputed, 2));
    let settled = |bearer| Step::Settled { bearer, lines: lines(2), note: None };
    let beyond = chain.step(&manager(RECEIVER), transfer, settled(Bearer::Source)).await;
    assert_eq!(why(beyond), Refusal::BeyondLimit { needed: Role::RegionalManager });
    chain.must_step(&manager(RECEIVER), transfer, settled(Bearer::Receiver)).await;
    let closed = chain.whole(transfer).await;
    assert_eq!((closed.phase(), closed.in_transit().len()), (Phase::Closed, 0));
    assert!(chain.database.open_transfers(None).await.expect("reads").is_empty());
    chain.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_people_of_a_store_take_its_steps() {
    let chain = Chain::stocked(Engine::Memory, 10).await;
    let transfer = chain.request(6, &[SOURCE]).await;
    let of_receiver = clerk(RECEIVER);
    let body = |step| EventBody::Transfer(TransferEvent { transfer, step });
    let now = chain.clock.now();
    let in_source = event(&store(SOURCE), &of_receiver, now, body(picked(6)));
    assert_eq!(why(chain.say(&of_receiver, in_source).await), Refusal::NotAllowed);
    // In their own store's name it is none of their steps.
    assert_eq!(why(chain.step(&of_receiver, transfer, picked(6)).await), Refusal::TransferOfOthers);
    let confirmed = Step::Confirmed { lines: lines(6) };
    assert_eq!(why(chain.step(&clerk(SOURCE), transfer, confirmed.clone()).await), Refusal::NotAllowed);
    assert_eq!(why(chain.step(&manager(RECEIVER), transfer, confirmed).await), Refusal::TransferOfOthers);
    let by_hand = chain.step(&manager(SOURCE), transfer, Step::AnswerReminded).await;
    assert_eq!(why(by_hand), Refusal::LedgerOnly);
    let unknown = TransferId::of(EventId::from_parts(1, 1));
    assert_eq!(why(chain.step(&clerk(SOURCE), unknown, picked(6)).await), Refusal::TransferUnknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_one_store_declines_the_next_is_asked_at_once() {
    let server = crate::support::TestServer::start().await;
    let (ledger, database) = (&server.state.ledger, &server.state.db);
    let item = SkuCode::parse("100001").expect("valid");
    let at = server.clock.now();
    let asker = someone("M1", Role::StoreManager, "S001");
    let mut request = event(&store("S001"), &asker, at, crate_event());
    let transfer = TransferId::of(request.id);
    let candidates = ["S002", "S009"].map(|from| Candidate { store: store(from), why: Vec::new() }).to_vec();
    let wanted = vec![Line { sku: item, units: 3 }];
    let step = Step::Requested(Request { lines: wanted, candidates, wanted_by: None, note: None });
    request.body = EventBody::Transfer(TransferEvent { transfer, step });
    assert!(matches!(said(ledger, &asker, request).await, Outcome::Accepted { .. }));
    for (of, next) in [("S002", Some("S009")), ("S009", None)] {
        let open = |of: &str| {
            let of = store(of);
            async move { database.open_transfers(Some(&[&of])).await.expect("reads").contains(&transfer) }
        };
        assert!(open(of).await);
        let viewer = someone(&format!("M{of}"), Role::StoreManager, of);
        let step = Step::Declined { reason: DeclineReason::NeededHere, note: None };
        let body = EventBody::Transfer(TransferEvent { transfer, step });
        let outcome = said(ledger, &viewer, event(&store(of), &viewer, at, body)).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
        let now = whole(database, transfer).await;
        assert_eq!(now.source().map(StoreCode::as_str), next);
        assert!(!open(of).await);
        if let Some(next) = next {
            assert!(open(next).await);
        }
    }
    assert_eq!(whole(database, transfer).await.phase(), Phase::Unmet);
    assert!(database.open_transfers(None).await.expect("reads").is_empty());
}

/// A body that the request replaces as soon as its own id is known.
fn crate_event() -> EventBody {
    EventBody::StocktakeSubmitted { stocktake: crate::chain::stocktake("S001") }
}
