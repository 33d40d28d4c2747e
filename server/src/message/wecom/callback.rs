//! What WeCom tells us: that a person has pressed a button of a card.
//!
//! The envelope's own time and nonce prove nothing (see [`super::crypt`]), so a click is judged by what is inside it:
//! when it was made, for which application, and whether it is known already. The key it is known by is made of the
//! enciphered content only; the same content in another envelope is the same click.

use super::crypt::{Crypt, Envelope};
use super::xml::Texts;
use data_encoding::HEXLOWER;
use domain::instant::{DAY_MS, MINUTE_MS, Timestamp};
use domain::message::Answer;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What a callback may have at most, in bytes.
pub const BYTES_MAX: usize = 64 * 1024;
/// A card can be answered for so long.
const AGE_MAX_MS: i64 = 3 * DAY_MS;
/// WeCom's clock may be ahead of ours by so much.
const AHEAD_MAX_MS: i64 = 5 * MINUTE_MS;

/// What stands in the address of a callback. Everything has a default, so that what is missing is refused like what is
/// wrong.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Query {
    /// The signature.
    pub msg_signature: String,
    /// Ten digits.
    pub timestamp: String,
    /// 1 to 32 letters and digits.
    pub nonce: String,
    /// When the address is checked: what to send back, enciphered.
    pub echostr: String,
}

/// A callback that is not taken; why is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the callback is refused")]
pub struct Refused;

/// What a callback says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A person has pressed a button of ours.
    Click(Click),
    /// Something we did not ask for.
    Other,
}

/// A button pressed on a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Click {
    /// What it is known by: the same for every copy, SHA-256 in hexadecimal.
    pub key: String,
    /// Who, as WeCom calls them.
    pub userid: String,
    /// What they say, to what.
    pub answer: Answer,
    /// The card.
    pub task_id: String,
    /// Lets the card be changed, once.
    pub response_code: String,
    /// The reason chosen, where the card offers some.
    pub chosen: Option<String>,
    /// When they pressed it, by WeCom's clock.
    pub at: Timestamp,
}

/// Opens the callbacks of one application.
#[derive(Debug, Clone)]
pub struct Callback {
    crypt: Crypt,
    agent_id: u32,
}

impl Callback {
    /// For the application with this number.
    #[must_use]
    pub fn new(crypt: Crypt, agent_id: u32) -> Self {
        Self { crypt, agent_id }
    }

    /// The answer to a check of the address: the deciphered text and nothing else.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn echo(&self, query: &Query) -> Result<String, Refused> {
        self.open(query, query.echostr.clone())
    }

    /// What a callback says.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn read(&self, query: &Query, body: &[u8], now: Timestamp) -> Result<Notice, Refused> {
        if body.len() > BYTES_MAX {
            return Err(Refused);
        }
        let outer = std::str::from_utf8(body).ok().and_then(|body| Texts::read(body).ok()).ok_or(Refused)?;
        let inner = self.open(query, outer.one("xml/Encrypt").ok_or(Refused)?.to_owned())?;
        let inner = Texts::read(&inner).map_err(|_| Refused)?;
        let field = |name: &str| inner.one(&format!("xml/{name}"));
        if field("AgentID").and_then(|text| text.parse().ok()) != Some(self.agent_id) {
            return Err(Refused);
        }
        let at = field("CreateTime").and_then(|text| text.parse::<i64>().ok()?.checked_mul(1000)).ok_or(Refused)?;
        let at = Timestamp::from_unix_ms(at);
        if now.since(at) > AGE_MAX_MS || at.since(now) > AHEAD_MAX_MS {
            return Err(Refused);
        }
        let is_click = field("MsgType") == Some("event") && field("Event") == Some("template_card_event");
        let answer = field("EventKey").and_then(|key| Answer::parse(key).ok());
        let (true, Some(answer)) = (is_click, answer) else { return Ok(Notice::Other) };
        let [userid, task_id, response_code] =
            ["FromUserName", "TaskId", "ResponseCode"].map(|name| field(name).filter(|text| !text.is_empty()));
        let (userid, task_id) = (userid.ok_or(Refused)?.to_owned(), task_id.ok_or(Refused)?.to_owned());
        let chosen = inner.one("xml/SelectedItems/SelectedItem/OptionIds/OptionId").map(ToOwned::to_owned);
        Ok(Notice::Click(Click {
            key: key(&userid, at, &task_id, &answer),
            userid,
            answer,
            task_id,
            response_code: response_code.unwrap_or_default().to_owned(),
            chosen,
            at,
        }))
    }

    fn open(&self, query: &Query, encrypted: String) -> Result<String, Refused> {
        let is_time = query.timestamp.len() == 10 && query.timestamp.bytes().all(|b| b.is_ascii_digit());
        let is_nonce = (1..=32).contains(&query.nonce.len()) && query.nonce.bytes().all(|b| b.is_ascii_alphanumeric());
        if !is_time || !is_nonce {
            return Err(Refused);
        }
        let Query { msg_signature: signature, timestamp, nonce, .. } = query.clone();
        let text = self.crypt.open(&Envelope { signature, timestamp, nonce, encrypted }).map_err(|_| Refused)?;
        String::from_utf8(text).map_err(|_| Refused)
    }
}

