//! Signing out of this phone. On the server, where nobody presses anything, nothing happens.

use super::OutboxSummary;
#[cfg(feature = "hydrate")]
use super::{glue, http, outbox};
use crate::backend::BackendError;

/// Ends the session at a route of the API, forgets what the next person may not see, and shows the sign-in page.
/// What is unsent stays.
///
/// # Errors
/// When the server did not end the session: the person is signed in as before.
#[cfg(feature = "hydrate")]
pub async fn sign_out(route: &str) -> Result<(), BackendError> {
    let answer = http::post(route, "{}".to_owned()).await;
    match (answer.status, answer.json::<serde_json::Value>()) {
        // Refused because the session had ended already: just as well.
        (200 | 401, Some(_)) => {}
        // A page of somebody else's network is no answer.
        (0 | 200, _) => return Err(BackendError::Unreachable),
        _ => return Err(BackendError::Unavailable),
    }
    // A phone that cannot forget just now must not keep the person from leaving: without a session the next one is
    // asked to sign in, and then gets a snapshot of their own.
    let _ = glue::clear_snapshots().await;
    let _ = glue::put_meta(outbox::PERSON, String::new()).await;
    crate::browser::load("/sign-in");
    Ok(())
}

/// How much is unsent at this moment.
#[cfg(feature = "hydrate")]
pub async fn unsent() -> OutboxSummary {
    outbox::refresh().await
}

#[cfg(not(feature = "hydrate"))]
pub async fn sign_out(_route: &str) -> Result<(), BackendError> {
    Err(BackendError::Unreachable)
}

#[cfg(not(feature = "hydrate"))]
pub async fn unsent() -> OutboxSummary {
    OutboxSummary::default()
}
