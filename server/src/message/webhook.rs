//! Other programs, by signed webhook: <https://www.standardwebhooks.com>.

use super::channel::{Channel, Content, SendError, Sent};
use super::guard::{self, GuardError, Reach, checked_url};
use super::http;
use super::schedule::Limits;
use super::secret::Secret;
use crate::clock::Clock;
use data_encoding::BASE64;
use domain::instant::{MINUTE_MS, Timestamp};
use domain::message::preference::ChannelKind;
use futures::future::BoxFuture;
use hmac::{Hmac, Mac};
use reqwest::{Client, StatusCode};
use serde_json::json;
use sha2::Sha256;

/// How far a webhook's time may be from the receiver's clock, in milliseconds.
pub const TOLERANCE_MS: i64 = 5 * MINUTE_MS;

/// A key of webhooks: `whsec_` and base 64 of 24 to 64 bytes.
#[derive(Debug, Clone)]
pub struct SigningKey(Secret);

/// The text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a webhook's key is whsec_ and base 64 of 24 to 64 bytes")]
pub struct KeyError;

impl SigningKey {
    /// Reads a key.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let bytes = text.strip_prefix("whsec_").and_then(|key| BASE64.decode(key.as_bytes()).ok()).ok_or(KeyError)?;
        if (24..=64).contains(&bytes.len()) { Ok(Self(Secret::new(text))) } else { Err(KeyError) }
    }

    fn mac(&self, id: &str, at_s: i64, body: &[u8]) -> Hmac<Sha256> {
        let key = self.0.reveal().trim_start_matches("whsec_").as_bytes();
        let key = BASE64.decode(key).expect("was decoded when it was read");
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a MAC takes keys of every length");
        mac.update(format!("{id}.{at_s}.").as_bytes());
        mac.update(body);
        mac
    }

    /// The header `webhook-signature` of a body sent under this id at this time (seconds).
    #[must_use]
    pub fn sign(&self, id: &str, at_s: i64, body: &[u8]) -> String {
        format!("v1,{}", BASE64.encode(&self.mac(id, at_s, body).finalize().into_bytes()))
    }

    /// Whether what came in is signed with this key, and not too long ago. A header may hold several signatures: of an
    /// old key and a new one.
    #[must_use]
    pub fn verifies(&self, id: &str, timestamp: &str, signatures: &str, body: &[u8], now: Timestamp) -> bool {
        let is_time = !timestamp.is_empty() && timestamp.bytes().all(|byte| byte.is_ascii_digit());
        let Some(at_s) = timestamp.parse::<i64>().ok().filter(|_| is_time) else { return false };
        let Some(at_ms) = at_s.checked_mul(1000) else { return false };
        if now.since(Timestamp::from_unix_ms(at_ms)).saturating_abs() > TOLERANCE_MS {
            return false;
        }
        let given = signatures.split(' ').filter_map(|one| one.strip_prefix("v1,"));
        let mut given = given.filter_map(|one| BASE64.decode(one.as_bytes()).ok());
        given.any(|signature| self.mac(id, at_s, body).verify_slice(&signature).is_ok())
    }
}

/// Sends to addresses that the chain's people have typed in.
pub struct Webhook {
    key: SigningKey,
    reach: Reach,
    clock: Clock,
    http: Client,
}

impl Webhook {
    /// Signs with `key` and goes as far as `reach`.
    #[must_use]
    pub fn new(key: SigningKey, reach: Reach, clock: Clock) -> Self {
        Self { key, reach, clock, http: guard::client(reach) }
    }

    async fn send_to(&self, to: &str, content: Content<'_>) -> Result<Sent, SendError> {
        let messages = content.messages();
        // The same at every try: the receiver knows by it what it has seen.
        let id = messages.first().map(|message| message.id.to_string()).unwrap_or_default();
        let body = json!({ "type": "shelftrace.messages", "messages": messages }).to_string();
        post(&self.http, self.reach, to, &self.key, &id, body, self.clock.now()).await.map(|()| Sent::default())
    }
}

/// Posts a signed body. The receiver knows by `id` what it has seen: give the same at every try. `http` must be a
/// client of [`guard::client`].
///
/// # Errors
/// Why it was not taken, and whether to try again.
pub async fn post(
    http: &Client,
    reach: Reach,
    to: &str,
    key: &SigningKey,
    id: &str,
    body: String,
    now: Timestamp,
) -> Result<(), SendError> {
    let refused = |error: GuardError| SendError::Refused(error.to_string());
    let url = checked_url(to, reach).map_err(refused)?;
    let at_s = now.unix_ms().div_euclid(1000);
    let request = http
        .post(url)
        .header(reqwest::header::CONTENT_TYPE, "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", at_s)
        .header("webhook-signature", key.sign(id, at_s, body.as_bytes()))
        .body(body);
    let answer = http::exchange(request).await.map_err(|error| SendError::Later(error.to_string()))?;
    let why = || format!("HTTP {}", answer.status.as_u16());
    match answer.status {
        status if status.is_success() => Ok(()),
        StatusCode::GONE => Err(SendError::NoReceiver),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Err(SendError::Later(why())),
        status if status.is_server_error() => Err(SendError::Later(why())),
        _ => Err(SendError::Refused(why())),
    }
}

