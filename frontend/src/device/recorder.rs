//! Writes events down as they happen.

use super::glue;
use super::outbox::PERSON;
use super::{Device, StoreTrouble};
use crate::browser;
use domain::event::{DeviceEvent, EventBody};
use domain::geo::{Fix, NoFix};
use domain::id::{DeviceId, EventId, PersonId, StoreCode};
use domain::instant::Timestamp;
use leptos::prelude::*;

/// Under which this installation's id is kept.
const DEVICE_ID: &str = "device_id";
/// Under which server clock − device clock is kept, in milliseconds.
pub const CLOCK_OFFSET: &str = "clock_offset_ms";

/// Records one person's events in one store.
#[derive(Debug, Clone)]
pub struct Recorder {
    device: Device,
    id: DeviceId,
    store: StoreCode,
    person: PersonId,
    app: String,
}

/// This installation's id, made at its first use.
pub async fn device_id() -> Result<DeviceId, StoreTrouble> {
    let fresh = DeviceId::from_parts(now_unix_ms(), glue::random_u128());
    let kept = glue::meta_or_insert(DEVICE_ID, fresh.to_string()).await?;
    DeviceId::parse(&kept).map_err(|_| StoreTrouble::Failed)
}

/// A cookie with the installation's id: browsers throw cookies away apart from what pages store.
const DEVICE_COOKIE: &str = "device";

/// Whether the browser has thrown away what was stored here, unsent events perhaps among it: the installation had
/// another id. So until [`know_of_loss`].
pub async fn has_lost() -> bool {
    // Without storage nothing was lost; that is said where something is to be stored.
    let Ok(id) = device_id().await else { return false };
    match browser::cookie(DEVICE_COOKIE) {
        Some(before) => before != id.to_string(),
        None => {
            browser::set_cookie(DEVICE_COOKIE, &id.to_string());
            false
        }
    }
}

/// The person has read that something was lost.
pub async fn know_of_loss() {
    if let Ok(id) = device_id().await {
        browser::set_cookie(DEVICE_COOKIE, &id.to_string());
    }
}

fn now_unix_ms() -> u64 {
    js_sys::Date::now() as u64
}

/// The server's time as this phone believes it: its own clock and the offset it last measured.
pub async fn clock_offset_ms() -> i64 {
    let kept = glue::get_meta(CLOCK_OFFSET).await.ok().flatten();
    kept.and_then(|text| text.parse().ok()).unwrap_or(0)
}

impl Recorder {
    /// A recorder for a person who counts in a store.
    pub async fn new(device: Device, store: StoreCode, person: PersonId) -> Result<Self, StoreTrouble> {
        // Known from now on without the network: whose queue is shown, and sent first.
        glue::put_meta(PERSON, person.to_string()).await?;
        Ok(Self { device, id: device_id().await?, store, person, app: glue::build_id() })
    }

    /// Makes an event of what happened now.
    pub fn event(&self, body: EventBody, offset_ms: i64) -> DeviceEvent {
        let now_ms = now_unix_ms();
        let id = EventId::from_parts(now_ms, glue::random_u128());
        DeviceEvent {
            id,
            store: self.store.clone(),
            device: self.id,
            // The store numbers it, in the same transaction that keeps it.
            device_seq: 0,
            person: self.person.clone(),
            effective_at: Timestamp::from_unix_ms(now_ms as i64).plus_ms(offset_ms),
            fix: serde_json::from_str(&glue::last_fix()).unwrap_or(Fix::Missing { reason: NoFix::Unavailable }),
            app: self.app.clone(),
            body: body.named_by(id),
        }
    }

    /// Keeps an event. It is on the phone's disk when this returns it, not before.
    pub async fn keep(&self, mut event: DeviceEvent) -> Result<DeviceEvent, StoreTrouble> {
        let json = serde_json::to_string(&event).map_err(|_| StoreTrouble::Failed)?;
        let stocktake = event.body.stocktake().map_or("", |stocktake| stocktake.as_str());
        match glue::put_event(json, self.person.as_str(), stocktake).await {
            Ok(seq) => {
                event.device_seq = seq;
                self.device.storing.set(None);
                super::kick();
                Ok(event)
            }
            Err(trouble) => {
                self.device.storing.set(Some(trouble));
                Err(trouble)
            }
        }
    }
}
