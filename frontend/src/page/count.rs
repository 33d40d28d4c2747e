//! The counting page: a clerk, a phone, a shelf.
//!
//! All of it lives on the phone and works without the network, so the server renders only the bones of the page.

#[cfg(feature = "hydrate")]
mod counter;
#[cfg(feature = "hydrate")]
mod desk;
#[cfg(feature = "hydrate")]
mod opening;
#[cfg(feature = "hydrate")]
mod result;
#[cfg(feature = "hydrate")]
mod screen;
#[cfg(feature = "hydrate")]
mod sheet;
#[cfg(feature = "hydrate")]
mod work_list;

use crate::backend::{BackendError, sign_in_path};
use crate::component::load_state::{Problem, Skeleton};
use crate::session::use_session;
use crate::text::use_language;
use domain::policy::Action;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_location;

/// The counting page.
#[component]
pub fn CountPage() -> impl IntoView {
    let language = use_language();
    let session = use_session();
    if session.viewer.is_none() && !session.is_offline_shell {
        let query = use_location().search.get_untracked();
        let here = format!("/count{}{query}", if query.is_empty() || query.starts_with('?') { "" } else { "?" });
        return view! { <Redirect path=sign_in_path(&here)/> }.into_any();
    }
    if session.viewer.is_some() && !session.may(Action::Count) {
        return view! { <Problem error=BackendError::Forbidden/> }.into_any();
    }
    let is_alive = RwSignal::new(false);
    Effect::new(move |_| is_alive.set(true));
    view! {
        <Title text=language.count_title()/>
        <div class="shell shell--bare">
            <main class="shell__main" id="main" tabindex="-1">
                {move || if is_alive.get() { screen() } else { view! { <Skeleton/> }.into_any() }}
            </main>
        </div>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
fn screen() -> AnyView {
    view! { <screen::CountScreen/> }.into_any()
}

#[cfg(not(feature = "hydrate"))]
fn screen() -> AnyView {
    view! { <Skeleton/> }.into_any()
}
