//! Robots that stand in a group of WeCom, DingTalk or Feishu: how each is named, signed to and spoken to.
//!
//! DingTalk signs with HMAC-SHA256 of `timestamp ⏎ secret` under the secret, in the address, by the millisecond
//! (<https://open.dingtalk.com/document/robots/customize-robot-security-settings>). Feishu uses that text as the key of
//! an empty message, in the body, by the second (<https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot>).

use super::channel::{Content, SendError, clipped, digest_text};
use super::http;
use super::secret::Secret;
use super::wecom::{card, client};
use crate::route::open;
use data_encoding::BASE64;
use domain::instant::{MINUTE_MS, Timestamp};
use domain::message::Message;
use domain::message::preference::ChannelKind;
use hmac::{Hmac, Mac};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use sha2::Sha256;

/// The longest key, in characters.
const KEY_MAX_CHARS: usize = 128;
/// What a digest may have at most, in bytes.
const TEXT_BYTES_MAX: usize = 2048;
/// A DingTalk robot that has said too much says nothing for so long.
const SILENCED_MS: i64 = 10 * MINUTE_MS;

/// Where the platforms' interfaces are, without a `/` at the end.
#[derive(Debug, Clone)]
pub struct Bases {
    /// 企业微信
    pub wecom: String,
    /// 钉钉
    pub dingtalk: String,
    /// 飞书
    pub feishu: String,
}

/// A robot, as its platform knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Robot {
    /// Of WeCom, by its key.
    WeCom(Secret),
    /// Of DingTalk, by its token and what it is signed to with, if it wants that.
    DingTalk(Secret, Option<Secret>),
    /// Of Feishu, by the end of its address and what it is signed to with, if it wants that.
    Feishu(Secret, Option<Secret>),
}

/// What a robot's platform says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is shown.
    Shown,
    /// The platform knows no such robot, or its security settings let nothing of ours through: somebody must set it anew.
    Misset,
    /// It is not shown, because.
    Not(SendError),
}

fn is_key(text: &str) -> bool {
    (8..=KEY_MAX_CHARS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

/// What stands between `before` and the end of that part of an address.
fn part<'a>(address: &'a str, before: &str) -> Option<&'a str> {
    address.split_once(before)?.1.split(['&', '/', '?', '#']).next()
}

impl Robot {
    /// A robot by the address that its platform shows, or of WeCom by the key alone, and by the secret it is signed to
    /// with; `None` where that is none.
    #[must_use]
    pub fn typed(address: &str, secret: &str) -> Option<Self> {
        let (address, secret) = (address.trim(), secret.trim());
        let key = |text: Option<&str>| text.filter(|text| is_key(text)).map(Secret::new);
        let secret = if secret.is_empty() { None } else { Some(key(Some(secret))?) };
        if address.contains("dingtalk.com/") {
            return Some(Self::DingTalk(key(part(address, "access_token="))?, secret));
        }
        if address.contains("feishu.cn/") {
            return Some(Self::Feishu(key(part(address, "/hook/"))?, secret));
        }
        let of_wecom = part(address, "key=").or(Some(address));
        key(of_wecom).filter(|_| secret.is_none()).map(Self::WeCom)
    }

    /// As it is stored: `dingtalk TOKEN [SECRET]`; of WeCom the key alone.
    #[must_use]
    pub fn to_stored(&self) -> Secret {
        let (platform, key, secret) = match self {
            Self::WeCom(key) => return key.clone(),
            Self::DingTalk(key, secret) => ("dingtalk", key, secret),
            Self::Feishu(key, secret) => ("feishu", key, secret),
        };
        let secret = secret.as_ref().map(|secret| format!(" {}", secret.reveal())).unwrap_or_default();
        Secret::new(format!("{platform} {}{secret}", key.reveal()))
    }

    /// The robot that was stored.
    #[must_use]
    pub fn of_stored(stored: &Secret) -> Self {
        let mut words = stored.reveal().split(' ');
        let platform = words.next().unwrap_or_default();
        let (key, secret) = (words.next().unwrap_or_default(), words.next().map(Secret::new));
        match platform {
            "dingtalk" => Self::DingTalk(Secret::new(key), secret),
            "feishu" => Self::Feishu(Secret::new(key), secret),
            _ => Self::WeCom(stored.clone()),
        }
    }

