//! Stores × categories, one colour a cell.

use super::Sight;
use super::choice::{Choice, Colour};
use super::shown::{Line, ramp};
use crate::component::heatmap::{AxisLabel, CellIndex, Heatmap};
use crate::text::use_language;
use leptos::prelude::*;

/// The grid.
#[component]
pub fn Grid(
    /// What is looked at.
    sight: Sight,
) -> impl IntoView {
    let language = use_language();
    let Sight { board, choice, shown, columns, source, clock, slow_now } = sight;
    let rows = Memo::new(move |_| {
        board.with(|board| {
            let row = |&at: &usize| {
                let row = board.stores.get(at)?;
                Some(AxisLabel { text: language.name(&row.name), href: Some(format!("/board/{}", row.store)) })
            };
            shown.with(|shown| shown.iter().filter_map(row).collect::<Vec<_>>())
        })
    });
    let labels = Memo::new(move |_| {
        board.with(|board| {
            let label =
                |&at: &usize| Some(AxisLabel { text: language.name(&board.categories.get(at)?.name), href: None });
            columns.with(|columns| columns.iter().filter_map(label).collect::<Vec<_>>())
        })
    });
    let positions = Memo::new(move |_| {
        choice.with(|choice| {
            // What is counted changes with every scan; of that the other layers show nothing.
            let (board, now) = match choice.colour {
                Colour::Count(_) => (board.read(), slow_now.get()),
                Colour::Heat(_) => (board.read_untracked(), slow_now.get_untracked()),
            };
            let (shown, columns) = (shown.read(), columns.read());
            source.look(choice, |rows, against| {
                let lines = shown.iter().filter_map(|&at| board.stores.get(at));
                lines
                    .flat_map(|row| {
                        let line = Line::of(row, rows, against);
                        columns.iter().map(move |&column| line.cell(column).position(choice, now))
                    })
                    .collect::<Vec<_>>()
            })
        })
    });
    let known = move |(row, column): CellIndex| {
        let at = shown.with(|shown| shown.get(row).copied())?;
        let column = columns.with(|columns| columns.get(column).copied())?;
        board.with(|board| {
            let row = board.stores.get(at)?;
            choice.with(|choice| source.look(choice, |rows, against| Some(Line::of(row, rows, against).cell(column))))
        })
    };
    let readout = move |cell: CellIndex| {
        let text = |labels: Memo<Vec<AxisLabel>>, at: usize| {
            labels.with(|labels| labels.get(at).map(|label| label.text.clone())).unwrap_or_default()
        };
        let mut parts = vec![format!("{} · {}", text(rows, cell.0), text(labels, cell.1))];
        let figures = known(cell).map(|known| choice.with(|choice| known.figures(choice, clock.now(), language)));
        parts.extend(figures.unwrap_or_default());
        parts
    };
    let figure = move |cell: CellIndex| {
        known(cell)
            .map(|known| choice.with(|choice| known.figure(choice, slow_now.get(), language)))
            .unwrap_or_default()
    };
    view! {
        <Heatmap
            rows
            columns=labels
            positions
            ramp=Signal::derive(move || choice.with(ramp))
            readout
            figure
            caption=Signal::derive(move || choice.with(|choice: &Choice| language.map_table(super::name(choice, language))))
            row_heading=language.store_column()
        />
    }
}
