//! Failures that were filed against other inventory systems, each ruled out here: against the real ledger, in memory
//! and on disk. Each test's comment names the report.
//!
//! Those about the phone itself stand with the browser: "offline scans upload by themselves" (hotwax#734, #1014) and
//! "the app is killed in the middle of a count" (hotwax#747, #748) in `e2e/counting.spec.ts`; "frames that show a part
//! of a barcode" (Telerik#30) in `domain/src/scan/tests.rs`; "5 typed, then scanned" (RepairDesk#1004) in
//! `domain/src/tally.rs`.

use crate::chain::{Chain, Device, ENGINES, Engine, manager, person, shelf, sku, stocktake, store};
use domain::accept::Refusal;
use domain::event::{DeviceEvent, EventBody};
use domain::id::EventId;
use domain::movement::{Movement, MovementKind, Place, Units, carry};
use domain::policy::{Role, Scope, Viewer};
use domain::stocktake::{LineRef, Plan, PlanKind, Thresholds};
use domain::sync::Outcome;
use std::collections::BTreeMap;

fn on(code: &str) -> Place {
    Place::Shelf(shelf(code))
}

fn who(code: &str, role: Role) -> Viewer {
    Viewer { id: person(code), name: code.to_owned(), role, scope: Scope::Store(store("S001")) }
}

impl Chain {
    async fn take(&self, event: DeviceEvent) -> Outcome {
        self.take_by(manager("S001"), event).await
    }

    async fn take_by(&self, viewer: Viewer, event: DeviceEvent) -> Outcome {
        let event = DeviceEvent { person: viewer.id.clone(), ..event };
        let answer = self.ledger.append(viewer, vec![event]).await.expect("answers");
        answer.answers[0].outcome.clone()
    }

    async fn must_take(&self, event: DeviceEvent) -> EventId {
        let id = event.id;
        let outcome = self.take(event).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
        id
    }

    async fn on_hand(&self, code: &str, item: usize) -> Units {
        let rows = self.database.stock(&store("S001"), Some(&shelf(code))).await.expect("reads");
        rows.into_iter().find(|((_, of), _)| *of == sku(item)).map_or(0, |(_, row)| row.units)
    }

    /// Submits and approves today's stocktake, `ago_s` seconds ago.
    async fn approve(&self, device: &Device, ago_s: i64, zeroed: Vec<LineRef>) {
        self.must_take(device.submitted(ago_s)).await;
        let body = EventBody::StocktakeApproved { stocktake: stocktake("S001"), zeroed };
        self.must_take(device.event(ago_s - 1, body)).await;
        assert!(self.flaws().await.is_empty());
    }
}

fn line(code: &str, item: usize) -> LineRef {
    LineRef { shelf: shelf(code), sku: sku(item) }
}

fn refused(outcome: Outcome) -> Refusal {
    match outcome {
        Outcome::Refused { why } => why,
        other => panic!("{other:?} was to be refused"),
    }
}

/// erpnext#54640, #54295: a document before a count is cancelled or added later, and the counted stock changes.
#[tokio::test(flavor = "multi_thread")]
async fn a_count_stands_whatever_happens_to_documents_before_it() {
    for engine in ENGINES {
        let chain = Chain::start(engine).await;
        let phone = Device::new(1, "S001");
        let receipt = chain.must_take(phone.moved(900, 0, 5, Place::Supplier, on("A-01"))).await;
        chain.must_take(phone.opened(800)).await;
        chain.must_take(phone.counted(700, "A-01", 0, 1)).await;
        chain.approve(&phone, 600, Vec::new()).await;
        assert_eq!(chain.on_hand("A-01", 0).await, 1);
        chain.must_take(phone.moved(850, 0, 7, Place::Supplier, on("A-01"))).await;
        assert_eq!(chain.on_hand("A-01", 0).await, 1, "a receipt of before the count arrives after it");
        let body = EventBody::Reversed { cites: receipt, note: None };
        chain.must_take(phone.event(100, body)).await;
        assert_eq!(chain.on_hand("A-01", 0).await, -4, "a reversal happens now, and is seen");
        assert!(chain.flaws().await.is_empty());
    }
}

