//! What was refused, until it has been seen.

use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::text::use_language;
use leptos::html::Button;
use leptos::prelude::*;

/// Says that something was not taken, and why.
#[component]
pub fn Refused(
    /// Why.
    why: String,
    /// Emptied once it has been seen.
    refused: RwSignal<Option<String>>,
) -> impl IntoView {
    let language = use_language();
    let button = NodeRef::<Button>::new();
    Effect::new(move |_| {
        if let Some(button) = button.get() {
            let _ = button.focus();
        }
    });
    view! {
        <div class="scan-result scan-result--refused">
            <Icon glyph=Glyph::Warning size=IconSize::Large/>
            <div>
                <p class="scan-result__name">{language.refused_title()}</p>
                <p>{why}</p>
            </div>
            <div class="scan-result__actions">
                <button
                    class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Block)
                    type="button"
                    node_ref=button
                    on:click=move |_| refused.set(None)
                >
                    {language.understood()}
                </button>
            </div>
        </div>
    }
}
