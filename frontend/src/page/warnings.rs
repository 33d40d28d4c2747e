//! Warnings: why each was raised, with its figures, what is advised, who does something about it, and how it ended.

use crate::backend::{
    Answered, BackendError, Deed, WarningList, WarningPage, WarningRow, close_warning, read_warning_deeds,
    read_warnings, severity_code, take_warning,
};
use crate::component::badge::{Badge, Tone};
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::Glyph;
use crate::component::load_state::{Empty, LoadState};
use crate::component::page_head::PageHead;
use crate::format;
use crate::session::use_session;
use crate::text::{Language, use_language};
use domain::case::Severity;
use domain::firing::FiringOutcome;
use domain::id::{PersonId, StoreCode};
use domain::instant::Timestamp;
use domain::master::Name;
use domain::rule::Advice;
use domain::rule::wording::because;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;

/// The severities, the worst first.
const SEVERITIES: [Severity; 3] = [Severity::High, Severity::Medium, Severity::Low];

/// The warnings.
#[component]
pub fn WarningsPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move || {
        let query = query.read();
        (query.get("list"), query.get("store"), query.get("severity"))
    };
    let warnings = Resource::new_blocking(asked, |(list, store, severity)| read_warnings(list, store, severity));
    view! { <LoadState resource=warnings show=|page| view! { <Warnings page/> }/> }
}

/// What a row can do.
#[derive(Clone, Copy)]
struct Desk {
    language: Language,
    viewer: StoredValue<Option<PersonId>>,
    page: RwSignal<WarningPage>,
    /// The row whose closing form is open.
    closing: RwSignal<Option<String>>,
    /// The row about which something is on its way.
    sending: RwSignal<Option<String>>,
    trouble: RwSignal<Option<String>>,
}

impl Desk {
    async fn reload(self) {
        let Some(ask) = self.page.try_with_untracked(|page| page.ask.clone()) else { return };
        let severity = ask.severity.map(|severity| severity_code(severity).to_owned());
        let fresh = read_warnings(Some(ask.list.code().to_owned()), ask.store.map(String::from), severity).await;
        if let Ok(fresh) = fresh {
            let _ = self.page.try_set(fresh);
        }
    }

    /// Does it, and shows how the warnings stand then.
    fn answer<F>(self, id: String, ask: F)
    where
        F: Future<Output = Result<Answered, BackendError>> + 'static,
    {
        let language = self.language;
        self.sending.set(Some(id));
        self.trouble.set(None);
        spawn_local(async move {
            let trouble = match ask.await {
                Ok(Answered::Done) => None,
                Ok(Answered::Refused(why)) => Some(language.firing_error(&why)),
                Ok(Answered::Outdated) => Some(language.warning_outdated().to_owned()),
                Err(_) => Some(language.warning_failed().to_owned()),
            };
            if trouble.is_none() {
                let _ = self.closing.try_set(None);
            }
            let _ = self.trouble.try_set(trouble);
            self.reload().await;
            let _ = self.sending.try_set(None);
        });
    }
}

