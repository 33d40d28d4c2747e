use super::*;
use crate::id::PersonId;
use crate::rule::{Bound, Compare, Condition, Is, RuleState, shipped};

fn at(day: i64) -> Timestamp {
    Timestamp::from_unix_ms(day * DAY_MS)
}

/// Warns when fewer than 5 pieces are there.
fn rule() -> Rule {
    let mut rule = shipped(&PersonId::parse("P1").expect("valid")).remove(4);
    rule.when = Condition::Compare(Compare { measure: Measure::OnHand, is: Is::Below, than: Bound::Value(5) });
    rule.again_after_h = 48;
    rule.state = RuleState::Paused;
    rule
}

type Moment = (Timestamp, BTreeMap<Measure, Figure>);

/// A line whose stock is known at the end of each day.
fn history(store: &str, stock: &[Option<i64>]) -> History<Vec<Moment>> {
    let figures = |units: &Option<i64>| units.iter().map(|units| (Measure::OnHand, Figure::whole(*units))).collect();
    History {
        store: StoreCode::parse(store).expect("valid"),
        region: RegionCode::parse("R1").expect("valid"),
        sku: SkuCode::parse("1").expect("valid"),
        category: CategoryCode::parse("C1").expect("valid"),
        moments: stock.iter().zip(0..).map(|(units, day)| (at(day), figures(units))).collect(),
    }
}

fn stock(units: &[i64]) -> Vec<Option<i64>> {
    units.iter().copied().map(Some).collect()
}

#[test]
fn firings_are_told_by_what_followed() {
    let lines = [
        // Warned on day 1 and, 48 hours later, again; runs out on day 4.
        history("S001", &stock(&[9, 4, 3, 2, 0, 0, 9, 9])),
        // Warned on day 2 and again on day 4, and never runs out.
        history("S002", &stock(&[9, 9, 4, 4, 4, 9, 9, 9])),
        // From plenty to nothing in a day: the warning comes with the stock-out.
        history("S003", &stock(&[9, 9, 0, 9, 9, 9, 9, 9])),
        // Warned on the last day.
        history("S004", &stock(&[9, 9, 9, 9, 9, 9, 9, 4])),
    ];
    let result = backtest(&rule(), 3, lines);
    let told: Vec<(&str, i64, Step, After)> = result
        .firings
        .iter()
        .map(|firing| (firing.store.as_str(), firing.at.unix_ms() / DAY_MS, firing.step, firing.after))
        .collect();
    assert_eq!(
        told,
        [
            ("S001", 1, Step::Raised, After::RanOut(at(4))),
            ("S002", 2, Step::Raised, After::Lasted),
            ("S003", 2, Step::Raised, After::WasOut),
            ("S001", 3, Step::Again, After::RanOut(at(4))),
            ("S002", 4, Step::Again, After::Lasted),
            ("S001", 5, Step::Again, After::WasOut),
            ("S004", 7, Step::Raised, After::TooEarlyToSay),
        ]
    );
    assert_eq!((result.n_lines, result.n_stock_outs, result.n_warned), (4, 2, 1));
    assert_eq!(result.precision(), Some(2.0 / 6.0));
    assert_eq!(result.recall(), Some(0.5));
    assert_eq!(result.by_store().values().map(|tally| tally.n()).collect::<Vec<_>>(), [3, 2, 1, 1]);
}

#[test]
fn unknown_stock_is_no_stock_out() {
    let result = backtest(&rule(), 3, [history("S001", &[Some(9), None, None, Some(9), None, Some(0)])]);
    assert_eq!(result.n_stock_outs, 1, "the one on the last day");
    assert_eq!(backtest(&rule(), 3, [history("S001", &stock(&[0, 0, 0]))]).n_stock_outs, 0, "it was never there");
}

#[test]
fn without_a_firing_there_is_no_precision() {
    let result = backtest(&rule(), 3, [history("S001", &stock(&[9, 9, 9]))]);
    assert_eq!((result.precision(), result.recall(), result.n_lines), (None, None, 1));
}
