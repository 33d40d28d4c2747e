//! Store credit: what a store's word is worth, and that playing for it does not pay.

use crate::transfer::world::{HOUR_MS, World, code, confirm, pick, receive, sku};
use domain::accept::Refusal;
use domain::credit::{Band, CreditEvent, PointKind};
use domain::instant::DAY_MS;
use domain::movement::Units;
use domain::policy::Role::{Auditor, Clerk, Headquarters, RegionalManager, StoreManager};
use domain::transfer::{Bearer, DeclineReason, Line, Step};

fn decline() -> Step {
    Step::Declined { reason: DeclineReason::NeededHere, note: None }
}

fn kinds(world: &World, store: usize) -> Vec<(PointKind, i64)> {
    let mut points: Vec<_> =
        world.credit(store).points.into_iter().map(|of| (of.point.kind(), of.point.weight)).collect();
    points.sort();
    points
}

/// A store that has let another down: what its score is before it tries to mend it.
fn blemished() -> World {
    let mut world = World::new(1_000);
    let id = world.request(1, StoreManager, 10, &[2]).expect("asked");
    world.send(2, id, 10).expect("sent");
    world.wait(40 * HOUR_MS);
    world.step(1, Clerk, id, receive(10, 0, 0)).expect("received, far too late");
    world
}

fn score(world: &World, store: usize) -> u16 {
    world.credit(store).score
}

#[test]
fn every_point_cites_the_event_that_made_it() {
    let world = blemished();
    let credit = world.credit(1);
    assert_eq!(kinds(&world, 1), [(PointKind::ReceivedLate, -1_500), (PointKind::NotReviewed, -1_500)]);
    assert_eq!(kinds(&world, 2), [(PointKind::Sent, 1_000)], "the sender did what it could");
    for store in 0..3 {
        for of in world.credit(store).points {
            let cited =
                world.chains.iter().flat_map(|chain| &chain.ledger).find(|event| event.event.id == of.point.key.event);
            assert_eq!(cited.map(|event| event.effective_at()), Some(of.point.at));
        }
    }
    assert_eq!((credit.band, world.credit(2).trend > 0, credit.trend < 0), (Band::Low, true, true));
}

#[test]
fn what_is_late_declined_short_or_lost_counts_against_whoever_it_was() {
    let mut world = World::new(1_000);
    let late = world.request(0, StoreManager, 10, &[1, 2]).expect("asked");
    world.wait(9 * HOUR_MS);
    world.step(1, StoreManager, late, decline()).expect("declined");
    world.step(2, StoreManager, late, confirm(5)).expect("half of it");
    world.step(2, Clerk, late, pick(5)).expect("picked");
    world.step(2, Clerk, late, crate::transfer::world::hand_over(4)).expect("handed over");
    world.step(0, Clerk, late, receive(2, 0, 0)).expect("received");
    let lines = vec![Line { sku: sku(0), units: 2 }];
    let settled = Step::Settled { bearer: Bearer::Source, lines, note: None };
    world.step(0, RegionalManager, late, settled).expect("settled");
    let answers = [(PointKind::AnsweredLate, -200), (PointKind::AnswerEscalated, -600), (PointKind::Declined, -200)];
    assert_eq!(kinds(&world, 1), answers);
    let shorts = [(PointKind::PromisedLess, -100), (PointKind::SentLess, -200), (PointKind::Lost, -1_100)];
    assert_eq!(kinds(&world, 2), shorts);
    assert_eq!(kinds(&world, 0), [(PointKind::Received, 400)], "160 yuan that stayed, at half the weight of sending");
}

#[test]
fn who_gives_a_promise_up_pays_for_it() {
    let mut world = World::new(1_000);
    let cancelled = || Step::Cancelled { note: None };
    let soon = world.request(0, StoreManager, 10, &[1]).expect("asked");
    world.step(1, StoreManager, soon, confirm(10)).expect("confirmed");
    world.step(0, StoreManager, soon, cancelled()).expect("cancelled");
    assert_eq!((kinds(&world, 0), kinds(&world, 1)), (vec![(PointKind::Withdrew, -500)], vec![]));
    let stalled = world.request(2, StoreManager, 10, &[1]).expect("asked");
    world.step(1, StoreManager, stalled, confirm(10)).expect("confirmed");
    world.wait(25 * HOUR_MS);
    world.step(2, StoreManager, stalled, cancelled()).expect("cancelled");
    let lates = [(PointKind::NotSent, -1_000), (PointKind::SentLate, -200), (PointKind::SendingEscalated, -600)];
    assert_eq!((kinds(&world, 2), kinds(&world, 1)), (vec![], lates.to_vec()));
}

#[test]
fn points_age_and_a_good_store_asks_for_more_alone() {
    let mut world = blemished();
    let low = score(&world, 1);
    world.wait(180 * DAY_MS);
    assert!(score(&world, 1) > low && score(&world, 1) < 700, "old sins weigh less, and are not forgotten");
    for n in 0..12 {
        world.fulfil(0, 1 + n % 2, 20).expect("fulfilled");
        world.wait(DAY_MS);
    }
    assert_eq!((world.credit(2).band, world.credit(0).band), (Band::High, Band::High));
}

