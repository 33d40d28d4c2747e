//! Reads what a batch is decided by: receipts, heads, events taken back, and the rows it will change.

use super::decide::Item;
use crate::store::model_row::{
    StoreModels, board_id, leg_key, line_id, read_board, read_leg, read_line, read_stock, read_stocktake, read_trace,
    read_undone, read_unknown, stock_id, trace_id, undone_id, unknown_id,
};
use crate::store::read::{read_event, read_head};
use crate::store::row::{Fields, between, event_id, head_id, ids, prefixed, receipt_id, text};
use crate::store::{Database, Masters, StoreError};
use domain::accept::{AGE_MAX_MS, FUTURE_MAX_MS};
use domain::chain::{Hash, Head, SignedHead};
use domain::event::{CountedItem, EventBody, LedgerEvent};
use domain::fold::{LegKey, Needs, needs};
use domain::id::{EventId, ShelfCode, SkuCode, StocktakeId, StoreCode};
use domain::instant::Timestamp;
use domain::movement::Place;
use domain::stocktake::Stocktake;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use surrealdb::types::{RecordId, Value, Variables};

/// What the ledger already knows of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Receipt {
    pub(super) store: StoreCode,
    pub(super) seq: u64,
    pub(super) content: Hash,
}

/// What a batch is decided by.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    pub(super) receipts: HashMap<EventId, Receipt>,
    pub(super) heads: BTreeMap<StoreCode, Head>,
    pub(super) signed_heads: BTreeMap<StoreCode, SignedHead>,
    /// Events that the batch takes back.
    pub(super) cited: HashMap<EventId, LedgerEvent>,
    /// The rows the batch may change.
    pub(super) models: BTreeMap<StoreCode, StoreModels>,
}

pub(super) enum LoadError {
    Unreachable(String),
    /// Another process wrote while the rows were read: they do not belong together.
    Moved,
    Store(StoreError),
}

impl From<StoreError> for LoadError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Database(source) if source.is_connection() => Self::Unreachable(source.message().to_owned()),
            _ => Self::Store(error),
        }
    }
}

/// Stocktakes of the stores written last, valid while a store's head is the one they were read or written with.
#[derive(Debug, Default)]
pub(super) struct StocktakeCache(HashMap<StoreCode, (Head, BTreeMap<StocktakeId, Stocktake>)>);

impl StocktakeCache {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes note of the stocktakes that a commit ending in `head` wrote.
    pub(super) fn keep(&mut self, head: &Head, written: &BTreeMap<StocktakeId, Stocktake>) {
        if let Some((known_head, known)) = self.0.get_mut(&head.store) {
            *known_head = head.clone();
            known.extend(written.iter().map(|(id, stocktake)| (id.clone(), stocktake.clone())));
        }
    }

    async fn of(&mut self, database: &Database, head: &Head) -> Result<&BTreeMap<StocktakeId, Stocktake>, StoreError> {
        if self.0.get(&head.store).is_none_or(|(known, _)| known != head) {
            let mut variables = Variables::new();
            variables.insert("range", prefixed("stocktake", vec![text(head.store.as_str())]));
            let rows: Vec<Value> = database.run("SELECT * FROM $range", variables).await?.take(0)?;
            let known = rows.into_iter().map(|row| read_stocktake(row).map(|known| (known.id.clone(), known)));
            self.0.insert(head.store.clone(), (head.clone(), known.collect::<Result<_, _>>()?));
        }
        Ok(&self.0[&head.store].1)
    }
}

