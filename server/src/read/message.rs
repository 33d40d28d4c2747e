//! Messages as pages show them.

use crate::auth::cookie::TokenHash;
use crate::error::ApiError;
use crate::message::compose::{Words, about_warning};
use crate::message::push::sealed::Subscription;
use crate::message::push::{SubscriptionError, checked};
use crate::message::robot::Robot;
use crate::state::AppState;
use crate::store::StoreMaster;
use crate::store::message::DeliveryRecord;
use crate::transfer::confirmation_pace;
use domain::id::{EventId, MessageId, ObjectCode, PersonId, StoreCode};
use domain::instant::DAY_MS;
use domain::message::delivery::{Step as Progress, channel_use};
use domain::message::preference::{ChannelKind, Preference};
use domain::message::{Act, Answer, Message, ObjectKind, group_of};
use domain::policy::{Action, Target, Viewer, may};
use domain::transfer::TransferId;
use frontend::backend::{DeliveryLog, DeliveryRow, Inbox, InboxRow, RobotRow, TellingChoice};
use frontend::text::Language;
use std::collections::BTreeSet;

/// Messages of an inbox that are shown.
const INBOX_SHOWN: i64 = 50;
/// Deliveries of the log that are shown.
const LOG_SHOWN: usize = 200;
/// How far the log looks back: 30 days, in milliseconds.
const LOG_MS: i64 = 30 * DAY_MS;
/// Messages that one notice may open.
const OPENED_MAX: usize = 50;
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
    Ok(state.db.inbox(person, INBOX_SHOWN).await?)
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
    if message.about.kind == ObjectKind::Firing && !message.buttons.is_empty() {
        let id = EventId::parse(message.about.code.as_str()).ok();
        let known = match id {
            Some(id) => state.db.firing(&message.store, id).await?,
            None => None,
        };
        if let Some(row) = known.filter(|row| about_warning(&row.firing).version != message.about.version) {
            message.buttons.clear();
            let (masters, people) = (state.directory.masters(), state.directory.people());
            let words = Words { masters: &masters, people: &people, language };
            outcome = Some(words.warning_outcome(&row.firing, message.about.version, person, zone_offset));
        }
    }
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
    let contacts = state.messages.office.contacts_of(person).await?;
    let preference = state.messages.office.reader(person).await?.preference;
    let allowed = state.messages.office.allowed().into_iter();
    let channels = allowed
        .map(|channel| (channel, preference.channels.contains(&channel), contacts.contains_key(&channel)))
        .collect();
    let push_key = state.messages.office.push_key.clone();
    let mail = super::mail::choice(state, person).await?;
    Ok(TellingChoice { channels, preference, push_key, mail })
}

/// Keeps how a person wants to be told.
pub async fn choose_telling(state: &AppState, person: &PersonId, mut chosen: Preference) -> Result<(), ApiError> {
    let allowed = state.messages.office.allowed();
    chosen.channels = chosen.channels.intersection(&allowed).copied().collect::<BTreeSet<_>>();
    chosen.quiet = chosen.quiet.filter(|hours| hours.from_min < DAY_MIN && hours.to_min < DAY_MIN);
    chosen.language = chosen.language.map(|code| Language::from_code(&code).code().to_owned());
    Ok(state.db.save_preference(person, &chosen).await?)
}

/// Takes a browser of a person's for their notices: who agrees to them there has chosen them.
pub async fn subscribe(
    state: &AppState,
    person: &PersonId,
    session: &TokenHash,
    subscription: &Subscription,
) -> Result<(), ApiError> {
    if state.messages.office.push_key.is_none() {
        return Err(ApiError::NotFound);
    }
    let refused = |error: SubscriptionError| ApiError::Malformed(error.to_string());
    checked(subscription, state.config.reach()).map_err(refused)?;
    state.db.add_push(person, subscription, session.as_str(), state.clock.now()).await?;
    Ok(())
}

/// Adds a channel to what a person has chosen, where they have chosen.
pub async fn choose(state: &AppState, person: &PersonId, channel: ChannelKind) -> Result<(), ApiError> {
    let Some(mut chosen) = state.db.preference(person).await? else { return Ok(()) };
    if chosen.channels.insert(channel) {
        state.db.save_preference(person, &chosen).await?;
    }
    Ok(())
}

