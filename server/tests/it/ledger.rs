//! Appending: idempotent, refused with reasons, safe among many writers.

use crate::chain::{Chain, Device, ENGINES, Engine, keys, manager, person, shelf, sku, store};
use domain::accept::{PhotoFact, PhotoTaking, Refusal};
use domain::chain::Hash;
use domain::event::EventBody;
use domain::id::StoreCode;
use domain::movement::{Movement, MovementKind, Place, Reason, carry};
use domain::photo::{FineHash, Likeness, PerceptualHash, PhotoId, PhotoKind};
use domain::sync::Outcome;
use server::ledger::{Health, Ledger, LedgerError, Photos};
use server::store::photo::PhotoRecord;
use std::sync::Arc;
use std::time::Duration;

fn outcomes(appended: &server::ledger::Appended) -> Vec<Outcome> {
    appended.answers.iter().map(|answer| answer.outcome.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_again_changes_nothing_and_other_content_is_refused() {
    for engine in ENGINES {
        let chain = Chain::start(engine).await;
        let phone = Device::new(1, "S001");
        let events = vec![phone.opened(60), phone.counted(50, "A-01", 0, 3), phone.counted(40, "A-01", 0, -1)];
        let first = chain.ledger.append(manager("S001"), events.clone()).await.expect("answers");
        let accepted: Vec<Outcome> = (1..=3).map(|seq| Outcome::Accepted { seq }).collect();
        assert_eq!(outcomes(&first), accepted);
        assert_eq!(first.heads.len(), 1);

        let again = chain.ledger.append(manager("S001"), events.clone()).await.expect("answers");
        let duplicates: Vec<Outcome> = (1..=3).map(|seq| Outcome::Duplicate { seq }).collect();
        assert_eq!(outcomes(&again), duplicates);
        assert_eq!(again.heads, first.heads);

        let mut altered = events[1].clone();
        altered.effective_at = altered.effective_at.plus_ms(1);
        let twice = phone.counted(30, "A-02", 1, 2);
        let batch = vec![altered, twice.clone(), twice];
        let mixed = chain.ledger.append(manager("S001"), batch).await.expect("answers");
        let expected =
            [Outcome::Refused { why: Refusal::IdReused }, Outcome::Accepted { seq: 4 }, Outcome::Duplicate { seq: 4 }];
        assert_eq!(outcomes(&mixed), expected);
    }
}

/// What is known of photos, by something that is broken.
struct Broken;

impl Photos for Broken {
    fn fact(&self, _: &PhotoId, _: &StoreCode) -> PhotoFact {
        panic!("nothing is known of photos")
    }

    fn taking(&self, _: &PhotoId) -> Option<PhotoTaking> {
        None
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_panics_stops_the_ledger_and_is_said_to() {
    let chain = Chain::start(Engine::Memory).await;
    let photo = PhotoId::of(b"photo");
    let record = PhotoRecord {
        id: photo,
        store: store("S001"),
        person: person("P1"),
        at: chain.clock.now(),
        taken_at: chain.clock.now(),
        kind: PhotoKind::Jpeg,
        n_bytes: 1,
        width: 1,
        height: 1,
        likeness: Likeness { coarse: PerceptualHash(0), fine: FineHash([0; 4]) },
        kept: Hash::GENESIS,
    };
    chain.database.add_photo(&record).await.expect("writes");
    let heads = chain.files.path().join("broken.jsonl");
    let (database, directory) = (chain.database.clone(), chain.directory.clone());
    let started = Ledger::start(database, directory, keys(), Arc::new(Broken), chain.clock.clone(), heads).await;
    let ledger = started.expect("starts");
    let phone = Device::new(1, "S001");
    let legs = carry(&sku(0), 1, Place::Shelf(shelf("A-01")), Place::Shrinkage).to_vec();
    let write_off =
        Movement { reason: Some(Reason::Damaged), photos: vec![photo], ..Movement::new(MovementKind::WriteOff, legs) };
    let event = phone.event(10, EventBody::Moved(write_off));
    assert!(ledger.append(manager("S001"), vec![event]).await.is_err());
    // Who waits for the end of the program is told, readiness fails, and nobody waits for an answer.
    let why = tokio::time::timeout(Duration::from_secs(20), ledger.stopped()).await.expect("says so");
    assert_eq!(*ledger.health().borrow(), Health::Stopped(why));
    let later = ledger.append(manager("S001"), vec![phone.opened(5)]).await;
    assert!(matches!(later, Err(LedgerError::Stopped(_))), "{later:?}");
    chain.ledger.append(manager("S001"), vec![phone.opened(5)]).await.expect("the other process goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_accepted_is_on_the_board_the_shelf_and_the_trace() {
    for engine in ENGINES {
        let chain = Chain::start(engine).await;
        let phone = Device::new(1, "S001");
        let count = phone.counted(40, "A-01", 0, 3);
        let events = vec![
            phone.moved(300, 0, 5, Place::Supplier, Place::Shelf(shelf("A-01"))),
            phone.opened(60),
            count.clone(),
            phone.counted(40, "A-01", 1, 9),
            phone.undone(20, count.id),
            phone.counted(10, "A-01", 0, 4),
        ];
        let answers = chain.ledger.append(manager("S001"), events).await.expect("answers");
        assert!(outcomes(&answers).iter().all(|outcome| matches!(outcome, Outcome::Accepted { .. })), "{answers:?}");
        let now = chain.clock.now();
        let detail = chain.detail("A-01").await;
        let first = &detail.lines[0];
        assert_eq!((first.on_hand_units, first.counted_units, first.expected_units), (5, Some(4), Some(5)));
        assert_eq!((detail.cell.count.n_counted, detail.cell.count.abs_variance_units), (2, 10));
        assert_eq!(detail.traces.iter().map(|trace| trace.seq).collect::<Vec<_>>(), [6, 5, 4, 3, 1]);
        assert_eq!(detail.traces[0].person_name, "王芳");
        let plan =
            chain.database.store_plan(&chain.directory, &store("S001"), now).await.expect("reads").expect("exists");
        assert_eq!(plan.row.seq, 6);
        assert_eq!(plan.row.cells[0].count.n_counted, 1);
        assert_eq!(plan.row.cells[0].n_planned, 9);
        assert_eq!(plan.traces.len(), 6);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_writers_of_the_same_events_record_each_once() {
    for engine in ENGINES {
        let chain = Chain::start(engine).await;
        let phone = Device::new(1, "S001");
        let events: Vec<_> =
            [phone.opened(60)].into_iter().chain((0..20).map(|n| phone.counted(50 - n, "A-01", 1, 1))).collect();
        let senders = (0..16).map(|_| {
            let (ledger, events) = (chain.ledger.clone(), events.clone());
            tokio::spawn(async move { ledger.append(manager("S001"), events).await.expect("answers") })
        });
        let answers = futures::future::join_all(senders).await;
        let mut n_accepted = 0;
        for answer in answers {
            for (n, outcome) in (1..).zip(outcomes(&answer.expect("ends"))) {
                match outcome {
                    Outcome::Accepted { seq } => {
                        n_accepted += 1;
                        assert_eq!(seq, n);
                    }
                    Outcome::Duplicate { seq } => assert_eq!(seq, n),
                    Outcome::Refused { why } => panic!("{why}"),
                }
            }
        }
        assert_eq!(n_accepted, 21);
        let head = chain.database.head(&store("S001")).await.expect("reads").expect("has events").head;
        assert_eq!(head.seq, 21);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_one_database_record_each_event_once_without_gaps() {
    for engine in ENGINES {
        let chain = Chain::start(engine).await;
        let other = chain.another_ledger().await;
        let opened = Device::new(9, "S001").opened(90);
        chain.ledger.append(manager("S001"), vec![opened]).await.expect("answers");
        let senders = (1..=8_u64).map(|n| {
            let ledger = if n % 2 == 0 { chain.ledger.clone() } else { other.clone() };
            tokio::spawn(async move {
                let phone = Device::new(n, "S001");
                let mut seqs = Vec::new();
                for ago_s in (0..6).rev() {
                    let event = phone.counted(ago_s, "B-01", 2, 1);
                    let answer = ledger.append(manager("S001"), vec![event]).await.expect("answers");
                    match outcomes(&answer)[0] {
                        Outcome::Accepted { seq } => seqs.push(seq),
                        ref other => panic!("{other:?}"),
                    }
                }
                seqs
            })
        });
        let mut seqs: Vec<u64> = Vec::new();
        for answer in futures::future::join_all(senders).await {
            seqs.extend(answer.expect("ends"));
        }
        seqs.sort_unstable();
        assert_eq!(seqs, (2..=49).collect::<Vec<u64>>());
        let detail = chain.detail("B-01").await;
        assert_eq!(detail.lines[2].counted_units, Some(48));
        assert!(chain.flaws().await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_does_not_depend_on_the_order_of_arrival() {
    let mut boards = Vec::new();
    for reversed in [false, true] {
        let chain = Chain::start(Engine::Memory).await;
        let (till, phone) = (Device::new(1, "S001"), Device::new(2, "S001"));
        let on_shelf = || Place::Shelf(shelf("A-01"));
        let opened = phone.opened(900);
        let mut events = vec![
            till.moved(1_000, 0, 10, Place::Supplier, on_shelf()),
            phone.counted(500, "A-01", 0, 7),
            till.moved(700, 0, 2, on_shelf(), Place::Customer),
            phone.counted(300, "A-01", 0, 1),
            till.moved(400, 0, 1, on_shelf(), Place::Customer),
            till.moved(100, 0, 1, on_shelf(), Place::Customer),
        ];
        if reversed {
            events.reverse();
        }
        for event in [opened].into_iter().chain(events) {
            let answer = chain.ledger.append(manager("S001"), vec![event]).await.expect("answers");
            assert!(matches!(outcomes(&answer)[0], Outcome::Accepted { .. }));
        }
        let detail = chain.detail("A-01").await;
        assert_eq!((detail.lines[0].counted_units, detail.lines[0].expected_units), (Some(8), Some(7)));
        assert_eq!(detail.lines[0].on_hand_units, 6);
        boards.push((detail.lines, detail.cell));
    }
    assert_eq!(boards[0], boards[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_taken_is_refused_and_the_rest_goes_through() {
    let chain = Chain::start(Engine::Memory).await;
    let (phone, elsewhere) = (Device::new(1, "S001"), Device::new(2, "S002"));
    let mut late = phone.counted(0, "A-01", 0, 1);
    late.effective_at = late.effective_at.plus_ms(-40 * domain::instant::DAY_MS);
    let mut unknown_store = elsewhere.opened(5);
    unknown_store.store = store("S404");
    let events = vec![
        phone.opened(60),
        elsewhere.opened(60),
        phone.counted(50, "Z-99", 0, 1),
        late,
        unknown_store,
        phone.counted(40, "A-01", 0, 1),
    ];
    let answers = outcomes(&chain.ledger.append(manager("S001"), events).await.expect("answers"));
    let refused = |why| Outcome::Refused { why };
    let expected = [
        Outcome::Accepted { seq: 1 },
        refused(Refusal::NotAllowed),
        refused(Refusal::UnknownShelf),
        refused(Refusal::TooOld { age_days: 40 }),
        refused(Refusal::UnknownStore),
        Outcome::Accepted { seq: 2 },
    ];
    assert_eq!(answers, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_queued_before_the_shutdown_is_answered() {
    let chain = Chain::start(Engine::Disk).await;
    let phone = Device::new(1, "S001");
    chain.ledger.append(manager("S001"), vec![phone.opened(60)]).await.expect("answers");
    let sends: Vec<_> = (0..10)
        .map(|n| {
            let (ledger, event) = (chain.ledger.clone(), phone.counted(50 - n, "A-01", 0, 1));
            async move { ledger.append(manager("S001"), vec![event]).await }
        })
        .collect();
    let mut sends = Box::pin(futures::future::join_all(sends));
    // Polled once, so that all ten have queued.
    let _ = futures::poll!(&mut sends);
    chain.ledger.clone().shutdown().await;
    let answers = sends.await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let after = chain.ledger.append(manager("S001"), vec![phone.counted(1, "A-01", 0, 1)]).await;
    assert!(matches!(after, Err(LedgerError::ShuttingDown)));
    let witnessed = std::fs::read_to_string(chain.heads_file()).expect("reads");
    assert!(witnessed.contains("\"seq\":11"), "{witnessed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submitted_stocktake_takes_only_what_was_counted_before() {
    let chain = Chain::start(Engine::Memory).await;
    let (phone, late, till) = (Device::new(1, "S001"), Device::new(2, "S001"), Device::new(3, "S001"));
    let first = vec![phone.opened(900), phone.counted(500, "A-01", 0, 3), phone.submitted(300)];
    chain.ledger.append(manager("S001"), first).await.expect("answers");
    let second = vec![
        late.counted(400, "A-02", 0, 2),
        late.counted(200, "A-02", 0, 2),
        till.moved(600, 0, 5, Place::Supplier, Place::Shelf(shelf("A-01"))),
    ];
    let answers = outcomes(&chain.ledger.append(manager("S001"), second).await.expect("answers"));
    let refused = Outcome::Refused { why: Refusal::StocktakeSubmitted };
    assert_eq!(answers, [Outcome::Accepted { seq: 4 }, refused, Outcome::Accepted { seq: 5 }]);
    // The delivery took effect before the count, so it belongs to what was expected, though it arrived after.
    assert_eq!(chain.detail("A-01").await.lines[0].expected_units, Some(5));
}
