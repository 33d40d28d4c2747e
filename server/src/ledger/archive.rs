//! Exports the chain as a directory of segments with the photos that their events name, and imports one.

mod photo;

pub use photo::{LostPhoto, PhotoLoss};

use super::rebuild::{RebuildError, mark, rebuild};
use super::segment::{SegmentError, SegmentEvent, SegmentReader, SegmentWriter};
use crate::photo::store::{PhotoStore, PhotoStoreError};
use crate::store::movement::document_row;
use crate::store::row::{bytes, event_id, evidence_id, head_id, receipt_id, seq, text};
use crate::store::{Database, Masters, StoreError, StoreMaster};
use domain::chain::{Hash, Head};
use domain::id::{EventId, StoreCode};
use domain::master::{Category, Product, Region, Shelf, Store, Zone};
use domain::photo::PhotoId;
use ed25519_dalek::{Signer, SigningKey};
use photo::{PhotoExport, import_photos, unknown_photos};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use surrealdb::types::{Object, Value, Variables};

/// Events of one transaction or one read.
const EVENTS: u64 = 500;
const MASTERS_FILE: &str = "masters.json";
const EXTENSION: &str = "shelfseg";

/// What was exported or imported.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Archive {
    /// A segment each.
    pub segments: Vec<Archived>,
    /// Pictures that were written, or were there already.
    pub n_photos: u64,
    /// Photos that events name and that are not among them.
    pub lost: Vec<LostPhoto>,
}

/// What was exported or imported of one store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archived {
    /// Which store.
    pub store: StoreCode,
    /// Where.
    pub path: PathBuf,
    /// Number of the last event in it.
    pub last: u64,
    /// Events that were written.
    pub n_events: u64,
}

