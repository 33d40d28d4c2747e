//! Accounts, for headquarters.

use crate::error::ApiError;
use crate::state::AppState;
use crate::store::person::{Account, AccountState};
use axum::Json;
use axum::extract::{Path, State};
use domain::id::PersonId;
use domain::policy::Viewer;
use serde::Serialize;

/// An account as shown: without its hash.
#[derive(Debug, Serialize)]
pub struct Person {
    #[serde(flatten)]
    viewer: Viewer,
    login: String,
    is_disabled: bool,
}

impl From<Account> for Person {
    fn from(account: Account) -> Self {
        Self { viewer: account.viewer, login: account.login, is_disabled: account.is_disabled }
    }
}

/// Every account.
pub async fn list(State(state): State<AppState>) -> Result<Json<Vec<Person>>, ApiError> {
    Ok(Json(state.db.accounts().await?.into_iter().map(Person::from).collect()))
}

/// Refuses an account's sign-in and ends its sessions.
pub async fn disable(state: State<AppState>, person: Path<String>) -> Result<Json<Person>, ApiError> {
    set(state, person, AccountState::Disabled).await
}

/// Allows an account's sign-in again.
pub async fn enable(state: State<AppState>, person: Path<String>) -> Result<Json<Person>, ApiError> {
    set(state, person, AccountState::Enabled).await
}

async fn set(
    State(state): State<AppState>,
    Path(person): Path<String>,
    to: AccountState,
) -> Result<Json<Person>, ApiError> {
    let person = PersonId::parse(&person).map_err(|_| ApiError::NotFound)?;
    if state.db.account(&person).await?.is_none() {
        return Err(ApiError::NotFound);
    }
    state.sign_in.set_state(&person, to).await?;
    let account = state.db.account(&person).await?.ok_or(ApiError::NotFound)?;
    Ok(Json(account.into()))
}
