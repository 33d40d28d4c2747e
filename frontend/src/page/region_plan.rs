//! A plan of transfers for a whole region: made by the server, changed line by line, requested in one tap.

mod lines;

use crate::backend::{
    BackendError, RegionPlan, RegionPlanPage as Shown, RegionPlanState, read_region_plan, start_region_plan,
    stop_region_plan,
};
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::figure::{Figure, Figures};
use crate::component::icon::Glyph;
use crate::component::load_state::{Empty, LoadState};
use crate::component::page_head::{Crumb, Crumbs, PageHead};
use crate::format;
use crate::text::use_language;
use domain::id::CategoryCode;
use domain::instant::{Timestamp, ZoneOffset};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use lines::Lines;
use std::collections::BTreeSet;
use std::time::Duration;

/// How often it is asked how far the plan is.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// The page.
#[component]
pub fn RegionPlanPage() -> impl IntoView {
    let query = use_query_map();
    let plan = Resource::new_blocking(move || query.read().get("region"), read_region_plan);
    view! { <LoadState resource=plan show=|page| view! { <Plan page/> }/> }
}

/// What is shown, and what can be done with it.
#[derive(Clone, Copy)]
struct Desk {
    page: RwSignal<Shown>,
    /// Whether an answer is awaited.
    is_busy: RwSignal<bool>,
    trouble: RwSignal<Option<BackendError>>,
}

impl Desk {
    /// Asks, and shows the answer.
    fn ask<F>(self, ask: F)
    where
        F: Future<Output = Result<Shown, BackendError>> + 'static,
    {
        self.is_busy.set(true);
        spawn_local(async move {
            let answer = ask.await;
            // The page may have been left meanwhile.
            if self.is_busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(page) => {
                    self.page.set(page);
                    self.trouble.set(None);
                }
                Err(error) => self.trouble.set(Some(error)),
            }
        });
    }

    fn is_working(self) -> bool {
        self.page.with(|page| matches!(page.state, RegionPlanState::Working { .. }))
    }

    fn region(self) -> String {
        self.page.with_untracked(|page| page.region.to_string())
    }
}

#[component]
fn Plan(page: Shown) -> impl IntoView {
    let language = use_language();
    let desk = Desk { page: RwSignal::new(page), is_busy: RwSignal::new(false), trouble: RwSignal::new(None) };
    let crumbs = vec![Crumb::link(language.transfers_title(), "/transfers"), Crumb::here(language.region_plan_title())];
    Effect::new(move |_| {
        let again = move || {
            if desk.page.with_untracked(|page| matches!(page.state, RegionPlanState::Working { .. }))
                && !desk.is_busy.get_untracked()
            {
                desk.ask(read_region_plan(Some(desk.region())));
            }
        };
        if let Ok(interval) = set_interval_with_handle(again, ASK_AGAIN) {
            on_cleanup(move || interval.clear());
        }
    });
    let trouble = move || {
        desk.trouble.get().map(|error| {
            let text = match error {
                BackendError::Unreachable => language.region_plan_unreachable().to_owned(),
                error => language.problem(&error).1.to_owned(),
            };
            view! { <Banner tone=Tone::Bad>{text}</Banner> }
        })
    };
    // A plan that is there is not drawn anew while it stays the same: somebody is changing its lines.
    let ready = Memo::new(move |_| {
        desk.page.with(|page| match &page.state {
            RegionPlanState::Ready(plan) => Some(plan.id),
            _ => None,
        })
    });
    let plan = move || {
        ready.get()?;
        let (region, plan) = desk.page.with_untracked(|page| match &page.state {
            RegionPlanState::Ready(plan) => Some((page.region.clone(), (**plan).clone())),
            _ => None,
        })?;
        let now = desk.page.with_untracked(|page| page.now);
        let zone = desk.page.with_untracked(|page| page.zone_offset);
        Some(view! { <Ready plan=plan.clone() now zone/> <Lines region plan/> })
    };
    let state = move || {
        desk.page.with(|page| match &page.state {
            RegionPlanState::None => view! {
                <Empty
                    glyph=Glyph::Transfer
                    title=language.region_plan_none_title()
                    text=language.region_plan_none_text()
                />
            }
            .into_any(),
            RegionPlanState::Stopped => {
                view! { <Banner tone=Tone::Info>{language.region_plan_stopped()}</Banner> }.into_any()
            }
            RegionPlanState::Failed => {
                view! { <Banner tone=Tone::Bad>{language.region_plan_failed()}</Banner> }.into_any()
            }
            RegionPlanState::Working { .. } | RegionPlanState::Ready(_) => ().into_any(),
        })
    };
    view! {
        <div class="page">
            <div>
                <Crumbs steps=crumbs/>
                <PageHead title=language.region_plan_title() sub=language.region_plan_sub().to_owned()/>
            </div>
            <Ask desk/>
            <div role="status">{trouble} {state}</div>
            <Working desk/>
            {plan}
        </div>
    }
}

