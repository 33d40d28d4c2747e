//! Messages that are answered, from the ledger to the inbox and back.

mod alert;
mod group;
mod mail;
mod push;

use crate::support::{NOW, TestServer, device, event, person};
use axum::body::Bytes;
use axum::http::HeaderMap;
use domain::id::{EventId, PersonId};
use domain::message::delivery::Step as Progress;
use domain::message::preference::ChannelKind;
use domain::message::{Act, Answer, CARD_VALUE_MAX_MINOR, Message, MessageKind};
use domain::policy::Role;
use domain::transfer::{Phase, Transfer, TransferId};
use serde_json::{Value, json};
use server::config::Config;
use server::message::webhook::SigningKey;
use std::time::Duration;

const SKU: &str = "100001";

/// A chain in which S002 has twenty pieces and a manager of its own.
async fn start() -> TestServer {
    start_with(Config::default()).await
}

async fn start_with(config: Config) -> TestServer {
    let server = TestServer::start_with(config).await;
    server.hire("clerk2", Role::Clerk, "S002").await;
    server.hire("manager2", Role::StoreManager, "S002").await;
    server.hire("deputy2", Role::StoreManager, "S002").await;
    let leg = |place: &str, units: i64| json!({ "place": place, "sku": SKU, "units": units });
    let legs = [leg("supplier", -20), leg("back_room", 20)];
    let mut receipt = event(1, &json!({ "moved": { "kind": "receipt", "legs": legs } }));
    receipt["store"] = json!("S002");
    receipt["device"] = json!(device(2));
    receipt["person"] = json!(person("clerk2"));
    let reply = server.signed_in("clerk2").await.sync(2, &[receipt]).await;
    assert_eq!(reply.json["answers"][0]["outcome"]["is"], "accepted", "{}", reply.json);
    server
}

/// The manager of S001 asks S002, then S009.
async fn request(server: &TestServer, n: u64, units: i64) -> TransferId {
    let id = EventId::from_parts(NOW.unix_ms().unsigned_abs(), u128::from(n));
    let candidates = json!([{ "store": "S002", "why": [] }, { "store": "S009", "why": [] }]);
    let lines = json!([{ "sku": SKU, "units": units }]);
    let step = json!({ "requested": { "lines": lines, "candidates": candidates, "wanted_by": null, "note": null } });
    let mut asks = event(n, &json!({ "transfer": { "transfer": id, "step": step } }));
    asks["person"] = json!(person("manager"));
    let reply = server.signed_in("manager").await.sync(1, &[asks]).await;
    assert_eq!(reply.json["answers"][0]["outcome"]["is"], "accepted", "{}", reply.json);
    server.clock.advance_ms(60_000);
    TransferId::of(id)
}

