//! Movements that await somebody's word, and the word.

#[cfg(feature = "hydrate")]
mod decide;

use crate::backend::{Approvals, Awaiting, BackendError, read_approvals};
use crate::component::badge::{Badge, Tone};
use crate::component::icon::Glyph;
use crate::component::load_state::{Empty, LoadState, Problem};
use crate::component::page_head::PageHead;
use crate::component::photo_view::PhotoView;
use crate::format;
use crate::session::use_session;
use crate::text::use_language;
use domain::instant::Timestamp;
use domain::movement::{Leg, Movement, MovementKind};
use domain::policy::{Action, Viewer};
use leptos::prelude::*;
use leptos_meta::Title;

/// Lines of a movement shown before the rest is summed up.
const LINES_MAX: usize = 6;

/// What awaits the viewer's word.
#[component]
pub fn ApprovalsPage() -> impl IntoView {
    let language = use_language();
    let session = use_session();
    if session.viewer.is_some() && !session.may(Action::Approve) {
        return view! { <Problem error=BackendError::Forbidden/> }.into_any();
    }
    let approvals = Resource::new_blocking(|| (), |()| read_approvals());
    provide_context(Reload(Callback::new(move |()| approvals.refetch())));
    view! {
        <Title text=language.approvals_title()/>
        <LoadState resource=approvals show=|approvals| view! { <Waiting approvals/> }/>
    }
    .into_any()
}

/// Reads the list anew.
#[derive(Debug, Clone, Copy)]
struct Reload(Callback<()>);

#[component]
fn Waiting(approvals: Approvals) -> impl IntoView {
    let language = use_language();
    let Reload(reload) = expect_context();
    let viewer = use_session().viewer;
    let now = approvals.now;
    let is_empty = approvals.awaiting.is_empty();
    let card = move |awaiting: Awaiting| {
        let viewer = viewer.clone();
        view! { <li><Card awaiting viewer now reload/></li> }
    };
    view! {
        <div class="page approvals">
            <PageHead title=language.approvals_title() sub=language.approvals_sub().to_owned()/>
            {is_empty
                .then(|| view! {
                    <Empty glyph=Glyph::Check title=language.approvals_none_title() text=language.approvals_none_text()/>
                })}
            <ul class="approvals__list">{approvals.awaiting.into_iter().map(card).collect_view()}</ul>
        </div>
    }
}

#[component]
fn Card(awaiting: Awaiting, viewer: Option<Viewer>, now: Timestamp, reload: Callback<()>) -> impl IntoView {
    let language = use_language();
    let movement = &awaiting.movement;
    let when = format::moment(awaiting.at, now, awaiting.zone_offset);
    let by = language.approvals_by(&awaiting.person_name, when);
    let place = format!("{} · {}", language.name(&awaiting.store_name), by);
    let flags = awaiting
        .flags
        .iter()
        .copied()
        .map(|flag| view! { <Badge tone=Tone::Bad>{language.flag(flag)}</Badge> })
        .collect_view();
    let is_without_sale = movement.kind == MovementKind::CustomerReturn && movement.cites.is_none();
    let facts = [
        movement.document.clone(),
        movement.reason.map(|reason| language.reason(reason).to_owned()),
        is_without_sale.then(|| language.approvals_no_sale().to_owned()),
        refund(movement).map(|minor| language.approvals_refund(format::money(minor))),
        movement.note.clone(),
    ];
    let facts = facts.into_iter().flatten().map(|fact| view! { <li>{fact}</li> }).collect_view();
    let lines = lines(&awaiting);
    let n_more = lines.len().saturating_sub(LINES_MAX);
    let lines = lines
        .into_iter()
        .take(LINES_MAX)
        .map(|(name, way, units)| {
            view! {
                <li class="approvals__line">
                    <span class="approvals__item">{name}<span class="approvals__way">{way}</span></span>
                    <span class="row__figure">{units}</span>
                </li>
            }
        })
        .collect_view();
    let photos = movement
        .photos
        .iter()
        .copied()
        .enumerate()
        .map(|(at, id)| view! { <PhotoView id alt=language.review_photo_alt(at + 1)/> })
        .collect_view();
    let title_id = format!("approval-{}", awaiting.event);
    let why_not = match &viewer {
        Some(viewer) if viewer.id == awaiting.person => Some(language.approvals_own().to_owned()),
        Some(viewer) if !awaiting.may_be_decided_by(viewer) => {
            Some(language.approvals_beyond(language.role(awaiting.needed)))
        }
        _ => None,
    };
    let foot = match (why_not, viewer) {
        (Some(why), _) => view! { <p class="muted">{why}</p> }.into_any(),
        (None, Some(viewer)) => {
            let is_alive = RwSignal::new(false);
            Effect::new(move |_| is_alive.set(true));
            let awaiting = StoredValue::new(awaiting.clone());
            let buttons = move || awaiting.with_value(|awaiting| decision(awaiting, viewer.clone(), reload));
            view! { {move || is_alive.get().then(&buttons)} }.into_any()
        }
        (None, None) => ().into_any(),
    };
    view! {
        <article class="card approvals__card" aria-labelledby=title_id.clone()>
            <div class="card__head">
                <h2 class="card__title" id=title_id.clone()>{language.movement(movement.kind)}</h2>
                <strong class="approvals__value">{format::money(awaiting.value_minor)}</strong>
            </div>
            <div class="approvals__body">
                <p class="approvals__by">{place}</p>
                <p class="approvals__flags">
                    <Badge tone=Tone::Warn>{language.approvals_needs(language.role(awaiting.needed))}</Badge>
                    {flags}
                </p>
                <ul class="approvals__facts">{facts}</ul>
                <ul class="approvals__lines">
                    {lines}
                    {(n_more > 0).then(|| view! { <li class="muted">{language.approvals_lines_more(n_more)}</li> })}
                </ul>
                <div class="approvals__photos">{photos}</div>
                {foot}
            </div>
        </article>
    }
}

/// What the customer gets.
fn refund(movement: &Movement) -> Option<i64> {
    let is_return = movement.kind == MovementKind::CustomerReturn && !movement.prices.is_empty();
    is_return.then(|| movement.priced_minor())
}

/// Name, way and pieces of each item: each arriving leg with where the item leaves.
fn lines(awaiting: &Awaiting) -> Vec<(String, String, String)> {
    let language = use_language();
    let legs = &awaiting.movement.legs;
    let line = |to: &Leg| {
        let from = legs.iter().find(|leg| leg.units < 0 && leg.sku == to.sku);
        let from = from.map_or_else(String::new, |leg| language.place(&leg.place));
        let name = awaiting.names.get(&to.sku).cloned().unwrap_or_else(|| to.sku.to_string());
        (name, language.review_route(from, language.place(&to.place)), format::number(to.units))
    };
    legs.iter().filter(|leg| leg.units > 0).map(line).collect()
}

#[cfg(feature = "hydrate")]
fn decision(awaiting: &Awaiting, viewer: Viewer, reload: Callback<()>) -> AnyView {
    let (event, store) = (awaiting.event, awaiting.store.clone());
    view! { <decide::Decide event store viewer reload/> }.into_any()
}

/// The buttons appear in the browser: what they record is kept on the device first.
#[cfg(not(feature = "hydrate"))]
fn decision(_: &Awaiting, _: Viewer, _: Callback<()>) -> AnyView {
    ().into_any()
}
