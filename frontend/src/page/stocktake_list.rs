//! Every stocktake of a store, past ones for ever; and, for those who answer for several stores, the stores.

use crate::backend::{read_chain_board, read_stocktakes};
use crate::component::badge::{Badge, Tone};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::clock::PageClock;
use crate::component::connection::ConnectionBadge;
use crate::component::fresh::keep_fresh;
use crate::component::icon::{Glyph, Icon};
use crate::component::load_state::{Empty, LoadState};
use crate::component::page_head::{Crumb, Crumbs, PageHead};
use crate::format;
use crate::session::use_session;
use crate::text::use_language;
use domain::board::{BoardCell, ChainBoard, StoreRow};
use domain::policy::Action;
use domain::review::{StocktakeList, StocktakeSummary};
use domain::stocktake::Stage;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// The tone of a stage.
#[must_use]
pub fn stage_tone(stage: Stage) -> Tone {
    match stage {
        Stage::Counting => Tone::Info,
        Stage::Review => Tone::Warn,
        Stage::Approved => Tone::Good,
        Stage::Cancelled => Tone::Plain,
    }
}

/// The stores whose stocktakes the viewer may see.
#[component]
pub fn StocktakeStoresPage() -> impl IntoView {
    let board = Resource::new_blocking(|| (), |()| read_chain_board());
    view! { <LoadState resource=board show=|board| view! { <Stores board/> }/> }
}

#[component]
fn Stores(board: ChainBoard) -> impl IntoView {
    let language = use_language();
    let row = |row: &StoreRow| {
        let total = BoardCell::together(&row.cells);
        let state = match (row.is_open, &row.stocktake) {
            (true, _) => {
                language.lines_of(format::number(total.count.n_counted.into()), format::number(total.n_planned.into()))
            }
            (false, Some(id)) => id.to_string(),
            (false, None) => language.stocktakes_none_title().to_owned(),
        };
        let badge = row.is_open.then(|| {
            view! { <Badge tone=stage_tone(Stage::Counting)>{language.stage_counting()}</Badge> }
        });
        view! {
            <li>
                <a class="row" href=format!("/stocktakes/{}", row.store)>
                    <span class="row__main">
                        <span class="row__title">{language.name(&row.name)}</span>
                        <span class="row__sub">{format!("{} · {state}", row.store)}</span>
                    </span>
                    {badge}
                    <Icon glyph=Glyph::Go/>
                </a>
            </li>
        }
    };
    view! {
        <div class="page">
            <PageHead title=language.stocktakes_title() sub=language.stocktakes_chain_sub().to_owned()>
                <a class="button" href="/accuracy">{language.see_accuracy()}</a>
            </PageHead>
            <section class="card card--flush">
                <ul class="rows">{board.stores.iter().map(row).collect_view()}</ul>
            </section>
        </div>
    }
}

/// A store's stocktakes.
#[component]
pub fn StocktakeListPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let list = Resource::new_blocking(
        move || (params.read().get("store").unwrap_or_default(), query.read().get("from")),
        |(store, from)| read_stocktakes(store, from),
    );
    view! { <LoadState resource=list show=|list| view! { <List list/> }/> }
}

