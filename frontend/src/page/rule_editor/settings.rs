//! All of a rule but its condition: its name, how bad it is, who answers for it, when it may fire again.

use super::NIGHT;
use super::reach::{ChooseGoods, ChoosePlaces};
use super::telling::Tellings;
use crate::backend::{RulePage, severity_code, severity_of};
use crate::format;
use crate::text::use_language;
use domain::case::Severity;
use domain::id::PersonId;
use domain::quiet::QuietHours;
use domain::rule::{Advice, Rule};
use leptos::prelude::*;

/// Says what is wrong at a place of the rule.
pub(super) type ErrorAt = Callback<&'static str, Option<String>>;

#[component]
pub(super) fn Settings(rest: RwSignal<Rule>, page: StoredValue<RulePage>, error: ErrorAt) -> impl IntoView {
    let language = use_language();
    let severity = [Severity::High, Severity::Medium, Severity::Low].map(|severity| {
        let is_chosen = rest.with_untracked(|rule| rule.severity == severity);
        view! { <option value=severity_code(severity) selected=is_chosen>{language.severity(severity)}</option> }
    });
    let advice = Advice::ALL.into_iter().enumerate().map(|(at, advice)| {
        let is_chosen = rest.with_untracked(|rule| rule.advice == advice);
        view! { <option value=at.to_string() selected=is_chosen>{language.advice(advice)}</option> }
    });
    let owners = page.with_value(|page| page.editors.clone()).into_iter().map(|(id, name)| {
        let is_chosen = rest.with_untracked(|rule| rule.owner == id);
        view! { <option value=id.to_string() selected=is_chosen>{name}</option> }
    });
    let name = rest.with_untracked(|rule| rule.name.clone());
    let again = rest.with_untracked(|rule| rule.again_after_h.to_string());
    let choose_severity = move |event| {
        if let Some(severity) = severity_of(&event_target_value(&event)) {
            rest.update(|rule| rule.severity = severity);
        }
    };
    let choose_advice = move |event| {
        let at = event_target_value(&event).parse::<usize>().ok();
        if let Some(advice) = at.and_then(|at| Advice::ALL.get(at)) {
            rest.update(|rule| rule.advice = *advice);
        }
    };
    let choose_owner = move |event| {
        if let Ok(owner) = PersonId::parse(&event_target_value(&event)) {
            rest.update(|rule| rule.owner = owner);
        }
    };
    view! {
        <section class="card">
            <div class="card__body rule__settings">
                <label class="field">
                    <span class="field__label">{language.rule_name_zh()}</span>
                    <input
                        class="field__control"
                        name="name-zh"
                        value=name.zh
                        on:input=move |event| rest.update(|rule| rule.name.zh = event_target_value(&event))
                    />
                </label>
                <label class="field">
                    <span class="field__label">{language.rule_name_en()}</span>
                    <input
                        class="field__control"
                        name="name-en"
                        value=name.en
                        on:input=move |event| rest.update(|rule| rule.name.en = event_target_value(&event))
                    />
                    {wrong(error, "/name")}
                </label>
                <label class="field">
                    <span class="field__label">{language.rule_severity()}</span>
                    <select class="select field__control" name="severity" on:change=choose_severity>
                        {severity.into_iter().collect_view()}
                    </select>
                </label>
                <label class="field">
                    <span class="field__label">{language.rule_advice()}</span>
                    <select class="select field__control" name="advice" on:change=choose_advice>
                        {advice.collect_view()}
                    </select>
                </label>
                <label class="field">
                    <span class="field__label">{language.rule_answers()}</span>
                    <select class="select field__control" name="owner" on:change=choose_owner>
                        {owners.collect_view()}
                    </select>
                </label>
                <label class="field">
                    <span class="field__label">{language.rule_again()}</span>
                    <input
                        class="field__control"
                        name="again"
                        inputmode="numeric"
                        value=again
                        on:input=move |event| {
                            let hours = event_target_value(&event).trim().parse().unwrap_or_default();
                            rest.update(|rule| rule.again_after_h = hours);
                        }
                    />
                    {wrong(error, "/again_after_h")}
                </label>
                <Tellings rest page error/>
                <Quiet rest error/>
                <ChoosePlaces rest page error/>
                <ChooseGoods rest page error/>
            </div>
        </section>
    }
}

/// When nobody is told.
#[component]
fn Quiet(rest: RwSignal<Rule>, error: ErrorAt) -> impl IntoView {
    let language = use_language();
    let is_quiet = rest.with_untracked(|rule| rule.quiet.is_some());
    // What was chosen comes back when it is ticked again.
    let hours = RwSignal::new(rest.with_untracked(|rule| rule.quiet).unwrap_or(NIGHT));
    let set = move |is_quiet: bool| rest.update(|rule| rule.quiet = is_quiet.then(|| hours.get_untracked()));
    let time = move |name: &'static str, label: &'static str, of: fn(&mut QuietHours) -> &mut u16| {
        let shown = format::time_of_day(*of(&mut hours.get_untracked()));
        let change = move |event| {
            let Some(minute) = format::parse_time_of_day(&event_target_value(&event)) else { return };
            hours.update(|hours| *of(hours) = minute);
            rest.update(|rule| rule.quiet = Some(hours.get_untracked()));
        };
        view! {
            <label class="field">
                <span class="field__label">{label}</span>
                <input class="field__control" type="time" name=name value=shown on:change=change/>
            </label>
        }
    };
    let has_hours = Memo::new(move |_| rest.with(|rule| rule.quiet.is_some()));
    let times = move || {
        has_hours.get().then(|| {
            view! {
                <div class="rule__times">
                    {time("quiet-from", language.telling_from(), |hours| &mut hours.from_min)}
                    {time("quiet-to", language.telling_to(), |hours| &mut hours.to_min)}
                </div>
            }
        })
    };
    view! {
        <fieldset class="rule__choices">
            <legend class="field__label">{language.rule_quiet()}</legend>
            {check_box(language.rule_quiet_on().to_owned(), is_quiet, set)}
            {times}
            {wrong(error, "/quiet")}
        </fieldset>
    }
}

/// What is wrong at a place, if anything is.
pub(super) fn wrong(error: ErrorAt, at: &'static str) -> impl IntoView {
    move || error.run(at).map(|text| view! { <span class="field__error" role="alert">{text}</span> })
}

/// A box to tick.
pub(super) fn check_box(label: String, is_ticked: bool, set: impl Fn(bool) + Send + 'static) -> impl IntoView {
    view! {
        <label class="rule__choice">
            <input type="checkbox" checked=is_ticked on:change=move |event| set(event_target_checked(&event))/>
            {label}
        </label>
    }
}
