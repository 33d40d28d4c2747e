//! Whether what an event says can be: each kind against what is known.

use super::{Facts, OnlyServerKnows, PhotoFact, Recount, Refusal, Reversal, TEXT_MAX_CHARS};
use crate::approval::{Outcome, approves};
use crate::credit::check_credit;
use crate::event::{CountMethod, CountedItem, DeviceEvent, EventBody, Flag, ShelfProof};
use crate::id::{EventId, StocktakeId};
use crate::instant::Timestamp;
use crate::master::Store;
use crate::movement::{Movement, MovementKind, PRICE_MAX_MINOR, Place, UNITS_MAX, Units, check_movement};
use crate::stocktake::{LineRef, PLAN_MAX, Plan, Stage, Stocktake};
use crate::transfer::check_transfer;

pub(super) fn check_stocktake_name(stocktake: &StocktakeId, store: &Store) -> Result<(), Refusal> {
    let rest = stocktake.as_str().strip_prefix(store.code.as_str());
    match rest.and_then(|rest| rest.strip_prefix('-')) {
        Some(_) => Ok(()),
        None => Err(Refusal::StocktakeOfOtherStore),
    }
}

pub(super) fn check_body(event: &DeviceEvent, now: Timestamp, facts: &impl Facts) -> Result<(), Refusal> {
    match &event.body {
        EventBody::StocktakeOpened { .. } => Ok(()),
        EventBody::StocktakeSubmitted { stocktake } => known(stocktake, facts).map(|_| ()),
        EventBody::Counted { stocktake, shelf, proof, item, units, method } => {
            check_units(*units, *method)?;
            if !facts.has_shelf(shelf) {
                return Err(Refusal::UnknownShelf);
            }
            if let ShelfProof::Scanned(signature) = proof
                && !facts.is_signature_ours(shelf, signature)
            {
                return Err(Refusal::ForgedShelf);
            }
            match item {
                CountedItem::Known(sku) if facts.price_minor(sku).is_none() => Err(Refusal::UnknownSku),
                CountedItem::Known(sku) => {
                    let line = LineRef { shelf: shelf.clone(), sku: sku.clone() };
                    check_open(stocktake, Some(&line), event, facts)
                }
                CountedItem::Unknown { code, name } => {
                    check_text(code)?;
                    name.as_deref().map_or(Ok(()), check_text)?;
                    check_open(stocktake, None, event, facts)
                }
            }
        }
        EventBody::CountUndone { stocktake, cites } => {
            // On a tablet in the store the next person does not take back what the one before has counted.
            let is_own = |cited: &&DeviceEvent| cited.device == event.device && cited.person == event.person;
            let counted = facts.recorded(cites).filter(is_own);
            let Some(EventBody::Counted { stocktake: of, .. }) = counted.map(|counted| &counted.body) else {
                return Err(Refusal::NothingToUndo);
            };
            if of != stocktake {
                return Err(Refusal::NothingToUndo);
            }
            if facts.is_undone(cites) {
                return Err(Refusal::AlreadyUndone);
            }
            // A recount's own slip of the finger can be taken back too, though the counting is over.
            let known = known(stocktake, facts)?;
            let is_recount = known
                .submitted_at
                .is_some_and(|submitted| counted.is_some_and(|counted| counted.effective_at > submitted));
            if known.stage() == Stage::Review && is_recount {
                return Ok(());
            }
            check_open(stocktake, None, event, facts)
        }
        EventBody::ShelfFinished { stocktake, shelf } => {
            if !facts.has_shelf(shelf) {
                return Err(Refusal::UnknownShelf);
            }
            check_open(stocktake, None, event, facts)
        }
        EventBody::SheetKeyed { stocktake, shelf, counted_by } => {
            check_text(counted_by)?;
            if !facts.has_shelf(shelf) {
                return Err(Refusal::UnknownShelf);
            }
            check_open(stocktake, None, event, facts)
        }
        EventBody::Moved(movement) => check_moved(movement, facts),
        EventBody::Reversed { cites, note } => {
            note.as_deref().map_or(Ok(()), check_text)?;
            check_reversal(cites, event, now, facts)
        }
        EventBody::Approved { cites } => check_decision(cites, Decision::Approve, facts),
        EventBody::Declined { cites, note } => {
            note.as_deref().map_or(Ok(()), check_text)?;
            check_decision(cites, Decision::Decline, facts)
        }
        EventBody::StocktakePlanned { stocktake, plan } => {
            if facts.stocktake(stocktake).is_some_and(|known| known.stage() != Stage::Counting) {
                return Err(Refusal::StocktakeSubmitted);
            }
            check_plan(plan, facts)
        }
        EventBody::RecountAsked { stocktake, lines } => {
            under_review(stocktake, facts)?;
            check_lines(lines, facts)
        }
        EventBody::LineDecided { stocktake, line, counter } => {
            under_review(stocktake, facts)?;
            check_lines(std::slice::from_ref(line), facts)?;
            if facts.has_counted(stocktake, line, counter) { Ok(()) } else { Err(Refusal::NotCountedBy) }
        }
        EventBody::StocktakeApproved { stocktake, zeroed } => {
            under_review(stocktake, facts)?;
            if !zeroed.is_empty() {
                check_lines(zeroed, facts)?;
            }
            match facts.lines_blocking(stocktake).len() {
                0 => Ok(()),
                n_lines => Err(Refusal::LinesOpen { n_lines: u32::try_from(n_lines).unwrap_or(u32::MAX) }),
            }
        }
        EventBody::StocktakeCancelled { stocktake, note } => {
            note.as_deref().map_or(Ok(()), check_text)?;
            match known(stocktake, facts)?.stage() {
                Stage::Counting | Stage::Review => Ok(()),
                Stage::Approved | Stage::Cancelled => Err(Refusal::StocktakeOver),
            }
        }
        EventBody::CaseTaken { cites, flag } => check_case(cites, *flag, event, facts),
        EventBody::CaseClosed { cites, flag, outcome, note } => {
            match note {
                Some(note) => check_text(note)?,
                None if outcome.needs_note() => return Err(Refusal::BadText),
                None => {}
            }
            check_case(cites, *flag, event, facts)
        }
        EventBody::Transfer(told) => check_transfer(event, told, facts),
        EventBody::Credit(told) => check_credit(event, told, facts),
        EventBody::VariancePosted { .. } => Err(Refusal::LedgerOnly),
    }
}

