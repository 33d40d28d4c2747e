//! The workbench: what its viewer does next, first.

use crate::backend::{RecountRow, ShelfTask, Workbench, read_chain_board, read_workbench};
use crate::component::badge::{Badge, Tone};
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::component::load_state::{Empty, LoadState};
use crate::component::page_head::PageHead;
use crate::format;
use crate::session::{Session, use_session};
use crate::text::use_language;
use domain::board::{BoardCell, ChainBoard, StoreRow};
use domain::movement::MovementKind;
use domain::policy::{Action, Scope};
use domain::stocktake::Stage;
use leptos::prelude::*;

/// Most tasks, and most stores, the workbench lists.
const LISTED_MAX: usize = 8;

/// The workbench of whoever is signed in.
#[component]
pub fn HomePage() -> impl IntoView {
    let session = use_session();
    let is_of_store = session.viewer.as_ref().is_some_and(|viewer| matches!(viewer.scope, Scope::Store(_)));
    if is_of_store || session.is_offline_shell {
        let bench = Resource::new_blocking(|| (), |()| read_workbench());
        let is_offline = session.is_offline_shell;
        view! {
            <LoadState resource=bench show=|bench| view! { <StoreHome bench/> }/>
            {is_offline.then(|| view! { <div class="page"><Movements is_offline/></div> })}
        }
        .into_any()
    } else {
        let board = Resource::new_blocking(|| (), |()| read_chain_board());
        view! { <LoadState resource=board show=|board| view! { <ChainHome board/> }/> }.into_any()
    }
}

/// A tile that leads somewhere.
#[component]
fn Tile(
    class: &'static str,
    href: String,
    glyph: Glyph,
    title: &'static str,
    #[prop(into)] sub: String,
) -> impl IntoView {
    view! {
        <a class=class href=href>
            <Icon glyph size=IconSize::Large/>
            <span class="tile__text">
                <span class="tile__title">{title}</span>
                <span class="tile__sub">{sub}</span>
            </span>
            <Icon glyph=Glyph::Go/>
        </a>
    }
}

fn greeting(session: &Session) -> String {
    let language = use_language();
    match &session.viewer {
        Some(viewer) => language.hello(&viewer.name),
        None => language.home_title().to_owned(),
    }
}

/// The workbench of a store's people.
#[component]
fn StoreHome(bench: Workbench) -> impl IntoView {
    let language = use_language();
    let session = use_session();
    let is_open = bench.stocktake.as_ref().is_some_and(|stocktake| stocktake.stage() == Stage::Counting);
    let left: Vec<ShelfTask> =
        bench.shelves.iter().filter(|task| !task.is_finished && task.n_counted < task.n_planned).cloned().collect();
    let n_planned: u32 = bench.shelves.iter().map(|task| task.n_planned).sum();
    let n_left: u32 = left.iter().map(|task| task.n_planned - task.n_counted).sum();
    let n_done: u32 = bench.shelves.iter().map(|task| task.n_counted.min(task.n_planned)).sum();
    let (recounts, n_for_others) = (bench.recounts.clone(), bench.n_recounts_for_others);
    let (title, sub) = match &bench.stocktake {
        None => (language.start_count(), language.start_count_sub().to_owned()),
        Some(_) if !is_open => (language.count_again(), language.count_again_sub().to_owned()),
        Some(_) => (language.continue_count(), language.continue_count_sub(left.len(), format::number(n_left.into()))),
    };
    let may_count = session.may(Action::Count) || session.is_offline_shell;
    let may_see_board = session.may(Action::SeeBoard);
    let date = bench.now.wall(bench.zone_offset).date();
    view! {
        <div class="page home">
            <PageHead
                title=greeting(&session)
                sub=format!("{} · {date}", language.name(&bench.store_name))
            />
            <div class="home__tiles">
                {may_count
                    .then(|| {
                        view! { <Tile class="tile tile--tag" href="/count".to_owned() glyph=Glyph::Scan title sub/> }
                    })}
                {session
                    .may(Action::MoveStock)
                    .then(|| view! {
                        <Tile
                            class="tile"
                            href=format!("/move/{}", MovementKind::CustomerReturn.code())
                            glyph=Glyph::Return
                            title=language.move_handle_return()
                            sub=language.move_return_sub()
                        />
                    })}
                {(may_count && is_open)
                    .then(|| view! {
                        <Tile
                            class="tile"
                            href="/count?finish=1".to_owned()
                            glyph=Glyph::Check
                            title=language.finish()
                            sub=language.finish_sub()
                        />
                    })}
                {session
                    .may(Action::Approve)
                    .then(|| view! {
                        <Tile
                            class="tile"
                            href="/approvals".to_owned()
                            glyph=Glyph::Approve
                            title=language.approvals_tile()
                            sub=language.approvals_none_text()
                        />
                    })}
                {session
                    .may(Action::MoveStock)
                    .then(|| view! {
                        <Tile
                            class="tile"
                            href="/transfers".to_owned()
                            glyph=Glyph::Transfer
                            title=language.transfers_title()
                            sub=language.transfers_tile_sub()
                        />
                    })}
                {may_see_board
                    .then(|| {
                        view! {
                            <Tile
                                class="tile"
                                href=session.board_path()
                                glyph=Glyph::Board
                                title=language.see_store_board()
                                sub=language.see_store_board_sub()
                            />
                        }
                    })}
            </div>
            {session.may(Action::MoveStock).then(|| view! { <Movements is_offline=false/> })}
            {bench
                .stocktake
                .is_some()
                .then(|| view! { <Progress n_done n_planned is_open/> })}
            <Tasks left is_open recounts n_for_others/>
        </div>
    }
}

