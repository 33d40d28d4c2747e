//! What should be ordered, for spreadsheets.

use crate::access::Asker;
use crate::error::ApiError;
use crate::replenishment;
use crate::state::AppState;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use frontend::backend::replenishment_ask;
use frontend::text::Language;
use serde::Deserialize;

/// Of what, in which language.
#[derive(Debug, Deserialize)]
pub struct Part {
    store: Option<String>,
    category: Option<String>,
    search: Option<String>,
    lang: Option<String>,
}

/// Every line that the page of the same query would show.
pub async fn csv(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Query(part): Query<Part>,
) -> Result<Response, ApiError> {
    let ask = replenishment_ask(part.store, part.category, part.search, None).ok_or(ApiError::NotFound)?;
    let (_, lines) = replenishment::lines(&state, asker.viewer()?, &ask).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"replenishment.csv\""),
    ];
    let language = Language::from_code(part.lang.as_deref().unwrap_or_default());
    Ok((headers, replenishment::csv(&lines, language)).into_response())
}
