//! Alarms and their follow-up: who looks into each, until when, and what it was.

use crate::backend::{read_case_counts, read_cases};
use crate::component::badge::{Badge, Tone};
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::Glyph;
use crate::component::load_state::{Empty, LoadState};
use crate::component::page_head::PageHead;
use crate::component::trace_tabs::{TracePart, TraceTabs};
use crate::device::{Device, StoreTrouble, record, refused_cases, use_device};
use crate::format;
use crate::page::trace::trace_href;
use crate::session::use_session;
use crate::text::use_language;
use domain::accept::Refusal;
use domain::case::{CaseList, CaseOutcome, CasePage as Listed, CaseRow, Severity};
use domain::event::{EventBody, Flag};
use domain::id::PersonId;
use domain::instant::Timestamp;
use domain::trace::SubjectKind;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use std::time::Duration;

/// When to look whether the server has taken what was recorded: the queue tells as well, this is for when it does not.
const LOOKS: [Duration; 3] = [Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(6)];

/// The alarms.
#[component]
pub fn CasesPage() -> impl IntoView {
    let query = use_query_map();
    let cases = Resource::new_blocking(move || query.read().get("list"), read_cases);
    view! { <LoadState resource=cases show=|listed| view! { <Cases listed/> }/> }
}

/// How many alarms of the viewer's stores are overdue; asked once, when the page lives.
#[must_use]
pub fn overdue_count() -> RwSignal<u32> {
    let n_overdue = RwSignal::new(0);
    let follows = use_session().may(domain::policy::Action::FollowUp);
    Effect::new(move |_| {
        if follows {
            spawn_local(async move {
                if let Ok(counts) = read_case_counts().await {
                    let _ = n_overdue.try_set(counts.n_overdue);
                }
            });
        }
    });
    n_overdue
}

/// What a row can do.
#[derive(Clone, Copy)]
struct Desk {
    device: Device,
    viewer: StoredValue<Option<PersonId>>,
    listed: RwSignal<Listed>,
    /// The row whose closing form is open.
    closing: RwSignal<Option<String>>,
    /// Rows about which something is on its way.
    sending: RwSignal<Vec<String>>,
    trouble: RwSignal<Option<StoreTrouble>>,
    refused: RwSignal<Vec<Refusal>>,
}

impl Desk {
    fn reload(self) {
        let Some(list) = self.listed.try_with_untracked(|listed| listed.list) else { return };
        spawn_local(async move {
            if let Ok(listed) = read_cases(Some(list.code().to_owned())).await
                && self.listed.try_get_untracked().is_some_and(|before| before != listed)
            {
                self.sending.set(Vec::new());
                self.listed.set(listed);
            }
            let refused = refused_cases().await;
            if !refused.is_empty() && self.refused.try_get_untracked().is_some() {
                self.sending.set(Vec::new());
                self.refused.set(refused);
            }
        });
    }

    /// Records an event; it goes up by itself.
    fn send(self, row: &CaseRow, body: EventBody) {
        let Some(viewer) = self.viewer.get_value() else { return };
        let (key, store) = (key_of(row), row.store.clone());
        self.closing.set(None);
        self.refused.set(Vec::new());
        self.sending.update(|sending| sending.push(key));
        record(self.device, store, viewer, body, move |kept| match kept {
            Ok(()) => {
                self.trouble.set(None);
                LOOKS.into_iter().for_each(|after| set_timeout(move || self.reload(), after));
            }
            Err(trouble) => {
                self.sending.set(Vec::new());
                self.trouble.set(Some(trouble));
            }
        });
    }
}

fn key_of(row: &CaseRow) -> String {
    format!("{}-{}", row.event, row.case.flag.code())
}

