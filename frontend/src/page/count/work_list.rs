//! The list under the camera: the lines of the shelf in front, or the shelves.

use super::counter::Intent;
use super::desk::{Desk, Row, Sheet};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::format;
use domain::id::{ShelfCode, SkuCode};
use domain::sync::RecountTask;
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
    let is_recount = desk.with(|counter| counter.is_recount);
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
        {(!is_recount).then(|| view! { <FinishShelf desk/> })}
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

/// Lines that are to be counted again: each leads to its shelf and item.
#[component]
pub fn Recounts(desk: Desk) -> impl IntoView {
    let language = desk.language;
    let tasks = desk.with(|counter| {
        let snapshot = counter.facts.snapshot();
        let row = |task: &RecountTask| {
            let product = counter.catalogue.product(&task.line.sku);
            let name = product.map_or_else(|| task.line.sku.to_string(), |product| product.name.clone());
            (task.clone(), name)
        };
        snapshot.recounts.iter().map(row).collect::<Vec<_>>()
    });
    if tasks.is_empty() || desk.with(|counter| counter.is_recount) {
        return ().into_any();
    }
    let n_tasks = tasks.len();
    let row = |(task, name): (RecountTask, String)| {
        let RecountTask { stocktake, line } = task;
        let href = format!("/count?recount={stocktake}&shelf={}&sku={}", line.shelf, line.sku);
        view! {
            <li>
                // The page starts over in another stocktake.
                <a class="row" href=href rel="external">
                    <span class="row__main">
                        <span class="row__title">{name}</span>
                        <span class="row__sub">{language.shelf_here(&line.shelf)}</span>
                    </span>
                    <Icon glyph=Glyph::Go/>
                </a>
            </li>
        }
    };
    view! {
        <section class="count__recounts">
            <h2 class="count__head">{language.recounts(n_tasks)}</h2>
            <ul class="rows">{tasks.into_iter().map(row).collect_view()}</ul>
        </section>
    }
    .into_any()
}

#[derive(Clone)]
struct ShelfRow {
    code: ShelfCode,
    n_lines: u32,
    n_planned: usize,
    is_finished: bool,
    /// Who is to count it, or who is at it.
    note: Option<String>,
}

/// The shelves under their headings: one's own, then zone by zone.
fn shelf_groups(desk: Desk) -> Vec<(String, Vec<ShelfRow>)> {
    let language = desk.language;
    let others = desk.others.get();
    desk.with(|counter| {
        let snapshot = counter.facts.snapshot();
        let row = |code: &ShelfCode| {
            let known = others.get(code);
            let counting = known.map(|task| task.counting.as_slice()).unwrap_or_default();
            let note = match counting {
                [] => known
                    .and_then(|task| task.assigned.as_ref())
                    .filter(|_| !counter.is_mine(code))
                    .map(|name| language.shelf_for(name)),
                names => Some(language.shelf_by(language.names(names.iter().map(String::as_str)))),
            };
            ShelfRow {
                n_lines: counter.tally.n_lines_of(code),
                n_planned: counter.planned(code).len(),
                is_finished: counter.is_finished(code)
                    || known.is_some_and(|task| task.is_finished && counter.tally.n_lines_of(code) == 0),
                note,
                code: code.clone(),
            }
        };
        let shelves: Vec<&ShelfCode> = counter.shelves_to_count().into_iter().map(|shelf| &shelf.shelf.code).collect();
        let (mine, anybodys): (Vec<&ShelfCode>, Vec<&ShelfCode>) =
            shelves.into_iter().partition(|shelf| counter.is_mine(shelf));
        let own = (language.shelves_mine().to_owned(), mine.into_iter().map(row).collect::<Vec<_>>());
        let zone = |zone: &domain::master::Zone| {
            let title = language.shelf_zone(&zone.code, language.name(&zone.name));
            (title, anybodys.iter().filter(|shelf| shelf.zone() == zone.code).map(|shelf| row(shelf)).collect())
        };
        let zones = snapshot.zones.iter().map(zone);
        std::iter::once(own).chain(zones).filter(|(_, rows): &(String, Vec<ShelfRow>)| !rows.is_empty()).collect()
    })
}

