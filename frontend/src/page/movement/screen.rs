//! The page once it lives: opening, document, composing, review, done.

use super::compose::Compose;
use super::desk::{End, MoveDesk, Sheet, Stage, open};
use super::document::Document;
use super::done::Done;
use super::review::Review;
use super::sheet::Sheets;
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::component::load_state::Skeleton;
use crate::device::snapshot::OpenProblem;
use crate::device::{glue, use_device};
use crate::scan::bar::ScanBar;
use crate::scan::camera::{Camera, CameraState};
use crate::scan::cannot_open::CannotOpen;
use crate::scan::dock::Dock;
use crate::scan::keyboard;
use crate::scan::refused::Refused;
use crate::scan::stage::CameraStage;
use crate::text::use_language;
use domain::movement::{MovementKind, Place};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Opens the page and shows what can be done.
#[component]
pub fn MovementScreen(kind: MovementKind) -> impl IntoView {
    let language = use_language();
    let device = use_device();
    let opened = RwSignal::new_local(None::<Result<MoveDesk, OpenProblem>>);
    let owner = Owner::current();
    let start = move || {
        opened.set(None);
        let owner = owner.clone();
        spawn_local(async move {
            let found = open(kind, device).await;
            if opened.try_get_untracked().is_none() {
                return;
            }
            let lay_out = || found.map(|found| MoveDesk::new(found, kind, device, language));
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
        Some(Err(problem)) => {
            let again = Callback::new(move |()| start.with_value(|start| start()));
            view! { <CannotOpen problem here=format!("/move/{}", kind.code()) again/> }.into_any()
        }
        Some(Ok(desk)) => view! { <Opened desk/> }.into_any(),
    }
}

#[component]
fn Opened(desk: MoveDesk) -> impl IntoView {
    let language = desk.language;
    let camera = Camera::new(desk.bench());
    keyboard::listen(camera);
    spawn_local(glue::persist_storage());
    // The place is part of the trace: it is looked for while the movement is put together.
    glue::watch_place();
    on_cleanup(|| {
        glue::keep_awake(false);
        glue::unwatch_place();
    });
    Effect::new(move |_| glue::keep_awake(camera.state.get() == CameraState::On));
    let is_scanning = Memo::new(move |_| matches!(desk.stage.get(), Stage::Document | Stage::Compose));
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
    let can_undo = Signal::derive(move || desk.draft.with(domain::draft::Draft::can_undo));
    let undo = Callback::new(move |()| desk.undo());
    let more = Callback::new(move |()| desk.sheet.set(Sheet::Settings));
    let type_in = Callback::new(move |()| desk.sheet.set(Sheet::Typed));
    let on_outbox = Callback::new(move |()| desk.sheet.set(Sheet::Outbox));
    view! {
        <div class="count move" class:count--scanning=has_picture on:pointerdown=move |_| camera.touch()>
            <ScanBar bench=camera.bench label=language.move_leave() on_outbox>
                <h1 class="count__title">{language.movement(desk.kind())}</h1>
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
                    Stage::Document => view! { <Document desk/> }.into_any(),
                    Stage::Compose => view! { <Compose desk/> }.into_any(),
                    Stage::Review => view! { <Review desk/> }.into_any(),
                    Stage::Done(events) => view! { <Done desk events/> }.into_any(),
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

/// Where it comes from and where it goes, each end of the store's own to be changed.
#[component]
fn Way(desk: MoveDesk) -> impl IntoView {
    let language = desk.language;
    let route = Memo::new(move |_| desk.draft.with(domain::draft::Draft::route));
    let is_open = Memo::new(move |_| desk.stage.get() == Stage::Compose);
    let end = move |is_from: bool| {
        let (from, to) = route.get();
        let place = if is_from { from } else { to };
        let end = match (desk.kind(), is_from) {
            (MovementKind::Relocation, false) => End::To,
            _ => End::First,
        };
        let name = place.as_ref().map_or_else(|| language.place_unset().to_owned(), |place| language.place(place));
        let is_ours = place.as_ref().is_none_or(Place::is_internal);
        if !is_ours || !is_open.get() {
            return view! { <span class="move__end">{name}</span> }.into_any();
        }
        let word = if is_from { language.place_from() } else { language.place_to() };
        let open = move |_| {
            desk.aim.set(end);
            desk.sheet.set(Sheet::Place(end));
        };
        view! {
            <button
                class="move__end move__end--ours"
                class:move__end--unset=place.is_none()
                type="button"
                aria-label=language.place_change(word, &name)
                on:click=open
            >
                {name.clone()}
            </button>
        }
        .into_any()
    };
    view! {
        <p class="move__way">
            {move || end(true)}
            <Icon glyph=Glyph::Go size=IconSize::Small/>
            {move || end(false)}
        </p>
    }
}
