//! The layers of the heatmap: what each shows of a cell, and on what scale.

use super::Heat;
use crate::measure::growth;
use serde::{Deserialize, Serialize};

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

    /// Whether it can be told of a day that is over: of transfers only what is open now is known.
    #[must_use]
    pub fn knows_past(self) -> bool {
        !matches!(self, Self::OpenTransfers | Self::Overdue)
    }

    /// By how much `now` is above `then`, in the layer's own measure; `None` unless both have a value.
    #[must_use]
    pub fn difference(self, now: &Heat, then: &Heat) -> Option<f64> {
        Some(self.value(now)? - self.value(then)?)
    }

    /// How differences are laid on the colours: half of the scale up and down.
    #[must_use]
    pub fn difference_scale(self) -> Scale {
        match self.scale() {
            Scale::Rising(most) => Scale::Diverging(most / 2.0),
            diverging @ Scale::Diverging(_) => diverging,
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