/// Every other way to record that goods moved. Without the network this is all there is of the workbench.
#[component]
fn Movements(is_offline: bool) -> impl IntoView {
    let language = use_language();
    let kinds = [
        (MovementKind::Receipt, Glyph::Goods),
        (MovementKind::Relocation, Glyph::Switch),
        (MovementKind::WriteOff, Glyph::Warning),
        (MovementKind::SupplierReturn, Glyph::Upload),
        (MovementKind::Sale, Glyph::Scan),
        (MovementKind::Adjustment, Glyph::Sliders),
        (MovementKind::CustomerReturn, Glyph::Return),
    ];
    let is_shown = move |(kind, _): &(MovementKind, Glyph)| is_offline || *kind != MovementKind::CustomerReturn;
    let link = |(kind, glyph): (MovementKind, Glyph)| {
        view! {
            <li>
                <a class="move-link" href=format!("/move/{}", kind.code())>
                    <Icon glyph/>
                    <span class="move-link__title">{language.movement(kind)}</span>
                    <span class="move-link__sub">{language.movement_sub(kind)}</span>
                </a>
            </li>
        }
    };
    view! {
        <section class="home-moves" aria-labelledby="home-moves">
            <h2 class="home-moves__title" id="home-moves">{language.move_more()}</h2>
            <ul class="home-moves__list">{kinds.into_iter().filter(is_shown).map(link).collect_view()}</ul>
            <a class="row home-moves__recent" href="/moves">
                <span class="row__main">
                    <span class="row__title">{language.move_recent()}</span>
                    <span class="row__sub">{language.move_recent_sub()}</span>
                </span>
                <Icon glyph=Glyph::Go/>
            </a>
        </section>
    }
}

/// How far the stocktake is.
#[component]
fn Progress(n_done: u32, n_planned: u32, is_open: bool) -> impl IntoView {
    let language = use_language();
    let share = if n_planned == 0 { 0.0 } else { f64::from(n_done) / f64::from(n_planned) };
    let (tone, state) =
        if is_open { (Tone::Warn, language.stocktake_open()) } else { (Tone::Good, language.stocktake_submitted()) };
    let text = language.lines_of(format::number(n_done.into()), format::number(n_planned.into()));
    view! {
        <section class="card">
            <div class="card__head">
                <h2 class="card__title">{language.todays_stocktake()}</h2>
                <Badge tone>{state}</Badge>
            </div>
            <div class="home__progress">
                <div class="home__progress-line">
                    <span id="progress-text">{text}</span>
                    <strong>{format::percent(share)}</strong>
                </div>
                <progress
                    class="progress progress--large"
                    aria-labelledby="progress-text"
                    max=n_planned.max(1)
                    value=n_done
                ></progress>
            </div>
        </section>
    }
}

