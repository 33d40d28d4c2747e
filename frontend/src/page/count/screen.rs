//! The counting page once it lives: opening, ready, counting, done.

use super::counter::Intent;
use super::desk::{Desk, Sheet, Stage};
use super::opening::open;
use super::result::ResultPanel;
use super::sheet::Sheets;
use super::work_list::{Recounts, WorkList};
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::component::load_state::Skeleton;
use crate::device::snapshot::OpenProblem;
use crate::device::{glue, use_device};
use crate::scan::ScanBench;
use crate::scan::bar::ScanBar;
use crate::scan::camera::{Camera, CameraState};
use crate::scan::cannot_open::CannotOpen;
use crate::scan::dock::Dock;
use crate::scan::keyboard;
use crate::scan::stage::CameraStage;
use crate::text::use_language;
use domain::id::{ShelfCode, SkuCode, StocktakeId};
use domain::stocktake;
use domain::tally::{LineItem, LineKey};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;

/// Opens the page and shows what can be done.
#[component]
pub fn CountScreen() -> impl IntoView {
    let language = use_language();
    let device = use_device();
    let wanted_shelf = use_query_map().with_untracked(|query| query.get("shelf"));
    let wants_to_finish = use_query_map().with_untracked(|query| query.get("finish")).is_some();
    let (recount, wanted_item) = use_query_map().with_untracked(|query| {
        let recount = query.get("recount").and_then(|id| StocktakeId::parse(&id).ok());
        (recount, query.get("sku").and_then(|code| SkuCode::parse(&code).ok()))
    });
    let opened = RwSignal::new_local(None::<Result<Desk, OpenProblem>>);
    let owner = Owner::current();
    let start = move || {
        opened.set(None);
        let owner = owner.clone();
        let (wanted_shelf, wanted_item, recount) = (wanted_shelf.clone(), wanted_item.clone(), recount.clone());
        spawn_local(async move {
            let counter = open(device, recount).await;
            if opened.try_get_untracked().is_none() {
                return;
            }
            let lay_out = || counter.map(|counter| Desk::new(counter, device, language));
            // What the desk owns goes when the page goes.
            let desk = match &owner {
                Some(owner) => owner.with(lay_out),
                None => lay_out(),
            };
            if let (Ok(desk), Some(shelf)) = (&desk, wanted_shelf) {
                desk.pick_named(&shelf);
                let line =
                    wanted_item.filter(|_| desk.with(|counter| counter.is_recount)).zip(ShelfCode::parse(&shelf).ok());
                if let Some((sku, shelf)) = line {
                    desk.sheet.set(Sheet::Quantity(LineKey { shelf, item: LineItem::Known(sku) }));
                }
            }
            if let Ok(desk) = &desk
                && wants_to_finish
                && desk.stage.get_untracked() == Stage::Counting
            {
                desk.sheet.set(Sheet::Finish);
            }
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
            view! { <CannotOpen problem here="/count".to_owned() again/> }.into_any()
        }
        Some(Ok(desk)) => view! { <Opened desk/> }.into_any(),
    }
}

#[component]
fn Opened(desk: Desk) -> impl IntoView {
    let bench = desk.bench();
    let camera = Camera::new(bench);
    keyboard::listen(camera);
    spawn_local(glue::persist_storage());
    // What was refused no longer stands; what is sent again does.
    Effect::new(move |seen: Option<u32>| {
        let n_changes = desk.device.n_changes.get();
        if seen.is_some_and(|seen| seen != n_changes) {
            desk.recall();
        }
        n_changes
    });
    // The screen stays on and the place is followed while counting, not before.
    Effect::new(move |_| {
        let is_counting = desk.stage.get() == Stage::Counting;
        glue::keep_awake(is_counting);
        if is_counting { glue::watch_place() } else { glue::unwatch_place() }
    });
    on_cleanup(|| {
        glue::keep_awake(false);
        glue::unwatch_place();
    });
    view! {
        {move || match desk.stage.get() {
            Stage::Ready => view! { <Ready desk bench/> }.into_any(),
            Stage::Counting => view! { <Counting desk camera/> }.into_any(),
            Stage::Done => view! { <Done desk bench/> }.into_any(),
        }}
        <Sheets desk camera/>
        <p class="visually-hidden" aria-live="polite">{move || desk.said.get()}</p>
    }
}

/// Before the stocktake is opened or joined.
#[component]
fn Ready(desk: Desk, bench: ScanBench) -> impl IntoView {
    let language = desk.language;
    let (store, open_stocktake) = desk.with(|counter| {
        let id = counter.stocktake();
        let open =
            counter.facts.stocktakes().find(|known| known.id == *id && known.stage() == stocktake::Stage::Counting);
        (language.name(&counter.facts.snapshot().store.name), open.map(|open| open.id.to_string()))
    });
    let is_open = open_stocktake.is_some();
    let text = match open_stocktake {
        Some(id) => language.count_ready_open(id),
        None => language.count_ready_new().to_owned(),
    };
    let step = |(glyph, text): (Glyph, &'static str)| {
        view! {
            <li class="count-ready__step">
                <Icon glyph size=IconSize::Large/>
                <span>{text}</span>
            </li>
        }
    };
    let steps = [
        (Glyph::Shelf, language.count_step_shelf()),
        (Glyph::Scan, language.count_step_products()),
        (Glyph::Offline, language.count_step_offline()),
    ];
    view! {
        <div class="count-ready">
            <ScanBar bench label=language.count_leave() on_outbox=desk.open_outbox()>
                <span class="count__store">{store}</span>
            </ScanBar>
            <div class="count-ready__body">
                <h1>{language.count_ready_title()}</h1>
                <p class="count-ready__text">{text}</p>
                {move || desk.refused.get().map(|why| view! { <Banner tone=Tone::Bad>{why}</Banner> })}
                <Recounts desk/>
                <ol class="count-ready__steps">{steps.map(step).collect_view()}</ol>
            </div>
            <div class="count-ready__dock">
                <p class="muted">{language.count_permissions()}</p>
                <button
                    class=button_class(ButtonKind::Tag, ButtonSize::Huge, ButtonWidth::Block)
                    type="button"
                    on:click=move |_| desk.record(Intent::Begin)
                >
                    <Icon glyph=Glyph::Scan size=IconSize::Large/>
                    {if is_open { language.count_join() } else { language.count_begin() }}
                </button>
            </div>
        </div>
    }
}

#[component]
fn Counting(desk: Desk, camera: Camera) -> impl IntoView {
    let language = desk.language;
    let bench = camera.bench;
    let can_undo = Memo::new(move |_| desk.progress.with(|progress| progress.n_lines > 0));
    let undo = Callback::new(move |()| desk.record(Intent::UndoNewest));
    let more = Callback::new(move |()| desk.sheet.set(Sheet::Settings));
    let type_in = Callback::new(move |()| desk.sheet.set(Sheet::Typed));
    let title = match desk.with(|counter| counter.is_recount) {
        true => language.recount_title(),
        false => language.shelf_scan_first(),
    };
    let place = move || match desk.here.get() {
        Some(here) => view! { <ShelfPlace desk shelf=here.shelf/> }.into_any(),
        None => {
            let progress = desk.progress.get();
            view! {
                <h1 class="count__title">{title}</h1>
                <p class="count__sub">
                    {language.shelf_progress(progress.n_shelves, progress.n_shelves_all, progress.n_lines)}
                </p>
            }
            .into_any()
        }
    };
    let is_showing = move || camera.state.get() != CameraState::Off;
    view! {
        <div class="count" class:count--scanning=is_showing on:pointerdown=move |_| camera.touch()>
            <ScanBar bench label=language.count_leave() on_outbox=desk.open_outbox()>{place}</ScanBar>
            <Show when=is_showing>
                <CameraStage camera/>
            </Show>
            <ResultPanel desk/>
            <WorkList desk/>
            <Dock camera can_undo undo more type_in/>
        </div>
    }
}

#[component]
fn ShelfPlace(desk: Desk, shelf: ShelfCode) -> impl IntoView {
    let language = desk.language;
    let (zone, n_planned) = desk.with(|counter| {
        let code = shelf.zone();
        let zone = counter.facts.snapshot().zones.iter().find(|zone| zone.code == code);
        let n_planned = counter.planned(&shelf).len();
        (zone.map(|zone| language.name(&zone.name)), n_planned)
    });
    let sub = move || {
        let n_counted = n_planned - desk.left.with(Vec::len).min(n_planned);
        let lines = language.shelf_n_lines(n_counted, n_planned);
        match &zone {
            Some(zone) => format!("{zone} · {lines}"),
            None => lines,
        }
    };
    view! {
        <h1 class="visually-hidden">{language.shelf_here(&shelf)}</h1>
        <button class="count__shelf" type="button" on:click=move |_| desk.leave_shelf()>
            <span class="count__label">{shelf.to_string()}</span>
            <span class="visually-hidden">{language.shelf_change()}</span>
            <Icon glyph=Glyph::Switch size=IconSize::Small/>
        </button>
        <p class="count__sub">{sub}</p>
    }
}

/// After submitting.
#[component]
fn Done(desk: Desk, bench: ScanBench) -> impl IntoView {
    let language = desk.language;
    let text = move || match desk.device.n_unsent() {
        0 => language.count_done_sent().to_owned(),
        n => language.count_done_unsent(n),
    };
    let is_beginning = RwSignal::new(false);
    let again = move |_| {
        is_beginning.set(true);
        desk.begin_anew();
    };
    view! {
        <div class="count-ready">
            <ScanBar bench label=language.count_leave() on_outbox=desk.open_outbox()>
                <span class="count__store">{language.count_title()}</span>
            </ScanBar>
            <div class="count-ready__body count-ready__body--done">
                <Icon glyph=Glyph::Check size=IconSize::Large/>
                <h1>{language.count_done_title()}</h1>
                <p class="count-ready__text" role="status">{text}</p>
            </div>
            <div class="count-ready__dock">
                <a class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Block) href="/">
                    {language.go_home()}
                </a>
                <button
                    class=button_class(ButtonKind::Usual, ButtonSize::Large, ButtonWidth::Block)
                    type="button"
                    disabled=is_beginning
                    on:click=again
                >
                    {language.count_again_start()}
                </button>
            </div>
        </div>
    }
}
