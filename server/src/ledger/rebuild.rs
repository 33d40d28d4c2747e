//! Drops the read models of a store and folds its ledger again.

use crate::store::model_row::{Changes, StoreModels, TABLES, changes};
use crate::store::row::{prefixed, text};
use crate::store::transfer::OPEN;
use crate::store::{Database, Masters, StoreError};
use domain::chain::Hash;
use domain::event::LedgerEvent;
use domain::id::{EventId, StoreCode};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use surrealdb::types::{RecordId, RecordIdKey, RecordIdKeyRange, ToSql, Value, Variables};

/// Events read at once.
const EVENTS: u64 = 2_000;
/// Rows read at once.
const ROWS_READ: usize = 10_000;
/// Rows written in one transaction: far below what the engine keeps of one transaction in memory.
const ROWS: usize = 2_000;

/// What a rebuild did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// Which store.
    pub store: StoreCode,
    /// Events folded.
    pub n_events: u64,
    /// Rows written.
    pub n_rows: usize,
    /// Hash of the read models before.
    pub before: Hash,
    /// Hash of the read models after; equal unless they were damaged.
    pub after: Hash,
}

/// Why a rebuild failed.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The database fails or holds a damaged event.
    #[error("cannot rebuild the read models")]
    Store(#[from] StoreError),
    /// The store's events have a hole.
    #[error("event {seq} of store {store} is missing: verify the ledger")]
    Missing {
        /// Which store.
        store: StoreCode,
        /// Which event.
        seq: u64,
    },
}

/// Drops and refolds one store's read models. Nothing may append to the store meanwhile; cut short, it is finished at
/// the next start.
///
/// # Errors
/// When the database fails, or an event is missing or damaged: the read models are then left as they are.
pub async fn rebuild(database: &Database, masters: &Masters, store: &StoreCode) -> Result<Rebuilt, RebuildError> {
    let before = model_hash(database, store).await?;
    let (models, n_events) = fold(database, masters, store).await?;
    let mut rows = Changes::default();
    changes(store, &StoreModels::default(), &models, &mut rows);
    let n_rows = rows.new.len();
    mark(database, store).await?;
    for table in TABLES {
        clear(database, table, store).await?;
    }
    for chunk in rows.new.chunks(ROWS) {
        let mut variables = Variables::new();
        variables.insert("rows", chunk.to_vec());
        database.run("INSERT $rows RETURN NONE", variables).await?;
    }
    database.list_open_anew(store, models.models.transfers.keys().copied().collect()).await?;
    let mut variables = Variables::new();
    variables.insert("id", Value::RecordId(RecordId::new("refold", store.as_str())));
    database.run("DELETE $id RETURN NONE", variables).await?;
    let after = model_hash(database, store).await?;
    Ok(Rebuilt { store: store.clone(), n_events, n_rows, before, after })
}

/// Marks a store's read models as not to be trusted until [`rebuild`] is through.
pub(super) async fn mark(database: &Database, store: &StoreCode) -> Result<(), StoreError> {
    let mut variables = Variables::new();
    variables.insert("id", Value::RecordId(RecordId::new("refold", store.as_str())));
    database.run("UPSERT $id RETURN NONE", variables).await.map(|_| ())
}

/// Finishes the rebuilds that were cut short.
pub(super) async fn finish(database: &Database, masters: &Masters) -> Result<(), RebuildError> {
    let mut results = database.run("SELECT VALUE id FROM refold", Variables::new()).await?;
    let begun: Vec<RecordId> = results.take(0).map_err(StoreError::from)?;
    for id in begun {
        if let RecordIdKey::String(code) = &id.key
            && let Ok(store) = StoreCode::parse(code)
        {
            tracing::warn!(%store, "a rebuild was cut short: finishing it");
            rebuild(database, masters, &store).await?;
        }
    }
    Ok(())
}

async fn clear(database: &Database, table: &'static str, store: &StoreCode) -> Result<(), StoreError> {
    loop {
        let mut variables = Variables::new();
        variables.insert("range", prefixed(table, vec![text(store.as_str())]));
        variables.insert("n", i64::try_from(ROWS).expect("a small constant"));
        let statement = "SELECT VALUE id FROM $range LIMIT $n";
        let found: Vec<Value> = database.run(statement, variables).await?.take(0)?;
        if found.is_empty() {
            return Ok(());
        }
        let mut variables = Variables::new();
        variables.insert("ids", found);
        database.run("DELETE $ids RETURN NONE", variables).await?;
    }
}