/// An alarm is followed up until it is closed, by somebody it is not about.
fn check_case(cites: &EventId, flag: Flag, event: &DeviceEvent, facts: &impl Facts) -> Result<(), Refusal> {
    let case = match facts.case(cites, flag) {
        Err(OnlyServerKnows) => return Ok(()),
        Ok(None) => return Err(Refusal::NoSuchAlarm),
        Ok(Some(case)) => case,
    };
    if case.about == event.person {
        return Err(Refusal::OwnAlarm);
    }
    if case.closed.is_some() { Err(Refusal::CaseOver) } else { Ok(()) }
}

fn check_moved(movement: &Movement, facts: &impl Facts) -> Result<(), Refusal> {
    check_movement(movement)?;
    if movement.legs.iter().any(|leg| facts.price_minor(&leg.sku).is_none()) {
        return Err(Refusal::UnknownSku);
    }
    let is_unknown = |place: &Place| matches!(place, Place::Shelf(code) if !facts.has_shelf(code));
    if movement.legs.iter().any(|leg| is_unknown(&leg.place)) {
        return Err(Refusal::UnknownShelf);
    }
    let texts = [&movement.document, &movement.note];
    texts.into_iter().flatten().try_for_each(|text| check_text(text))?;
    for lot in movement.legs.iter().filter_map(|leg| leg.lot.as_ref()) {
        lot.batch.as_deref().map_or(Ok(()), check_text)?;
    }
    let reasons = movement.kind.reasons();
    let suits = match movement.reason {
        Some(reason) => reasons.contains(&reason),
        None => reasons.is_empty(),
    };
    if !suits {
        return Err(Refusal::BadReason);
    }
    if let Some((sku, _)) = movement.prices.iter().find(|(_, price)| !(0..=PRICE_MAX_MINOR).contains(*price)) {
        return Err(Refusal::BadPrice { sku: sku.clone() });
    }
    if movement.kind == MovementKind::CustomerReturn {
        check_return(movement, facts)?;
    }
    match movement.photos.iter().find(|photo| facts.photo(photo) == PhotoFact::Missing) {
        Some(photo) => Err(Refusal::PhotoMissing { photo: *photo }),
        None => Ok(()),
    }
}

