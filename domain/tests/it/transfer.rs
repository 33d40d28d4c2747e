//! Transfers between stores: what each step needs, and what holds whatever happens in whatever order.

mod golden;
mod property;
pub mod world;

use domain::accept::Refusal;
use domain::approval::Standing;
use domain::event::EventBody;
use domain::movement::{Place, Units};
use domain::policy::Role::{Auditor, Clerk, Headquarters, RegionalManager, StoreManager};
use domain::transfer::{
    Bearer, DeclineReason, FlowCause, Line, LineUnderWay, Phase, Step, StepKind, Transfer, TransferEvent, TransferId,
};
use world::{HOUR_MS, World, code, confirm, hand_over, person, pick, receive, sku, stands_in_the_way};

fn declined() -> Step {
    Step::Declined { reason: DeclineReason::NeededHere, note: None }
}

fn cancelled() -> Step {
    Step::Cancelled { note: None }
}

fn settled(bearer: Bearer, units: Units) -> Step {
    let lines = if units > 0 { vec![Line { sku: sku(0), units }] } else { Vec::new() };
    Step::Settled { bearer, lines, note: None }
}

fn in_transit(known: &Transfer) -> Units {
    known.in_transit().values().sum()
}

#[test]
fn goods_go_from_store_to_store_and_both_see_each_step() {
    let mut world = World::new(10);
    let id = world.request(0, StoreManager, 4, &[1, 2]).expect("asked");
    let waits = |world: &World| world.known(id).waits_for().map(|waits| (waits.store, waits.role, waits.step));
    assert_eq!(world.known(id).phase(), Phase::AwaitsAnswer);
    assert_eq!(waits(&world), Some((code(1), StoreManager, StepKind::Answer)));
    world.step(1, StoreManager, id, confirm(4)).expect("confirmed");
    assert_eq!(waits(&world), Some((code(1), Clerk, StepKind::Picking)));
    world.step(1, Clerk, id, pick(4)).expect("picked");
    let back_room = |world: &World, store: usize| {
        world.chains[store].models.stock.get(&(Place::BackRoom, sku(0))).map_or(0, |row| row.units)
    };
    assert_eq!(
        (back_room(&world, 1), world.chains[1].on_hand(&sku(0))),
        (4, 10),
        "they stand ready, and are still there"
    );
    world.step(1, Clerk, id, hand_over(4)).expect("handed over");
    assert_eq!((world.known(id).phase(), in_transit(&world.known(id))), (Phase::InTransit, 4));
    assert_eq!((world.chains[0].on_hand(&sku(0)), world.chains[1].on_hand(&sku(0))), (10, 6));
    world.step(0, Clerk, id, receive(4, 0, 0)).expect("received");
    assert_eq!((world.known(id).phase(), in_transit(&world.known(id)), waits(&world)), (Phase::Closed, 0, None));
    assert_eq!((world.chains[0].on_hand(&sku(0)), world.chains[1].on_hand(&sku(0))), (14, 6));
    let kinds: Vec<StepKind> = world.known(id).timeline().iter().map(|(_, taken)| taken.step.kind()).collect();
    assert_eq!(kinds, [StepKind::Request, StepKind::Answer, StepKind::Picking, StepKind::HandOver, StepKind::Receipt]);
}

#[test]
fn where_one_declines_the_next_is_asked_at_once() {
    let mut world = World::new(10);
    let id = world.request(0, StoreManager, 4, &[1, 2]).expect("asked");
    let early = world.step(2, StoreManager, id, confirm(4));
    assert_eq!(early, Err(Refusal::StepNotYet { needed: StepKind::Answer }), "it has not been asked yet");
    world.now = world.now.plus_ms(HOUR_MS);
    world.step(1, StoreManager, id, declined()).expect("declined");
    let known = world.known(id);
    assert_eq!((known.source(), known.asked_by().at), (Some(&code(2)), world.now));
    let again = world.step(1, StoreManager, id, confirm(4)).expect_err("declined before");
    assert_eq!(stands_in_the_way(again), Some((StepKind::Answer, person(1, StoreManager))));
    world.step(2, StoreManager, id, declined()).expect("declined");
    assert_eq!((world.known(id).phase(), world.known(id).waits_for()), (Phase::Unmet, None));
}

