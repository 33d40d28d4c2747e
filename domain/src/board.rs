//! What boards show: figures per store and category, per shelf, and the events behind them.

use crate::approval::Standing;
use crate::case::CaseOutcome;
use crate::event::{ClockVerdict, CountMethod, Flag};
use crate::fold::CountCell;
use crate::geo::{Coordinates, Fix, Geofence};
use crate::id::{CategoryCode, EventId, PersonId, RegionCode, ShelfCode, SkuCode, StocktakeId, StoreCode};
use crate::instant::{MINUTE_MS, Timestamp, ZoneOffset};
use crate::master::{Category, Name, Region, Zone};
use crate::movement::{MovementKind, Units};
use crate::photo::PhotoId;
use crate::stocktake::PlanKind;
use crate::transfer::{StepKind, TransferId};
use serde::{Deserialize, Serialize};

/// One cell of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BoardCell {
    /// Lines the planogram has there; 0 where the store does not carry the category.
    pub n_planned: u32,
    /// Figures of the current stocktake.
    pub count: CountCell,
    /// When anything last happened there, if ever.
    pub last_trace_at: Option<Timestamp>,
}

impl BoardCell {
    /// Counted lines of the planned ones, 0 to 1; `None` where nothing is planned.
    #[must_use]
    pub fn counted_share(&self) -> Option<f64> {
        (self.n_planned > 0).then(|| (f64::from(self.count.n_counted) / f64::from(self.n_planned)).min(1.0))
    }

    /// (Σ counted − Σ expected) ÷ Σ expected over the counted lines: negative when stock is missing. `None` while
    /// nothing is counted; −1 to +1, and +1 where nothing was expected but something found.
    #[must_use]
    pub fn variance_share(&self) -> Option<f64> {
        if self.count.n_counted == 0 {
            return None;
        }
        let variance = self.variance_units() as f64;
        let expected = self.count.expected_units as f64;
        Some(if expected > 0.0 { (variance / expected).clamp(-1.0, 1.0) } else { variance.clamp(-1.0, 1.0) })
    }

    /// Σ counted − Σ expected, in pieces.
    #[must_use]
    pub fn variance_units(&self) -> Units {
        self.count.counted_units - self.count.expected_units
    }

    /// Several cells as one: sums, and the latest trace.
    #[must_use]
    pub fn together<'a>(cells: impl IntoIterator<Item = &'a Self>) -> Self {
        cells.into_iter().fold(Self::default(), |mut sum, cell| {
            sum.n_planned += cell.n_planned;
            sum.count.n_counted += cell.count.n_counted;
            sum.count.counted_units += cell.count.counted_units;
            sum.count.expected_units += cell.count.expected_units;
            sum.count.abs_variance_units += cell.count.abs_variance_units;
            sum.last_trace_at = sum.last_trace_at.max(cell.last_trace_at);
            sum
        })
    }

    /// Full minutes since anything last happened; `None` if nothing ever did.
    #[must_use]
    pub fn minutes_since_trace(&self, now: Timestamp) -> Option<i64> {
        self.last_trace_at.map(|at| (now.since(at) / MINUTE_MS).max(0))
    }
}

/// What a heatmap's colour stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Counted share.
    #[default]
    CountedShare,
    /// Variance of the counted lines.
    Variance,
    /// Minutes since the last trace.
    Freshness,
}

/// The variance share at which the diverging scale is saturated.
pub const VARIANCE_SCALE_MAX: f64 = 0.10;
/// The minutes at which the freshness scale is saturated: a day.
pub const FRESHNESS_SCALE_MAX_MIN: f64 = 1_440.0;

impl Layer {
    /// Every layer, in the order shown.
    pub const ALL: [Self; 3] = [Self::CountedShare, Self::Variance, Self::Freshness];

