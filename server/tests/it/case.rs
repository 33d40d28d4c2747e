//! Alarms become cases: somebody else takes them and says what they were, once.

use crate::support::{Browser, NOW, TestServer, device, event, opened, person};
use domain::id::{DeviceId, EventId};
use domain::instant::DAY_MS;
use serde_json::{Value, json};
use server::ledger::rebuild::rebuild;

/// An event whose clock was an hour ahead: it raises an alarm.
fn alarming(n: u64) -> Value {
    let mut event = event(n, &opened());
    event["effective_at"] = json!(NOW.unix_ms() + 3_600_000);
    event
}

/// Event `n` of a person's own device, in S001 now.
fn by(login: &str, n: u64, body: &Value) -> (DeviceId, Value) {
    let phone = device(u128::from(n) + 1_000);
    let mut event = event(n + 5_000, body);
    event["id"] = json!(EventId::from_parts(NOW.unix_ms().unsigned_abs(), u128::from(n) + 77_000));
    event["device"] = json!(phone);
    event["device_seq"] = json!(1);
    event["person"] = json!(person(login));
    (phone, event)
}

async fn send(browser: &Browser, (phone, event): (DeviceId, Value)) -> String {
    let body = json!({ "protocol": 1, "device": phone, "app": "test", "events": [event] });
    let reply = browser.post("/api/v1/sync", &body).await;
    let outcome = &reply.json["answers"][0]["outcome"];
    outcome["why"]["code"].as_str().or(outcome["is"].as_str()).unwrap_or("?").to_owned()
}

fn take(cites: &Value) -> Value {
    json!({ "case_taken": { "cites": cites, "flag": "clock_off" } })
}

fn close(cites: &Value, note: Option<&str>) -> Value {
    json!({ "case_closed": { "cites": cites, "flag": "clock_off", "outcome": "explained", "note": note } })
}

async fn listed(browser: &Browser, list: &str) -> Vec<Value> {
    let page = browser.get(&format!("/api/v1/cases?list={list}")).await.json;
    page["cases"].as_array().unwrap_or_else(|| panic!("no cases in {page}")).clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_is_taken_and_closed_once_by_somebody_else() {
    let server = TestServer::start().await;
    let (clerk, manager) = (server.signed_in("clerk").await, server.signed_in("manager").await);
    let auditor = server.signed_in("auditor").await;
    let alarm = alarming(1);
    clerk.sync(1, std::slice::from_ref(&alarm)).await;
    let cites = &alarm["id"];
    let open = listed(&auditor, "open").await;
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!((&open[0]["case"]["flag"], &open[0]["severity"]), (&json!("clock_off"), &json!("low")));
    assert_eq!(open[0]["due_at"], json!(NOW.unix_ms() + 7 * DAY_MS));

    assert_eq!(send(&clerk, by("clerk", 1, &take(cites))).await, "not_allowed");
    assert_eq!(send(&auditor, by("auditor", 2, &take(cites))).await, "accepted");
    assert_eq!(listed(&auditor, "mine").await.len(), 1);
    assert_eq!(listed(&manager, "mine").await.len(), 0);
    assert_eq!(send(&auditor, by("auditor", 3, &close(cites, None))).await, "bad_text", "what was found?");
    assert_eq!(send(&auditor, by("auditor", 4, &close(cites, Some("手机没校时")))).await, "accepted");
    assert_eq!(send(&manager, by("manager", 5, &close(cites, Some("再结一次")))).await, "case_over");
    assert_eq!(send(&manager, by("manager", 6, &take(cites))).await, "case_over");
    assert_eq!(listed(&auditor, "open").await.len(), 0);
    let closed = listed(&manager, "closed").await;
    assert_eq!(closed[0]["case"]["closed"]["note"], "手机没校时");
    assert_eq!(closed[0]["closed_by_name"], "auditor 某");

    // The follow-up is on the timeline, beside the alarm.
    let trace = auditor.get("/api/v1/trace?store=S001&subject=flag&key=clock_off").await.json;
    let kinds: Vec<&Value> = trace["steps"].as_array().expect("steps").iter().map(|step| &step["kind"]).collect();
    assert_eq!(kinds, ["case_closed", "case_taken", "stocktake_opened"]);
    let masters = server.state.directory.masters();
    let rebuilt = rebuild(&server.state.db, &masters, &"S001".parse().expect("valid")).await.expect("rebuilds");
    assert_eq!(rebuilt.before, rebuilt.after);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_closes_an_alarm_about_themselves_or_one_that_is_none() {
    let server = TestServer::start().await;
    let manager = server.signed_in("manager").await;
    let (phone, mut own) = by("manager", 1, &opened());
    own["effective_at"] = json!(NOW.unix_ms() + 3_600_000);
    let cites = own["id"].clone();
    assert_eq!(send(&manager, (phone, own)).await, "accepted");
    assert_eq!(send(&manager, by("manager", 2, &take(&cites))).await, "own_alarm");
    assert_eq!(send(&manager, by("manager", 3, &close(&cites, Some("没事")))).await, "own_alarm");
    let nothing = json!(EventId::from_parts(1, 1));
    assert_eq!(send(&manager, by("manager", 4, &take(&nothing))).await, "no_such_alarm");
    let hq = server.signed_in("hq").await;
    let other_flag = json!({ "case_taken": { "cites": cites, "flag": "at_night" } });
    assert_eq!(send(&hq, by("hq", 5, &other_flag)).await, "no_such_alarm");
}

#[tokio::test(flavor = "multi_thread")]
async fn overdue_alarms_are_counted_for_those_who_follow_up_there() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    clerk.sync(1, &[alarming(1)]).await;
    server.clock.advance_ms(7 * DAY_MS + 1);
    for (login, n_overdue) in [("manager", 1), ("regional", 1), ("hq", 1), ("auditor", 1)] {
        let browser = server.signed_in(login).await;
        let counts = browser.get("/api/v1/cases?list=overdue").await.json["counts"].clone();
        assert_eq!((&counts["n_overdue"], &counts["n_unowned"]), (&json!(n_overdue), &json!(n_overdue)), "{login}");
    }
    assert_eq!(server.signed_in("clerk").await.get("/api/v1/cases").await.code(), "forbidden");
}
