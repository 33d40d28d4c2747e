//! What the thumb reaches: the trigger, and the few things beside it.

use super::camera::{Camera, CameraState};
use crate::component::icon::{Glyph, Icon, IconSize};
use leptos::prelude::*;

/// The dock at the bottom. `data-hand` on `<html>` mirrors it.
#[component]
pub fn Dock(
    camera: Camera,
    /// Whether there is anything to take back.
    #[prop(into)]
    can_undo: Signal<bool>,
    /// Takes the last step back.
    undo: Callback<()>,
    /// Opens the settings.
    more: Callback<()>,
    /// Opens the sheet for typing.
    type_in: Callback<()>,
) -> impl IntoView {
    let language = camera.bench.language;
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
    view! {
        <div class="count__dock">
            <DockButton glyph=Glyph::Sliders label=language.more() press=move || more.run(())/>
            <DockButton glyph=Glyph::Keyboard label=language.type_in() press=move || type_in.run(())/>
            <DockButton
                glyph=Glyph::Undo
                label=language.undo()
                is_off=Signal::derive(move || !can_undo.get())
                press=move || undo.run(())
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
