//! What every request can reach.

use crate::auth::limit::Limiter;
use crate::auth::session::SignIn;
use crate::clock::Clock;
use crate::config::Config;
use crate::device::Devices;
use crate::keys::Keys;
use crate::lease::Lease;
use crate::ledger::Ledger;
use crate::live::LiveHub;
use crate::message::{Messages, Parts};
use crate::photo::{OpenPhotosError, Photos};
use crate::read::LatestTraces;
use crate::region_plan::Plans;
use crate::render::Renderers;
use crate::signals::Signals;
use crate::site::Site;
use crate::store::{CreditScores, Database, Directory, StoreError};
use crate::trace::TraceIndex;
use axum::extract::FromRef;
use domain::id::{RegionCode, StoreCode};
use domain::policy::Role;
use leptos::config::LeptosOptions;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::watch;

/// Photos a person may send per minute, and at once after a rest: more than anybody takes, an outbox that waited for
/// the network included.
const PHOTOS_PER_MIN: u32 = 120;

/// Codes that a person may have sent to addresses per hour: they may be anybody's.
const CODES_PER_H: u32 = 5;

/// Shared by all requests. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<App>);

/// What [`AppState`] shares.
pub struct App {
    /// Settings in force.
    pub config: Config,
    /// The time.
    pub clock: Clock,
    /// Secrets.
    pub keys: Keys,
    /// The database.
    pub db: Database,
    /// Stores, shelves, products, people's names.
    pub directory: Directory,
    /// The writer.
    pub ledger: Ledger,
    /// The live feed.
    pub live: LiveHub,
    /// Keeps the index that searches use.
    pub index: TraceIndex,
    /// What the ledger says of each line, judged by the rules.
    pub signals: Signals,
    /// How far stores can be relied on, worked out lately.
    pub credit_scores: CreditScores,
    /// Plans of transfers, as regions have them made.
    pub plans: Plans,
    /// Devices, as their requests tell of them.
    pub devices: Devices,
    /// Each store's latest events, for boards.
    pub latest: LatestTraces,
    /// Whether this process fires and tells, of those on one database.
    pub lease: Lease,
    /// Messages that are answered.
    pub messages: Messages,
    /// Accounts and sessions.
    pub sign_in: SignIn,
    /// How often a person may have a code sent to an address.
    pub mail_limit: Limiter,
    /// How often a device may send.
    pub sync_limit: Limiter,
    /// The photos.
    pub photos: Arc<Photos>,
    /// How often a person may send a photo.
    pub photo_limit: Limiter,
    /// The browser's half.
    pub site: Site,
    /// Where pages are rendered.
    pub renderers: Renderers,
    /// Turns true when the server is told to stop.
    pub stopping: watch::Sender<bool>,
    /// What Leptos asks for.
    pub leptos: LeptosOptions,
}

impl Deref for AppState {
    type Target = App;
    fn deref(&self) -> &App {
        &self.0
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

/// Why the server cannot start on its database.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Master data cannot be read.
    #[error("the master data cannot be read")]
    Masters(#[source] StoreError),
    /// The ledger cannot be used.
    #[error("the ledger cannot be started")]
    Ledger(#[source] crate::ledger::StartError),
    /// The photos cannot be used.
    #[error("the photos cannot be used")]
    Photos(#[from] OpenPhotosError),
    /// The system gives no threads.
    #[error("no thread to render pages on")]
    Threads(#[source] std::io::Error),
    /// Devices cannot be read.
    #[error("the devices cannot be read")]
    Devices(#[source] StoreError),
    /// Nobody can say which process tells people.
    #[error("the lease cannot be read")]
    Lease(#[source] StoreError),
    /// Messages cannot be sent.
    #[error("the messages cannot be used")]
    Messages(#[source] crate::message::office::OpenError),
    /// Accounts cannot be read.
    #[error("the accounts cannot be read")]
    People(#[source] StoreError),
}

impl AppState {
    /// Starts the writer and the live feed on an open database.
    ///
    /// # Errors
    /// When master data, accounts or ledger cannot be read.
    pub async fn start(config: Config, clock: Clock, keys: Keys, db: Database) -> Result<Self, StartError> {
        let masters = db.load_masters().await.map_err(StartError::Masters)?;
        let accounts = db.accounts().await.map_err(StartError::People)?;
        let headquarters = accounts.iter().find(|account| account.viewer.role == Role::Headquarters);
        let owner = headquarters.map(|account| account.viewer.id.clone());
        let directory = Directory::new(masters, BTreeMap::new());
        directory.set_accounts(&accounts);
        let lease = Lease::start(db.clone(), clock.clone()).await.map_err(StartError::Lease)?;
        let heads_file = config.heads_file();
        let photos = Arc::new(Photos::open(&config, clock.clone(), db.clone()).await?);
        let judge = photos.clone();
        let ledger = Ledger::start(db.clone(), directory.clone(), keys.clone(), judge, clock.clone(), heads_file);
        let ledger = ledger.await.map_err(StartError::Ledger)?;
        let live = LiveHub::start(db.clone(), directory.clone(), clock.clone());
        let index = TraceIndex::start(db.clone(), &live);
        let signals = Signals::start(db.clone(), directory.clone(), clock.clone(), &live, owner, lease.clone());
        let devices = Devices::start(db.clone(), clock.clone()).await.map_err(StartError::Devices)?;
        let parts = Parts {
            clock: clock.clone(),
            database: db.clone(),
            directory: directory.clone(),
            ledger: ledger.clone(),
            signals: signals.clone(),
            lease: lease.clone(),
        };
        let messages = Messages::start(&config, parts, &live).await.map_err(StartError::Messages)?;
        let per_s = config.sync_per_device_per_s;
        let site = Site::open(&config.site_dir);
        let leptos = LeptosOptions::builder().output_name("shelftrace").build();
        Ok(Self(Arc::new(App {
            sign_in: SignIn::new(db.clone(), clock.clone(), &config),
            mail_limit: Limiter::new(clock.clone(), CODES_PER_H, 3_600_000, CODES_PER_H),
            sync_limit: Limiter::new(clock.clone(), per_s, 1_000, per_s.saturating_mul(2)),
            photos,
            photo_limit: Limiter::new(clock.clone(), PHOTOS_PER_MIN, 60_000, PHOTOS_PER_MIN),
            config,
            clock,
            keys,
            db,
            directory,
            ledger,
            live,
            index,
            signals,
            credit_scores: CreditScores::default(),
            plans: Plans::default(),
            devices,
            latest: LatestTraces::default(),
            lease,
            messages,
            site,
            renderers: Renderers::start().map_err(StartError::Threads)?,
            stopping: watch::Sender::new(false),
            leptos,
        })))
    }

    /// The region a store belongs to; `None` for an unknown store.
    #[must_use]
    pub fn region_of(&self, store: &StoreCode) -> Option<RegionCode> {
        self.directory.masters().store(store).map(|master| master.store.region.clone())
    }

    /// Ends the live feeds, which would otherwise keep their connections open for ever.
    pub fn stop_feeds(&self) {
        self.stopping.send_replace(true);
    }
}
