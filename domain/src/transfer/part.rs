//! What the steps of a transfer are made of: lines of goods, whom to ask, reasons, who takes the goods along and who
//! bears a loss.

use crate::id::{SkuCode, StoreCode};
use crate::instant::Day;
use crate::movement::{Lot, Place, Units};
use serde::{Deserialize, Serialize};

/// Pieces of an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Line {
    /// The item.
    pub sku: SkuCode,
    /// Pieces, more than 0.
    pub units: Units,
}

/// Pieces of one lot of an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LotLine {
    /// The item.
    pub sku: SkuCode,
    /// Pieces, more than 0.
    pub units: Units,
    /// The lot, where the code on the goods told it.
    pub lot: Option<Lot>,
}

/// Pieces taken from one place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PickedLine {
    /// The item.
    pub sku: SkuCode,
    /// Pieces, more than 0.
    pub units: Units,
    /// The lot, where the code on the goods told it.
    pub lot: Option<Lot>,
    /// Which shelf, or the back room.
    pub from: Place,
}

/// What arrived of an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReceivedLine {
    /// The item.
    pub sku: SkuCode,
    /// The lot, where the code on the goods told it.
    pub lot: Option<Lot>,
    /// Sound pieces, of those that were sent.
    pub units: Units,
    /// Pieces that were sent and cannot be sold.
    pub damaged: Units,
    /// Sound pieces beyond those that were sent.
    pub over: Units,
    /// Where the sound ones are put.
    pub to: Place,
}

/// Goods that a store wants, and whom to ask for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What is wanted; each item once.
    pub lines: Vec<Line>,
    /// Whom to ask, the best first; each store once.
    pub candidates: Vec<Candidate>,
    /// Until when the goods are wanted.
    pub wanted_by: Option<Day>,
    /// In the person's own words.
    pub note: Option<String>,
}

/// A store that may send the goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The store.
    pub store: StoreCode,
    /// Why it stands where it does, as shown when the request was made.
    pub why: Vec<Figure>,
}

/// A figure that speaks for or against a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// How far away, in metres.
    DistanceM(u32),
    /// How long the goods travel, in minutes.
    TravelMin(u32),
    /// Pieces beyond what it needs itself.
    SurplusUnits(Units),
    /// When the first of them expires.
    BestBefore(Day),
    /// The store's credit.
    CreditScore(u16),
    /// Sales expected to be saved at both ends, in minor units.
    SavedMinor(i64),
}

/// Why a source does not send the goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    /// They are not there, whatever the book says.
    NotThere,
    /// The store needs them itself.
    NeededHere,
    /// They are damaged or expire too soon.
    Unfit,
    /// There is nobody to pick or to drive.
    NoHands,
}

impl DeclineReason {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::NotThere, Self::NeededHere, Self::Unfit, Self::NoHands];

    /// The stable code, as on the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotThere => "not_there",
            Self::NeededHere => "needed_here",
            Self::Unfit => "unfit",
            Self::NoHands => "no_hands",
        }
    }
}

/// Who takes the goods along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carriage {
    /// A carrier, with the number it follows the goods by.
    Carrier {
        /// Its name.
        name: String,
        /// Its own number.
        tracking: Option<String>,
    },
    /// A driver without a carrier. How to reach a person stands in no ledger.
    Driver {
        /// The driver's name.
        name: String,
    },
}

/// Who bears what did not arrive sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bearer {
    /// The store that sent.
    Source,
    /// The store that received.
    Receiver,
    /// Who took the goods along.
    Carrier,
}

impl Bearer {
    /// Everybody who may.
    pub const ALL: [Self; 3] = [Self::Source, Self::Receiver, Self::Carrier];

    /// The stable code, as on the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Receiver => "receiver",
            Self::Carrier => "carrier",
        }
    }
}

/// What held the goods up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowCause {
    /// They are still on the road.
    OnTheRoad,
    /// They are here, and nobody has scanned them.
    NotScanned,
    /// They went to another place.
    WrongPlace,
    /// Nobody knows where they are.
    Lost,
}

impl FlowCause {
    /// Every cause.
    pub const ALL: [Self; 4] = [Self::OnTheRoad, Self::NotScanned, Self::WrongPlace, Self::Lost];

    /// The stable code, as on the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::OnTheRoad => "on_the_road",
            Self::NotScanned => "not_scanned",
            Self::WrongPlace => "wrong_place",
            Self::Lost => "lost",
        }
    }
}
