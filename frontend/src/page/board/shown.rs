//! What a cell, a store or several show of what is chosen: where it lies on the scale, and its figures.

use super::choice::{Choice, Colour};
use super::source::Rows;
use crate::component::legend::{Scale, ramp_of};
use crate::component::ramp::Ramp;
use crate::format;
use crate::text::Language;
use domain::board::{BoardCell, Layer, StoreRow};
use domain::heat::{Heat, HeatLayer, HeatRow, Scale as HeatScale};
use domain::instant::Timestamp;

/// What is known of a cell, or of a store's columns together.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// What was counted.
    pub count: BoardCell,
    /// Whether the store ever counted.
    pub has_counted: bool,
    /// The heatmap's figures.
    pub heat: Option<Heat>,
    /// Those they are compared with.
    pub then: Option<Heat>,
}

/// A store with its row of the heatmap, found once for all its cells.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    row: &'a StoreRow,
    heat: Option<&'a HeatRow>,
    then: Option<&'a HeatRow>,
}

impl<'a> Line<'a> {
    /// Finds what is known of a store.
    #[must_use]
    pub fn of(row: &'a StoreRow, rows: &'a Rows, against: Option<&'a Rows>) -> Self {
        Self { row, heat: rows.get(&row.store), then: against.and_then(|rows| rows.get(&row.store)) }
    }

    /// One column of it.
    #[must_use]
    pub fn cell(&self, column: usize) -> Known {
        let heat = |row: &HeatRow| Some(Heat { goods: row.cells.get(column)?.1, store: row.whole.1 });
        Known {
            count: self.row.cells.get(column).copied().unwrap_or_default(),
            has_counted: self.row.stocktake.is_some(),
            heat: self.heat.and_then(heat),
            then: self.then.and_then(heat),
        }
    }

    /// Some columns of it together, by their positions, ascending.
    #[must_use]
    pub fn together(&self, columns: &[usize]) -> Known {
        let heat = |row: &HeatRow| row.together(|column| columns.binary_search(&column).is_ok());
        Known {
            count: BoardCell::together(columns.iter().filter_map(|&column| self.row.cells.get(column))),
            has_counted: self.row.stocktake.is_some(),
            heat: self.heat.map(heat),
            then: self.then.map(heat),
        }
    }
}

impl Known {
    /// Where it lies on the scale, 0 to 1; `None` for no value.
    #[must_use]
    pub fn position(&self, choice: &Choice, now: Timestamp) -> Option<f64> {
        match (choice.colour, choice.against) {
            (Colour::Count(layer), _) => count_position(layer, self.has_counted, &self.count, now),
            (Colour::Heat(layer), None) => layer.position(&self.heat?),
            (Colour::Heat(layer), Some(_)) => {
                let difference = layer.difference(&self.heat?, &self.then?)?;
                Some(layer.difference_scale().position(difference))
            }
        }
    }

    /// The one figure that the colour stands for.
    #[must_use]
    pub fn figure(&self, choice: &Choice, now: Timestamp, language: Language) -> String {
        let of_heat = |layer: HeatLayer| match choice.against {
            None => Some(value(layer, layer.value(&self.heat?)?, language)),
            Some(_) => Some(difference(layer, layer.difference(&self.heat?, &self.then?)?, language)),
        };
        match choice.colour {
            Colour::Count(layer) => count_figure(layer, &self.count, now, language),
            Colour::Heat(layer) => of_heat(layer).unwrap_or_else(|| "–".to_owned()),
        }
    }

    /// All figures: what the colour stands for first.
    #[must_use]
    pub fn figures(&self, choice: &Choice, now: Timestamp, language: Language) -> Vec<String> {
        let layer = match choice.colour {
            Colour::Count(_) => return count_figures(&self.count, now, language),
            Colour::Heat(layer) => layer,
        };
        let Some(heat) = self.heat else { return vec![language.legend_no_value().to_owned()] };
        let told = |heat: &Heat| layer.value(heat).map_or_else(|| "–".to_owned(), |of| value(layer, of, language));
        let mut figures = vec![format!("{} {}", language.heat_layer(layer), told(&heat))];
        match (choice.against, self.then) {
            (Some(day), Some(then)) => {
                figures.push(language.heat_then(day, told(&then)));
                figures.push(language.heat_difference(self.figure(choice, now, language)));
            }
            (Some(_), None) => {}
            (None, _) => figures.extend(language.heat_reasons(layer, &heat)),
        }
        figures
    }
}

/// A layer's value as shown.
fn value(layer: HeatLayer, value: f64, language: Language) -> String {
    match layer {
        HeatLayer::Cover => language.heat_days(decimal(value)),
        HeatLayer::OutOfStock | HeatLayer::Conversion => format!("{} %", decimal(value * 100.0)),
        HeatLayer::SalesNow | HeatLayer::Growth | HeatLayer::Footfall => format!("{} %", with_sign(value * 100.0)),
        HeatLayer::OpenTransfers | HeatLayer::Overdue => decimal(value),
        HeatLayer::Shrinkage => format::fine_percent(Some(value)),
    }
}

