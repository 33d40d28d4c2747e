//! The page once it lives: opening, scanning, a last look, done.

use super::check::{Check, Done};
use super::desk::{ScanDesk, ScanProblem, Sheet, Stage, open};
use super::list::{List, Way};
use super::sheet::Sheets;
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::component::load_state::Skeleton;
use crate::device::{glue, use_device};
use crate::scan::bar::ScanBar;
use crate::scan::camera::{Camera, CameraState};
use crate::scan::cannot_open::CannotOpen;
use crate::scan::dock::Dock;
use crate::scan::keyboard;
use crate::scan::refused::Refused;
use crate::scan::stage::CameraStage;
use crate::text::use_language;
use domain::transfer::{Scanning, TransferId};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Opens the page and shows what can be scanned.
#[component]
pub fn ScanScreen(id: TransferId) -> impl IntoView {
    let language = use_language();
    let device = use_device();
    let opened = RwSignal::new_local(None::<Result<ScanDesk, ScanProblem>>);
    let owner = Owner::current();
    let start = move || {
        opened.set(None);
        let owner = owner.clone();
        spawn_local(async move {
            let found = open(id, device).await;
            if opened.try_get_untracked().is_none() {
                return;
            }
            let lay_out = || found.map(|found| ScanDesk::new(found, device, language));
            // What the desk owns goes when the page goes.
            let desk = match &owner {
                Some(owner) => owner.with(lay_out),
                None => lay_out(),
            };
            opened.set(Some(desk));
        });
    };
    glue::unlock_feedback();
    start();
    let start = StoredValue::new_local(start);
    move || match opened.get() {
        None => view! { <Skeleton/> }.into_any(),
        Some(Err(ScanProblem::Open(problem))) => {
            let again = Callback::new(move |()| start.with_value(|start| start()));
            view! { <CannotOpen problem here=format!("/transfers/{id}/scan") again/> }.into_any()
        }
        Some(Err(ScanProblem::NoTransfer)) => {
            let (title, text) = (language.scan_no_transfer_title(), language.scan_no_transfer_text());
            view! { <Nothing title text to="/transfers".to_owned()/> }.into_any()
        }
        Some(Err(ScanProblem::NotNow)) => {
            let (title, text) = (language.scan_nothing_title(), language.scan_nothing_text());
            view! { <Nothing title text to=format!("/transfers/{id}")/> }.into_any()
        }
        Some(Ok(desk)) => view! { <Opened desk/> }.into_any(),
    }
}

#[component]
fn Nothing(title: &'static str, text: &'static str, to: String) -> impl IntoView {
    let language = use_language();
    view! {
        <div class="page page--narrow">
            <div class="empty" role="alert">
                <Icon glyph=Glyph::Warning size=IconSize::Large/>
                <h1 class="empty__title">{title}</h1>
                <p class="empty__text">{text}</p>
                <a class="button" href=to>{language.scan_leave()}</a>
            </div>
        </div>
    }
}

#[component]
fn Opened(desk: ScanDesk) -> impl IntoView {
    let language = desk.language;
    let camera = Camera::new(desk.bench());
    keyboard::listen(camera);
    spawn_local(glue::persist_storage());
    // The place is part of the trace: it is looked for while goods are scanned.
    glue::watch_place();
    on_cleanup(|| {
        glue::keep_awake(false);
        glue::unwatch_place();
    });
    Effect::new(move |_| glue::keep_awake(camera.state.get() == CameraState::On));
    let is_scanning = Memo::new(move |_| desk.stage.get() == Stage::Scan);
    // Nothing is scanned while it is looked through.
    Effect::new(move |_| {
        if !is_scanning.get() && camera.state.get_untracked() != CameraState::Off {
            camera.close();
        }
    });
    // Each stage begins at its top.
    let list = NodeRef::<Div>::new();
    Effect::new(move |_| {
        desk.stage.track();
        if let Some(list) = list.get_untracked() {
            list.set_scroll_top(0);
        }
    });
    let has_picture = Memo::new(move |_| is_scanning.get() && camera.state.get() != CameraState::Off);
    let can_undo = Signal::derive(move || desk.scanning.with(Scanning::can_undo));
    let undo = Callback::new(move |()| desk.undo());
    let more = Callback::new(move |()| desk.sheet.set(Sheet::Settings));
    let type_in = Callback::new(move |()| desk.sheet.set(Sheet::Typed));
    let on_outbox = Callback::new(move |()| desk.sheet.set(Sheet::Outbox));
    let leave = format!("/transfers/{}", desk.transfer());
    view! {
        <div class="count move" class:count--scanning=has_picture on:pointerdown=move |_| camera.touch()>
            <ScanBar bench=camera.bench label=language.scan_leave() leave on_outbox>
                <h1 class="count__title">{language.scan_task(desk.task())} " " {desk.transfer().spoken()}</h1>
                <Way desk/>
            </ScanBar>
            <Show when=move || has_picture.get()>
                <CameraStage camera/>
            </Show>
            <div class="count__result" role="alert">
                {move || desk.refused.get().map(|why| view! { <Refused why refused=desk.refused/> })}
            </div>
            <div class="count__list" node_ref=list>
                {move || match desk.stage.get() {
                    Stage::Scan => view! { <List desk/> }.into_any(),
                    Stage::Check => view! { <Check desk/> }.into_any(),
                    Stage::Done(event) => view! { <Done desk event/> }.into_any(),
                }}
            </div>
            <Show when=move || is_scanning.get()>
                <Dock camera can_undo undo more type_in/>
            </Show>
        </div>
        <Sheets desk camera/>
        <p class="visually-hidden" aria-live="polite">{move || desk.said.get()}</p>
    }
}
