//! Measures: the named figures of one item in one store that warnings are made of.
//!
//! A measure may be unknown: what has never been counted was not counted so many days ago, and five pieces say nothing
//! about growth. What then becomes of a condition is written in [`crate::rule::Truth`].
//!
//! Spans of days are full days before the store's today, because half a day of sales compares with nothing.

mod reading;

pub use reading::{Around, Reading};

use crate::movement::Units;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What is measured. The code is stable: rules are stored with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Pieces in the store, as booked.
    OnHand,
    /// Of those, promised to transfers and customers.
    Reserved,
    /// On hand less reserved.
    Available,
    /// What should be kept against late deliveries and busy days.
    SafetyStock,
    /// Pieces under way to the store.
    InTransit,
    /// What other stores of the region have available above their own safety stock.
    StockNearby,
    /// On hand ÷ pieces sold a day over the last 28 days, or as many as are known, but at least 7; unknown where none
    /// was sold.
    DaysOfCover,
    /// Pieces sold today so far.
    SoldToday,
    /// Pieces sold yesterday.
    #[serde(rename = "sold_1d")]
    Sold1d,
    /// Pieces sold on the last 3 days.
    #[serde(rename = "sold_3d")]
    Sold3d,
    /// Pieces sold on the last 7 days.
    #[serde(rename = "sold_7d")]
    Sold7d,
    /// Pieces sold on the last 28 days.
    #[serde(rename = "sold_28d")]
    Sold28d,
    /// By how much the last 3 days sold more than the 3 before: see [`growth`].
    #[serde(rename = "growth_3d")]
    Growth3d,
    /// Sold ÷ (sold + still there), over the last 28 days.
    #[serde(rename = "sell_through_28d")]
    SellThrough28d,
    /// Pieces lost on the last 28 days: written off or missing in counts; negative when counts found more.
    #[serde(rename = "lost_28d")]
    Lost28d,
    /// Days since anything moved.
    DaysSinceMoved,
    /// Days since goods were received: how old the newest of the stock is. Since the first movement where they never
    /// were.
    DaysSinceReceived,
    /// Days since somebody counted it; since the first movement where nobody ever has.
    DaysSinceCounted,
    /// Days until the first best-before date of what is on hand; 0 on the day itself, negative after.
    DaysToBestBefore,
    /// People who came into the store today.
    Visitors,
    /// Those ÷ what is usual on this weekday by this time: 100 is as usual.
    FootfallIndex,
    /// Receipts of the till ÷ people who came in, today.
    Conversion,
}

/// What a measure's figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Pieces.
    Pieces,
    /// Days.
    Days,
    /// Per cent.
    Percent,
    /// People.
    People,
}

/// What a measure is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// One item in one store.
    Item,
    /// The store as a whole.
    Store,
}

impl Measure {
    /// Every measure, in the order shown.
    pub const ALL: [Self; 22] = [
        Self::OnHand,
        Self::Reserved,
        Self::Available,
        Self::SafetyStock,
        Self::InTransit,
        Self::StockNearby,
        Self::DaysOfCover,
        Self::SoldToday,
        Self::Sold1d,
        Self::Sold3d,
        Self::Sold7d,
        Self::Sold28d,
        Self::Growth3d,
        Self::SellThrough28d,
        Self::Lost28d,
        Self::DaysSinceMoved,
        Self::DaysSinceReceived,
        Self::DaysSinceCounted,
        Self::DaysToBestBefore,
        Self::Visitors,
        Self::FootfallIndex,
        Self::Conversion,
    ];

    /// The stable code, as rules are stored with it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::OnHand => "on_hand",
            Self::Reserved => "reserved",
            Self::Available => "available",
            Self::SafetyStock => "safety_stock",
            Self::InTransit => "in_transit",
            Self::StockNearby => "stock_nearby",
            Self::DaysOfCover => "days_of_cover",
            Self::SoldToday => "sold_today",
            Self::Sold1d => "sold_1d",
            Self::Sold3d => "sold_3d",
            Self::Sold7d => "sold_7d",
            Self::Sold28d => "sold_28d",
            Self::Growth3d => "growth_3d",
            Self::SellThrough28d => "sell_through_28d",
            Self::Lost28d => "lost_28d",
            Self::DaysSinceMoved => "days_since_moved",
            Self::DaysSinceReceived => "days_since_received",
            Self::DaysSinceCounted => "days_since_counted",
            Self::DaysToBestBefore => "days_to_best_before",
            Self::Visitors => "visitors",
            Self::FootfallIndex => "footfall_index",
            Self::Conversion => "conversion",
        }
    }

    /// The measure of that code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.code() == code)
    }

    /// What its figure counts.
    #[must_use]
    pub fn unit(self) -> Unit {
        match self {
            Self::OnHand
            | Self::Reserved
            | Self::Available
            | Self::SafetyStock
            | Self::InTransit
            | Self::StockNearby
            | Self::SoldToday
            | Self::Sold1d
            | Self::Sold3d
            | Self::Sold7d
            | Self::Sold28d
            | Self::Lost28d => Unit::Pieces,
            Self::DaysOfCover
            | Self::DaysSinceMoved
            | Self::DaysSinceReceived
            | Self::DaysSinceCounted
            | Self::DaysToBestBefore => Unit::Days,
            Self::Growth3d | Self::SellThrough28d | Self::FootfallIndex | Self::Conversion => Unit::Percent,
            Self::Visitors => Unit::People,
        }
    }

    /// What it is of.
    #[must_use]
    pub fn subject(self) -> Subject {
        match self {
            Self::Visitors | Self::FootfallIndex | Self::Conversion => Subject::Store,
            _ => Subject::Item,
        }
    }

    /// The least and the most it can be, where there is such.
    #[must_use]
    pub fn range(self) -> (Option<i64>, Option<i64>) {
        match self {
            Self::OnHand | Self::Available | Self::Lost28d | Self::DaysToBestBefore | Self::DaysOfCover => (None, None),
            Self::Growth3d => (Some(-100), None),
            Self::SellThrough28d => (Some(0), Some(100)),
            _ => (Some(0), None),
        }
    }

    /// Whether its figures are whole numbers; the others are ratios.
    #[must_use]
    pub fn is_whole(self) -> bool {
        !matches!(
            self,
            Self::DaysOfCover | Self::Growth3d | Self::SellThrough28d | Self::FootfallIndex | Self::Conversion
        )
    }
}

