//! Photos as evidence: taken in, checked, made harmless, kept, and shown to those who may see them.
//!
//! A photo arrives under the name that its bytes have ([`domain::photo::PhotoId`]). [`picture`] checks it and makes
//! an upright JPEG of bounded size without the camera's metadata, [`store`] keeps that on disk or in a bucket,
//! [`index`] knows all of them in memory and which look alike, [`route`] speaks HTTP. The ledger asks what is known of a
//! photo before it takes an event that names it.

pub mod index;
pub mod picture;
pub mod route;
pub mod store;

use crate::clock::Clock;
use crate::config::Config;
use crate::ledger;
use crate::store::photo::PhotoRecord;
use crate::store::{Database, StoreError};
use axum::body::Bytes;
use domain::accept::PhotoFact;
use domain::chain::Hash;
use domain::id::{PersonId, StoreCode};
use domain::instant::Timestamp;
use domain::photo::{Likeness, PhotoId, PhotoRefusal};
pub use index::PhotoFacts;
use index::PhotoIndex;
use store::{PhotoStore, PhotoStoreError, Size};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Photos decoded at once: each takes up to a few hundred megabytes while it is.
const DECODING_MAX: usize = 2;

/// Photos on their way in at once, in memory while they are.
const ARRIVING_MAX: usize = 16;

/// All photos.
#[derive(Debug)]
pub struct Photos {
    clock: Clock,
    db: Database,
    store: PhotoStore,
    index: PhotoIndex,
    arriving: Semaphore,
    decoding: Semaphore,
}

