//! WeCom's interface: sending cards, and changing them once they are answered.
//!
//! The token is part of every address there, so errors never show addresses.

use super::card;
use crate::clock::Clock;
use crate::message::channel::{Channel, Content, SendError, Sent, clipped};
use crate::message::http::{self, HttpError};
use crate::message::schedule::Limits;
use crate::message::secret::Secret;
use domain::instant::{MINUTE_MS, Timestamp};
use domain::message::preference::ChannelKind;
use futures::future::BoxFuture;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// WeCom's own address; tests have another.
pub const BASE: &str = "https://qyapi.weixin.qq.com";

/// A token is renewed so long before it ends.
const RENEWED_BEFORE_S: i64 = 300;
/// How long WeCom blocks after too many calls, at least.
const BLOCKED_MS: i64 = MINUTE_MS;
/// How long to wait for somebody to correct the settings.
const MISSET_MS: i64 = 10 * MINUTE_MS;

/// An application of the chain's own in WeCom.
#[derive(Debug, Clone)]
pub struct Application {
    /// Where WeCom's interface is: [`BASE`].
    pub base: String,
    /// Who the chain is.
    pub corp_id: String,
    /// The application's secret.
    pub secret: Secret,
    /// The application's number.
    pub agent_id: u32,
    /// Where browsers reach us, for links.
    pub origin: String,
}

struct Token {
    text: Secret,
    until: Timestamp,
}

/// Sends to the members of a WeCom corporation.
pub struct WeCom {
    application: Application,
    clock: Clock,
    http: Client,
    /// Held while a token is fetched, so that however many need one, one request is made.
    token: Mutex<Option<Token>>,
}

impl WeCom {
    /// A client of the application, over [`http::client`].
    #[must_use]
    pub fn new(application: Application, clock: Clock, http: Client) -> Self {
        Self { application, clock, http, token: Mutex::new(None) }
    }

    /// A token that is not `stale`, from the cache or fetched.
    async fn token(&self, stale: Option<&Secret>) -> Result<Secret, SendError> {
        let mut cached = self.token.lock().await;
        if let Some(token) =
            cached.as_ref().filter(|token| Some(&token.text) != stale && self.clock.now() < token.until)
        {
            return Ok(token.text.clone());
        }
        *cached = None;
        let Application { base, corp_id, secret, .. } = &self.application;
        let request = self.http.get(format!("{base}/cgi-bin/gettoken"));
        let request = request.query(&[("corpid", corp_id.as_str()), ("corpsecret", secret.reveal())]);
        let answer = answer_of(request).await?;
        outcome(&answer)?;
        let text = answer["access_token"].as_str().ok_or_else(|| later(&HttpError::NotJson(200)))?;
        let lasts_s = answer["expires_in"].as_i64().unwrap_or_default().saturating_sub(RENEWED_BEFORE_S);
        let text = Secret::new(text);
        let until = self.clock.now().plus_ms(lasts_s.saturating_mul(1000));
        *cached = Some(Token { text: text.clone(), until });
        Ok(text)
    }

    /// Calls, and once more with a new token where the first was not taken.
    async fn call(&self, path: &str, body: &Value) -> Result<Value, SendError> {
        let token = self.token(None).await?;
        let answer = self.post(path, &token, body).await?;
        if !is_token_error(&answer) {
            return outcome(&answer).map(|()| answer);
        }
        let token = self.token(Some(&token)).await?;
        let answer = self.post(path, &token, body).await?;
        outcome(&answer).map(|()| answer)
    }

    async fn post(&self, path: &str, token: &Secret, body: &Value) -> Result<Value, SendError> {
        let request = self.http.post(format!("{}{path}", self.application.base));
        let request = request.query(&[("access_token", token.reveal())]);
        answer_of(http::with_json(request, body)).await
    }

    async fn send_to(&self, to: &str, content: Content<'_>) -> Result<Sent, SendError> {
        let body = card::body(content, to, self.application.agent_id, &self.application.origin);
        let answer = self.call("/cgi-bin/message/send", &body).await?;
        // Taken, but not for everybody: each message has one receiver.
        let unknown = ["invaliduser", "unlicenseduser"].iter().filter_map(|field| answer[field].as_str());
        if unknown.flat_map(|users| users.split('|')).any(|user| user.eq_ignore_ascii_case(to)) {
            return Err(SendError::NoReceiver);
        }
        Ok(Sent { reference: answer["response_code"].as_str().map(ToOwned::to_owned) })
    }

