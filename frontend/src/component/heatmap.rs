//! Cells on a canvas, one pixel each; everything that is read, in HTML around it.
//!
//! A hundred thousand cells are one picture: one pass over the positions, one call to the browser, and the style
//! sheet scales it up without smoothing. Pointer and keyboard find their cell by arithmetic.

use crate::browser;
use crate::component::ramp::{Ramp, Rgb};
use crate::text::use_language;
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// The name of a row or a column, and where it leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AxisLabel {
    /// As shown.
    pub text: String,
    /// The page about it.
    pub href: Option<String>,
}

/// A cell: row and column, from 0.
pub type CellIndex = (usize, usize);

/// Rows up to this number get their names beside them.
const NAMED_ROWS_MAX: usize = 60;
/// Cells up to this number are repeated in a table for a screen reader.
const TABLE_CELLS_MAX: usize = 1_200;
/// Colours the scale is cut into.
const N_COLOURS: usize = 256;

/// A heatmap.
#[component]
pub fn Heatmap(
    /// The rows' names.
    #[prop(into)]
    rows: Signal<Vec<AxisLabel>>,
    /// The columns' names.
    #[prop(into)]
    columns: Signal<Vec<AxisLabel>>,
    /// Where each cell lies on the scale, row by row; `None` has no value.
    #[prop(into)]
    positions: Signal<Vec<Option<f64>>>,
    /// The scale.
    #[prop(into)]
    ramp: Signal<Ramp>,
    /// The figures of a cell, for the line above the map: first what it is, then each figure.
    #[prop(into)]
    readout: Callback<CellIndex, Vec<String>>,
    /// The one figure of a cell that the colour stands for.
    #[prop(into)]
    figure: Callback<CellIndex, String>,
    /// What the table for a screen reader is called.
    #[prop(into)]
    caption: Signal<String>,
    /// What the rows are.
    row_heading: &'static str,
) -> impl IntoView {
    let language = use_language();
    let navigate = use_navigate();
    let cells = NodeRef::<Div>::new();
    let canvas = NodeRef::<Canvas>::new();
    let marked = RwSignal::new(None::<CellIndex>);
    let size = Memo::new(move |_| (rows.with(Vec::len), columns.with(Vec::len)));

    Effect::new(move |_| {
        let (n_rows, n_columns) = size.get();
        let variables = [("--n-rows", n_rows.to_string()), ("--n-columns", n_columns.to_string())];
        browser::set_css_variables(cells, &variables);
    });
    Effect::new(move |_| {
        let pixels = positions.with(|positions| picture(positions, ramp.get()));
        browser::paint(canvas, u32::try_from(size.get().1).unwrap_or(0), &pixels);
    });
    Effect::new(move |_| {
        if let Some((row, column)) = marked.get() {
            browser::set_css_variables(cells, &[("--row", row.to_string()), ("--column", column.to_string())]);
        }
    });

    let cell_at = move |event: &PointerEvent| {
        let (width, height) = browser::size_of(cells)?;
        let (n_rows, n_columns) = size.get_untracked();
        let index = |offset: i32, extent: f64, n: usize| {
            let index = (f64::from(offset) / extent.max(1.0) * n as f64).floor();
            (index >= 0.0 && index < n as f64).then_some(index as usize)
        };
        Some((index(event.offset_y(), height, n_rows)?, index(event.offset_x(), width, n_columns)?))
    };
    let open = StoredValue::new_local(move |(row, _): CellIndex| {
        if let Some(href) = rows.with_untracked(|rows| rows.get(row).and_then(|label| label.href.clone())) {
            navigate(&href, Default::default());
        }
    });
    // A mouse has seen the figures before it clicks; a finger's first touch is to see them.
    let on_pointer_up = move |event: PointerEvent| {
        let cell = cell_at(&event);
        marked.set(cell);
        if let Some(cell) = cell.filter(|_| event.pointer_type() == "mouse" && event.button() == 0) {
            open.with_value(|open| open(cell));
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let (n_rows, n_columns) = size.get_untracked();
        if n_rows == 0 || n_columns == 0 {
            return;
        }
        let (row, column) = marked.get_untracked().unwrap_or_default();
        let next = match event.key().as_str() {
            "ArrowUp" => (row.saturating_sub(1), column),
            "ArrowDown" => ((row + 1).min(n_rows - 1), column),
            "ArrowLeft" => (row, column.saturating_sub(1)),
            "ArrowRight" => (row, (column + 1).min(n_columns - 1)),
            "Home" => (row, 0),
            "End" => (row, n_columns - 1),
            "PageUp" => (0, column),
            "PageDown" => (n_rows - 1, column),
            "Enter" => {
                open.with_value(|open| open((row, column)));
                return;
            }
            _ => return,
        };
        event.prevent_default();
        marked.set(Some(next));
    };

    let axis = move |labels: Signal<Vec<AxisLabel>>, class: &'static str, is_marked: fn(CellIndex) -> usize| {
        move || {
            let name = move |(index, label): (usize, AxisLabel)| {
                let is_marked = move || marked.get().map(is_marked) == Some(index);
                let class = move || if is_marked() { format!("{class} {class}--marked") } else { class.to_owned() };
                let text = view! { <span title=label.text.clone()>{label.text.clone()}</span> };
                match label.href {
                    Some(href) => view! { <a class=class href=href>{text}</a> }.into_any(),
                    None => view! { <div class=class>{text}</div> }.into_any(),
                }
            };
            labels.get().into_iter().enumerate().map(name).collect_view()
        }
    };
    let is_dense = move || size.get().0 > NAMED_ROWS_MAX;
    let line_above = move || match marked.get() {
        Some(cell) if cell.0 < size.get().0 && cell.1 < size.get().1 => {
            let mut parts = readout.run(cell).into_iter();
            let place = parts.next().map(|place| view! { <span class="readout__place">{place}</span> });
            let figures = parts.map(|part| view! { <span class="readout__figure">{part}</span> }).collect_view();
            view! { {place} {figures} }.into_any()
        }
        _ => view! { <span class="muted">{language.map_hint()}</span> }.into_any(),
    };
    view! {
        <div class="readout" aria-live="polite">{line_above}</div>
        <div class="heatmap" class:heatmap--dense=is_dense>
            <div class="heatmap__columns">{axis(columns, "heatmap__column", |cell| cell.1)}</div>
            <div class="heatmap__rows">{axis(rows, "heatmap__row", |cell| cell.0)}</div>
            <div
                class="heatmap__cells"
                class:heatmap__cells--marked=move || marked.get().is_some()
                node_ref=cells
                tabindex="0"
                role="application"
                aria-label=language.map_label()
                on:pointermove=move |event| marked.set(cell_at(&event))
                on:pointerup=on_pointer_up
                on:pointerleave=move |event| if event.pointer_type() == "mouse" { marked.set(None) }
                on:focus=move |_| marked.update(|cell| *cell = cell.or(Some((0, 0))))
                on:blur=move |_| marked.set(None)
                on:keydown=on_key
            >
                <canvas node_ref=canvas width="1" height="1"></canvas>
            </div>
        </div>
        <Table rows columns figure caption row_heading/>
    }
}

