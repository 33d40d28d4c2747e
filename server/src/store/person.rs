//! Accounts: who may sign in, as what, and how that is proved.

use super::db::{Database, StoreError, checked};
use domain::id::{PersonId, RegionCode, StoreCode};
use domain::message::group_of;
use domain::policy::{Role, Scope, Viewer};
use surrealdb::types::SurrealValue;

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who it is, with role and scope.
    pub viewer: Viewer,
    /// What the person types to sign in.
    pub login: String,
    /// Argon2id, in PHC form.
    pub password_hash: String,
    /// Whether sign-in is refused.
    pub is_disabled: bool,
}

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// It may.
    Enabled,
    /// Sign-in is refused and there are no sessions.
    Disabled,
}

/// Why an account was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddAccountError {
    /// The login or the person's id is in use.
    #[error("the login {login:?} or the person id {id} is taken")]
    Taken {
        /// The login.
        login: String,
        /// The id.
        id: PersonId,
    },
    /// The database failed.
    #[error("the account could not be written")]
    Store(#[from] StoreError),
}

#[derive(Debug, Clone, SurrealValue)]
struct PersonRow {
    person: String,
    login: String,
    name: String,
    role: String,
    scope: String,
    password_hash: String,
    is_disabled: bool,
}

impl PersonRow {
    fn of(account: &Account) -> Self {
        Self {
            person: account.viewer.id.to_string(),
            login: account.login.clone(),
            name: account.viewer.name.clone(),
            role: role_code(account.viewer.role).to_owned(),
            scope: scope_text(&account.viewer.scope),
            password_hash: account.password_hash.clone(),
            is_disabled: account.is_disabled,
        }
    }

    fn into_account(self) -> Result<Account, StoreError> {
        let damaged = || StoreError::Damaged {
            id: format!("person:{}", self.person),
            what: "it has codes nobody knows".to_owned(),
        };
        let viewer = Viewer {
            id: PersonId::parse(&self.person).map_err(|_| damaged())?,
            name: self.name.clone(),
            role: Role::ALL.into_iter().find(|role| role_code(*role) == self.role).ok_or_else(damaged)?,
            scope: parse_scope(&self.scope).ok_or_else(damaged)?,
        };
        let (login, password_hash) = (self.login.clone(), self.password_hash.clone());
        Ok(Account { viewer, login, password_hash, is_disabled: self.is_disabled })
    }
}

/// The stable code of a role.
#[must_use]
pub fn role_code(role: Role) -> &'static str {
    match role {
        Role::Clerk => "clerk",
        Role::StoreManager => "store_manager",
        Role::RegionalManager => "regional_manager",
        Role::Headquarters => "headquarters",
        Role::Auditor => "auditor",
    }
}

/// `chain`, `region:R1` or `store:S001`.
#[must_use]
pub fn scope_text(scope: &Scope) -> String {
    match scope {
        Scope::Store(code) => format!("store:{code}"),
        Scope::Region(code) => format!("region:{code}"),
        Scope::Chain => "chain".to_owned(),
    }
}

/// Reads [`scope_text`].
#[must_use]
pub fn parse_scope(text: &str) -> Option<Scope> {
    match text.split_once(':') {
        None if text == "chain" => Some(Scope::Chain),
        Some(("store", code)) => StoreCode::parse(code).ok().map(Scope::Store),
        Some(("region", code)) => RegionCode::parse(code).ok().map(Scope::Region),
        _ => None,
    }
}

const ADD: &str = "BEGIN;
CREATE type::record('login', $login) CONTENT { person: $person };
CREATE type::record('person', $person) CONTENT $row;
COMMIT;";

impl Database {
    /// Adds an account.
    ///
    /// # Errors
    /// When its login or person id is taken, or the database fails.
    pub async fn add_account(&self, account: &Account) -> Result<(), AddAccountError> {
        let row = PersonRow::of(account);
        let (login, person) = (row.login.clone(), row.person.clone());
        // Stores' groups are told by ids of their own.
        let is_taken = group_of(&account.viewer.id).is_some() || self.account(&account.viewer.id).await?.is_some();
        if is_taken || self.account_of_login(&login).await?.is_some() {
            return Err(AddAccountError::Taken { login, id: account.viewer.id.clone() });
        }
        checked(self.query(ADD).bind(("login", login)).bind(("person", person)).bind(("row", row))).await?;
        Ok(())
    }

    /// Every account, by login.
    ///
    /// # Errors
    /// When the database fails or a row is damaged.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let mut answer = checked(self.query("SELECT * OMIT id FROM person ORDER BY login")).await?;
        let rows: Vec<PersonRow> = answer.take(0)?;
        rows.into_iter().map(PersonRow::into_account).collect()
    }

    /// The account of a person.
    ///
    /// # Errors
    /// When the database fails or the row is damaged.
    pub async fn account(&self, person: &PersonId) -> Result<Option<Account>, StoreError> {
        let query = "SELECT * OMIT id FROM ONLY type::record('person', $person)";
        let mut answer = checked(self.query(query).bind(("person", person.to_string()))).await?;
        answer.take::<Option<PersonRow>>(0)?.map(PersonRow::into_account).transpose()
    }

    /// The account that signs in with `login`.
    ///
    /// # Errors
    /// When the database fails or the row is damaged.
    pub async fn account_of_login(&self, login: &str) -> Result<Option<Account>, StoreError> {
        let query = "SELECT VALUE person FROM ONLY type::record('login', $login)";
        let mut answer = checked(self.query(query).bind(("login", login.to_owned()))).await?;
        let person: Option<String> = answer.take(0)?;
        match person {
            None => Ok(None),
            Some(person) => {
                let id = PersonId::parse(&person).map_err(|_| StoreError::Damaged {
                    id: format!("login:{login}"),
                    what: "it names nobody".to_owned(),
                })?;
                self.account(&id).await
            }
        }
    }

    /// Replaces a password's hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_password_hash(&self, person: &PersonId, hash: String) -> Result<(), StoreError> {
        let query = "UPDATE type::record('person', $person) SET password_hash = $hash";
        checked(self.query(query).bind(("person", person.to_string())).bind(("hash", hash))).await?;
        Ok(())
    }

    /// Enables or disables an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_account_state(&self, person: &PersonId, state: AccountState) -> Result<(), StoreError> {
        let query = "UPDATE type::record('person', $person) SET is_disabled = $is_disabled";
        let is_disabled = state == AccountState::Disabled;
        checked(self.query(query).bind(("person", person.to_string())).bind(("is_disabled", is_disabled))).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_round_trip_as_text() {
        for text in ["chain", "region:R1", "store:S001"] {
            assert_eq!(parse_scope(text).as_ref().map(scope_text).as_deref(), Some(text));
        }
        for bad in ["", "store", "store:", "store:s1", "planet:X"] {
            assert_eq!(parse_scope(bad), None, "{bad}");
        }
    }
}
