//! The sources for one want.

use super::reason::{Deal, reason};
use super::{Reason, Route, Source, Standing, Terms, Want, Worth};
use crate::demand::Distribution;
use crate::id::StoreCode;
use crate::movement::Units;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Pieces from a source, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which store gives them.
    pub from: StoreCode,
    /// How many.
    pub units: Units,
    /// Why from there.
    pub reason: Reason,
}

/// Why a source is not proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotProposed {
    /// It is the store that wants.
    Itself,
    /// It is closed or being stocktaken.
    Closed,
    /// It has declined this want.
    Declined,
    /// It has none.
    NoneOnHand,
    /// What it has is reserved.
    Reserved {
        /// Pieces reserved.
        units: Units,
    },
    /// What is free it needs itself.
    NeededThere {
        /// Pieces free.
        free_units: Units,
        /// Its safety stock.
        safety_units: Units,
        /// Demand it expects until its next delivery.
        expected_demand_units: Units,
    },
    /// Too few days are left to sell the goods in.
    ExpiresTooSoon {
        /// Days left.
        sellable_days: u32,
    },
    /// The way is too long.
    TooFar {
        /// Minutes one way.
        travel_min: u32,
    },
    /// It fulfils too few of its transfers.
    Unreliable {
        /// Share fulfilled, in thousandths.
        fulfilment_permille: u16,
    },
    /// It would cost more than it saves; a person may still choose it.
    CostsMoreThanItSaves {
        /// Pieces it would give.
        units: Units,
        /// The figures.
        reason: Reason,
    },
}

/// What is proposed for a want.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Proposal {
    /// From where, in the order of choice; more than one when no single store has enough.
    pub lines: Vec<Line>,
    /// Pieces wanted that no proposed line covers.
    pub missing_units: Units,
    /// Every other source worth its way, best first, each as if it alone were asked.
    pub alternatives: Vec<Line>,
    /// The rest, nearest first.
    pub not_proposed: Vec<(StoreCode, NotProposed)>,
}

/// Proposes sources for `want` among `sources`, each with the way from it.
///
/// Where one store has all that is wanted, the one with the best score is proposed. Else the want is split over the
/// fewest parcels that cover it, each the best-scored source with which the rest still fits into that many. Equal
/// scores go to the nearest, then by store code. The order of `sources` does not matter; of two entries for one store
/// the one with less surplus stands.
#[must_use]
pub fn propose(want: &Want, worth: Worth, sources: &[(Source, Route)], terms: &Terms) -> Proposal {
    let demand_here = Distribution::of(want.demand);
    let mut stores: BTreeMap<&StoreCode, &(Source, Route)> = BTreeMap::new();
    for entry in sources {
        let kept = stores.entry(&entry.0.store).or_insert(entry);
        if (entry.0.surplus_units(), entry.1) < (kept.0.surplus_units(), kept.1) {
            *kept = entry;
        }
    }
    let mut worthwhile: Vec<Candidate<'_>> = Vec::new();
    let mut not_proposed: Vec<(u32, StoreCode, NotProposed)> = Vec::new();
    for (source, route) in stores.into_values() {
        let mut refuse = |why| not_proposed.push((route.distance_m, source.store.clone(), why));
        if let Some(why) = barrier(want, source, *route, terms) {
            refuse(why);
            continue;
        }
        let demand_there = Distribution::of(source.demand);
        let mut option = Candidate { source, route: *route, demand_there, score_minor: 0 };
        let line = option.line(want, worth, &demand_here, terms, want.units, 0);
        option.score_minor = line.reason.money.total_minor();
        if option.score_minor > 0 {
            worthwhile.push(option);
        } else {
            refuse(NotProposed::CostsMoreThanItSaves { units: line.units, reason: line.reason });
        }
    }
    worthwhile.sort_by_key(|option| (Reverse(option.score_minor), option.route, option.source.store.clone()));
    let chosen = fewest(&worthwhile, want.units);
    let mut proposal = Proposal { missing_units: want.units.max(0), ..Proposal::default() };
    for (index, option) in worthwhile.iter().enumerate() {
        if !chosen.contains(&index) {
            proposal.alternatives.push(option.line(want, worth, &demand_here, terms, want.units, 0));
            continue;
        }
        let covered = want.units - proposal.missing_units;
        let line = option.line(want, worth, &demand_here, terms, proposal.missing_units, covered);
        // The first pieces may have saved the sales that these would: then their way is not worth it.
        if line.reason.money.total_minor() > 0 {
            proposal.missing_units -= line.units;
            proposal.lines.push(line);
        } else {
            let why = NotProposed::CostsMoreThanItSaves { units: line.units, reason: line.reason };
            not_proposed.push((option.route.distance_m, line.from, why));
        }
    }
    not_proposed.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    proposal.not_proposed = not_proposed.into_iter().map(|(_, store, why)| (store, why)).collect();
    proposal
}

