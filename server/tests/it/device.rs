//! Devices: what is missing of their numbers, and who may send.

use crate::support::{Browser, TestServer, counted, device, event, opened};
use axum::http::StatusCode;
use domain::case::GAP_PATIENCE_MS;
use serde_json::{Value, json};

async fn devices(browser: &Browser) -> Vec<Value> {
    let page = browser.get("/api/v1/devices").await.json;
    page["devices"].as_array().unwrap_or_else(|| panic!("no devices in {page}")).clone()
}

/// Waits until the follower has indexed the store's events up to `seq`.
async fn indexed(server: &TestServer, seq: u64) {
    let store = "S001".parse().expect("valid");
    while server::trace::index::indexed_to(&server.state.db, &store).await.expect("reads") < seq {
        let _ = server::trace::index::index_some(&server.state.db, &store).await;
    }
}

async fn gaps(server: &TestServer, browser: &Browser, seq: u64) -> Vec<(u64, u64)> {
    indexed(server, seq).await;
    let devices = devices(browser).await;
    let gaps = devices[0]["gaps"].as_array().expect("gaps").iter();
    gaps.map(|gap| (gap["first"].as_u64().unwrap_or(0), gap["last"].as_u64().unwrap_or(0))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_is_shown_and_closes_when_the_missing_event_arrives() {
    let server = TestServer::start().await;
    let (clerk, manager) = (server.signed_in("clerk").await, server.signed_in("manager").await);
    clerk.sync(1, &[event(1, &opened()), event(2, &counted(1)), event(5, &counted(1))]).await;
    assert_eq!(gaps(&server, &manager, 3).await, [(3, 4)]);
    // A gap that lasts is an alarm.
    let cases = manager.get("/api/v1/cases").await.json;
    assert_eq!(cases["cases"], json!([]), "it may close by itself: {cases}");
    server.clock.advance_ms(GAP_PATIENCE_MS);
    let cases = manager.get("/api/v1/cases").await.json;
    assert_eq!(cases["cases"][0]["case"]["flag"], "sequence_gap");
    assert_eq!(cases["cases"][0]["case"]["seq"], 3);

    clerk.sync(1, &[event(3, &counted(1))]).await;
    assert_eq!(gaps(&server, &manager, 4).await, [(4, 4)]);
    clerk.sync(1, &[event(4, &counted(1))]).await;
    assert_eq!(gaps(&server, &manager, 5).await, []);
    assert_eq!(manager.get("/api/v1/cases").await.json["cases"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_is_not_missing() {
    let server = TestServer::start().await;
    let (clerk, manager) = (server.signed_in("clerk").await, server.signed_in("manager").await);
    let mut forged = event(2, &counted(1));
    forged["body"]["counted"]["shelf"] = json!("Z-99");
    let unreadable = json!({ "device_seq": 3, "store": "S001" });
    clerk.sync(1, &[event(1, &opened()), forged, unreadable, event(4, &counted(1))]).await;
    assert_eq!(gaps(&server, &manager, 2).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_no_device_gives_stop_nothing() {
    let server = TestServer::start().await;
    let (clerk, manager) = (server.signed_in("clerk").await, server.signed_in("manager").await);
    let mut events = vec![event(1, &opened())];
    for number in [0, (1_u64 << 53) + 1, i64::MAX.unsigned_abs() + 1, u64::MAX] {
        let mut absurd = event(2, &counted(1));
        absurd["device_seq"] = json!(number);
        events.extend([absurd, json!({ "device_seq": number, "store": "S001" })]);
    }
    assert_eq!(clerk.sync(1, &events).await.status, StatusCode::OK);
    server.state.devices.flush().await.expect("writes what was told");
    assert_eq!(gaps(&server, &manager, 1).await, []);
    assert_eq!(devices(&manager).await[0]["last_seq"], 1);
    // The greatest number a phone can count to leaves a gap, not a fault.
    let mut greatest = event(3, &counted(1));
    greatest["device_seq"] = json!(1_u64 << 53);
    clerk.sync(1, &[greatest]).await;
    assert_eq!(gaps(&server, &manager, 2).await, [(2, (1 << 53) - 1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_tells_who_uses_the_device_and_what_it_keeps() {
    let server = TestServer::start().await;
    let (clerk, manager) = (server.signed_in("clerk").await, server.signed_in("manager").await);
    let body = json!({
        "protocol": 1, "device": device(1), "app": "build-7", "n_unsent": 12, "events": [event(1, &opened())],
    });
    clerk.post("/api/v1/sync", &body).await;
    let listed = devices(&manager).await;
    assert_eq!(listed.len(), 1);
    let row = &listed[0];
    assert_eq!((&row["app"], &row["n_unsent"], &row["person"]), (&json!("build-7"), &json!(11), &json!("P-CLERK")));
    assert_eq!((&row["store"], &row["seen_at"]), (&json!("S001"), &json!(server.clock.now())));
    assert_eq!(row["may_manage"], true);
    assert_eq!(devices(&server.signed_in("regional").await).await[0]["may_manage"], false);
    assert_eq!(manager.get("/api/v1/devices?store=S002").await.code(), "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_barred_device_keeps_its_queue_until_it_is_let_in_again() {
    let server = TestServer::start().await;
    let (clerk, manager) = (server.signed_in("clerk").await, server.signed_in("manager").await);
    clerk.sync(1, &[event(1, &opened())]).await;
    let path = |what: &str| format!("/api/v1/devices/{}/{what}", device(1));
    for login in ["clerk", "regional", "auditor"] {
        assert_eq!(server.signed_in(login).await.post(&path("bar"), &json!({})).await.code(), "forbidden", "{login}");
    }
    assert_eq!(manager.post(&path("bar"), &json!({})).await.status, StatusCode::OK);
    let refused = clerk.sync(1, &[event(2, &counted(1))]).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::LOCKED, "device_barred"));
    assert!(refused.json["message"].as_str().is_some_and(|text| text.contains("nothing on it is lost")));
    assert_eq!(clerk.sync(2, &[]).await.status, StatusCode::OK, "another device is not");
    let barred: Vec<Value> = devices(&manager).await.into_iter().filter(|row| !row["barred"].is_null()).collect();
    assert_eq!(barred.len(), 1);
    assert_eq!((&barred[0]["device"], &barred[0]["barred"]["by"]), (&json!(device(1)), &json!("P-MANAGER")));
    assert_eq!(manager.post(&path("admit"), &json!({})).await.status, StatusCode::OK);
    let taken = clerk.sync(1, &[event(2, &counted(1))]).await;
    assert_eq!(taken.json["answers"][0]["outcome"]["is"], "accepted");
    assert_eq!(manager.post("/api/v1/devices/nothing/bar", &json!({})).await.code(), "not_found");
}
