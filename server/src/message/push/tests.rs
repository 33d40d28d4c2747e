use super::sealed::tests::{device, opened};
use super::*;
use crate::message::channel::tests::request;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;

const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

#[test]
fn only_the_browsers_services_are_asked() {
    let known = |url: &str| checked(&device(url.to_owned()), Reach::Public).is_ok();
    assert!(known("https://fcm.googleapis.com/fcm/send/x"));
    assert!(known("https://updates.push.services.mozilla.com/wpush/v2/x"));
    assert!(known("https://web.push.apple.com/x"));
    for foreign in [
        "https://evil.example/fcm.googleapis.com",
        "https://fcm.googleapis.com.evil.example/",
        "https://notfcm.googleapis.com/",
        "https://evilpush.apple.com/",
        "https://fcm.googleapis.com@evil.example/",
        "http://fcm.googleapis.com/",
        "https://fcm.googleapis.com:8443/",
        "https://127.0.0.1/",
        "https://10.0.0.7/",
        "",
    ] {
        assert!(!known(foreign), "{foreign}");
    }
    assert!(!known(&format!("https://fcm.googleapis.com/{}", "x".repeat(ENDPOINT_BYTES_MAX))));
}

#[test]
fn a_notice_fits_whatever_is_in_it() {
    let mut messages: Vec<_> = (0..200).map(request).collect();
    messages.iter_mut().for_each(|message| {
        message.title = "长".repeat(500);
        message.facts.iter_mut().for_each(|fact| fact.value = "长".repeat(500));
    });
    for content in [Content::One(&messages[0]), Content::Digest(&messages)] {
        let notice = Notice::of(content);
        assert!(seal(notice.json.as_bytes(), &device(String::new())).is_ok(), "{} bytes", notice.json.len());
        assert!(notice.asks && notice.topic.len() <= 32);
    }
}

/// A push service that answers with `code`; where it is.
async fn serve(code: u16) -> String {
    let push = post(move |headers: HeaderMap, body: Bytes| async move {
        let told = String::from_utf8(opened(&body)).expect("text");
        let authorization = headers["authorization"].to_str().expect("text").to_owned();
        let is_whole = told.contains("调拨待确认") && headers["urgency"] == "high";
        assert!(authorization.starts_with("vapid t=") && is_whole, "{told}");
        (StatusCode::from_u16(code).expect("a status"), [("retry-after", "120")])
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}/push", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/push", push)).await.expect("serves") });
    base
}

/// A person whose devices' services answer with these codes, and what becomes of a message to them.
async fn sent_to(codes: &[u16]) -> (Result<Sent, SendError>, usize) {
    let database = Database::open("mem://").await.expect("opens");
    let person = PersonId::parse("P-WANG").expect("valid");
    for code in codes {
        database.add_push(&person, &device(serve(*code).await), "session", NOW).await.expect("keeps");
    }
    let channel = WebPush::new(vapid::tests::vapid(), Reach::LoopbackToo, Clock::manual(NOW), database.clone());
    let sent = channel.send("P-WANG", Content::One(&request(1))).await;
    (sent, database.push_subscriptions(&person).await.expect("reads").len())
}

#[tokio::test]
async fn a_service_says_what_becomes_of_a_subscription() {
    for (code, expected, n_left) in [
        (201, Ok(Sent::default()), 1),
        (404, Err(SendError::NoReceiver), 0),
        (410, Err(SendError::NoReceiver), 0),
        (413, Err(SendError::Refused("HTTP 413".into())), 1),
        (429, Err(SendError::Busy { for_ms: 120_000, why: "HTTP 429".into() }), 1),
        (503, Err(SendError::Later("HTTP 503".into())), 1),
    ] {
        assert_eq!(sent_to(&[code]).await, (expected, n_left), "{code}");
    }
}

#[tokio::test]
async fn one_device_is_enough_and_lost_ones_are_forgotten() {
    assert_eq!(sent_to(&[410, 201, 404]).await, (Ok(Sent::default()), 1));
    assert_eq!(sent_to(&[]).await, (Err(SendError::NoReceiver), 0));
    assert_eq!(sent_to(&[410, 503]).await, (Err(SendError::Later("HTTP 503".into())), 1));
}

#[tokio::test]
async fn a_service_that_rests_is_not_asked_before_its_time() {
    let database = Database::open("mem://").await.expect("opens");
    let person = PersonId::parse("P-WANG").expect("valid");
    database.add_push(&person, &device(serve(429).await), "session", NOW).await.expect("keeps");
    let clock = Clock::manual(NOW);
    let channel = WebPush::new(vapid::tests::vapid(), Reach::LoopbackToo, clock.clone(), database);
    let busy = |for_ms: i64, why: &str| Err(SendError::Busy { for_ms, why: why.into() });
    let send = || channel.send("P-WANG", Content::One(&REQUEST));
    static REQUEST: std::sync::LazyLock<domain::message::Message> = std::sync::LazyLock::new(|| request(1));
    assert_eq!(send().await, busy(120_000, "HTTP 429"));
    clock.advance_ms(20_000);
    assert_eq!(send().await, busy(100_000, "the push service rests"));
    clock.advance_ms(100_000);
    assert_eq!(send().await, busy(120_000, "HTTP 429"));
}
