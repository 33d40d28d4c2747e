//! What apps of the past have stored on phones is still understood: `fixtures/outbox-N.jsonl` holds one event of every
//! kind as version N of the app stored it. A file is never edited; a change of the format adds the next one.

use domain::credit::CreditEvent;
use domain::event::{DeviceEvent, EventBody};
use domain::transfer::Step;
use serde_json::Value;
use std::collections::BTreeSet;

const FIRST: &str = include_str!("../fixtures/outbox-1.jsonl");
/// What the second version added: alarms are followed up.
const SECOND: &str = include_str!("../fixtures/outbox-2.jsonl");
/// What the third added: goods go from store to store, and points of credit are disputed.
const THIRD: &str = include_str!("../fixtures/outbox-3.jsonl");

/// As in the stored text. Says at compile time when a kind is new and the newest fixture lacks it.
fn kind(body: &EventBody) -> &'static str {
    match body {
        EventBody::StocktakeOpened { .. } => "stocktake_opened",
        EventBody::Counted { .. } => "counted",
        EventBody::CountUndone { .. } => "count_undone",
        EventBody::StocktakeSubmitted { .. } => "stocktake_submitted",
        EventBody::Moved(_) => "moved",
        EventBody::Reversed { .. } => "reversed",
        EventBody::Approved { .. } => "approved",
        EventBody::Declined { .. } => "declined",
        EventBody::StocktakePlanned { .. } => "stocktake_planned",
        EventBody::ShelfFinished { .. } => "shelf_finished",
        EventBody::RecountAsked { .. } => "recount_asked",
        EventBody::LineDecided { .. } => "line_decided",
        EventBody::StocktakeApproved { .. } => "stocktake_approved",
        EventBody::StocktakeCancelled { .. } => "stocktake_cancelled",
        EventBody::VariancePosted { .. } => "variance_posted",
        EventBody::CaseTaken { .. } => "case_taken",
        EventBody::CaseClosed { .. } => "case_closed",
        EventBody::SheetKeyed { .. } => "sheet_keyed",
        EventBody::Transfer(told) => step(&told.step),
        EventBody::Credit(CreditEvent::Disputed { .. }) => "credit/disputed",
        EventBody::Credit(CreditEvent::Judged { .. }) => "credit/judged",
    }
}

/// The same for steps of transfers.
fn step(step: &Step) -> &'static str {
    match step {
        Step::Requested(_) => "transfer/requested",
        Step::Approved => "transfer/approved",
        Step::Rejected { .. } => "transfer/rejected",
        Step::Cancelled { .. } => "transfer/cancelled",
        Step::Confirmed { .. } => "transfer/confirmed",
        Step::Declined { .. } => "transfer/declined",
        Step::Picked { .. } => "transfer/picked",
        Step::HandedOver { .. } => "transfer/handed_over",
        Step::Received { .. } => "transfer/received",
        Step::Settled { .. } => "transfer/settled",
        Step::FlowReviewed { .. } => "transfer/flow_reviewed",
        Step::AnswerReminded
        | Step::AnswerEscalated
        | Step::FlowAbnormal
        | Step::FlowEscalated
        | Step::ApprovalReminded
        | Step::SendingReminded
        | Step::SendingEscalated => "the ledger's",
    }
}

/// Whether everything that `old` says stands in `new` too, which may say more.
fn says_all(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            old.iter().all(|(key, value)| new.get(key).is_some_and(|new| says_all(value, new)))
        }
        (Value::Array(old), Value::Array(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| says_all(old, new))
        }
        _ => old == new,
    }
}

#[test]
fn every_event_that_a_phone_may_still_hold_is_read() {
    let mut kinds = BTreeSet::new();
    for line in FIRST.lines().chain(SECOND.lines()).chain(THIRD.lines()) {
        let old: Value = serde_json::from_str(line).expect("JSON");
        let event: DeviceEvent = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
        kinds.insert(kind(&event.body));
        let new = serde_json::to_value(&event).expect("plain data");
        assert!(says_all(&old, &new), "something was lost of {line}");
    }
    assert_eq!(kinds.len(), 30, "one of every kind that a phone records: {kinds:?}");
    assert!(!kinds.contains("variance_posted") && !kinds.contains("the ledger's"), "only the ledger records it");
}
