//! One shelf: what lies on it, and every trace that was left there.

use crate::backend::read_shelf_detail;
use crate::component::clock::PageClock;
use crate::component::connection::{ConnectionBadge, LiveEvent, use_live};
use crate::component::icon::Glyph;
use crate::component::load_state::{Empty, LoadState};
use crate::component::page_head::{Crumb, Crumbs};
use crate::component::trace_list::{Detail, TraceLine, TraceList};
use crate::component::variance::Variance;
use crate::format;
use crate::page::board::count_figures;
use crate::session::use_session;
use crate::text::use_language;
use domain::board::{ShelfDetail, ShelfLine};
use domain::policy::{self, Scope};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// A shelf's page.
#[component]
pub fn ShelfTracePage() -> impl IntoView {
    let params = use_params_map();
    let shelf = Resource::new_blocking(
        move || {
            params.with(|params| (params.get("store").unwrap_or_default(), params.get("shelf").unwrap_or_default()))
        },
        |(store, shelf)| read_shelf_detail(store, shelf),
    );
    view! { <LoadState resource=shelf show=|detail| view! { <ShelfTrace detail/> }/> }
}

#[component]
fn ShelfTrace(detail: ShelfDetail) -> impl IntoView {
    let language = use_language();
    let clock = PageClock::start(detail.now);
    let (store, shelf) = (detail.store.clone(), detail.shelf.clone());
    let store_name = language.name(&detail.store_name);
    let detail = RwSignal::new(detail);

    // The feed tells that something happened here; lines and names are read anew.
    let again = {
        let path = (store.to_string(), shelf.to_string());
        Action::new_local(move |(): &()| {
            let (store, shelf) = path.clone();
            async move {
                if let Ok(fresh) = read_shelf_detail(store, shelf).await {
                    detail.set(fresh);
                }
            }
        })
    };
    let line = {
        let (store, shelf) = (store.clone(), shelf.clone());
        let seen_seq = StoredValue::new(None);
        use_live(clock, move |event| match event {
            LiveEvent::Board(board) => {
                let row = board.stores.iter().find(|row| row.store == store);
                let seq = row.map(|row| row.seq);
                if seen_seq.get_value().is_some_and(|seen| seq > seen) || seen_seq.get_value().is_none() {
                    again.dispatch_local(());
                }
                seen_seq.set_value(Some(seq));
            }
            LiveEvent::Store(update) => {
                if update.row.store == store {
                    seen_seq.set_value(Some(Some(update.row.seq)));
                    if update.shelves.iter().any(|changed| changed.shelf == shelf) {
                        again.dispatch_local(());
                    }
                }
            }
        })
    };
    let lines = Memo::new(move |_| {
        detail.with(|detail| {
            let now = clock.now_untracked();
            let line = |entry| TraceLine::of(entry, None, detail.zone_offset, now, Detail::Full, language);
            detail.traces.iter().map(line).collect::<Vec<_>>()
        })
    });
    let figures = move || detail.with(|detail| count_figures(&detail.cell, clock.now(), language).join(" · "));
    let mut crumbs = vec![Crumb::link(store_name.clone(), format!("/board/{store}")), Crumb::here(shelf.to_string())];
    if !matches!(use_session().viewer.map(|viewer| viewer.scope), Some(Scope::Store(_))) {
        crumbs.insert(0, Crumb::link(language.chain(), "/board"));
    }
    let print_barcodes = use_session().may(policy::Action::PrintLabels).then(|| {
        let href = format!("/print/products/{store}?shelf={shelf}");
        view! { <a class="button" href=href target="_blank" rel="external">{language.print_barcodes()}</a> }
    });
    view! {
        <Title text=language.shelf_title(&shelf, &store_name)/>
        <div class="page">
            <div>
                <Crumbs steps=crumbs/>
                <header class="page__head">
                    <div class="page__heading shelf-head">
                        <span class="shelf-label" aria-hidden="true">{shelf.to_string()}</span>
                        <div>
                            <h1>{language.shelf_number(&shelf)}</h1>
                            <p class="page__sub">{figures}</p>
                        </div>
                    </div>
                    <div class="page__actions">
                        {print_barcodes}
                        <ConnectionBadge line clock/>
                    </div>
                </header>
            </div>
            <div class="split split--wide-side">
                <div class="shelf__tables">
                    <Lines detail/>
                    <Unknowns detail/>
                </div>
                <section class="card card--flush">
                    <div class="card__head">
                        <h2 class="card__title">{language.shelf_traces()}</h2>
                    </div>
                    <div class="card__body">
                        <TraceList lines/>
                    </div>
                </section>
            </div>
        </div>
    }
}

