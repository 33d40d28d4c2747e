//! Events: what a device records, and what the ledger keeps.

use crate::approval::Standing;
use crate::case::CaseOutcome;
use crate::credit::CreditEvent;
use crate::geo::{Fix, Geofence};
use crate::id::{DeviceId, EventId, PersonId, ShelfCode, SkuCode, StocktakeId, StoreCode};
use crate::instant::Timestamp;
use crate::movement::{Movement, Units};
use crate::photo::PhotoId;
use crate::stocktake::{LineRef, Plan, PostedLine};
use crate::transfer::{Step, TransferEvent, TransferId};
use serde::{Deserialize, Serialize};

/// One thing that happened in a store, as the device recorded it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceEvent {
    /// Made on the device; sending the event again with the same id changes nothing.
    pub id: EventId,
    /// Where it happened.
    pub store: StoreCode,
    /// The installation that recorded it.
    pub device: DeviceId,
    /// 1, 2, 3 … on that device, without gaps: a gap the server sees is an event it misses.
    pub device_seq: u64,
    /// Who did it.
    pub person: PersonId,
    /// When it happened: device clock plus the offset to the server's clock it last measured.
    pub effective_at: Timestamp,
    /// Coordinates, or the reason there are none.
    pub fix: Fix,
    /// Build of the app that recorded it.
    pub app: String,
    /// What happened.
    pub body: EventBody,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventBody {
    /// A stocktake was opened, or joined when it was open already.
    StocktakeOpened {
        /// Which.
        stocktake: StocktakeId,
    },
    /// Pieces were seen on a shelf. Observations add up: a quantity typed over another is recorded as the difference,
    /// so that the sum does not depend on the order of arrival.
    Counted {
        /// Which stocktake.
        stocktake: StocktakeId,
        /// On which shelf.
        shelf: ShelfCode,
        /// How the shelf was identified.
        proof: ShelfProof,
        /// Which item.
        item: CountedItem,
        /// Pieces added to (or, negative, taken off) this counter's line.
        units: Units,
        /// How it was entered.
        method: CountMethod,
    },
    /// An earlier `Counted` of the same person on the same device was taken back.
    CountUndone {
        /// Which stocktake.
        stocktake: StocktakeId,
        /// The event taken back.
        cites: EventId,
    },
    /// Counting is finished and goes to the manager.
    StocktakeSubmitted {
        /// Which.
        stocktake: StocktakeId,
    },
    /// Stock moved, or is asked to be where the movement awaits approval.
    Moved(Movement),
    /// An earlier movement is reversed: its legs, the other way round, take effect now. One that still awaits approval
    /// is withdrawn.
    Reversed {
        /// The movement.
        cites: EventId,
        /// Why.
        note: Option<String>,
    },
    /// A movement that awaited approval takes effect, as of when it happened.
    Approved {
        /// The movement.
        cites: EventId,
    },
    /// A movement that awaited approval is not to take effect.
    Declined {
        /// The movement.
        cites: EventId,
        /// Why.
        note: Option<String>,
    },
    /// A stocktake was planned, or planned anew: it is open from then on.
    StocktakePlanned {
        /// Which.
        stocktake: StocktakeId,
        /// What is to be counted, by whom, how exactly.
        plan: Plan,
    },
    /// A shelf is counted completely, as far as its counter is concerned.
    ShelfFinished {
        /// Which stocktake.
        stocktake: StocktakeId,
        /// Which shelf.
        shelf: ShelfCode,
    },
    /// Lines are to be counted again, each by somebody who has not counted it.
    RecountAsked {
        /// Which stocktake.
        stocktake: StocktakeId,
        /// Which lines.
        lines: Vec<LineRef>,
    },
    /// Of a line's differing counts one is taken.
    LineDecided {
        /// Which stocktake.
        stocktake: StocktakeId,
        /// Which line.
        line: LineRef,
        /// Whose count stands.
        counter: PersonId,
    },
    /// The counts are taken: variances are posted.
    StocktakeApproved {
        /// Which.
        stocktake: StocktakeId,
        /// Uncounted lines that are taken as counted 0 now; all others are left as they are.
        zeroed: Vec<LineRef>,
    },
    /// The stocktake is given up; it changes no stock.
    StocktakeCancelled {
        /// Which.
        stocktake: StocktakeId,
        /// Why.
        note: Option<String>,
    },
    /// Stock is set right by what was counted. Only the ledger itself records this, right after the event that makes
    /// it necessary: an approval, or a movement that arrives late.
    VariancePosted {
        /// Which stocktake.
        stocktake: StocktakeId,
        /// The corrections.
        lines: Vec<PostedLine>,
    },
    /// Somebody looks into an alarm, from now on or instead of whoever did before.
    CaseTaken {
        /// The event that the alarm is about.
        cites: EventId,
        /// Which of its alarms.
        flag: Flag,
    },
    /// An alarm has been looked into.
    CaseClosed {
        /// The event that the alarm is about.
        cites: EventId,
        /// Which of its alarms.
        flag: Flag,
        /// What it was.
        outcome: CaseOutcome,
        /// What was found.
        note: Option<String>,
    },
    /// Counts of a shelf were keyed in from paper: whoever recorded them did not count themselves.
    SheetKeyed {
        /// Which stocktake.
        stocktake: StocktakeId,
        /// Which shelf.
        shelf: ShelfCode,
        /// Who counted, as written on the paper.
        counted_by: String,
    },
    /// A transfer between stores took a step.
    Transfer(TransferEvent),
    /// A point of the store's credit is disputed, or the dispute decided.
    Credit(CreditEvent),
}

