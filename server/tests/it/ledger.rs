//! Appending: idempotent, refused with reasons, safe among many writers.

use crate::chain::{Chain, Device, ENGINES, manager, shelf, store};
use domain::accept::Refusal;
use domain::movement::Place;
use domain::sync::Outcome;

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
        let detail = chain.database.shelf_detail(&chain.directory, &store("S001"), &shelf("A-01"), now).await;
        let detail = detail.expect("reads").expect("exists");
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
