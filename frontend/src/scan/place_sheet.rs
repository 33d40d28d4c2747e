//! Choosing a place of the store: the back room or a shelf.

use super::sheet_frame::SheetFrame;
use crate::text::use_language;
use domain::id::ShelfCode;
use domain::master::Zone;
use domain::movement::Place;
use domain::sync::PhoneSnapshot;
use leptos::prelude::*;

/// Asks for a place.
#[component]
pub fn PlaceSheet(
    /// What it is for.
    title: &'static str,
    /// The zones with their shelves: see [`zones`].
    zones: Vec<(String, Vec<ShelfCode>)>,
    /// What is chosen now.
    now: Option<Place>,
    /// Takes the choice.
    choose: Callback<Place>,
    on_close: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let now = StoredValue::new(now);
    let tile = move |place: Place, words: String| {
        let is_now = now.with_value(|now| now.as_ref() == Some(&place));
        view! {
            <button
                class="shelf-tile move__place"
                type="button"
                aria-pressed=is_now.to_string()
                on:click=move |_| choose.run(place.clone())
            >
                {words}
            </button>
        }
    };
    let shelf = move |shelf: ShelfCode| {
        let words = shelf.to_string();
        tile(Place::Shelf(shelf), words)
    };
    let zone = move |(title, shelves): (String, Vec<ShelfCode>)| {
        view! {
            <section>
                <h3 class="move__zone">{title}</h3>
                <div class="move__grid">{shelves.into_iter().map(shelf).collect_view()}</div>
            </section>
        }
    };
    view! {
        <SheetFrame title on_close>
            <div class="dialog__body move__places">
                <p class="muted">{language.place_hint()}</p>
                {tile(Place::BackRoom, language.place_back_room().to_owned())}
                {zones.into_iter().filter(|(_, shelves)| !shelves.is_empty()).map(zone).collect_view()}
            </div>
        </SheetFrame>
    }
}

/// The zones of a store by name, each with its shelves.
pub fn zones(snapshot: &PhoneSnapshot) -> Vec<(String, Vec<ShelfCode>)> {
    let language = use_language();
    let shelves = |zone: &Zone| {
        let of_zone = snapshot.shelves.iter().filter(|shelf| shelf.shelf.code.zone() == zone.code);
        of_zone.map(|shelf| shelf.shelf.code.clone()).collect::<Vec<_>>()
    };
    let title = |zone: &Zone| language.shelf_zone(&zone.code, language.name(&zone.name));
    snapshot.zones.iter().map(|zone| (title(zone), shelves(zone))).collect()
}
