//! Messages as pages show them.

use crate::error::ApiError;
use crate::message::compose::Words;
use crate::state::AppState;
use crate::store::message::DeliveryRecord;
use domain::id::{MessageId, ObjectCode, PersonId};
use domain::instant::{DAY_MS, MINUTE_MS};
use domain::message::delivery::{Step as Progress, channel_use};
use domain::message::preference::{ChannelKind, Preference};
use domain::message::{Act, Answer, Message, MessageKind, ObjectKind};
use domain::transfer::{Step, TransferId};
use frontend::backend::{DeliveryLog, DeliveryRow, Inbox, InboxRow, TellingChoice};
use frontend::text::Language;
use std::collections::{BTreeMap, BTreeSet};

/// Messages of an inbox that are shown.
const INBOX_SHOWN: usize = 50;
/// Deliveries of the log that are shown.
const LOG_SHOWN: usize = 200;
/// How far the log looks back: 30 days, in milliseconds.
const LOG_MS: i64 = 30 * DAY_MS;
/// Minutes of a day, beyond which quiet hours make no sense.
const DAY_MIN: u16 = 24 * 60;

/// A person's newest messages. They count as opened from then on.
pub async fn inbox(state: &AppState, person: &PersonId) -> Result<Inbox, ApiError> {
    let now = state.clock.now();
    let language = state.messages.office.reader(person).await?.language;
    let messages = newest(state, person).await?;
    let unread = unread(state, &messages).await?;
    let mut rows = Vec::new();
    for message in messages {
        let is_new = unread.contains(&message.id);
        if is_new {
            state.messages.office.log.step(message.id, ChannelKind::Inbox, Progress::Opened, now).await?;
        }
        rows.push(row(state, person, language, message, is_new).await?);
    }
    Ok(Inbox { now, rows })
}

/// A person sees the page of a transfer: what they were told about it counts as opened.
pub async fn open_about(state: &AppState, person: &PersonId, transfer: TransferId) -> Result<(), ApiError> {
    let Ok(code) = ObjectCode::parse(&transfer.to_string()) else { return Ok(()) };
    let mut messages = state.db.messages_about(ObjectKind::Transfer, &code).await?;
    messages.retain(|message| message.to == *person);
    for message in unread(state, &messages).await? {
        let now = state.clock.now();
        state.messages.office.log.step(message, ChannelKind::Inbox, Progress::Opened, now).await?;
    }
    Ok(())
}

/// What an inbox shows, the newest first.
async fn newest(state: &AppState, person: &PersonId) -> Result<Vec<Message>, ApiError> {
    Ok(state.db.inbox(person).await?.into_iter().rev().take(INBOX_SHOWN).collect())
}

/// Those of the messages that have not been opened.
async fn unread(state: &AppState, messages: &[Message]) -> Result<BTreeSet<MessageId>, ApiError> {
    let ways = state.db.deliveries_on(ChannelKind::Inbox, messages.iter().map(|message| message.id)).await?;
    let unread = ways.into_iter().map(|way| way.delivery);
    let unread = unread.filter(|delivery| delivery.done_at(Progress::Opened).is_none());
    Ok(unread.map(|delivery| delivery.message).collect())
}

async fn row(
    state: &AppState,
    person: &PersonId,
    language: Language,
    mut message: Message,
    is_new: bool,
) -> Result<InboxRow, ApiError> {
    let zone_offset = state.messages.office.zone_of(&message.store);
    let mut outcome = None;
    let asked = TransferId::parse(message.about.code.as_str())
        .ok()
        .filter(|_| message.about.kind == ObjectKind::Transfer && !message.buttons.is_empty());
    if let Some(id) = asked
        && let Some(transfer) = state.db.transfers([id]).await?.pop()
        && transfer.version() != message.about.version
    {
        message.buttons.clear();
        let (masters, people) = (state.directory.masters(), state.directory.people());
        let words = Words { masters: &masters, people: &people, language };
        let became = transfer.step_after(message.about.version);
        outcome = became.map(|taken| words.outcome(taken, person, state.messages.office.zone_of(&transfer.receiver)));
    }
    Ok(InboxRow { message, zone_offset, is_new, outcome })
}