#[component]
fn Warnings(page: WarningPage) -> impl IntoView {
    let language = use_language();
    let now = page.now;
    let ask = page.ask.clone();
    let stores = page.stores.clone();
    let desk = Desk {
        language,
        viewer: StoredValue::new(use_session().viewer.map(|viewer| viewer.id)),
        page: RwSignal::new(page),
        closing: RwSignal::new(None),
        sending: RwSignal::new(None),
        trouble: RwSignal::new(None),
    };
    let tab = move |of: WarningList| {
        let n = move || {
            desk.page.with(|page| match of {
                WarningList::Told => format!(" {}", page.n_told),
                WarningList::Open => format!(" {}", page.n_open),
                WarningList::Closed => String::new(),
            })
        };
        let current = (of == ask.list).then_some("true");
        view! {
            <a class="segment" href=format!("/warnings?list={}", of.code()) rel="external" aria-current=current>
                {language.warning_list(of)}
                {n}
            </a>
        }
    };
    let trouble = move || desk.trouble.get().map(|text| view! { <Banner tone=Tone::Bad><p>{text}</p></Banner> });
    let is_empty = Memo::new(move |_| desk.page.with(|page| page.warnings.is_empty()));
    let n_more = move || {
        let n = desk.page.with(|page| page.n_more);
        (n > 0).then(|| view! { <p class="cases__more muted">{language.warnings_more(format::number(n.into()))}</p> })
    };
    let key = |row: &WarningRow| {
        let firing = &row.firing;
        format!("{} {:?} {:?} {}", firing.id, row.owner_name, firing.closed, firing.again_at.len())
    };
    let usual = button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words);
    let (chosen_store, chosen_severity) = (ask.store.clone(), ask.severity);
    view! {
        <div class="page">
            <PageHead title=language.warnings_title() sub=language.warnings_sub()>
                <a class=usual href="/rules">{language.warnings_rules()}</a>
            </PageHead>
            <nav class="segments" aria-label=language.warning_lists()>
                {WarningList::ALL.map(tab).into_iter().collect_view()}
            </nav>
            <Filter list=ask.list stores chosen_store chosen_severity/>
            {trouble}
            <Show
                when=move || !is_empty.get()
                fallback=move || {
                    view! {
                        <Empty
                            glyph=Glyph::Check
                            title=language.warnings_none_title()
                            text=language.warnings_none_text()
                        />
                    }
                }
            >
                <section class="card card--flush">
                    <ul class="cases">
                        <For each=move || desk.page.get().warnings key=key let:row>
                            <Row row desk now/>
                        </For>
                    </ul>
                    {n_more}
                </section>
            </Show>
        </div>
    }
}

/// By store and severity; a form, so that it works without script and has an address.
#[component]
fn Filter(
    list: WarningList,
    stores: Vec<(StoreCode, Name)>,
    chosen_store: Option<StoreCode>,
    chosen_severity: Option<Severity>,
) -> impl IntoView {
    let language = use_language();
    let store_choice = (stores.len() > 1).then(|| {
        let option = |(code, name): (StoreCode, Name)| {
            let is_chosen = chosen_store.as_ref() == Some(&code);
            let text = format!("{} {code}", language.name(&name));
            view! { <option value=code.to_string() selected=is_chosen>{text}</option> }
        };
        view! {
            <label class="field">
                <span class="field__label">{language.store_label()}</span>
                <select class="select field__control" name="store">
                    <option value="">{language.warning_all_stores()}</option>
                    {stores.into_iter().map(option).collect_view()}
                </select>
            </label>
        }
    });
    let severity = |severity: Severity| {
        let is_chosen = chosen_severity == Some(severity);
        view! { <option value=severity_code(severity) selected=is_chosen>{language.severity(severity)}</option> }
    };
    view! {
        <form class="trace-search" method="get" action="/warnings">
            <input type="hidden" name="list" value=list.code()/>
            {store_choice}
            <label class="field">
                <span class="field__label">{language.warning_severity()}</span>
                <select class="select field__control" name="severity">
                    <option value="">{language.warning_all_severities()}</option>
                    {SEVERITIES.map(severity).into_iter().collect_view()}
                </select>
            </label>
            <button class="button" type="submit">{language.warning_filter()}</button>
        </form>
    }
}

