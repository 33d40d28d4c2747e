//! What the measures of one item in one store say on a day.

use super::{Figure, Figures, Measure, growth};
use crate::instant::Day;
use crate::movement::Units;
use crate::signal::Signals;

/// The span over which sales say what a day usually sells.
const SALES_DAYS: i64 = 28;
/// Fewer days of sales than a week say nothing about days of cover: each weekday must be among them.
const COVER_DAYS_MIN: i64 = 7;

/// What the signals of a line do not hold: figures that other parts of the system work out. `None` where nobody has:
/// nothing under way is `Some(0)`, and only then does a rule take it for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Around {
    /// What should be kept against late deliveries and busy days.
    pub safety_stock_units: Option<Units>,
    /// Promised to transfers and customers.
    pub reserved_units: Option<Units>,
    /// Under way to the store.
    pub in_transit_units: Option<Units>,
    /// What other stores of the region have available above their safety stock.
    pub nearby_units: Option<Units>,
    /// The first best-before date of what is on hand.
    pub best_before: Option<Day>,
    /// People who came into the store today.
    pub visitors: Option<i64>,
    /// How many that usually are by now.
    pub usual_visitors: Option<Figure>,
    /// Receipts of the till today.
    pub n_receipts: Option<i64>,
}

/// One line's measures on a day, read when they are asked for. The day is today, or one in the past: then stock and
/// sales are what they were at its end.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// What the ledger says.
    pub signals: &'a Signals,
    /// What others say, of that day.
    pub around: Around,
    /// The day, on the store's calendar.
    pub day: Day,
}

impl Reading<'_> {
    fn on_hand(&self) -> Option<Units> {
        self.signals.on_hand_at(self.day)
    }

    /// Pieces sold on the `n_days` days up to and including `last`. A reversed sale of an earlier span takes no other
    /// span below 0.
    fn sold_to(&self, last: Day, n_days: i64) -> Option<Units> {
        self.signals.moves_in(last, n_days).map(|moves| moves.sold_units.max(0))
    }

    /// Pieces sold on the `n_days` full days before the day.
    fn sold(&self, n_days: i64) -> Option<Units> {
        self.sold_to(self.day.plus_days(-1), n_days)
    }

    fn since(&self, on: Option<Day>) -> Option<i64> {
        on.map(|on| self.day.days_since(on))
    }

    fn whole(&self, measure: Measure) -> Option<i64> {
        match measure {
            Measure::OnHand => self.on_hand(),
            Measure::Reserved => self.around.reserved_units,
            Measure::Available => Some(self.on_hand()? - self.around.reserved_units.unwrap_or(0)),
            Measure::SafetyStock => self.around.safety_stock_units,
            Measure::InTransit => self.around.in_transit_units,
            Measure::StockNearby => self.around.nearby_units,
            Measure::SoldToday => self.sold_to(self.day, 1),
            Measure::Sold1d => self.sold(1),
            Measure::Sold3d => self.sold(3),
            Measure::Sold7d => self.sold(7),
            Measure::Sold28d => self.sold(SALES_DAYS),
            Measure::Lost28d => self.signals.moves_in(self.day.plus_days(-1), SALES_DAYS).map(|moves| moves.lost_units),
            Measure::DaysSinceMoved => self.since(self.signals.moved_on(self.day)),
            Measure::DaysSinceReceived => self.since(self.signals.received_on(self.day)),
            Measure::DaysSinceCounted => self.since(self.signals.counted_on(self.day)),
            Measure::DaysToBestBefore => self.around.best_before.map(|best_before| best_before.days_since(self.day)),
            Measure::Visitors => self.around.visitors,
            Measure::DaysOfCover
            | Measure::Growth3d
            | Measure::SellThrough28d
            | Measure::FootfallIndex
            | Measure::Conversion => None,
        }
    }

    fn days_of_cover(&self) -> Option<Figure> {
        let n_days = self.signals.n_days_known(self.day, SALES_DAYS);
        let sold = (n_days >= COVER_DAYS_MIN).then(|| self.sold(n_days))??;
        (sold > 0).then_some(Figure::ratio(self.on_hand()?.saturating_mul(n_days), sold))
    }

    fn growth_3d(&self) -> Option<Figure> {
        growth(self.sold(3)?, self.sold_to(self.day.plus_days(-4), 3)?)
    }

    fn sell_through(&self) -> Option<Figure> {
        let (sold, left) = (self.sold(SALES_DAYS)?, self.on_hand()?.max(0));
        (sold + left > 0).then(|| Figure::ratio(sold * 100, sold + left))
    }

    fn footfall_index(&self) -> Option<Figure> {
        let (n, per) = self.around.usual_visitors?.into();
        (n > 0).then_some(Figure::ratio(self.around.visitors?.saturating_mul(per).saturating_mul(100), n))
    }

    fn conversion(&self) -> Option<Figure> {
        let visitors = self.around.visitors.filter(|visitors| *visitors > 0)?;
        Some(Figure::ratio(self.around.n_receipts?.saturating_mul(100), visitors))
    }
}

impl Figures for Reading<'_> {
    fn figure(&self, measure: Measure) -> Option<Figure> {
        match measure {
            Measure::DaysOfCover => self.days_of_cover(),
            Measure::Growth3d => self.growth_3d(),
            Measure::SellThrough28d => self.sell_through(),
            Measure::FootfallIndex => self.footfall_index(),
            Measure::Conversion => self.conversion(),
            whole => self.whole(whole).map(Figure::whole),
        }
    }
}
