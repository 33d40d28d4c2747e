//! The steps of a transfer, as events carry them.

use super::{Bearer, Carriage, DeclineReason, FlowCause, Line, LotLine, PickedLine, ReceivedLine, Request};
use crate::barcode::ScannedCode;
use crate::id::{EventId, SkuCode, UlidError};
use crate::movement::{Leg, Lot, Place, Units, carry};
use crate::photo::PhotoId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A transfer: named by the event that requested it. Sending the request again is the same transfer; its 26 characters
/// fit a QR code's alphanumeric set and an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TransferId(EventId);

impl TransferId {
    /// The transfer that the event requested.
    #[must_use]
    pub const fn of(request: EventId) -> Self {
        Self(request)
    }

    /// The event that requested it.
    #[must_use]
    pub const fn request(self) -> EventId {
        self.0
    }

    /// Reads the 26 characters, as in an address or a waybill's QR code.
    ///
    /// # Errors
    /// When the text is not a ULID.
    pub fn parse(text: &str) -> Result<Self, UlidError> {
        EventId::parse(text).map(Self)
    }

    /// The transfer whose waybill was scanned; `None` where the code is of something else.
    #[must_use]
    pub fn of_waybill(code: &ScannedCode) -> Option<Self> {
        match code {
            ScannedCode::Unknown { text } => Self::parse(text.trim()).ok(),
            _ => None,
        }
    }

    /// What people read aloud: `T-7K3M9Q`. Not unique: it tells the transfers of a list apart, never looks one up.
    #[must_use]
    pub fn spoken(self) -> String {
        format!("T-{}", &self.0.to_string()[20..])
    }
}

impl fmt::Display for TransferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A step that one store took, or that the hour brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferEvent {
    /// Of which transfer.
    pub transfer: TransferId,
    /// What was done.
    pub step: Step,
}

/// One step of a transfer. The receiving store's and the source's are told apart by [`StepKind::is_sources`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The receiving store asks for goods.
    Requested(Request),
    /// Somebody who answers for more than the store lets it ask.
    Approved,
    /// The request is turned down.
    Rejected {
        /// Why.
        note: String,
    },
    /// The request is withdrawn before the goods are handed over.
    Cancelled {
        /// Why.
        note: Option<String>,
    },
    /// The source promises the goods, or fewer.
    Confirmed {
        /// What it promises; each item once.
        lines: Vec<Line>,
    },
    /// The source does not send them: the next candidate is asked.
    Declined {
        /// Why.
        reason: DeclineReason,
        /// In the person's own words.
        note: Option<String>,
    },
    /// The goods are taken off the shelves by scanning and stand ready in the back room.
    Picked {
        /// What was taken from where.
        lines: Vec<PickedLine>,
    },
    /// The goods leave the source's back room.
    HandedOver {
        /// What leaves.
        lines: Vec<LotLine>,
        /// Who takes it along.
        carriage: Carriage,
    },
    /// The goods are scanned where they arrive.
    Received {
        /// What arrived; nothing when all is missing.
        lines: Vec<ReceivedLine>,
        /// Evidence, needed where anything is damaged.
        photos: Vec<PhotoId>,
        /// In the person's own words.
        note: Option<String>,
    },
    /// It is decided who bears what did not arrive sound.
    Settled {
        /// Who.
        bearer: Bearer,
        /// All that is still in transit; nothing where only too much arrived.
        lines: Vec<Line>,
        /// What was found.
        note: Option<String>,
    },
    /// The receiving store's manager has looked into an abnormal flow.
    FlowReviewed {
        /// What held the goods up.
        cause: FlowCause,
        /// What was found.
        note: Option<String>,
    },
    /// The source has not answered in time. Only the ledger itself records this and the kinds below, when the hour
    /// comes.
    AnswerReminded,
    /// The source still has not answered: the region is asked.
    AnswerEscalated,
    /// The goods have been under way too long: abnormal flow 异常流转.
    FlowAbnormal,
    /// Nobody has reviewed the abnormal flow: the region is asked.
    FlowEscalated,
    /// Those whose word the request needs have not given it in time.
    ApprovalReminded,
    /// The source has promised the goods and not handed them over in time.
    SendingReminded,
    /// The source still has not handed them over: the region is asked.
    SendingEscalated,
}

