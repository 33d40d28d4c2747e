//! The lease: which server process of a database fires warnings and sends messages.

use super::db::{Database, StoreError};
use super::row::{Fields, at, text};
use domain::instant::Timestamp;
use surrealdb::types::{RecordId, Value, Variables};

/// What came of asking for the lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It is the asker's, as it was before.
    Kept,
    /// It is the asker's now; nobody knows what others have done before.
    Taken,
    /// It is another's until then.
    Others(Timestamp),
}

fn lease_id() -> Value {
    Value::RecordId(RecordId::new("lease", "followers"))
}

impl Database {
    /// Takes the lease until a time, if it is `holder`'s or has run out; `from_anybody` takes it in any case. Compared and
    /// set in one statement: of two that ask at once, one gets it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ask_lease(
        &self,
        holder: &str,
        (now, until): (Timestamp, Timestamp),
        from_anybody: bool,
    ) -> Result<Asked, StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", lease_id());
        variables.insert("holder", text(holder));
        variables.insert("now", at(now));
        variables.insert("until", at(until));
        variables.insert("from_anybody", Value::Bool(from_anybody));
        let statements = "UPDATE $id SET holder = $holder, until = $until \
                          WHERE holder = $holder OR until <= $now OR $from_anybody RETURN BEFORE; SELECT * FROM $id;";
        let mut results = self.run(statements, variables).await?;
        let before: Vec<Value> = results.take(0)?;
        if let Some(row) = before.into_iter().next() {
            let was = Fields::of(row)?.text("holder")?;
            return Ok(if was == holder { Asked::Kept } else { Asked::Taken });
        }
        let rows: Vec<Value> = results.take(1)?;
        let until = rows.into_iter().next().map(|row| Fields::of(row)?.at("until")).transpose()?;
        Ok(Asked::Others(until.unwrap_or(now)))
    }

    /// Gives the lease back, if it is `holder`'s: another may take it at once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_lease(&self, holder: &str) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", lease_id());
        variables.insert("holder", text(holder));
        self.run("UPDATE $id SET until = 0 WHERE holder = $holder RETURN NONE", variables).await.map(|_| ())
    }
}
