//! Links in messages: they note that the message was opened where it was read, and lead to its page.

use crate::access::Asker;
use crate::error::ApiError;
use crate::read;
use crate::state::AppState;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Redirect;
use domain::id::MessageId;
use domain::message::Message;
use domain::message::preference::ChannelKind;

/// The route of these links; whoever is not signed in is asked to first.
pub const PATH: &str = "/open/{channel}/{message}";

/// The link of a message sent by a channel.
#[must_use]
pub fn link(origin: &str, channel: ChannelKind, message: &Message) -> String {
    format!("{origin}/open/{}/{}", channel.code(), message.id)
}

/// Leads to the page of a message. To whom it was not sent, it leads to their inbox and says nothing.
pub async fn open(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path((channel, message)): Path<(String, String)>,
) -> Result<Redirect, ApiError> {
    let viewer = asker.viewer()?;
    let path = match (ChannelKind::from_code(&channel), MessageId::parse(&message)) {
        (Some(channel), Ok(message)) => read::message::open(&state, viewer, channel, message).await?,
        _ => None,
    };
    Ok(Redirect::to(path.as_deref().unwrap_or("/inbox")))
}
