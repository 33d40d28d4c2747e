//! One store from above: zones and shelves, live.

use crate::backend::read_store_plan;
use crate::component::clock::PageClock;
use crate::component::connection::{ConnectionBadge, LiveEvent, use_live};
use crate::component::figure::{Figure, Figures};
use crate::component::legend::{Legend, Scale, ramp_of};
use crate::component::load_state::LoadState;
use crate::component::page_head::{Crumb, Crumbs, PageHead};
use crate::component::ramp::hex;
use crate::component::trace_list::{Detail, TraceLine, TraceList};
use crate::component::variance::Variance;
use crate::format;
use crate::page::board::{LayerChoice, count_figure, count_figures, count_position};
use crate::session::use_session;
use crate::text::use_language;
use domain::board::{BoardCell, Layer, ShelfCell, StorePlan};
use domain::id::{ShelfCode, StoreCode};
use domain::instant::Timestamp;
use domain::master::Zone;
use domain::policy::{self, Scope};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// A store's plan.
#[component]
pub fn StorePlanPage() -> impl IntoView {
    let params = use_params_map();
    let plan = Resource::new_blocking(move || params.read().get("store").unwrap_or_default(), read_store_plan);
    view! { <LoadState resource=plan show=|plan| view! { <Plan plan/> }/> }
}

#[component]
fn Plan(plan: StorePlan) -> impl IntoView {
    let language = use_language();
    let clock = PageClock::start(plan.now);
    let store = plan.row.store.clone();
    let name = language.name(&plan.row.name);
    let region = (plan.row.region.clone(), language.name(&plan.region_name));
    let sub = match &plan.row.stocktake {
        Some(id) => language.stocktake_named(id),
        None => language.no_stocktake().to_owned(),
    };
    let zones = plan.zones.clone();
    let plan = RwSignal::new(plan);
    let line = follow(store.clone(), plan, clock);
    let layer = RwSignal::new(Layer::default());
    let crumbs = match use_session().viewer.map(|viewer| viewer.scope) {
        Some(Scope::Store(_)) => Vec::new(),
        _ => vec![
            Crumb::link(language.chain(), "/board"),
            Crumb::link(region.1, format!("/board?region={}", region.0)),
            Crumb::here(name.clone()),
        ],
    };
    let print_labels = use_session().may(policy::Action::PrintLabels).then(|| {
        // Another document, which the router must not take for one of its pages.
        let href = format!("/print/shelves/{store}");
        view! { <a class="button" href=href target="_blank" rel="external">{language.print_shelf_labels()}</a> }
    });
    let zone = move |zone: Zone| view! { <ZoneBlock zone plan layer clock/> };
    let lines = Memo::new(move |_| {
        plan.with(|plan| {
            let now = clock.now_untracked();
            let zone = plan.row.zone_offset;
            plan.traces
                .iter()
                .map(|entry| TraceLine::of(entry, None, zone, now, Detail::Where, language))
                .collect::<Vec<_>>()
        })
    });
    view! {
        <div class="page">
            <div>
                {(!crumbs.is_empty()).then(|| view! { <Crumbs steps=crumbs/> })}
                <PageHead title=name sub=sub>
                    {print_labels}
                    <ConnectionBadge line clock/>
                </PageHead>
            </div>
            <StoreTotals plan clock/>
            <div class="split">
                <section class="card">
                    <div class="card__head">
                        <LayerChoice layer/>
                    </div>
                    <div class="card__body board__map">
                        <div class="plan" role="group" aria-label=language.plan_label()>
                            {zones.into_iter().map(zone).collect_view()}
                        </div>
                        <Legend scale=Signal::derive(move || Scale::of(layer.get(), language))/>
                    </div>
                </section>
                <section class="card card--flush">
                    <div class="card__head">
                        <h2 class="card__title">{language.newest_traces()}</h2>
                    </div>
                    <div class="card__body board__ticker" tabindex="0" role="region" aria-label=language.newest_traces()>
                        <TraceList lines/>
                    </div>
                </section>
            </div>
            <Categories plan/>
        </div>
    }
}

/// Keeps the plan as it is now. A `board` event starts over: if it knows more of the store, the plan is read anew.
fn follow(store: StoreCode, plan: RwSignal<StorePlan>, clock: PageClock) -> Signal<crate::component::connection::Line> {
    let again = Action::new_local(move |store: &StoreCode| {
        let store = store.to_string();
        async move {
            if let Ok(fresh) = read_store_plan(store).await
                && fresh.row.seq >= plan.with_untracked(|plan| plan.row.seq)
            {
                plan.set(fresh);
            }
        }
    });
    use_live(clock, move |event| match event {
        LiveEvent::Board(board) => {
            let seen = plan.with_untracked(|plan| plan.row.seq);
            if board.stores.iter().any(|row| row.store == store && row.seq > seen) {
                again.dispatch_local(store.clone());
            }
        }
        LiveEvent::Store(update) => {
            if update.row.store == store {
                plan.update(|plan| plan.apply(*update));
            }
        }
    })
}

