//! The scale of a heatmap: its colours and what they stand for.

use crate::component::ramp::{Ramp, hex};
use crate::text::use_language;
use domain::board::Layer;
use leptos::prelude::*;

/// The scale a layer is drawn with.
#[must_use]
pub fn ramp_of(layer: Layer) -> Ramp {
    match layer {
        Layer::CountedShare | Layer::Freshness => Ramp::Sequential,
        Layer::Variance => Ramp::Diverging,
    }
}

/// The legend of a layer.
#[component]
pub fn Legend(
    /// The layer shown.
    #[prop(into)]
    layer: Signal<Layer>,
) -> impl IntoView {
    let language = use_language();
    let stops = move || {
        let stops = ramp_of(layer.get()).stops();
        let last = (stops.len() - 1) as f64;
        let stop = |(index, colour): (usize, &_)| {
            view! { <stop offset=(index as f64 / last).to_string() stop-color=hex(*colour)></stop> }
        };
        stops.iter().enumerate().map(stop).collect_view()
    };
    let marks = move || {
        let mark = |mark| view! { <span>{mark}</span> };
        language.scale_marks(layer.get()).into_iter().map(mark).collect_view()
    };
    view! {
        <div class="legend">
            <span class="legend__title">{move || language.legend(layer.get())}</span>
            <div>
                <svg class="legend__bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                    <defs>
                        <linearGradient id="legend-scale">{stops}</linearGradient>
                    </defs>
                    <rect width="100" height="4" fill="url(#legend-scale)"></rect>
                </svg>
                <div class="legend__ticks">{marks}</div>
            </div>
            <span class="legend__none">{language.legend_no_value()}</span>
        </div>
    }
}
