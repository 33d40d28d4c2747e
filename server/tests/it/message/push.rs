//! Notices to browsers, against a push service and a browser of the test's own.

use super::{request, start_with, told};
use crate::support::{Browser, Reply, TestServer, person};
use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey as Signer};
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use data_encoding::BASE64URL_NOPAD;
use domain::message::MessageKind;
use domain::message::delivery::{Failure, Step as Progress};
use domain::message::preference::{ChannelKind, Preference};
use serde_json::{Value, json};
use server::config::Config;
use server::store::message::DeliveryRecord;
use std::time::Duration;
use tokio::sync::mpsc;

/// What a push service was sent: for which browser, with which headers.
type Arrival = (String, HeaderMap, Bytes);

/// A push service whose browser `gone` is gone.
async fn push_service() -> (String, mpsc::UnboundedReceiver<Arrival>) {
    let (arrived, arrivals) = mpsc::unbounded_channel();
    let take = move |Path(browser): Path<String>, headers: HeaderMap, body: Bytes| {
        let status = if browser == "gone" { StatusCode::GONE } else { StatusCode::CREATED };
        let _ = arrived.send((browser, headers, body));
        async move { status }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("has one"));
    let router = axum::Router::new().route("/{browser}", axum::routing::post(take));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (base, arrivals)
}

async fn arrival(arrivals: &mut mpsc::UnboundedReceiver<Arrival>) -> Arrival {
    tokio::time::timeout(Duration::from_secs(30), arrivals.recv()).await.expect("in time").expect("arrives")
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// A browser's keys.
struct Device {
    private: PrivateKey,
    auth: [u8; 16],
}

impl Device {
    fn new() -> Self {
        Self { private: PrivateKey::generate(&ECDH_P256).expect("random"), auth: *b"sixteen letters!" }
    }

    fn public(&self) -> Vec<u8> {
        self.private.compute_public_key().expect("has one").as_ref().to_vec()
    }

    fn subscription(&self, endpoint: &str) -> Value {
        let text = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        let keys = json!({ "p256dh": text(&self.public()), "auth": text(&self.auth) });
        json!({ "endpoint": endpoint, "keys": keys, "is_new": true })
    }

    /// What the browser hands to its service worker: RFC 8291, read from the other side.
    fn open(&self, body: &[u8]) -> Value {
        let (salt, rest) = body.split_first_chunk::<16>().expect("a salt");
        assert_eq!((&rest[..4], rest[4]), (&4096_u32.to_be_bytes()[..], 65));
        let (sender, record) = rest[5..].split_at(65);
        let public = self.public();
        let info = [b"WebPush: info\0".as_slice(), &public, sender];
        let sender = UnparsedPublicKey::new(&ECDH_P256, sender);
        let mut secret = [0; 32];
        agree(&self.private, sender, (), |shared| {
            let made = Salt::new(HKDF_SHA256, &self.auth).extract(shared);
            made.expand(&info, Length(32)).and_then(|made| made.fill(&mut secret)).map_err(drop)
        })
        .expect("agrees");
        let derived = Salt::new(HKDF_SHA256, salt).extract(&secret);
        let (mut key, mut nonce) = ([0; 16], [0; 12]);
        derived.expand(&[b"Content-Encoding: aes128gcm\0"], Length(16)).expect("short").fill(&mut key).expect("fits");
        derived.expand(&[b"Content-Encoding: nonce\0"], Length(12)).expect("short").fill(&mut nonce).expect("fits");
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).expect("a key"));
        let mut record = record.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let plain = key.open_in_place(nonce, Aad::empty(), &mut record).expect("for this browser");
        assert_eq!(plain.last(), Some(&2), "the last record");
        serde_json::from_slice(&plain[..plain.len() - 1]).expect("JSON")
    }
}

async fn start() -> TestServer {
    let contact = Some("mailto:it@chain.example".to_owned());
    start_with(Config { push_contact: contact, webhook_to_loopback: true, ..Config::default() }).await
}

async fn subscribe(browser: &Browser, subscription: &Value) -> Reply {
    browser.post("/api/v1/push/subscribe", subscription).await
}

