//! How good the book was, by every published measure at once, and how fast it drifts.

use crate::backend::{AccuracyReport, AccuracyRow, read_accuracy};
use crate::component::icon::Glyph;
use crate::component::load_state::{Empty, LoadState};
use crate::component::page_head::{Crumb, Crumbs, PageHead};
use crate::format;
use crate::session::use_session;
use crate::text::{Language, use_language};
use domain::accuracy::{Accuracy, DriftStep};
use domain::instant::DAY_MS;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// One of the eight measures.
struct Measure {
    name: &'static str,
    text: &'static str,
    share: fn(&Accuracy) -> Option<f64>,
}

fn measures(language: Language) -> [Measure; 8] {
    let measure = |name, text, share| Measure { name, text, share };
    [
        measure(language.measure_signed(), language.measure_signed_text(), Accuracy::signed_share),
        measure(language.measure_shrink(), language.measure_shrink_text(), Accuracy::shrink_share),
        measure(language.measure_binary(), language.measure_binary_text(), Accuracy::wrong_share),
        measure(language.measure_range_share(), language.measure_range_share_text(), Accuracy::beyond_share),
        measure(language.measure_range_units(), language.measure_range_units_text(), Accuracy::beyond_units),
        measure(language.measure_absolute(), language.measure_absolute_text(), Accuracy::absolute_share),
        measure(language.measure_mape(), language.measure_mape_text(), |all| all.mape),
        measure(language.measure_smape(), language.measure_smape_text(), |all| all.smape),
    ]
}

/// The report.
#[component]
pub fn AccuracyPage() -> impl IntoView {
    let query = use_query_map();
    let report = Resource::new_blocking(
        move || query.with(|query| (query.get("region"), query.get("store"))),
        |(region, store)| read_accuracy(region, store),
    );
    view! { <LoadState resource=report show=|report| view! { <Report report/> }/> }
}

#[component]
fn Report(report: AccuracyReport) -> impl IntoView {
    let language = use_language();
    let session = use_session();
    let sub = match &report.store {
        Some((_, name)) => language.accuracy_sub_store(language.name(name)),
        None => language.accuracy_sub_chain().to_owned(),
    };
    let part = match (&report.store, &report.region) {
        (Some((store, _)), _) => format!("?store={store}"),
        (None, Some(region)) => format!("?region={region}"),
        (None, None) => String::new(),
    };
    let crumbs = (report.store.is_some() && session.sees_several_stores()).then(|| {
        let here = report.store.as_ref().map_or_else(String::new, |(_, name)| language.name(name));
        vec![Crumb::link(language.accuracy_all_stores(), "/accuracy"), Crumb::here(here)]
    });
    let regions = (report.store.is_none() && report.regions.len() > 1).then(|| {
        let segment = |href: String, is_here: bool, words: String| {
            view! {
                <a class="segment" href=href aria-current=is_here.then_some("true")>{words}</a>
            }
        };
        let all = segment("/accuracy".to_owned(), report.region.is_none(), language.all_regions().to_owned());
        let each = report.regions.iter().map(|region| {
            let href = format!("/accuracy?region={}", region.code);
            segment(href, report.region.as_ref() == Some(&region.code), language.name(&region.name))
        });
        view! {
            <nav class="segments accuracy__regions" aria-label=language.region_filter()>
                {all}
                {each.collect_view()}
            </nav>
        }
    });
    let is_empty = report.rows.is_empty();
    let drift = report.drift;
    view! {
        <div class="page">
            <div>
                {crumbs.map(|steps| view! { <Crumbs steps/> })}
                <PageHead title=language.accuracy_title() sub=sub>
                    <a class="button" href=format!("/api/v1/accuracy.csv{part}") download="accuracy.csv" rel="external">
                        {language.accuracy_csv()}
                    </a>
                </PageHead>
            </div>
            {regions}
            {if is_empty {
                view! {
                    <Empty
                        glyph=Glyph::Clipboard
                        title=language.accuracy_none_title()
                        text=language.accuracy_none_text()
                    />
                }
                    .into_any()
            } else {
                view! { <Table report/> }.into_any()
            }}
            <div class="split">
                <Explained/>
                <Drift drift/>
            </div>
        </div>
    }
}

