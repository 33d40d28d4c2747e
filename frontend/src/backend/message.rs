//! What the pages about messages ask of the server.

#[cfg(feature = "ssr")]
use super::backend;
use super::{BackendError, Json, Reply};
use crate::text::Language;
use domain::id::{MessageId, StoreCode};
use domain::instant::{Timestamp, ZoneOffset};
use domain::master::Name;
use domain::message::delivery::{ChannelUse, Delivery};
use domain::message::preference::{ChannelKind, Preference};
use domain::message::{Act, Message};
use domain::transfer::ConfirmationPace;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the server does for these pages; the rest is [`super::Backend`]'s.
pub trait MessageBackend {
    /// The viewer's newest messages, the newest first. What is shown has been opened.
    fn inbox(&self) -> Reply<Inbox>;

    /// How many of the viewer's messages they have not opened.
    fn count_unread(&self) -> Reply<u32>;

    /// Does what the viewer says to a message, as a card would; what became of it, in their language.
    fn answer_message(&self, message: MessageId, act: Act, reason: Option<String>) -> Reply<String>;

    /// How the viewer is told.
    fn telling(&self) -> Reply<TellingChoice>;

    /// Keeps how the viewer wants to be told; the language is that of the page.
    fn choose_telling(&self, preference: Preference) -> Reply<()>;

    /// Sends a code to an address that the viewer says is theirs, in the language of the page.
    fn give_address(&self, address: String, language: Language) -> Reply<()>;

    /// Takes the address for the viewer's messages, if the code is that which was sent there.
    fn confirm_address(&self, code: String) -> Reply<()>;

    /// Forgets the viewer's address.
    fn forget_address(&self) -> Reply<()>;

    /// Every store, and whether its group has a robot; nothing where groups are not told.
    fn robots(&self) -> Reply<Option<Vec<RobotRow>>>;

    /// Sets the robot of a store's group by its key or address, and by the secret it is signed to with, if any.
    fn set_robot(&self, store: StoreCode, key: String, secret: String) -> Reply<()>;

    /// Forgets the robot of a store's group.
    fn forget_robot(&self, store: StoreCode) -> Reply<()>;

    /// What became of the chain's newest messages, and how its channels are read.
    fn delivery_log(&self) -> Reply<DeliveryLog>;
}

/// A person's messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// The server's clock.
    pub now: Timestamp,
    /// The newest first.
    pub rows: Vec<InboxRow>,
}

/// A message as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxRow {
    /// The message. Its buttons are those that still do something.
    pub message: Message,
    /// The clocks of its store.
    pub zone_offset: ZoneOffset,
    /// Whether it is shown for the first time.
    pub is_new: bool,
    /// What became of what it asks, where that is decided.
    pub outcome: Option<String>,
}

/// How somebody is told, and how they could be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TellingChoice {
    /// Each channel that the chain allows beside the inbox: whether it is chosen, and whether it knows the person.
    pub channels: Vec<(ChannelKind, bool, bool)>,
    /// What holds now.
    pub preference: Preference,
    /// What this browser needs to agree to notices; nothing where the chain does not send them.
    pub push_key: Option<String>,
    /// The viewer's e-mail address; nothing where the chain sends no e-mail.
    pub mail: Option<MailChoice>,
}

/// Where letters go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailChoice {
    /// The address that the viewer has confirmed.
    pub address: Option<String>,
    /// One that a code was sent to.
    pub waiting: Option<String>,
}

/// A store and its group's robot. Its key is known to nobody but whoever set it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RobotRow {
    /// The store.
    pub store: StoreCode,
    /// What it is called.
    pub name: Name,
    /// Whether the robot's platform does not know it (any more); nothing where none is set.
    pub is_refused: Option<bool>,
}

/// What became of messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryLog {
    /// The server's clock.
    pub now: Timestamp,
    /// How soon goods are promised that stores ask for.
    pub pace: ConfirmationPace,
    /// How each channel is read.
    pub channels: Vec<(ChannelKind, ChannelUse)>,
    /// The newest first.
    pub rows: Vec<DeliveryRow>,
}

