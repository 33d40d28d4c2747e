//! What lies over the page: one dialog at a time, from the bottom edge, under the thumb.

mod finish;
mod quantity;
mod unknown;

use super::desk::{Desk, Sheet};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::scan::camera::Camera;
use crate::scan::outbox::OutboxSheet;
use crate::scan::settings::SettingsSheet;
use crate::scan::typed::TypedSheet;
use leptos::prelude::*;

/// The dialog that is wanted, if any.
#[component]
pub fn Sheets(desk: Desk, camera: Camera) -> impl IntoView {
    let close = desk.close();
    move || match desk.sheet.get() {
        Sheet::None => ().into_any(),
        Sheet::Quantity(key) => view! { <quantity::QuantitySheet desk key/> }.into_any(),
        Sheet::Typed => view! { <TypedSheet camera/> }.into_any(),
        Sheet::Unknown(key) => view! { <unknown::UnknownSheet desk key/> }.into_any(),
        Sheet::Finish => view! { <finish::FinishSheet desk/> }.into_any(),
        Sheet::Outbox => view! { <OutboxSheet bench=camera.bench here="/count".to_owned() on_close=close/> }.into_any(),
        Sheet::Settings => view! {
            <SettingsSheet camera on_close=close>
                <button
                    class=button_class(ButtonKind::Usual, ButtonSize::Large, ButtonWidth::Block)
                    type="button"
                    on:click=move |_| desk.sheet.set(Sheet::Finish)
                >
                    <Icon glyph=Glyph::Check/>
                    {desk.language.finish()}
                </button>
            </SettingsSheet>
        }
        .into_any(),
    }
}
