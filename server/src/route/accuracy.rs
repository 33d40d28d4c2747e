//! The accuracy report for programs and spreadsheets.

use crate::access::Asker;
use crate::error::ApiError;
use crate::read;
use crate::state::AppState;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::id::{RegionCode, StoreCode};
use serde::Deserialize;

/// What it is of.
#[derive(Debug, Deserialize)]
pub struct Part {
    region: Option<String>,
    store: Option<String>,
}

/// One line for each stocktake that the page of the same query shows.
pub async fn csv(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Query(part): Query<Part>,
) -> Result<Response, ApiError> {
    let malformed = |error: domain::id::CodeError| ApiError::Malformed(error.to_string());
    let region = part.region.map(|text| RegionCode::parse(&text)).transpose().map_err(malformed)?;
    let store = part.store.map(|text| StoreCode::parse(&text)).transpose().map_err(malformed)?;
    let report = read::accuracy::accuracy(&state, asker.viewer()?, region, store).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"accuracy.csv\""),
    ];
    Ok((headers, read::accuracy::csv(&report.rows)).into_response())
}
