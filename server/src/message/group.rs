//! The groups of stores, in which a robot tells once what the store's manager is told; what it shows has no buttons.

use super::channel::{Channel, Content, SendError, Sent};
use super::http;
use super::robot::{Bases, Robot, Verdict};
use super::schedule::Limits;
use crate::clock::Clock;
use crate::error::chain;
use crate::store::{Database, Directory, StoreError};
use domain::id::StoreCode;
use domain::message::preference::ChannelKind;
use domain::policy::{Role, Scope, Viewer};
use futures::future::BoxFuture;
use reqwest::Client;

/// Sends to stores' groups; the address of each is its store, whose robot is looked up when something is sent.
pub struct Groups {
    bases: Bases,
    origin: String,
    database: Database,
    directory: Directory,
    clock: Clock,
    http: Client,
}

impl Groups {
    /// Robots reached at `bases`, with links to `origin`, that are kept in `database`.
    #[must_use]
    pub fn new(
        bases: Bases,
        origin: impl Into<String>,
        (database, directory): (Database, Directory),
        clock: Clock,
    ) -> Self {
        Self { bases, origin: origin.into(), database, directory, clock, http: http::client() }
    }

    async fn send_to(&self, to: &str, content: Content<'_>) -> Result<Sent, SendError> {
        let stored = |error: StoreError| SendError::Later(chain(&error));
        let store = StoreCode::parse(to).map_err(|_| SendError::NoReceiver)?;
        let key = self.database.robot_key(&store).await.map_err(stored)?.ok_or(SendError::NoReceiver)?;
        let asks = content.messages().iter().any(|message| !message.buttons.is_empty());
        let mentioned = if asks { self.managers_of(&store).await.map_err(stored)? } else { Vec::new() };
        let reader = (self.origin.as_str(), mentioned.as_slice());
        let robot = Robot::of_stored(&key);
        match robot.show((&self.http, &self.bases), content, reader, self.clock.now()).await? {
            Verdict::Shown => Ok(Sent::default()),
            Verdict::Misset => {
                self.database.refuse_robot(&store).await.map_err(stored)?;
                Err(SendError::NoReceiver)
            }
            Verdict::Not(error) => Err(error),
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

impl Channel for Groups {
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
    use super::*;
    use crate::message::channel::tests::request;
    use crate::message::wecom::fake::{Fake, Fault};
    use domain::instant::{MINUTE_MS, Timestamp};

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

    async fn start() -> (Fake, Groups, Database, StoreCode) {
        let clock = Clock::manual(NOW);
        let fake = Fake::start(clock.clone()).await;
        let database = Database::open("mem://").await.expect("opens");
        let bases = Bases { wecom: fake.base(), dingtalk: fake.base(), feishu: fake.base() };
        let stored = (database.clone(), Directory::default());
        let group = Groups::new(bases, "https://stock.example", stored, clock);
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
