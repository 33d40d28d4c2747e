//! What pages and routes read. Nothing here asks who is looking: the callers filter by policy.

use super::db::{Database, StoreError};
use super::directory::{Directory, PersonNames};
use super::master::{Masters, StoreMaster};
use super::model_row::{
    board_id, read_board, read_line, read_stock, read_stocktake, read_trace, read_unknown, shelves_of, trace_id,
};
use super::row::{Fields, between, event_id, head_id, ids, prefixed, receipt_id, seq, text};
use crate::store::model_row::StoreModels;
use data_encoding::HEXLOWER;
use domain::board::{
    BoardCell, ShelfCell, ShelfDetail, ShelfLine, StorePlan, StoreRow, TraceEntry, TraceWhat, UnknownOnShelf,
};
use domain::chain::{Hash, Head, SignedHead};
use domain::credit::CreditEvent;
use domain::event::{CountedItem, EventBody, LedgerEvent};
use domain::fold::{Area, StockRow, UnknownKey, UnknownLine};
use domain::id::{EventId, ShelfCode, SkuCode, StocktakeId, StoreCode};
use domain::instant::Timestamp;
use domain::movement::{Movement, Place};
use domain::review::UnknownFound;
use domain::stocktake::{CountLine, LineRef, Stage, Stocktake};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use surrealdb::types::{Value, Variables};

/// Newest traces shown beside a board, a plan or a shelf.
pub const TRACES_SHOWN: u32 = 20;

/// An event as the ledger stores it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// The event.
    pub event: LedgerEvent,
    /// The canonical bytes the chain covers.
    pub body: Vec<u8>,
    /// The chain's hash up to here.
    pub hash: Hash,
    /// Number of the event this one takes back.
    pub cites: Option<u64>,
}

/// What a store's boards are made of, all as of event `seq`.
#[derive(Debug, Clone, Default)]
pub struct StoreState {
    /// Version.
    pub seq: u64,
    /// The stocktake the figures are of.
    pub stocktake: Option<Stocktake>,
    models: StoreModels,
}

impl StoreState {
    /// One cell of a board.
    #[must_use]
    pub fn cell(&self, master: &StoreMaster, area: Area) -> BoardCell {
        let n_planned = master.n_planned(&area);
        let last_trace_at = self.models.models.traces.get(&area).copied();
        let count = self
            .stocktake
            .as_ref()
            .and_then(|stocktake| self.models.models.cells.get(&(stocktake.id.clone(), area)).copied());
        BoardCell { n_planned, count: count.unwrap_or_default(), last_trace_at }
    }

    /// The store's row of the chain board.
    #[must_use]
    pub fn row(&self, masters: &Masters, master: &StoreMaster) -> StoreRow {
        let store = &master.store;
        let category = |code: &domain::id::CategoryCode| self.cell(master, Area::Category(code.clone()));
        StoreRow {
            store: store.code.clone(),
            name: store.name.clone(),
            region: store.region.clone(),
            at: store.at,
            zone_offset: store.zone_offset,
            seq: self.seq,
            stocktake: self.stocktake.as_ref().map(|stocktake| stocktake.id.clone()),
            is_open: self.stocktake.as_ref().is_some_and(|stocktake| stocktake.stage() == Stage::Counting),
            cells: masters.categories().iter().map(|known| category(&known.code)).collect(),
        }
    }

    /// Every shelf of the plan.
    #[must_use]
    pub fn shelves(&self, master: &StoreMaster) -> Vec<ShelfCell> {
        let cell = |shelf: &ShelfCode| self.cell(master, Area::Shelf(shelf.clone()));
        master.shelves.iter().map(|shelf| ShelfCell { shelf: shelf.code.clone(), cell: cell(&shelf.code) }).collect()
    }

    fn latest_on(&self, shelf: &ShelfCode) -> &[u64] {
        self.models.latest.get(shelf).map_or(&[], Vec::as_slice)
    }
}

