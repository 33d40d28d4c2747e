//! An address that leads nowhere.

use crate::backend::BackendError;
use crate::component::load_state::Problem;
use crate::text::use_language;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page for unknown addresses.
#[component]
pub fn MissingPage() -> impl IntoView {
    let language = use_language();
    #[cfg(feature = "ssr")]
    if let Some(backend) = use_context::<std::sync::Arc<dyn crate::backend::Backend>>() {
        backend.answer_with(&BackendError::NotFound);
    }
    view! {
        <Title text=language.problem_not_found_title()/>
        <main id="main">
            <Problem error=BackendError::NotFound/>
        </main>
    }
}
