//! Stocktakes: the list, one in full, its lines, its count sheet, and a counter's day.

use super::named;
use crate::error::ApiError;
use crate::state::AppState;
use crate::store::{Masters, StoreMaster};
use domain::id::{PersonId, ShelfCode, SkuCode, StocktakeId, StoreCode};
use domain::movement::{Place, Units};
use domain::policy::Viewer;
use domain::review::{
    LineFacts, LineFilter, ReviewPage, ShelfProgress, StocktakeDetail, StocktakeList, counter_progress, review,
    review_lines, scope, shelf_progress, summarise,
};
use domain::stocktake::{CountLine, LineRef, Stage, Stocktake};
use frontend::backend::{CountSheet, RecountRow, SheetItem, SheetShelf, ShelfTask, Workbench};
use std::collections::{BTreeMap, BTreeSet};

/// Stocktakes of one page of the list.
const LISTED: usize = 20;

type Lines = BTreeMap<LineRef, CountLine>;

/// A store's book, shelf by shelf.
type Stocked = BTreeMap<LineRef, Units>;

async fn stocked(state: &AppState, store: &StoreCode) -> Result<Stocked, ApiError> {
    let rows = state.db.stock(store, None).await?;
    let on_shelf = rows.into_iter().filter_map(|((place, sku), row)| match place {
        Place::Shelf(shelf) => Some((LineRef { shelf, sku }, row.units)),
        _ => None,
    });
    Ok(on_shelf.collect())
}

/// The lines a stocktake is about. Under review that is whatever the book says is there, too: who counts must not learn
/// from the number of lines what else is booked, and what has ended does not change with the book.
fn scope_of(master: &StoreMaster, stocktake: &Stocktake, stocked: &Stocked) -> BTreeSet<LineRef> {
    let is_reviewed = stocktake.stage() == Stage::Review;
    let booked = stocked.iter().filter(|(_, units)| is_reviewed && **units != 0).map(|(line, _)| line.clone());
    scope(stocktake.plan(), &master.shelves, booked)
}

fn price(masters: &Masters, sku: &SkuCode) -> i64 {
    masters.products().get(sku).map_or(0, |product| product.price_minor)
}

fn master<'a>(masters: &'a Masters, store: &StoreCode) -> Result<&'a StoreMaster, ApiError> {
    masters.store(store).ok_or(ApiError::NotFound)
}

async fn seq(state: &AppState, store: &StoreCode) -> Result<u64, ApiError> {
    Ok(state.db.head(store).await?.map_or(0, |signed| signed.head.seq))
}

/// A store's stocktakes from the one named on, the newest first.
///
/// # Errors
/// When the database fails or the store is unknown.
pub async fn stocktakes(
    state: &AppState,
    store: &StoreCode,
    from: Option<&StocktakeId>,
) -> Result<StocktakeList, ApiError> {
    let masters = state.directory.masters();
    let master = master(&masters, store)?;
    let seq = seq(state, store).await?;
    let mut known = state.db.stocktakes(store).await?;
    known.sort_by(|a, b| (b.opened_at, &b.id).cmp(&(a.opened_at, &a.id)));
    if let Some(at) = from.and_then(|from| known.iter().position(|stocktake| stocktake.id == *from)) {
        known.drain(..at);
    }
    let has_older = known.len() > LISTED;
    known.truncate(LISTED);
    let (first, last) = (known.iter().map(|s| &s.id).min(), known.iter().map(|s| &s.id).max());
    let mut lines: BTreeMap<StocktakeId, Lines> = BTreeMap::new();
    if let (Some(first), Some(last)) = (first, last) {
        for (of, at, line) in state.db.count_lines_between(store, first, last).await? {
            lines.entry(of).or_default().insert(at, line);
        }
    }
    let stocked = stocked(state, store).await?;
    let summary = |stocktake: &Stocktake| {
        let lines = lines.get(&stocktake.id).into_iter().flatten();
        summarise(stocktake, &scope_of(master, stocktake, &stocked), lines, |line| price(&masters, &line.sku))
    };
    let stocktakes: Vec<_> = known.iter().map(summary).collect();
    let ended_by = |ending: &Option<domain::stocktake::Ending>| ending.as_ref().map(|ending| ending.by.clone());
    let people = stocktakes.iter().flat_map(|summary| {
        let ended_by = ended_by(&summary.ending);
        summary.counters.iter().cloned().chain([summary.opened_by.clone()]).chain(ended_by)
    });
    Ok(StocktakeList {
        now: state.clock.now(),
        store: store.clone(),
        store_name: master.store.name.clone(),
        zone_offset: master.store.zone_offset,
        seq,
        people: named(state, people),
        has_older,
        stocktakes,
    })
}

