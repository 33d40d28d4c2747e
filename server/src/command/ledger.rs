//! `shelftrace verify`, `rebuild`, `export` and `import`.

use crate::command::{OpenError, open};
use crate::config::Config;
use crate::ledger::archive::{Archive, ArchiveError, export, import};
use crate::ledger::rebuild::{RebuildError, rebuild};
use crate::ledger::verify::{VerifyError, verify};
use crate::photo::store::{PhotoStore, PhotoStoreError};
use crate::store::StoreError;
use crate::trace;
use std::path::Path;

/// Why a command on the ledger failed.
#[derive(Debug, thiserror::Error)]
pub enum LedgerCommandError {
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger could not be verified.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The ledger is not what it was.
    #[error("the ledger of {n_stores} store(s) is not as it was written; see above")]
    Flawed {
        /// Stores with a flaw.
        n_stores: usize,
    },
    /// The read models could not be folded.
    #[error(transparent)]
    Rebuild(#[from] RebuildError),
    /// Segments could not be written or read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// Where the pictures lie cannot be used.
    #[error(transparent)]
    Photos(#[from] PhotoStoreError),
    /// Events name photos that are not there.
    #[error("{n_photos} photo(s) that events name are not among them, everything else is; see above")]
    PhotosLost {
        /// How many.
        n_photos: usize,
    },
}

/// Walks every store's chain and signed heads and names the first bad event of each.
///
/// # Errors
/// When one is bad, or the ledger cannot be read.
pub async fn verify_ledger(config: &Config) -> Result<(), LedgerCommandError> {
    let (db, keys) = open(config).await?;
    let reports = verify(&db, &keys.head_key.verifying_key(), &config.heads_file()).await?;
    let mut n_flawed = 0;
    for report in &reports {
        match &report.flaw {
            None => println!("{}: {} events, all as they were written", report.store, report.n_good),
            Some(flaw) => {
                n_flawed += 1;
                println!("{}: {flaw}; the {} events before it are good", report.store, report.n_good);
            }
        }
    }
    if n_flawed > 0 {
        return Err(LedgerCommandError::Flawed { n_stores: n_flawed });
    }
    let n_events: u64 = reports.iter().map(|report| report.n_good).sum();
    println!("clean: {n_events} events of {} stores", reports.len());
    Ok(())
}

/// Drops and refolds the read models of every store.
///
/// # Errors
/// When an event is missing or the database fails.
pub async fn rebuild_read_models(config: &Config) -> Result<(), LedgerCommandError> {
    let (db, _) = open(config).await?;
    let masters = db.load_masters().await?;
    for store in masters.stores().keys() {
        let rebuilt = rebuild(&db, &masters, store).await?;
        let index = trace::index::rebuild(&db, store).await?;
        let verdict = if rebuilt.before == rebuilt.after { "the same as before" } else { "NOT the same as before" };
        println!("{store}: {} events, {} rows, {verdict} ({})", rebuilt.n_events, rebuilt.n_rows, rebuilt.after);
        println!("{store}: {} events indexed ({})", index.n_events, index.after);
    }
    Ok(())
}

/// Writes the ledger into segment files, and the photos that its events name.
///
/// # Errors
/// When the database or the disk fails; after everything else is written, when a photo is missing or damaged.
pub async fn export_ledger(config: &Config, folder: &Path) -> Result<(), LedgerCommandError> {
    let (db, _) = open(config).await?;
    let photos = PhotoStore::open(config).await?;
    tell(&export(&db, &photos, folder).await?, "written to", folder)
}

/// Reads segment files and photos; what is there already is skipped.
///
/// # Errors
/// When a segment is damaged or does not follow what is there; after everything else is read, when a photo is missing
/// or damaged.
pub async fn import_ledger(config: &Config, folder: &Path) -> Result<(), LedgerCommandError> {
    let (db, keys) = open(config).await?;
    let photos = PhotoStore::open(config).await?;
    tell(&import(&db, &keys.head_key, &photos, folder).await?, "read from", folder)
}

fn tell(archive: &Archive, verb: &str, folder: &Path) -> Result<(), LedgerCommandError> {
    for one in &archive.segments {
        println!("{}: {} events {verb} {}", one.store, one.n_events, one.path.display());
    }
    println!("{} photos {verb} {}", archive.n_photos, folder.display());
    for lost in &archive.lost {
        println!("LOST: {lost}");
    }
    match archive.lost.len() {
        0 => Ok(()),
        n_photos => Err(LedgerCommandError::PhotosLost { n_photos }),
    }
}
