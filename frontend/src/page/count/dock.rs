//! What the thumb reaches: the trigger, and the few things beside it.

use super::camera::{Camera, CameraState};
use super::counter::Intent;
use super::desk::{Desk, Sheet};
use crate::component::icon::{Glyph, Icon, IconSize};
use leptos::prelude::*;

/// The dock at the bottom. `data-hand` on `<html>` mirrors it.
#[component]
pub fn Dock(desk: Desk, camera: Camera) -> impl IntoView {
    let language = desk.language;
    let words = move || match camera.state.get() {
        CameraState::On if camera.is_waiting.get() => language.scan_next(),
        CameraState::On => language.scan_pause(),
        CameraState::Starting => language.scan_starting(),
        CameraState::Off | CameraState::Resting | CameraState::Failed(_) => language.scan_start(),
    };
    let is_running = move || camera.state.get() == CameraState::On && !camera.is_waiting.get();
    let glyph = move || {
        if is_running() {
            view! { <Icon glyph=Glyph::Pause size=IconSize::Large/> }
        } else {
            view! { <Icon glyph=Glyph::Scan size=IconSize::Large/> }
        }
    };
    let can_undo = Memo::new(move |_| desk.progress.with(|progress| progress.n_lines > 0));
    view! {
        <div class="count__dock">
            <DockButton glyph=Glyph::Sliders label=language.more() press=move || desk.sheet.set(Sheet::Settings)/>
            <DockButton glyph=Glyph::Keyboard label=language.type_in() press=move || desk.sheet.set(Sheet::Typed)/>
            <DockButton
                glyph=Glyph::Undo
                label=language.undo()
                is_off=Signal::derive(move || !can_undo.get())
                press=move || desk.record(Intent::UndoNewest)
            />
            <button
                class="trigger"
                class:trigger--running=is_running
                type="button"
                on:click=move |_| camera.trigger()
            >
                {glyph}
                <span class="trigger__label">{words}</span>
            </button>
        </div>
    }
}

#[component]
fn DockButton(
    glyph: Glyph,
    label: &'static str,
    #[prop(optional)] is_off: Signal<bool>,
    press: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button class="dock-button" type="button" disabled=move || is_off.get() on:click=move |_| press()>
            <Icon glyph/>
            <span>{label}</span>
        </button>
    }
}