/// Which step, taken once in a transfer: approval and rejection are one, so are confirming and declining.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Asking for goods.
    Request,
    /// Letting the store ask, or not.
    Approval,
    /// Withdrawing.
    Cancellation,
    /// Confirming or declining.
    Answer,
    /// Taking off the shelves.
    Picking,
    /// Leaving the source.
    HandOver,
    /// Arriving.
    Receipt,
    /// Deciding who bears a discrepancy.
    Settlement,
    /// Looking into an abnormal flow.
    FlowReview,
    /// Reminding the source.
    AnswerReminder,
    /// Asking the region about the source's answer.
    AnswerEscalation,
    /// Too long under way.
    FlowAlarm,
    /// Asking the region about an abnormal flow.
    FlowEscalation,
    /// Reminding those whose word is needed.
    ApprovalReminder,
    /// Reminding the source of what it promised.
    SendingReminder,
    /// Asking the region about what the source promised.
    SendingEscalation,
}

impl StepKind {
    /// Every step.
    pub const ALL: [Self; 16] = [
        Self::Request,
        Self::Approval,
        Self::Cancellation,
        Self::Answer,
        Self::Picking,
        Self::HandOver,
        Self::Receipt,
        Self::Settlement,
        Self::FlowReview,
        Self::AnswerReminder,
        Self::AnswerEscalation,
        Self::FlowAlarm,
        Self::FlowEscalation,
        Self::ApprovalReminder,
        Self::SendingReminder,
        Self::SendingEscalation,
    ];

    /// The stable code, as in keys, addresses and on the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Request => "transfer_request",
            Self::Approval => "transfer_approval",
            Self::Cancellation => "transfer_cancellation",
            Self::Answer => "transfer_answer",
            Self::Picking => "transfer_picking",
            Self::HandOver => "transfer_hand_over",
            Self::Receipt => "transfer_receipt",
            Self::Settlement => "transfer_settlement",
            Self::FlowReview => "flow_review",
            Self::AnswerReminder => "answer_reminder",
            Self::AnswerEscalation => "answer_escalation",
            Self::FlowAlarm => "flow_alarm",
            Self::FlowEscalation => "flow_escalation",
            Self::ApprovalReminder => "approval_reminder",
            Self::SendingReminder => "sending_reminder",
            Self::SendingEscalation => "sending_escalation",
        }
    }

    /// Whether it stands in the source's chain; all others stand in the receiving store's. What the hour brings stands
    /// in the chain of the store that is late.
    #[must_use]
    pub fn is_sources(self) -> bool {
        matches!(
            self,
            Self::Answer
                | Self::Picking
                | Self::HandOver
                | Self::AnswerReminder
                | Self::AnswerEscalation
                | Self::SendingReminder
                | Self::SendingEscalation
        )
    }

    /// Whether only the ledger itself records it.
    #[must_use]
    pub fn is_ledgers(self) -> bool {
        matches!(
            self,
            Self::AnswerReminder
                | Self::AnswerEscalation
                | Self::FlowAlarm
                | Self::FlowEscalation
                | Self::ApprovalReminder
                | Self::SendingReminder
                | Self::SendingEscalation
        )
    }
}

impl Step {
    /// Which step it is.
    #[must_use]
    pub fn kind(&self) -> StepKind {
        match self {
            Self::Requested(_) => StepKind::Request,
            Self::Approved | Self::Rejected { .. } => StepKind::Approval,
            Self::Cancelled { .. } => StepKind::Cancellation,
            Self::Confirmed { .. } | Self::Declined { .. } => StepKind::Answer,
            Self::Picked { .. } => StepKind::Picking,
            Self::HandedOver { .. } => StepKind::HandOver,
            Self::Received { .. } => StepKind::Receipt,
            Self::Settled { .. } => StepKind::Settlement,
            Self::FlowReviewed { .. } => StepKind::FlowReview,
            Self::AnswerReminded => StepKind::AnswerReminder,
            Self::AnswerEscalated => StepKind::AnswerEscalation,
            Self::FlowAbnormal => StepKind::FlowAlarm,
            Self::FlowEscalated => StepKind::FlowEscalation,
            Self::ApprovalReminded => StepKind::ApprovalReminder,
            Self::SendingReminded => StepKind::SendingReminder,
            Self::SendingEscalated => StepKind::SendingEscalation,
        }
    }