#[test]
fn a_step_is_taken_once_and_the_second_sees_who_and_when() {
    let mut world = World::new(10);
    let id = world.request(0, StoreManager, 4, &[1]).expect("asked");
    let steps = [
        (1, StoreManager, confirm(4)),
        (1, Clerk, pick(4)),
        (1, Clerk, hand_over(4)),
        (0, Clerk, receive(3, 0, 0)),
        (0, RegionalManager, settled(Bearer::Source, 1)),
    ];
    for (store, role, step) in steps {
        let at = world.now;
        world.step(store, role, id, step.clone()).expect("the first time");
        world.now = world.now.plus_ms(60_000);
        let second = world.step(store, StoreManager, id, step.clone()).expect_err("the second time");
        let by = if role == RegionalManager { person(9, role) } else { person(store, role) };
        assert_eq!(second, Refusal::StepTaken { step: step.kind(), by, at });
    }
    let late = world.step(0, StoreManager, id, cancelled()).expect_err("the goods have left");
    assert_eq!(stands_in_the_way(late).map(|(step, _)| step), Some(StepKind::HandOver));
}

#[test]
fn a_step_waits_for_the_one_before_it_and_for_its_own_store() {
    let mut world = World::new(10);
    let id = world.request(0, StoreManager, 4, &[1]).expect("asked");
    let not_yet = |needed| Err(Refusal::StepNotYet { needed });
    assert_eq!(world.step(1, Clerk, id, pick(4)), not_yet(StepKind::Answer));
    assert_eq!(world.step(1, Clerk, id, hand_over(4)), not_yet(StepKind::Picking));
    assert_eq!(world.step(0, Clerk, id, receive(4, 0, 0)), not_yet(StepKind::HandOver));
    assert_eq!(world.step(0, StoreManager, id, settled(Bearer::Receiver, 0)), not_yet(StepKind::Receipt));
    let reviewed = || Step::FlowReviewed { cause: FlowCause::Lost, note: None };
    assert_eq!(world.step(0, StoreManager, id, reviewed()), not_yet(StepKind::FlowAlarm));
    assert_eq!(world.step(2, StoreManager, id, confirm(4)), Err(Refusal::TransferOfOthers));
    assert_eq!(world.step(1, StoreManager, id, cancelled()), Err(Refusal::TransferOfOthers));
    let nobodys = TransferId::of(domain::id::EventId::MIN);
    assert_eq!(world.step(1, StoreManager, nobodys, confirm(4)), Err(Refusal::TransferUnknown));
    assert_eq!(world.step(1, Clerk, id, confirm(4)), Err(Refusal::NotAllowed));
    assert_eq!(world.step(1, Auditor, id, confirm(4)), Err(Refusal::NotAllowed));
    assert_eq!(world.step(1, Headquarters, id, pick(4)), Err(Refusal::NotAllowed));
    assert_eq!(world.step(1, StoreManager, id, Step::AnswerReminded), Err(Refusal::LedgerOnly));
}

#[test]
fn a_request_names_goods_once_and_others_to_ask() {
    let mut world = World::new(10);
    assert_eq!(world.request(0, StoreManager, 4, &[]), Err(Refusal::BadTransfer), "whom?");
    assert_eq!(world.request(0, StoreManager, 4, &[0]), Err(Refusal::BadTransfer), "itself");
    assert_eq!(world.request(0, StoreManager, 4, &[1, 1]), Err(Refusal::BadTransfer), "twice");
    assert_eq!(world.request(0, StoreManager, 4, &[7]), Err(Refusal::BadTransfer), "there is no such store");
    assert_eq!(world.request(0, StoreManager, 0, &[1]), Err(Refusal::BadUnits { units: 0 }));
    assert_eq!(world.request(0, Clerk, 4, &[1]), Err(Refusal::NotAllowed));
    let other = TransferId::of(domain::id::EventId::MIN);
    let request = world.request(0, StoreManager, 1, &[1]).map(|id| world.known(id).request().clone()).expect("asked");
    let named = world.step(0, StoreManager, other, Step::Requested(request));
    assert_eq!(named, Err(Refusal::BadTransfer), "a transfer is named by its own request");
}

