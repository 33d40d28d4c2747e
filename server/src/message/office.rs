//! The post office: keeps messages, sends them by the channels their readers have chosen, and settles them once what
//! they ask is decided. Of the servers of a database the holder of the lease sends.

use super::channel::Channel;
use super::dispatch::Dispatcher;
use super::group::Groups;
use super::http;
use super::log::Deliveries;
use super::mail::{Mail, MailError};
use super::push::WebPush;
use super::push::vapid::{KeyFileError, Vapid};
use super::schedule::Waiting;
use super::webhook::Webhook;
use super::wecom::client::WeCom;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::chain;
use crate::lease::Lease;
use crate::store::message::DeliveryRecord;
use crate::store::{Database, Directory, StoreError};
use domain::id::{MessageId, PersonId, StoreCode};
use domain::instant::{Timestamp, ZoneOffset};
use domain::message::delivery::{Delivery, Step};
use domain::message::preference::{ChannelKind, Preference, channels};
use domain::message::{About, Message, group_of};
use domain::quiet::QuietHours;
use frontend::text::Language;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// How long to wait before trying again when the log of deliveries fails.
const AGAIN: Duration = Duration::from_secs(2);
/// Minutes of a day: a store that closes at midnight closes in minute 0.
const DAY_MIN: u16 = 24 * 60;
/// The shortest and the longest sleep between two looks at what is due.
const LOOK_MS: (i64, i64) = (20, 60_000);

/// What a dispatcher's task is told.
enum Order {
    Send {
        to: String,
        message: Box<Message>,
        delivery: Delivery,
        waiting: Waiting,
    },
    /// What it asks is decided; what it is to show is on disk.
    Settle {
        to: String,
        message: MessageId,
    },
    /// Everything is on disk, and will be told again.
    Clear,
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

/// Why the office cannot open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The mail server cannot be used as it is set.
    #[error("e-mail cannot be sent")]
    Mail(#[from] MailError),
    /// There is no key to send notices to browsers with.
    #[error(transparent)]
    PushKey(#[from] KeyFileError),
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
    /// What a browser must be given to agree to our notices; `None` where they are not sent.
    pub push_key: Option<String>,
    /// Sends codes to addresses that are to be confirmed; `None` where no e-mail is sent.
    pub mail: Option<Arc<Mail>>,
}

impl Office {
    /// Opens the office. What was waiting when it closed is sent once [`Office::resume`] says so.
    ///
    /// # Errors
    /// When the database fails, or a key file is damaged.
    pub async fn open(
        config: &Config,
        database: Database,
        directory: Directory,
        clock: Clock,
        lease: &Lease,
    ) -> Result<Self, OpenError> {
        let log = Deliveries::new(database.clone());
        let mut channels: Vec<Arc<dyn Channel>> = Vec::new();
        if let Some((application, _)) = config.wecom() {
            channels.push(Arc::new(WeCom::new(application, clock.clone(), http::client())));
        }
        if let Some(origin) = &config.public_origin {
            let stored = (database.clone(), directory.clone());
            channels.push(Arc::new(Groups::new(config.robots(), origin.clone(), stored, clock.clone())));
        }
        if let Some(key) = config.webhook() {
            channels.push(Arc::new(Webhook::new(key, config.reach(), clock.clone())));
        }
        let mut mail = None;
        if let Some(server) = config.mail() {
            let channel = Arc::new(Mail::new(&server, clock.clone())?);
            channels.push(channel.clone());
            mail = Some(channel);
        }
        let mut push_key = None;
        if let Some(contact) = config.push_contact() {
            let vapid = Vapid::load_or_create(&config.data_dir, contact)?;
            push_key = Some(vapid.public_key());
            channels.push(Arc::new(WebPush::new(vapid, config.reach(), clock.clone(), database.clone())));
        }
        let mut posts = BTreeMap::new();
        for channel in channels {
            let dispatcher = Dispatcher::new(Arc::clone(&channel), Arc::new(log.clone()), clock.clone());
            let (orders, inbox) = mpsc::unbounded_channel();
            tokio::spawn(run(dispatcher, inbox, clock.clone(), lease.clone()));
            posts.insert(channel.kind(), Post { channel, orders });
        }
        Ok(Self { database, directory, clock, log, posts: Arc::new(posts), push_key, mail })
    }

    /// Sends what waits on disk, in place of what this process remembers: another may have sent in between.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resume(&self) -> Result<(), StoreError> {
        let waiting = self.database.waiting_deliveries().await?;
        for post in self.posts.values() {
            let _ = post.orders.send(Order::Clear);
        }
        for record in waiting {
            let (message, kind) = (record.delivery.message, record.delivery.channel);
            if record.delivery.is_waiting() && record.outcome.is_none() {
                if let Some(message) = self.database.message(&record.person, message).await? {
                    let reader = self.reader(&record.person).await?;
                    self.hand_over(&reader, &message, record);
                }
            } else if let Some(post) = self.posts.get(&kind) {
                let _ = post.orders.send(Order::Settle { to: record.address, message });
            }
        }
        Ok(())
    }

    /// Every channel that is set up, the inbox first; those that reach groups of people, too.
    #[must_use]
    pub fn channels(&self) -> BTreeSet<ChannelKind> {
        self.posts.keys().copied().chain([ChannelKind::Inbox]).collect()
    }

    /// The channels that the chain allows beside the inbox: those that are set up.
    #[must_use]
    pub fn allowed(&self) -> BTreeSet<ChannelKind> {
        self.posts.keys().copied().filter(|channel| channel.is_personal()).collect()
    }

    /// Where a person is reached, channel by channel; in browsers as themselves, once one has agreed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contacts_of(&self, person: &PersonId) -> Result<BTreeMap<ChannelKind, String>, StoreError> {
        let mut contacts = self.database.contacts_of(person).await?;
        if !self.database.push_subscriptions(person).await?.is_empty() {
            contacts.insert(ChannelKind::WebPush, person.to_string());
        }
        Ok(contacts)
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
        if let Some(store) = group_of(person) {
            return Ok(self.group(&store, person));
        }
        let chosen = self.database.preference(person).await?;
        let preference = chosen.unwrap_or_else(|| Preference { channels: self.allowed(), ..Preference::default() });
        let language = preference.language.as_deref().map(Language::from_code).unwrap_or_default();
        Ok(Reader { person: person.clone(), language, preference })
    }

