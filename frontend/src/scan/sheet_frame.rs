//! The frame of what lies over a page that scans: from the bottom edge, under the thumb.

use crate::component::dialog::{Dialog, DialogPlace};
use leptos::prelude::*;

/// A dialog at the bottom edge.
#[component]
pub fn SheetFrame(
    /// What it is about.
    title: &'static str,
    /// What to do when it is closed; the page then takes it away.
    on_close: Callback<()>,
    children: Children,
) -> impl IntoView {
    view! { <Dialog title close=on_close place=DialogPlace::Sheet>{children()}</Dialog> }
}