/// open-msupply#11408: a line that nobody counted moves meanwhile, and the stocktake can no longer be finished.
#[tokio::test(flavor = "multi_thread")]
async fn an_uncounted_line_moves_and_the_stocktake_is_finished_all_the_same() {
    let chain = Chain::start(Engine::Memory).await;
    let phone = Device::new(1, "S001");
    chain.must_take(phone.moved(900, 0, 5, Place::Supplier, on("A-01"))).await;
    chain.must_take(phone.moved(900, 1, 5, Place::Supplier, on("A-01"))).await;
    chain.must_take(phone.opened(800)).await;
    chain.must_take(phone.counted(700, "A-01", 0, 5)).await;
    chain.must_take(phone.moved(650, 1, 2, on("A-01"), Place::Customer)).await;
    chain.approve(&phone, 600, Vec::new()).await;
    assert_eq!(chain.on_hand("A-01", 1).await, 3, "left alone");
}

/// open-msupply#11439, OCA stock-logistics-warehouse#1947: a sale between the first scan and the end of the stocktake
/// turns up as a variance.
#[tokio::test(flavor = "multi_thread")]
async fn a_sale_between_count_and_approval_is_no_variance() {
    let chain = Chain::start(Engine::Memory).await;
    let phone = Device::new(1, "S001");
    chain.must_take(phone.moved(900, 0, 5, Place::Supplier, on("A-01"))).await;
    chain.must_take(phone.opened(800)).await;
    chain.must_take(phone.counted(700, "A-01", 0, 5)).await;
    chain.must_take(phone.moved(650, 0, 2, on("A-01"), Place::Customer)).await;
    let detail = chain.detail("A-01").await;
    assert_eq!((detail.lines[0].counted_units, detail.lines[0].expected_units), (Some(5), Some(5)));
    chain.approve(&phone, 600, Vec::new()).await;
    assert_eq!(chain.on_hand("A-01", 0).await, 3);
}

/// OCA#2287: several people count one item on several shelves, and the last count replaces the others.
#[tokio::test(flavor = "multi_thread")]
async fn counts_of_one_item_on_several_shelves_add_up_and_each_has_its_counter() {
    let chain = Chain::start(Engine::Memory).await;
    let phone = Device::new(1, "S001");
    chain.must_take(phone.opened(800)).await;
    for (n, code) in ["A-01", "A-02", "B-01"].into_iter().enumerate() {
        let device = Device::new(10 + n as u64, "S001");
        let counter = who(&format!("P1{n}"), Role::Clerk);
        let outcome = chain.take_by(counter, device.counted(700, code, 0, 3)).await;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    }
    let lines = chain.database.count_lines(&store("S001"), &stocktake("S001")).await.expect("reads");
    let counters: Vec<&str> = lines.iter().flat_map(|(_, line)| line.tallies.keys().map(|who| who.as_str())).collect();
    assert_eq!(counters, ["P10", "P11", "P12"]);
    chain.approve(&phone, 600, Vec::new()).await;
    let mut total = 0;
    for code in ["A-01", "A-02", "B-01"] {
        total += chain.on_hand(code, 0).await;
    }
    assert_eq!(total, 9);
}

/// hotwax#734: a counted 0 is taken for "not counted".
#[tokio::test(flavor = "multi_thread")]
async fn a_counted_zero_empties_the_shelf_and_an_uncounted_line_does_not() {
    let chain = Chain::start(Engine::Memory).await;
    let phone = Device::new(1, "S001");
    for item in 0..3 {
        chain.must_take(phone.moved(900, item, 5, Place::Supplier, on("A-01"))).await;
    }
    chain.must_take(phone.opened(800)).await;
    chain.must_take(phone.counted(700, "A-01", 0, 0)).await;
    chain.approve(&phone, 600, vec![line("A-01", 2)]).await;
    let mut left = Vec::new();
    for item in 0..3 {
        left.push(chain.on_hand("A-01", item).await);
    }
    assert_eq!(left, [0, 5, 0], "counted 0, uncounted, and taken as 0 by the manager's word");
}

