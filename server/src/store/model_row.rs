//! The read models as records.

use super::db::StoreError;
use super::row::{Fields, at, id, int, seq, text};
use domain::event::{EventBody, LedgerEvent};
use domain::fold::{
    Area, Categories, CountCell, CountLine, LegKey, LineKey, ReadModels, StockRow, UnknownKey, UnknownLine,
};
use domain::id::{EventId, PersonId, ShelfCode, SkuCode, StocktakeId, StoreCode};
use domain::instant::Timestamp;
use domain::movement::{Place, Units};
use domain::stocktake::Stocktake;
use std::collections::BTreeMap;
use surrealdb::types::{Object, RecordId, SurrealValue, Value};

/// The tables that hold read models, and nothing else.
pub(crate) const TABLES: [&str; 8] = ["stock", "leg", "stocktake", "line", "unknown", "cell", "trace", "undone"];

/// Newest events kept per shelf.
pub(crate) const LATEST_MAX: usize = 20;

/// The read models of one store, or some rows of them, with what only the server keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct StoreModels {
    pub(crate) models: ReadModels,
    /// Per shelf the numbers of its newest events, ascending, at most [`LATEST_MAX`]. Follows the order of the ledger,
    /// not of effective times, and so is no part of the domain's fold.
    pub(crate) latest: BTreeMap<ShelfCode, Vec<u64>>,
}

