//! Decides whether an event is taken into the ledger. The phone asks to answer at once, the server has the last word.

mod check;
mod refusal;
mod reversal;

pub(crate) use check::check_text;
pub use refusal::Refusal;
pub use reversal::Reversal;

use crate::approval::{Outcome, Standing, request_standing, standing};
use crate::case::Case;
use crate::credit::{Appeal, Band, PointKey};
use crate::event::{ClockVerdict, DeviceEvent, EventBody, Flag};
use crate::geo::{Geofence, geofence};
use crate::id::{EventId, PersonId, ShelfCode, SkuCode, StocktakeId, StoreCode};
use crate::instant::{DAY_MS, MINUTE_MS, Timestamp};
use crate::master::Store;
use crate::movement::{Movement, MovementKind, Units};
use crate::photo::PhotoId;
use crate::policy::{Action, Target, Viewer, may};
use crate::stocktake::{LineRef, Stocktake};
use crate::transfer::{Step, StepKind, Transfer, TransferId};
use check::{check_body, check_stocktake_name};
use std::collections::{BTreeMap, BTreeSet};

/// A device clock this far off is not remarked on, in milliseconds.
pub const SKEW_TOLERATED_MS: i64 = 5 * MINUTE_MS;
/// An event further in the future than this is refused, in milliseconds.
pub const FUTURE_MAX_MS: i64 = DAY_MS;
/// An event older than this is refused, in milliseconds.
pub const AGE_MAX_MS: i64 = 31 * DAY_MS;
/// A photo taken longer than this before or after what it is evidence of was not taken on the spot, in milliseconds.
pub const PHOTO_APART_MS: u64 = (15 * MINUTE_MS).unsigned_abs();
/// Longest code or name of an unknown item, in characters.
pub const TEXT_MAX_CHARS: usize = 256;

/// What is known of a photo that an event names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoFact {
    /// It is not here yet.
    Missing,
    /// It is here, and unlike any other.
    Here,
    /// Another event names it.
    Used,
    /// It looks like this one, taken before.
    Alike(PhotoId),
}

/// When and by whom a photo was taken, as its phone said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoTaking {
    /// When; never later than it arrived.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
}

/// How an event stands that another one is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitedMovement<'a> {
    /// The event.
    pub event: &'a DeviceEvent,
    /// Its movement.
    pub movement: &'a Movement,
    /// What it was worth when it was recorded, in minor units.
    pub value_minor: i64,
    /// The server's clock when it was taken.
    pub recorded_at: Timestamp,
    /// What has become of it, if it did not simply take effect.
    pub outcome: Option<Outcome>,
}

