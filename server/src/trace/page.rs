//! What a search found, told to people: names, places, and what each event did to stock.

use super::across::{mark, search_across};
use super::index::tails;
use super::posting::tail_id;
use super::search::search;
use crate::store::model_row::{leg_key, read_leg, read_stock, stock_id};
use crate::store::read::StoredEvent;
use crate::store::row::{between, ids, text};
use crate::store::{Database, Directory, Masters, StoreError, StoreMaster};
use domain::append::LEDGER_DEVICE;
use domain::event::{EventBody, LedgerEvent};
use domain::fold::LegKey;
use domain::id::{EventId, PersonId, SkuCode, StoreCode};
use domain::instant::Timestamp;
use domain::movement::{Leg, Place, Units, reversed};
use domain::trace::{
    CHANGES_MAX, EventKind, StockChange, StoreSite, Subject, SubjectKind, TraceAcross, TraceMark, TracePage,
    TraceQuery, TraceStep, TraceStore, TraceStores,
};
use std::collections::BTreeMap;
use std::ops::Bound;
use surrealdb::types::{Value, Variables};

/// Legs of one item in one place looked through for the stock before and after. Beyond that the page leaves it out.
const LEGS_MAX: i64 = 20_000;

/// A page of a search, or `None` where there is no such store.
///
/// # Errors
/// When the database fails or a record is damaged.
pub async fn trace_page(
    database: &Database,
    directory: &Directory,
    query: &TraceQuery,
    now: Timestamp,
) -> Result<Option<TracePage>, StoreError> {
    let (masters, people) = (directory.masters(), directory.people());
    let Some(master) = masters.store(&query.store) else { return Ok(None) };
    let found = search(database, query).await?;
    let next_before = found.events.last().map(|stored| stored.event.stamp.seq).filter(|_| found.has_more);
    let steps = told(database, directory, query, found.events).await?;
    Ok(Some(TracePage {
        now,
        site: site(master),
        title: query.subjects.first().map(|subject| title(&masters, &people, subject)),
        steps,
        next_before,
        n_behind: found.n_behind,
    }))
}

/// A page of a search over several stores, one query each. The caller has made sure that the viewer may see each.
///
/// # Errors
/// When the database fails or a record is damaged.
pub async fn trace_across(
    database: &Database,
    directory: &Directory,
    queries: &[TraceQuery],
    past: Option<&TraceMark>,
    now: Timestamp,
) -> Result<TraceAcross, StoreError> {
    let (masters, people) = (directory.masters(), directory.people());
    let limit = queries.first().map_or(0, |query| query.limit as usize);
    let found = search_across(database, queries, past, limit).await?;
    let next_past = found.events.last().map(mark).filter(|_| found.has_more);
    let mut by_store: BTreeMap<StoreCode, Vec<StoredEvent>> = BTreeMap::new();
    let order: Vec<StoreCode> = found.events.iter().map(|stored| stored.event.event.store.clone()).collect();
    for stored in found.events {
        by_store.entry(stored.event.event.store.clone()).or_default().push(stored);
    }
    let mut sites = Vec::new();
    let mut steps = BTreeMap::new();
    for query in queries {
        let Some(events) = by_store.remove(&query.store) else { continue };
        sites.extend(masters.store(&query.store).map(site));
        steps.insert(&query.store, told(database, directory, query, events).await?.into_iter());
    }
    // Each store's own stay in their order.
    let steps = order.iter().filter_map(|store| steps.get_mut(store)?.next()).collect();
    Ok(TraceAcross {
        now,
        sites,
        title: queries
            .first()
            .and_then(|query| query.subjects.first())
            .map(|subject| title(&masters, &people, subject)),
        steps,
        next_past,
        n_behind: found.n_behind,
    })
}

/// Events of one store, the newest first, told to people.
async fn told(
    database: &Database,
    directory: &Directory,
    query: &TraceQuery,
    events: Vec<StoredEvent>,
) -> Result<Vec<TraceStep>, StoreError> {
    let (masters, people) = (directory.masters(), directory.people());
    let mut ascending = events;
    ascending.reverse();
    let cited = database.events_at(&query.store, ascending.iter().filter_map(|stored| stored.cites)).await?;
    let cited: BTreeMap<u64, LedgerEvent> =
        cited.into_iter().map(|stored| (stored.event.stamp.seq, stored.event)).collect();
    let booked: Vec<Vec<Booked>> = ascending
        .iter()
        .map(|stored| {
            let cited = stored.cites.and_then(|n| cited.get(&n));
            booked(&stored.event, cited).into_iter().filter(|leg| is_asked(leg, &query.subjects)).collect()
        })
        .collect();
    let shown = booked.iter().flat_map(|legs| legs.iter().take(CHANGES_MAX));
    let stock = stock_around(database, &query.store, shown).await?;
    let entries = database.entries(&masters, &people, &query.store, ascending.clone()).await?;
    let steps = entries.into_iter().zip(ascending.iter().zip(booked).rev());
    Ok(steps.map(|(entry, (stored, legs))| step(&masters, entry, stored, &legs, &stock)).collect())
}

