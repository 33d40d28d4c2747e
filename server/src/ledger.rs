//! The ledger: one writer with group commit, its witnesses, and the tools that check and refold it.

pub mod archive;
mod commit;
mod decide;
mod facts;
pub mod heads;
mod load;
pub mod rebuild;
pub mod segment;
mod transfers;
pub mod verify;
mod writer;

pub use heads::Alarm;

use crate::clock::Clock;
use crate::keys::Keys;
use crate::store::{Database, Directory, StoreError};
use decide::Hour;
use domain::accept::{PhotoFact, PhotoTaking};
use domain::chain::SignedHead;
use domain::event::DeviceEvent;
use domain::id::StoreCode;
use domain::instant::Timestamp;
use domain::photo::PhotoId;
use domain::policy::Viewer;
use domain::shelf_tag::ShelfKey;
use domain::sync::Answer;
use domain::transfer::{self, Patience, TransferId};
use ed25519_dalek::VerifyingKey;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use verify::{Flaw, VerifyError, verify};
use writer::{Message, Request, Work, Writer};

/// Requests that may wait for the writer; more wait outside, in their connections.
const QUEUE_REQUESTS: usize = 1_024;
/// Events of one transaction when importing.
const IMPORT_CHUNK: usize = 1_000;

/// Witnessed heads of one request that are looked at: a device writes to one store, seldom to two.
const WITNESSED_MAX: usize = 8;

/// Whether the ledger takes events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It does.
    Writable,
    /// It does not, because what it holds is not what was witnessed.
    ReadOnly(Alarm),
    /// It does not, because a commit failed in a way that leaves its outcome in doubt, or the writer has panicked:
    /// restart the program.
    Stopped(String),
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// One per event, in the same order.
    pub answers: Vec<Answer>,
    /// The signed heads of the stores concerned.
    pub heads: Vec<SignedHead>,
}

/// Why a request was not answered. Nothing is known about its events: send them again.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LedgerError {
    /// The ledger is read-only.
    #[error("the ledger is read-only: {0}")]
    ReadOnly(Alarm),
    /// The writer has stopped.
    #[error("the ledger has stopped: {0}")]
    Stopped(String),
    /// The database stayed unreachable, or other processes kept writing in between.
    #[error("the database is busy or unreachable")]
    Busy,
    /// The program is going down.
    #[error("the server is shutting down")]
    ShuttingDown,
}

