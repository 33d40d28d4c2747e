//! Messages that are answered: sending them on the channels people have chosen, and taking what they say.
//!
//! [`channel`] is what all channels have in common, [`schedule`] says when which message goes and [`dispatch`] sends
//! it, [`answer`] does what is said to it, [`route`] is where that comes in. [`wecom`] is the channel whose cards are
//! answered where they are read; [`group`] with its [`robot`]s, [`webhook`], [`push`]
//! and [`mail`] only tell. What a message is stands in [`domain::message`].
//!
//! [`follow`] turns the ledger's steps into messages and [`alert`] warnings, [`compose`] words them, [`office`] keeps and sends them, and
//! [`decide`] carries answers back into the ledger. [`Messages`] starts them all.

pub mod alert;
pub mod answer;
pub mod channel;
pub mod compose;
pub mod decide;
pub mod dispatch;
pub mod follow;
pub mod group;
pub mod guard;
pub mod http;
pub mod log;
pub mod mail;
pub mod office;
pub mod push;
pub mod robot;
pub mod route;
pub mod schedule;
pub mod secret;
pub mod webhook;
pub mod wecom;

use crate::carriage::Carriers;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::chain;
use crate::lease::Lease;
use crate::ledger::Ledger;
use crate::live::LiveHub;
use crate::signals::Signals;
use crate::store::{Database, Directory};
use alert::Alerts;
use answer::work_off;
use channel::Channel;
use decide::Desk;
use domain::message::preference::ChannelKind;
use follow::Follower;
use office::{Office, OpenError};
use route::Entrance;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How often clicks that could not be done are tried again.
const WORK_OFF_EVERY: Duration = Duration::from_secs(60);

/// What messages are made of, sent by and answered with.
pub struct Parts {
    /// The time.
    pub clock: Clock,
    /// The database.
    pub database: Database,
    /// Stores and people.
    pub directory: Directory,
    /// Takes what people decide.
    pub ledger: Ledger,
    /// What the rules say.
    pub signals: Signals,
    /// Whether this process tells people.
    pub lease: Lease,
}

/// Everything about messages that requests can reach. Its tasks end with it.
pub struct Messages {
    /// Keeps and sends.
    pub office: Office,
    /// Does as people say.
    pub desk: Desk,
    /// Sends orders to carriers.
    pub carriers: Carriers,
    /// Where WeCom's callbacks come in; `None` where WeCom is not set up.
    pub wecom: Option<Arc<Entrance>>,
    _alive: watch::Sender<()>,
}

impl Messages {
    /// Opens the office, follows the ledger and works off what people have said.
    ///
    /// # Errors
    /// When the database fails, or a key file is damaged.
    pub async fn start(config: &Config, parts: Parts, live: &LiveHub) -> Result<Self, OpenError> {
        let Parts { clock, database, directory, ledger, signals, lease } = parts;
        let (alive, ended) = watch::channel(());
        let office = Office::open(config, database.clone(), directory.clone(), clock.clone(), &lease).await?;
        let news = signals.news();
        let desk = Desk::new(database.clone(), directory.clone(), ledger, signals, office.clone());
        let (known, alone) = ((database.clone(), directory.clone()), (lease.clone(), ended.clone()));
        let carriers = Carriers::start(config, clock.clone(), known, alone);
        let alerts = Alerts {
            database: database.clone(),
            directory: directory.clone(),
            office: office.clone(),
            lease: lease.clone(),
            news,
        };
        tokio::spawn(alerts.run(ended.clone()));
        let follower = Follower::start(database.clone(), directory, office.clone(), carriers.clone(), lease).await?;
        tokio::spawn(follower.run(live.clone(), ended.clone()));
        let mut wecom = None;
        if let (Some((_, callback)), Some(channel)) = (config.wecom(), office.channel(ChannelKind::WeCom)) {
            let arrived: Arc<Notify> = Arc::default();
            tokio::spawn(work(database.clone(), desk.clone(), channel, Arc::clone(&arrived), ended));
            wecom = Some(Arc::new(Entrance { callback, clicks: Arc::new(database), clock, arrived }));
        }
        Ok(Self { office, desk, carriers, wecom, _alive: alive })
    }
}

/// Works off clicks: those of before, each new one, and every minute what could not be done.
async fn work(
    database: Database,
    desk: Desk,
    channel: Arc<dyn Channel>,
    arrived: Arc<Notify>,
    mut ended: watch::Receiver<()>,
) {
    loop {
        if let Err(error) = work_off(&database, &desk, channel.as_ref()).await {
            tracing::warn!(error = chain(error.as_ref()), "what people have pressed is done later");
        }
        tokio::select! {
            () = arrived.notified() => {}
            () = tokio::time::sleep(WORK_OFF_EVERY) => {}
            _ = ended.changed() => return,
        }
    }
}
