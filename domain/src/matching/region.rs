//! A plan of transfers for a whole region: many items, many stores, parcels shared.
//!
//! The plan is a list of lines; [`judge`] gives each its reason and [`check`] names what a plan must not do, whoever
//! made or changed it. [`solve`] makes one, around the lines that a person has fixed; [`solve_with`] does so with as
//! many hands as the caller has, and can be stopped.

mod crew;
mod limit;
mod sheet;
mod solve;

pub use crew::{Alone, Crew, Stopped};
pub use limit::{Limited, most};
pub use solve::{KeptError, N_STAGES, SolveError, solve, solve_with};

use super::propose::barrier;
use super::{Line, NotProposed, Route, Source, Terms, TravelAssumption, Want, Worth};
use crate::geo::Coordinates;
use crate::id::{SkuCode, StoreCode};
use crate::movement::Units;
use serde::{Deserialize, Serialize};
use sheet::{Index, Sheet};
use std::collections::BTreeMap;

/// What a plan is made of.
#[derive(Debug, Clone)]
pub struct Region {
    /// Where each store is.
    pub stores: BTreeMap<StoreCode, Coordinates>,
    /// How routes are estimated that nobody has set.
    pub travel: TravelAssumption,
    /// Routes that somebody has set, from and to.
    pub routes: BTreeMap<(StoreCode, StoreCode), Route>,
    /// The chain's terms.
    pub terms: Terms,
    /// The items, each with its wants and sources.
    pub items: Vec<Item>,
}

/// One item of a region.
#[derive(Debug, Clone)]
pub struct Item {
    /// Which.
    pub sku: SkuCode,
    /// What a piece is worth.
    pub worth: Worth,
    /// Who wants it; one want a store.
    pub wants: Vec<Want>,
    /// Who may give it; one entry a store.
    pub sources: Vec<Source>,
}

/// Pieces of an item from one store to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Shipment {
    /// From which store.
    pub from: StoreCode,
    /// To which. All of a route make one parcel.
    pub to: StoreCode,
    /// Which item.
    pub sku: SkuCode,
    /// How many, more than 0.
    pub units: Units,
}

/// What is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A line of no or less than no pieces.
    #[error("{} pieces of {} from {} to {}: give 1 or more, or take the line out", .0.units, .0.sku, .0.from, .0.to)]
    NoPieces(Shipment),
    /// The store does not want the item.
    #[error("{} does not want {}: take the line out", .0.to, .0.sku)]
    NotWanted(Shipment),
    /// The source is not known for the item.
    #[error("{} is no source of {}: take the line out", .0.from, .0.sku)]
    NoSource(Shipment),
    /// The source may not give to this want.
    #[error("{} may not send {} to {}: take the line out", .shipment.from, .shipment.sku, .shipment.to)]
    Barred {
        /// The line.
        shipment: Shipment,
        /// Why not.
        why: NotProposed,
    },
    /// The lines take more from a source than its surplus.
    #[error("{from} can give {surplus_units} of {sku}, the plan takes {units}: take {} fewer", units - surplus_units)]
    MoreThanSurplus {
        /// Which source.
        from: StoreCode,
        /// Which item.
        sku: SkuCode,
        /// Pieces the plan takes.
        units: Units,
        /// Pieces it can give.
        surplus_units: Units,
    },
    /// The lines bring a store more than it wants.
    #[error("{to} wants {wanted_units} of {sku}, the plan brings {units}: bring {} fewer", units - wanted_units)]
    MoreThanWanted {
        /// Which store.
        to: StoreCode,
        /// Which item.
        sku: SkuCode,
        /// Pieces the plan brings.
        units: Units,
        /// Pieces it wants.
        wanted_units: Units,
    },
}

impl Region {
    /// The way from one store to another: as set, else estimated; none for a store without a place.
    #[must_use]
    pub fn route(&self, from: &StoreCode, to: &StoreCode) -> Option<Route> {
        if !self.routes.is_empty()
            && let Some(route) = self.routes.get(&(from.clone(), to.clone()))
        {
            return Some(*route);
        }
        Some(self.travel.route(*self.stores.get(from)?, *self.stores.get(to)?))
    }
}

/// All that is wrong with `plan`; nothing when it can be carried out. Several lines of one route and item add up.
#[must_use]
pub fn check(region: &Region, plan: &[Shipment]) -> Vec<Fault> {
    let index = Index::of(region);
    let mut faults = Vec::new();
    let mut given: BTreeMap<(&StoreCode, &SkuCode), (Units, Units)> = BTreeMap::new();
    let mut brought: BTreeMap<(&StoreCode, &SkuCode), (Units, Units)> = BTreeMap::new();
    for shipment in plan {
        let item = index.item(&shipment.sku);
        let Some(want) = item.and_then(|item| item.wants.get(&shipment.to)) else {
            faults.push(Fault::NotWanted(shipment.clone()));
            continue;
        };
        let source = item.and_then(|item| item.sources.get(&shipment.from));
        let Some((source, route)) = source.zip(region.route(&shipment.from, &shipment.to)) else {
            faults.push(Fault::NoSource(shipment.clone()));
            continue;
        };
        if shipment.units <= 0 {
            faults.push(Fault::NoPieces(shipment.clone()));
            continue;
        }
        if let Some(why) = barrier(want, source, route, &region.terms) {
            faults.push(Fault::Barred { shipment: shipment.clone(), why });
        }
        let taken = given.entry((&shipment.from, &shipment.sku)).or_insert((0, source.surplus_units()));
        taken.0 = taken.0.saturating_add(shipment.units);
        let got = brought.entry((&shipment.to, &shipment.sku)).or_insert((0, want.units));
        got.0 = got.0.saturating_add(shipment.units);
    }
    for ((from, sku), (units, surplus_units)) in given {
        if units > surplus_units {
            faults.push(Fault::MoreThanSurplus { from: from.clone(), sku: sku.clone(), units, surplus_units });
        }
    }
    for ((to, sku), (units, wanted_units)) in brought {
        if units > wanted_units {
            faults.push(Fault::MoreThanWanted { to: to.clone(), sku: sku.clone(), units, wanted_units });
        }
    }
    faults
}

/// Each line of a plan with its reason, sorted by route and item; lines of a plan that [`check`] finds fault with for
/// an unknown want or source are left out.
///
/// Lines for one want are judged in that order, each on top of those before; so are lines from one source. A parcel's
/// way is shared by its lines by pieces, rounded so that the shares add up.
#[must_use]
pub fn judge(region: &Region, plan: &[Shipment]) -> Vec<(Shipment, Line)> {
    let index = Index::of(region);
    let sheet = Sheet::of(region, &index, plan);
    sheet.judged().into_iter().map(|(shipment, line)| (shipment.clone(), line)).collect()
}

#[cfg(test)]
mod tests;
