//! Warnings for programs.

use crate::access::Asker;
use crate::error::ApiError;
use crate::state::AppState;
use crate::warning;
use axum::extract::{Query, State};
use axum::{Extension, Json};
use domain::id::StoreCode;
use frontend::backend::{WarningAsk, WarningList, WarningPage, severity_of};
use serde::Deserialize;

/// Which.
#[derive(Debug, Deserialize)]
pub struct Part {
    list: Option<String>,
    store: Option<String>,
    severity: Option<String>,
}

/// The warnings that the page of the same query shows.
pub async fn list(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Query(part): Query<Part>,
) -> Result<Json<WarningPage>, ApiError> {
    let store = part.store.map(|text| StoreCode::parse(&text)).transpose();
    let severity = part.severity.map(|text| {
        severity_of(&text).ok_or_else(|| ApiError::Malformed(format!("{text:?} is none of high, medium, low")))
    });
    let ask = WarningAsk {
        list: WarningList::from_code(part.list.as_deref().unwrap_or_default()),
        store: store.map_err(|error| ApiError::Malformed(error.to_string()))?,
        severity: severity.transpose()?,
    };
    warning::page(&state, asker.viewer()?, ask).await.map(Json)
}
