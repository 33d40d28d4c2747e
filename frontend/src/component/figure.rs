//! Headline figures in one line.

use leptos::prelude::*;

/// The line of figures: [`Figure`]s go into it.
#[component]
pub fn Figures(
    /// The figures.
    children: Children,
) -> impl IntoView {
    view! { <dl class="figures">{children()}</dl> }
}

/// One figure.
#[component]
pub fn Figure(
    /// What it is.
    label: &'static str,
    /// The figure.
    #[prop(into)]
    value: Signal<String>,
    /// What it counts.
    #[prop(optional)]
    unit: &'static str,
    /// What it is made of.
    #[prop(into)]
    note: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="figure">
            <dt class="figure__label">{label}</dt>
            <dd class="figure__value">
                {move || value.get()} <span class="figure__unit">{unit}</span>
            </dd>
            <dd class="figure__note">{move || note.get()}</dd>
        </div>
    }
}
