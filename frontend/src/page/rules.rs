//! The rules that warn: what each says in plain words, whether it is at work, and what it was.

use crate::backend::{BackendError, RuleHistory, RulePage, RuleSaved, read_rules, save_rule};
use crate::component::badge::{Badge, Tone};
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::load_state::LoadState;
use crate::component::page_head::{Crumb, Crumbs, PageHead};
use crate::format;
use crate::session::use_session;
use crate::text::{Language, use_language};
use domain::instant::{Timestamp, ZoneOffset};
use domain::policy::Action;
use domain::rule::wording::sentence;
use domain::rule::{Rule, RuleState};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Headquarters' clocks: what concerns no single store is shown by them.
const ZONE: ZoneOffset = ZoneOffset(480);

/// The rules.
#[component]
pub fn RulesPage() -> impl IntoView {
    let rules = Resource::new_blocking(|| (), |()| read_rules());
    view! { <LoadState resource=rules show=|page| view! { <Rules page/> }/> }
}

/// A rule as it is sent.
pub(crate) fn json(rule: &Rule) -> String {
    serde_json::to_string(rule).expect("a rule is plain data")
}

/// What to say of an attempt to save; nothing where it was saved.
pub(crate) fn trouble(saved: &Result<RuleSaved, BackendError>, language: Language) -> Option<String> {
    match saved {
        Ok(RuleSaved::Saved) => None,
        Ok(RuleSaved::Mistaken(mistakes)) => Some(language.rule_wrong(mistakes.len())),
        Ok(RuleSaved::Outdated) => Some(language.rule_outdated().to_owned()),
        Err(_) => Some(language.warning_failed().to_owned()),
    }
}

#[component]
fn Rules(page: RulePage) -> impl IntoView {
    let language = use_language();
    let edits = use_session().may(Action::EditRules);
    let now = page.now;
    let page = RwSignal::new(page);
    let wrong = RwSignal::new(None::<String>);
    let primary = button_class(ButtonKind::Primary, ButtonSize::Usual, ButtonWidth::Words);
    let crumbs = vec![Crumb::link(language.warnings_title(), "/warnings"), Crumb::here(language.rules_title())];
    let key = |history: &RuleHistory| format!("{} {}", history.rule.code, history.rule.version);
    view! {
        <div class="page">
            <Crumbs steps=crumbs/>
            <PageHead title=language.rules_title() sub=language.rules_sub()>
                {edits.then(|| view! { <a class=primary href="/rules/new">{language.rule_new()}</a> })}
            </PageHead>
            {move || wrong.get().map(|text| view! { <Banner tone=Tone::Bad><p>{text}</p></Banner> })}
            <section class="card card--flush">
                <ul class="cases">
                    <For each=move || page.get().rules key=key let:history>
                        <Row history page wrong edits now/>
                    </For>
                </ul>
            </section>
        </div>
    }
}

#[component]
fn Row(
    history: RuleHistory,
    page: RwSignal<RulePage>,
    wrong: RwSignal<Option<String>>,
    edits: bool,
    now: Timestamp,
) -> impl IntoView {
    let language = use_language();
    let rule = &history.rule;
    let is_active = rule.state == RuleState::Active;
    let roles: Vec<&str> = rule.tell.iter().map(|telling| language.role(telling.role)).collect();
    let facts = [
        language.rule_version(rule.version),
        language.rule_owner(&history.owner_name),
        language.rule_told(roles.join("、")),
        language.warning_advice(language.advice(rule.advice)),
        language.rule_n_open(history.n_open),
    ];
    let facts = facts.join(" · ");
    let words = language.rule_sentence(sentence(&rule.when, &language));
    let name = language.name(&rule.name);
    let href = format!("/rules/{}", rule.code);
    let usual = button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words);
    let edit_class = usual.clone();
    let toggled = StoredValue::new(Rule {
        version: rule.version + 1,
        state: if is_active { RuleState::Paused } else { RuleState::Active },
        ..rule.clone()
    });
    let toggle = move |_| {
        let sent = toggled.with_value(json);
        spawn_local(async move {
            let saved = save_rule(sent).await;
            let _ = wrong.try_set(trouble(&saved, language));
            if let Ok(fresh) = read_rules().await {
                let _ = page.try_set(fresh);
            }
        });
    };
    let versions = history
        .versions
        .iter()
        .map(|version| {
            let saved = language.rule_saved_by(&version.by_name, format::moment(version.at, now, ZONE));
            let what = language.rule_sentence(sentence(&version.rule.when, &language));
            let state = language.rule_state(version.rule.state);
            view! {
                <li>
                    <p>{language.rule_version(version.rule.version)} " · " {state} " · " {saved}</p>
                    <p class="muted">{what}</p>
                </li>
            }
        })
        .collect_view();
    let state = language.rule_state(rule.state);
    let tone = if is_active { Tone::Good } else { Tone::Plain };
    view! {
        <li class="case">
            <div class="case__head">
                <h2 class="case__title">{name}</h2>
                <Badge tone>{state}</Badge>
            </div>
            <p>{words}</p>
            <p class="case__facts">{facts}</p>
            {edits
                .then(|| {
                    view! {
                        <div class="case__actions">
                            <a class=edit_class href=href>{language.rule_edit()}</a>
                            <button class=usual type="button" on:click=toggle>
                                {if is_active { language.rule_pause() } else { language.rule_resume() }}
                            </button>
                        </div>
                    }
                })}
            <details class="rule__history">
                <summary>{language.rule_history()}</summary>
                <ol class="rule__versions">{versions}</ol>
            </details>
        </li>
    }
}