    async fn update(&self, to: &str, response_code: &str, text: &str) -> Result<(), SendError> {
        let body = json!({
            "userids": [to],
            "agentid": self.application.agent_id,
            "response_code": response_code,
            "button": { "replace_name": clipped(text, 40) },
        });
        self.call("/cgi-bin/message/update_template_card", &body).await.map(|_| ())
    }
}

impl Channel for WeCom {
    fn kind(&self) -> ChannelKind {
        ChannelKind::WeCom
    }

    /// What is beyond is dropped by WeCom without a word.
    fn limits(&self) -> Limits {
        Limits { per_min: 30, per_h: 1000 }
    }

    fn send<'a>(&'a self, to: &'a str, content: Content<'a>) -> BoxFuture<'a, Result<Sent, SendError>> {
        Box::pin(self.send_to(to, content))
    }

    fn settle<'a>(&'a self, to: &'a str, reference: &'a str, text: &'a str) -> BoxFuture<'a, Result<(), SendError>> {
        Box::pin(self.update(to, reference, text))
    }
}

pub(in crate::message) async fn answer_of(request: reqwest::RequestBuilder) -> Result<Value, SendError> {
    http::exchange(request).await.and_then(|answer| answer.json()).map_err(|error| later(&error))
}

fn later(error: &HttpError) -> SendError {
    SendError::Later(error.to_string())
}

fn is_token_error(answer: &Value) -> bool {
    matches!(answer["errcode"].as_i64(), Some(40014 | 42001))
}

