//! What phones deliver, and every way it can be wrong.

use crate::support::{NOW, PASSWORD, STOCKTAKE, TestServer, counted, device, event, opened};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use domain::instant::DAY_MS;
use serde_json::{Value, json};

/// `accepted`, `duplicate`, or why not.
fn outcomes(json: &Value) -> Vec<String> {
    let answers = json["answers"].as_array().unwrap_or_else(|| panic!("no answers in {json}"));
    answers
        .iter()
        .map(|answer| match answer["outcome"]["is"].as_str() {
            Some("refused") => answer["outcome"]["why"]["code"].as_str().unwrap_or("?").to_owned(),
            other => other.unwrap_or("?").to_owned(),
        })
        .collect()
}

#[tokio::test]
async fn events_are_taken_once_however_often_they_come() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    let events = [event(1, &opened()), event(2, &counted(3))];
    let reply = clerk.sync(1, &events).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.json);
    assert_eq!(outcomes(&reply.json), ["accepted", "accepted"]);
    assert_eq!(reply.json["answers"][1], json!({ "id": events[1]["id"], "outcome": { "is": "accepted", "seq": 2 } }));
    assert_eq!((&reply.json["protocol"], &reply.json["now"]), (&json!(1), &json!(NOW)));
    assert_eq!(reply.json["heads"][0]["head"]["seq"], 2);
    let again = clerk.sync(1, &events).await;
    assert_eq!(outcomes(&again.json), ["duplicate", "duplicate"]);
    assert_eq!(again.json["answers"][1]["outcome"]["seq"], 2);
}

/// Event 3 onwards is the bad one; the two before it open the stocktake and the one after it is good.
async fn check(bad: Value, expected: &str) {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    let reply = clerk.sync(1, &[event(1, &opened()), event(2, &counted(1)), bad.clone(), event(9, &counted(2))]).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.json);
    assert_eq!(outcomes(&reply.json), ["accepted", "accepted", expected, "accepted"], "{bad}");
}

/// A count with one field of its body changed.
fn with(field: &str, value: Value) -> Value {
    let mut body = counted(1);
    body["counted"][field] = value;
    event(3, &body)
}

/// A count with one field of the event changed.
fn about(field: &str, value: Value) -> Value {
    let mut event = event(3, &counted(1));
    event[field] = value;
    event
}

#[tokio::test]
async fn a_forged_shelf_is_refused() {
    check(with("proof", json!({ "scanned": "AAAAAAAAAAAAAAAAAAAAAAAAAA" })), "forged_shelf").await;
}

#[tokio::test]
async fn a_shelf_of_another_store_is_refused() {
    let server = TestServer::start().await;
    let foreign = server.state.keys.shelf_key.sign(&"S002".parse().expect("valid"), &"A-01".parse().expect("valid"));
    check(with("proof", json!({ "scanned": foreign.signature })), "forged_shelf").await;
    check(with("shelf", json!("Z-99")), "unknown_shelf").await;
}

#[tokio::test]
async fn a_genuine_shelf_is_taken() {
    let server = TestServer::start().await;
    let tag = server.state.keys.shelf_key.sign(&"S001".parse().expect("valid"), &"A-01".parse().expect("valid"));
    check(with("proof", json!({ "scanned": tag.signature })), "accepted").await;
}

#[tokio::test]
async fn an_unknown_item_is_refused_but_an_unknown_code_is_kept() {
    check(with("item", json!({ "known": "999999" })), "unknown_sku").await;
    check(with("item", json!({ "unknown": { "code": "6901234567890", "name": null } })), "accepted").await;
    check(with("item", json!({ "unknown": { "code": " ", "name": null } })), "bad_text").await;
}

#[tokio::test]
async fn absurd_quantities_are_refused() {
    check(with("units", json!(1_000_001)), "bad_units").await;
    check(with("units", json!(-1_000_001)), "bad_units").await;
    check(with("units", json!(1.5)), "malformed").await;
    check(with("units", json!("many")), "malformed").await;
    check(with("units", json!(0)), "accepted").await;
}

#[tokio::test]
async fn only_what_is_typed_over_a_count_takes_pieces_off() {
    let typed = |units: i64| {
        let mut event = with("units", json!(units));
        event["body"]["counted"]["method"] = json!("keypad");
        event
    };
    check(typed(-1), "accepted").await;
    check(typed(-1_000_001), "bad_units").await;
    for method in ["camera", "photo", "hardware_scanner", "typed_code"] {
        let mut scanned = with("units", json!(-1));
        scanned["body"]["counted"]["method"] = json!(method);
        check(scanned, "bad_units").await;
    }
}

#[tokio::test]
async fn the_first_and_the_last_moment_there_are_stop_nothing() {
    for (at, code) in [(i64::MIN, "too_old"), (i64::MIN + 1, "too_old"), (i64::MAX, "from_the_future")] {
        check(about("effective_at", json!(at)), code).await;
    }
}

