//! The read models as records.

use super::db::StoreError;
use super::row::{Fields, at, bytes, id, int, text};
use super::transfer::{appeal_row, side_row};
use domain::approval::Outcome;
use domain::case::Case;
use domain::event::{EventBody, Flag, LedgerEvent};
use domain::fold::{
    Area, Booked, Categories, CountCell, LegKey, LineKey, ReadModels, StockRow, UnknownKey, UnknownLine, booked,
};
use domain::id::{EventId, ShelfCode, SkuCode, StocktakeId, StoreCode};
use domain::instant::Timestamp;
use domain::movement::{Lot, Place, Units};
use domain::stocktake::{CountLine, Stocktake};
use domain::transfer::Step;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use surrealdb::types::{Object, RecordId, SurrealValue, Value};

/// The tables that hold read models, and nothing else.
pub(crate) const TABLES: [&str; 15] = [
    "stock",
    "leg",
    "stocktake",
    "line",
    "unknown",
    "board",
    "trace",
    "undone",
    "outcome",
    "returned",
    "lot",
    "received",
    "case",
    "transfer",
    "appeal",
];

/// Newest events kept per shelf.
pub(crate) const LATEST_MAX: usize = 20;

/// The read models of one store, or some rows of them, with what only the server keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct StoreModels {
    pub(crate) models: ReadModels,
    /// Per shelf the numbers of its newest events, ascending, at most [`LATEST_MAX`]. Follows the order of the ledger,
    /// not of effective times, and so is no part of the domain's fold.
    pub(crate) latest: BTreeMap<ShelfCode, Vec<u64>>,
    /// Of legs that were booked since the models were loaded: book stock right after. Follows the order of the ledger.
    pub(crate) stock_after: BTreeMap<LegKey, Units>,
}

impl StoreModels {
    pub(crate) fn apply(&mut self, event: &LedgerEvent, cited: Option<&LedgerEvent>, masters: &impl Categories) {
        self.models.apply(event, cited, masters);
        for Booked { key, .. } in booked(event, cited) {
            // What awaits approval is not among the legs yet.
            if self.models.legs.contains_key(&key) {
                let stock = self.models.stock.get(&(key.place.clone(), key.sku.clone()));
                self.stock_after.entry(key).or_insert(stock.map_or(0, |stock| stock.units));
            }
        }
        for shelf in shelves_of(&event.event.body, cited.map(|cited| &cited.event.body)) {
            let latest = self.latest.entry(shelf.clone()).or_default();
            if latest.last() != Some(&event.stamp.seq) {
                latest.push(event.stamp.seq);
                let n_over = latest.len().saturating_sub(LATEST_MAX);
                latest.drain(..n_over);
            }
        }
    }
}

/// The shelves an event is about.
pub(crate) fn shelves_of<'a>(body: &'a EventBody, cited: Option<&'a EventBody>) -> Vec<&'a ShelfCode> {
    match body {
        EventBody::Counted { shelf, .. }
        | EventBody::ShelfFinished { shelf, .. }
        | EventBody::SheetKeyed { shelf, .. } => vec![shelf],
        EventBody::CountUndone { .. }
        | EventBody::Reversed { .. }
        | EventBody::Approved { .. }
        | EventBody::Declined { .. } => cited.map(|cited| shelves_of(cited, None)).unwrap_or_default(),
        EventBody::Moved(movement) => movement.legs.iter().filter_map(|leg| leg.place.shelf()).collect(),
        EventBody::RecountAsked { lines, .. } | EventBody::StocktakeApproved { zeroed: lines, .. } => {
            lines.iter().map(|line| &line.shelf).collect()
        }
        EventBody::LineDecided { line, .. } => vec![&line.shelf],
        EventBody::Transfer(told) => match &told.step {
            Step::Picked { lines } => lines.iter().filter_map(|line| line.from.shelf()).collect(),
            Step::Received { lines, .. } => lines.iter().filter_map(|line| line.to.shelf()).collect(),
            _ => Vec::new(),
        },
        EventBody::VariancePosted { lines, .. } => lines.iter().map(|posted| &posted.line.shelf).collect(),
        EventBody::StocktakeOpened { .. }
        | EventBody::StocktakeSubmitted { .. }
        | EventBody::StocktakePlanned { .. }
        | EventBody::StocktakeCancelled { .. }
        | EventBody::CaseTaken { .. }
        | EventBody::CaseClosed { .. }
        | EventBody::Credit(_) => Vec::new(),
    }
}