/// A difference of two values as shown: of shares in percentage points.
fn difference(layer: HeatLayer, difference: f64, language: Language) -> String {
    match layer {
        HeatLayer::Cover => language.heat_days(with_sign(difference)),
        HeatLayer::OpenTransfers | HeatLayer::Overdue => with_sign(difference),
        _ => language.heat_points(with_sign(difference * 100.0)),
    }
}

/// One decimal below ten, whole above, with a true minus sign.
fn decimal(value: f64) -> String {
    let text = if value.abs() < 9.95 { format!("{:.1}", value.abs()) } else { format!("{:.0}", value.abs()) };
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if value < 0.0 && text != "0" { format!("−{text}") } else { text.to_owned() }
}

fn with_sign(value: f64) -> String {
    let text = decimal(value);
    if value > 0.0 && text != "0" { format!("+{text}") } else { text }
}

/// The scale of what is chosen.
#[must_use]
pub fn scale(choice: &Choice, language: Language) -> Scale {
    let layer = match choice.colour {
        Colour::Count(layer) => return Scale::of(layer, language),
        Colour::Heat(layer) => layer,
    };
    let (scale, title) = match choice.against {
        None => (layer.scale(), language.heat_legend(layer)),
        Some(_) => (layer.difference_scale(), language.heat_legend_difference()),
    };
    let told = |of: f64| match choice.against {
        None => value(layer, of, language),
        Some(_) => difference(layer, of, language),
    };
    let marks = match scale {
        HeatScale::Rising(most) => vec![told(0.0), told(most / 2.0), format!("≥ {}", told(most))],
        HeatScale::Diverging(most) => vec![format!("≤ {}", told(-most)), told(0.0), format!("≥ {}", told(most))],
    };
    Scale { ramp: ramp(choice), title, marks }
}

/// The colours of what is chosen.
#[must_use]
pub fn ramp(choice: &Choice) -> Ramp {
    match (choice.colour, choice.against) {
        (Colour::Count(layer), _) => ramp_of(layer),
        (Colour::Heat(_), Some(_)) => Ramp::Diverging,
        (Colour::Heat(layer), None) => match layer.scale() {
            HeatScale::Rising(_) => Ramp::Sequential,
            HeatScale::Diverging(_) => Ramp::Diverging,
        },
    }
}

/// Where a counted cell lies on the scale. A store that never counted has no counted share, not one of nought.
#[must_use]
pub fn count_position(layer: Layer, has_counted: bool, cell: &BoardCell, now: Timestamp) -> Option<f64> {
    match layer {
        Layer::CountedShare if !has_counted => None,
        Layer::CountedShare | Layer::Variance | Layer::Freshness => layer.position(cell, now),
    }
}

/// All figures of counting in a cell.
#[must_use]
pub fn count_figures(cell: &BoardCell, now: Timestamp, language: Language) -> Vec<String> {
    let Some(share) = cell.counted_share() else { return vec![language.cell_not_carried().to_owned()] };
    let counted = language.cell_counted(
        format::percent(share),
        format::number(cell.count.n_counted.into()),
        format::number(cell.n_planned.into()),
    );
    let variance = if cell.count.n_counted > 0 {
        language.cell_variance(format::signed(cell.variance_units()))
    } else {
        language.cell_uncounted().to_owned()
    };
    vec![counted, variance, language.cell_trace(format::ago(cell.last_trace_at, now, language))]
}

/// The one figure of counting that the layer's colour stands for.
#[must_use]
pub fn count_figure(layer: Layer, cell: &BoardCell, now: Timestamp, language: Language) -> String {
    match layer {
        Layer::CountedShare => cell.counted_share().map_or_else(|| "–".to_owned(), format::percent),
        Layer::Variance if cell.count.n_counted > 0 => format::signed(cell.variance_units()),
        Layer::Variance => "–".to_owned(),
        Layer::Freshness => format::ago(cell.last_trace_at, now, language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_carry_their_unit_and_sign() {
        let told = |layer, of| value(layer, of, Language::En);
        assert_eq!(told(HeatLayer::Cover, 12.6), "13 days");
        assert_eq!(told(HeatLayer::Cover, 3.25), "3.2 days");
        assert_eq!(told(HeatLayer::SalesNow, -0.5), "−50 %");
        assert_eq!(told(HeatLayer::Growth, 0.0), "0 %");
        assert_eq!(told(HeatLayer::OpenTransfers, 2.0), "2");
        assert_eq!(difference(HeatLayer::OutOfStock, 0.021, Language::En), "+2.1 pp");
        assert_eq!(difference(HeatLayer::Cover, -4.0, Language::En), "−4 days");
    }
}
