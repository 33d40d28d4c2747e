//! How much of an item a store will sell, forecast from what it sold.
//!
//! The method is the discounted Poisson–gamma model of Harvey and Fernandes, "Time Series Models for Count or
//! Qualitative Observations", Journal of Business & Economic Statistics 7 (1989) 407–417: exponential smoothing whose
//! start, missing days and weekday exposure follow from the model instead of from rules of thumb. With every weekday
//! alike it is simple exponential smoothing. For slow movers it keeps the days without a sale as what they are, which
//! Croston's method does not (Teunter, Syntetos and Babai, European Journal of Operational Research 214 (2011)
//! 606–615). `docs/decisions/0022-demand-and-matching.md` has the alternatives and `docs/benchmarks.md` the figures.
//!
//! Statistics are 64-bit floats made by the four operations and square roots only, so that phone and server agree to
//! the bit. They become pieces or money at one place each, which says how it rounds; no event holds a float.

mod distribution;

pub use distribution::Distribution;

use crate::instant::Day;
use crate::movement::Units;

/// What a day's till says of demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SalesDay {
    /// The item could be bought all day; so many pieces were, returns deducted (below 0 counts as 0).
    Open(Units),
    /// It ran out or was not on sale: how many would have been bought is not known.
    OutOfStock,
    /// The store was closed.
    Closed,
}

impl SalesDay {
    fn known(self) -> Option<f64> {
        match self {
            Self::Open(units) => Some(pieces(units.max(0))),
            Self::OutOfStock | Self::Closed => None,
        }
    }
}

/// Pieces as a float. No till sells 2⁵³ of them.
pub(crate) fn pieces(units: Units) -> f64 {
    units as f64
}

/// A float as whole pieces, the nearest; ±9.2 × 10¹⁸ at most.
pub(crate) fn nearest_units(pieces: f64) -> Units {
    pieces.round() as Units
}

/// How demand divides over the week: for each weekday from Monday its share of an average day's, 1 when all are alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeekdayProfile([f64; 7]);

impl WeekdayProfile {
    /// All weekdays alike.
    pub const FLAT: Self = Self([1.0; 7]);

    /// The profile of a series whose last day is `last`, drawn towards `usual` as if that had been seen over
    /// [`PROFILE_PRIOR_UNITS`] pieces. An item that sells little has the profile of its store.
    #[must_use]
    pub fn of(last: Day, sales: &[SalesDay], usual: Self) -> Self {
        let (mut sold, mut n_days) = ([0.0; 7], [0.0; 7]);
        for (weekday, units) in known(last, sales) {
            sold[weekday] += units;
            n_days[weekday] += 1.0;
        }
        let total: f64 = sold.iter().sum();
        let days: f64 = n_days.iter().sum();
        if total <= 0.0 {
            return usual;
        }
        let mean = total / days;
        let mut shares = [0.0; 7];
        for (weekday, share) in shares.iter_mut().enumerate() {
            let prior = PROFILE_PRIOR_UNITS / 7.0;
            *share = (sold[weekday] + prior * usual.0[weekday]) / (n_days[weekday] * mean + prior);
        }
        let sum: f64 = shares.iter().sum();
        // A share of nothing would make a sale on that day impossible.
        Self(shares.map(|share| (share * 7.0 / sum).max(SHARE_MIN)))
    }

    /// The share of a day.
    #[must_use]
    pub fn share(&self, day: Day) -> f64 {
        self.0[usize::from(day.weekday())]
    }
}

/// How many pieces of the store's usual week an item's own profile is mixed with.
pub const PROFILE_PRIOR_UNITS: f64 = 60.0;
const SHARE_MIN: f64 = 0.02;

/// How much of yesterday's evidence counts today, from the steadiest to the quickest. 1 is the plain mean.
const DISCOUNTS: [f64; 5] = [1.0, 0.99, 0.98, 0.96, 0.93];

/// A quicker discount is taken only when it makes the squared error of one day ahead smaller than this share of a
/// steadier one's: on 90 days of a slow mover a small advantage is chance.
const ADVANTAGE: f64 = 0.96;

/// Known days before an error counts in choosing the discount.
const WARM_UP_DAYS: usize = 7;