/// A line for each stocktake, a column for each measure.
#[component]
fn Table(report: AccuracyReport) -> impl IntoView {
    let language = use_language();
    let is_of_one = report.store.is_some();
    let now = report.now;
    let head = measures(language).map(|measure| {
        view! { <th scope="col" class="number" title=measure.text>{measure.name}</th> }
    });
    let row = |row: &AccuracyRow| {
        let days = now.since(row.at).max(0) / DAY_MS;
        let shares = measures(language).map(|measure| {
            view! { <td class="number">{format::fine_percent((measure.share)(&row.accuracy))}</td> }
        });
        let name = match is_of_one {
            true => row.stocktake.to_string(),
            false => language.name(&row.store_name),
        };
        let href = match is_of_one {
            true => format!("/stocktakes/{}/{}", row.store, row.stocktake),
            false => format!("/accuracy?store={}", row.store),
        };
        let sub = match is_of_one {
            true => language.plan_kind(row.kind).to_owned(),
            false => row.stocktake.to_string(),
        };
        view! {
            <tr>
                <th scope="row">
                    <a class="accuracy__name" href=href>{name}</a>
                    <span class="table__sub">{sub}</span>
                </th>
                <td class="accuracy__until">{format::moment(row.at, now, row.zone_offset)}</td>
                <td class="number">{language.accuracy_days_since(days)}</td>
                <td class="number">{format::number(row.accuracy.n_records.into())}</td>
                {shares.collect_view()}
            </tr>
        }
    };
    view! {
        <section class="card card--flush">
            <div class="table-frame" tabindex="0" role="region" aria-label=language.accuracy_table()>
                <table class="table table--dense">
                    <thead>
                        <tr>
                            <th scope="col">
                                {if is_of_one { language.col_stocktake() } else { language.store_column() }}
                            </th>
                            <th scope="col">{language.accuracy_until()}</th>
                            <th scope="col" class="number">{language.accuracy_age()}</th>
                            <th scope="col" class="number">{language.accuracy_records()}</th>
                            {head.collect_view()}
                        </tr>
                    </thead>
                    <tbody>{report.rows.iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}

/// What each measure is.
#[component]
fn Explained() -> impl IntoView {
    let language = use_language();
    let entry = |measure: Measure| {
        view! {
            <dt>{measure.name}</dt>
            <dd>{measure.text}</dd>
        }
    };
    view! {
        <section class="card">
            <div class="card__head">
                <h2 class="card__title">{language.measures_explained()}</h2>
            </div>
            <div class="card__body">
                <p class="plan-form__note muted">{language.accuracy_why()}</p>
                <dl class="facts accuracy__facts">{measures(language).map(entry).collect_view()}</dl>
            </div>
        </section>
    }
}

/// How fast the book drifts once it has been set right.
#[component]
fn Drift(drift: [DriftStep; 4]) -> impl IntoView {
    let language = use_language();
    let is_known = drift.iter().any(|step| step.n_records > 0);
    let step = |step: DriftStep| {
        let span = match step.to_days {
            Some(to) => language.drift_from_to(step.from_days, to),
            None => language.drift_from(step.from_days),
        };
        let share = step.wrong_share();
        let id = format!("drift-{}", step.from_days);
        let bar = share.map(|share| {
            view! { <progress class="progress" aria-labelledby=id.clone() max="100" value=(share * 100.0).round()></progress> }
        });
        view! {
            <li class="accuracy__step">
                <span class="accuracy__span" id=id.clone()>{span}</span>
                <strong>{format::fine_percent(share)}</strong>
                {bar}
                <span class="muted">{language.drift_n(format::number(step.n_records.into()))}</span>
            </li>
        }
    };
    view! {
        <section class="card">
            <div class="card__head">
                <h2 class="card__title">{language.drift_title()}</h2>
            </div>
            <div class="card__body">
                <p class="plan-form__note muted">
                    {if is_known { language.drift_text() } else { language.drift_none() }}
                </p>
                {is_known.then(|| view! { <ul class="accuracy__drift">{drift.map(step).collect_view()}</ul> })}
            </div>
        </section>
    }
}
