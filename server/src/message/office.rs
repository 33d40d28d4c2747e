//! The post office: keeps messages, sends them by the channels their readers have chosen, and settles them once what
//! they ask is decided. One server of a database sends: two would each keep the limits for themselves only.

use super::channel::Channel;
use super::dispatch::Dispatcher;
use super::http;
use super::log::Deliveries;
use super::schedule::Waiting;
use super::wecom::client::WeCom;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::chain;
use crate::store::message::DeliveryRecord;
use crate::store::{Database, Directory, StoreError};
use domain::id::{MessageId, PersonId, StoreCode};
use domain::instant::{Timestamp, ZoneOffset};
use domain::message::delivery::{Delivery, Step};
use domain::message::preference::{ChannelKind, Preference, channels};
use domain::message::{About, Message};
use frontend::text::Language;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// How long to wait before trying again when the log of deliveries fails.
const AGAIN: Duration = Duration::from_secs(2);
/// The shortest and the longest sleep between two looks at what is due.
const LOOK_MS: (i64, i64) = (20, 60_000);

/// What a dispatcher's task is told.
enum Order {
    Send { to: String, message: Box<Message>, delivery: Delivery, waiting: Waiting },
    Withdraw(MessageId),
}

/// A channel that sends, and the way to its task.
struct Post {
    channel: Arc<dyn Channel>,
    orders: mpsc::UnboundedSender<Order>,
}

/// How somebody is told.
pub struct Reader {
    /// Who.
    pub person: PersonId,
    /// In which language.
    pub language: Language,
    /// What holds for them.
    pub preference: Preference,
}

/// The post office. Cheap to clone; its tasks end with the last handle.
#[derive(Clone)]
pub struct Office {
    database: Database,
    directory: Directory,
    clock: Clock,
    /// The log of deliveries.
    pub log: Deliveries,
    posts: Arc<BTreeMap<ChannelKind, Post>>,
}

