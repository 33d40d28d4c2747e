//! `shelftrace print`: writes a sheet into one file that any browser prints.

use crate::command::{OpenError, open};
use crate::config::Config;
use crate::print::{Style, faced, product_sheet, shelf_sheet};
use crate::store::db::StoreError;
use clap::{Args, ValueEnum};
use domain::id::{ShelfCode, StoreCode};
use frontend::text::Language;
use std::io;
use std::path::PathBuf;

/// What is printed.
#[derive(Debug, Clone, Args)]
pub struct PrintArgs {
    /// Which labels
    #[arg(value_enum)]
    pub sheet: Sheet,
    /// The store
    #[arg(long)]
    pub store: StoreCode,
    /// One shelf only
    #[arg(long)]
    pub shelf: Option<ShelfCode>,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Kinds of sheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Sheet {
    /// Signed QR labels, one for each shelf
    Shelves,
    /// Barcodes of the products, shelf by shelf
    Products,
}

/// Why there is no sheet.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such store.
    #[error("there is no store {0}")]
    UnknownStore(StoreCode),
    /// The store has no such shelf.
    #[error("the store has no shelf {0}")]
    UnknownShelf(ShelfCode),
    /// The file cannot be written.
    #[error("{} cannot be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Writes the sheet.
///
/// # Errors
/// When the store or shelf is unknown, or the file cannot be written.
pub async fn print(config: &Config, args: &PrintArgs) -> Result<(), PrintError> {
    let (db, keys) = open(config).await?;
    let masters = db.load_masters().await?;
    let store = masters.store(&args.store).ok_or_else(|| PrintError::UnknownStore(args.store.clone()))?;
    let shelves = match &args.shelf {
        None => store.shelves.iter().collect(),
        Some(code) => vec![store.shelf(code).ok_or_else(|| PrintError::UnknownShelf(code.clone()))?],
    };
    let sheet = match args.sheet {
        Sheet::Shelves => {
            shelf_sheet(&store.store, &store.zones, shelves, &keys.shelf_key, Language::Zh, Style::Embedded)
        }
        Sheet::Products => product_sheet(&store.store, faced(&masters, shelves), Language::Zh, Style::Embedded),
    };
    let path = args.out.clone();
    std::fs::write(&args.out, sheet).map_err(|source| PrintError::Write { path, source })?;
    println!("{} is written: open it in a browser and print it at 100 %", args.out.display());
    Ok(())
}
