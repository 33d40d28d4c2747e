//! When to order an item for a store, and how much.
//!
//! The policy is (R, s, S): every review the stock that is there or on its way is looked at, and where it is at or
//! below the reorder point s, ordered up to S (Silver, Pyke and Thomas (2017), section 6.10).

mod suggestion;

pub use suggestion::{Cause, Change, Stock, Suggestion, suggest};

use crate::demand::{Demand, Forecast, WeekdayProfile, forecast};
use crate::instant::Day;
use crate::movement::{UNITS_MAX, Units};
use crate::safety_stock::{ServiceLevel, safety_stock};
use crate::signal::Signals;
use serde::{Deserialize, Serialize};

/// How an item reaches a store, and what the store can hold of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supply {
    /// Days from order to shelf.
    pub lead_time_days: u16,
    /// Standard deviation of that, in hours; 0 for who always comes on the day.
    pub lead_time_sd_hours: u16,
    /// Days from one chance to order to the next, at least 1.
    pub review_days: u16,
    /// Only whole packs of so many pieces are delivered; 1 for single pieces.
    pub pack_units: Units,
    /// What its shelves hold, where the planogram says.
    pub capacity_units: Option<Units>,
    /// Days on which it can be sold after it arrives, for what perishes.
    pub sellable_days: Option<u16>,
}

/// Longer than this nobody forecasts from 90 days.
const INTERVAL_DAYS_MAX: u16 = 120;

/// What a supply is refused for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SupplyError {
    /// Nothing can be delivered in packs of none.
    #[error("a pack of {0} pieces: give 1 to {UNITS_MAX}")]
    Pack(Units),
    /// A review every 0 days, or an interval beyond what can be forecast.
    #[error("lead time and review make {0} days: give a review of at least 1 and at most {INTERVAL_DAYS_MAX} together")]
    Interval(u32),
    /// Less than nothing.
    #[error("a shelf for {0} pieces: give 0 or more, or none where it is not known")]
    Capacity(Units),
}

impl Supply {
    /// What holds until the chain says otherwise: two days from order to shelf, give or take half a day, a chance to
    /// order every day, single pieces.
    pub const USUAL: Self = Self {
        lead_time_days: 2,
        lead_time_sd_hours: 12,
        review_days: 1,
        pack_units: 1,
        capacity_units: None,
        sellable_days: None,
    };

    /// The same in packs of so many pieces.
    #[must_use]
    pub const fn in_packs_of(self, pack_units: Units) -> Self {
        Self { pack_units, ..self }
    }

    /// Days that what is on hand and on order must last: until goods arrive that can be ordered at the next chance.
    #[must_use]
    pub const fn interval_days(&self) -> u32 {
        self.lead_time_days as u32 + self.review_days as u32
    }

    fn check(&self) -> Result<(), SupplyError> {
        let days = self.interval_days();
        if self.review_days == 0 || days > u32::from(INTERVAL_DAYS_MAX) {
            return Err(SupplyError::Interval(days));
        }
        if !(1..=UNITS_MAX).contains(&self.pack_units) {
            return Err(SupplyError::Pack(self.pack_units));
        }
        match self.capacity_units {
            Some(units) if units < 0 => Err(SupplyError::Capacity(units)),
            _ => Ok(()),
        }
    }
}

/// What people have set instead of what is computed; `None` leaves it computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Overrides {
    /// Service level instead of [`ServiceLevel::USUAL`].
    pub service_level: Option<ServiceLevel>,
    /// Safety stock in pieces.
    pub safety_units: Option<Units>,
    /// Reorder point in pieces.
    pub reorder_point_units: Option<Units>,
    /// What is ordered up to, in pieces.
    pub order_up_to_units: Option<Units>,
    /// Pieces ordered each time, whatever is missing up to there.
    #[serde(default)]
    pub order_units: Option<Units>,
}

impl Overrides {
    /// Whether nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These, and where they leave something open the `broader` ones: item in a store, item, store, chain.
    #[must_use]
    pub fn or(self, broader: Self) -> Self {
        Self {
            service_level: self.service_level.or(broader.service_level),
            safety_units: self.safety_units.or(broader.safety_units),
            reorder_point_units: self.reorder_point_units.or(broader.reorder_point_units),
            order_up_to_units: self.order_up_to_units.or(broader.order_up_to_units),
            order_units: self.order_units.or(broader.order_units),
        }
    }
}

/// What kept the order-up-to quantity below what the policy asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// The shelf holds no more.
    ShelfCapacity,
    /// More would expire unsold.
    ShelfLife,
}

