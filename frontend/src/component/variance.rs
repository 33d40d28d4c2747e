//! Counted − expected, told by sign and arrow before colour.

use crate::format;
use domain::movement::Units;
use leptos::prelude::*;

/// A variance in pieces.
#[component]
pub fn Variance(
    /// Counted − expected.
    units: Units,
) -> impl IntoView {
    let (class, arrow) = match units {
        ..0 => ("variance variance--short", "▼ "),
        0 => ("variance", ""),
        1.. => ("variance variance--over", "▲ "),
    };
    view! {
        <span class=class>
            <span aria-hidden="true">{arrow}</span>
            {format::signed(units)}
        </span>
    }
}
