//! What holds whatever the stores try, in whatever order it arrives.

use super::world::{HOUR_MS, N_STORES, World, code, confirm, hand_over, pick, receive, shelf, sku};
use super::{cancelled, declined, in_transit, settled};
use domain::accept::Refusal;
use domain::event::EventBody;
use domain::id::StoreCode;
use domain::movement::{Movement, MovementKind, Place, Units, carry, check_legs};
use domain::policy::Role::{Clerk, Headquarters, RegionalManager, StoreManager};
use domain::transfer::{Bearer, FlowCause, Step, StepKind, Transfer, TransferEvent, TransferId};
use proptest::prelude::*;

/// What somebody tries: whatever comes to mind, or what the transfer waits for.
#[derive(Debug, Clone)]
enum Attempt {
    Request { store: usize, units: Units, reversed: bool },
    Step { store: usize, transfer: usize, step: usize, units: Units, late_ms: i64 },
    Next { transfer: usize, units: Units, late_ms: i64 },
    Sell { store: usize, units: Units },
    Wait { hours: i64 },
}

fn attempt() -> impl Strategy<Value = Attempt> {
    prop_oneof![
        1 => (0..N_STORES, 1i64..8, any::<bool>())
            .prop_map(|(store, units, reversed)| Attempt::Request { store, units, reversed }),
        6 => (0..4usize, 1i64..8, 0..3 * HOUR_MS)
            .prop_map(|(transfer, units, late_ms)| Attempt::Next { transfer, units, late_ms }),
        6 => (0..N_STORES, 0..4usize, 0..10usize, 1i64..8, 0..3 * HOUR_MS)
            .prop_map(|(store, transfer, step, units, late_ms)| Attempt::Step { store, transfer, step, units, late_ms }),
        1 => (0..N_STORES, 1i64..3).prop_map(|(store, units)| Attempt::Sell { store, units }),
        1 => (1i64..30).prop_map(|hours| Attempt::Wait { hours }),
    ]
}

fn sources(store: usize, reversed: bool) -> Vec<usize> {
    let mut others: Vec<usize> = (0..N_STORES).filter(|other| *other != store).collect();
    if reversed {
        others.reverse();
    }
    others
}

/// The step that the transfer waits for, and the store that must take it: mostly as it should be, a receipt sometimes
/// short, damaged or over.
fn next(known: &Transfer, units: Units) -> Option<(usize, Step)> {
    let waits = known.waits_for()?;
    let store = (0..N_STORES).find(|n| code(*n) == waits.store)?;
    let of = |kind| known.units(kind).values().sum::<Units>();
    let (sent, open) = (of(StepKind::HandOver), in_transit(known));
    let step = match waits.step {
        StepKind::Answer => step_of(0, units.min(of(StepKind::Request)), 0),
        StepKind::Picking => step_of(3, units.min(of(StepKind::Answer)), 0),
        StepKind::HandOver => step_of(4, units.min(of(StepKind::Picking)), 0),
        StepKind::Receipt if units > 5 => step_of(7, sent, open),
        StepKind::Receipt if units > sent => step_of(6, sent, open),
        StepKind::Receipt => step_of(5, units, open),
        StepKind::Settlement => step_of(8, units, open),
        _ => step_of(9, units, open),
    };
    Some((store, step))
}

fn step_of(n: usize, units: Units, open: Units) -> Step {
    match n {
        0 => confirm(units),
        1 => declined(),
        2 => cancelled(),
        3 => pick(units),
        4 => hand_over(units),
        5 => receive(units, 0, 0),
        6 => receive(units - 1, 1, 0),
        7 => receive(units, 0, 1),
        8 => settled(Bearer::Carrier, open),
        _ => Step::FlowReviewed { cause: FlowCause::OnTheRoad, note: None },
    }
}

/// What must hold after every single event, and so wherever the server is killed.
fn check(world: &World, arrived: Units) {
    let mut total = 0;
    for (n, chain) in world.chains.iter().enumerate() {
        for event in &chain.ledger {
            if let EventBody::Transfer(told) = &event.event.body
                && !told.step.legs().is_empty()
            {
                assert_eq!(check_legs(&told.step.legs()), Ok(()), "Σ legs");
            }
        }
        total += chain.on_hand(&sku(0));
        assert!(world.reserved(n, &sku(0)) >= 0);
    }
    for known in world.all() {
        let by_legs: Units = known
            .timeline()
            .iter()
            .flat_map(|(_, taken)| taken.step.legs())
            .filter(|leg| leg.place == Place::InTransit)
            .map(|leg| leg.units)
            .sum();
        let sent: Units = known.sent().values().sum();
        assert_eq!(by_legs, in_transit(&known), "what its legs say is in transit");
        assert!((0..=sent).contains(&by_legs), "{by_legs} of {sent} in transit");
        if known.phase().is_over() {
            assert_eq!(by_legs, 0, "{:?}", known.phase());
            assert_eq!(known.waits_for(), None);
        } else {
            assert!(known.waits_for().is_some(), "{:?} waits for somebody", known.phase());
        }
        let over = known.discrepancies().iter().map(|of| of.over).sum::<Units>();
        let borne: Units = known.units(StepKind::Settlement).values().sum();
        total += by_legs + borne - over;
    }
    assert_eq!(total, arrived, "pieces come from nowhere or are gone");
}

