//! The chain's heatmap: what a cell adds up for each layer, and where it lies on the layer's scale.
//!
//! Everything a cell holds is a sum, so that cells add up to regions and chains, a filter is a sum over fewer cells,
//! and a change of one line is its new share less its old one ([`HeatCell::replace`]), in whatever order. Shares and
//! ratios are only taken when a cell is shown. A day of the past is drawn by the same sums over that day's readings.

use crate::id::{RegionCode, StoreCode};
use crate::instant::Timestamp;
use crate::measure::{Figure, Figures, Measure, Reading, growth};
use crate::movement::Units;
use serde::{Deserialize, Serialize};

/// The goods of one category in one store, or several such cells together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HeatCell {
    /// Lines: items the store has had.
    pub n_lines: u32,
    /// Of those, the ones with no stock.
    pub n_out: u32,
    /// Σ on hand; what is negative counts as none.
    pub on_hand_units: Units,
    /// Σ sold on the last 28 days; of a younger line, what it sells in as many days.
    pub sold_28d_units: Units,
    /// Σ sold on the last 3 days.
    pub sold_3d_units: Units,
    /// Σ sold on the 3 days before.
    pub sold_before_units: Units,
    /// Sold today so far.
    pub sold_today_units: Units,
    /// What is usually sold by now on this weekday, in tenths of a piece; 0 where nobody knows.
    pub usual_tenths: i64,
    /// Σ lost on the last 28 days at shelf price, in minor units; negative where counts found more.
    pub lost_minor: i64,
    /// Σ sold on the last 28 days at shelf price, in minor units.
    pub sold_minor: i64,
}

/// What a store as a whole has, or several stores together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StoreHeat {
    /// Stores.
    pub n_stores: u32,
    /// People who came in today, where somebody counts them.
    pub visitors: u32,
    /// How many that usually are by now, in tenths.
    pub usual_visitors_tenths: i64,
    /// Receipts of the till today, of the stores where people are counted.
    pub n_receipts: u32,
    /// Transfers to or from the store that are not closed.
    pub n_open_transfers: u32,
    /// Of those, the ones that should have gone on by now.
    pub n_overdue: u32,
}

/// What a place of the map stands for: goods, and the store or stores they are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Heat {
    /// The goods.
    pub goods: HeatCell,
    /// The store.
    pub store: StoreHeat,
}

/// Every figure of a cell, one after the other, joined with that of another.
macro_rules! each {
    ($left:expr, $right:expr, $join:tt, $($field:ident),+) => {
        $($left.$field $join $right.$field;)+
    };
}

impl HeatCell {
    /// What one line contributes; nothing for a line of which nothing is known. `price_minor` is its shelf price.
    #[must_use]
    pub fn of_line(line: &Reading<'_>, price_minor: i64) -> Self {
        let whole = |measure| line.figure(measure).map_or(0, |figure| <(i64, i64)>::from(figure).0);
        if line.signals.n_days_known(line.day.plus_days(1), 1) == 0 {
            return Self::default();
        }
        let on_hand = whole(Measure::OnHand);
        let n_days = line.signals.n_days_known(line.day, 28);
        let moves = line.signals.moves_in(line.day.plus_days(-1), n_days.max(1)).unwrap_or_default();
        let before = line.signals.moves_in(line.day.plus_days(-4), 3);
        let price_minor = price_minor.max(0);
        Self {
            n_lines: 1,
            n_out: u32::from(on_hand <= 0),
            on_hand_units: on_hand.max(0),
            // A line of less than a week says nothing about what it usually sells.
            sold_28d_units: if n_days < 7 { 0 } else { moves.sold_units.max(0) * 28 / n_days },
            // Both spans, or neither: a line new in the second would be taken for growth.
            sold_3d_units: before.map_or(0, |_| whole(Measure::Sold3d)),
            sold_before_units: before.map_or(0, |before| before.sold_units.max(0)),
            sold_today_units: 0,
            usual_tenths: 0,
            lost_minor: moves.lost_units.saturating_mul(price_minor),
            sold_minor: moves.sold_units.max(0).saturating_mul(price_minor),
        }
    }

