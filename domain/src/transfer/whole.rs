//! The whole transfer, put together from what its stores' chains say.

use super::{Candidate, Request, Side, Step, StepKind, Taken, TransferId};
use crate::approval::Standing;
use crate::id::{SkuCode, StoreCode};
use crate::instant::Timestamp;
use crate::movement::Units;
use crate::policy::{Action, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A transfer as both stores see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Which.
    pub id: TransferId,
    /// The store that wants the goods.
    pub receiver: StoreCode,
    /// What each store's chain says; the receiving store's holds the request.
    sides: BTreeMap<StoreCode, Side>,
}

/// How far a transfer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Somebody who answers for more must let the store ask.
    AwaitsApproval,
    /// The source must confirm or decline.
    AwaitsAnswer,
    /// The source has promised the goods and must pick them.
    Confirmed,
    /// The goods stand ready at the source.
    Picked,
    /// The goods are under way.
    InTransit,
    /// The goods have been under way too long 异常流转.
    Abnormal,
    /// Not all arrived sound: somebody must bear it.
    Disputed,
    /// All is where it belongs.
    Closed,
    /// Withdrawn.
    Cancelled,
    /// Turned down.
    Rejected,
    /// Every source has declined.
    Unmet,
}

impl Phase {
    /// Whether nobody has to do anything any more.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Cancelled | Self::Rejected | Self::Unmet)
    }
}

/// Who must take the next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// In which store.
    pub store: StoreCode,
    /// The least role that is asked; once an answer, a dispatch or a review is overdue, the region.
    pub role: Role,
    /// Which step.
    pub step: StepKind,
    /// Since when.
    pub since: Timestamp,
}

impl Waiting {
    /// Whether goods are moved in the step: that is done by whoever is in the store, however late it is and whoever else
    /// is told.
    #[must_use]
    pub fn moves_goods(&self) -> bool {
        self.step.action() == Action::MoveStock
    }

    /// The least role that can do it, which need not be the one that is told.
    #[must_use]
    pub fn doer(&self) -> Role {
        if self.moves_goods() { Role::Clerk } else { self.role }
    }
}

/// How what arrived of an item differs from what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discrepancy {
    /// The item.
    pub sku: SkuCode,
    /// Pieces that did not arrive.
    pub short: Units,
    /// Pieces that arrived and cannot be sold.
    pub damaged: Units,
    /// Pieces that arrived beyond those sent.
    pub over: Units,
}

impl Transfer {
    /// Puts a transfer together from its stores' sides; `None` where none of them holds the request.
    #[must_use]
    pub fn of(id: TransferId, sides: BTreeMap<StoreCode, Side>) -> Option<Self> {
        let is_receiver =
            |side: &Side| matches!(side.step(StepKind::Request), Some(taken) if taken.event == id.request());
        let receiver = sides.iter().find(|(_, side)| is_receiver(side))?.0.clone();
        Some(Self { id, receiver, sides })
    }

    /// The request, as it was taken.
    #[must_use]
    pub fn requested(&self) -> &Taken {
        self.sides
            .get(&self.receiver)
            .and_then(|side| side.step(StepKind::Request))
            .expect("a transfer is put together around its request")
    }

    /// What was asked for.
    #[must_use]
    pub fn request(&self) -> &Request {
        match &self.requested().step {
            Step::Requested(request) => request,
            other => unreachable!("a request is filed under its own kind, not as {:?}", other.kind()),
        }
    }

    /// The source that is asked or has promised; `None` once every candidate has declined.
    #[must_use]
    pub fn source(&self) -> Option<&StoreCode> {
        self.request().candidates.iter().map(|candidate| &candidate.store).find(|store| self.declined(store).is_none())
    }

    /// Candidates that have declined, in the order asked, each with its answer.
    pub fn declines(&self) -> impl Iterator<Item = (&Candidate, &Taken)> {
        self.request().candidates.iter().map_while(|candidate| Some((candidate, self.declined(&candidate.store)?)))
    }

    fn declined(&self, store: &StoreCode) -> Option<&Taken> {
        let answer = self.sides.get(store)?.step(StepKind::Answer)?;
        matches!(answer.step, Step::Declined { .. }).then_some(answer)
    }

    /// A store's part in it.
    #[must_use]
    pub fn side(&self, store: &StoreCode) -> Option<&Side> {
        self.sides.get(store)
    }

    /// The stores on whose chains the next step depends: the receiving one and the source that is asked. Whoever decides
    /// about a step must find both heads unchanged when it is committed.
    pub fn stores(&self) -> impl Iterator<Item = &StoreCode> {
        [Some(&self.receiver), self.source()].into_iter().flatten()
    }

    /// Whether the store has taken any step of it.
    #[must_use]
    pub fn has_part(&self, store: &StoreCode) -> bool {
        self.sides.contains_key(store)
    }

