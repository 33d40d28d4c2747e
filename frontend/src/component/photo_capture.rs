//! Takes a photo as evidence: the camera's live picture over the whole screen, a shutter, and a second look.
//!
//! There is no way to choose a file: a photo is of now. Mount it when a photo is wanted and unmount it when it calls
//! back; the camera then goes back to what was being scanned.

use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::device::StoreTrouble;
use crate::device::camera::{CameraTrouble, denied_text};
use crate::device::glue::{self, ViewListener};
use crate::device::photo::{self, Shot, TakeTrouble};
use crate::text::{Language, use_language};
use domain::id::{PersonId, StoreCode};
use domain::photo::PhotoId;
use leptos::html::{Button, Dialog, Video};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;

/// Where the taking stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Starting,
    Live,
    /// The shutter was pressed.
    Taking,
    Looking(Shot),
    /// Being written to the phone's disk.
    Keeping(Shot),
    Failed(CameraTrouble),
}

/// What went wrong with one photo, the camera being well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mishap {
    NotTaken(TakeTrouble),
    NotKept(StoreTrouble),
}

#[derive(Deserialize)]
struct Info {
    torch: bool,
}

#[derive(Clone, Copy)]
struct Taking {
    language: Language,
    video: NodeRef<Video>,
    step: RwSignal<Step>,
    mishap: RwSignal<Option<Mishap>>,
    has_torch: RwSignal<bool>,
    torch: RwSignal<bool>,
    listener: StoredValue<Option<ViewListener>, LocalStorage>,
    of: StoredValue<(PersonId, StoreCode)>,
    on_taken: Callback<PhotoId>,
    on_close: Callback<()>,
}

impl Taking {
    fn start(self) {
        self.step.set(Step::Starting);
        let Some(video) = self.video.get_untracked() else { return };
        let listener = ViewListener::new(move |code| self.fail(&code));
        spawn_local(async move {
            let opened = glue::view_camera(video, &listener).await;
            if self.step.try_get_untracked().is_none() {
                glue::unview_camera().await;
                return;
            }
            self.listener.set_value(Some(listener));
            match opened {
                // A trouble that came meanwhile stays.
                Ok(info) if self.step.get_untracked() == Step::Starting => {
                    let info = serde_json::from_str::<Info>(&info);
                    self.has_torch.set(info.is_ok_and(|info| info.torch));
                    self.step.set(Step::Live);
                }
                Ok(_) => {}
                Err(failure) => self.fail(&failure.0),
            }
        });
    }

    fn fail(self, code: &str) {
        // A photo that was taken already is not lost with the camera.
        if !matches!(self.step.try_get_untracked(), None | Some(Step::Looking(_) | Step::Keeping(_))) {
            self.step.set(Step::Failed(CameraTrouble::from_code(code)));
        }
    }

    fn shoot(self) {
        let Some(video) = self.video.get_untracked() else { return };
        if self.step.get_untracked() != Step::Live {
            return;
        }
        self.mishap.set(None);
        self.step.set(Step::Taking);
        spawn_local(async move {
            let taken = photo::take(video).await;
            if self.step.try_get_untracked().is_none() {
                glue::drop_photo();
                return;
            }
            match taken {
                Ok(shot) => self.step.set(Step::Looking(shot)),
                Err(trouble) => {
                    self.mishap.set(Some(Mishap::NotTaken(trouble)));
                    self.step.set(Step::Live);
                }
            }
        });
    }

    fn again(self) {
        glue::drop_photo();
        self.mishap.set(None);
        // Anew, because the camera may have been taken away while the photo was looked at.
        self.start();
    }

    fn keep(self) {
        let Step::Looking(shot) = self.step.get_untracked() else { return };
        self.mishap.set(None);
        self.step.set(Step::Keeping(shot.clone()));
        spawn_local(async move {
            let Some((person, store)) = self.of.try_get_value() else { return };
            let kept = photo::keep(&shot, &person, &store).await;
            if self.step.try_get_untracked().is_none() {
                return;
            }
            match kept {
                Ok(id) => self.on_taken.run(id),
                Err(trouble) => {
                    self.mishap.set(Some(Mishap::NotKept(trouble)));
                    self.step.set(Step::Looking(shot));
                }
            }
        });
    }

    fn toggle_torch(self) {
        let on = !self.torch.get_untracked();
        spawn_local(async move {
            if glue::set_torch(on).await {
                self.torch.try_set(on);
            }
        });
    }
}

/// The camera over the whole screen. The photo is on the phone's disk when `on_taken` is called.
#[component]
pub fn PhotoCapture(
    /// The store it is evidence of.
    store: StoreCode,
    /// Who takes it.
    person: PersonId,
    /// What to do with the photo; the parent then takes this away.
    on_taken: Callback<PhotoId>,
    /// The person leaves without one.
    on_close: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let taking = Taking {
        language,
        video: NodeRef::new(),
        step: RwSignal::new(Step::Starting),
        mishap: RwSignal::new(None),
        has_torch: RwSignal::new(false),
        torch: RwSignal::new(false),
        listener: StoredValue::new_local(None),
        of: StoredValue::new((person, store)),
        on_taken,
        on_close,
    };
    let dialog = NodeRef::<Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            // Fails only for a dialog that is open or not in the page.
            let _ = dialog.show_modal();
            taking.start();
        }
    });
    on_cleanup(move || {
        glue::drop_photo();
        spawn_local(glue::unview_camera());
        // Closing before it goes gives the focus back to where it was.
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    });
    view! {
        <dialog
            class="dialog photo"
            aria-label=language.photo_title()
            node_ref=dialog
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                on_close.run(());
            }
        >
            <section class="scan photo__stage" aria-label=language.scan_view()>
                <video class="scan__video" node_ref=taking.video playsinline muted autoplay aria-hidden="true"></video>
                {move || shot(taking)}
                {move || over(taking)}
                <div class="photo__bar">
                    <h2 class="photo__title">{language.photo_title()}</h2>
                    <button
                        class=button_class(ButtonKind::Ghost, ButtonSize::Usual, ButtonWidth::Icon)
                        type="button"
                        aria-label=language.photo_cancel()
                        on:click=move |_| on_close.run(())
                    >
                        <Icon glyph=Glyph::Close/>
                    </button>
                </div>
                <div class="photo__dock">
                    <p class="scan__hint photo__hint" role="status">{move || hint(taking)}</p>
                    {move || controls(taking)}
                </div>
            </section>
        </dialog>
    }
}