    /// The stable code, as in addresses.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::CountedShare => "counted_share",
            Self::Variance => "variance",
            Self::Freshness => "freshness",
        }
    }

    /// The layer of that code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layer| layer.code() == code)
    }

    /// Where the cell lies on the layer's scale: 0 to 1, 0.5 the middle of the diverging one; `None` for no value.
    ///
    /// Counted share: linear. Variance: −10 % to +10 %. Freshness: 1 is "just now", 0 "a day or more", falling with
    /// the logarithm of the minutes, because the first minutes matter most.
    #[must_use]
    pub fn position(self, cell: &BoardCell, now: Timestamp) -> Option<f64> {
        match self {
            Self::CountedShare => cell.counted_share(),
            Self::Variance => {
                cell.variance_share().map(|share| ((share / VARIANCE_SCALE_MAX).clamp(-1.0, 1.0) + 1.0) / 2.0)
            }
            Self::Freshness => cell.minutes_since_trace(now).map(|minutes| {
                let aged = ((minutes as f64) + 1.0).ln() / (FRESHNESS_SCALE_MAX_MIN + 1.0).ln();
                1.0 - aged.min(1.0)
            }),
        }
    }
}

/// One store's row of the chain board, as of its ledger's event `seq`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreRow {
    /// The store.
    pub store: StoreCode,
    /// As shown.
    pub name: Name,
    /// Its region.
    pub region: RegionCode,
    /// Where it stands.
    pub at: Coordinates,
    /// Its clocks.
    pub zone_offset: ZoneOffset,
    /// Version: rows with a smaller one are older.
    pub seq: u64,
    /// The stocktake the figures are of, if one was ever opened.
    pub stocktake: Option<StocktakeId>,
    /// Whether it still takes counts.
    pub is_open: bool,
    /// One cell per category, in the order of [`ChainBoard::categories`].
    pub cells: Vec<BoardCell>,
}

/// The chain as one viewer may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainBoard {
    /// The server's clock.
    pub now: Timestamp,
    /// The regions the viewer sees something of.
    pub regions: Vec<Region>,
    /// The columns.
    pub categories: Vec<Category>,
    /// The rows.
    pub stores: Vec<StoreRow>,
    /// The newest traces, newest first.
    pub traces: Vec<TraceEntry>,
}

/// Most traces a board keeps.
pub const TRACES_MAX: usize = 50;

impl ChainBoard {
    /// Takes a store's new row, unless it has a newer one, and the traces that came with it.
    pub fn apply(&mut self, update: StoreUpdate) {
        self.now = self.now.max(update.now);
        let Some(row) = self.stores.iter_mut().find(|row| row.store == update.row.store) else { return };
        if update.row.seq > row.seq {
            *row = update.row;
            add_traces(&mut self.traces, update.traces);
        }
    }
}

/// Puts newer traces before older ones; one that is there already stays where it is.
fn add_traces(traces: &mut Vec<TraceEntry>, newer: Vec<TraceEntry>) {
    let fresh: Vec<TraceEntry> =
        newer.into_iter().filter(|trace| traces.iter().all(|known| known.id != trace.id)).collect();
    traces.splice(0..0, fresh);
    traces.truncate(TRACES_MAX);
}

/// One store's plan as of its ledger's event `seq`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorePlan {
    /// The server's clock.
    pub now: Timestamp,
    /// The store's row of the chain board.
    pub row: StoreRow,
    /// What its region is called.
    pub region_name: Name,
    /// The columns of that row.
    pub categories: Vec<Category>,
    /// Zones, in order.
    pub zones: Vec<Zone>,
    /// Shelves, in order; a shelf's zone is part of its code.
    pub shelves: Vec<ShelfCell>,
    /// The newest traces, newest first.
    pub traces: Vec<TraceEntry>,
}

impl StorePlan {
    /// Takes the store's new row, the shelves that changed and the traces, unless it has newer ones.
    pub fn apply(&mut self, update: StoreUpdate) {
        if update.row.store != self.row.store || update.row.seq <= self.row.seq {
            return;
        }
        self.now = self.now.max(update.now);
        self.row = update.row;
        for changed in update.shelves {
            match self.shelves.iter_mut().find(|shelf| shelf.shelf == changed.shelf) {
                Some(shelf) => *shelf = changed,
                None => self.shelves.push(changed),
            }
        }
        add_traces(&mut self.traces, update.traces);
    }
}

/// One shelf of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShelfCell {
    /// The shelf.
    pub shelf: ShelfCode,
    /// Its figures.
    pub cell: BoardCell,
}

