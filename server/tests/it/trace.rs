//! Timelines: found by what they name, cut to who may see them, the same however the index was made.

use crate::support::{NOW, STOCKTAKE, TestServer, counted, device, event, opened};
use axum::http::StatusCode;
use domain::id::StoreCode;
use serde_json::{Value, json};
use server::trace::index::{index_hash, index_some, indexed_to, rebuild};

fn store() -> StoreCode {
    StoreCode::parse("S001").expect("valid")
}

fn moved(n: u64, sku: &str, units: i64, document: &str) -> Value {
    let mut moved = event(
        n,
        &json!({ "moved": {
        "kind": "receipt", "document": document,
        "legs": [{ "place": "supplier", "sku": sku, "units": -units }, { "place": { "shelf": "A-01" }, "sku": sku, "units": units }],
    } }),
    );
    moved["effective_at"] = json!(NOW.unix_ms() - 1_000_000 + i64::try_from(n).expect("small") * 1_000);
    moved
}

/// Numbers of the events on a page.
fn seqs(page: &Value) -> Vec<u64> {
    let steps = page["steps"].as_array().unwrap_or_else(|| panic!("no steps in {page}"));
    steps.iter().filter_map(|step| step["seq"].as_u64()).collect()
}

async fn indexed(server: &TestServer) {
    loop {
        let before = indexed_to(&server.state.db, &store()).await.expect("reads");
        let head = server.state.db.head(&store()).await.expect("reads").map_or(0, |signed| signed.head.seq);
        if before == head {
            return;
        }
        // The follower may be at it too: then one of the two gives way.
        let _ = index_some(&server.state.db, &store()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_found_by_each_thing_it_names_at_once_and_from_the_index() {
    let server = TestServer::start().await;
    let (clerk, manager) = (server.signed_in("clerk").await, server.signed_in("manager").await);
    let events =
        [event(1, &opened()), event(2, &counted(3)), moved(3, "100002", 5, "DN-7"), moved(4, "100003", 2, "DN-8")];
    assert_eq!(clerk.sync(1, &events).await.status, StatusCode::OK);
    for round in ["before the index", "after it"] {
        for (kind, key, expected) in [
            ("product", "100001", vec![2]),
            ("product", "100002", vec![3]),
            ("shelf", "A-01", vec![4, 3, 2]),
            ("person", "P-CLERK", vec![4, 3, 2, 1]),
            ("device", &device(1).to_string(), vec![4, 3, 2, 1]),
            ("document", "DN-7", vec![3]),
            ("stocktake", STOCKTAKE, vec![2, 1]),
            ("kind", "receipt", vec![4, 3]),
            ("flag", "at_night", vec![]),
        ] {
            let page = manager.get(&format!("/api/v1/trace?subject={kind}&key={key}")).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.json);
            assert_eq!(seqs(&page.json), expected, "{kind} {key} {round}");
        }
        let both = manager.get("/api/v1/trace?subject=shelf&key=A-01&kind=counted").await;
        assert_eq!(seqs(&both.json), [2], "{round}");
        indexed(&server).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_is_told_before_and_after() {
    let server = TestServer::start().await;
    let (clerk, manager) = (server.signed_in("clerk").await, server.signed_in("manager").await);
    // The second arrives before the first happened: the timeline is told in the order of effect.
    clerk.sync(1, &[moved(9, "100002", 5, "DN-9"), moved(3, "100002", 2, "DN-3")]).await;
    let page = manager.get("/api/v1/trace?subject=product&key=100002").await.json;
    let changes: Vec<&Value> =
        page["steps"].as_array().expect("steps").iter().map(|step| &step["changes"][0]).collect();
    assert_eq!((&changes[0]["units"], &changes[0]["stock"]), (&json!(2), &json!([0, 2])), "{page}");
    assert_eq!((&changes[1]["units"], &changes[1]["stock"]), (&json!(5), &json!([2, 7])), "{page}");
    assert_eq!(page["steps"][0]["document"], "DN-3");
    assert_eq!(changes[0]["name"], "商品2");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_across_blocks() {
    let server = TestServer::start().await;
    let (clerk, manager) = (server.signed_in("clerk").await, server.signed_in("manager").await);
    clerk.sync(1, &[event(1, &opened())]).await;
    for chunk in 0..4 {
        let events: Vec<Value> = (2..202).map(|n| event(chunk * 200 + n, &counted(1))).collect();
        assert_eq!(clerk.sync(1, &events).await.status, StatusCode::OK);
        indexed(&server).await;
    }
    let mut all = Vec::new();
    let mut next = String::new();
    loop {
        let page =
            manager.get(&format!("/api/v1/trace?subject=kind&key=counted&person=P-CLERK&limit=90{next}")).await.json;
        all.extend(seqs(&page));
        match page["next_before"].as_u64() {
            Some(before) => next = format!("&before={before}"),
            None => break,
        }
    }
    assert_eq!(all, (2..=801).rev().collect::<Vec<_>>());
    let late = manager.get("/api/v1/trace?subject=product&key=100001&before=100&limit=3").await.json;
    assert_eq!(seqs(&late), [99, 98, 97]);
    let whole = manager.get("/api/v1/trace?limit=2").await.json;
    assert_eq!((seqs(&whole), &whole["next_before"]), (vec![801, 800], &json!(800)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_a_day_of_the_store() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    clerk.sync(1, &[event(1, &opened())]).await;
    server.clock.advance_ms(13 * 3_600_000);
    let mut late = event(2, &counted(1));
    late["effective_at"] = json!(server.clock.now());
    // Thirteen hours end a session.
    let (clerk, manager) = (server.signed_in("clerk").await, server.signed_in("manager").await);
    clerk.sync(1, &[late]).await;
    let on = |from: &str, until: &str| format!("/api/v1/trace?from={from}&until={until}");
    // It is noon on the 22nd in China, and 13 hours later the 23rd.
    for (from, until, expected) in
        [("2026-11-22", "2026-11-22", vec![1]), ("2026-11-23", "2026-11-23", vec![2]), ("2026-11-22", "", vec![2, 1])]
    {
        assert_eq!(seqs(&manager.get(&on(from, until)).await.json), expected, "{from} {until}");
    }
    assert_eq!(manager.get(&on("yesterday", "")).await.code(), "malformed");
    assert_eq!(manager.get("/api/v1/trace?subject=planet&key=X").await.code(), "malformed");
}

#[tokio::test(flavor = "multi_thread")]
async fn rebuilding_gives_the_same_index() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    clerk.sync(1, &[event(1, &opened())]).await;
    for n in 2..40 {
        let one = if n % 3 == 0 { moved(n, "100002", 1, &format!("DN-{n}")) } else { event(n, &counted(1)) };
        clerk.sync(1, &[one]).await;
        if n % 7 == 0 {
            indexed(&server).await;
        }
    }
    indexed(&server).await;
    let grown = index_hash(&server.state.db, &store()).await.expect("reads");
    let rebuilt = rebuild(&server.state.db, &store()).await.expect("rebuilds");
    assert_eq!((rebuilt.before, rebuilt.after, rebuilt.n_events), (grown, grown, 39));
    // Damage is repaired.
    server.state.db.execute("DELETE subject; DELETE seen").await.expect("runs");
    let rebuilt = rebuild(&server.state.db, &store()).await.expect("rebuilds");
    assert_ne!(rebuilt.before, grown);
    assert_eq!(rebuilt.after, grown);
}

#[tokio::test(flavor = "multi_thread")]
async fn suggestions_name_only_what_is_in_the_store() {
    let server = TestServer::start().await;
    let (clerk, manager) = (server.signed_in("clerk").await, server.signed_in("manager").await);
    clerk.sync(1, &[moved(1, "100002", 5, "DN-7")]).await;
    indexed(&server).await;
    for (typed, expected) in [
        ("商品2", vec!["product/100002"]),
        ("A-0", vec!["shelf/A-01", "shelf/A-02"]),
        ("DN", vec!["document/DN-7"]),
        ("clerk", vec!["person/P-CLERK"]),
        ("hq", vec![]),
        ("", vec![]),
    ] {
        let escaped: String = typed.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let found = manager.get(&format!("/api/v1/trace/suggest?q={escaped}")).await.json;
        let found = found.as_array().expect("a list").iter();
        let found: Vec<String> = found
            .map(|one| format!("{}/{}", one["kind"].as_str().unwrap_or("?"), one["key"].as_str().unwrap_or("?")))
            .collect();
        assert_eq!(found, expected, "{typed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timeline_is_read_where_traces_may_be_seen() {
    let server = TestServer::start().await;
    for (login, own, sibling, far) in [
        ("clerk", 403, 403, 403),
        ("manager", 200, 403, 403),
        ("regional", 200, 200, 403),
        ("hq", 200, 200, 200),
        ("auditor", 200, 200, 200),
    ] {
        let browser = server.signed_in(login).await;
        for (store, expected) in [("S001", own), ("S002", sibling), ("S009", far)] {
            for path in ["trace?", "audit?day=2026-11-22&", "trace/suggest?q=x&"] {
                let reply = browser.get(&format!("/api/v1/{path}store={store}")).await;
                assert_eq!(reply.status.as_u16(), expected, "{login} {path}{store}: {}", reply.json);
            }
        }
    }
}
