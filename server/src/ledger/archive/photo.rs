//! The photos of an export: a folder of pictures, and a line for what is known of each.

use super::ArchiveError;
use crate::photo::picture;
use crate::photo::store::{PhotoStore, Size};
use crate::store::photo::PhotoRecord;
use crate::store::{Database, StoreError};
use domain::chain::Hash;
use domain::photo::PhotoId;
use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// What is known of each photo, one JSON object a line.
const LINES_FILE: &str = "photos.jsonl";
/// The pictures, named as in a server's own folder.
const PICTURES: &str = "photos";
/// Records asked for at once.
const RECORDS: usize = 500;

/// A photo that events name and that an export or import does not have.
#[derive(Debug, PartialEq, Eq)]
pub struct LostPhoto {
    /// Which.
    pub photo: PhotoId,
    /// Why not.
    pub loss: PhotoLoss,
}

/// Why a photo is not there.
#[derive(Debug, PartialEq, Eq)]
pub enum PhotoLoss {
    /// Nothing is known of it.
    Unknown,
    /// Its picture cannot be read.
    Unreadable(String),
    /// Its picture is not the one that was kept.
    Altered,
}

impl fmt::Display for LostPhoto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { photo, loss } = self;
        match loss {
            PhotoLoss::Unknown => write!(f, "photo {photo} is named by an event, and nothing is known of it"),
            PhotoLoss::Unreadable(why) => write!(f, "the picture of photo {photo} cannot be read: {why}"),
            PhotoLoss::Altered => write!(f, "the picture of photo {photo} is not the one that was kept"),
        }
    }
}

/// Reads a picture and compares it with what was kept.
async fn checked(from: &PhotoStore, record: &PhotoRecord) -> Result<Vec<u8>, LostPhoto> {
    let lost = |loss| LostPhoto { photo: record.id, loss };
    match from.get(&record.id, Size::Full).await {
        Ok(bytes) if Hash::of(&bytes) == record.kept => Ok(bytes.into()),
        Ok(_) => Err(lost(PhotoLoss::Altered)),
        Err(error) => {
            let why = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            Err(lost(PhotoLoss::Unreadable(why)))
        }
    }
}

/// Photos on their way out, one at a time.
pub(super) struct PhotoExport<'a> {
    database: &'a Database,
    from: &'a PhotoStore,
    to: PhotoStore,
    path: PathBuf,
    lines: BufWriter<File>,
    /// Named so far: a photo may be named more than once.
    named: BTreeSet<PhotoId>,
    n: u64,
    lost: Vec<LostPhoto>,
}

impl<'a> PhotoExport<'a> {
    pub(super) async fn begin(
        database: &'a Database,
        from: &'a PhotoStore,
        directory: &Path,
    ) -> Result<Self, ArchiveError> {
        let to = PhotoStore::folder(directory.join(PICTURES)).await?;
        let path = directory.join(LINES_FILE);
        let lines = File::create(&path).map(BufWriter::new);
        let lines = lines.map_err(|source| ArchiveError::Io { path: path.clone(), source })?;
        Ok(Self { database, from, to, path, lines, named: BTreeSet::new(), n: 0, lost: Vec::new() })
    }

    /// Writes those of the photos that are not written yet.
    pub(super) async fn of(&mut self, named: impl Iterator<Item = &PhotoId>) -> Result<(), ArchiveError> {
        let new: BTreeSet<PhotoId> = named.filter(|photo| self.named.insert(**photo)).copied().collect();
        let new: Vec<PhotoId> = new.into_iter().collect();
        for some in new.chunks(RECORDS) {
            let records = self.database.photos_named(some).await?;
            let known: BTreeSet<PhotoId> = records.iter().map(|record| record.id).collect();
            let unknown = some.iter().filter(|photo| !known.contains(photo));
            self.lost.extend(unknown.map(|photo| LostPhoto { photo: *photo, loss: PhotoLoss::Unknown }));
            for record in records {
                self.photo(&record).await?;
            }
        }
        Ok(())
    }

