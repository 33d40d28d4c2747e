//! Disputes about points: a store's manager may dispute one that is against the store, an auditor or headquarters
//! decides. Neither changes stock.

use super::{Point, PointKey};
use crate::accept::{Facts, OnlyServerKnows, Refusal, check_text};
use crate::event::{DeviceEvent, LedgerEvent};
use crate::id::{EventId, PersonId};
use crate::instant::Timestamp;
use crate::policy::Action;
use serde::{Deserialize, Serialize};

/// What happens to a point of the store in whose chain it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditEvent {
    /// The store's manager says that the point is not deserved.
    Disputed {
        /// The point.
        point: PointKey,
        /// Why.
        note: String,
    },
    /// The dispute is decided.
    Judged {
        /// The point.
        point: PointKey,
        /// Whether the point is struck.
        is_granted: bool,
        /// Why.
        note: String,
    },
}

impl CreditEvent {
    /// The point.
    #[must_use]
    pub fn point(&self) -> &PointKey {
        match self {
            Self::Disputed { point, .. } | Self::Judged { point, .. } => point,
        }
    }

    /// What a person must be allowed to do to record it.
    pub(crate) fn actions(&self) -> &'static [Action] {
        match self {
            Self::Disputed { .. } => &[Action::DisputeCredit],
            Self::Judged { .. } => &[Action::JudgeCredit],
        }
    }
}

/// What somebody said in a dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// When.
    pub at: Timestamp,
    /// The event that says so: of two the earlier counts.
    pub event: EventId,
    /// Who.
    pub by: PersonId,
    /// What.
    pub note: String,
}

/// How a dispute about a point stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Appeal {
    /// Who disputes it.
    pub disputed: Option<Word>,
    /// Who decided, and whether the point is struck.
    pub judged: Option<(Word, bool)>,
}

impl Appeal {
    /// Whether the point is struck.
    #[must_use]
    pub fn is_granted(&self) -> bool {
        matches!(self.judged, Some((_, true)))
    }

    /// Whether somebody must decide.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.disputed.is_some() && self.judged.is_none()
    }

    /// Folds an event in. Which arrives first makes no difference.
    pub fn take(&mut self, event: &LedgerEvent, told: &CreditEvent) {
        let word = |note: &String| Word {
            at: event.effective_at(),
            event: event.event.id,
            by: event.event.person.clone(),
            note: note.clone(),
        };
        let is_earlier = |word: &Word, known: &Word| (word.at, word.event) < (known.at, known.event);
        match told {
            CreditEvent::Disputed { note, .. } => {
                let word = word(note);
                if self.disputed.as_ref().is_none_or(|known| is_earlier(&word, known)) {
                    self.disputed = Some(word);
                }
            }
            CreditEvent::Judged { is_granted, note, .. } => {
                let word = word(note);
                if self.judged.as_ref().is_none_or(|(known, _)| is_earlier(&word, known)) {
                    self.judged = Some((word, *is_granted));
                }
            }
        }
    }
}

impl Point {
    /// Whether the store may dispute it.
    #[must_use]
    pub fn may_be_disputed(&self, appeal: &Appeal) -> bool {
        self.weight < 0 && appeal.disputed.is_none()
    }
}

/// Checks a dispute, or the decision about one: each is said once, and nobody judges what they disputed.
///
/// # Errors
/// The first reason not to take it.
pub(crate) fn check_credit(event: &DeviceEvent, told: &CreditEvent, facts: &impl Facts) -> Result<(), Refusal> {
    let (CreditEvent::Disputed { note, .. } | CreditEvent::Judged { note, .. }) = told;
    check_text(note)?;
    let appeal = match facts.credit_point(told.point()) {
        Err(OnlyServerKnows) => return Ok(()),
        Ok(None) => return Err(Refusal::NoSuchPoint),
        Ok(Some(appeal)) => appeal,
    };
    match (told, &appeal.disputed) {
        (CreditEvent::Disputed { .. }, None) => Ok(()),
        (CreditEvent::Disputed { .. }, Some(_)) => Err(Refusal::AlreadyDecided),
        (CreditEvent::Judged { .. }, None) => Err(Refusal::NothingCited),
        (CreditEvent::Judged { .. }, Some(_)) if appeal.judged.is_some() => Err(Refusal::AlreadyDecided),
        (CreditEvent::Judged { .. }, Some(disputed)) if disputed.by == event.person => Err(Refusal::OwnApproval),
        (CreditEvent::Judged { .. }, Some(_)) => Ok(()),
    }
}
