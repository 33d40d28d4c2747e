use super::*;
use crate::id::SkuCode;
use crate::instant::MINUTE_MS;

const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

fn person(n: u8) -> PersonId {
    PersonId::parse(&format!("P{n}")).expect("valid")
}

fn shelf(code: &str, skus: &[&str]) -> Shelf {
    let items = skus.iter().map(|sku| SkuCode::parse(sku).expect("valid")).collect();
    Shelf { code: ShelfCode::parse(code).expect("valid"), items }
}

fn line(shelf: &str, sku: &str) -> LineRef {
    LineRef { shelf: ShelfCode::parse(shelf).expect("valid"), sku: SkuCode::parse(sku).expect("valid") }
}

/// Who counted how many of how many expected, so many minutes ago.
fn counted(counts: &[(u8, Units, Units, i64)]) -> CountLine {
    let tally = |(n, counted_units, expected_units, min): &(u8, Units, Units, i64)| {
        let observed_at = NOW.plus_ms(-min * MINUTE_MS);
        let (counted_units, expected_units) = (*counted_units, *expected_units);
        (person(*n), CounterTally { counted_units, n_observations: 1, observed_at, expected_units })
    };
    CountLine { tallies: counts.iter().map(tally).collect(), ..CountLine::default() }
}

fn stocktake(plan: Option<Plan>) -> Stocktake {
    let id = StocktakeId::parse("S001-20261122").expect("valid");
    let plan = plan.map(|plan| ((NOW, crate::id::EventId::MIN), plan));
    Stocktake { plan, ..Stocktake::opened(id, NOW, person(9)) }
}

fn plan(shelves: &[&str], lines: Vec<LineRef>) -> Plan {
    Plan {
        kind: PlanKind::Zone,
        shelves: shelves.iter().map(|code| ShelfCode::parse(code).expect("valid")).collect(),
        lines,
        assigned: [(ShelfCode::parse("A-01").expect("valid"), person(1))].into(),
        thresholds: Thresholds::default(),
    }
}

#[test]
fn a_plan_bounds_what_is_counted() {
    let shelves = [shelf("A-01", &["1", "2"]), shelf("A-02", &["3"])];
    let extra = || [line("A-01", "9"), line("A-02", "9")];
    assert_eq!(scope(None, &shelves, extra()).len(), 5);
    assert_eq!(scope(None, &shelves, []).len(), 3, "counters are not told what else is booked");
    assert_eq!(scope(Some(&plan(&["A-01"], Vec::new())), &shelves, extra()).len(), 3);
    let named = plan(&["A-01"], vec![line("A-01", "1")]);
    assert_eq!(scope(Some(&named), &shelves, extra()), [line("A-01", "1")].into());
}

#[test]
fn a_shelf_begun_and_left_is_abandoned_after_a_quarter_of_an_hour() {
    let shelves = [shelf("A-01", &["1", "2"])];
    let scope = scope(None, &shelves, []);
    let state = |counts: &[(&str, i64)], finished_min: Option<i64>| {
        let mut known = stocktake(None);
        if let Some(min) = finished_min {
            known.finished.insert(shelves[0].code.clone(), (NOW.plus_ms(-min * MINUTE_MS), person(1)));
        }
        let lines: Vec<(LineRef, CountLine)> =
            counts.iter().map(|(sku, min)| (line("A-01", sku), counted(&[(1, 1, 1, *min)]))).collect();
        let progress = shelf_progress(&known, &shelves, &scope, lines.iter().map(|(at, line)| (at, line)));
        progress[0].state(NOW)
    };
    assert_eq!(state(&[], None), ShelfState::Untouched);
    assert_eq!(state(&[("1", 2)], None), ShelfState::BeingCounted);
    assert_eq!(state(&[("1", 12)], None), ShelfState::Paused);
    assert_eq!(state(&[("1", 16)], None), ShelfState::Abandoned);
    assert_eq!(state(&[("1", 16), ("2", 2)], None), ShelfState::Complete);
    assert_eq!(state(&[("1", 16)], Some(3)), ShelfState::Complete);
    assert_eq!(state(&[("1", 2)], Some(3)), ShelfState::BeingCounted, "counted again after it was finished");
    assert_eq!(state(&[], Some(3)), ShelfState::Complete, "an empty shelf is finished without a count");
}

