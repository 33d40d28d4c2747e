//! What managers read: boards, stock, events, the live feed.

use crate::support::{TestServer, counted, event, opened};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use futures::StreamExt;
use serde_json::Value;
use tower::ServiceExt;

fn stores(board: &Value) -> Vec<&str> {
    let rows = board["stores"].as_array().expect("a board");
    rows.iter().map(|row| row["store"].as_str().expect("a code")).collect()
}

#[tokio::test]
async fn each_viewer_sees_the_stores_of_their_scope() {
    let server = TestServer::start().await;
    for (login, expected) in [
        ("manager", vec!["S001"]),
        ("regional", vec!["S001", "S002"]),
        ("hq", vec!["S001", "S002", "S009"]),
        ("auditor", vec!["S001", "S002", "S009"]),
    ] {
        let board = server.signed_in(login).await.get("/api/v1/board").await.json;
        assert_eq!(stores(&board), expected, "{login}");
    }
}

#[tokio::test]
async fn a_scan_shows_on_the_plan_and_in_the_trace() {
    let server = TestServer::start().await;
    server.signed_in("clerk").await.sync(1, &[event(1, &opened()), event(2, &counted(3))]).await;
    let manager = server.signed_in("manager").await;
    let plan = manager.get("/api/v1/board/S001").await.json;
    assert_eq!(plan["row"]["seq"], 2, "{plan}");
    assert_eq!(plan["shelves"][0]["cell"]["count"]["n_counted"], 1);
    assert_eq!(plan["traces"][0]["person_name"], "clerk 某");
    let shelf = manager.get("/api/v1/board/S001/A-01").await.json;
    assert_eq!(shelf["lines"][0]["counted_units"], 3, "{shelf}");
    assert_eq!(manager.get("/api/v1/board/S001/Z-99").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn events_come_in_pages_newest_first() {
    let server = TestServer::start().await;
    let mut events = vec![event(1, &opened())];
    events.extend((2..=7).map(|n| event(n, &counted(1))));
    server.signed_in("clerk").await.sync(1, &events).await;
    let auditor = server.signed_in("auditor").await;
    let mut seen = Vec::new();
    let mut before = String::new();
    loop {
        let page = auditor.get(&format!("/api/v1/events?store=S001&limit=3{before}")).await.json;
        let events = page["events"].as_array().expect("a page");
        seen.extend(events.iter().filter_map(|event| event["seq"].as_u64()));
        match page["next_before"].as_u64() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
}

#[tokio::test]
async fn stock_is_told_line_by_line() {
    let server = TestServer::start().await;
    let manager = server.signed_in("manager").await;
    let mut moved = event(
        1,
        &serde_json::json!({ "moved": { "kind": "receipt", "document": "PO-1", "legs": [
        { "place": { "shelf": "A-01" }, "sku": "100001", "units": 12 },
        { "place": "supplier", "sku": "100001", "units": -12 },
    ] } }),
    );
    moved["person"] = "P-MANAGER".into();
    let reply = manager.sync(1, &[moved]).await;
    assert_eq!(reply.json["answers"][0]["outcome"]["is"], "accepted", "{}", reply.json);
    let stock = manager.get("/api/v1/stock?store=S001&shelf=A-01").await.json;
    assert_eq!(stock["lines"][0]["units"], 12, "{stock}");
    assert_eq!(stock["lines"][0]["sku"], "100001");
}

/// Reads messages of a live feed until one has the name.
async fn wait_for(feed: &mut axum::body::BodyDataStream, name: &str) -> (String, Value) {
    let mut text = String::new();
    loop {
        let chunk = feed.next().await.expect("the feed goes on").expect("no error");
        text.push_str(std::str::from_utf8(&chunk).expect("UTF-8"));
        while let Some((message, rest)) = text.split_once("\n\n") {
            let field = |key: &str| message.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
            let found = (field("event:") == Some(name)).then(|| {
                let data = field("data:").and_then(|data| serde_json::from_str(data).ok());
                (field("id:").unwrap_or_default().to_owned(), data.unwrap_or(Value::Null))
            });
            if let Some(found) = found {
                return found;
            }
            text = rest.to_owned();
        }
    }
}

#[tokio::test]
async fn the_feed_starts_with_a_board_and_resumes_without_one() {
    let server = TestServer::start().await;
    let (clerk, hq) = (server.signed_in("clerk").await, server.signed_in("hq").await);
    let open = async |last_id: Option<&str>| {
        let request = hq.request(Method::GET, "/api/v1/live");
        let request = match last_id {
            Some(id) => request.header("last-event-id", id),
            None => request,
        };
        let request = request.body(Body::empty()).expect("a request");
        let response = server.router.clone().oneshot(request).await.expect("answers");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        response.into_body().into_data_stream()
    };
    let mut feed = open(None).await;
    let (id, board) = wait_for(&mut feed, "board").await;
    assert_eq!(stores(&board), ["S001", "S002", "S009"]);
    clerk.sync(1, &[event(1, &opened()), event(2, &counted(3))]).await;
    let (_, update) = wait_for(&mut feed, "store").await;
    assert_eq!((&update["row"]["store"], &update["row"]["seq"]), (&"S001".into(), &2.into()));
    drop(feed);
    let mut resumed = open(Some(&id)).await;
    let (_, missed) = wait_for(&mut resumed, "store").await;
    assert_eq!(missed["row"]["seq"], 2);
}

#[tokio::test]
async fn the_feed_ends_when_the_viewer_is_signed_out() {
    let server = TestServer::start().await;
    let hq = server.signed_in("hq").await;
    let request = hq.request(Method::GET, "/api/v1/live").body(Body::empty()).expect("a request");
    let response = server.router.clone().oneshot(request).await.expect("answers");
    let mut feed = response.into_body().into_data_stream();
    wait_for(&mut feed, "board").await;
    hq.post("/api/v1/sign-out-everywhere", &Value::Null).await;
    while let Some(message) = feed.next().await {
        message.expect("no error");
    }
}