/// WeCom gives events no number: its documentation says to know them by who and when. The card and the button are
/// added, because a person can press two within a second.
fn key(userid: &str, at: Timestamp, task_id: &str, answer: &Answer) -> String {
    let mut hasher = Sha256::new();
    for part in [userid, &at.unix_ms().to_string(), task_id, &answer.to_string()] {
        hasher.update(part.len().to_be_bytes());
        hasher.update(part);
    }
    HEXLOWER.encode(&hasher.finalize())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::message::secret::Secret;
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    pub(crate) const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);
    const NOW_S: i64 = 1_795_320_000;

    pub(crate) fn crypt() -> Crypt {
        let key = Secret::new("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C");
        Crypt::new(Secret::new("QDG6eK"), &key, "wx5823bf96d3bd56c7").expect("a key")
    }

    fn callback() -> Callback {
        Callback::new(crypt(), 1_000_002)
    }

    /// A click as WeCom writes it.
    pub(crate) fn click_xml(userid: &str, at_s: i64, key: &str) -> String {
        format!(
            "<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName><FromUserName><![CDATA[{userid}]]></FromUserName>\
             <CreateTime>{at_s}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[template_card_event]]></Event>\
             <EventKey><![CDATA[{key}]]></EventKey><TaskId><![CDATA[01J@1]]></TaskId><CardType><![CDATA[button_interaction]]></CardType>\
             <ResponseCode><![CDATA[code-1]]></ResponseCode><AgentID>1000002</AgentID><SelectedItems><SelectedItem>\
             <QuestionKey><![CDATA[reason]]></QuestionKey><OptionIds><OptionId><![CDATA[needed_here]]></OptionId></OptionIds>\
             </SelectedItem></SelectedItems></xml>"
        )
    }

    pub(crate) fn posted(text: &str, timestamp: &str, nonce: &str) -> (Query, Vec<u8>) {
        let Envelope { signature, timestamp, nonce, encrypted } =
            crypt().seal(text.as_bytes(), *b"sixteen letters!", timestamp, nonce);
        let body = format!("<xml><ToUserName>wx</ToUserName><AgentID>1</AgentID><Encrypt>{encrypted}</Encrypt></xml>");
        (Query { msg_signature: signature, timestamp, nonce, echostr: String::new() }, body.into_bytes())
    }

    fn read(text: &str) -> Result<Notice, Refused> {
        let (query, body) = posted(text, "1795320000", "n0nce");
        callback().read(&query, &body, NOW)
    }

    fn clicked(notice: Result<Notice, Refused>) -> Click {
        match notice {
            Ok(Notice::Click(click)) => click,
            other => panic!("not a click: {other:?}"),
        }
    }

    #[test]
    fn a_click_says_who_answers_what() {
        let click = clicked(read(&click_xml("wangfang", NOW_S, "decline:transfer:TR-8F3C:7")));
        assert_eq!(click.userid, "wangfang");
        assert_eq!(click.answer.to_string(), "decline:transfer:TR-8F3C:7");
        assert_eq!((click.task_id.as_str(), click.response_code.as_str()), ("01J@1", "code-1"));
        assert_eq!((click.chosen.as_deref(), click.at), (Some("needed_here"), NOW));
    }

    #[test]
    fn the_address_check_gives_the_plain_text() {
        let query = Query {
            msg_signature: "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3".into(),
            timestamp: "1409659589".into(),
            nonce: "263014780".into(),
            echostr: "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==".into(),
        };
        assert_eq!(callback().echo(&query).as_deref(), Ok("1616140317555161061"));
        assert_eq!(callback().echo(&Query { echostr: String::new(), ..query }), Err(Refused));
        assert_eq!(callback().echo(&Query::default()), Err(Refused));
    }

    #[test]
    fn a_replay_in_another_envelope_is_the_same_click() {
        let text = click_xml("wangfang", NOW_S, "confirm:transfer:TR-8F3C:7");
        let (query, body) = posted(&text, "1795320000", "1234567890");
        let first = clicked(callback().read(&query, &body, NOW));
        let swapped = Query { timestamp: query.nonce.clone(), nonce: query.timestamp.clone(), ..query.clone() };
        assert_eq!(clicked(callback().read(&swapped, &body, NOW)), first);
        let (query, body) = posted(&text, "1795320099", "other");
        assert_eq!(clicked(callback().read(&query, &body, NOW)), first);
    }

    #[test]
    fn another_person_time_card_or_button_is_another_click() {
        let key = |xml: String| clicked(read(&xml)).key;
        let first = key(click_xml("wangfang", NOW_S, "confirm:transfer:TR-8F3C:7"));
        assert_ne!(first, key(click_xml("lilei", NOW_S, "confirm:transfer:TR-8F3C:7")));
        assert_ne!(first, key(click_xml("wangfang", NOW_S + 1, "confirm:transfer:TR-8F3C:7")));
        assert_ne!(first, key(click_xml("wangfang", NOW_S, "confirm:transfer:TR-8F3C:8")));
        let other_card = click_xml("wangfang", NOW_S, "confirm:transfer:TR-8F3C:7").replace("01J@1", "01J@2");
        assert_ne!(first, key(other_card));
    }

    #[test]
    fn what_is_too_old_or_from_the_future_is_refused() {
        for (at_s, taken) in [
            (NOW_S - 3 * 86_400, true),
            (NOW_S - 3 * 86_400 - 1, false),
            (NOW_S + 300, true),
            (NOW_S + 301, false),
            (i64::MAX, false),
            (i64::MIN, false),
        ] {
            let notice = read(&click_xml("wangfang", at_s, "confirm:transfer:TR-8F3C:7"));
            assert_eq!(notice.is_ok(), taken, "{at_s}");
        }
    }

    #[test]
    fn other_applications_and_other_events_have_no_effect() {
        let click = click_xml("wangfang", NOW_S, "confirm:transfer:TR-8F3C:7");
        assert_eq!(read(&click.replace("<AgentID>1000002", "<AgentID>1000003")), Err(Refused));
        assert_eq!(read(&click.replace("template_card_event", "enter_agent")), Ok(Notice::Other));
        assert_eq!(read(&click_xml("wangfang", NOW_S, "somebody's own key")), Ok(Notice::Other));
        assert_eq!(read(&click_xml("", NOW_S, "confirm:transfer:TR-8F3C:7")), Err(Refused));
    }

    #[test]
    fn forged_oversized_and_hostile_bodies_are_refused_alike() {
        let text = click_xml("wangfang", NOW_S, "confirm:transfer:TR-8F3C:7");
        let (query, body) = posted(&text, "1795320000", "n0nce");
        let refused = |query: &Query, body: &[u8]| assert_eq!(callback().read(query, body, NOW), Err(Refused));
        refused(&Query { msg_signature: "0".repeat(40), ..query.clone() }, &body);
        refused(&Query::default(), &body);
        refused(&Query { timestamp: "１７９５３２００００".into(), ..query.clone() }, &body);
        refused(&Query { nonce: String::new(), ..query.clone() }, &body);
        refused(&query, b"");
        refused(&query, &[0xff; 10]);
        refused(&query, &vec![b'<'; BYTES_MAX + 1]);
        let hostile = "<!DOCTYPE xml [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><xml><Encrypt>&x;</Encrypt></xml>";
        refused(&query, hostile.as_bytes());
        assert_eq!(read(hostile), Err(Refused));
    }

    #[test]
    fn no_body_makes_it_panic() {
        let mut random = StdRng::seed_from_u64(10);
        let (query, body) = posted(&click_xml("w", NOW_S, "confirm:transfer:T:7"), "1795320000", "n0nce");
        let plain = click_xml("w", NOW_S, "confirm:transfer:T:7");
        for _ in 0..1_000 {
            let mut altered = body.clone();
            let at = random.random_range(0..altered.len());
            altered[at] = random.random();
            let _ = callback().read(&query, &altered, NOW);
            let mut inner = plain.clone().into_bytes();
            let at = random.random_range(0..inner.len());
            inner[at] = random.random_range(32..127);
            let _ = read(&String::from_utf8(inner).expect("ASCII"));
        }
    }
}