    /// Pieces of each item that the step is about; none where it says none. Of a receipt: the sound ones of those sent.
    #[must_use]
    pub fn units(&self) -> BTreeMap<&SkuCode, Units> {
        let mut units = BTreeMap::new();
        let mut add = |sku, n| *units.entry(sku).or_default() += n;
        match self {
            Self::Requested(Request { lines, .. }) | Self::Confirmed { lines } | Self::Settled { lines, .. } => {
                lines.iter().for_each(|line| add(&line.sku, line.units));
            }
            Self::Picked { lines } => lines.iter().for_each(|line| add(&line.sku, line.units)),
            Self::HandedOver { lines, .. } => lines.iter().for_each(|line| add(&line.sku, line.units)),
            Self::Received { lines, .. } => lines.iter().for_each(|line| add(&line.sku, line.units)),
            _ => {}
        }
        units
    }

    /// What it moves. Balanced: Σ units of each item is 0.
    ///
    /// Picking brings the goods to the back room, so that a count of the shelf stays right while they wait. What
    /// arrives too many was never in transit: it comes in as a count would have found it.
    #[must_use]
    pub fn legs(&self) -> Vec<Leg> {
        let of = |sku: &SkuCode, units: Units, lot: &Option<Lot>, from: &Place, to: &Place| {
            let is_move = units != 0 && from != to;
            let legs = is_move.then(|| carry(sku, units, from.clone(), to.clone()));
            legs.into_iter().flatten().map(|leg| Leg { lot: lot.clone(), ..leg }).collect::<Vec<_>>()
        };
        match self {
            Self::Picked { lines } => {
                let leg = |line: &PickedLine| of(&line.sku, line.units, &line.lot, &line.from, &Place::BackRoom);
                lines.iter().flat_map(leg).collect()
            }
            Self::HandedOver { lines, .. } => {
                let leg = |line: &LotLine| of(&line.sku, line.units, &line.lot, &Place::BackRoom, &Place::InTransit);
                lines.iter().flat_map(leg).collect()
            }
            Self::Received { lines, .. } => {
                let legs = |line: &ReceivedLine| {
                    let mut legs = of(&line.sku, line.units, &line.lot, &Place::InTransit, &line.to);
                    legs.extend(of(&line.sku, line.over, &line.lot, &Place::CountVariance, &line.to));
                    legs
                };
                lines.iter().flat_map(legs).collect()
            }
            Self::Settled { lines, .. } => {
                let leg = |line: &Line| of(&line.sku, line.units, &None, &Place::InTransit, &Place::Shrinkage);
                lines.iter().flat_map(leg).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What the person added in their own words.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        match self {
            Self::Rejected { note } => Some(note),
            Self::Requested(Request { note, .. })
            | Self::Cancelled { note }
            | Self::Declined { note, .. }
            | Self::Received { note, .. }
            | Self::Settled { note, .. }
            | Self::FlowReviewed { note, .. } => note.as_deref(),
            _ => None,
        }
    }

    /// The photos it names as evidence.
    #[must_use]
    pub fn photos(&self) -> &[PhotoId] {
        match self {
            Self::Received { photos, .. } => photos,
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::barcode::{Format, ReadRules, read};

    #[test]
    fn a_waybills_code_names_its_transfer() {
        let id = TransferId::of(EventId::from_parts(1_795_320_000_000, 0x0123_4567_89AB_CDEF));
        for format in [Format::QrCode, Format::HardwareScanner, Format::Typed] {
            let code = read(&id.to_string(), format, &ReadRules::cn(2026)).expect("it is a code");
            assert_eq!(TransferId::of_waybill(&code), Some(id), "{format:?}");
        }
        let milk = read("6901234567892", Format::Typed, &ReadRules::cn(2026)).expect("it is a code");
        assert_eq!(TransferId::of_waybill(&milk), None);
    }
}