/// Why the ledger cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database fails.
    #[error("cannot read the ledger")]
    Store(#[from] StoreError),
    /// The file of witnessed heads cannot be used.
    #[error("cannot use the file of signed heads {path}")]
    HeadsFile {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A rebuild that was cut short could not be finished.
    #[error("cannot finish the rebuild that was cut short")]
    Rebuild(#[from] rebuild::RebuildError),
}

/// What is known of photos, beside the ledger.
pub trait Photos: Send + Sync {
    /// Whether it is here, as one of that store, and whether it looks like one taken before. That another event names it the ledger knows
    /// itself.
    fn fact(&self, photo: &PhotoId, store: &StoreCode) -> PhotoFact;

    /// When and by whom it was taken, if it is here.
    fn taking(&self, photo: &PhotoId) -> Option<PhotoTaking>;
}

/// Where nothing is photographed: demo data and trials.
#[derive(Debug, Clone, Copy)]
pub struct NoPhotos;

impl Photos for NoPhotos {
    fn fact(&self, _: &PhotoId, _: &StoreCode) -> PhotoFact {
        PhotoFact::Missing
    }

    fn taking(&self, _: &PhotoId) -> Option<PhotoTaking> {
        None
    }
}

/// What judges an event beside the rows of the database.
pub(crate) struct Judges {
    pub(crate) shelf_key: ShelfKey,
    pub(crate) photos: Arc<dyn Photos>,
}

/// Why the ledger has stopped where the writer could not say so.
const ENDED: &str = "the ledger's writer has ended unexpectedly";

/// Waits for the writer's end. One that has panicked leaves no word: requests would wait for nobody, in a program that
/// seems well.
async fn stand_by(writer: JoinHandle<()>, health: watch::Sender<Health>) {
    if let Err(error) = writer.await
        && error.is_panic()
    {
        tracing::error!(%error, ENDED);
        health.send_replace(Health::Stopped(ENDED.to_owned()));
    }
}

/// A handle to the one writer of this process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Ledger {
    queue: mpsc::Sender<Message>,
    health: watch::Sender<Health>,
    database: Database,
    key: VerifyingKey,
}

impl Ledger {
    /// Compares the database with the heads witnessed before, finishes a rebuild that was cut short, and starts the
    /// writer. Where the comparison fails the ledger starts read-only: see [`Ledger::health`].
    ///
    /// # Errors
    /// When the database or the file of heads cannot be read.
    pub async fn start(
        database: Database,
        directory: Directory,
        keys: Keys,
        photos: Arc<dyn Photos>,
        clock: Clock,
        heads_file: PathBuf,
    ) -> Result<Self, StartError> {
        let opened = heads::open(&database, &keys.head_key.verifying_key(), &heads_file).await?;
        rebuild::finish(&database, &directory.masters()).await?;
        let (queue, messages) = mpsc::channel(QUEUE_REQUESTS);
        let health = match opened.alarm {
            None => Health::Writable,
            Some(alarm) => {
                tracing::error!(%alarm, "the ledger is not what was witnessed: read-only");
                Health::ReadOnly(alarm)
            }
        };
        let health = watch::Sender::new(health);
        let key = keys.head_key.verifying_key();
        let judges = Judges { shelf_key: keys.shelf_key.clone(), photos };
        let writer =
            Writer::new(database.clone(), directory, Arc::new(keys), judges, clock, opened.log, health.clone());
        tokio::spawn(stand_by(tokio::spawn(writer.run(messages)), health.clone()));
        Ok(Self { queue, health, database, key })
    }

    /// Takes events of one person. Answers when everything accepted is on disk.
    ///
    /// # Errors
    /// When the ledger cannot write now. The events may or may not be in the ledger: sending them again is safe.
    pub async fn append(&self, viewer: Viewer, events: Vec<DeviceEvent>) -> Result<Appended, LedgerError> {
        self.send(Work::Append { viewer, events }).await
    }

    /// Takes trusted events, each recorded at the time beside it, in the order given. The rules apply as they did
    /// then; who sends them is not asked.
    ///
    /// # Errors
    /// As [`Ledger::append`]. Importing again is safe.
    pub async fn import(&self, events: Vec<(DeviceEvent, Timestamp)>) -> Result<Vec<Answer>, LedgerError> {
        let mut answers = Vec::with_capacity(events.len());
        let mut events = events.into_iter().peekable();
        while events.peek().is_some() {
            let chunk = events.by_ref().take(IMPORT_CHUNK).collect();
            answers.extend(self.send(Work::Import { events: chunk }).await?.answers);
        }
        Ok(answers)
    }

    /// Records what the hour has brought to transfers, in the ledger's own name. What somebody has done meanwhile, or
    /// another process has recorded, is left as it is.
    ///
    /// # Errors
    /// As [`Ledger::append`]. Recording again is safe.
    pub async fn record_due(
        &self,
        due: impl IntoIterator<Item = (TransferId, transfer::Alarm, Patience)>,
    ) -> Result<Vec<Answer>, LedgerError> {
        let due = due.into_iter().map(|(transfer, alarm, patience)| Hour::new(transfer, alarm, patience)).collect();
        Ok(self.send(Work::Hour { due }).await?.answers)
    }

    /// Compares heads that a device was shown with the ledger: every phone is a witness. Where the ledger is not what
    /// it was, it is read-only from now on; a head without our signature says nothing.
    ///
    /// # Errors
    /// When the ledger is or becomes read-only, or the database fails.
    pub async fn check_witnessed(&self, witnessed: &[SignedHead]) -> Result<(), LedgerError> {
        for witnessed in witnessed.iter().take(WITNESSED_MAX).filter(|head| heads::is_signed(head, &self.key)) {
            let alarm = heads::look_for(&self.database, &witnessed.head).await.map_err(|error| {
                tracing::warn!(error = crate::error::chain(&error), "a witnessed head could not be looked up");
                LedgerError::Busy
            })?;
            if let Some(alarm) = alarm {
                tracing::error!(%alarm, "a device has seen another ledger: read-only");
                self.health.send_replace(Health::ReadOnly(alarm.clone()));
                return Err(LedgerError::ReadOnly(alarm));
            }
        }
        Ok(())
    }

    /// Walks every store's chain from its first event. Where one is not what it was, the ledger is read-only from then
    /// on. Takes time in proportion to the ledger's length: let it run while the server serves.
    ///
    /// # Errors
    /// When the database or the file of signed heads cannot be read.
    pub async fn check_all(&self, heads_file: &Path) -> Result<Option<Alarm>, VerifyError> {
        for report in verify(&self.database, &self.key, heads_file).await? {
            let Some(flaw) = report.flaw else { continue };
            if let Flaw::BeyondHead { seq } = flaw {
                // Appended while the chain was walked.
                let head = self.database.head(&report.store).await.map_err(VerifyError::Store)?;
                if head.is_some_and(|signed| signed.head.seq >= seq) {
                    continue;
                }
            }
            let alarm = Alarm::Flawed { store: report.store, flaw };
            tracing::error!(%alarm, "the ledger is not what it was: read-only");
            self.health.send_replace(Health::ReadOnly(alarm.clone()));
            return Ok(Some(alarm));
        }
        Ok(None)
    }

    /// Whether the ledger takes events, now and from now on.
    #[must_use]
    pub fn health(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }

    /// Waits until the writer has stopped otherwise than by [`Ledger::shutdown`], and says why: the program must then
    /// be started anew.
    pub async fn stopped(&self) -> String {
        let mut health = self.health.subscribe();
        match health.wait_for(|health| matches!(health, Health::Stopped(_))).await.as_deref() {
            Ok(Health::Stopped(why)) => why.clone(),
            // This handle holds an end of the channel itself, so it does not close.
            _ => ENDED.to_owned(),
        }
    }

    /// Answers what has queued, writes the heads out and ends the writer. Later requests get
    /// [`LedgerError::ShuttingDown`].
    pub async fn shutdown(self) {
        let (done, wait) = oneshot::channel();
        if self.queue.send(Message::Shutdown(done)).await.is_ok() {
            // An error means the writer is gone already.
            let _ = wait.await;
        }
    }

    async fn send(&self, work: Work) -> Result<Appended, LedgerError> {
        match &*self.health.borrow() {
            Health::Writable => {}
            Health::ReadOnly(alarm) => return Err(LedgerError::ReadOnly(alarm.clone())),
            Health::Stopped(why) => return Err(LedgerError::Stopped(why.clone())),
        }
        let (reply, answer) = oneshot::channel();
        let request = Message::Request(Request { work, reply });
        self.queue.send(request).await.map_err(|_| LedgerError::ShuttingDown)?;
        answer.await.unwrap_or(Err(LedgerError::ShuttingDown))
    }
}
