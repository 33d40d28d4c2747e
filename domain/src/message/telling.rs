//! Who is told what when a transfer takes a step.

use crate::id::{EventId, PersonId, StoreCode};
use crate::message::MessageKind;
use crate::policy::Role;
use crate::transfer::{Phase, Step, StepKind, Taken, Transfer};

/// Whom something is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// One person.
    Person(PersonId),
    /// Everybody of this role who answers for the store; where there is nobody, the role above.
    Role(Role, StoreCode),
}

/// Something that people are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// Why.
    pub kind: MessageKind,
    /// Whom.
    pub to: Audience,
    /// The store that it concerns them for.
    pub store: StoreCode,
}

/// What is told of the step that `event` recorded, as the transfer stands now: first who must act on it, then who waits
/// for it. A question that somebody has answered since is not asked any more. Who took the step knows of it.
#[must_use]
pub fn tellings(transfer: &Transfer, event: EventId) -> Vec<Telling> {
    let Some((_, taken)) = transfer.timeline().into_iter().find(|(_, taken)| taken.event == event) else {
        return Vec::new();
    };
    let mut told: Vec<Telling> = question(transfer, taken).into_iter().collect();
    told.extend(news(transfer, taken));
    told.retain(|telling| telling.to != Audience::Person(taken.by.clone()));
    told
}

/// Who must act because of the step.
fn question(transfer: &Transfer, taken: &Taken) -> Option<Telling> {
    let waits = transfer.waits_for()?;
    let is_asking = transfer.asked_by().event == taken.event;
    let (kind, role) = match (taken.step.kind(), waits.step) {
        (StepKind::Request, StepKind::Approval) => (MessageKind::Approval, waits.role),
        (_, StepKind::Answer) if is_asking => (MessageKind::TransferRequest, Role::StoreManager),
        (StepKind::AnswerReminder, StepKind::Answer) => (MessageKind::TransferReminder, Role::StoreManager),
        (StepKind::AnswerEscalation, StepKind::Answer) => (MessageKind::TransferReminder, Role::RegionalManager),
        (StepKind::ApprovalReminder, StepKind::Approval) => (MessageKind::Approval, waits.role),
        (StepKind::SendingReminder, StepKind::Picking | StepKind::HandOver) => {
            (MessageKind::SendingReminder, Role::StoreManager)
        }
        (StepKind::SendingEscalation, StepKind::Picking | StepKind::HandOver) => {
            (MessageKind::SendingReminder, Role::RegionalManager)
        }
        (StepKind::FlowAlarm, _) if transfer.phase() == Phase::Abnormal => {
            (MessageKind::AbnormalFlow, Role::StoreManager)
        }
        (StepKind::FlowEscalation, _) if transfer.phase() == Phase::Abnormal => {
            (MessageKind::AbnormalFlow, Role::RegionalManager)
        }
        (StepKind::HandOver, StepKind::Receipt) | (StepKind::Receipt, StepKind::Settlement) => {
            (MessageKind::TransferProgress, Role::StoreManager)
        }
        _ => return None,
    };
    Some(Telling { kind, to: Audience::Role(role, waits.store.clone()), store: waits.store })
}

