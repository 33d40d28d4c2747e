//! The browser's side.

use super::FeedEvent;
use leptos::html::{Canvas, Dialog, Div, Input, Main};
use leptos::prelude::{Get, GetUntracked, NodeRef, document, set_timeout, window};
use serde::de::DeserializeOwned;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, EventSource, ImageData, MessageEvent, MouseEvent};

/// Milliseconds since 1970 by the device's clock.
#[must_use]
pub fn device_now_ms() -> i64 {
    // Whole milliseconds up to the year 287396 are exact in an f64.
    js_sys::Date::now() as i64
}

/// An attribute of `<html>`.
#[must_use]
pub fn root_attribute(name: &str) -> Option<String> {
    document().document_element()?.get_attribute(name)
}

/// Sets an attribute of `<html>`.
pub fn set_root_attribute(name: &str, value: &str) {
    if let Some(root) = document().document_element() {
        // Fails only for names no attribute can have.
        let _ = root.set_attribute(name, value);
    }
}

/// A cookie that scripts may read.
#[must_use]
pub fn cookie(name: &str) -> Option<String> {
    let cookies = js_sys::Reflect::get(&document(), &"cookie".into()).ok()?.as_string()?;
    crate::shell::cookie(&cookies, name).map(str::to_owned)
}

/// Keeps a preference for a year.
pub fn set_cookie(name: &str, value: &str) {
    let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax");
    // A browser that refuses cookies forgets the preference; there is nothing to be done about it.
    let _ = js_sys::Reflect::set(&document(), &"cookie".into(), &cookie.into());
}

/// Puts the whole address of a path of ours where it can be pasted; `then` is told once it is there.
pub fn copy_address(path: &str, then: impl FnOnce() + 'static) {
    let address = format!("{}{path}", window().location().origin().unwrap_or_default());
    let get = |of: &JsValue, name: &str| js_sys::Reflect::get(of, &name.into());
    let copy = || -> Result<js_sys::Promise, JsValue> {
        let clipboard = get(&get(&window(), "navigator")?, "clipboard")?;
        // There is none where the page did not come over HTTPS: the link beside the button can be copied by hand.
        let write: js_sys::Function = get(&clipboard, "writeText")?.dyn_into()?;
        write.call1(&clipboard, &address.into())?.dyn_into()
    };
    if let Ok(copied) = copy() {
        leptos::task::spawn_local(async move {
            if wasm_bindgen_futures::JsFuture::from(copied).await.is_ok() {
                then();
            }
        });
    }
}

/// Loads the page again.
pub fn reload() {
    let _ = window().location().reload();
}

/// Leaves for another page of ours, which is loaded as a whole.
pub fn load(path: &str) {
    let _ = window().location().assign(path);
}

/// Opens a dialog over the page.
pub fn show_dialog(dialog: NodeRef<Dialog>) {
    if let Some(dialog) = dialog.get()
        && !dialog.open()
    {
        // Fails only for a dialog that is open or not in the page.
        let _ = dialog.show_modal();
    }
}

/// Closes a dialog.
pub fn close_dialog(dialog: NodeRef<Dialog>) {
    if let Some(dialog) = dialog.get_untracked() {
        dialog.close();
    }
}

/// Whether an event is the dialog's own, not one of what is in it: a touch on what lies beside it.
#[must_use]
pub fn is_itself(dialog: NodeRef<Dialog>, event: &MouseEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlDialogElement>().ok());
    target.is_some() && target == dialog.get_untracked()
}

/// Moves the focus to the page's content, and the content to its beginning: on phones it scrolls by itself.
pub fn focus(main: NodeRef<Main>) {
    if let Some(main) = main.get_untracked() {
        let _ = main.focus();
        main.set_scroll_top(0);
    }
}

/// Moves the focus to the element with this id, and selects what is in it; whether there is one.
pub fn focus_id(id: &str) -> bool {
    let Some(element) = document().get_element_by_id(id) else { return false };
    let Ok(element) = element.dyn_into::<web_sys::HtmlElement>() else { return false };
    let _ = element.focus();
    if let Some(input) = element.dyn_ref::<web_sys::HtmlInputElement>() {
        input.select();
    }
    true
}

/// Sets CSS variables of an element. The content policy forbids style attributes, not this.
pub fn set_css_variables(element: NodeRef<Div>, variables: &[(&str, String)]) {
    if let Some(element) = element.get_untracked() {
        for (name, value) in variables {
            let _ = element.style().set_property(name, value);
        }
    }
}

/// The size of an element, in CSS pixels.
#[must_use]
pub fn size_of(element: NodeRef<Div>) -> Option<(f64, f64)> {
    let rect = element.get_untracked()?.get_bounding_client_rect();
    Some((rect.width(), rect.height()))
}

