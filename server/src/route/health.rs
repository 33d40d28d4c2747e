//! Whether the server lives, and whether it can work.

use crate::error::ApiError;
use crate::ledger::Health;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

/// The process answers.
pub async fn is_alive() -> Json<Value> {
    Json(json!({ "alive": true }))
}

/// The database answers too, and the ledger takes events.
pub async fn is_ready(State(state): State<AppState>) -> Result<Json<Value>, ApiError> {
    state.db.ping().await?;
    match &*state.ledger.health().borrow() {
        Health::Writable => {}
        Health::ReadOnly(alarm) => return Err(ApiError::unavailable(alarm.to_string())),
        Health::Stopped(why) => return Err(ApiError::unavailable(why.clone())),
    }
    Ok(Json(json!({ "ready": true, "version": env!("CARGO_PKG_VERSION"), "build": state.site.build })))
}
