//! How far stores can be relied on: the score, its trend, and every point with the event that made it. What is against
//! a store it may dispute; an auditor or headquarters decides.

use crate::backend::{read_credit, read_credits};
use crate::component::badge::{Badge, Tone};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::figure::{Figure, Figures};
use crate::component::icon::{Glyph, Icon};
use crate::component::load_state::{Empty, LoadState};
use crate::component::page_head::{Crumb, Crumbs, PageHead};
use crate::component::teller::{Teller, TellerAnswer, use_teller};
use crate::format;
use crate::session::use_session;
use crate::text::{Language, use_language};
use domain::credit::{Appeal, Band, Counted, CreditEvent, CreditList, CreditPage as Shown, CreditRow, PointKey};
use domain::event::EventBody;
use domain::id::PersonId;
use domain::policy::Scope;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;

fn band_tone(band: Band) -> Tone {
    match band {
        Band::Low => Tone::Bad,
        Band::Normal => Tone::Info,
        Band::High => Tone::Good,
    }
}

fn trend(language: Language, by: i32) -> String {
    match by {
        0 => language.credit_trend_flat().to_owned(),
        1.. => language.credit_trend_up(by),
        _ => language.credit_trend_down(by.unsigned_abs()),
    }
}

/// The credit of one store, or of each that the viewer answers for.
#[component]
pub fn CreditPage() -> impl IntoView {
    let query = use_query_map();
    let own = match use_session().viewer.map(|viewer| viewer.scope) {
        Some(Scope::Store(own)) => Some(own.to_string()),
        _ => None,
    };
    let store = Memo::new(move |_| query.read().get("store").filter(|text| !text.is_empty()).or_else(|| own.clone()));
    move || match store.get() {
        Some(store) => {
            let credit = Resource::new_blocking(|| (), move |()| read_credit(store.clone()));
            view! { <LoadState resource=credit show=|shown| view! { <OfStore shown/> }/> }.into_any()
        }
        None => {
            let credits = Resource::new_blocking(|| (), |()| read_credits());
            view! { <LoadState resource=credits show=|list| view! { <OfStores list/> }/> }.into_any()
        }
    }
}

#[component]
fn OfStores(list: CreditList) -> impl IntoView {
    let language = use_language();
    let row = |row: CreditRow| {
        let disputes = (row.n_disputes > 0).then(|| {
            view! { <Badge tone=Tone::Warn>{language.credit_n_disputes(row.n_disputes)}</Badge> }
        });
        view! {
            <li>
                <a class="row" href=format!("/credit?store={}", row.store.code)>
                    <span class="row__main">
                        <span class="row__title">{language.name(&row.store.name)}</span>
                        <span class="row__sub">{format!("{} · {}", row.store.code, trend(language, row.trend))}</span>
                        {disputes}
                    </span>
                    <Badge tone=band_tone(row.band)>{language.band_short(row.band)}</Badge>
                    <span class="row__end"><span class="row__figure">{row.score}</span></span>
                    <Icon glyph=Glyph::Go/>
                </a>
            </li>
        }
    };
    let n_more = (list.n_more > 0)
        .then(|| view! { <p class="muted">{language.credit_more(format::number(list.n_more.into()))}</p> });
    view! {
        <div class="page">
            <div>
                <CreditCrumbs last=None/>
                <PageHead title=language.credit_title() sub=language.credit_sub().to_owned()/>
            </div>
            <section class="card card--flush">
                <ul class="rows">{list.rows.into_iter().map(row).collect_view()}</ul>
            </section>
            {n_more}
        </div>
    }
}

#[component]
fn CreditCrumbs(last: Option<String>) -> impl IntoView {
    let language = use_language();
    let mut steps = vec![Crumb::link(language.transfers_title(), "/transfers")];
    match last.filter(|_| use_session().sees_several_stores()) {
        Some(last) => steps.extend([Crumb::link(language.credit_title(), "/credit"), Crumb::here(last)]),
        None => steps.push(Crumb::here(language.credit_title())),
    }
    view! { <Crumbs steps/> }
}

