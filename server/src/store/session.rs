//! Sessions: which browser is signed in as whom, and until when.

use super::db::{Database, StoreError, checked};
use crate::auth::cookie::TokenHash;
use domain::id::PersonId;
use domain::instant::Timestamp;
use surrealdb::types::SurrealValue;

/// A session as kept; its key is the hash of the browser's token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who is signed in.
    pub person: PersonId,
    /// When the password was given.
    pub signed_in_at: Timestamp,
    /// When it was last used, to a few minutes.
    pub used_at: Timestamp,
}

#[derive(Debug, Clone, SurrealValue)]
struct SessionRow {
    person: String,
    signed_in_at: i64,
    used_at: i64,
}

impl Database {
    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        checked(self.query("RETURN 1")).await.map(|_| ())
    }

    /// Keeps a new session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_session(&self, key: &TokenHash, session: &Session) -> Result<(), StoreError> {
        let row = SessionRow {
            person: session.person.to_string(),
            signed_in_at: session.signed_in_at.unix_ms(),
            used_at: session.used_at.unix_ms(),
        };
        let query = "CREATE type::record('session', $key) CONTENT $row";
        checked(self.query(query).bind(("key", key.as_str().to_owned())).bind(("row", row))).await?;
        Ok(())
    }

    /// Looks a session up.
    ///
    /// # Errors
    /// When the database fails or the row is damaged.
    pub async fn session(&self, key: &TokenHash) -> Result<Option<Session>, StoreError> {
        let query = "SELECT * OMIT id FROM ONLY type::record('session', $key)";
        let mut answer = checked(self.query(query).bind(("key", key.as_str().to_owned()))).await?;
        let Some(row) = answer.take::<Option<SessionRow>>(0)? else { return Ok(None) };
        Ok(Some(Session {
            person: PersonId::parse(&row.person)
                .map_err(|_| StoreError::Damaged { id: "session".to_owned(), what: "it names nobody".to_owned() })?,
            signed_in_at: Timestamp::from_unix_ms(row.signed_in_at),
            used_at: Timestamp::from_unix_ms(row.used_at),
        }))
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_session(&self, key: &TokenHash, now: Timestamp) -> Result<(), StoreError> {
        let query = "UPDATE type::record('session', $key) SET used_at = $now";
        checked(self.query(query).bind(("key", key.as_str().to_owned())).bind(("now", now.unix_ms()))).await?;
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_session(&self, key: &TokenHash) -> Result<(), StoreError> {
        let query = "DELETE type::record('session', $key)";
        checked(self.query(query).bind(("key", key.as_str().to_owned()))).await?;
        Ok(())
    }

    /// Ends every session of a person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_sessions_of(&self, person: &PersonId) -> Result<(), StoreError> {
        let query = "DELETE session WHERE person = $person";
        checked(self.query(query).bind(("person", person.to_string()))).await?;
        Ok(())
    }

    /// Removes sessions that nobody can use any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_sessions_before(&self, used: Timestamp, signed_in: Timestamp) -> Result<(), StoreError> {
        let query = "DELETE session WHERE used_at < $used OR signed_in_at < $signed_in";
        let bound = self.query(query).bind(("used", used.unix_ms())).bind(("signed_in", signed_in.unix_ms()));
        checked(bound).await?;
        Ok(())
    }
}