/// The known days of a series as (weekday, pieces), oldest first.
fn known(last: Day, sales: &[SalesDay]) -> impl Iterator<Item = (usize, f64)> {
    let n = sales.len();
    sales.iter().enumerate().filter_map(move |(index, day)| {
        let ago = i64::try_from(n - 1 - index).unwrap_or(i64::MAX);
        day.known().map(|units| (usize::from(last.plus_days(-ago).weekday()), units))
    })
}

/// What demand is expected to be, and how far off that may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    /// Expected pieces.
    pub mean: f64,
    /// Variance of actual − expected, in pieces squared.
    pub variance: f64,
}

impl Demand {
    /// None at all, for certain.
    pub const NONE: Self = Self { mean: 0.0, variance: 0.0 };

    /// Expected pieces, rounded up: what must be there for it.
    #[must_use]
    pub fn units(&self) -> Units {
        // A hair above a whole number is the arithmetic's, not a piece.
        (self.mean - 1e-9).ceil().max(0.0) as Units
    }
}

/// The demand for an item in a store, from the day after the last of its series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    level: f64,
    evidence_days: f64,
    discount: f64,
    dispersion: f64,
    profile: WeekdayProfile,
}

/// Forecasts from a series of days whose last is `last`; `usual` is the week of the whole store.
///
/// Days out of stock and closed days are passed over: they neither lower the level nor age the evidence. A series
/// without a known day gives a forecast of nothing; [`Forecast::evidence_days`] tells that from one of no demand.
#[must_use]
pub fn forecast(last: Day, sales: &[SalesDay], usual: WeekdayProfile) -> Forecast {
    let profile = WeekdayProfile::of(last, sales, usual);
    let days: Vec<(f64, f64)> = known(last, sales).map(|(weekday, units)| (profile.0[weekday], units)).collect();
    let fits = DISCOUNTS.map(|discount| fit(&days, discount));
    let better = |best: Fit, fit: Fit| if fit.squared_error < ADVANTAGE * best.squared_error { fit } else { best };
    let best = fits.into_iter().reduce(better);
    let Fit { level, evidence_days, discount, dispersion, .. } = best.expect("there are discounts");
    Forecast { level, evidence_days, discount, dispersion, profile }
}

struct Fit {
    level: f64,
    evidence_days: f64,
    discount: f64,
    dispersion: f64,
    squared_error: f64,
}

/// Runs through `days` (share of the weekday, pieces): Harvey and Fernandes (1989), equations 2.6 to 2.8 with the
/// weekday's share as exposure.
fn fit(days: &[(f64, f64)], discount: f64) -> Fit {
    let (mut sold, mut exposure) = (0.0, 0.0);
    let (mut squared_error, mut expected) = (0.0, 0.0);
    for (index, &(share, units)) in days.iter().enumerate() {
        if index >= WARM_UP_DAYS {
            let mean = sold / exposure * share;
            squared_error += (units - mean) * (units - mean);
            // What the square of this error is expected to be, were demand Poisson.
            expected += mean * (1.0 + share / exposure);
        }
        sold = discount * sold + units;
        exposure = discount * exposure + share;
    }
    let level = if exposure > 0.0 { sold / exposure } else { 0.0 };
    // One pseudo-observation of Poisson demand, so that a short series does not claim more than it knows.
    let prior = level.max(0.05);
    let dispersion = ((squared_error + prior) / (expected + prior)).max(1.0);
    Fit { level, evidence_days: exposure, discount, dispersion, squared_error }
}

impl Forecast {
    /// Expected pieces on an average day.
    #[must_use]
    pub fn level(&self) -> f64 {
        self.level
    }

    /// On how many days' sales the level rests, older days counting less; 0 when nothing is known.
    #[must_use]
    pub fn evidence_days(&self) -> f64 {
        self.evidence_days
    }

    /// Demand over `n_days` days from `from` on.
    #[must_use]
    pub fn over(&self, from: Day, n_days: u32) -> Demand {
        self.on((0..n_days).map(|ahead| from.plus_days(i64::from(ahead))))
    }

