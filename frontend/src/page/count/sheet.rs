//! What lies over the page: one dialog at a time, from the bottom edge, under the thumb.

mod finish;
mod outbox;
mod quantity;
mod settings;
mod typed;
mod unknown;

use super::camera::Camera;
use super::desk::{Desk, Sheet};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use leptos::html::Dialog;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The dialog that is wanted, if any.
#[component]
pub fn Sheets(desk: Desk, camera: Camera) -> impl IntoView {
    move || match desk.sheet.get() {
        Sheet::None => ().into_any(),
        Sheet::Quantity(key) => view! { <quantity::QuantitySheet desk key/> }.into_any(),
        Sheet::Typed => view! { <typed::TypedSheet desk camera/> }.into_any(),
        Sheet::Unknown(key) => view! { <unknown::UnknownSheet desk key/> }.into_any(),
        Sheet::Finish => view! { <finish::FinishSheet desk/> }.into_any(),
        Sheet::Outbox => view! { <outbox::OutboxSheet desk/> }.into_any(),
        Sheet::Settings => view! { <settings::SettingsSheet desk camera/> }.into_any(),
    }
}

/// A dialog with its title and a way to close it: button, Escape, or a touch beside it.
#[component]
fn SheetFrame(desk: Desk, title: &'static str, children: Children) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let close = move || desk.sheet.set(Sheet::None);
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            // Fails only for a dialog that is open or not in the page.
            let _ = dialog.show_modal();
        }
    });
    // Closing before it goes gives the focus back to where it was.
    on_cleanup(move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    });
    let beside = move |event: leptos::ev::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlDialogElement>().ok());
        if target.is_some() {
            close();
        }
    };
    view! {
        <dialog
            class="dialog dialog--sheet"
            aria-label=title
            node_ref=dialog
            on:click=beside
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                close();
            }
        >
            <div class="dialog__head">
                <h2 class="dialog__title">{title}</h2>
                <button
                    class=button_class(ButtonKind::Ghost, ButtonSize::Usual, ButtonWidth::Icon)
                    type="button"
                    aria-label=desk.language.close()
                    on:click=move |_| close()
                >
                    <Icon glyph=Glyph::Close/>
                </button>
            </div>
            {children()}
        </dialog>
    }
}
