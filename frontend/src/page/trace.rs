//! The timeline of a product, a shelf, a person, a device or a document, in one store or in all, or of a whole store.

mod map;
#[cfg(feature = "hydrate")]
mod reverse;
mod search;
mod step;

use crate::backend::{BackendError, read_trace_across, read_trace_page, read_trace_stores};
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::icon::{Glyph, Icon};
use crate::component::load_state::{Empty, LoadState};
use crate::component::page_head::PageHead;
use crate::component::trace_tabs::{TracePart, TraceTabs};
use crate::format;
use crate::session::use_session;
use crate::text::use_language;
use domain::instant::{Timestamp, ZoneOffset};
use domain::policy::Scope;
use domain::trace::{StoreSite, SubjectKind, TraceAsk, TraceStep, TraceStores};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use search::{Filters, Search};
use serde::{Deserialize, Serialize};
use step::Step;

/// The clock that is first to begin a day, UTC+14: a day that has not begun there has begun nowhere.
const FURTHEST_AHEAD: ZoneOffset = ZoneOffset(840);

/// Everything a timeline needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Loaded {
    ask: TraceAsk,
    typed: String,
    stores: TraceStores,
    found: Option<Found>,
}

/// A page of events, of one store or of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Found {
    now: Timestamp,
    sites: Vec<StoreSite>,
    steps: Vec<TraceStep>,
    /// What to ask for the page after it.
    next: Option<TraceAsk>,
    n_behind: u64,
}

impl Found {
    async fn of(ask: TraceAsk) -> Result<Self, BackendError> {
        if ask.store == TraceAsk::ALL_STORES {
            let page = read_trace_across(ask.clone()).await?;
            let next = page.next_past.map(|past| TraceAsk { past: Some(past), ..ask });
            return Ok(Self { now: page.now, sites: page.sites, steps: page.steps, next, n_behind: page.n_behind });
        }
        let page = read_trace_page(ask.clone()).await?;
        let next = page.next_before.map(|before| TraceAsk { before: Some(before), ..ask });
        Ok(Self { now: page.now, sites: vec![page.site], steps: page.steps, next, n_behind: page.n_behind })
    }

    /// Each event with its store.
    fn rows(&self) -> Vec<(StoreSite, TraceStep)> {
        let site = |step: &TraceStep| self.sites.iter().find(|site| site.store == step.entry.store).cloned();
        self.steps.iter().filter_map(|step| Some((site(step)?, step.clone()))).collect()
    }
}

async fn load(ask: TraceAsk, typed: String) -> Result<Loaded, BackendError> {
    let stores = read_trace_stores(ask.subject.clone(), ask.key.clone()).await?;
    let is_asked = match ask.store.as_str() {
        "" => false,
        TraceAsk::ALL_STORES => ask.names_something(),
        _ => true,
    };
    let found = if is_asked { Some(Found::of(ask.clone()).await?) } else { None };
    Ok(Loaded { ask, typed, stores, found })
}

/// The timeline.
#[component]
pub fn TracePage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let own = match use_session().viewer.map(|viewer| viewer.scope) {
        Some(Scope::Store(store)) => store.to_string(),
        _ => String::new(),
    };
    let asked = move || {
        let (params, query) = (params.read(), query.read());
        let given = |name: &str| query.get(name).filter(|value| !value.is_empty());
        let ask = TraceAsk {
            store: given("store").unwrap_or_else(|| own.clone()),
            subject: params.get("subject"),
            key: params.get("key"),
            kind: given("kind"),
            person: given("person"),
            flag: given("flag"),
            from: given("from"),
            until: given("until"),
            before: given("before").and_then(|number| number.parse().ok()),
            past: given("past").and_then(|mark| mark.parse().ok()),
            limit: None,
        };
        (ask, given("q").unwrap_or_default())
    };
    let loaded = Resource::new_blocking(asked, |(ask, typed)| load(ask, typed));
    view! { <LoadState resource=loaded show=|loaded| view! { <Timeline loaded/> }/> }
}

/// The address of a timeline.
pub fn trace_href(kind: SubjectKind, key: &str, store: &str) -> String {
    let path = format!("/trace/{}/{}", kind.code(), crate::backend::escape_segment(key));
    if store.is_empty() { path } else { format!("{path}?store={store}") }
}

#[component]
fn Timeline(loaded: Loaded) -> impl IntoView {
    let language = use_language();
    let Loaded { ask, typed, stores, found } = loaded;
    let kind = ask.subject.as_deref().and_then(SubjectKind::from_code);
    let title = match (kind, &stores.title) {
        (Some(kind), Some(title)) => format!("{} {title}", language.subject_kind(kind)),
        _ => language.trace_title().to_owned(),
    };
    let is_all = ask.store == TraceAsk::ALL_STORES;
    let sub = match found.as_ref().and_then(|found| found.sites.first()) {
        _ if is_all => language.all_stores().to_owned(),
        Some(site) => format!("{} · {}", language.name(&site.name), site.store),
        None => language.trace_sub().to_owned(),
    };
    let scope = kind.filter(|_| stores.choices.len() > 1 && !ask.store.is_empty()).map(|kind| {
        let key = ask.key.clone().unwrap_or_default();
        let (store, label) =
            if is_all { ("", language.by_store()) } else { (TraceAsk::ALL_STORES, language.all_stores()) };
        view! { <a class="button" href=trace_href(kind, &key, store)>{label}</a> }
    });
    let zone = match found.as_ref().and_then(|found| found.sites.first()) {
        Some(site) if !is_all => site.zone_offset,
        _ => FURTHEST_AHEAD,
    };
    let filters = (is_all || found.is_some()).then(|| view! { <Filters ask=ask.clone() now=stores.now zone/> });
    let body = match found {
        Some(found) => view! { <Steps ask=ask.clone() found/> }.into_any(),
        None if is_all => view! {
            <Empty glyph=Glyph::Trace title=language.all_stores_title() text=language.all_stores_text()/>
        }
        .into_any(),
        None if kind.is_some() => view! { <Occurrences ask=ask.clone() stores=stores.clone()/> }.into_any(),
        None => ().into_any(),
    };
    view! {
        <div class="page">
            <PageHead title=title sub=sub/>
            <TraceTabs part=TracePart::Timeline/>
            <Search ask typed choices=stores.choices/>
            {scope.map(|scope| view! { <div class="trace-scope">{scope}</div> })}
            {filters}
            {body}
        </div>
    }
}

