//! Devices.

use crate::access::Asker;
use crate::device::{self, Admission};
use crate::error::ApiError;
use crate::state::AppState;
use axum::extract::{Path, Query, State};
use axum::{Extension, Json};
use domain::device::DevicePage;
use domain::id::{DeviceId, StoreCode};
use serde::Deserialize;
use serde_json::{Value, json};

/// Of which store.
#[derive(Deserialize)]
pub struct Of {
    store: Option<String>,
}

/// The devices of the viewer's stores, or of one of them.
pub async fn list(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Query(of): Query<Of>,
) -> Result<Json<DevicePage>, ApiError> {
    let store = of.store.map(|text| StoreCode::parse(&text)).transpose();
    let store = store.map_err(|error| ApiError::Malformed(error.to_string()))?;
    device::page(&state, asker.viewer()?, store.as_ref()).await.map(Json)
}

/// Bars a device from sending.
pub async fn bar(state: State<AppState>, asker: Extension<Asker>, id: Path<String>) -> Result<Json<Value>, ApiError> {
    set(state, asker, id, Admission::Bar).await
}

/// Lets a device send again.
pub async fn admit(state: State<AppState>, asker: Extension<Asker>, id: Path<String>) -> Result<Json<Value>, ApiError> {
    set(state, asker, id, Admission::Admit).await
}

async fn set(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
    admission: Admission,
) -> Result<Json<Value>, ApiError> {
    let id = DeviceId::parse(&id).map_err(|_| ApiError::NotFound)?;
    device::admit(&state, asker.viewer()?, id, admission).await?;
    Ok(Json(json!({})))
}