    /// Every step of every store, in order of time.
    #[must_use]
    pub fn timeline(&self) -> Vec<(&StoreCode, &Taken)> {
        let mut steps: Vec<(&StoreCode, &Taken)> =
            self.sides.iter().flat_map(|(store, side)| side.steps().map(move |taken| (store, taken))).collect();
        steps.sort_by_key(|(_, taken)| (taken.at, taken.event));
        steps
    }

    /// Counts the steps that people took: an answer to an older version is about something else. What the hour brings
    /// changes nothing about the question.
    #[must_use]
    pub fn version(&self) -> u64 {
        let steps = self.sides.values().flat_map(Side::steps).filter(|taken| !taken.step.kind().is_ledgers());
        steps.fold(0, |n, _| n + 1)
    }

    /// The step that people took when the transfer was at that version, which ended it.
    #[must_use]
    pub fn step_after(&self, version: u64) -> Option<&Taken> {
        let steps = self.timeline().into_iter().map(|(_, taken)| taken);
        let mut by_people = steps.filter(|taken| !taken.step.kind().is_ledgers());
        by_people.nth(usize::try_from(version).ok()?)
    }

    /// The step of the receiving store, or of the source that is asked now.
    #[must_use]
    pub fn step(&self, kind: StepKind) -> Option<&Taken> {
        let store = if kind.is_sources() { self.source()? } else { &self.receiver };
        self.sides.get(store)?.step(kind)
    }

    /// Whose word the request still needs.
    #[must_use]
    pub fn awaits_approval_of(&self) -> Option<Role> {
        match self.requested().standing {
            Standing::Awaits(role) if self.step(StepKind::Approval).is_none() => Some(role),
            _ => None,
        }
    }