async fn find(state: &AppState, store: &StoreCode, id: &StocktakeId) -> Result<Stocktake, ApiError> {
    let known = state.db.stocktakes(store).await?;
    known.into_iter().find(|stocktake| stocktake.id == *id).ok_or(ApiError::NotFound)
}

async fn lines_of(state: &AppState, store: &StoreCode, stocktake: &StocktakeId) -> Result<Lines, ApiError> {
    Ok(state.db.count_lines(store, stocktake).await?.into_iter().collect())
}

/// One stocktake. While it is being counted it holds no expected quantity.
///
/// # Errors
/// When the database fails or there is no such stocktake.
pub async fn stocktake(state: &AppState, store: &StoreCode, id: &StocktakeId) -> Result<StocktakeDetail, ApiError> {
    let masters = state.directory.masters();
    let master = master(&masters, store)?;
    let now = state.clock.now();
    let seq = seq(state, store).await?;
    let known = find(state, store, id).await?;
    let lines = lines_of(state, store, id).await?;
    let stocked = stocked(state, store).await?;
    let is_counting = known.stage() == Stage::Counting;
    let scope = scope_of(master, &known, &stocked);
    let shelves = shelf_progress(&known, &master.shelves, &scope, &lines);
    let counters = counter_progress(&shelves, &lines, now);
    let unknowns = if is_counting { Vec::new() } else { state.db.unknowns_of(store, id).await? };
    let lines_in_all = whole(&scope, &lines);
    let review =
        (!is_counting).then(|| review(facts(&masters, &lines_in_all, &stocked), unknowns, &known.thresholds()));
    let summary = summarise(&known, &scope, &lines, |line| price(&masters, &line.sku));
    let finished = shelves.iter().filter_map(|shelf| shelf.finished.as_ref().map(|(_, person)| person.clone()));
    let people = counters.iter().map(|counter| counter.person.clone()).chain(finished);
    let people = people.chain([summary.opened_by.clone()]).chain(summary.ending.as_ref().map(|end| end.by.clone()));
    Ok(StocktakeDetail {
        now,
        store: store.clone(),
        store_name: master.store.name.clone(),
        zone_offset: master.store.zone_offset,
        seq,
        thresholds: known.thresholds(),
        people: named(state, people),
        summary,
        shelves,
        counters,
        review,
    })
}

/// Every line of the scope, counted or not, and what was counted beside it.
fn whole(scope: &BTreeSet<LineRef>, lines: &Lines) -> Lines {
    let mut whole: Lines = scope.iter().map(|line| (line.clone(), CountLine::default())).collect();
    whole.extend(lines.iter().map(|(at, line)| (at.clone(), line.clone())));
    whole
}

fn facts<'a>(masters: &'a Masters, lines: &'a Lines, stocked: &'a Stocked) -> impl Iterator<Item = LineFacts<'a>> {
    lines.iter().map(|(line, count)| {
        let product = masters.products().get(&line.sku);
        LineFacts {
            line,
            count,
            name: product.map_or_else(|| line.sku.as_str(), |product| &product.name),
            price_minor: product.map_or(0, |product| product.price_minor),
            on_hand_units: stocked.get(line).copied().unwrap_or_default(),
        }
    })
}

/// Some lines of a stocktake that is no longer being counted.
///
/// # Errors
/// When the database fails, there is no such stocktake, or it is still being counted: counting is blind.
pub async fn review_page(
    state: &AppState,
    store: &StoreCode,
    id: &StocktakeId,
    filter: LineFilter,
    skip: u32,
) -> Result<ReviewPage, ApiError> {
    let masters = state.directory.masters();
    let master = master(&masters, store)?;
    let known = find(state, store, id).await?;
    if known.stage() == Stage::Counting {
        return Err(ApiError::NotFound);
    }
    let stocked = stocked(state, store).await?;
    let lines = whole(&scope_of(master, &known, &stocked), &lines_of(state, store, id).await?);
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    let (lines, n_all) = review_lines(facts(&masters, &lines, &stocked), &known.thresholds(), filter, skip);
    let people = lines.iter().flat_map(|line| line.counts.iter().map(|(person, _)| person.clone()));
    let people = named(state, people);
    Ok(ReviewPage { filter, lines, n_all: u32::try_from(n_all).unwrap_or(u32::MAX), people })
}

