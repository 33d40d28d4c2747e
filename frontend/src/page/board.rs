//! The chain at one look, live: stores × categories, or the stores where they stand.

mod choice;
mod grid;
mod places;
mod shown;
mod side;
mod source;
mod tools;

pub(crate) use shown::{count_figure, count_figures, count_position};
pub(crate) use tools::LayerChoice;

use crate::backend::read_chain_board;
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::clock::PageClock;
use crate::component::connection::{ConnectionBadge, LiveEvent, use_live};
use crate::component::icon::Glyph;
use crate::component::legend::Legend;
use crate::component::load_state::{Empty, LoadState};
use crate::component::page_head::PageHead;
use crate::text::{Language, use_language};
use choice::{Choice, Colour};
use domain::board::{ChainBoard, StoreRow};
use domain::instant::{Day, Timestamp, ZoneOffset};
use grid::Grid;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use places::Places;
use shown::{Line, scale};
use side::{Ticker, Totals};
use source::Source;
use tools::{CategoryChoice, ColourChoice, DayChoice, RegionChoice, ViewChoice};

/// The chain's board.
#[component]
pub fn BoardPage() -> impl IntoView {
    let board = Resource::new_blocking(|| (), |()| read_chain_board());
    view! { <LoadState resource=board show=|board| view! { <Board board/> }/> }
}

/// What is looked at, and how.
#[derive(Debug, Clone, Copy)]
struct Sight {
    /// The chain.
    board: RwSignal<ChainBoard>,
    /// What the address says.
    choice: Memo<Choice>,
    /// Positions of the stores shown.
    shown: Memo<Vec<usize>>,
    /// Positions of the categories shown, ascending.
    columns: Memo<Vec<usize>>,
    /// The heatmap's figures.
    source: Source,
    /// The page's clock.
    clock: PageClock,
    /// The same, for what is dear to draw.
    slow_now: Memo<Timestamp>,
}

impl Sight {
    /// Whether not one store shown has a value.
    fn has_nothing(self) -> bool {
        let Self { board, choice, shown, columns, source, slow_now, .. } = self;
        choice.with(|choice| {
            let (board, columns, now) = (board.read_untracked(), columns.read(), slow_now.get_untracked());
            source.look(choice, |rows, against| {
                let known = |&at: &usize| Some(Line::of(board.stores.get(at)?, rows, against).together(&columns));
                shown.read().iter().filter_map(known).all(|known| known.position(choice, now).is_none())
            })
        })
    }
}

/// What the colours stand for, in words.
fn name(choice: &Choice, language: Language) -> &'static str {
    match choice.colour {
        Colour::Count(layer) => language.layer(layer),
        Colour::Heat(layer) => language.heat_layer(layer),
    }
}

