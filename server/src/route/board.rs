//! The boards' figures.

use crate::access::Asker;
use crate::error::ApiError;
use crate::read;
use crate::route::store_code;
use crate::state::AppState;
use axum::extract::{Path, State};
use axum::{Extension, Json};
use domain::board::{ChainBoard, ShelfDetail, StorePlan};
use domain::id::ShelfCode;

/// Every store the viewer may see.
pub async fn chain(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
) -> Result<Json<ChainBoard>, ApiError> {
    read::chain_board(&state, asker.viewer()?).await.map(Json)
}

/// One store.
pub async fn store(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path(store): Path<String>,
) -> Result<Json<StorePlan>, ApiError> {
    read::store_plan(&state, asker.viewer()?, &store_code(&store)?).await.map(Json)
}

/// One shelf.
pub async fn shelf(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path((store, shelf)): Path<(String, String)>,
) -> Result<Json<ShelfDetail>, ApiError> {
    let shelf = ShelfCode::parse(&shelf).map_err(|_| ApiError::NotFound)?;
    read::shelf_detail(&state, asker.viewer()?, &store_code(&store)?, &shelf).await.map(Json)
}
