//! Writing a rule without code: rows of comparisons in groups, read back as a sentence in both languages while it is
//! written, its mistakes at the row they are about, and a trial on the past.

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
use domain::id::{CategoryCode, PersonId, RegionCode, RuleCode};
use domain::master::Name;
use domain::measure::Measure;
use domain::policy::{Action, Role};
use domain::quiet::QuietHours;
use domain::rule::wording::sentence;
use domain::rule::{
    Advice, Bound, Compare, Condition, Goods, INBOX, Is, Mistake, Places, Reach, Rule, RuleState, Telling, check,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
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
                <Settings rest page=StoredValue::new(page) name_error=Signal::derive(at("/name")) again_error=Signal::derive(at("/again_after_h")) tell_error=Signal::derive(at("/tell"))/>
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

/// All but the condition.
#[component]
fn Settings(
    rest: RwSignal<Rule>,
    page: StoredValue<RulePage>,
    name_error: Signal<Option<String>>,
    again_error: Signal<Option<String>>,
    tell_error: Signal<Option<String>>,
) -> impl IntoView {
    let language = use_language();
    let severity = [Severity::High, Severity::Medium, Severity::Low].map(|severity| {
        let is_chosen = rest.with_untracked(|rule| rule.severity == severity);
        let value = crate::backend::severity_code(severity);
        view! { <option value=value selected=is_chosen>{language.severity(severity)}</option> }
    });
    let advice = Advice::ALL.into_iter().enumerate().map(|(at, advice)| {
        let is_chosen = rest.with_untracked(|rule| rule.advice == advice);
        view! { <option value=at.to_string() selected=is_chosen>{language.advice(advice)}</option> }
    });
    let role = |role: Role| {
        let is_told = rest.with_untracked(|rule| rule.tell.iter().any(|telling| telling.role == role));
        let set = move |is_told: bool| {
            rest.update(|rule| {
                rule.tell.retain(|telling| telling.role != role);
                if is_told {
                    rule.tell.push(Telling { role, channels: [INBOX.to_owned()].into() });
                }
            });
        };
        check_box(language.role(role).to_owned(), is_told, set)
    };
    let region = |(code, name): (RegionCode, String)| {
        let is_chosen =
            rest.with_untracked(|rule| matches!(&rule.reach.places, Places::Regions(some) if some.contains(&code)));
        let set = move |is_chosen: bool| {
            rest.update(|rule| {
                let mut some = match &rule.reach.places {
                    Places::Regions(some) => some.clone(),
                    Places::Chain | Places::Stores(_) => BTreeSet::new(),
                };
                if is_chosen {
                    some.insert(code.clone())
                } else {
                    some.remove(&code)
                };
                rule.reach.places = if some.is_empty() { Places::Chain } else { Places::Regions(some) };
            });
        };
        check_box(name, is_chosen, set)
    };
    let category = |(code, name): (CategoryCode, String)| {
        let is_chosen =
            rest.with_untracked(|rule| matches!(&rule.reach.goods, Goods::Categories(some) if some.contains(&code)));
        let set = move |is_chosen: bool| {
            rest.update(|rule| {
                let mut some = match &rule.reach.goods {
                    Goods::Categories(some) => some.clone(),
                    Goods::All | Goods::Products(_) => BTreeSet::new(),
                };
                if is_chosen {
                    some.insert(code.clone())
                } else {
                    some.remove(&code)
                };
                rule.reach.goods = if some.is_empty() { Goods::All } else { Goods::Categories(some) };
            });
        };
        check_box(name, is_chosen, set)
    };
    let regions: Vec<(RegionCode, String)> = page.with_value(|page| {
        page.regions.iter().map(|region| (region.code.clone(), language.name(&region.name))).collect()
    });
    let categories: Vec<(CategoryCode, String)> = page.with_value(|page| {
        page.categories.iter().map(|category| (category.code.clone(), language.name(&category.name))).collect()
    });
    let error = |error: Signal<Option<String>>| {
        move || error.get().map(|text| view! { <span class="field__error" role="alert">{text}</span> })
    };
    let has_quiet = rest.with_untracked(|rule| rule.quiet.is_some());
    let quiet = rest.with_untracked(|rule| rule.quiet).unwrap_or(NIGHT);
    let set_quiet = move |is_quiet: bool| rest.update(|rule| rule.quiet = is_quiet.then_some(quiet));
    let name = rest.with_untracked(|rule| rule.name.clone());
    let again = rest.with_untracked(|rule| rule.again_after_h.to_string());
    let choose_severity = move |event| {
        if let Some(severity) = crate::backend::severity_of(&event_target_value(&event)) {
            rest.update(|rule| rule.severity = severity);
        }
    };
    let choose_advice = move |event| {
        let at = event_target_value(&event).parse::<usize>().ok();
        if let Some(advice) = at.and_then(|at| Advice::ALL.get(at)) {
            rest.update(|rule| rule.advice = *advice);
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
                    {error(name_error)}
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
                    {error(again_error)}
                </label>
                <fieldset class="rule__choices">
                    <legend class="field__label">{language.rule_tell()}</legend>
                    {[Role::StoreManager, Role::RegionalManager, Role::Headquarters].map(role).into_iter().collect_view()}
                    {error(tell_error)}
                    {check_box(language.rule_quiet().to_owned(), has_quiet, set_quiet)}
                </fieldset>
                <fieldset class="rule__choices">
                    <legend class="field__label">{language.rule_regions()}</legend>
                    {regions.into_iter().map(region).collect_view()}
                </fieldset>
                <fieldset class="rule__choices">
                    <legend class="field__label">{language.rule_categories()}</legend>
                    {categories.into_iter().map(category).collect_view()}
                </fieldset>
            </div>
        </section>
    }
}

/// A box to tick.
fn check_box(label: String, is_ticked: bool, set: impl Fn(bool) + Send + 'static) -> impl IntoView {
    view! {
        <label class="rule__choice">
            <input type="checkbox" checked=is_ticked on:change=move |event| set(event_target_checked(&event))/>
            {label}
        </label>
    }
}