/// What to count, shelf by shelf, without what is expected.
///
/// # Errors
/// When the database fails or there is no such stocktake.
pub async fn count_sheet(
    state: &AppState,
    viewer: &Viewer,
    store: &StoreCode,
    id: &StocktakeId,
) -> Result<CountSheet, ApiError> {
    let masters = state.directory.masters();
    let master = master(&masters, store)?;
    let known = find(state, store, id).await?;
    let scope = scope(known.plan(), &master.shelves, []);
    let lines = lines_of(state, store, id).await?;
    let own_units = |line: &LineRef| {
        let tally = lines.get(line)?.tallies.get(&viewer.id)?;
        (tally.n_observations > 0).then_some(tally.counted_units)
    };
    let item = |shelf: &ShelfCode, sku: &SkuCode| {
        let product = masters.products().get(sku)?;
        let line = LineRef { shelf: shelf.clone(), sku: sku.clone() };
        let code = product.barcodes.first().map_or_else(String::new, |barcode| barcode.gtin.to_string());
        let item = SheetItem { sku: sku.clone(), name: product.name.clone(), code, own_units: own_units(&line) };
        scope.contains(&line).then_some(item)
    };
    let shelves = master.shelves.iter().map(|shelf| SheetShelf {
        shelf: shelf.code.clone(),
        items: shelf.items.iter().filter_map(|sku| item(&shelf.code, sku)).collect(),
    });
    Ok(CountSheet {
        now: state.clock.now(),
        store: store.clone(),
        store_name: master.store.name.clone(),
        zone_offset: master.store.zone_offset,
        stocktake: id.clone(),
        stage: known.stage(),
        opened_at: known.opened_at,
        shelves: shelves.filter(|shelf| !shelf.items.is_empty()).collect(),
    })
}

/// The stocktake that is being counted, or else the latest one.
fn present(stocktakes: &[Stocktake]) -> Option<&Stocktake> {
    stocktakes.iter().max_by_key(|known| (known.stage() == Stage::Counting, known.opened_at))
}

/// A store's day: which shelves are counted and which are not, by whom, and what is to be counted again; without any
/// expected quantity.
///
/// # Errors
/// When the database fails or the store is unknown.
pub async fn workbench(state: &AppState, viewer: &Viewer, store: &StoreCode) -> Result<Workbench, ApiError> {
    let masters = state.directory.masters();
    let master = master(&masters, store)?;
    let now = state.clock.now();
    let stocktakes = state.db.stocktakes(store).await?;
    let present = present(&stocktakes).cloned();
    let shelves = match &present {
        Some(known) => {
            let lines = lines_of(state, store, &known.id).await?;
            shelf_progress(known, &master.shelves, &scope(known.plan(), &master.shelves, []), &lines)
        }
        None => Vec::new(),
    };
    let names = state.directory.people();
    let name = |person: &PersonId| names.get(person).cloned().unwrap_or_else(|| person.to_string());
    let task = |shelf: ShelfProgress| ShelfTask {
        n_planned: shelf.n_lines,
        n_counted: shelf.n_counted,
        assigned: shelf.assigned.as_ref().map(name),
        is_mine: shelf.assigned.as_ref() == Some(&viewer.id),
        counting: shelf.counting(now).filter(|person| **person != viewer.id).map(name).collect(),
        is_finished: shelf.is_finished(),
        shelf: shelf.shelf,
    };
    let mut shelves: Vec<ShelfTask> = shelves.into_iter().map(task).collect();
    shelves.sort_by_key(|task| !task.is_mine);
    let (recounts, n_recounts_for_others) = recounts(state, viewer, store, &masters, &stocktakes).await?;
    Ok(Workbench {
        now,
        store: store.clone(),
        store_name: master.store.name.clone(),
        zone_offset: master.store.zone_offset,
        stocktake: present,
        shelves,
        recounts,
        n_recounts_for_others,
    })
}

/// Lines the viewer may count again, and how many others must because the viewer has counted them.
async fn recounts(
    state: &AppState,
    viewer: &Viewer,
    store: &StoreCode,
    masters: &Masters,
    stocktakes: &[Stocktake],
) -> Result<(Vec<RecountRow>, u32), ApiError> {
    let (mut own, mut n_others) = (Vec::new(), 0);
    for stocktake in stocktakes.iter().filter(|stocktake| stocktake.stage() == Stage::Review) {
        for (line, count) in state.db.count_lines(store, &stocktake.id).await? {
            if !count.awaits_recount() {
                continue;
            }
            if count.may_be_recounted_by(&viewer.id) {
                let product = masters.products().get(&line.sku);
                let name = product.map_or_else(|| line.sku.to_string(), |product| product.name.clone());
                own.push(RecountRow { stocktake: stocktake.id.clone(), line, name });
            } else {
                n_others += 1;
            }
        }
    }
    Ok((own, n_others))
}
