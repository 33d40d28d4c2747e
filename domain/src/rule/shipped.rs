//! The rules that every chain begins with.

use super::{Advice, Bound, Compare, Condition, Is, QuietHours, Reach, Rule, RuleState, Telling};
use crate::case::Severity;
use crate::id::{PersonId, RuleCode};
use crate::master::Name;
use crate::measure::Measure;
use crate::policy::Role;

/// The channel that everybody has: the inbox in the app.
pub const INBOX: &str = "inbox";

fn compare(measure: Measure, is: Is, than: Bound) -> Condition {
    Condition::Compare(Compare { measure, is, than })
}

fn value(measure: Measure, is: Is, value: i64) -> Condition {
    compare(measure, is, Bound::Value(value))
}

/// What the shipped rules have in common: the whole chain, told in the inbox, and not at night.
fn rule(
    code: &str,
    [zh, en]: [&str; 2],
    owner: &PersonId,
    when: Condition,
    (severity, advice, role, again_after_h): (Severity, Advice, Role, u32),
) -> Rule {
    Rule {
        code: RuleCode::parse(code).expect("each code below is one"),
        version: 1,
        name: Name { zh: zh.to_owned(), en: en.to_owned() },
        owner: owner.clone(),
        state: RuleState::Active,
        when,
        reach: Reach::default(),
        severity,
        advice,
        tell: vec![Telling { role, channels: [INBOX.to_owned()].into() }],
        quiet: Some(QuietHours { from_min: 22 * 60, to_min: 7 * 60 }),
        again_after_h,
    }
}

/// The shipped rules, owned by `owner`.
#[must_use]
pub fn shipped(owner: &PersonId) -> Vec<Rule> {
    use Measure::{
        Available, DaysOfCover, DaysSinceCounted, DaysSinceReceived, DaysToBestBefore, Growth3d, InTransit, OnHand,
        SafetyStock, Sold28d, StockNearby,
    };
    let low_and_rising = Condition::All(vec![
        compare(Available, Is::Below, Bound::Share { percent: 100, of: SafetyStock }),
        // Unknown, and so never above, while the numbers are too small to tell growth from chance.
        value(Growth3d, Is::Above, 30),
    ]);
    let out_with_stock_nearby = Condition::All(vec![
        value(OnHand, Is::AtMost, 0),
        value(Sold28d, Is::Above, 0),
        value(StockNearby, Is::Above, 0),
        Condition::Not(Box::new(value(InTransit, Is::Above, 0))),
    ]);
    let slow = Condition::All(vec![
        value(OnHand, Is::Above, 0),
        value(DaysSinceReceived, Is::Above, 60),
        // What sold nothing at all has no days of cover.
        Condition::Any(vec![value(Sold28d, Is::AtMost, 0), value(DaysOfCover, Is::Above, 90)]),
    ]);
    let expiring = Condition::All(vec![
        value(OnHand, Is::Above, 0),
        value(DaysToBestBefore, Is::AtMost, 7),
        // What will be sold in time needs no warning.
        Condition::Any(vec![
            value(DaysToBestBefore, Is::Below, 0),
            value(Sold28d, Is::AtMost, 0),
            compare(DaysOfCover, Is::Above, Bound::Share { percent: 100, of: DaysToBestBefore }),
        ]),
    ]);
    let regional = Role::RegionalManager;
    let manager = Role::StoreManager;
    vec![
        rule(
            "LOW-AND-RISING",
            ["低于安全库存且销量上升", "Below safety stock and selling faster"],
            owner,
            low_and_rising,
            (Severity::High, Advice::Replenish, regional, 24),
        ),
        rule(
            "OUT-STOCK-NEARBY",
            ["缺货，附近门店有货", "Out of stock, stock nearby"],
            owner,
            out_with_stock_nearby,
            (Severity::High, Advice::Transfer, manager, 24),
        ),
        rule("SLOW-MOVER", ["滞销", "Slow mover"], owner, slow, (Severity::Low, Advice::MarkDown, regional, 14 * 24)),
        rule(
            "EXPIRING-SOON",
            ["临期", "Expiring soon"],
            owner,
            expiring,
            (Severity::Medium, Advice::SellFirst, manager, 2 * 24),
        ),
        rule(
            "NEGATIVE-STOCK",
            ["负库存", "Negative stock"],
            owner,
            value(OnHand, Is::Below, 0),
            (Severity::High, Advice::Count, manager, 24),
        ),
        rule(
            "COUNT-OVERDUE",
            ["超期未盘", "Count overdue"],
            owner,
            Condition::All(vec![value(OnHand, Is::Above, 0), value(DaysSinceCounted, Is::Above, 90)]),
            (Severity::Low, Advice::Count, manager, 7 * 24),
        ),
    ]
}
