//! Does as people say on cards and in the inbox: about transfers through the ledger, about warnings in their rows; in
//! their own name, with the right they have now.

use super::answer::{BoxError, Handler};
use super::compose::{Words, about_warning, rejection};
use super::office::Office;
use crate::ledger::Ledger;
use crate::signals::Signals;
use crate::store::{Database, Directory};
use domain::accept::Refusal;
use domain::append::LEDGER_DEVICE;
use domain::chain::Hash;
use domain::event::{DeviceEvent, EventBody};
use domain::geo::{Fix, NoFix};
use domain::id::{EventId, PersonId, StoreCode};
use domain::instant::Timestamp;
use domain::message::delivery::Step as Progress;
use domain::message::preference::ChannelKind;
use domain::message::{Act, Answer, CARD_VALUE_MAX_MINOR, ObjectKind};
use domain::policy::{Action, Target, Viewer, may};
use domain::sync::Outcome;
use domain::transfer::{DeclineReason, Phase, Step, Transfer, TransferEvent, TransferId};
use frontend::text::Language;
use futures::future::BoxFuture;

/// Decides about transfers and warnings as people say.
#[derive(Clone)]
pub struct Desk {
    database: Database,
    directory: Directory,
    ledger: Ledger,
    signals: Signals,
    office: Office,
}

/// What a person said, where and when.
struct Said<'a> {
    answer: &'a Answer,
    reason: Option<&'a str>,
    at: Timestamp,
    via: ChannelKind,
}

impl Desk {
    /// A desk that writes to this ledger.
    #[must_use]
    pub fn new(database: Database, directory: Directory, ledger: Ledger, signals: Signals, office: Office) -> Self {
        Self { database, directory, ledger, signals, office }
    }

    /// Does what a person says, if they may and the thing is still at the version they saw. Returns what they are shown:
    /// the same for the same answer, however often it is given.
    ///
    /// # Errors
    /// When the ledger or the database cannot answer now: ask again.
    pub async fn answer(
        &self,
        person: &PersonId,
        answer: &Answer,
        reason: Option<&str>,
        at: Timestamp,
        via: ChannelKind,
    ) -> Result<String, BoxError> {
        let language = self.office.reader(person).await?.language;
        let account = self.database.account(person).await?.filter(|account| !account.is_disabled);
        let Some(account) = account else { return Ok(language.answered_not_allowed().to_owned()) };
        let said = Said { answer, reason, at, via };
        if answer.about.kind == ObjectKind::Firing {
            return self.take(account.viewer, &said, language).await;
        }
        let transfer = match (answer.about.kind, TransferId::parse(answer.about.code.as_str())) {
            (ObjectKind::Transfer, Ok(id)) => self.database.transfers([id]).await?.pop(),
            _ => None,
        };
        let Some(transfer) = transfer else { return Ok(language.answered_changed().to_owned()) };
        if transfer.version() != answer.about.version {
            return self.became(&transfer, person, &said, language).await;
        }
        // A click has no more proof of who pressed it than a session in another app.
        if via != ChannelKind::Inbox && transfer.requested().value_minor > CARD_VALUE_MAX_MINOR {
            return Ok(language.answered_too_dear().to_owned());
        }
        let Some((store, step)) = step(&transfer, answer.act, reason) else {
            let is_decline = answer.act == Act::Decline;
            let text = if is_decline { language.answered_no_reason() } else { language.answered_changed() };
            return Ok(text.to_owned());
        };
        self.record(account.viewer, &transfer, store, step, &said, language).await
    }

    async fn record(
        &self,
        viewer: Viewer,
        transfer: &Transfer,
        store: StoreCode,
        step: Step,
        said: &Said<'_>,
        language: Language,
    ) -> Result<String, BoxError> {
        let person = viewer.id.clone();
        // WeCom counts whole seconds: an answer is not before what it answers.
        let at = said.at.max(transfer.asked_by().at.plus_ms(1));
        let event = DeviceEvent {
            id: event_id(&person, said),
            store,
            device: LEDGER_DEVICE,
            device_seq: 0,
            person: person.clone(),
            effective_at: at,
            fix: Fix::Missing { reason: NoFix::Machine },
            app: said.via.code().to_owned(),
            body: EventBody::Transfer(TransferEvent { transfer: transfer.id, step }),
        };
        let appended = self.ledger.append(viewer, vec![event]).await?;
        let why = match appended.answers.into_iter().next().map(|answer| answer.outcome) {
            Some(Outcome::Refused { why }) => why,
            _ => return self.became_now(transfer.id, &person, said, language).await,
        };
        match why {
            Refusal::StepTaken { .. } | Refusal::AlreadyDecided | Refusal::StepNotYet { .. } | Refusal::IdReused => {
                self.became_now(transfer.id, &person, said, language).await
            }
            Refusal::NotAllowed | Refusal::BeyondLimit { .. } | Refusal::OwnApproval | Refusal::TransferOfOthers => {
                Ok(language.answered_not_allowed().to_owned())
            }
            Refusal::NotAvailable { .. } => Ok(language.answered_not_available().to_owned()),
            why => {
                tracing::warn!(%person, answer = %said.answer, %why, "an answer has no effect");
                Ok(language.answered_not_done().to_owned())
            }
        }
    }

    async fn became_now(
        &self,
        id: TransferId,
        person: &PersonId,
        said: &Said<'_>,
        language: Language,
    ) -> Result<String, BoxError> {
        match self.database.transfers([id]).await?.pop() {
            Some(transfer) => self.became(&transfer, person, said, language).await,
            None => Ok(language.answered_changed().to_owned()),
        }
    }

