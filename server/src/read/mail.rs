//! A person's e-mail address: theirs once they have read a code there.

use crate::error::ApiError;
use crate::keys::random_bytes;
use crate::message::channel::SendError;
use crate::message::mail::address_of;
use crate::state::AppState;
use crate::store::mailbox::Mailbox;
use domain::chain::Hash;
use domain::id::PersonId;
use domain::instant::MINUTE_MS;
use domain::message::preference::ChannelKind;
use frontend::backend::MailChoice;
use frontend::text::Language;

/// How long a code holds, in milliseconds.
const CODE_HOLDS_MS: i64 = 30 * MINUTE_MS;
/// Codes that may be tried: five of a million.
const TRIES_MAX: u32 = 5;

/// How it stands; nothing where the chain sends no e-mail.
pub async fn choice(state: &AppState, person: &PersonId) -> Result<Option<MailChoice>, ApiError> {
    if state.messages.office.mail.is_none() {
        return Ok(None);
    }
    let address = state.db.contacts_of(person).await?.remove(&ChannelKind::Email);
    let waiting = state.db.mailbox(person).await?.filter(|mailbox| holds(state, mailbox));
    Ok(Some(MailChoice { address, waiting: waiting.map(|mailbox| mailbox.address) }))
}

fn holds(state: &AppState, mailbox: &Mailbox) -> bool {
    mailbox.n_tries < TRIES_MAX && state.clock.now().since(mailbox.asked_at) < CODE_HOLDS_MS
}

/// A code with the person and the address that it is for, so that it opens no other.
fn hash(person: &PersonId, address: &str, code: &str) -> String {
    Hash::of(format!("{person}\n{address}\n{code}").as_bytes()).to_string()
}

/// Sends a code to an address that a person says is theirs.
pub async fn give(state: &AppState, person: &PersonId, typed: &str, language: Language) -> Result<(), ApiError> {
    let mail = state.messages.office.mail.clone().ok_or(ApiError::NotFound)?;
    let refused = || ApiError::Malformed("expected an e-mail address".to_owned());
    let address = address_of(typed).ok_or_else(refused)?.to_string();
    state.mail_limit.take(person.as_str()).map_err(ApiError::TooOften)?;
    let code = format!("{:06}", u32::from_le_bytes(random_bytes()) % 1_000_000);
    let mailbox = Mailbox {
        code: hash(person, &address, &code),
        address: address.clone(),
        asked_at: state.clock.now(),
        n_tries: 0,
    };
    state.db.save_mailbox(person, &mailbox).await?;
    let (subject, text) = (language.mail_code_subject(), language.mail_code_text(&code));
    match mail.send_code(&address, subject, &text).await {
        Ok(()) => Ok(()),
        Err(SendError::NoReceiver | SendError::Refused(_)) => Err(refused()),
        Err(error) => Err(ApiError::unavailable(error)),
    }
}

/// Takes the address for the person's messages, where the code is right and still holds. Whoever confirms an address has
/// chosen it.
pub async fn confirm(state: &AppState, person: &PersonId, code: &str) -> Result<(), ApiError> {
    let wrong = || ApiError::Malformed("another code, or one that holds no longer".to_owned());
    let mailbox = state.db.try_mailbox(person).await?.ok_or_else(wrong)?;
    let is_in_time = state.clock.now().since(mailbox.asked_at) < CODE_HOLDS_MS;
    let is_right = hash(person, &mailbox.address, code.trim()) == mailbox.code;
    if !(is_in_time && mailbox.n_tries <= TRIES_MAX && is_right) {
        return Err(wrong());
    }
    state.db.save_contact(person, ChannelKind::Email, &mailbox.address).await?;
    state.db.delete_mailbox(person).await?;
    super::message::choose(state, person, ChannelKind::Email).await
}

/// Forgets a person's address, confirmed or not.
pub async fn forget(state: &AppState, person: &PersonId) -> Result<(), ApiError> {
    state.db.delete_contact(person, ChannelKind::Email).await?;
    Ok(state.db.delete_mailbox(person).await?)
}