#[test]
fn no_step_moves_more_than_the_one_before_it() {
    let mut world = World::new(10);
    let id = world.request(0, StoreManager, 4, &[1]).expect("asked");
    let most = |most| Err(Refusal::TooManyUnits { sku: sku(0), most });
    assert_eq!(world.step(1, StoreManager, id, confirm(5)), most(4));
    world.step(1, StoreManager, id, confirm(3)).expect("fewer may be promised");
    assert_eq!(world.step(1, Clerk, id, pick(4)), most(3));
    world.step(1, Clerk, id, pick(3)).expect("picked");
    assert_eq!(world.step(1, Clerk, id, hand_over(4)), most(3));
    world.step(1, Clerk, id, hand_over(2)).expect("one broke on the way to the door");
    assert_eq!(world.step(0, Clerk, id, receive(3, 0, 0)), most(2));
    assert_eq!(world.step(0, Clerk, id, receive(1, 0, 1)), most(0), "none can be over while one is missing");
}

#[test]
fn what_did_not_arrive_sound_is_borne_by_somebody() {
    let mut world = World::new(10);
    let id = world.request(0, StoreManager, 5, &[1]).expect("asked");
    world.send(1, id, 5).expect("sent");
    let mut unseen = receive(2, 1, 0);
    if let Step::Received { photos, .. } = &mut unseen {
        photos.clear();
    }
    assert_eq!(world.step(0, Clerk, id, unseen), Err(Refusal::PhotoNeeded));
    world.step(0, Clerk, id, receive(2, 1, 0)).expect("received");
    let known = world.known(id);
    let found: Vec<_> = known.discrepancies().iter().map(|of| (of.short, of.damaged, of.over)).collect();
    assert_eq!((known.phase(), found, in_transit(&known)), (Phase::Disputed, vec![(2, 1, 0)], 3));
    let needed = RegionalManager;
    assert_eq!(world.step(0, StoreManager, id, settled(Bearer::Source, 3)), Err(Refusal::BeyondLimit { needed }));
    let all = Err(Refusal::TooManyUnits { sku: sku(0), most: 2 });
    assert_eq!(world.step(0, StoreManager, id, settled(Bearer::Receiver, 2)), all, "all that is open, or nothing");
    world.step(0, RegionalManager, id, settled(Bearer::Carrier, 3)).expect("settled");
    assert_eq!((world.known(id).phase(), in_transit(&world.known(id))), (Phase::Closed, 0));
}

#[test]
fn what_arrives_too_many_comes_in_as_a_count_would_find_it() {
    let mut world = World::new(10);
    let id = world.request(0, StoreManager, 4, &[1]).expect("asked");
    world.send(1, id, 4).expect("sent");
    world.step(0, Clerk, id, receive(4, 0, 2)).expect("received");
    assert_eq!((world.chains[0].on_hand(&sku(0)), in_transit(&world.known(id))), (16, 0));
    assert_eq!(world.known(id).phase(), Phase::Disputed);
    world.step(0, StoreManager, id, settled(Bearer::Receiver, 0)).expect("nothing is missing");
    assert_eq!(world.known(id).phase(), Phase::Closed);
    let again = world.step(0, StoreManager, id, settled(Bearer::Receiver, 0));
    assert!(matches!(again, Err(Refusal::StepTaken { step: StepKind::Settlement, .. })), "{again:?}");
}

#[test]
fn what_arrived_as_sent_needs_no_settling() {
    let mut world = World::new(10);
    let id = world.fulfil(0, 1, 4).expect("fulfilled");
    assert_eq!(world.step(0, StoreManager, id, settled(Bearer::Receiver, 0)), Err(Refusal::NothingToSettle));
}