/// How many messages a person has not opened, of those that their inbox shows.
pub async fn count_unread(state: &AppState, person: &PersonId) -> Result<u32, ApiError> {
    let n = unread(state, &newest(state, person).await?).await?.len();
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
}

/// Does what a person says to one of their messages.
pub async fn answer(
    state: &AppState,
    person: &PersonId,
    message: MessageId,
    act: Act,
    reason: Option<&str>,
) -> Result<String, ApiError> {
    let message = state.db.message(person, message).await?.ok_or(ApiError::NotFound)?;
    let answer = Answer { act, about: message.about };
    let (desk, now) = (&state.messages.desk, state.clock.now());
    desk.answer(person, &answer, reason, now, ChannelKind::Inbox).await.map_err(ApiError::Unavailable)
}

/// How a person is told, and how they could be.
pub async fn telling(state: &AppState, person: &PersonId) -> Result<TellingChoice, ApiError> {
    let contacts = state.db.contacts_of(person).await?;
    let preference = state.messages.office.reader(person).await?.preference;
    let allowed = state.messages.office.allowed().into_iter();
    let channels = allowed
        .map(|channel| (channel, preference.channels.contains(&channel), contacts.contains_key(&channel)))
        .collect();
    Ok(TellingChoice { channels, preference })
}

/// Keeps how a person wants to be told.
pub async fn choose_telling(state: &AppState, person: &PersonId, mut chosen: Preference) -> Result<(), ApiError> {
    let allowed = state.messages.office.allowed();
    chosen.channels = chosen.channels.intersection(&allowed).copied().collect::<BTreeSet<_>>();
    chosen.quiet = chosen.quiet.filter(|hours| hours.from_min < DAY_MIN && hours.to_min < DAY_MIN);
    chosen.language = chosen.language.map(|code| Language::from_code(&code).code().to_owned());
    Ok(state.db.save_preference(person, &chosen).await?)
}

/// What became of the chain's newest messages.
pub async fn delivery_log(state: &AppState) -> Result<DeliveryLog, ApiError> {
    let now = state.clock.now();
    let mut records = state.db.deliveries_since(now.plus_ms(-LOG_MS)).await?;
    let channels = channel_use(records.iter().map(|record| &record.delivery)).into_iter().collect();
    records.reverse();
    let people = state.directory.people();
    let (mut rows, mut waits_ms) = (Vec::new(), BTreeMap::new());
    for DeliveryRecord { person, delivery, .. } in records.into_iter().take(LOG_SHOWN) {
        let Some(message) = state.db.message(&person, delivery.message).await? else { continue };
        if message.kind == MessageKind::TransferRequest
            && let Ok(id) = TransferId::parse(message.about.code.as_str())
            && !waits_ms.contains_key(&message.about)
            && let Some(transfer) = state.db.transfers([id]).await?.pop()
            && let Some(taken) = transfer.step_after(message.about.version)
            && matches!(taken.step, Step::Confirmed { .. })
        {
            waits_ms.insert(message.about.clone(), taken.at.since(transfer.requested().at));
        }
        rows.push(DeliveryRow {
            title: message.title,
            person_name: people.get(&person).cloned().unwrap_or_else(|| person.to_string()),
            zone_offset: state.messages.office.zone_of(&message.store),
            at: message.at,
            delivery,
        });
    }
    let mut waits_ms: Vec<i64> = waits_ms.into_values().collect();
    waits_ms.sort_unstable();
    let middle = waits_ms.get(waits_ms.len().saturating_sub(1) / 2);
    let confirmed_min_median = middle.map(|wait| wait.div_euclid(MINUTE_MS));
    Ok(DeliveryLog { now, confirmed_min_median, channels, rows })
}
