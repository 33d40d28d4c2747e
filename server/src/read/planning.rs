//! What a stocktake can be planned of, and what a choice comes to.

use crate::error::ApiError;
use crate::state::AppState;
use domain::accuracy::Record;
use domain::id::{ShelfCode, StocktakeId, StoreCode};
use domain::instant::DAY_MS;
use domain::movement::{Place, Units};
use domain::plan::{Choice, PastCount, choose, plan_lines};
use domain::policy::{Role, Scope};
use domain::stocktake::{LineRef, Stage, next_id};
use frontend::backend::{Counter, PlanDraft, PlanOptions};
use std::collections::{BTreeMap, BTreeSet};

/// Counts further back than this say nothing about today's errors, in days; longer than any class's interval.
const HISTORY_DAYS: i64 = 400;

/// What a stocktake of the store can be planned of.
///
/// # Errors
/// When the database fails or the store is unknown.
pub async fn plan_options(state: &AppState, store: &StoreCode) -> Result<PlanOptions, ApiError> {
    let masters = state.directory.masters();
    let master = masters.store(store).ok_or(ApiError::NotFound)?;
    let now = state.clock.now();
    let stocktakes = state.db.stocktakes(store).await?;
    let next = next_id(&stocktakes, store, now, master.store.zone_offset);
    let open = stocktakes.into_iter().filter(|known| known.stage() == Stage::Counting).max_by_key(|s| s.opened_at);
    let is_counter = |role: Role| matches!(role, Role::Clerk | Role::StoreManager);
    let accounts = state.db.accounts().await?;
    let people = accounts
        .into_iter()
        .filter(|account| !account.is_disabled && is_counter(account.viewer.role))
        .filter(|account| account.viewer.scope == Scope::Store(store.clone()))
        .map(|account| Counter { id: account.viewer.id, name: account.viewer.name, role: account.viewer.role });
    let mut people: Vec<Counter> = people.collect();
    people.sort_by_key(|person| (person.role != Role::Clerk, person.id.clone()));
    let n_lines = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(PlanOptions {
        now,
        store: store.clone(),
        store_name: master.store.name.clone(),
        zone_offset: master.store.zone_offset,
        zones: master.zones.clone(),
        shelves: master.shelves.iter().map(|shelf| (shelf.code.clone(), n_lines(shelf.items.len()))).collect(),
        people,
        open,
        next,
    })
}

/// What a choice comes to.
///
/// # Errors
/// When the database fails or the store is unknown.
pub async fn plan_draft(state: &AppState, store: &StoreCode, choice: &Choice) -> Result<PlanDraft, ApiError> {
    let masters = state.directory.masters();
    let master = masters.store(store).ok_or(ApiError::NotFound)?;
    let now = state.clock.now();
    let price = |line: &LineRef| masters.products().get(&line.sku).map_or(0, |product| product.price_minor);
    let planogram = master
        .shelves
        .iter()
        .flat_map(|shelf| shelf.items.iter().map(|sku| LineRef { shelf: shelf.code.clone(), sku: sku.clone() }));
    let mut lines: BTreeMap<LineRef, (Units, i64)> = planogram.map(|line| (line.clone(), (0, price(&line)))).collect();
    for ((place, sku), row) in state.db.stock(store, None).await? {
        let Place::Shelf(shelf) = place else { continue };
        if let Some((on_hand, _)) = lines.get_mut(&LineRef { shelf, sku }) {
            *on_hand = row.units;
        }
    }
    let needs_history = matches!(choice, Choice::Due | Choice::AtRisk { .. });
    let legs = if needs_history { state.db.legs(store).await? } else { Vec::new() };
    let counts = if needs_history { past_counts(state, store).await? } else { BTreeMap::new() };
    let mut chosen = choose(choice, &plan_lines(lines, &legs, &counts, now), now);
    // In the order one walks through the store.
    let wanted: BTreeSet<ShelfCode> = chosen.shelves.drain(..).collect();
    let shelves = master.shelves.iter().map(|shelf| &shelf.code).filter(|shelf| wanted.contains(*shelf));
    chosen.shelves = shelves.cloned().collect();
    let n_lines = |shelf: &ShelfCode| {
        let n = match chosen.lines.is_empty() {
            true => master.shelf(shelf).map_or(0, |shelf| shelf.items.len()),
            false => chosen.lines.iter().filter(|line| line.shelf == *shelf).count(),
        };
        u32::try_from(n).unwrap_or(u32::MAX)
    };
    let n_lines = chosen.shelves.iter().map(n_lines).collect();
    Ok(PlanDraft { chosen, n_lines })
}

/// Each line's counts of the last while, of stocktakes that were not given up.
async fn past_counts(state: &AppState, store: &StoreCode) -> Result<BTreeMap<LineRef, Vec<PastCount>>, ApiError> {
    let from = state.clock.now().plus_ms(-HISTORY_DAYS * DAY_MS);
    let stocktakes = state.db.stocktakes(store).await?;
    let known: BTreeMap<&StocktakeId, _> = stocktakes
        .iter()
        .filter(|stocktake| stocktake.stage() != Stage::Cancelled && stocktake.opened_at >= from)
        .map(|stocktake| (&stocktake.id, stocktake))
        .collect();
    let mut counts: BTreeMap<LineRef, Vec<PastCount>> = BTreeMap::new();
    let (Some(first), Some(last)) = (known.keys().next(), known.keys().next_back()) else { return Ok(counts) };
    for (of, at, line) in state.db.count_lines_between(store, first, last).await? {
        let Some(stocktake) = known.get(&of) else { continue };
        // What was taken as 0 without a look is no count.
        let Some(record) = Record::of(&line, 0, stocktake.ending.as_ref()) else { continue };
        let observed_at = line.finding().tally().map(|tally| tally.observed_at).unwrap_or_default();
        counts.entry(at).or_default().push((observed_at, record.error_units()));
    }
    Ok(counts)
}
