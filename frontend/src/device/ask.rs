//! Records an event and waits for what the ledger says to it: for pages whose next step depends on the answer.

use super::StoreTrouble;
use crate::text::Language;
use domain::accept::Refusal;
use domain::event::EventBody;
use domain::id::{PersonId, StoreCode};
use domain::instant::Timestamp;

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It is in the ledger.
    Taken,
    /// It is not, and is put away again.
    Refused(Refusal),
    /// It is kept on this device and goes up as soon as the server can be reached.
    Kept,
    /// This device could not keep it: nothing has happened.
    Lost(StoreTrouble),
}

impl Told {
    /// What the person reads, unless all is well.
    #[must_use]
    pub fn trouble(&self, language: Language) -> Option<String> {
        match self {
            Self::Taken => None,
            Self::Refused(why) => Some(language.refusal(why)),
            Self::Kept => Some(language.told_kept().to_owned()),
            Self::Lost(trouble) => Some(language.storing(*trouble).to_owned()),
        }
    }
}

/// Something to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// What happened.
    pub body: EventBody,
    /// When, where it was not just now.
    pub at: Option<Timestamp>,
}

impl From<EventBody> for Deed {
    fn from(body: EventBody) -> Self {
        Self { body, at: None }
    }
}

/// Records events of `person` in `store`, in this order, and waits for the answer to the last. The first that is not
/// taken ends it. What is refused is put away: the person has read why.
#[cfg(feature = "hydrate")]
pub async fn tell(device: super::Device, store: StoreCode, person: PersonId, deeds: Vec<Deed>) -> Told {
    use super::{outbox, recorder};
    let recorder = match recorder::Recorder::new(device, store, person).await {
        Ok(recorder) => recorder,
        Err(trouble) => return Told::Lost(trouble),
    };
    let offset_ms = recorder::clock_offset_ms().await;
    let mut answers = Vec::new();
    for deed in deeds {
        let mut event = recorder.event(deed.body, offset_ms);
        event.effective_at = deed.at.unwrap_or(event.effective_at);
        let answer = outbox::answer_to(event.id);
        match recorder.keep(event).await {
            Ok(event) => answers.push((event.device_seq, answer)),
            Err(trouble) => return Told::Lost(trouble),
        }
    }
    let mut told = Told::Taken;
    for (seq, answer) in answers {
        match answer.await {
            Some(None) => {}
            Some(Some(why)) => {
                super::withdraw(seq);
                told = Told::Refused(why);
            }
            None if told == Told::Taken => told = Told::Kept,
            None => {}
        }
    }
    told
}

/// On the server nothing is recorded.
#[cfg(not(feature = "hydrate"))]
pub async fn tell(_device: super::Device, _store: StoreCode, _person: PersonId, _deeds: Vec<Deed>) -> Told {
    Told::Kept
}
