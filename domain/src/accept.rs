//! Decides whether an event is taken into the ledger. The phone asks to answer at once, the server has the last word.

use crate::event::{ClockVerdict, CountedItem, DeviceEvent, EventBody, ShelfProof};
use crate::geo::{Geofence, geofence};
use crate::id::{EventId, ShelfCode, SkuCode, StocktakeId};
use crate::instant::{DAY_MS, MINUTE_MS, Timestamp};
use crate::master::Store;
use crate::movement::{MovementError, UNITS_MAX, Units, check_legs};
use crate::policy::{Action, Target, Viewer, may};
use crate::stocktake::Stocktake;
use serde::{Deserialize, Serialize};

/// A device clock this far off is not remarked on, in milliseconds.
pub const SKEW_TOLERATED_MS: i64 = 5 * MINUTE_MS;
/// An event further in the future than this is refused, in milliseconds.
pub const FUTURE_MAX_MS: i64 = DAY_MS;
/// An event older than this is refused, in milliseconds.
pub const AGE_MAX_MS: i64 = 31 * DAY_MS;
/// Longest code or name of an unknown item, in characters.
pub const TEXT_MAX_CHARS: usize = 256;

/// What the rule needs to know; the phone answers from its snapshot, the server from the database.
pub trait Facts {
    /// The store the event names.
    fn store(&self) -> &Store;
    /// Who sends it.
    fn viewer(&self) -> &Viewer;
    /// Whether the store has the shelf.
    fn has_shelf(&self, shelf: &ShelfCode) -> bool;
    /// Whether the signature on a shelf's label is the chain's.
    fn is_signature_ours(&self, shelf: &ShelfCode, signature: &str) -> bool;
    /// Whether the item is known.
    fn has_sku(&self, sku: &SkuCode) -> bool;
    /// The stocktake, if it has been opened.
    fn stocktake(&self, id: &StocktakeId) -> Option<&Stocktake>;
    /// The event, if the store's ledger has it.
    fn recorded(&self, id: &EventId) -> Option<&DeviceEvent>;
    /// Whether a count has been taken back already.
    fn is_undone(&self, id: &EventId) -> bool;
}

/// What an accepted event is stamped with, beside its number and time of arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdicts {
    /// Whether it was recorded at the store.
    pub geofence: Geofence,
    /// Whether the device's clock could be believed.
    pub clock: ClockVerdict,
}

/// Why an event is not taken. Each is something a person can act on; none loses the event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// It is not an event, or has fields that no event has.
    #[error("the event cannot be read: {detail}")]
    Malformed {
        /// What is wrong with it.
        detail: String,
    },
    /// There is no such store.
    #[error("there is no such store")]
    UnknownStore,
    /// The person may not do this there.
    #[error("you may not do this in this store")]
    NotAllowed,
    /// Somebody else recorded it: that person must sign in to send it.
    #[error("recorded by another person, who must sign in to send it")]
    OtherPerson,
    /// The device's clock is more than a day ahead.
    #[error("the device's clock is {ahead_s} s ahead; set it right and count again")]
    FromTheFuture {
        /// How far, in seconds.
        ahead_s: i64,
    },
    /// Too old to change anything.
    #[error("recorded {age_days} days ago; the limit is 31")]
    TooOld {
        /// Full days.
        age_days: i64,
    },
    /// The store has no such shelf.
    #[error("the store has no such shelf")]
    UnknownShelf,
    /// The label on the shelf is not the chain's.
    #[error("the shelf's code is not genuine; print a new label")]
    ForgedShelf,
    /// The item is not in the master data.
    #[error("the item is not known")]
    UnknownSku,
    /// Nothing, or an absurd number of pieces.
    #[error("{units} pieces cannot be recorded at once")]
    BadUnits {
        /// The number.
        units: Units,
    },
    /// The code or name of an unknown item is empty or too long.
    #[error("a code or name must have 1 to {TEXT_MAX_CHARS} characters")]
    BadText,
    /// The stocktake was never opened.
    #[error("the stocktake has not been opened")]
    StocktakeUnknown,
    /// The stocktake belongs to another store.
    #[error("the stocktake belongs to another store")]
    StocktakeOfOtherStore,
    /// The stocktake was submitted before this was counted.
    #[error("the stocktake was submitted before this was counted")]
    StocktakeSubmitted,
    /// What should be taken back is not in the ledger.
    #[error("the count to take back is not recorded")]
    NothingToUndo,
    /// It was taken back already.
    #[error("already taken back")]
    AlreadyUndone,
    /// The legs are no movement.
    #[error("the movement does not balance: {detail}")]
    Unbalanced {
        /// Which item, by how much.
        detail: String,
    },
    /// Another event has the same id.
    #[error("another event with other content has the same id")]
    IdReused,
}

impl Refusal {
    /// The stable code that the wire and the texts use.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "malformed",
            Self::UnknownStore => "unknown_store",
            Self::NotAllowed => "not_allowed",
            Self::OtherPerson => "other_person",
            Self::FromTheFuture { .. } => "from_the_future",
            Self::TooOld { .. } => "too_old",
            Self::UnknownShelf => "unknown_shelf",
            Self::ForgedShelf => "forged_shelf",
            Self::UnknownSku => "unknown_sku",
            Self::BadUnits { .. } => "bad_units",
            Self::BadText => "bad_text",
            Self::StocktakeUnknown => "stocktake_unknown",
            Self::StocktakeOfOtherStore => "stocktake_of_other_store",
            Self::StocktakeSubmitted => "stocktake_submitted",
            Self::NothingToUndo => "nothing_to_undo",
            Self::AlreadyUndone => "already_undone",
            Self::Unbalanced { .. } => "unbalanced",
            Self::IdReused => "id_reused",
        }
    }
}