/// The message's way through browsers, once `is_so`.
async fn way(
    server: &TestServer,
    message: domain::id::MessageId,
    is_so: fn(&DeliveryRecord) -> bool,
) -> DeliveryRecord {
    for _ in 0..200 {
        let ways = server.state.db.deliveries_of(message).await.expect("reads");
        let found = ways.into_iter().find(|way| way.delivery.channel == ChannelKind::WebPush && is_so(way));
        if let Some(way) = found {
            return way;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never came to that");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_device_shows_what_only_it_can_read() {
    let server = start().await;
    let (service, mut arrivals) = push_service().await;
    let browser = server.signed_in("manager2").await;
    let form = "application/x-www-form-urlencoded";
    let telling = browser.post_text("/fn/telling", form, String::new()).await.json;
    let server_key = telling["push_key"].as_str().expect("browsers are told").to_owned();
    let unknown = json!(["web_push", true, false]);
    assert!(telling["channels"].as_array().is_some_and(|channels| channels.contains(&unknown)), "{telling}");
    // Whoever has chosen other ways chooses this one by agreeing to it.
    let manager = person("manager2");
    server.state.db.save_preference(&manager, &Preference::default()).await.expect("keeps");

    let (phone, tablet) = (Device::new(), Device::new());
    for (device, name) in [(&phone, "phone"), (&tablet, "tablet"), (&tablet, "gone")] {
        let reply = subscribe(&browser, &device.subscription(&format!("{service}/{name}"))).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.json);
    }
    request(&server, 2, 3).await;
    let asked = told(&server, &manager, MessageKind::TransferRequest).await;
    let mut shown = Vec::new();
    for _ in 0..3 {
        let (name, headers, body) = arrival(&mut arrivals).await;
        assert_eq!(
            (&headers["content-encoding"], &headers["urgency"]),
            (&"aes128gcm".parse().unwrap(), &"high".parse().unwrap())
        );
        let (token, key) = headers["authorization"].to_str().expect("text").split_once(", k=").expect("both");
        assert_eq!(key, server_key, "what browsers were given");
        let (signed, signature) = token.trim_start_matches("vapid t=").rsplit_once('.').expect("three parts");
        let decoded = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).expect("base 64");
        Signer::new(&ECDSA_P256_SHA256_FIXED, decoded(key))
            .verify(signed.as_bytes(), &decoded(signature))
            .expect("ours");
        let claims: Value = serde_json::from_slice(&decoded(signed.split_once('.').expect("two").1)).expect("JSON");
        assert_eq!((&claims["aud"], &claims["sub"]), (&json!(service), &json!("mailto:it@chain.example")));
        let notice = if name == "phone" { phone.open(&body) } else { tablet.open(&body) };
        assert_eq!(notice["title"], "S001 申请调货 3 件");
        assert_eq!(notice["path"], format!("/transfers/{}", asked.about.code));
        assert_eq!(notice["messages"], json!([asked.id]));
        shown.push(name);
    }
    shown.sort();
    assert_eq!(shown, ["gone", "phone", "tablet"]);
    way(&server, asked.id, |way| way.delivery.steps.contains_key(&Progress::Sent)).await;
    assert_eq!(server.state.db.push_subscriptions(&manager).await.expect("reads").len(), 2, "one is gone");

    let opened = json!({ "messages": [asked.id] });
    let strangers = server.signed_in("deputy2").await.post("/api/v1/push/opened", &opened).await;
    assert!(strangers.status.is_success());
    let unopened = way(&server, asked.id, |_| true).await;
    assert!(!unopened.delivery.steps.contains_key(&Progress::Opened), "only whom it was sent to opens it");
    browser.post("/api/v1/push/opened", &opened).await;
    browser.post("/api/v1/push/opened", &opened).await;
    let way = way(&server, asked.id, |way| way.delivery.steps.contains_key(&Progress::Opened)).await;
    assert_eq!(way.delivery.minutes_until(Progress::Opened), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_is_not_told_any_more() {
    let server = start().await;
    let (service, _arrivals) = push_service().await;
    let device = Device::new();
    let subscription = device.subscription(&format!("{service}/phone"));
    let n_devices = async |login: &str| server.state.db.push_subscriptions(&person(login)).await.expect("reads").len();
    let [manager, deputy] = [server.signed_in("manager2").await, server.signed_in("deputy2").await];

    assert!(subscribe(&manager, &subscription).await.status.is_success());
    let endpoint = json!({ "endpoint": format!("{service}/phone") });
    deputy.post("/api/v1/push/unsubscribe", &endpoint).await;
    assert_eq!(n_devices("manager2").await, 1, "nobody ends another person's");
    assert!(subscribe(&deputy, &subscription).await.status.is_success());
    assert_eq!((n_devices("manager2").await, n_devices("deputy2").await), (0, 1), "a device has one person");
    deputy.post("/api/v1/push/unsubscribe", &endpoint).await;
    assert_eq!(n_devices("deputy2").await, 0);

    subscribe(&manager, &subscription).await;
    manager.post("/api/v1/sign-out", &json!({})).await;
    assert_eq!(n_devices("manager2").await, 0, "signed out of this device");
    subscribe(&deputy, &subscription).await;
    server.signed_in("deputy2").await.post("/api/v1/sign-out", &json!({})).await;
    assert_eq!(n_devices("deputy2").await, 1, "another device has signed out");
    server.signed_in("deputy2").await.post("/api/v1/sign-out-everywhere", &json!({})).await;
    assert_eq!(n_devices("deputy2").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_addresses_and_garbage_are_no_subscriptions() {
    let server = start().await;
    let browser = server.signed_in("manager2").await;
    let device = Device::new();
    for endpoint in [
        "https://10.0.0.7/push",
        "https://169.254.169.254/latest",
        "http://fcm.googleapis.com/fcm/send/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evil.example/x",
        "javascript:alert(1)",
        "",
    ] {
        assert_eq!(subscribe(&browser, &device.subscription(endpoint)).await.code(), "malformed", "{endpoint}");
    }
    let genuine = "https://fcm.googleapis.com/fcm/send/x";
    for (p256dh, auth) in [("", ""), ("AAAA", "AAAA"), ("!", "!")] {
        let garbage = json!({ "endpoint": genuine, "keys": { "p256dh": p256dh, "auth": auth } });
        assert_eq!(subscribe(&browser, &garbage).await.code(), "malformed");
    }
    assert_eq!(subscribe(&browser, &json!({ "endpoint": genuine })).await.code(), "malformed");
    assert!(server.state.db.push_subscriptions(&person("manager2")).await.expect("reads").is_empty());
    let nobody = subscribe(&server.browser(), &device.subscription(genuine)).await;
    assert_eq!(nobody.code(), "sign_in_needed");
    let path = format!("/api/v1/people/{}/contact", person("manager2"));
    let by_hq = json!({ "channel": "web_push", "address": genuine });
    assert_eq!(server.signed_in("hq").await.post(&path, &by_hq).await.code(), "malformed", "a device is its person's");
    for n in 0..30 {
        let endpoint = format!("https://fcm.googleapis.com/fcm/send/{n}");
        assert!(subscribe(&browser, &device.subscription(&endpoint)).await.status.is_success());
    }
    let devices = server.state.db.push_subscriptions(&person("manager2")).await.expect("reads");
    assert_eq!(devices.len(), 20, "the oldest make room");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_without_a_device_left_is_visible() {
    let server = start().await;
    let (service, mut arrivals) = push_service().await;
    let browser = server.signed_in("manager2").await;
    subscribe(&browser, &Device::new().subscription(&format!("{service}/gone"))).await;
    request(&server, 2, 3).await;
    arrival(&mut arrivals).await;
    let asked = told(&server, &person("manager2"), MessageKind::TransferRequest).await;
    let way = way(&server, asked.id, |way| way.delivery.failed.is_some()).await;
    assert!(matches!(way.delivery.failed, Some((_, Failure::NoReceiver))));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_offered_where_it_is_not_set_up() {
    let server = start_with(Config::default()).await;
    let browser = server.signed_in("manager2").await;
    let telling = browser.post_text("/fn/telling", "application/x-www-form-urlencoded", String::new()).await.json;
    assert_eq!(telling["push_key"], Value::Null);
    let subscription = Device::new().subscription("https://fcm.googleapis.com/fcm/send/x");
    assert_eq!(subscribe(&browser, &subscription).await.code(), "not_found");
}
