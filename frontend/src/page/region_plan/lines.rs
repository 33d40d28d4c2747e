//! The lines of a plan: each is accepted, changed or left out, and what is accepted is requested.

use crate::backend::{BackendError, LineFate, PlanLine, PlanRoute, RegionPlan, Requested, request_region_plan};
use crate::component::badge::{Badge, Tone};
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::format;
use crate::text::{Language, use_language};
use domain::id::{EventId, RegionCode};
use domain::matching::region::{Limited, Shipment, most};
use domain::movement::Units;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// A line as the person has it.
#[derive(Clone, Copy)]
struct Row {
    shipment: StoredValue<Shipment>,
    surplus_units: Units,
    wanted_units: Units,
    is_accepted: RwSignal<bool>,
    /// Pieces as typed.
    typed: RwSignal<String>,
    fate: RwSignal<Option<LineFate>>,
}

impl Row {
    fn of(route: &PlanRoute, line: &PlanLine) -> Self {
        let [from, to] = [&route.from, &route.to].map(|store| store.code.clone());
        let shipment = Shipment { from, to, sku: line.sku.clone(), units: line.units };
        Self {
            shipment: StoredValue::new(shipment),
            surplus_units: line.reason.surplus_units,
            wanted_units: line.wanted_units,
            is_accepted: RwSignal::new(true),
            typed: RwSignal::new(line.units.to_string()),
            fate: RwSignal::new(line.requested.map(LineFate::Requested)),
        }
    }

    fn is_requested(self) -> bool {
        self.fate.with(|fate| matches!(fate, Some(LineFate::Requested(_))))
    }

    /// Whether it is to be requested.
    fn is_open(self) -> bool {
        self.is_accepted.get() && !self.is_requested()
    }

    /// Pieces; `None` where what was typed is no number.
    fn units(self) -> Option<Units> {
        self.typed.with(|typed| typed.trim().parse().ok())
    }

    fn shipment(self) -> Shipment {
        let units = self.units().unwrap_or_default();
        Shipment { units, ..self.shipment.get_value() }
    }
}

/// What all lines share.
#[derive(Clone, Copy)]
struct Desk {
    region: StoredValue<RegionCode>,
    plan: EventId,
    rows: StoredValue<Vec<Row>>,
    /// How many pieces each line may have.
    most: Memo<Vec<Units>>,
    is_busy: RwSignal<bool>,
    said: RwSignal<Option<(Tone, String)>>,
}

impl Desk {
    fn new(region: RegionCode, plan: EventId, rows: Vec<Row>) -> Self {
        let rows = StoredValue::new(rows);
        let most = Memo::new(move |_| {
            let shipments = rows.with_value(|rows| {
                let shipment = |row: &Row| {
                    // What is left out takes nothing; what is requested the source has already set aside.
                    let units = if row.is_accepted.get() { row.units().unwrap_or_default() } else { 0 };
                    Shipment { units, ..row.shipment.get_value() }
                };
                rows.iter().map(shipment).collect::<Vec<_>>()
            });
            rows.with_value(|rows| {
                let limited = shipments.iter().zip(rows).map(|(shipment, row)| Limited {
                    shipment,
                    surplus_units: row.surplus_units,
                    wanted_units: row.wanted_units,
                });
                most(&limited.collect::<Vec<_>>())
            })
        });
        let (is_busy, said) = (RwSignal::new(false), RwSignal::new(None));
        Self { region: StoredValue::new(region), plan, rows, most, is_busy, said }
    }

    /// What is wrong with a line as it is typed.
    fn mistake(self, at: usize, language: Language) -> Option<String> {
        let row = self.rows.with_value(|rows| rows.get(at).copied())?;
        if !row.is_open() {
            return None;
        }
        let most = self.most.with(|most| most.get(at).copied().unwrap_or_default());
        match row.units() {
            Some(units) if units >= 1 && units <= most => None,
            Some(units) if units > most => Some(language.region_plan_most(format::number(most))),
            _ => Some(language.region_plan_least().to_owned()),
        }
    }

    fn open(self) -> Vec<Row> {
        self.rows.with_value(|rows| rows.iter().copied().filter(|row| row.is_open()).collect())
    }

    fn request(self, language: Language) {
        let n = self.rows.with_value(Vec::len);
        if (0..n).any(|at| untrack(|| self.mistake(at, language).is_some())) {
            self.said.set(Some((Tone::Bad, language.region_plan_fix().to_owned())));
            return;
        }
        let rows = untrack(|| self.open());
        if rows.is_empty() || self.is_busy.get_untracked() {
            return;
        }
        let shipments: Vec<Shipment> = rows.iter().map(|row| untrack(|| row.shipment())).collect();
        let json = serde_json::to_string(&shipments).expect("lines are plain data");
        self.is_busy.set(true);
        self.said.set(None);
        spawn_local(async move {
            let answer = request_region_plan(self.region.get_value().to_string(), self.plan.to_string(), json).await;
            if self.is_busy.try_set(false).is_some() {
                return;
            }
            self.said.set(Some(match answer {
                Ok(Requested::Lines(fates)) => {
                    let n_done = fates.iter().filter(|fate| matches!(fate, LineFate::Requested(_))).count();
                    let n_open = fates.len() - n_done;
                    for (row, fate) in rows.iter().zip(fates) {
                        row.fate.set(Some(fate));
                    }
                    match n_open {
                        0 => (Tone::Good, language.region_plan_done(n_done)),
                        n_open => (Tone::Warn, language.region_plan_partly(n_done, n_open)),
                    }
                }
                Ok(Requested::Gone) => (Tone::Bad, language.region_plan_gone().to_owned()),
                Err(BackendError::Unreachable | BackendError::Unavailable) => {
                    (Tone::Bad, language.region_plan_unknown().to_owned())
                }
                Err(error) => (Tone::Bad, language.problem(&error).1.to_owned()),
            }));
        });
    }
}

