//! A robot in a store's group, against a platform of the test's own.

use super::{request, say, start_with, told};
use crate::support::{Browser, TestServer, person};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use domain::id::StoreCode;
use domain::message::delivery::{Failure, Step as Progress};
use domain::message::preference::ChannelKind;
use domain::message::{Act, Message, MessageKind, group_reader};
use serde_json::{Value, json};
use server::config::Config;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::mpsc;

const KEY: &str = "693a91f6-7ccc-4bc4-97a0-0ec2sifa5aaa";
const FORM: &str = "application/x-www-form-urlencoded";

type Arrivals = mpsc::UnboundedReceiver<Value>;

async fn take(
    State(arrived): State<mpsc::UnboundedSender<Value>>,
    Query(query): Query<BTreeMap<String, String>>,
    body: String,
) -> String {
    if query.get("key").map(String::as_str) != Some(KEY) {
        return json!({ "errcode": 93000, "errmsg": "invalid webhook url" }).to_string();
    }
    let _ = arrived.send(serde_json::from_str(&body).expect("JSON"));
    json!({ "errcode": 0, "errmsg": "ok" }).to_string()
}

async fn start() -> (TestServer, Arrivals) {
    let (arrived, arrivals) = mpsc::unbounded_channel();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("has one"));
    let router = axum::Router::new().route("/cgi-bin/webhook/send", axum::routing::post(take)).with_state(arrived);
    tokio::spawn(async move { axum::serve(listener, router).await });
    let public_origin = Some("http://shop.test".to_owned());
    (start_with(Config { public_origin, wecom_base: base, ..Config::default() }).await, arrivals)
}

async fn set(browser: &Browser, store: &str, key: &str) -> String {
    let reply = browser.post_text("/fn/set_robot", FORM, format!("store={store}&key={key}")).await;
    if reply.status == StatusCode::OK { String::new() } else { reply.code().to_owned() }
}

/// What the group of S002 was told, once it is noted as `is_so`.
async fn group_way(server: &TestServer, message: &Message, step: Progress) {
    for _ in 0..200 {
        let ways = server.state.db.deliveries_of(message.id).await.expect("reads");
        assert!(ways.iter().all(|way| way.delivery.channel == ChannelKind::WeComGroup), "a group has no inbox");
        if ways.iter().any(|way| way.delivery.steps.contains_key(&step)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never {step:?}");
}

fn group() -> domain::id::PersonId {
    group_reader(&StoreCode::parse("S002").expect("valid"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_told_once_however_many_answer_for_the_store() {
    let (server, mut arrivals) = start().await;
    let hq = server.signed_in("hq").await;
    let address = format!("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}").replace(':', "%3A");
    assert_eq!(set(&hq, "S002", &address.replace('?', "%3F").replace('=', "%3D")).await, "");
    server.state.db.save_contact(&person("manager2"), ChannelKind::WeCom, "wangfang").await.expect("keeps");
    server.state.db.save_contact(&person("clerk2"), ChannelKind::WeCom, "clerk").await.expect("keeps");
    request(&server, 2, 3).await;

    let shown =
        tokio::time::timeout(Duration::from_secs(30), arrivals.recv()).await.expect("in time").expect("arrives");
    let text = shown["markdown"]["content"].as_str().expect("markdown");
    assert!(text.starts_with("**S001 申请调货 3 件**"), "{text}");
    assert!(text.contains("<@wangfang>") && !text.contains("<@clerk>"), "who can answer is mentioned: {text}");
    let message = told(&server, &group(), MessageKind::TransferRequest).await;
    assert!(text.contains(&format!("(http://shop.test/open/wecom_group/{})", message.id)), "{text}");
    group_way(&server, &message, Progress::Sent).await;
    told(&server, &person("manager2"), MessageKind::TransferRequest).await;
    told(&server, &person("deputy2"), MessageKind::TransferRequest).await;
    assert!(arrivals.try_recv().is_err(), "two managers, one message");

    let path = format!("/open/wecom_group/{}", message.id);
    let stranger = server.signed_in("manager").await.get(&path).await;
    assert_eq!(stranger.location(), Some("/inbox"), "another store's");
    let nobody = server.browser().get(&path).await;
    assert!(nobody.location().is_some_and(|to| to.starts_with("/sign-in?next=")));
    let ways = server.state.db.deliveries_of(message.id).await.expect("reads");
    assert!(!ways[0].delivery.steps.contains_key(&Progress::Opened), "nobody has opened it yet");
    let reader = server.signed_in("clerk2").await.get(&path).await;
    assert_eq!(reader.location(), Some(message.link.path.as_str()));
    assert!(message.link.path.starts_with("/transfers/"));
    group_way(&server, &message, Progress::Opened).await;

    // News for whoever asked are not for a group, and what is answered is not told twice.
    let asked = told(&server, &person("manager2"), MessageKind::TransferRequest).await;
    say(&server, "manager2", &asked, Act::Confirm, None).await;
    told(&server, &person("manager"), MessageKind::TransferProgress).await;
    assert!(arrivals.try_recv().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_written_and_never_shown() {
    let (server, _arrivals) = start().await;
    let hq = server.signed_in("hq").await;
    assert_eq!(set(&hq, "S002", KEY).await, "");
    assert_eq!(set(&hq, "S404", KEY).await, "not_found");
    for wrong in ["", "short", "https%3A%2F%2F10.0.0.7%2Fin", "a%20b%20c%20d%20e%20f"] {
        assert_eq!(set(&hq, "S001", wrong).await, "malformed", "{wrong}");
    }
    assert_eq!(set(&server.signed_in("manager2").await, "S002", KEY).await, "forbidden");
    let robots = hq.post_text("/fn/robots", FORM, String::new()).await;
    let states: Vec<&Value> = robots.json.as_array().expect("rows").iter().map(|row| &row["is_refused"]).collect();
    assert_eq!(states, [&Value::Null, &json!(false), &Value::Null]);
    let (_, page) = hq.text("/deliveries").await;
    assert!(!page.contains(KEY) && !String::from_utf8_lossy(&robots.bytes).contains(KEY));
    assert!(page.contains("门店群机器人"));
    let removed = hq.post_text("/fn/forget_robot", FORM, "store=S002".to_owned()).await;
    assert_eq!(removed.status, StatusCode::OK, "{}", removed.json);
    assert!(server.state.db.robots().await.expect("reads").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_robot_that_is_gone_is_visible() {
    let (server, mut arrivals) = start().await;
    let hq = server.signed_in("hq").await;
    assert_eq!(set(&hq, "S002", "another-robot-altogether").await, "");
    request(&server, 2, 3).await;
    let message = told(&server, &group(), MessageKind::TransferRequest).await;
    for _ in 0..200 {
        let ways = server.state.db.deliveries_of(message.id).await.expect("reads");
        if matches!(ways[0].delivery.failed, Some((_, Failure::NoReceiver))) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let robots = server.state.db.robots().await.expect("reads");
    assert_eq!(robots.into_values().collect::<Vec<_>>(), [true]);
    request(&server, 3, 2).await;
    told(&server, &person("manager2"), MessageKind::TransferRequest).await;
    assert!(arrivals.try_recv().is_err());
}