/// The person's newest message of a kind, once it is there.
async fn told(server: &TestServer, who: &PersonId, kind: MessageKind) -> Message {
    for _ in 0..200 {
        let inbox = server.state.db.inbox(who, 100).await.expect("reads");
        if let Some(message) = inbox.into_iter().find(|message| message.kind == kind) {
            return message;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{who} is not told of {kind:?}");
}

async fn say(server: &TestServer, login: &str, message: &Message, act: Act, reason: Option<&str>) -> String {
    let answer = Answer { act, about: message.about.clone() };
    let (desk, at) = (&server.state.messages.desk, server.state.clock.now());
    desk.answer(&person(login), &answer, reason, at, ChannelKind::WeCom).await.expect("answers")
}

async fn transfer(server: &TestServer, id: TransferId) -> Transfer {
    server.state.db.transfers([id]).await.expect("reads").pop().expect("is there")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tap_confirms_once_and_whoever_asked_is_told() {
    let server = start().await;
    let id = request(&server, 2, 3).await;
    let asked = told(&server, &person("manager2"), MessageKind::TransferRequest).await;
    assert_eq!(asked.title, "S001 申请调货 3 件");
    assert_eq!(asked.about.code.as_str(), id.to_string());
    let also = told(&server, &person("deputy2"), MessageKind::TransferRequest).await;
    assert_ne!(asked.id, also.id, "each has a message of their own");

    let first = say(&server, "manager2", &asked, Act::Confirm, None).await;
    assert!(first.starts_with("已确认 · ") && first.ends_with(" 12:01"), "{first}");
    assert_eq!(say(&server, "manager2", &asked, Act::Confirm, None).await, first, "a copy has the same answer");
    let late = say(&server, "deputy2", &also, Act::Decline, Some("needed_here")).await;
    assert_eq!(late, format!("晚了一步：{first}"));
    let confirmed = transfer(&server, id).await;
    assert_eq!((confirmed.phase(), confirmed.timeline().len()), (Phase::Confirmed, 2), "one effect");

    let news = told(&server, &person("manager"), MessageKind::TransferProgress).await;
    assert_eq!((news.title.as_str(), news.buttons.len()), ("S002 已确认调出", 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decline_needs_a_reason_and_asks_the_next_store() {
    let server = start().await;
    server.hire("manager9", Role::StoreManager, "S009").await;
    let id = request(&server, 2, 3).await;
    let asked = told(&server, &person("manager2"), MessageKind::TransferRequest).await;
    assert_eq!(say(&server, "manager2", &asked, Act::Decline, None).await, "请选拒绝的原因");
    assert_eq!(transfer(&server, id).await.phase(), Phase::AwaitsAnswer);
    let text = say(&server, "manager2", &asked, Act::Decline, Some("no_hands")).await;
    assert!(text.starts_with("已拒绝 · "), "{text}");
    let next = told(&server, &person("manager9"), MessageKind::TransferRequest).await;
    assert_eq!(next.about.version, asked.about.version + 1);
    let news = told(&server, &person("manager"), MessageKind::TransferProgress).await;
    assert_eq!(news.title, "S002 不能调出，已改问 S009");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_is_that_of_the_moment() {
    let server = start().await;
    let id = request(&server, 2, 3).await;
    let asked = told(&server, &person("manager2"), MessageKind::TransferRequest).await;
    for stranger in ["clerk2", "manager", "auditor"] {
        assert_eq!(say(&server, stranger, &asked, Act::Confirm, None).await, "您不能决定这一条", "{stranger}");
    }
    let gone = server::store::person::AccountState::Disabled;
    server.state.sign_in.set_state(&person("manager2"), gone).await.expect("disables");
    assert_eq!(say(&server, "manager2", &asked, Act::Confirm, None).await, "您不能决定这一条");
    assert_eq!(transfer(&server, id).await.timeline().len(), 1, "no effect");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_or_too_dear_is_not_promised_on_a_card() {
    let server = start().await;
    let id = request(&server, 2, 21).await;
    let asked = told(&server, &person("manager2"), MessageKind::TransferRequest).await;
    assert_eq!(say(&server, "manager2", &asked, Act::Confirm, None).await, "可调出的不够，请打开处理");
    assert_eq!(transfer(&server, id).await.phase(), Phase::AwaitsAnswer);
    let dear = CARD_VALUE_MAX_MINOR / 500 + 1;
    let id = request(&server, 3, dear).await;
    let word = told(&server, &person("regional"), MessageKind::Approval).await;
    assert_eq!(word.buttons, [], "only to be opened");
    assert_eq!(say(&server, "regional", &word, Act::Confirm, None).await, "金额大，请打开页面办理");
    assert_eq!(transfer(&server, id).await.phase(), Phase::AwaitsApproval);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_knows_what_was_opened_and_answered() {
    let server = start().await;
    request(&server, 2, 3).await;
    let asked = told(&server, &person("manager2"), MessageKind::TransferRequest).await;
    let browser = server.signed_in("manager2").await;
    let form = "application/x-www-form-urlencoded";
    let read = async |path: &str, body: String| browser.post_text(path, form, body).await.json;
    assert_eq!(read("/fn/count_unread", String::new()).await, json!(1));
    let inbox = read("/fn/inbox", String::new()).await;
    assert_eq!((&inbox["rows"][0]["is_new"], &inbox["rows"][0]["outcome"]), (&json!(true), &Value::Null));
    assert_eq!(read("/fn/count_unread", String::new()).await, json!(0));
    let answered = read("/fn/answer_message", format!("message={}&act=confirm", asked.id)).await;
    assert!(answered.as_str().is_some_and(|text| text.starts_with("已确认 · ")), "{answered}");
    let inbox = read("/fn/inbox", String::new()).await;
    assert_eq!(inbox["rows"][0]["outcome"], answered);
    assert_eq!(inbox["rows"][0]["message"]["buttons"], json!([]));
    let ways = server.state.db.deliveries_of(asked.id).await.expect("reads");
    let [way] = ways.as_slice() else { panic!("only the inbox is set up: {ways:?}") };
    assert_eq!(way.delivery.minutes_until(Progress::Acted), Some(0));
    let others = server.signed_in("manager").await;
    let reply = others.post_text("/fn/answer_message", form, format!("message={}&act=confirm", asked.id)).await;
    assert_eq!(reply.json["code"], "not_found", "only one's own");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_program_is_told_by_a_signed_webhook() {
    const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr";
    let config = Config { webhook_key: Some(KEY.to_owned()), webhook_to_loopback: true, ..Config::default() };
    let server = start_with(config).await;
    let (arrived, mut arrivals) = tokio::sync::mpsc::unbounded_channel();
    let take = move |headers: HeaderMap, body: Bytes| {
        let _ = arrived.send((headers, body));
        async {}
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let program = format!("http://{}/told", listener.local_addr().expect("has one"));
    let router = axum::Router::new().route("/told", axum::routing::post(take));
    tokio::spawn(async move { axum::serve(listener, router).await });

    let hq = server.signed_in("hq").await;
    let path = format!("/api/v1/people/{}/contact", person("manager2"));
    let inside = hq.post(&path, &json!({ "channel": "webhook", "address": "https://10.0.0.7/told" })).await;
    assert_eq!(inside.code(), "malformed", "no address within the network");
    let known = hq.post(&path, &json!({ "channel": "webhook", "address": program })).await;
    assert!(known.status.is_success(), "{}", known.json);
    request(&server, 2, 3).await;

    let (headers, body) =
        tokio::time::timeout(Duration::from_secs(30), arrivals.recv()).await.expect("in time").expect("arrives");
    let header = |name: &str| headers[name].to_str().expect("text");
    let key = SigningKey::parse(KEY).expect("a key");
    let signed = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
    assert!(key.verifies(signed.0, signed.1, signed.2, &body, server.state.clock.now()));
    let told: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(told["messages"][0]["title"], "S001 申请调货 3 件");
}
