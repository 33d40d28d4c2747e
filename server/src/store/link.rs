//! Events for whoever checks them: as they are stored, readable or not.

use super::db::{Database, StoreError};
use super::row::{Fields, between, seq, text};
use domain::audit::Link;
use domain::chain::Hash;
use domain::id::StoreCode;
use std::ops::Bound::Included;
use surrealdb::types::{Value, Variables};

impl Database {
    /// The events `from..=to` of a store, in order: what cannot be read is left to the walk to name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn links(&self, store: &StoreCode, from: u64, to: u64) -> Result<Vec<Link>, StoreError> {
        let key = |n: u64| Included(vec![text(store.as_str()), seq(n)]);
        let mut variables = Variables::new();
        variables.insert("range", between("event", key(from), key(to)));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        rows.into_iter()
            .map(|row| {
                let mut fields = Fields::of(row)?;
                let seq = fields.parsed(u64::try_from(fields.key_int(1)?))?;
                // Nothing readable in its place is as good as nothing: no event has no bytes.
                let body = fields.bytes("body").unwrap_or_default();
                Ok(Link { seq, body, hash: fields.hash("hash").unwrap_or(Hash::GENESIS) })
            })
            .collect()
    }
}
