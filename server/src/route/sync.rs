//! Where phones deliver what they recorded.

use crate::access::Asker;
use crate::error::ApiError;
use crate::route::{BODY_MAX_TEXT, read_body};
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::{Extension, Json};
use domain::accept::Refusal;
use domain::event::{DeviceEvent, EventBody};
use domain::id::{DeviceId, EventId};
use domain::photo::PhotoId;
use domain::sync::{Answer, BATCH_MAX, Outcome, PROTOCOL, PROTOCOL_MIN, SyncRequest, SyncResponse};
use serde::Deserialize;
use serde_json::Value;

/// Longest explanation of an unreadable event, in characters.
const DETAIL_MAX_CHARS: usize = 200;

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

    state.ledger.check_witnessed(&request.witnessed).await.map_err(ApiError::unavailable)?;

    let mut answers = Vec::with_capacity(request.events.len());
    let (mut places, mut events) = (Vec::new(), Vec::new());
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
    let named: Vec<PhotoId> = events.iter().flat_map(photos).copied().collect();
    state.photos.look_up(&named).await;
    let appended = state.ledger.append(viewer, events).await.map_err(ApiError::unavailable)?;
    for (place, answer) in places.into_iter().zip(appended.answers) {
        answers[place] = Some(answer);
    }
    let n_sent = answers.len();
    let answers: Vec<Answer> = answers.into_iter().flatten().collect();
    if answers.len() != n_sent {
        return Err(ApiError::unavailable("the ledger answered fewer events than it was given"));
    }
    Ok(Json(SyncResponse { protocol: PROTOCOL, now: state.clock.now(), answers, heads: appended.heads }))
}

/// The photos that an event names.
fn photos(event: &DeviceEvent) -> &[PhotoId] {
    match &event.body {
        EventBody::Moved(movement) => &movement.photos,
        _ => &[],
    }
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
    if event.device == device { Ok(event) } else { Err(refuse("recorded by another device than sends it".to_owned())) }
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