#[test]
fn a_large_request_needs_the_regions_word_before_anybody_is_asked() {
    let mut world = World::priced(100, 100_000);
    let small = world.request(0, StoreManager, 2, &[1]).expect("asked");
    assert_eq!(world.known(small).requested().standing, Standing::Posted);
    let large = world.request(0, StoreManager, 30, &[1]).expect("asked");
    assert_eq!(world.known(large).phase(), Phase::AwaitsApproval);
    assert_eq!(
        world.step(1, StoreManager, large, confirm(30)),
        Err(Refusal::StepNotYet { needed: StepKind::Approval })
    );
    let alarms = world.known(large).alarms(&world.patience);
    let steps = alarms.iter().map(|alarm| alarm.step.kind()).collect::<Vec<_>>();
    assert_eq!(steps, [StepKind::ApprovalReminder], "the source has not been asked");
    assert_eq!(world.step(0, StoreManager, large, Step::Approved), Err(Refusal::OwnApproval));
    assert_eq!(world.step(0, RegionalManager, small, Step::Approved), Err(Refusal::AlreadyDecided));
    world.step(0, RegionalManager, large, Step::Approved).expect("approved");
    assert_eq!(world.known(large).phase(), Phase::AwaitsAnswer);
    let own = world.request(0, RegionalManager, 60, &[1]).expect("asked");
    assert_eq!(world.known(own).awaits_approval_of(), Some(Headquarters));
    assert_eq!(world.step(0, RegionalManager, own, Step::Approved), Err(Refusal::OwnApproval));
    let needed = Headquarters;
    assert_eq!(world.step(0, StoreManager, own, Step::Approved), Err(Refusal::BeyondLimit { needed }));
    world.step(0, Headquarters, own, Step::Rejected { note: "太多".into() }).expect("rejected");
    let refused = world.step(1, StoreManager, own, confirm(1)).expect_err("turned down");
    assert_eq!(stands_in_the_way(refused).map(|(step, _)| step), Some(StepKind::Approval));
}

#[test]
fn the_hour_reminds_escalates_and_flags() {
    let mut world = World::new(10);
    let start = world.now;
    let id = world.request(0, StoreManager, 4, &[1]).expect("asked");
    let at = |world: &World, kind| world.known(id).step(kind).map(|taken| taken.at.since(start) / HOUR_MS);
    world.wait(2 * HOUR_MS - 1);
    assert_eq!(at(&world, StepKind::AnswerReminder), None);
    world.wait(1);
    assert_eq!(at(&world, StepKind::AnswerReminder), Some(2));
    world.wait(7 * HOUR_MS);
    assert_eq!(at(&world, StepKind::AnswerEscalation), Some(8));
    assert_eq!(world.known(id).waits_for().map(|waits| waits.role), Some(RegionalManager));
    world.step(1, RegionalManager, id, confirm(4)).expect("the region answers for the store");
    world.step(1, Clerk, id, pick(4)).expect("picked");
    world.step(1, Clerk, id, hand_over(4)).expect("handed over");
    world.wait(24 * HOUR_MS - 1);
    assert_eq!(world.known(id).phase(), Phase::InTransit);
    world.wait(1);
    assert_eq!((world.known(id).phase(), at(&world, StepKind::FlowAlarm)), (Phase::Abnormal, Some(33)));
    assert_eq!(world.known(id).waits_for().map(|waits| waits.step), Some(StepKind::FlowReview));
    world.wait(12 * HOUR_MS);
    assert_eq!(at(&world, StepKind::FlowEscalation), Some(45));
    assert!(world.known(id).alarms(&world.patience).is_empty(), "there is nothing more to bring");
    world.step(0, Clerk, id, receive(4, 0, 0)).expect("received at last");
    assert_eq!(world.known(id).phase(), Phase::Closed);
}

