//! What pages and routes read, cut to what the viewer may see.

pub mod accuracy;
pub mod mail;
pub mod message;
pub mod planning;
pub mod stocktake;

use crate::error::ApiError;
use crate::state::AppState;
use crate::store::Masters;
use crate::trace;
use domain::board::{ChainBoard, ShelfDetail, StorePlan, StoreRow, StoreUpdate, TraceEntry};
use domain::event::EventBody;
use domain::id::{PersonId, ShelfCode, SkuCode, StoreCode};
use domain::master::Region;
use domain::policy::{Action, Target, Viewer, may};
use domain::trace::{Subject, Suggestion, TraceAcross, TraceAsk, TraceAskError, TracePage, TraceStores};
use frontend::backend::{Approvals, Awaiting};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Latest events on a board.
const N_TRACES: u32 = 30;
/// Stores whose events are looked through for them.
const N_STORES_TRACED: usize = 8;

/// The stores in which the viewer may do something, by code.
pub fn stores_of<'a>(masters: &'a Masters, viewer: &'a Viewer, action: Action) -> impl Iterator<Item = &'a StoreCode> {
    masters
        .stores()
        .iter()
        .filter(move |(code, master)| may(viewer, action, Target::Store(code, &master.store.region)))
        .map(|(code, _)| code)
}

/// The stores the viewer may see, with the latest events.
///
/// # Errors
/// When the database fails.
pub async fn chain_board(state: &AppState, viewer: &Viewer) -> Result<ChainBoard, ApiError> {
    let masters = state.directory.masters();
    let mut rows = state.live.rows();
    let mut stores = Vec::new();
    for code in stores_of(&masters, viewer, Action::SeeBoard) {
        match rows.remove(code) {
            Some(row) => stores.push(row),
            // The hub has not read it yet.
            None => stores.extend(state.db.store_row(&state.directory, code).await?),
        }
    }
    let traces = latest_traces(state, viewer, &stores).await?;
    let is_shown = |region: &&Region| stores.iter().any(|row| row.region == region.code);
    Ok(ChainBoard {
        now: state.clock.now(),
        regions: masters.regions().iter().filter(is_shown).cloned().collect(),
        categories: masters.categories().to_vec(),
        stores,
        traces,
    })
}

/// The latest events of those stores, from the few where something happened last.
async fn latest_traces(state: &AppState, viewer: &Viewer, rows: &[StoreRow]) -> Result<Vec<TraceEntry>, ApiError> {
    let last_at = |row: &StoreRow| row.cells.iter().filter_map(|cell| cell.last_trace_at).max();
    let mut rows: Vec<&StoreRow> = rows.iter().filter(|row| sees_traces_of(state, viewer, &row.store)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(last_at(row)));
    let mut traces = Vec::new();
    for row in rows.into_iter().take(N_STORES_TRACED) {
        traces.extend(state.latest.of(state, row).await?.iter().cloned());
    }
    traces.sort_by_key(|trace| std::cmp::Reverse((trace.recorded_at, trace.seq)));
    traces.truncate(N_TRACES as usize);
    Ok(traces)
}

/// The latest events of each store, read once for all who open a board.
#[derive(Debug, Default)]
pub struct LatestTraces(Mutex<BTreeMap<StoreCode, (u64, Arc<[TraceEntry]>)>>);

impl LatestTraces {
    /// Those of a store up to its row's number. The lock is held while reading: of a hundred viewers who come at once
    /// one reads and the others wait for it.
    async fn of(&self, state: &AppState, row: &StoreRow) -> Result<Arc<[TraceEntry]>, ApiError> {
        let mut known = self.0.lock().await;
        if let Some((seq, traces)) = known.get(&row.store)
            && *seq == row.seq
        {
            return Ok(Arc::clone(traces));
        }
        let traces = state.db.traces(&state.directory, &row.store, Some(row.seq + 1), N_TRACES).await?;
        let traces: Arc<[TraceEntry]> = traces.into();
        known.insert(row.store.clone(), (row.seq, Arc::clone(&traces)));
        Ok(traces)
    }
}

/// One store's floor.
///
/// # Errors
/// When the database fails or the store is unknown.
pub async fn store_plan(state: &AppState, viewer: &Viewer, store: &StoreCode) -> Result<StorePlan, ApiError> {
    let mut plan = plan(state, store).await?;
    if !sees_traces_of(state, viewer, store) {
        plan.traces.clear();
    }
    Ok(plan)
}

async fn plan(state: &AppState, store: &StoreCode) -> Result<StorePlan, ApiError> {
    state.db.store_plan(&state.directory, store, state.clock.now()).await?.ok_or(ApiError::NotFound)
}

/// One shelf, line by line.
///
/// # Errors
/// When the database fails or the shelf is unknown.
pub async fn shelf_detail(
    state: &AppState,
    viewer: &Viewer,
    store: &StoreCode,
    shelf: &ShelfCode,
) -> Result<ShelfDetail, ApiError> {
    let detail = state.db.shelf_detail(&state.directory, store, shelf, state.clock.now()).await?;
    let mut detail = detail.ok_or(ApiError::NotFound)?;
    if !sees_traces_of(state, viewer, store) {
        detail.traces.clear();
    }
    Ok(detail)
}