/// POSNext#48, #50: the same batch sent again doubles the quantities.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_batch_three_times_has_one_effect() {
    for engine in ENGINES {
        let chain = Chain::start(engine).await;
        let phone = Device::new(1, "S001");
        let batch = vec![
            phone.moved(900, 0, 5, Place::Supplier, on("A-01")),
            phone.opened(800),
            phone.counted(700, "A-01", 0, 4),
            phone.submitted(600),
            phone.event(500, EventBody::StocktakeApproved { stocktake: stocktake("S001"), zeroed: Vec::new() }),
        ];
        let mut answers = Vec::new();
        for _ in 0..3 {
            answers.push(chain.ledger.append(manager("S001"), batch.clone()).await.expect("answers"));
        }
        assert!(answers[1].answers.iter().all(|answer| matches!(answer.outcome, Outcome::Duplicate { .. })));
        assert_eq!(answers[1], answers[2]);
        assert_eq!(chain.on_hand("A-01", 0).await, 4);
        assert_eq!(answers[2].heads[0].head.seq, 6, "five events and one posting");
    }
}

/// open-msupply#9666: a line added once the document is on its way is neither seen nor refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_plan_changed_after_the_counting_is_refused() {
    let chain = Chain::start(Engine::Memory).await;
    let phone = Device::new(1, "S001");
    let planned = |ago_s, shelves: &[&str]| {
        let plan = Plan {
            kind: PlanKind::Zone,
            shelves: shelves.iter().map(|code| shelf(code)).collect(),
            lines: Vec::new(),
            assigned: BTreeMap::new(),
            thresholds: Thresholds::default(),
        };
        phone.event(ago_s, EventBody::StocktakePlanned { stocktake: stocktake("S001"), plan })
    };
    chain.must_take(planned(900, &["A-01"])).await;
    chain.must_take(planned(850, &["A-01", "A-02"])).await;
    chain.must_take(phone.submitted(800)).await;
    assert_eq!(refused(chain.take(planned(700, &["A-01", "A-02", "B-01"])).await), Refusal::StocktakeSubmitted);
    assert_eq!(refused(chain.take(planned(700, &[])).await), Refusal::StocktakeSubmitted);
}

/// tezgah#147: the server dies between debit and credit. Both sides are one event: half of it cannot be said.
#[tokio::test(flavor = "multi_thread")]
async fn half_a_movement_cannot_be_recorded() {
    let chain = Chain::start(Engine::Memory).await;
    let phone = Device::new(1, "S001");
    let legs = carry(&sku(0), 5, Place::Supplier, on("A-01"))[1..].to_vec();
    let half = phone.event(100, EventBody::Moved(Movement::new(MovementKind::Receipt, legs)));
    assert!(matches!(refused(chain.take(half).await), Refusal::Unbalanced { .. }));
    assert_eq!(chain.on_hand("A-01", 0).await, 0);
}