    /// What today's sales contribute, against what is usual by now.
    #[must_use]
    pub fn of_today(sold_units: Units, usual: Option<Figure>) -> Self {
        usual.map_or_else(Self::default, |usual| Self {
            sold_today_units: sold_units,
            usual_tenths: usual.tenths(),
            ..Self::default()
        })
    }

    /// Adds what another cell, or one more line, has.
    pub fn add(&mut self, other: &Self) {
        each!(
            self, other, +=, n_lines, n_out, on_hand_units, sold_28d_units, sold_3d_units, sold_before_units,
            sold_today_units, usual_tenths, lost_minor, sold_minor
        );
    }

    /// Puts what a line contributes now in place of what it did before, which must be in the cell.
    pub fn replace(&mut self, before: &Self, now: &Self) {
        self.add(now);
        each!(
            self, before, -=, n_lines, n_out, on_hand_units, sold_28d_units, sold_3d_units, sold_before_units,
            sold_today_units, usual_tenths, lost_minor, sold_minor
        );
    }
}

impl StoreHeat {
    /// Adds another store, or several.
    pub fn add(&mut self, other: &Self) {
        each!(
            self, other, +=, n_stores, visitors, usual_visitors_tenths, n_receipts, n_open_transfers, n_overdue
        );
    }
}

/// What a colour of the map stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeatLayer {
    /// Days that the stock lasts.
    #[default]
    Cover,
    /// Lines with no stock.
    OutOfStock,
    /// Sales today against the usual for this weekday and hour.
    SalesNow,
    /// 3-day growth.
    Growth,
    /// People who came in, against the usual for this weekday and hour.
    Footfall,
    /// Receipts per person who came in.
    Conversion,
    /// Transfers that are not closed.
    OpenTransfers,
    /// Transfers that should have gone on.
    Overdue,
    /// Goods lost.
    Shrinkage,
}

/// How a layer's values are laid on its colours.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// From 0 to the most shown.
    Rising(f64),
    /// From the most below, over 0 in the middle, to the most above.
    Diverging(f64),
}

impl Scale {
    /// Where a value lies, 0 to 1; what is beyond an end lies at it.
    #[must_use]
    pub fn position(self, value: f64) -> f64 {
        match self {
            Self::Rising(most) => (value / most).clamp(0.0, 1.0),
            Self::Diverging(most) => ((value / most).clamp(-1.0, 1.0) + 1.0) / 2.0,
        }
    }
}

impl HeatLayer {
    /// Every layer, in the order shown.
    pub const ALL: [Self; 9] = [
        Self::Cover,
        Self::OutOfStock,
        Self::SalesNow,
        Self::Growth,
        Self::Footfall,
        Self::Conversion,
        Self::OpenTransfers,
        Self::Overdue,
        Self::Shrinkage,
    ];