/// What the rule needs to know; the phone answers from its snapshot, the server from the database.
///
/// Where the phone cannot know, its answer is the one that lets the event pass: the server has the last word.
pub trait Facts {
    /// The store the event names.
    fn store(&self) -> &Store;
    /// Who sends it.
    fn viewer(&self) -> &Viewer;
    /// Whether the store has the shelf.
    fn has_shelf(&self, shelf: &ShelfCode) -> bool;
    /// Whether the signature on a shelf's label is the chain's.
    fn is_signature_ours(&self, shelf: &ShelfCode, signature: &str) -> bool;
    /// Shelf price of a piece in minor units; `None` where the item is not known.
    fn price_minor(&self, sku: &SkuCode) -> Option<i64>;
    /// The stocktake, if it has been opened.
    fn stocktake(&self, id: &StocktakeId) -> Option<&Stocktake>;
    /// The event, if the store's ledger has it.
    fn recorded(&self, id: &EventId) -> Option<&DeviceEvent>;
    /// Whether a count has been taken back already.
    fn is_undone(&self, id: &EventId) -> bool;
    /// The movement, if the store's ledger has it; `Err` where only the server can tell.
    ///
    /// # Errors
    /// [`OnlyServerKnows`].
    fn movement(&self, id: &EventId) -> Result<Option<CitedMovement<'_>>, OnlyServerKnows>;
    /// Pieces of an item returned of a sale so far.
    fn returned_units(&self, sale: &EventId, sku: &SkuCode) -> Units;
    /// What is known of a photo.
    fn photo(&self, id: &PhotoId) -> PhotoFact;
    /// When and by whom a photo was taken; `None` where only the server can tell.
    fn photo_taking(&self, id: &PhotoId) -> Option<PhotoTaking>;
    /// Whether the line was asked to be counted again after the counting was over, and `person` may do it.
    fn may_recount(&self, stocktake: &StocktakeId, line: &LineRef, person: &PersonId) -> Recount;
    /// Lines that stand in the way of approval, at most a few.
    fn lines_blocking(&self, stocktake: &StocktakeId) -> Vec<LineRef>;
    /// Whether `person` has counted the line; `true` where only the server can tell.
    fn has_counted(&self, stocktake: &StocktakeId, line: &LineRef, person: &PersonId) -> bool;
    /// Whether a variance of the stocktake rests on `person`'s count alone (see
    /// [`CountLine::rests_on`](crate::stocktake::CountLine::rests_on)); `false` where only the server can tell.
    fn has_variance_of(&self, stocktake: &StocktakeId, person: &PersonId) -> bool;
    /// How an alarm stands, if the store's ledger has an event that raised it; `Err` where only the server can tell.
    ///
    /// # Errors
    /// [`OnlyServerKnows`].
    fn case(&self, event: &EventId, flag: Flag) -> Result<Option<Case>, OnlyServerKnows>;
    /// Whether the chain has the store.
    fn is_store(&self, store: &StoreCode) -> bool;
    /// The transfer, put together from all its stores' ledgers; `Err` where only the server can tell.
    ///
    /// # Errors
    /// [`OnlyServerKnows`].
    fn transfer(&self, id: TransferId) -> Result<Option<Transfer>, OnlyServerKnows>;
    /// Pieces that the event's store may still promise: on hand in all its places, less
    /// [`reserved`](crate::transfer::reserved); `Err` where only the server can tell.
    ///
    /// # Errors
    /// [`OnlyServerKnows`].
    fn available_units(&self, sku: &SkuCode) -> Result<Units, OnlyServerKnows>;
    /// How far the event's store can be relied on.
    fn credit_band(&self) -> Band;
    /// How the dispute about a point stands, if the point counts against the event's store; `Err` where only the server
    /// can tell.
    ///
    /// # Errors
    /// [`OnlyServerKnows`].
    fn credit_point(&self, point: &PointKey) -> Result<Option<Appeal>, OnlyServerKnows>;
}

/// Only the server can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnlyServerKnows;

/// Whether a line may be counted after the counting is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recount {
    /// Nobody asked.
    NotAsked,
    /// Yes.
    Welcome,
    /// The person has counted it: somebody else must.
    SamePerson,
}

/// What an accepted event is stamped with, beside its number and time of arrival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdicts {
    /// Whether it was recorded at the store.
    pub geofence: Geofence,
    /// Whether the device's clock could be believed.
    pub clock: ClockVerdict,
    /// Whether a movement takes effect at once.
    pub standing: Standing,
    /// What a movement or a transfer's step is about, at shelf prices, in minor units; 0 for everything else.
    pub value_minor: i64,
    /// What somebody should look into.
    pub flags: Vec<Flag>,
}

