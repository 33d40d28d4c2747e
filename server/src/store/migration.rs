//! Numbered, forward-only migrations of the schema.

use super::db::{Database, StoreError};
use super::row::{Fields, text};
use domain::chain::Hash;
use surrealdb::types::{RecordId, Value, Variables};

/// One step of the schema.
struct Migration {
    /// 1, 2, 3 …
    number: i64,
    /// As in its file's name.
    name: &'static str,
    /// Its statements; every one may run twice without harm.
    statements: &'static str,
}

/// Every migration, in order. A number is never reused and a published text never edited.
const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "ledger", statements: include_str!("../../migrations/0001_ledger.surql") },
    Migration { number: 2, name: "account", statements: include_str!("../../migrations/0002_account.surql") },
    Migration { number: 3, name: "photo", statements: include_str!("../../migrations/0003_photo.surql") },
    Migration { number: 4, name: "document", statements: include_str!("../../migrations/0004_document.surql") },
    Migration { number: 5, name: "trace", statements: include_str!("../../migrations/0005_trace.surql") },
    Migration { number: 6, name: "message", statements: include_str!("../../migrations/0006_message.surql") },
    Migration { number: 7, name: "transfer", statements: include_str!("../../migrations/0007_transfer.surql") },
    Migration { number: 8, name: "warning", statements: include_str!("../../migrations/0008_warning.surql") },
    Migration {
        number: 9,
        name: "replenishment",
        statements: include_str!("../../migrations/0009_replenishment.surql"),
    },
    Migration { number: 10, name: "channel", statements: include_str!("../../migrations/0010_channel.surql") },
    Migration { number: 11, name: "carriage", statements: include_str!("../../migrations/0011_carriage.surql") },
    Migration { number: 12, name: "mailbox", statements: include_str!("../../migrations/0012_mailbox.surql") },
    Migration { number: 13, name: "leg_stock", statements: include_str!("../../migrations/0013_leg_stock.surql") },
    Migration { number: 14, name: "telling", statements: include_str!("../../migrations/0014_telling.surql") },
];

/// Why the schema does not fit this program.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// A newer program has changed it.
    #[error("the database has schema {found}, this program knows up to {known}: install the newer program")]
    Newer {
        /// What the database has.
        found: i64,
        /// What this program knows.
        known: i64,
    },
    /// It was migrated with another text under the same number.
    #[error("migration {number} was applied with other statements than this program has")]
    Altered {
        /// Which.
        number: i64,
    },
    /// A statement failed.
    #[error("migration {number} failed")]
    Failed {
        /// Which; 0 is the look at what was applied.
        number: i64,
        /// Why.
        source: StoreError,
    },
}

/// Applies what is missing, each migration in one transaction with its own record.
pub(super) async fn migrate(database: &Database) -> Result<(), MigrationError> {
    let failed = |number| move |source| MigrationError::Failed { number, source };
    let applied = applied(database).await.map_err(failed(0))?;
    let known = MIGRATIONS.iter().map(|migration| migration.number).max().unwrap_or_default();
    if let Some((found, _)) = applied.iter().find(|(number, _)| *number > known) {
        return Err(MigrationError::Newer { found: *found, known });
    }
    for migration in MIGRATIONS {
        let checksum = Hash::of(migration.statements.as_bytes()).to_string();
        match applied.iter().find(|(number, _)| *number == migration.number) {
            Some((_, before)) if *before == checksum => {}
            Some(_) => return Err(MigrationError::Altered { number: migration.number }),
            None => {
                let statements = format!(
                    "BEGIN; {} CREATE $id CONTENT {{ name: $name, checksum: $checksum }} RETURN NONE; COMMIT;",
                    migration.statements
                );
                let mut variables = Variables::new();
                variables.insert("id", Value::RecordId(RecordId::new("schema_migration", migration.number)));
                variables.insert("name", text(migration.name));
                variables.insert("checksum", text(checksum));
                database.run(&statements, variables).await.map_err(failed(migration.number))?;
            }
        }
    }
    Ok(())
}

async fn applied(database: &Database) -> Result<Vec<(i64, String)>, StoreError> {
    let statements = "DEFINE TABLE IF NOT EXISTS schema_migration SCHEMALESS PERMISSIONS NONE; \
                      SELECT checksum, record::id(id) AS number FROM schema_migration ORDER BY number;";
    let mut results = database.run(statements, Variables::new()).await?;
    let rows: Vec<Value> = results.take(1)?;
    rows.into_iter()
        .map(|row| {
            let mut fields = Fields::of(row)?;
            Ok((fields.int("number")?, fields.text("checksum")?))
        })
        .collect()
}