/// Why the server cannot start with its photos.
#[derive(Debug, thiserror::Error)]
pub enum OpenPhotosError {
    /// Where the pictures lie cannot be used.
    #[error(transparent)]
    Store(#[from] PhotoStoreError),
    /// What is known of them cannot be read.
    #[error("what is known of the photos cannot be read")]
    Records(#[source] StoreError),
}

/// Why a photo is not kept.
#[derive(Debug, thiserror::Error)]
pub enum AddPhotoError {
    /// It is no photo that may be kept.
    #[error(transparent)]
    Refused(#[from] PhotoRefusal),
    /// The picture could not be written.
    #[error(transparent)]
    Store(#[from] PhotoStoreError),
    /// The record could not be written.
    #[error("the photo's record could not be written")]
    Record(#[from] StoreError),
    /// The server is stopping.
    #[error("the photo was not decoded: the server is stopping")]
    Stopping,
}

/// Why a picture cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum ReadPhotoError {
    /// It could not be read.
    #[error(transparent)]
    Store(#[from] PhotoStoreError),
    /// It is not the picture that was kept.
    #[error("the picture of photo {0} was altered after it was kept")]
    Altered(PhotoId),
}

/// A photo that comes in.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The name it was sent under.
    pub id: PhotoId,
    /// The store it is evidence of.
    pub store: StoreCode,
    /// Who sends it.
    pub person: PersonId,
    /// When the phone says it was taken.
    pub taken_at: Option<Timestamp>,
    /// The file.
    pub bytes: Bytes,
}

/// What the ledger asks, of memory: [`Photos::look_up`] comes first.
impl ledger::Photos for Photos {
    fn fact(&self, photo: &PhotoId, store: &StoreCode) -> PhotoFact {
        match self.facts(photo) {
            // Evidence of one store says nothing about another.
            Some(facts) if facts.store == *store => facts.similar_to.map_or(PhotoFact::Here, PhotoFact::Alike),
            _ => PhotoFact::Missing,
        }
    }
}

impl Photos {
    /// Opens where the pictures lie and reads what is known of them.
    ///
    /// # Errors
    /// When either cannot be done.
    pub async fn open(config: &Config, clock: Clock, db: Database) -> Result<Self, OpenPhotosError> {
        let store = PhotoStore::open(config).await?;
        Self::with_store(store, clock, db).await
    }

    /// As [`Photos::open`], on a store that is open.
    ///
    /// # Errors
    /// When what is known of the photos cannot be read.
    pub async fn with_store(store: PhotoStore, clock: Clock, db: Database) -> Result<Self, OpenPhotosError> {
        let index = PhotoIndex::default();
        for record in db.photos().await.map_err(OpenPhotosError::Records)? {
            index.add(record);
        }
        Ok(Self {
            clock,
            db,
            store,
            index,
            arriving: Semaphore::new(ARRIVING_MAX),
            decoding: Semaphore::new(DECODING_MAX),
        })
    }

    /// A place for a photo on its way in, held until it is kept; `None` while all are taken.
    #[must_use]
    pub fn enter(&self) -> Option<SemaphorePermit<'_>> {
        self.arriving.try_acquire().ok()
    }

    /// Takes a photo in: checked, made harmless and on disk when this returns. A photo that is here already stays as
    /// it is, its first store and person included.
    ///
    /// # Errors
    /// When it is no photo that may be kept, or cannot be written.
    pub async fn add(&self, upload: Upload) -> Result<PhotoRecord, AddPhotoError> {
        let Upload { id, store, person, taken_at, bytes } = upload;
        let n_bytes = bytes.len() as u64;
        if self.has(&id).await
            && let Some(known) = self.index.get(&id)
        {
            // Only who has the bytes learns that they are here.
            return if PhotoId::of(&bytes) == id { Ok(known) } else { Err(PhotoRefusal::PhotoAltered.into()) };
        }
        let permit = self.decoding.acquire().await.map_err(|_| AddPhotoError::Stopping)?;
        let made = tokio::task::spawn_blocking(move || picture::make(id, &bytes)).await;
        drop(permit);
        let made = made.map_err(|error| {
            // A decoder that panics has met a file it was not made for.
            tracing::error!(%error, %id, "decoding a photo failed");
            AddPhotoError::Refused(PhotoRefusal::PhotoDamaged)
        })??;
        let at = self.clock.now();
        let record = PhotoRecord {
            id,
            store,
            person,
            at,
            taken_at: taken_at.map_or(at, |taken_at| taken_at.min(at)),
            kind: made.kind,
            n_bytes,
            width: made.width,
            height: made.height,
            likeness: made.likeness,
            kept: Hash::of(&made.full),
        };
        // The record last: what it names is there.
        self.store.put(&id, Size::Thumb, made.thumb).await?;
        self.store.put(&id, Size::Full, made.full).await?;
        let holds = self.db.add_photo(&record).await?;
        self.index.add(holds.clone());
        metrics::counter!("shelftrace_photos_total").increment(1);
        Ok(holds)
    }

    /// Whether a photo is kept. In memory, except for photos that another server process has taken in.
    pub async fn has(&self, id: &PhotoId) -> bool {
        self.look_up(std::slice::from_ref(id)).await;
        self.index.get(id).is_some()
    }

    /// Brings into memory which of these photos other server processes have taken in.
    pub async fn look_up(&self, ids: &[PhotoId]) {
        let unknown: Vec<PhotoId> = ids.iter().filter(|id| self.index.get(id).is_none()).copied().collect();
        if unknown.is_empty() {
            return;
        }
        match self.db.photos_named(&unknown).await {
            Ok(records) => records.into_iter().for_each(|record| self.index.add(record)),
            // An event that names one is refused, kept by its phone, and sent again.
            Err(error) => tracing::warn!(error = crate::error::chain(&error), "photos could not be looked up"),
        }
    }

    /// What is known of a photo that [`Photos::has`] knows; in memory.
    #[must_use]
    pub fn facts(&self, id: &PhotoId) -> Option<PhotoFacts> {
        self.index.facts(id)
    }

    /// The photos that look nearly like this, in memory, nearest first.
    #[must_use]
    pub fn similar(&self, likeness: Likeness) -> Vec<PhotoId> {
        self.index.similar(likeness)
    }

    /// The picture as kept, a JPEG.
    ///
    /// # Errors
    /// When it cannot be read, or is not what was kept.
    pub async fn read(&self, record: &PhotoRecord, size: Size) -> Result<Bytes, ReadPhotoError> {
        let bytes = self.store.get(&record.id, size).await?;
        if size == Size::Full && Hash::of(&bytes) != record.kept {
            return Err(ReadPhotoError::Altered(record.id));
        }
        Ok(bytes)
    }

    /// What is known of a photo, for whoever may see it.
    pub async fn record(&self, id: &PhotoId) -> Option<PhotoRecord> {
        if self.has(id).await { self.index.get(id) } else { None }
    }
}
