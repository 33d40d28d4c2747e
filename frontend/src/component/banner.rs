//! A message that stays until its cause is gone.

use crate::component::badge::Tone;
use crate::component::icon::{Glyph, Icon};
use leptos::prelude::*;

/// A banner.
#[component]
pub fn Banner(
    /// What it means.
    tone: Tone,
    /// The text, and a button if there is something to do.
    children: Children,
) -> impl IntoView {
    let glyph = match tone {
        Tone::Good => Glyph::Check,
        Tone::Plain | Tone::Info | Tone::Warn | Tone::Bad => Glyph::Warning,
    };
    // An error is said at once, anything else when there is a pause.
    let role = if tone == Tone::Bad { "alert" } else { "status" };
    view! {
        <div class=format!("banner{}", tone.modifier("banner")) role=role>
            <Icon glyph/>
            <div class="banner__text">{children()}</div>
        </div>
    }
}