    async fn photo(&mut self, record: &PhotoRecord) -> Result<(), ArchiveError> {
        // A lost picture's line is written too: importing says again what is lost.
        let line = serde_json::to_writer(&mut self.lines, record).map_err(io::Error::from);
        let line = line.and_then(|()| self.lines.write_all(b"\n"));
        line.map_err(|source| ArchiveError::Io { path: self.path.clone(), source })?;
        match checked(self.from, record).await {
            Ok(picture) => {
                self.to.put(&record.id, Size::Full, picture).await?;
                self.n += 1;
            }
            Err(lost) => self.lost.push(lost),
        }
        Ok(())
    }

    /// Makes the lines durable; the pictures are. Returns how many pictures there are, and which are lost.
    pub(super) fn finish(mut self) -> Result<(u64, Vec<LostPhoto>), ArchiveError> {
        let synced = self.lines.flush().and_then(|()| self.lines.get_ref().sync_all());
        synced.map_err(|source| ArchiveError::Io { path: self.path.clone(), source })?;
        Ok((self.n, self.lost))
    }
}

/// Takes in every photo of an export whose picture is whole. One that is kept already stays as it is; its picture comes
/// back where it was lost. An export without photos has none.
pub(super) async fn import_photos(
    database: &Database,
    to: &PhotoStore,
    directory: &Path,
) -> Result<(u64, Vec<LostPhoto>), ArchiveError> {
    let path = directory.join(LINES_FILE);
    if !path.exists() {
        return Ok((0, Vec::new()));
    }
    let failed = |source| ArchiveError::Io { path: path.clone(), source };
    let from = PhotoStore::folder(directory.join(PICTURES)).await?;
    let (mut n, mut lost) = (0, Vec::new());
    for line in BufReader::new(File::open(&path).map_err(failed)?).lines() {
        let record = serde_json::from_str(&line.map_err(failed)?).map_err(|error| failed(error.into()))?;
        match import_photo(database, &from, to, &record).await? {
            Ok(()) => n += 1,
            Err(one) => lost.push(one),
        }
    }
    Ok((n, lost))
}

async fn import_photo(
    database: &Database,
    from: &PhotoStore,
    to: &PhotoStore,
    record: &PhotoRecord,
) -> Result<Result<(), LostPhoto>, ArchiveError> {
    let known = database.photo(&record.id).await?;
    if let Some(known) = &known
        && checked(to, known).await.is_ok()
    {
        return Ok(Ok(()));
    }
    // What is known here says which picture it must be.
    let record = known.as_ref().unwrap_or(record);
    let full = match checked(from, record).await {
        Ok(full) => full,
        Err(lost) => return Ok(Err(lost)),
    };
    // Its small form is made anew: nothing vouches for another's.
    let made = tokio::task::spawn_blocking(move || picture::thumb(&full).map(|thumb| (thumb, full))).await;
    let Ok(Ok((thumb, full))) = made else {
        return Ok(Err(LostPhoto { photo: record.id, loss: PhotoLoss::Unreadable("it is no picture".to_owned()) }));
    };
    // The record last: what it names is there.
    to.put(&record.id, Size::Thumb, thumb).await?;
    to.put(&record.id, Size::Full, full).await?;
    database.add_photo(record).await?;
    Ok(Ok(()))
}

/// Which of the photos named are not known, beside those that are lost anyway.
pub(super) async fn unknown_photos(
    database: &Database,
    mut named: BTreeSet<PhotoId>,
    lost: &[LostPhoto],
) -> Result<Vec<LostPhoto>, StoreError> {
    for one in lost {
        named.remove(&one.photo);
    }
    let all: Vec<PhotoId> = named.iter().copied().collect();
    for some in all.chunks(RECORDS) {
        for record in database.photos_named(some).await? {
            named.remove(&record.id);
        }
    }
    Ok(named.into_iter().map(|photo| LostPhoto { photo, loss: PhotoLoss::Unknown }).collect())
}