#[component]
fn Shelves(desk: Desk) -> impl IntoView {
    let language = desk.language;
    let groups = move || {
        // Read anew when the progress has changed.
        desk.progress.track();
        desk.here.track();
        shelf_groups(desk)
    };
    let shelf = move |row: ShelfRow| view! { <li><ShelfButton desk row/></li> };
    let group = move |(title, rows): (String, Vec<ShelfRow>)| {
        view! {
            <section>
                <h2 class="count__head">{title}</h2>
                <ul class="shelf-grid">{rows.into_iter().map(shelf).collect_view()}</ul>
            </section>
        }
    };
    let end = if desk.with(|counter| counter.is_recount) {
        view! {
            <a class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Block) href="/">
                <Icon glyph=Glyph::Check/>
                {language.recount_done()}
            </a>
        }
        .into_any()
    } else {
        view! {
            <button
                class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Block)
                type="button"
                on:click=move |_| desk.sheet.set(Sheet::Finish)
            >
                <Icon glyph=Glyph::Check/>
                {language.finish()}
            </button>
        }
        .into_any()
    };
    view! {
        <Recounts desk/>
        {move || groups().into_iter().map(group).collect_view()}
        <div class="count__finish">{end}</div>
    }
}

#[component]
fn ShelfButton(desk: Desk, row: ShelfRow) -> impl IntoView {
    let language = desk.language;
    let lines = match (row.is_finished, row.n_planned) {
        (true, _) => language.shelf_finished().to_owned(),
        (false, 0) => language.shelf_n_extra(row.n_lines),
        (false, n_planned) => language.shelf_n_lines(row.n_lines, n_planned),
    };
    let is_full = usize::try_from(row.n_lines).is_ok_and(|n| n >= row.n_planned && n > 0);
    let class = match row.n_lines {
        _ if row.is_finished || is_full => "shelf-tile shelf-tile--full",
        0 => "shelf-tile",
        _ => "shelf-tile shelf-tile--begun",
    };
    let code = row.code.clone();
    view! {
        <button class=class type="button" on:click=move |_| desk.pick(code.clone())>
            <span class="shelf-tile__code">{row.code.to_string()}</span>
            <span class="shelf-tile__lines">{lines}</span>
            {row.note.map(|note| view! { <span class="shelf-tile__note">{note}</span> })}
        </button>
    }
}

/// Reports the shelf in front complete; counting it again takes that back.
#[component]
fn FinishShelf(desk: Desk) -> impl IntoView {
    let language = desk.language;
    let n_left = Memo::new(move |_| desk.left.with(Vec::len));
    // Read anew with every count: one of them may have taken it back.
    let is_finished = Memo::new(move |_| {
        desk.rows.track();
        desk.card.track();
        let here = desk.here.get().map(|here| here.shelf);
        here.is_some_and(|shelf| desk.with(|counter| counter.is_finished(&shelf)))
    });
    let finish = move |_| {
        if let Some(here) = desk.here.get_untracked() {
            desk.record(Intent::FinishShelf(here.shelf));
        }
    };
    let class = move || {
        let kind = if n_left.get() == 0 { ButtonKind::Primary } else { ButtonKind::Usual };
        button_class(kind, ButtonSize::Large, ButtonWidth::Block)
    };
    view! {
        <div class="count__finish">
            <Show
                when=move || !is_finished.get()
                fallback=move || view! { <p class="muted" role="status">{language.shelf_finished_text()}</p> }
            >
                <button class=class type="button" on:click=finish>
                    <Icon glyph=Glyph::Check/>
                    {move || match n_left.get() {
                        0 => language.shelf_finish().to_owned(),
                        n => language.shelf_finish_left(n),
                    }}
                </button>
            </Show>
        </div>
    }
}