/// Why an export or import failed.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A file or directory cannot be used.
    #[error("cannot use {}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A segment cannot be used.
    #[error("cannot use {}", path.display())]
    Segment {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: SegmentError,
    },
    /// The ledger has other events than the segment's beginning follows.
    #[error("{} does not follow event {last} of store {store}", path.display())]
    DoesNotFollow {
        /// Which file.
        path: PathBuf,
        /// Which store.
        store: StoreCode,
        /// Where that store's ledger ends.
        last: u64,
    },
    /// The database fails.
    #[error("the database fails")]
    Store(#[from] StoreError),
    /// Where pictures go cannot be used.
    #[error("pictures cannot be written")]
    Photos(#[from] PhotoStoreError),
    /// The read models cannot be folded.
    #[error("the imported events cannot be folded")]
    Rebuild(#[from] RebuildError),
}

/// The master data, without which events cannot be folded.
#[derive(Serialize, Deserialize)]
struct MastersFile {
    regions: Vec<Region>,
    categories: Vec<Category>,
    products: Vec<Product>,
    stores: Vec<StoreFile>,
}

#[derive(Serialize, Deserialize)]
struct StoreFile {
    store: Store,
    zones: Vec<Zone>,
    shelves: Vec<Shelf>,
}

/// Writes one segment a store with all its events, the master data, and the photos that the events name, into
/// `directory`. A picture that is missing or is not what was kept is told of; everything else is written.
///
/// # Errors
/// When the database or the disk fails.
pub async fn export(database: &Database, photos: &PhotoStore, directory: &Path) -> Result<Archive, ArchiveError> {
    let io_at = |path: &Path| {
        let path = path.to_owned();
        move |source| ArchiveError::Io { path, source }
    };
    std::fs::create_dir_all(directory).map_err(io_at(directory))?;
    let masters = database.load_masters().await?;
    let path = directory.join(MASTERS_FILE);
    write_masters(&path, &masters).map_err(io_at(&path))?;
    let mut export = PhotoExport::begin(database, photos, directory).await?;
    let mut segments = Vec::new();
    for signed in database.heads(None).await? {
        let (store, last) = (signed.head.store.clone(), signed.head.seq);
        let path = directory.join(format!("{store}-{:010}-{last:010}.{EXTENSION}", 1));
        let begin = || SegmentWriter::begin(BufWriter::new(File::create(&path)?), Head::genesis(store.clone()));
        let mut segment = begin().map_err(io_at(&path))?;
        let mut next = 1;
        while next <= last {
            let to = last.min(next + EVENTS - 1);
            let events = database.events(&store, next, to).await?;
            for stored in &events {
                segment.event(&stored.body).map_err(io_at(&path))?;
            }
            export.of(events.iter().flat_map(|stored| stored.event.event.body.photos())).await?;
            next = to + 1;
        }
        segment.finish(&signed).and_then(|out| out.get_ref().sync_all()).map_err(io_at(&path))?;
        segments.push(Archived { store, path, last, n_events: last });
    }
    let (n_photos, lost) = export.finish()?;
    Ok(Archive { segments, n_photos, lost })
}

/// Appends the segments of `directory` to the ledger and folds them, and takes in the photos. Every segment is checked
/// as a whole before anything of it is written, and every picture by its hash; what is there already is skipped, so
/// that importing again is safe. A picture that is missing or damaged is told of and does not stop the rest. No server
/// may be running on the database.
///
/// # Errors
/// When a segment is damaged, unsigned or follows something else than the ledger has, or the database or the disk
/// fails.
pub async fn import(
    database: &Database,
    key: &SigningKey,
    photos: &PhotoStore,
    directory: &Path,
) -> Result<Archive, ArchiveError> {
    let masters = import_masters(database, directory).await?;
    // Before the events that name them: what names a photo finds it.
    let (n_photos, mut lost) = import_photos(database, photos, directory).await?;
    let mut segments = Vec::new();
    let mut named = BTreeSet::new();
    for path in segment_paths(directory)? {
        let (store, n_events, last) = import_segment(database, key, &path, &mut named).await?;
        if n_events > 0 {
            rebuild(database, &masters, &store).await?;
        }
        segments.push(Archived { store, path, last, n_events });
    }
    lost.extend(unknown_photos(database, named, &lost).await?);
    Ok(Archive { segments, n_photos, lost })
}

fn write_masters(path: &Path, masters: &Masters) -> io::Result<()> {
    let store = |master: &StoreMaster| StoreFile {
        store: master.store.clone(),
        zones: master.zones.clone(),
        shelves: master.shelves.clone(),
    };
    let file = MastersFile {
        regions: masters.regions().to_vec(),
        categories: masters.categories().to_vec(),
        products: masters.products().values().cloned().collect(),
        stores: masters.stores().values().map(store).collect(),
    };
    let mut out = BufWriter::new(File::create(path)?);
    serde_json::to_writer(&mut out, &file)?;
    out.flush()?;
    out.get_ref().sync_all()
}

/// The database's master data, or the directory's where the database has none yet.
async fn import_masters(database: &Database, directory: &Path) -> Result<Masters, ArchiveError> {
    let masters = database.load_masters().await?;
    let path = directory.join(MASTERS_FILE);
    if !masters.stores().is_empty() || !path.exists() {
        return Ok(masters);
    }
    let read = || -> io::Result<MastersFile> { Ok(serde_json::from_reader(BufReader::new(File::open(&path)?))?) };
    let file = read().map_err(|source| ArchiveError::Io { path: path.clone(), source })?;
    let stores = file.stores.into_iter().map(|store| StoreMaster::new(store.store, store.zones, store.shelves));
    let masters = Masters::new(file.regions, file.categories, file.products, stores.collect());
    database.save_masters(&masters).await?;
    Ok(masters)
}

/// Segments in the order of their names: by store, then by first number.
fn segment_paths(directory: &Path) -> Result<Vec<PathBuf>, ArchiveError> {
    let failed = |source| ArchiveError::Io { path: directory.to_owned(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

async fn import_segment(
    database: &Database,
    key: &SigningKey,
    path: &Path,
    named: &mut BTreeSet<PhotoId>,
) -> Result<(StoreCode, u64, u64), ArchiveError> {
    let failed = |source| ArchiveError::Segment { path: path.to_owned(), source };
    let open = || -> Result<_, SegmentError> { SegmentReader::open(BufReader::new(File::open(path)?)) };
    let end = open().and_then(|reader| reader.check(&key.verifying_key())).map_err(failed)?.head;
    let mut segment = open().map_err(failed)?;
    let store = segment.head().store.clone();
    let mut known = database.head(&store).await?.map_or_else(|| Head::genesis(store.clone()), |signed| signed.head);
    let does_not_follow = |last| ArchiveError::DoesNotFollow { path: path.to_owned(), store: store.clone(), last };
    if segment.head().seq > known.seq {
        return Err(does_not_follow(known.seq));
    }
    // What the ledger has already must be the same as in the segment.
    while segment.head().seq < known.seq
        && let Some(event) = segment.next_event().map_err(failed)?
    {
        named.extend(event.event.event.body.photos());
    }
    if segment.head().seq == known.seq && segment.head().hash != known.hash {
        return Err(does_not_follow(known.seq));
    }
    let mut seqs = HashMap::new();
    let mut n_events = 0;
    let mut chunk = Vec::new();
    while known.seq < end.seq {
        let event = segment.next_event().map_err(failed)?;
        let is_end = event.is_none();
        named.extend(event.iter().flat_map(|event| event.event.event.body.photos()));
        chunk.extend(event);
        if is_end || u64::try_from(chunk.len()).unwrap_or(EVENTS) >= EVENTS {
            if n_events == 0 {
                mark(database, &store).await?;
            }
            n_events += u64::try_from(chunk.len()).unwrap_or_default();
            let head = segment.head().clone();
            append(database, key, known.seq, &head, &chunk, &mut seqs).await?;
            chunk.clear();
            known = head;
        }
    }
    Ok((store, n_events, end.seq))
}

/// Appends a checked run of events as they are, without their effects.
async fn append(
    database: &Database,
    key: &SigningKey,
    old_seq: u64,
    head: &Head,
    events: &[SegmentEvent],
    seqs: &mut HashMap<EventId, u64>,
) -> Result<(), StoreError> {
    let mut rows: Vec<Value> = Vec::with_capacity(2 * events.len());
    let mut evidence: Vec<Value> = Vec::new();
    for SegmentEvent { event, body, hash } in events {
        let (id, n) = (event.event.id, event.stamp.seq);
        seqs.insert(id, n);
        let mut row = Object::new();
        row.insert("id", event_id(&head.store, n));
        row.insert("body", bytes(body.clone()));
        row.insert("hash", bytes(hash.0));
        if let Some(cites) = event.event.body.cites() {
            let cited = match seqs.get(&cites) {
                Some(cited) => Some(*cited),
                None => database.seq_of(cites).await?,
            };
            if let Some(cited) = cited {
                row.insert("cites", seq(cited));
            }
        }
        rows.push(Value::Object(row));
        let mut receipt = Object::new();
        receipt.insert("id", receipt_id(id));
        receipt.insert("store", text(head.store.as_str()));
        receipt.insert("seq", seq(n));
        receipt.insert("content", bytes(Hash::of(&event.event.canonical_bytes()).0));
        rows.push(Value::Object(receipt));
        rows.extend(document_row(event));
        for photo in event.event.body.photos() {
            let mut row = Object::new();
            row.insert("id", evidence_id(photo));
            row.insert("store", text(head.store.as_str()));
            row.insert("seq", seq(n));
            evidence.push(Value::Object(row));
        }
    }
    let mut variables = Variables::new();
    variables.insert("rows", rows);
    // A photo named by two events is the first one's.
    variables.insert("evidence", evidence);
    variables.insert("head", Value::RecordId(head_id(&head.store)));
    variables.insert("old", seq(old_seq));
    variables.insert("seq", seq(head.seq));
    variables.insert("hash", bytes(head.hash.0));
    variables.insert("signature", bytes(key.sign(&head.signed_bytes()).to_bytes()));
    let statements = "BEGIN; \
        IF ($head.seq ?? 0) != $old { THROW 'another process has written' }; \
        UPSERT $head CONTENT { seq: $seq, hash: $hash, signature: $signature } RETURN NONE; \
        INSERT $rows RETURN NONE; \
        INSERT IGNORE $evidence RETURN NONE; \
        COMMIT;";
    database.run(statements, variables).await.map(|_| ())
}
