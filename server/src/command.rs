//! What the command line can do, one command a file.

pub mod ledger;
pub mod print;
pub mod proof;
pub mod seed;
pub mod serve;
pub mod user;

use crate::config::Config;
use crate::keys::{Keys, KeysError};
use crate::store::db::{Database, OpenError as OpenDatabaseError};

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The keys are not to be had.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The database cannot be opened.
    #[error("the database cannot be opened")]
    Database(#[from] OpenDatabaseError),
}

/// Opens the database and the keys that belong to it.
///
/// # Errors
/// When one of them is not to be had.
pub async fn open(config: &Config) -> Result<(Database, Keys), OpenError> {
    let keys = Keys::load_or_create(&config.data_dir)?;
    let db = Database::open(&config.database_url()).await?;
    Ok((db, keys))
}
