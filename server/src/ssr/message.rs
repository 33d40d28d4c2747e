//! What the pages about messages ask of the server, in process.

use super::RequestBackend;
use crate::read;
use domain::id::{MessageId, StoreCode};
use domain::message::Act;
use domain::message::preference::Preference;
use frontend::backend::{DeliveryLog, Inbox, MessageBackend, Reply, RobotRow, TellingChoice};
use frontend::text::Language;

impl MessageBackend for RequestBackend {
    fn inbox(&self) -> Reply<Inbox> {
        self.reply("/fn/inbox", None, |state, viewer| async move { read::message::inbox(&state, &viewer.id).await })
    }

    fn count_unread(&self) -> Reply<u32> {
        self.reply("/fn/count_unread", None, |state, viewer| async move {
            read::message::count_unread(&state, &viewer.id).await
        })
    }

    fn answer_message(&self, message: MessageId, act: Act, reason: Option<String>) -> Reply<String> {
        self.reply("/fn/answer_message", None, move |state, viewer| async move {
            read::message::answer(&state, &viewer.id, message, act, reason.as_deref()).await
        })
    }

    fn telling(&self) -> Reply<TellingChoice> {
        self.reply("/fn/telling", None, |state, viewer| async move { read::message::telling(&state, &viewer.id).await })
    }

    fn choose_telling(&self, preference: Preference) -> Reply<()> {
        self.reply("/fn/choose_telling", None, move |state, viewer| async move {
            read::message::choose_telling(&state, &viewer.id, preference).await
        })
    }

    fn give_address(&self, address: String, language: Language) -> Reply<()> {
        self.reply("/fn/give_address", None, move |state, viewer| async move {
            read::mail::give(&state, &viewer.id, &address, language).await
        })
    }

    fn confirm_address(&self, code: String) -> Reply<()> {
        self.reply("/fn/confirm_address", None, move |state, viewer| async move {
            read::mail::confirm(&state, &viewer.id, &code).await
        })
    }

    fn forget_address(&self) -> Reply<()> {
        self.reply(
            "/fn/forget_address",
            None,
            |state, viewer| async move { read::mail::forget(&state, &viewer.id).await },
        )
    }

    fn robots(&self) -> Reply<Option<Vec<RobotRow>>> {
        self.reply("/fn/robots", None, |state, _| async move { read::message::robots(&state).await })
    }

    fn set_robot(&self, store: StoreCode, key: String, secret: String) -> Reply<()> {
        self.reply("/fn/set_robot", None, move |state, _| async move {
            read::message::set_robot(&state, &store, &key, &secret).await
        })
    }

    fn forget_robot(&self, store: StoreCode) -> Reply<()> {
        self.reply("/fn/forget_robot", None, move |state, _| async move { Ok(state.db.delete_robot(&store).await?) })
    }

    fn delivery_log(&self) -> Reply<DeliveryLog> {
        self.reply("/fn/delivery_log", None, |state, viewer| async move {
            read::message::delivery_log(&state, &viewer).await
        })
    }
}
