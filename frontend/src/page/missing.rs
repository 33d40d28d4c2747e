//! An address that leads nowhere.

use crate::app::Framed;
use crate::backend::BackendError;
use crate::component::load_state::Problem;
use leptos::prelude::*;

/// The page for unknown addresses.
#[component]
pub fn MissingPage() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(backend) = use_context::<std::sync::Arc<dyn crate::backend::Backend>>() {
        backend.answer_with(&BackendError::NotFound);
    }
    view! {
        <Framed>
            <Problem error=BackendError::NotFound/>
        </Framed>
    }
}
