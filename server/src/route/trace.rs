//! Searches through events.

use crate::access::{Asker, store_in_query};
use crate::error::ApiError;
use crate::read;
use crate::state::AppState;
use crate::trace::suggest::suggestions;
use axum::extract::{Query, RawQuery, State};
use axum::{Extension, Json};
use domain::trace::{Suggestion, TraceAcross, TraceAsk, TracePage};
use serde::Deserialize;

/// The newest events that fit.
pub async fn search(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    RawQuery(query): RawQuery,
    Query(ask): Query<TraceAsk>,
) -> Result<Json<TracePage>, ApiError> {
    // A store's own people need not name it.
    let store = store_in_query(asker.viewer()?, query.as_deref())?.to_string();
    read::trace_page(&state, &TraceAsk { store, ..ask }).await.map(Json)
}

/// The newest events that fit in all stores of the viewer.
pub async fn search_across(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Query(ask): Query<TraceAsk>,
) -> Result<Json<TraceAcross>, ApiError> {
    read::trace_across(&state, asker.viewer()?, &ask).await.map(Json)
}

/// What was typed.
#[derive(Deserialize)]
pub struct Typed {
    q: String,
}

/// What somebody may mean who typed this.
pub async fn suggest(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    RawQuery(query): RawQuery,
    Query(typed): Query<Typed>,
) -> Result<Json<Vec<Suggestion>>, ApiError> {
    let store = store_in_query(asker.viewer()?, query.as_deref())?;
    Ok(Json(suggestions(&state.db, &state.directory, &store, &typed.q).await?))
}
