//! Purchase orders: what stores have ordered from suppliers.

use crate::access::{Asker, store_in_query};
use crate::error::ApiError;
use crate::route::Body;
use crate::state::AppState;
use axum::extract::{RawQuery, State};
use axum::{Extension, Json};
use domain::accept::TEXT_MAX_CHARS;
use domain::master::PurchaseOrder;
use domain::movement::{LEGS_MAX, UNITS_MAX};
use domain::sync::OpenOrder;
use serde::Serialize;

/// Most orders at once.
const ORDERS_MAX: usize = 500;
/// Most lines of an order: it is received in one movement of two legs a line.
const LINES_MAX: usize = LEGS_MAX / 2;

/// The store's open orders, the earliest due first, with what has come of them.
pub async fn list(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<OpenOrder>>, ApiError> {
    let store = store_in_query(asker.viewer()?, query.as_deref())?;
    Ok(Json(state.db.open_orders(&store).await?))
}

/// What was kept.
#[derive(Serialize)]
pub struct Kept {
    n_orders: usize,
}

/// Keeps orders; one with a number that the store has already takes its place. All or, when one is wrong, none.
pub async fn put(
    State(state): State<AppState>,
    Body(orders): Body<Vec<PurchaseOrder>>,
) -> Result<Json<Kept>, ApiError> {
    if orders.is_empty() || orders.len() > ORDERS_MAX {
        return Err(ApiError::Malformed(format!("send 1 to {ORDERS_MAX} orders at once")));
    }
    for (at, order) in orders.iter().enumerate() {
        check(&state, order)
            .map_err(|why| ApiError::Malformed(format!("order {} ({}): {why}", at + 1, order.number)))?;
        if orders[..at].iter().any(|other| other.store == order.store && other.number == order.number) {
            return Err(ApiError::Malformed(format!("order {} ({}) is there twice", at + 1, order.number)));
        }
    }
    state.db.save_orders(&orders).await?;
    Ok(Json(Kept { n_orders: orders.len() }))
}

/// Whether an order can be one.
///
/// # Errors
/// What is wrong with it.
pub fn check(state: &AppState, order: &PurchaseOrder) -> Result<(), String> {
    let masters = state.directory.masters();
    let is_text = |text: &str| (1..=TEXT_MAX_CHARS).contains(&text.chars().count()) && text.trim() == text;
    if !is_text(&order.number) || order.number.chars().any(char::is_control) {
        return Err(format!("a number has 1 to {TEXT_MAX_CHARS} characters, none of them a space at an end"));
    }
    if !is_text(&order.supplier) {
        return Err(format!("a supplier's name has 1 to {TEXT_MAX_CHARS} characters"));
    }
    if masters.store(&order.store).is_none() {
        return Err(format!("there is no store {}", order.store));
    }
    if order.lines.is_empty() || order.lines.len() > LINES_MAX {
        return Err(format!("an order has 1 to {LINES_MAX} lines"));
    }
    for (at, line) in order.lines.iter().enumerate() {
        if !masters.products().contains_key(&line.sku) {
            return Err(format!("line {}: there is no item {}", at + 1, line.sku));
        }
        if !(1..=UNITS_MAX).contains(&line.units) {
            return Err(format!("line {}: {} pieces cannot be ordered", at + 1, line.units));
        }
        if order.lines[..at].iter().any(|other| other.sku == line.sku) {
            return Err(format!("line {}: item {} is there twice", at + 1, line.sku));
        }
    }
    Ok(())
}
