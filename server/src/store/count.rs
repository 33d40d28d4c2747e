//! What planning and reviewing stocktakes read of the read models.

use super::db::{Database, StoreError};
use super::model_row::{read_leg, read_line};
use super::row::{between, prefixed, text};
use domain::fold::LegKey;
use domain::id::{StocktakeId, StoreCode};
use domain::movement::Units;
use domain::stocktake::{CountLine, LineRef};
use std::ops::Bound;
use surrealdb::types::{Value, Variables};

impl Database {
    /// The lines of a store's stocktakes whose names lie between two, both included, in order.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn count_lines_between(
        &self,
        store: &StoreCode,
        first: &StocktakeId,
        last: &StocktakeId,
    ) -> Result<Vec<(StocktakeId, LineRef, CountLine)>, StoreError> {
        let key = |stocktake: &str| vec![text(store.as_str()), text(stocktake)];
        // No code has a character as small as the one that ends the range.
        let end = format!("{last}\u{1}");
        let mut variables = Variables::new();
        variables.insert("range", between("line", Bound::Included(key(first.as_str())), Bound::Excluded(key(&end))));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        let line = |row| read_line(row).map(|((of, shelf, sku), line)| (of, LineRef { shelf, sku }, line));
        rows.into_iter().map(line).collect()
    }

    /// Every leg of a store's movements at its own places, in the order of their keys.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn legs(&self, store: &StoreCode) -> Result<Vec<(LegKey, Units)>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("leg", vec![text(store.as_str())]));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        rows.into_iter().map(|row| read_leg(row).map(|leg| (leg.key, leg.units))).collect()
    }
}
