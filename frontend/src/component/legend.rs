//! The scale of a heatmap: its colours and what they stand for.

use crate::component::ramp::{Ramp, hex};
use crate::text::{Language, use_language};
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

/// A scale as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    /// Its colours.
    pub ramp: Ramp,
    /// What it measures.
    pub title: &'static str,
    /// The marks under it, evenly spaced from its start to its end.
    pub marks: Vec<String>,
}

impl Scale {
    /// The scale of a layer of counting.
    #[must_use]
    pub fn of(layer: Layer, language: Language) -> Self {
        let marks = language.scale_marks(layer).into_iter().map(str::to_owned).collect();
        Self { ramp: ramp_of(layer), title: language.legend(layer), marks }
    }
}

/// The legend of a scale.
#[component]
pub fn Legend(
    /// The scale.
    #[prop(into)]
    scale: Signal<Scale>,
) -> impl IntoView {
    let language = use_language();
    let stops = move || {
        let stops = scale.with(|scale| scale.ramp.stops());
        let last = (stops.len() - 1) as f64;
        let stop = |(index, colour): (usize, &_)| {
            view! { <stop offset=(index as f64 / last).to_string() stop-color=hex(*colour)></stop> }
        };
        stops.iter().enumerate().map(stop).collect_view()
    };
    let marks = move || scale.get().marks.into_iter().map(|mark| view! { <span>{mark}</span> }).collect_view();
    view! {
        <div class="legend">
            <span class="legend__title">{move || scale.with(|scale| scale.title)}</span>
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
