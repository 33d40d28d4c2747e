//! A line that should be ordered: how much, how urgently, and why in one sentence.

use super::{Overrides, StockTarget, Supply};
use crate::demand::{Distribution, Forecast, nearest_units, pieces};
use crate::id::PersonId;
use crate::instant::{Day, Timestamp};
use crate::movement::Units;
use serde::{Deserialize, Serialize};

/// Pieces of an item that a store has or waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stock {
    /// Booked in the store; negative when more left than was ever booked in.
    pub on_hand_units: Units,
    /// Of these promised to other stores.
    pub reserved_units: Units,
    /// Under way from other stores, or promised by them.
    pub in_transit_units: Units,
    /// Asked of other stores that have not answered.
    pub asked_units: Units,
    /// Ordered from suppliers and not yet received.
    pub on_order_units: Units,
}

impl Stock {
    /// What can be sold now: on hand − reserved.
    #[must_use]
    pub fn available_units(&self) -> Units {
        self.on_hand_units.saturating_sub(self.reserved_units)
    }

    /// What orders are decided by: available, under way, asked for and on order.
    #[must_use]
    pub fn position_units(&self) -> Units {
        [self.in_transit_units, self.asked_units, self.on_order_units]
            .into_iter()
            .fold(self.available_units(), Units::saturating_add)
    }
}

/// Why a line should be ordered: the worst that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Nothing is left, and it sells.
    SoldOut,
    /// What is left is sold before a delivery can arrive.
    SellsOutBeforeDelivery,
    /// It has eaten into the safety stock.
    BelowSafety,
    /// It has reached the reorder point.
    AtReorderPoint,
    /// Nothing needs to be ordered now.
    Enough,
}

/// What is known of a line, and what to order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// What the store has and waits for.
    pub stock: Stock,
    /// The figures it goes by.
    pub target: StockTarget,
    /// Pieces in a pack.
    pub pack_units: Units,
    /// Days from order to shelf.
    pub lead_time_days: u16,
    /// Expected sales of an average day, in thousandths of a piece.
    pub daily_milli: i64,
    /// How long what is available lasts, in tenths of a day, rounded down; `None` where it does not sell.
    pub cover_tenths: Option<i64>,
    /// Pieces to order now, in whole packs; 0 for nothing.
    pub order_units: Units,
    /// Sales expected to be missed until a delivery ordered today arrives, in thousandths of a piece.
    pub at_risk_milli: i64,
    /// Why.
    pub cause: Cause,
}

/// What to order of a line whose next chance to order is on `from`.
#[must_use]
pub fn suggest(stock: Stock, target: StockTarget, forecast: &Forecast, from: Day, supply: &Supply) -> Suggestion {
    let order_units = target.order_units(stock.position_units(), supply.pack_units);
    let available = stock.available_units().max(0);
    let daily = forecast.level();
    let lead_time = u32::from(supply.lead_time_days);
    let lasts = (daily > 0.0).then(|| pieces(available) / daily);
    let demand = forecast.over(from, lead_time);
    // What other stores send comes sooner than a delivery; what was ordered before may too, but nobody says when.
    let until_then = available.saturating_add(stock.in_transit_units.max(0));
    let at_risk = if order_units > 0 { demand.mean - Distribution::of(demand).expected_sales(until_then) } else { 0.0 };
    let cause = match () {
        () if order_units == 0 => Cause::Enough,
        () if available == 0 && daily > 0.0 => Cause::SoldOut,
        () if lasts.is_some_and(|days| days < f64::from(lead_time)) => Cause::SellsOutBeforeDelivery,
        () if available < target.safety_units => Cause::BelowSafety,
        () => Cause::AtReorderPoint,
    };
    Suggestion {
        stock,
        target,
        pack_units: supply.pack_units.max(1),
        lead_time_days: supply.lead_time_days,
        daily_milli: nearest_units(daily * 1000.0),
        // Beyond a hundred years it does not matter.
        cover_tenths: lasts.map(|days| (days.min(36_500.0) * 10.0 + 1e-9).floor() as i64),
        order_units,
        at_risk_milli: nearest_units(at_risk.max(0.0) * 1000.0),
        cause,
    }
}

