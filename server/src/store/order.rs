//! Purchase orders: what stores wait for.

use super::db::{Database, StoreError};
use super::model_row::read_received;
use super::row::{Fields, id, prefixed, text};
use domain::id::{SkuCode, StoreCode};
use domain::master::PurchaseOrder;
use domain::movement::Units;
use domain::sync::OpenOrder;
use std::collections::BTreeMap;
use surrealdb::types::{Object, RecordId, Value, Variables};

pub(super) fn order_id(order: &PurchaseOrder) -> RecordId {
    id("purchase_order", vec![text(order.store.as_str()), text(&order.number)])
}

impl Database {
    /// Keeps orders; one with a number the store has already takes its place.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_orders(&self, orders: &[PurchaseOrder]) -> Result<(), StoreError> {
        let rows: Vec<Value> = orders
            .iter()
            .map(|order| {
                let json = serde_json::to_string(order).expect("an order is plain data");
                let mut row = Object::new();
                row.insert("id", order_id(order));
                row.insert("order", text(json));
                Value::Object(row)
            })
            .collect();
        let mut variables = Variables::new();
        variables.insert("rows", rows);
        let statement = "FOR $row IN $rows { UPSERT $row.id CONTENT $row RETURN NONE }";
        self.run(statement, variables).await.map(|_| ())
    }

    /// The store's orders of which something is still to come, the earliest due first, with what has come.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn open_orders(&self, store: &StoreCode) -> Result<Vec<OpenOrder>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("orders", prefixed("purchase_order", vec![text(store.as_str())]));
        variables.insert("received", prefixed("received", vec![text(store.as_str())]));
        let mut results = self.run("SELECT * FROM $orders; SELECT * FROM $received;", variables).await?;
        let orders: Vec<Value> = results.take(0)?;
        if orders.is_empty() {
            return Ok(Vec::new());
        }
        let mut received: BTreeMap<String, BTreeMap<SkuCode, Units>> = BTreeMap::new();
        for row in results.take::<Vec<Value>>(1)? {
            let ((document, sku), units) = read_received(row)?;
            received.entry(document).or_default().insert(sku, units);
        }
        let mut open = Vec::new();
        for row in orders {
            let mut fields = Fields::of(row)?;
            let json = fields.text("order")?;
            let order: PurchaseOrder = fields.parsed(serde_json::from_str(&json))?;
            let received = received.remove(&order.number).unwrap_or_default();
            let is_open =
                order.lines.iter().any(|line| received.get(&line.sku).copied().unwrap_or_default() < line.units);
            if is_open {
                open.push(OpenOrder { order, received });
            }
        }
        open.sort_by(|a, b| (a.order.due, &a.order.number).cmp(&(b.order.due, &b.order.number)));
        Ok(open)
    }
}
