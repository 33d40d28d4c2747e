//! Notices to browsers: what a page and its service worker ask for.

use crate::access::Asker;
use crate::error::ApiError;
use crate::message::push::sealed::{Keys, Subscription};
use crate::read;
use crate::route::Body;
use crate::state::AppState;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use domain::id::MessageId;
use domain::message::preference::ChannelKind;
use serde::Deserialize;

/// A browser that agrees.
#[derive(Debug, Deserialize)]
pub struct Subscribing {
    endpoint: String,
    keys: Keys,
    /// Whether somebody has just switched it on, rather than a page said that it still is.
    #[serde(default)]
    is_new: bool,
}

/// A browser that does not any more.
#[derive(Debug, Deserialize)]
pub struct Unsubscribing {
    endpoint: String,
}

/// What was opened from a notice.
#[derive(Debug, Deserialize)]
pub struct Opened {
    messages: Vec<MessageId>,
}

/// Takes this browser for the viewer's notices. It is theirs from then on, whoever's it was.
pub async fn subscribe(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Body(subscribing): Body<Subscribing>,
) -> Result<StatusCode, ApiError> {
    let signed_in = asker.signed_in.as_ref().ok_or(ApiError::SignInNeeded)?;
    let person = &signed_in.viewer.id;
    let Subscribing { endpoint, keys, is_new } = subscribing;
    read::message::subscribe(&state, person, &signed_in.session, &Subscription { endpoint, keys }).await?;
    if is_new {
        read::message::choose(&state, person, ChannelKind::WebPush).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets a browser of the viewer's.
pub async fn unsubscribe(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Body(Unsubscribing { endpoint }): Body<Unsubscribing>,
) -> Result<StatusCode, ApiError> {
    state.db.forget_push(&asker.viewer()?.id, &endpoint).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Notes that the viewer has opened messages from a notice.
pub async fn opened(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Body(Opened { messages }): Body<Opened>,
) -> Result<StatusCode, ApiError> {
    read::message::opened(&state, &asker.viewer()?.id, &messages).await?;
    Ok(StatusCode::NO_CONTENT)
}