#[component]
fn Row(row: WarningRow, desk: Desk, now: Timestamp) -> impl IntoView {
    let language = use_language();
    let firing = &row.firing;
    let (zone, id) = (row.zone_offset, firing.id.to_string());
    let moment = |at| format::moment(at, now, zone);
    let tone = match firing.severity {
        Severity::High => Tone::Bad,
        Severity::Medium => Tone::Warn,
        Severity::Low => Tone::Plain,
    };
    let again = (!firing.again_at.is_empty())
        .then(|| language.warning_again(format::number(i64::try_from(firing.again_at.len()).unwrap_or(i64::MAX))));
    let facts = [
        Some(format!("{} {}", language.name(&row.store_name), firing.store)),
        Some(format!("{} {}", row.sku_name, firing.sku)),
        Some(language.warning_raised(moment(firing.raised_at))),
        again,
        firing.cleared_at.map(|_| language.warning_cleared().to_owned()),
        row.owner_name.as_ref().map(|name| language.warning_owner(name)),
    ];
    let facts = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let reasons = because(&firing.reasons, &language);
    let reasons = reasons.into_iter().map(|reason| view! { <li>{reason}</li> }).collect_view();
    let wants_goods = matches!(firing.advice, Advice::Replenish | Advice::Transfer) && firing.closed.is_none();
    let advice = language.warning_advice(language.advice(firing.advice));
    let order = row.order_units.filter(|_| wants_goods);
    let order_text = order.map(|units| language.warning_order(format::number(units)));
    let transfer = order.map(|units| format!("/transfers/new?store={}&sku={}&units={units}", firing.store, firing.sku));
    let replenish = (firing.advice == Advice::Replenish && firing.closed.is_none())
        .then(|| format!("/replenishment?store={}&sku={}", firing.store, firing.sku));
    let ending = firing.closed.as_ref().map(|closed| {
        let by = row.closed_by_name.clone().unwrap_or_default();
        let ended = language.warning_ended(language.firing_outcome(closed.outcome), by, moment(closed.at));
        [Some(ended), closed.note.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    });
    let cites = row.cites.clone();
    let is_late = firing.is_overdue(now);
    let is_mine = firing.owner().is_some() && firing.owner() == desk.viewer.get_value().as_ref();
    let take_text = if firing.owner().is_some() { language.warning_take_over() } else { language.warning_take() };
    let may = row.may_answer;
    let severity = language.severity_of(language.severity(firing.severity));
    let title = language.name(&row.rule_name);
    let names = StoredValue::new((firing.store.to_string(), id.clone()));
    let take = move |_| {
        let (store, id) = names.get_value();
        desk.answer(id.clone(), take_warning(store, id));
    };
    let open_form = move |_| desk.closing.set(Some(names.get_value().1));
    let (id_sending, id_closing) = (id.clone(), id);
    let is_sending = move || desk.sending.with(|sending| sending.as_ref() == Some(&id_sending));
    let is_closing = move || desk.closing.with(|closing| closing.as_ref() == Some(&id_closing));
    let usual = button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words);
    let primary = button_class(ButtonKind::Primary, ButtonSize::Usual, ButtonWidth::Words);
    let transfer_class = usual.clone();
    let replenish_class = usual.clone();
    view! {
        <li class="case">
            <div class="case__head">
                <span class="case__title">{title}</span>
                <Badge tone>{severity}</Badge>
                {is_late.then(|| view! { <Badge tone=Tone::Bad>{language.cases_overdue()}</Badge> })}
            </div>
            <p class="case__facts">{facts}</p>
            <ul class="warning__reasons">{reasons}</ul>
            <p class="case__facts">{advice} {order_text.map(|text| format!(" · {text}"))}</p>
            {ending
                .map(|ending| {
                    let cites = cites
                        .map(|(number, href)| view! { " · " <a href=href>{number}</a> });
                    view! { <p class="case__facts">{ending} {cites}</p> }
                })}
            <div class="case__actions">
                {replenish
                    .map(|href| view! { <a class=replenish_class href=href>{language.warning_replenish()}</a> })}
                {transfer
                    .filter(|_| may)
                    .map(|href| view! { <a class=transfer_class href=href>{language.warning_transfer()}</a> })}
                {(may && !is_mine)
                    .then(|| {
                        view! {
                            <button class=usual type="button" disabled=is_sending.clone() on:click=take>
                                {take_text}
                            </button>
                        }
                    })}
                {(may && is_mine)
                    .then(|| {
                        view! {
                            <button class=primary type="button" on:click=open_form>{language.warning_close()}</button>
                        }
                    })}
            </div>
            {move || is_closing().then(|| view! { <ClosingForm names desk/> })}
        </li>
    }
}

