//! People at doors, minute by minute.

use super::db::{Database, StoreError};
use super::row::{Fields, at, between, id, int, text};
use domain::footfall::{Passage, PassageKey};
use domain::id::StoreCode;
use domain::instant::Timestamp;
use std::ops::Bound;
use surrealdb::types::{RecordId, Value, Variables};

fn passage_id(key: &PassageKey) -> RecordId {
    id("footfall", vec![text(key.store.as_str()), at(key.minute), text(key.door.as_str())])
}

fn read(mut fields: Fields) -> Result<Passage, StoreError> {
    Ok(Passage { n_in: fields.n("n_in")?, n_out: fields.n("n_out")? })
}

impl Database {
    /// Keeps a minute as it grew.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_passage(&self, key: &PassageKey, passage: Passage) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(passage_id(key)));
        variables.insert("n_in", int(i64::from(passage.n_in)));
        variables.insert("n_out", int(i64::from(passage.n_out)));
        let statement = "UPSERT $id CONTENT { n_in: $n_in, n_out: $n_out } RETURN NONE";
        self.run(statement, variables).await.map(|_| ())
    }

    /// What is known of a minute at a door.
    ///
    /// # Errors
    /// When the database fails or the record is damaged.
    pub async fn passage(&self, key: &PassageKey) -> Result<Passage, StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(passage_id(key)));
        let rows: Vec<Value> = self.run("SELECT * FROM $id", variables).await?.take(0)?;
        match rows.into_iter().next() {
            Some(row) => read(Fields::of(row)?),
            None => Ok(Passage::default()),
        }
    }

    /// People who came into a store since then, minute by minute, all its doors.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn people_in(&self, store: &StoreCode, since: Timestamp) -> Result<Vec<(Timestamp, u32)>, StoreError> {
        let key = |ms| vec![text(store.as_str()), int(ms)];
        let range = between("footfall", Bound::Included(key(since.unix_ms())), Bound::Excluded(key(i64::MAX)));
        let mut variables = Variables::new();
        variables.insert("range", range);
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        let read = |row: Value| -> Result<(Timestamp, u32), StoreError> {
            let fields = Fields::of(row)?;
            let minute = Timestamp::from_unix_ms(fields.key_int(1)?);
            Ok((minute, read(fields)?.n_in))
        };
        rows.into_iter().map(read).collect()
    }
}