#[test]
fn promised_goods_that_do_not_leave_are_asked_for() {
    let mut world = World::new(10);
    let start = world.now;
    let id = world.request(0, StoreManager, 4, &[1]).expect("asked");
    let at = |world: &World, kind| world.known(id).step(kind).map(|taken| taken.at.since(start) / HOUR_MS);
    world.wait(HOUR_MS);
    world.step(1, StoreManager, id, confirm(4)).expect("promised");
    assert_eq!(world.known(id).waits_for().map(|waits| waits.role), Some(Clerk));
    world.wait(12 * HOUR_MS - 1);
    assert_eq!(at(&world, StepKind::SendingReminder), None);
    world.wait(1);
    assert_eq!(at(&world, StepKind::SendingReminder), Some(13));
    assert_eq!(world.known(id).waits_for().map(|waits| waits.role), Some(StoreManager));
    world.step(1, Clerk, id, pick(4)).expect("picked: the clock runs until they leave");
    world.wait(12 * HOUR_MS);
    assert_eq!(at(&world, StepKind::SendingEscalation), Some(25));
    let waits = world.known(id).waits_for().expect("it is not over");
    assert_eq!((waits.step, waits.role), (StepKind::HandOver, RegionalManager));
    assert_eq!((waits.moves_goods(), waits.doer()), (true, Clerk), "however late, whoever is there can do it");
    world.step(1, Clerk, id, hand_over(4)).expect("handed over at last");
    assert_eq!(world.known(id).waits_for().map(|waits| waits.step), Some(StepKind::Receipt));
}

#[test]
fn those_whose_word_is_needed_are_reminded_once() {
    let mut world = World::priced(100, 100_000);
    let start = world.now;
    let id = world.request(0, StoreManager, 30, &[1]).expect("asked");
    assert!(world.known(id).awaits_approval_of().is_some());
    world.wait(48 * HOUR_MS);
    let reminded = world.known(id).step(StepKind::ApprovalReminder).map(|taken| taken.at.since(start) / HOUR_MS);
    assert_eq!(reminded, Some(4));
    assert!(world.known(id).alarms(&world.patience).is_empty(), "the source is not asked yet");
    world.step(0, RegionalManager, id, Step::Approved).expect("approved");
    assert_eq!(world.known(id).phase(), Phase::AwaitsAnswer);
}

#[test]
fn who_acts_in_time_is_left_alone() {
    let mut world = World::new(10);
    let id = world.request(0, StoreManager, 4, &[1, 2]).expect("asked");
    world.wait(HOUR_MS);
    world.step(1, StoreManager, id, declined()).expect("declined");
    world.wait(2 * HOUR_MS - 1);
    assert!(world.known(id).step(StepKind::AnswerReminder).is_none(), "the next store's clock starts when it is asked");
    world.send(2, id, 4).expect("sent");
    world.patience.arrival_ms = 48 * HOUR_MS;
    world.wait(47 * HOUR_MS);
    assert_eq!(world.known(id).phase(), Phase::InTransit, "a far route takes longer");
    world.wait(HOUR_MS);
    assert_eq!(world.known(id).phase(), Phase::Abnormal);
    world.step(0, StoreManager, id, Step::FlowReviewed { cause: FlowCause::OnTheRoad, note: None }).expect("reviewed");
    world.wait(100 * HOUR_MS);
    assert!(world.known(id).step(StepKind::FlowEscalation).is_none());
}

#[test]
fn a_question_reserves_nothing_and_is_known_to_the_ranking() {
    let mut world = World::new(10);
    let id = world.request(0, StoreManager, 4, &[1]).expect("asked");
    let line = |world: &World, store: usize| {
        let transfer = world.known(id);
        transfer.under_way().get(&(&code(store), &sku(0))).copied().unwrap_or_default()
    };
    let none = LineUnderWay::default();
    assert_eq!(world.reserved(1, &sku(0)), 0);
    assert_eq!(line(&world, 1), LineUnderWay { asked_of_units: 4, ..none });
    assert_eq!(line(&world, 0), LineUnderWay { asked_for_units: 4, ..none });
    world.step(1, StoreManager, id, confirm(4)).expect("confirmed");
    assert_eq!(world.reserved(1, &sku(0)), 4);
    assert_eq!(line(&world, 1), LineUnderWay { reserved_units: 4, ..none });
    assert_eq!(line(&world, 0), LineUnderWay { promised_units: 4, ..none });
    world.step(1, Clerk, id, pick(3)).expect("one was not found");
    assert_eq!(world.reserved(1, &sku(0)), 3);
    assert_eq!((line(&world, 1).spoken_for_units(), line(&world, 0).coming_units()), (3, 3));
    world.step(0, StoreManager, id, cancelled()).expect("cancelled");
    assert_eq!(world.reserved(1, &sku(0)), 0);
    assert_eq!((line(&world, 1), line(&world, 0)), (none, none));
}

