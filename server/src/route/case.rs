//! Cases. Taking and closing them are events: see `/api/v1/sync`.

use crate::access::Asker;
use crate::cases;
use crate::error::ApiError;
use crate::state::AppState;
use axum::extract::{Query, State};
use axum::{Extension, Json};
use domain::case::{CaseList, CasePage};
use serde::Deserialize;

/// Which list.
#[derive(Deserialize)]
pub struct Which {
    list: Option<String>,
}

/// The cases of the stores that the viewer follows up.
pub async fn list(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Query(which): Query<Which>,
) -> Result<Json<CasePage>, ApiError> {
    let list = CaseList::from_code(which.list.as_deref().unwrap_or_default());
    cases::page(&state, asker.viewer()?, list).await.map(Json)
}
