//! DingTalk's and Feishu's robots, against platforms of the test's own that check the signatures.

use super::*;
use crate::message::channel::tests::request;
use axum::extract::{Path, Query, State};
use axum::routing::post;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_123);
const TOKEN: &str = "566cc69da782ec33e42541b09b08551f09fbe864eb8008112e994b43887";
const SECRET: &str = "SEC8f2bc9b71c1a4de9b0a1e4d1c1f0f7e2";

type Shown = Arc<Mutex<Vec<Value>>>;

async fn dingtalk(
    State(shown): State<Shown>,
    Query(query): Query<BTreeMap<String, String>>,
    axum::Json(body): axum::Json<Value>,
) -> axum::Json<Value> {
    let at = query.get("timestamp").cloned().unwrap_or_default();
    let signed = mac(SECRET, &format!("{at}\n{SECRET}"));
    let answer = |code: i64, text: &str| axum::Json(json!({ "errcode": code, "errmsg": text }));
    if query.get("access_token").map(String::as_str) != Some(TOKEN) {
        return answer(300_005, "token is not exist");
    }
    if query.get("sign") != Some(&signed) || at != NOW.unix_ms().to_string() {
        return answer(310_000, "sign not match");
    }
    shown.lock().expect("no test panics here").push(body);
    answer(0, "ok")
}

async fn feishu(
    State(shown): State<Shown>,
    Path(hook): Path<String>,
    axum::Json(body): axum::Json<Value>,
) -> axum::Json<Value> {
    let at = body["timestamp"].as_str().unwrap_or_default();
    let signed = mac(&format!("{at}\n{SECRET}"), "");
    if hook != TOKEN {
        return axum::Json(json!({ "code": 19_001, "msg": "param invalid: incoming webhook access token invalid" }));
    }
    if body["sign"] != json!(signed) || at != (NOW.unix_ms() / 1000).to_string() {
        return axum::Json(json!({ "code": 19_021, "msg": "sign match fail or timestamp is not within one hour" }));
    }
    shown.lock().expect("no test panics here").push(body);
    axum::Json(json!({ "code": 0, "msg": "success", "data": {} }))
}

async fn start() -> (Bases, Shown) {
    let shown = Shown::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("has one"));
    let router = axum::Router::new()
        .route("/robot/send", post(dingtalk))
        .route("/open-apis/bot/v2/hook/{hook}", post(feishu))
        .with_state(shown.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (Bases { wecom: base.clone(), dingtalk: base.clone(), feishu: base }, shown)
}

async fn show(bases: &Bases, robot: &Robot, content: Content<'_>) -> Verdict {
    let http = http::client();
    robot.show((&http, bases), content, ("https://stock.example", &[]), NOW).await.expect("answers")
}

fn robot(platform: &str, token: &str, secret: &str) -> Robot {
    let address = match platform {
        "dingtalk" => format!("https://oapi.dingtalk.com/robot/send?access_token={token}"),
        _ => format!("https://open.feishu.cn/open-apis/bot/v2/hook/{token}"),
    };
    Robot::typed(&address, secret).expect("an address")
}

#[test]
fn robots_are_taken_as_their_platforms_show_them() {
    let key = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa";
    let of_wecom = Some(Robot::WeCom(Secret::new(key)));
    let address = format!("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={key}");
    for typed in [format!(" {key}\n"), address.clone(), format!("{address}&debug=1")] {
        assert_eq!(Robot::typed(&typed, ""), of_wecom, "{typed}");
    }
    assert_eq!(Robot::typed(key, SECRET), None, "WeCom's are not signed to");
    for wrong in ["", "short", "https://evil.example/in", "key=", "693a91f6-7xxx&key=../../gettoken"] {
        assert_eq!(Robot::typed(wrong, ""), None, "{wrong}");
    }
    assert_eq!(Robot::typed(&"x".repeat(129), ""), None);
    for wrong in ["https://oapi.dingtalk.com/robot/send", "https://open.feishu.cn/open-apis/bot/v2/hook/../x"] {
        assert_eq!(Robot::typed(wrong, ""), None, "{wrong}");
    }
    let robots = [of_wecom.expect("one"), robot("dingtalk", TOKEN, SECRET), robot("feishu", TOKEN, "")];
    for robot in robots {
        assert_eq!(Robot::of_stored(&robot.to_stored()), robot);
    }
}

#[tokio::test]
async fn a_signed_card_with_a_link_is_shown() {
    let (bases, shown) = start().await;
    let message = request(1);
    for platform in ["dingtalk", "feishu"] {
        let robot = robot(platform, TOKEN, SECRET);
        assert_eq!(show(&bases, &robot, Content::One(&message)).await, Verdict::Shown);
        assert_eq!(show(&bases, &robot, Content::Digest(&[request(2), request(3)])).await, Verdict::Shown);
    }
    let shown = shown.lock().expect("no test panics here");
    let link = format!("https://stock.example/open/wecom_group/{}", message.id);
    assert_eq!(shown[0]["actionCard"]["singleURL"], json!(link));
    assert_eq!(shown[0]["actionCard"]["text"], json!("### 调拨待确认 1\n\n- 数量：12 件"));
    assert!(shown[1]["text"]["content"].as_str().is_some_and(|text| text.starts_with("【2】")));
    assert_eq!(shown[2]["card"]["elements"][1]["actions"][0]["url"], json!(link));
    assert_eq!(shown[2]["card"]["elements"][0]["fields"][0]["text"]["content"], json!("数量：12 件"));
    assert!(shown[3]["content"]["text"].as_str().is_some_and(|text| text.starts_with("【2】")));
}

#[tokio::test]
async fn a_robot_that_is_gone_or_set_wrong_must_be_set_anew() {
    let (bases, shown) = start().await;
    let message = request(1);
    for platform in ["dingtalk", "feishu"] {
        let gone = robot(platform, "another-robot-altogether", SECRET);
        assert_eq!(show(&bases, &gone, Content::One(&message)).await, Verdict::Misset, "{platform}");
        for secret in ["", "SECthat-is-another"] {
            let misset = robot(platform, TOKEN, secret);
            assert_eq!(show(&bases, &misset, Content::One(&message)).await, Verdict::Misset, "{platform}");
        }
    }
    assert!(shown.lock().expect("no test panics here").is_empty());
}

#[test]
fn what_is_said_too_often_waits_and_what_is_no_answer_is_tried_again() {
    let busy = |verdict| match verdict {
        Verdict::Not(SendError::Busy { for_ms, .. }) => Some(for_ms),
        _ => None,
    };
    assert_eq!(busy(of_dingtalk(&json!({ "errcode": 130_101 }))), Some(SILENCED_MS));
    assert_eq!(busy(of_feishu(&json!({ "code": 11_232 }))), Some(MINUTE_MS));
    assert!(matches!(of_dingtalk(&json!({})), Verdict::Not(SendError::Later(_))), "a proxy's page");
    assert!(matches!(of_feishu(&json!({})), Verdict::Not(SendError::Later(_))), "a proxy's page");
    assert!(matches!(of_dingtalk(&json!({ "errcode": 40_035 })), Verdict::Not(SendError::Refused(_))));
}

/// Computed with Python's `hmac`, as both platforms' documents show it.
#[test]
fn signatures_are_those_of_the_documents() {
    assert_eq!(mac("1599360473\nthis is secret", ""), "/eYKrXQBzTjUZJ3s6NX16VxGbTwmK7AEs8/FnvC1CSw=");
    assert_eq!(mac("this is secret", "1577262236757\nthis is secret"), "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM=");
}