impl EventBody {
    /// The stocktake it belongs to, if any.
    #[must_use]
    pub fn stocktake(&self) -> Option<&StocktakeId> {
        match self {
            Self::StocktakeOpened { stocktake }
            | Self::Counted { stocktake, .. }
            | Self::CountUndone { stocktake, .. }
            | Self::StocktakeSubmitted { stocktake }
            | Self::StocktakePlanned { stocktake, .. }
            | Self::ShelfFinished { stocktake, .. }
            | Self::RecountAsked { stocktake, .. }
            | Self::LineDecided { stocktake, .. }
            | Self::StocktakeApproved { stocktake, .. }
            | Self::StocktakeCancelled { stocktake, .. }
            | Self::VariancePosted { stocktake, .. }
            | Self::SheetKeyed { stocktake, .. } => Some(stocktake),
            Self::Moved(_)
            | Self::Reversed { .. }
            | Self::Approved { .. }
            | Self::Declined { .. }
            | Self::CaseTaken { .. }
            | Self::CaseClosed { .. }
            | Self::Transfer(_)
            | Self::Credit(_) => None,
        }
    }

    /// The same in an event of that id: a request for goods names itself by it.
    #[must_use]
    pub fn named_by(self, id: EventId) -> Self {
        match self {
            Self::Transfer(TransferEvent { step: step @ Step::Requested(_), .. }) => {
                Self::Transfer(TransferEvent { transfer: TransferId::of(id), step })
            }
            other => other,
        }
    }

    /// The photos it names as evidence.
    #[must_use]
    pub fn photos(&self) -> &[PhotoId] {
        match self {
            Self::Moved(movement) => &movement.photos,
            Self::Transfer(event) => event.step.photos(),
            _ => &[],
        }
    }

    /// The earlier event it is about, if any. A customer return cites the sale.
    #[must_use]
    pub fn cites(&self) -> Option<EventId> {
        match self {
            Self::CountUndone { cites, .. }
            | Self::Reversed { cites, .. }
            | Self::Approved { cites }
            | Self::Declined { cites, .. }
            | Self::CaseTaken { cites, .. }
            | Self::CaseClosed { cites, .. } => Some(*cites),
            Self::Moved(movement) => movement.cites,
            _ => None,
        }
    }
}

/// How a count's shelf was identified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShelfProof {
    /// Its QR code was scanned; the signature it carried.
    Scanned(String),
    /// It was picked from the list, because the code is missing or unreadable.
    Picked,
}

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountedItem {
    /// An item of the master data.
    Known(SkuCode),
    /// A code nobody knows yet: kept for the manager, never lost.
    Unknown {
        /// What was scanned or typed.
        code: String,
        /// What the counter called it.
        name: Option<String>,
    },
}

/// How a count was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountMethod {
    /// The camera, live.
    Camera,
    /// A still photo.
    Photo,
    /// A hardware scanner typing into the page.
    HardwareScanner,
    /// The code was typed by hand.
    TypedCode,
    /// The quantity was typed over.
    Keypad,
}