/// What a person must be allowed to do to record such an event. A till's feed and a person at the counter may both
/// record a sale: either right will do.
fn actions(body: &EventBody) -> &'static [Action] {
    match body {
        EventBody::Moved(_) => &[Action::MoveStock, Action::RecordMovement],
        EventBody::Reversed { .. } => &[Action::MoveStock, Action::Approve],
        EventBody::Approved { .. } | EventBody::Declined { .. } => &[Action::Approve],
        EventBody::StocktakePlanned { .. }
        | EventBody::RecountAsked { .. }
        | EventBody::LineDecided { .. }
        | EventBody::StocktakeApproved { .. }
        | EventBody::StocktakeCancelled { .. } => &[Action::RunStocktake],
        EventBody::StocktakeSubmitted { .. } => &[Action::Count, Action::RunStocktake],
        EventBody::StocktakeOpened { .. }
        | EventBody::Counted { .. }
        | EventBody::CountUndone { .. }
        | EventBody::ShelfFinished { .. }
        | EventBody::SheetKeyed { .. } => &[Action::Count],
        EventBody::CaseTaken { .. } | EventBody::CaseClosed { .. } => &[Action::FollowUp],
        EventBody::Transfer(event) => match event.step.kind().action() {
            Action::MoveStock => &[Action::MoveStock],
            Action::Approve => &[Action::Approve],
            _ => &[Action::RunTransfers],
        },
        EventBody::Credit(event) => event.actions(),
        EventBody::VariancePosted { .. } => &[],
    }
}

/// Whether it is done where the goods are. What is decided about others' doing may be decided anywhere.
fn happens_in_store(body: &EventBody) -> bool {
    !matches!(
        body,
        EventBody::Approved { .. }
            | EventBody::Declined { .. }
            | EventBody::StocktakePlanned { .. }
            | EventBody::RecountAsked { .. }
            | EventBody::LineDecided { .. }
            | EventBody::StocktakeApproved { .. }
            | EventBody::StocktakeCancelled { .. }
            | EventBody::CaseTaken { .. }
            | EventBody::CaseClosed { .. }
            | EventBody::Credit(_)
    ) && !is_decided_anywhere(body)
}

/// Whether it is a step of a transfer for which nobody need stand beside the goods.
fn is_decided_anywhere(body: &EventBody) -> bool {
    let EventBody::Transfer(event) = body else { return false };
    !matches!(event.step.kind(), StepKind::Picking | StepKind::HandOver | StepKind::Receipt)
}

/// Decides about one event at `now` (the server's clock, or the phone's with its measured offset).
///
/// # Errors
/// The first reason not to take it.
pub fn accept(event: &DeviceEvent, now: Timestamp, facts: &impl Facts) -> Result<Verdicts, Refusal> {
    let store = facts.store();
    if matches!(event.body, EventBody::VariancePosted { .. }) {
        return Err(Refusal::LedgerOnly);
    }
    let target = Target::Store(&store.code, &store.region);
    if !actions(&event.body).iter().any(|action| may(facts.viewer(), *action, target)) {
        return Err(Refusal::NotAllowed);
    }
    if event.person != facts.viewer().id {
        return Err(Refusal::OtherPerson);
    }
    let clock = judge_clock(event.effective_at, now)?;
    if let Some(stocktake) = event.body.stocktake() {
        check_stocktake_name(stocktake, store)?;
    }
    check_body(event, now, facts)?;
    let geofence = geofence(event.fix, store.at, store.geofence_radius_m);
    let (standing, value_minor) = match &event.body {
        EventBody::Moved(movement) => {
            let value = value_minor(movement, facts);
            (standing(facts.viewer().role, movement, value), value)
        }
        EventBody::Transfer(event) => {
            let value = worth_minor(event.step.units(), facts);
            let is_request = matches!(event.step, Step::Requested(_));
            let asks = || request_standing(facts.viewer().role, facts.credit_band(), value);
            (if is_request { asks() } else { Standing::Posted }, value)
        }
        _ => (Standing::Posted, 0),
    };
    let flags = flags(event, now, geofence, clock, facts);
    Ok(Verdicts { geofence, clock, standing, value_minor, flags })
}