impl From<MovementError> for Refusal {
    fn from(error: MovementError) -> Self {
        match error {
            MovementError::Units { units, .. } => Self::BadUnits { units },
            other => Self::Unbalanced { detail: other.to_string() },
        }
    }
}

/// Decides about one event at `now` (the server's clock, or the phone's with its measured offset).
///
/// # Errors
/// The first reason not to take it.
pub fn accept(event: &DeviceEvent, now: Timestamp, facts: &impl Facts) -> Result<Verdicts, Refusal> {
    let store = facts.store();
    let action = match event.body {
        EventBody::Moved { .. } => Action::RecordMovement,
        _ => Action::Count,
    };
    if !may(facts.viewer(), action, Target::Store(&store.code, &store.region)) {
        return Err(Refusal::NotAllowed);
    }
    if event.person != facts.viewer().id {
        return Err(Refusal::OtherPerson);
    }
    let clock = judge_clock(event.effective_at, now)?;
    if let Some(stocktake) = event.body.stocktake() {
        check_stocktake_name(stocktake, store)?;
    }
    check_body(event, facts)?;
    Ok(Verdicts { geofence: geofence(event.fix, store.at, store.geofence_radius_m), clock })
}

fn judge_clock(effective_at: Timestamp, now: Timestamp) -> Result<ClockVerdict, Refusal> {
    let ahead_ms = effective_at.since(now);
    if ahead_ms > FUTURE_MAX_MS {
        return Err(Refusal::FromTheFuture { ahead_s: ahead_ms / 1000 });
    }
    if -ahead_ms > AGE_MAX_MS {
        return Err(Refusal::TooOld { age_days: -ahead_ms / DAY_MS });
    }
    if ahead_ms > SKEW_TOLERATED_MS {
        // At most a day, so the seconds fit.
        return Ok(ClockVerdict::Ahead(u32::try_from(ahead_ms / 1000).unwrap_or(u32::MAX)));
    }
    Ok(ClockVerdict::Plausible)
}

fn check_stocktake_name(stocktake: &StocktakeId, store: &Store) -> Result<(), Refusal> {
    let rest = stocktake.as_str().strip_prefix(store.code.as_str());
    match rest.and_then(|rest| rest.strip_prefix('-')) {
        Some(_) => Ok(()),
        None => Err(Refusal::StocktakeOfOtherStore),
    }
}

fn check_body(event: &DeviceEvent, facts: &impl Facts) -> Result<(), Refusal> {
    match &event.body {
        EventBody::StocktakeOpened { .. } => Ok(()),
        EventBody::StocktakeSubmitted { stocktake } => match facts.stocktake(stocktake) {
            Some(_) => Ok(()),
            None => Err(Refusal::StocktakeUnknown),
        },
        EventBody::Counted { stocktake, shelf, proof, item, units, .. } => {
            check_units(*units)?;
            if !facts.has_shelf(shelf) {
                return Err(Refusal::UnknownShelf);
            }
            if let ShelfProof::Scanned(signature) = proof
                && !facts.is_signature_ours(shelf, signature)
            {
                return Err(Refusal::ForgedShelf);
            }
            match item {
                CountedItem::Known(sku) if !facts.has_sku(sku) => return Err(Refusal::UnknownSku),
                CountedItem::Known(_) => {}
                CountedItem::Unknown { code, name } => {
                    check_text(code)?;
                    name.as_deref().map_or(Ok(()), check_text)?;
                }
            }
            check_open(stocktake, event.effective_at, facts)
        }
        EventBody::CountUndone { stocktake, cites } => {
            let counted = facts.recorded(cites).filter(|cited| {
                cited.device == event.device
                    && matches!(&cited.body, EventBody::Counted { stocktake: of, .. } if of == stocktake)
            });
            if counted.is_none() {
                return Err(Refusal::NothingToUndo);
            }
            if facts.is_undone(cites) {
                return Err(Refusal::AlreadyUndone);
            }
            check_open(stocktake, event.effective_at, facts)
        }
        EventBody::Moved { legs, .. } => {
            check_legs(legs)?;
            if legs.iter().any(|leg| !facts.has_sku(&leg.sku)) {
                return Err(Refusal::UnknownSku);
            }
            let unknown_shelf = legs
                .iter()
                .any(|leg| matches!(&leg.place, crate::movement::Place::Shelf(code) if !facts.has_shelf(code)));
            if unknown_shelf { Err(Refusal::UnknownShelf) } else { Ok(()) }
        }
    }
}

/// 0 is a count too: "there are none" is typed as 0 over nothing.
fn check_units(units: Units) -> Result<(), Refusal> {
    if units.unsigned_abs() <= UNITS_MAX.unsigned_abs() { Ok(()) } else { Err(Refusal::BadUnits { units }) }
}

fn check_text(text: &str) -> Result<(), Refusal> {
    let n_chars = text.trim().chars().count();
    if (1..=TEXT_MAX_CHARS).contains(&n_chars) { Ok(()) } else { Err(Refusal::BadText) }
}

fn check_open(stocktake: &StocktakeId, at: Timestamp, facts: &impl Facts) -> Result<(), Refusal> {
    match facts.stocktake(stocktake) {
        None => Err(Refusal::StocktakeUnknown),
        Some(known) if !known.takes_counts_of(at) => Err(Refusal::StocktakeSubmitted),
        Some(_) => Ok(()),
    }
}
