//! How scanning works on this phone.

use super::camera::{Camera, CameraChoice};
use super::sheet_frame::SheetFrame;
use crate::component::preference_form::{Preference, PreferenceForm};
use domain::scan::ScanMode;
use leptos::prelude::*;

/// Shows the choices.
#[component]
pub fn SettingsSheet(
    camera: Camera,
    on_close: Callback<()>,
    /// What the page offers besides.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let language = camera.bench.language;
    let mode = move |(mode, words): (ScanMode, &'static str)| {
        view! {
            <button
                class="segment"
                type="button"
                aria-pressed=move || (camera.mode.get() == mode).to_string()
                on:click=move |_| camera.choose_mode(mode)
            >
                {words}
            </button>
        }
    };
    let modes = [
        (ScanMode::Continuous, language.mode_continuous()),
        (ScanMode::Single, language.mode_single()),
        (ScanMode::Aimed, language.mode_aimed()),
    ];
    let mode_hint = move || match camera.mode.get() {
        ScanMode::Continuous => language.mode_continuous_hint(),
        ScanMode::Single => language.mode_single_hint(),
        ScanMode::Aimed => language.mode_aimed_hint(),
    };
    let cameras = move || {
        let info = camera.info.get();
        (info.cameras.len() > 1).then(|| {
            let option = |(index, choice): (usize, CameraChoice)| {
                let is_chosen = choice.device_id == info.device_id;
                let label = match choice.label.as_str() {
                    "" => language.camera_number(index + 1),
                    label => label.to_owned(),
                };
                view! { <option value=choice.device_id selected=is_chosen>{label}</option> }
            };
            view! {
                <div class="field">
                    <label class="field__label" for="camera-choice">{language.camera_label()}</label>
                    <select
                        class="select"
                        id="camera-choice"
                        on:change:target=move |event| camera.choose_camera(event.target().value())
                    >
                        {info.cameras.iter().cloned().enumerate().map(option).collect_view()}
                    </select>
                </div>
            }
        })
    };
    let switch = move |label: &'static str, is_on: RwSignal<bool>, choose: fn(Camera, bool)| {
        let choice = move |value: bool, words: &'static str| {
            view! {
                <button
                    class="segment"
                    type="button"
                    aria-pressed=move || (is_on.get() == value).to_string()
                    on:click=move |_| choose(camera, value)
                >
                    {words}
                </button>
            }
        };
        view! {
            <div class="count-setting">
                <span>{label}</span>
                <div class="segments" role="group" aria-label=label>
                    {choice(true, language.on())}
                    {choice(false, language.off())}
                </div>
            </div>
        }
    };
    let set_sound: fn(Camera, bool) = |camera, on| camera.choose_feedback(on, camera.vibration.get_untracked());
    let set_vibration: fn(Camera, bool) = |camera, on| camera.choose_feedback(camera.sound.get_untracked(), on);
    view! {
        <SheetFrame title=language.settings_title() on_close>
            <div class="dialog__body">
                <div class="field">
                    <span class="field__label">{language.mode_label()}</span>
                    <div class="segments" role="group" aria-label=language.mode_label()>
                        {modes.map(mode).collect_view()}
                    </div>
                    <p class="field__hint" role="status">{mode_hint}</p>
                </div>
                <div class="count-setting">
                    <span>{language.hand_label()}</span>
                    <PreferenceForm preference=Preference::Hand label=language.hand_label()/>
                </div>
                {switch(language.sound_label(), camera.sound, set_sound)}
                {switch(language.vibration_label(), camera.vibration, set_vibration)}
                {cameras}
                {children.map(|children| children())}
            </div>
        </SheetFrame>
    }
}