/// The store's own figures.
#[component]
fn StoreTotals(plan: RwSignal<StorePlan>, clock: PageClock) -> impl IntoView {
    let language = use_language();
    let total = Memo::new(move |_| plan.with(|plan| BoardCell::together(&plan.row.cells)));
    let shelves = Memo::new(move |_| {
        plan.with(|plan| {
            let is_touched = |shelf: &&ShelfCell| shelf.cell.count.n_counted > 0;
            (plan.shelves.iter().filter(is_touched).count(), plan.shelves.len())
        })
    });
    view! {
        <Figures>
            <Figure
                label=language.kpi_counted()
                value=Signal::derive(move || total.get().counted_share().map_or_else(|| "–".to_owned(), format::percent))
                note=Signal::derive(move || {
                    let total = total.get();
                    language
                        .kpi_counted_note(
                            format::number(total.count.n_counted.into()),
                            format::number(total.n_planned.into()),
                        )
                })
            />
            <Figure
                label=language.kpi_variance()
                value=Signal::derive(move || format::signed(total.get().variance_units()))
                unit=language.units()
                note=Signal::derive(move || {
                    language.kpi_variance_note(format::number(total.get().count.abs_variance_units))
                })
            />
            <Figure
                label=language.kpi_shelves()
                value=Signal::derive(move || shelves.get().0.to_string())
                note=Signal::derive(move || language.kpi_shelves_note(shelves.get().1))
            />
            <Figure
                label=language.kpi_last_trace()
                value=Signal::derive(move || format::ago(total.get().last_trace_at, clock.now(), language))
                note=Signal::derive(String::new)
            />
        </Figures>
    }
}

/// A zone and its shelves.
#[component]
fn ZoneBlock(zone: Zone, plan: RwSignal<StorePlan>, layer: RwSignal<Layer>, clock: PageClock) -> impl IntoView {
    let language = use_language();
    let slow_now = clock.slow();
    let code = zone.code.clone();
    // Which shelves there are changes rarely, their figures all the time.
    let shelves = Memo::new(move |_| {
        plan.with(|plan| {
            plan.shelves
                .iter()
                .enumerate()
                .filter(|(_, shelf)| shelf.shelf.zone() == code)
                .map(|(at, shelf)| (at, shelf.shelf.clone()))
                .collect::<Vec<_>>()
        })
    });
    let shelf = move |(at, code): (usize, ShelfCode)| {
        let cell =
            Memo::new(move |_| plan.with(|plan| plan.shelves.get(at).map(|shelf| shelf.cell)).unwrap_or_default());
        let position = Memo::new(move |_| {
            plan.with(|plan| count_position(layer.get(), plan.row.stocktake.is_some(), &cell.get(), slow_now.get()))
        });
        let store = plan.with_untracked(|plan| plan.row.store.clone());
        view! { <ShelfTile store code cell position layer now=slow_now/> }
    };
    view! {
        <section class="plan__zone">
            <h2 class="plan__zone-name">
                <span class="plan__zone-code">{zone.code.to_string()}</span>
                {language.name(&zone.name)}
                <span class="muted">{move || language.n_shelves_of_zone(shelves.with(Vec::len))}</span>
            </h2>
            <div class="plan__shelves">
                <For each=move || shelves.get() key=|(at, code)| (*at, code.clone()) children=shelf/>
            </div>
        </section>
    }
}

/// A shelf on the plan, leading to its own page.
#[component]
fn ShelfTile(
    store: StoreCode,
    code: ShelfCode,
    cell: Memo<BoardCell>,
    position: Memo<Option<f64>>,
    layer: RwSignal<Layer>,
    now: Memo<Timestamp>,
) -> impl IntoView {
    let language = use_language();
    let fill = move || position.get().map(|position| hex(ramp_of(layer.get()).colour(position)));
    let spoken = {
        let name = language.shelf_number(&code);
        move || format!("{name}: {}", count_figures(&cell.get(), now.get(), language).join(", "))
    };
    view! {
        <a class="plan__shelf" href=format!("/board/{store}/{code}") title=spoken>
            <svg class="plan__fill" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
                <rect width="1" height="1" fill=move || fill().unwrap_or_else(|| "none".to_owned())></rect>
            </svg>
            <span class="plan__label">
                <strong>{code.to_string()}</strong>
                <span>{move || count_figure(layer.get(), &cell.get(), now.get(), language)}</span>
            </span>
        </a>
    }
}

/// The same store by category.
#[component]
fn Categories(plan: RwSignal<StorePlan>) -> impl IntoView {
    let language = use_language();
    let rows = move || {
        plan.with(|plan| {
            let carried = plan.categories.iter().zip(&plan.row.cells).filter(|(_, cell)| cell.n_planned > 0);
            carried
                .map(|(category, cell)| {
                    let share = cell.counted_share().map_or_else(|| "–".to_owned(), format::percent);
                    let lines = format!(
                        "{} / {}",
                        format::number(cell.count.n_counted.into()),
                        format::number(cell.n_planned.into())
                    );
                    let variance =
                        (cell.count.n_counted > 0).then(|| view! { <Variance units=cell.variance_units()/> });
                    view! {
                        <tr>
                            <th scope="row">{language.name(&category.name)}</th>
                            <td class="number">{share}</td>
                            <td class="number">{lines}</td>
                            <td class="number">{variance}</td>
                        </tr>
                    }
                })
                .collect_view()
        })
    };
    view! {
        <section class="card card--flush">
            <div class="card__head">
                <h2 class="card__title">{language.by_category()}</h2>
            </div>
            <div class="card__body table-frame" tabindex="0" role="region" aria-label=language.by_category()>
                <table class="table table--dense">
                    <thead>
                        <tr>
                            <th scope="col">{language.category_column()}</th>
                            <th scope="col" class="number">{language.counted_column()}</th>
                            <th scope="col" class="number">{language.lines_column()}</th>
                            <th scope="col" class="number">{language.variance_column()}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}