#[test]
fn what_is_on_the_road_comes_and_what_is_disputed_does_not() {
    let mut world = World::new(10);
    let id = world.request(0, StoreManager, 4, &[1]).expect("asked");
    for (role, step) in [(StoreManager, confirm(4)), (Clerk, pick(4)), (Clerk, hand_over(4))] {
        world.step(1, role, id, step).expect("taken");
    }
    let coming = |world: &World| {
        let transfer = world.known(id);
        transfer.under_way().get(&(&code(0), &sku(0))).map_or(0, LineUnderWay::coming_units)
    };
    assert_eq!(coming(&world), 4);
    world.step(0, Clerk, id, receive(3, 0, 0)).expect("one short");
    assert_eq!((world.known(id).phase(), coming(&world)), (Phase::Disputed, 0));
}

#[test]
fn what_nobody_promised_or_found_can_be_asked_of_others() {
    let mut world = World::new(10);
    let unmet = |world: &World, id: TransferId| world.known(id).unmet().get(&sku(0)).copied();
    let id = world.request(0, StoreManager, 9, &[1]).expect("asked");
    assert_eq!(unmet(&world, id), None, "nobody has answered");
    world.step(1, StoreManager, id, confirm(6)).expect("confirmed");
    assert_eq!(unmet(&world, id), Some(3));
    world.step(1, Clerk, id, pick(5)).expect("one was not found");
    assert_eq!(unmet(&world, id), Some(4));
    world.step(0, StoreManager, id, cancelled()).expect("cancelled");
    assert_eq!(unmet(&world, id), None);
    let declined_by_all = world.request(0, StoreManager, 2, &[1]).expect("asked");
    world.step(1, StoreManager, declined_by_all, declined()).expect("declined");
    assert_eq!(unmet(&world, declined_by_all), Some(2));
}

#[test]
fn two_requests_never_promise_the_same_stock() {
    let mut world = World::new(10);
    let first = world.request(0, StoreManager, 7, &[1]).expect("asked");
    let second = world.request(2, StoreManager, 7, &[1]).expect("asked");
    // Two servers decide at the same time, by the same rows: only one of them commits.
    let told = |transfer| EventBody::Transfer(TransferEvent { transfer, step: confirm(7) });
    let now = world.now;
    let one = world.decide(1, StoreManager, now, told(first)).expect("there are 10");
    let other = world.decide(1, StoreManager, now, told(second)).expect("there are 10, as far as it sees");
    assert!(world.commit(one).is_some());
    assert_eq!(world.commit(other), None, "the head has moved");
    let again = world.step(1, StoreManager, second, confirm(7));
    assert_eq!(again, Err(Refusal::NotAvailable { sku: sku(0), available: 3 }));
    world.step(1, StoreManager, second, confirm(3)).expect("what is left");
}

#[test]
fn a_hand_over_and_a_cancellation_cannot_pass_each_other() {
    for is_cancelled_first in [false, true] {
        let mut world = World::new(10);
        let id = world.request(0, StoreManager, 4, &[1]).expect("asked");
        world.step(1, StoreManager, id, confirm(4)).expect("confirmed");
        world.step(1, Clerk, id, pick(4)).expect("picked");
        let told = |step| EventBody::Transfer(TransferEvent { transfer: id, step });
        let now = world.now;
        let left = world.decide(1, Clerk, now, told(hand_over(4))).expect("nobody has cancelled");
        let withdrawn = world.decide(0, StoreManager, now, told(cancelled())).expect("they are still there");
        let (first, second) = if is_cancelled_first { (withdrawn, left) } else { (left, withdrawn) };
        assert!(world.commit(first).is_some());
        assert_eq!(world.commit(second), None, "the other store's head has moved");
    }
}
