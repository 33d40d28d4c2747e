//! Browsers that have agreed to be sent notices.

use super::db::{Database, StoreError};
use super::row::{Fields, at, id, ids, prefixed, text};
use crate::message::push::sealed::Subscription;
use domain::chain::Hash;
use domain::id::PersonId;
use domain::instant::Timestamp;
use surrealdb::types::{RecordId, Value, Variables};

/// Devices of one person; the one that has been silent for longest makes room.
const DEVICES_MAX: usize = 20;

/// A row's name does not hold the address: whoever has that can be sent to by its service.
fn name(endpoint: &str) -> String {
    Hash::of(endpoint.as_bytes()).to_string()
}

fn push_id(person: &PersonId, endpoint: &str) -> RecordId {
    id("push", vec![text(person.as_str()), text(name(endpoint))])
}

struct Row {
    subscription: Subscription,
    seen_at: Timestamp,
}

fn read(row: Value) -> Result<Row, StoreError> {
    let mut fields = Fields::of(row)?;
    let json = fields.text("subscription")?;
    let seen_at = fields.at("seen_at")?;
    Ok(Row { subscription: fields.parsed(serde_json::from_str(&json))?, seen_at })
}

impl Database {
    /// Keeps a browser's subscription for whoever is signed in there, and for nobody else: a device has one person.
    ///
    /// # Errors
    /// When the database fails: nothing has then changed.
    pub async fn add_push(
        &self,
        person: &PersonId,
        subscription: &Subscription,
        session: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut known = self.push_rows(person).await?;
        known.retain(|row| row.subscription.endpoint != subscription.endpoint);
        known.sort_by_key(|row| std::cmp::Reverse(row.seen_at));
        let crowded = known.iter().skip(DEVICES_MAX - 1).map(|row| push_id(person, &row.subscription.endpoint));
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(push_id(person, &subscription.endpoint)));
        variables.insert("endpoint", text(name(&subscription.endpoint)));
        variables.insert("subscription", text(serde_json::to_string(subscription).expect("plain data")));
        variables.insert("signed_in", text(session));
        variables.insert("now", at(now));
        variables.insert("crowded", ids(crowded));
        let statements = "BEGIN; DELETE push WHERE endpoint = $endpoint RETURN NONE; \
                          FOR $row IN $crowded { DELETE $row RETURN NONE }; \
                          UPSERT $id CONTENT { endpoint: $endpoint, subscription: $subscription, \
                          session: $signed_in, seen_at: $now } RETURN NONE; COMMIT;";
        self.run(statements, variables).await.map(|_| ())
    }

    /// Forgets a subscription of a person's; those of others stay, whatever their address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_push(&self, person: &PersonId, endpoint: &str) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(push_id(person, endpoint)));
        self.run("DELETE $id RETURN NONE", variables).await.map(|_| ())
    }

    /// Forgets the browser that a session was in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_push_of_session(&self, session: &str) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("signed_in", text(session));
        self.run("DELETE push WHERE session = $signed_in RETURN NONE", variables).await.map(|_| ())
    }

    /// Forgets every browser of a person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_all_push(&self, person: &PersonId) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("push", vec![text(person.as_str())]));
        self.run("DELETE $range RETURN NONE", variables).await.map(|_| ())
    }

    /// A person's subscriptions, one a device.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn push_subscriptions(&self, person: &PersonId) -> Result<Vec<Subscription>, StoreError> {
        Ok(self.push_rows(person).await?.into_iter().map(|row| row.subscription).collect())
    }

    async fn push_rows(&self, person: &PersonId) -> Result<Vec<Row>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("push", vec![text(person.as_str())]));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        rows.into_iter().map(read).collect()
    }
}