    /// Whether a store's group can be told.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_group(&self, store: &StoreCode) -> Result<bool, StoreError> {
        let is_set_up = self.posts.contains_key(&ChannelKind::WeComGroup);
        Ok(is_set_up && self.database.robot_key(store).await?.is_some())
    }

    /// A store's group is told in the chain's own language, and left alone while the store is closed.
    fn group(&self, store: &StoreCode, reader: &PersonId) -> Reader {
        let masters = self.directory.masters();
        let hours =
            masters.store(store).map(|master| (master.store.closes_min % DAY_MIN, master.store.opens_min % DAY_MIN));
        let quiet = hours.filter(|(closes, opens)| closes != opens);
        let quiet = quiet.map(|(from_min, to_min)| QuietHours { from_min, to_min });
        let preference = Preference { channels: BTreeSet::from([ChannelKind::WeComGroup]), quiet, language: None };
        Reader { person: reader.clone(), language: Language::default(), preference }
    }

    /// Keeps a message and sends it on its ways; one that is kept already is not sent again.
    ///
    /// # Errors
    /// When the database fails: the message is then not kept.
    pub async fn send(&self, reader: &Reader, message: &Message) -> Result<(), StoreError> {
        self.send_by(&self.channels(), reader, message).await
    }

    /// As [`Office::send`], by those of the reader's ways that are among these; the inbox always has it.
    ///
    /// # Errors
    /// When the database fails: the message is then not kept.
    pub async fn send_by(
        &self,
        among: &BTreeSet<ChannelKind>,
        reader: &Reader,
        message: &Message,
    ) -> Result<(), StoreError> {
        if self.database.message(&message.to, message.id).await?.is_some() {
            return Ok(());
        }
        let group = group_of(&message.to);
        let mut allowed = if group.is_some() { reader.preference.channels.clone() } else { self.allowed() };
        allowed.retain(|channel| among.contains(channel));
        let contacts = self.contacts_of(&message.to).await?;
        let way = |channel: ChannelKind| {
            let delivery = Delivery::queued(message.id, channel, message.at);
            match channel {
                ChannelKind::WeComGroup => group.as_ref().map(|store| (store.to_string(), delivery)),
                // Nobody looks into a group's inbox.
                ChannelKind::Inbox if group.is_some() => None,
                // It is there as soon as it is kept.
                ChannelKind::Inbox => {
                    let mut delivery = delivery;
                    delivery.note(Step::Delivered, message.at);
                    Some((String::new(), delivery))
                }
                _ => contacts.get(&channel).map(|address| (address.clone(), delivery)),
            }
        };
        let ways = channels(&reader.preference, &allowed).into_iter().filter_map(way);
        let ways: Vec<DeliveryRecord> = ways
            .map(|(address, delivery)| DeliveryRecord {
                person: message.to.clone(),
                address,
                delivery,
                reference: None,
                outcome: None,
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
        let is_answered = record.delivery.steps.contains_key(&Step::Acted);
        // What may be on its way just now has no reference yet; there will be one when its turn to be changed comes.
        let is_changeable = record.delivery.is_waiting() || record.reference.is_some();
        if is_answered || !is_changeable {
            return Ok(());
        }
        let reader = self.reader(&record.person).await?;
        self.log.decided(message.id, kind, &text(reader.language, &record.person)).await?;
        let _ = post.orders.send(Order::Settle { to: record.address.clone(), message: message.id });
        Ok(())
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

async fn run(mut dispatcher: Dispatcher, mut orders: mpsc::UnboundedReceiver<Order>, clock: Clock, lease: Lease) {
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
        if dispatcher.next_at().is_none_or(|at| at > clock.now()) {
            continue;
        }
        if !lease.holds().await {
            tokio::time::sleep(AGAIN).await;
            continue;
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
        Order::Settle { to, message } => dispatcher.settle(&to, message),
        Order::Clear => dispatcher.clear(),
    }
}
