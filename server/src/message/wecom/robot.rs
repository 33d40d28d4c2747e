//! Robots in the groups of stores: one message for the whole group, with a link; what they show has no buttons.

use super::card::group_body;
use super::client::{answer_of, later, outcome};
use crate::error::chain;
use crate::message::channel::{Channel, Content, SendError, Sent};
use crate::message::http;
use crate::message::schedule::Limits;
use crate::store::{Database, Directory, StoreError};
use domain::id::StoreCode;
use domain::instant::MINUTE_MS;
use domain::message::preference::ChannelKind;
use domain::policy::{Role, Scope, Viewer};
use futures::future::BoxFuture;
use reqwest::Client;

/// The longest key, in characters.
const KEY_MAX_CHARS: usize = 64;

/// Sends to stores' groups; the address of each is its store, whose robot's key is looked up when something is sent.
pub struct WeComGroup {
    base: String,
    origin: String,
    database: Database,
    directory: Directory,
    http: Client,
}

/// A robot's key, as WeCom shows it: by itself, or within the address that it is a part of.
#[must_use]
pub fn key_of(typed: &str) -> Option<&str> {
    let typed = typed.trim();
    let key = match typed.split_once("key=") {
        Some((_, rest)) => rest.split('&').next()?,
        None => typed,
    };
    let is_key =
        (8..=KEY_MAX_CHARS).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    is_key.then_some(key)
}

impl WeComGroup {
    /// Robots reached at `base`, with links to `origin`, whose keys are in `database`.
    #[must_use]
    pub fn new(
        base: impl Into<String>,
        origin: impl Into<String>,
        (database, directory): (Database, Directory),
        http: Client,
    ) -> Self {
        Self { base: base.into(), origin: origin.into(), database, directory, http }
    }

    async fn send_to(&self, to: &str, content: Content<'_>) -> Result<Sent, SendError> {
        let stored = |error: StoreError| SendError::Later(chain(&error));
        let store = StoreCode::parse(to).map_err(|_| SendError::NoReceiver)?;
        let key = self.database.robot_key(&store).await.map_err(stored)?.ok_or(SendError::NoReceiver)?;
        let asks = content.messages().iter().any(|message| !message.buttons.is_empty());
        let mentioned = if asks { self.managers_of(&store).await.map_err(stored)? } else { Vec::new() };
        let request = self.http.post(format!("{}/cgi-bin/webhook/send", self.base)).query(&[("key", key.reveal())]);
        let request = http::with_json(request, &group_body(content, &self.origin, &mentioned));
        let answer = answer_of(request).await?;
        match (answer["errcode"].as_i64(), outcome(&answer)) {
            // The limit is each robot's own, so other groups need not wait.
            (Some(45009), _) => Err(SendError::Busy { for_ms: MINUTE_MS, why: "45009".into() }),
            (Some(93000), _) => {
                self.database.refuse_robot(&store).await.map_err(stored)?;
                Err(SendError::NoReceiver)
            }
            (Some(_), outcome) => outcome.map(|()| Sent::default()),
            (None, _) => Err(later(&http::HttpError::NotJson(200))),
        }
    }

    /// The store's managers, as WeCom calls them.
    async fn managers_of(&self, store: &StoreCode) -> Result<Vec<String>, StoreError> {
        let workers = self.directory.workers();
        let is_manager = |viewer: &&Viewer| {
            viewer.role == Role::StoreManager && matches!(&viewer.scope, Scope::Store(own) if own == store)
        };
        let mut userids = Vec::new();
        for manager in workers.iter().filter(is_manager) {
            userids.extend(self.database.contacts_of(&manager.id).await?.remove(&ChannelKind::WeCom));
        }
        Ok(userids)
    }
}

impl Channel for WeComGroup {
    fn kind(&self) -> ChannelKind {
        ChannelKind::WeComGroup
    }

    fn limits(&self) -> Limits {
        Limits { per_min: 20, per_h: 1200 }
    }

    fn send<'a>(&'a self, to: &'a str, content: Content<'a>) -> BoxFuture<'a, Result<Sent, SendError>> {
        Box::pin(self.send_to(to, content))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake::{Fake, Fault};
    use super::*;
    use crate::clock::Clock;
    use crate::message::channel::tests::request;
    use domain::instant::Timestamp;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

    #[test]
    fn keys_are_taken_as_wecom_shows_them() {
        let key = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa";
        assert_eq!(key_of(&format!(" {key}\n")), Some(key));
        assert_eq!(key_of(&format!("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={key}")), Some(key));
        assert_eq!(key_of(&format!("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={key}&debug=1")), Some(key));
        for wrong in ["", "short", "https://evil.example/in", "key=", "693a91f6-7xxx&key=../../gettoken"] {
            assert_eq!(key_of(wrong), None, "{wrong}");
        }
        assert_eq!(key_of(&"x".repeat(65)), None);
    }

    async fn start() -> (Fake, WeComGroup, Database, StoreCode) {
        let fake = Fake::start(Clock::manual(NOW)).await;
        let database = Database::open("mem://").await.expect("opens");
        let group = WeComGroup::new(
            fake.base(),
            "https://stock.example",
            (database.clone(), Directory::default()),
            http::client(),
        );
        (fake, group, database, StoreCode::parse("S034").expect("valid"))
    }

    #[tokio::test]
    async fn a_robot_tells_its_group_and_one_that_is_gone_is_not_asked_again() {
        let (fake, group, database, store) = start().await;
        let message = request(1);
        let send = || group.send("S034", Content::One(&message));
        assert_eq!(send().await, Err(SendError::NoReceiver), "no robot is set");
        database.save_robot(&store, "robot-key").await.expect("keeps");
        assert_eq!(send().await, Ok(Sent::default()));
        database.save_robot(&store, "wrong-key").await.expect("keeps");
        assert_eq!(send().await, Err(SendError::NoReceiver));
        let n_calls = fake.seen().n_calls;
        assert_eq!(send().await, Err(SendError::NoReceiver));
        assert_eq!(fake.seen().n_calls, n_calls, "its platform is asked once");
        database.save_robot(&store, "robot-key").await.expect("keeps");
        assert_eq!(send().await, Ok(Sent::default()), "a new key begins anew");
    }

    #[tokio::test]
    async fn a_robot_that_has_said_too_much_leaves_the_others_alone() {
        let (fake, group, database, store) = start().await;
        database.save_robot(&store, "robot-key").await.expect("keeps");
        let message = request(1);
        fake.fail_next([Fault::Code(45009), Fault::Html, Fault::Code(-1)]);
        let send = || group.send("S034", Content::One(&message));
        assert_eq!(send().await, Err(SendError::Busy { for_ms: MINUTE_MS, why: "45009".into() }));
        assert!(matches!(send().await, Err(SendError::Later(_))));
        assert!(matches!(send().await, Err(SendError::Later(_))));
        assert_eq!(send().await, Ok(Sent::default()));
    }
}
