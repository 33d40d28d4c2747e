//! Whether a step can be taken: by this store, now, with these pieces.

use super::{
    Bearer, CANDIDATES_MAX, Carriage, LINES_MAX, LotLine, Phase, Request, Step, StepKind, Taken, Transfer,
    TransferEvent, TransferId,
};
use crate::accept::{Facts, OnlyServerKnows, PhotoFact, Refusal, check_text};
use crate::approval::approves;
use crate::event::DeviceEvent;
use crate::id::{SkuCode, StoreCode};
use crate::movement::{Lot, Place, UNITS_MAX, Units};
use crate::policy::Role;
use std::collections::{BTreeMap, BTreeSet};

/// Checks a step against what is known.
///
/// # Errors
/// The first reason not to take it.
pub(crate) fn check_transfer(event: &DeviceEvent, told: &TransferEvent, facts: &impl Facts) -> Result<(), Refusal> {
    let (step, kind) = (&told.step, told.step.kind());
    if kind.is_ledgers() {
        return Err(Refusal::LedgerOnly);
    }
    check_shape(step, facts)?;
    if let Step::Requested(request) = step {
        return check_request(event, told.transfer, request, facts);
    }
    let transfer = match facts.transfer(told.transfer) {
        Err(OnlyServerKnows) => return Ok(()),
        Ok(None) => return Err(Refusal::TransferUnknown),
        Ok(Some(transfer)) => transfer,
    };
    transfer.check_turn(&event.store, kind)?;
    match step {
        Step::Approved | Step::Rejected { .. } => check_approval(event, &transfer, facts),
        Step::Confirmed { lines } => {
            within(&step.units(), &transfer.requested().step.units())?;
            for line in lines {
                let available = facts.available_units(&line.sku);
                if let Ok(available) = available
                    && line.units > available
                {
                    return Err(Refusal::NotAvailable { sku: line.sku.clone(), available: available.max(0) });
                }
            }
            Ok(())
        }
        Step::Picked { .. } => within(&step.units(), &transfer.units(StepKind::Answer)),
        Step::HandedOver { lines, .. } => {
            within(&step.units(), &transfer.units(StepKind::Picking))?;
            check_lots(lines, &transfer)
        }
        Step::Received { .. } => check_receipt(step, &transfer),
        Step::Settled { bearer, .. } => {
            let open = transfer.in_transit();
            within(&step.units(), &open)?;
            within(&open, &step.units())?;
            // Who lets somebody else pay must answer for both.
            if *bearer != Bearer::Receiver && !approves(facts.viewer().role, Role::RegionalManager) {
                return Err(Refusal::BeyondLimit { needed: Role::RegionalManager });
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Whether the step can be what it says, whatever the transfer.
fn check_shape(step: &Step, facts: &impl Facts) -> Result<(), Refusal> {
    let mut items = BTreeSet::new();
    let mut n_lines = 0;
    // Whatever makes two lines one must not come twice.
    let mut line = |key: (&SkuCode, Option<&Option<Lot>>, Option<&Place>), units: &[Units]| {
        n_lines += 1;
        let absurd = units.iter().find(|units| !(0..=UNITS_MAX).contains(*units)).copied();
        if let Some(units) = absurd.or_else(|| units.iter().all(|units| *units == 0).then_some(0)) {
            return Err(Refusal::BadUnits { units });
        }
        if facts.price_minor(key.0).is_none() {
            return Err(Refusal::UnknownSku);
        }
        if let Some(Place::Shelf(shelf)) = key.2
            && !facts.has_shelf(shelf)
        {
            return Err(Refusal::UnknownShelf);
        }
        if key.2.is_some_and(|place| !place.is_internal()) || !items.insert(format!("{key:?}")) {
            return Err(Refusal::BadTransfer);
        }
        let batch = key.1.and_then(|lot| lot.as_ref()).and_then(|lot| lot.batch.as_deref());
        batch.map_or(Ok(()), check_text)
    };
    let may_be_empty = matches!(step, Step::Received { .. } | Step::Settled { .. });
    let has_lines = match step {
        Step::Requested(Request { lines, .. }) | Step::Confirmed { lines } | Step::Settled { lines, .. } => {
            lines.iter().try_for_each(|of| line((&of.sku, None, None), &[of.units]))?;
            true
        }
        Step::Picked { lines } => {
            lines.iter().try_for_each(|of| line((&of.sku, Some(&of.lot), Some(&of.from)), &[of.units]))?;
            true
        }
        Step::HandedOver { lines, carriage } => {
            let (Carriage::Carrier { name, .. } | Carriage::Driver { name }) = carriage;
            check_text(name)?;
            if let Carriage::Carrier { tracking: Some(number), .. } = carriage {
                check_text(number)?;
            }
            lines.iter().try_for_each(|of| line((&of.sku, Some(&of.lot), None), &[of.units]))?;
            true
        }
        Step::Received { lines, photos, .. } => {
            let of_line = |of: &super::ReceivedLine| [of.units, of.damaged, of.over];
            lines.iter().try_for_each(|of| line((&of.sku, Some(&of.lot), Some(&of.to)), &of_line(of)))?;
            if lines.iter().any(|of| of.damaged > 0) && photos.is_empty() {
                return Err(Refusal::PhotoNeeded);
            }
            if let Some(photo) = photos.iter().find(|photo| facts.photo(photo) == PhotoFact::Missing) {
                return Err(Refusal::PhotoMissing { photo: *photo });
            }
            true
        }
        _ => false,
    };
    if n_lines > LINES_MAX || (has_lines && n_lines == 0 && !may_be_empty) {
        return Err(Refusal::BadTransfer);
    }
    step.note().map_or(Ok(()), check_text)
}

/// A request names itself, and other stores of the chain, each once.
fn check_request(
    event: &DeviceEvent,
    transfer: TransferId,
    request: &Request,
    facts: &impl Facts,
) -> Result<(), Refusal> {
    let stores: BTreeSet<&StoreCode> = request.candidates.iter().map(|candidate| &candidate.store).collect();
    let is_sound = transfer.request() == event.id
        && (1..=CANDIDATES_MAX).contains(&request.candidates.len())
        && request.candidates.iter().all(|candidate| candidate.why.len() <= LINES_MAX)
        && stores.len() == request.candidates.len()
        && !stores.contains(&event.store)
        && stores.into_iter().all(|store| facts.is_store(store));
    if is_sound { Ok(()) } else { Err(Refusal::BadTransfer) }
}

fn check_approval(event: &DeviceEvent, transfer: &Transfer, facts: &impl Facts) -> Result<(), Refusal> {
    let Some(needed) = transfer.awaits_approval_of() else { return Err(Refusal::AlreadyDecided) };
    if transfer.requested().by == event.person {
        return Err(Refusal::OwnApproval);
    }
    if approves(facts.viewer().role, needed) { Ok(()) } else { Err(Refusal::BeyondLimit { needed }) }
}

/// What is handed over of a lot was picked of it.
fn check_lots(lines: &[LotLine], transfer: &Transfer) -> Result<(), Refusal> {
    let Some(Taken { step: Step::Picked { lines: picked }, .. }) = transfer.step(StepKind::Picking) else {
        return Ok(());
    };
    for line in lines {
        let of_lot = picked.iter().filter(|of| (&of.sku, &of.lot) == (&line.sku, &line.lot));
        let most: Units = of_lot.map(|of| of.units).sum();
        if line.units > most {
            return Err(Refusal::TooManyUnits { sku: line.sku.clone(), most });
        }
    }
    Ok(())
}

/// Sound and damaged pieces were sent; only where all of those have arrived there can be more.
fn check_receipt(step: &Step, transfer: &Transfer) -> Result<(), Refusal> {
    let Step::Received { lines, .. } = step else { return Ok(()) };
    let sent = transfer.sent();
    let mut arrived: BTreeMap<&SkuCode, (Units, Units)> = BTreeMap::new();
    for line in lines {
        let (of_sent, over) = arrived.entry(&line.sku).or_default();
        *of_sent += line.units + line.damaged;
        *over += line.over;
    }
    for (sku, (of_sent, over)) in arrived {
        let most = sent.get(sku).copied().unwrap_or(0);
        if of_sent > most {
            return Err(Refusal::TooManyUnits { sku: sku.clone(), most });
        }
        if over > 0 && of_sent < most {
            return Err(Refusal::TooManyUnits { sku: sku.clone(), most: 0 });
        }
    }
    Ok(())
}

/// Of no item more than `most`.
fn within(units: &BTreeMap<&SkuCode, Units>, most: &BTreeMap<&SkuCode, Units>) -> Result<(), Refusal> {
    let most_of = |sku: &SkuCode| most.get(sku).copied().unwrap_or(0);
    match units.iter().find(|(sku, units)| **units > most_of(sku)) {
        Some((sku, _)) => Err(Refusal::TooManyUnits { sku: SkuCode::clone(sku), most: most_of(sku) }),
        None => Ok(()),
    }
}

impl Transfer {
    /// Whether it is `store`'s turn to take the step: its own, not taken before, nothing in the way, all before it
    /// done. The page asks too, to show only what can be done.
    ///
    /// # Errors
    /// [`Refusal::StepTaken`] names who was first and when, with the step itself or with one that rules it out.
    pub fn check_turn(&self, store: &StoreCode, kind: StepKind) -> Result<(), Refusal> {
        if kind.is_sources() {
            self.check_source(store, kind)?
        } else {
            self.check_receiver(store)?
        }
        let taken = |kind: StepKind| self.step(kind).map_or(Ok(()), |by| Err(step_taken(by)));
        taken(kind)?;
        let is_before_hand_over = matches!(
            kind,
            StepKind::Approval | StepKind::Cancellation | StepKind::Answer | StepKind::Picking | StepKind::HandOver
        );
        if is_before_hand_over {
            taken(StepKind::Cancellation)?;
            taken(StepKind::HandOver)?;
            if self.is_rejected() {
                taken(StepKind::Approval)?;
            }
        }
        let needed = match kind {
            StepKind::Answer => self.awaits_approval_of().map(|_| StepKind::Approval),
            StepKind::Picking => Some(StepKind::Answer),
            StepKind::HandOver => Some(StepKind::Picking),
            StepKind::Receipt => Some(StepKind::HandOver),
            StepKind::Settlement => Some(StepKind::Receipt),
            StepKind::FlowReview => Some(StepKind::FlowAlarm),
            _ => None,
        };
        if let Some(needed) = needed.filter(|needed| self.step(*needed).is_none()) {
            return Err(Refusal::StepNotYet { needed });
        }
        if kind == StepKind::Settlement && self.phase() != Phase::Disputed {
            return Err(Refusal::NothingToSettle);
        }
        Ok(())
    }

    fn check_receiver(&self, store: &StoreCode) -> Result<(), Refusal> {
        if *store == self.receiver { Ok(()) } else { Err(Refusal::TransferOfOthers) }
    }

    /// The source that is asked now may act; one that has declined is told so, one further down must wait.
    fn check_source(&self, store: &StoreCode, kind: StepKind) -> Result<(), Refusal> {
        if self.source() == Some(store) {
            return Ok(());
        }
        if !self.request().candidates.iter().any(|candidate| candidate.store == *store) {
            return Err(Refusal::TransferOfOthers);
        }
        match self.side(store).and_then(|side| side.step(StepKind::Answer)) {
            Some(declined) => Err(step_taken(declined)),
            None if kind == StepKind::Answer => Err(Refusal::StepNotYet { needed: StepKind::Answer }),
            None => Err(Refusal::TransferOfOthers),
        }
    }
}

fn step_taken(by: &Taken) -> Refusal {
    Refusal::StepTaken { step: by.step.kind(), by: by.by.clone(), at: by.at }
}
