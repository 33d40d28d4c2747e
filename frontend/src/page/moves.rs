//! What this person recorded on this phone: where it stands, and the way to reverse it.

#[cfg(feature = "hydrate")]
mod list;
#[cfg(feature = "hydrate")]
mod reverse;

use crate::backend::BackendError;
use crate::component::load_state::{Problem, Skeleton};
use crate::component::page_head::PageHead;
use crate::session::use_session;
use crate::text::use_language;
use domain::policy::Action;
use leptos::prelude::*;
use leptos_meta::Title;

/// Recent movements of this phone.
#[component]
pub fn MovesPage() -> impl IntoView {
    let language = use_language();
    let session = use_session();
    if session.viewer.is_some() && !session.may(Action::MoveStock) {
        return view! { <Problem error=BackendError::Forbidden/> }.into_any();
    }
    let is_alive = RwSignal::new(false);
    Effect::new(move |_| is_alive.set(true));
    view! {
        <Title text=language.moves_title()/>
        <div class="page page--narrow">
            <PageHead title=language.moves_title() sub=language.moves_sub().to_owned()/>
            {move || if is_alive.get() { list() } else { view! { <Skeleton/> }.into_any() }}
        </div>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
fn list() -> AnyView {
    view! { <list::MoveList/> }.into_any()
}

#[cfg(not(feature = "hydrate"))]
fn list() -> AnyView {
    view! { <Skeleton/> }.into_any()
}
