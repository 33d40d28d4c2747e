//! Warnings told by cards, against a WeCom of the test's own, and by one of several servers.

use super::told;
use crate::support::{TestServer, event, person};
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use domain::id::{EventId, StoreCode};
use domain::instant::MINUTE_MS;
use domain::message::delivery::Step as Progress;
use domain::message::preference::ChannelKind;
use domain::message::{Act, Answer, Message, MessageKind};
use domain::policy::Role;
use domain::rule::{Rule, shipped};
use serde_json::{Value, json};
use server::config::Config;
use server::lease::LASTS_MS;
use server::state::AppState;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const FORM: &str = "application/x-www-form-urlencoded";

/// What the platform was asked, and what it answers next with an error.
#[derive(Clone, Default)]
struct Platform {
    sent: Arc<Mutex<Vec<Value>>>,
    changed: Arc<Mutex<Vec<Value>>>,
    errors: Arc<Mutex<VecDeque<i64>>>,
}

impl Platform {
    fn answer(&self) -> Option<String> {
        let code = self.errors.lock().expect("whole").pop_front()?;
        Some(json!({ "errcode": code, "errmsg": "busy" }).to_string())
    }

    /// Titles and receivers of the cards, once there are so many.
    async fn cards(&self, n: usize) -> Vec<Value> {
        until(|| self.sent.lock().expect("whole").len() >= n).await;
        self.sent.lock().expect("whole").clone()
    }
}

async fn until(is_so: impl Fn() -> bool) {
    for _ in 0..400 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never came to that");
}

async fn send(State(platform): State<Platform>, body: String) -> String {
    if let Some(error) = platform.answer() {
        return error;
    }
    let mut sent = platform.sent.lock().expect("whole");
    sent.push(serde_json::from_str(&body).expect("JSON"));
    json!({ "errcode": 0, "errmsg": "ok", "invaliduser": "", "response_code": format!("code-{}", sent.len()) })
        .to_string()
}

async fn update(State(platform): State<Platform>, body: String) -> String {
    if let Some(error) = platform.answer() {
        return error;
    }
    platform.changed.lock().expect("whole").push(serde_json::from_str(&body).expect("JSON"));
    json!({ "errcode": 0, "errmsg": "ok" }).to_string()
}

