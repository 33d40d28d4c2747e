//! Says that the browser has thrown away what was stored on this device.

use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::device::{know_of_loss, use_device};
use crate::text::use_language;
use leptos::prelude::*;

/// Nothing, or a banner above the page until its button is pressed.
#[component]
pub fn LossNotice() -> impl IntoView {
    let language = use_language();
    let device = use_device();
    view! {
        <Show when=move || device.has_lost.get()>
            <Banner tone=Tone::Bad>
                <p class="banner__title">{language.storing_lost()}</p>
                <p>{language.storing_lost_text()}</p>
                <button
                    type="button"
                    class=button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words)
                    on:click=move |_| know_of_loss(device)
                >
                    {language.storing_lost_read()}
                </button>
            </Banner>
        </Show>
    }
}