/// Records to write: those that are new, and those that replace one.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) new: Vec<Value>,
    pub(crate) replaced: Vec<Value>,
}

/// What changed from `before` to `after`. Rows are never removed by a fold.
pub(crate) fn changes(store: &StoreCode, before: &StoreModels, after: &StoreModels, changes: &mut Changes) {
    let (old, new) = (&before.models, &after.models);
    diff(&old.stock, &new.stock, changes, |(place, sku), row| stock(store, place, sku, row));
    diff(&old.legs, &new.legs, changes, |key, units| {
        let stock_units = after.stock_after.get(key).copied().unwrap_or_default();
        leg_row(store, &BookedLeg { key: key.clone(), units: *units, stock_units })
    });
    diff(&old.stocktakes, &new.stocktakes, changes, |_, known| stocktake(store, known));
    diff(&old.lines, &new.lines, changes, |key, row| line(store, key, row));
    diff(&old.unknowns, &new.unknowns, changes, |key, row| unknown(store, key, row));
    diff(&boards(old), &boards(new), changes, |of, cells| board(store, of, cells));
    if !new.traces.is_empty() {
        let whole = |models: &StoreModels| BTreeMap::from([((), traces(models))]);
        let before = if old.traces.is_empty() { BTreeMap::new() } else { whole(before) };
        diff(&before, &whole(after), changes, |(), traces| trace(store, traces));
    }
    diff(&old.outcomes, &new.outcomes, changes, |event, outcome| {
        record(outcome_id(store, *event), [("outcome", packed(outcome))])
    });
    let units = |id, units: &Units| record(id, [("units", int(*units))]);
    diff(&old.returned, &new.returned, changes, |key, n| units(returned_id(store, key), n));
    diff(&old.lots, &new.lots, changes, |key, n| units(lot_id(store, key), n));
    diff(&old.received, &new.received, changes, |key, n| units(received_id(store, key), n));
    diff(&old.cases, &new.cases, changes, |(event, flag), case| {
        record(case_id(store, *event, *flag), [("case", packed(case)), (CASE_OPEN, Value::Bool(case.closed.is_none()))])
    });
    diff(&old.transfers, &new.transfers, changes, |transfer, side| side_row(store, *transfer, side));
    diff(&old.appeals, &new.appeals, changes, |point, appeal| appeal_row(store, point, appeal));
    for event in new.undone.difference(&old.undone) {
        changes.new.push(record(undone_id(store, *event), []));
    }
}

fn diff<K: Ord, V: PartialEq>(
    before: &BTreeMap<K, V>,
    after: &BTreeMap<K, V>,
    changes: &mut Changes,
    encode: impl Fn(&K, &V) -> Value,
) {
    for (key, value) in after {
        match before.get(key) {
            None => changes.new.push(encode(key, value)),
            Some(old) if old != value => changes.replaced.push(encode(key, value)),
            Some(_) => {}
        }
    }
}

pub(crate) fn record<const N: usize>(id: RecordId, fields: [(&str, Value); N]) -> Value {
    let mut object = Object::new();
    object.insert("id", id);
    for (name, value) in fields {
        object.insert(name, value);
    }
    Value::Object(object)
}

fn parse_place(text: &str) -> Result<Place, String> {
    match text.split_once(':') {
        Some(("shelf", code)) => {
            code.parse().map(Place::Shelf).map_err(|error: domain::id::CodeError| error.to_string())
        }
        None if text == "back_room" => Ok(Place::BackRoom),
        _ => Err(format!("{text:?} is no place of the store's own")),
    }
}

pub(crate) fn stock_id(store: &StoreCode, place: &Place, sku: &SkuCode) -> RecordId {
    id("stock", vec![text(store.as_str()), text(place.to_string()), text(sku.as_str())])
}

