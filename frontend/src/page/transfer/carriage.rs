//! Goods under way: how far whoever carries them says they are, the order to the carrier, the driver's link.

use super::{Desk, zone_of};
use crate::browser;
use crate::component::badge::{Badge, Tone};
use crate::component::banner::Banner;
use crate::format;
use crate::text::Language;
use domain::transfer::{Carriage, CarriageStatus, DispatchState, Phase, Step, StepKind, TransferDetail};
use leptos::prelude::*;

/// Who took the goods along.
pub(super) fn carrier(detail: &TransferDetail) -> Option<&str> {
    match &detail.transfer.step(StepKind::HandOver)?.step {
        Step::HandedOver { carriage: Carriage::Carrier { name, .. } | Carriage::Driver { name }, .. } => Some(name),
        _ => None,
    }
}

fn tone(status: CarriageStatus) -> Tone {
    match status {
        CarriageStatus::PickedUp | CarriageStatus::UnderWay => Tone::Info,
        CarriageStatus::Failed => Tone::Bad,
        CarriageStatus::Delivered => Tone::Good,
    }
}

/// Nothing before the goods are handed over.
#[component]
pub(super) fn UnderWay(desk: Desk) -> impl IntoView {
    let language = desk.language;
    move || {
        desk.detail.with(|detail| {
            let name = carrier(detail)?.to_owned();
            let furthest = detail.underway.furthest();
            let state = match furthest {
                Some(status) => {
                    view! { <Badge tone=tone(status)>{language.carriage_status(status)}</Badge> }.into_any()
                }
                None if matches!(detail.transfer.phase(), Phase::InTransit | Phase::Abnormal) => {
                    view! { <p class="muted">{language.carriage_none()}</p> }.into_any()
                }
                None => ().into_any(),
            };
            let order = order(language, detail, &name);
            let link = detail.driver_link.clone().map(|path| view! { <DriverLink language path/> });
            Some(view! {
                <section class="card" aria-labelledby="transfer-carriage">
                    <div class="card__head">
                        <h2 class="card__title" id="transfer-carriage">{language.carriage_head()}</h2>
                    </div>
                    <div class="card__body transfer__state">
                        <p>{language.transfer_carried_by(&name)}</p>
                        {state}
                        {order}
                        {link}
                    </div>
                </section>
            })
        })
    }
}

/// Where the order to the carrier stands.
fn order(language: Language, detail: &TransferDetail, name: &str) -> Option<AnyView> {
    let zone = zone_of(detail, &detail.transfer.receiver);
    let moment = |at| format::moment(at, detail.now, zone);
    let (tone, text) = match &detail.dispatch.as_ref()?.state {
        DispatchState::Sent { at } => (Tone::Info, language.dispatch_sent(name, moment(*at))),
        DispatchState::Waiting { why: None, .. } => (Tone::Info, language.dispatch_waiting(name)),
        DispatchState::Waiting { why: Some(why), next_at } => {
            (Tone::Warn, language.dispatch_again(name, why, moment(*next_at)))
        }
        DispatchState::GivenUp { why, .. } => (Tone::Bad, language.dispatch_given_up(name, why)),
    };
    Some(match tone {
        Tone::Info => view! { <p class="muted">{text}</p> }.into_any(),
        _ => view! { <Banner tone=tone>{text}</Banner> }.into_any(),
    })
}

#[component]
fn DriverLink(language: Language, path: String) -> impl IntoView {
    let is_copied = RwSignal::new(false);
    let copy = {
        let path = path.clone();
        move |_| browser::copy_address(&path, move || is_copied.set(true))
    };
    let words = move || if is_copied.get() { language.driver_link_copied() } else { language.driver_link_copy() };
    view! {
        <div class="field">
            <span class="field__label">{language.driver_link()}</span>
            <p class="field__hint">{language.driver_link_text()}</p>
            <div class="transfer__actions">
                <button class="button" type="button" on:click=copy>{words}</button>
                <a class="button" href=path target="_blank" rel="external">{language.driver_link()}</a>
            </div>
        </div>
    }
}