/// What was done about it.
#[component]
fn ClosingForm(names: StoredValue<(String, String)>, desk: Desk) -> impl IntoView {
    let language = use_language();
    let outcome = RwSignal::new(FiringOutcome::Ordered);
    let note = RwSignal::new(String::new());
    let is_missing = RwSignal::new(false);
    let (deeds, deed) = (RwSignal::new(Vec::<Deed>::new()), RwSignal::new(String::new()));
    Effect::new(move |_| {
        let (store, id) = names.get_value();
        spawn_local(async move {
            // Without them the warning is closed all the same.
            let _ = deeds.try_set(read_warning_deeds(store, id).await.unwrap_or_default());
        });
    });
    let options = FiringOutcome::ALL
        .map(|outcome| view! { <option value=outcome.code()>{language.firing_outcome(outcome)}</option> })
        .into_iter()
        .collect_view();
    let choose = move |event| {
        let chosen = event_target_value(&event);
        if let Some(chosen) = FiringOutcome::ALL.into_iter().find(|outcome| outcome.code() == chosen) {
            outcome.set(chosen);
            deed.set(String::new());
        }
    };
    let chosen_deed = move || {
        let of_outcome: Vec<Deed> = deeds.get().into_iter().filter(|deed| deed.outcome == outcome.get()).collect();
        (!of_outcome.is_empty()).then(|| {
            let option = |deed: Deed| {
                let from = deed.from.map_or_else(|| "–".to_owned(), |from| language.name(&from));
                let text = language.warning_deed(deed.number, from, format::number(deed.units));
                view! { <option value=deed.code>{text}</option> }
            };
            view! {
                <label class="field">
                    <span class="field__label">{language.warning_by_which()}</span>
                    <select
                        class="select field__control"
                        name="deed"
                        on:change=move |event| deed.set(event_target_value(&event))
                    >
                        <option value="">{language.warning_no_deed()}</option>
                        {of_outcome.into_iter().map(option).collect_view()}
                    </select>
                </label>
            }
        })
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = note.get_untracked().trim().to_owned();
        if text.is_empty() && outcome.get_untracked().needs_note() {
            is_missing.set(true);
            return;
        }
        let (store, id) = names.get_value();
        let code = outcome.get_untracked().code().to_owned();
        let deed = Some(deed.get_untracked());
        desk.answer(id.clone(), close_warning(store, id, code, Some(text), deed));
    };
    let primary = button_class(ButtonKind::Primary, ButtonSize::Usual, ButtonWidth::Words);
    let usual = button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words);
    view! {
        <form class="case__form" on:submit=submit aria-label=language.warning_close_title()>
            <label class="field">
                <span class="field__label">{language.warning_outcome()}</span>
                <select class="select field__control" name="outcome" on:change=choose>{options}</select>
            </label>
            {chosen_deed}
            <label class="field">
                <span class="field__label">{language.warning_note()}</span>
                <textarea
                    class="field__control"
                    name="note"
                    rows="3"
                    maxlength="256"
                    aria-invalid=move || is_missing.get().to_string()
                    aria-describedby="warning-note-error"
                    on:input=move |event| {
                        note.set(event_target_value(&event));
                        is_missing.set(false);
                    }
                ></textarea>
                <span class="field__error" id="warning-note-error" role="alert">
                    {move || is_missing.get().then(|| language.firing_note_needed())}
                </span>
            </label>
            <div class="case__actions">
                <button class=primary type="submit">{language.warning_close()}</button>
                <button class=usual type="button" on:click=move |_| desk.closing.set(None)>
                    {language.warning_cancel()}
                </button>
            </div>
        </form>
    }
}
