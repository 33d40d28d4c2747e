//! Writing a rule without code: rows of comparisons in groups, read back as a sentence in both languages while it is
//! written, its mistakes at the row they are about, and a trial on the past.

mod reach;
mod settings;
mod telling;
mod tree;
mod trial;

use crate::backend::{RulePage, RuleSaved, read_rules, save_rule};
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::load_state::{LoadState, Problem};
use crate::component::page_head::{Crumb, Crumbs, PageHead};
use crate::page::rules::{json, trouble};
use crate::session::use_session;
use crate::text::{Language, use_language};
use domain::case::Severity;
use domain::id::{PersonId, RuleCode};
use domain::master::Name;
use domain::measure::Measure;
use domain::policy::{Action, Role};
use domain::quiet::QuietHours;
use domain::rule::wording::sentence;
use domain::rule::{Advice, Bound, Compare, Condition, INBOX, Is, Mistake, Reach, Rule, RuleState, Telling, check};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use settings::Settings;
use std::collections::BTreeSet;
use tree::{Node, node_view};
use trial::Trial;

/// From ten at night to seven in the morning.
const NIGHT: QuietHours = QuietHours { from_min: 22 * 60, to_min: 7 * 60 };

/// A rule of that code, or a new one.
#[component]
pub fn RuleEditorPage() -> impl IntoView {
    let rules = Resource::new_blocking(|| (), |()| read_rules());
    view! { <LoadState resource=rules show=|page| view! { <Chosen page/> }/> }
}

#[component]
fn Chosen(page: RulePage) -> impl IntoView {
    let code = use_params_map().with_untracked(|params| params.get("rule")).unwrap_or_default();
    let session = use_session();
    let Some(viewer) = session.viewer.clone().filter(|_| session.may(Action::EditRules)) else {
        return view! { <Problem error=crate::backend::BackendError::Forbidden/> }.into_any();
    };
    let known = page.rules.iter().find(|history| history.rule.code.as_str() == code);
    let rule = match known {
        Some(history) => Some(Rule { version: history.rule.version + 1, ..history.rule.clone() }),
        None if code == "new" => Some(blank(&page, viewer.id)),
        None => None,
    };
    match rule {
        Some(rule) => view! { <Editor page rule/> }.into_any(),
        None => view! { <Problem error=crate::backend::BackendError::NotFound/> }.into_any(),
    }
}

/// What a new rule begins with; its code is the first that is free.
fn blank(page: &RulePage, owner: PersonId) -> Rule {
    let is_free = |code: &RuleCode| page.rules.iter().all(|history| history.rule.code != *code);
    let code = (1u32..).filter_map(|n| RuleCode::parse(&format!("RULE-{n}")).ok()).find(is_free);
    let first = Compare { measure: Measure::OnHand, is: Is::Below, than: Bound::Value(1) };
    Rule {
        code: code.expect("there are more numbers than rules"),
        version: 1,
        name: Name { zh: String::new(), en: String::new() },
        owner,
        state: RuleState::Active,
        when: Condition::All(vec![Condition::Compare(first)]),
        reach: Reach::default(),
        severity: Severity::Medium,
        advice: Advice::LookInto,
        tell: vec![Telling { role: Role::StoreManager, channels: [INBOX.to_owned()].into() }],
        quiet: Some(NIGHT),
        again_after_h: 24,
    }
}

#[component]
fn Editor(page: RulePage, rule: Rule) -> impl IntoView {
    let language = use_language();
    let channels: BTreeSet<String> = page.channels.iter().cloned().collect();
    let root = Node::of(&rule.when);
    let rest = RwSignal::new(rule);
    let drawn = Memo::new(move |_| {
        let mut pointers = Vec::new();
        let when = root.condition("/when", &mut pointers);
        (Rule { when, ..rest.get() }, pointers)
    });
    let draft = Memo::new(move |_| drawn.with(|(rule, _)| rule.clone()));
    let mistakes = Memo::new(move |_| draft.with(|rule| check(rule, &channels)));
    let places = Memo::new(move |_| drawn.with(|(_, pointers)| pointers.clone()));
    let at = move |prefix: &'static str| {
        let here = move |mistake: &&Mistake| mistake.at.starts_with(prefix);
        move || mistakes.with(|found| found.iter().find(here).map(|mistake| language.rule_mistake(&mistake.kind)))
    };
    let error = Callback::new(move |prefix: &'static str| at(prefix)());
    let outcome = RwSignal::new(None::<Option<String>>);
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let sent = draft.with_untracked(json);
        spawn_local(async move {
            let saved = save_rule(sent).await;
            let wrong = trouble(&saved, language);
            if matches!(saved, Ok(RuleSaved::Saved)) {
                let _ = rest.try_update(|rule| rule.version += 1);
            }
            let _ = outcome.try_set(Some(wrong));
        });
    };
    let said = move || {
        outcome.get().map(|wrong| match wrong {
            None => view! { <Banner tone=Tone::Good><p>{language.rule_saved()}</p></Banner> },
            Some(text) => view! { <Banner tone=Tone::Bad><p>{text}</p></Banner> },
        })
    };
    let preview = Language::ALL.map(|spoken| {
        let words = move || draft.with(|rule| spoken.rule_sentence(sentence(&rule.when, &spoken)));
        view! { <p lang=spoken.tag()>{words}</p> }
    });
    let title =
        rest.with_untracked(
            |rule| {
                if rule.version == 1 { language.rule_new().to_owned() } else { language.name(&rule.name) }
            },
        );
    let crumbs = vec![
        Crumb::link(language.warnings_title(), "/warnings"),
        Crumb::link(language.rules_title(), "/rules"),
        Crumb::here(title.clone()),
    ];
    let primary = button_class(ButtonKind::Primary, ButtonSize::Usual, ButtonWidth::Words);
    let has_mistakes = move || mistakes.with(|found| !found.is_empty());
    view! {
        <div class="page">
            <Crumbs steps=crumbs/>
            <PageHead title=title sub=Signal::derive(move || rest.with(|rule| rule.code.to_string()))/>
            <form class="rule" on:submit=save>
                <section class="card">
                    <div class="card__head"><h2 class="card__title">{language.rule_when()}</h2></div>
                    <div class="card__body rule__when">
                        {node_view(root, mistakes, places, None)}
                        {move || {
                            at("/when")()
                                .filter(|_| mistakes.with(|found| found.iter().any(|mistake| mistake.at == "/when")))
                                .map(|text| view! { <p class="field__error" role="alert">{text}</p> })
                        }}
                        <div class="rule__preview" aria-live="polite">
                            <p class="field__label">{language.rule_preview()}</p>
                            {preview.into_iter().collect_view()}
                        </div>
                    </div>
                </section>
                <Settings rest page=StoredValue::new(page) error=error/>
                {said}
                <div class="case__actions">
                    <button class=primary type="submit" disabled=has_mistakes>{language.rule_save()}</button>
                    {move || {
                        let n = mistakes.with(Vec::len);
                        (n > 0).then(|| view! { <span class="field__error">{language.rule_wrong(n)}</span> })
                    }}
                </div>
            </form>
            <Trial draft is_sound=Signal::derive(move || !has_mistakes())/>
        </div>
    }
}
