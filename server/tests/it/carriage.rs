//! Goods under way: the carrier is sent an order and reports back, a driver has a link, and both stores see the same.

use crate::support::{Browser, NOW, Reply, TestServer, device, event, person};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, StatusCode, header};
use domain::instant::DAY_MS;
use domain::policy::Role;
use serde_json::{Value, json};
use server::config::{CarrierSetting, Config};
use server::message::webhook::SigningKey;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const SKU: &str = "100001";
const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr";
const OTHER_KEY: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A chain in which S002 has twenty pieces and orders go to two carriers, one of which refuses them.
async fn start() -> (TestServer, UnboundedReceiver<(HeaderMap, Bytes)>) {
    let (arrived, arrivals) = unbounded_channel();
    let take = move |headers: HeaderMap, body: Bytes| {
        let _ = arrived.send((headers, body));
        async {}
    };
    let refuse = || async { StatusCode::BAD_REQUEST };
    let router =
        axum::Router::new().route("/orders", axum::routing::post(take)).route("/refused", axum::routing::post(refuse));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("has one"));
    tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
    let carrier = |name: &str, path: &str, key: &str| CarrierSetting {
        name: name.into(),
        url: format!("{base}/{path}"),
        key: key.into(),
    };
    let carriers = BTreeMap::from([
        ("sf".to_owned(), carrier("顺丰同城", "orders", KEY)),
        ("slow".to_owned(), carrier("慢慢运", "refused", OTHER_KEY)),
    ]);
    let server = TestServer::start_with(Config { carriers, webhook_to_loopback: true, ..Config::default() }).await;
    server.hire("giver", Role::StoreManager, "S002").await;
    server.hire("stranger", Role::StoreManager, "S009").await;
    let legs = json!([
        { "place": "supplier", "sku": SKU, "units": -20 },
        { "place": "back_room", "sku": SKU, "units": 20 },
    ]);
    let receipt = json!({ "moved": { "kind": "receipt", "legs": legs } });
    record(&server.signed_in("giver").await, "giver", "S002", 1, receipt).await;
    (server, arrivals)
}

async fn record(browser: &Browser, login: &str, store: &str, n: u64, body: Value) -> Value {
    let mut event = event(n, &body);
    event["person"] = json!(person(login));
    event["store"] = json!(store);
    event["device"] = json!(device(if store == "S001" { 1 } else { 2 }));
    if event["body"]["transfer"]["transfer"].is_null() && body["transfer"].is_object() {
        event["body"]["transfer"]["transfer"] = event["id"].clone();
    }
    let reply = browser.sync(if store == "S001" { 1 } else { 2 }, std::slice::from_ref(&event)).await;
    assert_eq!(reply.json["answers"][0]["outcome"]["is"], "accepted", "{}", reply.json);
    event["id"].clone()
}

/// Four pieces go from S002 to S001; `n` names the first of the four steps.
async fn hand_over(server: &TestServer, n: u64, carriage: Value) -> String {
    let (manager, giver) = (server.signed_in("manager").await, server.signed_in("giver").await);
    let lines = json!([{ "sku": SKU, "units": 4 }]);
    let candidates = json!([{ "store": "S002", "why": [] }]);
    let request = json!({ "requested": { "lines": lines, "candidates": candidates, "wanted_by": null, "note": null } });
    let asked = json!({ "transfer": { "transfer": null, "step": request } });
    let id = record(&manager, "manager", "S001", n, asked).await;
    let picked = json!([{ "sku": SKU, "units": 4, "lot": null, "from": "back_room" }]);
    let sent = json!([{ "sku": SKU, "units": 4, "lot": null }]);
    for (at, step) in [
        json!({ "confirmed": { "lines": lines } }),
        json!({ "picked": { "lines": picked } }),
        json!({ "handed_over": { "lines": sent, "carriage": carriage } }),
    ]
    .into_iter()
    .enumerate()
    {
        let step = json!({ "transfer": { "transfer": id, "step": step } });
        record(&giver, "giver", "S002", n + 1 + at as u64, step).await;
    }
    id.as_str().expect("text").to_owned()
}

async fn detail(browser: &Browser, id: &str) -> Value {
    browser.get(&format!("/api/v1/transfers/{id}")).await.json
}

