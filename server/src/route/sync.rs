//! Where phones deliver what they recorded.

use crate::access::Asker;
use crate::error::ApiError;
use crate::ledger::heads::is_signed;
use crate::route::{BODY_MAX_TEXT, read_body};
use crate::state::AppState;
use crate::store::device::DeviceReport;
use axum::extract::{Request, State};
use axum::{Extension, Json};
use domain::accept::Refusal;
use domain::device::{DEVICE_SEQ_MAX, is_device_seq};
use domain::event::DeviceEvent;
use domain::id::{DeviceId, EventId, StoreCode};
use domain::photo::PhotoId;
use domain::policy::{Scope, Viewer};
use domain::sync::{Answer, BATCH_MAX, Outcome, PROTOCOL, PROTOCOL_MIN, SyncRequest, SyncResponse};
use serde::Deserialize;
use serde_json::Value;

/// Longest explanation of an unreadable event, in characters.
const DETAIL_MAX_CHARS: usize = 200;
/// Longest name of a build that is kept, in characters.
const APP_MAX_CHARS: usize = 64;

/// Takes a batch: every event is judged by itself and answered in its place. What is accepted is on disk before the
/// answer leaves.
pub async fn sync(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    request: Request,
) -> Result<Json<SyncResponse>, ApiError> {
    let viewer = asker.viewer()?.clone();
    let request = read_batch(&read_body(request, &state, BODY_MAX_TEXT).await?)?;
    state.sync_limit.take(&request.device.to_string()).map_err(ApiError::TooOften)?;

    if state.devices.is_barred(request.device) {
        return Err(ApiError::DeviceBarred);
    }
    state.ledger.check_witnessed(&request.witnessed).await.map_err(ApiError::unavailable)?;

    let mut answers = Vec::with_capacity(request.events.len());
    let (mut places, mut events) = (Vec::new(), Vec::new());
    // Numbers that the device gave, also to what cannot be read: what was refused is not missing.
    let numbers: Vec<(Option<u64>, Option<StoreCode>)> = request.events.iter().map(number_and_store).collect();
    for (place, value) in request.events.into_iter().enumerate() {
        match read_event(value, request.device) {
            Ok(event) => {
                places.push(place);
                // Replaced by the ledger's answer below.
                answers.push(None);
                events.push(event);
            }
            Err(answer) => answers.push(Some(answer)),
        }
    }
    metrics::counter!("shelftrace_sync_events_total").increment(answers.len() as u64);
    let named: Vec<PhotoId> = events.iter().flat_map(|event| event.body.photos()).copied().collect();
    state.photos.look_up(&named).await;
    let appended = state.ledger.append(viewer.clone(), events).await.map_err(ApiError::unavailable)?;
    for (place, answer) in places.into_iter().zip(appended.answers) {
        answers[place] = Some(answer);
    }
    let n_sent = answers.len();
    let answers: Vec<Answer> = answers.into_iter().flatten().collect();
    if answers.len() != n_sent {
        return Err(ApiError::unavailable("the ledger answered fewer events than it was given"));
    }
    let report = store_of(&viewer, &numbers, &answers).map(|store| DeviceReport {
        store,
        person: viewer.id.clone(),
        app: request.app.chars().take(APP_MAX_CHARS).collect(),
        seen_at: state.clock.now(),
        // What was answered is not waiting any more: it is in the ledger, or parked for a person to decide.
        n_unsent: request.n_unsent.saturating_sub(u32::try_from(answers.len()).unwrap_or(u32::MAX)),
    });
    let is_refused = |answer: &Answer| matches!(answer.outcome, Outcome::Refused { .. });
    let refused = numbers.iter().zip(&answers).filter(|(_, answer)| is_refused(answer)).filter_map(|((n, _), _)| *n);
    let key = state.keys.head_key.verifying_key();
    let witnessed = request.witnessed.into_iter().filter(|head| is_signed(head, &key)).collect();
    state.devices.note(request.device, report, refused, witnessed);
    Ok(Json(SyncResponse { protocol: PROTOCOL, now: state.clock.now(), answers, heads: appended.heads }))
}

fn number_and_store(event: &Value) -> (Option<u64>, Option<StoreCode>) {
    let store = event.get("store").and_then(Value::as_str).and_then(|text| StoreCode::parse(text).ok());
    (event.get("device_seq").and_then(Value::as_u64).filter(|n| is_device_seq(*n)), store)
}

/// Where the device is used: the store of the last event that was taken, else where its person works.
fn store_of(viewer: &Viewer, numbers: &[(Option<u64>, Option<StoreCode>)], answers: &[Answer]) -> Option<StoreCode> {
    let is_taken = |answer: &Answer| matches!(answer.outcome, Outcome::Accepted { .. } | Outcome::Duplicate { .. });
    let taken = numbers.iter().zip(answers).rev().find(|(_, answer)| is_taken(answer));
    taken.and_then(|((_, store), _)| store.clone()).or_else(|| match &viewer.scope {
        Scope::Store(store) => Some(store.clone()),
        Scope::Region(_) | Scope::Chain => None,
    })
}

fn read_batch(bytes: &[u8]) -> Result<SyncRequest<Value>, ApiError> {
    #[derive(Deserialize)]
    struct Version {
        protocol: u16,
    }
    let malformed = |error: serde_json::Error| ApiError::Malformed(error.to_string());
    // The version first: a newer app may send what this one cannot read.
    let version: Version = serde_json::from_slice(bytes).map_err(malformed)?;
    if !(PROTOCOL_MIN..=PROTOCOL).contains(&version.protocol) {
        return Err(ApiError::UpdateNeeded);
    }
    let request: SyncRequest<Value> = serde_json::from_slice(bytes).map_err(malformed)?;
    if request.events.len() > BATCH_MAX {
        return Err(ApiError::TooLarge { most: "500 events" });
    }
    Ok(request)
}

/// The event, or the answer to what is none.
fn read_event(value: Value, device: DeviceId) -> Result<DeviceEvent, Answer> {
    let id = value.get("id").and_then(Value::as_str).and_then(|text| EventId::parse(text).ok());
    let refuse = |detail: String| {
        let detail = detail.chars().take(DETAIL_MAX_CHARS).collect();
        Answer { id, outcome: Outcome::Refused { why: Refusal::Malformed { detail } } }
    };
    let event: DeviceEvent = serde_json::from_value(value).map_err(|error| refuse(error.to_string()))?;
    if event.device != device {
        return Err(refuse("recorded by another device than sends it".to_owned()));
    }
    // Asked here, of what devices send: what people do on this server's own pages and in chats has no number.
    if !is_device_seq(event.device_seq) {
        return Err(refuse(format!("device_seq must be 1 to {DEVICE_SEQ_MAX}")));
    }
    Ok(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_protocol_is_told_so_whatever_else_it_says() {
        let newer = format!("{{\"protocol\": {}, \"bundle\": []}}", PROTOCOL + 1);
        assert!(matches!(read_batch(newer.as_bytes()), Err(ApiError::UpdateNeeded)));
        assert!(matches!(read_batch(b"<html>"), Err(ApiError::Malformed(_))));
    }

    #[test]
    fn an_unreadable_event_keeps_its_name() {
        let id = EventId::from_parts(1, 2);
        let answer = read_event(serde_json::json!({ "id": id.to_string(), "units": 1 }), DeviceId::MIN);
        assert_eq!(answer.expect_err("no event").id, Some(id));
        assert_eq!(read_event(Value::Null, DeviceId::MIN).expect_err("no event").id, None);
    }
}