/// Notes that a person has opened messages of theirs from a notice.
pub async fn opened(state: &AppState, person: &PersonId, messages: &[MessageId]) -> Result<(), ApiError> {
    let now = state.clock.now();
    for message in messages.iter().take(OPENED_MAX) {
        if state.db.message(person, *message).await?.is_some() {
            state.messages.office.log.step(*message, ChannelKind::WebPush, Progress::Opened, now).await?;
        }
    }
    Ok(())
}

/// Notes that a message was opened where it was read; where its page is, if it was sent to the viewer or their store's
/// group.
pub async fn open(
    state: &AppState,
    viewer: &Viewer,
    channel: ChannelKind,
    message: MessageId,
) -> Result<Option<String>, ApiError> {
    let found = match channel {
        ChannelKind::WeComGroup => message_of_group(state, viewer, message).await?,
        _ => state.db.message(&viewer.id, message).await?,
    };
    let Some(found) = found else { return Ok(None) };
    state.messages.office.log.step(message, channel, Progress::Opened, state.clock.now()).await?;
    Ok(Some(found.link.path))
}

/// A message to the group of a store whose stock the viewer may see.
async fn message_of_group(state: &AppState, viewer: &Viewer, message: MessageId) -> Result<Option<Message>, ApiError> {
    let ways = state.db.deliveries_of(message).await?;
    let way = ways.into_iter().find(|way| way.delivery.channel == ChannelKind::WeComGroup);
    let Some((reader, store)) = way.and_then(|way| group_of(&way.person).map(|store| (way.person, store))) else {
        return Ok(None);
    };
    let region = state.region_of(&store);
    let sees = region.is_some_and(|region| {
        [Action::SeeStock, Action::Count].iter().any(|action| may(viewer, *action, Target::Store(&store, &region)))
    });
    if sees { Ok(state.db.message(&reader, message).await?) } else { Ok(None) }
}

/// Every store, and whether its group has a robot that is refused; nothing where groups are not told.
pub async fn robots(state: &AppState) -> Result<Option<Vec<RobotRow>>, ApiError> {
    if state.messages.office.channel(ChannelKind::WeComGroup).is_none() {
        return Ok(None);
    }
    let robots = state.db.robots().await?;
    let masters = state.directory.masters();
    let row = |(store, master): (&StoreCode, &StoreMaster)| RobotRow {
        store: store.clone(),
        name: master.store.name.clone(),
        is_refused: robots.get(store).copied(),
    };
    Ok(Some(masters.stores().iter().map(row).collect()))
}

/// Sets the robot of a store's group, by its address, or of WeCom by its key, and by what it is signed to with.
pub async fn set_robot(state: &AppState, store: &StoreCode, typed: &str, secret: &str) -> Result<(), ApiError> {
    state.directory.masters().store(store).ok_or(ApiError::NotFound)?;
    let robot = Robot::typed(typed, secret);
    let robot = robot.ok_or_else(|| ApiError::Malformed("expected a robot's address and its secret".to_owned()))?;
    Ok(state.db.save_robot(store, robot.to_stored().reveal()).await?)
}

/// What became of the chain's newest messages.
pub async fn delivery_log(state: &AppState, viewer: &Viewer) -> Result<DeliveryLog, ApiError> {
    let now = state.clock.now();
    let mut records = state.db.deliveries_since(now.plus_ms(-LOG_MS)).await?;
    let channels = channel_use(records.iter().map(|record| &record.delivery)).into_iter().collect();
    records.reverse();
    let people = state.directory.people();
    let mut rows = Vec::new();
    for DeliveryRecord { person, delivery, .. } in records.into_iter().take(LOG_SHOWN) {
        let Some(message) = state.db.message(&person, delivery.message).await? else { continue };
        rows.push(DeliveryRow {
            title: message.title,
            person_name: match group_of(&person) {
                Some(store) => store.to_string(),
                None => people.get(&person).cloned().unwrap_or_else(|| person.to_string()),
            },
            zone_offset: state.messages.office.zone_of(&message.store),
            at: message.at,
            delivery,
        });
    }
    Ok(DeliveryLog { now, pace: confirmation_pace(state, viewer), channels, rows })
}