/// Paints a picture of one pixel per cell, row by row, four bytes each. The style sheet scales it without smoothing.
pub fn paint(canvas: NodeRef<Canvas>, n_columns: u32, pixels: &[u8]) {
    let Some(canvas) = canvas.get_untracked() else { return };
    let n_rows = u32::try_from(pixels.len()).unwrap_or(0) / (n_columns * 4).max(1);
    if n_columns == 0 || n_rows == 0 {
        return;
    }
    if (canvas.width(), canvas.height()) != (n_columns, n_rows) {
        canvas.set_width(n_columns);
        canvas.set_height(n_rows);
    }
    let context = canvas.get_context("2d").ok().flatten();
    let Some(context) = context.and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok()) else { return };
    if let Ok(image) = ImageData::new_with_u8_clamped_array_and_sh(Clamped(pixels), n_columns, n_rows) {
        // Fails only for a picture that was detached, which this one is not.
        let _ = context.put_image_data(&image, 0.0, 0.0);
    }
}

/// Reads the file chosen in a field; one that cannot be read gives no text.
pub fn read_file(input: NodeRef<Input>, on_text: impl Fn(String) + 'static) {
    let Some(file) = input.get_untracked().and_then(|input| crate::device::glue::chosen_file(&input)) else { return };
    leptos::task::spawn_local(async move {
        let text = wasm_bindgen_futures::JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
        on_text(text.unwrap_or_default());
    });
}

/// How long after a refused connection we try again ourselves: the browser gives up on those.
const RETRY: Duration = Duration::from_secs(5);

/// The live feed, as long as it is kept.
pub struct Feed {
    _line: Rc<Line>,
}

type Listener = Closure<dyn FnMut(MessageEvent)>;

struct Line {
    source: RefCell<Option<(EventSource, Vec<Listener>)>>,
    is_waiting: Cell<bool>,
    on_event: Box<dyn Fn(FeedEvent)>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.close();
    }
}

impl Line {
    fn close(&self) {
        if let Some((source, _listeners)) = self.source.borrow_mut().take() {
            source.close();
        }
    }
}

/// Opens the live feed. The browser reconnects after a break and says where it was; where the server refuses, the
/// feed is opened anew.
#[must_use]
pub fn open_feed(on_event: impl Fn(FeedEvent) + 'static) -> Feed {
    let line = Rc::new(Line { source: RefCell::new(None), is_waiting: Cell::new(false), on_event: Box::new(on_event) });
    connect(&line);
    Feed { _line: line }
}

fn connect(line: &Rc<Line>) {
    let Ok(source) = EventSource::new("/api/v1/live") else { return };
    let mut listeners = Vec::new();
    let mut listen = |name: &str, weak: Weak<Line>, act: fn(&Rc<Line>, &MessageEvent)| {
        let listener = Listener::new(move |event: MessageEvent| {
            if let Some(line) = weak.upgrade() {
                act(&line, &event);
            }
        });
        let _ = source.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        listeners.push(listener);
    };
    listen("open", Rc::downgrade(line), |line, _| (line.on_event)(FeedEvent::Open));
    listen("error", Rc::downgrade(line), |line, _| {
        (line.on_event)(FeedEvent::Lost);
        let is_given_up =
            line.source.borrow().as_ref().is_some_and(|(source, _)| source.ready_state() == EventSource::CLOSED);
        if is_given_up && !line.is_waiting.replace(true) {
            let weak = Rc::downgrade(line);
            set_timeout(
                move || {
                    if let Some(line) = weak.upgrade() {
                        line.is_waiting.set(false);
                        line.close();
                        connect(&line);
                    }
                },
                RETRY,
            );
        }
    });
    listen("board", Rc::downgrade(line), |line, event| {
        if let Some(board) = read(event) {
            (line.on_event)(FeedEvent::Board(Box::new(board)));
        }
    });
    listen("store", Rc::downgrade(line), |line, event| {
        if let Some(update) = read(event) {
            (line.on_event)(FeedEvent::Store(Box::new(update)));
        }
    });
    listen("beat", Rc::downgrade(line), |line, _| (line.on_event)(FeedEvent::Beat));
    drop(listen);
    *line.source.borrow_mut() = Some((source, listeners));
}

fn read<T: DeserializeOwned>(event: &MessageEvent) -> Option<T> {
    let text = event.data().as_string()?;
    match serde_json::from_str(&text) {
        Ok(value) => Some(value),
        Err(error) => {
            leptos::logging::warn!("the live feed sent something unreadable: {error}");
            None
        }
    }
}
