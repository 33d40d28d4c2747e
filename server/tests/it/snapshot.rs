//! What a phone takes along.

use crate::support::{TestServer, counted, event, opened};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::Value;

/// Every field name in a JSON value.
fn names(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                found.push(name.clone());
                names(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| names(value, found)),
        _ => {}
    }
}

#[tokio::test]
async fn counting_is_blind_for_everybody_who_counts() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    clerk.sync(1, &[event(1, &opened()), event(2, &counted(3))]).await;
    for login in ["clerk", "manager"] {
        let snapshot = server.signed_in(login).await.get("/api/v1/snapshot?store=S001").await;
        assert_eq!(snapshot.status, StatusCode::OK);
        let mut found = Vec::new();
        names(&snapshot.json, &mut found);
        for secret in ["expected", "on_hand", "stock", "variance", "units"] {
            assert!(
                !found.iter().any(|name| name.contains(secret) && name != "stocktakes"),
                "{secret} for {login}: {found:?}"
            );
        }
        assert_eq!(snapshot.json["products"].as_array().map(Vec::len), Some(3));
        assert_eq!(snapshot.json["stocktakes"][0]["id"], "S001-20261122");
    }
}

#[tokio::test]
async fn shelves_carry_their_signatures() {
    let server = TestServer::start().await;
    let snapshot = server.signed_in("clerk").await.get("/api/v1/snapshot").await.json;
    let tag = server.state.keys.shelf_key.sign(&"S001".parse().expect("valid"), &"A-01".parse().expect("valid"));
    assert_eq!(snapshot["shelves"][0]["code"], "A-01");
    assert_eq!(snapshot["shelves"][0]["signature"], tag.signature);
}

#[tokio::test]
async fn an_unchanged_snapshot_is_not_sent_again() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    let tag = clerk.get("/api/v1/snapshot").await.headers[header::ETAG].clone();
    server.clock.advance_ms(60_000);
    let ask = || clerk.request(Method::GET, "/api/v1/snapshot").header(header::IF_NONE_MATCH, tag.clone());
    let reply = clerk.send(ask().body(Body::empty()).expect("a request")).await;
    assert_eq!(reply.status, StatusCode::NOT_MODIFIED);
    clerk.sync(1, &[event(1, &opened())]).await;
    let reply = clerk.send(ask().body(Body::empty()).expect("a request")).await;
    assert_eq!(reply.status, StatusCode::OK);
}