/// The routes with their lines, and the tap.
#[component]
pub fn Lines(region: RegionCode, plan: RegionPlan) -> impl IntoView {
    let language = use_language();
    let rows = plan.routes.iter().flat_map(|route| route.lines.iter().map(move |line| Row::of(route, line))).collect();
    let desk = Desk::new(region, plan.id, rows);
    let mut first = 0;
    let routes: Vec<(usize, PlanRoute)> = plan
        .routes
        .into_iter()
        .map(|route| {
            let at = first;
            first += route.lines.len();
            (at, route)
        })
        .collect();
    if routes.is_empty() {
        return ().into_any();
    }
    let accepted = move || {
        let open = desk.open();
        let units: Units = open.iter().filter_map(|row| row.units()).sum();
        language.region_plan_accepted(open.len(), format::number(units))
    };
    let said = move || desk.said.get().map(|(tone, text)| view! { <Banner tone>{text}</Banner> });
    view! {
        {routes.into_iter().map(|(first, route)| view! { <Route desk first route/> }).collect_view()}
        <div class="tap-bar">
            <div role="status">{said}</div>
            <span class="tap-bar__text">{accepted}</span>
            <button
                class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Words)
                type="button"
                disabled=move || desk.is_busy.get() || desk.open().is_empty()
                on:click=move |_| desk.request(language)
            >
                {language.region_plan_request()}
            </button>
        </div>
    }
    .into_any()
}

/// One parcel.
#[component]
fn Route(desk: Desk, first: usize, route: PlanRoute) -> impl IntoView {
    let language = use_language();
    let [from, to] = [&route.from, &route.to].map(|store| format!("{} {}", language.name(&store.name), store.code));
    let km = format!("{}.{}", route.distance_m / 1_000, route.distance_m % 1_000 / 100);
    let total: i64 = route.lines.iter().map(|line| line.reason.money.total_minor()).sum();
    let aside = [language.region_plan_way(km, route.travel_min), language.region_plan_brings(format::money(total))];
    let title = language.region_plan_route(from, to);
    let id = format!("route-{first}");
    let labelled_by = id.clone();
    let lines = route.lines.into_iter().enumerate();
    view! {
        <section class="card" aria-labelledby=labelled_by>
            <div class="card__head">
                <h2 class="card__title" id=id>{title}</h2>
                <span class="card__aside">{aside.join(" · ")}</span>
            </div>
            <ul class="rows">
                {lines.map(|(at, line)| view! { <OneLine desk at=first + at line/> }).collect_view()}
            </ul>
        </section>
    }
}

#[component]
fn OneLine(desk: Desk, at: usize, line: PlanLine) -> impl IntoView {
    let language = use_language();
    let row = desk.rows.with_value(|rows| rows[at]);
    let money = line.reason.money;
    let why = language.region_plan_why(
        format::money(money.sales_saved_minor),
        format::money(-money.sales_lost_minor),
        format::money(-money.transport_minor),
    );
    let bounds = [
        language.region_plan_spare(format::number(row.surplus_units)),
        language.region_plan_wants(format::number(row.wanted_units)),
    ];
    let mistake_id = format!("line-{at}-mistake");
    let mistake = move || desk.mistake(at, language);
    let is_bad = move || mistake().is_some();
    let fate = move || {
        row.fate.get().map(|fate| match fate {
            LineFate::Requested(transfer) => view! {
                <a class="region-plan__done" href=format!("/transfers/{transfer}")>
                    <Badge tone=Tone::Good>{language.region_plan_requested()}</Badge>
                    {transfer.spoken()}
                </a>
            }
            .into_any(),
            LineFate::NotSpare { left_units } => {
                view! { <span class="field__error">{language.region_plan_not_spare(format::number(left_units))}</span> }
                    .into_any()
            }
            LineFate::Refused(why) => view! { <span class="field__error">{language.refusal(&why)}</span> }.into_any(),
            LineFate::NotInPlan => {
                view! { <span class="field__error">{language.region_plan_not_in_plan()}</span> }.into_any()
            }
        })
    };
    let is_fixed = move || row.is_requested() || desk.is_busy.get();
    view! {
        <li class="row plan-line" class:plan-line--out=move || !row.is_accepted.get()>
            <label class="tick">
                <input
                    class="tick__input"
                    type="checkbox"
                    aria-label=language.region_plan_accept(&line.name)
                    prop:checked=move || row.is_accepted.get()
                    checked=true
                    disabled=is_fixed
                    on:change=move |event| row.is_accepted.set(event_target_checked(&event))
                />
            </label>
            <span class="row__main">
                <span class="row__title">{line.name.clone()}</span>
                <span class="row__sub">{line.sku.to_string()} " · " {bounds.join(" · ")}</span>
                <span class="row__sub">{why}</span>
                {fate}
            </span>
            <span class="plan-line__units">
                <input
                    class="field__control"
                    type="number"
                    inputmode="numeric"
                    min="1"
                    max="1000000"
                    step="1"
                    aria-label=language.region_plan_units(&line.name)
                    aria-invalid=move || is_bad().to_string()
                    aria-describedby=mistake_id.clone()
                    disabled=move || is_fixed() || !row.is_accepted.get()
                    prop:value=move || row.typed.get()
                    value=line.units.to_string()
                    on:input=move |event| row.typed.set(event_target_value(&event))
                />
                <span class="field__error" id=mistake_id>{mistake}</span>
            </span>
        </li>
    }
}
