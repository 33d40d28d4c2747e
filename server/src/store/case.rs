//! Cases as records.

use super::db::{Database, StoreError};
use super::model_row::{CASE_OPEN, case_id, read_case};
use super::row::{ids, prefixed, text};
use domain::case::Case;
use domain::event::Flag;
use domain::id::{EventId, StoreCode};
use std::collections::BTreeMap;
use surrealdb::types::{Value, Variables};

/// Which cases are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseRows {
    /// Those that are open.
    Open,
    /// Those that are closed.
    Closed,
}

impl Database {
    /// The cases of a store: those that are open, or those that are closed.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn cases(
        &self,
        store: &StoreCode,
        which: CaseRows,
    ) -> Result<BTreeMap<(EventId, Flag), Case>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("case", vec![text(store.as_str())]));
        let statement = match which {
            CaseRows::Open => format!("SELECT * FROM $range WHERE {CASE_OPEN} = true"),
            CaseRows::Closed => format!("SELECT * FROM $range WHERE {CASE_OPEN} = false"),
        };
        let rows: Vec<Value> = self.run(&statement, variables).await?.take(0)?;
        rows.into_iter().map(read_case).collect()
    }

    /// Single cases.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn cases_of(
        &self,
        store: &StoreCode,
        wanted: impl IntoIterator<Item = (EventId, Flag)>,
    ) -> Result<BTreeMap<(EventId, Flag), Case>, StoreError> {
        let wanted = wanted.into_iter().map(|(event, flag)| case_id(store, event, flag));
        let mut variables = Variables::new();
        variables.insert("ids", ids(wanted));
        let rows: Vec<Value> = self.run("SELECT * FROM $ids", variables).await?.take(0)?;
        rows.into_iter().map(read_case).collect()
    }
}
