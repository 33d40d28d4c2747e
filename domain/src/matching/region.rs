//! A plan of transfers for a whole region: many items, many stores, parcels shared.
//!
//! The plan is a list of lines; [`judge`] gives each its reason and [`check`] names what a plan must not do, whoever
//! made or changed it. [`solve`] makes one, around the lines that a person has fixed.

mod solve;

pub use solve::{KeptError, solve};

use super::propose::barrier;
use super::reason::{Deal, reason};
use super::{Line, NotProposed, Route, Source, Terms, TravelAssumption, Want, Worth};
use crate::demand::Distribution;
use crate::geo::Coordinates;
use crate::id::{SkuCode, StoreCode};
use crate::movement::Units;
use serde::{Deserialize, Serialize};
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

impl Item {
    fn want(&self, store: &StoreCode) -> Option<&Want> {
        self.wants.iter().find(|want| want.to == *store)
    }

    fn source(&self, store: &StoreCode) -> Option<&Source> {
        self.sources.iter().find(|source| source.store == *store)
    }
}

fn items(region: &Region) -> BTreeMap<&SkuCode, &Item> {
    region.items.iter().map(|item| (&item.sku, item)).collect()
}

/// All that is wrong with `plan`; nothing when it can be carried out. Several lines of one route and item add up.
#[must_use]
pub fn check(region: &Region, plan: &[Shipment]) -> Vec<Fault> {
    let items = items(region);
    let mut faults = Vec::new();
    let mut given: BTreeMap<(&StoreCode, &SkuCode), (Units, Units)> = BTreeMap::new();
    let mut brought: BTreeMap<(&StoreCode, &SkuCode), (Units, Units)> = BTreeMap::new();
    for shipment in plan {
        let item = items.get(&shipment.sku);
        let Some(want) = item.and_then(|item| item.want(&shipment.to)) else {
            faults.push(Fault::NotWanted(shipment.clone()));
            continue;
        };
        let source = item.and_then(|item| item.source(&shipment.from));
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
    let items = items(region);
    let mut parcels: BTreeMap<(&StoreCode, &StoreCode), Vec<&Shipment>> = BTreeMap::new();
    for shipment in plan {
        parcels.entry((&shipment.from, &shipment.to)).or_default().push(shipment);
    }
    let mut brought: BTreeMap<(&StoreCode, &SkuCode), Units> = BTreeMap::new();
    let mut given: BTreeMap<(&StoreCode, &SkuCode), Units> = BTreeMap::new();
    let mut lines = Vec::new();
    for ((from, to), mut shipments) in parcels {
        let Some(route) = region.route(from, to) else { continue };
        shipments.sort();
        shipments.retain(|shipment| {
            shipment.units > 0
                && items.get(&shipment.sku).is_some_and(|item| item.want(to).is_some() && item.source(from).is_some())
        });
        let mut units_left: Units = shipments.iter().map(|shipment| shipment.units).sum();
        let mut way_left = region.terms.tariff.way_minor(route);
        for shipment in shipments {
            let item = items[&shipment.sku];
            let (want, source) = item.want(to).zip(item.source(from)).expect("only such lines are kept");
            let before = brought.entry((to, &shipment.sku)).or_default();
            let gone = given.entry((from, &shipment.sku)).or_default();
            let deal = Deal {
                want,
                source,
                worth: item.worth,
                route,
                demand_here: &Distribution::of(want.demand),
                demand_there: &Distribution::of(source.demand),
                before_units: *before,
                given_units: *gone,
            };
            let share = (i128::from(way_left) * i128::from(shipment.units) / i128::from(units_left)) as i64;
            let pieces_minor = region.terms.tariff.piece_minor.saturating_mul(shipment.units);
            let reason = reason(&deal, shipment.units, share.saturating_add(pieces_minor));
            lines.push((shipment.clone(), Line { from: from.clone(), units: shipment.units, reason }));
            way_left -= share;
            units_left -= shipment.units;
            *before += shipment.units;
            *gone += shipment.units;
        }
    }
    lines
}

#[cfg(test)]
mod tests;
