//! What each event of a transfer says for or against a store.

use crate::id::{EventId, SkuCode, StoreCode};
use crate::instant::{DAY_MS, Timestamp};
use crate::movement::Units;
use crate::transfer::{Bearer, Phase, Step, StepKind, Taken, Transfer, TransferId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// From this value on a transfer counts in full, in minor units; below it in proportion.
const FULL_MINOR: i64 = 20_000;
/// The most that one day's dealings with one store count for, in thousandths.
const DAY_MAX: i64 = 1_000;
/// Goods that go the other way within this time earn nothing, in milliseconds.
const RETURN_MS: i64 = 30 * DAY_MS;
/// From confirmation to a withdrawal that is the source's fault, in milliseconds.
const PICKING_PATIENCE_MS: i64 = DAY_MS;

/// What a point is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointKind {
    /// The store sent what another wanted.
    Sent,
    /// It received in time what it had asked for.
    Received,
    /// It had to be reminded of an answer.
    AnsweredLate,
    /// The region had to be asked about its answer.
    AnswerEscalated,
    /// It declined.
    Declined,
    /// It promised fewer than it was asked for.
    PromisedLess,
    /// It sent fewer than it had promised.
    SentLess,
    /// It promised and had sent nothing a day later, when the other gave up.
    NotSent,
    /// It withdrew a request that another had promised to fulfil.
    Withdrew,
    /// It let goods wait: an abnormal flow.
    ReceivedLate,
    /// Nobody reviewed its abnormal flow.
    NotReviewed,
    /// It bears goods that did not arrive sound.
    Lost,
    /// It had to be reminded of goods it had promised.
    SentLate,
    /// The region had to be asked about goods it had promised.
    SendingEscalated,
}

impl PointKind {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::Sent,
        Self::Received,
        Self::AnsweredLate,
        Self::AnswerEscalated,
        Self::Declined,
        Self::PromisedLess,
        Self::SentLess,
        Self::NotSent,
        Self::Withdrew,
        Self::ReceivedLate,
        Self::NotReviewed,
        Self::Lost,
        Self::SentLate,
        Self::SendingEscalated,
    ];

    /// The stable code, as in keys and on the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Received => "received",
            Self::AnsweredLate => "answered_late",
            Self::AnswerEscalated => "answer_escalated",
            Self::Declined => "declined",
            Self::PromisedLess => "promised_less",
            Self::SentLess => "sent_less",
            Self::NotSent => "not_sent",
            Self::Withdrew => "withdrew",
            Self::ReceivedLate => "received_late",
            Self::NotReviewed => "not_reviewed",
            Self::Lost => "lost",
            Self::SentLate => "sent_late",
            Self::SendingEscalated => "sending_escalated",
        }
    }
}

/// Names a point: the event that made it and what it is for. The store is the one whose credit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PointKey {
    /// The event; the other store's, where that says it.
    pub event: EventId,
    /// What for.
    pub kind: PointKind,
}

/// Something that speaks for or against a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Which.
    pub key: PointKey,
    /// Of which transfer.
    pub transfer: TransferId,
    /// The store dealt with.
    pub with: StoreCode,
    /// When.
    pub at: Timestamp,
    /// Thousandths when it is made: positive for the store, negative against it.
    pub weight: i64,
}

impl Point {
    /// What for.
    #[must_use]
    pub fn kind(&self) -> PointKind {
        self.key.kind
    }
}

/// A store's points from its transfers, in order of time. Give it every transfer the store has a part in.
///
/// What is for a store is earned by goods that moved and stayed: in proportion to their value up to 200 yuan, no more
/// than one point a day with one store, and nothing for pieces of an item of which the store moved as many the other
/// way within 30 days, wherever they went. What is against it counts however small the transfer was.
#[must_use]
pub fn points<'a>(store: &StoreCode, transfers: impl IntoIterator<Item = &'a Transfer>) -> Vec<Point> {
    let transfers: Vec<&Transfer> = transfers.into_iter().collect();
    let flows = flows(store, &transfers);
    let mut points: Vec<Point> = Vec::new();
    for transfer in &transfers {
        if transfer.receiver == *store {
            as_receiver(transfer, &flows, &mut points);
        } else {
            as_source(store, transfer, &flows, &mut points);
        }
    }
    // A point that counts nothing explains nothing.
    points.retain(|point| point.weight != 0);
    points.sort_by_key(|point| (point.at, point.key));
    let mut earned: BTreeMap<(StoreCode, i64), i64> = BTreeMap::new();
    for point in points.iter_mut().filter(|point| point.weight > 0) {
        let of_day = earned.entry((point.with.clone(), point.at.unix_ms().div_euclid(DAY_MS))).or_default();
        point.weight = point.weight.min(DAY_MAX - *of_day);
        *of_day += point.weight;
    }
    points.retain(|point| point.weight != 0);
    points
}

/// Sound pieces that came to the store (positive) or left it, per item, with when they arrived.
type Flows<'a> = BTreeMap<&'a SkuCode, Vec<(Timestamp, Units)>>;

fn flows<'a>(store: &StoreCode, transfers: &[&'a Transfer]) -> Flows<'a> {
    let mut flows = Flows::new();
    for transfer in transfers {
        let Some(arrived) = transfer.step(StepKind::Receipt) else { continue };
        let sign = match transfer.source() {
            _ if transfer.receiver == *store => 1,
            Some(source) if source == store => -1,
            _ => continue,
        };
        for (sku, units) in arrived.step.units() {
            flows.entry(sku).or_default().push((arrived.at, sign * units));
        }
    }
    flows
}