/// A carrier's report, signed with a key.
async fn report(server: &TestServer, carrier: &str, key: &str, body: &Value) -> Reply {
    let body = body.to_string();
    let at_s = server.clock.now().unix_ms() / 1000;
    let signature = SigningKey::parse(key).expect("a key").sign("r", at_s, body.as_bytes());
    let request = server.browser().request(Method::POST, &format!("/api/v1/carriers/{carrier}/status"));
    let request = request
        .header("webhook-id", "r")
        .header("webhook-timestamp", at_s)
        .header("webhook-signature", signature)
        .body(Body::from(body));
    server.browser().send(request.expect("a request")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_is_sent_one_order_and_its_reports_are_seen_by_both_stores() {
    let (server, mut arrivals) = start().await;
    let id = hand_over(&server, 10, json!({ "carrier": { "name": "顺丰同城", "tracking": "SF1" } })).await;
    let (headers, body) = arrivals.recv().await.expect("an order");
    let text = |name: &str| headers[name].to_str().expect("text").to_owned();
    let [hook, at, signature] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(text);
    let now = server.clock.now();
    assert!(SigningKey::parse(KEY).expect("a key").verifies(&hook, &at, &signature, &body, now));
    let order: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(hook, format!("dispatch-{id}"));
    assert_eq!(
        (&order["transfer"], &order["from"]["code"], &order["to"]["code"], &order["units"], &order["tracking"]),
        (&json!(id), &json!("S002"), &json!("S001"), &json!(4), &json!("SF1"))
    );
    assert_eq!(order["status_path"], "/api/v1/carriers/sf/status");

    let [giver, manager] = [server.signed_in("giver").await, server.signed_in("manager").await];
    for _ in 0..200 {
        if detail(&giver, &id).await["dispatch"]["state"]["sent"].is_object() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(detail(&giver, &id).await["dispatch"]["state"]["sent"].is_object());

    // Out of order, twice, and once more with another time: the first word stands.
    let later = NOW.plus_ms(DAY_MS).unix_ms();
    for (status, at) in [("delivered", later), ("picked_up", 1_000), ("delivered", 2_000), ("picked_up", 1_000)] {
        let body = json!({ "transfer": id, "status": status, "at": at, "note": "门岗签收" });
        assert_eq!(report(&server, "sf", KEY, &body).await.status, StatusCode::NO_CONTENT);
    }
    let seen = detail(&giver, &id).await["underway"].clone();
    assert_eq!(seen["delivered"]["at"], json!(NOW), "never later than it was heard");
    assert_eq!((&seen["picked_up"]["at"], &seen["picked_up"]["note"]), (&json!(1_000), &json!("门岗签收")));
    assert_eq!(seen.as_object().map(|seen| seen.len()), Some(2));
    assert_eq!(detail(&manager, &id).await["underway"], seen);
    assert_eq!(detail(&manager, &id).await["transfer"], detail(&giver, &id).await["transfer"], "no step was taken");
    assert!(arrivals.try_recv().is_err(), "one order");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cannot_sign_or_was_not_given_the_goods_reports_nothing() {
    let (server, _arrivals) = start().await;
    let id = hand_over(&server, 10, json!({ "carrier": { "name": "顺丰同城", "tracking": null } })).await;
    let picked_up = json!({ "transfer": id, "status": "picked_up" });
    for (carrier, key) in [("sf", OTHER_KEY), ("slow", KEY), ("nobody", KEY)] {
        let reply = report(&server, carrier, key, &picked_up).await;
        assert_eq!((reply.status, reply.bytes.len()), (StatusCode::FORBIDDEN, 0), "{carrier}");
    }
    let unsigned = server.browser().request(Method::POST, "/api/v1/carriers/sf/status");
    let unsigned = unsigned.body(Body::from(picked_up.to_string())).expect("a request");
    assert_eq!(server.browser().send(unsigned).await.status, StatusCode::FORBIDDEN);
    let old = {
        server.clock.advance_ms(-10 * 60_000);
        let at_s = server.clock.now().unix_ms() / 1000;
        server.clock.advance_ms(10 * 60_000);
        let signature = SigningKey::parse(KEY).expect("a key").sign("r", at_s, picked_up.to_string().as_bytes());
        let request = server.browser().request(Method::POST, "/api/v1/carriers/sf/status");
        let request = request.header("webhook-id", "r").header("webhook-timestamp", at_s);
        request.header("webhook-signature", signature).body(Body::from(picked_up.to_string())).expect("a request")
    };
    assert_eq!(server.browser().send(old).await.status, StatusCode::FORBIDDEN, "recorded long ago");
    assert_eq!(report(&server, "slow", OTHER_KEY, &picked_up).await.code(), "not_found", "another's goods");
    let nonsense = json!({ "transfer": id, "status": "eaten" });
    assert_eq!(report(&server, "sf", KEY, &nonsense).await.code(), "malformed");
    assert_eq!(detail(&server.signed_in("giver").await, &id).await["underway"], json!({}));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_refused_is_shown_as_such() {
    let (server, _arrivals) = start().await;
    let id = hand_over(&server, 10, json!({ "carrier": { "name": "慢慢运", "tracking": null } })).await;
    let giver = server.signed_in("giver").await;
    for _ in 0..200 {
        let state = detail(&giver, &id).await["dispatch"]["state"].clone();
        if state["given_up"].is_object() {
            assert_eq!(state["given_up"]["why"], "refused: HTTP 400");
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the order is not given up");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_driver_sees_one_waybill_and_says_two_things_until_the_link_expires() {
    let (server, _arrivals) = start().await;
    let id = hand_over(&server, 10, json!({ "driver": { "name": "李师傅" } })).await;
    let [giver, manager] = [server.signed_in("giver").await, server.signed_in("manager").await];
    let link = detail(&giver, &id).await["driver_link"].as_str().expect("a link").to_owned();
    assert_eq!(detail(&manager, &id).await["driver_link"], Value::Null, "the source gives it to the driver");
    let driver = server.browser();
    let (status, page) = driver.text(&link).await;
    assert_eq!(status, StatusCode::OK);
    assert!(["S002", "S001", "4 件", "李师傅", "我已取货"].iter().all(|word| page.contains(word)), "{page}");
    assert!(!page.contains(SKU) && !page.contains("style="), "{page}");
    let say = async |what: &str| {
        let form = "application/x-www-form-urlencoded";
        driver.post_text(&link, form, format!("status={what}")).await
    };
    let said = say("picked_up").await;
    assert_eq!((said.status, said.location()), (StatusCode::SEE_OTHER, Some(link.as_str())));
    server.clock.advance_ms(60_000);
    assert_eq!(say("picked_up").await.status, StatusCode::SEE_OTHER, "twice is harmless");
    assert_eq!(say("failed").await.code(), "malformed", "that is for carriers to say");
    assert_eq!(say("delivered").await.status, StatusCode::SEE_OTHER);
    let seen = detail(&manager, &id).await["underway"].clone();
    assert_eq!((&seen["picked_up"]["at"], seen.as_object().map(|seen| seen.len())), (&json!(NOW), Some(2)));
    assert_eq!(detail(&giver, &id).await["underway"], seen);

    // Another site cannot press the buttons, and other links open nothing.
    let foreign = server.browser().request(Method::POST, &link).header("sec-fetch-site", "cross-site");
    let foreign = foreign.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let foreign = foreign.body(Body::from("status=delivered")).expect("a request");
    assert_eq!(server.browser().send(foreign).await.code(), "foreign_origin");
    let (head, _) = link.rsplit_once('.').expect("a signature");
    for forged in [format!("{head}.AAAAAAAAAAAAAAAAAAAAAAAAAA"), format!("/carry/{id}"), "/carry/x".to_owned()] {
        assert_eq!(driver.text(&forged).await.0, StatusCode::NOT_FOUND, "{forged}");
    }
    let waybill = manager.text(&format!("/print/waybill/{id}")).await.1;
    assert!(!waybill.contains("waybill__driver"), "the receiving store does not report for the driver");
    assert!(giver.text(&format!("/print/waybill/{id}")).await.1.contains("waybill__driver"));
    server.clock.advance_ms(3 * DAY_MS);
    assert_eq!(driver.text(&link).await.0, StatusCode::NOT_FOUND, "expired");
    assert_eq!(say("delivered").await.status, StatusCode::NOT_FOUND);
}

#[test]
fn nonsense_carriers_are_refused_at_the_start() {
    let carrier = |code: &str, url: &str, key: &str| {
        let settings = format!("carriers = {{ {code} = {{ name = \"A\", url = \"{url}\", key = \"{key}\" }} }}");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("shelftrace.toml");
        std::fs::write(&file, settings).expect("writes");
        Config::load(&server::config::Flags { config: Some(file), ..Default::default() })
    };
    assert!(carrier("sf", "https://carrier.example/orders", KEY).is_ok());
    for (code, url, key) in [
        ("SF", "https://carrier.example/orders", KEY),
        ("sf", "http://carrier.example/orders", KEY),
        ("sf", "https://10.0.0.1/orders", KEY),
        ("sf", "https://carrier.example/orders", "secret"),
    ] {
        assert!(carrier(code, url, key).is_err(), "{code} {url} {key}");
    }
    let masked = carrier("sf", "https://carrier.example/orders", KEY).expect("sound").masked();
    assert!(!masked.contains("MfKQ9r8"), "{masked}");
}
