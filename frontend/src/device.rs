//! What this phone keeps, and how it reaches the server without anyone pressing anything.
//!
//! [`Device`] is what pages may show of it: how much is unsent, how old it is, what was refused and why, and whether
//! the phone can store at all. The parts behind it exist in the browser only: `glue` calls the TypeScript that
//! talks to IndexedDB, camera and location, `recorder` writes events down, `outbox` sends them.

#[cfg(feature = "hydrate")]
mod answer;
mod ask;
pub mod camera;
pub(crate) mod counted;
#[cfg(feature = "hydrate")]
pub(crate) mod drawer;
#[cfg(feature = "hydrate")]
mod fate;
#[cfg(feature = "hydrate")]
pub(crate) mod glue;
#[cfg(feature = "hydrate")]
pub(crate) mod http;
pub(crate) mod leaving;
#[cfg(feature = "hydrate")]
mod outbox;
#[cfg(feature = "hydrate")]
pub mod photo;
pub mod push;
#[cfg(feature = "hydrate")]
pub(crate) mod recorder;
#[cfg(feature = "hydrate")]
pub(crate) mod snapshot;

pub use ask::{Deed, Told, tell};
pub use counted::own_tally;

use domain::accept::Refusal;
use domain::event::{DeviceEvent, EventBody};
use domain::id::{PersonId, StoreCode};
use domain::sync::Trouble;
use leptos::prelude::*;
use serde::Deserialize;

/// How much of one person's work the server does not have yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub struct OutboxSummary {
    /// Events waiting to be sent.
    pub n_pending: u32,
    /// When the oldest of them was stored, by the device's clock, in milliseconds.
    pub oldest_stored_at: Option<i64>,
    /// Events that the server refused and nobody has dealt with.
    pub n_parked: u32,
    /// Events that other people recorded on this device: each waits for their own sign-in.
    pub n_pending_others: u32,
    /// Photos of the present person that the server does not have yet.
    pub n_photos: u32,
}

/// An event that the server refused.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ParkedEvent {
    /// Its device sequence number.
    pub seq: u64,
    /// What was recorded.
    pub event: DeviceEvent,
    /// Why it is not in the ledger.
    pub reason: Refusal,
}

/// Why the queue does not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendTrouble {
    /// It is tried again by itself.
    Later(Trouble),
    /// The person must sign in.
    SignInNeeded,
    /// The app is too old for the server.
    UpdateNeeded,
    /// Somebody has barred the device.
    DeviceBarred,
}

/// Why the phone could not store something. What was not stored has not been counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreTrouble {
    /// The browser keeps nothing, as in some private windows.
    Unavailable,
    /// A newer build has used the storage; this page is too old for it.
    Newer,
    /// The phone is full.
    Full,
    /// Anything else.
    Failed,
}

/// The phone as pages see it.
#[derive(Debug, Clone, Copy)]
pub struct Device {
    /// How much is unsent.
    pub outbox: RwSignal<OutboxSummary>,
    /// Why the queue does not move, if it does not.
    pub sending: RwSignal<Option<SendTrouble>>,
    /// Why the last event could not be stored; gone once one could be.
    pub storing: RwSignal<Option<StoreTrouble>>,
    /// Whether the browser has thrown away what was stored here, and the person does not know yet.
    pub has_lost: RwSignal<bool>,
    /// Counts up whenever an event was parked, sent again or withdrawn: what stands has changed.
    pub n_changes: RwSignal<u32>,
    /// The device's clock in milliseconds, moving on every few seconds; 0 on the server.
    pub now_ms: RwSignal<i64>,
}

impl Device {
    /// Events of the present person that are only on this phone, refused ones included.
    #[must_use]
    pub fn n_unsent(self) -> u32 {
        let outbox = self.outbox.get();
        outbox.n_pending + outbox.n_parked
    }

    /// Age of the oldest unsent event in whole minutes.
    #[must_use]
    pub fn oldest_min(self) -> Option<i64> {
        let stored_at = self.outbox.get().oldest_stored_at?;
        Some((self.now_ms.get() - stored_at).max(0) / domain::instant::MINUTE_MS)
    }
}

/// Starts keeping and sending. Call once, where the application begins.
pub fn provide_device() {
    let device = Device {
        outbox: RwSignal::default(),
        sending: RwSignal::new(None),
        storing: RwSignal::new(None),
        has_lost: RwSignal::new(false),
        n_changes: RwSignal::new(0),
        now_ms: RwSignal::new(0),
    };
    provide_context(device);
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| outbox::start(device));
}

/// The phone.
///
/// # Panics
/// When [`provide_device`] was not called above, which the application does first.
#[must_use]
pub fn use_device() -> Device {
    expect_context()
}

/// The person has read that the browser threw away what was stored here.
pub fn know_of_loss(device: Device) {
    device.has_lost.set(false);
    #[cfg(feature = "hydrate")]
    leptos::task::spawn_local(recorder::know_of_loss());
}

/// Writes down what somebody did in a store; it goes up by itself. `kept` is told once it is on this device's disk, or
/// why it is not. Nothing happens on the server.
pub fn record(
    device: Device,
    store: StoreCode,
    person: PersonId,
    body: EventBody,
    kept: impl FnOnce(Result<(), StoreTrouble>) + 'static,
) {
    #[cfg(feature = "hydrate")]
    leptos::task::spawn_local(async move { kept(record_now(device, store, person, body).await) });
    #[cfg(not(feature = "hydrate"))]
    let _ = (device, store, person, body, kept);
}

#[cfg(feature = "hydrate")]
async fn record_now(device: Device, store: StoreCode, person: PersonId, body: EventBody) -> Result<(), StoreTrouble> {
    let recorder = recorder::Recorder::new(device, store, person).await?;
    let event = recorder.event(body, recorder::clock_offset_ms().await);
    recorder.keep(event).await.map(|_| ())
}

/// Why the server refused what this person did about alarms; empty on the server.
pub async fn refused_cases() -> Vec<Refusal> {
    #[cfg(feature = "hydrate")]
    {
        let is_case = |event: &EventBody| matches!(event, EventBody::CaseTaken { .. } | EventBody::CaseClosed { .. });
        let parked = parked().await.unwrap_or_default();
        parked.into_iter().filter(|parked| is_case(&parked.event.body)).map(|parked| parked.reason).collect()
    }
    #[cfg(not(feature = "hydrate"))]
    Vec::new()
}

#[cfg(feature = "hydrate")]
pub(crate) use fate::{Fate, KeptState, put_away, watch_fate};
#[cfg(feature = "hydrate")]
pub(crate) use outbox::{kick, parked, retry, withdraw};
