//! Movements: stock leaving one place for another, in balanced legs.

use crate::id::{EventId, ShelfCode, SkuCode};
use crate::instant::Day;
use crate::photo::PhotoId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Pieces of an item. A count or a stock is what it says; a leg is positive into its place, negative out of it.
pub type Units = i64;

/// No leg and no count may exceed this: a million pieces of one item on one shelf is a typing error.
pub const UNITS_MAX: Units = 1_000_000;

/// No piece is sold or refunded for more than this, in minor units: a thousand million is a typing error.
pub const PRICE_MAX_MINOR: i64 = 100_000_000_000;

/// Where stock can be. Shelf and back room belong to the store; the others are the world outside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A shelf of the store.
    Shelf(ShelfCode),
    /// The store's back room.
    BackRoom,
    /// Between two stores.
    InTransit,
    /// Whoever delivers to the store.
    Supplier,
    /// Whoever buys from it.
    Customer,
    /// Lost: damaged, expired, stolen.
    Shrinkage,
    /// The other side of a count's correction.
    CountVariance,
}

impl Place {
    /// Whether stock here is the store's own, and so has a row in the stock read model.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        matches!(self, Self::Shelf(_) | Self::BackRoom)
    }

    /// The shelf, if it is one.
    #[must_use]
    pub fn shelf(&self) -> Option<&ShelfCode> {
        match self {
            Self::Shelf(shelf) => Some(shelf),
            _ => None,
        }
    }
}

/// `shelf:A-03`, `back_room`, …: stable, used in database keys.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shelf(code) => write!(f, "shelf:{code}"),
            Self::BackRoom => f.write_str("back_room"),
            Self::InTransit => f.write_str("in_transit"),
            Self::Supplier => f.write_str("supplier"),
            Self::Customer => f.write_str("customer"),
            Self::Shrinkage => f.write_str("shrinkage"),
            Self::CountVariance => f.write_str("count_variance"),
        }
    }
}

/// One side of a movement.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Leg {
    /// Where the stock arrives or leaves.
    pub place: Place,
    /// Which item.
    pub sku: SkuCode,
    /// Pieces: positive into `place`, negative out of it, never 0.
    pub units: Units,
    /// The lot they are of, where the code on the goods told it.
    #[serde(default)]
    pub lot: Option<Lot>,
}

/// Goods made together, or best before the same day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Lot {
    /// Best before or expiry, the earlier of them. First, so that lots sort by what must be sold first.
    pub best_before: Option<Day>,
    /// The maker's batch number (GS1 AI 10).
    pub batch: Option<String>,
}

/// Stock leaving one place for another, with all that makes it believable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// What kind.
    pub kind: MovementKind,
    /// The document it belongs to: a till receipt, a purchase order.
    #[serde(default)]
    pub document: Option<String>,
    /// Balanced: Σ units of each item is 0.
    pub legs: Vec<Leg>,
    /// Why: needed where [`MovementKind::reasons`] has any.
    #[serde(default)]
    pub reason: Option<Reason>,
    /// What a piece was sold or is refunded for, in minor units; for sales and customer returns.
    #[serde(default)]
    pub prices: BTreeMap<SkuCode, i64>,
    /// Evidence.
    #[serde(default)]
    pub photos: Vec<PhotoId>,
    /// The sale that a customer return undoes, in whole or in part.
    #[serde(default)]
    pub cites: Option<EventId>,
    /// In the person's own words.
    #[serde(default)]
    pub note: Option<String>,
}

impl Movement {
    /// One with nothing but its legs.
    #[must_use]
    pub fn new(kind: MovementKind, legs: Vec<Leg>) -> Self {
        Self {
            kind,
            document: None,
            legs,
            reason: None,
            prices: BTreeMap::new(),
            photos: Vec::new(),
            cites: None,
            note: None,
        }
    }

    /// Pieces of each item that changed place, never negative.
    #[must_use]
    pub fn units_moved(&self) -> BTreeMap<&SkuCode, Units> {
        let mut moved = BTreeMap::new();
        for leg in self.legs.iter().filter(|leg| leg.units > 0) {
            *moved.entry(&leg.sku).or_default() += leg.units;
        }
        moved
    }