fn stock(store: &StoreCode, place: &Place, sku: &SkuCode, row: &StockRow) -> Value {
    record(stock_id(store, place, sku), [("units", int(row.units)), ("moved_at", at(row.moved_at))])
}

pub(crate) fn read_stock(row: Value) -> Result<((Place, SkuCode), StockRow), StoreError> {
    let mut fields = Fields::of(row)?;
    let place = fields.parsed(parse_place(fields.key_text(1)?))?;
    let sku = fields.parsed(fields.key_text(2)?.parse())?;
    Ok(((place, sku), StockRow { units: fields.int("units")?, moved_at: fields.at("moved_at")? }))
}

pub(crate) fn leg_key(store: &StoreCode, key: &LegKey) -> Vec<Value> {
    vec![
        text(store.as_str()),
        text(key.place.to_string()),
        text(key.sku.as_str()),
        at(key.at),
        text(key.event.to_string()),
        int(i64::from(key.index)),
    ]
}

/// A leg as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BookedLeg {
    pub(crate) key: LegKey,
    pub(crate) units: Units,
    /// Book stock of the item in the place right after the leg was booked.
    pub(crate) stock_units: Units,
}

pub(crate) fn leg_id(store: &StoreCode, key: &LegKey) -> RecordId {
    id("leg", leg_key(store, key))
}

fn leg_row(store: &StoreCode, leg: &BookedLeg) -> Value {
    record(leg_id(store, &leg.key), [("units", int(leg.units)), ("stock", int(leg.stock_units))])
}

pub(crate) fn read_leg(row: Value) -> Result<BookedLeg, StoreError> {
    let mut fields = Fields::of(row)?;
    let key = LegKey {
        place: fields.parsed(parse_place(fields.key_text(1)?))?,
        sku: fields.parsed(fields.key_text(2)?.parse())?,
        at: Timestamp::from_unix_ms(fields.key_int(3)?),
        event: fields.parsed(EventId::parse(fields.key_text(4)?))?,
        index: fields.parsed(u32::try_from(fields.key_int(5)?))?,
    };
    Ok(BookedLeg { key, units: fields.int("units")?, stock_units: fields.int("stock")? })
}

fn stocktake(store: &StoreCode, known: &Stocktake) -> Value {
    let key = id("stocktake", vec![text(store.as_str()), text(known.id.as_str())]);
    record(key, [("stocktake", packed(known))])
}

pub(crate) fn read_stocktake(row: Value) -> Result<Stocktake, StoreError> {
    unpacked(&mut Fields::of(row)?, "stocktake")
}

pub(crate) fn line_id(store: &StoreCode, (stocktake, shelf, sku): &LineKey) -> RecordId {
    id("line", vec![text(store.as_str()), text(stocktake.as_str()), text(shelf.as_str()), text(sku.as_str())])
}

fn line(store: &StoreCode, key: &LineKey, row: &CountLine) -> Value {
    record(line_id(store, key), [("line", packed(row))])
}

pub(crate) fn read_line(row: Value) -> Result<(LineKey, CountLine), StoreError> {
    let mut fields = Fields::of(row)?;
    let key = (
        fields.parsed(fields.key_text(1)?.parse())?,
        fields.parsed(fields.key_text(2)?.parse())?,
        fields.parsed(fields.key_text(3)?.parse())?,
    );
    Ok((key, unpacked(&mut fields, "line")?))
}

pub(crate) fn unknown_id(store: &StoreCode, (stocktake, shelf, code): &UnknownKey) -> RecordId {
    id("unknown", vec![text(store.as_str()), text(stocktake.as_str()), text(shelf.as_str()), text(code)])
}

fn unknown(store: &StoreCode, key: &UnknownKey, row: &UnknownLine) -> Value {
    let mut names = Object::new();
    for (event, name) in &row.names {
        names.insert(event.to_string(), text(name));
    }
    let fields = [
        ("counted", int(row.counted_units)),
        ("n_observations", int(i64::from(row.n_observations))),
        ("names", Value::Object(names)),
    ];
    record(unknown_id(store, key), fields)
}

