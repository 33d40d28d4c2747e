//! Accounts, for headquarters.

use crate::error::ApiError;
use crate::message::guard::checked_url;
use crate::route::Body;
use crate::state::AppState;
use crate::store::person::{Account, AccountState};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::id::PersonId;
use domain::message::preference::ChannelKind;
use domain::policy::Viewer;
use serde::{Deserialize, Serialize};

/// Longest address of a person on a channel, in characters.
const ADDRESS_MAX_CHARS: usize = 512;

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

/// How a channel knows a person.
#[derive(Debug, Deserialize)]
pub struct Contact {
    /// The channel's code.
    channel: String,
    /// `null` forgets it.
    address: Option<String>,
}

/// Says how a channel knows a person: their userid in WeCom, for one.
pub async fn contact(
    State(state): State<AppState>,
    Path(person): Path<String>,
    Body(contact): Body<Contact>,
) -> Result<StatusCode, ApiError> {
    let person = PersonId::parse(&person).map_err(|_| ApiError::NotFound)?;
    if state.db.account(&person).await?.is_none() {
        return Err(ApiError::NotFound);
    }
    let channel = ChannelKind::from_code(&contact.channel).filter(|channel| channel.is_registered());
    let channel = channel.ok_or_else(|| ApiError::Malformed("expected a channel such as wecom".to_owned()))?;
    let address = contact.address.as_deref().map(str::trim).filter(|address| !address.is_empty());
    match address {
        Some(address) if address.chars().count() <= ADDRESS_MAX_CHARS => {
            if channel == ChannelKind::Webhook {
                checked_url(address, state.config.reach()).map_err(|error| ApiError::Malformed(error.to_string()))?;
            }
            if channel.is_answered() && !state.db.others_at(&person, channel, address).await?.is_empty() {
                return Err(ApiError::Malformed(format!("{address} is somebody else's: forget it there first")));
            }
            state.db.save_contact(&person, channel, address).await?;
        }
        Some(_) => return Err(ApiError::Malformed(format!("an address has at most {ADDRESS_MAX_CHARS} characters"))),
        None => state.db.delete_contact(&person, channel).await?,
    }
    Ok(StatusCode::NO_CONTENT)
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
    state.directory.set_accounts(&state.db.accounts().await?);
    let account = state.db.account(&person).await?.ok_or(ApiError::NotFound)?;
    Ok(Json(account.into()))
}
