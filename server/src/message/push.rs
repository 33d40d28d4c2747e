//! Web Push: a notice on each device whose browser has agreed to it. Encrypted for that browser (RFC 8291), so the push
//! service in between learns only that there is one.
//!
//! The address of a person is the person: their devices are looked up when something is sent. It has been sent when one
//! device's service has taken it; everything is in the inbox anyway.

pub mod sealed;
pub mod vapid;

use super::channel::{Channel, Content, SendError, Sent, clipped, digest_text};
use super::guard::{self, Reach, checked_url};
use super::http;
use super::schedule::Limits;
use crate::clock::Clock;
use crate::error::chain;
use crate::store::Database;
use domain::id::PersonId;
use domain::instant::Timestamp;
use domain::message::preference::ChannelKind;
use futures::future::BoxFuture;
use reqwest::{Client, Url};
use sealed::{SealError, Subscription, seal};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use vapid::Vapid;

/// For how long a push service keeps a notice for a device that is off, in seconds.
const KEPT_S: u32 = 86_400;
/// Waits that a push service asks for, in seconds: where it does not say, and the longest that is believed.
const REST_S: (i64, i64) = (60, 3600);
/// Longest address of a subscription, in bytes.
const ENDPOINT_BYTES_MAX: usize = 1024;
/// Text of a digest, in bytes, and the messages that are named in it: together they fit a notice.
const DIGEST_BYTES_MAX: usize = 800;
const NAMED_MAX: usize = 40;

/// The push services of the browsers. A subscription comes from a device, so its address is anybody's: only these are
/// asked.
const HOSTS: [&str; 4] = ["fcm.googleapis.com", ".push.services.mozilla.com", ".push.apple.com", ".notify.windows.com"];

/// Why a subscription is not taken; to be shown to whoever sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SubscriptionError {
    /// Its address is none that is asked.
    #[error("the address is not a browser's push service")]
    NotAPushService,
    /// Its keys are none.
    #[error("p256dh must be a point of P-256 and auth 16 bytes, in base 64 for URLs")]
    NoKeys(#[from] SealError),
}

/// Whether the address is a browser's push service.
fn is_push_service(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let is_known =
        HOSTS.iter().any(|known| if known.starts_with('.') { host.ends_with(known) } else { host == *known });
    url.scheme() == "https" && url.port().is_none() && is_known
}

/// The address of a subscription that can be sent to.
///
/// # Errors
/// [`SubscriptionError`]
pub fn checked(subscription: &Subscription, reach: Reach) -> Result<Url, SubscriptionError> {
    let endpoint = Some(subscription.endpoint.as_str()).filter(|endpoint| endpoint.len() <= ENDPOINT_BYTES_MAX);
    let url = endpoint.and_then(|endpoint| checked_url(endpoint, reach).ok());
    let url = url.ok_or(SubscriptionError::NotAPushService)?;
    let is_test = reach == Reach::LoopbackToo && url.host_str() == Some("127.0.0.1");
    if !is_test && !is_push_service(&url) {
        return Err(SubscriptionError::NotAPushService);
    }
    seal(b"", subscription)?;
    Ok(url)
}

/// Sends to the browsers of people.
pub struct WebPush {
    vapid: Vapid,
    reach: Reach,
    clock: Clock,
    database: Database,
    http: Client,
    /// Until when a push service, by its host, wants to be left alone.
    resting: Mutex<BTreeMap<String, Timestamp>>,
}

impl WebPush {
    /// Signs with the keys of `vapid`, and sends to the subscriptions in `database`.
    #[must_use]
    pub fn new(vapid: Vapid, reach: Reach, clock: Clock, database: Database) -> Self {
        Self { vapid, reach, clock, database, http: guard::client(reach), resting: Mutex::default() }
    }

