//! Orders to carriers, and what carriers and drivers tell of the goods.

use super::db::{Database, StoreError};
use super::row::{Fields, at, id, prefixed, text};
use domain::instant::Timestamp;
use domain::transfer::{CarriageReport, CarriageStatus, DispatchOrder, TransferId, Underway};
use surrealdb::types::{RecordId, Value, Variables};

fn dispatch_id(transfer: TransferId) -> RecordId {
    id("dispatch", vec![text(transfer.to_string())])
}

fn carriage_id(transfer: TransferId, status: CarriageStatus) -> RecordId {
    id("carriage", vec![text(transfer.to_string()), text(status.code())])
}

fn read_order(row: Value) -> Result<(TransferId, DispatchOrder), StoreError> {
    let mut fields = Fields::of(row)?;
    let transfer = fields.parsed(TransferId::parse(fields.key_text(0)?))?;
    let json = fields.text("order")?;
    Ok((transfer, fields.parsed(serde_json::from_str(&json))?))
}

impl Database {
    /// Keeps an order to a carrier, as it stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_dispatch(&self, transfer: TransferId, order: &DispatchOrder) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(dispatch_id(transfer)));
        variables.insert("order", text(serde_json::to_string(order).expect("plain data")));
        variables.insert("is_waiting", Value::Bool(order.next_at().is_some()));
        let statement = "UPSERT $id CONTENT { order: $order, is_waiting: $is_waiting } RETURN NONE";
        self.run(statement, variables).await.map(|_| ())
    }

    /// The order that was made of a transfer, if any.
    ///
    /// # Errors
    /// When the database fails or the record is damaged.
    pub async fn dispatch(&self, transfer: TransferId) -> Result<Option<DispatchOrder>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(dispatch_id(transfer)));
        let rows: Vec<Value> = self.run("SELECT * FROM $id", variables).await?.take(0)?;
        Ok(rows.into_iter().map(read_order).next().transpose()?.map(|(_, order)| order))
    }

    /// Orders that are still to be sent.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn waiting_dispatches(&self) -> Result<Vec<(TransferId, DispatchOrder)>, StoreError> {
        let statement = "SELECT * FROM dispatch WHERE is_waiting = true";
        let rows: Vec<Value> = self.run(statement, Variables::new()).await?.take(0)?;
        rows.into_iter().map(read_order).collect()
    }

    /// Keeps a status as it is told for the first time; told again it changes nothing. Whether it was news.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_carriage(
        &self,
        transfer: TransferId,
        status: CarriageStatus,
        report: &CarriageReport,
        heard_at: Timestamp,
    ) -> Result<bool, StoreError> {
        if self.underway(transfer).await?.has(status) {
            return Ok(false);
        }
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(carriage_id(transfer, status)));
        variables.insert("at", at(report.at));
        variables.insert("note", text(report.note.as_deref().unwrap_or_default()));
        variables.insert("heard_at", at(heard_at));
        let statement = "CREATE $id CONTENT { at: $at, note: $note, heard_at: $heard_at } RETURN NONE";
        match self.run(statement, variables).await {
            Ok(_) => Ok(true),
            // Its copy may have been kept a moment ago.
            Err(error) => {
                if self.underway(transfer).await?.has(status) {
                    Ok(false)
                } else {
                    Err(error)
                }
            }
        }
    }

    /// What has been told of a transfer's goods.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn underway(&self, transfer: TransferId) -> Result<Underway, StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("carriage", vec![text(transfer.to_string())]));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        let read = |row: Value| -> Result<(CarriageStatus, CarriageReport), StoreError> {
            let mut fields = Fields::of(row)?;
            let code = fields.key_text(1)?.to_owned();
            let status = fields.parsed(CarriageStatus::from_code(&code).ok_or("of an unknown status"))?;
            let at = Timestamp::from_unix_ms(fields.int("at")?);
            Ok((status, CarriageReport { at, note: Some(fields.text("note")?).filter(|note| !note.is_empty()) }))
        };
        rows.into_iter().map(read).collect()
    }
}