pub(crate) fn read_unknown(row: Value) -> Result<(UnknownKey, UnknownLine), StoreError> {
    let mut fields = Fields::of(row)?;
    let key = (
        fields.parsed(fields.key_text(1)?.parse())?,
        fields.parsed(fields.key_text(2)?.parse())?,
        fields.key_text(3)?.to_owned(),
    );
    let names = fields
        .object("names")?
        .into_inner()
        .into_iter()
        .map(|(event, name)| Ok((fields.parsed(EventId::parse(&event))?, fields.parsed(String::from_value(name))?)))
        .collect::<Result<_, StoreError>>()?;
    let n_observations = fields.n("n_observations")?;
    Ok((key, UnknownLine { counted_units: fields.int("counted")?, n_observations, names }))
}

/// The cells of one stocktake.
///
/// They are one record and not one a cell: every count changes two of them, and a record costs far more than its bytes.
type Board<'a> = BTreeMap<&'a Area, &'a CountCell>;

fn boards(models: &ReadModels) -> BTreeMap<&StocktakeId, Board<'_>> {
    let mut boards: BTreeMap<&StocktakeId, Board<'_>> = BTreeMap::new();
    for ((stocktake, area), cell) in &models.cells {
        boards.entry(stocktake).or_default().insert(area, cell);
    }
    boards
}

pub(crate) fn board_id(store: &StoreCode, stocktake: &StocktakeId) -> RecordId {
    id("board", vec![text(store.as_str()), text(stocktake.as_str())])
}

fn board(store: &StoreCode, stocktake: &StocktakeId, cells: &Board<'_>) -> Value {
    record(board_id(store, stocktake), [("cells", packed(cells))])
}

/// A cell of a board with the stocktake and the area it is of.
pub(crate) type CellRow = ((StocktakeId, Area), CountCell);

pub(crate) fn read_board(row: Value) -> Result<Vec<CellRow>, StoreError> {
    let mut fields = Fields::of(row)?;
    let stocktake: StocktakeId = fields.parsed(fields.key_text(1)?.parse())?;
    let cells: BTreeMap<Area, CountCell> = unpacked(&mut fields, "cells")?;
    Ok(cells.into_iter().map(|(area, cell)| ((stocktake.clone(), area), cell)).collect())
}

/// Of each area the latest effective time and, of a shelf, the numbers of its newest events: the newest, then how far
/// each stands before the one after it.
type Traces = BTreeMap<Area, (Timestamp, Vec<u64>)>;

fn traces(models: &StoreModels) -> Traces {
    let steps = |area: &Area| -> Vec<u64> {
        let Area::Shelf(shelf) = area else { return Vec::new() };
        let latest = models.latest.get(shelf).map_or(&[][..], Vec::as_slice);
        let newest = latest.last().copied();
        newest.into_iter().chain(latest.windows(2).rev().map(|pair| pair[1] - pair[0])).collect()
    };
    models.models.traces.iter().map(|(area, at)| (area.clone(), (*at, steps(area)))).collect()
}

pub(crate) fn trace_id(store: &StoreCode) -> RecordId {
    id("trace", vec![text(store.as_str())])
}

fn trace(store: &StoreCode, traces: &Traces) -> Value {
    record(trace_id(store), [("areas", packed(traces))])
}

/// Puts a store's traces into its models.
pub(crate) fn read_trace(row: Value, models: &mut StoreModels) -> Result<(), StoreError> {
    let mut fields = Fields::of(row)?;
    let traces: Traces = unpacked(&mut fields, "areas")?;
    for (area, (at, steps)) in traces {
        if let (Area::Shelf(shelf), Some((newest, steps))) = (&area, steps.split_first()) {
            let mut latest = vec![*newest];
            for step in steps {
                let next = latest.last().and_then(|last: &u64| last.checked_sub(*step));
                latest.push(fields.parsed(next.ok_or("a number before the first event"))?);
            }
            latest.reverse();
            models.latest.insert(shelf.clone(), latest);
        }
        models.models.traces.insert(area, at);
    }
    Ok(())
}

