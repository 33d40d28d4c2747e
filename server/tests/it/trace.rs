//! Timelines: found by what they name, cut to who may see them, the same however the index was made.

use crate::support::{Browser, NOW, STOCKTAKE, TestServer, counted, device, event, opened};
use axum::http::StatusCode;
use domain::id::StoreCode;
use domain::sync::Outcome;
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
    for signed in server.state.db.heads(None).await.expect("reads") {
        while indexed_to(&server.state.db, &signed.head.store).await.expect("reads") < signed.head.seq {
            // The follower may be at it too: then one of the two gives way.
            let _ = index_some(&server.state.db, &signed.head.store).await;
        }
    }
}

/// Deliveries `ns` of one item, in turn to S001, S002, S009, S009; four of them are taken in each hour, at the same
/// moment.
async fn delivered(server: &TestServer, ns: std::ops::Range<u64>, sku: &str) {
    let delivery = |n: u64| {
        let mut delivery = moved(n, sku, 1, "DN-1");
        let at = NOW.plus_ms(-72 * 3_600_000 + i64::try_from(n / 4).expect("small") * 3_600_000);
        delivery["store"] = json!(["S001", "S002", "S009", "S009"][usize::try_from(n % 4).expect("small")]);
        delivery["effective_at"] = json!(at);
        (serde_json::from_value(delivery).expect("an event"), at)
    };
    let answers = server.state.ledger.import(ns.map(delivery).collect()).await.expect("imports");
    assert!(answers.iter().all(|answer| matches!(answer.outcome, Outcome::Accepted { .. })), "{answers:?}");
}

/// Store and number of the events on a page.
fn places(page: &Value) -> Vec<(String, u64)> {
    let steps = page["steps"].as_array().unwrap_or_else(|| panic!("no steps in {page}"));
    let place = |step: &Value| (step["store"].as_str().unwrap_or("?").to_owned(), step["seq"].as_u64().unwrap_or(0));
    steps.iter().map(place).collect()
}

/// Every page of a search over several stores, in one.
async fn across(browser: &Browser, asked: &str) -> Vec<(String, u64)> {
    let (mut all, mut past) = (Vec::new(), String::new());
    loop {
        let page = browser.get(&format!("/api/v1/trace/stores?{asked}{past}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.json);
        all.extend(places(&page.json));
        match page.json["next_past"].as_str() {
            Some(mark) => past = format!("&past={mark}"),
            None => return all,
        }
    }
}

/// The newest first: within an hour by store, and in a store by number.
fn newest_first(ns: std::ops::Range<u64>) -> Vec<(String, u64)> {
    let mut seqs = std::collections::BTreeMap::from([("S001", 0), ("S002", 0), ("S009", 0)]);
    let mut all: Vec<(u64, &str, u64)> = Vec::new();
    for n in ns {
        let store = ["S001", "S002", "S009", "S009"][usize::try_from(n % 4).expect("small")];
        let seq = seqs.entry(store).or_default();
        *seq += 1;
        all.push((n / 4, store, *seq));
    }
    all.sort_by_key(|(hour, store, seq)| (std::cmp::Reverse(*hour), *store, std::cmp::Reverse(*seq)));
    all.into_iter().map(|(_, store, seq)| (store.to_owned(), seq)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn several_stores_make_one_timeline_of_what_each_viewer_may_see() {
    let server = TestServer::start().await;
    delivered(&server, 0..60, "100001").await;
    let all = newest_first(0..60);
    let of = |stores: &[&str]| -> Vec<_> {
        all.iter().filter(|(store, _)| stores.contains(&store.as_str())).cloned().collect()
    };
    for round in ["before the index", "after it"] {
        for (login, expected) in [
            ("manager", of(&["S001"])),
            ("regional", of(&["S001", "S002"])),
            ("hq", all.clone()),
            ("auditor", all.clone()),
        ] {
            let browser = server.signed_in(login).await;
            for limit in [1, 7, 30, 100] {
                let found = across(&browser, &format!("subject=product&key=100001&limit={limit}")).await;
                assert_eq!(found, expected, "{login} {limit} {round}");
            }
        }
        indexed(&server).await;
    }
    let clerk = server.signed_in("clerk").await;
    assert_eq!(clerk.get("/api/v1/trace/stores?subject=product&key=100001").await.status, StatusCode::FORBIDDEN);
    let page = server.signed_in("auditor").await.get("/api/v1/trace/stores?subject=product&key=100001&limit=3").await;
    let sites = page.json["sites"].as_array().expect("sites").iter().filter_map(|site| site["store"].as_str());
    assert_eq!(sites.collect::<Vec<_>>(), ["S001", "S002", "S009"], "{}", page.json);
    assert_eq!(page.json["title"], "商品1");
    assert_eq!(page.json["steps"][0]["changes"][0]["stock"], json!([14, 15]), "{}", page.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_arrives_meanwhile_moves_no_page() {
    let server = TestServer::start().await;
    delivered(&server, 0..40, "100001").await;
    indexed(&server).await;
    let auditor = server.signed_in("auditor").await;
    let asked = "/api/v1/trace/stores?subject=product&key=100001&limit=10";
    let mut page = auditor.get(asked).await.json;
    let mut all = places(&page);
    for n in 40.. {
        // One more in some store before every page, indexed or not.
        delivered(&server, n..n + 1, "100001").await;
        if n % 2 == 0 {
            indexed(&server).await;
        }
        let Some(mark) = page["next_past"].as_str() else { break };
        page = auditor.get(&format!("{asked}&past={mark}")).await.json;
        all.extend(places(&page));
    }
    assert_eq!(all, newest_first(0..40));
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_and_days_hold_over_several_stores() {
    let server = TestServer::start().await;
    delivered(&server, 0..200, "100001").await;
    indexed(&server).await;
    let auditor = server.signed_in("auditor").await;
    let all = newest_first(0..200);
    // Taken from noon on the 19th of November on, four an hour, in the stores' own days.
    for (days, expected) in [
        ("&from=2026-11-21", &all[..56]),
        ("&until=2026-11-19", &all[152..]),
        ("&from=2026-11-20&until=2026-11-20", &all[56..152]),
        ("&from=2026-11-25", &all[..0]),
    ] {
        let found = across(&auditor, &format!("subject=kind&key=receipt&person=P-CLERK&limit=40{days}")).await;
        assert_eq!(found, expected, "{days}");
    }
    assert_eq!(across(&auditor, "subject=product&key=100001&kind=sale").await, Vec::new());
    assert_eq!(across(&auditor, "subject=product&key=100003").await, Vec::new());
    for malformed in ["", "subject=planet&key=X", "subject=product&key=100001&past=12"] {
        let reply = auditor.get(&format!("/api/v1/trace/stores?{malformed}")).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{malformed}: {}", reply.json);
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
    // What arrives late is booked late: the timeline runs on from what was booked before it.
    clerk.sync(1, &[moved(9, "100002", 5, "DN-9"), moved(3, "100002", 2, "DN-3")]).await;
    let page = manager.get("/api/v1/trace?subject=product&key=100002").await.json;
    let changes: Vec<&Value> =
        page["steps"].as_array().expect("steps").iter().map(|step| &step["changes"][0]).collect();
    assert_eq!((&changes[0]["units"], &changes[0]["stock"]), (&json!(2), &json!([5, 7])), "{page}");
    assert_eq!((&changes[1]["units"], &changes[1]["stock"]), (&json!(5), &json!([0, 5])), "{page}");
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