/// What a transfer that arrived is worth to the credit of a store that moved its goods in direction `sign`.
fn earned(transfer: &Transfer, arrived: &Taken, sign: Units, flows: &Flows<'_>) -> i64 {
    let Some(left) = transfer.step(StepKind::HandOver) else { return 0 };
    let stayed = |(sku, units): (&SkuCode, Units)| {
        let is_near = |at: Timestamp| at.since(arrived.at).abs() <= RETURN_MS;
        let all = flows.get(sku).into_iter().flatten();
        let back: Units =
            all.filter(|(at, units)| is_near(*at) && units * sign < 0).map(|(_, units)| units.abs()).sum();
        (units - back).max(0)
    };
    let stayed: Units = arrived.step.units().into_iter().map(stayed).sum();
    let sent: Units = left.step.units().values().sum();
    // At most 400 lines of a million pieces; the value is capped first, so that the product stays far below 2⁶³.
    let value = left.value_minor.clamp(0, i64::MAX / 1_000_000_000) * stayed / sent.max(1);
    1_000 * value.min(FULL_MINOR) / FULL_MINOR
}

fn as_receiver(transfer: &Transfer, flows: &Flows<'_>, points: &mut Vec<Point>) {
    let Some(source) = transfer.source() else { return };
    let mut add = |taken: &Taken, kind, weight| points.push(point(transfer, source, taken, kind, weight));
    let arrived = transfer.step(StepKind::Receipt);
    // What was done offline before the hour came was in time, however late it arrived.
    let late = |kind| transfer.step(kind).filter(|flag| arrived.is_none_or(|arrived| arrived.at > flag.at));
    let flagged = late(StepKind::FlowAlarm);
    if let Some(flag) = flagged {
        add(flag, PointKind::ReceivedLate, -1_500);
    }
    if let Some(flag) = late(StepKind::FlowEscalation) {
        add(flag, PointKind::NotReviewed, -1_500);
    }
    if let Some(withdrawn) = transfer.step(StepKind::Cancellation)
        && let Some(promised) = transfer.step(StepKind::Answer)
        && promised.at <= withdrawn.at
        && withdrawn.at.since(promised.at) < PICKING_PATIENCE_MS
    {
        add(withdrawn, PointKind::Withdrew, -500);
    }
    if let Some((settled, weight)) = lost(transfer, Bearer::Receiver) {
        add(settled, PointKind::Lost, weight);
    } else if let Some(arrived) = arrived.filter(|_| flagged.is_none() && transfer.phase() == Phase::Closed) {
        add(arrived, PointKind::Received, earned(transfer, arrived, 1, flows) / 2);
    }
}

fn as_source(store: &StoreCode, transfer: &Transfer, flows: &Flows<'_>, points: &mut Vec<Point>) {
    let Some(side) = transfer.side(store) else { return };
    let mut add = |taken: &Taken, kind, weight| points.push(point(transfer, &transfer.receiver, taken, kind, weight));
    let answer = side.step(StepKind::Answer);
    let left = side.step(StepKind::HandOver);
    let lates = [
        (StepKind::AnswerReminder, answer, PointKind::AnsweredLate, -200),
        (StepKind::AnswerEscalation, answer, PointKind::AnswerEscalated, -600),
        (StepKind::SendingReminder, left, PointKind::SentLate, -200),
        (StepKind::SendingEscalation, left, PointKind::SendingEscalated, -600),
    ];
    for (flag, done, kind, weight) in lates {
        if let Some(flag) = side.step(flag).filter(|flag| done.is_none_or(|done| done.at > flag.at)) {
            add(flag, kind, weight);
        }
    }
    let Some(answer) = answer else { return };
    if matches!(answer.step, Step::Declined { .. }) {
        return add(answer, PointKind::Declined, -200);
    }
    let sum = |kind| transfer.units(kind).values().sum::<Units>();
    let (wanted, promised, sent) = (sum(StepKind::Request), sum(StepKind::Answer), sum(StepKind::HandOver));
    // The share of a request that is not promised is declined.
    add(answer, PointKind::PromisedLess, -200 * (wanted - promised).max(0) / wanted.max(1));
    if let Some(left) = left {
        add(left, PointKind::SentLess, -1_000 * (promised - sent).max(0) / promised.max(1));
    }
    if let Some(withdrawn) = transfer.step(StepKind::Cancellation)
        && withdrawn.at.since(answer.at) >= PICKING_PATIENCE_MS
    {
        add(withdrawn, PointKind::NotSent, -1_000);
    }
    if let Some((settled, weight)) = lost(transfer, Bearer::Source) {
        add(settled, PointKind::Lost, weight);
    } else if let Some(arrived) = transfer.step(StepKind::Receipt).filter(|_| transfer.phase() == Phase::Closed) {
        add(arrived, PointKind::Sent, earned(transfer, arrived, -1, flows));
    }
}

/// The settlement that makes `bearer` bear what did not arrive sound, and what that weighs: the more, the larger its
/// share of what was sent.
fn lost(transfer: &Transfer, bearer: Bearer) -> Option<(&Taken, i64)> {
    let settled = transfer.step(StepKind::Settlement)?;
    let Step::Settled { bearer: by, lines, .. } = &settled.step else { return None };
    let missing: Units = lines.iter().map(|line| line.units).sum();
    let sent: Units = transfer.sent().values().sum();
    (*by == bearer && missing > 0).then(|| (settled, -200 - 1_800 * missing / sent.max(1)))
}

fn point(transfer: &Transfer, with: &StoreCode, taken: &Taken, kind: PointKind, weight: i64) -> Point {
    let key = PointKey { event: taken.event, kind };
    Point { key, transfer: transfer.id, with: with.clone(), at: taken.at, weight }
}
