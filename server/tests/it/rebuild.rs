//! Refolding gives the very bytes that the writer kept.

use crate::chain::{Chain, Device, ENGINES, N_SKUS, SHELVES, manager, masters, shelf, store};
use domain::event::{CountMethod, CountedItem, DeviceEvent, EventBody, ShelfProof};
use domain::id::EventId;
use domain::movement::{Movement, Place};
use domain::sync::Outcome;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use server::ledger::rebuild::{model_hash, rebuild};

/// Counts, take-backs and movements of the last hour in any order of arrival; a stocktake opened before all of them.
pub fn random_events(rng: &mut StdRng, device: &Device, n_events: usize) -> Vec<DeviceEvent> {
    let mut events = Vec::new();
    let mut counted: Vec<EventId> = Vec::new();
    for _ in 0..n_events {
        let ago_s = rng.random_range(1..3_000);
        let on = SHELVES[rng.random_range(0..SHELVES.len())];
        let item = rng.random_range(0..N_SKUS);
        let event = match rng.random_range(0..10) {
            0..=4 => device.counted(ago_s, on, item, rng.random_range(-3..30)),
            5 => {
                let body = EventBody::Counted {
                    stocktake: crate::chain::stocktake("S001"),
                    shelf: shelf(on),
                    proof: ShelfProof::Picked,
                    item: CountedItem::Unknown { code: format!("CODE {item}"), name: Some(format!("未知{ago_s}")) },
                    units: 2,
                    method: CountMethod::TypedCode,
                };
                device.event(ago_s, body)
            }
            6 if !counted.is_empty() => {
                let cites = counted.swap_remove(rng.random_range(0..counted.len()));
                // Taken back in a later request than it was made in: the fold needs it to be there.
                device.undone(ago_s, cites)
            }
            7 => device.moved(ago_s, item, rng.random_range(1..9), Place::BackRoom, Place::Shelf(shelf(on))),
            8 => device.moved(ago_s, item, rng.random_range(1..9), Place::Supplier, Place::BackRoom),
            _ => device.moved(ago_s, item, rng.random_range(1..4), Place::Shelf(shelf(on)), Place::Customer),
        };
        if matches!(event.body, EventBody::Counted { .. }) {
            counted.push(event.id);
        }
        events.push(event);
    }
    events
}

#[tokio::test(flavor = "multi_thread")]
async fn refolding_gives_the_same_bytes() {
    for (seed, engine) in (1..).zip(ENGINES) {
        let mut rng = StdRng::seed_from_u64(seed);
        let chain = Chain::start(engine).await;
        let (first, second) = (Device::new(1, "S001"), Device::new(2, "S001"));
        chain.ledger.append(manager("S001"), vec![first.opened(4_000)]).await.expect("answers");
        let mut chunks: Vec<Vec<DeviceEvent>> = Vec::new();
        for device in [&first, &second] {
            let events = random_events(&mut rng, device, 90);
            chunks.extend(events.chunks(9).map(<[DeviceEvent]>::to_vec));
        }
        // Devices' requests arrive in any order; only what takes back a count follows it, and is refused otherwise.
        chunks.shuffle(&mut rng);
        let mut n_accepted = 0;
        for chunk in chunks {
            let answers = chain.ledger.append(manager("S001"), chunk).await.expect("answers").answers;
            n_accepted += answers.iter().filter(|answer| matches!(answer.outcome, Outcome::Accepted { .. })).count();
        }
        assert!(n_accepted > 150, "{n_accepted}");
        let before = model_hash(&chain.database, &store("S001")).await.expect("reads");
        let rebuilt = rebuild(&chain.database, &masters(), &store("S001")).await.expect("rebuilds");
        assert_eq!((rebuilt.before, rebuilt.after), (before, before), "seed {seed}");

        // Damage is repaired, and the writer goes on where it was.
        chain.database.execute("DELETE line; DELETE board").await.expect("runs");
        let rebuilt = rebuild(&chain.database, &masters(), &store("S001")).await.expect("rebuilds");
        assert_ne!(rebuilt.before, before);
        assert_eq!(rebuilt.after, before);
        let stock = chain.database.stock(&store("S001"), None).await.expect("reads");
        let mut of_legs = std::collections::BTreeMap::new();
        for stored in chain.database.events(&store("S001"), 1, 1_000).await.expect("reads") {
            if let EventBody::Moved(Movement { legs, .. }) = stored.event.event.body {
                assert_eq!(legs.iter().map(|leg| leg.units).sum::<i64>(), 0);
                for leg in legs.into_iter().filter(|leg| leg.place.is_internal()) {
                    *of_legs.entry((leg.place, leg.sku)).or_default() += leg.units;
                }
            }
        }
        let on_hand: std::collections::BTreeMap<_, i64> =
            stock.into_iter().map(|(key, row)| (key, row.units)).collect();
        assert_eq!(on_hand, of_legs);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_that_was_cut_short_is_finished_at_the_start() {
    let chain = Chain::start(ENGINES[0]).await;
    let phone = Device::new(1, "S001");
    let events = vec![phone.opened(60), phone.counted(50, "A-01", 0, 3)];
    chain.ledger.append(manager("S001"), events).await.expect("answers");
    chain.ledger.clone().shutdown().await;
    let before = model_hash(&chain.database, &store("S001")).await.expect("reads");
    chain.database.execute("CREATE refold:S001; DELETE line; DELETE trace").await.expect("runs");
    let heads = chain.heads_file();
    crate::chain::start(&chain.database, &chain.directory, &chain.clock, heads).await.expect("starts");
    assert_eq!(model_hash(&chain.database, &store("S001")).await.expect("reads"), before);
    assert_eq!(chain.database.execute("SELECT * FROM refold").await.expect("reads"), "[]");
}
