//! Picking and receiving a transfer by scanning, and opening one by its waybill.
//!
//! What is scanned lives on the phone until it is confirmed, so the server renders only the bones of the page.

#[cfg(feature = "hydrate")]
mod check;
#[cfg(feature = "hydrate")]
mod desk;
#[cfg(feature = "hydrate")]
mod list;
#[cfg(feature = "hydrate")]
mod screen;
#[cfg(feature = "hydrate")]
mod sheet;
#[cfg(feature = "hydrate")]
mod waybill;

use crate::backend::{BackendError, sign_in_path};
use crate::component::load_state::{Problem, Skeleton};
use crate::session::use_session;
use crate::text::use_language;
use domain::policy::Action;
use domain::transfer::TransferId;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_params_map;

/// The page that scans a transfer's goods: `/transfers/01…/scan`.
#[component]
pub fn TransferScanPage() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.with(|params| params.get("transfer")).and_then(|id| TransferId::parse(&id).ok());
    move || match id() {
        None => view! { <Problem error=BackendError::NotFound/> }.into_any(),
        Some(id) => view! { <Bones here=format!("/transfers/{id}/scan") of=Some(id)/> }.into_any(),
    }
}

/// The page that scans a waybill: `/transfers/scan`.
#[component]
pub fn WaybillScanPage() -> impl IntoView {
    view! { <Bones here="/transfers/scan".to_owned() of=None/> }
}

#[component]
fn Bones(here: String, of: Option<TransferId>) -> impl IntoView {
    let language = use_language();
    let session = use_session();
    if session.viewer.is_none() && !session.is_offline_shell {
        return view! { <Redirect path=sign_in_path(&here)/> }.into_any();
    }
    if session.viewer.is_some() && !session.may(Action::MoveStock) {
        return view! { <Problem error=BackendError::Forbidden/> }.into_any();
    }
    let title = if of.is_some() { language.transfers_title() } else { language.waybill_scan() };
    let is_alive = RwSignal::new(false);
    Effect::new(move |_| is_alive.set(true));
    view! {
        <Title text=title/>
        <div class="shell shell--bare">
            <main class="shell__main" id="main" tabindex="-1">
                {move || if is_alive.get() { screen(of) } else { view! { <Skeleton/> }.into_any() }}
            </main>
        </div>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
fn screen(of: Option<TransferId>) -> AnyView {
    match of {
        Some(id) => view! { <screen::ScanScreen id/> }.into_any(),
        None => view! { <waybill::WaybillScreen/> }.into_any(),
    }
}

#[cfg(not(feature = "hydrate"))]
fn screen(_: Option<TransferId>) -> AnyView {
    view! { <Skeleton/> }.into_any()
}
