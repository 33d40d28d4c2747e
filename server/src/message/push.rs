//! Web Push: a notice on a device whose browser has agreed to it. Encrypted for that browser (RFC 8291), so the push
//! service in between learns only that there is one.

pub mod sealed;
pub mod vapid;

use super::channel::{Channel, Content, SendError, Sent, clipped};
use super::guard::{self, Reach};
use super::http;
use super::schedule::Limits;
use crate::clock::Clock;
use domain::instant::MINUTE_MS;
use domain::message::preference::ChannelKind;
use futures::future::BoxFuture;
use reqwest::{Client, Url};
use sealed::Subscription;
use serde_json::json;
use vapid::Vapid;

/// For how long a push service keeps a notice for a device that is off.
const KEPT_S: u32 = 86_400;
/// How long to wait for somebody to correct the keys.
const MISSET_MS: i64 = 10 * MINUTE_MS;

/// The push services of the browsers. A subscription comes from a device, so its address is anybody's: only these are
/// asked.
const HOSTS: [&str; 4] = ["fcm.googleapis.com", ".push.services.mozilla.com", ".push.apple.com", ".notify.windows.com"];

/// Whether the address is a browser's push service.
#[must_use]
pub fn is_push_service(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let is_known =
        HOSTS.iter().any(|known| if known.starts_with('.') { host.ends_with(known) } else { host == *known });
    url.scheme() == "https" && url.port().is_none() && is_known
}

/// Sends to browsers; the address of each is its [`Subscription`] as JSON.
pub struct WebPush {
    vapid: Vapid,
    reach: Reach,
    clock: Clock,
    http: Client,
}

impl WebPush {
    /// Signs with the keys of `vapid`.
    #[must_use]
    pub fn new(vapid: Vapid, reach: Reach, clock: Clock) -> Self {
        Self { vapid, reach, clock, http: guard::client(reach) }
    }

    async fn send_to(&self, to: &str, content: Content<'_>) -> Result<Sent, SendError> {
        let unusable = |_| SendError::NoReceiver;
        let subscription: Subscription = serde_json::from_str(to).map_err(|_| SendError::NoReceiver)?;
        let url = Url::parse(&subscription.endpoint).map_err(|_| SendError::NoReceiver)?;
        let is_test = self.reach == Reach::LoopbackToo && url.host_str() == Some("127.0.0.1");
        if !is_test && !is_push_service(&url) {
            return Err(SendError::NoReceiver);
        }
        let (notice, topic) = notice(content);
        let body = sealed::seal(notice.as_bytes(), &subscription).map_err(unusable)?;
        let asks = content.messages().iter().any(|message| !message.buttons.is_empty());
        let request = self
            .http
            .post(url.clone())
            .header("ttl", KEPT_S)
            .header("urgency", if asks { "high" } else { "normal" })
            .header("topic", topic)
            .header("content-encoding", "aes128gcm")
            .header("authorization", self.vapid.authorization(&url, self.clock.now()))
            .body(body);
        let answer = http::exchange(request).await.map_err(|error| SendError::Later(error.to_string()))?;
        let why = format!("HTTP {}", answer.status.as_u16());
        match answer.status.as_u16() {
            200..=299 => Ok(Sent::default()),
            404 | 410 => Err(SendError::NoReceiver),
            401 | 403 => Err(SendError::Blocked { for_ms: MISSET_MS, why }),
            429 => {
                let for_ms = answer.retry_after_s.unwrap_or(60).clamp(1, 3600) * 1000;
                Err(SendError::Blocked { for_ms, why })
            }
            500..=599 => Err(SendError::Later(why)),
            _ => Err(SendError::Refused(why)),
        }
    }
}

/// What the service worker shows, and the topic under which a newer notice takes its place.
fn notice(content: Content<'_>) -> (String, String) {
    let messages = content.messages();
    let topic = messages.first().map(|message| message.id.to_string()).unwrap_or_default();
    let notice = match content {
        Content::One(message) => {
            let facts = message.facts.iter().take(3).map(|fact| format!("{} {}", fact.name, fact.value));
            let text = clipped(&facts.collect::<Vec<_>>().join(" · "), 200);
            json!({ "title": clipped(&message.title, 80), "text": text, "path": message.link.path })
        }
        Content::Digest(_) => {
            let first = messages.first().map(|message| clipped(&message.title, 80)).unwrap_or_default();
            json!({ "title": format!("{first} +{}", messages.len().saturating_sub(1)), "text": "", "path": "/messages" })
        }
    };
    (notice.to_string(), topic)
}

impl Channel for WebPush {
    fn kind(&self) -> ChannelKind {
        ChannelKind::WebPush
    }

    fn limits(&self) -> Limits {
        Limits { per_min: 10, per_h: 100 }
    }

    fn send<'a>(&'a self, to: &'a str, content: Content<'a>) -> BoxFuture<'a, Result<Sent, SendError>> {
        Box::pin(self.send_to(to, content))
    }
}

#[cfg(test)]
mod tests {
    use super::sealed::tests::{device, opened};
    use super::*;
    use crate::message::channel::tests::request;
    use axum::Router;
    use axum::body::Bytes;
    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::post;
    use domain::instant::Timestamp;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

    #[test]
    fn only_the_browsers_services_are_asked() {
        let known = |url: &str| is_push_service(&Url::parse(url).expect("a URL"));
        assert!(known("https://fcm.googleapis.com/fcm/send/x"));
        assert!(known("https://updates.push.services.mozilla.com/wpush/v2/x"));
        assert!(known("https://web.push.apple.com/x"));
        for foreign in [
            "https://evil.example/fcm.googleapis.com",
            "https://fcm.googleapis.com.evil.example/",
            "https://notfcm.googleapis.com/",
            "https://evilpush.apple.com/",
            "http://fcm.googleapis.com/",
            "https://fcm.googleapis.com:22/",
            "https://127.0.0.1/",
        ] {
            assert!(!known(foreign), "{foreign}");
        }
    }

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

    #[tokio::test]
    async fn a_service_says_what_becomes_of_a_subscription() {
        let channel = WebPush::new(vapid::tests::vapid(), Reach::LoopbackToo, Clock::manual(NOW));
        for (code, expected) in [
            (201, Ok(Sent::default())),
            (404, Err(SendError::NoReceiver)),
            (410, Err(SendError::NoReceiver)),
            (413, Err(SendError::Refused("HTTP 413".into()))),
            (429, Err(SendError::Blocked { for_ms: 120_000, why: "HTTP 429".into() })),
            (503, Err(SendError::Later("HTTP 503".into()))),
        ] {
            let to = serde_json::to_string(&device(serve(code).await)).expect("plain data");
            assert_eq!(channel.send(&to, Content::One(&request(1))).await, expected, "{code}");
        }
        let to = serde_json::to_string(&device("https://evil.example/".into())).expect("plain data");
        assert_eq!(channel.send(&to, Content::One(&request(1))).await, Err(SendError::NoReceiver));
        assert_eq!(channel.send("{}", Content::One(&request(1))).await, Err(SendError::NoReceiver));
    }
}
