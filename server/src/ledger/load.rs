//! Reads what a batch is decided by: receipts, heads, events taken back, and the rows it will change.

use super::decide::Item;
use super::transfers::{Transfers, load_transfers, own_sides};
use crate::store::model_row::{
    StoreModels, board_id, case_id, leg_key, line_id, lot_id, outcome_id, read_board, read_case, read_leg, read_line,
    read_lot, read_outcome, read_received, read_returned, read_stock, read_stocktake, read_trace, read_undone,
    read_unknown, received_id, returned_id, stock_id, trace_id, undone_id, unknown_id,
};
use crate::store::photo::read_photo_id;
use crate::store::read::{read_event, read_head};
use crate::store::row::{Fields, between, event_id, evidence_id, head_id, ids, photo_id, prefixed, receipt_id, text};
use crate::store::transfer::{appeal_id, read_appeal};
use crate::store::{CreditScores, Database, Masters, StoreError};
use domain::accept::{AGE_MAX_MS, FUTURE_MAX_MS};
use domain::chain::{Hash, Head, SignedHead};
use domain::event::{CountedItem, EventBody, LedgerEvent};
use domain::fold::{LegKey, Needs, needs};
use domain::id::{EventId, ShelfCode, SkuCode, StocktakeId, StoreCode};
use domain::instant::Timestamp;
use domain::movement::Place;
use domain::photo::PhotoId;
use domain::stocktake::{LineRef, Stocktake};
use domain::transfer::{Step, TransferEvent};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
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
    /// Photos of the batch that events name already.
    pub(super) photos_used: HashSet<PhotoId>,
    /// Transfers that the batch is about.
    pub(super) transfers: Transfers,
    /// Photos of the batch that are there: one that no event names may be removed at any time.
    pub(super) photos_there: HashSet<PhotoId>,
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
    credit: &CreditScores,
) -> Result<Loaded, LoadError> {
    let mut loaded = load_receipts(database, masters, items).await?;
    load_cited(database, items, &mut loaded).await?;
    load_sales_of_returns(database, items, &mut loaded).await?;
    load_transfers(database, items, credit, &mut loaded).await?;
    let mut wanted = wanted(masters, items, &loaded);
    widen_to_whole_stocktakes(database, masters, &mut wanted).await?;
    load_rows(database, &wanted, stocktakes, &mut loaded).await?;
    load_legs(database, &wanted, &mut loaded).await?;
    Ok(loaded)
}

