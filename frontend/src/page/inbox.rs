//! The inbox: everything a person was told, and what they can say to it.

use crate::backend::{Inbox, InboxRow, answer_message, read_inbox};
use crate::component::badge::{Badge, Tone};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::Glyph;
use crate::component::load_state::{Empty, LoadState};
use crate::component::page_head::PageHead;
use crate::format;
use crate::session::use_session;
use crate::text::use_language;
use domain::instant::Timestamp;
use domain::message::{Act, Button, Message, Reason};
use domain::policy::Action;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The viewer's messages.
#[component]
pub fn InboxPage() -> impl IntoView {
    let inbox = Resource::new_blocking(|| (), |()| read_inbox());
    view! { <LoadState resource=inbox show=|inbox| view! { <Rows inbox/> }/> }
}

#[component]
fn Rows(inbox: Inbox) -> impl IntoView {
    let language = use_language();
    let sees_log = use_session().may(Action::ManagePeople);
    let Inbox { now, rows } = inbox;
    let list = if rows.is_empty() {
        view! { <Empty glyph=Glyph::Check title=language.inbox_empty_title() text=language.inbox_empty_text()/> }
            .into_any()
    } else {
        let rows = rows.into_iter().map(|row| view! { <Row row now/> }).collect_view();
        view! {
            <section class="card card--flush">
                <ul class="cases">{rows}</ul>
            </section>
        }
        .into_any()
    };
    view! {
        <div class="page">
            <PageHead title=language.inbox_title() sub=language.inbox_sub()/>
            {sees_log
                .then(|| view! { <p><a class="button" href="/deliveries">{language.deliveries_link()}</a></p> })}
            {list}
        </div>
    }
}

#[component]
fn Row(row: InboxRow, now: Timestamp) -> impl IntoView {
    let language = use_language();
    let InboxRow { message, zone_offset, is_new, outcome } = row;
    let Message { id, link, title, facts, buttons, reasons, at, .. } = message;
    let facts = facts.into_iter().map(|fact| view! { <dt>{fact.name}</dt><dd>{fact.value}</dd> }).collect_view();
    // What is answered here shows what became of it.
    let outcome = RwSignal::new(outcome);
    let shown = move || outcome.get().map(|text| view! { <p role="status"><strong>{text}</strong></p> });
    view! {
        <li class="case" id=id.to_string()>
            <div class="case__head">
                <span class="case__title">{title}</span>
                {is_new.then(|| view! { <Badge tone=Tone::Info>{language.inbox_new()}</Badge> })}
            </div>
            <p class="case__facts">
                <time datetime=format::machine_time(at, zone_offset)>{format::moment(at, now, zone_offset)}</time>
            </p>
            <dl class="facts">{facts}</dl>
            {shown}
            <Answers message=id.to_string() buttons reasons outcome/>
            <p><a class="button" href=link.path>{language.message_open()}</a></p>
        </li>
    }
}

/// The buttons, as long as nothing has become of the question.
#[component]
fn Answers(
    message: String,
    buttons: Vec<Button>,
    reasons: Vec<Reason>,
    outcome: RwSignal<Option<String>>,
) -> impl IntoView {
    let language = use_language();
    let message = StoredValue::new(message);
    let (is_sending, has_failed) = (RwSignal::new(false), RwSignal::new(false));
    let reason = RwSignal::new(reasons.first().map(|reason| reason.code.clone()));
    let send = move |act: Act| {
        is_sending.set(true);
        let reason = reason.get_untracked().filter(|_| act == Act::Decline);
        spawn_local(async move {
            let answered = answer_message(message.get_value(), act.code().to_owned(), reason).await;
            let _ = has_failed.try_set(answered.is_err());
            let _ = outcome.try_set(answered.ok());
            let _ = is_sending.try_set(false);
        });
    };
    let has_choice = buttons.iter().any(|button| button.act == Act::Decline) && reasons.len() > 1;
    let options = StoredValue::new(reasons);
    let buttons = StoredValue::new(buttons);
    let choice = move || {
        has_choice.then(|| {
            let options = options
                .get_value()
                .into_iter()
                .map(|reason| view! { <option value=reason.code>{reason.text}</option> });
            view! {
                <label class="field">
                    <span class="field__label">{language.inbox_reason_label()}</span>
                    <select
                        class="select field__control"
                        on:change=move |event| reason.set(Some(event_target_value(&event)))
                    >
                        {options.collect_view()}
                    </select>
                </label>
            }
        })
    };
    let actions = move || {
        let button = |button: Button| {
            let act = button.act;
            let kind = if act == Act::Decline { ButtonKind::Usual } else { ButtonKind::Primary };
            let class = button_class(kind, ButtonSize::Usual, ButtonWidth::Words);
            view! {
                <button class=class type="button" disabled=move || is_sending.get() on:click=move |_| send(act)>
                    {button.text}
                </button>
            }
        };
        view! { <div class="case__actions">{buttons.get_value().into_iter().map(button).collect_view()}</div> }
    };
    let failure = move || has_failed.get().then(|| view! { <p role="alert">{language.inbox_not_sent()}</p> });
    let is_open = move || outcome.with(Option::is_none) && buttons.with_value(|buttons| !buttons.is_empty());
    view! {
        <Show when=is_open>
            <div class="case__form">{choice()} {actions()} {failure}</div>
        </Show>
    }
}