    async fn send_to(&self, to: &str, content: Content<'_>) -> Result<Sent, SendError> {
        let person = PersonId::parse(to).map_err(|_| SendError::NoReceiver)?;
        let stored = |error| SendError::Later(chain(&error));
        let notice = Notice::of(content);
        let mut outcome = Err(SendError::NoReceiver);
        for subscription in self.database.push_subscriptions(&person).await.map_err(stored)? {
            let sent = self.send_one(&subscription, &notice).await;
            if sent == Err(SendError::NoReceiver) {
                self.database.forget_push(&person, &subscription.endpoint).await.map_err(stored)?;
            }
            if hope(&sent) > hope(&outcome) {
                outcome = sent;
            }
        }
        outcome.map(|()| Sent::default())
    }

    async fn send_one(&self, subscription: &Subscription, notice: &Notice) -> Result<(), SendError> {
        let url = checked(subscription, self.reach).map_err(|_| SendError::NoReceiver)?;
        let (now, host) = (self.clock.now(), url.host_str().unwrap_or_default().to_owned());
        let until = self.resting.lock().unwrap_or_else(PoisonError::into_inner).get(&host).copied();
        if let Some(for_ms) = until.map(|until| until.since(now)).filter(|for_ms| *for_ms > 0) {
            return Err(SendError::Busy { for_ms, why: "the push service rests".into() });
        }
        let body = seal(notice.json.as_bytes(), subscription).map_err(|error| SendError::Refused(error.to_string()))?;
        let request = self
            .http
            .post(url.clone())
            .header("ttl", KEPT_S)
            .header("urgency", if notice.asks { "high" } else { "normal" })
            .header("topic", &notice.topic)
            .header("content-encoding", "aes128gcm")
            .header("content-type", "application/octet-stream")
            .header("authorization", self.vapid.authorization(&url, now))
            .body(body);
        let answer = http::exchange(request).await.map_err(|error| SendError::Later(error.to_string()))?;
        let why = format!("HTTP {}", answer.status.as_u16());
        match answer.status.as_u16() {
            200..=299 => Ok(()),
            404 | 410 => Err(SendError::NoReceiver),
            429 => {
                let for_ms = answer.retry_after_s.unwrap_or(REST_S.0).clamp(1, REST_S.1) * 1000;
                let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
                resting.insert(host, now.plus_ms(for_ms));
                Err(SendError::Busy { for_ms, why })
            }
            408 | 500..=599 => Err(SendError::Later(why)),
            // 401 and 403 too: a subscription made for another key is renewed when its browser comes by.
            _ => Err(SendError::Refused(why)),
        }
    }
}

/// Of a person's devices the one with the best prospects decides what becomes of the message.
fn hope(outcome: &Result<(), SendError>) -> u8 {
    match outcome {
        Ok(()) => 3,
        Err(SendError::Later(_) | SendError::Busy { .. } | SendError::Blocked { .. }) => 2,
        Err(SendError::Refused(_)) => 1,
        Err(SendError::NoReceiver) => 0,
    }
}

/// What the service worker shows.
struct Notice {
    /// `{title, text, path, tag, messages}`
    json: String,
    /// A newer notice of the same topic takes its place where the device has not had it yet.
    topic: String,
    /// Whether somebody waits for an answer.
    asks: bool,
}

impl Notice {
    fn of(content: Content<'_>) -> Self {
        let messages = content.messages();
        let topic = messages.first().map(|message| message.id.to_string()).unwrap_or_default();
        let (title, text, path) = match content {
            Content::One(message) => {
                let facts = message.facts.iter().take(3).map(|fact| format!("{} {}", fact.name, fact.value));
                let text = clipped(&facts.collect::<Vec<_>>().join(" · "), 200);
                (clipped(&message.title, 80), text, message.link.path.clone())
            }
            Content::Digest(messages) => {
                let text = digest_text(messages, DIGEST_BYTES_MAX);
                let (count, lines) = text.split_once('\n').unwrap_or((&text, ""));
                (count.to_owned(), lines.to_owned(), "/inbox".to_owned())
            }
        };
        let named: Vec<String> = messages.iter().take(NAMED_MAX).map(|message| message.id.to_string()).collect();
        let json = json!({ "title": title, "text": text, "path": path, "tag": topic, "messages": named }).to_string();
        Self { json, topic, asks: messages.iter().any(|message| !message.buttons.is_empty()) }
    }
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
mod tests;
