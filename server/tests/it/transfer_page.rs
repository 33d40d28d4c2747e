//! What people are shown of transfers: only of their own stores', and first what waits for them.

use crate::support::{Browser, NOW, TestServer, event, opened, person};
use axum::http::StatusCode;
use domain::event::{DeviceEvent, EventBody};
use domain::id::{SkuCode, StoreCode};
use domain::instant::MINUTE_MS;
use domain::movement::{Movement, MovementKind, Place, carry};
use domain::policy::Role;
use serde_json::{Value, json};
use server::transfer::Hours;

/// Puts 30 pieces of the first product into the back room of a store.
async fn stock(server: &TestServer, n: u64, store: &str) {
    let item = SkuCode::parse("100001").expect("valid");
    let legs = carry(&item, 30, Place::Supplier, Place::BackRoom).to_vec();
    let mut event: DeviceEvent = serde_json::from_value(event(n, &opened())).expect("an event");
    event.store = store.parse().expect("valid");
    event.body = EventBody::Moved(Movement::new(MovementKind::Receipt, legs));
    let answers = server.state.ledger.import(vec![(event, NOW)]).await.expect("answers");
    assert!(matches!(answers[0].outcome, domain::sync::Outcome::Accepted { .. }), "{answers:?}");
}

/// A step that the person records in their store.
async fn step(browser: &Browser, login: &str, store: &str, n: u64, transfer: &Value, step: Value) -> Value {
    let mut event = event(n, &json!({ "transfer": { "transfer": transfer, "step": step } }));
    event["person"] = json!(person(login));
    event["store"] = json!(store);
    if transfer.is_null() {
        event["body"]["transfer"]["transfer"] = event["id"].clone();
    }
    let reply = browser.sync(1, std::slice::from_ref(&event)).await;
    assert_eq!(reply.json["answers"][0]["outcome"]["is"], "accepted", "{}", reply.json);
    event["id"].clone()
}

