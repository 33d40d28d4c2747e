//! What stores should order, orders made of it, figures set by hand; and plans of transfers for a region.

use crate::support::{Browser, NOW, TestServer, device, person};
use axum::http::StatusCode;
use domain::event::DeviceEvent;
use domain::id::EventId;
use domain::instant::{DAY_MS, Timestamp};
use domain::sync::Outcome;
use serde_json::{Value, json};
use server::state::AppState;

const FORM: &str = "application/x-www-form-urlencoded";
const NEVER_MADE: &str = "01KAPX3CE0YBGAD9P5M7S0T8CM";

/// S001 has nearly run out of the first item, S002 has plenty; S009 is in another region.
struct Chain {
    server: TestServer,
}

/// Goods came once and were sold every day after, for twelve days up to yesterday.
fn history(n_store: u128, store: &str, received: i64, a_day: i64) -> Vec<(DeviceEvent, Timestamp)> {
    let of_day = |ago: i64| {
        let at = NOW.plus_ms(-ago * DAY_MS);
        let (kind, other, units) =
            if ago == 13 { ("receipt", "supplier", received) } else { ("sale", "customer", -a_day) };
        let legs = json!([
            { "place": { "shelf": "A-01" }, "sku": "100001", "units": units },
            { "place": other, "sku": "100001", "units": -units },
        ]);
        let n = n_store * 100 + u128::try_from(ago).expect("positive");
        let event = json!({
            "id": EventId::from_parts(at.unix_ms().unsigned_abs(), n),
            "store": store,
            "device": device(n_store),
            "device_seq": 20 - ago,
            "person": person("manager"),
            "effective_at": at,
            "fix": { "missing": { "reason": "denied" } },
            "app": "test",
            "body": { "moved": { "kind": kind, "legs": legs } },
        });
        (serde_json::from_value(event).expect("an event"), at)
    };
    (1..=13).rev().map(of_day).collect()
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

impl Chain {
    async fn start() -> Self {
        let server = TestServer::start().await;
        server.state.signals.settle().await;
        for (n, store, received, a_day) in [(1, "S001", 52, 4), (2, "S002", 300, 2), (9, "S009", 60, 5)] {
            let answers = server.state.ledger.import(history(n, store, received, a_day)).await.expect("imports");
            let is_taken = |outcome: &Outcome| matches!(outcome, Outcome::Accepted { .. });
            assert!(answers.iter().all(|answer| is_taken(&answer.outcome)), "{answers:?}");
        }
        // Targets are worked out when a day begins.
        server.clock.advance_ms(DAY_MS / 2);
        server.state.signals.settle().await;
        Self { server }
    }

    async fn call(&self, login: &str, path: &str, body: &str) -> (StatusCode, Value) {
        let browser: Browser = self.server.signed_in(login).await;
        let reply = browser.post_text(path, FORM, body.to_owned()).await;
        (reply.status, reply.json)
    }

    async fn page(&self, login: &str, ask: &str) -> Value {
        let (status, page) = self.call(login, "/fn/replenishment", ask).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        page
    }

    async fn order(&self, login: &str, store: &str, token: &str, lines: &Value) -> (StatusCode, Value) {
        let lines = escaped(&lines.to_string());
        self.call(login, "/fn/order_goods", &format!("store={store}&token={token}&supplier=DC&lines={lines}")).await
    }

    async fn set(&self, login: &str, version: u32, safety: Value, reason: &str) -> (StatusCode, Value) {
        let change = json!({
            "sku": "100001", "version": version, "safety_units": safety, "order_units": null, "reason": reason,
        });
        let change = escaped(&change.to_string());
        self.call(login, "/fn/override_stock", &format!("store=S001&change={change}")).await
    }

    /// Has the region planned and waits for it.
    async fn plan(&self, login: &str) -> Value {
        let (status, _) = self.call(login, "/fn/start_region_plan", "region=R1&categories=").await;
        assert_eq!(status, StatusCode::OK);
        for _ in 0..500 {
            let (_, page) = self.call(login, "/fn/region_plan", "region=R1").await;
            if page["state"]["working"].is_null() {
                return page["state"]["ready"].clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("the plan is never made");
    }

    async fn request(&self, login: &str, plan: &Value, lines: &Value) -> Value {
        let (plan, lines) = (plan["id"].as_str().expect("an id"), escaped(&lines.to_string()));
        let body = format!("region=R1&plan={plan}&lines={lines}");
        let (status, answer) = self.call(login, "/fn/request_region_plan", &body).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }

    async fn n_transfers(&self) -> usize {
        let open = self.server.signed_in("regional").await.get("/api/v1/transfers?list=open").await.json;
        open["transfers"].as_array().map_or(0, Vec::len)
    }
}

fn line(page: &Value, store: &str) -> Option<Value> {
    let lines = page["lines"].as_array().unwrap_or_else(|| panic!("no lines in {page}"));
    lines.iter().find(|line| line["store"] == store).cloned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_sells_out_before_a_delivery_is_suggested_with_its_figures() {
    let chain = Chain::start().await;
    let page = chain.page("manager", "").await;
    let short = line(&page, "S001").expect("S001 has a day's sales left");
    let found = &short["suggestion"];
    assert_eq!(found["stock"]["on_hand_units"], 4, "{short}");
    assert_eq!(found["cause"], "sells_out_before_delivery", "{short}");
    assert!(found["order_units"].as_i64().expect("a quantity") > 0 && found["at_risk_milli"].as_i64() > Some(0));
    assert!(short["nearby_units"].as_i64().expect("known") > 100, "S002 has plenty: {short}");
    assert_eq!(page["n_late"], 1);
    assert!(line(&page, "S002").is_none());
    let all = chain.page("hq", "").await;
    assert_eq!(all["lines"].as_array().map(Vec::len), Some(2), "S009 has run out: {all}");
    assert_eq!(all["lines"][0]["store"], "S009", "what is sold out stands first: {all}");
    assert!(line(&chain.page("regional", "").await, "S009").is_none());
    let named = chain.page("regional", "store=S002&sku=100001").await;
    assert_eq!(line(&named, "S002").expect("shown though there is enough")["suggestion"]["cause"], "enough");
    assert_eq!(chain.page("hq", "search=nothing").await["lines"], json!([]));
    assert_eq!(chain.call("manager", "/fn/replenishment", "store=S002").await.0, StatusCode::FORBIDDEN);
    assert_eq!(chain.call("clerk", "/fn/replenishment", "").await.0, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_page_makes_one_order_and_what_is_on_order_is_not_suggested_again() {
    let chain = Chain::start().await;
    let page = chain.page("manager", "").await;
    let token = page["token"].as_str().expect("a token").to_owned();
    let lines = json!([{ "sku": "100001", "units": 60 }]);
    for (login, store) in [("clerk", "S001"), ("auditor", "S001"), ("manager", "S002"), ("regional", "S009")] {
        let refused = chain.order(login, store, &token, &lines).await.0;
        assert_eq!(refused, StatusCode::FORBIDDEN, "{login} {store}");
    }
    for wrong in [
        json!([]),
        json!([{ "sku": "100001", "units": 0 }]),
        json!([{ "sku": "999999", "units": 1 }]),
        json!([{ "sku": "100001", "units": 1 }, { "sku": "100001", "units": 2 }]),
        json!("garbage"),
    ] {
        assert_eq!(chain.order("manager", "S001", &token, &wrong).await.0, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let (status, made) = chain.order("manager", "S001", &token, &lines).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    assert_eq!((&made["units"], &made["is_other"]), (&json!(60), &json!(false)));
    assert_eq!(chain.order("manager", "S001", &token, &lines).await.1, made, "pressed twice");
    let changed = json!([{ "sku": "100001", "units": 61 }]);
    let again = chain.order("manager", "S001", &token, &changed).await.1;
    assert_eq!((&again["units"], &again["is_other"]), (&json!(60), &json!(true)), "what was made stands: {again}");
    let manager = chain.server.signed_in("manager").await;
    let orders = manager.get("/api/v1/purchase-orders?store=S001").await.json;
    assert_eq!(orders.as_array().map(Vec::len), Some(1), "{orders}");
    assert_eq!(orders[0]["number"], made["number"]);
    assert!(line(&chain.page("manager", "").await, "S001").is_none(), "it is on order");
    let named = chain.page("manager", "sku=100001").await;
    assert_eq!(line(&named, "S001").expect("named")["suggestion"]["stock"]["on_order_units"], 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_set_by_hand_with_a_reason_and_stay_set() {
    let chain = Chain::start().await;
    assert_eq!(chain.set("auditor", 0, json!(90), "x").await.0, StatusCode::FORBIDDEN);
    assert_eq!(chain.set("clerk", 0, json!(90), "x").await.0, StatusCode::FORBIDDEN);
    assert_eq!(chain.set("manager", 0, json!(90), "  ").await.0, StatusCode::BAD_REQUEST, "no reason");
    assert_eq!(chain.set("manager", 0, json!(-1), "x").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(chain.set("manager", 0, json!(90), "festival").await.1, "saved");
    assert_eq!(chain.set("regional", 0, json!(1), "did not look").await.1, "outdated");
    let set = line(&chain.page("regional", "").await, "S001").expect("short");
    assert_eq!(set["suggestion"]["target"]["safety_units"], 90);
    assert_eq!((&set["change"]["reason"], &set["change"]["version"]), (&json!("festival"), &json!(1)));
    assert_eq!(set["changed_by_name"], "manager 某");

    let state = &chain.server.state;
    let started =
        AppState::start(state.config.clone(), state.clock.clone(), state.keys.clone(), state.db.clone()).await;
    let started = started.expect("starts");
    started.signals.settle().await;
    let (store, sku) = ("S001".parse().expect("valid"), "100001".parse().expect("valid"));
    let safety = started.signals.book().target(&store, &sku).map(|target| target.safety_units);
    assert_eq!(safety, Some(90), "set for other processes and later starts too");

    assert_eq!(chain.set("manager", 1, Value::Null, "over").await.1, "saved");
    let back = line(&chain.page("manager", "").await, "S001").expect("short");
    assert!(back["suggestion"]["target"]["safety_units"].as_i64() < Some(90), "computed again: {back}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_opens_in_spreadsheets() {
    let chain = Chain::start().await;
    let regional = chain.server.signed_in("regional").await;
    let reply = regional.get("/api/v1/replenishment.csv?lang=zh").await;
    let text = String::from_utf8(reply.bytes.to_vec()).expect("UTF-8");
    assert!(text.starts_with("\u{feff}门店编码,门店,商品编码"), "{text}");
    let row = text.lines().nth(1).expect("a line");
    assert!(row.starts_with("S001,S001,100001,商品1,4,0,0,0,"), "{row}");
    assert_eq!(row.split(',').count(), text.lines().next().map_or(0, |head| head.split(',').count()), "{row}");
    let english = regional.get("/api/v1/replenishment.csv?lang=en&store=S002").await;
    let english = String::from_utf8(english.bytes.to_vec()).expect("UTF-8");
    assert_eq!(english.lines().count(), 1, "S002 needs nothing: {english}");
    assert_eq!(regional.get("/api/v1/replenishment.csv?store=S009").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_is_planned_and_requested_once() {
    let chain = Chain::start().await;
    for login in ["clerk", "manager", "auditor"] {
        let refused = chain.call(login, "/fn/start_region_plan", "region=R1&categories=").await.0;
        assert_eq!(refused, StatusCode::FORBIDDEN, "{login}");
    }
    let others = chain.call("regional", "/fn/start_region_plan", "region=R2&categories=").await.0;
    assert_eq!(others, StatusCode::FORBIDDEN);
    let unknown = chain.call("regional", "/fn/start_region_plan", "region=R1&categories=C99").await.0;
    assert_eq!(unknown, StatusCode::BAD_REQUEST);

    let plan = chain.plan("regional").await;
    let routes = plan["routes"].as_array().expect("routes");
    assert_eq!(routes.len(), 1, "{plan}");
    assert_eq!((&routes[0]["from"]["code"], &routes[0]["to"]["code"]), (&json!("S002"), &json!("S001")));
    let units = routes[0]["lines"][0]["units"].as_i64().expect("pieces");
    assert!(units > 5 && plan["total_minor"].as_i64() > Some(0), "{plan}");

    let wanted = json!([{ "from": "S002", "to": "S001", "sku": "100001", "units": units }]);
    let first = chain.request("regional", &plan, &wanted).await;
    let transfer = first["lines"][0]["requested"].as_str().expect("requested").to_owned();
    assert_eq!(chain.request("regional", &plan, &wanted).await, first, "pressed twice");
    let other = json!([{ "from": "S002", "to": "S001", "sku": "100001", "units": 1 }]);
    assert_eq!(chain.request("regional", &plan, &other).await["lines"][0]["requested"], transfer, "it stands");
    assert_eq!(chain.n_transfers().await, 1);

    // What is asked for is as good as there: the next plan does not ask again.
    let next = chain.plan("regional").await;
    assert_eq!(next["routes"], json!([]), "{next}");
    assert_eq!(chain.request("regional", &plan, &wanted).await, "gone", "the plan before is no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_requested_is_named_and_the_rest_goes_on() {
    let chain = Chain::start().await;
    let plan = chain.plan("hq").await;
    let line = |from: &str, to: &str, units: i64| json!({ "from": from, "to": to, "sku": "100001", "units": units });
    let bad = json!([line("S002", "S001", 100_000), line("S001", "S002", 1)]);
    let fates = chain.request("hq", &plan, &bad).await;
    assert!(fates["lines"][0]["not_spare"]["left_units"].as_i64().expect("told") > 100, "{fates}");
    assert_eq!(fates["lines"][1], "not_in_plan");
    let none = chain.request("hq", &plan, &json!([line("S002", "S001", 0)])).await;
    assert_eq!(none["lines"][0]["refused"]["code"], "bad_units", "{none}");
    assert_eq!(chain.n_transfers().await, 0);
    let mixed = json!([line("S001", "S002", 1), line("S002", "S001", 5)]);
    let fates = chain.request("hq", &plan, &mixed).await;
    assert!(fates["lines"][1]["requested"].is_string(), "{fates}");
    assert_eq!(chain.n_transfers().await, 1);
    let body = format!("region=R1&plan={NEVER_MADE}&lines=%5B%5D");
    assert_eq!(chain.call("hq", "/fn/request_region_plan", &body).await.1, "gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_stopped() {
    let chain = Chain::start().await;
    let (status, begun) = chain.call("regional", "/fn/start_region_plan", "region=R1&categories=C01").await;
    assert_eq!(status, StatusCode::OK, "{begun}");
    let (_, stopped) = chain.call("regional", "/fn/stop_region_plan", "region=R1").await;
    assert!(stopped["state"]["working"].is_null(), "{stopped}");
    assert_eq!(chain.call("manager", "/fn/stop_region_plan", "region=R1").await.0, StatusCode::FORBIDDEN);
    // One that is stopped does not come back.
    if stopped["state"] == "stopped" {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        assert_eq!(chain.call("regional", "/fn/region_plan", "region=R1").await.1["state"], "stopped");
    }
    assert!(chain.plan("regional").await["routes"].is_array(), "another can be made");
}