/// What the points share.
#[derive(Clone, Copy)]
struct Desk {
    language: Language,
    shown: RwSignal<Shown>,
    teller: Teller,
    /// The point whose form is open.
    open: RwSignal<Option<PointKey>>,
    /// What follows what was said: the form goes, and the page is read anew. It outlives the form.
    said: StoredValue<Option<Callback<()>>>,
}

impl Desk {
    fn say(self, said: CreditEvent, done: &'static str) {
        let Some(then) = self.said.get_value() else { return };
        self.teller.tell(vec![EventBody::Credit(said)], done.to_owned(), then);
    }

    /// Reads the credit anew.
    fn reload(self) {
        let Some(store) = self.shown.try_with_untracked(|shown| shown.store.code.to_string()) else { return };
        spawn_local(async move {
            if let Ok(fresh) = read_credit(store).await {
                let _ = self.shown.try_set(fresh);
            }
        });
    }

    fn person(self, shown: &Shown, id: &PersonId) -> String {
        shown.people.get(id).cloned().unwrap_or_else(|| id.to_string())
    }
}

#[component]
fn OfStore(shown: Shown) -> impl IntoView {
    let language = use_language();
    let name = language.name(&shown.store.name);
    let teller = use_teller(shown.store.code.clone());
    let desk =
        Desk { language, shown: RwSignal::new(shown), teller, open: RwSignal::new(None), said: StoredValue::new(None) };
    let then = Callback::new(move |()| {
        desk.open.set(None);
        desk.reload();
    });
    desk.said.set_value(Some(then));
    let head = move || {
        desk.shown.with(|shown| {
            let (score, band, by) = (shown.credit.score.to_string(), shown.credit.band, shown.credit.trend);
            view! {
                <section class="card" aria-label=language.credit_title()>
                    <div class="card__body transfer__state">
                        <Figures>
                            <Figure
                                label=language.credit_title()
                                value=score
                                note=language.credit_out_of().to_owned()
                            />
                        </Figures>
                        <div class="credit__facts">
                            <Badge tone=band_tone(band)>{language.band(band)}</Badge>
                            <span>{trend(language, by)}</span>
                        </div>
                        <p class="muted">{language.credit_explain()}</p>
                    </div>
                </section>
            }
        })
    };
    let points = move || {
        let (points, may_dispute, may_judge) =
            desk.shown.with(|shown| (shown.credit.points.clone(), shown.may_dispute, shown.may_judge));
        if points.is_empty() {
            let (title, text) = (language.credit_none_title(), language.credit_none_text());
            return view! { <Empty glyph=Glyph::Check title text/> }.into_any();
        }
        let rows = points.into_iter().map(|of| view! { <PointRow desk of may_dispute may_judge/> }).collect_view();
        view! {
            <section class="card card--flush" aria-labelledby="credit-points">
                <div class="card__head"><h2 class="card__title" id="credit-points">{language.credit_points()}</h2></div>
                <ul class="cases">{rows}</ul>
            </section>
        }
        .into_any()
    };
    view! {
        <div class="page">
            <div>
                <CreditCrumbs last=Some(name.clone())/>
                <PageHead title=language.credit_title() sub=name/>
            </div>
            <div role="status"><TellerAnswer teller/></div>
            {head}
            {points}
        </div>
    }
}

/// Thousandths of a point with a sign: `+0.50`.
fn weight(milli: i64) -> String {
    let sign = if milli < 0 { "−" } else { "+" };
    format!("{sign}{}.{:02}", milli.abs() / 1_000, milli.abs() % 1_000 / 10)
}