fn site(master: &StoreMaster) -> StoreSite {
    let store = &master.store;
    StoreSite {
        store: store.code.clone(),
        name: store.name.clone(),
        zone_offset: store.zone_offset,
        at: store.at,
        geofence_radius_m: store.geofence_radius_m,
    }
}

fn step(
    masters: &Masters,
    entry: domain::board::TraceEntry,
    stored: &StoredEvent,
    legs: &[Booked],
    stock: &BTreeMap<LegKey, (Units, Units)>,
) -> TraceStep {
    let event = &stored.event.event;
    let change = |leg: &Booked| StockChange {
        place: leg.key.place.clone(),
        sku: leg.key.sku.clone(),
        name: product_name(masters, &leg.key.sku),
        units: leg.units,
        stock: stock.get(&leg.key).copied(),
    };
    TraceStep {
        entry,
        kind: EventKind::of(&event.body),
        device_time: event.effective_at,
        device: Some(event.device).filter(|device| *device != LEDGER_DEVICE),
        device_seq: event.device_seq,
        app: event.app.clone(),
        document: match &event.body {
            EventBody::Moved(movement) => movement.document.clone(),
            _ => None,
        },
        stocktake: event.body.stocktake().cloned(),
        changes: legs.iter().take(CHANGES_MAX).map(change).collect(),
        n_more_changes: u32::try_from(legs.len().saturating_sub(CHANGES_MAX)).unwrap_or(u32::MAX),
    }
}

fn product_name(masters: &Masters, sku: &SkuCode) -> String {
    masters.products().get(sku).map_or_else(|| sku.to_string(), |product| product.name.clone())
}

/// What an event books in one of the store's own places, under the key that the read model keeps it by.
struct Booked {
    key: LegKey,
    units: Units,
}