impl Office {
    /// Opens the office, with what was waiting when it closed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open(
        config: &Config,
        database: Database,
        directory: Directory,
        clock: Clock,
    ) -> Result<Self, StoreError> {
        let log = Deliveries::new(database.clone());
        let mut posts = BTreeMap::new();
        if let Some((application, _)) = config.wecom() {
            let channel: Arc<dyn Channel> = Arc::new(WeCom::new(application, clock.clone(), http::client()));
            let dispatcher = Dispatcher::new(Arc::clone(&channel), Arc::new(log.clone()), clock.clone());
            let (orders, inbox) = mpsc::unbounded_channel();
            tokio::spawn(run(dispatcher, inbox, clock.clone()));
            posts.insert(channel.kind(), Post { channel, orders });
        }
        let office = Self { database, directory, clock, log, posts: Arc::new(posts) };
        for record in office.database.waiting_deliveries().await? {
            if let Some(message) = office.database.message(&record.person, record.delivery.message).await? {
                let reader = office.reader(&record.person).await?;
                office.hand_over(&reader, &message, record);
            }
        }
        Ok(office)
    }

    /// The channels that the chain allows beside the inbox: those that are set up.
    #[must_use]
    pub fn allowed(&self) -> BTreeSet<ChannelKind> {
        self.posts.keys().copied().collect()
    }

    /// The channel that cards are answered on, if it is set up.
    #[must_use]
    pub fn channel(&self, kind: ChannelKind) -> Option<Arc<dyn Channel>> {
        self.posts.get(&kind).map(|post| Arc::clone(&post.channel))
    }

    /// How a person is told. Whoever has not chosen is told by every channel that knows them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reader(&self, person: &PersonId) -> Result<Reader, StoreError> {
        let chosen = self.database.preference(person).await?;
        let preference = chosen.unwrap_or_else(|| Preference { channels: self.allowed(), ..Preference::default() });
        let language = preference.language.as_deref().map(Language::from_code).unwrap_or_default();
        Ok(Reader { person: person.clone(), language, preference })
    }

    /// Keeps a message and sends it on its ways; one that is kept already is not sent again.
    ///
    /// # Errors
    /// When the database fails: the message is then not kept.
    pub async fn send(&self, reader: &Reader, message: &Message) -> Result<(), StoreError> {
        if self.database.message(&message.to, message.id).await?.is_some() {
            return Ok(());
        }
        let contacts = self.database.contacts_of(&message.to).await?;
        let way = |channel: ChannelKind| {
            let delivery = Delivery::queued(message.id, channel, message.at);
            match channel {
                // It is there as soon as it is kept.
                ChannelKind::Inbox => {
                    let mut delivery = delivery;
                    delivery.note(Step::Delivered, message.at);
                    Some((String::new(), delivery))
                }
                _ => contacts.get(&channel).map(|address| (address.clone(), delivery)),
            }
        };
        let ways = channels(&reader.preference, &self.allowed()).into_iter().filter_map(way);
        let ways: Vec<DeliveryRecord> = ways
            .map(|(address, delivery)| DeliveryRecord {
                person: message.to.clone(),
                address,
                delivery,
                reference: None,
            })
            .collect();
        self.database.add_message(message, &ways).await?;
        ways.into_iter().for_each(|record| self.hand_over(reader, message, record));
        Ok(())
    }

    fn hand_over(&self, reader: &Reader, message: &Message, record: DeliveryRecord) {
        let Some(post) = self.posts.get(&record.delivery.channel) else { return };
        let quiet = reader.preference.quiet.map(|hours| (hours, self.zone_of(&message.store)));
        let asks = !message.buttons.is_empty();
        let waiting = Waiting::new(message.id, asks, message.at, quiet);
        let message = Box::new(message.clone());
        // An error means the task is gone: the program is going down, and the message waits on disk.
        let _ = post.orders.send(Order::Send { to: record.address, message, delivery: record.delivery, waiting });
    }

    /// Settles every question about a thing that was asked before `now_about`: what waits is withdrawn, what was sent
    /// is changed where it is read, in its reader's language. Cards that were answered are changed by their answer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle(
        &self,
        now_about: &About,
        text: impl Fn(Language, &PersonId) -> String,
    ) -> Result<(), StoreError> {
        let messages = self.database.messages_about(now_about.kind, &now_about.code).await?;
        let is_over = |message: &&Message| !message.buttons.is_empty() && message.about.version < now_about.version;
        for message in messages.iter().filter(is_over) {
            for record in self.database.deliveries_of(message.id).await? {
                self.settle_one(message, &record, &text).await?;
            }
        }
        Ok(())
    }

    async fn settle_one(
        &self,
        message: &Message,
        record: &DeliveryRecord,
        text: &impl Fn(Language, &PersonId) -> String,
    ) -> Result<(), StoreError> {
        let kind = record.delivery.channel;
        let Some(post) = self.posts.get(&kind) else { return Ok(()) };
        let _ = post.orders.send(Order::Withdraw(message.id));
        let is_answered = record.delivery.steps.contains_key(&Step::Acted);
        let Some(reference) = record.reference.as_deref().filter(|_| !is_answered) else { return Ok(()) };
        let reader = self.reader(&record.person).await?;
        let text = text(reader.language, &record.person);
        if let Err(error) = post.channel.settle(&record.address, reference, &text).await {
            tracing::warn!(id = %message.id, error = chain(&error), "a card is not changed; its buttons do nothing");
        }
        self.log.settled(message.id, kind).await
    }

    /// A store's clocks; those of China where it is unknown.
    #[must_use]
    pub fn zone_of(&self, store: &StoreCode) -> ZoneOffset {
        self.directory.masters().store(store).map_or(ZoneOffset(480), |master| master.store.zone_offset)
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

async fn run(mut dispatcher: Dispatcher, mut orders: mpsc::UnboundedReceiver<Order>, clock: Clock) {
    loop {
        let (least, most) = LOOK_MS;
        let wait_ms = dispatcher.next_at().map_or(most, |at| at.since(clock.now()).clamp(least, most));
        let wait = Duration::from_millis(wait_ms.unsigned_abs());
        tokio::select! {
            order = orders.recv() => match order {
                Some(order) => follow(&mut dispatcher, order),
                None => return,
            },
            () = tokio::time::sleep(wait) => {}
        }
        while let Ok(order) = orders.try_recv() {
            follow(&mut dispatcher, order);
        }
        if let Err(error) = dispatcher.send_due(|| rand::random_range(0..=1_000)).await {
            tracing::error!(error = chain(error.as_ref()), "what became of a message is not noted");
            tokio::time::sleep(AGAIN).await;
        }
    }
}

fn follow(dispatcher: &mut Dispatcher, order: Order) {
    match order {
        Order::Send { to, message, delivery, waiting } => dispatcher.push(&to, *message, delivery, waiting),
        Order::Withdraw(message) => dispatcher.withdraw(message),
    }
}