/// What a measure says: a whole number or a ratio of two, never rounded before it is compared.
///
/// Two figures are equal when they are worth the same, however they are written.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "(i64, i64)", into = "(i64, i64)")]
pub struct Figure {
    n: i64,
    /// More than 0.
    per: i64,
}

/// A ratio must have something above 0 to be divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is nothing to divide by: a figure's second number is more than 0")]
pub struct FigureError(i64);

impl Figure {
    /// A whole number.
    #[must_use]
    pub const fn whole(n: i64) -> Self {
        Self { n, per: 1 }
    }

    /// `n ÷ per`. A `per` below 1 is taken as 1.
    #[must_use]
    pub fn ratio(n: i64, per: i64) -> Self {
        Self { n, per: per.max(1) }
    }

    /// So many per cent of it.
    #[must_use]
    pub fn percent(self, percent: i64) -> Self {
        Self { n: self.n.saturating_mul(percent), per: self.per.saturating_mul(100) }
    }

    /// The tenths it comes to, rounded half away from 0: 25 for 2.5. For showing it.
    #[must_use]
    pub fn tenths(self) -> i64 {
        let (tenfold, per) = (i128::from(self.n) * 10, i128::from(self.per));
        let rounded = (tenfold.abs() * 2 + per) / (per * 2) * tenfold.signum();
        i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN } else { i64::MAX })
    }
}

impl PartialEq for Figure {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Figure {}
impl PartialOrd for Figure {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Figure {
    fn cmp(&self, other: &Self) -> Ordering {
        (i128::from(self.n) * i128::from(other.per)).cmp(&(i128::from(other.n) * i128::from(self.per)))
    }
}

impl TryFrom<(i64, i64)> for Figure {
    type Error = FigureError;
    fn try_from((n, per): (i64, i64)) -> Result<Self, FigureError> {
        if per > 0 { Ok(Self { n, per }) } else { Err(FigureError(per)) }
    }
}
impl From<Figure> for (i64, i64) {
    fn from(figure: Figure) -> Self {
        (figure.n, figure.per)
    }
}

/// Whatever tells measures: a line of a store, or figures made for a test.
pub trait Figures {
    /// What the measure says, if it is known.
    fn figure(&self, measure: Measure) -> Option<Figure>;
}

impl Figures for BTreeMap<Measure, Figure> {
    fn figure(&self, measure: Measure) -> Option<Figure> {
        self.get(&measure).copied()
    }
}

/// Both spans together hold enough pieces from here on that a growth of 30 % or more is always beyond chance.
pub const GROWTH_UNITS_SURE: Units = 180;

/// By how many per cent `now` pieces are more than `before`, in two spans of equal length; `None` while the numbers are
/// too small to tell.
///
/// From one piece to two is +100 % and means nothing. Pieces sold come by chance, so that of `n` pieces in both spans
/// each lies in either with equal chance where nothing has changed (the conditional test of two Poisson counts:
/// Przyborowski and Wilenski, *Biometrika* 31, 1940, pp. 313–323). The difference is beyond that when
/// (|now − before| − 1)² > 1.645² × n: one-sided at 5 %, in the normal approximation with continuity correction. A
/// smaller difference is told only from [`GROWTH_UNITS_SURE`] pieces on, where it is known to be small. Items that sell
/// by the dozen vary more than the test assumes; there it warns rather too often than too rarely.
///
/// From nothing, growth is measured against one piece. Negative sums, left by reversed sales, are taken as 0.
#[must_use]
pub fn growth(now: Units, before: Units) -> Option<Figure> {
    // More than a trillion pieces nobody sells; squares of it are still far below 2¹²⁷.
    let (now, before) = (now.clamp(0, 1_000_000_000_000), before.clamp(0, 1_000_000_000_000));
    let (total, beyond) = (i128::from(now) + i128::from(before), i128::from((now - before).abs()) - 1);
    let is_beyond_chance = beyond > 0 && beyond * beyond * 1_000_000 > 2_706_025 * total;
    let base = before.max(1);
    (is_beyond_chance || total >= i128::from(GROWTH_UNITS_SURE)).then(|| Figure::ratio((now - base) * 100, base))
}

#[cfg(test)]
mod tests;
