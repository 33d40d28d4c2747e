//! A plain map of a store's surroundings: the store in the middle, the circle within which its events are expected,
//! and where the device was. Nothing of it comes from elsewhere.

use crate::text::use_language;
use domain::geo::{Coordinates, offset_m};
use domain::trace::StoreSite;
use leptos::prelude::*;

/// Half the map's width and height, in its own units.
const HALF: (f64, f64) = (150.0, 100.0);
/// Beyond this the event is an arrow at the edge, in metres.
const FAR_M: f64 = 3_000.0;

/// The map.
#[component]
pub fn PlaceMap(site: StoreSite, at: Coordinates, accuracy_m: u32) -> impl IntoView {
    let language = use_language();
    let (east, north) = offset_m(site.at, at);
    let distance = east.hypot(north);
    let radius = f64::from(site.geofence_radius_m);
    let is_far = distance > FAR_M;
    let reach = if is_far { radius * 1.6 } else { (radius * 1.4).max(distance * 1.2) };
    let per_m = HALF.1 / reach.max(1.0);
    let scale_m = [10_000.0, 5_000.0, 2_000.0, 1_000.0, 500.0, 200.0, 100.0, 50.0, 20.0, 10.0]
        .into_iter()
        .find(|metres| metres * per_m <= 90.0)
        .unwrap_or(10.0);
    // North is up; a picture's y grows downwards.
    let (x, y) = if is_far {
        let edge = (HALF.0 - 12.0).min((HALF.1 - 12.0) * distance / north.abs().max(1.0));
        let along = edge.min((HALF.0 - 12.0) * distance / east.abs().max(1.0)) / distance;
        (east * along, -north * along)
    } else {
        (east * per_m, -north * per_m)
    };
    let digits = |value: f64| format!("{value:.1}");
    let accuracy = (f64::from(accuracy_m) * per_m).min(HALF.0 * 2.0);
    let label = language.place_map_label(crate::format::number(distance.round() as i64));
    let far = is_far.then(|| view! { <p class="map__note muted">{language.map_far()}</p> });
    view! {
        <figure class="map">
            <svg class="map__picture" viewBox="-150 -100 300 200" role="img" aria-label=label>
                <path class="map__grid" d="M-150 0H150M0 -100V100M-150 -50H150M-150 50H150M-75 -100V100M75 -100V100"></path>
                <circle class="map__fence" r=digits(radius * per_m)></circle>
                <path class="map__line" d=format!("M0 0L{x:.1} {y:.1}")></path>
                {(!is_far && accuracy > 4.0)
                    .then(|| {
                        view! {
                            <circle class="map__accuracy" cx=digits(x) cy=digits(y) r=digits(accuracy)></circle>
                        }
                    })}
                <rect class="map__store" x="-6" y="-6" width="12" height="12"></rect>
                <circle class="map__event" cx=digits(x) cy=digits(y) r="5"></circle>
                <path class="map__scale" d=format!("M-140 90v-5m0 5h{:.1}v-5", scale_m * per_m)></path>
                <text class="map__text" x="-140" y="80">{language.map_scale(scale_m)}</text>
            </svg>
            <figcaption class="map__legend">
                <span><span class="map__key map__key--store"></span>{language.map_store()}</span>
                <span><span class="map__key map__key--event"></span>{language.map_event()}</span>
            </figcaption>
            {far}
        </figure>
    }
}