/// The figures that replenishment of an item in a store goes by, all in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockTarget {
    /// Expected demand over lead time and review, rounded up.
    pub demand_units: Units,
    /// The buffer on top.
    pub safety_units: Units,
    /// s: at or below this it is ordered.
    pub reorder_point_units: Units,
    /// S: up to this. At least the reorder point, unless [`Bound`].
    pub order_up_to_units: Units,
    /// What S was cut by, if anything.
    pub bound: Option<Bound>,
    /// Pieces that somebody has set to be ordered each time.
    pub order_units: Option<Units>,
}

/// Days of sales that a target rests on, at most: twelve weeks.
pub const TARGET_DAYS: i64 = 84;
/// Fewer days of sales than a week say nothing: each weekday must be among them.
const TARGET_DAYS_MIN: usize = 7;

/// The target of a line on `day`, from what the ledger says of the days before it; `None` where that is too little.
#[must_use]
pub fn target_on(signals: &Signals, day: Day, supply: &Supply, overrides: Overrides) -> Option<StockTarget> {
    target(&forecast_on(signals, day)?, day, supply, overrides).ok()
}

/// The demand for a line from `day` on, from what the ledger says of the days before it; `None` where that is too
/// little.
#[must_use]
pub fn forecast_on(signals: &Signals, day: Day) -> Option<Forecast> {
    let last = day.plus_days(-1);
    let sales = signals.sales_days(last, TARGET_DAYS);
    if sales.len() < TARGET_DAYS_MIN {
        return None;
    }
    let forecast = forecast(last, &sales, WeekdayProfile::FLAT);
    (forecast.evidence_days() > 0.0).then_some(forecast)
}

/// The target of an item whose next chance to order is on `from`.
///
/// s = ⌈demand over lead time and review⌉ + safety stock; S = s + ⌈demand of one review more⌉, at least a pack more unless s is 0.
/// S is cut to what the shelf holds once the lead time's demand (rounded down) is sold, and to what sells within the
/// shelf life (rounded down); s is cut to S.
///
/// # Errors
/// When the supply's figures make no sense.
pub fn target(
    forecast: &Forecast,
    from: Day,
    supply: &Supply,
    overrides: Overrides,
) -> Result<StockTarget, SupplyError> {
    supply.check()?;
    let [lead, review] = [supply.lead_time_days, supply.review_days].map(u32::from);
    let demand = forecast.over(from, lead + review);
    let level = overrides.service_level.unwrap_or(ServiceLevel::USUAL);
    let lead_time_sd_days = f64::from(supply.lead_time_sd_hours) / 24.0;
    let computed = || safety_stock(demand, forecast.level(), lead_time_sd_days, level);
    let safety_units = overrides.safety_units.unwrap_or_else(computed).clamp(0, UNITS_MAX);
    let reorder = overrides.reorder_point_units.unwrap_or_else(|| demand.units() + safety_units).clamp(0, UNITS_MAX);
    let next_review = forecast.over(from.plus_days(i64::from(lead + review)), review);
    // A pack at least, but nothing of what nobody buys.
    let least = if reorder > 0 { supply.pack_units } else { 0 };
    let wanted = reorder + next_review.units().max(least);
    let wanted = overrides.order_up_to_units.unwrap_or(wanted).clamp(0, UNITS_MAX);

    let sold_by = |demand: Demand| (demand.mean + 1e-9).floor() as Units;
    let shelf = supply.capacity_units.map(|units| (units + sold_by(forecast.over(from, lead)), Bound::ShelfCapacity));
    let sellable =
        supply.sellable_days.map(|days| (sold_by(forecast.over(from, lead + u32::from(days))), Bound::ShelfLife));
    let tightest = [shelf, sellable].into_iter().flatten().min_by_key(|(units, _)| *units);
    let (order_up_to_units, bound) = match tightest {
        Some((units, bound)) if units < wanted => (units, Some(bound)),
        _ => (wanted, None),
    };
    Ok(StockTarget {
        demand_units: demand.units(),
        safety_units,
        reorder_point_units: reorder.min(order_up_to_units),
        order_up_to_units,
        bound,
        order_units: overrides.order_units.map(|units| units.clamp(0, UNITS_MAX)),
    })
}

impl StockTarget {
    /// How many pieces to order when `position_units` are there or on their way, less what is reserved; 0 above the
    /// reorder point.
    ///
    /// Whole packs: rounded up, but where that would exceed a bound down, which may leave nothing. A quantity that
    /// somebody has set is ordered as it is, in whole packs.
    #[must_use]
    pub fn order_units(&self, position_units: Units, pack_units: Units) -> Units {
        if position_units > self.reorder_point_units {
            return 0;
        }
        if let Some(units) = self.order_units {
            return Self::in_packs(units, pack_units);
        }
        let (pack, missing) = (pack_units.max(1), self.order_up_to_units.saturating_sub(position_units).max(0));
        let n_packs =
            if self.bound.is_some() { missing / pack } else { missing / pack + i64::from(missing % pack > 0) };
        n_packs.saturating_mul(pack)
    }