/// The stocktake boards show: the newest one being counted, else the newest that was not given up, else the newest.
fn shown(stocktakes: &[Stocktake]) -> Option<&Stocktake> {
    let rank = |stage: Stage| match stage {
        Stage::Counting => 2,
        Stage::Review | Stage::Approved => 1,
        Stage::Cancelled => 0,
    };
    stocktakes.iter().max_by_key(|known| (rank(known.stage()), known.opened_at, &known.id))
}

impl Database {
    /// The end of a store's ledger; `None` before its first event.
    ///
    /// # Errors
    /// When the database fails or the record is damaged.
    pub async fn head(&self, store: &StoreCode) -> Result<Option<SignedHead>, StoreError> {
        Ok(self.heads(Some([store.clone()].as_slice())).await?.pop())
    }

    /// The ends of these stores' ledgers, or of all; stores without events are left out.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn heads(&self, stores: Option<&[StoreCode]>) -> Result<Vec<SignedHead>, StoreError> {
        let mut variables = Variables::new();
        let rows: Vec<Value> = match stores {
            Some(stores) => {
                variables.insert("ids", ids(stores.iter().map(head_id)));
                self.run("SELECT * FROM $ids", variables).await?.take(0)?
            }
            None => self.run("SELECT * FROM head", variables).await?.take(0)?,
        };
        rows.into_iter().map(read_head).collect()
    }

    /// The events `from..=to` of a store's ledger, in order.
    ///
    /// # Errors
    /// When the database fails or an event cannot be read.
    pub async fn events(&self, store: &StoreCode, from: u64, to: u64) -> Result<Vec<StoredEvent>, StoreError> {
        let key = |n: u64| Bound::Included(vec![text(store.as_str()), seq(n)]);
        let mut variables = Variables::new();
        variables.insert("range", between("event", key(from), key(to)));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        rows.into_iter().map(read_event).collect()
    }

    /// Single events of a store's ledger, in the order of their numbers; missing ones are left out.
    ///
    /// # Errors
    /// When the database fails or an event cannot be read.
    pub async fn events_at(
        &self,
        store: &StoreCode,
        numbers: impl IntoIterator<Item = u64>,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let numbers: BTreeSet<u64> = numbers.into_iter().collect();
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let mut variables = Variables::new();
        variables.insert("ids", ids(numbers.into_iter().map(|n| event_id(store, n))));
        let rows: Vec<Value> = self.run("SELECT * FROM $ids", variables).await?.take(0)?;
        rows.into_iter().map(read_event).collect()
    }

    /// The number an event has in its store's ledger, if it was ever taken.
    ///
    /// # Errors
    /// When the database fails or the record is damaged.
    pub async fn seq_of(&self, event: EventId) -> Result<Option<u64>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(receipt_id(event)));
        let rows: Vec<Value> = self.run("SELECT * FROM $id", variables).await?.take(0)?;
        rows.into_iter().map(|row| Fields::of(row)?.n("seq")).next().transpose()
    }

    /// Every stocktake of a store, in the order of their names.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn stocktakes(&self, store: &StoreCode) -> Result<Vec<Stocktake>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("stocktake", vec![text(store.as_str())]));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        rows.into_iter().map(read_stocktake).collect()
    }

    /// What a store's boards are made of, read in one transaction.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn store_state(&self, store: &StoreCode) -> Result<StoreState, StoreError> {
        let stocktakes = self.stocktakes(store).await?;
        let mut guess = shown(&stocktakes).map(|stocktake| stocktake.id.clone());
        loop {
            let state = self.store_state_of(store, guess.as_ref()).await?;
            let found = state.stocktake.as_ref().map(|stocktake| stocktake.id.clone());
            if found == guess {
                return Ok(state);
            }
            // Another was opened in between; its cells were not read.
            guess = found;
        }
    }

    async fn store_state_of(&self, store: &StoreCode, guess: Option<&StocktakeId>) -> Result<StoreState, StoreError> {
        let mut variables = Variables::new();
        variables.insert("head", Value::RecordId(head_id(store)));
        variables.insert("stocktakes", prefixed("stocktake", vec![text(store.as_str())]));
        variables.insert("traces", Value::RecordId(trace_id(store)));
        let board = match guess {
            Some(stocktake) => Value::RecordId(board_id(store, stocktake)),
            None => Value::Array(surrealdb::types::Array::new()),
        };
        variables.insert("board", board);
        let statements = "BEGIN; SELECT * FROM $head; SELECT * FROM $stocktakes; SELECT * FROM $traces; \
                          SELECT * FROM $board; COMMIT;";
        let mut results = self.run(statements, variables).await?;
        // Statement 0 is BEGIN.
        let mut rows = |index: usize| -> Result<Vec<Value>, StoreError> { Ok(results.take(index)?) };
        let head = rows(1)?.into_iter().map(read_head).next().transpose()?;
        let stocktakes: Vec<Stocktake> = rows(2)?.into_iter().map(read_stocktake).collect::<Result<_, _>>()?;
        let mut models = StoreModels::default();
        for row in rows(3)? {
            read_trace(row, &mut models)?;
        }
        for row in rows(4)? {
            models.models.cells.extend(read_board(row)?);
        }
        let seq = head.map_or(0, |signed| signed.head.seq);
        Ok(StoreState { seq, stocktake: shown(&stocktakes).cloned(), models })
    }

    /// A store's row of the chain board; `None` when there is no such store.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn store_row(&self, directory: &Directory, store: &StoreCode) -> Result<Option<StoreRow>, StoreError> {
        let masters = directory.masters();
        let Some(master) = masters.store(store) else { return Ok(None) };
        Ok(Some(self.store_state(store).await?.row(&masters, master)))
    }

    /// A store's plan at `now`; `None` when there is no such store.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn store_plan(
        &self,
        directory: &Directory,
        store: &StoreCode,
        now: Timestamp,
    ) -> Result<Option<StorePlan>, StoreError> {
        let masters = directory.masters();
        let Some(master) = masters.store(store) else { return Ok(None) };
        let state = self.store_state(store).await?;
        let traces = self.traces(directory, store, Some(state.seq + 1), TRACES_SHOWN).await?;
        let region = masters.regions().iter().find(|region| region.code == master.store.region);
        Ok(Some(StorePlan {
            now,
            row: state.row(&masters, master),
            region_name: region.map_or_else(|| master.store.name.clone(), |region| region.name.clone()),
            categories: masters.categories().to_vec(),
            zones: master.zones.clone(),
            shelves: state.shelves(master),
            traces,
        }))
    }

    /// A shelf in detail at `now`; `None` when there is no such shelf.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn shelf_detail(
        &self,
        directory: &Directory,
        store: &StoreCode,
        shelf: &ShelfCode,
        now: Timestamp,
    ) -> Result<Option<ShelfDetail>, StoreError> {
        let masters = directory.masters();
        let Some(master) = masters.store(store) else { return Ok(None) };
        let Some(planned) = master.shelf(shelf) else { return Ok(None) };
        let state = self.store_state(store).await?;
        let stocktake = state.stocktake.as_ref().map(|stocktake| stocktake.id.clone());
        let (counted, unknowns) = match &stocktake {
            Some(stocktake) => self.counted_on(store, stocktake, shelf).await?,
            None => Default::default(),
        };
        let stock: BTreeMap<SkuCode, StockRow> =
            self.stock(store, Some(shelf)).await?.into_iter().map(|((_, sku), row)| (sku, row)).collect();
        let unplanned = counted.keys().filter(|sku| !planned.items.contains(sku));
        let line = |sku: &SkuCode| {
            let product = masters.products().get(sku)?;
            let counted = counted.get(sku).and_then(|line| line.finding().tally().copied());
            Some(ShelfLine {
                sku: sku.clone(),
                name: product.name.clone(),
                category: product.category.clone(),
                on_hand_units: stock.get(sku).map_or(0, |row| row.units),
                counted_units: counted.map(|tally| tally.counted_units),
                expected_units: counted.map(|tally| tally.expected_units),
            })
        };
        let events = self.events_at(store, state.latest_on(shelf).iter().copied()).await?;
        Ok(Some(ShelfDetail {
            now,
            store: store.clone(),
            store_name: master.store.name.clone(),
            zone_offset: master.store.zone_offset,
            shelf: shelf.clone(),
            stocktake,
            cell: state.cell(master, Area::Shelf(shelf.clone())),
            lines: planned.items.iter().chain(unplanned).filter_map(line).collect(),
            unknowns,
            traces: self.entries(&masters, &directory.people(), store, events).await?,
        }))
    }

    /// All lines of a stocktake, by shelf and item.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn count_lines(
        &self,
        store: &StoreCode,
        stocktake: &StocktakeId,
    ) -> Result<Vec<(LineRef, CountLine)>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("line", vec![text(store.as_str()), text(stocktake.as_str())]));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        rows.into_iter()
            .map(|row| read_line(row).map(|((_, shelf, sku), line)| (LineRef { shelf, sku }, line)))
            .collect()
    }

    async fn counted_on(
        &self,
        store: &StoreCode,
        stocktake: &StocktakeId,
        shelf: &ShelfCode,
    ) -> Result<(BTreeMap<SkuCode, CountLine>, Vec<UnknownOnShelf>), StoreError> {
        let prefix = || vec![text(store.as_str()), text(stocktake.as_str()), text(shelf.as_str())];
        let mut variables = Variables::new();
        variables.insert("lines", prefixed("line", prefix()));
        variables.insert("unknowns", prefixed("unknown", prefix()));
        let mut results = self.run("SELECT * FROM $lines; SELECT * FROM $unknowns;", variables).await?;
        let lines: Vec<Value> = results.take(0)?;
        let unknowns: Vec<Value> = results.take(1)?;
        let lines = lines.into_iter().map(|row| read_line(row).map(|((_, _, sku), line)| (sku, line)));
        let unknowns = read_unknowns(unknowns)?.into_iter().map(|unknown| unknown.found).collect();
        Ok((lines.collect::<Result<_, _>>()?, unknowns))
    }

    /// The codes counted in a stocktake that nobody knows, by shelf and code.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn unknowns_of(
        &self,
        store: &StoreCode,
        stocktake: &StocktakeId,
    ) -> Result<Vec<UnknownFound>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("unknown", vec![text(store.as_str()), text(stocktake.as_str())]));
        read_unknowns(self.run("SELECT * FROM $range", variables).await?.take(0)?)
    }

    /// Book stock of a store by place and item, or of one shelf.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn stock(
        &self,
        store: &StoreCode,
        shelf: Option<&ShelfCode>,
    ) -> Result<Vec<((Place, SkuCode), StockRow)>, StoreError> {
        let mut prefix = vec![text(store.as_str())];
        prefix.extend(shelf.map(|shelf| text(Place::Shelf(shelf.clone()).to_string())));
        let mut variables = Variables::new();
        variables.insert("range", prefixed("stock", prefix));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        rows.into_iter().map(read_stock).collect()
    }

    /// The newest `limit` events of a store numbered below `before` (all, when `None`), newest first.
    ///
    /// # Errors
    /// When the database fails or an event cannot be read.
    pub async fn traces(
        &self,
        directory: &Directory,
        store: &StoreCode,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<TraceEntry>, StoreError> {
        // Below whatever number is asked for there is nothing beyond the head.
        let head = self.head(store).await?.map_or(0, |signed| signed.head.seq);
        let last = before.map_or(head, |before| before.saturating_sub(1).min(head));
        // Numbers have no gaps, so the newest `limit` are a plain range: the engine cannot scan one backwards.
        let events = self.events(store, last.saturating_sub(u64::from(limit)) + 1, last).await?;
        self.entries(&directory.masters(), &directory.people(), store, events).await
    }

    /// The shelves that events are about.
    pub(crate) async fn shelves_touched(
        &self,
        store: &StoreCode,
        events: &[StoredEvent],
    ) -> Result<BTreeSet<ShelfCode>, StoreError> {
        let cited = self.events_at(store, events.iter().filter_map(|stored| stored.cites)).await?;
        let bodies = events.iter().chain(&cited).map(|stored| &stored.event.event.body);
        Ok(bodies.flat_map(|body| shelves_of(body, None)).cloned().collect())
    }

    /// Events as people read them, newest first.
    pub(crate) async fn entries(
        &self,
        masters: &Masters,
        people: &PersonNames,
        store: &StoreCode,
        events: Vec<StoredEvent>,
    ) -> Result<Vec<TraceEntry>, StoreError> {
        let cited = self.events_at(store, events.iter().filter_map(|stored| stored.cites)).await?;
        let cited: BTreeMap<u64, LedgerEvent> =
            cited.into_iter().map(|stored| (stored.event.stamp.seq, stored.event)).collect();
        let entry = |stored: &StoredEvent| {
            trace_entry(masters, people, &stored.event, stored.cites.and_then(|n| cited.get(&n)))
        };
        Ok(events.iter().rev().map(entry).collect())
    }
}

