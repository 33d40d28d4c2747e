//! Alarms and their follow-up: each flag of an event becomes a case that somebody owns until its outcome is known.

use crate::event::{Flag, LedgerEvent};
use crate::id::{EventId, PersonId, StoreCode};
use crate::instant::{DAY_MS, MINUTE_MS, Timestamp, ZoneOffset};
use crate::master::Name;
use serde::{Deserialize, Serialize};

/// How long a gap in a device's numbers may last before it is an alarm, in milliseconds: what was recorded first often
/// arrives a little later.
pub const GAP_PATIENCE_MS: i64 = 10 * MINUTE_MS;

/// What an alarm turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseOutcome {
    /// There is a good reason.
    Explained,
    /// It was a mistake, and has been put right.
    Corrected,
    /// It was done on purpose, to deceive.
    Fraud,
    /// There was nothing to look into.
    FalseAlarm,
}

impl CaseOutcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Explained, Self::Corrected, Self::Fraud, Self::FalseAlarm];

    /// The stable code, as on the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Explained => "explained",
            Self::Corrected => "corrected",
            Self::Fraud => "fraud",
            Self::FalseAlarm => "false_alarm",
        }
    }

    /// The outcome of that code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }

    /// Whether what was found must be written down. Only that there was nothing speaks for itself.
    #[must_use]
    pub fn needs_note(self) -> bool {
        self != Self::FalseAlarm
    }
}

/// How much may be behind an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Mostly a setting.
    Low,
    /// Often harmless.
    Medium,
    /// Goods or evidence may be missing.
    High,
}

/// How much may be behind a flag.
#[must_use]
pub fn severity(flag: Flag) -> Severity {
    match flag {
        Flag::ClockOff => Severity::Low,
        Flag::OutsideStore | Flag::PhotoAlike | Flag::PhotoStale => Severity::Medium,
        Flag::AtNight | Flag::PhotoReused | Flag::SequenceGap | Flag::OwnApproval => Severity::High,
    }
}

impl Severity {
    /// Until when what was raised at `raised_at` must be closed: a day later where goods or evidence may be missing,
    /// three days where it is often harmless, else a week.
    #[must_use]
    pub fn due_at(self, raised_at: Timestamp) -> Timestamp {
        let days = match self {
            Self::High => 1,
            Self::Medium => 3,
            Self::Low => 7,
        };
        raised_at.plus_ms(days * DAY_MS)
    }
}

/// Until when an alarm must be closed.
#[must_use]
pub fn due_at(flag: Flag, raised_at: Timestamp) -> Timestamp {
    severity(flag).due_at(raised_at)
}

/// An alarm and what has become of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Which kind of alarm.
    pub flag: Flag,
    /// Number of the event in its store's ledger.
    pub seq: u64,
    /// Whose doing it is about.
    pub about: PersonId,
    /// When the server took the event.
    pub raised_at: Timestamp,
    /// Who looks into it.
    pub taken: Option<Taking>,
    /// What it was.
    pub closed: Option<Closing>,
}

/// Who looks into an alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taking {
    /// Since when.
    pub at: Timestamp,
    /// The event that says so: of two at the same time the greater counts.
    pub event: EventId,
    /// Who.
    pub by: PersonId,
}

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
    /// What it was.
    pub outcome: CaseOutcome,
    /// What was found.
    pub note: Option<String>,
}

impl Case {
    /// A new alarm of an event.
    #[must_use]
    pub fn raised(event: &LedgerEvent, flag: Flag) -> Self {
        Self {
            flag,
            seq: event.stamp.seq,
            about: event.event.person.clone(),
            raised_at: event.stamp.recorded_at,
            taken: None,
            closed: None,
        }
    }

    /// Until when it must be closed.
    #[must_use]
    pub fn due_at(&self) -> Timestamp {
        due_at(self.flag, self.raised_at)
    }

    /// Whether it should have been closed by now.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.closed.is_none() && now > self.due_at()
    }
}

/// Which cases a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseList {
    /// Not closed, whoever owns them.
    #[default]
    Open,
    /// Not closed, and the viewer's own.
    Mine,
    /// Not closed in time.
    Overdue,
    /// Closed.
    Closed,
}

