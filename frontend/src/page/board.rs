//! The chain at one look: stores × categories, live.

use crate::backend::read_chain_board;
use crate::component::clock::PageClock;
use crate::component::connection::{ConnectionBadge, LiveEvent, use_live};
use crate::component::figure::{Figure, Figures};
use crate::component::heatmap::{AxisLabel, CellIndex, Heatmap};
use crate::component::icon::Glyph;
use crate::component::legend::{Legend, ramp_of};
use crate::component::load_state::{Empty, LoadState};
use crate::component::page_head::PageHead;
use crate::component::trace_list::{Detail, TraceLine, TraceList};
use crate::format;
use crate::text::{Language, use_language};
use domain::board::{BoardCell, ChainBoard, Layer, StoreRow, TraceEntry};
use domain::id::RegionCode;
use domain::instant::{Timestamp, ZoneOffset};
use domain::master::Category;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The chain's board.
#[component]
pub fn BoardPage() -> impl IntoView {
    let board = Resource::new_blocking(|| (), |()| read_chain_board());
    view! { <LoadState resource=board show=|board| view! { <Board board/> }/> }
}

#[component]
fn Board(board: ChainBoard) -> impl IntoView {
    let language = use_language();
    let clock = PageClock::start(board.now);
    let title = language.board_title();
    let sub = language.board_sub(board.regions.len(), board.stores.len());
    let regions = board.regions.clone();
    let board = RwSignal::new(board);
    let line = use_live(clock, move |event| match event {
        LiveEvent::Board(whole) => board.set(*whole),
        LiveEvent::Store(update) => board.update(|board| board.apply(*update)),
    });
    let layer = RwSignal::new(Layer::default());
    let query = use_query_map();
    let region = Memo::new(move |_| query.read().get("region").and_then(|code| RegionCode::parse(&code).ok()));

    // Which rows are shown: positions in the board's stores.
    let shown = Memo::new(move |_| {
        let region = region.get();
        let is_shown = |row: &StoreRow| region.as_ref().is_none_or(|region| row.region == *region);
        board.with(|board| {
            board.stores.iter().enumerate().filter(|(_, row)| is_shown(row)).map(|(at, _)| at).collect::<Vec<_>>()
        })
    });
    view! {
        <div class="page">
            <PageHead title=title sub=sub>
                <ConnectionBadge line clock/>
            </PageHead>
            <Totals board shown clock/>
            <div class="split">
                <section class="card">
                    <div class="card__head">
                        <LayerChoice layer/>
                        {(regions.len() > 1)
                            .then(|| {
                                let choices = regions
                                    .into_iter()
                                    .map(|region| (region.code, language.name(&region.name)))
                                    .collect::<Vec<_>>();
                                view! { <RegionChoice choices region/> }
                            })}
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
                            <Map board shown layer clock/>
                            <Legend layer/>
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

/// What the stores shown have together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sums {
    /// Of the stores that ever counted: one that never did has nothing to be a share of.
    total: BoardCell,
    n_open: i64,
    n_stores: i64,
    last_trace_at: Option<Timestamp>,
}

impl Sums {
    fn add(&mut self, row: &StoreRow) {
        let store = BoardCell::together(&row.cells);
        if row.stocktake.is_some() {
            self.total = BoardCell::together([&self.total, &store]);
        }
        self.n_open += i64::from(row.is_open);
        self.n_stores += 1;
        self.last_trace_at = self.last_trace_at.max(store.last_trace_at);
    }
}

/// The figures of all that is shown.
#[component]
fn Totals(board: RwSignal<ChainBoard>, shown: Memo<Vec<usize>>, clock: PageClock) -> impl IntoView {
    let language = use_language();
    // Every cell is looked at once for each change: there may be a hundred thousand.
    let sums = Memo::new(move |_| {
        board.with(|board| {
            shown.with(|shown| {
                let mut sums = Sums::default();
                for row in shown.iter().filter_map(|&at| board.stores.get(at)) {
                    sums.add(row);
                }
                sums
            })
        })
    });
    let total = move || sums.get().total;
    let share = move || total().counted_share().map_or_else(|| "–".to_owned(), format::percent);
    let counted_note = move || {
        let total = total();
        language.kpi_counted_note(format::number(total.count.n_counted.into()), format::number(total.n_planned.into()))
    };
    view! {
        <Figures>
            <Figure
                label=language.kpi_counted()
                value=Signal::derive(share)
                note=Signal::derive(counted_note)
            />
            <Figure
                label=language.kpi_variance()
                value=Signal::derive(move || format::signed(total().variance_units()))
                unit=language.units()
                note=Signal::derive(move || {
                    language.kpi_variance_note(format::number(total().count.abs_variance_units))
                })
            />
            <Figure
                label=language.kpi_counting()
                value=Signal::derive(move || format::number(sums.get().n_open))
                unit=language.kpi_counting_unit()
                note=Signal::derive(move || language.kpi_counting_note(sums.get().n_stores))
            />
            <Figure
                label=language.kpi_last_trace()
                value=Signal::derive(move || format::ago(sums.get().last_trace_at, clock.now(), language))
                note=Signal::derive(String::new)
            />
        </Figures>
    }
}

/// What the colours stand for.
#[component]
pub fn LayerChoice(
    /// The layer shown.
    layer: RwSignal<Layer>,
) -> impl IntoView {
    let language = use_language();
    let button = move |choice: Layer| {
        let pressed = move || if layer.get() == choice { "true" } else { "false" };
        view! {
            <button class="segment" type="button" aria-pressed=pressed on:click=move |_| layer.set(choice)>
                {language.layer(choice)}
            </button>
        }
    };
    view! {
        <div class="segments segments--compact" role="group" aria-label=language.layer_label()>
            {Layer::ALL.map(button).into_iter().collect_view()}
        </div>
    }
}

/// Which region is shown: links, so that a region has an address.
#[component]
fn RegionChoice(choices: Vec<(RegionCode, String)>, region: Memo<Option<RegionCode>>) -> impl IntoView {
    let language = use_language();
    let link = move |code: Option<RegionCode>, name: String| {
        let href = code.as_ref().map_or_else(|| "/board".to_owned(), |code| format!("/board?region={code}"));
        let current = move || (region.get() == code).then_some("true");
        view! {
            <a class="segment" href=href aria-current=current>
                {name}
            </a>
        }
    };
    let all = link(None, language.all_regions().to_owned());
    let each = choices.into_iter().map(|(code, name)| link(Some(code), name)).collect_view();
    view! {
        <nav class="segments segments--compact" aria-label=language.region_filter()>
            {all}
            {each}
        </nav>
    }
}

/// The heatmap.
#[component]
fn Map(
    board: RwSignal<ChainBoard>,
    shown: Memo<Vec<usize>>,
    layer: RwSignal<Layer>,
    clock: PageClock,
) -> impl IntoView {
    let language = use_language();
    let slow_now = clock.slow();
    let rows = Memo::new(move |_| {
        let label =
            |row: &StoreRow| AxisLabel { text: language.name(&row.name), href: Some(format!("/board/{}", row.store)) };
        board.with(|board| {
            shown.with(|shown| shown.iter().filter_map(|&at| board.stores.get(at)).map(label).collect::<Vec<_>>())
        })
    });
    let columns = Memo::new(move |_| {
        let label = |category: &Category| AxisLabel { text: language.name(&category.name), href: None };
        board.with(|board| board.categories.iter().map(label).collect::<Vec<_>>())
    });
    let positions = Memo::new(move |_| {
        let (layer, now) = (layer.get(), slow_now.get());
        board.with(|board| {
            let rows = shown.with(|shown| shown.iter().filter_map(|&at| board.stores.get(at)).collect::<Vec<_>>());
            rows.into_iter().flat_map(|row| row.cells.iter().map(move |cell| position(layer, row, cell, now))).collect()
        })
    });
    let cell_of = move |(row, column): CellIndex| {
        let at = shown.with(|shown| shown.get(row).copied())?;
        board.with(|board| board.stores.get(at)?.cells.get(column).copied())
    };
    let readout = move |cell: CellIndex| {
        let place = rows.with(|rows| rows.get(cell.0).map(|label| label.text.clone())).unwrap_or_default();
        let category = columns.with(|columns| columns.get(cell.1).map(|label| label.text.clone())).unwrap_or_default();
        let mut parts = vec![format!("{place} · {category}")];
        parts.extend(cell_of(cell).map(|cell| cell_figures(&cell, clock.now(), language)).unwrap_or_default());
        parts
    };
    let figure = move |cell: CellIndex| {
        cell_of(cell).map(|cell| layer_figure(layer.get(), &cell, slow_now.get(), language)).unwrap_or_default()
    };
    view! {
        <Heatmap
            rows
            columns
            positions
            ramp=Signal::derive(move || ramp_of(layer.get()))
            readout
            figure
            caption=Signal::derive(move || language.map_table(language.layer(layer.get())))
            row_heading=language.store_column()
        />
    }
}

/// Where a cell lies on the scale. A store that never counted has no counted share, not one of nought.
pub(crate) fn position(layer: Layer, row: &StoreRow, cell: &BoardCell, now: Timestamp) -> Option<f64> {
    match layer {
        Layer::CountedShare if row.stocktake.is_none() => None,
        Layer::CountedShare | Layer::Variance | Layer::Freshness => layer.position(cell, now),
    }
}

/// All figures of a cell.
pub(crate) fn cell_figures(cell: &BoardCell, now: Timestamp, language: Language) -> Vec<String> {
    let Some(share) = cell.counted_share() else { return vec![language.cell_not_carried().to_owned()] };
    let counted = language.cell_counted(
        format::percent(share),
        format::number(cell.count.n_counted.into()),
        format::number(cell.n_planned.into()),
    );
    let variance = if cell.count.n_counted > 0 {
        language.cell_variance(format::signed(cell.variance_units()))
    } else {
        language.cell_uncounted().to_owned()
    };
    vec![counted, variance, language.cell_trace(format::ago(cell.last_trace_at, now, language))]
}

/// The one figure that the layer's colour stands for.
pub(crate) fn layer_figure(layer: Layer, cell: &BoardCell, now: Timestamp, language: Language) -> String {
    match layer {
        Layer::CountedShare => cell.counted_share().map_or_else(|| "–".to_owned(), format::percent),
        Layer::Variance if cell.count.n_counted > 0 => format::signed(cell.variance_units()),
        Layer::Variance => "–".to_owned(),
        Layer::Freshness => format::ago(cell.last_trace_at, now, language),
    }
}

/// What has just happened in what is shown.
#[component]
fn Ticker(board: RwSignal<ChainBoard>, region: Memo<Option<RegionCode>>, clock: PageClock) -> impl IntoView {
    let language = use_language();
    let lines = Memo::new(move |_| {
        let region = region.get();
        board.with(|board| {
            let line = |entry: &TraceEntry| {
                let row = board.stores.iter().find(|row| row.store == entry.store);
                if let (Some(region), Some(row)) = (&region, row)
                    && row.region != *region
                {
                    return None;
                }
                let name = row.map_or_else(|| entry.store.to_string(), |row| language.name(&row.name));
                let zone = row.map_or(ZoneOffset::default(), |row| row.zone_offset);
                let now = clock.now_untracked();
                Some(TraceLine::of(entry, Some(&name), zone, now, Detail::Where, language))
            };
            board.traces.iter().filter_map(line).collect::<Vec<_>>()
        })
    });
    view! { <TraceList lines/> }
}