#[component]
fn PointRow(desk: Desk, of: Counted, may_dispute: bool, may_judge: bool) -> impl IntoView {
    let language = desk.language;
    let (point, appeal) = (of.point.clone(), of.appeal.clone());
    let key = point.key;
    let transfer = format!("/transfers/{}", point.transfer);
    let (facts, said) = desk.shown.with_untracked(|shown| {
        let with = shown.stores.iter().find(|named| named.code == point.with);
        let with = with.map_or_else(|| point.with.to_string(), |named| language.name(&named.name));
        let event = point.key.event.to_string();
        let facts = [
            format::moment(point.at, shown.now, shown.store.zone_offset),
            language.credit_with(with),
            language.credit_event(&event[event.len() - 6..]),
            language.credit_counts(weight(of.counts)),
        ];
        (facts.join(" · "), said(desk, shown, &appeal))
    });
    let tone = if point.weight < 0 { Tone::Bad } else { Tone::Good };
    let is_open = move || desk.open.get() == Some(key);
    let disputes = may_dispute && point.may_be_disputed(&appeal);
    let judges = may_judge && appeal.is_open();
    let button = (disputes || judges).then(|| {
        let words = if judges { language.appeal_judge() } else { language.appeal() };
        view! {
            <button
                class="button"
                type="button"
                aria-expanded=move || is_open().to_string()
                on:click=move |_| desk.open.update(|open| *open = (*open != Some(key)).then_some(key))
            >
                {words}
            </button>
        }
    });
    view! {
        <li class="case">
            <div class="case__head">
                <span class="case__title">{language.credit_point_kind(point.kind())}</span>
                <Badge tone>{language.credit_point(weight(point.weight))}</Badge>
            </div>
            <p class="case__facts">{facts}</p>
            {said.map(|text| view! { <p class="case__facts">{text}</p> })}
            <div class="case__actions">
                <a class="button" href=transfer>{point.transfer.spoken()}</a>
                {button}
            </div>
            {move || is_open().then(|| view! { <Said desk key judges/> })}
        </li>
    }
}

/// What was said about a point.
fn said(desk: Desk, shown: &Shown, appeal: &Appeal) -> Option<String> {
    let language = desk.language;
    let disputed = appeal.disputed.as_ref()?;
    let by = desk.person(shown, &disputed.by);
    let Some((judged, is_granted)) = &appeal.judged else {
        return Some(format!("{} · “{}”", language.appeal_open(by), disputed.note));
    };
    let judge = desk.person(shown, &judged.by);
    let verdict = if *is_granted { language.appeal_granted(judge) } else { language.appeal_refused(judge) };
    Some(format!("“{}” · {verdict} · “{}”", disputed.note, judged.note))
}

/// The form: why the point is not deserved, or why it stands or falls.
#[component]
fn Said(desk: Desk, key: PointKey, judges: bool) -> impl IntoView {
    let language = desk.language;
    let note = RwSignal::new(String::new());
    let is_missing = RwSignal::new(false);
    let say = move |is_granted: bool| {
        let text = note.get_untracked().trim().to_owned();
        if text.is_empty() {
            is_missing.set(true);
        } else if judges {
            desk.say(CreditEvent::Judged { point: key, is_granted, note: text }, language.appeal_judged());
        } else {
            desk.say(CreditEvent::Disputed { point: key, note: text }, language.appeal_sent());
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        say(true);
    };
    let error_id = format!("appeal-{}-{}", key.event, key.kind.code());
    let primary = button_class(ButtonKind::Primary, ButtonSize::Usual, ButtonWidth::Words);
    let label = if judges { language.appeal_why() } else { language.appeal_title() };
    let words = if judges { language.appeal_grant() } else { language.appeal_send() };
    view! {
        <form class="case__form" novalidate on:submit=submit>
            <label class="field">
                <span class="field__label">{label}</span>
                <textarea
                    class="field__control"
                    rows="3"
                    maxlength="200"
                    aria-invalid=move || is_missing.get().to_string()
                    aria-describedby=error_id.clone()
                    on:input:target=move |event| {
                        note.set(event.target().value());
                        is_missing.set(false);
                    }
                ></textarea>
                <span class="field__error" id=error_id.clone() role="alert">
                    {move || is_missing.get().then(|| language.take_note_needed())}
                </span>
            </label>
            <div class="case__actions">
                <button class=primary type="submit" disabled=move || desk.teller.is_busy()>{words}</button>
                {judges
                    .then(|| view! {
                        <button
                            class="button"
                            type="button"
                            disabled=move || desk.teller.is_busy()
                            on:click=move |_| say(false)
                        >
                            {language.appeal_refuse()}
                        </button>
                    })}
                <button class="button" type="button" on:click=move |_| desk.open.set(None)>{language.take_close()}</button>
            </div>
        </form>
    }
}
