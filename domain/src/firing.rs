//! What becomes of a warning: somebody takes it, and it ends in an outcome.
//!
//! A firing is no [`crate::case::Case`]: a case is about an event of the ledger and the person who recorded it, a
//! firing about a line of a store and figures of many events. It is no event either, because it moves no goods and is
//! the rule's doing, not a person's; what people do about it (a transfer, an order, a count) is in the ledger. So it is
//! a row that remembers each of its steps. How bad it is and until when it must be closed is told as of cases.

use crate::case::Severity;
use crate::id::{EventId, PersonId, RuleCode, SkuCode, StoreCode};
use crate::instant::Timestamp;
use crate::rule::{Advice, Reason, Rule, Step};
use serde::{Deserialize, Serialize};

/// A rule that fired for a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firing {
    /// Its id, made by the server.
    pub id: EventId,
    /// Which rule.
    pub rule: RuleCode,
    /// Which version of it.
    pub version: u32,
    /// In which store.
    pub store: StoreCode,
    /// Which item.
    pub sku: SkuCode,
    /// How bad it is.
    pub severity: Severity,
    /// What is advised.
    pub advice: Advice,
    /// When it fired.
    pub raised_at: Timestamp,
    /// Why, with the figures of that moment.
    pub reasons: Vec<Reason>,
    /// When it fired again while nobody had closed it.
    pub again_at: Vec<Timestamp>,
    /// When it was true no longer, if that is still so.
    pub cleared_at: Option<Timestamp>,
    /// Who does something about it: the last of the takings.
    pub takings: Vec<FiringTaken>,
    /// How it ended.
    pub closed: Option<FiringClosed>,
}

/// Somebody does something about a warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiringTaken {
    /// Since when.
    pub at: Timestamp,
    /// Who.
    pub by: PersonId,
}

/// How a warning ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiringClosed {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
    /// What was done.
    pub outcome: FiringOutcome,
    /// In the person's own words.
    pub note: Option<String>,
    /// The event that did it, such as the request of a transfer.
    pub cites: Option<EventId>,
    /// The purchase order that did it, by its number.
    #[serde(default)]
    pub order: Option<String>,
}

/// What was done about a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FiringOutcome {
    /// More was ordered.
    Ordered,
    /// It is brought from another store.
    Transferred,
    /// It is sold for less.
    MarkedDown,
    /// It was counted, and the book set right.
    Counted,
    /// Something else was done; what must be written down.
    Other,
    /// Nothing needs to be done; why must be written down.
    NotNeeded,
    /// The figures were wrong; how must be written down.
    FalseAlarm,
}

impl FiringOutcome {
    /// Every outcome, in the order shown.
    pub const ALL: [Self; 7] = [
        Self::Ordered,
        Self::Transferred,
        Self::MarkedDown,
        Self::Counted,
        Self::Other,
        Self::NotNeeded,
        Self::FalseAlarm,
    ];

    /// The stable code, as on the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Transferred => "transferred",
            Self::MarkedDown => "marked_down",
            Self::Counted => "counted",
            Self::Other => "other",
            Self::NotNeeded => "not_needed",
            Self::FalseAlarm => "false_alarm",
        }
    }

    /// Whether it must be written down what was done or found.
    #[must_use]
    pub fn needs_note(self) -> bool {
        matches!(self, Self::Other | Self::NotNeeded | Self::FalseAlarm)
    }
}

/// Where a warning stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FiringState {
    /// Nobody does anything about it.
    Raised,
    /// Somebody does.
    Taken,
    /// It has ended.
    Closed,
}

/// Why something cannot be done with a warning.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum FiringError {
    /// It has ended.
    #[error("closed already by {by}")]
    Closed {
        /// Who closed it.
        by: PersonId,
    },
    /// Nobody has taken it.
    #[error("nobody has taken this warning; take it first")]
    NotTaken,
    /// Somebody else has taken it.
    #[error("taken by {by}; take it over first")]
    TakenBy {
        /// Who.
        by: PersonId,
    },
    /// The person has it already.
    #[error("you have taken this warning already")]
    TakenAlready,
    /// The outcome does not speak for itself.
    #[error("write down what was done or found")]
    NoteNeeded,
}

impl Firing {
    /// A warning that a rule raises now, with what it saw.
    #[must_use]
    pub fn raise(
        id: EventId,
        rule: &Rule,
        store: StoreCode,
        sku: SkuCode,
        now: Timestamp,
        reasons: Vec<Reason>,
    ) -> Self {
        Self {
            id,
            rule: rule.code.clone(),
            version: rule.version,
            store,
            sku,
            severity: rule.severity,
            advice: rule.advice,
            raised_at: now,
            reasons,
            again_at: Vec::new(),
            cleared_at: None,
            takings: Vec::new(),
            closed: None,
        }
    }

