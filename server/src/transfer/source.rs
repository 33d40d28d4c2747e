//! Who can best give what a store wants.
//!
//! All that is asked of the stores comes from what the follower keeps in memory, a moment behind the ledger. Whoever
//! confirms is held to the ledger itself.

use super::read::named;
use crate::error::ApiError;
use crate::signals::book::Book;
use crate::state::AppState;
use crate::store::{Masters, StoreMaster};
use domain::approval::request_standing;
use domain::demand::{Demand, WeekdayProfile, forecast};
use domain::id::{SkuCode, StoreCode};
use domain::instant::{Day, Timestamp};
use domain::matching::{Proposal, Route, Source, Standing, Terms, TravelAssumption, Want, Worth, propose};
use domain::movement::Units;
use domain::policy::Viewer;
use domain::replenishment::{Supply, TARGET_DAYS};
use domain::safety_stock::{ServiceLevel, safety_stock};
use domain::transfer::SourcePage;
use std::collections::BTreeSet;

/// Stores that are looked at: the nearest that have pieces to spare.
const GIVING_MAX: usize = 20;
/// Stores of which it is told why they give nothing: the nearest that have the item.
const EXPLAINED_MAX: usize = 10;

/// Proposes where `units` pieces of an item are best taken from.
///
/// # Errors
/// When the database fails; [`ApiError::NotFound`] for an unknown store or item.
pub async fn propose_for(state: &AppState, to: &StoreCode, sku: &SkuCode, units: Units) -> Result<Proposal, ApiError> {
    let masters = state.directory.masters();
    let receiver = masters.store(to).ok_or(ApiError::NotFound)?;
    let product = masters.products().get(sku).ok_or(ApiError::NotFound)?;
    let now = state.clock.now();
    if !state.signals.book().is_complete {
        // Just started: nobody knows yet what the stores have.
        state.signals.settle().await;
    }
    let near = nearest(&state.signals.book(), &masters, receiver, sku);
    let stores: Vec<&StoreCode> = near.iter().map(|(_, master)| &master.store.code).collect();
    let scores = state.credit_scores.of(&state.db, &stores, now).await?;
    let book = state.signals.book();
    let source = |(route, master): (Route, &StoreMaster)| {
        let store = &master.store.code;
        let reading = book.reading(store, sku, now)?;
        let (demand, buffer) = expected(&book, master, sku, now);
        let sellable_days = reading.around.best_before.map(|date| (date.days_since(reading.day) + 1).max(0));
        let source = Source {
            store: store.clone(),
            on_hand_units: reading.signals.on_hand_units(),
            reserved_units: book.under_way(store, sku).spoken_for_units(),
            safety_units: reading.around.safety_stock_units.unwrap_or(buffer),
            demand,
            sellable_days: sellable_days.map(|days| u32::try_from(days).unwrap_or(u32::MAX)),
            spoiling_units: 0,
            fulfilment_permille: scores.get(store).copied().unwrap_or_default(),
            standing: Standing::Open,
        };
        Some((source, route))
    };
    let sources: Vec<(Source, Route)> = near.into_iter().filter_map(source).collect();
    let here = book.on_hand_units(to, sku).max(0);
    // Whoever asks for pieces says that they are wanted, whatever was sold so far.
    let want = Want {
        to: to.clone(),
        sku: sku.clone(),
        units,
        on_hand_units: here,
        demand: expected(&book, receiver, sku, now).0,
        promised_units: here + units,
    };
    let worth = Worth { price_minor: product.price_minor, cost_minor: 0 };
    Ok(propose(&want, worth, &sources, &Terms::USUAL))
}

/// The same, with what a page needs to show it.
///
/// # Errors
/// As [`propose_for`].
pub async fn source_page(
    state: &AppState,
    viewer: &Viewer,
    to: &StoreCode,
    sku: &SkuCode,
    units: Units,
) -> Result<SourcePage, ApiError> {
    let proposal = propose_for(state, to, sku, units).await?;
    let masters = state.directory.masters();
    let product = masters.products().get(sku).ok_or(ApiError::NotFound)?;
    let credit = state.db.credit(to, state.clock.now()).await?;
    let lines = proposal.lines.iter().chain(&proposal.alternatives).map(|line| &line.from);
    let stores: BTreeSet<&StoreCode> = lines.chain(proposal.not_proposed.iter().map(|(store, _)| store)).collect();
    Ok(SourcePage {
        store: named(&masters, to).ok_or(ApiError::NotFound)?,
        sku: sku.clone(),
        item: product.name.clone(),
        units,
        stores: stores.into_iter().filter_map(|store| named(&masters, store)).collect(),
        standing: request_standing(viewer.role, credit.band, product.price_minor.saturating_mul(units)),
        proposal,
    })
}

/// The stores nearest to the receiver that have the item, the nearest first: those with some to spare, and a few more.
fn nearest<'a>(
    book: &Book,
    masters: &'a Masters,
    receiver: &StoreMaster,
    sku: &SkuCode,
) -> Vec<(Route, &'a StoreMaster)> {
    let has_any = |master: &&StoreMaster| {
        master.store.code != receiver.store.code && book.on_hand_units(&master.store.code, sku) > 0
    };
    let stores = masters.stores().values().filter(has_any);
    let mut near: Vec<(Route, &StoreMaster)> =
        stores.map(|master| (TravelAssumption::CITY.route(master.store.at, receiver.store.at), master)).collect();
    near.sort_by(|(a, one), (b, other)| (a, &one.store.code).cmp(&(b, &other.store.code)));
    let (mut n_giving, mut n_others) = (0, 0);
    near.retain(|(_, master)| {
        // Of a line that nobody can size a buffer for, the figures below decide.
        let may_give = book.spare_units(&master.store.code, sku).is_none_or(|units| units > 0);
        let (n, max) = if may_give { (&mut n_giving, GIVING_MAX) } else { (&mut n_others, EXPLAINED_MAX) };
        *n += 1;
        *n <= max
    });
    near
}

/// What a store is expected to sell of an item until the next delivery, from tomorrow on, and a buffer for that time.
fn expected(book: &Book, master: &StoreMaster, sku: &SkuCode, now: Timestamp) -> (Demand, Units) {
    let store = &master.store.code;
    let today = Day::at(now, master.store.zone_offset);
    let last = today.plus_days(-1);
    let reading = book.reading(store, sku, now);
    let sales = reading.map(|reading| reading.signals.sales_days(last, TARGET_DAYS)).unwrap_or_default();
    let forecast = forecast(last, &sales, WeekdayProfile::FLAT);
    let days = book.supply(store, sku).unwrap_or(Supply::USUAL).interval_days();
    let demand = forecast.over(today.plus_days(1), days);
    (demand, safety_stock(demand, forecast.level(), 0.0, ServiceLevel::USUAL))
}