/// One shelf in detail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShelfDetail {
    /// The server's clock.
    pub now: Timestamp,
    /// The store.
    pub store: StoreCode,
    /// As shown.
    pub store_name: Name,
    /// Its clocks.
    pub zone_offset: ZoneOffset,
    /// The shelf.
    pub shelf: ShelfCode,
    /// The stocktake the counted figures are of.
    pub stocktake: Option<StocktakeId>,
    /// The shelf's figures.
    pub cell: BoardCell,
    /// The planogram's items and whatever else was counted there.
    pub lines: Vec<ShelfLine>,
    /// Codes nobody knows that were counted there.
    pub unknowns: Vec<UnknownOnShelf>,
    /// The events, newest first.
    pub traces: Vec<TraceEntry>,
}

/// One item on a shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShelfLine {
    /// The item.
    pub sku: SkuCode,
    /// As printed.
    pub name: String,
    /// Its category.
    pub category: CategoryCode,
    /// Book stock now.
    pub on_hand_units: Units,
    /// What was counted, if it was.
    pub counted_units: Option<Units>,
    /// Book stock when it was counted.
    pub expected_units: Option<Units>,
}

/// An unknown code counted on a shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownOnShelf {
    /// As scanned or typed.
    pub code: String,
    /// As the counter called it.
    pub name: Option<String>,
    /// Pieces counted.
    pub counted_units: Units,
}

/// One event, for people: who did what, when, where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceEntry {
    /// The event.
    pub id: EventId,
    /// The store.
    pub store: StoreCode,
    /// Its number in the store's ledger.
    pub seq: u64,
    /// When it happened.
    pub effective_at: Timestamp,
    /// When the server took it.
    pub recorded_at: Timestamp,
    /// Whether the device's clock could be believed.
    pub clock: ClockVerdict,
    /// Who.
    pub person: PersonId,
    /// As shown.
    pub person_name: String,
    /// Where the device was.
    pub fix: Fix,
    /// Whether that is the store.
    pub geofence: Geofence,
    /// What somebody should look into.
    #[serde(default)]
    pub flags: Vec<Flag>,
    /// Evidence.
    #[serde(default)]
    pub photos: Vec<PhotoId>,
    /// What.
    pub what: TraceWhat,
}

/// What an event did, with the names people know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TraceWhat {
    /// A stocktake was opened or joined.
    StocktakeOpened,
    /// A stocktake was submitted.
    StocktakeSubmitted,
    /// Pieces were counted.
    Counted {
        /// On which shelf.
        shelf: ShelfCode,
        /// The item, or the unknown code.
        item: String,
        /// Pieces, signed.
        units: Units,
        /// How.
        method: CountMethod,
    },
    /// A count was taken back.
    CountUndone {
        /// On which shelf.
        shelf: ShelfCode,
        /// The item, or the unknown code.
        item: String,
        /// Pieces taken back, signed as they were counted.
        units: Units,
    },
    /// Stock moved.
    Moved {
        /// What kind.
        kind: MovementKind,
        /// Its document.
        document: Option<String>,
        /// Different items.
        n_items: u32,
        /// Pieces into the store's places, less those out of them.
        units: Units,
        /// Whether it took effect at once.
        standing: Standing,
    },
    /// A movement was reversed, or withdrawn.
    Reversed {
        /// What kind it was.
        kind: MovementKind,
        /// Why.
        note: Option<String>,
    },
    /// A movement was approved.
    Approved {
        /// What kind it is.
        kind: MovementKind,
    },
    /// A movement was declined.
    Declined {
        /// What kind it is.
        kind: MovementKind,
        /// Why.
        note: Option<String>,
    },
    /// A stocktake was planned.
    StocktakePlanned {
        /// Why.
        kind: PlanKind,
        /// Shelves to count.
        n_shelves: u32,
    },
    /// A shelf was reported complete.
    ShelfFinished {
        /// Which.
        shelf: ShelfCode,
    },
    /// Lines are to be counted again.
    RecountAsked {
        /// How many.
        n_lines: u32,
    },
    /// Of a line's differing counts one was taken.
    LineDecided {
        /// On which shelf.
        shelf: ShelfCode,
        /// The item.
        item: String,
    },
    /// A stocktake was approved.
    StocktakeApproved {
        /// Uncounted lines taken as 0.
        n_zeroed: u32,
    },
    /// A stocktake was given up.
    StocktakeCancelled {
        /// Why.
        note: Option<String>,
    },
    /// Stock was set right by a count.
    VariancePosted {
        /// Lines.
        n_lines: u32,
        /// Σ pieces, signed.
        units: Units,
    },
    /// Somebody looks into an alarm.
    CaseTaken {
        /// Which kind.
        flag: Flag,
    },
    /// An alarm has been looked into.
    CaseClosed {
        /// Which kind.
        flag: Flag,
        /// What it was.
        outcome: CaseOutcome,
        /// What was found.
        note: Option<String>,
    },
    /// Counts were keyed in from paper.
    SheetKeyed {
        /// Of which shelf.
        shelf: ShelfCode,
        /// Who counted, as written on the paper.
        counted_by: String,
    },
    /// A transfer between stores took a step.
    Transfer {
        /// Which transfer.
        transfer: TransferId,
        /// Which step.
        step: StepKind,
        /// Pieces it is about.
        units: Units,
        /// In the person's own words.
        note: Option<String>,
    },
    /// A point of the store's credit is disputed, or the dispute decided.
    Credit {
        /// Whether it is decided.
        is_judged: bool,
        /// Why.
        note: String,
    },
}