/// A chain whose rule about negative stock tells managers by WeCom, too.
async fn start() -> (TestServer, Platform) {
    let platform = Platform::default();
    let token = || async { json!({ "errcode": 0, "access_token": "t", "expires_in": 7200 }).to_string() };
    let router = Router::new()
        .route("/cgi-bin/gettoken", get(token))
        .route("/cgi-bin/message/send", post(send))
        .route("/cgi-bin/message/update_template_card", post(update))
        .with_state(platform.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let wecom_base = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let text = |text: &str| Some(text.to_owned());
    let config = Config {
        public_origin: text("http://shop.test"),
        wecom_corp_id: text("wx5823bf96d3bd56c7"),
        wecom_agent_id: Some(1_000_002),
        wecom_secret: text("secret"),
        wecom_token: text("QDG6eK"),
        wecom_aes_key: text("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"),
        wecom_base,
        ..Config::default()
    };
    let server = TestServer::start_with(config).await;
    server.hire("deputy", Role::StoreManager, "S001").await;
    for login in ["manager", "deputy"] {
        server.state.db.save_contact(&person(login), ChannelKind::WeCom, login).await.expect("keeps");
    }
    server.state.signals.settle().await;
    let mut rule = negative_stock();
    rule.version = 2;
    rule.tell[0].channels.insert("wecom".to_owned());
    assert_eq!(save(&server, &rule).await, "saved");
    (server, platform)
}

fn negative_stock() -> Rule {
    let found = shipped(&person("hq")).into_iter().find(|rule| rule.code.as_str() == "NEGATIVE-STOCK");
    found.expect("one of the shipped rules")
}

async fn save(server: &TestServer, rule: &Rule) -> Value {
    let json = serde_json::to_string(rule).expect("plain data");
    let escaped: String = json.bytes().map(|byte| format!("%{byte:02X}")).collect();
    server.signed_in("hq").await.post_text("/fn/save_rule", FORM, format!("rule={escaped}")).await.json
}

/// The manager sells what is not there.
async fn oversell(server: &TestServer, n: u64, sku: &str) {
    let leg = |place: Value, units: i64| json!({ "place": place, "sku": sku, "units": units });
    let legs = [leg(json!({ "shelf": "A-01" }), -2), leg(json!("customer"), 2)];
    let mut sold = event(n, &json!({ "moved": { "kind": "sale", "legs": legs } }));
    sold["person"] = json!(person("manager"));
    sold["effective_at"] = json!(server.clock.now());
    let reply = server.signed_in("manager").await.sync(1, &[sold]).await;
    assert_eq!(reply.json["answers"][0]["outcome"]["is"], "accepted", "{}", reply.json);
    server.state.signals.settle().await;
}

async fn take(server: &TestServer, login: &str, message: &Message) -> String {
    let answer = Answer { act: Act::Take, about: message.about.clone() };
    let (desk, at) = (&server.state.messages.desk, server.state.clock.now());
    desk.answer(&person(login), &answer, None, at, ChannelKind::WeCom).await.expect("answers")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_is_taken_from_its_card_and_the_other_card_says_so_although_wecom_was_busy() {
    let (server, platform) = start().await;
    oversell(&server, 1, "100001").await;
    let cards = platform.cards(2).await;
    let card = &cards[0]["template_card"];
    assert_eq!(card["main_title"]["title"], "负库存：商品1");
    assert_eq!(card["button_list"][0]["text"], "我来处理");
    let mut readers: Vec<&str> = cards.iter().filter_map(|card| card["touser"].as_str()).collect();
    readers.sort_unstable();
    assert_eq!(readers, ["deputy", "manager"], "the rule tells managers");

    let message = told(&server, &person("manager"), MessageKind::RuleFiring).await;
    let others = told(&server, &person("deputy"), MessageKind::RuleFiring).await;
    for stranger in ["clerk", "auditor"] {
        assert_eq!(take(&server, stranger, &message).await, "您不能决定这一条", "{stranger}");
    }
    platform.errors.lock().expect("whole").push_back(-1);
    let text = take(&server, "manager", &message).await;
    assert!(text.starts_with("已接手 · manager 某 12:0"), "{text}");
    assert_eq!(take(&server, "manager", &message).await, text, "a copy has the same answer");
    assert_eq!(take(&server, "deputy", &others).await, format!("晚了一步：{text}"));
    let open = server.state.db.open_firings(None).await.expect("reads");
    assert_eq!(open[0].firing.takings.len(), 1, "one effect");

    // The other's card is tried, waits and is tried again.
    until(|| platform.errors.lock().expect("whole").is_empty()).await;
    assert!(platform.changed.lock().expect("whole").is_empty());
    server.clock.advance_ms(MINUTE_MS);
    until(|| !platform.changed.lock().expect("whole").is_empty()).await;
    let changed = platform.changed.lock().expect("whole").clone();
    assert_eq!(changed[0]["userids"], json!(["deputy"]), "who answered has it changed by the answer");
    assert_eq!(changed[0]["button"]["replace_name"], format!("晚了一步：{text}"));
    let ways = server.state.db.deliveries_of(message.id).await.expect("reads");
    assert!(ways.iter().any(|way| way.delivery.steps.contains_key(&Progress::Acted)));
    let inbox = server.signed_in("deputy").await.post_text("/fn/inbox", FORM, String::new()).await.json;
    assert_eq!(inbox["rows"][0]["outcome"], format!("晚了一步：{text}"));
    assert_eq!(inbox["rows"][0]["message"]["buttons"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_s_quiet_hours_hold_for_its_messages() {
    let (server, platform) = start().await;
    // From noon to 23:00.
    server.clock.advance_ms(11 * 60 * MINUTE_MS);
    oversell(&server, 1, "100001").await;
    assert_eq!(server.state.db.open_firings(None).await.expect("reads").len(), 1);
    server.clock.advance_ms(7 * 60 * MINUTE_MS);
    server.state.signals.news().notify_one();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(platform.sent.lock().expect("whole").is_empty(), "at six");
    server.clock.advance_ms(60 * MINUTE_MS);
    server.state.signals.news().notify_one();
    assert_eq!(platform.cards(2).await.len(), 2, "at seven");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_names_only_channels_that_there_are_and_is_told_by_no_other() {
    let (server, platform) = start().await;
    let mut rule = negative_stock();
    rule.version = 3;
    rule.tell[0].channels = ["inbox".to_owned(), "telegraph".to_owned()].into();
    assert_eq!(save(&server, &rule).await["mistaken"][0]["kind"]["code"], "unknown_channel");
    rule.tell[0].channels = ["inbox".to_owned()].into();
    assert_eq!(save(&server, &rule).await, "saved");
    oversell(&server, 1, "100001").await;
    told(&server, &person("manager"), MessageKind::RuleFiring).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(platform.sent.lock().expect("whole").is_empty());
}

/// What fails between taking an event and judging it is judged later: once taken, an event does not come again.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_while_judging_loses_no_warning() {
    let (server, _platform) = start().await;
    let db = &server.state.db;
    db.execute("DEFINE EVENT full ON watch THEN { THROW 'no space' }").await.expect("runs");
    oversell(&server, 1, "100001").await;
    oversell(&server, 2, "100002").await;
    assert!(db.open_firings(None).await.expect("reads").is_empty(), "nothing can be kept");
    db.execute("REMOVE EVENT full ON watch").await.expect("runs");
    server.state.signals.settle().await;
    assert_eq!(db.open_firings(None).await.expect("reads").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_says_in_wecom_is_not_taken_for_another_s() {
    let (server, _platform) = start().await;
    let hq = server.signed_in("hq").await;
    let set = async |login: &str, address: &str| {
        let path = format!("/api/v1/people/{}/contact", person(login));
        hq.post(&path, &json!({ "channel": "wecom", "address": address })).await
    };
    let taken = set("deputy", "Manager").await;
    assert_eq!(taken.code(), "malformed", "{}", taken.json);
    assert!(taken.json["message"].as_str().is_some_and(|why| why.contains("somebody else's")), "{}", taken.json);
    assert!(set("manager", "MANAGER").await.status.is_success(), "one's own may be written otherwise");
    assert!(set("deputy", "deputy-2").await.status.is_success());
    let desk: &dyn server::message::answer::Handler = &server.state.messages.desk;
    let who = async |userid: &str| desk.person(userid).await.expect("reads");
    assert_eq!(who("manager").await, Some(person("manager")));
    // However it came about.
    server.state.db.save_contact(&person("deputy"), ChannelKind::WeCom, "manager").await.expect("keeps");
    assert_eq!(who("manager").await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_servers_on_one_database_one_warns_and_the_other_takes_over() {
    let (server, platform) = start().await;
    let first = &server.state;
    let second = AppState::start(first.config.clone(), first.clock.clone(), first.keys.clone(), first.db.clone());
    let second = second.await.expect("starts");
    assert!(!first.lease.renew().await.expect("asks"), "on a database of one process the newest has the lease");
    oversell(&server, 1, "100001").await;
    second.signals.settle().await;
    assert_eq!(platform.cards(2).await.len(), 2);
    first.signals.settle().await;
    assert_eq!(first.signals.open().count([&store()], Role::StoreManager, first.clock.now()), 1, "it knows of it");

    // The second does not go on; its time runs out.
    drop(second);
    first.clock.advance_ms(LASTS_MS);
    assert!(first.lease.renew().await.expect("asks"));
    first.signals.settle().await;
    oversell(&server, 2, "100002").await;
    assert_eq!(platform.cards(4).await.len(), 4);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut titles: Vec<String> = platform.sent.lock().expect("whole").iter().map(title).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["负库存：商品1", "负库存：商品1", "负库存：商品2", "负库存：商品2"], "each manager once");
    let open = first.db.open_firings(None).await.expect("reads");
    let again: Vec<EventId> =
        open.iter().filter(|row| !row.firing.again_at.is_empty()).map(|row| row.firing.id).collect();
    assert_eq!((open.len(), again), (2, Vec::new()), "none was raised twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_the_lease_fires_and_sends_nothing() {
    let (server, platform) = start().await;
    let other = server::lease::Lease::start(server.state.db.clone(), server.clock.clone()).await.expect("starts");
    assert!(!server.state.lease.renew().await.expect("asks"));
    oversell(&server, 1, "100001").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(server.state.db.open_firings(None).await.expect("reads").is_empty());
    assert!(platform.sent.lock().expect("whole").is_empty());
    other.release().await.expect("gives it back");
    assert!(server.state.lease.renew().await.expect("asks"));
    server.state.signals.settle().await;
    assert_eq!(platform.cards(2).await.len(), 2, "what happened meanwhile is told");
}

fn title(card: &Value) -> String {
    card["template_card"]["main_title"]["title"].as_str().unwrap_or_default().to_owned()
}

fn store() -> StoreCode {
    StoreCode::parse("S001").expect("valid")
}
