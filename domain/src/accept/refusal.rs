//! Why the ledger does not take an event.

use super::TEXT_MAX_CHARS;
use crate::id::{PersonId, SkuCode};
use crate::instant::Timestamp;
use crate::movement::{MovementError, Units};
use crate::photo::PhotoId;
use crate::policy::Role;
use crate::transfer::StepKind;
use serde::{Deserialize, Serialize};

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
    /// The legs are no movement, or not one of that kind.
    #[error("this is no such movement: {detail}")]
    Unbalanced {
        /// Which item, by how much.
        detail: String,
    },
    /// A reason is missing, or is none for such a movement.
    #[error("say why: the reason is missing or does not suit")]
    BadReason,
    /// There is no photo where there must be one.
    #[error("this needs a photo, taken now")]
    PhotoNeeded,
    /// A photo that the event names has not arrived.
    #[error("the photo has not arrived yet")]
    PhotoMissing {
        /// Which.
        photo: PhotoId,
    },
    /// A price is missing, negative, or more than was paid.
    #[error("the price of {sku} is missing or more than was paid")]
    BadPrice {
        /// The item.
        sku: SkuCode,
    },
    /// More comes back than was sold.
    #[error("{left} pieces of {sku} of that sale can still be returned")]
    ReturnedTooMuch {
        /// The item.
        sku: SkuCode,
        /// Pieces that can still be returned.
        left: Units,
    },
    /// The movement that is cited is not in this store's ledger, or is of another kind.
    #[error("there is no such movement in this store")]
    NothingCited,
    /// The movement was decided, withdrawn or reversed before.
    #[error("somebody has decided this before")]
    AlreadyDecided,
    /// Who recorded it cannot approve it.
    #[error("somebody else must approve what you recorded")]
    OwnApproval,
    /// It is worth more than the person may decide.
    #[error("this needs somebody who may decide about more")]
    BeyondLimit {
        /// The least role that may.
        needed: Role,
    },
    /// The plan has nothing to count, or too much.
    #[error("a plan needs at least one shelf of the store")]
    BadPlan,
    /// The stocktake is still being counted.
    #[error("the counting is not over yet")]
    StillCounting,
    /// The stocktake is approved or cancelled.
    #[error("the stocktake is over")]
    StocktakeOver,
    /// Who counted a line cannot count it again.
    #[error("somebody else must count this again")]
    SamePersonRecount,
    /// Lines must be counted again, or decided, first.
    #[error("{n_lines} lines must be counted again or decided first")]
    LinesOpen {
        /// How many, at least.
        n_lines: u32,
    },
    /// Nobody of that name counted the line.
    #[error("that person has not counted this line")]
    NotCountedBy,
    /// Only the ledger itself records this.
    #[error("only the ledger itself records this")]
    LedgerOnly,
    /// The event cited raised no such alarm.
    #[error("there is no such alarm in this store")]
    NoSuchAlarm,
    /// The alarm is about the person's own doing.
    #[error("somebody else must follow up what you recorded")]
    OwnAlarm,
    /// The case is closed.
    #[error("the case is closed already")]
    CaseOver,
    /// Another event has the same id.
    #[error("another event with other content has the same id")]
    IdReused,
    /// There is no such transfer, or its request has not arrived.
    #[error("there is no such transfer")]
    TransferUnknown,
    /// The store has no part in the transfer, or not this one.
    #[error("this step of the transfer is another store's")]
    TransferOfOthers,
    /// The request is none: no lines, too many, an item twice, or no other store that could be asked.
    #[error("this is no transfer: it needs items, each once, and other stores to ask")]
    BadTransfer,
    /// The step was taken before, or another one rules it out.
    #[error("{by} has done this before ({})", step.code())]
    StepTaken {
        /// The step that stands in the way.
        step: StepKind,
        /// Who took it.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// Another step must be taken first.
    #[error("another step comes first ({})", needed.code())]
    StepNotYet {
        /// Which.
        needed: StepKind,
    },
    /// More than the step before it allows.
    #[error("of {sku} at most {most} pieces")]
    TooManyUnits {
        /// The item.
        sku: SkuCode,
        /// How many it may be.
        most: Units,
    },
    /// The store has promised the pieces to others, or does not have them.
    #[error("of {sku} only {available} pieces can be promised")]
    NotAvailable {
        /// The item.
        sku: SkuCode,
        /// On hand less promised.
        available: Units,
    },
    /// All arrived as it was sent, or the difference is settled.
    #[error("there is nothing to settle")]
    NothingToSettle,
    /// The store's credit has no such point, or it does not count against the store.
    #[error("there is no such point against this store")]
    NoSuchPoint,
    /// Something of the sale has come back: what is left comes back as a return too.
    #[error("something of this sale has been returned: return the rest too")]
    SaleReturned,
    /// The sale is not the person's own or no longer fresh, and they may not reverse it otherwise.
    #[error("this sale can no longer be reversed by you: record a return, with its photo")]
    ReturnInstead,
    /// The server fails whenever it is sent this event, and takes others. Only a phone says so.
    #[error("the server cannot read this event (HTTP {status})")]
    ServerFails {
        /// What it answered last.
        status: u16,
    },
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
            Self::BadReason => "bad_reason",
            Self::PhotoNeeded => "photo_needed",
            Self::PhotoMissing { .. } => "photo_missing",
            Self::BadPrice { .. } => "bad_price",
            Self::ReturnedTooMuch { .. } => "returned_too_much",
            Self::NothingCited => "nothing_cited",
            Self::AlreadyDecided => "already_decided",
            Self::OwnApproval => "own_approval",
            Self::BeyondLimit { .. } => "beyond_limit",
            Self::BadPlan => "bad_plan",
            Self::StillCounting => "still_counting",
            Self::StocktakeOver => "stocktake_over",
            Self::SamePersonRecount => "same_person_recount",
            Self::LinesOpen { .. } => "lines_open",
            Self::NotCountedBy => "not_counted_by",
            Self::LedgerOnly => "ledger_only",
            Self::NoSuchAlarm => "no_such_alarm",
            Self::OwnAlarm => "own_alarm",
            Self::CaseOver => "case_over",
            Self::IdReused => "id_reused",
            Self::TransferUnknown => "transfer_unknown",
            Self::TransferOfOthers => "transfer_of_others",
            Self::BadTransfer => "bad_transfer",
            Self::StepTaken { .. } => "step_taken",
            Self::StepNotYet { .. } => "step_not_yet",
            Self::TooManyUnits { .. } => "too_many_units",
            Self::NotAvailable { .. } => "not_available",
            Self::NothingToSettle => "nothing_to_settle",
            Self::NoSuchPoint => "no_such_point",
            Self::SaleReturned => "sale_returned",
            Self::ReturnInstead => "return_instead",
            Self::ServerFails { .. } => "server_fails",
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
