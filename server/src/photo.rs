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
use domain::accept::{PhotoFact, PhotoTaking};
use domain::chain::Hash;
use domain::id::{PersonId, StoreCode};
use domain::instant::Timestamp;
use domain::photo::{Likeness, PHOTO_UNNAMED_KEPT_MS, PhotoId, PhotoRefusal};
pub use index::PhotoFacts;
use index::PhotoIndex;
use std::sync::{Mutex, PoisonError};
use store::{PhotoStore, PhotoStoreError, Size};
use tokio::sync::{RwLock, Semaphore, SemaphorePermit};

/// Photos decoded at once: each takes up to a few hundred megabytes while it is.
const DECODING_MAX: usize = 2;

/// Photos on their way in at once, in memory while they are.
const ARRIVING_MAX: usize = 16;

/// Photos asked about at once.
const SWEPT_AT_ONCE: usize = 500;

/// All photos.
#[derive(Debug)]
pub struct Photos {
    clock: Clock,
    db: Database,
    store: PhotoStore,
    index: PhotoIndex,
    arriving: Semaphore,
    decoding: Semaphore,
    /// Held shared while a photo comes in, alone while one is removed: a picture must not go while its record comes.
    standing: RwLock<()>,
    /// What arrived before this has been looked at, and what of it is here is named.
    swept_to: Mutex<Timestamp>,
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

/// Why photos that no event names were not all removed.
#[derive(Debug, thiserror::Error)]
pub enum SweepPhotosError {
    /// A record could not be read or removed.
    #[error("the record of a photo that no event names could not be removed")]
    Record(#[from] StoreError),
    /// A picture could not be removed: it stays behind without a record.
    #[error(transparent)]
    Store(#[from] PhotoStoreError),
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

    fn taking(&self, photo: &PhotoId) -> Option<PhotoTaking> {
        self.index.get(photo).map(|record| PhotoTaking { at: record.taken_at, by: record.person })
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
            standing: RwLock::new(()),
            swept_to: Mutex::new(Timestamp::default()),
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
        let _standing = self.standing.read().await;
        if self.has(&id).await
            && let Some(known) = self.index.get(&id)
        {
            // Only who has the bytes learns that they are here.
            if PhotoId::of(&bytes) != id {
                return Err(PhotoRefusal::PhotoAltered.into());
            }
            // Another process may have removed it since.
            if self.db.photo(&id).await?.is_some() {
                return Ok(known);
            }
            self.index.remove(&id);
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

    /// Removes the photos that came [`PHOTO_UNNAMED_KEPT_MS`] ago or earlier and that no event names, record and
    /// pictures. Returns how many. What it has looked at once it does not look at again.
    ///
    /// # Errors
    /// When one cannot be removed, or an event names it at this moment: the next call looks at them again.
    pub async fn sweep(&self) -> Result<usize, SweepPhotosError> {
        let until = self.clock.now().plus_ms(-PHOTO_UNNAMED_KEPT_MS);
        let from = *self.swept_to.lock().unwrap_or_else(PoisonError::into_inner);
        let mut n_removed = 0;
        for some in self.index.arrived(from, until).chunks(SWEPT_AT_ONCE) {
            let ids: Vec<PhotoId> = some.iter().map(|record| record.id).collect();
            let named = self.db.photos_in_events(&ids).await?;
            for record in some.iter().filter(|record| !named.contains(&record.id)) {
                n_removed += usize::from(self.remove(record).await?);
            }
        }
        *self.swept_to.lock().unwrap_or_else(PoisonError::into_inner) = until;
        Ok(n_removed)
    }

    /// The record first: pictures without one are nobody's, a record without pictures would be a promise broken.
    async fn remove(&self, record: &PhotoRecord) -> Result<bool, SweepPhotosError> {
        let _alone = self.standing.write().await;
        let is_removed = self.db.remove_photo(record).await?;
        if self.db.photo(&record.id).await?.is_none() {
            self.index.remove(&record.id);
        }
        if is_removed {
            for size in [Size::Full, Size::Thumb] {
                self.store.remove(&record.id, size).await?;
            }
            metrics::counter!("shelftrace_photos_removed_total").increment(1);
        }
        Ok(is_removed)
    }

    /// What is known of a photo, for whoever may see it.
    pub async fn record(&self, id: &PhotoId) -> Option<PhotoRecord> {
        if self.has(id).await { self.index.get(id) } else { None }
    }
}
