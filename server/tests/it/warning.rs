//! Warnings: what fires and what does not, live and tried on the past; who takes it, and how it ends.

use crate::support::{Browser, NOW, TestServer, event, person};
use axum::http::StatusCode;
use domain::id::EventId;
use domain::instant::{DAY_MS, Day, MINUTE_MS, Timestamp, ZoneOffset};
use domain::rule::{Rule, shipped};
use serde_json::{Value, json};
use server::state::AppState;

const CHINA: ZoneOffset = ZoneOffset(480);
const FORM: &str = "application/x-www-form-urlencoded";

/// S001 with its manager, who records what the till and the suppliers do.
struct Shop {
    server: TestServer,
    manager: Browser,
    n_events: u64,
}

impl Shop {
    async fn start() -> Self {
        let server = TestServer::start().await;
        let manager = server.signed_in("manager").await;
        server.state.signals.settle().await;
        Self { server, manager, n_events: 0 }
    }

    fn now(&self) -> Timestamp {
        self.server.clock.now()
    }

    /// Pieces go from the first shelf to a customer, or come onto it from a supplier.
    async fn move_goods(&mut self, kind: &str, sku: &str, units: i64) {
        self.n_events += 1;
        let (shelf, other) = (json!({ "shelf": "A-01" }), if kind == "sale" { "customer" } else { "supplier" });
        let sign = if kind == "sale" { -1 } else { 1 };
        let legs = [(shelf, sign * units), (json!(other), -sign * units)];
        let legs: Vec<Value> =
            legs.iter().map(|(place, units)| json!({ "place": place, "sku": sku, "units": units })).collect();
        let mut sent = event(self.n_events, &json!({ "moved": { "kind": kind, "legs": legs } }));
        sent["person"] = json!(person("manager"));
        sent["effective_at"] = json!(self.now());
        let reply = self.manager.sync(1, &[sent]).await;
        assert_eq!(reply.json["answers"][0]["outcome"]["is"], "accepted", "{}", reply.json);
    }

    async fn settle(&self) {
        self.server.state.signals.settle().await;
    }

    /// The open warnings as somebody sees them, told or all: rule, item.
    async fn listed(&self, login: &str, list: &str) -> Vec<(String, String)> {
        let page = self.server.signed_in(login).await.get(&format!("/api/v1/warnings?list={list}")).await.json;
        let text = |row: &Value, field: &str| row["firing"][field].as_str().unwrap_or("?").to_owned();
        let rows = page["warnings"].as_array().unwrap_or_else(|| panic!("no warnings in {page}"));
        rows.iter().map(|row| (text(row, "rule"), text(row, "sku"))).collect()
    }

    /// The first open warning of a rule.
    async fn warning(&self, rule: &str) -> Value {
        let page = self.manager.get("/api/v1/warnings?list=open").await.json;
        let rows = page["warnings"].as_array().expect("warnings").clone();
        rows.into_iter().find(|row| row["firing"]["rule"] == rule).unwrap_or_else(|| panic!("no {rule} in {page}"))
    }

    async fn function(&self, login: &str, path: &str, body: &str) -> (StatusCode, Value) {
        let reply = self.server.signed_in(login).await.post_text(path, FORM, body.to_owned()).await;
        (reply.status, reply.json)
    }
}

fn rule(code: &str) -> Rule {
    let found = shipped(&person("hq")).into_iter().find(|rule| rule.code.as_str() == code);
    found.expect("one of the shipped rules")
}

/// A rule as the editor sends it.
fn form(rule: &Rule, more: &str) -> String {
    let json = serde_json::to_string(rule).expect("plain data");
    let escaped: String = json.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("rule={escaped}{more}")
}