    /// What became of the question that was answered: the step that came after it.
    async fn became(
        &self,
        transfer: &Transfer,
        person: &PersonId,
        said: &Said<'_>,
        language: Language,
    ) -> Result<String, BoxError> {
        let Some(taken) = transfer.step_after(said.answer.about.version) else {
            return Ok(language.answered_changed().to_owned());
        };
        if taken.by == *person {
            self.note_acted(person, said).await?;
        }
        let (masters, people) = (self.directory.masters(), self.directory.people());
        let words = Words { masters: &masters, people: &people, language };
        Ok(words.outcome(taken, person, self.office.zone_of(&transfer.receiver)))
    }
}

impl Desk {
    /// Takes charge of a warning, if the person may answer those of its store now and nobody else has taken it.
    async fn take(&self, viewer: Viewer, said: &Said<'_>, language: Language) -> Result<String, BoxError> {
        let about = &said.answer.about;
        let told = self.database.messages_about(about.kind, &about.code).await?;
        // Whoever is told of a warning is told of its store.
        let (Some(store), Ok(id)) = (told.first().map(|message| &message.store), EventId::parse(about.code.as_str()))
        else {
            return Ok(language.answered_changed().to_owned());
        };
        let masters = self.directory.masters();
        let region = masters.store(store).map(|master| &master.store.region);
        let may_take = region.is_some_and(|region| may(&viewer, Action::AnswerWarnings, Target::Store(store, region)));
        let (person, zone) = (viewer.id.clone(), self.office.zone_of(store));
        let people = self.directory.people();
        let words = Words { masters: &masters, people: &people, language };
        let _desk = self.signals.desk().await;
        let Some(before) = self.database.firing(store, id).await? else {
            return Ok(language.answered_changed().to_owned());
        };
        if about_warning(&before.firing).version == about.version {
            if !may_take || said.answer.act != Act::Take {
                return Ok(language.answered_not_allowed().to_owned());
            }
            let taken = before.firing.clone().take(person.clone(), said.at);
            let taken = match taken {
                Ok(firing) => self.database.save_firing(&before, firing, self.office.now()).await?,
                Err(why) => return Ok(language.firing_error(&why)),
            };
            let row = taken.ok_or("the warning has changed at the same moment")?;
            // First, so that whoever answered has their card changed by the answer.
            let noted = self.note_acted(&person, said).await;
            self.signals.changed(&row);
            noted?;
            return Ok(words.warning_outcome(&row.firing, about.version, &person, zone));
        }
        Ok(words.warning_outcome(&before.firing, about.version, &person, zone))
    }

    /// Notes in the log of deliveries that a person has answered what they were asked.
    async fn note_acted(&self, person: &PersonId, said: &Said<'_>) -> Result<(), BoxError> {
        let about = &said.answer.about;
        for message in self.database.messages_about(about.kind, &about.code).await? {
            if message.to == *person && message.about.version == about.version {
                self.office.log.step(message.id, said.via, Progress::Acted, said.at).await?;
            }
        }
        Ok(())
    }
}

/// The step that an answer means as the transfer stands, and in whose chain; `None` where it means none, or a decline
/// has no reason.
fn step(transfer: &Transfer, act: Act, reason: Option<&str>) -> Option<(StoreCode, Step)> {
    let receiver = || transfer.receiver.clone();
    let source = || transfer.source().cloned();
    match (transfer.phase(), act) {
        (Phase::AwaitsApproval, Act::Confirm) => Some((receiver(), Step::Approved)),
        (Phase::AwaitsApproval, Act::Decline) => {
            Some((receiver(), Step::Rejected { note: rejection(reason?)?.to_owned() }))
        }
        (Phase::AwaitsAnswer, Act::Confirm) => {
            Some((source()?, Step::Confirmed { lines: transfer.request().lines.clone() }))
        }
        (Phase::AwaitsAnswer, Act::Decline) => {
            let reason = DeclineReason::ALL.into_iter().find(|known| Some(known.code()) == reason)?;
            Some((source()?, Step::Declined { reason, note: None }))
        }
        _ => None,
    }
}

/// The event of an answer: the same for every copy of it.
fn event_id(person: &PersonId, said: &Said<'_>) -> EventId {
    let parts = [person.as_str(), &said.answer.to_string(), said.reason.unwrap_or_default(), said.via.code()];
    let name = parts.join("\n");
    let random: [u8; 16] = Hash::of(name.as_bytes()).0[..16].try_into().expect("a hash has 32 bytes");
    EventId::from_parts(said.at.unix_ms().max(0).unsigned_abs(), u128::from_be_bytes(random))
}

impl Handler for Desk {
    fn person<'a>(&'a self, userid: &'a str) -> BoxFuture<'a, Result<Option<PersonId>, BoxError>> {
        Box::pin(async move {
            let mut people = self.database.people_at(ChannelKind::WeCom, userid).await?;
            if people.len() > 1 {
                tracing::error!(?people, "they have the same WeCom userid: what it says counts for none of them");
                return Ok(None);
            }
            Ok(people.pop())
        })
    }

    fn act<'a>(
        &'a self,
        person: &'a PersonId,
        answer: &'a Answer,
        reason: Option<&'a str>,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<String, BoxError>> {
        Box::pin(self.answer(person, answer, reason, at, ChannelKind::WeCom))
    }
}