async fn load_receipts(database: &Database, masters: &Masters, items: &[Item<'_>]) -> Result<Loaded, LoadError> {
    let events: BTreeSet<EventId> =
        items.iter().flat_map(|item| [Some(item.event.id), item.event.body.cites()]).flatten().collect();
    let stores: BTreeSet<&StoreCode> =
        items.iter().map(|item| &item.event.store).filter(|store| masters.store(store).is_some()).collect();
    let mut variables = Variables::new();
    variables.insert("receipts", ids(events.into_iter().map(receipt_id)));
    variables.insert("heads", ids(stores.iter().map(|store| head_id(store))));
    let photos = || items.iter().flat_map(|item| item.event.body.photos());
    variables.insert("evidence", ids(photos().map(evidence_id)));
    variables.insert("photos", ids(photos().map(photo_id)));
    let statements = "SELECT * FROM $receipts; SELECT * FROM $heads; SELECT * FROM $evidence; SELECT id FROM $photos;";
    let mut results = database.run(statements, variables).await?;
    let there: Vec<Value> = results.take(3).map_err(StoreError::from)?;
    let evidence: Vec<Value> = results.take(2).map_err(StoreError::from)?;
    let receipts: Vec<Value> = results.take(0).map_err(StoreError::from)?;
    let signed: Vec<Value> = results.take(1).map_err(StoreError::from)?;
    let receipts = receipts.into_iter().map(read_receipt).collect::<Result<_, _>>()?;
    let signed: Vec<SignedHead> = signed.into_iter().map(read_head).collect::<Result<_, _>>()?;
    let mut heads: BTreeMap<StoreCode, Head> =
        stores.into_iter().map(|store| (store.clone(), Head::genesis(store.clone()))).collect();
    heads.extend(signed.iter().map(|signed| (signed.head.store.clone(), signed.head.clone())));
    let signed_heads = signed.into_iter().map(|signed| (signed.head.store.clone(), signed)).collect();
    let photos_used = evidence.into_iter().map(read_photo_id).collect::<Result<_, _>>()?;
    let photos_there = there.into_iter().map(read_photo_id).collect::<Result<_, _>>()?;
    Ok(Loaded { receipts, heads, signed_heads, photos_used, photos_there, ..Loaded::default() })
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
        .filter_map(|item| loaded.receipts.get(&item.event.body.cites()?))
        .map(|receipt| event_id(&receipt.store, receipt.seq))
        .collect();
    load_events(database, cited.into_iter(), loaded).await
}

/// Of returns that are to be approved the sales they cite: what of them can still come back is asked once more.
async fn load_sales_of_returns(database: &Database, items: &[Item<'_>], loaded: &mut Loaded) -> Result<(), LoadError> {
    let returns = items.iter().filter_map(|item| match &item.event.body {
        EventBody::Approved { cites } => loaded.cited.get(cites).and_then(|cited| cited.event.body.cites()),
        _ => None,
    });
    let sales: BTreeSet<EventId> = returns.filter(|sale| !loaded.cited.contains_key(sale)).collect();
    if sales.is_empty() {
        return Ok(());
    }
    let mut variables = Variables::new();
    variables.insert("receipts", ids(sales.into_iter().map(receipt_id)));
    let rows: Vec<Value> =
        database.run("SELECT * FROM $receipts", variables).await?.take(0).map_err(StoreError::from)?;
    let receipts = rows.into_iter().map(read_receipt).collect::<Result<HashMap<_, _>, _>>()?;
    load_events(database, receipts.values().map(|receipt| event_id(&receipt.store, receipt.seq)), loaded).await
}

async fn load_events(
    database: &Database,
    events: impl Iterator<Item = RecordId>,
    loaded: &mut Loaded,
) -> Result<(), LoadError> {
    let events: Vec<RecordId> = events.collect();
    if events.is_empty() {
        return Ok(());
    }
    let mut variables = Variables::new();
    variables.insert("ids", ids(events));
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

impl Wanted {
    fn counted(&mut self, shelf: &ShelfCode, sku: &SkuCode, at: Timestamp) {
        let from = self.counted_from.entry((shelf.clone(), sku.clone())).or_insert(at);
        *from = at.min(*from);
    }
}

fn wanted(masters: &Masters, items: &[Item<'_>], loaded: &Loaded) -> BTreeMap<StoreCode, Wanted> {
    let batch: HashMap<EventId, &Item<'_>> = items.iter().map(|item| (item.event.id, item)).collect();
    let mut wanted: BTreeMap<StoreCode, Wanted> = BTreeMap::new();
    for item in items {
        let event = item.event;
        if loaded.receipts.contains_key(&event.id) || !loaded.heads.contains_key(&event.store) {
            continue;
        }
        let wanted = wanted.entry(event.store.clone()).or_default();
        let at = event.effective_at.min(item.recorded_at);
        let cited = event.body.cites().and_then(|id| {
            if matches!(event.body, EventBody::CountUndone { .. }) {
                wanted.undone.insert(id);
            }
            let in_batch =
                || batch.get(&id).map(|item| (item.event.effective_at.min(item.recorded_at), &item.event.body));
            loaded.cited.get(&id).map(|cited| (cited.effective_at(), &cited.event.body)).or_else(in_batch)
        });
        needs(&event.body, cited.map(|(_, body)| body), masters, &mut wanted.needs);
        if let EventBody::Transfer(TransferEvent { step: Step::Confirmed { lines }, .. }) = &event.body {
            // What may be promised is what all the store's places hold.
            let shelves = masters.store(&event.store).into_iter().flat_map(|master| &master.shelves);
            let places = shelves.map(|shelf| Place::Shelf(shelf.code.clone())).chain([Place::BackRoom]);
            let rows = places.flat_map(|place| lines.iter().map(move |line| (place.clone(), line.sku.clone())));
            wanted.needs.stock.extend(rows);
        }
        wanted.stocktakes.extend(event.body.stocktake().cloned());
        let mut moved = |at: Timestamp| wanted.moved_from = Some(wanted.moved_from.map_or(at, |from| from.min(at)));
        match &event.body {
            EventBody::Counted { shelf, item: CountedItem::Known(sku), .. } => wanted.counted(shelf, sku, at),
            EventBody::Moved(_) => moved(at),
            EventBody::Transfer(told) if !told.step.legs().is_empty() => moved(at),
            EventBody::Reversed { .. } => moved(at),
            EventBody::Approved { .. } => moved(cited.map_or(at, |(moved_at, _)| moved_at)),
            EventBody::StocktakeApproved { zeroed, .. } => {
                // Its corrections stand right after its counts, none of which is older than an event may be.
                moved(at.plus_ms(-SUBMITTED_MARGIN_MS));
                zeroed.iter().for_each(|line| wanted.counted(&line.shelf, &line.sku, at));
            }
            _ => {}
        }
    }
    wanted
}

/// How long after its submission a stocktake may still hold counts: a submission may be this much older than the
/// counts that were taken before it arrived.
const SUBMITTED_MARGIN_MS: i64 = AGE_MAX_MS + FUTURE_MAX_MS;

/// Of stocktakes that are to be approved every line is wanted, and what is on it in every other stocktake: a correction
/// stands before what was counted later. The lines themselves are read later, with everything else, as of one head.
async fn widen_to_whole_stocktakes(
    database: &Database,
    masters: &Masters,
    wanted: &mut BTreeMap<StoreCode, Wanted>,
) -> Result<(), LoadError> {
    for (store, wanted) in wanted {
        for stocktake in wanted.needs.stocktakes.clone() {
            let mut variables = Variables::new();
            variables.insert("range", prefixed("line", vec![text(store.as_str()), text(stocktake.as_str())]));
            let rows: Vec<Value> =
                database.run("SELECT * FROM $range", variables).await?.take(0).map_err(StoreError::from)?;
            for row in rows {
                let ((_, shelf, sku), _) = read_line(row)?;
                wanted.needs.line(&LineRef { shelf, sku }, masters);
            }
        }
    }
    Ok(())
}

async fn load_rows(
    database: &Database,
    wanted: &BTreeMap<StoreCode, Wanted>,
    cache: &mut StocktakeCache,
    loaded: &mut Loaded,
) -> Result<(), LoadError> {
    let mut rows: [Vec<RecordId>; ROW_TABLES.len()] = Default::default();
    let [stock, lines, unknowns, boards, traces, undone, outcomes, returned, lots, received, cases, appeals] =
        &mut rows;
    for (store, wanted) in wanted {
        let known = cache.of(database, &loaded.heads[store]).await?;
        let may_change = |stocktake: &Stocktake| {
            wanted.stocktakes.contains(&stocktake.id)
                || wanted
                    .moved_from
                    .is_some_and(|from| stocktake.submitted_at.is_none_or(|at| at.plus_ms(SUBMITTED_MARGIN_MS) >= from))
        };
        let models = loaded.models.entry(store.clone()).or_default();
        models.models.transfers.extend(own_sides(&loaded.transfers, store, &wanted.needs.transfers));
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
        outcomes.extend(wanted.needs.outcomes.iter().map(|event| outcome_id(store, *event)));
        returned.extend(wanted.needs.returned.iter().map(|key| returned_id(store, key)));
        lots.extend(wanted.needs.lots.iter().map(|key| lot_id(store, key)));
        received.extend(wanted.needs.received.iter().map(|key| received_id(store, key)));
        appeals.extend(wanted.needs.appeals.iter().map(|point| appeal_id(store, point)));
        cases.extend(wanted.needs.cases.iter().map(|(event, flag)| case_id(store, *event, *flag)));
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
    let mut statements = String::new();
    for (table, rows) in ROW_TABLES.into_iter().zip(rows) {
        variables.insert(table, ids(rows));
        statements.push_str(&format!("SELECT * FROM ${table}; "));
    }
    variables.insert("heads", ids(wanted.keys().map(head_id)));
    // The heads last: where they are what they were before, nothing was written in between.
    statements.push_str("SELECT * FROM $heads;");
    let mut results = database.run(&statements, variables).await?;
    for (index, table) in ROW_TABLES.into_iter().enumerate() {
        let rows: Vec<Value> = results.take(index).map_err(StoreError::from)?;
        for row in rows {
            take_row(table, row, loaded)?;
        }
    }
    unmoved(results.take(ROW_TABLES.len()).map_err(StoreError::from)?, loaded)
}

/// The tables of which single rows are read.
const ROW_TABLES: [&str; 12] = [
    "stock", "line", "unknown", "board", "trace", "undone", "outcome", "returned", "lot", "received", "case", "appeal",
];

fn unmoved(heads: Vec<Value>, loaded: &Loaded) -> Result<(), LoadError> {
    for row in heads {
        let head = read_head(row)?.head;
        if loaded.heads.get(&head.store) != Some(&head) {
            return Err(LoadError::Moved);
        }
    }
    Ok(())
}

/// Puts a row read by [`load_rows`] where it belongs.
fn take_row(table: &str, row: Value, loaded: &mut Loaded) -> Result<(), LoadError> {
    let store = store_of(&row)?;
    let models = loaded.models.entry(store).or_default();
    match table {
        "stock" => models.models.stock.extend([read_stock(row)?]),
        "line" => models.models.lines.extend([read_line(row)?]),
        "unknown" => models.models.unknowns.extend([read_unknown(row)?]),
        "board" => models.models.cells.extend(read_board(row)?),
        "trace" => read_trace(row, models)?,
        "undone" => models.models.undone.extend([read_undone(row)?]),
        "outcome" => models.models.outcomes.extend([read_outcome(row)?]),
        "returned" => models.models.returned.extend([read_returned(row)?]),
        "lot" => models.models.lots.extend([read_lot(row)?]),
        "received" => models.models.received.extend([read_received(row)?]),
        "case" => models.models.cases.extend([read_case(row)?]),
        "appeal" => models.models.appeals.extend([read_appeal(row)?]),
        _ => unreachable!("every table of ROW_TABLES is above"),
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
                let leg = read_leg(row)?;
                models.models.legs.insert(leg.key, leg.units);
            }
            heads.extend(results.take::<Vec<Value>>(1).map_err(StoreError::from)?);
        }
    }
    unmoved(heads, loaded)
}
