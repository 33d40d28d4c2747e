//! All photos in memory: which there are, and which look alike.

use crate::store::photo::PhotoRecord;
use domain::id::{PersonId, StoreCode};
use domain::instant::Timestamp;
use domain::photo::{Likeness, PerceptualHash, PhotoId};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// What a decision about an event asks of a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoFacts {
    /// The store it was taken for.
    pub store: StoreCode,
    /// Who took it.
    pub person: PersonId,
    /// When the phone says it was taken; never later than `recorded_at`.
    pub taken_at: Timestamp,
    /// When the server had it.
    pub recorded_at: Timestamp,
    /// What it looks like.
    pub likeness: Likeness,
    /// The nearest of the photos that were here before it and look nearly the same.
    pub similar_to: Option<PhotoId>,
}

/// The photos.
#[derive(Debug, Default)]
pub struct PhotoIndex(RwLock<Inner>);

#[derive(Debug, Default)]
struct Inner {
    by_id: HashMap<PhotoId, PhotoRecord>,
    /// Read from end to end: a million take less than a millisecond, and no tree of hashes is faster at this distance.
    hashes: Vec<(PerceptualHash, PhotoId)>,
}

impl PhotoIndex {
    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a photo; the first record of a photo stays.
    pub fn add(&self, record: PhotoRecord) {
        let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let hash = (record.likeness.coarse, record.id);
        if let Entry::Vacant(place) = inner.by_id.entry(record.id) {
            place.insert(record);
            inner.hashes.push(hash);
        }
    }

    /// Forgets a photo.
    pub fn remove(&self, id: &PhotoId) {
        let mut inner = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if inner.by_id.remove(id).is_some() {
            inner.hashes.retain(|(_, other)| other != id);
        }
    }

    /// The photos that the server has had since `from`, and before `until`.
    #[must_use]
    pub fn arrived(&self, from: Timestamp, until: Timestamp) -> Vec<PhotoRecord> {
        self.read().by_id.values().filter(|record| from <= record.at && record.at < until).cloned().collect()
    }

    /// What is known of a photo.
    #[must_use]
    pub fn get(&self, id: &PhotoId) -> Option<PhotoRecord> {
        self.read().by_id.get(id).cloned()
    }

    /// What a decision asks of a photo.
    #[must_use]
    pub fn facts(&self, id: &PhotoId) -> Option<PhotoFacts> {
        let inner = self.read();
        let own = inner.by_id.get(id)?;
        let similar_to = inner
            .near(own.likeness)
            .filter(|(_, other)| (other.at, other.id) < (own.at, own.id))
            .min_by_key(|(distance, other)| (*distance, other.at, other.id))
            .map(|(_, other)| other.id);
        Some(PhotoFacts {
            store: own.store.clone(),
            person: own.person.clone(),
            taken_at: own.taken_at,
            recorded_at: own.at,
            likeness: own.likeness,
            similar_to,
        })
    }

    /// The photos that look nearly like this, nearest first.
    #[must_use]
    pub fn similar(&self, likeness: Likeness) -> Vec<PhotoId> {
        let inner = self.read();
        let mut near: Vec<_> =
            inner.near(likeness).map(|(distance, record)| (distance, record.at, record.id)).collect();
        near.sort_unstable();
        near.into_iter().map(|(.., id)| id).collect()
    }
}

impl Inner {
    /// The photos that look nearly like this, with how far they are from it.
    fn near(&self, likeness: Likeness) -> impl Iterator<Item = (u32, &PhotoRecord)> {
        self.hashes
            .iter()
            .filter(move |(coarse, _)| coarse.distance(likeness.coarse) <= PerceptualHash::NEAR_MAX)
            .filter_map(|(_, id)| self.by_id.get(id))
            .filter(move |record| record.likeness.is_near(likeness))
            .map(move |record| (record.likeness.fine.distance(likeness.fine), record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::chain::Hash;
    use domain::photo::{FineHash, PhotoKind};

    fn likeness(bits: u64) -> Likeness {
        Likeness { coarse: PerceptualHash(bits), fine: FineHash([bits; 4]) }
    }

    fn record(n: u64, bits: u64) -> PhotoRecord {
        let at = Timestamp::from_unix_ms(n.cast_signed());
        PhotoRecord {
            id: PhotoId::of(&n.to_be_bytes()),
            store: StoreCode::parse("S001").expect("valid"),
            person: PersonId::parse("P1").expect("valid"),
            at,
            taken_at: at,
            kind: PhotoKind::Jpeg,
            n_bytes: 1,
            width: 1,
            height: 1,
            likeness: likeness(bits),
            kept: Hash::GENESIS,
        }
    }

    #[test]
    fn a_photo_is_like_the_nearest_earlier_one_and_never_like_a_later_one() {
        let index = PhotoIndex::default();
        let photos = [record(1, 0), record(2, 0b1111), record(3, 0b0111), record(4, u64::MAX)];
        for photo in photos.iter().rev() {
            index.add(photo.clone());
        }
        let similar = |photo: &PhotoRecord| index.facts(&photo.id).expect("known").similar_to;
        assert_eq!(photos.each_ref().map(similar), [None, Some(photos[0].id), Some(photos[1].id), None]);
        assert_eq!(index.similar(likeness(0b1111)), [photos[1].id, photos[2].id, photos[0].id]);
        assert_eq!(index.facts(&PhotoId::of(b"?")), None);
    }

    #[test]
    fn a_photo_that_is_forgotten_is_like_no_other() {
        let index = PhotoIndex::default();
        let photos = [record(1, 0), record(2, 0b1111)];
        photos.iter().for_each(|photo| index.add(photo.clone()));
        let between =
            |from: i64, until: i64| index.arrived(Timestamp::from_unix_ms(from), Timestamp::from_unix_ms(until)).len();
        assert_eq!((between(1, 2), between(1, 3), between(3, 9)), (1, 2, 0));
        index.remove(&photos[0].id);
        assert_eq!(index.get(&photos[0].id), None);
        assert_eq!(index.facts(&photos[1].id).expect("known").similar_to, None);
        assert_eq!(between(1, 3), 1);
    }

    #[test]
    fn the_first_record_of_a_photo_stays() {
        let index = PhotoIndex::default();
        let first = record(1, 0);
        index.add(first.clone());
        index.add(PhotoRecord { person: PersonId::parse("P2").expect("valid"), ..first.clone() });
        assert_eq!(index.get(&first.id), Some(first.clone()));
        assert_eq!(index.similar(first.likeness), [first.id]);
    }
}
