//! What lies over the page.

use super::desk::{End, MoveDesk, Sheet};
use super::line_sheet::LineSheet;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::component::photo_capture::PhotoCapture;
use crate::scan::camera::Camera;
use crate::scan::outbox::OutboxSheet;
use crate::scan::place_sheet::{PlaceSheet, zones};
use crate::scan::settings::SettingsSheet;
use crate::scan::typed::TypedSheet;
use domain::movement::{MovementKind, Place};
use domain::photo::PhotoId;
use leptos::prelude::*;

/// The dialog that is wanted, if any.
#[component]
pub fn Sheets(desk: MoveDesk, camera: Camera) -> impl IntoView {
    let close = Callback::new(move |()| desk.sheet.set(Sheet::None));
    let here = format!("/move/{}", desk.kind().code());
    move || match desk.sheet.get() {
        Sheet::None => ().into_any(),
        Sheet::Place(end) => view! { <EndSheet desk end/> }.into_any(),
        Sheet::Line(key) => view! { <LineSheet desk key/> }.into_any(),
        Sheet::Typed => view! { <TypedSheet camera/> }.into_any(),
        Sheet::Outbox => view! { <OutboxSheet bench=camera.bench here=here.clone() on_close=close/> }.into_any(),
        Sheet::Settings => view! {
            <SettingsSheet camera on_close=close>
                <Discard desk/>
            </SettingsSheet>
        }
        .into_any(),
        Sheet::Photo => view! { <Evidence desk/> }.into_any(),
    }
}

#[component]
fn Evidence(desk: MoveDesk) -> impl IntoView {
    let (store, person) = desk.with_snapshot(|snapshot| (snapshot.store.code.clone(), snapshot.viewer.id.clone()));
    let on_taken = Callback::new(move |photo: PhotoId| {
        desk.edit(|draft| {
            if !draft.photos.contains(&photo) {
                draft.photos.push(photo);
            }
        });
        desk.sheet.set(Sheet::None);
    });
    let on_close = Callback::new(move |()| desk.sheet.set(Sheet::None));
    view! { <PhotoCapture store person on_taken on_close/> }
}

/// Empties the draft, at the second press.
#[component]
fn Discard(desk: MoveDesk) -> impl IntoView {
    let language = desk.language;
    let is_sure = RwSignal::new(false);
    let press = move |_| if is_sure.get_untracked() { desk.discard() } else { is_sure.set(true) };
    view! {
        <button
            class=button_class(ButtonKind::Danger, ButtonSize::Large, ButtonWidth::Block)
            type="button"
            on:click=press
        >
            <Icon glyph=Glyph::Erase/>
            {move || if is_sure.get() { language.draft_discard_sure() } else { language.draft_discard() }}
        </button>
    }
}

/// Chooses a place of the store.
#[component]
fn EndSheet(desk: MoveDesk, end: End) -> impl IntoView {
    let language = desk.language;
    let arrives = end == End::To || matches!(desk.kind(), MovementKind::Receipt | MovementKind::CustomerReturn);
    let title = if arrives { language.place_title_to() } else { language.place_title_from() };
    let now = desk.draft.with_untracked(|draft| match end {
        End::First => draft.place.clone(),
        End::To => draft.to.clone(),
    });
    let choose = Callback::new(move |place: Place| {
        desk.set_place(end, place);
        desk.sheet.set(Sheet::None);
    });
    let zones = desk.with_snapshot(zones);
    view! { <PlaceSheet title zones now choose on_close=Callback::new(move |()| desk.sheet.set(Sheet::None))/> }
}
