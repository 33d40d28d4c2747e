//! Why a source is proposed, in figures that add up.

use super::{Route, Source, Want, Worth};
use crate::demand::{Distribution, nearest_units};
use crate::movement::Units;
use serde::{Deserialize, Serialize};

/// What a line is expected to bring, in minor units: gains positive, costs negative, each rounded to the nearest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Money {
    /// Sales that the pieces make possible where they go.
    pub sales_saved_minor: i64,
    /// Sales that the source may miss for want of them.
    pub sales_lost_minor: i64,
    /// Pieces that would expire at the source.
    pub write_off_saved_minor: i64,
    /// The chance that the source does not deliver, times what the three above come to.
    pub risk_minor: i64,
    /// The way, and the handling of the pieces.
    pub transport_minor: i64,
}

impl Money {
    /// The score: the sum of all.
    #[must_use]
    pub fn total_minor(&self) -> i64 {
        let gains = [self.sales_saved_minor, self.sales_lost_minor, self.write_off_saved_minor];
        gains.into_iter().chain([self.risk_minor, self.transport_minor]).fold(0, i64::saturating_add)
    }
}

/// Why a source is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The way from it.
    pub route: Route,
    /// Pieces it can give.
    pub surplus_units: Units,
    /// Its safety stock, which stays.
    pub safety_units: Units,
    /// Demand it expects until its next delivery, for which stays as much.
    pub expected_demand_units: Units,
    /// Days on which the pieces can still be sold.
    pub sellable_days: Option<u32>,
    /// Share of its transfers that it fulfilled, in thousandths.
    pub fulfilment_permille: u16,
    /// Thousandths of a piece that are expected to sell where they go and would not have.
    pub saved_here_milli: i64,
    /// Thousandths of a piece, 0 or less, that the source may sell less.
    pub lost_there_milli: i64,
    /// What that makes in money.
    pub money: Money,
}

/// Judges `units` pieces from `source`, when `before` pieces are coming to the want from elsewhere and
/// `given` from the source to others; `transport_minor` is what their way costs.
pub(super) fn reason(deal: &Deal<'_>, units: Units, transport_minor: i64) -> Reason {
    let Deal { want, source, worth, .. } = *deal;
    let here = want.on_hand_units.saturating_add(deal.before_units);
    let saved = want.sales(deal.demand_here, here + units) - want.sales(deal.demand_here, here);
    let free = source.free_units() - deal.given_units;
    let lost = deal.demand_there.expected_sales(free) - deal.demand_there.expected_sales(free - units);
    let [saved_here_milli, lost_there_milli] = [saved, -lost].map(|pieces| nearest_units(pieces * 1000.0));
    let of_money = |milli: i64, each: i64| divide(milli.saturating_mul(each), 1000);
    let sales_saved_minor = of_money(saved_here_milli, worth.margin_minor());
    let sales_lost_minor = of_money(lost_there_milli, worth.margin_minor());
    let spoiling = source.spoiling_units.saturating_sub(deal.given_units).clamp(0, units);
    let write_off_saved_minor = spoiling.saturating_mul(worth.cost_minor.max(0));
    let gain = sales_saved_minor.saturating_add(sales_lost_minor).saturating_add(write_off_saved_minor);
    let failing = 1000 - i64::from(source.fulfilment_permille.min(1000));
    let risk_minor = -divide(gain.max(0).saturating_mul(failing), 1000);
    Reason {
        route: deal.route,
        surplus_units: source.surplus_units(),
        safety_units: source.safety_units.max(0),
        expected_demand_units: source.demand.units(),
        sellable_days: source.sellable_days,
        fulfilment_permille: source.fulfilment_permille,
        saved_here_milli,
        lost_there_milli,
        money: Money {
            sales_saved_minor,
            sales_lost_minor,
            write_off_saved_minor,
            risk_minor,
            transport_minor: -transport_minor,
        },
    }
}

/// A source and a want with what else is under way between them and others.
#[derive(Clone, Copy)]
pub(super) struct Deal<'a> {
    pub want: &'a Want,
    pub source: &'a Source,
    pub worth: Worth,
    pub route: Route,
    pub demand_here: &'a Distribution,
    pub demand_there: &'a Distribution,
    pub before_units: Units,
    pub given_units: Units,
}

/// Nearest whole number, halves away from zero.
fn divide(a: i64, b: i64) -> i64 {
    let half = if a < 0 { -(b / 2) } else { b / 2 };
    a.saturating_add(half) / b
}
