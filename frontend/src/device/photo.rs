//! Photos on the phone: taken live, kept before they are shown as taken, sent before the events that name them.

use super::outbox::kick;
use super::recorder::clock_offset_ms;
use super::{SendTrouble, StoreTrouble, glue, http};
use domain::id::{PersonId, StoreCode};
use domain::instant::{DAY_MS, Timestamp};
use domain::photo::{PhotoId, PhotoReceipt, PhotoRefusal, PhotoStep, photo_step};
use domain::sync::Trouble;
use leptos::task::spawn_local;
use serde::Deserialize;
use std::time::Duration;
use web_sys::HtmlVideoElement;

/// A photo is half a megabyte: a slow network gets longer for it than for events.
const TIMEOUT: Duration = Duration::from_secs(90);
/// Photos stay so long after the server has them: lists of today show them without the network.
const KEPT_MS: i64 = DAY_MS;

/// What the camera showed at the press of the shutter, for the person to look at. It is in memory only.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Shot {
    /// Its name.
    pub id: PhotoId,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Where the page finds it.
    pub url: String,
}

/// Why there is no photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeTrouble {
    /// The camera shows nothing yet, or no longer.
    NotLive,
    /// The browser could not make a picture of it.
    Failed,
}

/// Where a photo stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhotoState {
    /// Only on this phone.
    Pending,
    /// With the server.
    Uploaded,
    /// Refused by the server.
    Parked,
}

impl PhotoState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Uploaded => "uploaded",
            Self::Parked => "parked",
        }
    }
}

/// A photo that this phone keeps.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KeptPhoto {
    /// Its name.
    pub id: PhotoId,
    /// The store it is evidence of.
    pub store: StoreCode,
    /// Where it stands.
    pub state: PhotoState,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// Why the server refused it, if it did.
    pub reason: Option<PhotoRefusal>,
}

/// Takes a still of what the camera shows now.
///
/// # Errors
/// When the camera shows nothing, or no picture can be made of it.
pub async fn take(video: HtmlVideoElement) -> Result<Shot, TakeTrouble> {
    let json = glue::take_photo(video).await.map_err(|failure| match failure.0.as_str() {
        "photo_not_live" => TakeTrouble::NotLive,
        _ => TakeTrouble::Failed,
    })?;
    serde_json::from_str(&json).map_err(|_| TakeTrouble::Failed)
}

/// Keeps the still as evidence of a store. It is on the phone's disk when this returns its name, and is sent by itself.
///
/// # Errors
/// When the phone cannot store it: then nothing was taken.
pub async fn keep(shot: &Shot, person: &PersonId, store: &StoreCode) -> Result<PhotoId, StoreTrouble> {
    glue::keep_photo(&shot.id.to_string(), person.as_str(), store.as_str(), clock_offset_ms().await).await?;
    glue::persist_storage().await;
    kick();
    Ok(shot.id)
}

/// A person's photos in a state, oldest first.
///
/// # Errors
/// When the phone's storage cannot be read.
pub async fn list(person: &PersonId, state: PhotoState) -> Result<Vec<KeptPhoto>, StoreTrouble> {
    let json = glue::list_photos(person.as_str(), state.as_str()).await?;
    serde_json::from_str(&json).map_err(|_| StoreTrouble::Failed)
}

/// Forgets a photo that is not used after all; one that something recorded names stays.
pub fn discard(id: PhotoId) {
    spawn_local(async move {
        // What could not be forgotten is sent, and harms nobody.
        let _ = glue::discard_photo(&id.to_string()).await;
    });
}

/// Where the page finds the phone's own copy, for as long as this lives.
#[derive(Debug)]
pub struct LocalUrl(String);

impl LocalUrl {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for LocalUrl {
    fn drop(&mut self) {
        // Fails for no address that was made.
        let _ = web_sys::Url::revoke_object_url(&self.0);
    }
}

/// The phone's own copy of a photo, while it has one.
pub async fn local_url(id: PhotoId) -> Option<LocalUrl> {
    let blob = glue::photo_blob(&id.to_string()).await.ok()??;
    web_sys::Url::create_object_url_with_blob(&blob).ok().map(LocalUrl)
}

/// A person's photos that the server does not have.
pub(super) async fn waiting(person: &PersonId) -> Result<Vec<KeptPhoto>, StoreTrouble> {
    list(person, PhotoState::Pending).await
}

/// Sends a person's photos, one at a time, until none waits or something is in the way.
pub(super) async fn send_all(person: &PersonId) -> Result<(), SendTrouble> {
    for photo in waiting(person).await? {
        let id = photo.id.to_string();
        let Some(file) = glue::photo_blob(&id).await? else { continue };
        let path = format!("/api/v1/photos/{id}?store={}&taken_at={}", photo.store, photo.taken_at.unix_ms());
        let answer = http::put(&path, &file, TIMEOUT).await;
        match photo_step(answer.status, answer.json::<PhotoReceipt>(), answer.json::<PhotoRefusal>(), photo.id) {
            PhotoStep::Settle => glue::settle_photo(&id).await?,
            PhotoStep::Park(why) => {
                let reason = serde_json::to_string(&why).map_err(|_| SendTrouble::Later(Trouble::Server))?;
                glue::park_photo(&id, reason).await?;
            }
            PhotoStep::SignInAgain => return Err(SendTrouble::SignInNeeded),
            PhotoStep::TryLater(trouble) => return Err(SendTrouble::Later(trouble)),
        }
    }
    Ok(())
}

/// An account may have been given more rights since: that refusal may not hold any longer.
pub(super) async fn send_again_what_waited_for(person: &PersonId) -> Result<(), StoreTrouble> {
    for photo in list(person, PhotoState::Parked).await? {
        if photo.reason == Some(PhotoRefusal::Forbidden) {
            glue::unpark_photo(&photo.id.to_string()).await?;
        }
    }
    Ok(())
}

/// Forgets what the server has had for a while and no unsettled event names.
pub(super) async fn prune() -> Result<(), StoreTrouble> {
    glue::prune_photos(js_sys::Date::now() as i64 - KEPT_MS).await
}