/// What an event books; what still awaits approval is booked by the approval, under the movement's own key.
fn booked(event: &LedgerEvent, cited: Option<&LedgerEvent>) -> Vec<Booked> {
    let of = |legs: &[Leg], at: Timestamp, event: EventId| -> Vec<Booked> {
        let own = (0_u32..).zip(legs).filter(|(_, leg)| leg.place.is_internal());
        let booked = own.map(|(index, leg)| Booked {
            key: LegKey { place: leg.place.clone(), sku: leg.sku.clone(), at, event, index },
            units: leg.units,
        });
        booked.collect()
    };
    let at = event.effective_at();
    match (&event.event.body, cited.map(|cited| (cited, &cited.event.body))) {
        (EventBody::Moved(movement), _) => of(&movement.legs, at, event.event.id),
        (EventBody::Transfer(told), _) => of(&told.step.legs(), at, event.event.id),
        (EventBody::Approved { cites }, Some((cited, EventBody::Moved(movement)))) => {
            of(&movement.legs, cited.effective_at(), *cites)
        }
        (EventBody::Reversed { .. }, Some((_, EventBody::Moved(movement)))) => {
            of(&reversed(&movement.legs), at, event.event.id)
        }
        (EventBody::VariancePosted { lines, .. }, _) => (0_u32..)
            .zip(lines)
            .map(|(index, posted)| Booked {
                key: LegKey {
                    place: Place::Shelf(posted.line.shelf.clone()),
                    sku: posted.line.sku.clone(),
                    at: posted.at,
                    event: event.event.id,
                    index,
                },
                units: posted.units,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Of an event with many lines a search about an item or a shelf shows that one's.
fn is_asked(leg: &Booked, subjects: &[Subject]) -> bool {
    subjects.iter().all(|subject| match subject.kind {
        SubjectKind::Product => leg.key.sku.as_str() == subject.key,
        SubjectKind::Shelf => leg.key.place.shelf().is_some_and(|shelf| shelf.as_str() == subject.key),
        _ => true,
    })
}

/// Book stock before and after each leg: what is there now, less what took effect from then on.
async fn stock_around(
    database: &Database,
    store: &StoreCode,
    legs: impl Iterator<Item = &Booked>,
) -> Result<BTreeMap<LegKey, (Units, Units)>, StoreError> {
    let mut earliest: BTreeMap<(&Place, &SkuCode), &LegKey> = BTreeMap::new();
    for leg in legs {
        let first = earliest.entry((&leg.key.place, &leg.key.sku)).or_insert(&leg.key);
        *first = (&leg.key).min(first);
    }
    if earliest.is_empty() {
        return Ok(BTreeMap::new());
    }
    let range = |key: &LegKey| {
        let mut end = leg_key(store, key);
        end.truncate(2);
        end.push(text(format!("{}\u{1}", key.sku)));
        between("leg", Bound::Included(leg_key(store, key)), Bound::Excluded(end))
    };
    let mut variables = Variables::new();
    variables.insert("stock", ids(earliest.keys().map(|(place, sku)| stock_id(store, place, sku))));
    variables.insert("n", LEGS_MAX);
    let mut statements = "BEGIN; SELECT * FROM $stock; ".to_owned();
    for (index, key) in earliest.values().enumerate() {
        variables.insert(format!("legs{index}"), range(key));
        statements.push_str(&format!("SELECT * FROM $legs{index} LIMIT $n; "));
    }
    statements.push_str("COMMIT;");
    let mut results = database.run(&statements, variables).await?;
    // Statement 0 is BEGIN.
    let stock: Vec<Value> = results.take(1)?;
    let mut after: BTreeMap<(Place, SkuCode), Units> =
        stock.into_iter().map(|row| read_stock(row).map(|(key, row)| (key, row.units))).collect::<Result<_, _>>()?;
    let mut legs: BTreeMap<LegKey, Units> = BTreeMap::new();
    for (index, ((place, sku), _)) in earliest.iter().enumerate() {
        let rows: Vec<Value> = results.take(index + 2)?;
        if i64::try_from(rows.len()).is_ok_and(|n| n >= LEGS_MAX) {
            after.remove(&((*place).clone(), (*sku).clone()));
        }
        for row in rows {
            legs.extend([read_leg(row)?]);
        }
    }
    let mut around = BTreeMap::new();
    for (key, units) in legs.into_iter().rev() {
        if let Some(stock) = after.get_mut(&(key.place.clone(), key.sku.clone())) {
            let later = *stock;
            *stock -= units;
            around.insert(key, (*stock, later));
        }
    }
    Ok(around)
}

/// What a subject is called, as far as names are the same in every language.
pub(super) fn title(masters: &Masters, people: &crate::store::PersonNames, subject: &Subject) -> String {
    let key = &subject.key;
    match subject.kind {
        SubjectKind::Product => {
            let sku = SkuCode::parse(key).ok();
            sku.map_or_else(|| key.clone(), |sku| product_name(masters, &sku))
        }
        SubjectKind::Person => {
            let person = PersonId::parse(key).ok();
            person.and_then(|person| people.get(&person).cloned()).unwrap_or_else(|| key.clone())
        }
        _ => key.clone(),
    }
}

/// The stores among `stores` in which something occurs, that with the newest event first.
///
/// # Errors
/// When the database fails.
pub async fn trace_stores(
    database: &Database,
    directory: &Directory,
    stores: &[StoreCode],
    subject: Option<&Subject>,
    now: Timestamp,
) -> Result<TraceStores, StoreError> {
    let (masters, people) = (directory.masters(), directory.people());
    let choices = stores.iter().filter_map(|code| Some((code.clone(), masters.store(code)?.store.name.clone())));
    let mut found = Vec::new();
    if let Some(subject) = subject {
        for (code, _, tail) in tails(database, stores.iter().map(|store| tail_id(store, subject)).collect()).await? {
            let Some(master) = masters.store(&code) else { continue };
            found.push(TraceStore {
                store: code,
                name: master.store.name.clone(),
                zone_offset: master.store.zone_offset,
                n_events: tail.n,
                last_at: tail.at,
            });
        }
        found.sort_by(|a, b| (b.last_at, &a.store).cmp(&(a.last_at, &b.store)));
    }
    let title = subject.map(|subject| title(&masters, &people, subject));
    Ok(TraceStores { now, title, stores: found, choices: choices.collect() })
}