/// What the live feed sends as event `store`: one store's new row. The feed opens with one `board` event whose data is
/// a [`ChainBoard`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreUpdate {
    /// The server's clock.
    pub now: Timestamp,
    /// The row; ignore it when you have a newer one.
    pub row: StoreRow,
    /// The shelves that changed since the row before; a client that missed some loads the plan again.
    pub shelves: Vec<ShelfCell>,
    /// The events since the row before, newest first, at most 20.
    pub traces: Vec<TraceEntry>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(n_planned: u32, n_counted: u32, counted_units: Units, expected_units: Units) -> BoardCell {
        let count = CountCell { n_counted, counted_units, expected_units, abs_variance_units: 0 };
        BoardCell { n_planned, count, last_trace_at: None }
    }

    #[test]
    fn shares_are_of_what_was_planned_and_expected() {
        assert_eq!(counted(10, 4, 95, 100).counted_share(), Some(0.4));
        assert_eq!(counted(10, 4, 95, 100).variance_share(), Some(-0.05));
        assert_eq!(counted(0, 0, 0, 0).counted_share(), None);
        assert_eq!(counted(10, 0, 0, 0).variance_share(), None);
        assert_eq!(counted(10, 1, 3, 0).variance_share(), Some(1.0));
    }

    #[test]
    fn an_older_row_changes_nothing() {
        let row = |seq, n_counted| StoreRow {
            store: StoreCode::parse("S001").expect("valid"),
            name: Name { zh: "店".into(), en: "Store".into() },
            region: RegionCode::parse("R1").expect("valid"),
            at: Coordinates { latitude_e7: 0, longitude_e7: 0 },
            zone_offset: ZoneOffset(480),
            seq,
            stocktake: None,
            is_open: true,
            cells: vec![counted(10, n_counted, 0, 0)],
        };
        let update = |seq, n_counted| StoreUpdate {
            now: Timestamp::from_unix_ms(0),
            row: row(seq, n_counted),
            shelves: Vec::new(),
            traces: Vec::new(),
        };
        let mut board = ChainBoard {
            now: Timestamp::from_unix_ms(0),
            regions: Vec::new(),
            categories: Vec::new(),
            stores: vec![row(5, 1)],
            traces: Vec::new(),
        };
        board.apply(update(7, 3));
        board.apply(update(6, 2));
        assert_eq!(board.stores, [row(7, 3)]);
    }

    #[test]
    fn cells_add_up() {
        let cells = [counted(10, 4, 95, 100), counted(5, 1, 8, 6)];
        assert_eq!(BoardCell::together(&cells), counted(15, 5, 103, 106));
    }

    #[test]
    fn scales_run_from_zero_to_one() {
        let now = Timestamp::from_unix_ms(DAY);
        const DAY: i64 = 10 * crate::instant::DAY_MS;
        let at = |cell: &BoardCell, layer: Layer| layer.position(cell, now).expect("has a value");
        assert_eq!(at(&counted(10, 4, 95, 100), Layer::Variance), 0.25);
        assert_eq!(at(&counted(10, 4, 100, 100), Layer::Variance), 0.5);
        let fresh = BoardCell { last_trace_at: Some(now), ..BoardCell::default() };
        assert_eq!(at(&fresh, Layer::Freshness), 1.0);
        let stale = BoardCell { last_trace_at: Some(Timestamp::from_unix_ms(0)), ..BoardCell::default() };
        assert_eq!(at(&stale, Layer::Freshness), 0.0);
    }
}
