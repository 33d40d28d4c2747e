//! What stands around the heatmap: the figures of all that is shown, and what has just happened there.

use crate::backend::read_confirmation_pace;
use crate::component::clock::PageClock;
use crate::component::figure::{Figure, Figures};
use crate::component::trace_list::{Detail, TraceLine, TraceList};
use crate::format;
use crate::text::use_language;
use domain::board::{BoardCell, ChainBoard, StoreRow, TraceEntry};
use domain::id::RegionCode;
use domain::instant::{Timestamp, ZoneOffset};
use domain::transfer::ConfirmationPace;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How often it is asked how soon requests are confirmed.
const ASK_AGAIN: Duration = Duration::from_secs(60);

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
pub fn Totals(
    /// The chain.
    board: RwSignal<ChainBoard>,
    /// Positions of the stores shown.
    shown: Memo<Vec<usize>>,
    /// The page's clock.
    clock: PageClock,
) -> impl IntoView {
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
    let pace = pace_of_confirmations();
    let median = move || {
        let minutes = pace.get().and_then(|pace| pace.median_min);
        minutes.map_or_else(|| "–".to_owned(), |minutes| language.kpi_confirmed_minutes(format::number(minutes)))
    };
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
                label=language.kpi_confirmed()
                value=Signal::derive(median)
                note=Signal::derive(move || {
                    match pace.get().map_or(0, |pace| pace.n_confirmed) {
                        0 => language.kpi_confirmed_none().to_owned(),
                        n => language.kpi_confirmed_note(format::number(n.into())),
                    }
                })
            />
            <Figure
                label=language.kpi_last_trace()
                value=Signal::derive(move || format::ago(sums.get().last_trace_at, clock.now(), language))
                note=Signal::derive(String::new)
            />
        </Figures>
    }
}

/// How soon stores are promised what they ask for, asked again every minute; `None` until it is known.
fn pace_of_confirmations() -> RwSignal<Option<ConfirmationPace>> {
    let pace = RwSignal::new(None);
    let ask = move || {
        spawn_local(async move {
            // Without an answer the figure before stays; the next minute asks again.
            if let Ok(known) = read_confirmation_pace().await {
                let _ = pace.try_set(Some(known));
            }
        });
    };
    Effect::new(move |_| {
        ask();
        if let Ok(interval) = set_interval_with_handle(ask, ASK_AGAIN) {
            on_cleanup(move || interval.clear());
        }
    });
    pace
}

/// What has just happened in what is shown.
#[component]
pub fn Ticker(
    /// The chain.
    board: RwSignal<ChainBoard>,
    /// The region shown.
    region: Memo<Option<RegionCode>>,
    /// The page's clock.
    clock: PageClock,
) -> impl IntoView {
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
