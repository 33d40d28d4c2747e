//! What the phone takes along to work without the network: fresh from the server, or else as it was last time.

use super::{StoreTrouble, glue, http};
use domain::policy::Scope;
use domain::sync::PhoneSnapshot;
use std::time::Duration;

/// How long the network may take when the phone could do without it.
const PATIENCE: Duration = Duration::from_secs(4);

/// Under which the store of the last visit is kept, for a start without the network.
const STORE: &str = "store";

/// Why there is nothing to work with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenProblem {
    /// No network, and no snapshot from an earlier visit.
    NoSnapshot,
    /// The person has no store of their own, or may not work in it.
    NoStore,
    /// Nobody is signed in.
    SignInNeeded,
    /// The phone keeps nothing.
    Storage(StoreTrouble),
}

impl From<StoreTrouble> for OpenProblem {
    fn from(trouble: StoreTrouble) -> Self {
        Self::Storage(trouble)
    }
}

/// The store's data for whoever is signed in, or the latest this phone has.
pub async fn snapshot() -> Result<PhoneSnapshot, OpenProblem> {
    let kept = kept_snapshot().await?;
    // Who has a snapshot need not wait for a network that only pretends to be there.
    let timeout = if kept.is_some() { PATIENCE } else { http::TIMEOUT };
    let viewer = match http::me(timeout).await {
        Ok(viewer) => viewer,
        // The queue is safe, and counting can go on: signing in is asked for where it is sent.
        Err(401) => return kept.ok_or(OpenProblem::SignInNeeded),
        Err(_) => return kept.ok_or(OpenProblem::NoSnapshot),
    };
    let Scope::Store(store) = &viewer.scope else { return Err(OpenProblem::NoStore) };
    let answer = http::get(&format!("/api/v1/snapshot?store={store}"), timeout).await;
    match (answer.status, answer.json::<PhoneSnapshot>()) {
        (200, Some(snapshot)) => {
            glue::put_snapshot(store.as_str(), answer.body).await?;
            glue::put_meta(STORE, store.to_string()).await?;
            Ok(snapshot)
        }
        (401, _) => Err(OpenProblem::SignInNeeded),
        (403 | 404, _) => Err(OpenProblem::NoStore),
        // Not one that was made for somebody else.
        _ => kept.filter(|kept| kept.viewer.id == viewer.id).ok_or(OpenProblem::NoSnapshot),
    }
}

/// The snapshot of an earlier visit.
async fn kept_snapshot() -> Result<Option<PhoneSnapshot>, StoreTrouble> {
    let Some(store) = glue::get_meta(STORE).await? else { return Ok(None) };
    let json = glue::get_snapshot(&store).await?;
    // One of an earlier layout is none.
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
}
