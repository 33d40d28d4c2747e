//! Signing in and out.

use crate::access::Asker;
use crate::auth::cookie;
use crate::error::ApiError;
use crate::route::Body;
use crate::state::AppState;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use domain::policy::Viewer;
use serde::Deserialize;
use serde_json::json;

/// What a person types.
#[derive(Deserialize)]
pub struct Credentials {
    login: String,
    password: String,
}

/// Checks the password and answers with the viewer and a session cookie. An earlier session of this browser ends.
pub async fn sign_in(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Body(credentials): Body<Credentials>,
) -> Result<Response, ApiError> {
    let (viewer, token) = state.sign_in.sign_in(&credentials.login, &credentials.password, asker.address).await?;
    if let Some(earlier) = &asker.signed_in {
        state.sign_in.leave(&earlier.session).await?;
    }
    let cookie = cookie::set(&token, asker.transport, state.sign_in.cookie_max_age_s());
    Ok(([(SET_COOKIE, cookie)], Json(viewer)).into_response())
}

/// Ends this session; answers the same when there is none.
pub async fn sign_out(State(state): State<AppState>, Extension(asker): Extension<Asker>) -> Result<Response, ApiError> {
    if let Some(signed_in) = &asker.signed_in {
        state.sign_in.leave(&signed_in.session).await?;
    }
    Ok(([(SET_COOKIE, cookie::clear(asker.transport))], Json(json!({}))).into_response())
}

/// Ends every session of the viewer.
pub async fn sign_out_everywhere(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
) -> Result<Response, ApiError> {
    state.sign_in.end_all_of(&asker.viewer()?.id).await?;
    Ok(([(SET_COOKIE, cookie::clear(asker.transport))], Json(json!({}))).into_response())
}

/// Who is signed in.
pub async fn me(Extension(asker): Extension<Asker>) -> Result<Json<Viewer>, ApiError> {
    asker.viewer().cloned().map(Json)
}
