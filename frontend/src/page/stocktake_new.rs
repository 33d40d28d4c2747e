//! Planning a stocktake: what, where, by whom, how exactly, and what it takes.

mod assign;
mod thresholds;

use crate::backend::{PlanDraft, PlanOptions, read_plan_draft, read_plan_options};
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::figure::{Figure, Figures};
use crate::component::load_state::LoadState;
use crate::component::page_head::{Crumb, Crumbs, PageHead};
use crate::component::teller::{TellerAnswer, use_teller};
use crate::format;
use crate::text::use_language;
use assign::Assign;
use domain::event::EventBody;
use domain::id::{PersonId, ShelfCode, ZoneCode};
use domain::plan::{Choice, counting_minutes};
use domain::stocktake::{Plan, PlanKind, Thresholds};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map};
use std::collections::{BTreeMap, BTreeSet};
use thresholds::{ThresholdFields, Typed};

/// Lines that a list of the most at risk, or a spot check, has at first.
const N_LINES: u32 = 20;

/// The page of a new plan.
#[component]
pub fn StocktakeNewPage() -> impl IntoView {
    let params = use_params_map();
    let options = Resource::new_blocking(move || params.read().get("store").unwrap_or_default(), read_plan_options);
    view! { <LoadState resource=options show=|options| view! { <Planner options/> }/> }
}

/// What has been chosen so far.
#[derive(Debug, Clone, Copy)]
struct Wish {
    kind: RwSignal<PlanKind>,
    shelves: RwSignal<BTreeSet<ShelfCode>>,
    n_lines: RwSignal<u32>,
    seed: RwSignal<u64>,
}

impl Wish {
    fn choice(self) -> Choice {
        let n_lines = self.n_lines.get();
        match self.kind.get() {
            PlanKind::Full => Choice::Shelves(BTreeSet::new()),
            PlanKind::Zone => Choice::Shelves(self.shelves.get()),
            PlanKind::Cycle => Choice::Due,
            PlanKind::AtRisk => Choice::AtRisk { n_lines },
            PlanKind::Spot => Choice::Spot { n_lines, seed: self.seed.get() },
        }
    }

    /// Whether there is something to ask the server about: zones have to be chosen first.
    fn is_whole(self) -> bool {
        self.kind.get() != PlanKind::Zone || !self.shelves.with(BTreeSet::is_empty)
    }
}