impl Channel for Webhook {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Webhook
    }

    fn limits(&self) -> Limits {
        Limits { per_min: 60, per_h: 1000 }
    }

    fn send<'a>(&'a self, to: &'a str, content: Content<'a>) -> BoxFuture<'a, Result<Sent, SendError>> {
        Box::pin(self.send_to(to, content))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::channel::tests::request;
    use axum::Router;
    use axum::http::HeaderMap;
    use axum::response::{IntoResponse, Redirect, Response};
    use axum::routing::post;
    use std::sync::atomic::{AtomicU32, Ordering};

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);
    const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn key() -> SigningKey {
        SigningKey::parse(KEY).expect("a key")
    }

    #[test]
    fn the_standards_own_example_verifies() {
        // From the Standard Webhooks libraries' tests.
        let body = br#"{"test": 2432232314}"#;
        let signature = key().sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn old_altered_and_foreign_webhooks_do_not_verify() {
        let (id, at, body) = ("01J", "1795320000", b"{}");
        let signature = key().sign(id, 1_795_320_000, body);
        let verifies = |id: &str, at: &str, signature: &str, body: &[u8]| key().verifies(id, at, signature, body, NOW);
        assert!(verifies(id, at, &signature, body));
        assert!(verifies(id, at, &format!("v1,AAAA v2,x {signature}"), body));
        assert!(!verifies("01K", at, &signature, body));
        assert!(!verifies(id, "1795320001", &signature, body));
        assert!(!verifies(id, at, &signature, b"{ }"));
        assert!(!verifies(id, "+1795320000", &signature, body));
        assert!(!verifies(id, "", &signature, body));
        assert!(!verifies(id, at, "", body));
        let old = key().sign(id, 1_795_319_699, body);
        assert!(!verifies(id, "1795319699", &old, body));
        assert!(SigningKey::parse("whsec_AAAA").is_err() && SigningKey::parse("MfKQ9r8").is_err());
    }

    async fn serve(router: Router) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
        base
    }

    #[tokio::test]
    async fn a_receiver_can_verify_what_it_gets() {
        let taken = post(|headers: HeaderMap, body: String| async move {
            let text = |name: &str| headers[name].to_str().expect("text").to_owned();
            let [id, at, signature] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(text);
            let genuine = key().verifies(&id, &at, &signature, body.as_bytes(), NOW);
            assert!(body.contains("调拨待确认"));
            if genuine { StatusCode::NO_CONTENT } else { StatusCode::UNAUTHORIZED }
        });
        let base = serve(Router::new().route("/in", taken)).await;
        let webhook = Webhook::new(key(), Reach::LoopbackToo, Clock::manual(NOW));
        assert_eq!(webhook.send(&format!("{base}/in"), Content::One(&request(1))).await, Ok(Sent::default()));
    }

    #[tokio::test]
    async fn nobody_is_followed_elsewhere_and_nothing_inside_is_asked() {
        static N_ASKED: AtomicU32 = AtomicU32::new(0);
        async fn secret() -> Response {
            N_ASKED.fetch_add(1, Ordering::SeqCst);
            "secret".into_response()
        }
        let away = || async { Redirect::temporary("/secret") };
        let base = serve(Router::new().route("/in", post(away)).route("/secret", post(secret).get(secret))).await;
        let send = async |reach: Reach, path: &str| {
            let webhook = Webhook::new(key(), reach, Clock::manual(NOW));
            webhook.send(&format!("{base}{path}"), Content::One(&request(1))).await
        };
        assert_eq!(send(Reach::LoopbackToo, "/in").await, Err(SendError::Refused("HTTP 307".into())));
        assert!(matches!(send(Reach::Public, "/secret").await, Err(SendError::Refused(_))));
        assert_eq!(N_ASKED.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn answers_say_whether_to_try_again() {
        let status = |code: u16| post(move || async move { StatusCode::from_u16(code).expect("a status") });
        let router = [200, 410, 429, 500, 400]
            .into_iter()
            .fold(Router::new(), |router, code| router.route(&format!("/{code}"), status(code)));
        let base = serve(router).await;
        let webhook = Webhook::new(key(), Reach::LoopbackToo, Clock::manual(NOW));
        for (code, expected) in [
            (200, Ok(Sent::default())),
            (410, Err(SendError::NoReceiver)),
            (429, Err(SendError::Later("HTTP 429".into()))),
            (500, Err(SendError::Later("HTTP 500".into()))),
            (400, Err(SendError::Refused("HTTP 400".into()))),
        ] {
            assert_eq!(webhook.send(&format!("{base}/{code}"), Content::One(&request(1))).await, expected, "{code}");
        }
    }
}
