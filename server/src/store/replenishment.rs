//! What people set of a line's safety stock and order, and the orders they make of what is suggested.

use super::db::{Database, StoreError};
use super::row::{Fields, at, id, int, prefixed, text};
use super::warning::Saved;
use domain::id::{PersonId, SkuCode, StoreCode};
use domain::instant::Timestamp;
use domain::master::PurchaseOrder;
use domain::replenishment::Change;
use std::collections::BTreeMap;
use surrealdb::types::{RecordId, Value, Variables};

fn change_id(store: &StoreCode, sku: &SkuCode, version: u32) -> RecordId {
    id("stock_override", vec![text(store.as_str()), text(sku.as_str()), int(i64::from(version))])
}

fn read_change(row: Value) -> Result<(SkuCode, Change), StoreError> {
    let mut fields = Fields::of(row)?;
    let sku = fields.parsed(SkuCode::parse(fields.key_text(1)?))?;
    let json = fields.text("change")?;
    Ok((sku, fields.parsed(serde_json::from_str(&json))?))
}

impl Database {
    /// The last change of each line of a store that somebody has set something of.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn stock_overrides(&self, store: &StoreCode) -> Result<BTreeMap<SkuCode, Change>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("stock_override", vec![text(store.as_str())]));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        let mut latest: BTreeMap<SkuCode, Change> = BTreeMap::new();
        for row in rows {
            let (sku, change) = read_change(row)?;
            if latest.get(&sku).is_none_or(|known| known.version < change.version) {
                latest.insert(sku, change);
            }
        }
        Ok(latest)
    }

    /// Keeps a change, unless the line has one of that version.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_stock_override(
        &self,
        store: &StoreCode,
        sku: &SkuCode,
        change: &Change,
    ) -> Result<Saved, StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(change_id(store, sku, change.version)));
        variables.insert("change", text(serde_json::to_string(change).expect("a change is plain data")));
        let statement = "INSERT IGNORE INTO stock_override { id: $id, change: $change }";
        let rows: Vec<Value> = self.run(statement, variables).await?.take(0)?;
        Ok(if rows.is_empty() { Saved::Outdated } else { Saved::Yes })
    }

    /// Keeps a new order, unless the store has one of that number: then that one, unchanged, is given back.
    ///
    /// # Errors
    /// When the database fails or the record is damaged.
    pub async fn make_order(
        &self,
        order: &PurchaseOrder,
        by: &PersonId,
        now: Timestamp,
    ) -> Result<Option<PurchaseOrder>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(super::order::order_id(order)));
        variables.insert("order", text(serde_json::to_string(order).expect("an order is plain data")));
        variables.insert("by", text(by.as_str()));
        variables.insert("at", at(now));
        let statement = "INSERT IGNORE INTO purchase_order { id: $id, order: $order, ordered_by: $by, ordered_at: $at }; \
                         SELECT * FROM $id";
        let mut results = self.run(statement, variables).await?;
        let made: Vec<Value> = results.take(0)?;
        if !made.is_empty() {
            return Ok(None);
        }
        let rows: Vec<Value> = results.take(1)?;
        let before = rows.into_iter().next().map(|row| {
            let mut fields = Fields::of(row)?;
            let json = fields.text("order")?;
            fields.parsed(serde_json::from_str(&json))
        });
        before.transpose()
    }
}
