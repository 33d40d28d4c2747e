//! What the hour brings: reminders, escalations, abnormal flows.

use super::{Phase, Step, StepKind, Taken, Transfer};
use crate::id::StoreCode;
use crate::instant::{MINUTE_MS, Timestamp};
use serde::{Deserialize, Serialize};

const HOUR_MS: i64 = 60 * MINUTE_MS;

/// How long each step may take, in milliseconds. Set for the chain; [`Self::arrival_ms`] also for a single route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Patience {
    /// From being asked to the reminder of the source.
    pub answer_reminder_ms: i64,
    /// From being asked to the question to the region.
    pub answer_escalation_ms: i64,
    /// From a request that needs somebody's word to the reminder of those whose word it is.
    pub approval_reminder_ms: i64,
    /// From the promise of the goods to the reminder of the source that has not handed them over.
    pub sending_reminder_ms: i64,
    /// From the promise to the question to the region.
    pub sending_escalation_ms: i64,
    /// From hand-over to the abnormal flow.
    pub arrival_ms: i64,
    /// From the abnormal flow to the question to the region.
    pub review_ms: i64,
}

impl Default for Patience {
    /// 2 h and 8 h for the answer, 4 h for somebody's word, 12 h and 24 h for sending, 24 h on the way, 12 h for the
    /// review.
    fn default() -> Self {
        Self {
            answer_reminder_ms: 2 * HOUR_MS,
            answer_escalation_ms: 8 * HOUR_MS,
            approval_reminder_ms: 4 * HOUR_MS,
            sending_reminder_ms: 12 * HOUR_MS,
            sending_escalation_ms: 24 * HOUR_MS,
            arrival_ms: 24 * HOUR_MS,
            review_ms: 12 * HOUR_MS,
        }
    }
}

/// A step that the ledger itself is to record at its hour, unless somebody acts before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// When.
    pub at: Timestamp,
    /// In whose chain: that of the store which is late.
    pub store: StoreCode,
    /// Which.
    pub step: Step,
    /// The step that set the clock running.
    pub since: Taken,
}

impl Transfer {
    /// What the hour will bring if nobody acts, in order of time. The first is when to look again.
    #[must_use]
    pub fn alarms(&self, patience: &Patience) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        let mut set = |store: &StoreCode, since: &Taken, after_ms: i64, step: Step| {
            if self.step(step.kind()).is_none() {
                alarms.push(Alarm { at: since.at.plus_ms(after_ms), store: store.clone(), step, since: since.clone() });
            }
        };
        match (self.phase(), self.source()) {
            (Phase::AwaitsApproval, _) => {
                set(&self.receiver, self.requested(), patience.approval_reminder_ms, Step::ApprovalReminded);
            }
            (Phase::AwaitsAnswer, Some(source)) => {
                let since = self.asked_by();
                set(source, since, patience.answer_reminder_ms, Step::AnswerReminded);
                set(source, since, patience.answer_escalation_ms, Step::AnswerEscalated);
            }
            (Phase::Confirmed | Phase::Picked, Some(source)) => {
                if let Some(promised) = self.step(StepKind::Answer) {
                    set(source, promised, patience.sending_reminder_ms, Step::SendingReminded);
                    set(source, promised, patience.sending_escalation_ms, Step::SendingEscalated);
                }
            }
            (Phase::InTransit | Phase::Abnormal, _) => {
                if let Some(left) = self.step(StepKind::HandOver) {
                    set(&self.receiver, left, patience.arrival_ms, Step::FlowAbnormal);
                }
                let flagged = self.step(StepKind::FlowAlarm).filter(|_| self.step(StepKind::FlowReview).is_none());
                if let Some(flagged) = flagged {
                    set(&self.receiver, flagged, patience.review_ms, Step::FlowEscalated);
                }
            }
            _ => {}
        }
        alarms.sort_by_key(|alarm| alarm.at);
        alarms
    }

    /// What is due at `now` and not in the ledger yet.
    #[must_use]
    pub fn due(&self, now: Timestamp, patience: &Patience) -> Vec<Alarm> {
        self.alarms(patience).into_iter().filter(|alarm| alarm.at <= now).collect()
    }
}
