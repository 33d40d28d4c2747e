//! The camera's picture, with what it sees outlined in it, or what to do where there is none.

use super::bench::Flash;
use super::camera::{Camera, CameraState, CameraTrouble, Mark};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::device::camera::denied_text;
use crate::text::Language;
use domain::scan::ScanMode;
use leptos::prelude::*;

/// The camera's picture.
#[component]
pub fn CameraStage(camera: Camera) -> impl IntoView {
    let bench = camera.bench;
    let language = bench.language;
    let flash = move || {
        let (n, flash) = bench.flash.get();
        let kind = match flash {
            Flash::Good => "good",
            Flash::Repeat => "repeat",
            Flash::Bad => "bad",
        };
        // A new element each time, so that the beat starts over. None for a beat before the camera was there.
        (n > 0).then(|| view! { <div class=format!("scan__flash scan__flash--{kind}")></div> })
    };
    let frame_class = move || match camera.mode.get() {
        ScanMode::Aimed => "scan__frame scan__frame--aimed",
        ScanMode::Continuous | ScanMode::Single => "scan__frame",
    };
    let hint = move || match camera.mode.get() {
        ScanMode::Aimed => language.scan_hint_aimed(),
        ScanMode::Continuous | ScanMode::Single => bench.hint.get(),
    };
    let is_reading = move || camera.state.get() == CameraState::On;
    view! {
        <section class="scan count__stage" aria-label=language.scan_view()>
            <video class="scan__video" node_ref=camera.video playsinline muted autoplay aria-hidden="true"></video>
            <Outlines camera/>
            <Show when=is_reading>
                <div class=frame_class aria-hidden="true"></div>
                <p class="scan__hint scan__hint--top">{hint}</p>
                <Tools language camera/>
            </Show>
            {flash}
            {move || over(language, camera)}
        </section>
    }
}

#[component]
fn Outlines(camera: Camera) -> impl IntoView {
    // Cut off at the edges as the picture itself is.
    let view_box = move || {
        let (width, height) = camera.marks.with(|marks| marks.size);
        format!("0 0 {} {}", width.max(1), height.max(1))
    };
    let outline = |mark: Mark| {
        let class = if mark.has_counted { "scan__mark scan__mark--counted" } else { "scan__mark" };
        view! { <polygon class=class points=mark.points></polygon> }
    };
    view! {
        <svg class="scan__marks" viewBox=view_box preserveAspectRatio="xMidYMid slice" aria-hidden="true">
            {move || camera.marks.with(|marks| marks.marks.iter().cloned().map(outline).collect_view())}
        </svg>
    }
}

#[component]
fn Tools(language: Language, camera: Camera) -> impl IntoView {
    let zoom = move || {
        camera.info.with(|info| info.zoom.filter(|range| range.max >= 2.0)).map(|_| {
            let times = move || format!("{:.0}", camera.zoom.get());
            view! {
                <button
                    class="scan__tool"
                    type="button"
                    aria-label=move || language.zoom_now(times())
                    on:click=move |_| camera.next_zoom()
                >
                    {move || format!("{}×", times())}
                </button>
            }
        })
    };
    let torch = move || {
        camera.info.with(|info| info.torch).then(|| {
            view! {
                <button
                    class="scan__tool"
                    type="button"
                    aria-label=language.torch()
                    aria-pressed=move || camera.torch.get().to_string()
                    on:click=move |_| camera.toggle_torch()
                >
                    <Icon glyph=Glyph::Torch/>
                </button>
            }
        })
    };
    view! {
        <div class="scan__tools">
            {torch}
            {zoom}
            <button class="scan__tool" type="button" aria-label=language.scan_close() on:click=move |_| camera.close()>
                <Icon glyph=Glyph::Close/>
            </button>
        </div>
    }
}

/// What lies over the picture while it is not read.
fn over(language: Language, camera: Camera) -> Option<AnyView> {
    match camera.state.get() {
        CameraState::Off | CameraState::On => None,
        CameraState::Starting => Some(
            view! { <div class="scan__over" role="status"><p class="scan__hint">{language.scan_starting()}</p></div> }
                .into_any(),
        ),
        CameraState::Resting => Some(
            view! {
                <button class="scan__over scan__over--button" type="button" on:click=move |_| camera.trigger()>
                    <Icon glyph=Glyph::Scan size=IconSize::Large/>
                    <span class="scan__over-title">{language.scan_resume()}</span>
                    <span>{language.scan_idle()}</span>
                </button>
            }
            .into_any(),
        ),
        CameraState::Failed(trouble) => Some(view! { <Trouble language camera trouble/> }.into_any()),
    }
}

#[component]
fn Trouble(language: Language, camera: Camera, trouble: CameraTrouble) -> impl IntoView {
    let (title, text) = match trouble {
        CameraTrouble::Denied => (language.camera_denied_title(), denied_text(language)),
        CameraTrouble::None => (language.camera_none_title(), language.camera_none_text()),
        CameraTrouble::Busy => (language.camera_busy_title(), language.camera_busy_text()),
        CameraTrouble::Insecure => (language.camera_insecure_title(), language.camera_insecure_text()),
        CameraTrouble::Broken => (language.camera_broken_title(), language.camera_broken_text()),
    };
    let class = button_class(ButtonKind::Tag, ButtonSize::Usual, ButtonWidth::Words);
    let plain = button_class(ButtonKind::Ghost, ButtonSize::Usual, ButtonWidth::Words);
    view! {
        <div class="scan__over" role="alert">
            <Icon glyph=Glyph::Warning size=IconSize::Large/>
            <p class="scan__over-title">{title}</p>
            <p>{text}</p>
            <div class="scan__over-actions">
                <button class=class type="button" on:click=move |_| camera.start()>{language.try_again()}</button>
                <button class=plain type="button" on:click=move |_| camera.close()>{language.scan_close()}</button>
            </div>
        </div>
    }
}
