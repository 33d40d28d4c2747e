//! What has become of a single event that this phone recorded.

use super::{Device, StoreTrouble, glue};
use domain::accept::Refusal;
use domain::id::EventId;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;

/// Where an event stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It waits on this phone.
    Waiting,
    /// The ledger has it.
    InLedger,
    /// The server refused it, and nobody has dealt with it.
    Refused(Refusal),
    /// It was refused and put away.
    PutAway,
}

/// As the phone's storage tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptState {
    /// To be sent.
    Pending,
    /// In the ledger.
    Accepted,
    /// Refused.
    Parked,
    /// Refused and put away.
    Withdrawn,
}

#[derive(Deserialize)]
struct Record {
    seq: u64,
    state: KeptState,
    reason: Option<Refusal>,
}

impl Record {
    fn fate(self) -> Fate {
        match (self.state, self.reason) {
            (KeptState::Pending, _) => Fate::Waiting,
            (KeptState::Accepted, _) => Fate::InLedger,
            (KeptState::Parked, Some(why)) => Fate::Refused(why),
            (KeptState::Parked, None) => Fate::Refused(Refusal::Malformed { detail: "?".to_owned() }),
            (KeptState::Withdrawn, _) => Fate::PutAway,
        }
    }
}

async fn record_of(id: EventId) -> Result<Option<Record>, StoreTrouble> {
    let json = glue::state_of(&id.to_string()).await?;
    json.map(|json| serde_json::from_str(&json).map_err(|_| StoreTrouble::Failed)).transpose()
}

/// An event's fate, from now until the page goes.
pub fn watch_fate(device: Device, id: EventId) -> RwSignal<Fate> {
    let fate = RwSignal::new(Fate::Waiting);
    Effect::new(move |_| {
        device.outbox.track();
        device.n_changes.track();
        device.sending.track();
        spawn_local(async move {
            let Ok(Some(record)) = record_of(id).await else { return };
            let now = record.fate();
            if fate.try_get_untracked().is_some_and(|before| before != now) {
                fate.set(now);
            }
        });
    });
    fate
}

/// Puts a refused event away: the person has seen why.
pub fn put_away(id: EventId) {
    spawn_local(async move {
        if let Ok(Some(record)) = record_of(id).await {
            super::withdraw(record.seq);
        }
    });
}
