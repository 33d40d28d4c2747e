//! What is known of each photo; the pictures themselves lie in [`crate::photo::store`].

use super::db::{Database, StoreError, checked};
use super::row::{Fields, at, evidence_id, ids, photo_id};
use domain::chain::Hash;
use domain::id::{PersonId, StoreCode};
use domain::instant::Timestamp;
use domain::photo::{FineHash, Likeness, PerceptualHash, PhotoId, PhotoKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use surrealdb::types::{SurrealValue, Value, Variables};

/// A photo that is kept. As JSON it is a line of an export: see `docs/segments.md`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoRecord {
    /// Its name.
    pub id: PhotoId,
    /// The store it is evidence of.
    pub store: StoreCode,
    /// Who took it.
    pub person: PersonId,
    /// When the server had it.
    pub at: Timestamp,
    /// When the phone says it was taken; never later than `at`.
    pub taken_at: Timestamp,
    /// Format as uploaded.
    pub kind: PhotoKind,
    /// Size as uploaded, in bytes.
    pub n_bytes: u64,
    /// Width as kept, in pixels, upright.
    pub width: u32,
    /// Height as kept, in pixels.
    pub height: u32,
    /// What it looks like.
    pub likeness: Likeness,
    /// The hash of the picture as kept.
    pub kept: Hash,
}

#[derive(Debug, Clone, SurrealValue)]
struct PhotoRow {
    store: String,
    person: String,
    at: i64,
    taken_at: i64,
    kind: String,
    bytes: i64,
    width: i64,
    height: i64,
    phash: i64,
    fine: String,
    kept: String,
}

impl Database {
    /// Keeps what is known of a new photo. The first record of a photo stays: returns the one that holds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_photo(&self, photo: &PhotoRecord) -> Result<PhotoRecord, StoreError> {
        if let Some(known) = self.photo(&photo.id).await? {
            return Ok(known);
        }
        let row = PhotoRow {
            store: photo.store.to_string(),
            person: photo.person.to_string(),
            at: photo.at.unix_ms(),
            taken_at: photo.taken_at.unix_ms(),
            kind: photo.kind.as_str().to_owned(),
            bytes: i64::try_from(photo.n_bytes).expect("a photo has less than 2^63 bytes"),
            width: photo.width.into(),
            height: photo.height.into(),
            phash: photo.likeness.coarse.0.cast_signed(),
            fine: photo.likeness.fine.0.map(|part| format!("{part:016x}")).concat(),
            kept: photo.kept.to_string(),
        };
        let query = "CREATE type::record('photo', $key) CONTENT $row RETURN NONE";
        match checked(self.query(query).bind(("key", photo.id.to_string())).bind(("row", row))).await {
            Ok(_) => Ok(photo.clone()),
            // Another process may have kept it a moment ago.
            Err(error) => self.photo(&photo.id).await?.ok_or(error),
        }
    }

    /// What is known of a photo, if it is kept.
    ///
    /// # Errors
    /// When the database fails or the row is damaged.
    pub async fn photo(&self, id: &PhotoId) -> Result<Option<PhotoRecord>, StoreError> {
        Ok(self.photos_named(&[*id]).await?.into_iter().next())
    }

    /// What is known of those of the photos that are kept.
    ///
    /// # Errors
    /// When the database fails or a row is damaged.
    pub async fn photos_named(&self, named: &[PhotoId]) -> Result<Vec<PhotoRecord>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("ids", ids(named.iter().map(photo_id)));
        let rows: Vec<Value> = self.run("SELECT * FROM $ids", variables).await?.take(0)?;
        rows.into_iter().map(read).collect()
    }

    /// Which of the photos an event names.
    ///
    /// # Errors
    /// When the database fails or a row is damaged.
    pub async fn photos_in_events(&self, photos: &[PhotoId]) -> Result<BTreeSet<PhotoId>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("ids", ids(photos.iter().map(evidence_id)));
        let rows: Vec<Value> = self.run("SELECT * FROM $ids", variables).await?.take(0)?;
        rows.into_iter().map(read_photo_id).collect()
    }

    /// Removes what is known of a photo, unless an event names it or it is not this record any more. Returns whether it
    /// is gone.
    ///
    /// # Errors
    /// When the database fails, or an event names the photo at this moment.
    pub async fn remove_photo(&self, photo: &PhotoRecord) -> Result<bool, StoreError> {
        let mut variables = Variables::new();
        variables.insert("evidence", Value::RecordId(evidence_id(&photo.id)));
        variables.insert("photo", Value::RecordId(photo_id(&photo.id)));
        variables.insert("at", at(photo.at));
        match self.run(REMOVE, variables).await {
            Ok(mut results) => {
                let removed: Vec<Value> = results.take(2)?;
                Ok(!removed.is_empty())
            }
            Err(StoreError::Database(error)) if error.is_already_exists() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What is known of every photo.
    ///
    /// # Errors
    /// When the database fails or a row is damaged.
    pub async fn photos(&self) -> Result<Vec<PhotoRecord>, StoreError> {
        let rows: Vec<Value> = checked(self.query("SELECT * FROM photo")).await?.take(0)?;
        rows.into_iter().map(read).collect()
    }
}

/// Taking the name that an event's row would have, in the same transaction, makes an event that names the photo
/// meanwhile and this removal fail each other: whoever is second.
const REMOVE: &str = "BEGIN; \
    CREATE $evidence RETURN NONE; \
    DELETE $photo WHERE at = $at RETURN BEFORE; \
    DELETE $evidence RETURN NONE; \
    COMMIT;";

fn read(row: Value) -> Result<PhotoRecord, StoreError> {
    let mut fields = Fields::of(row)?;
    let [store, person, kind, kept, fine_text] =
        ["store", "person", "kind", "kept", "fine"].map(|field| fields.text(field));
    let kind = kind?;
    let known = [PhotoKind::Jpeg, PhotoKind::Png, PhotoKind::WebP].into_iter().find(|known| known.as_str() == kind);
    Ok(PhotoRecord {
        id: fields.parsed(PhotoId::parse(fields.key_text(0)?))?,
        store: fields.parsed(StoreCode::parse(&store?))?,
        person: fields.parsed(PersonId::parse(&person?))?,
        at: fields.at("at")?,
        taken_at: fields.at("taken_at")?,
        kind: fields.parsed(known.ok_or("of an unknown kind"))?,
        n_bytes: fields.n("bytes")?,
        width: fields.n("width")?,
        height: fields.n("height")?,
        likeness: Likeness {
            coarse: PerceptualHash(fields.int("phash")?.cast_unsigned()),
            fine: fields.parsed(fine(&fine_text?).ok_or("its fine hash is not 64 hexadecimal digits"))?,
        },
        kept: fields.parsed(Hash::try_from(kept?))?,
    })
}

/// The photo that a row of `photo` or `evidence` is about.
pub(crate) fn read_photo_id(row: Value) -> Result<PhotoId, StoreError> {
    let fields = Fields::of(row)?;
    fields.parsed(PhotoId::parse(fields.key_text(0)?))
}

fn fine(text: &str) -> Option<FineHash> {
    let mut parts = [0_u64; 4];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (n, part) in parts.iter_mut().enumerate() {
        *part = u64::from_str_radix(text.get(16 * n..16 * n + 16)?, 16).ok()?;
    }
    Some(FineHash(parts))
}
