//! Book stock of a store.

use crate::access::{Asker, store_in_query};
use crate::error::ApiError;
use crate::state::AppState;
use axum::extract::{Query, RawQuery, State};
use axum::{Extension, Json};
use domain::id::{ShelfCode, SkuCode, StoreCode};
use domain::instant::Timestamp;
use domain::movement::{Place, Units};
use serde::{Deserialize, Serialize};

/// What to show.
#[derive(Deserialize)]
pub struct Filter {
    shelf: Option<String>,
}

/// Book stock.
#[derive(Serialize)]
pub struct Stock {
    now: Timestamp,
    store: StoreCode,
    lines: Vec<StockLine>,
}

#[derive(Serialize)]
struct StockLine {
    place: Place,
    sku: SkuCode,
    units: Units,
    moved_at: Timestamp,
}

/// What the books say is on the store's shelves, or on one of them.
pub async fn stock(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    RawQuery(query): RawQuery,
    Query(filter): Query<Filter>,
) -> Result<Json<Stock>, ApiError> {
    let store = store_in_query(asker.viewer()?, query.as_deref())?;
    let shelf = filter.shelf.map(|text| ShelfCode::parse(&text)).transpose();
    let shelf = shelf.map_err(|error| ApiError::Malformed(error.to_string()))?;
    let rows = state.db.stock(&store, shelf.as_ref()).await?;
    let lines = rows
        .into_iter()
        .map(|((place, sku), row)| StockLine { place, sku, units: row.units, moved_at: row.moved_at })
        .collect();
    Ok(Json(Stock { now: state.clock.now(), store, lines }))
}