    /// The stable code, as in addresses.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Cover => "cover",
            Self::OutOfStock => "out_of_stock",
            Self::SalesNow => "sales_now",
            Self::Growth => "growth",
            Self::Footfall => "footfall",
            Self::Conversion => "conversion",
            Self::OpenTransfers => "open_transfers",
            Self::Overdue => "overdue",
            Self::Shrinkage => "shrinkage",
        }
    }

    /// The layer of that code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layer| layer.code() == code)
    }

    /// Whether it tells of the store as a whole: then all its categories have one colour.
    #[must_use]
    pub fn is_of_store(self) -> bool {
        matches!(self, Self::Footfall | Self::Conversion | Self::OpenTransfers | Self::Overdue)
    }

    /// How its values are laid on the colours: cover in days up to four weeks; lines out of stock up to a fifth; sales
    /// and footfall up to half less or more than usual; growth to twice the warning's 30 %; conversion up to two fifths;
    /// transfers in number per store; shrinkage up to 3 % of sales, about twice what shops lose on average.
    #[must_use]
    pub fn scale(self) -> Scale {
        match self {
            Self::Cover => Scale::Rising(28.0),
            Self::OutOfStock => Scale::Rising(0.2),
            Self::SalesNow | Self::Footfall => Scale::Diverging(0.5),
            Self::Growth => Scale::Diverging(0.6),
            Self::Conversion => Scale::Rising(0.4),
            Self::OpenTransfers => Scale::Rising(10.0),
            Self::Overdue => Scale::Rising(3.0),
            Self::Shrinkage => Scale::Rising(0.03),
        }
    }

    /// What the layer shows: days of cover, a number of transfers per store, or a part of 1; `None` for no value.
    #[must_use]
    pub fn value(self, heat: &Heat) -> Option<f64> {
        let (goods, store) = (&heat.goods, &heat.store);
        match self {
            Self::Cover => ratio(goods.on_hand_units.saturating_mul(28), goods.sold_28d_units),
            Self::OutOfStock => ratio(i64::from(goods.n_out), i64::from(goods.n_lines)),
            Self::SalesNow => {
                ratio(goods.sold_today_units.saturating_mul(10), goods.usual_tenths).map(|share| share - 1.0)
            }
            // As careful with small numbers as the warning is.
            Self::Growth => growth(goods.sold_3d_units, goods.sold_before_units).map(|percent| {
                let (n, per) = percent.into();
                n as f64 / per as f64 / 100.0
            }),
            Self::Footfall => {
                ratio(i64::from(store.visitors) * 10, store.usual_visitors_tenths).map(|share| share - 1.0)
            }
            Self::Conversion => ratio(i64::from(store.n_receipts), i64::from(store.visitors)),
            Self::OpenTransfers => ratio(i64::from(store.n_open_transfers), i64::from(store.n_stores)),
            Self::Overdue => ratio(i64::from(store.n_overdue), i64::from(store.n_stores)),
            Self::Shrinkage => ratio(goods.lost_minor, goods.sold_minor),
        }
    }

    /// Where it lies on the layer's scale, 0 to 1, 0.5 the middle of a diverging one; `None` for no value.
    #[must_use]
    pub fn position(self, heat: &Heat) -> Option<f64> {
        self.value(heat).map(|value| self.scale().position(value))
    }
}

fn ratio(n: i64, of: i64) -> Option<f64> {
    (of > 0).then(|| n as f64 / of as f64)
}

/// One store's row of the map. Each cell has a version of its own, so that changes may be sent one by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeatRow {
    /// The store.
    pub store: StoreCode,
    /// Its region.
    pub region: RegionCode,
    /// The store as a whole, with its version.
    pub whole: (u64, StoreHeat),
    /// One cell per category, in the order of the map's columns, each with its version.
    pub cells: Vec<(u64, HeatCell)>,
}

/// A change of the map. One with a smaller version than what is shown is older.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeatUpdate {
    /// The server's clock.
    pub now: Timestamp,
    /// The store.
    pub store: StoreCode,
    /// The store's new version.
    pub version: u64,
    /// The store as a whole, if that has changed.
    pub whole: Option<StoreHeat>,
    /// The cells that have changed, by their column.
    pub cells: Vec<(u32, HeatCell)>,
}

impl HeatRow {
    /// Takes what is newer than what is there, whatever order changes arrive in.
    pub fn apply(&mut self, update: &HeatUpdate) {
        if update.store != self.store {
            return;
        }
        if let Some(whole) = update.whole
            && update.version > self.whole.0
        {
            self.whole = (update.version, whole);
        }
        for (column, cell) in &update.cells {
            let known = usize::try_from(*column).ok().and_then(|column| self.cells.get_mut(column));
            if let Some(known) = known.filter(|known| known.0 < update.version) {
                *known = (update.version, *cell);
            }
        }
    }

    /// The row, or some of its columns, as one.
    #[must_use]
    pub fn together(&self, shows: impl Fn(usize) -> bool) -> Heat {
        let mut goods = HeatCell::default();
        let shown = self.cells.iter().enumerate().filter(|(column, _)| shows(*column));
        shown.for_each(|(_, (_, cell))| goods.add(cell));
        Heat { goods, store: self.whole.1 }
    }
}

#[cfg(test)]
mod tests;