impl Suggestion {
    /// What the missed sales come to at a price, in minor units, rounded to the nearest.
    #[must_use]
    pub fn at_risk_minor(&self, price_minor: i64) -> i64 {
        self.at_risk_milli.saturating_mul(price_minor).saturating_add(500) / 1000
    }

    /// What stands first in a list, the least first: what sells out before a delivery arrives, the dearest of it first;
    /// then the rest, likewise; of equals what lasts least.
    #[must_use]
    pub fn urgency(&self, price_minor: i64) -> (bool, i64, i64) {
        let is_late = !matches!(self.cause, Cause::SoldOut | Cause::SellsOutBeforeDelivery);
        (is_late, -self.at_risk_minor(price_minor), self.cover_tenths.unwrap_or(i64::MAX))
    }
}

/// What somebody has set of a line, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// 1, 2, 3 …: which change of the line it is.
    pub version: u32,
    /// What holds from then on; nothing where it is computed again.
    pub overrides: Overrides,
    /// Why, in the person's own words.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: PersonId,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demand::{SalesDay, WeekdayProfile, forecast};
    use crate::replenishment::target;

    const SUPPLY: Supply = Supply::USUAL.in_packs_of(6);

    fn day(text: &str) -> Day {
        text.parse().expect("valid")
    }

    /// Ten a day, two days until a delivery.
    fn found(stock: Stock, overrides: Overrides) -> Suggestion {
        let forecast = forecast(day("2026-11-22"), &[SalesDay::Open(10); 84], WeekdayProfile::FLAT);
        let from = day("2026-11-23");
        let target = target(&forecast, from, &SUPPLY, overrides).expect("valid supply");
        suggest(stock, target, &forecast, from, &SUPPLY)
    }

    fn with(on_hand_units: Units) -> Stock {
        Stock { on_hand_units, ..Stock::default() }
    }

    #[test]
    fn the_cause_is_the_worst_that_holds() {
        let cause = |on_hand| found(with(on_hand), Overrides::default()).cause;
        let target = found(with(0), Overrides::default()).target;
        assert_eq!([cause(-3), cause(0)], [Cause::SoldOut; 2]);
        assert_eq!(cause(19), Cause::SellsOutBeforeDelivery, "1.9 days, and a delivery takes 2");
        assert_eq!(cause(target.reorder_point_units), Cause::AtReorderPoint);
        assert_eq!(cause(target.reorder_point_units + 1), Cause::Enough);
        let careful = Overrides { safety_units: Some(50), ..Overrides::default() };
        assert_eq!(found(with(30), careful).cause, Cause::BelowSafety);
    }

    #[test]
    fn what_comes_anyway_is_not_ordered_again() {
        let alone = found(with(10), Overrides::default());
        assert!(alone.order_units > 0 && alone.order_units % 6 == 0, "{alone:?}");
        let coming = Stock { in_transit_units: 12, on_order_units: 24, ..with(10) };
        let less = found(coming, Overrides::default());
        assert_eq!((less.order_units, less.cause, less.at_risk_milli), (0, Cause::Enough, 0));
        let promised = Stock { reserved_units: 10, ..with(10) };
        assert_eq!(found(promised, Overrides::default()).cause, Cause::SoldOut);
    }

    #[test]
    fn cover_and_missed_sales_are_in_their_units() {
        let short = found(with(5), Overrides::default());
        assert_eq!((short.daily_milli, short.cover_tenths), (10_000, Some(5)));
        // Twenty are wanted in two days, and five are there.
        assert!((14_900..=15_100).contains(&short.at_risk_milli), "{short:?}");
        assert_eq!(short.at_risk_minor(0), 0);
        assert_eq!(Suggestion { at_risk_milli: 1_500, ..short }.at_risk_minor(333), 500);
    }

    #[test]
    fn what_sells_out_first_stands_first() {
        let [out, low, reorder] = [0, 15, 35].map(|on_hand| found(with(on_hand), Overrides::default()));
        assert!(out.urgency(100) < low.urgency(100) && low.urgency(100) < reorder.urgency(100));
        assert!(low.urgency(1) < reorder.urgency(1_000_000), "money does not outweigh an empty shelf");
    }
}