#[tokio::test]
async fn the_future_and_last_year_are_refused() {
    check(about("effective_at", json!(NOW.unix_ms() + 2 * DAY_MS)), "from_the_future").await;
    check(about("effective_at", json!(NOW.unix_ms() - 365 * DAY_MS)), "too_old").await;
    check(about("effective_at", json!(NOW.unix_ms() + 3_600_000)), "accepted").await;
}

#[tokio::test]
async fn another_store_and_another_person_are_refused() {
    check(about("store", json!("S002")), "not_allowed").await;
    check(about("store", json!("S777")), "unknown_store").await;
    check(about("person", json!("P-MANAGER")), "other_person").await;
}

#[tokio::test]
async fn the_same_id_with_other_content_is_refused() {
    let mut reused = event(2, &counted(7));
    reused["device_seq"] = json!(3);
    check(reused, "id_reused").await;
}

#[tokio::test]
async fn what_is_no_event_is_refused_by_itself() {
    check(json!("<html>"), "malformed").await;
    check(json!({ "id": "not-a-ulid" }), "malformed").await;
    check(about("device", json!(device(2))), "malformed").await;
    for number in [json!(0), json!((1_u64 << 53) + 1), json!(u64::MAX), json!(-1), json!("3")] {
        check(about("device_seq", number), "malformed").await;
    }
    check(about("device_seq", json!(1_u64 << 53)), "accepted").await;
    check(about("body", json!({ "teleported": {} })), "malformed").await;
    check(about("effective_at", Value::Null), "malformed").await;
}

#[tokio::test]
async fn counts_need_their_stocktake() {
    check(with("stocktake", json!("S001-20261121")), "stocktake_unknown").await;
    check(with("stocktake", json!("S002-20261122")), "stocktake_of_other_store").await;
    check(
        event(3, &json!({ "count_undone": { "stocktake": STOCKTAKE, "cites": event(8, &opened())["id"] } })),
        "nothing_to_undo",
    )
    .await;
}

#[tokio::test]
async fn a_batch_too_large_is_told_so() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    let many: Vec<Value> = (1..=501).map(|n| event(n, &counted(1))).collect();
    let reply = clerk.sync(1, &many).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
    let huge = format!("{{\"protocol\": 1, \"app\": \"{}\"}}", "x".repeat(1 << 20));
    let reply = clerk.post_text("/api/v1/sync", "application/json", huge.clone()).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
    let announced = clerk.request(Method::POST, "/api/v1/sync").header("sec-fetch-site", "same-origin");
    let announced = announced.header("content-length", huge.len()).body(Body::from(huge)).expect("a request");
    let reply = clerk.send(announced).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::PAYLOAD_TOO_LARGE, "too_large"));
}

#[tokio::test]
async fn malformed_json_is_told_so() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    for body in
        ["", "{", "<html><body>Welcome to the hotel</body></html>", "{\"protocol\": \"one\"}", "{\"protocol\": 1}"]
    {
        let reply = clerk.post_text("/api/v1/sync", "application/json", body.to_owned()).await;
        assert_eq!((reply.status, reply.code()), (StatusCode::BAD_REQUEST, "malformed"), "{body}");
    }
}

#[tokio::test]
async fn another_protocol_asks_for_an_update() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    let reply = clerk.post("/api/v1/sync", &json!({ "protocol": 2, "bundle": [] })).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::UPGRADE_REQUIRED, "update_needed"));
    assert_eq!(reply.json["protocol_max"], 1);
}

#[tokio::test]
async fn an_expired_sign_in_loses_nothing() {
    let server = TestServer::start().await;
    let mut clerk = server.signed_in("clerk").await;
    let events = [event(1, &opened()), event(2, &counted(3))];
    server.clock.advance_ms(13 * 3_600_000);
    let reply = clerk.sync(1, &events).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::UNAUTHORIZED, "sign_in_needed"));
    clerk.sign_in("clerk", PASSWORD).await;
    assert_eq!(outcomes(&clerk.sync(1, &events).await.json), ["accepted", "accepted"]);
}

#[tokio::test]
async fn a_device_that_never_stops_waits_and_the_others_do_not() {
    let config = server::config::Config { sync_per_device_per_s: 1, ..Default::default() };
    let server = TestServer::start_with(config).await;
    let clerk = server.signed_in("clerk").await;
    for _ in 0..2 {
        assert_eq!(clerk.sync(1, &[]).await.status, StatusCode::OK);
    }
    let reply = clerk.sync(1, &[]).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::TOO_MANY_REQUESTS, "too_many_attempts"));
    assert_eq!(clerk.sync(2, &[]).await.status, StatusCode::OK);
}