#[component]
fn Planner(options: PlanOptions) -> impl IntoView {
    let language = use_language();
    let store = options.store.clone();
    let name = language.name(&options.store_name);
    let before = options.open.as_ref().and_then(|open| open.plan().cloned());
    let wish = Wish {
        kind: RwSignal::new(before.as_ref().map_or(PlanKind::Full, |plan| plan.kind)),
        shelves: RwSignal::new(
            before
                .iter()
                .filter(|plan| plan.kind == PlanKind::Zone)
                .flat_map(|plan| plan.shelves.iter().cloned())
                .collect(),
        ),
        n_lines: RwSignal::new(
            before.as_ref().and_then(|plan| u32::try_from(plan.lines.len()).ok()).filter(|n| *n > 0).unwrap_or(N_LINES),
        ),
        seed: RwSignal::new(options.now.unix_ms().unsigned_abs()),
    };
    let assigned: RwSignal<BTreeMap<ShelfCode, PersonId>> =
        RwSignal::new(before.as_ref().map(|plan| plan.assigned.clone()).unwrap_or_default());
    let typed = Typed::new(before.as_ref().map_or_else(Thresholds::default, |plan| plan.thresholds));
    let draft = {
        let store = store.clone();
        Resource::new(
            move || wish.is_whole().then(|| wish.choice()),
            move |choice| {
                let store = store.to_string();
                async move {
                    match choice {
                        Some(choice) => {
                            let json = serde_json::to_string(&choice).expect("a choice is plain data");
                            read_plan_draft(store, json).await.map(Some)
                        }
                        None => Ok(None),
                    }
                }
            },
        )
    };
    let id = options.open.as_ref().map_or_else(|| options.next.clone(), |open| open.id.clone());
    let is_new = options.open.is_none();
    let teller = use_teller(store.clone());
    let navigate = use_navigate();
    let target = format!("/stocktakes/{store}/{id}");
    let then = Callback::new(move |()| navigate(&target, NavigateOptions::default()));
    let send = {
        let id = id.clone();
        move |draft: PlanDraft| match typed.read() {
            Some(thresholds) => {
                let chosen = draft.chosen;
                let assigned = assigned.with_untracked(|all| {
                    all.iter()
                        .filter(|(shelf, _)| chosen.shelves.contains(shelf))
                        .map(|(shelf, person)| (shelf.clone(), person.clone()))
                        .collect()
                });
                let kind = wish.kind.get_untracked();
                let plan = Plan { kind, shelves: chosen.shelves, lines: chosen.lines, assigned, thresholds };
                let planned = EventBody::StocktakePlanned { stocktake: id.clone(), plan };
                teller.tell(vec![planned], String::new(), then);
            }
            None => teller.object(language.plan_bad_number().to_owned()),
        }
    };
    let send = StoredValue::new(send);
    let back = StoredValue::new(format!("/stocktakes/{store}"));
    let crumbs = vec![
        Crumb::link(language.stocktakes_title(), format!("/stocktakes/{store}")),
        Crumb::here(language.plan_title()),
    ];
    let notice = options.open.as_ref().map(|open| language.plan_for_open(&open.id));
    let notice = notice.map(|text| view! { <Banner tone=Tone::Info>{text}</Banner> });
    let zones = options.zones.clone();
    let shelves = options.shelves.clone();
    let people = options.people.clone();
    let preview = move || {
        Suspend::new(async move {
            let draft = draft.await;
            let shown = match &draft {
                Ok(Some(draft)) => Some(draft.clone()),
                Ok(None) | Err(_) => None,
            };
            let trouble = draft.err().map(|error| {
                view! { <Banner tone=Tone::Bad>{language.problem(&error).0}</Banner> }
            });
            view! {
                {trouble}
                <Preview draft=shown.clone() assigned/>
                <TellerAnswer teller/>
                <div class="plan-form__actions">
                    <a class="button" href=back.get_value()>{language.go_back()}</a>
                    <button
                        class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Words)
                        type="button"
                        disabled={
                            let is_empty = shown.as_ref().is_none_or(|draft| draft.chosen.shelves.is_empty());
                            move || is_empty || teller.is_busy()
                        }
                        on:click=move |_| {
                            if let Some(draft) = shown.clone() {
                                send.with_value(|send| send(draft));
                            }
                        }
                    >
                        {if is_new { language.plan_start() } else { language.plan_save() }}
                    </button>
                </div>
            }
        })
    };
    view! {
        <div class="page plan-form">
            <div>
                <Crumbs steps=crumbs/>
                <PageHead title=language.plan_title() sub=format!("{name} · {id}")/>
            </div>
            {notice}
            <div class="split">
                <div class="plan-form__parts">
                    <Kinds wish zones=zones.clone() shelves=shelves.clone()/>
                    <Assign
                        assigned
                        zones=zones.into_iter().map(|zone| (zone.code.clone(), language.name(&zone.name))).collect()
                        shelves=shelves.into_iter().map(|(shelf, _)| shelf).collect()
                        people
                    />
                    <ThresholdFields typed/>
                </div>
                <section class="card plan-form__preview">
                    <div class="card__head">
                        <h2 class="card__title">{language.plan_preview()}</h2>
                    </div>
                    <div class="card__body">
                        <Transition fallback=move || view! { <p class="muted">{language.loading()}</p> }>
                            {preview}
                        </Transition>
                    </div>
                </section>
            </div>
        </div>
    }
}

/// What the plan takes.
#[component]
fn Preview(draft: Option<PlanDraft>, assigned: RwSignal<BTreeMap<ShelfCode, PersonId>>) -> impl IntoView {
    let language = use_language();
    let draft = draft.filter(|draft| !draft.chosen.shelves.is_empty());
    let Some(draft) = draft else {
        return view! { <p class="muted">{language.plan_nothing_due()}</p> }.into_any();
    };
    let n_lines: u32 = draft.n_lines.iter().sum();
    let shelves = draft.chosen.shelves;
    let n_shelves = shelves.len();
    let n_people = Memo::new(move |_| {
        let people: BTreeSet<PersonId> =
            assigned.with(|all| shelves.iter().filter_map(|shelf| all.get(shelf).cloned()).collect());
        people.len().max(1)
    });
    let minutes = Signal::derive(move || {
        let minutes = counting_minutes(n_lines as usize, n_shelves, n_people.get());
        format::number(i64::try_from(minutes).unwrap_or(i64::MAX))
    });
    view! {
        <Figures>
            <Figure
                label=language.plan_preview_lines()
                value=Signal::derive(move || format::number(n_lines.into()))
                note=Signal::derive(String::new)
            />
            <Figure
                label=language.plan_preview_shelves()
                value=Signal::derive(move || n_shelves.to_string())
                note=Signal::derive(String::new)
            />
            <Figure label=language.plan_preview_minutes() value=minutes note=Signal::derive(String::new)/>
        </Figures>
        <p class="muted plan-form__note">{move || language.plan_preview_people(n_people.get())}</p>
    }
    .into_any()
}