#[component]
fn Cases(listed: Listed) -> impl IntoView {
    let language = use_language();
    let now = listed.now;
    let list = listed.list;
    let device = use_device();
    let viewer = StoredValue::new(use_session().viewer.map(|viewer| viewer.id));
    let desk = Desk {
        device,
        viewer,
        listed: RwSignal::new(listed),
        closing: RwSignal::new(None),
        sending: RwSignal::new(Vec::new()),
        trouble: RwSignal::new(None),
        refused: RwSignal::new(Vec::new()),
    };
    Effect::new(move |before: Option<()>| {
        device.outbox.track();
        device.n_changes.track();
        if before.is_some() {
            desk.reload();
        }
    });
    let tab = move |of: CaseList| {
        let n = move || {
            desk.listed.with(|listed| match of {
                CaseList::Open => format!(" {}", listed.counts.n_open),
                CaseList::Mine => format!(" {}", listed.counts.n_mine),
                CaseList::Overdue => format!(" {}", listed.counts.n_overdue),
                CaseList::Closed => String::new(),
            })
        };
        let current = (of == list).then_some("true");
        view! {
            <a class="segment" href=format!("/cases?list={}", of.code()) rel="external" aria-current=current>
                {language.case_list(of)} {n}
            </a>
        }
    };
    let unowned = move || {
        let n = desk.listed.with(|listed| listed.counts.n_unowned);
        (n > 0).then(|| {
            view! { <Banner tone=Tone::Warn><p>{language.cases_unowned(format::number(n.into()))}</p></Banner> }
        })
    };
    let troubles = move || {
        let storing = desk.trouble.get().map(|_| language.case_storing_failed().to_owned());
        let refused = desk.refused.with(|refused| refused.iter().map(|why| language.refusal(why)).collect::<Vec<_>>());
        let texts = storing.into_iter().chain(refused);
        texts.map(|text| view! { <Banner tone=Tone::Bad><p>{text}</p></Banner> }).collect_view()
    };
    let is_empty = Memo::new(move |_| desk.listed.with(|listed| listed.cases.is_empty()));
    let n_more = move || {
        let n = desk.listed.with(|listed| listed.n_more);
        (n > 0).then(|| view! { <p class="cases__more muted">{language.cases_more(format::number(n.into()))}</p> })
    };
    let key = |row: &CaseRow| format!("{} {:?} {:?}", key_of(row), row.owner_name, row.case.closed);
    view! {
        <div class="page">
            <PageHead title=language.cases_title() sub=language.cases_sub()/>
            <TraceTabs part=TracePart::Cases/>
            <nav class="segments" aria-label=language.case_lists()>
                {CaseList::ALL.map(tab).collect_view()}
            </nav>
            {unowned}
            {troubles}
            <Show
                when=move || !is_empty.get()
                fallback=move || {
                    view! { <Empty glyph=Glyph::Check title=language.no_cases_title() text=language.no_cases_text()/> }
                }
            >
                <section class="card card--flush">
                    <ul class="cases">
                        <For each=move || desk.listed.get().cases key=key let:row>
                            <Row row desk now/>
                        </For>
                    </ul>
                    {n_more}
                </section>
            </Show>
        </div>
    }
}