/// The same figures for a screen reader.
#[component]
fn Table(
    rows: Signal<Vec<AxisLabel>>,
    columns: Signal<Vec<AxisLabel>>,
    figure: Callback<CellIndex, String>,
    caption: Signal<String>,
    row_heading: &'static str,
) -> impl IntoView {
    let language = use_language();
    let is_small = Memo::new(move |_| rows.with(Vec::len) * columns.with(Vec::len) <= TABLE_CELLS_MAX);
    let head =
        move || columns.get().into_iter().map(|label| view! { <th scope="col">{label.text}</th> }).collect_view();
    let body = move || {
        let n_columns = columns.with(Vec::len);
        let row = move |(row, label): (usize, AxisLabel)| {
            let cell = move |column| view! { <td>{move || figure.run((row, column))}</td> };
            view! {
                <tr>
                    <th scope="row">{label.text}</th>
                    {(0..n_columns).map(cell).collect_view()}
                </tr>
            }
        };
        rows.get().into_iter().enumerate().map(row).collect_view()
    };
    view! {
        <div class="visually-hidden">
            <Show when=move || is_small.get() fallback=move || view! { <p>{language.map_too_large()}</p> }>
                <table>
                    <caption>{move || caption.get()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{row_heading}</th>
                            {head}
                        </tr>
                    </thead>
                    <tbody>{body}</tbody>
                </table>
            </Show>
        </div>
    }
}

/// Four bytes a cell: red, green, blue and whether there is a value at all.
fn picture(positions: &[Option<f64>], ramp: Ramp) -> Vec<u8> {
    let colours: [Rgb; N_COLOURS] = std::array::from_fn(|index| ramp.colour(index as f64 / (N_COLOURS - 1) as f64));
    let mut pixels = vec![0; positions.len() * 4];
    for (pixel, position) in pixels.chunks_exact_mut(4).zip(positions) {
        if let Some(position) = position {
            let [red, green, blue] = colours[(position.clamp(0.0, 1.0) * (N_COLOURS - 1) as f64) as usize];
            pixel.copy_from_slice(&[red, green, blue, u8::MAX]);
        }
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_without_value_is_transparent() {
        let pixels = picture(&[Some(0.0), None, Some(1.0), Some(9.0)], Ramp::Sequential);
        assert_eq!(pixels[..4], [0x0c, 0x2a, 0x5c, 255]);
        assert_eq!(pixels[4..8], [0; 4]);
        assert_eq!(pixels[8..12], pixels[12..], "beyond the scale is its end");
    }
}