#[component]
fn Board(board: ChainBoard) -> impl IntoView {
    let language = use_language();
    let clock = PageClock::start(board.now);
    let slow_now = clock.slow();
    let title = language.board_title();
    let sub = language.board_sub(board.regions.len(), board.stores.len());
    let regions: Vec<_> =
        board.regions.iter().map(|region| (region.code.clone(), language.name(&region.name))).collect();
    let categories: Vec<_> =
        board.categories.iter().map(|category| (category.code.clone(), language.name(&category.name))).collect();
    let zone = board.stores.first().map_or(ZoneOffset::default(), |row| row.zone_offset);
    let board = RwSignal::new(board);
    let query = use_query_map();
    let today = Memo::new(move |_| Day::at(slow_now.get(), zone));
    let choice = Memo::new(move |_| Choice::of(&query.read(), today.get()));
    let source = Source::start(choice);
    let line = use_live(clock, move |event| {
        match event {
            LiveEvent::Board(whole) => board.set(*whole),
            LiveEvent::Store(update) => board.update(|board| board.apply(*update)),
        }
        source.stir();
    });
    let region = Memo::new(move |_| choice.with(|choice| choice.region.clone()));
    let category = Memo::new(move |_| choice.with(|choice| choice.category.clone()));
    let shown = Memo::new(move |_| {
        let region = region.get();
        let is_shown = |row: &StoreRow| region.as_ref().is_none_or(|region| row.region == *region);
        board.with(|board| {
            board.stores.iter().enumerate().filter(|(_, row)| is_shown(row)).map(|(at, _)| at).collect::<Vec<_>>()
        })
    });
    let columns = Memo::new(move |_| {
        let category = category.get();
        board.with(|board| {
            let chosen = board.categories.iter().position(|known| Some(&known.code) == category.as_ref());
            chosen.map_or_else(|| (0..board.categories.len()).collect(), |at| vec![at])
        })
    });
    let sight = Sight { board, choice, shown, columns, source, clock, slow_now };
    let is_map = Memo::new(move |_| choice.with(|choice| choice.is_map));
    let has_days =
        Memo::new(move |_| choice.with(|choice| matches!(choice.colour, Colour::Heat(layer) if layer.knows_past())));
    let region_choice = (regions.len() > 1).then(|| view! { <RegionChoice regions choice/> });
    view! {
        <div class="page">
            <PageHead title=title sub=sub>
                <ConnectionBadge line clock/>
            </PageHead>
            <Totals board shown clock/>
            <div class="split">
                <section class="card">
                    <div class="card__head board__tools">
                        <ColourChoice choice/>
                        <ViewChoice choice/>
                        {region_choice}
                        <CategoryChoice categories choice/>
                        <Show when=move || has_days.get()>
                            <DayChoice choice today/>
                        </Show>
                    </div>
                    <div class="card__body board__map">
                        <Show
                            when=move || !shown.with(Vec::is_empty)
                            fallback=move || {
                                view! {
                                    <Empty
                                        glyph=Glyph::Board
                                        title=language.no_stores_title()
                                        text=language.no_stores_text()
                                    />
                                }
                            }
                        >
                            <Standing sight/>
                            <Show when=move || is_map.get() fallback=move || view! { <Grid sight/> }>
                                <Places sight/>
                            </Show>
                            <Legend scale=Signal::derive(move || choice.with(|choice| scale(choice, language)))/>
                        </Show>
                    </div>
                </section>
                <section class="card card--flush">
                    <div class="card__head">
                        <h2 class="card__title">{language.newest_traces()}</h2>
                    </div>
                    <div class="card__body board__ticker" tabindex="0" role="region" aria-label=language.newest_traces()>
                        <Ticker board region clock/>
                    </div>
                </section>
            </div>
        </div>
    }
}

/// How things stand with the heatmap's figures, where that is not well.
#[component]
fn Standing(sight: Sight) -> impl IntoView {
    let language = use_language();
    let Sight { choice, source, .. } = sight;
    let is_heat = Memo::new(move |_| choice.with(|choice| matches!(choice.colour, Colour::Heat(_))));
    let is_loading = Memo::new(move |_| choice.with(|choice| source.is_loading(choice)));
    let has_failed = Memo::new(move |_| source.trouble().is_some());
    let has_nothing = Memo::new(move |_| is_heat.get() && !is_loading.get() && sight.has_nothing());
    let words = move || {
        if is_heat.get() && has_failed.get() {
            let usual = button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words);
            let again = move |_| source.try_again(&choice.get_untracked());
            view! {
                <Banner tone=Tone::Warn>
                    <p>{language.heat_failed()}</p>
                    <button class=usual type="button" on:click=again>
                        {language.try_again()}
                    </button>
                </Banner>
            }
            .into_any()
        } else if is_loading.get() {
            view! { <p class="muted board__loading" role="status" aria-busy="true">{language.heat_loading()}</p> }
                .into_any()
        } else if has_nothing.get() {
            view! { <Banner tone=Tone::Plain><p>{language.heat_nothing()}</p></Banner> }.into_any()
        } else {
            ().into_any()
        }
    };
    view! { {words} }
}