/// Pieces moved at shelf price, in minor units; of a customer's return what the customer gets, where that is more. An
/// item without a price counts nothing.
#[must_use]
pub fn value_minor(movement: &Movement, facts: &impl Facts) -> i64 {
    let worth = worth_minor(movement.units_moved(), facts);
    match movement.kind {
        MovementKind::CustomerReturn => worth.max(movement.priced_minor()),
        _ => worth,
    }
}

fn worth_minor(units: BTreeMap<&SkuCode, Units>, facts: &impl Facts) -> i64 {
    let value = |(sku, units): (&SkuCode, Units)| units.saturating_mul(facts.price_minor(sku).unwrap_or(0).max(0));
    units.into_iter().map(value).fold(0, i64::saturating_add)
}

fn flags(
    event: &DeviceEvent,
    now: Timestamp,
    geofence: Geofence,
    clock: ClockVerdict,
    facts: &impl Facts,
) -> Vec<Flag> {
    let mut flags = BTreeSet::new();
    if clock != ClockVerdict::Plausible {
        flags.insert(Flag::ClockOff);
    }
    if matches!(geofence, Geofence::Outside { .. }) && happens_in_store(&event.body) {
        flags.insert(Flag::OutsideStore);
    }
    if let EventBody::Moved(movement) = &event.body {
        let store = facts.store();
        let wall = event.effective_at.min(now).wall(store.zone_offset);
        let minute = u16::from(wall.hour) * 60 + u16::from(wall.minute);
        let is_open = (store.opens_min..store.closes_min.saturating_add(60)).contains(&minute);
        let is_loss =
            matches!(movement.kind, MovementKind::Adjustment | MovementKind::WriteOff | MovementKind::CustomerReturn);
        if is_loss && !is_open {
            flags.insert(Flag::AtNight);
        }
    }
    let photos = event.body.photos();
    for photo in photos {
        match facts.photo(photo) {
            PhotoFact::Used => flags.insert(Flag::PhotoReused),
            // Two photos of one thing, for one event, are alike in all honesty.
            PhotoFact::Alike(other) if !photos.contains(&other) => flags.insert(Flag::PhotoAlike),
            PhotoFact::Alike(_) | PhotoFact::Here | PhotoFact::Missing => false,
        };
        let is_of_now = |taking: PhotoTaking| {
            taking.by == event.person && taking.at.since(event.effective_at).unsigned_abs() <= PHOTO_APART_MS
        };
        if !facts.photo_taking(photo).is_none_or(is_of_now) {
            flags.insert(Flag::PhotoStale);
        }
    }
    if is_own_approval(event, facts) {
        flags.insert(Flag::OwnApproval);
    }
    flags.into_iter().collect()
}

/// Whether somebody decides about what they counted themselves: ends a dispute they are a party to, or approves a
/// variance that nobody else has found.
fn is_own_approval(event: &DeviceEvent, facts: &impl Facts) -> bool {
    match &event.body {
        EventBody::LineDecided { stocktake, line, .. } => facts.has_counted(stocktake, line, &event.person),
        EventBody::StocktakeApproved { stocktake, .. } => facts.has_variance_of(stocktake, &event.person),
        _ => false,
    }
}

fn judge_clock(effective_at: Timestamp, now: Timestamp) -> Result<ClockVerdict, Refusal> {
    let ahead_ms = effective_at.since(now);
    if ahead_ms > FUTURE_MAX_MS {
        return Err(Refusal::FromTheFuture { ahead_s: ahead_ms / 1000 });
    }
    // Whatever a device sends is compared as it is: −2⁶³ has no positive counterpart.
    if ahead_ms < -AGE_MAX_MS {
        return Err(Refusal::TooOld { age_days: ahead_ms / -DAY_MS });
    }
    if ahead_ms > SKEW_TOLERATED_MS {
        // At most a day, so the seconds fit.
        return Ok(ClockVerdict::Ahead(u32::try_from(ahead_ms / 1000).unwrap_or(u32::MAX)));
    }
    Ok(ClockVerdict::Plausible)
}

#[cfg(test)]
mod tests;