    /// Whether the request was turned down.
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        matches!(self.step(StepKind::Approval), Some(Taken { step: Step::Rejected { .. }, .. }))
    }

    /// The step by which the present source came to be asked.
    #[must_use]
    pub fn asked_by(&self) -> &Taken {
        let declined = self.declines().last().map(|(_, taken)| taken);
        declined.or_else(|| self.step(StepKind::Approval)).unwrap_or_else(|| self.requested())
    }

    /// Pieces of each item that the step says, if it was taken.
    #[must_use]
    pub fn units(&self, kind: StepKind) -> BTreeMap<&SkuCode, Units> {
        self.step(kind).map(|taken| taken.step.units()).unwrap_or_default()
    }

    /// Pieces that left the source, per item.
    #[must_use]
    pub fn sent(&self) -> BTreeMap<&SkuCode, Units> {
        self.units(StepKind::HandOver)
    }

    /// Pieces that belong to the transfer now, per item: sent, and neither sound at the receiving store nor borne by
    /// anybody. Never negative.
    #[must_use]
    pub fn in_transit(&self) -> BTreeMap<&SkuCode, Units> {
        let mut open = self.sent();
        for kind in [StepKind::Receipt, StepKind::Settlement] {
            for (sku, units) in self.units(kind) {
                open.entry(sku).and_modify(|left| *left -= units);
            }
        }
        open.retain(|_, units| *units > 0);
        open
    }

    /// Pieces that were wanted and that the transfer will not bring, per item, as far as that is known: what the source
    /// did not promise or did not find, and everything where nobody promised any. What was lost on the way is in
    /// [`Self::discrepancies`].
    #[must_use]
    pub fn unmet(&self) -> BTreeMap<&SkuCode, Units> {
        let given = match self.phase() {
            Phase::Unmet => BTreeMap::new(),
            Phase::Confirmed => self.units(StepKind::Answer),
            Phase::Picked | Phase::InTransit | Phase::Abnormal | Phase::Disputed | Phase::Closed => {
                self.units(StepKind::Picking)
            }
            Phase::AwaitsApproval | Phase::AwaitsAnswer | Phase::Cancelled | Phase::Rejected => return BTreeMap::new(),
        };
        let mut unmet = self.units(StepKind::Request);
        for (sku, units) in &mut unmet {
            *units -= given.get(sku).copied().unwrap_or_default();
        }
        unmet.retain(|_, units| *units > 0);
        unmet
    }

    /// Where what arrived is not what was sent; nothing before the receipt.
    #[must_use]
    pub fn discrepancies(&self) -> Vec<Discrepancy> {
        let Some(Taken { step: Step::Received { lines, .. }, .. }) = self.step(StepKind::Receipt) else {
            return Vec::new();
        };
        let mut found: BTreeMap<&SkuCode, Discrepancy> = BTreeMap::new();
        let mut of = |sku, change: &dyn Fn(&mut Discrepancy)| {
            let none = || Discrepancy { sku: SkuCode::clone(sku), short: 0, damaged: 0, over: 0 };
            change(found.entry(sku).or_insert_with(none));
        };
        for (sku, units) in self.sent() {
            of(sku, &|of| of.short += units);
        }
        for line in lines {
            of(&line.sku, &|of| {
                of.short -= line.units + line.damaged;
                of.damaged += line.damaged;
                of.over += line.over;
            });
        }
        found.into_values().filter(|of| (of.short, of.damaged, of.over) != (0, 0, 0)).collect()
    }

    /// How far it has come.
    #[must_use]
    pub fn phase(&self) -> Phase {
        let has = |kind| self.step(kind).is_some();
        if has(StepKind::Receipt) {
            let is_open = !has(StepKind::Settlement) && !self.discrepancies().is_empty();
            return if is_open { Phase::Disputed } else { Phase::Closed };
        }
        if has(StepKind::HandOver) {
            return if has(StepKind::FlowAlarm) { Phase::Abnormal } else { Phase::InTransit };
        }
        if has(StepKind::Cancellation) {
            Phase::Cancelled
        } else if self.is_rejected() {
            Phase::Rejected
        } else if self.awaits_approval_of().is_some() {
            Phase::AwaitsApproval
        } else if self.source().is_none() {
            Phase::Unmet
        } else if has(StepKind::Picking) {
            Phase::Picked
        } else if has(StepKind::Answer) {
            Phase::Confirmed
        } else {
            Phase::AwaitsAnswer
        }
    }

    /// Who must do what next; `None` when it is over. What the hour brings is in the ledger within a minute, so this
    /// needs no clock of its own.
    #[must_use]
    pub fn waits_for(&self) -> Option<Waiting> {
        let at = |kind| self.step(kind).map(|taken| taken.at);
        let source = || self.source().cloned();
        let receiver = || Some(self.receiver.clone());
        let sender = || {
            let late = [StepKind::SendingEscalation, StepKind::SendingReminder].map(|kind| at(kind).is_some());
            match late {
                [true, _] => Role::RegionalManager,
                [_, true] => Role::StoreManager,
                _ => Role::Clerk,
            }
        };
        let (store, role, step, since) = match self.phase() {
            Phase::AwaitsApproval => {
                (receiver(), self.awaits_approval_of()?, StepKind::Approval, Some(self.requested().at))
            }
            Phase::AwaitsAnswer => {
                let is_late = at(StepKind::AnswerEscalation).is_some();
                let role = if is_late { Role::RegionalManager } else { Role::StoreManager };
                (source(), role, StepKind::Answer, Some(self.asked_by().at))
            }
            Phase::Confirmed => (source(), sender(), StepKind::Picking, at(StepKind::Answer)),
            Phase::Picked => (source(), sender(), StepKind::HandOver, at(StepKind::Picking)),
            Phase::InTransit => (receiver(), Role::Clerk, StepKind::Receipt, at(StepKind::HandOver)),
            Phase::Abnormal if at(StepKind::FlowEscalation).is_some() => {
                (receiver(), Role::RegionalManager, StepKind::Receipt, at(StepKind::FlowEscalation))
            }
            Phase::Abnormal if at(StepKind::FlowReview).is_some() => {
                (receiver(), Role::StoreManager, StepKind::Receipt, at(StepKind::HandOver))
            }
            Phase::Abnormal => (receiver(), Role::StoreManager, StepKind::FlowReview, at(StepKind::FlowAlarm)),
            Phase::Disputed => (receiver(), Role::StoreManager, StepKind::Settlement, at(StepKind::Receipt)),
            Phase::Closed | Phase::Cancelled | Phase::Rejected | Phase::Unmet => return None,
        };
        Some(Waiting { store: store?, role, step, since: since? })
    }
}

/// Pieces that `store` has promised to others and still has, per item: what may be promised is what is on hand less
/// these. Give it every transfer that asks the store for goods and is not over.
///
/// A promise begins with the confirmation, in the source's own chain, where two of them cannot pass each other. Being
/// asked promises nothing: the question stands in the other store's chain, and a store that asks for more than it takes
/// would else lock what others could sell. [`super::LineUnderWay`] tells a ranking what is spoken
/// for all the same.
#[must_use]
pub fn reserved<'a>(
    store: &StoreCode,
    transfers: impl IntoIterator<Item = &'a Transfer>,
) -> BTreeMap<&'a SkuCode, Units> {
    let mut sum = BTreeMap::new();
    for transfer in transfers.into_iter().filter(|transfer| transfer.source() == Some(store)) {
        // What was picked is what will leave: the rest of the promise is free again.
        let held = match transfer.phase() {
            Phase::Confirmed => transfer.units(StepKind::Answer),
            Phase::Picked => transfer.units(StepKind::Picking),
            _ => BTreeMap::new(),
        };
        held.into_iter().for_each(|(sku, units)| *sum.entry(sku).or_default() += units);
    }
    sum
}