    /// What the pieces that moved were sold or are refunded for together, in minor units. An item without a price counts
    /// nothing.
    #[must_use]
    pub fn priced_minor(&self) -> i64 {
        let value =
            |(sku, units): (&SkuCode, Units)| self.prices.get(sku).map_or(0, |price| price.saturating_mul(units));
        self.units_moved().into_iter().map(value).fold(0, i64::saturating_add)
    }
}

/// What kind of movement it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// Goods from a supplier.
    Receipt,
    /// Goods to a customer.
    Sale,
    /// Goods back from a customer.
    CustomerReturn,
    /// Goods lost, with a reason.
    WriteOff,
    /// Within the store.
    Relocation,
    /// Goods back to a supplier.
    SupplierReturn,
    /// The book is set right by hand, without a stocktake.
    Adjustment,
}

impl MovementKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Receipt,
        Self::Sale,
        Self::CustomerReturn,
        Self::WriteOff,
        Self::Relocation,
        Self::SupplierReturn,
        Self::Adjustment,
    ];

    /// The stable code that addresses and the wire use.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Sale => "sale",
            Self::CustomerReturn => "customer_return",
            Self::WriteOff => "write_off",
            Self::Relocation => "relocation",
            Self::SupplierReturn => "supplier_return",
            Self::Adjustment => "adjustment",
        }
    }

    /// The reasons one of which must be given; none where the kind says it all.
    #[must_use]
    pub fn reasons(self) -> &'static [Reason] {
        use Reason::{Damaged, Expired, Found, Miscount, NotAsOrdered, OwnUse, Recalled, Sample, Stolen, Unwanted};
        match self {
            Self::WriteOff => &[Expired, Damaged, Stolen, Sample, OwnUse],
            Self::CustomerReturn => &[Unwanted, Damaged, Expired, NotAsOrdered],
            Self::SupplierReturn => &[Damaged, Expired, NotAsOrdered, Recalled],
            Self::Adjustment => &[Miscount, Found],
            Self::Receipt | Self::Sale | Self::Relocation => &[],
        }
    }

    /// Whether a photo, taken on the spot, must go with it.
    #[must_use]
    pub fn needs_photo(self) -> bool {
        self == Self::CustomerReturn
    }

    /// The kind of that code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether stock may leave `place` in such a movement.
    fn leaves(self, place: &Place) -> bool {
        match self {
            Self::Receipt => *place == Place::Supplier,
            Self::CustomerReturn => *place == Place::Customer,
            Self::Sale | Self::WriteOff | Self::Relocation | Self::SupplierReturn => place.is_internal(),
            Self::Adjustment => place.is_internal() || *place == Place::CountVariance,
        }
    }

    /// Whether stock may arrive at `place` in such a movement. What a customer brings back may be fit for the bin only.
    fn enters(self, place: &Place) -> bool {
        match self {
            Self::Receipt | Self::Relocation => place.is_internal(),
            Self::Sale => *place == Place::Customer,
            Self::CustomerReturn => place.is_internal() || *place == Place::Shrinkage,
            Self::WriteOff => *place == Place::Shrinkage,
            Self::SupplierReturn => *place == Place::Supplier,
            Self::Adjustment => place.is_internal() || *place == Place::CountVariance,
        }
    }
}

/// Why stock moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Past its date.
    Expired,
    /// Broken or soiled.
    Damaged,
    /// Stolen.
    Stolen,
    /// Given away to be tried.
    Sample,
    /// Used in the store.
    OwnUse,
    /// The customer does not want it.
    Unwanted,
    /// Not what was ordered or shown.
    NotAsOrdered,
    /// The supplier calls it back.
    Recalled,
    /// An earlier entry was wrong.
    Miscount,
    /// It turned up.
    Found,
}