impl CaseList {
    /// Every list, in the order shown.
    pub const ALL: [Self; 4] = [Self::Open, Self::Mine, Self::Overdue, Self::Closed];

    /// The stable code, as in addresses.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Mine => "mine",
            Self::Overdue => "overdue",
            Self::Closed => "closed",
        }
    }

    /// The list of that code; the open ones for anything else.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|list| list.code() == code).unwrap_or_default()
    }

    /// Whether the list shows the case to `viewer` at `now`.
    #[must_use]
    pub fn shows(self, case: &Case, viewer: &PersonId, now: Timestamp) -> bool {
        match self {
            Self::Open => case.closed.is_none(),
            Self::Mine => case.closed.is_none() && case.taken.as_ref().is_some_and(|taken| taken.by == *viewer),
            Self::Overdue => case.is_overdue(now),
            Self::Closed => case.closed.is_some(),
        }
    }
}

/// A case as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseRow {
    /// In which store.
    pub store: StoreCode,
    /// As shown.
    pub store_name: Name,
    /// Its clocks.
    pub zone_offset: ZoneOffset,
    /// The event that the alarm is about.
    pub event: EventId,
    /// The case.
    pub case: Case,
    /// Until when it must be closed.
    pub due_at: Timestamp,
    /// How much may be behind it.
    pub severity: Severity,
    /// Whose doing it is about, as shown.
    pub about_name: String,
    /// Who looks into it, as shown.
    pub owner_name: Option<String>,
    /// Who closed it, as shown.
    pub closed_by_name: Option<String>,
    /// Whether the viewer may take or close it.
    pub may_follow_up: bool,
}

/// Cases of the stores a viewer follows up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CasePage {
    /// The server's clock.
    pub now: Timestamp,
    /// Which list.
    pub list: CaseList,
    /// The most urgent first; of closed ones the latest.
    pub cases: Vec<CaseRow>,
    /// Cases on the list beyond those given.
    pub n_more: u32,
    /// How many each list has.
    pub counts: CaseCounts,
}

/// How many cases each list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CaseCounts {
    /// Not closed.
    pub n_open: u32,
    /// Not closed, and the viewer's own.
    pub n_mine: u32,
    /// Not closed in time.
    pub n_overdue: u32,
    /// Not closed in time, and nobody's.
    pub n_unowned: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

    fn person(code: &str) -> PersonId {
        PersonId::parse(code).expect("valid")
    }

    fn case(flag: Flag) -> Case {
        Case { flag, seq: 7, about: person("P1"), raised_at: NOW, taken: None, closed: None }
    }

    #[test]
    fn what_may_hide_a_loss_is_due_first() {
        let days = |flag| due_at(flag, NOW).since(NOW) / DAY_MS;
        assert_eq!(Flag::ALL.map(days), [7, 3, 1, 1, 3, 1, 1, 3]);
        assert!(!case(Flag::AtNight).is_overdue(NOW.plus_ms(DAY_MS)), "the last moment is in time");
        assert!(case(Flag::AtNight).is_overdue(NOW.plus_ms(DAY_MS + 1)));
    }

    #[test]
    fn a_closed_case_is_on_no_list_but_its_own() {
        let late = NOW.plus_ms(30 * DAY_MS);
        let mut known = case(Flag::AtNight);
        known.taken = Some(Taking { at: NOW, event: EventId::MIN, by: person("P2") });
        let lists = |case: &Case, viewer: &str| CaseList::ALL.map(|list| list.shows(case, &person(viewer), late));
        assert_eq!(lists(&known, "P2"), [true, true, true, false]);
        assert_eq!(lists(&known, "P3"), [true, false, true, false]);
        known.closed = Some(Closing { at: NOW, by: person("P2"), outcome: CaseOutcome::Explained, note: None });
        assert_eq!(lists(&known, "P2"), [false, false, false, true]);
    }

    #[test]
    fn codes_read_back() {
        assert_eq!(CaseOutcome::ALL.map(|outcome| CaseOutcome::from_code(outcome.code())), CaseOutcome::ALL.map(Some));
        assert_eq!(CaseList::ALL.map(|list| CaseList::from_code(list.code())), CaseList::ALL);
        assert_eq!(Flag::ALL.map(|flag| Flag::from_code(flag.code())), Flag::ALL.map(Some));
    }
}
