//! The places that have no tab of their own on a phone.

use crate::component::nav::MorePlaces;
use crate::component::page_head::PageHead;
use crate::text::use_language;
use leptos::prelude::*;

/// The page.
#[component]
pub fn MorePage() -> impl IntoView {
    let language = use_language();
    view! {
        <div class="page page--narrow">
            <PageHead title=language.nav_more() sub=language.more_sub().to_owned()/>
            <section class="card card--flush">
                <MorePlaces/>
            </section>
        </div>
    }
}