impl Reason {
    /// The stable code that the wire uses.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Damaged => "damaged",
            Self::Stolen => "stolen",
            Self::Sample => "sample",
            Self::OwnUse => "own_use",
            Self::Unwanted => "unwanted",
            Self::NotAsOrdered => "not_as_ordered",
            Self::Recalled => "recalled",
            Self::Miscount => "miscount",
            Self::Found => "found",
        }
    }
}

/// Why a set of legs is no movement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MovementError {
    /// There are no legs.
    #[error("a movement needs at least two legs")]
    Empty,
    /// More legs than one event may carry.
    #[error("a movement has at most {LEGS_MAX} legs, this one has {n_legs}")]
    TooLong {
        /// How many it has.
        n_legs: usize,
    },
    /// A leg moves nothing, or an absurd number.
    #[error("{units} pieces of {sku} cannot be moved")]
    Units {
        /// The item.
        sku: SkuCode,
        /// The leg's units.
        units: Units,
    },
    /// What leaves is not what arrives.
    #[error("the legs of {sku} add up to {sum}, not 0")]
    Unbalanced {
        /// The item.
        sku: SkuCode,
        /// Σ legs.
        sum: Units,
    },
    /// Stock leaves or enters a place that such a movement has nothing to do with.
    #[error("{} pieces of {} cannot go {} {} in a {}", leg.units.abs(), leg.sku, if leg.units < 0 { "out of" } else { "into" }, leg.place, kind.code())]
    Place {
        /// The movement's kind.
        kind: MovementKind,
        /// The leg.
        leg: Box<Leg>,
    },
}

/// Most legs one movement may have.
pub const LEGS_MAX: usize = 2_000;

/// Checks that the legs balance and each of them suits the movement's kind.
///
/// # Errors
/// As [`check_legs`], or the first leg that does not suit.
pub fn check_movement(movement: &Movement) -> Result<(), MovementError> {
    check_legs(&movement.legs)?;
    let suits = |leg: &&Leg| {
        if leg.units < 0 { movement.kind.leaves(&leg.place) } else { movement.kind.enters(&leg.place) }
    };
    match movement.legs.iter().find(|leg| !suits(leg)) {
        Some(leg) => Err(MovementError::Place { kind: movement.kind, leg: Box::new(leg.clone()) }),
        None => Ok(()),
    }
}

/// Checks that every item's legs add up to zero and each is of sensible size.
///
/// # Errors
/// Names the first item that does not balance, or the leg that is zero or absurd.
pub fn check_legs(legs: &[Leg]) -> Result<(), MovementError> {
    if legs.is_empty() {
        return Err(MovementError::Empty);
    }
    if legs.len() > LEGS_MAX {
        return Err(MovementError::TooLong { n_legs: legs.len() });
    }
    let mut sums: BTreeMap<&SkuCode, Units> = BTreeMap::new();
    for leg in legs {
        // `unsigned_abs` because −(2⁶³) has no positive counterpart.
        if leg.units == 0 || leg.units.unsigned_abs() > UNITS_MAX.unsigned_abs() {
            return Err(MovementError::Units { sku: leg.sku.clone(), units: leg.units });
        }
        // 2,000 legs of a million pieces stay far below 2⁶³.
        *sums.entry(&leg.sku).or_default() += leg.units;
    }
    match sums.into_iter().find(|(_, sum)| *sum != 0) {
        Some((sku, sum)) => Err(MovementError::Unbalanced { sku: sku.clone(), sum }),
        None => Ok(()),
    }
}

/// The two legs that carry `units` pieces (positive) of one item from one place to another.
#[must_use]
pub fn carry(sku: &SkuCode, units: Units, from: Place, to: Place) -> [Leg; 2] {
    let leg = |place, units| Leg { place, sku: sku.clone(), units, lot: None };
    [leg(from, -units), leg(to, units)]
}

/// The same legs the other way round.
#[must_use]
pub fn reversed(legs: &[Leg]) -> Vec<Leg> {
    legs.iter().map(|leg| Leg { units: -leg.units, ..leg.clone() }).collect()
}

#[cfg(test)]
mod tests;