/// What keeps a source from being asked at all.
pub(super) fn barrier(want: &Want, source: &Source, route: Route, terms: &Terms) -> Option<NotProposed> {
    let days_under_way = route.travel_min.div_ceil(24 * 60);
    let why = match source.standing {
        _ if source.store == want.to => NotProposed::Itself,
        Standing::Closed => NotProposed::Closed,
        Standing::Declined => NotProposed::Declined,
        Standing::Open if source.on_hand_units <= 0 => NotProposed::NoneOnHand,
        Standing::Open if source.free_units() <= 0 => NotProposed::Reserved { units: source.reserved_units },
        Standing::Open if source.surplus_units() == 0 => NotProposed::NeededThere {
            free_units: source.free_units(),
            safety_units: source.safety_units.max(0),
            expected_demand_units: source.demand.units(),
        },
        Standing::Open if route.travel_min > terms.travel_max_min => {
            NotProposed::TooFar { travel_min: route.travel_min }
        }
        Standing::Open if source.fulfilment_permille < terms.fulfilment_min_permille => {
            NotProposed::Unreliable { fulfilment_permille: source.fulfilment_permille }
        }
        Standing::Open => match source.sellable_days {
            // A way of less than a day costs the day on which it is made.
            Some(days) if days < terms.sellable_days_min.saturating_add(days_under_way) => {
                NotProposed::ExpiresTooSoon { sellable_days: days }
            }
            _ => return None,
        },
    };
    Some(why)
}

/// A source that may be asked.
struct Candidate<'a> {
    source: &'a Source,
    route: Route,
    demand_there: Distribution,
    /// As if it alone were asked.
    score_minor: i64,
}

impl Candidate<'_> {
    fn line(
        &self,
        want: &Want,
        worth: Worth,
        demand_here: &Distribution,
        terms: &Terms,
        units: Units,
        before_units: Units,
    ) -> Line {
        let units = units.min(self.source.surplus_units()).max(0);
        let deal = Deal {
            want,
            source: self.source,
            worth,
            route: self.route,
            demand_here,
            demand_there: &self.demand_there,
            before_units,
            given_units: 0,
        };
        let reason = reason(&deal, units, terms.tariff.parcel_of_minor(self.route, units));
        Line { from: self.source.store.clone(), units, reason }
    }
}

/// The places in `options` (best first) of the fewest that cover `wanted` together, or of all where even those do
/// not: going down the order, each is taken with which the rest still fits into as many parcels as are left.
fn fewest(options: &[Candidate<'_>], wanted: Units) -> Vec<usize> {
    let surplus: Vec<Units> = options.iter().map(|option| option.source.surplus_units()).collect();
    let mut largest = surplus.clone();
    largest.sort_unstable_by_key(|units| Reverse(*units));
    let mut covered: Units = 0;
    let needed = largest.iter().position(|units| {
        covered = covered.saturating_add(*units);
        covered >= wanted
    });
    let Some(last) = needed else { return (0..options.len()).collect() };
    let (mut n_left, mut missing, mut chosen) = (last + 1, wanted, Vec::new());
    for (index, units) in surplus.iter().enumerate() {
        if n_left == 0 || missing <= 0 {
            break;
        }
        let rest = if n_left == 1 { 0 } else { largest_together(&surplus[index + 1..], n_left - 1) };
        if units.saturating_add(rest) >= missing {
            chosen.push(index);
            missing -= units;
            n_left -= 1;
        }
    }
    chosen
}

/// Sum of the `n` largest.
fn largest_together(surplus: &[Units], n: usize) -> Units {
    let mut surplus = surplus.to_vec();
    surplus.sort_unstable_by_key(|units| Reverse(*units));
    surplus.into_iter().take(n).fold(0, Units::saturating_add)
}