#[component]
fn List(list: StocktakeList) -> impl IntoView {
    let language = use_language();
    let session = use_session();
    let clock = PageClock::start(list.now);
    let store = list.store.clone();
    let name = language.name(&list.store_name);
    let from = use_query_map().with_untracked(|query| query.get("from"));
    let list = RwSignal::new(list);
    let (line, _) = {
        let store = store.clone();
        keep_fresh(
            store.clone(),
            clock,
            list,
            |list| list.seq,
            move || read_stocktakes(store.to_string(), from.clone()),
        )
    };
    let crumbs = session
        .sees_several_stores()
        .then(|| vec![Crumb::link(language.stocktakes_title(), "/stocktakes"), Crumb::here(name.clone())]);
    let plan = session.may(Action::RunStocktake).then(|| {
        let class = button_class(ButtonKind::Primary, ButtonSize::Usual, ButtonWidth::Words);
        let open = move || list.with(|list| list.stocktakes.iter().any(|known| known.stage == Stage::Counting));
        let words = move || if open() { language.stocktake_change_plan() } else { language.stocktake_plan_new() };
        view! { <a class=class href=format!("/stocktakes/{store}/new")>{words}</a> }
    });
    let accuracy = list.with_untracked(|list| format!("/accuracy?store={}", list.store));
    let rows = move || list.with(|list| list.stocktakes.iter().map(|known| view! { <Row list known/> }).collect_view());
    let is_empty = Memo::new(move |_| list.with(|list| list.stocktakes.is_empty()));
    let older = move || {
        list.with(|list| {
            let last = list.stocktakes.last().filter(|_| list.has_older)?;
            let href = format!("/stocktakes/{}?from={}", list.store, last.id);
            Some(view! { <p class="stocktakes__older"><a class="button" href=href>{language.stocktakes_older()}</a></p> })
        })
    };
    view! {
        <div class="page">
            <div>
                {crumbs.map(|steps| view! { <Crumbs steps/> })}
                <PageHead title=language.stocktakes_title() sub=language.stocktakes_sub(&name)>
                    <a class="button" href=accuracy>{language.see_accuracy()}</a>
                    {plan}
                    <ConnectionBadge line clock/>
                </PageHead>
            </div>
            <section class="card card--flush">
                <Show
                    when=move || !is_empty.get()
                    fallback=move || {
                        view! {
                            <Empty
                                glyph=Glyph::Clipboard
                                title=language.stocktakes_none_title()
                                text=language.stocktakes_none_text()
                            />
                        }
                    }
                >
                    <ul class="rows stocktakes">{rows}</ul>
                </Show>
            </section>
            {older}
        </div>
    }
}

/// One stocktake in the list.
#[component]
fn Row<'a>(list: &'a StocktakeList, known: &'a StocktakeSummary) -> impl IntoView + use<> {
    let language = use_language();
    let name = |person| list.people.get(person).map_or_else(String::new, Clone::clone);
    let moment = |at| format::moment(at, list.now, list.zone_offset);
    let opened = language.opened_by_at(name(&known.opened_by), moment(known.opened_at));
    let ended = known.ending.as_ref().map(|ending| language.ended_by_at(name(&ending.by), moment(ending.at)));
    let counters: Vec<String> = known.counters.iter().map(name).collect();
    let counters = match counters.is_empty() {
        true => language.nobody_yet().to_owned(),
        false => language.names(counters.iter().map(String::as_str)),
    };
    let found = match &known.found {
        Some(found) => format::signed_money(found.net_minor()),
        None => language.stocktake_blind().to_owned(),
    };
    let href = format!("/stocktakes/{}/{}", list.store, known.id);
    let title = format!("{} · {}", known.id, language.plan_kind(known.kind));
    let (stage, lines) = (known.stage, (format::number(known.n_counted.into()), format::number(known.n_lines.into())));
    let found_class = if known.found.is_some() { "stocktakes__figure" } else { "stocktakes__figure muted" };
    let sub = [Some(opened), ended].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <li>
            <a class="row stocktakes__row" href=href>
                <span class="row__main">
                    <span class="row__title">{title}</span>
                    <span class="row__sub">{sub}</span>
                    <span class="row__sub">{format!("{}: {counters}", language.col_who())}</span>
                </span>
                <span class="stocktakes__facts">
                    <Badge tone=stage_tone(stage)>{language.stage(stage)}</Badge>
                    <span class="stocktakes__figure">
                        {language.n_of_lines(lines.0, lines.1)}
                    </span>
                    <span class=found_class>
                        <span class="visually-hidden">{language.col_variance_value()} ": "</span>
                        {found}
                    </span>
                </span>
                <Icon glyph=Glyph::Go/>
            </a>
        </li>
    }
}
