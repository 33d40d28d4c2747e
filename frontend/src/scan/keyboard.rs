//! A hardware scanner that types into the page, wherever the focus is.

use super::bench::ScanBench;
use super::camera::Camera;
use crate::device::glue;
use domain::barcode::{Format, read};
use domain::event::CountMethod;
use domain::scan::{HardwareRules, HardwareScanner, Key, Typing};
use leptos::ev;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent};

/// How often a code without an ending is looked for.
const TICK: Duration = Duration::from_millis(80);

/// Listens as long as the page is shown.
pub fn listen(camera: Camera) {
    let bench = camera.bench;
    let scanner = StoredValue::new_local(HardwareScanner::new(HardwareRules::default()));
    let handle = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
        camera.touch();
        let Some(key) = key_of(&event) else { return };
        // When the key was pressed, not when a busy page got round to it.
        let at_ms = event.time_stamp() as i64;
        let typing = scanner.try_update_value(|scanner| scanner.key(at_ms, key));
        match typing {
            None | Some(Typing::Person) => {}
            Some(Typing::Held) => event.prevent_default(),
            Some(Typing::GiveBack { text }) => give_back(&text),
            Some(Typing::Scan { text, n_leaked }) => {
                event.prevent_default();
                event.stop_propagation();
                take_out(n_leaked);
                take(bench, &text);
            }
        }
    });
    on_cleanup(move || handle.remove());
    let tick = move || match scanner.try_update_value(|scanner| scanner.tick(glue::steady_ms())).flatten() {
        Some(Typing::Scan { text, n_leaked }) => {
            take_out(n_leaked);
            take(bench, &text);
        }
        Some(Typing::GiveBack { text }) => give_back(&text),
        _ => {}
    };
    if let Ok(interval) = set_interval_with_handle(tick, TICK) {
        on_cleanup(move || interval.clear());
    }
}

fn key_of(event: &KeyboardEvent) -> Option<Key> {
    if event.repeat() || event.is_composing() {
        return None;
    }
    let key = event.key();
    match key.as_str() {
        "Enter" | "Tab" => Some(Key::End),
        "Shift" | "CapsLock" | "Control" | "Alt" | "Meta" => None,
        "]" if event.ctrl_key() => Some(Key::Char('\u{1d}')),
        _ if event.ctrl_key() || event.alt_key() || event.meta_key() => Some(Key::Other),
        text => {
            let mut chars = text.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => Some(Key::Char(c)),
                _ => Some(Key::Other),
            }
        }
    }
}

fn take(bench: ScanBench, text: &str) {
    if !bench.is_listening.run(()) {
        return;
    }
    // What was being typed by hand is what has now been scanned; any other sheet waits for its answer.
    bench.close_typed.run(());
    if !bench.takes_scans.run(()) {
        glue::feedback("refuse");
        return;
    }
    let code = bench.rules.with_value(|rules| read(text, Format::HardwareScanner, rules));
    bench.take.run((code, CountMethod::HardwareScanner));
}

fn focused_field() -> Option<HtmlInputElement> {
    document().active_element()?.dyn_into().ok()
}

/// Removes what a scanner typed before it was recognised.
fn take_out(n_leaked: usize) {
    let Some(field) = focused_field() else { return };
    let text = field.value();
    let n_kept = text.chars().count().saturating_sub(n_leaked);
    set(&field, &text.chars().take(n_kept).collect::<String>());
}

/// Puts into the field what a person typed after all.
fn give_back(text: &str) {
    if let Some(field) = focused_field() {
        set(&field, &format!("{}{text}", field.value()));
    }
}

fn set(field: &HtmlInputElement, text: &str) {
    field.set_value(text);
    if let Ok(event) = document().create_event("Event") {
        event.init_event_with_bubbles("input", true);
        // Fails only for an event that is being dispatched, which this one is not.
        let _ = field.dispatch_event(&event);
    }
}