/// The shelves still to count.
#[component]
fn Tasks(left: Vec<ShelfTask>, is_open: bool, recounts: Vec<RecountRow>, n_for_others: u32) -> impl IntoView {
    let language = use_language();
    let n_tasks = if is_open { left.len() } else { 0 };
    let n_recounts = recounts.len();
    let recount = |row: RecountRow| {
        let RecountRow { stocktake, line, name } = row;
        let href = format!("/count?recount={stocktake}&shelf={}&sku={}", line.shelf, line.sku);
        view! {
            <li>
                <a class="row" href=href>
                    <span class="row__main">
                        <span class="row__title">{language.task_recount(&line.shelf, name)}</span>
                        <span class="row__sub">{language.task_recount_sub()}</span>
                    </span>
                    <Icon glyph=Glyph::Go/>
                </a>
            </li>
        }
    };
    let row = |task: ShelfTask| {
        let sub = if task.n_counted == 0 {
            language.task_untouched(task.n_planned)
        } else {
            language.task_left(task.n_planned - task.n_counted)
        };
        let who = match task.counting.as_slice() {
            [] if task.is_mine => Some(language.task_mine().to_owned()),
            [] => task.assigned.as_ref().map(|name| language.shelf_for(name)),
            names => Some(language.shelf_by(language.names(names.iter().map(String::as_str)))),
        };
        let sub = [Some(sub), who].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        view! {
            <li>
                <a class="row" href=format!("/count?shelf={}", task.shelf)>
                    <span class="row__main">
                        <span class="row__title">{language.task_count_shelf(&task.shelf)}</span>
                        <span class="row__sub">{sub}</span>
                    </span>
                    <Icon glyph=Glyph::Go/>
                </a>
            </li>
        }
    };
    let n_more = n_tasks.saturating_sub(LISTED_MAX);
    let body = if n_tasks + n_recounts > 0 {
        let left = left.into_iter().take(if is_open { LISTED_MAX } else { 0 });
        view! {
            <ul class="rows">
                {recounts.into_iter().map(recount).collect_view()}
                {left.map(row).collect_view()}
            </ul>
            {(n_more > 0).then(|| view! { <p class="home__more">{language.tasks_more(n_more)}</p> })}
        }
        .into_any()
    } else if is_open {
        view! { <Empty glyph=Glyph::Check title=language.all_counted_title() text=language.all_counted_text()/> }
            .into_any()
    } else {
        view! { <Empty glyph=Glyph::Shelf title=language.no_tasks_title() text=language.no_tasks_text()/> }.into_any()
    };
    view! {
        <section class="card card--flush home__side">
            <div class="card__head">
                <h2 class="card__title">{language.tasks()}</h2>
                {(n_tasks + n_recounts > 0).then(|| view! { <span class="card__aside">{n_tasks + n_recounts}</span> })}
            </div>
            <div class="card__body">{body}</div>
            {(n_for_others > 0)
                .then(|| view! { <p class="home__more">{language.recounts_for_others(n_for_others)}</p> })}
        </section>
    }
}

/// The workbench of those who answer for several stores.
#[component]
fn ChainHome(board: ChainBoard) -> impl IntoView {
    let language = use_language();
    let session = use_session();
    let share = |row: &StoreRow| BoardCell::together(&row.cells).counted_share().unwrap_or(0.0);
    let mut open: Vec<&StoreRow> = board.stores.iter().filter(|row| row.is_open).collect();
    open.sort_by(|a, b| share(a).total_cmp(&share(b)));
    let row = |row: &&StoreRow| {
        let total = BoardCell::together(&row.cells);
        let counted =
            language.lines_of(format::number(total.count.n_counted.into()), format::number(total.n_planned.into()));
        view! {
            <li>
                <a class="row" href=format!("/board/{}", row.store)>
                    <span class="row__main">
                        <span class="row__title">{language.name(&row.name)}</span>
                        <span class="row__sub">{counted}</span>
                    </span>
                    <span class="row__end">
                        <span class="row__figure">{format::percent(share(row))}</span>
                    </span>
                </a>
            </li>
        }
    };
    let rows = open.iter().take(LISTED_MAX).map(row).collect_view();
    let is_empty = open.is_empty();
    view! {
        <div class="page home">
            <PageHead
                title=greeting(&session)
                sub=language.board_sub(board.regions.len(), board.stores.len())
            />
            <div class="home__tiles">
                <Tile
                    class="tile tile--tag"
                    href=session.board_path()
                    glyph=Glyph::Board
                    title=language.see_board()
                    sub=language.see_board_sub()
                />
                {session
                    .may(Action::Approve)
                    .then(|| view! {
                        <Tile
                            class="tile"
                            href="/approvals".to_owned()
                            glyph=Glyph::Approve
                            title=language.approvals_tile()
                            sub=language.approvals_none_text()
                        />
                    })}
            </div>
            <section class="card card--flush home__side">
                <div class="card__head">
                    <h2 class="card__title">{language.least_counted()}</h2>
                </div>
                <div class="card__body">
                    {if is_empty {
                        view! {
                            <Empty
                                glyph=Glyph::Shelf
                                title=language.no_stocktake()
                                text=language.no_open_stocktake_text()
                            />
                        }
                            .into_any()
                    } else {
                        view! { <ul class="rows">{rows}</ul> }.into_any()
                    }}
                </div>
            </section>
        </div>
    }
}