/// What to count.
#[component]
fn Kinds(wish: Wish, zones: Vec<domain::master::Zone>, shelves: Vec<(ShelfCode, u32)>) -> impl IntoView {
    let language = use_language();
    let choice = move |kind: PlanKind| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="kind"
                    class="choice__input"
                    prop:checked=move || wish.kind.get() == kind
                    checked=wish.kind.get_untracked() == kind
                    on:change=move |_| wish.kind.set(kind)
                />
                <span class="choice__text">
                    <span class="choice__title">{language.plan_kind(Some(kind))}</span>
                    <span class="choice__sub">{language.plan_kind_text(kind)}</span>
                </span>
            </label>
        }
    };
    let zones = StoredValue::new(zones);
    let shelves = StoredValue::new(shelves);
    let more = move || match wish.kind.get() {
        PlanKind::Full | PlanKind::Cycle => ().into_any(),
        PlanKind::Zone => {
            let zone = move |zone: &domain::master::Zone| {
                let own = shelves.with_value(|all| {
                    all.iter().filter(|(shelf, _)| shelf.zone() == zone.code).cloned().collect::<Vec<_>>()
                });
                view! { <ZoneShelves wish zone=zone.code.clone() name=language.name(&zone.name) shelves=own/> }
            };
            view! {
                <fieldset class="plan-form__zones">
                    <legend class="field__label">{language.plan_where()}</legend>
                    {zones.with_value(|zones| zones.iter().map(zone).collect_view())}
                </fieldset>
            }
            .into_any()
        }
        kind @ (PlanKind::AtRisk | PlanKind::Spot) => {
            let again = (kind == PlanKind::Spot).then(|| {
                view! {
                    <button
                        class="button"
                        type="button"
                        on:click=move |_| wish.seed.update(|seed| *seed = seed.wrapping_add(1))
                    >
                        {language.plan_draw_again()}
                    </button>
                }
            });
            view! {
                <div class="plan-form__row">
                    <label class="field plan-form__number">
                        <span class="field__label">{language.plan_n_lines()}</span>
                        <input
                            class="field__control"
                            type="number"
                            inputmode="numeric"
                            min="1"
                            max="2000"
                            value=wish.n_lines.get_untracked().to_string()
                            on:change=move |event| {
                                if let Ok(n) = event_target_value(&event).parse::<u32>() {
                                    wish.n_lines.set(n.clamp(1, 2_000));
                                }
                            }
                        />
                    </label>
                    {again}
                </div>
            }
            .into_any()
        }
    };
    view! {
        <section class="card">
            <div class="card__head">
                <h2 class="card__title">{language.plan_what()}</h2>
            </div>
            <div class="card__body plan-form__kinds">
                <div class="choices" role="radiogroup" aria-label=language.plan_what()>
                    {PlanKind::ALL.map(choice).collect_view()}
                </div>
                {more}
            </div>
        </section>
    }
}

/// A zone's shelves, to be chosen.
#[component]
fn ZoneShelves(wish: Wish, zone: ZoneCode, name: String, shelves: Vec<(ShelfCode, u32)>) -> impl IntoView {
    let language = use_language();
    let codes: Vec<ShelfCode> = shelves.iter().map(|(shelf, _)| shelf.clone()).collect();
    let codes = StoredValue::new(codes);
    let is_whole =
        move || wish.shelves.with(|chosen| codes.with_value(|codes| codes.iter().all(|code| chosen.contains(code))));
    let toggle_all = move |_| {
        let all = is_whole();
        wish.shelves.update(|chosen| {
            for code in codes.get_value() {
                if all {
                    chosen.remove(&code)
                } else {
                    chosen.insert(code)
                };
            }
        });
    };
    let shelf = move |(code, n_lines): (ShelfCode, u32)| {
        let is_chosen = {
            let code = code.clone();
            move || wish.shelves.with(|chosen| chosen.contains(&code))
        };
        let toggle = {
            let code = code.clone();
            move |_| {
                wish.shelves.update(|chosen| {
                    if !chosen.remove(&code) {
                        chosen.insert(code.clone());
                    }
                });
            }
        };
        view! {
            <label class="tick">
                <input type="checkbox" class="tick__input" prop:checked=is_chosen on:change=toggle/>
                <span>{code.to_string()} " " <span class="muted">{n_lines}</span></span>
            </label>
        }
    };
    view! {
        <div class="plan-form__zone">
            <label class="tick tick--whole">
                <input type="checkbox" class="tick__input" prop:checked=is_whole on:change=toggle_all/>
                <span>{language.plan_whole_zone(&zone)} " " <span class="muted">{name}</span></span>
            </label>
            <div class="plan-form__shelves">{shelves.into_iter().map(shelf).collect_view()}</div>
        </div>
    }
}