/// A return has a photo and is of something that was sold.
fn check_return(movement: &Movement, facts: &impl Facts) -> Result<(), Refusal> {
    if movement.kind.needs_photo() && movement.photos.is_empty() {
        return Err(Refusal::PhotoNeeded);
    }
    check_return_of_sale(movement, facts)
}

/// Where a return cites the sale, it is of one that stands: no more than was sold of it and at no higher price.
fn check_return_of_sale(movement: &Movement, facts: &impl Facts) -> Result<(), Refusal> {
    let Some(cites) = &movement.cites else { return Ok(()) };
    let sale = match facts.movement(cites) {
        Err(OnlyServerKnows) => return Ok(()),
        Ok(None) => return Err(Refusal::NothingCited),
        Ok(Some(sale)) => sale,
    };
    if sale.movement.kind != MovementKind::Sale || sale.outcome.is_some() {
        return Err(Refusal::NothingCited);
    }
    let sold = sale.movement.units_moved();
    for (sku, units) in movement.units_moved() {
        let left = sold.get(sku).copied().unwrap_or(0) - facts.returned_units(cites, sku);
        if units > left {
            return Err(Refusal::ReturnedTooMuch { sku: sku.clone(), left: left.max(0) });
        }
        if let Some(refund) = movement.prices.get(sku) {
            let paid = sale.movement.prices.get(sku).copied().or_else(|| facts.price_minor(sku));
            if paid.is_none_or(|paid| *refund > paid) {
                return Err(Refusal::BadPrice { sku: sku.clone() });
            }
        }
    }
    Ok(())
}

/// What took effect is reversed as [`Reversal::judge`] says.
fn check_reversal(cites: &EventId, event: &DeviceEvent, now: Timestamp, facts: &impl Facts) -> Result<(), Refusal> {
    let cited = match facts.movement(cites) {
        Err(OnlyServerKnows) => return Ok(()),
        Ok(None) => return Err(Refusal::NothingCited),
        Ok(Some(cited)) => cited,
    };
    match cited.outcome {
        None | Some(Outcome::Approved) => {}
        // What nobody has decided yet may be withdrawn by who asked for it.
        Some(Outcome::Awaits(_)) if cited.event.person == facts.viewer().id => return Ok(()),
        Some(Outcome::Awaits(_)) => return Err(Refusal::NotAllowed),
        Some(Outcome::Declined | Outcome::Withdrawn | Outcome::Reversed) => return Err(Refusal::AlreadyDecided),
    }
    let reversal = Reversal {
        movement: cited.movement,
        value_minor: cited.value_minor,
        is_own: cited.event.person == event.person,
        // By the phone's clock, so that an old sale stays one that waited for the network; and by the server's, which
        // nobody can set back.
        after_ms: event.effective_at.since(cited.event.effective_at).max(now.since(cited.recorded_at)),
        is_returned: cited.movement.units_moved().into_keys().any(|sku| facts.returned_units(cites, sku) > 0),
    };
    reversal.judge(facts.viewer().role)
}

/// What is said about a movement that awaits somebody's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Approve,
    Decline,
}

