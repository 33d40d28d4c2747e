//! The chain's heatmap: what a cell adds up for each layer, and where it lies on the layer's scale.
//!
//! Everything a cell holds is a sum, so that cells add up to regions and chains, a filter is a sum over fewer cells,
//! and a change of one line is its new share less its old one ([`HeatCell::replace`]), in whatever order. Shares and
//! ratios are only taken when a cell is shown. A day of the past is drawn by the same sums over that day's readings.

mod layer;

pub use layer::{HeatLayer, Scale};

use crate::id::{RegionCode, StoreCode};
use crate::instant::Day;
use crate::measure::{Figure, Figures, Measure, Reading};
use crate::movement::Units;
use crate::signal::Signals;
use serde::{Deserialize, Serialize};

/// How many days back the heatmap shows.
pub const PAST_DAYS: i64 = 30;
/// Weeks that say what a day that is over usually sold.
const USUAL_WEEKS: i64 = 4;

/// The goods of one category in one store, or several such cells together. It is sent as its figures in this order,
/// without their names: there may be two hundred thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "CellFigures", into = "CellFigures")]
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

/// A cell as it is sent.
type CellFigures = (u32, u32, Units, Units, Units, Units, Units, i64, i64, i64);

impl From<HeatCell> for CellFigures {
    fn from(cell: HeatCell) -> Self {
        let HeatCell { n_lines, n_out, on_hand_units, sold_28d_units, sold_3d_units, .. } = cell;
        let HeatCell { sold_before_units, sold_today_units, usual_tenths, lost_minor, sold_minor, .. } = cell;
        let sold = (sold_28d_units, sold_3d_units, sold_before_units, sold_today_units);
        (n_lines, n_out, on_hand_units, sold.0, sold.1, sold.2, sold.3, usual_tenths, lost_minor, sold_minor)
    }
}

impl From<CellFigures> for HeatCell {
    fn from(figures: CellFigures) -> Self {
        let (n_lines, n_out, on_hand_units, sold_28d_units, sold_3d_units, ..) = figures;
        let (.., sold_before_units, sold_today_units, usual_tenths, lost_minor, sold_minor) = figures;
        Self {
            n_lines,
            n_out,
            on_hand_units,
            sold_28d_units,
            sold_3d_units,
            sold_before_units,
            sold_today_units,
            usual_tenths,
            lost_minor,
            sold_minor,
        }
    }
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

    /// What the sales of a day that is over contribute, against the same weekday of the four weeks before, or as many
    /// of them as anything is known of. `lines` are those of one category in one store.
    #[must_use]
    pub fn of_past_day<'a>(lines: impl IntoIterator<Item = &'a Signals>, day: Day) -> Self {
        let mut n_weeks = 0;
        let mut sold = [0; 1 + USUAL_WEEKS as usize];
        for line in lines {
            n_weeks = n_weeks.max(line.n_days_known(day, 7 * USUAL_WEEKS) / 7);
            for (week, sold) in (0..).zip(&mut sold) {
                *sold += line.moves_in(day.plus_days(-7 * week), 1).map_or(0, |moves| moves.sold_units);
            }
        }
        let [on_day, before @ ..] = sold;
        Self::of_today(on_day, (n_weeks > 0).then(|| Figure::ratio(before.iter().sum(), n_weeks)))
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

/// What has changed of a row. One with a smaller version than what is shown is older.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeatUpdate {
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
    /// What has changed after a version; `None` when nothing has. `version` is that of the map now.
    #[must_use]
    pub fn since(&self, since: u64, version: u64) -> Option<HeatUpdate> {
        let whole = (self.whole.0 > since).then_some(self.whole.1);
        let newer = (0..).zip(&self.cells).filter(|(_, cell)| cell.0 > since);
        let cells: Vec<(u32, HeatCell)> = newer.map(|(column, cell)| (column, cell.1)).collect();
        let has_changed = whole.is_some() || !cells.is_empty();
        has_changed.then(|| HeatUpdate { store: self.store.clone(), version, whole, cells })
    }

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