/// The stores in which something occurs.
#[component]
fn Occurrences(ask: TraceAsk, stores: TraceStores) -> impl IntoView {
    let language = use_language();
    if stores.stores.is_empty() {
        return view! {
            <Empty glyph=Glyph::Trace title=language.occurs_nowhere_title() text=language.occurs_nowhere_text()/>
        }
        .into_any();
    }
    let kind = ask.subject.as_deref().and_then(SubjectKind::from_code).unwrap_or(SubjectKind::Product);
    let key = ask.key.unwrap_or_default();
    let now = stores.now;
    let row = |store: domain::trace::TraceStore| {
        let n_events = i64::try_from(store.n_events).unwrap_or(i64::MAX);
        let last = format::moment(store.last_at, now, store.zone_offset);
        view! {
            <li>
                <a class="row" href=trace_href(kind, &key, store.store.as_str())>
                    <span class="row__main">
                        <span class="row__title">{language.name(&store.name)}</span>
                        <span class="row__sub">{format!("{} · {last}", language.n_events(format::number(n_events)))}</span>
                    </span>
                    <Icon glyph=Glyph::Go/>
                </a>
            </li>
        }
    };
    let all = (stores.stores.len() > 1).then(|| {
        view! {
            <li>
                <a class="row" href=trace_href(kind, &key, TraceAsk::ALL_STORES)>
                    <span class="row__main">
                        <span class="row__title">{language.all_stores()}</span>
                        <span class="row__sub">{language.all_stores_sub()}</span>
                    </span>
                    <Icon glyph=Glyph::Go/>
                </a>
            </li>
        }
    });
    let rows = stores.stores.into_iter().map(row).collect_view();
    view! {
        <section class="card card--flush">
            <div class="card__head">
                <h2 class="card__title">{language.occurs_in()}</h2>
            </div>
            <ul class="rows">{all} {rows}</ul>
        </section>
    }
    .into_any()
}

/// The events, page after page.
#[component]
fn Steps(ask: TraceAsk, found: Found) -> impl IntoView {
    let language = use_language();
    let (now, n_behind) = (found.now, found.n_behind);
    let steps = RwSignal::new(found.rows());
    let next = RwSignal::new(found.next);
    let is_failed = RwSignal::new(false);
    let more = Action::new_local(move |ask: &TraceAsk| {
        let ask = ask.clone();
        async move {
            match Found::of(ask).await {
                Ok(page) => {
                    steps.update(|steps| steps.extend(page.rows()));
                    next.set(page.next);
                    is_failed.set(false);
                }
                Err(_) => is_failed.set(true),
            }
        }
    });
    let is_loading = more.pending();
    let asked = StoredValue::new(ask);
    let is_empty = Memo::new(move |_| steps.with(Vec::is_empty));
    let load_more = move |_| {
        if let Some(ask) = next.get_untracked()
            && !is_loading.get_untracked()
        {
            more.dispatch_local(ask);
        }
    };
    let end = move || match next.get() {
        Some(_) => view! {
            <button
                class="button button--block"
                type="button"
                aria-busy=move || is_loading.get().to_string()
                on:click=load_more
            >
                {move || if is_loading.get() { language.loading_earlier() } else { language.load_earlier() }}
            </button>
        }
        .into_any(),
        None => view! { <p class="steps__end muted">{language.trace_end()}</p> }.into_any(),
    };
    view! {
        {(n_behind > 0)
            .then(|| {
                let n = format::number(i64::try_from(n_behind).unwrap_or(i64::MAX));
                view! { <Banner tone=Tone::Info><p>{language.index_behind(n)}</p></Banner> }
            })}
        <Show
            when=move || !is_empty.get()
            fallback=move || {
                view! { <Empty glyph=Glyph::Trace title=language.no_steps_title() text=language.no_steps_text()/> }
            }
        >
            <section class="card card--flush">
                <ol class="steps">
                    <For
                        each=move || steps.get()
                        key=|(_, step)| step.entry.id
                        children=move |(site, step)| {
                            view! { <Step step site=StoredValue::new(site) now ask=asked/> }
                        }
                    />
                </ol>
                <div class="steps__more">
                    {move || {
                        is_failed
                            .get()
                            .then(|| view! { <Banner tone=Tone::Bad><p>{language.load_failed()}</p></Banner> })
                    }}
                    {end}
                </div>
            </section>
        </Show>
    }
}