pub(super) async fn load(
    database: &Database,
    masters: &Masters,
    items: &[Item<'_>],
    stocktakes: &mut StocktakeCache,
) -> Result<Loaded, LoadError> {
    let mut loaded = load_receipts(database, masters, items).await?;
    load_cited(database, items, &mut loaded).await?;
    let wanted = wanted(masters, items, &loaded);
    load_rows(database, &wanted, stocktakes, &mut loaded).await?;
    load_legs(database, &wanted, &mut loaded).await?;
    Ok(loaded)
}

fn cites(body: &EventBody) -> Option<EventId> {
    match body {
        EventBody::CountUndone { cites, .. } => Some(*cites),
        _ => None,
    }
}

async fn load_receipts(database: &Database, masters: &Masters, items: &[Item<'_>]) -> Result<Loaded, LoadError> {
    let events: BTreeSet<EventId> =
        items.iter().flat_map(|item| [Some(item.event.id), cites(&item.event.body)]).flatten().collect();
    let stores: BTreeSet<&StoreCode> =
        items.iter().map(|item| &item.event.store).filter(|store| masters.store(store).is_some()).collect();
    let mut variables = Variables::new();
    variables.insert("receipts", ids(events.into_iter().map(receipt_id)));
    variables.insert("heads", ids(stores.iter().map(|store| head_id(store))));
    let mut results = database.run("SELECT * FROM $receipts; SELECT * FROM $heads;", variables).await?;
    let receipts: Vec<Value> = results.take(0).map_err(StoreError::from)?;
    let signed: Vec<Value> = results.take(1).map_err(StoreError::from)?;
    let receipts = receipts.into_iter().map(read_receipt).collect::<Result<_, _>>()?;
    let signed: Vec<SignedHead> = signed.into_iter().map(read_head).collect::<Result<_, _>>()?;
    let mut heads: BTreeMap<StoreCode, Head> =
        stores.into_iter().map(|store| (store.clone(), Head::genesis(store.clone()))).collect();
    heads.extend(signed.iter().map(|signed| (signed.head.store.clone(), signed.head.clone())));
    let signed_heads = signed.into_iter().map(|signed| (signed.head.store.clone(), signed)).collect();
    Ok(Loaded { receipts, heads, signed_heads, ..Loaded::default() })
}

fn read_receipt(row: Value) -> Result<(EventId, Receipt), StoreError> {
    let mut fields = Fields::of(row)?;
    let event = fields.parsed(EventId::parse(fields.key_text(0)?))?;
    let store = fields.text("store")?;
    let store = fields.parsed(StoreCode::parse(&store))?;
    Ok((event, Receipt { store, seq: fields.n("seq")?, content: fields.hash("content")? }))
}

async fn load_cited(database: &Database, items: &[Item<'_>], loaded: &mut Loaded) -> Result<(), LoadError> {
    let cited: Vec<RecordId> = items
        .iter()
        .filter_map(|item| loaded.receipts.get(&cites(&item.event.body)?))
        .map(|receipt| event_id(&receipt.store, receipt.seq))
        .collect();
    if cited.is_empty() {
        return Ok(());
    }
    let mut variables = Variables::new();
    variables.insert("ids", ids(cited));
    let rows: Vec<Value> = database.run("SELECT * FROM $ids", variables).await?.take(0).map_err(StoreError::from)?;
    for row in rows {
        let event = read_event(row)?.event;
        loaded.cited.insert(event.event.id, event);
    }
    Ok(())
}

/// What a batch needs of one store.
#[derive(Default)]
struct Wanted {
    needs: Needs,
    stocktakes: BTreeSet<StocktakeId>,
    undone: BTreeSet<EventId>,
    /// The earliest movement: it may change the lines of any stocktake counted since.
    moved_from: Option<Timestamp>,
    /// The earliest count of an item on a shelf.
    counted_from: BTreeMap<(ShelfCode, SkuCode), Timestamp>,
}

fn wanted(masters: &Masters, items: &[Item<'_>], loaded: &Loaded) -> BTreeMap<StoreCode, Wanted> {
    let bodies: HashMap<EventId, &EventBody> = items.iter().map(|item| (item.event.id, &item.event.body)).collect();
    let mut wanted: BTreeMap<StoreCode, Wanted> = BTreeMap::new();
    for item in items {
        let event = item.event;
        if loaded.receipts.contains_key(&event.id) || !loaded.heads.contains_key(&event.store) {
            continue;
        }
        let wanted = wanted.entry(event.store.clone()).or_default();
        let at = event.effective_at.min(item.recorded_at);
        let cited = cites(&event.body).and_then(|id| {
            wanted.undone.insert(id);
            loaded.cited.get(&id).map(|cited| &cited.event.body).or_else(|| bodies.get(&id).copied())
        });
        needs(&event.body, cited, masters, &mut wanted.needs);
        wanted.stocktakes.extend(event.body.stocktake().cloned());
        match &event.body {
            EventBody::Counted { shelf, item: CountedItem::Known(sku), .. } => {
                let from = wanted.counted_from.entry((shelf.clone(), sku.clone())).or_insert(at);
                *from = at.min(*from);
            }
            EventBody::Moved { .. } => wanted.moved_from = Some(wanted.moved_from.map_or(at, |from| from.min(at))),
            _ => {}
        }
    }
    wanted
}

/// How long after its submission a stocktake may still hold counts: a submission may be this much older than the
/// counts that were taken before it arrived.
const SUBMITTED_MARGIN_MS: i64 = AGE_MAX_MS + FUTURE_MAX_MS;

async fn load_rows(
    database: &Database,
    wanted: &BTreeMap<StoreCode, Wanted>,
    cache: &mut StocktakeCache,
    loaded: &mut Loaded,
) -> Result<(), LoadError> {
    let mut rows: [Vec<RecordId>; 6] = Default::default();
    let [stock, lines, unknowns, boards, traces, undone] = &mut rows;
    for (store, wanted) in wanted {
        let known = cache.of(database, &loaded.heads[store]).await?;
        let may_change = |stocktake: &Stocktake| {
            wanted.stocktakes.contains(&stocktake.id)
                || wanted
                    .moved_from
                    .is_some_and(|from| stocktake.submitted_at.is_none_or(|at| at.plus_ms(SUBMITTED_MARGIN_MS) >= from))
        };
        let models = loaded.models.entry(store.clone()).or_default();
        models.models.stocktakes = known
            .iter()
            .filter(|(_, known)| may_change(known))
            .map(|(id, known)| (id.clone(), known.clone()))
            .collect();
        let stocktakes: BTreeSet<&StocktakeId> = models.models.stocktakes.keys().collect();
        stock.extend(wanted.needs.stock.iter().map(|(place, sku)| stock_id(store, place, sku)));
        unknowns.extend(wanted.needs.unknowns.iter().map(|key| unknown_id(store, key)));
        traces.push(trace_id(store));
        undone.extend(wanted.undone.iter().map(|event| undone_id(store, *event)));
        for stocktake in stocktakes {
            let line =
                |(shelf, sku): &(ShelfCode, SkuCode)| line_id(store, &(stocktake.clone(), shelf.clone(), sku.clone()));
            lines.extend(wanted.needs.lines_on.iter().map(line));
            boards.push(board_id(store, stocktake));
        }
    }
    if rows.iter().all(Vec::is_empty) {
        return Ok(());
    }
    let mut variables = Variables::new();
    for (name, rows) in ["stock", "lines", "unknowns", "boards", "traces", "undone"].into_iter().zip(rows) {
        variables.insert(name, ids(rows));
    }
    variables.insert("heads", ids(wanted.keys().map(head_id)));
    // The heads last: where they are what they were before, nothing was written in between.
    let statements = "SELECT * FROM $stock; SELECT * FROM $lines; SELECT * FROM $unknowns; SELECT * FROM $boards; \
                      SELECT * FROM $traces; SELECT * FROM $undone; SELECT * FROM $heads;";
    let mut results = database.run(statements, variables).await?;
    for index in 0..6 {
        let rows: Vec<Value> = results.take(index).map_err(StoreError::from)?;
        for row in rows {
            take_row(index, row, loaded)?;
        }
    }
    unmoved(results.take(6).map_err(StoreError::from)?, loaded)
}

fn unmoved(heads: Vec<Value>, loaded: &Loaded) -> Result<(), LoadError> {
    for row in heads {
        let head = read_head(row)?.head;
        if loaded.heads.get(&head.store) != Some(&head) {
            return Err(LoadError::Moved);
        }
    }
    Ok(())
}

/// Puts a row of the `index`th table read by [`load_rows`] where it belongs.
fn take_row(index: usize, row: Value, loaded: &mut Loaded) -> Result<(), LoadError> {
    let store = store_of(&row)?;
    let models = loaded.models.entry(store).or_default();
    match index {
        0 => models.models.stock.extend([read_stock(row)?]),
        1 => models.models.lines.extend([read_line(row)?]),
        2 => models.models.unknowns.extend([read_unknown(row)?]),
        3 => models.models.cells.extend(read_board(row)?),
        4 => read_trace(row, models)?,
        _ => models.models.undone.extend([read_undone(row)?]),
    }
    Ok(())
}

fn store_of(row: &Value) -> Result<StoreCode, StoreError> {
    let fields = Fields::of(row.clone())?;
    fields.parsed(StoreCode::parse(fields.key_text(0)?))
}

/// Reads single legs only where stock moved after the moment it was counted.
async fn load_legs(
    database: &Database,
    wanted: &BTreeMap<StoreCode, Wanted>,
    loaded: &mut Loaded,
) -> Result<(), LoadError> {
    let mut heads = Vec::new();
    for (store, wanted) in wanted {
        let models = loaded.models.entry(store.clone()).or_default();
        for ((shelf, sku), from) in &wanted.counted_from {
            let place = Place::Shelf(shelf.clone());
            let moved_later =
                models.models.stock.get(&(place.clone(), sku.clone())).is_some_and(|row| row.moved_at > *from);
            if !moved_later {
                continue;
            }
            let first = LegKey { place, sku: sku.clone(), at: from.plus_ms(1), event: EventId::MIN, index: 0 };
            let mut end = leg_key(store, &first);
            end.truncate(2);
            end.push(text(format!("{sku}\u{1}")));
            let range = between("leg", Bound::Included(leg_key(store, &first)), Bound::Excluded(end));
            let mut variables = Variables::new();
            variables.insert("range", range);
            variables.insert("heads", ids([head_id(store)]));
            let mut results = database.run("SELECT * FROM $range; SELECT * FROM $heads;", variables).await?;
            let rows: Vec<Value> = results.take(0).map_err(StoreError::from)?;
            for row in rows {
                models.models.legs.extend([read_leg(row)?]);
            }
            heads.extend(results.take::<Vec<Value>>(1).map_err(StoreError::from)?);
        }
    }
    unmoved(heads, loaded)
}
