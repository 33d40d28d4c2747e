//! What stores should order now, orders made of that, and what people set of a line by hand; cut to what the viewer may.

mod csv;

pub use csv::csv;

use crate::error::ApiError;
use crate::read::stores_of;
use crate::route::order::check;
use crate::state::AppState;
use crate::store::warning::Saved;
use domain::accept::TEXT_MAX_CHARS;
use domain::id::{EventId, PersonId, SkuCode, StoreCode};
use domain::instant::{Day, Timestamp};
use domain::master::{OrderLine, PurchaseOrder};
use domain::movement::{UNITS_MAX, Units};
use domain::policy::{Action, Target, Viewer, may};
use domain::replenishment::{Cause, Change, Overrides, Stock, Supply, suggest};
use frontend::backend::{OrderMade, Overridden, OverrideAsk, ReplenishmentAsk, ReplenishmentLine, ReplenishmentPage};
use rand::TryRngCore;
use std::collections::BTreeMap;

/// Most lines a page shows.
const SHOWN_MAX: usize = 200;

/// The lines of the viewer's stores that should be ordered now.
///
/// # Errors
/// When the database fails; [`ApiError::Forbidden`] for a store that the viewer may not see.
pub async fn page(state: &AppState, viewer: &Viewer, ask: ReplenishmentAsk) -> Result<ReplenishmentPage, ApiError> {
    let masters = state.directory.masters();
    let stores: Vec<&StoreCode> = stores_of(&masters, viewer, Action::SeeStock).collect();
    let (is_ready, mut lines) = lines(state, viewer, &ask).await?;
    let is_late =
        |line: &&ReplenishmentLine| matches!(line.suggestion.cause, Cause::SoldOut | Cause::SellsOutBeforeDelivery);
    let n_late = n(lines.iter().filter(is_late).count());
    let at_risk = |line: &ReplenishmentLine| line.suggestion.at_risk_minor(line.price_minor);
    let at_risk_minor = lines.iter().map(at_risk).fold(0, i64::saturating_add);
    let n_more = n(lines.len().saturating_sub(SHOWN_MAX));
    lines.truncate(SHOWN_MAX);
    let name = |code: &&StoreCode| Some(((*code).clone(), masters.store(code)?.store.name.clone()));
    let now = state.clock.now();
    Ok(ReplenishmentPage {
        now,
        ask,
        token: new_token(now),
        is_ready,
        stores: stores.iter().filter_map(name).collect(),
        categories: masters.categories().to_vec(),
        lines,
        n_more,
        n_late,
        at_risk_minor,
    })
}

/// All of them, the most urgent first, and whether every store has been read.
///
/// # Errors
/// As [`page`].
pub async fn lines(
    state: &AppState,
    viewer: &Viewer,
    ask: &ReplenishmentAsk,
) -> Result<(bool, Vec<ReplenishmentLine>), ApiError> {
    let masters = state.directory.masters();
    let mut stores: Vec<StoreCode> = stores_of(&masters, viewer, Action::SeeStock).cloned().collect();
    if let Some(store) = &ask.store {
        if !stores.contains(store) {
            return Err(ApiError::Forbidden);
        }
        stores.retain(|of| of == store);
    }
    let mut known = Vec::with_capacity(stores.len());
    for store in stores {
        let on_order = on_order(state, &store).await?;
        let changes = state.db.stock_overrides(&store).await?;
        known.push((store, on_order, changes));
    }
    let people = state.directory.people();
    let (signals, now) = (state.signals.clone(), state.clock.now());
    let (viewer, ask) = (viewer.clone(), ask.clone());
    // A large chain has hundreds of thousands of lines to look through.
    let work = move || {
        let mut lines = Vec::new();
        for (store, on_order, changes) in known {
            let Some(master) = masters.store(&store).map(|master| &master.store) else { continue };
            let may_act = may(&viewer, Action::Replenish, Target::Store(&store, &master.region));
            let from = Day::at(now, master.zone_offset);
            // Store by store: events go on between two of them.
            let book = signals.book();
            for line in book.known_lines(&store) {
                let Some(product) = masters.products().get(&line.sku).filter(|of| is_asked_for(&ask, of)) else {
                    continue;
                };
                let stock = Stock {
                    on_hand_units: line.on_hand_units,
                    reserved_units: line.under_way.reserved_units,
                    in_transit_units: line.under_way.coming_units(),
                    asked_units: line.under_way.asked_for_units,
                    on_order_units: on_order.get(&line.sku).copied().unwrap_or_default(),
                };
                let suggestion = suggest(stock, line.target, &line.forecast, from, &line.supply);
                let is_named = ask.sku.as_ref() == Some(&line.sku);
                if suggestion.order_units == 0 && !is_named {
                    continue;
                }
                let change = changes.get(&line.sku).cloned();
                lines.push(ReplenishmentLine {
                    store: store.clone(),
                    store_name: master.name.clone(),
                    zone_offset: master.zone_offset,
                    sku: line.sku,
                    name: product.name.clone(),
                    price_minor: product.price_minor,
                    suggestion,
                    nearby_units: line.nearby_units,
                    changed_by_name: change.as_ref().map(|change| name_of(&people, &change.by)),
                    change,
                    may_act,
                });
            }
        }
        lines.sort_by_cached_key(|line| {
            (line.suggestion.urgency(line.price_minor), line.store.clone(), line.sku.clone())
        });
        let is_ready = signals.book().is_complete;
        (is_ready, lines)
    };
    tokio::task::spawn_blocking(work).await.map_err(ApiError::unavailable)
}

