//! Recording a movement: goods come, go, move, break, by scanning.
//!
//! All of it lives on the phone and works without the network, so the server renders only the bones of the page.

#[cfg(feature = "hydrate")]
mod compose;
#[cfg(feature = "hydrate")]
mod desk;
#[cfg(feature = "hydrate")]
mod document;
#[cfg(feature = "hydrate")]
mod done;
#[cfg(feature = "hydrate")]
mod line_sheet;
#[cfg(feature = "hydrate")]
mod review;
#[cfg(feature = "hydrate")]
mod screen;
#[cfg(feature = "hydrate")]
mod sheet;

use crate::backend::{BackendError, sign_in_path};
use crate::component::load_state::{Problem, Skeleton};
use crate::session::use_session;
use crate::text::use_language;
use domain::movement::MovementKind;
use domain::policy::Action;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_params_map;

/// The page of one kind of movement: `/move/receipt`.
#[component]
pub fn MovementPage() -> impl IntoView {
    let session = use_session();
    let params = use_params_map();
    let kind =
        Memo::new(move |_| params.with(|params| params.get("kind")).as_deref().and_then(MovementKind::from_code));
    move || {
        let Some(kind) = kind.get() else {
            return view! { <Problem error=BackendError::NotFound/> }.into_any();
        };
        if session.viewer.is_none() && !session.is_offline_shell {
            let here = format!("/move/{}", kind.code());
            return view! { <Redirect path=sign_in_path(&here)/> }.into_any();
        }
        if session.viewer.is_some() && !session.may(Action::MoveStock) {
            return view! { <Problem error=BackendError::Forbidden/> }.into_any();
        }
        view! { <Bones kind/> }.into_any()
    }
}

#[component]
fn Bones(kind: MovementKind) -> impl IntoView {
    let language = use_language();
    let is_alive = RwSignal::new(false);
    Effect::new(move |_| is_alive.set(true));
    view! {
        <Title text=language.movement(kind)/>
        <div class="shell shell--bare">
            <main class="shell__main" id="main" tabindex="-1">
                {move || if is_alive.get() { screen(kind) } else { view! { <Skeleton/> }.into_any() }}
            </main>
        </div>
    }
}

#[cfg(feature = "hydrate")]
fn screen(kind: MovementKind) -> AnyView {
    view! { <screen::MovementScreen kind/> }.into_any()
}

#[cfg(not(feature = "hydrate"))]
fn screen(_: MovementKind) -> AnyView {
    view! { <Skeleton/> }.into_any()
}
