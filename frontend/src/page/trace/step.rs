//! One event of a timeline, with everything that can be told about it.

use super::map::PlaceMap;
use super::trace_href;
use crate::component::badge::{Badge, Tone};
use crate::component::photo_view::PhotoView;
use crate::component::trace_list::{Detail, TraceLine};
use crate::format;
use crate::text::use_language;
use domain::accept::SKEW_TOLERATED_MS;
use domain::event::ClockVerdict;
use domain::geo::Fix;
use domain::id::{EventId, StoreCode};
use domain::instant::Timestamp;
use domain::trace::{EventKind, StockChange, StoreSite, SubjectKind, TraceAsk, TraceStep};
use leptos::prelude::*;

/// An event.
#[component]
pub fn Step(
    step: TraceStep,
    site: StoredValue<StoreSite>,
    now: Timestamp,
    ask: StoredValue<TraceAsk>,
) -> impl IntoView {
    let language = use_language();
    let zone = site.with_value(|site| site.zone_offset);
    // Among several stores each event names its own.
    let is_one_of_several = ask.with_value(|ask| ask.store == TraceAsk::ALL_STORES);
    let store_name = is_one_of_several.then(|| site.with_value(|site| language.name(&site.name).to_owned()));
    let line = TraceLine::of(&step.entry, store_name.as_deref(), zone, now, Detail::Where, language);
    let flags = step.entry.flags.clone();
    let flags =
        flags.into_iter().map(|flag| view! { <Badge tone=Tone::Warn>{language.flag(flag)}</Badge> }).collect_view();
    // The one line that a search about an item is about says it all.
    let change = match step.changes.as_slice() {
        [only] => only
            .stock
            .map(|(before, after)| format!("{} {} → {}", only.name, format::number(before), format::number(after))),
        _ => None,
    };
    let place = language.trace_place(step.entry.fix, step.entry.geofence);
    let (what, units, when, machine_time, who) = line.parts();
    let units = match step.changes.as_slice() {
        [only] => Some(format::signed(only.units)),
        _ => units,
    };
    let photos = (1..)
        .zip(step.entry.photos.clone())
        .map(|(n, id)| view! { <li><PhotoView id alt=language.step_photo_alt(n, what.clone())/></li> })
        .collect_view();
    let photos = (!step.entry.photos.is_empty())
        .then(|| view! { <ul class="step__photos" aria-label=language.step_photos()>{photos}</ul> });
    view! {
        <li class="step">
            <details>
                <summary class="step__summary">
                    <span class="step__what">
                        {what} " " {units.map(|units| view! { <span class="trace__units">{units}</span> })}
                        {change.map(|change| view! { <span class="step__change">{change}</span> })}
                    </span>
                    <time class="step__when" datetime=machine_time>{when}</time>
                    <span class="step__who">
                        {who} " · " {place}
                    </span>
                    <span class="step__flags">{flags}</span>
                </summary>
                <Details step site ask/>
            </details>
            {photos}
        </li>
    }
}

