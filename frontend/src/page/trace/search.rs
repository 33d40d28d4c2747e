//! What to look for: a store, something in it, and what to leave out.

use super::trace_href;
use crate::backend::{read_suggestions, read_suggestions_across};
use crate::component::icon::{Glyph, Icon};
use crate::component::trace_tabs::StoreChoice;
use crate::text::use_language;
use domain::event::Flag;
use domain::id::StoreCode;
use domain::instant::{Day, Timestamp, ZoneOffset};
use domain::master::Name;
use domain::trace::{EventKind, Suggestion, TraceAsk};
use leptos::prelude::*;
use std::time::Duration;

/// How long the fingers rest before the server is asked.
const REST: Duration = Duration::from_millis(250);

/// The store and the search box. Without script the form asks the server and shows the same suggestions.
#[component]
pub fn Search(ask: TraceAsk, typed: String, choices: Vec<(StoreCode, Name)>) -> impl IntoView {
    let language = use_language();
    let store = ask.store.clone();
    let text = RwSignal::new(typed);
    let store_asked = StoredValue::new(store.clone());
    let found = Resource::new_blocking(
        move || text.get(),
        move |typed| {
            let store = store_asked.get_value();
            async move {
                if typed.trim().is_empty() || store.is_empty() {
                    return None;
                }
                let found = match store.as_str() {
                    TraceAsk::ALL_STORES => read_suggestions_across(Some(typed)).await,
                    _ => read_suggestions(store, Some(typed)).await,
                };
                found.ok()
            }
        },
    );
    let rest = StoredValue::new_local(None::<leptos::leptos_dom::helpers::TimeoutHandle>);
    let on_input = move |event| {
        let value = event_target_value(&event);
        rest.update_value(|rest| {
            if let Some(handle) = rest.take() {
                handle.clear();
            }
            *rest = set_timeout_with_handle(move || text.set(value), REST).ok();
        });
    };
    let initial = text.get_untracked();
    let list = move || {
        Suspend::new(async move {
            let store = store_asked.get_value();
            found.await.map(|found| view! { <Suggestions found store/> })
        })
    };
    view! {
        <form class="trace-search" method="get" action="/trace" role="search">
            <StoreChoice choices chosen=store all=language.all_stores()/>
            <label class="field trace-search__words">
                <span class="field__label">{language.search_label()}</span>
                <input
                    class="field__control"
                    type="search"
                    name="q"
                    autocomplete="off"
                    maxlength="64"
                    placeholder=language.search_hint()
                    value=initial
                    on:input=on_input
                />
            </label>
            <button class="button button--primary" type="submit">{language.search()}</button>
        </form>
        <div role="status">
            <Transition fallback=|| ()>{list}</Transition>
        </div>
    }
}

#[component]
fn Suggestions(found: Vec<Suggestion>, store: String) -> impl IntoView {
    let language = use_language();
    if found.is_empty() {
        return view! { <p class="muted">{language.no_suggestions()}</p> }.into_any();
    }
    let row = |one: Suggestion| {
        view! {
            <li>
                <a class="row" href=trace_href(one.subject.kind, &one.subject.key, &store)>
                    <span class="row__main">
                        <span class="row__title">{one.label}</span>
                        <span class="row__sub">{language.subject_kind(one.subject.kind)}</span>
                    </span>
                    <Icon glyph=Glyph::Go/>
                </a>
            </li>
        }
    };
    let rows = found.into_iter().map(row).collect_view();
    view! {
        <section class="card card--flush">
            <h2 class="visually-hidden">{language.suggestions()}</h2>
            <ul class="rows">{rows}</ul>
        </section>
    }
    .into_any()
}

/// What of the events to show: a form that changes the address.
#[component]
pub fn Filters(ask: TraceAsk, now: Timestamp, zone: ZoneOffset) -> impl IntoView {
    let language = use_language();
    let action = match (&ask.subject, &ask.key) {
        (Some(kind), Some(key)) => format!("/trace/{kind}/{}", crate::backend::escape_segment(key)),
        _ => "/trace".to_owned(),
    };
    let is_filtered = [&ask.kind, &ask.person, &ask.flag, &ask.from, &ask.until].into_iter().any(Option::is_some);
    let kinds = EventKind::all()
        .map(|kind| {
            let is_chosen = ask.kind.as_deref() == Some(kind.code());
            view! { <option value=kind.code() selected=is_chosen>{language.event_kind(kind)}</option> }
        })
        .collect_view();
    let flags = Flag::ALL
        .into_iter()
        .filter(|flag| *flag != Flag::SequenceGap)
        .map(|flag| {
            let is_chosen = ask.flag.as_deref() == Some(flag.code());
            view! { <option value=flag.code() selected=is_chosen>{language.flag(flag)}</option> }
        })
        .collect_view();
    let today = Day::at(now, zone).to_string();
    let clear = format!("{action}?store={}", ask.store);
    let person = ask.person.clone();
    view! {
        <details class="card trace-filter" open=is_filtered>
            <summary class="card__head"><span class="card__title">{language.filters()}</span></summary>
            <form class="card__body trace-filter__form" method="get" action=action>
                <input type="hidden" name="store" value=ask.store/>
                <label class="field">
                    <span class="field__label">{language.filter_kind()}</span>
                    <select class="select field__control" name="kind">
                        <option value="">{language.filter_any()}</option>
                        {kinds}
                    </select>
                </label>
                <label class="field">
                    <span class="field__label">{language.filter_flag()}</span>
                    <select class="select field__control" name="flag">
                        <option value="">{language.filter_any()}</option>
                        {flags}
                    </select>
                </label>
                <label class="field">
                    <span class="field__label">{language.filter_from()}</span>
                    <input class="field__control" type="date" name="from" max=today.clone() value=ask.from/>
                </label>
                <label class="field">
                    <span class="field__label">{language.filter_until()}</span>
                    <input class="field__control" type="date" name="until" max=today value=ask.until/>
                </label>
                {person
                    .map(|person| {
                        view! {
                            <label class="trace-filter__person">
                                <input type="checkbox" name="person" value=person.clone() checked/>
                                <span>{language.filter_person(person)}</span>
                            </label>
                        }
                    })}
                <div class="trace-filter__actions">
                    <button class="button button--primary" type="submit">{language.filter_apply()}</button>
                    {is_filtered.then(|| view! { <a class="button" href=clear>{language.filter_clear()}</a> })}
                </div>
            </form>
        </details>
    }
}
