//! What a message says, in the reader's language: about a transfer here, about warnings in [`warning`].

mod warning;

pub use warning::about_warning;

use crate::store::{Masters, PersonNames};
use domain::chain::Hash;
use domain::id::{EventId, MessageId, ObjectCode, PersonId, SkuCode, StoreCode};
use domain::instant::{Timestamp, ZoneOffset};
use domain::message::telling::Telling;
use domain::message::{About, Act, Button, Fact, Link, Message, MessageKind, ObjectKind, Reason};
use domain::transfer::{DeclineReason, Step, StepKind, Taken, Transfer};
use frontend::format;
use frontend::text::Language;

/// Reasons for turning a request down, with their codes.
const REJECTIONS: [(&str, fn(Language) -> &'static str); 2] =
    [("not_needed", Language::reason_not_needed), ("order_instead", Language::reason_order_instead)];

/// What the words are taken from.
pub struct Words<'a> {
    /// Stores and products.
    pub masters: &'a Masters,
    /// People's names.
    pub people: &'a PersonNames,
    /// The reader's language.
    pub language: Language,
}

/// The name of the message that tells a person of a step: the same however often it is made, so that nobody is told
/// twice.
#[must_use]
pub fn message_id(event: EventId, at: Timestamp, to: &PersonId) -> MessageId {
    let name = [&event.to_bytes(), to.as_str().as_bytes()].concat();
    let random: [u8; 16] = Hash::of(&name).0[..16].try_into().expect("a hash has 32 bytes");
    MessageId::from_parts(at.unix_ms().max(0).unsigned_abs(), u128::from_be_bytes(random))
}

/// What a transfer is called in messages and in answers to them.
///
/// # Panics
/// Never: the 26 characters of a transfer's name are a code.
#[must_use]
pub fn about(transfer: &Transfer) -> About {
    let code = ObjectCode::parse(&transfer.id.to_string()).expect("26 letters and digits are a code");
    About { kind: ObjectKind::Transfer, code, version: transfer.version() }
}

impl Words<'_> {
    /// The message that tells `to` of the step `taken`.
    #[must_use]
    pub fn message(&self, told: &Telling, to: &PersonId, transfer: &Transfer, taken: &Taken, at: Timestamp) -> Message {
        let acts = told.kind.acts(transfer.requested().value_minor);
        let button = |act: &Act| Button { act: *act, text: self.language.act(told.kind, *act).to_owned() };
        let declines = acts.contains(&Act::Decline);
        let about = about(transfer);
        Message {
            id: message_id(taken.event, taken.at, to),
            to: to.clone(),
            kind: told.kind,
            store: told.store.clone(),
            title: self.title(told.kind, transfer, taken),
            facts: self.facts(transfer),
            buttons: acts.iter().map(button).collect(),
            reasons: if declines { self.reasons(told.kind) } else { Vec::new() },
            link: Link { text: self.language.message_open().to_owned(), path: about.page() },
            about,
            at,
        }
    }

    fn title(&self, kind: MessageKind, transfer: &Transfer, taken: &Taken) -> String {
        let language = self.language;
        let receiver = self.store(&transfer.receiver);
        let source = || transfer.source().map(|source| self.store(source)).unwrap_or_default();
        match (kind, &taken.step) {
            (MessageKind::TransferRequest, _) => language.message_request(receiver, format::number(units(transfer))),
            (MessageKind::TransferReminder, _) => language.message_reminder(receiver),
            (MessageKind::SendingReminder, _) => language.message_sending(source(), receiver),
            (MessageKind::Approval, Step::ApprovalReminded) => language.message_approval_reminder(receiver),
            (MessageKind::Approval, _) => language.message_approval(receiver),
            (MessageKind::AbnormalFlow, _) => language.message_abnormal(transfer.id.spoken()),
            (_, Step::Approved) => language.message_approved().to_owned(),
            (_, Step::Rejected { .. }) => language.message_rejected().to_owned(),
            (_, Step::Confirmed { .. }) => language.message_confirmed(source()),
            (_, Step::Declined { .. }) => {
                let by = transfer.declines().find(|(_, declined)| declined.event == taken.event);
                let by = by.map(|(candidate, _)| self.store(&candidate.store)).unwrap_or_default();
                match transfer.source() {
                    Some(next) => language.message_declined_next(by, self.store(next)),
                    None => language.message_declined(by),
                }
            }
            (_, Step::HandedOver { .. }) => language.message_handed_over(source()),
            (_, Step::SendingEscalated) => language.message_not_sent(source()),
            (_, Step::Received { .. }) => language.message_disputed(transfer.id.spoken()),
            (_, Step::Cancelled { .. }) => language.message_cancelled(receiver),
            (_, step) => format!("{} {}", language.transfer_step(step.kind()), transfer.id.spoken()),
        }
    }

    fn facts(&self, transfer: &Transfer) -> Vec<Fact> {
        let language = self.language;
        let fact = |name: &str, value: String| Fact { name: name.to_owned(), value };
        let request = transfer.request();
        let name = |sku: &SkuCode| {
            self.masters.products().get(sku).map_or_else(|| format!("{sku}"), |found| found.name.clone())
        };
        let goods = match request.lines.as_slice() {
            [line] => name(&line.sku),
            lines => language.message_and_more(name(&lines[0].sku), lines.len()),
        };
        let mut facts = vec![
            fact(language.message_fact_goods(), goods),
            fact(language.message_fact_units(), language.message_pieces(format::number(units(transfer)))),
            fact(language.message_fact_to(), self.store(&transfer.receiver)),
        ];
        facts.extend(transfer.source().map(|source| fact(language.message_fact_from(), self.store(source))));
        facts.push(fact(language.message_fact_by(), self.person(&transfer.requested().by)));
        facts.extend(request.wanted_by.map(|day| fact(language.message_fact_until(), day.to_string())));
        facts
    }

    fn reasons(&self, kind: MessageKind) -> Vec<Reason> {
        let reason = |code: &str, text: &str| Reason { code: code.to_owned(), text: text.to_owned() };
        if kind == MessageKind::Approval {
            return REJECTIONS.iter().map(|(code, text)| reason(code, text(self.language))).collect();
        }
        DeclineReason::ALL.into_iter().map(|why| reason(why.code(), self.language.decline_reason(why))).collect()
    }

    /// What became of a question, for `reader`: who decided what, and that it was somebody else.
    #[must_use]
    pub fn outcome(&self, taken: &Taken, reader: &PersonId, zone: ZoneOffset) -> String {
        // Nobody needs the seconds.
        let at: String = format::time(taken.at, zone).chars().take(5).collect();
        let by = self.person(&taken.by);
        let language = self.language;
        let what = match &taken.step {
            Step::Confirmed { .. } => language.answered_confirmed(by, at),
            Step::Declined { .. } => language.answered_declined(by, at),
            Step::Approved => language.answered_approved(by, at),
            Step::Rejected { .. } => language.answered_rejected(by, at),
            Step::Cancelled { .. } => language.answered_cancelled(by, at),
            _ => return language.answered_changed().to_owned(),
        };
        if taken.by == *reader { what } else { language.answered_before(what) }
    }

    fn store(&self, code: &StoreCode) -> String {
        self.masters.store(code).map_or_else(|| code.to_string(), |found| self.language.name(&found.store.name))
    }

    fn person(&self, id: &PersonId) -> String {
        self.people.get(id).cloned().unwrap_or_else(|| id.to_string())
    }
}

fn units(transfer: &Transfer) -> i64 {
    transfer.units(StepKind::Request).values().sum()
}

/// The words of a reason for turning a request down, as they stand in the ledger.
#[must_use]
pub fn rejection(code: &str) -> Option<&'static str> {
    REJECTIONS.iter().find(|(known, _)| *known == code).map(|(_, text)| text(Language::Zh))
}
