//! What every way of reaching people has in common.

use super::schedule::Limits;
use domain::message::Message;
use domain::message::preference::ChannelKind;
use futures::future::BoxFuture;

/// What is sent at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content<'a> {
    /// A message, with its buttons where the channel has any.
    One(&'a Message),
    /// Several that the channel's limits do not let through one by one; without buttons.
    Digest(&'a [Message]),
}

impl<'a> Content<'a> {
    /// The messages in it.
    #[must_use]
    pub fn messages(self) -> &'a [Message] {
        match self {
            Self::One(message) => std::slice::from_ref(message),
            Self::Digest(messages) => messages,
        }
    }
}

/// What a channel says of a message that it took.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sent {
    /// Lets the message be changed where it is read, where the channel can do that.
    pub reference: Option<String>,
}

/// Why a channel did not take a message. The texts are for the log of deliveries: no token is ever in them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It may work later, for this receiver or any: busy, no connection, an answer that is none.
    #[error("not now: {0}")]
    Later(String),
    /// Nothing will be taken for so long.
    #[error("nothing for {} s: {why}", for_ms / 1000)]
    Blocked {
        /// Milliseconds.
        for_ms: i64,
        /// What the channel says.
        why: String,
    },
    /// This receiver takes nothing for so long; others may.
    #[error("nothing to this receiver for {} s: {why}", for_ms / 1000)]
    Busy {
        /// Milliseconds.
        for_ms: i64,
        /// What the channel says.
        why: String,
    },
    /// The channel does not know the receiver, or not any more: their address may be forgotten.
    #[error("no such receiver")]
    NoReceiver,
    /// It will never be taken.
    #[error("refused: {0}")]
    Refused(String),
}

/// A way to reach people.
pub trait Channel: Send + Sync {
    /// Which.
    fn kind(&self) -> ChannelKind;

    /// How much one receiver may be sent.
    fn limits(&self) -> Limits;

    /// Sends to an address of this channel: a user's id, a robot's key, a URL …
    fn send<'a>(&'a self, to: &'a str, content: Content<'a>) -> BoxFuture<'a, Result<Sent, SendError>>;

    /// Changes a message that was sent, to say what has become of it. Channels that cannot do nothing.
    fn settle<'a>(&'a self, to: &'a str, reference: &'a str, text: &'a str) -> BoxFuture<'a, Result<(), SendError>> {
        let _ = (to, reference, text);
        Box::pin(async { Ok(()) })
    }
}

/// At most `most` characters, the last of which is `…` where some are missing.
#[must_use]
pub fn clipped(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

/// A digest as plain lines, at most `bytes_max` bytes long; what does not fit is counted in the last line.
#[must_use]
pub fn digest_text(messages: &[Message], bytes_max: usize) -> String {
    let mut text = format!("【{}】", messages.len());
    for (n, message) in messages.iter().enumerate() {
        let line = format!("\n{} · {}", clipped(&message.title, 36), message.store);
        let more = format!("\n… +{}", messages.len() - n);
        if text.len() + line.len() + more.len() > bytes_max {
            text.push_str(&more);
            break;
        }
        text.push_str(&line);
    }
    text
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use domain::id::{MessageId, ObjectCode, PersonId, StoreCode};
    use domain::instant::Timestamp;
    use domain::message::{About, Act, Button, Fact, Link, MessageKind, ObjectKind, Reason};

    /// A transfer that somebody is asked to confirm.
    pub(crate) fn request(n: u32) -> Message {
        Message {
            id: MessageId::from_parts(1_795_320_000_000, u128::from(n)),
            to: PersonId::parse("P0012").expect("valid"),
            kind: MessageKind::TransferRequest,
            about: About {
                kind: ObjectKind::Transfer,
                code: ObjectCode::parse(&format!("TR-{n}")).expect("valid"),
                version: 7,
            },
            store: StoreCode::parse("S034").expect("valid"),
            title: format!("调拨待确认 {n}"),
            facts: vec![Fact { name: "数量".into(), value: "12 件".into() }],
            buttons: vec![
                Button { act: Act::Confirm, text: "确认".into() },
                Button { act: Act::Decline, text: "拒绝".into() },
            ],
            reasons: vec![Reason { code: "needed_here".into(), text: "本店要用".into() }],
            link: Link { text: "查看".into(), path: format!("/transfers/TR-{n}") },
            at: Timestamp::from_unix_ms(1_795_320_000_000),
        }
    }

    #[test]
    fn long_texts_are_clipped_between_characters() {
        assert_eq!(clipped("调拨待确认", 5), "调拨待确认");
        assert_eq!(clipped("调拨待确认", 4), "调拨待…");
    }

    #[test]
    fn a_digest_fits_and_counts_what_it_leaves_out() {
        let messages: Vec<Message> = (0..100).map(request).collect();
        let text = digest_text(&messages, 512);
        assert!(text.len() <= 512, "{}", text.len());
        let shown = text.lines().count() - 2;
        assert!(text.ends_with(&format!("+{}", 100 - shown)), "{text}");
        assert_eq!(digest_text(&messages[..2], 512).lines().count(), 3);
    }
}