#[test]
fn people_are_shown_with_their_latest_shelf() {
    let shelves = [shelf("A-01", &["1"]), shelf("A-02", &["2"])];
    let known = stocktake(Some(plan(&["A-01", "A-02"], Vec::new())));
    let scope = scope(known.plan(), &shelves, []);
    let lines =
        [(line("A-01", "1"), counted(&[(1, 1, 1, 20)])), (line("A-02", "2"), counted(&[(1, 1, 1, 3), (2, 1, 1, 4)]))];
    let lines = || lines.iter().map(|(at, line)| (at, line));
    let progress = shelf_progress(&known, &shelves, &scope, lines());
    assert_eq!(progress[0].assigned, Some(person(1)));
    let people = counter_progress(&progress, lines(), NOW);
    assert_eq!(
        people.iter().map(|known| (known.person.clone(), known.n_lines)).collect::<Vec<_>>(),
        [(person(1), 2), (person(2), 1)]
    );
    assert_eq!(people[0].last.as_ref().map(|(_, shelf)| shelf.as_str()), Some("A-02"));
    assert_eq!((people[0].n_assigned, people[0].n_done), (1, 1));
}

#[test]
fn nothing_expected_is_told_before_counting_is_over() {
    let shelves = [shelf("A-01", &["1", "2"])];
    let scope = scope(None, &shelves, []);
    let lines = [(line("A-01", "1"), counted(&[(1, 7, 10, 5)])), (line("A-01", "9"), counted(&[(1, 3, 1, 5)]))];
    let sum = |known: &Stocktake| summarise(known, &scope, lines.iter().map(|(at, line)| (at, line)), |_| 200);
    let counting = sum(&stocktake(None));
    assert_eq!((counting.n_lines, counting.n_counted, counting.found), (3, 2, None));
    let over = sum(&Stocktake { submitted_at: Some(NOW), ..stocktake(None) });
    let found = Found { units: -1, short_minor: 600, over_minor: 400 };
    assert_eq!((over.found, found.net_minor()), (Some(found), -200));
}

#[test]
fn a_review_sorts_by_money_and_counts_by_filter() {
    let lines = [
        (line("A-01", "1"), counted(&[(1, 9, 10, 5)]), 100),
        (line("A-01", "2"), counted(&[(1, 0, 10, 5)]), 1_000),
        (line("A-01", "3"), counted(&[(1, 5, 10, 5), (2, 4, 10, 3)]), 100),
        (line("A-01", "4"), CountLine::default(), 100),
        (line("A-01", "5"), counted(&[(1, 10, 10, 5)]), 100),
    ];
    let facts = || {
        lines.iter().map(|(line, count, price_minor)| LineFacts {
            line,
            count,
            name: "x",
            price_minor: *price_minor,
            on_hand_units: 7,
        })
    };
    let thresholds = Thresholds::default();
    let all = review(facts(), Vec::new(), &thresholds);
    assert_eq!(all.n_lines, [3, 1, 1, 1, 1]);
    assert_eq!(all.to_recount, [line("A-01", "2")]);
    assert_eq!(all.uncounted, [line("A-01", "4")]);
    let (off, n_all) = review_lines(facts(), &thresholds, LineFilter::Off, 0);
    assert_eq!(n_all, 3);
    assert_eq!(off.iter().map(ReviewLine::value_minor).collect::<Vec<_>>(), [-10_000, -600, -100]);
    assert_eq!((off[1].taken.clone(), off[1].counts.len()), (None, 2), "a dispute takes nobody's count");
    assert_eq!(review_lines(facts(), &thresholds, LineFilter::Off, 2).0.len(), 1);
}