/// A message on one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryRow {
    /// What it says.
    pub title: String,
    /// To whom.
    pub person_name: String,
    /// The clocks of its store.
    pub zone_offset: ZoneOffset,
    /// When it was written.
    pub at: Timestamp,
    /// What became of it.
    pub delivery: Delivery,
}

/// [`MessageBackend::inbox`]
#[server(prefix = "/fn", endpoint = "inbox", output = Json)]
pub async fn read_inbox() -> Result<Inbox, BackendError> {
    let backend = backend();
    backend.inbox().await.inspect_err(|error| backend.answer_with(error))
}

/// [`MessageBackend::count_unread`]
#[server(prefix = "/fn", endpoint = "count_unread", output = Json)]
pub async fn count_unread() -> Result<u32, BackendError> {
    let backend = backend();
    backend.count_unread().await.inspect_err(|error| backend.answer_with(error))
}

/// [`MessageBackend::answer_message`]; `act` is its code.
#[server(prefix = "/fn", endpoint = "answer_message", output = Json)]
pub async fn answer_message(message: String, act: String, reason: Option<String>) -> Result<String, BackendError> {
    let backend = backend();
    let act = Act::ALL.into_iter().find(|known| known.code() == act);
    let answer = match (MessageId::parse(&message), act) {
        (Ok(message), Some(act)) => backend.answer_message(message, act, reason).await,
        _ => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`MessageBackend::telling`]
#[server(prefix = "/fn", endpoint = "telling", output = Json)]
pub async fn read_telling() -> Result<TellingChoice, BackendError> {
    let backend = backend();
    backend.telling().await.inspect_err(|error| backend.answer_with(error))
}

/// [`MessageBackend::choose_telling`]; `preference` is JSON.
#[server(prefix = "/fn", endpoint = "choose_telling", output = Json)]
pub async fn choose_telling(preference: String) -> Result<(), BackendError> {
    let backend = backend();
    let answer = match serde_json::from_str(&preference) {
        Ok(preference) => backend.choose_telling(preference).await,
        Err(_) => Err(BackendError::Malformed),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`MessageBackend::give_address`]; `language` is its code.
#[server(prefix = "/fn", endpoint = "give_address", output = Json)]
pub async fn give_address(address: String, language: String) -> Result<(), BackendError> {
    let backend = backend();
    let answer = backend.give_address(address, Language::from_code(&language)).await;
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`MessageBackend::confirm_address`]
#[server(prefix = "/fn", endpoint = "confirm_address", output = Json)]
pub async fn confirm_address(code: String) -> Result<(), BackendError> {
    let backend = backend();
    backend.confirm_address(code).await.inspect_err(|error| backend.answer_with(error))
}

/// [`MessageBackend::forget_address`]
#[server(prefix = "/fn", endpoint = "forget_address", output = Json)]
pub async fn forget_address() -> Result<(), BackendError> {
    let backend = backend();
    backend.forget_address().await.inspect_err(|error| backend.answer_with(error))
}

/// [`MessageBackend::robots`]
#[server(prefix = "/fn", endpoint = "robots", output = Json)]
pub async fn read_robots() -> Result<Option<Vec<RobotRow>>, BackendError> {
    let backend = backend();
    backend.robots().await.inspect_err(|error| backend.answer_with(error))
}

/// [`MessageBackend::set_robot`]
#[server(prefix = "/fn", endpoint = "set_robot", output = Json)]
pub async fn set_robot(store: String, key: String, secret: Option<String>) -> Result<(), BackendError> {
    let backend = backend();
    let answer = match StoreCode::parse(&store) {
        Ok(store) => backend.set_robot(store, key, secret.unwrap_or_default()).await,
        Err(_) => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`MessageBackend::forget_robot`]
#[server(prefix = "/fn", endpoint = "forget_robot", output = Json)]
pub async fn forget_robot(store: String) -> Result<(), BackendError> {
    let backend = backend();
    let answer = match StoreCode::parse(&store) {
        Ok(store) => backend.forget_robot(store).await,
        Err(_) => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`MessageBackend::delivery_log`]
#[server(prefix = "/fn", endpoint = "delivery_log", output = Json)]
pub async fn read_delivery_log() -> Result<DeliveryLog, BackendError> {
    let backend = backend();
    backend.delivery_log().await.inspect_err(|error| backend.answer_with(error))
}