/// What belongs on the shelf and what was found.
#[component]
fn Lines(detail: RwSignal<ShelfDetail>) -> impl IntoView {
    let language = use_language();
    let row = move |line: &ShelfLine| {
        let counted = match line.counted_units {
            Some(units) => view! { <span>{format::number(units)}</span> }.into_any(),
            None => view! { <span class="muted">{language.uncounted()}</span> }.into_any(),
        };
        let expected = line.expected_units.map_or_else(|| "–".to_owned(), format::number);
        let variance = line
            .counted_units
            .zip(line.expected_units)
            .map(|(counted, expected)| view! { <Variance units=counted - expected/> });
        view! {
            <tr>
                <th scope="row">
                    {line.name.clone()} <span class="table__sub code">{line.sku.to_string()}</span>
                </th>
                <td class="number">{counted}</td>
                <td class="number">{expected}</td>
                <td class="number">{variance}</td>
                <td class="number">{format::number(line.on_hand_units)}</td>
            </tr>
        }
    };
    let rows = move || detail.with(|detail| detail.lines.iter().map(row).collect_view());
    let is_empty = Memo::new(move |_| detail.with(|detail| detail.lines.is_empty()));
    view! {
        <section class="card card--flush">
            <div class="card__head">
                <h2 class="card__title">{language.shelf_lines()}</h2>
            </div>
            <Show
                when=move || !is_empty.get()
                fallback=move || {
                    view! {
                        <Empty glyph=Glyph::Shelf title=language.no_lines_title() text=language.no_lines_text()/>
                    }
                }
            >
                <div class="card__body table-frame" tabindex="0" role="region" aria-label=language.shelf_lines()>
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">{language.product_column()}</th>
                                <th scope="col" class="number">{language.units_counted_column()}</th>
                                <th scope="col" class="number">{language.expected_column()}</th>
                                <th scope="col" class="number">{language.variance_column()}</th>
                                <th scope="col" class="number">{language.on_hand_column()}</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </Show>
        </section>
    }
}

/// Codes that were counted here and that nobody knows.
#[component]
fn Unknowns(detail: RwSignal<ShelfDetail>) -> impl IntoView {
    let language = use_language();
    let rows = move || {
        detail.with(|detail| {
            detail
                .unknowns
                .iter()
                .map(|unknown| {
                    let name = unknown.name.clone().unwrap_or_else(|| language.unnamed().to_owned());
                    view! {
                        <li class="row">
                            <span class="row__main">
                                <span class="row__title">{name}</span>
                                <span class="row__sub code">{unknown.code.clone()}</span>
                            </span>
                            <span class="row__end">
                                <span class="row__figure">{format::number(unknown.counted_units)}</span>
                            </span>
                        </li>
                    }
                })
                .collect_view()
        })
    };
    let is_empty = Memo::new(move |_| detail.with(|detail| detail.unknowns.is_empty()));
    view! {
        <Show when=move || !is_empty.get()>
            <section class="card card--flush">
                <div class="card__head">
                    <h2 class="card__title">{language.unknown_codes()}</h2>
                    <span class="card__aside">{language.unknown_codes_text()}</span>
                </div>
                <ul class="rows">{rows}</ul>
            </section>
        </Show>
    }
}
