//! Transfers. Their steps are events: see `/api/v1/sync`.

use crate::access::{Asker, store_in_query};
use crate::error::ApiError;
use crate::state::AppState;
use crate::transfer::{detail, page, propose_for};
use axum::extract::{Path, Query, RawQuery, State};
use axum::{Extension, Json};
use domain::credit::Credit;
use domain::id::{SkuCode, StoreCode};
use domain::matching::Proposal;
use domain::movement::{UNITS_MAX, Units};
use domain::transfer::{TransferDetail, TransferId, TransferList, TransferPage};
use serde::Deserialize;

/// Which transfers.
#[derive(Deserialize)]
pub struct Which {
    list: Option<String>,
    store: Option<StoreCode>,
}

/// The transfers that concern the viewer's stores.
pub async fn list(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Query(which): Query<Which>,
) -> Result<Json<TransferPage>, ApiError> {
    let list = TransferList::from_code(which.list.as_deref().unwrap_or_default());
    page(&state, asker.viewer()?, list, which.store.as_ref()).await.map(Json)
}

/// One transfer with its steps.
pub async fn one(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path(transfer): Path<String>,
) -> Result<Json<TransferDetail>, ApiError> {
    let transfer = TransferId::parse(&transfer).map_err(|_| ApiError::NotFound)?;
    detail(&state, asker.viewer()?, transfer).await.map(Json)
}

/// What is wanted.
#[derive(Deserialize)]
pub struct Wanted {
    sku: SkuCode,
    units: Units,
}

/// Where it is best taken from.
pub async fn sources(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    RawQuery(query): RawQuery,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Proposal>, ApiError> {
    let store = store_in_query(asker.viewer()?, query.as_deref())?;
    if !(1..=UNITS_MAX).contains(&wanted.units) {
        return Err(ApiError::Malformed(format!("units must be 1 to {UNITS_MAX}")));
    }
    propose_for(&state, &store, &wanted.sku, wanted.units).await.map(Json)
}

/// How far a store can be relied on.
pub async fn credit(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    RawQuery(query): RawQuery,
) -> Result<Json<Credit>, ApiError> {
    let store = store_in_query(asker.viewer()?, query.as_deref())?;
    Ok(Json(state.db.credit(&store, state.clock.now()).await?))
}
