//! What a search found, told to people: names, places, and what each event did to stock.

use super::across::{mark, search_across};
use super::index::tails;
use super::posting::tail_id;
use super::search::search;
use crate::store::model_row::{leg_id, read_leg};
use crate::store::read::StoredEvent;
use crate::store::row::ids;
use crate::store::{Database, Directory, Masters, StoreError, StoreMaster};
use domain::append::LEDGER_DEVICE;
use domain::event::{EventBody, LedgerEvent};
use domain::fold::{Booked, LegKey, booked};
use domain::id::{PersonId, SkuCode, StoreCode};
use domain::instant::Timestamp;
use domain::movement::Units;
use domain::trace::{
    CHANGES_MAX, EventKind, StockChange, StoreSite, Subject, SubjectKind, TraceAcross, TraceMark, TracePage,
    TraceQuery, TraceStep, TraceStore, TraceStores,
};
use std::collections::BTreeMap;
use surrealdb::types::{RecordId, Value, Variables};

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

/// Of an event with many lines a search about an item or a shelf shows that one's.
fn is_asked(leg: &Booked, subjects: &[Subject]) -> bool {
    subjects.iter().all(|subject| match subject.kind {
        SubjectKind::Product => leg.key.sku.as_str() == subject.key,
        SubjectKind::Shelf => leg.key.place.shelf().is_some_and(|shelf| shelf.as_str() == subject.key),
        _ => true,
    })
}

/// Book stock before and after each leg, as it was when the leg was booked: what comes later changes nothing of it.
/// Nothing of legs that are not booked yet.
async fn stock_around(
    database: &Database,
    store: &StoreCode,
    legs: impl Iterator<Item = &Booked>,
) -> Result<BTreeMap<LegKey, (Units, Units)>, StoreError> {
    let keys: Vec<RecordId> = legs.map(|leg| leg_id(store, &leg.key)).collect();
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut variables = Variables::new();
    variables.insert("ids", ids(keys));
    let rows: Vec<Value> = database.run("SELECT * FROM $ids", variables).await?.take(0)?;
    let around = |row| read_leg(row).map(|leg| (leg.key, (leg.stock_units - leg.units, leg.stock_units)));
    rows.into_iter().map(around).collect()
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
