//! The parts of the trace: timeline, alarms, devices, audit, proofs.

use crate::session::use_session;
use crate::text::use_language;
use domain::policy::Action;
use domain::trace::TraceAsk;
use leptos::prelude::*;

/// A part of the trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TracePart {
    /// What happened.
    Timeline,
    /// What somebody should look into.
    Cases,
    /// What recorded it.
    Devices,
    /// Whether it is what it was.
    Audit,
    /// Whether one event is what it was.
    Proof,
}

/// Links to the parts that the viewer may see.
#[component]
pub fn TraceTabs(
    /// The present one.
    part: TracePart,
) -> impl IntoView {
    let language = use_language();
    let session = use_session();
    let (sees, follows) = (session.may(Action::SeeTrace), session.may(Action::FollowUp));
    let parts = [
        (TracePart::Timeline, "/trace", language.tab_timeline(), sees),
        (TracePart::Cases, "/cases", language.tab_cases(), follows),
        (TracePart::Devices, "/devices", language.tab_devices(), sees),
        (TracePart::Audit, "/audit", language.tab_audit(), sees),
        (TracePart::Proof, "/proof", language.tab_proof(), true),
    ];
    let link = |(of, href, label, _): (TracePart, &'static str, &'static str, bool)| {
        let current = (of == part).then_some("page");
        view! {
            <li>
                <a class="tab" href=href aria-current=current>{label}</a>
            </li>
        }
    };
    let shown = parts.into_iter().filter(|(_, _, _, may)| *may).map(link).collect_view();
    view! {
        <nav class="trace-tabs" aria-label=language.trace_tabs()>
            <ul class="tabs">{shown}</ul>
        </nav>
    }
}

/// A choice of stores, for those who may look into several.
#[component]
pub fn StoreChoice(
    /// The stores, with their names.
    choices: Vec<(domain::id::StoreCode, domain::master::Name)>,
    /// The one chosen; nothing when none is.
    chosen: String,
    /// What all of them together are called, where they can be chosen.
    #[prop(optional)]
    all: Option<&'static str>,
) -> impl IntoView {
    let language = use_language();
    if choices.len() == 1 {
        let only = choices.into_iter().next().map(|(code, _)| code.to_string()).unwrap_or_default();
        return view! { <input type="hidden" name="store" value=only/> }.into_any();
    }
    let all = all.map(|label| {
        let is_chosen = chosen == TraceAsk::ALL_STORES;
        view! { <option value=TraceAsk::ALL_STORES selected=is_chosen>{label}</option> }
    });
    let options = choices
        .into_iter()
        .map(|(code, name)| {
            let is_chosen = code.as_str() == chosen;
            view! {
                <option value=code.to_string() selected=is_chosen>
                    {format!("{} {code}", language.name(&name))}
                </option>
            }
        })
        .collect_view();
    view! {
        <label class="field">
            <span class="field__label">{language.store_label()}</span>
            <select class="select field__control" name="store" required>
                <option value="">{language.choose_store()}</option>
                {all}
                {options}
            </select>
        </label>
    }
    .into_any()
}
