//! Messages that are answered: what a person is told about a thing, and what they can say to it where they read it.
//!
//! An answer names the thing *and its version*: what has changed since is not confirmed by an old card. Who may answer
//! is decided when they do, by [`crate::policy`], not when the message was sent.

pub mod delivery;
pub mod preference;
pub mod telling;

use crate::id::{MessageId, ObjectCode, PersonId, StoreCode};
use crate::instant::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Value in minor units above which nothing is decided on a card: the person opens the page and sees everything.
pub const CARD_VALUE_MAX_MINOR: i64 = 500_000;

/// Most reasons a message offers for declining; more are not shown by every channel.
pub const REASONS_MAX: usize = 10;

/// What the id of a store's group begins with; nobody who signs in is called so.
const GROUP_PREFIX: &str = "GROUP.";

/// The reader that a store's group is told as: one message for all of it, however many people are in it.
///
/// # Panics
/// Never: a store's code and the prefix are a person's id.
#[must_use]
pub fn group_reader(store: &StoreCode) -> PersonId {
    PersonId::parse(&format!("{GROUP_PREFIX}{store}")).expect("12 and 6 characters of codes are an id")
}

/// The store whose group a reader stands for; `None` for people.
#[must_use]
pub fn group_of(reader: &PersonId) -> Option<StoreCode> {
    StoreCode::parse(reader.as_str().strip_prefix(GROUP_PREFIX)?).ok()
}

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectKind {
    /// 调拨: a transfer between stores.
    Transfer,
    /// 预警: a firing of a rule.
    Firing,
    /// 待批准: a movement beyond somebody's limit.
    Approval,
}

impl ObjectKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Transfer, Self::Firing, Self::Approval];

    /// The stable code, as in cards.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
            Self::Firing => "firing",
            Self::Approval => "approval",
        }
    }
}

/// A thing as it was when somebody was told of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct About {
    /// Of which kind.
    pub kind: ObjectKind,
    /// Which.
    pub code: ObjectCode,
    /// Counts its changes: an answer to an older version has no effect.
    pub version: u64,
}

impl About {
    /// The page that shows the thing, from our own origin.
    #[must_use]
    pub fn page(&self) -> String {
        match self.kind {
            ObjectKind::Transfer => format!("/transfers/{}", self.code),
            ObjectKind::Firing => "/warnings".to_owned(),
            ObjectKind::Approval => "/approvals".to_owned(),
        }
    }
}

/// Why a person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// 调拨待确认: another store asks for goods.
    TransferRequest,
    /// 调拨催办: a transfer waits longer than it should.
    TransferReminder,
    /// 异常流转: handed over and not received in time.
    AbnormalFlow,
    /// 预警: a rule has fired.
    RuleFiring,
    /// 待批准: somebody's word is needed.
    Approval,
    /// 调拨进展: a transfer has taken a step that concerns the reader.
    TransferProgress,
    /// 调拨催发: promised goods have not left.
    SendingReminder,
}

impl MessageKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::TransferRequest,
        Self::TransferReminder,
        Self::AbnormalFlow,
        Self::RuleFiring,
        Self::Approval,
        Self::TransferProgress,
        Self::SendingReminder,
    ];

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TransferRequest => "transfer_request",
            Self::TransferReminder => "transfer_reminder",
            Self::AbnormalFlow => "abnormal_flow",
            Self::RuleFiring => "rule_firing",
            Self::Approval => "approval",
            Self::TransferProgress => "transfer_progress",
            Self::SendingReminder => "sending_reminder",
        }
    }

    /// What can be said to it where it is read, when what it is about is worth `value_minor`; opening the page is
    /// always possible.
    #[must_use]
    pub fn acts(self, value_minor: i64) -> &'static [Act] {
        match self {
            // Taking charge decides nothing about goods.
            Self::RuleFiring => &[Act::Take],
            // A review needs what was found, goods are scanned, and news need no answer.
            Self::AbnormalFlow | Self::SendingReminder | Self::TransferProgress => &[],
            _ if value_minor > CARD_VALUE_MAX_MINOR => &[],
            Self::TransferRequest | Self::TransferReminder | Self::Approval => &[Act::Confirm, Act::Decline],
        }
    }
}

/// What a person says with one tap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// 确认
    Confirm,
    /// 拒绝, with a reason.
    Decline,
    /// 我来处理: takes charge of it.
    Take,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 3] = [Self::Confirm, Self::Decline, Self::Take];

    /// The stable code, as in cards.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Decline => "decline",
            Self::Take => "take",
        }
    }
}

