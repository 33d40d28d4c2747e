//! E-mail addresses that wait to be confirmed.

use super::db::{Database, StoreError};
use super::row::{Fields, at, int, text};
use domain::id::PersonId;
use domain::instant::Timestamp;
use surrealdb::types::{RecordId, Value, Variables};

/// An address that waits to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The address.
    pub address: String,
    /// SHA-256 of the code that was sent there, in hexadecimal.
    pub code: String,
    /// When it was sent.
    pub asked_at: Timestamp,
    /// Codes that have been tried.
    pub n_tries: u32,
}

fn mailbox_id(person: &PersonId) -> RecordId {
    RecordId::new("mailbox", person.as_str())
}

fn read(row: Value) -> Result<Mailbox, StoreError> {
    let mut fields = Fields::of(row)?;
    Ok(Mailbox {
        address: fields.text("address")?,
        code: fields.text("code")?,
        asked_at: fields.at("asked_at")?,
        n_tries: fields.n("n_tries")?,
    })
}

impl Database {
    /// Keeps an address until it is confirmed, in place of the one before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_mailbox(&self, person: &PersonId, mailbox: &Mailbox) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(mailbox_id(person)));
        variables.insert("address", text(&mailbox.address));
        variables.insert("code", text(&mailbox.code));
        variables.insert("asked_at", at(mailbox.asked_at));
        variables.insert("n_tries", int(mailbox.n_tries.into()));
        let statement = "UPSERT $id CONTENT { address: $address, code: $code, asked_at: $asked_at, \
                         n_tries: $n_tries } RETURN NONE";
        self.run(statement, variables).await.map(|_| ())
    }

    /// The address of a person's that waits.
    ///
    /// # Errors
    /// When the database fails or the record is damaged.
    pub async fn mailbox(&self, person: &PersonId) -> Result<Option<Mailbox>, StoreError> {
        self.one_mailbox("SELECT * FROM $id", person).await
    }

    /// Counts a try and returns what it is a try at: tries at the same moment count each.
    ///
    /// # Errors
    /// When the database fails or the record is damaged.
    pub async fn try_mailbox(&self, person: &PersonId) -> Result<Option<Mailbox>, StoreError> {
        self.one_mailbox("UPDATE $id SET n_tries += 1 RETURN AFTER", person).await
    }

    async fn one_mailbox(&self, statement: &'static str, person: &PersonId) -> Result<Option<Mailbox>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(mailbox_id(person)));
        let rows: Vec<Value> = self.run(statement, variables).await?.take(0)?;
        rows.into_iter().map(read).next().transpose()
    }

    /// Forgets the address that waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_mailbox(&self, person: &PersonId) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(mailbox_id(person)));
        self.run("DELETE $id RETURN NONE", variables).await.map(|_| ())
    }
}
