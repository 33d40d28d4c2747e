//! Finds the stores that another store's want is best met from, and says why.
//!
//! A source gives only its surplus: what is free beyond its own safety stock and the demand it expects until its next
//! delivery. Among sources the score decides, a sum of money: the sales that the pieces make possible here, less the
//! sales they cost there, the write-off they save, the risk that the source does not deliver, and the way. Distance
//! enters as what it costs, so that of equals the nearest wins. There are no weights.

mod propose;
mod reason;
pub mod region;
mod route;

pub use propose::{Line, NotProposed, Proposal, propose};
pub use reason::{Money, Reason};
pub use route::{Route, Tariff, TravelAssumption};

use crate::demand::{Demand, Distribution};
use crate::id::{SkuCode, StoreCode};
use crate::movement::Units;
use serde::{Deserialize, Serialize};

/// What a piece of an item is worth, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worth {
    /// Shelf price.
    pub price_minor: i64,
    /// What it cost the chain; 0 where it is not known, and then a sale counts with its whole price and a write-off
    /// with nothing.
    pub cost_minor: i64,
}

impl Worth {
    /// What a sale brings: price − cost, and never less than 0.
    fn margin_minor(self) -> i64 {
        self.price_minor.saturating_sub(self.cost_minor.max(0)).max(0)
    }
}

/// Pieces that a store wants.
#[derive(Debug, Clone, PartialEq)]
pub struct Want {
    /// Where they are wanted.
    pub to: StoreCode,
    /// Which item.
    pub sku: SkuCode,
    /// How many, more than 0.
    pub units: Units,
    /// Pieces the store has free or on their way, 0 or more.
    pub on_hand_units: Units,
    /// Demand there from the arrival until its own next delivery.
    pub demand: Demand,
    /// Pieces a customer has already asked for: they sell for certain, on top of `demand`.
    pub promised_units: Units,
}

impl Want {
    fn sales(&self, demand: &Distribution, stock: Units) -> f64 {
        let promised = self.promised_units.clamp(0, stock.max(0));
        crate::demand::pieces(promised) + demand.expected_sales(stock - promised)
    }
}

/// What is known of a store that may give some of an item.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Which store.
    pub store: StoreCode,
    /// Pieces on hand.
    pub on_hand_units: Units,
    /// Of these reserved for other transfers and for customers.
    pub reserved_units: Units,
    /// Its own safety stock.
    pub safety_units: Units,
    /// Its own demand until its next delivery.
    pub demand: Demand,
    /// Days on which what it would send can still be sold, today included; `None` for what does not perish.
    pub sellable_days: Option<u32>,
    /// Pieces it will not sell before they expire.
    pub spoiling_units: Units,
    /// Share of its transfers that it fulfilled in time and in full, in thousandths: its credit.
    pub fulfilment_permille: u16,
    /// Whether it takes part in transfers at all.
    pub standing: Standing,
}

/// Whether a store takes part in transfers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It does.
    Open,
    /// It is closed or being stocktaken.
    Closed,
    /// It has declined this want already.
    Declined,
}

impl Source {
    /// Pieces not reserved.
    #[must_use]
    pub fn free_units(&self) -> Units {
        self.on_hand_units.saturating_sub(self.reserved_units.max(0))
    }

    /// Pieces it can give: free − safety stock − expected demand (rounded up); 0 where that is less.
    #[must_use]
    pub fn surplus_units(&self) -> Units {
        self.free_units().saturating_sub(self.safety_units.max(0)).saturating_sub(self.demand.units()).max(0)
    }
}

/// What the chain has settled about transfers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What moving a parcel costs.
    pub tariff: Tariff,
    /// Farther than this nobody drives for a transfer, in minutes one way.
    pub travel_max_min: u32,
    /// Goods that arrive with fewer days to sell are not sent.
    pub sellable_days_min: u32,
    /// A source below this share of fulfilled transfers is not proposed, in thousandths.
    pub fulfilment_min_permille: u16,
}

impl Terms {
    /// What holds where the chain has settled nothing else: 5 yuan a parcel, 1 yuan a kilometre and 0.2 yuan a piece;
    /// two hours one way; three days left to sell; a credit that is not low.
    pub const USUAL: Self = Self {
        tariff: Tariff { parcel_minor: 500, km_minor: 100, piece_minor: 20 },
        travel_max_min: 120,
        sellable_days_min: 3,
        fulfilment_min_permille: crate::credit::LOW_SCORE,
    };
}

#[cfg(test)]
mod tests;