impl StoreModels {
    pub(crate) fn apply(&mut self, event: &LedgerEvent, cited: Option<&LedgerEvent>, masters: &impl Categories) {
        self.models.apply(event, cited, masters);
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
        EventBody::Counted { shelf, .. } => vec![shelf],
        EventBody::CountUndone { .. } => cited.map(|cited| shelves_of(cited, None)).unwrap_or_default(),
        EventBody::Moved { legs, .. } => {
            let on_shelf = |place: &'a Place| match place {
                Place::Shelf(shelf) => Some(shelf),
                _ => None,
            };
            legs.iter().filter_map(|leg| on_shelf(&leg.place)).collect()
        }
        EventBody::StocktakeOpened { .. } | EventBody::StocktakeSubmitted { .. } => Vec::new(),
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
    diff(&old.legs, &new.legs, changes, |key, units| leg(store, key, *units));
    diff(&old.stocktakes, &new.stocktakes, changes, |_, known| stocktake(store, known));
    diff(&old.lines, &new.lines, changes, |key, row| line(store, key, row));
    diff(&old.unknowns, &new.unknowns, changes, |key, row| unknown(store, key, row));
    diff(&old.cells, &new.cells, changes, |(of, area), row| cell(store, of, area, row));
    let traces = |models: &StoreModels| -> BTreeMap<Area, (Timestamp, Vec<u64>)> {
        let latest = |area: &Area| match area {
            Area::Shelf(shelf) => models.latest.get(shelf).cloned().unwrap_or_default(),
            Area::Category(_) => Vec::new(),
        };
        models.models.traces.iter().map(|(area, at)| (area.clone(), (*at, latest(area)))).collect()
    };
    diff(&traces(before), &traces(after), changes, |area, (at, latest)| trace(store, area, *at, latest));
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

fn record<const N: usize>(id: RecordId, fields: [(&str, Value); N]) -> Value {
    let mut object = Object::new();
    object.insert("id", id);
    for (name, value) in fields {
        object.insert(name, value);
    }
    Value::Object(object)
}

/// `category:C01` or `shelf:A-03`.
pub(crate) fn area_text(area: &Area) -> String {
    match area {
        Area::Category(category) => format!("category:{category}"),
        Area::Shelf(shelf) => format!("shelf:{shelf}"),
    }
}

fn parse_area(text: &str) -> Result<Area, String> {
    let read = |error: domain::id::CodeError| error.to_string();
    match text.split_once(':') {
        Some(("category", code)) => code.parse().map(Area::Category).map_err(read),
        Some(("shelf", code)) => code.parse().map(Area::Shelf).map_err(read),
        _ => Err(format!("{text:?} is no area")),
    }
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

fn leg(store: &StoreCode, key: &LegKey, units: Units) -> Value {
    record(id("leg", leg_key(store, key)), [("units", int(units))])
}

pub(crate) fn read_leg(row: Value) -> Result<(LegKey, Units), StoreError> {
    let mut fields = Fields::of(row)?;
    let key = LegKey {
        place: fields.parsed(parse_place(fields.key_text(1)?))?,
        sku: fields.parsed(fields.key_text(2)?.parse())?,
        at: Timestamp::from_unix_ms(fields.key_int(3)?),
        event: fields.parsed(EventId::parse(fields.key_text(4)?))?,
        index: fields.parsed(u32::try_from(fields.key_int(5)?))?,
    };
    Ok((key, fields.int("units")?))
}

fn stocktake(store: &StoreCode, known: &Stocktake) -> Value {
    let key = id("stocktake", vec![text(store.as_str()), text(known.id.as_str())]);
    let submitted = known.submitted_at.map_or(Value::None, at);
    let by = text(known.opened_by.as_str());
    record(key, [("opened_at", at(known.opened_at)), ("opened_by", by), ("submitted_at", submitted)])
}

pub(crate) fn read_stocktake(row: Value) -> Result<Stocktake, StoreError> {
    let mut fields = Fields::of(row)?;
    let by = fields.text("opened_by")?;
    Ok(Stocktake {
        id: fields.parsed(StocktakeId::parse(fields.key_text(1)?))?,
        opened_at: fields.at("opened_at")?,
        opened_by: fields.parsed(PersonId::parse(&by))?,
        submitted_at: fields.int_opt("submitted_at")?.map(Timestamp::from_unix_ms),
    })
}

pub(crate) fn line_id(store: &StoreCode, (stocktake, shelf, sku): &LineKey) -> RecordId {
    id("line", vec![text(store.as_str()), text(stocktake.as_str()), text(shelf.as_str()), text(sku.as_str())])
}

fn line(store: &StoreCode, key: &LineKey, row: &CountLine) -> Value {
    let fields = [
        ("counted", int(row.counted_units)),
        ("n_observations", int(i64::from(row.n_observations))),
        ("observed_at", at(row.observed_at)),
        ("expected", int(row.expected_units)),
    ];
    record(line_id(store, key), fields)
}

pub(crate) fn read_line(row: Value) -> Result<(LineKey, CountLine), StoreError> {
    let mut fields = Fields::of(row)?;
    let key = (
        fields.parsed(fields.key_text(1)?.parse())?,
        fields.parsed(fields.key_text(2)?.parse())?,
        fields.parsed(fields.key_text(3)?.parse())?,
    );
    let line = CountLine {
        counted_units: fields.int("counted")?,
        n_observations: fields.n("n_observations")?,
        observed_at: fields.at("observed_at")?,
        expected_units: fields.int("expected")?,
    };
    Ok((key, line))
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

pub(crate) fn cell_id(store: &StoreCode, stocktake: &StocktakeId, area: &Area) -> RecordId {
    id("cell", vec![text(store.as_str()), text(stocktake.as_str()), text(area_text(area))])
}

fn cell(store: &StoreCode, stocktake: &StocktakeId, area: &Area, row: &CountCell) -> Value {
    let fields = [
        ("n_counted", int(i64::from(row.n_counted))),
        ("counted", int(row.counted_units)),
        ("expected", int(row.expected_units)),
        ("abs_variance", int(row.abs_variance_units)),
    ];
    record(cell_id(store, stocktake, area), fields)
}

pub(crate) fn read_cell(row: Value) -> Result<((StocktakeId, Area), CountCell), StoreError> {
    let mut fields = Fields::of(row)?;
    let stocktake = fields.parsed(fields.key_text(1)?.parse())?;
    let area = fields.parsed(parse_area(fields.key_text(2)?))?;
    let cell = CountCell {
        n_counted: fields.n("n_counted")?,
        counted_units: fields.int("counted")?,
        expected_units: fields.int("expected")?,
        abs_variance_units: fields.int("abs_variance")?,
    };
    Ok(((stocktake, area), cell))
}

pub(crate) fn trace_id(store: &StoreCode, area: &Area) -> RecordId {
    id("trace", vec![text(store.as_str()), text(area_text(area))])
}

fn trace(store: &StoreCode, area: &Area, last: Timestamp, latest: &[u64]) -> Value {
    let latest = Value::Array(latest.iter().copied().map(seq).collect());
    record(trace_id(store, area), [("at", at(last)), ("latest", latest)])
}

/// An area with its latest effective time and the numbers of its newest events.
pub(crate) type TraceRow = (Area, Timestamp, Vec<u64>);

pub(crate) fn read_trace(row: Value) -> Result<TraceRow, StoreError> {
    let mut fields = Fields::of(row)?;
    let area = fields.parsed(parse_area(fields.key_text(1)?))?;
    let latest = fields.list("latest").into_iter().map(|n| fields.parsed(u64::from_value(n)));
    let latest = latest.collect::<Result<_, StoreError>>()?;
    Ok((area, fields.at("at")?, latest))
}

pub(crate) fn undone_id(store: &StoreCode, event: EventId) -> RecordId {
    id("undone", vec![text(store.as_str()), text(event.to_string())])
}

pub(crate) fn read_undone(row: Value) -> Result<EventId, StoreError> {
    let fields = Fields::of(row)?;
    fields.parsed(EventId::parse(fields.key_text(1)?))
}
