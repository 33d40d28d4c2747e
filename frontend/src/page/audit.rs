//! Shows whether a store's day is as it was written.

use crate::backend::{BackendError, read_audit_day, read_trace_stores};
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::load_state::LoadState;
use crate::component::page_head::PageHead;
use crate::component::trace_tabs::{StoreChoice, TracePart, TraceTabs};
use crate::format;
use crate::session::use_session;
use crate::text::use_language;
use domain::audit::{Bound, DayAudit, Verdict};
use domain::instant::{Day, ZoneOffset};
use domain::policy::Scope;
use domain::trace::TraceStores;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Loaded {
    store: String,
    day: String,
    stores: TraceStores,
    audit: Option<DayAudit>,
}

async fn load(store: String, day: String) -> Result<Loaded, BackendError> {
    let stores = read_trace_stores(None, None).await?;
    let is_asked = !store.is_empty() && !day.is_empty();
    let audit = if is_asked { Some(read_audit_day(store.clone(), day.clone()).await?) } else { None };
    Ok(Loaded { store, day, stores, audit })
}

/// The audit.
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query_map();
    let own = match use_session().viewer.map(|viewer| viewer.scope) {
        Some(Scope::Store(store)) => store.to_string(),
        _ => String::new(),
    };
    let asked = move || {
        let query = query.read();
        (query.get("store").unwrap_or_else(|| own.clone()), query.get("day").unwrap_or_default())
    };
    let loaded = Resource::new_blocking(asked, |(store, day)| load(store, day));
    view! { <LoadState resource=loaded show=|loaded| view! { <Audit loaded/> }/> }
}

#[component]
fn Audit(loaded: Loaded) -> impl IntoView {
    let language = use_language();
    let Loaded { store, day, stores, audit } = loaded;
    // The latest day that any store can have: half a day ahead of UTC.
    let latest = Day::at(stores.now, ZoneOffset(14 * 60)).to_string();
    let day = if day.is_empty() { Day::at(stores.now, ZoneOffset(480)).to_string() } else { day };
    view! {
        <div class="page">
            <PageHead title=language.audit_title() sub=language.audit_sub()/>
            <TraceTabs part=TracePart::Audit/>
            <form class="trace-search" method="get" action="/audit">
                <StoreChoice choices=stores.choices chosen=store/>
                <label class="field">
                    <span class="field__label">{language.audit_day_label()}</span>
                    <input class="field__control" type="date" name="day" required max=latest value=day/>
                </label>
                <button class="button button--primary" type="submit">{language.audit_run()}</button>
            </form>
            {audit.map(|audit| view! { <Report audit/> })}
        </div>
    }
}

#[component]
fn Report(audit: DayAudit) -> impl IntoView {
    let language = use_language();
    let number = |n: u64| format::number(i64::try_from(n).unwrap_or(i64::MAX));
    let (tone, title, text) = match &audit.verdict {
        Verdict::Untouched => {
            (Tone::Good, language.audit_untouched(), language.audit_untouched_text(number(audit.n_walked)))
        }
        Verdict::Empty => (Tone::Info, language.audit_empty(), String::new()),
        Verdict::Flawed { flaw } => (Tone::Bad, language.audit_flawed(), language.audit_flaw(flaw)),
    };
    let bound = |bound: &Bound| language.audit_head(number(bound.head.head.seq), language.witness_kind(bound.by));
    let from = audit.from.as_ref().map_or_else(|| language.audit_from_beginning().to_owned(), bound);
    let to = audit.to.as_ref().map(bound).unwrap_or_default();
    let hash = audit.to.as_ref().map(|to| to.head.head.hash.to_string());
    let is_empty = audit.last < audit.first;
    let n_events = if is_empty { 0 } else { audit.last - audit.first + 1 };
    let range = (!is_empty).then(|| language.audit_range(number(audit.first), number(audit.last)));
    view! {
        <section class="card">
            <div class="card__head">
                <h2 class="card__title">
                    {format!("{} {} · {}", language.name(&audit.store_name), audit.store, audit.day)}
                </h2>
            </div>
            <div class="card__body audit">
                <Banner tone>
                    <p><strong>{title}</strong></p>
                    <p>{text}</p>
                </Banner>
                <dl class="facts">
                    <dt>{language.audit_events()}</dt>
                    <dd>{number(n_events)} {range.map(|range| format!(" · {range}"))}</dd>
                    <dt>{language.audit_from()}</dt>
                    <dd>{from}</dd>
                    <dt>{language.audit_to()}</dt>
                    <dd>{to} {hash.map(|hash| view! { " " <code class="step__code">{hash}</code> })}</dd>
                    <dt>{language.audit_in_file()}</dt>
                    <dd>{format::number(audit.n_in_file.into())}</dd>
                    <dt>{language.audit_by_phones()}</dt>
                    <dd>{language.audit_n_by_phones(audit.n_by_phones, audit.n_phones)}</dd>
                    <dt>{language.audit_key()}</dt>
                    <dd><code class="step__code">{audit.public_key}</code></dd>
                </dl>
            </div>
        </section>
    }
}