/// What an error code means for the message.
pub(in crate::message) fn outcome(answer: &Value) -> Result<(), SendError> {
    let Some(code) = answer["errcode"].as_i64() else { return Err(later(&HttpError::NotJson(200))) };
    let why = || format!("{code} {}", clipped(answer["errmsg"].as_str().unwrap_or_default(), 120));
    match code {
        0 => Ok(()),
        // Busy, or too many calls at once.
        -1 | 45033 => Err(SendError::Later(why())),
        45009 => Err(SendError::Blocked { for_ms: BLOCKED_MS, why: why() }),
        81013 | 60111 => Err(SendError::NoReceiver),
        // A secret, an address or a right that somebody has to set right; messages wait for it. A new token that is
        // refused like the old one is of this kind.
        40001 | 40013 | 40014 | 42001 | 60011 | 60020 => Err(SendError::Blocked { for_ms: MISSET_MS, why: why() }),
        _ => Err(SendError::Refused(why())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake::{Fake, Fault};
    use super::*;
    use crate::message::channel::tests::request;
    use domain::message::Message;
    use std::time::Duration;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

    async fn start() -> (Fake, WeCom, Clock) {
        let clock = Clock::manual(NOW);
        let fake = Fake::start(clock.clone()).await;
        let application = Application {
            base: fake.base(),
            corp_id: "wx5823bf96d3bd56c7".into(),
            secret: Secret::new("canary-secret"),
            agent_id: 1_000_002,
            origin: "https://stock.example".into(),
        };
        let impatient = http::builder().timeout(Duration::from_millis(400)).build().expect("a client");
        let wecom = WeCom::new(application, clock.clone(), impatient);
        (fake, wecom, clock)
    }

    async fn send(wecom: &WeCom, message: &Message) -> Result<Sent, SendError> {
        wecom.send("wangfang", Content::One(message)).await
    }

    #[tokio::test]
    async fn a_card_is_sent_and_changed_once() {
        let (fake, wecom, _) = start().await;
        let sent = send(&wecom, &request(1)).await.expect("taken");
        let code = sent.reference.expect("cards have a code");
        assert_eq!(wecom.settle("wangfang", &code, "已确认 · 王芳 14:02").await, Ok(()));
        assert_eq!(fake.seen().cards["wangfang"][0].replaced.as_deref(), Some("已确认 · 王芳 14:02"));
        assert!(matches!(wecom.settle("wangfang", &code, "again").await, Err(SendError::Refused(_))));
    }

    #[tokio::test]
    async fn one_token_serves_until_shortly_before_it_ends() {
        let (fake, wecom, clock) = start().await;
        let messages: Vec<Message> = (0..8).map(request).collect();
        let sends = messages.iter().map(|message| send(&wecom, message));
        assert!(futures::future::join_all(sends).await.iter().all(Result::is_ok));
        assert_eq!(fake.seen().n_tokens, 1, "fetched once for all");
        clock.advance_ms(6_899_000);
        send(&wecom, &request(9)).await.expect("taken");
        assert_eq!(fake.seen().n_tokens, 1);
        clock.advance_ms(1_000);
        send(&wecom, &request(10)).await.expect("taken");
        assert_eq!(fake.seen().n_tokens, 2, "renewed 300 s before its end");
    }

    #[tokio::test]
    async fn a_token_that_is_refused_is_fetched_once_for_all() {
        for code in [40014, 42001] {
            let (fake, wecom, _) = start().await;
            send(&wecom, &request(0)).await.expect("taken");
            fake.revoke(code);
            let messages: Vec<Message> = (1..9).map(request).collect();
            let sends = messages.iter().map(|message| send(&wecom, message));
            assert!(futures::future::join_all(sends).await.iter().all(Result::is_ok), "{code}");
            assert_eq!(fake.seen().n_tokens, 2, "{code}");
        }
    }

    #[tokio::test]
    async fn a_new_token_that_is_refused_too_is_not_fetched_again() {
        let (fake, wecom, _) = start().await;
        fake.fail_next([Fault::Code(40014), Fault::Code(40014)]);
        assert!(matches!(send(&wecom, &request(1)).await, Err(SendError::Blocked { .. })));
        assert_eq!(fake.seen().n_tokens, 2);
        assert_eq!(fake.seen().n_calls, 2);
    }

    #[tokio::test]
    async fn what_cannot_be_sent_now_is_told_apart_from_what_never_can() {
        let (fake, wecom, _) = start().await;
        let after = async |fault: Fault| {
            fake.fail_next([fault]);
            send(&wecom, &request(1)).await.expect_err("not taken")
        };
        assert!(matches!(after(Fault::Code(-1)).await, SendError::Later(_)));
        assert_eq!(after(Fault::Silence).await, SendError::Later("no answer in time".into()));
        assert!(matches!(after(Fault::Html).await, SendError::Later(_)));
        assert!(matches!(after(Fault::Disconnect).await, SendError::Later(_)));
        assert!(matches!(after(Fault::Huge).await, SendError::Later(_)));
        assert!(matches!(after(Fault::Code(45009)).await, SendError::Blocked { for_ms: 60_000.., .. }));
        assert!(matches!(after(Fault::Code(60020)).await, SendError::Blocked { .. }));
        assert!(matches!(after(Fault::Code(40008)).await, SendError::Refused(_)));
        assert_eq!(after(Fault::Code(81013)).await, SendError::NoReceiver);
        assert_eq!(fake.seen().n_calls, 9, "the client itself repeats nothing");
    }

    #[tokio::test]
    async fn success_that_names_the_receiver_as_invalid_is_none() {
        let (fake, wecom, _) = start().await;
        fake.forget_member("wangfang");
        assert_eq!(send(&wecom, &request(1)).await, Err(SendError::NoReceiver));
    }

    #[tokio::test]
    async fn a_digest_is_one_text() {
        let (fake, wecom, _) = start().await;
        let messages: Vec<Message> = (0..40).map(request).collect();
        wecom.send("wangfang", Content::Digest(&messages)).await.expect("taken");
        assert_eq!(fake.seen().n_calls, 1);
    }

    #[tokio::test]
    async fn errors_show_no_token() {
        let (fake, wecom, _) = start().await;
        let mut shown = String::new();
        for fault in [Fault::Code(-1), Fault::Html, Fault::Disconnect, Fault::Code(60020)] {
            fake.fail_next([fault]);
            let error = send(&wecom, &request(1)).await.expect_err("not taken");
            shown.push_str(&format!("{error} {error:?}"));
        }
        fake.stop().await;
        let error = send(&wecom, &request(1)).await.expect_err("not taken");
        shown.push_str(&format!("{error} {error:?} {:?}", wecom.application));
        assert!(!shown.contains("canary") && !shown.contains("fake-token"), "{shown}");
    }
}