#[component]
fn Row(row: CaseRow, desk: Desk, now: Timestamp) -> impl IntoView {
    let language = use_language();
    let zone = row.zone_offset;
    let moment = |at| format::moment(at, now, zone);
    let (key, key_closing) = (key_of(&row), key_of(&row));
    let is_late = row.case.is_overdue(now);
    let (tone, severity) = match row.severity {
        Severity::High => (Tone::Bad, language.severity_high()),
        Severity::Medium => (Tone::Warn, language.severity_medium()),
        Severity::Low => (Tone::Plain, language.severity_low()),
    };
    let owner = row.owner_name.clone().map_or_else(|| language.case_no_owner().to_owned(), |n| language.case_owner(n));
    let facts = [
        format!("{} {}", language.name(&row.store_name), row.store),
        language.case_about(&row.about_name),
        language.case_raised(moment(row.case.raised_at)),
        owner,
    ];
    let ending = match &row.case.closed {
        Some(closing) => {
            let by = row.closed_by_name.clone().unwrap_or_default();
            let note = closing.note.clone().map(|note| language.trace_note(note));
            let parts = [
                Some(language.case_outcome(closing.outcome).to_owned()),
                note,
                Some(language.case_closed_by(by, moment(closing.at))),
            ];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        }
        None if is_late => language.case_late(moment(row.due_at)),
        None => language.case_due(moment(row.due_at)),
    };
    let see = {
        let store = row.store.to_string();
        let flag = trace_href(SubjectKind::Flag, row.case.flag.code(), &store);
        let person = trace_href(SubjectKind::Person, row.case.about.as_str(), &store);
        let path = if row.case.flag == Flag::SequenceGap { person } else { flag };
        format!("{path}&before={}", row.case.seq + 1)
    };
    let may = row.may_follow_up;
    let is_own = row.case.closed.is_none() && !may;
    let usual = button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words);
    let primary = button_class(ButtonKind::Primary, ButtonSize::Usual, ButtonWidth::Words);
    let take_text = if row.case.taken.is_some() { language.case_take_over() } else { language.case_take() };
    let is_mine = row.case.taken.as_ref().is_some_and(|taken| Some(&taken.by) == desk.viewer.get_value().as_ref());
    let row = StoredValue::new(row);
    let take = move |_| {
        row.with_value(|row| desk.send(row, EventBody::CaseTaken { cites: row.event, flag: row.case.flag }));
    };
    let is_sending = move || desk.sending.with(|sending| sending.contains(&key));
    let key_form = key_closing.clone();
    let is_closing = move || desk.closing.with(|closing| closing.as_deref() == Some(&*key_form));
    let open_form = move |_| desk.closing.set(Some(key_closing.clone()));
    view! {
        <li class="case">
            <div class="case__head">
                <span class="case__title">{row.with_value(|row| language.flag(row.case.flag))}</span>
                <Badge tone>{language.severity_of(severity)}</Badge>
                {is_late.then(|| view! { <Badge tone=Tone::Bad>{language.cases_overdue()}</Badge> })}
            </div>
            <p class="case__facts">{facts.join(" · ")}</p>
            <p class="case__facts">{ending}</p>
            <div class="case__actions">
                <a class=usual.clone() href=see>{language.case_see_event()}</a>
                {may
                    .then(|| {
                        view! {
                            {(!is_mine)
                                .then(|| {
                                    view! {
                                        <button class=usual.clone() type="button" on:click=take>{take_text}</button>
                                    }
                                })}
                            <button class=primary type="button" on:click=open_form>{language.case_close()}</button>
                        }
                    })}
                {is_own.then(|| view! { <span class="muted">{language.case_own()}</span> })}
            </div>
            <div role="status">
                {move || is_sending().then(|| view! { <p class="muted">{language.case_sending()}</p> })}
            </div>
            {move || is_closing().then(|| view! { <ClosingForm row desk/> })}
        </li>
    }
}

/// What it was, and what was found.
#[component]
fn ClosingForm(row: StoredValue<CaseRow>, desk: Desk) -> impl IntoView {
    let language = use_language();
    let outcome = RwSignal::new(CaseOutcome::Explained);
    let note = RwSignal::new(String::new());
    let is_missing = RwSignal::new(false);
    let options = CaseOutcome::ALL
        .map(|outcome| view! { <option value=outcome.code()>{language.case_outcome(outcome)}</option> })
        .collect_view();
    let choose = move |event| {
        if let Some(chosen) = CaseOutcome::from_code(&event_target_value(&event)) {
            outcome.set(chosen);
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = note.get_untracked().trim().to_owned();
        if text.is_empty() && outcome.get_untracked().needs_note() {
            is_missing.set(true);
            return;
        }
        row.with_value(|row| {
            let (cites, flag) = (row.event, row.case.flag);
            let note = (!text.is_empty()).then_some(text);
            desk.send(row, EventBody::CaseClosed { cites, flag, outcome: outcome.get_untracked(), note });
        });
    };
    let primary = button_class(ButtonKind::Primary, ButtonSize::Usual, ButtonWidth::Words);
    let usual = button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words);
    view! {
        <form class="case__form" on:submit=submit aria-label=language.case_close_title()>
            <label class="field">
                <span class="field__label">{language.case_outcome_label()}</span>
                <select class="select field__control" name="outcome" on:change=choose>{options}</select>
            </label>
            <label class="field">
                <span class="field__label">{language.case_note_label()}</span>
                <textarea
                    class="field__control"
                    name="note"
                    rows="3"
                    maxlength="256"
                    aria-invalid=move || is_missing.get().to_string()
                    aria-describedby="case-note-error"
                    on:input=move |event| {
                        note.set(event_target_value(&event));
                        is_missing.set(false);
                    }
                ></textarea>
                <span class="field__error" id="case-note-error" role="alert">
                    {move || is_missing.get().then(|| language.case_note_needed())}
                </span>
            </label>
            <div class="case__actions">
                <button class=primary type="submit">{language.case_close()}</button>
                <button class=usual type="button" on:click=move |_| desk.closing.set(None)>
                    {language.case_cancel()}
                </button>
            </div>
        </form>
    }
}