/// odoo test_quant_mt: parallel writers lose updates.
#[tokio::test(flavor = "multi_thread")]
async fn parallel_writers_lose_nothing() {
    for engine in ENGINES {
        let chain = Chain::start(engine).await;
        let other = chain.another_ledger().await;
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..8 {
            let ledger = if n % 2 == 0 { chain.ledger.clone() } else { other.clone() };
            tasks.spawn(async move {
                let device = Device::new(20 + n, "S001");
                for ago_s in 0..10 {
                    let event = device.moved(100 + ago_s, 0, 1, Place::Supplier, on("A-01"));
                    let answer = ledger.append(manager("S001"), vec![event]).await.expect("answers");
                    assert!(matches!(answer.answers[0].outcome, Outcome::Accepted { .. }));
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.expect("no writer panics");
        }
        assert_eq!(chain.on_hand("A-01", 0).await, 80);
        assert!(chain.flaws().await.is_empty());
    }
}

/// openboxes#6: a movement entered late is dated by when it was entered.
#[tokio::test(flavor = "multi_thread")]
async fn a_movement_keeps_the_time_at_which_it_happened() {
    let chain = Chain::start(Engine::Memory).await;
    let phone = Device::new(1, "S001");
    let event = phone.moved(86_400, 0, 5, Place::Supplier, on("A-01"));
    let happened = event.effective_at;
    chain.must_take(event).await;
    let stored = chain.database.events(&store("S001"), 1, 1).await.expect("reads");
    assert_eq!(stored[0].event.effective_at(), happened);
    assert_eq!(stored[0].event.stamp.recorded_at, chain.clock.now());
}

/// A recount by who counted before, and an approval over an open dispute: nobody's report, but the same kind of hole.
#[tokio::test(flavor = "multi_thread")]
async fn a_recount_needs_somebody_else_and_a_dispute_somebody_to_decide() {
    let chain = Chain::start(Engine::Memory).await;
    let phone = Device::new(1, "S001");
    let counter = |n| who(&format!("P2{n}"), Role::Clerk);
    // Each count on a phone of its own.
    let counted = |n: u64, ago_s: i64, units| {
        Device::new(n * 10_000 + ago_s.unsigned_abs(), "S001").counted(ago_s, "A-01", 0, units)
    };
    let body = |body| phone.event(300, body);
    chain.must_take(phone.moved(900, 0, 50, Place::Supplier, on("A-01"))).await;
    chain.must_take(phone.opened(800)).await;
    chain.take_by(counter(1), counted(1, 700, 40)).await;
    chain.must_take(phone.submitted(600)).await;
    let approved = || body(EventBody::StocktakeApproved { stocktake: stocktake("S001"), zeroed: Vec::new() });
    assert_eq!(refused(chain.take(approved()).await), Refusal::LinesOpen { n_lines: 1 }, "100 yuan are missing");
    let late = chain.take_by(counter(2), counted(2, 550, 41)).await;
    assert_eq!(refused(late), Refusal::StocktakeSubmitted, "nobody asked for it");
    let asked = EventBody::RecountAsked { stocktake: stocktake("S001"), lines: vec![line("A-01", 0)] };
    chain.must_take(phone.event(500, asked)).await;
    assert_eq!(refused(chain.take_by(counter(1), counted(1, 450, 1)).await), Refusal::SamePersonRecount);
    chain.take_by(counter(2), counted(2, 440, 41)).await;
    assert_eq!(refused(chain.take(approved()).await), Refusal::LinesOpen { n_lines: 1 }, "40 or 41?");
    let decided = |who: &str| EventBody::LineDecided {
        stocktake: stocktake("S001"),
        line: line("A-01", 0),
        counter: person(who),
    };
    assert_eq!(refused(chain.take(body(decided("P29"))).await), Refusal::NotCountedBy);
    chain.must_take(body(decided("P22"))).await;
    chain.must_take(approved()).await;
    assert_eq!(chain.on_hand("A-01", 0).await, 41);
    assert_eq!(refused(chain.take_by(counter(3), counted(3, 690, 9)).await), Refusal::StocktakeOver);
    let forged = EventBody::VariancePosted { stocktake: stocktake("S001"), lines: Vec::new() };
    assert_eq!(refused(chain.take(body(forged)).await), Refusal::LedgerOnly);
}

/// medusa#16488, #16338: moving reserved stock, or selling it, lets the same pieces be promised again.
#[tokio::test(flavor = "multi_thread")]
async fn promised_pieces_are_not_promised_again_wherever_they_are_moved() {
    use crate::transfer::{lines, manager, why};
    for engine in ENGINES {
        let chain = Chain::stocked(engine, 10).await;
        let confirmed = |units| domain::transfer::Step::Confirmed { lines: lines(units) };
        let promised = chain.request(6, &["S001"]).await;
        chain.must_step(&manager("S001"), promised, confirmed(6)).await;
        let second = chain.request(6, &["S001"]).await;
        let phone = Device::new(9, "S001");
        let beyond = |available| Refusal::NotAvailable { sku: sku(0), available };
        chain.must_take(phone.moved(0, 0, 10, on("A-01"), on("B-01"))).await;
        assert_eq!(why(chain.step(&manager("S001"), second, confirmed(6)).await), beyond(4));
        chain.must_take(phone.moved(0, 0, 5, on("B-01"), Place::Customer)).await;
        assert_eq!(why(chain.step(&manager("S001"), second, confirmed(1)).await), beyond(0));
        chain.is_sound().await;
    }
}
