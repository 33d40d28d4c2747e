//! Movements: stock leaving one place for another, in balanced legs.

use crate::id::{ShelfCode, SkuCode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Pieces of an item. A count or a stock is what it says; a leg is positive into its place, negative out of it.
pub type Units = i64;

/// No leg and no count may exceed this: a million pieces of one item on one shelf is a typing error.
pub const UNITS_MAX: Units = 1_000_000;

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
}

/// Most legs one movement may have.
pub const LEGS_MAX: usize = 2_000;

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
    [Leg { place: from, sku: sku.clone(), units: -units }, Leg { place: to, sku: sku.clone(), units }]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sku(text: &str) -> SkuCode {
        SkuCode::parse(text).expect("valid code")
    }

    #[test]
    fn balanced_legs_pass_and_others_are_named() {
        let mut legs = carry(&sku("1"), 5, Place::Supplier, Place::BackRoom).to_vec();
        assert_eq!(check_legs(&legs), Ok(()));
        legs[0].units = -4;
        assert_eq!(check_legs(&legs), Err(MovementError::Unbalanced { sku: sku("1"), sum: 1 }));
        legs[0].units = 0;
        assert!(matches!(check_legs(&legs), Err(MovementError::Units { units: 0, .. })));
        legs[0].units = i64::MIN;
        assert!(matches!(check_legs(&legs), Err(MovementError::Units { .. })));
        assert_eq!(check_legs(&[]), Err(MovementError::Empty));
    }
}