    /// Shows the content in the robot's group, with links to `origin`; WeCom's mentions people, by their userids.
    ///
    /// # Errors
    /// When there is no answer, or one that is none.
    pub async fn show(
        &self,
        (http, bases): (&Client, &Bases),
        content: Content<'_>,
        (origin, mentioned): (&str, &[String]),
        now: Timestamp,
    ) -> Result<Verdict, SendError> {
        match self {
            Self::WeCom(key) => {
                let request = http.post(format!("{}/cgi-bin/webhook/send", bases.wecom));
                let request = request.query(&[("key", key.reveal())]);
                let answer = ask(request, &card::group_body(content, origin, mentioned)).await?;
                Ok(match (answer["errcode"].as_i64(), client::outcome(&answer)) {
                    // The limit is each robot's own, so other groups need not wait.
                    (Some(45009), _) => Verdict::Not(SendError::Busy { for_ms: MINUTE_MS, why: "45009".into() }),
                    (Some(93000), _) => Verdict::Misset,
                    (_, Ok(())) => Verdict::Shown,
                    (_, Err(error)) => Verdict::Not(error),
                })
            }
            Self::DingTalk(token, secret) => {
                let mut query = vec![("access_token", token.reveal().to_owned())];
                if let Some(secret) = secret {
                    let at = now.unix_ms();
                    let text = format!("{at}\n{}", secret.reveal());
                    query.extend([("timestamp", at.to_string()), ("sign", mac(secret.reveal(), &text))]);
                }
                let request = http.post(format!("{}/robot/send", bases.dingtalk)).query(&query);
                Ok(of_dingtalk(&ask(request, &dingtalk_body(content, origin)).await?))
            }
            Self::Feishu(hook, secret) => {
                let mut body = feishu_body(content, origin);
                if let Some(secret) = secret {
                    let at = now.unix_ms() / 1000;
                    body["timestamp"] = json!(at.to_string());
                    body["sign"] = json!(mac(&format!("{at}\n{}", secret.reveal()), ""));
                }
                let request = http.post(format!("{}/open-apis/bot/v2/hook/{}", bases.feishu, hook.reveal()));
                Ok(of_feishu(&ask(request, &body).await?))
            }
        }
    }
}

fn link(origin: &str, message: &Message) -> String {
    open::link(origin, ChannelKind::WeComGroup, message)
}

async fn ask(request: RequestBuilder, body: &Value) -> Result<Value, SendError> {
    client::answer_of(http::with_json(request, body)).await
}

fn mac(key: &str, text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    BASE64.encode(&mac.finalize().into_bytes())
}

fn facts(message: &Message) -> impl Iterator<Item = String> {
    message.facts.iter().take(card::N_FACTS_MAX).map(|fact| format!("{}：{}", fact.name, clipped(&fact.value, 60)))
}

fn dingtalk_body(content: Content<'_>, origin: &str) -> Value {
    match content {
        Content::One(message) => {
            let title = clipped(&message.title, 60);
            let lines: String = facts(message).map(|fact| format!("\n\n- {}", card::plain(&fact))).collect();
            let card = json!({
                "title": title,
                "text": format!("### {}{lines}", card::plain(&title)),
                "singleTitle": message.link.text,
                "singleURL": link(origin, message),
            });
            json!({ "msgtype": "actionCard", "actionCard": card })
        }
        Content::Digest(messages) => {
            json!({ "msgtype": "text", "text": { "content": digest_text(messages, TEXT_BYTES_MAX) } })
        }
    }
}

fn of_dingtalk(answer: &Value) -> Verdict {
    let why = || format!("{} {}", answer["errcode"], clipped(answer["errmsg"].as_str().unwrap_or_default(), 120));
    match answer["errcode"].as_i64() {
        Some(0) => Verdict::Shown,
        // No such token, no such group, taken out or switched off; and a secret, a keyword or an address that is wrong.
        Some(300_001 | 300_005 | 400_013 | 400_101 | 400_102 | 400_106 | 310_000) => Verdict::Misset,
        Some(130_101 | 410_100 | 660_026) => Verdict::Not(SendError::Busy { for_ms: SILENCED_MS, why: why() }),
        Some(-1) | None => Verdict::Not(SendError::Later(why())),
        Some(_) => Verdict::Not(SendError::Refused(why())),
    }
}

fn feishu_body(content: Content<'_>, origin: &str) -> Value {
    match content {
        Content::One(message) => {
            let text = |content: String| json!({ "tag": "plain_text", "content": content });
            let fields: Vec<Value> =
                facts(message).map(|fact| json!({ "is_short": false, "text": text(fact) })).collect();
            let button = json!({
                "tag": "button",
                "type": "primary",
                "text": text(message.link.text.clone()),
                "url": link(origin, message),
            });
            let card = json!({
                "header": { "title": text(clipped(&message.title, 60)) },
                "elements": [{ "tag": "div", "fields": fields }, { "tag": "action", "actions": [button] }],
            });
            json!({ "msg_type": "interactive", "card": card })
        }
        Content::Digest(messages) => {
            json!({ "msg_type": "text", "content": { "text": digest_text(messages, TEXT_BYTES_MAX) } })
        }
    }
}

fn of_feishu(answer: &Value) -> Verdict {
    let why = || format!("{} {}", answer["code"], clipped(answer["msg"].as_str().unwrap_or_default(), 120));
    match answer["code"].as_i64() {
        Some(0) => Verdict::Shown,
        // No such address; a signature, an address or a keyword that is wrong.
        Some(19_001 | 19_021 | 19_022 | 19_024) => Verdict::Misset,
        Some(9_499 | 11_232) => Verdict::Not(SendError::Busy { for_ms: MINUTE_MS, why: why() }),
        None => Verdict::Not(SendError::Later(why())),
        Some(_) => Verdict::Not(SendError::Refused(why())),
    }
}

#[cfg(test)]
mod tests;