    /// Takes what the rule says of the line while the warning is open: there is one open warning for a rule and a line,
    /// so what fires again reminds of it and raises no second. A closed one changes no more.
    pub fn follow(&mut self, step: Step, now: Timestamp) {
        if self.closed.is_some() {
            return;
        }
        match step {
            Step::Raised | Step::Again => {
                self.again_at.push(now);
                self.cleared_at = None;
            }
            Step::Cleared => self.cleared_at = Some(now),
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> FiringState {
        match (&self.closed, self.owner()) {
            (Some(_), _) => FiringState::Closed,
            (None, Some(_)) => FiringState::Taken,
            (None, None) => FiringState::Raised,
        }
    }

    /// Who does something about it.
    #[must_use]
    pub fn owner(&self) -> Option<&PersonId> {
        self.takings.last().map(|taken| &taken.by)
    }

    /// Until when it must be closed.
    #[must_use]
    pub fn due_at(&self) -> Timestamp {
        self.severity.due_at(self.raised_at)
    }

    /// Whether it should have been closed by now.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.closed.is_none() && now > self.due_at()
    }

    /// Somebody takes it, or takes it over.
    ///
    /// # Errors
    /// When it is closed, or the person's already.
    pub fn take(mut self, by: PersonId, at: Timestamp) -> Result<Self, FiringError> {
        self.open()?;
        if self.owner() == Some(&by) {
            return Err(FiringError::TakenAlready);
        }
        self.takings.push(FiringTaken { at, by });
        Ok(self)
    }

    /// Its owner says what was done about it.
    ///
    /// # Errors
    /// When it is closed, not the person's, or the outcome needs a note and has none.
    pub fn close(mut self, closed: FiringClosed) -> Result<Self, FiringError> {
        self.open()?;
        match self.owner() {
            None => return Err(FiringError::NotTaken),
            Some(owner) if *owner != closed.by => return Err(FiringError::TakenBy { by: owner.clone() }),
            Some(_) => {}
        }
        if closed.outcome.needs_note() && closed.note.as_ref().is_none_or(|note| note.trim().is_empty()) {
            return Err(FiringError::NoteNeeded);
        }
        self.closed = Some(closed);
        Ok(self)
    }

    fn open(&self) -> Result<(), FiringError> {
        match &self.closed {
            Some(closed) => Err(FiringError::Closed { by: closed.by.clone() }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instant::DAY_MS;
    use crate::rule::shipped;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

    fn person(code: &str) -> PersonId {
        PersonId::parse(code).expect("valid")
    }

    fn firing() -> Firing {
        let (store, sku) = (StoreCode::parse("S001").expect("valid"), SkuCode::parse("1").expect("valid"));
        Firing::raise(EventId::MIN, &shipped(&person("P1"))[0], store, sku, NOW, Vec::new())
    }

    fn closed(by: &str, outcome: FiringOutcome, note: Option<&str>) -> FiringClosed {
        FiringClosed { at: NOW, by: person(by), outcome, note: note.map(str::to_owned), cites: None, order: None }
    }

    #[test]
    fn a_warning_is_taken_before_it_ends() {
        let ordered = || closed("P2", FiringOutcome::Ordered, None);
        assert_eq!(firing().close(ordered()), Err(FiringError::NotTaken));
        let taken = firing().take(person("P3"), NOW).expect("nobody has it");
        assert_eq!(taken.clone().close(ordered()), Err(FiringError::TakenBy { by: person("P3") }));
        assert_eq!(taken.clone().take(person("P3"), NOW), Err(FiringError::TakenAlready));
        let taken_over = taken.take(person("P2"), NOW).expect("may be taken over");
        assert_eq!((taken_over.state(), taken_over.takings.len()), (FiringState::Taken, 2));
        let done = taken_over.close(ordered()).expect("its owner closes it");
        assert_eq!(done.state(), FiringState::Closed);
        assert_eq!(done.clone().take(person("P3"), NOW), Err(FiringError::Closed { by: person("P2") }));
        assert!(!done.is_overdue(NOW.plus_ms(30 * DAY_MS)));
    }

    #[test]
    fn endings_of_before_orders_were_named_read_back() {
        let ended = closed("P2", FiringOutcome::Ordered, None);
        let mut stored = serde_json::to_value(&ended).expect("plain data");
        stored.as_object_mut().expect("an object").remove("order");
        assert_eq!(serde_json::from_value::<FiringClosed>(stored).expect("reads"), ended);
    }

    #[test]
    fn doing_nothing_needs_a_reason() {
        let taken = firing().take(person("P2"), NOW).expect("nobody has it");
        let close = |note| taken.clone().close(closed("P2", FiringOutcome::NotNeeded, note));
        assert_eq!(close(None), Err(FiringError::NoteNeeded));
        assert_eq!(close(Some("  ")), Err(FiringError::NoteNeeded));
        assert!(close(Some("season is over")).is_ok());
    }

    #[test]
    fn what_fires_again_reminds_of_the_open_warning() {
        let mut open = firing();
        open.follow(Step::Cleared, NOW.plus_ms(1));
        assert_eq!(open.cleared_at, Some(NOW.plus_ms(1)));
        open.follow(Step::Raised, NOW.plus_ms(2));
        assert_eq!((open.cleared_at, open.again_at.as_slice()), (None, [NOW.plus_ms(2)].as_slice()));
        assert!(open.is_overdue(NOW.plus_ms(DAY_MS + 1)), "a day for what is worst");
    }
}