/// Folds a store's whole ledger in memory.
pub(super) async fn fold(
    database: &Database,
    masters: &Masters,
    store: &StoreCode,
) -> Result<(StoreModels, u64), RebuildError> {
    let last = database.head(store).await?.map_or(0, |signed| signed.head.seq);
    let mut models = StoreModels::default();
    let mut seqs: HashMap<EventId, u64> = HashMap::new();
    let mut next = 1;
    while next <= last {
        let to = last.min(next + EVENTS - 1);
        let events = database.events(store, next, to).await?;
        let cites = |event: &LedgerEvent| event.event.body.cites();
        seqs.extend(events.iter().map(|stored| (stored.event.event.id, stored.event.stamp.seq)));
        let cited = events.iter().filter_map(|stored| seqs.get(&cites(&stored.event)?).copied());
        let cited = database.events_at(store, cited).await?;
        let cited: BTreeMap<EventId, LedgerEvent> =
            cited.into_iter().map(|stored| (stored.event.event.id, stored.event)).collect();
        for stored in events {
            if stored.event.stamp.seq != next {
                return Err(RebuildError::Missing { store: store.clone(), seq: next });
            }
            next += 1;
            let cited = cites(&stored.event).and_then(|id| cited.get(&id));
            models.apply(&stored.event, cited, masters);
        }
        if next <= to {
            return Err(RebuildError::Missing { store: store.clone(), seq: next });
        }
    }
    Ok((models, last))
}

/// SHA-256 over every read-model record of a store, as text, in the order of tables and keys.
///
/// # Errors
/// When the database fails.
pub async fn model_hash(database: &Database, store: &StoreCode) -> Result<Hash, StoreError> {
    hash_in_pages(database, store, ROWS_READ).await
}

async fn hash_in_pages(database: &Database, store: &StoreCode, n_rows: usize) -> Result<Hash, StoreError> {
    let mut hasher = Sha256::new();
    for table in TABLES.into_iter().chain([OPEN]) {
        let mut range = prefixed(table, vec![text(store.as_str())]);
        loop {
            let mut variables = Variables::new();
            variables.insert("range", range.clone());
            variables.insert("n", i64::try_from(n_rows).expect("a page is small"));
            let rows: Vec<Value> = database.run("SELECT * FROM $range LIMIT $n", variables).await?.take(0)?;
            for row in &rows {
                hasher.update(row.to_sql());
                hasher.update("\n");
            }
            match rows.last().and_then(key_of) {
                Some(last) if rows.len() == n_rows => range = after(range, last),
                _ => break,
            }
        }
    }
    Ok(Hash(hasher.finalize().into()))
}

fn key_of(row: &Value) -> Option<RecordIdKey> {
    match row {
        Value::Object(row) => match row.get("id") {
            Some(Value::RecordId(id)) => Some(id.key.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// What of the range comes after `key`.
fn after(range: Value, key: RecordIdKey) -> Value {
    match range {
        Value::RecordId(RecordId { table, key: RecordIdKey::Range(whole) }) => {
            let rest = RecordIdKeyRange { start: Bound::Excluded(key), end: whole.end };
            Value::RecordId(RecordId { table, key: RecordIdKey::Range(Box::new(rest)) })
        }
        other => unreachable!("{other:?} is no range"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::row::{id, seq};
    use surrealdb::types::Object;

    #[tokio::test]
    async fn the_hash_does_not_depend_on_the_size_of_a_page() {
        let database = Database::open("mem://").await.expect("opens");
        let row = |store: &str, n: u64| {
            let mut row = Object::new();
            row.insert("id", id(TABLES[0], vec![text(store), text("A-01"), seq(n)]));
            row.insert("units", seq(n));
            Value::Object(row)
        };
        let rows: Vec<Value> =
            ["S001", "S0010", "S002"].iter().flat_map(|store| (0..7).map(|n| row(store, n))).collect();
        let mut variables = Variables::new();
        variables.insert("rows", rows);
        database.run("INSERT $rows RETURN NONE", variables).await.expect("writes");
        let store = StoreCode::parse("S001").expect("valid");
        let whole = hash_in_pages(&database, &store, 1_000).await.expect("reads");
        for n_rows in [1, 2, 7, 8] {
            assert_eq!(hash_in_pages(&database, &store, n_rows).await.expect("reads"), whole, "{n_rows}");
        }
        database.run("DELETE $ids RETURN NONE", ids_of(TABLES[0], &store)).await.expect("deletes");
        assert_ne!(hash_in_pages(&database, &store, 2).await.expect("reads"), whole);
    }

    fn ids_of(table: &'static str, store: &StoreCode) -> Variables {
        let mut variables = Variables::new();
        variables.insert("ids", prefixed(table, vec![text(store.as_str())]));
        variables
    }
}