/// A reason that can be chosen for declining.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Stable: letters, digits, `_`.
    pub code: String,
    /// In the reader's language.
    pub text: String,
}

/// A button under a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What it says.
    pub act: Act,
    /// In the reader's language.
    pub text: String,
}

/// A fact in a message: its name and its value, both in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Such as 数量.
    pub name: String,
    /// Such as 12 件.
    pub value: String,
}

/// A way from a message to the page that shows everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Such as 查看, in the reader's language.
    pub text: String,
    /// From our own origin, such as `/transfers/TR-8F3C`.
    pub path: String,
}

/// A message to one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its name.
    pub id: MessageId,
    /// To whom.
    pub to: PersonId,
    /// Why.
    pub kind: MessageKind,
    /// About what.
    pub about: About,
    /// The store that it concerns the reader for.
    pub store: StoreCode,
    /// One line.
    pub title: String,
    /// What the reader needs to decide; the most important first.
    pub facts: Vec<Fact>,
    /// What can be said to it: see [`MessageKind::acts`].
    pub buttons: Vec<Button>,
    /// Reasons offered for declining, at most [`REASONS_MAX`].
    pub reasons: Vec<Reason>,
    /// The page that shows everything.
    pub link: Link,
    /// When it was written.
    pub at: Timestamp,
}

/// What somebody said to a message: the act, and the thing at the version they saw. As text,
/// `confirm:transfer:TR-8F3C:7`, it is the key of a card's button.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Answer {
    /// What they said.
    pub act: Act,
    /// To what.
    pub about: About,
}

/// The text is not an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an answer: expected act:kind:code:version")]
pub struct AnswerError;

impl Answer {
    /// Reads the key of a button.
    ///
    /// # Errors
    /// When it is not one of ours.
    pub fn parse(key: &str) -> Result<Self, AnswerError> {
        let mut parts = key.split(':');
        let (Some(act), Some(kind), Some(code), Some(version), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(AnswerError);
        };
        if !version.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(AnswerError);
        }
        Ok(Self {
            act: Act::ALL.into_iter().find(|known| known.code() == act).ok_or(AnswerError)?,
            about: About {
                kind: ObjectKind::ALL.into_iter().find(|known| known.code() == kind).ok_or(AnswerError)?,
                code: ObjectCode::parse(code).map_err(|_| AnswerError)?,
                version: version.parse().map_err(|_| AnswerError)?,
            },
        })
    }
}

impl TryFrom<String> for Answer {
    type Error = AnswerError;
    fn try_from(key: String) -> Result<Self, AnswerError> {
        Self::parse(&key)
    }
}
impl From<Answer> for String {
    fn from(answer: Answer) -> String {
        answer.to_string()
    }
}
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let About { kind, code, version } = &self.about;
        write!(f, "{}:{}:{code}:{version}", self.act.code(), kind.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn groups_are_told_apart_from_people() {
        let store = StoreCode::parse("S00000000034").expect("valid");
        assert_eq!(group_of(&group_reader(&store)), Some(store));
        assert_eq!(group_of(&PersonId::parse("P-GROUP").expect("valid")), None);
    }

    #[test]
    fn answers_read_back() {
        let key = "decline:transfer:TR-8F3C:7";
        assert_eq!(Answer::parse(key).expect("valid").to_string(), key);
        for wrong in [
            "",
            "confirm",
            "confirm:transfer:TR:7:8",
            "confirm:transfer:tr:7",
            "confirm:transfer::7",
            "confirm:transfer:TR:",
            "confirm:transfer:TR:+7",
            "confirm:transfer:TR:-1",
            "confirm:transfer:TR:18446744073709551616",
            "open:transfer:TR:7",
            "confirm:stock:TR:7",
        ] {
            assert_eq!(Answer::parse(wrong), Err(AnswerError), "{wrong}");
        }
    }

    #[test]
    fn what_is_worth_much_is_not_decided_on_a_card() {
        let dear = CARD_VALUE_MAX_MINOR + 1;
        for kind in MessageKind::ALL {
            let decided = |acts: &[Act]| acts.iter().any(|act| *act != Act::Take);
            assert!(!decided(kind.acts(dear)), "{kind:?}");
        }
        assert_eq!(MessageKind::TransferRequest.acts(CARD_VALUE_MAX_MINOR), [Act::Confirm, Act::Decline]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            if let Ok(answer) = Answer::parse(&text) {
                prop_assert_eq!(Answer::parse(&answer.to_string()), Ok(answer));
            }
        }
    }
}