/// A store's update as the viewer may see it now; `None` when not at all.
#[must_use]
pub fn update_for(state: &AppState, viewer: &Viewer, update: &StoreUpdate) -> Option<StoreUpdate> {
    let target = Target::Store(&update.row.store, &update.row.region);
    if !may(viewer, Action::SeeBoard, target) {
        return None;
    }
    let mut update = update.clone();
    if !sees_traces_of(state, viewer, &update.row.store) {
        update.traces.clear();
    }
    Some(update)
}

fn sees_traces_of(state: &AppState, viewer: &Viewer, store: &StoreCode) -> bool {
    state.region_of(store).is_some_and(|region| may(viewer, Action::SeeTrace, Target::Store(store, &region)))
}

/// The movements that await somebody's word in the viewer's scope, the oldest first. Those beyond the viewer's own
/// limit are among them: it is known then where they stand.
///
/// # Errors
/// When the database fails.
pub async fn approvals(state: &AppState, viewer: &Viewer) -> Result<Approvals, ApiError> {
    let masters = state.directory.masters();
    let people = state.directory.people();
    let mut awaiting = Vec::new();
    for code in stores_of(&masters, viewer, Action::Approve) {
        let Some(master) = masters.store(code) else { continue };
        for (needed, event) in state.db.awaiting(code).await? {
            let (at, stamp, device) = (event.effective_at(), event.stamp, event.event);
            let EventBody::Moved(movement) = device.body else { continue };
            let name = |sku: &SkuCode| {
                masters.products().get(sku).map_or_else(|| sku.to_string(), |product| product.name.clone())
            };
            awaiting.push(Awaiting {
                event: device.id,
                store: code.clone(),
                store_name: master.store.name.clone(),
                zone_offset: master.store.zone_offset,
                person_name: people.get(&device.person).cloned().unwrap_or_else(|| device.person.to_string()),
                person: device.person,
                at,
                needed,
                value_minor: stamp.value_minor,
                flags: stamp.flags,
                names: movement.legs.iter().map(|leg| (leg.sku.clone(), name(&leg.sku))).collect(),
                movement,
            });
        }
    }
    awaiting.sort_by_key(|awaiting| (awaiting.at, awaiting.event));
    Ok(Approvals { now: state.clock.now(), awaiting })
}

/// How many of them the viewer may decide about.
///
/// # Errors
/// When the database fails.
pub async fn count_approvals(state: &AppState, viewer: &Viewer) -> Result<u32, ApiError> {
    let approvals = approvals(state, viewer).await?;
    let n = approvals.awaiting.iter().filter(|awaiting| awaiting.may_be_decided_by(viewer)).count();
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
}

/// What these people are called; who has no account any more keeps their id.
fn named(state: &AppState, people: impl IntoIterator<Item = PersonId>) -> BTreeMap<PersonId, String> {
    let names = state.directory.people();
    let name = |person: PersonId| {
        let name = names.get(&person).cloned().unwrap_or_else(|| person.to_string());
        (person, name)
    };
    people.into_iter().map(name).collect()
}

/// A page of a search through a store's events.
///
/// # Errors
/// When the search cannot be read, the store is unknown, or the database fails.
pub async fn trace_page(state: &AppState, ask: &TraceAsk) -> Result<TracePage, ApiError> {
    let malformed = |error: TraceAskError| ApiError::Malformed(error.to_string());
    let store = StoreCode::parse(&ask.store).map_err(|_| malformed(TraceAskError::Store))?;
    let masters = state.directory.masters();
    let zone = masters.store(&store).ok_or(ApiError::NotFound)?.store.zone_offset;
    let query = ask.query(zone).map_err(malformed)?;
    trace::page::trace_page(&state.db, &state.directory, &query, state.clock.now()).await?.ok_or(ApiError::NotFound)
}

/// A page of a search through the events of all stores in which the viewer may see them.
///
/// # Errors
/// When the search cannot be read or names nothing, or the database fails.
pub async fn trace_across(state: &AppState, viewer: &Viewer, ask: &TraceAsk) -> Result<TraceAcross, ApiError> {
    let masters = state.directory.masters();
    let seen = stores_of(&masters, viewer, Action::SeeTrace).filter_map(|code| masters.store(code));
    let queries = ask.queries(seen.map(|master| (&master.store.code, master.store.zone_offset)));
    let queries = queries.map_err(|error| ApiError::Malformed(error.to_string()))?;
    let (past, now) = (ask.past.as_ref(), state.clock.now());
    Ok(trace::page::trace_across(&state.db, &state.directory, &queries, past, now).await?)
}

/// What somebody may mean who types this and looks into all their stores.
///
/// # Errors
/// When the database fails.
pub async fn suggestions_across(state: &AppState, viewer: &Viewer, typed: &str) -> Result<Vec<Suggestion>, ApiError> {
    let masters = state.directory.masters();
    let stores: Vec<StoreCode> = stores_of(&masters, viewer, Action::SeeTrace).cloned().collect();
    Ok(trace::suggest::suggestions_across(&state.db, &state.directory, &stores, typed).await?)
}

/// The viewer's stores in which something occurs.
///
/// # Errors
/// When the database fails.
pub async fn trace_stores(
    state: &AppState,
    viewer: &Viewer,
    subject: Option<&Subject>,
) -> Result<TraceStores, ApiError> {
    let masters = state.directory.masters();
    let stores: Vec<StoreCode> = stores_of(&masters, viewer, Action::SeeTrace).cloned().collect();
    Ok(trace::page::trace_stores(&state.db, &state.directory, &stores, subject, state.clock.now()).await?)
}