fn check_decision(cites: &EventId, decision: Decision, facts: &impl Facts) -> Result<(), Refusal> {
    let cited = match facts.movement(cites) {
        Err(OnlyServerKnows) => return Ok(()),
        Ok(None) => return Err(Refusal::NothingCited),
        Ok(Some(cited)) => cited,
    };
    let Some(Outcome::Awaits(needed)) = cited.outcome else { return Err(Refusal::AlreadyDecided) };
    if cited.event.person == facts.viewer().id {
        return Err(Refusal::OwnApproval);
    }
    if !approves(facts.viewer().role, needed) {
        return Err(Refusal::BeyondLimit { needed });
    }
    match decision {
        // Meanwhile the sale may have been reversed, or come back by another return.
        Decision::Approve if cited.movement.kind == MovementKind::CustomerReturn => {
            check_return_of_sale(cited.movement, facts)
        }
        Decision::Approve | Decision::Decline => Ok(()),
    }
}

fn check_plan(plan: &Plan, facts: &impl Facts) -> Result<(), Refusal> {
    if plan.shelves.is_empty() || plan.shelves.len() > PLAN_MAX || plan.lines.len() > PLAN_MAX {
        return Err(Refusal::BadPlan);
    }
    if plan.shelves.iter().chain(plan.assigned.keys()).any(|shelf| !facts.has_shelf(shelf)) {
        return Err(Refusal::UnknownShelf);
    }
    if plan.lines.is_empty() { Ok(()) } else { check_lines(&plan.lines, facts) }
}

fn check_lines(lines: &[LineRef], facts: &impl Facts) -> Result<(), Refusal> {
    if lines.is_empty() || lines.len() > PLAN_MAX {
        return Err(Refusal::BadPlan);
    }
    for line in lines {
        if !facts.has_shelf(&line.shelf) {
            return Err(Refusal::UnknownShelf);
        }
        if facts.price_minor(&line.sku).is_none() {
            return Err(Refusal::UnknownSku);
        }
    }
    Ok(())
}

/// 0 is a count too: "there are none" is typed as 0 over nothing. Only what is typed over more than it says takes pieces
/// off; whether more was there depends on what has arrived, so that is for the review to say.
fn check_units(units: Units, method: CountMethod) -> Result<(), Refusal> {
    let least = if method == CountMethod::Keypad { -UNITS_MAX } else { 0 };
    if (least..=UNITS_MAX).contains(&units) { Ok(()) } else { Err(Refusal::BadUnits { units }) }
}

pub(crate) fn check_text(text: &str) -> Result<(), Refusal> {
    let n_chars = text.trim().chars().count();
    if (1..=TEXT_MAX_CHARS).contains(&n_chars) { Ok(()) } else { Err(Refusal::BadText) }
}

fn known<'a>(stocktake: &StocktakeId, facts: &'a impl Facts) -> Result<&'a Stocktake, Refusal> {
    facts.stocktake(stocktake).ok_or(Refusal::StocktakeUnknown)
}

fn under_review(stocktake: &StocktakeId, facts: &impl Facts) -> Result<(), Refusal> {
    match known(stocktake, facts)?.stage() {
        Stage::Review => Ok(()),
        Stage::Counting => Err(Refusal::StillCounting),
        Stage::Approved | Stage::Cancelled => Err(Refusal::StocktakeOver),
    }
}

/// Whether the stocktake takes what happened then; of a line also whether it was asked to be counted again.
fn check_open(
    stocktake: &StocktakeId,
    line: Option<&LineRef>,
    event: &DeviceEvent,
    facts: &impl Facts,
) -> Result<(), Refusal> {
    let known = known(stocktake, facts)?;
    if known.takes_counts_of(event.effective_at) {
        return Ok(());
    }
    if known.ending.is_some() {
        return Err(Refusal::StocktakeOver);
    }
    match line.map(|line| facts.may_recount(stocktake, line, &event.person)) {
        Some(Recount::Welcome) => Ok(()),
        Some(Recount::SamePerson) => Err(Refusal::SamePersonRecount),
        Some(Recount::NotAsked) | None => Err(Refusal::StocktakeSubmitted),
    }
}