/// Of unknown codes those that stand: what was taken back is not shown.
fn read_unknowns(rows: Vec<Value>) -> Result<Vec<UnknownFound>, StoreError> {
    let stands = |row: &Result<(UnknownKey, UnknownLine), StoreError>| {
        row.as_ref().map_or(true, |(_, line)| line.n_observations > 0)
    };
    let shown = |((_, shelf, code), line): (UnknownKey, UnknownLine)| UnknownFound {
        shelf,
        found: UnknownOnShelf { code, name: line.names.into_values().next(), counted_units: line.counted_units },
    };
    rows.into_iter().map(read_unknown).filter(stands).map(|row| row.map(shown)).collect()
}

pub(crate) fn read_head(row: Value) -> Result<SignedHead, StoreError> {
    let mut fields = Fields::of(row)?;
    let store = fields.parsed(StoreCode::parse(fields.key_text(0)?))?;
    let head = Head { store, seq: fields.n("seq")?, hash: fields.hash("hash")? };
    Ok(SignedHead { head, signature: HEXLOWER.encode(&fields.bytes("signature")?) })
}

pub(crate) fn read_event(row: Value) -> Result<StoredEvent, StoreError> {
    let mut fields = Fields::of(row)?;
    let body = fields.bytes("body")?;
    let event = fields.parsed(LedgerEvent::from_canonical_bytes(&body))?;
    let cites = fields.int_opt("cites")?.and_then(|n| u64::try_from(n).ok());
    Ok(StoredEvent { event, body, hash: fields.hash("hash")?, cites })
}