fn step_events(world: &World) -> Vec<(StoreCode, EventBody)> {
    let all = world.chains.iter().flat_map(|chain| &chain.ledger);
    all.filter(|event| matches!(event.event.body, EventBody::Transfer(_)))
        .map(|event| (event.event.store.clone(), event.event.body.clone()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Three stores try whatever they like, late and twice: goods are never doubled or lost, nothing is promised twice,
    /// no step is taken twice, and each chain folds to the same in any order.
    #[test]
    fn whatever_the_stores_try_the_goods_are_in_one_place(
        attempts in prop::collection::vec(attempt(), 1..120),
        keys in prop::collection::vec(any::<u32>(), 1..32),
    ) {
        let mut world = World::new(10);
        let mut arrived = 10 * N_STORES as Units;
        for attempt in attempts {
            let (tried, late_ms) = match attempt {
                Attempt::Request { store, units, reversed } if world.transfers.len() < 4 => {
                    world.request(store, RegionalManager, units, &sources(store, reversed)).expect("a sound request");
                    (None, 0)
                }
                Attempt::Request { .. } => (None, 0),
                Attempt::Step { store, transfer, step, units, late_ms } => {
                    let id = world.transfers.get(transfer).copied();
                    (id.map(|id| (id, store, step_of(step, units, in_transit(&world.known(id))))), late_ms)
                }
                Attempt::Next { transfer, units, late_ms } => {
                    let id = world.transfers.get(transfer).copied();
                    let next = id.and_then(|id| next(&world.known(id), units).map(|(store, step)| (id, store, step)));
                    (next, late_ms)
                }
                Attempt::Sell { store, units } => {
                    let legs = carry(&sku(0), units, shelf(), Place::Customer).to_vec();
                    let sale = EventBody::Moved(Movement::new(MovementKind::Sale, legs));
                    world.take(store, Clerk, sale).expect("a sale is never refused");
                    arrived -= units;
                    (None, 0)
                }
                Attempt::Wait { hours } => {
                    world.wait(hours * HOUR_MS);
                    (None, 0)
                }
            };
            if let Some((id, store, step)) = tried {
                let role = match step.kind() {
                    StepKind::Picking | StepKind::HandOver | StepKind::Receipt => Clerk,
                    _ => RegionalManager,
                };
                let at = world.now.plus_ms(-late_ms);
                let before = world.chains[store].on_hand(&sku(0)) - world.reserved(store, &sku(0));
                let told = EventBody::Transfer(TransferEvent { transfer: id, step: step.clone() });
                if world.take_at(store, role, at, told.clone()).is_ok() {
                    if let Step::Confirmed { lines } = &step {
                        prop_assert!(lines[0].units <= before, "{} promised of {}", lines[0].units, before);
                    }
                    let twice = world.take_at(store, role, at, told);
                    prop_assert!(matches!(twice, Err(Refusal::StepTaken { .. })), "{:?}", twice);
                }
            }
            check(&world, arrived);
        }
        for chain in &world.chains {
            prop_assert_eq!(&chain.folded(&keys), &chain.models, "a chain folds to something else in another order");
        }
        // Everything once more: not one step is taken again.
        let stock: Vec<Units> = world.chains.iter().map(|chain| chain.on_hand(&sku(0))).collect();
        for (store, body) in step_events(&world) {
            let n = (0..N_STORES).find(|n| code(*n) == store).expect("a store of the world");
            prop_assert!(world.take(n, Headquarters, body.clone()).is_err() && world.take(n, StoreManager, body).is_err());
        }
        let after: Vec<Units> = world.chains.iter().map(|chain| chain.on_hand(&sku(0))).collect();
        prop_assert_eq!(stock, after);
    }

    /// However requests, answers, withdrawals and hand-overs interleave, what one store has promised and not sent never
    /// exceeds what it has, as long as nothing is sold off it.
    #[test]
    fn a_store_never_promises_more_than_it_has(
        wanted in prop::collection::vec(1i64..9, 2..6),
        order in prop::collection::vec((0..6usize, 0..6usize), 1..60),
    ) {
        let mut world = World::new(10);
        let ids: Vec<TransferId> = wanted.iter().enumerate()
            .map(|(n, units)| world.request([0, 2][n % 2], RegionalManager, *units, &[1]).expect("a sound request"))
            .collect();
        for (n, step) in order {
            let n = n % ids.len();
            let (id, units, receiver) = (ids[n], wanted[n], [0, 2][n % 2]);
            // A refusal is no failure here: what matters is what was promised.
            let _ = match step {
                0 | 1 => world.step(1, StoreManager, id, confirm(units)),
                2 => world.step(receiver, RegionalManager, id, cancelled()),
                3 => world.step(1, Clerk, id, pick(units)),
                4 => world.step(1, Clerk, id, hand_over(units)),
                _ => world.step(1, StoreManager, id, declined()),
            };
            let (held, has) = (world.reserved(1, &sku(0)), world.chains[1].on_hand(&sku(0)));
            prop_assert!((0..=has).contains(&held), "{} promised of {}", held, has);
        }
    }
}