/// What the server adds when it takes an event into the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// 1, 2, 3 … within the store, without gaps.
    pub seq: u64,
    /// The server's clock when it was taken.
    pub recorded_at: Timestamp,
    /// Whether it was recorded at the store.
    pub geofence: Geofence,
    /// Whether the device's clock could be believed.
    pub clock: ClockVerdict,
    /// Whether a movement took effect at once.
    pub standing: Standing,
    /// What a movement or a transfer's step is about, at the shelf price of that moment, in minor units, never negative;
    /// of a customer's return the refund where that is more; 0 for everything else.
    pub value_minor: i64,
    /// What somebody should look into.
    pub flags: Vec<Flag>,
}

/// Something about an event that somebody should look into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// The device's clock was more than five minutes off.
    ClockOff,
    /// It was recorded away from the store.
    OutsideStore,
    /// Stock was adjusted, written off or returned while the store was closed.
    AtNight,
    /// Its photo is evidence of another event already.
    PhotoReused,
    /// Its photo looks like one taken before.
    PhotoAlike,
    /// Events that the device numbered before it are missing. No event is stamped with it: what is missing may still
    /// arrive, so it is found by comparing numbers (see [`crate::device`]).
    SequenceGap,
    /// Somebody approved, or decided about, what they had counted themselves.
    OwnApproval,
    /// Its photo was taken more than a quarter of an hour before or after, or by somebody else.
    PhotoStale,
}

impl Flag {
    /// Every flag.
    pub const ALL: [Self; 8] = [
        Self::ClockOff,
        Self::OutsideStore,
        Self::AtNight,
        Self::PhotoReused,
        Self::PhotoAlike,
        Self::SequenceGap,
        Self::OwnApproval,
        Self::PhotoStale,
    ];

    /// The stable code, as on the wire and in keys.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::ClockOff => "clock_off",
            Self::OutsideStore => "outside_store",
            Self::AtNight => "at_night",
            Self::PhotoReused => "photo_reused",
            Self::PhotoAlike => "photo_alike",
            Self::SequenceGap => "sequence_gap",
            Self::OwnApproval => "own_approval",
            Self::PhotoStale => "photo_stale",
        }
    }

    /// The flag of that code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.code() == code)
    }
}

/// Whether an event's time is the device's own word or had to be corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockVerdict {
    /// Plausible.
    Plausible,
    /// Ahead of the server by so many seconds; the ledger uses the time of arrival instead.
    Ahead(u32),
}

/// An event in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEvent {
    /// The server's part.
    pub stamp: Stamp,
    /// The device's part.
    pub event: DeviceEvent,
}

impl LedgerEvent {
    /// When the event takes effect in the ledger: the device's time, or the time of arrival where that is earlier.
    #[must_use]
    pub fn effective_at(&self) -> Timestamp {
        self.event.effective_at.min(self.stamp.recorded_at)
    }

    /// The bytes the chain's hash covers.
    ///
    /// First the version of the layout (1), then the event in postcard's documented wire format
    /// (<https://postcard.jamesmunns.com/wire-format>): fields in the order declared here, integers only. New kinds
    /// are added at the end of their enums; any other change needs a new version.
    #[must_use]
    pub fn canonical_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads [`Self::canonical_bytes`].
    ///
    /// # Errors
    /// When the version is unknown, the bytes are not a whole event, or they are not the canonical form of one.
    pub fn from_canonical_bytes(bytes: &[u8]) -> Result<Self, CanonicalError> {
        let (&version, rest) = bytes.split_first().ok_or(CanonicalError::Malformed)?;
        if version != CANONICAL_VERSION {
            return Err(CanonicalError::Version(version));
        }
        let event: Self = postcard::from_bytes(rest).map_err(|_| CanonicalError::Malformed)?;
        // Postcard accepts trailing bytes and padded integers; the ledger does not.
        if event.canonical_bytes() == bytes { Ok(event) } else { Err(CanonicalError::Malformed) }
    }
}

impl DeviceEvent {
    /// The device's part in canonical form: tells whether two events with one id say the same.
    #[must_use]
    pub fn canonical_bytes(&self) -> Vec<u8> {
        encode(self)
    }
}

const CANONICAL_VERSION: u8 = 1;

fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_extend(value, vec![CANONICAL_VERSION]).expect("plain data of known length always encodes")
}

/// Why bytes are no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// Written by a newer program.
    #[error("canonical version {0} is not known")]
    Version(u8),
    /// Damaged or forged.
    #[error("the bytes are not a canonical event")]
    Malformed,
}