fn shot(taking: Taking) -> Option<impl IntoView> {
    match taking.step.get() {
        Step::Looking(shot) | Step::Keeping(shot) => Some(view! {
            <img class="scan__video photo__shot" src=shot.url alt=taking.language.photo_shot_alt()/>
        }),
        _ => None,
    }
}

fn hint(taking: Taking) -> &'static str {
    let language = taking.language;
    match (taking.mishap.get(), taking.step.get()) {
        (Some(Mishap::NotTaken(TakeTrouble::NotLive)), _) => language.photo_not_live(),
        (Some(Mishap::NotTaken(TakeTrouble::Failed)), _) => language.photo_failed(),
        (Some(Mishap::NotKept(trouble)), _) => language.photo_storing(trouble),
        (None, Step::Starting) => language.scan_starting(),
        (None, Step::Live | Step::Taking) => language.photo_hint(),
        (None, Step::Looking(_)) => language.photo_check(),
        (None, Step::Keeping(_)) => language.photo_keeping(),
        (None, Step::Failed(_)) => language.photo_live_only(),
    }
}

fn controls(taking: Taking) -> Option<AnyView> {
    match taking.step.get() {
        Step::Starting | Step::Failed(_) => None,
        Step::Live | Step::Taking => Some(view! { <Shutter taking/> }.into_any()),
        Step::Looking(_) | Step::Keeping(_) => Some(view! { <SecondLook taking/> }.into_any()),
    }
}

/// Puts the focus where the thumb goes next, for those who use keys.
fn focused(button: NodeRef<Button>) {
    Effect::new(move |_| {
        if let Some(button) = button.get() {
            let _ = button.focus();
        }
    });
}

#[component]
fn Shutter(taking: Taking) -> impl IntoView {
    let language = taking.language;
    let shutter = NodeRef::<Button>::new();
    focused(shutter);
    let torch = move || {
        taking.has_torch.get().then(|| {
            view! {
                <button
                    class="scan__tool"
                    type="button"
                    aria-label=language.torch()
                    aria-pressed=move || taking.torch.get().to_string()
                    on:click=move |_| taking.toggle_torch()
                >
                    <Icon glyph=Glyph::Torch/>
                </button>
            }
        })
    };
    view! {
        <div class="photo__controls">
            <div class="photo__side">{torch}</div>
            <button
                class="photo__shutter"
                type="button"
                aria-label=language.photo_shutter()
                node_ref=shutter
                on:click=move |_| taking.shoot()
            >
                <Icon glyph=Glyph::Photo size=IconSize::Large/>
            </button>
            <div class="photo__side"></div>
        </div>
    }
}

#[component]
fn SecondLook(taking: Taking) -> impl IntoView {
    let language = taking.language;
    let accept = NodeRef::<Button>::new();
    focused(accept);
    let is_busy = move || matches!(taking.step.get(), Step::Keeping(_));
    let retake = button_class(ButtonKind::Usual, ButtonSize::Large, ButtonWidth::Block);
    let good = button_class(ButtonKind::Tag, ButtonSize::Large, ButtonWidth::Block);
    view! {
        <div class="photo__controls">
            <button class=retake type="button" disabled=is_busy on:click=move |_| taking.again()>
                {language.photo_retake()}
            </button>
            <button class=good type="button" node_ref=accept disabled=is_busy on:click=move |_| taking.keep()>
                <Icon glyph=Glyph::Check/>
                {language.photo_use()}
            </button>
        </div>
    }
}

/// What lies over the picture while there is none.
fn over(taking: Taking) -> Option<impl IntoView> {
    let Step::Failed(trouble) = taking.step.get() else { return None };
    let language = taking.language;
    let (title, text) = match trouble {
        CameraTrouble::Denied => (language.camera_denied_title(), denied_text(language)),
        CameraTrouble::None => (language.camera_none_title(), language.photo_no_camera_text()),
        CameraTrouble::Busy => (language.camera_busy_title(), language.camera_busy_text()),
        CameraTrouble::Insecure => (language.camera_insecure_title(), language.camera_insecure_text()),
        CameraTrouble::Broken => (language.camera_broken_title(), language.photo_broken_text()),
    };
    let again = button_class(ButtonKind::Tag, ButtonSize::Usual, ButtonWidth::Words);
    let leave = button_class(ButtonKind::Ghost, ButtonSize::Usual, ButtonWidth::Words);
    Some(view! {
        <div class="scan__over" role="alert">
            <Icon glyph=Glyph::Warning size=IconSize::Large/>
            <p class="scan__over-title">{title}</p>
            <p>{text}</p>
            <div class="scan__over-actions">
                <button class=again type="button" on:click=move |_| taking.start()>{language.try_again()}</button>
                <button class=leave type="button" on:click=move |_| taking.on_close.run(())>
                    {language.photo_cancel()}
                </button>
            </div>
        </div>
    })
}