    fn in_packs(units: Units, pack_units: Units) -> Units {
        let pack = pack_units.max(1);
        units.div_euclid(pack).saturating_add(i64::from(units.rem_euclid(pack) > 0)).saturating_mul(pack)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demand::SalesDay;

    const SUPPLY: Supply = Supply {
        lead_time_days: 2,
        lead_time_sd_hours: 0,
        review_days: 1,
        pack_units: 6,
        capacity_units: None,
        sellable_days: None,
    };

    fn day(text: &str) -> Day {
        text.parse().expect("valid")
    }

    fn ten_a_day() -> Forecast {
        forecast(day("2026-11-22"), &[SalesDay::Open(10); 84], WeekdayProfile::FLAT)
    }

    fn found(supply: Supply, overrides: Overrides) -> StockTarget {
        target(&ten_a_day(), day("2026-11-23"), &supply, overrides).expect("valid supply")
    }

    #[test]
    fn the_reorder_point_covers_the_interval_and_the_buffer() {
        let target = found(SUPPLY, Overrides::default());
        assert_eq!(target.demand_units, 30);
        // Poisson at least, and 3 days more on 84 days' evidence: 1.645 · √(30 · (1 + 3 / 84)) = 9.2.
        assert_eq!((target.safety_units, target.reorder_point_units), (10, 40));
        assert_eq!(target.order_up_to_units, 50);
        assert_eq!(target.order_units(41, 6), 0);
        assert_eq!(target.order_units(40, 6), 12, "10 pieces are 2 packs of 6");
    }

    #[test]
    fn a_full_shelf_and_a_short_life_bound_the_order() {
        let target = found(Supply { capacity_units: Some(15), ..SUPPLY }, Overrides::default());
        assert_eq!((target.order_up_to_units, target.bound), (35, Some(Bound::ShelfCapacity)));
        assert_eq!(target.reorder_point_units, 35);
        assert_eq!(target.order_units(25, 6), 6, "a second pack would not fit");
        assert_eq!(target.order_units(31, 6), 0);
        let target = found(Supply { sellable_days: Some(1), ..SUPPLY }, Overrides::default());
        assert_eq!((target.order_up_to_units, target.bound), (30, Some(Bound::ShelfLife)));
    }

    #[test]
    fn what_people_set_stands_and_the_narrower_setting_first() {
        let item = Overrides { safety_units: Some(4), ..Overrides::default() };
        let store = Overrides { safety_units: Some(9), order_up_to_units: Some(90), ..Overrides::default() };
        let target = found(SUPPLY, item.or(store));
        assert_eq!((target.safety_units, target.reorder_point_units, target.order_up_to_units), (4, 34, 90));
        let each_time = Overrides { order_units: Some(20), ..Overrides::default() };
        assert_eq!((found(SUPPLY, each_time).order_units(40, 6), found(SUPPLY, each_time).order_units(41, 6)), (24, 0));
        let reorder = Overrides { reorder_point_units: Some(20), ..Overrides::default() };
        assert_eq!(found(SUPPLY, reorder).reorder_point_units, 20);
    }

    #[test]
    fn a_supply_that_makes_no_sense_is_refused() {
        let refused = |supply| target(&ten_a_day(), day("2026-11-23"), &supply, Overrides::default()).err();
        assert_eq!(refused(Supply { pack_units: 0, ..SUPPLY }), Some(SupplyError::Pack(0)));
        assert_eq!(refused(Supply { review_days: 0, ..SUPPLY }), Some(SupplyError::Interval(2)));
        assert_eq!(refused(Supply { lead_time_days: 120, ..SUPPLY }), Some(SupplyError::Interval(121)));
        assert_eq!(refused(Supply { capacity_units: Some(-1), ..SUPPLY }), Some(SupplyError::Capacity(-1)));
    }

    #[test]
    fn an_item_that_does_not_sell_is_not_ordered() {
        let forecast = forecast(day("2026-11-22"), &[SalesDay::Open(0); 84], WeekdayProfile::FLAT);
        let target = target(&forecast, day("2026-11-23"), &SUPPLY, Overrides::default()).expect("valid supply");
        assert_eq!((target.order_up_to_units, target.order_units(0, 6)), (0, 0));
    }
}