/// An event as people read it. `cited` is the event it is about.
pub(crate) fn trace_entry(
    masters: &Masters,
    people: &PersonNames,
    event: &LedgerEvent,
    cited: Option<&LedgerEvent>,
) -> TraceEntry {
    let device = &event.event;
    TraceEntry {
        id: device.id,
        store: device.store.clone(),
        seq: event.stamp.seq,
        effective_at: event.effective_at(),
        recorded_at: event.stamp.recorded_at,
        clock: event.stamp.clock,
        person: device.person.clone(),
        person_name: people.get(&device.person).cloned().unwrap_or_else(|| device.person.to_string()),
        fix: device.fix,
        geofence: event.stamp.geofence,
        flags: event.stamp.flags.clone(),
        photos: device.body.photos().to_vec(),
        what: what(masters, event, cited.map(|cited| &cited.event.body)),
    }
}

fn what(masters: &Masters, event: &LedgerEvent, cited: Option<&EventBody>) -> TraceWhat {
    let name = |item: &CountedItem| match item {
        CountedItem::Known(sku) => {
            masters.products().get(sku).map_or_else(|| sku.to_string(), |product| product.name.clone())
        }
        CountedItem::Unknown { code, name } => name.clone().unwrap_or_else(|| code.clone()),
    };
    let n = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let cited_kind = || match cited {
        Some(EventBody::Moved(movement)) => movement.kind,
        _ => unreachable!("the ledger decides about a movement only when it has it, and keeps its number beside it"),
    };
    match &event.event.body {
        EventBody::StocktakeOpened { .. } => TraceWhat::StocktakeOpened,
        EventBody::StocktakeSubmitted { .. } => TraceWhat::StocktakeSubmitted,
        EventBody::Counted { shelf, item, units, method, .. } => {
            TraceWhat::Counted { shelf: shelf.clone(), item: name(item), units: *units, method: *method }
        }
        EventBody::CountUndone { .. } => match cited {
            Some(EventBody::Counted { shelf, item, units, .. }) => {
                TraceWhat::CountUndone { shelf: shelf.clone(), item: name(item), units: *units }
            }
            _ => unreachable!("the ledger takes a count back only when it has it, and keeps its number beside it"),
        },
        EventBody::Moved(Movement { kind, document, legs, .. }) => {
            let items: BTreeSet<&SkuCode> = legs.iter().map(|leg| &leg.sku).collect();
            TraceWhat::Moved {
                kind: *kind,
                document: document.clone(),
                n_items: n(items.len()),
                units: legs.iter().filter(|leg| leg.place.is_internal()).map(|leg| leg.units).sum(),
                standing: event.stamp.standing,
            }
        }
        EventBody::Reversed { note, .. } => TraceWhat::Reversed { kind: cited_kind(), note: note.clone() },
        EventBody::Approved { .. } => TraceWhat::Approved { kind: cited_kind() },
        EventBody::Declined { note, .. } => TraceWhat::Declined { kind: cited_kind(), note: note.clone() },
        EventBody::StocktakePlanned { plan, .. } => {
            TraceWhat::StocktakePlanned { kind: plan.kind, n_shelves: n(plan.shelves.len()) }
        }
        EventBody::ShelfFinished { shelf, .. } => TraceWhat::ShelfFinished { shelf: shelf.clone() },
        EventBody::SheetKeyed { shelf, counted_by, .. } => {
            TraceWhat::SheetKeyed { shelf: shelf.clone(), counted_by: counted_by.clone() }
        }
        EventBody::RecountAsked { lines, .. } => TraceWhat::RecountAsked { n_lines: n(lines.len()) },
        EventBody::LineDecided { line, .. } => {
            TraceWhat::LineDecided { shelf: line.shelf.clone(), item: name(&CountedItem::Known(line.sku.clone())) }
        }
        EventBody::StocktakeApproved { zeroed, .. } => TraceWhat::StocktakeApproved { n_zeroed: n(zeroed.len()) },
        EventBody::StocktakeCancelled { note, .. } => TraceWhat::StocktakeCancelled { note: note.clone() },
        EventBody::VariancePosted { lines, .. } => {
            TraceWhat::VariancePosted { n_lines: n(lines.len()), units: lines.iter().map(|posted| posted.units).sum() }
        }
        EventBody::Transfer(told) => TraceWhat::Transfer {
            transfer: told.transfer,
            step: told.step.kind(),
            units: told.step.units().into_values().sum(),
            note: told.step.note().map(str::to_owned),
        },
        EventBody::Credit(told) => {
            let (CreditEvent::Disputed { note, .. } | CreditEvent::Judged { note, .. }) = told;
            let is_judged = matches!(told, CreditEvent::Judged { .. });
            TraceWhat::Credit { is_judged, note: note.clone() }
        }
        EventBody::CaseTaken { flag, .. } => TraceWhat::CaseTaken { flag: *flag },
        EventBody::CaseClosed { flag, outcome, note, .. } => {
            TraceWhat::CaseClosed { flag: *flag, outcome: *outcome, note: note.clone() }
        }
    }
}
