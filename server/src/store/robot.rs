//! Robots in the groups of stores.

use super::db::{Database, StoreError};
use super::row::{Fields, text};
use crate::message::secret::Secret;
use domain::id::StoreCode;
use std::collections::BTreeMap;
use surrealdb::types::{RecordId, Value, Variables};

fn robot_id(store: &StoreCode) -> RecordId {
    RecordId::new("robot", store.as_str())
}

impl Database {
    /// The stores whose groups have robots, and whether each has been refused by its platform.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn robots(&self) -> Result<BTreeMap<StoreCode, bool>, StoreError> {
        let rows: Vec<Value> = self.run("SELECT id, is_refused FROM robot", Variables::new()).await?.take(0)?;
        let read = |row: Value| -> Result<_, StoreError> {
            let mut fields = Fields::of(row)?;
            let is_refused = fields.value("is_refused") == Value::Bool(true);
            Ok((fields.parsed(StoreCode::parse(fields.key_text(0)?))?, is_refused))
        };
        rows.into_iter().map(read).collect()
    }

    /// The key of a store's robot; `None` where there is none, or its platform has refused it.
    ///
    /// # Errors
    /// When the database fails or the record is damaged.
    pub async fn robot_key(&self, store: &StoreCode) -> Result<Option<Secret>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(robot_id(store)));
        let statement = "SELECT key FROM $id WHERE !is_refused";
        let rows: Vec<Value> = self.run(statement, variables).await?.take(0)?;
        rows.into_iter().next().map(|row| Fields::of(row)?.text("key").map(Secret::new)).transpose()
    }

    /// Sets a store's robot, in place of the one before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_robot(&self, store: &StoreCode, key: &str) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(robot_id(store)));
        variables.insert("key", text(key));
        self.run("UPSERT $id CONTENT { key: $key, is_refused: false } RETURN NONE", variables).await.map(|_| ())
    }

    /// Notes that a store's robot is not known to its platform.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refuse_robot(&self, store: &StoreCode) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(robot_id(store)));
        self.run("UPDATE $id SET is_refused = true RETURN NONE", variables).await.map(|_| ())
    }

    /// Forgets a store's robot.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_robot(&self, store: &StoreCode) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(robot_id(store)));
        self.run("DELETE $id RETURN NONE", variables).await.map(|_| ())
    }
}
