//! The timeline of a product, a shelf, a person, a device or a document, or of a whole store.

mod map;
mod search;
mod step;

use crate::backend::{BackendError, read_trace_page, read_trace_stores};
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::icon::{Glyph, Icon};
use crate::component::load_state::{Empty, LoadState};
use crate::component::page_head::PageHead;
use crate::component::trace_tabs::{TracePart, TraceTabs};
use crate::format;
use crate::session::use_session;
use crate::text::use_language;
use domain::policy::Scope;
use domain::trace::{SubjectKind, TraceAsk, TracePage as Found, TraceStores};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use search::{Filters, Search};
use serde::{Deserialize, Serialize};
use step::Step;

/// Everything a timeline needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Loaded {
    ask: TraceAsk,
    typed: String,
    stores: TraceStores,
    found: Option<Found>,
}

async fn load(ask: TraceAsk, typed: String) -> Result<Loaded, BackendError> {
    let stores = read_trace_stores(ask.subject.clone(), ask.key.clone()).await?;
    let found = if ask.store.is_empty() { None } else { Some(read_trace_page(ask.clone()).await?) };
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
    let sub = match &found {
        Some(found) => format!("{} · {}", language.name(&found.site.name), found.site.store),
        None => language.trace_sub().to_owned(),
    };
    let body = match found {
        Some(found) => {
            let zone = found.site.zone_offset;
            let ask = ask.clone();
            view! {
                <Filters ask=ask.clone() now=stores.now zone/>
                <Steps ask found/>
            }
            .into_any()
        }
        None if kind.is_some() => view! { <Occurrences ask=ask.clone() stores=stores.clone()/> }.into_any(),
        None => ().into_any(),
    };
    view! {
        <div class="page">
            <PageHead title=title sub=sub/>
            <TraceTabs part=TracePart::Timeline/>
            <Search ask typed choices=stores.choices/>
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
    let rows = stores.stores.into_iter().map(row).collect_view();
    view! {
        <section class="card card--flush">
            <div class="card__head">
                <h2 class="card__title">{language.occurs_in()}</h2>
            </div>
            <ul class="rows">{rows}</ul>
        </section>
    }
    .into_any()
}

/// The events, page after page.
#[component]
fn Steps(ask: TraceAsk, found: Found) -> impl IntoView {
    let language = use_language();
    let (now, n_behind) = (found.now, found.n_behind);
    let site = StoredValue::new(found.site);
    let steps = RwSignal::new(found.steps);
    let next = RwSignal::new(found.next_before);
    let is_failed = RwSignal::new(false);
    let more = Action::new_local(move |ask: &TraceAsk| {
        let ask = ask.clone();
        async move {
            match read_trace_page(ask).await {
                Ok(page) => {
                    steps.update(|steps| steps.extend(page.steps));
                    next.set(page.next_before);
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
        if !is_loading.get_untracked() {
            let ask = asked.get_value();
            more.dispatch_local(TraceAsk { before: next.get_untracked(), ..ask });
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
                    <For each=move || steps.get() key=|step| step.entry.id let:step>
                        <Step step site now ask=asked/>
                    </For>
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
