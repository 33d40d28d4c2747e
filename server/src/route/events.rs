//! Single events of a store: who, when, where.

use crate::access::{Asker, store_in_query};
use crate::error::ApiError;
use crate::state::AppState;
use axum::extract::{Query, RawQuery, State};
use axum::{Extension, Json};
use domain::board::TraceEntry;
use serde::{Deserialize, Serialize};

/// Most events on a page.
const LIMIT_MAX: u32 = 500;
const LIMIT_USUAL: u32 = 100;

/// Which page.
#[derive(Deserialize)]
pub struct Page {
    before: Option<u64>,
    limit: Option<u32>,
}

/// A page, the newest event first.
#[derive(Serialize)]
pub struct Events {
    events: Vec<TraceEntry>,
    /// What to ask for next as `before`; `None` on the last page.
    next_before: Option<u64>,
}

/// The store's events before number `before`.
pub async fn events(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    RawQuery(query): RawQuery,
    Query(page): Query<Page>,
) -> Result<Json<Events>, ApiError> {
    let store = store_in_query(asker.viewer()?, query.as_deref())?;
    let limit = page.limit.unwrap_or(LIMIT_USUAL).clamp(1, LIMIT_MAX);
    let events = state.db.traces(&state.directory, &store, page.before, limit).await?;
    let next_before = events.last().map(|event| event.seq).filter(|seq| *seq > 1);
    Ok(Json(Events { events, next_before }))
}