/// Postcard: maps in the order of their keys, so that the same models give the same bytes.
pub(crate) fn packed(value: &impl Serialize) -> Value {
    bytes(postcard::to_allocvec(value).expect("plain data of known length always encodes"))
}

pub(crate) fn unpacked<T: DeserializeOwned>(fields: &mut Fields, field: &str) -> Result<T, StoreError> {
    let bytes = fields.bytes(field)?;
    fields.parsed(postcard::from_bytes(&bytes))
}

pub(crate) fn undone_id(store: &StoreCode, event: EventId) -> RecordId {
    id("undone", vec![text(store.as_str()), text(event.to_string())])
}

pub(crate) fn read_undone(row: Value) -> Result<EventId, StoreError> {
    let fields = Fields::of(row)?;
    fields.parsed(EventId::parse(fields.key_text(1)?))
}

pub(crate) fn outcome_id(store: &StoreCode, event: EventId) -> RecordId {
    id("outcome", vec![text(store.as_str()), text(event.to_string())])
}

pub(crate) fn read_outcome(row: Value) -> Result<(EventId, Outcome), StoreError> {
    let mut fields = Fields::of(row)?;
    let event = fields.parsed(EventId::parse(fields.key_text(1)?))?;
    Ok((event, unpacked(&mut fields, "outcome")?))
}

pub(crate) fn returned_id(store: &StoreCode, (sale, sku): &(EventId, SkuCode)) -> RecordId {
    id("returned", vec![text(store.as_str()), text(sale.to_string()), text(sku.as_str())])
}

pub(crate) fn read_returned(row: Value) -> Result<((EventId, SkuCode), Units), StoreError> {
    let mut fields = Fields::of(row)?;
    let sale = fields.parsed(EventId::parse(fields.key_text(1)?))?;
    let sku = fields.parsed(fields.key_text(2)?.parse())?;
    Ok(((sale, sku), fields.int("units")?))
}

pub(crate) fn lot_id(store: &StoreCode, (sku, lot): &(SkuCode, Lot)) -> RecordId {
    let day = lot.best_before.map_or_else(String::new, |day| day.to_string());
    let batch = lot.batch.clone().unwrap_or_default();
    id("lot", vec![text(store.as_str()), text(sku.as_str()), text(day), text(batch)])
}

pub(crate) fn read_lot(row: Value) -> Result<((SkuCode, Lot), Units), StoreError> {
    let mut fields = Fields::of(row)?;
    let sku = fields.parsed(fields.key_text(1)?.parse())?;
    let day = Some(fields.key_text(2)?).filter(|day| !day.is_empty());
    let best_before = day.map(|day| fields.parsed(day.parse())).transpose()?;
    let batch = Some(fields.key_text(3)?.to_owned()).filter(|batch| !batch.is_empty());
    Ok(((sku, Lot { best_before, batch }), fields.int("units")?))
}

pub(crate) fn received_id(store: &StoreCode, (document, sku): &(String, SkuCode)) -> RecordId {
    id("received", vec![text(store.as_str()), text(document), text(sku.as_str())])
}

pub(crate) fn read_received(row: Value) -> Result<((String, SkuCode), Units), StoreError> {
    let mut fields = Fields::of(row)?;
    let document = fields.key_text(1)?.to_owned();
    let sku = fields.parsed(fields.key_text(2)?.parse())?;
    Ok(((document, sku), fields.int("units")?))
}

/// Whether a case is open, so that the closed ones of years are not read to list those.
pub(crate) const CASE_OPEN: &str = "is_open";

pub(crate) fn case_id(store: &StoreCode, event: EventId, flag: Flag) -> RecordId {
    id("case", vec![text(store.as_str()), text(event.to_string()), text(flag.code())])
}

pub(crate) fn read_case(row: Value) -> Result<((EventId, Flag), Case), StoreError> {
    let mut fields = Fields::of(row)?;
    let event = fields.parsed(EventId::parse(fields.key_text(1)?))?;
    let case: Case = unpacked(&mut fields, "case")?;
    Ok(((event, case.flag), case))
}
