//! Audits and proofs.

use crate::access::{Asker, store_in_query};
use crate::audit;
use crate::error::ApiError;
use crate::state::AppState;
use axum::extract::{Query, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use domain::audit::DayAudit;
use serde::Deserialize;

/// Which day.
#[derive(Deserialize)]
pub struct Of {
    day: String,
}

/// Whether a day of a store's ledger is what it was.
pub async fn day(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    RawQuery(query): RawQuery,
    Query(of): Query<Of>,
) -> Result<Json<DayAudit>, ApiError> {
    let store = store_in_query(asker.viewer()?, query.as_deref())?;
    audit::day(&state, &store, &of.day).await.map(Json)
}

/// Which event.
#[derive(Deserialize)]
pub struct Event {
    seq: u64,
}

/// A proof of one event, as a file.
pub async fn proof(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    RawQuery(query): RawQuery,
    Query(event): Query<Event>,
) -> Result<Response, ApiError> {
    let store = store_in_query(asker.viewer()?, query.as_deref())?;
    let proof = audit::proof(&state, &store, event.seq).await?;
    let name = format!("attachment; filename=\"shelftrace-proof-{store}-{}.json\"", event.seq);
    let disposition = HeaderValue::from_str(&name).map_err(ApiError::unavailable)?;
    Ok(([(header::CONTENT_DISPOSITION, disposition)], Json(proof)).into_response())
}