/// Who waits for the step, or has to stop for it.
fn news(transfer: &Transfer, taken: &Taken) -> Option<Telling> {
    let (to, store) = match taken.step {
        Step::Approved
        | Step::Rejected { .. }
        | Step::Confirmed { .. }
        | Step::Declined { .. }
        | Step::HandedOver { .. }
        | Step::SendingEscalated => (Audience::Person(transfer.requested().by.clone()), transfer.receiver.clone()),
        // Whoever was not asked yet need not hear that nothing is wanted.
        Step::Cancelled { .. } if transfer.awaits_approval_of().is_none() => {
            let source = transfer.source()?;
            (Audience::Role(Role::StoreManager, source.clone()), source.clone())
        }
        _ => return None,
    };
    Some(Telling { kind: MessageKind::TransferProgress, to, store })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::approval::Standing;
    use crate::event::{ClockVerdict, DeviceEvent, EventBody, LedgerEvent, Stamp};
    use crate::geo::{Fix, Geofence, NoFix};
    use crate::id::{DeviceId, SkuCode};
    use crate::instant::Timestamp;
    use crate::transfer::{Candidate, DeclineReason, Line, Request, Side, TransferEvent, TransferId};
    use std::collections::BTreeMap;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

    fn store(code: &str) -> StoreCode {
        StoreCode::parse(code).expect("valid")
    }

    fn person(code: &str) -> PersonId {
        PersonId::parse(code).expect("valid")
    }

    fn event(n: u32) -> EventId {
        EventId::from_parts(1_795_320_000_000, u128::from(n))
    }

    fn lines() -> Vec<Line> {
        vec![Line { sku: SkuCode::parse("100001").expect("valid"), units: 3 }]
    }

    fn requested() -> Step {
        let candidates = ["S002", "S003"].map(|code| Candidate { store: store(code), why: Vec::new() }).to_vec();
        Step::Requested(Request { lines: lines(), candidates, wanted_by: None, note: None })
    }

    fn declined() -> Step {
        Step::Declined { reason: DeclineReason::NeededHere, note: None }
    }

    /// A transfer of the steps, each a minute after the one before, named 1, 2, 3 …
    fn transfer(standing: Standing, steps: &[(&str, &str, Step)]) -> Transfer {
        let id = TransferId::of(event(1));
        let mut sides: BTreeMap<StoreCode, Side> = BTreeMap::new();
        for (n, (at, by, step)) in (1_u32..).zip(steps) {
            let body = EventBody::Transfer(TransferEvent { transfer: id, step: step.clone() });
            let device = DeviceEvent {
                id: event(n),
                store: store(at),
                device: DeviceId::MIN,
                device_seq: 1,
                person: person(by),
                effective_at: NOW.plus_ms(i64::from(n) * 60_000),
                fix: Fix::Missing { reason: NoFix::Machine },
                app: "test".into(),
                body,
            };
            let stamp = Stamp {
                seq: u64::from(n),
                recorded_at: device.effective_at,
                geofence: Geofence::Unknown,
                clock: ClockVerdict::Plausible,
                standing: if n == 1 { standing } else { Standing::Posted },
                value_minor: 1_500,
                flags: Vec::new(),
            };
            sides.entry(store(at)).or_default().take(&LedgerEvent { stamp, event: device }, step);
        }
        Transfer::of(id, sides).expect("requested")
    }

    fn said(transfer: &Transfer, n: u32) -> Vec<(MessageKind, Audience)> {
        tellings(transfer, event(n)).into_iter().map(|telling| (telling.kind, telling.to)).collect()
    }

    fn managers(code: &str) -> Audience {
        Audience::Role(Role::StoreManager, store(code))
    }

    #[test]
    fn the_source_is_asked_and_the_next_one_where_it_declines() {
        let asks = ("S001", "P1", requested());
        let first = transfer(Standing::Posted, std::slice::from_ref(&asks));
        assert_eq!(said(&first, 1), [(MessageKind::TransferRequest, managers("S002"))]);
        let next = transfer(Standing::Posted, &[asks, ("S002", "P2", declined())]);
        assert_eq!(said(&next, 1), [], "nobody is asked what was answered since");
        let wants = (MessageKind::TransferProgress, Audience::Person(person("P1")));
        assert_eq!(said(&next, 2), [(MessageKind::TransferRequest, managers("S003")), wants]);
        assert_eq!((first.version(), next.version()), (1, 2));
    }

    #[test]
    fn what_needs_a_word_is_asked_above_first() {
        let asks = ("S001", "P1", requested());
        let waits = Standing::Awaits(Role::RegionalManager);
        let region = Audience::Role(Role::RegionalManager, store("S001"));
        assert_eq!(said(&transfer(waits, std::slice::from_ref(&asks)), 1), [(MessageKind::Approval, region.clone())]);
        let reminded = transfer(waits, &[asks.clone(), ("S001", "P1", Step::ApprovalReminded)]);
        assert_eq!(said(&reminded, 2), [(MessageKind::Approval, region)]);
        let approved = transfer(waits, &[asks, ("S001", "P9", Step::Approved)]);
        let wants = (MessageKind::TransferProgress, Audience::Person(person("P1")));
        assert_eq!(said(&approved, 2), [(MessageKind::TransferRequest, managers("S002")), wants]);
    }

    #[test]
    fn whoever_asked_hears_the_answer_and_a_reminder_leaves_the_question_as_it_was() {
        let asks = ("S001", "P1", requested());
        let reminded = ("S002", "P1", Step::AnswerReminded);
        let late = transfer(Standing::Posted, &[asks.clone(), reminded.clone()]);
        assert_eq!(said(&late, 2), [(MessageKind::TransferReminder, managers("S002"))]);
        assert_eq!(late.version(), 1);
        let escalated = transfer(Standing::Posted, &[asks.clone(), reminded, ("S002", "P1", Step::AnswerEscalated)]);
        let region = Audience::Role(Role::RegionalManager, store("S002"));
        assert_eq!(said(&escalated, 3), [(MessageKind::TransferReminder, region)]);
        let confirmed = transfer(Standing::Posted, &[asks, ("S002", "P2", Step::Confirmed { lines: lines() })]);
        let wants = (MessageKind::TransferProgress, Audience::Person(person("P1")));
        assert_eq!(said(&confirmed, 2), [wants]);
        assert_eq!(tellings(&confirmed, event(7)), []);
    }

    #[test]
    fn promised_goods_that_stay_are_asked_for_and_whoever_waits_hears_of_it() {
        let asks = ("S001", "P1", requested());
        let promised = ("S002", "P2", Step::Confirmed { lines: lines() });
        let late = ("S002", "P2", Step::SendingReminded);
        let reminded = transfer(Standing::Posted, &[asks.clone(), promised.clone(), late.clone()]);
        assert_eq!(said(&reminded, 3), [(MessageKind::SendingReminder, managers("S002"))]);
        let steps = [asks, promised, late, ("S002", "P2", Step::SendingEscalated)];
        let escalated = transfer(Standing::Posted, &steps);
        let region = Audience::Role(Role::RegionalManager, store("S002"));
        let wants = (MessageKind::TransferProgress, Audience::Person(person("P1")));
        assert_eq!(said(&escalated, 4), [(MessageKind::SendingReminder, region), wants]);
        assert_eq!(escalated.version(), 2, "the question is as it was");
    }
}