    /// Demand on the given days together: those on which the store is open.
    ///
    /// The variance is that of the negative binomial which the model predicts, times the dispersion seen.
    #[must_use]
    pub fn on(&self, days: impl IntoIterator<Item = Day>) -> Demand {
        let exposure: f64 = days.into_iter().map(|day| self.profile.share(day)).sum();
        if self.evidence_days <= 0.0 {
            return Demand::NONE;
        }
        let mean = self.level * exposure;
        Demand { mean, variance: self.dispersion * mean * (1.0 + exposure / self.evidence_days) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sunday() -> Day {
        "2026-11-22".parse().expect("valid")
    }

    fn of(sales: &[SalesDay]) -> Forecast {
        forecast(sunday(), sales, WeekdayProfile::FLAT)
    }

    #[test]
    fn constant_sales_are_forecast_to_stay() {
        let demand = of(&[SalesDay::Open(5); 90]).over(sunday().plus_days(1), 7);
        assert!((demand.mean - 35.0).abs() < 1e-9, "{demand:?}");
        assert_eq!(demand.units(), 35);
    }

    #[test]
    fn a_day_out_of_stock_is_no_day_without_demand() {
        let mut sales = vec![SalesDay::Open(4); 70];
        sales.extend([SalesDay::OutOfStock; 14]);
        sales.extend([SalesDay::Closed; 6]);
        let demand = of(&sales).over(sunday().plus_days(1), 7);
        assert!((demand.mean - 28.0).abs() < 1e-9, "{demand:?}");
        let zero = [vec![SalesDay::Open(4); 70], vec![SalesDay::Open(0); 20]].concat();
        assert!(of(&zero).over(sunday().plus_days(1), 7).mean < 10.0, "a fortnight without a sale is news");
    }

    #[test]
    fn saturdays_keep_their_share() {
        // 13 weeks of 20 on Saturdays and 8 on the other days, ending on a Sunday.
        let week = |day: usize| if day % 7 == 5 { SalesDay::Open(20) } else { SalesDay::Open(8) };
        let sales: Vec<SalesDay> = (0..91).map(week).collect();
        let forecast = of(&sales);
        let [friday, saturday] = [5, 6].map(|ahead| forecast.over(sunday().plus_days(ahead), 1).mean);
        assert!((friday - 8.0).abs() < 0.6 && (saturday - 20.0).abs() < 1.2, "{friday} {saturday}");
        let open = forecast.on([1, 2, 3].map(|ahead| sunday().plus_days(ahead)));
        assert!((open.mean - 24.0).abs() < 1.5, "only the days on which it is open: {open:?}");
    }

    #[test]
    fn an_item_that_sells_little_has_the_week_of_its_store() {
        let store: Vec<SalesDay> = (0..91).map(|day| SalesDay::Open(if day % 7 >= 5 { 400 } else { 100 })).collect();
        let usual = WeekdayProfile::of(sunday(), &store, WeekdayProfile::FLAT);
        let rare: Vec<SalesDay> = (0..91).map(|day| SalesDay::Open(i64::from(day % 30 == 0))).collect();
        let forecast = forecast(sunday(), &rare, usual);
        let [monday, saturday] = [1, 6].map(|ahead| forecast.over(sunday().plus_days(ahead), 1).mean);
        assert!(saturday > 3.0 * monday, "{monday} {saturday}");
    }

    #[test]
    fn nothing_known_is_told_from_nothing_sold() {
        assert_eq!(of(&[]).evidence_days(), 0.0);
        assert_eq!(of(&[SalesDay::OutOfStock; 30]).over(sunday(), 7), Demand::NONE);
        let unsold = of(&[SalesDay::Open(0); 30]);
        assert!(unsold.evidence_days() > 29.0 && unsold.level() == 0.0);
    }

    proptest! {
        #[test]
        fn days_out_of_stock_at_the_end_change_no_level(units in prop::collection::vec(0i64..30, 1..80), n_weeks in 0usize..3) {
            let known: Vec<SalesDay> = units.into_iter().map(SalesDay::Open).collect();
            let mut sales = known.clone();
            sales.extend(std::iter::repeat_n(SalesDay::OutOfStock, 7 * n_weeks));
            prop_assert_eq!(of(&known).level(), of(&sales).level());
        }

        #[test]
        fn a_longer_span_has_more_demand_and_is_less_certain(units in prop::collection::vec(-3i64..30, 0..90), n in 0u32..60) {
            let sales: Vec<SalesDay> = units.into_iter().map(SalesDay::Open).collect();
            let forecast = of(&sales);
            let [short, long] = [n, n + 1].map(|n| forecast.over(sunday().plus_days(1), n));
            prop_assert!(long.mean >= short.mean && long.variance >= short.variance);
            prop_assert!(short.mean >= 0.0 && short.variance >= short.mean && long.variance.is_finite());
        }
    }
}