#[tokio::test(flavor = "multi_thread")]
async fn replenishment_is_suggested_on_growth_and_not_on_near_misses_and_as_in_the_backtest() {
    let mut shop = Shop::start().await;
    // The first sells ever faster until little is left; the second as slowly as ever until little is left; the third as
    // fast as the first, with plenty left.
    for (sku, units) in [("100001", 50), ("100002", 32), ("100003", 500)] {
        shop.move_goods("receipt", sku, units).await;
    }
    let mut fired_on = None;
    for day in 1..=9 {
        shop.server.clock.advance_ms(DAY_MS);
        shop.manager = shop.server.signed_in("manager").await;
        let fast = if day <= 6 { 3 } else { 10 };
        for (sku, units) in [("100001", fast), ("100002", 3), ("100003", fast)] {
            shop.move_goods("sale", sku, units).await;
        }
        shop.settle().await;
        let fired = shop.listed("regional", "told").await;
        let of_rule: Vec<_> = fired.into_iter().filter(|(rule, _)| rule == "LOW-AND-RISING").collect();
        if !of_rule.is_empty() {
            assert_eq!(of_rule, [("LOW-AND-RISING".to_owned(), "100001".to_owned())]);
            fired_on.get_or_insert(Day::at(shop.now(), CHINA));
        }
    }
    let fired_on = fired_on.expect("it fires once the growth is beyond chance and the stock below its buffer");
    let row = shop.warning("LOW-AND-RISING").await;
    assert!(row["order_units"].as_i64().expect("a suggestion") > 0, "{row}");
    assert_eq!(row["firing"]["reasons"].as_array().map(Vec::len), Some(2), "{row}");
    let clerk = shop.server.signed_in("clerk").await;
    assert_eq!(clerk.get("/api/v1/warnings").await.status, StatusCode::FORBIDDEN);

    let (status, report) = shop.function("hq", "/fn/backtest", &form(&rule("LOW-AND-RISING"), "&n_days=30")).await;
    assert_eq!(status, StatusCode::OK, "{report}");
    assert_eq!(report["by_day"][0][0], json!(fired_on), "live and on the past the same day: {report}");
    assert_eq!(report["by_store"][0][0], "S001");
    assert_eq!(report["n_lines"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_is_taken_and_ends_in_an_outcome() {
    let mut shop = Shop::start().await;
    shop.move_goods("sale", "100001", 2).await;
    shop.settle().await;
    assert_eq!(shop.listed("manager", "told").await, [("NEGATIVE-STOCK".to_owned(), "100001".to_owned())]);
    assert_eq!(shop.listed("regional", "told").await, [], "the manager is told, not the region");
    assert_eq!(shop.listed("regional", "open").await.len(), 1);
    let id = shop.warning("NEGATIVE-STOCK").await["firing"]["id"].as_str().expect("an id").to_owned();
    let this = format!("store=S001&firing={id}");
    let close = |outcome: &str| format!("{this}&outcome={outcome}");

    for login in ["clerk", "auditor"] {
        assert_eq!(shop.function(login, "/fn/take_warning", &this).await.0, StatusCode::FORBIDDEN, "{login}");
    }
    let refused = shop.function("manager", "/fn/close_warning", &close("counted")).await.1;
    assert_eq!(refused["refused"]["code"], "not_taken", "{refused}");
    assert_eq!(shop.function("manager", "/fn/take_warning", &this).await.1, "done");
    let refused = shop.function("regional", "/fn/close_warning", &close("counted")).await.1;
    assert_eq!(refused["refused"]["code"], "taken_by", "{refused}");
    let refused = shop.function("manager", "/fn/close_warning", &close("false_alarm")).await.1;
    assert_eq!(refused["refused"]["code"], "note_needed", "{refused}");
    assert_eq!(shop.function("manager", "/fn/close_warning", &close("counted")).await.1, "done");
    assert!(shop.listed("manager", "open").await.is_empty());
    assert_eq!(shop.listed("manager", "closed").await.len(), 1);
    // It is still true, and the time after which it may fire again is not over.
    shop.settle().await;
    assert!(shop.listed("manager", "open").await.is_empty());
    shop.server.clock.advance_ms(DAY_MS);
    shop.settle().await;
    assert_eq!(shop.listed("manager", "open").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_is_closed_with_the_transfer_that_was_asked_for_since() {
    let mut shop = Shop::start().await;
    shop.move_goods("sale", "100001", 2).await;
    shop.settle().await;
    shop.server.clock.advance_ms(MINUTE_MS);
    let id = EventId::from_parts(shop.now().unix_ms().unsigned_abs(), 7);
    let request = json!({
        "lines": [{ "sku": "100001", "units": 3 }], "candidates": [{ "store": "S002", "why": [] }],
        "wanted_by": null, "note": null,
    });
    shop.n_events += 1;
    let mut asks = event(shop.n_events, &json!({ "transfer": { "transfer": id, "step": { "requested": request } } }));
    asks["id"] = json!(id);
    asks["person"] = json!(person("manager"));
    asks["effective_at"] = json!(shop.now());
    let reply = shop.manager.sync(1, &[asks]).await;
    assert_eq!(reply.json["answers"][0]["outcome"]["is"], "accepted", "{}", reply.json);

    let firing = shop.warning("NEGATIVE-STOCK").await["firing"]["id"].as_str().expect("an id").to_owned();
    let this = format!("store=S001&firing={firing}");
    let (status, deeds) = shop.function("manager", "/fn/warning_deeds", &this).await;
    assert_eq!(status, StatusCode::OK, "{deeds}");
    let of_deed = ["code", "outcome", "units"].map(|field| deeds[0][field].clone());
    assert_eq!((deeds.as_array().map(Vec::len), of_deed), (Some(1), [json!(id), json!("transferred"), json!(3)]));
    shop.function("manager", "/fn/take_warning", &this).await;
    for wrong in [format!("transferred&deed={firing}"), format!("ordered&deed={id}")] {
        let (status, why) = shop.function("manager", "/fn/close_warning", &format!("{this}&outcome={wrong}")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{why}");
    }
    let close = format!("{this}&outcome=transferred&deed={id}");
    assert_eq!(shop.function("manager", "/fn/close_warning", &close).await.1, "done");
    let page = shop.manager.get("/api/v1/warnings?list=closed").await.json;
    assert_eq!(page["warnings"][0]["cites"][1], format!("/transfers/{id}"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_in_quiet_hours() {
    let mut shop = Shop::start().await;
    // From noon to 23:00.
    shop.server.clock.advance_ms(11 * 60 * MINUTE_MS);
    shop.move_goods("sale", "100001", 2).await;
    shop.settle().await;
    assert_eq!(shop.listed("manager", "open").await.len(), 1);
    assert_eq!(shop.listed("manager", "told").await, []);
    shop.server.clock.advance_ms(8 * 60 * MINUTE_MS);
    assert_eq!(shop.listed("manager", "told").await.len(), 1, "at seven in the morning");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_raises_nothing_twice() {
    let mut shop = Shop::start().await;
    shop.move_goods("sale", "100001", 2).await;
    shop.settle().await;
    let state = &shop.server.state;
    let started =
        AppState::start(state.config.clone(), state.clock.clone(), state.keys.clone(), state.db.clone()).await;
    let started = started.expect("starts");
    started.signals.settle().await;
    let open = started.db.open_firings(None).await.expect("reads");
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].firing.again_at, []);
    let on_hand = started.signals.book().stores.values().next().map(|store| store.fold.lines.len());
    assert_eq!(on_hand, Some(1), "the ledger was read anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_versioned_checked_and_paused() {
    let mut shop = Shop::start().await;
    let mut next = rule("NEGATIVE-STOCK");
    next.version = 2;
    next.state = domain::rule::RuleState::Paused;
    assert_eq!(shop.function("manager", "/fn/save_rule", &form(&next, "")).await.0, StatusCode::FORBIDDEN);
    assert_eq!(shop.function("hq", "/fn/save_rule", &form(&next, "")).await.1, "saved");
    assert_eq!(shop.function("hq", "/fn/save_rule", &form(&next, "")).await.1, "outdated");
    shop.move_goods("sale", "100001", 2).await;
    shop.settle().await;
    assert!(shop.listed("manager", "open").await.is_empty(), "it is paused");

    next.version = 3;
    next.again_after_h = 0;
    let mistaken = shop.function("hq", "/fn/save_rule", &form(&next, "")).await.1;
    assert_eq!(mistaken["mistaken"][0]["at"], "/again_after_h", "{mistaken}");
    next.again_after_h = 1;
    next.state = domain::rule::RuleState::Active;
    assert_eq!(shop.function("hq", "/fn/save_rule", &form(&next, "")).await.1, "saved");
    assert_eq!(shop.warning("NEGATIVE-STOCK").await["firing"]["version"], 3, "in force at once");
    let rules = shop.function("manager", "/fn/rules", "").await.1;
    let of_it = rules["rules"].as_array().expect("rules").iter().find(|row| row["rule"]["code"] == "NEGATIVE-STOCK");
    let versions = of_it.expect("there")["versions"].as_array().expect("versions");
    assert_eq!(versions.iter().map(|version| version["rule"]["version"].clone()).collect::<Vec<_>>(), [3, 2, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_at_doors_count_once() {
    let shop = Shop::start().await;
    let minute = |store: &str, ms: i64, n_in: u32| json!({ "store": store, "door": "MAIN", "minute": NOW.plus_ms(ms), "n_in": n_in, "n_out": 1 });
    let report = async |login: &str, minutes: Value| {
        let reply = shop.server.signed_in(login).await.post("/api/v1/footfall", &minutes).await;
        (reply.status, reply.json)
    };
    let both = json!([minute("S001", -2 * MINUTE_MS, 3), minute("S001", -MINUTE_MS, 4)]);
    assert_eq!(report("manager", both.clone()).await.1, json!({ "n_minutes": 2, "n_in": 7 }));
    assert_eq!(report("manager", both).await.1, json!({ "n_minutes": 0, "n_in": 0 }));
    let grown = json!([minute("S001", -MINUTE_MS, 6)]);
    assert_eq!(report("manager", grown).await.1, json!({ "n_minutes": 1, "n_in": 2 }));
    assert_eq!(report("manager", json!([minute("S002", 0, 1)])).await.0, StatusCode::FORBIDDEN);
    assert_eq!(report("clerk", json!([minute("S001", 0, 1)])).await.0, StatusCode::FORBIDDEN);
    let (status, why) = report("hq", json!([minute("S001", 1, 1)])).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(why["message"].as_str().expect("a reason").contains("whole minute"), "{why}");
    shop.settle().await;
    let page = shop.function("manager", "/fn/heat", "since=0").await.1;
    assert_eq!(page["rows"][0]["whole"][1]["visitors"], 9, "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_heatmap_tells_what_has_changed_since() {
    let mut shop = Shop::start().await;
    shop.move_goods("receipt", "100001", 5).await;
    shop.settle().await;
    let whole = shop.function("manager", "/fn/heat", "since=0").await.1;
    assert_eq!(whole["rows"].as_array().map(Vec::len), Some(1), "the manager's own store: {whole}");
    assert_eq!(whole["rows"][0]["cells"][0][1][2], 5, "pieces on hand");
    let since = format!("since={}", whole["revision"]);
    let same = shop.function("manager", "/fn/heat", &since).await.1;
    assert_eq!((&same["rows"], &same["updates"]), (&json!([]), &json!([])), "{same}");
    shop.move_goods("sale", "100001", 5).await;
    shop.settle().await;
    let changed = shop.function("manager", "/fn/heat", &since).await.1;
    assert_eq!((&changed["rows"], changed["updates"].as_array().map(Vec::len)), (&json!([]), Some(1)), "{changed}");
    let cells = changed["updates"][0]["cells"].as_array().expect("cells");
    assert_eq!(cells.len(), 1, "only the category that was sold: {changed}");
    assert_eq!((&cells[0][0], &cells[0][1][1]), (&json!(0), &json!(1)), "a line without stock: {changed}");
    assert_eq!(shop.function("clerk", "/fn/heat", "since=0").await.0, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_heatmap_goes_back_to_the_end_of_a_day() {
    let mut shop = Shop::start().await;
    shop.move_goods("receipt", "100001", 50).await;
    let mut sold = Vec::new();
    for day in 1..=9 {
        shop.server.clock.advance_ms(DAY_MS);
        shop.manager = shop.server.signed_in("manager").await;
        shop.move_goods("sale", "100001", day).await;
        sold.push((Day::at(shop.now(), CHINA), day));
    }
    shop.settle().await;
    let (eighth, n) = sold[7];
    let page = shop.function("manager", "/fn/heat_on", &format!("day={eighth}")).await.1;
    let cell = &page["rows"][0]["cells"][0][1];
    assert_eq!(cell[2], 50 - 36, "what was left after eight days: {page}");
    assert_eq!((&cell[6], &cell[7]), (&json!(n), &json!(10)), "sold, and the tenths of a week before: {page}");
    assert_eq!(shop.function("clerk", "/fn/heat_on", &format!("day={eighth}")).await.0, StatusCode::FORBIDDEN);
    for wrong in ["2020-01-01", "yesterday"] {
        let status = shop.function("manager", "/fn/heat_on", &format!("day={wrong}")).await.0;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}
