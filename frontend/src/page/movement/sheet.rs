//! What lies over the page.

use super::desk::{End, MoveDesk, Sheet};
use super::line_sheet::LineSheet;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::component::photo_capture::PhotoCapture;
use crate::scan::camera::Camera;
use crate::scan::outbox::OutboxSheet;
use crate::scan::settings::SettingsSheet;
use crate::scan::sheet_frame::SheetFrame;
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
        Sheet::Place(end) => view! { <PlaceSheet desk end/> }.into_any(),
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
fn PlaceSheet(desk: MoveDesk, end: End) -> impl IntoView {
    let language = desk.language;
    let arrives = end == End::To || matches!(desk.kind(), MovementKind::Receipt | MovementKind::CustomerReturn);
    let title = if arrives { language.place_title_to() } else { language.place_title_from() };
    let now = desk.draft.with_untracked(|draft| match end {
        End::First => draft.place.clone(),
        End::To => draft.to.clone(),
    });
    let choose = move |place: Place| {
        desk.set_place(end, place);
        desk.sheet.set(Sheet::None);
    };
    let now = StoredValue::new(now);
    let zones = desk.with_snapshot(|snapshot| {
        let shelves = |zone: &domain::master::Zone| {
            let of_zone = snapshot.shelves.iter().filter(|shelf| shelf.shelf.code.zone() == zone.code);
            of_zone.map(|shelf| shelf.shelf.code.clone()).collect::<Vec<_>>()
        };
        let title = |zone: &domain::master::Zone| language.shelf_zone(&zone.code, language.name(&zone.name));
        snapshot.zones.iter().map(|zone| (title(zone), shelves(zone))).collect::<Vec<_>>()
    });
    let tile = move |place: Place, words: String| {
        let is_now = now.with_value(|now| now.as_ref() == Some(&place));
        view! {
            <button
                class="shelf-tile move__place"
                type="button"
                aria-pressed=is_now.to_string()
                on:click=move |_| choose(place.clone())
            >
                {words}
            </button>
        }
    };
    view! {
        <SheetFrame title on_close=Callback::new(move |()| desk.sheet.set(Sheet::None))>
            <div class="dialog__body move__places">
                <p class="muted">{language.place_hint()}</p>
                {tile(Place::BackRoom, language.place_back_room().to_owned())}
                {zones
                    .into_iter()
                    .filter(|(_, shelves)| !shelves.is_empty())
                    .map(|(title, shelves)| view! {
                        <section>
                            <h3 class="move__zone">{title}</h3>
                            <div class="move__grid">
                                {shelves
                                    .into_iter()
                                    .map(|shelf| { let words = shelf.to_string(); tile(Place::Shelf(shelf), words) })
                                    .collect_view()}
                            </div>
                        </section>
                    })
                    .collect_view()}
            </div>
        </SheetFrame>
    }
}