#[test]
fn a_disputed_point_is_struck_by_an_auditor_and_by_nobody_of_the_store() {
    let mut world = blemished();
    let point = world.credit(1).points.last().expect("it was late").point.key;
    let note = || "停电".to_owned();
    let judged = |is_granted| CreditEvent::Judged { point, is_granted, note: note() };
    let disputed = || CreditEvent::Disputed { point, note: note() };
    assert_eq!(world.say(1, Auditor, judged(true)), Err(Refusal::NothingCited), "nobody has disputed it");
    assert_eq!(world.say(1, Clerk, disputed()), Err(Refusal::NotAllowed));
    assert_eq!(world.say(2, StoreManager, disputed()), Err(Refusal::NoSuchPoint), "it is the other store's");
    world.say(1, StoreManager, disputed()).expect("disputed");
    assert_eq!(world.say(1, StoreManager, disputed()), Err(Refusal::AlreadyDecided));
    assert_eq!(world.say(1, StoreManager, judged(true)), Err(Refusal::NotAllowed));
    assert_eq!(world.say(1, RegionalManager, judged(true)), Err(Refusal::NotAllowed));
    let before = score(&world, 1);
    let stock: Vec<Units> = world.chains.iter().map(|chain| chain.on_hand(&sku(0))).collect();
    world.say(1, Auditor, judged(true)).expect("judged");
    assert!(score(&world, 1) > before);
    assert_eq!(world.say(1, Headquarters, judged(false)), Err(Refusal::AlreadyDecided));
    let after: Vec<Units> = world.chains.iter().map(|chain| chain.on_hand(&sku(0))).collect();
    assert_eq!(stock, after, "an auditor changes nothing in stock");
}

#[test]
fn a_point_for_the_store_cannot_be_disputed() {
    let mut world = World::new(1_000);
    world.fulfil(0, 1, 10).expect("fulfilled");
    let point = world.credit(1).points[0].point.key;
    let disputed = CreditEvent::Disputed { point, note: "?".into() };
    assert_eq!(world.say(1, StoreManager, disputed), Err(Refusal::NoSuchPoint));
}

#[test]
fn goods_sent_back_and_forth_earn_nothing() {
    let mut world = blemished();
    let before = score(&world, 1);
    for _ in 0..20 {
        world.fulfil(0, 1, 50).expect("there");
        world.fulfil(1, 0, 50).expect("and back");
        world.wait(DAY_MS);
    }
    let mut idle = blemished();
    idle.wait(20 * DAY_MS);
    assert_eq!(world.credit(1).points.iter().filter(|of| of.point.weight > 0).count(), 0);
    assert_eq!(score(&world, 1), score(&idle, 1), "40 transfers, and nothing but time has helped");
    assert!(score(&idle, 1) >= before);
}

#[test]
fn goods_sent_round_a_ring_of_stores_earn_nothing() {
    let mut world = World::new(1_000);
    for _ in 0..10 {
        for (receiver, source) in [(1, 0), (2, 1), (0, 2)] {
            world.fulfil(receiver, source, 50).expect("on it goes");
        }
        world.wait(2 * DAY_MS);
    }
    for store in 0..3 {
        assert_eq!((score(&world, store), world.credit(store).points.len()), (700, 0));
    }
}

#[test]
fn trifles_earn_less_than_one_real_transfer() {
    let trifles = |n: usize| {
        let mut world = World::priced(1_000, 100);
        for _ in 0..n {
            world.fulfil(0, 1, 1).expect("a piece of a yuan");
            world.wait(HOUR_MS);
        }
        score(&world, 1)
    };
    let mut world = World::new(1_000);
    world.fulfil(0, 1, 10).expect("800 yuan");
    world.wait(50 * HOUR_MS);
    assert!(trifles(50) < score(&world, 1), "50 confirmed trifles: {} against {}", trifles(50), score(&world, 1));
}

#[test]
fn splitting_a_transfer_earns_no_more() {
    let in_parts = |parts: i64| {
        let mut world = World::new(1_000);
        for _ in 0..parts {
            world.fulfil(0, 1, 60 / parts).expect("a part");
        }
        score(&world, 1)
    };
    assert_eq!(in_parts(1), in_parts(6));
    assert_eq!(in_parts(1), in_parts(20));
}

#[test]
fn declining_quickly_is_better_than_silence_and_worse_than_sending() {
    let after = |act: &dyn Fn(&mut World)| {
        let mut world = World::new(1_000);
        for _ in 0..5 {
            act(&mut world);
            world.wait(DAY_MS);
        }
        score(&world, 1)
    };
    let ask = |world: &mut World| world.request(0, StoreManager, 10, &[1]).expect("asked");
    let declines = after(&|world| {
        let id = ask(world);
        world.step(1, StoreManager, id, decline()).expect("declined");
    });
    let is_silent = after(&|world| {
        ask(world);
    });
    let promises_only = after(&|world| {
        let id = ask(world);
        world.step(1, StoreManager, id, confirm(10)).expect("confirmed");
        world.wait(DAY_MS);
        world.step(0, StoreManager, id, Step::Cancelled { note: None }).expect("cancelled");
    });
    let promises_one = after(&|world| {
        let id = ask(world);
        world.send(1, id, 1).expect("one of ten");
        world.step(0, Clerk, id, receive(1, 0, 0)).expect("received");
    });
    let sends = after(&|world| {
        let id = ask(world);
        world.send(1, id, 10).expect("sent");
        world.step(0, Clerk, id, receive(10, 0, 0)).expect("received");
    });
    assert!(promises_only < is_silent && is_silent < declines && declines < 700 && 700 < sends);
    assert!(promises_one < sends, "confirming a little of everything: {promises_one} against {sends}");
}

#[test]
fn an_accomplice_has_no_more_say_than_anybody() {
    let mut world = blemished();
    for _ in 0..60 {
        // One-way goods of real value, day after day: as much as two stores can do for each other.
        world.fulfil(0, 1, 10).expect("fulfilled");
        world.wait(DAY_MS);
    }
    let gained: i64 = world.credit(1).points.iter().filter(|of| of.point.with == code(0)).map(|of| of.counts).sum();
    assert!(gained <= 5_000, "{gained}");
    assert!(world.credit(1).band != Band::High, "what it did to others is still seen");
}