/// Which region, and which categories.
#[component]
fn Ask(desk: Desk) -> impl IntoView {
    let language = use_language();
    let (regions, categories, chosen) =
        desk.page.with_untracked(|page| (page.regions.clone(), page.categories.clone(), page.region.clone()));
    let picked: RwSignal<BTreeSet<CategoryCode>> = RwSignal::new(BTreeSet::new());
    let region = (regions.len() > 1).then(|| {
        let option = |region: domain::master::Region| {
            let is_chosen = region.code == chosen;
            view! { <option value=region.code.to_string() selected=is_chosen>{language.name(&region.name)}</option> }
        };
        let choose = move |event| desk.ask(read_region_plan(Some(event_target_value(&event))));
        view! {
            <label class="field">
                <span class="field__label">{language.region_plan_region()}</span>
                <select class="select field__control" name="region" on:change=choose>
                    {regions.into_iter().map(option).collect_view()}
                </select>
            </label>
        }
    });
    let tick = move |category: domain::master::Category| {
        let code = category.code.clone();
        let change = move |event| {
            let is_on = event_target_checked(&event);
            let code = code.clone();
            picked.update(|picked| {
                if is_on {
                    picked.insert(code);
                } else {
                    picked.remove(&code);
                }
            });
        };
        view! {
            <label class="tick">
                <input class="tick__input" type="checkbox" on:change=change/>
                {language.name(&category.name)}
            </label>
        }
    };
    let start = move |_| {
        let codes: Vec<String> = picked.with_untracked(|picked| picked.iter().map(ToString::to_string).collect());
        desk.ask(start_region_plan(desk.region(), Some(codes.join(","))));
    };
    let words = move || {
        let has_one = desk.page.with(|page| matches!(page.state, RegionPlanState::Ready(_)));
        if has_one { language.region_plan_again() } else { language.region_plan_make() }
    };
    let is_ready = Memo::new(move |_| desk.page.with(|page| page.is_ready));
    let not_ready = move || {
        (!is_ready.get()).then(|| view! { <Banner tone=Tone::Warn>{language.region_plan_not_ready()}</Banner> })
    };
    view! {
        {not_ready}
        <section class="region-plan__ask">
            {region}
            <details class="region-plan__categories">
                <summary>{language.region_plan_categories()}</summary>
                <div class="region-plan__ticks">{categories.into_iter().map(tick).collect_view()}</div>
            </details>
            <button
                class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Words)
                type="button"
                disabled=move || desk.is_busy.get() || desk.is_working()
                on:click=start
            >
                {words}
            </button>
        </section>
    }
}

/// How far it is.
#[component]
fn Working(desk: Desk) -> impl IntoView {
    let language = use_language();
    let by = move || {
        desk.page.with(|page| match &page.state {
            RegionPlanState::Working { by_name, .. } => Some(by_name.clone()),
            _ => None,
        })
    };
    let done = move || {
        desk.page.with(|page| match &page.state {
            RegionPlanState::Working { done_permille, .. } => done_permille.to_string(),
            _ => String::new(),
        })
    };
    let stop = move |_| desk.ask(stop_region_plan(desk.region()));
    view! {
        <Show when=move || desk.is_working()>
            <section class="card">
                <div class="card__body region-plan__working">
                    <p>{move || by().map(|name| language.region_plan_working(name))}</p>
                    <progress
                        class="progress progress--large"
                        aria-label=language.region_plan_progress()
                        max="1000"
                        value=done
                    ></progress>
                    <button class="button" type="button" on:click=stop>{language.region_plan_stop()}</button>
                </div>
            </section>
        </Show>
    }
}

/// What the plan comes to.
#[component]
fn Ready(plan: RegionPlan, now: Timestamp, zone: ZoneOffset) -> impl IntoView {
    let language = use_language();
    let when = format::moment(plan.made_at, now, zone);
    let categories: Vec<String> = plan.categories.iter().map(|name| language.name(name)).collect();
    let made = if categories.is_empty() {
        language.region_plan_made(&plan.by_name, when)
    } else {
        language.region_plan_made_of(&plan.by_name, when, categories.join(language.list_comma()))
    };
    if plan.routes.is_empty() {
        return view! {
            <p class="muted">{made}</p>
            <Empty
                glyph=Glyph::Check
                title=language.region_plan_empty_title()
                text=language.region_plan_empty_text()
            />
        }
        .into_any();
    }
    let n_routes = i64::try_from(plan.routes.len()).unwrap_or(i64::MAX) + i64::from(plan.n_more_routes);
    let more = (plan.n_more_routes > 0).then(|| {
        view! { <Banner tone=Tone::Info>{language.region_plan_more_routes(format::number(plan.n_more_routes.into()))}</Banner> }
    });
    view! {
        <p class="muted">{made}</p>
        <Figures>
            <Figure
                label=language.region_plan_total()
                value=format::money(plan.total_minor)
                note=language.region_plan_total_note().to_owned()
            />
            <Figure
                label=language.region_plan_cost()
                value=format::money(-plan.transport_minor)
                note=language.region_plan_cost_note().to_owned()
            />
            <Figure
                label=language.region_plan_lines()
                value=format::number(plan.n_lines.into())
                note=language.region_plan_routes(format::number(n_routes))
            />
        </Figures>
        {more}
    }
    .into_any()
}
