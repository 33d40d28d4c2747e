//! A dialog over the page, with its title and a way to close it: button, Escape, or a touch beside it.

use crate::browser;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::text::use_language;
use leptos::ev::{Event, MouseEvent};
use leptos::html;
use leptos::prelude::*;

/// Where a dialog lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DialogPlace {
    /// In the middle.
    #[default]
    Middle,
    /// At the bottom edge, under the thumb.
    Sheet,
}

/// A dialog that is open for as long as it is in the page.
#[component]
pub fn Dialog(
    /// What it asks or shows.
    title: &'static str,
    /// Takes it out of the page.
    #[prop(into)]
    close: Callback<()>,
    /// Where it lies.
    #[prop(optional)]
    place: DialogPlace,
    /// What is under the title.
    children: Children,
) -> impl IntoView {
    let language = use_language();
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| browser::show_dialog(dialog));
    // Closing before it goes gives the focus back to where it was.
    on_cleanup(move || browser::close_dialog(dialog));
    let beside = move |event: MouseEvent| {
        if browser::is_itself(dialog, &event) {
            close.run(());
        }
    };
    let class = match place {
        DialogPlace::Middle => "dialog",
        DialogPlace::Sheet => "dialog dialog--sheet",
    };
    view! {
        <dialog
            class=class
            aria-label=title
            node_ref=dialog
            on:click=beside
            on:cancel=move |event: Event| {
                event.prevent_default();
                close.run(());
            }
        >
            <div class="dialog__head">
                <h2 class="dialog__title">{title}</h2>
                <button
                    class=button_class(ButtonKind::Ghost, ButtonSize::Usual, ButtonWidth::Icon)
                    type="button"
                    aria-label=language.close()
                    on:click=move |_| close.run(())
                >
                    <Icon glyph=Glyph::Close/>
                </button>
            </div>
            {children()}
        </dialog>
    }
}