fn is_asked_for(ask: &ReplenishmentAsk, product: &domain::master::Product) -> bool {
    let has = |typed: &String| {
        let typed = typed.to_lowercase();
        product.name.to_lowercase().contains(&typed) || product.sku.as_str().to_lowercase().contains(&typed)
    };
    ask.category.as_ref().is_none_or(|category| product.category == *category)
        && ask.sku.as_ref().is_none_or(|sku| product.sku == *sku)
        && ask.search.as_ref().is_none_or(has)
}

fn name_of(people: &crate::store::PersonNames, id: &PersonId) -> String {
    people.get(id).cloned().unwrap_or_else(|| id.to_string())
}

/// Pieces of each item that a store has ordered and not received.
pub(crate) async fn on_order(state: &AppState, store: &StoreCode) -> Result<BTreeMap<SkuCode, Units>, ApiError> {
    let mut sum: BTreeMap<SkuCode, Units> = BTreeMap::new();
    for open in state.db.open_orders(store).await? {
        for line in open.order.lines {
            let received = open.received.get(&line.sku).copied().unwrap_or_default();
            *sum.entry(line.sku).or_default() += (line.units - received).max(0);
        }
    }
    Ok(sum)
}

/// Orders goods for a store, to be there after the usual lead time. The caller has checked that the viewer may.
///
/// # Errors
/// When the order makes no sense or the database fails.
pub async fn order(
    state: &AppState,
    viewer: &Viewer,
    store: StoreCode,
    (token, supplier, mut lines): (EventId, String, Vec<OrderLine>),
) -> Result<OrderMade, ApiError> {
    let masters = state.directory.masters();
    let zone = masters.store(&store).ok_or(ApiError::NotFound)?.store.zone_offset;
    lines.sort_by(|a, b| a.sku.cmp(&b.sku));
    let now = state.clock.now();
    let due = Day::at(now, zone).plus_days(i64::from(Supply::USUAL.lead_time_days));
    let order =
        PurchaseOrder { number: order_number(&store, token), store, supplier: supplier.trim().to_owned(), due, lines };
    check(state, &order).map_err(ApiError::Malformed)?;
    let before = state.db.make_order(&order, &viewer.id, now).await?;
    let is_other = before.as_ref().is_some_and(|before| before.lines != order.lines);
    let made = before.unwrap_or(order);
    tracing::info!(number = %made.number, store = %made.store, by = %viewer.id, "goods were ordered");
    Ok(OrderMade {
        n_lines: n(made.lines.len()),
        units: made.lines.iter().map(|line| line.units).sum(),
        number: made.number,
        due: made.due,
        is_other,
    })
}

/// The number of an order that a page has made: the end of the token that only that page was given.
fn order_number(store: &StoreCode, token: EventId) -> String {
    let token = token.to_string();
    format!("RO-{store}-{}", &token[token.len() - 10..])
}

/// Sets what a line goes by, from now on. The caller has checked that the viewer may.
///
/// # Errors
/// When it makes no sense or the database fails; [`ApiError::NotFound`] for an unknown item.
pub async fn set(
    state: &AppState,
    viewer: &Viewer,
    store: &StoreCode,
    ask: OverrideAsk,
) -> Result<Overridden, ApiError> {
    let masters = state.directory.masters();
    if !masters.products().contains_key(&ask.sku) {
        return Err(ApiError::NotFound);
    }
    let is_absurd =
        |units: Option<Units>, least: Units| units.is_some_and(|units| !(least..=UNITS_MAX).contains(&units));
    if is_absurd(ask.safety_units, 0) || is_absurd(ask.order_units, 1) {
        return Err(ApiError::Malformed(format!("a safety stock is 0 to {UNITS_MAX}, an order 1 to {UNITS_MAX}")));
    }
    let reason = ask.reason.trim();
    if !(1..=TEXT_MAX_CHARS).contains(&reason.chars().count()) {
        return Err(ApiError::Malformed(format!("a reason has 1 to {TEXT_MAX_CHARS} characters")));
    }
    let overrides = Overrides { safety_units: ask.safety_units, order_units: ask.order_units, ..Overrides::default() };
    let now = state.clock.now();
    let change = Change {
        version: ask.version.saturating_add(1),
        overrides,
        reason: reason.to_owned(),
        at: now,
        by: viewer.id.clone(),
    };
    let known = state.db.stock_overrides(store).await?.get(&ask.sku).map_or(0, |change| change.version);
    if known != ask.version || state.db.save_stock_override(store, &ask.sku, &change).await? == Saved::Outdated {
        return Ok(Overridden::Outdated);
    }
    state.signals.book_mut().set_overrides(store, &ask.sku, overrides, &masters, now);
    Ok(Overridden::Saved)
}

fn new_token(now: Timestamp) -> EventId {
    let mut bits = [0; 16];
    // Without the system's random numbers the time still tells pages of different moments apart.
    let _ = rand::rngs::OsRng.try_fill_bytes(&mut bits);
    EventId::from_parts(now.unix_ms().max(0).unsigned_abs(), u128::from_le_bytes(bits))
}

fn n(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
