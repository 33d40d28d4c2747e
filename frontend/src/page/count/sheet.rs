//! What lies over the page: one dialog at a time, from the bottom edge, under the thumb.

mod finish;
mod outbox;
mod quantity;
mod settings;
mod typed;
mod unknown;

use super::camera::Camera;
use super::desk::{Desk, Sheet};
use crate::component::dialog::{Dialog, DialogPlace};
use leptos::prelude::*;

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

/// A dialog at the bottom edge that closes by taking the sheet away.
#[component]
fn SheetFrame(desk: Desk, title: &'static str, children: Children) -> impl IntoView {
    let close = move |()| desk.sheet.set(Sheet::None);
    view! { <Dialog title close place=DialogPlace::Sheet>{children()}</Dialog> }
}