#[tokio::test]
async fn the_nearest_store_with_surplus_is_proposed_and_sees_at_once_that_it_is_asked() {
    let server = TestServer::start().await;
    server.hire("giver", Role::StoreManager, "S002").await;
    server.hire("picker", Role::Clerk, "S002").await;
    server.hire("stranger", Role::StoreManager, "S009").await;
    stock(&server, 1, "S002").await;
    server.state.signals.settle().await;
    let manager = server.signed_in("manager").await;
    let proposal = manager.get("/api/v1/transfer-sources?store=S001&sku=100001&units=5").await.json;
    assert_eq!(
        (&proposal["lines"][0]["from"], &proposal["lines"][0]["units"]),
        (&json!("S002"), &json!(5)),
        "{proposal}"
    );
    assert_eq!(proposal["missing_units"], 0);
    let nonsense = manager.get("/api/v1/transfer-sources?store=S001&sku=100001&units=0").await;
    assert_eq!(nonsense.code(), "malformed");

    let lines = json!([{ "sku": "100001", "units": 5 }]);
    let candidates = json!([{ "store": "S002", "why": [] }]);
    let request = json!({ "requested": { "lines": lines, "candidates": candidates, "wanted_by": null, "note": null } });
    let transfer = step(&manager, "manager", "S001", 2, &Value::Null, request).await;
    let [giver, picker, stranger, regional, hq] = [
        server.signed_in("giver").await,
        server.signed_in("picker").await,
        server.signed_in("stranger").await,
        server.signed_in("regional").await,
        server.signed_in("hq").await,
    ];
    let n_mine =
        async |browser: &Browser| browser.get("/api/v1/transfers?list=mine").await.json["counts"]["n_mine"].clone();
    assert_eq!((n_mine(&giver).await, n_mine(&picker).await, n_mine(&manager).await), (json!(1), json!(0), json!(0)));
    let open = async |browser: &Browser| browser.get("/api/v1/transfers?list=open").await.json["transfers"].clone();
    for browser in [&manager, &giver, &picker, &regional, &hq] {
        assert_eq!(open(browser).await[0]["id"], transfer);
    }
    assert_eq!(open(&stranger).await, json!([]));
    let path = format!("/api/v1/transfers/{}", transfer.as_str().expect("text"));
    assert_eq!(stranger.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(stranger.get("/api/v1/transfers?store=S001").await.status, StatusCode::FORBIDDEN);
    assert_eq!(hq.get("/api/v1/transfers/01KAPX3CE0YBGAD9P5M7S0T8CM").await.status, StatusCode::NOT_FOUND);

    step(&giver, "giver", "S002", 3, &transfer, json!({ "confirmed": { "lines": lines } })).await;
    assert_eq!((n_mine(&giver).await, n_mine(&picker).await), (json!(1), json!(1)));
    let on_heatmap = async |browser: &Browser| {
        server.state.signals.settle().await;
        let form = "application/x-www-form-urlencoded";
        let page = browser.post_text("/fn/heat", form, "since=0".to_owned()).await.json;
        page["rows"][0]["whole"][1]["n_open_transfers"].clone()
    };
    assert_eq!((on_heatmap(&giver).await, on_heatmap(&manager).await), (json!(1), json!(1)));
    assert_eq!(on_heatmap(&stranger).await, json!(0));
    // What is promised is no surplus any more.
    let again = manager.get("/api/v1/transfer-sources?store=S001&sku=100001&units=40").await.json;
    assert_eq!((&again["lines"][0]["units"], &again["missing_units"]), (&json!(25), &json!(15)), "{again}");
    let shown = giver.get(&path).await.json;
    assert_eq!(shown["items"]["100001"], "商品1");
    let waybill = path.replace("/api/v1/transfers", "/print/waybill");
    let (status, sheet) = giver.text(&waybill).await;
    assert_eq!(status, StatusCode::OK);
    assert!(sheet.contains("商品1") && sheet.contains("<svg") && !sheet.contains("style="), "{sheet}");
    assert_eq!(stranger.text(&waybill).await.0, StatusCode::NOT_FOUND);

    step(&manager, "manager", "S001", 4, &transfer, json!({ "cancelled": { "note": null } })).await;
    assert_eq!(open(&giver).await, json!([]));
    assert_eq!(on_heatmap(&giver).await, json!(0));
    let done = giver.get("/api/v1/transfers?list=done").await.json["transfers"].clone();
    assert_eq!((&done[0]["id"], &done[0]["phase"]), (&transfer, &json!("cancelled")));
    // The source kept its word; who asks and withdraws bears it.
    let credit = |browser: &Browser, store: &str| {
        let (browser, path) = (browser.clone(), format!("/api/v1/credit?store={store}"));
        async move { browser.get(&path).await.json["score"].as_i64().expect("a score") }
    };
    assert_eq!(credit(&giver, "S002").await, 700);
    assert!(credit(&manager, "S001").await < 700);
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_that_are_late_wait_for_whoever_is_in_the_store_and_are_told_to_the_region() {
    let server = TestServer::start().await;
    server.hire("giver", Role::StoreManager, "S002").await;
    server.hire("picker", Role::Clerk, "S002").await;
    stock(&server, 1, "S002").await;
    let lines = json!([{ "sku": "100001", "units": 5 }]);
    let candidates = json!([{ "store": "S002", "why": [] }]);
    let request = json!({ "requested": { "lines": lines, "candidates": candidates, "wanted_by": null, "note": null } });
    let transfer = step(&server.signed_in("manager").await, "manager", "S001", 2, &Value::Null, request).await;
    let confirmed = json!({ "confirmed": { "lines": lines } });
    step(&server.signed_in("giver").await, "giver", "S002", 3, &transfer, confirmed).await;
    let config = server.state.config.clone();
    let patience = move |source: &StoreCode, receiver: &StoreCode| config.patience(source, receiver);
    let mut hours = Hours::new(server.state.db.clone(), server.state.ledger.clone(), patience);
    for (hours_later, mine) in [(12, ["giver", "picker", ""]), (12, ["giver", "picker", "regional"])] {
        server.clock.advance_ms(hours_later * 60 * MINUTE_MS);
        hours.look(server.clock.now()).await.expect("looks");
        for login in ["giver", "picker", "regional", "manager"] {
            let list = server.signed_in(login).await.get("/api/v1/transfers?list=mine").await.json;
            assert_eq!(list["counts"]["n_mine"], json!(i32::from(mine.contains(&login))), "{login} {list}");
        }
    }
}
