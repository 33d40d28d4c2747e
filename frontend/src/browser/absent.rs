//! The server's side: nothing happens.

use super::FeedEvent;
use leptos::ev::MouseEvent;
use leptos::html::{Canvas, Dialog, Div, Input, Main};
use leptos::prelude::NodeRef;

/// Milliseconds since 1970 by the device's clock.
#[must_use]
pub fn device_now_ms() -> i64 {
    0
}

/// An attribute of `<html>`.
#[must_use]
pub fn root_attribute(_name: &str) -> Option<String> {
    None
}

/// Sets an attribute of `<html>`.
pub fn set_root_attribute(_name: &str, _value: &str) {}

/// A cookie that scripts may read.
#[must_use]
pub fn cookie(_name: &str) -> Option<String> {
    None
}

/// Keeps a preference for a year.
pub fn set_cookie(_name: &str, _value: &str) {}

/// Puts the whole address of a path of ours where it can be pasted.
pub fn copy_address(_path: &str, _then: impl FnOnce() + 'static) {}

/// Loads the page again.
pub fn reload() {}

/// Moves the focus to the page's content, and the content to its beginning.
pub fn focus(_main: NodeRef<Main>) {}

/// Opens a dialog over the page.
pub fn show_dialog(_dialog: NodeRef<Dialog>) {}

/// Closes a dialog.
pub fn close_dialog(_dialog: NodeRef<Dialog>) {}

/// Whether an event is the dialog's own, not one of what is in it.
#[must_use]
pub fn is_itself(_dialog: NodeRef<Dialog>, _event: &MouseEvent) -> bool {
    false
}

/// Moves the focus to the element with this id, and selects what is in it; whether there is one.
pub fn focus_id(_id: &str) -> bool {
    false
}

/// Sets CSS variables of an element.
pub fn set_css_variables(_element: NodeRef<Div>, _variables: &[(&str, String)]) {}

/// The size of an element, in CSS pixels.
#[must_use]
pub fn size_of(_element: NodeRef<Div>) -> Option<(f64, f64)> {
    None
}

/// Paints a picture of one pixel per cell, row by row, four bytes each.
pub fn paint(_canvas: NodeRef<Canvas>, _n_columns: u32, _pixels: &[u8]) {}

/// Reads the file chosen in a field.
pub fn read_file(_input: NodeRef<Input>, _on_text: impl Fn(String) + 'static) {}

/// The live feed, as long as it is kept.
pub struct Feed;

/// Opens the live feed.
#[must_use]
pub fn open_feed(_on_event: impl Fn(FeedEvent) + 'static) -> Feed {
    Feed
}