#[component]
fn Details(step: TraceStep, site: StoredValue<StoreSite>, ask: StoredValue<TraceAsk>) -> impl IntoView {
    let language = use_language();
    let site = site.get_value();
    // Links stay in the store, or in all of them, that the page is about.
    let (own, store) = (site.store.to_string(), ask.with_value(|ask| ask.store.clone()));
    let zone = site.zone_offset;
    let date_time = |at: Timestamp| {
        let wall = at.wall(zone);
        format!("{} {}", wall.date(), wall.time())
    };
    let is_skewed = step.entry.clock != ClockVerdict::Plausible
        || step.device_time.since(step.entry.recorded_at).abs() > SKEW_TOLERATED_MS
            && step.device_time > step.entry.recorded_at;
    let entry = step.entry.clone();
    let person = entry.person.to_string();
    let only_person = {
        let ask = ask.get_value();
        let path = match (ask.subject, ask.key) {
            (Some(kind), Some(key)) => format!("/trace/{kind}/{}", crate::backend::escape_segment(&key)),
            _ => "/trace".to_owned(),
        };
        format!("{path}?store={store}&person={person}")
    };
    let subject = |kind: SubjectKind, key: String, label: String| {
        let href = trace_href(kind, &key, &store);
        view! { <a href=href>{label}</a> }
    };
    let device = match step.device {
        Some(device) => {
            let number = language.step_device_seq(step.device_seq);
            view! {
                {subject(SubjectKind::Device, device.to_string(), device.to_string())}
                {format!(" · {number} · {}", step.app)}
            }
            .into_any()
        }
        None => language.step_none().into_any(),
    };
    let document = step.document.clone().map(|document| {
        view! {
            <dt>{language.step_document()}</dt>
            <dd>{subject(SubjectKind::Document, document.clone(), document)}</dd>
        }
    });
    let stocktake = step.stocktake.clone().map(|stocktake| {
        view! {
            <dt>{language.step_stocktake()}</dt>
            <dd>{subject(SubjectKind::Stocktake, stocktake.to_string(), stocktake.to_string())}</dd>
        }
    });
    let map = match entry.fix {
        Fix::Located { at, accuracy_m, .. } => {
            let site = site.clone();
            view! { <PlaceMap site at accuracy_m/> }.into_any()
        }
        Fix::Missing { .. } => ().into_any(),
    };
    let proof = format!("/api/v1/proof?store={own}&seq={}", entry.seq);
    let place = language.trace_place(entry.fix, entry.geofence);
    let is_alive = RwSignal::new(false);
    Effect::new(move |_| is_alive.set(true));
    let (is_movement, cites) = (matches!(step.kind, EventKind::Moved(_)), (entry.id, entry.store.clone()));
    let reverse = move || (is_movement && is_alive.get()).then(|| reversal(cites.clone()));
    view! {
        <div class="step__body">
            <dl class="facts">
                <dt>{language.step_person()}</dt>
                <dd>
                    {subject(SubjectKind::Person, person, entry.person_name.clone())} " · "
                    <a href=only_person>{language.only_this_person()}</a>
                </dd>
                <dt>{language.step_device_time()}</dt>
                <dd>
                    {date_time(step.device_time)}
                    {is_skewed
                        .then(|| view! { " " <Badge tone=Tone::Warn>{language.step_skew()}</Badge> })}
                </dd>
                <dt>{language.step_recorded()}</dt>
                <dd>{date_time(entry.recorded_at)}</dd>
                <dt>{language.step_place()}</dt>
                <dd>{place}</dd>
                <dt>{language.step_device()}</dt>
                <dd class="step__code">{device}</dd>
                {document}
                {stocktake}
                <dt>{language.step_number()}</dt>
                <dd>
                    {entry.seq} " · " <a href=proof rel="external" download="">{language.step_proof()}</a>
                </dd>
            </dl>
            <Changes changes=step.changes n_more=step.n_more_changes store=store.clone()/>
            {map}
            {reverse}
        </div>
    }
}

#[cfg(feature = "hydrate")]
fn reversal((event, store): (EventId, StoreCode)) -> AnyView {
    view! { <super::reverse::Reverse event store/> }.into_any()
}

/// The button appears in the browser: what it records is kept on the device first.
#[cfg(not(feature = "hydrate"))]
fn reversal(_: (EventId, StoreCode)) -> AnyView {
    ().into_any()
}

/// What the event did to stock.
#[component]
fn Changes(changes: Vec<StockChange>, n_more: u32, store: String) -> impl IntoView {
    let language = use_language();
    if changes.is_empty() {
        return ().into_any();
    }
    let row = |change: StockChange| {
        let (before, after) = match change.stock {
            Some((before, after)) => (format::number(before), format::number(after)),
            None => (language.stock_not_booked().to_owned(), String::new()),
        };
        let href = trace_href(SubjectKind::Product, change.sku.as_str(), &store);
        view! {
            <tr>
                <th scope="row"><a href=href>{change.name}</a></th>
                <td>{language.place(&change.place)}</td>
                <td class="number">{before}</td>
                <td class="number">{format::signed(change.units)}</td>
                <td class="number">{after}</td>
            </tr>
        }
    };
    let rows = changes.into_iter().map(row).collect_view();
    view! {
        <div class="table-frame" tabindex="0" role="region" aria-label=language.step_changes()>
            <table class="table table--dense">
                <thead>
                    <tr>
                        <th scope="col">{language.subject_product()}</th>
                        <th scope="col">{language.stock_place()}</th>
                        <th scope="col" class="number">{language.stock_before()}</th>
                        <th scope="col" class="number">{language.stock_change()}</th>
                        <th scope="col" class="number">{language.stock_after()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {(n_more > 0).then(|| view! { <p class="muted">{language.step_more_changes(n_more)}</p> })}
        </div>
    }
    .into_any()
}
