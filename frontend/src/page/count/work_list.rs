//! The list under the camera: the lines of the shelf in front, or the shelves.

use super::desk::{Desk, Row, Sheet};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::format;
use domain::id::{ShelfCode, SkuCode};
use domain::tally::{LineItem, LineKey};
use leptos::prelude::*;

/// The work in front of the counter.
#[component]
pub fn WorkList(desk: Desk) -> impl IntoView {
    let has_shelf = Memo::new(move |_| desk.here.with(Option::is_some));
    view! {
        <div class="count__list">
            {move || {
                if has_shelf.get() {
                    view! { <Lines desk/> }.into_any()
                } else {
                    view! { <Shelves desk/> }.into_any()
                }
            }}
        </div>
    }
}

#[component]
fn Lines(desk: Desk) -> impl IntoView {
    let language = desk.language;
    let n_rows = Memo::new(move |_| desk.rows.with(Vec::len));
    let n_left = Memo::new(move |_| desk.left.with(Vec::len));
    view! {
        {move || (n_rows.get() == 0).then(|| view! {
            <div class="count__empty">
                <Icon glyph=Glyph::Scan size=IconSize::Large/>
                <p class="empty__title">{language.lines_none_title()}</p>
                <p class="muted">{language.lines_none_text()}</p>
            </div>
        })}
        <h2 class="count__head" hidden=move || n_rows.get() == 0>{move || language.lines_counted(n_rows.get())}</h2>
        <ul class="rows">
            <For each=move || desk.rows.get() key=|row| row.item.clone() let:row>
                <li><CountedRow desk row/></li>
            </For>
        </ul>
        <h2 class="count__head" hidden=move || n_left.get() == 0>{move || language.lines_left(n_left.get())}</h2>
        <ul class="rows rows--left">
            <For each=move || desk.left.get() key=Clone::clone let:sku>
                <li><LeftRow desk sku/></li>
            </For>
        </ul>
    }
}

fn key_here(desk: Desk, item: LineItem) -> Option<LineKey> {
    desk.here.with_untracked(|here| here.as_ref().map(|here| here.shelf.clone())).map(|shelf| LineKey { shelf, item })
}

#[component]
fn CountedRow(desk: Desk, row: Row) -> impl IntoView {
    let language = desk.language;
    let is_unknown = matches!(row.item, LineItem::Unknown(_));
    let item = row.item;
    let change = move |_| {
        if let Some(key) = key_here(desk, item.clone()) {
            desk.sheet.set(Sheet::Quantity(key));
        }
    };
    let (name, units, n_beats) = (row.name, row.units, row.n_beats);
    // Two names for one animation: changing between them starts it over.
    let class = move || match n_beats.get() {
        0 => "row",
        n if n % 2 == 1 => "row row--fresh",
        _ => "row row--fresh-again",
    };
    view! {
        <button class=class type="button" on:click=change>
            <span class="row__main">
                <span class="row__title">{move || name.get()}</span>
                <span class="row__sub code">{row.code}</span>
            </span>
            {is_unknown.then(|| view! { <span class="badge badge--warn">{language.line_unknown()}</span> })}
            <span class="row__end row__figure">{move || format::number(units.get())}</span>
            <span class="visually-hidden">{language.line_change_hint()}</span>
        </button>
    }
}

#[component]
fn LeftRow(desk: Desk, sku: SkuCode) -> impl IntoView {
    let item = LineItem::Known(sku);
    let (name, code) = desk.with(|counter| {
        let product = match &item {
            LineItem::Known(sku) => counter.catalogue.product(sku),
            LineItem::Unknown(_) => None,
        };
        let code = counter.code(&item);
        (product.map_or_else(|| code.clone(), |product| product.name.clone()), code)
    });
    let enter = move |_| {
        if let Some(key) = key_here(desk, item.clone()) {
            desk.sheet.set(Sheet::Quantity(key));
        }
    };
    view! {
        <button class="row row--left" type="button" on:click=enter>
            <span class="row__main">
                <span class="row__title">{name.clone()}</span>
                <span class="row__sub code">{code}</span>
            </span>
            <span class="row__end row__figure row__figure--none" aria-hidden="true">"–"</span>
            <span class="visually-hidden">{desk.language.line_enter_hint()}</span>
        </button>
    }
}

#[derive(Clone)]
struct ShelfRow {
    code: ShelfCode,
    n_lines: u32,
    n_planned: usize,
}

#[component]
fn Shelves(desk: Desk) -> impl IntoView {
    let language = desk.language;
    let zones = move || {
        // Read anew when the progress has changed.
        desk.progress.track();
        desk.with(|counter| {
            let snapshot = counter.facts.snapshot();
            let rows = |zone: &domain::master::Zone| -> Vec<ShelfRow> {
                let in_zone = snapshot.shelves.iter().filter(|shelf| shelf.shelf.code.zone() == zone.code);
                in_zone
                    .map(|shelf| ShelfRow {
                        n_lines: counter.tally.n_lines_of(&shelf.shelf.code),
                        n_planned: shelf.shelf.items.len(),
                        code: shelf.shelf.code.clone(),
                    })
                    .collect()
            };
            let title = |zone: &domain::master::Zone| language.shelf_zone(&zone.code, language.name(&zone.name));
            snapshot.zones.iter().map(|zone| (title(zone), rows(zone))).collect::<Vec<_>>()
        })
    };
    let shelf = move |row: ShelfRow| view! { <li><ShelfButton desk row/></li> };
    let zone = move |(title, rows): (String, Vec<ShelfRow>)| {
        (!rows.is_empty()).then(|| {
            view! {
                <section>
                    <h2 class="count__head">{title}</h2>
                    <ul class="shelf-grid">{rows.into_iter().map(shelf).collect_view()}</ul>
                </section>
            }
        })
    };
    view! {
        {move || zones().into_iter().map(zone).collect_view()}
        <div class="count__finish">
            <button
                class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Block)
                type="button"
                on:click=move |_| desk.sheet.set(Sheet::Finish)
            >
                <Icon glyph=Glyph::Check/>
                {language.finish()}
            </button>
        </div>
    }
}

#[component]
fn ShelfButton(desk: Desk, row: ShelfRow) -> impl IntoView {
    let language = desk.language;
    let lines = match row.n_planned {
        0 => language.shelf_n_extra(row.n_lines),
        n_planned => language.shelf_n_lines(row.n_lines, n_planned),
    };
    let class = match row.n_lines {
        0 => "shelf-tile",
        n if usize::try_from(n).is_ok_and(|n| n >= row.n_planned) => "shelf-tile shelf-tile--full",
        _ => "shelf-tile shelf-tile--begun",
    };
    let code = row.code.clone();
    view! {
        <button class=class type="button" on:click=move |_| desk.pick(code.clone())>
            <span class="shelf-tile__code">{row.code.to_string()}</span>
            <span class="shelf-tile__lines">{lines}</span>
        </button>
    }
}
