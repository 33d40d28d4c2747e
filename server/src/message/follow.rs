//! The follower: tells people and carriers what the ledger has taken, a moment later and never in its way. How far it has come is
//! kept per store; what it tells has names of its own, so that a stop between telling and noting tells nobody twice.

use super::compose::{Words, about};
use super::office::Office;
use crate::carriage::Carriers;
use crate::error::chain;
use crate::lease::Lease;
use crate::live::{LiveHub, Subscription};
use crate::store::{Database, Directory, StoreError};
use domain::event::{EventBody, LedgerEvent};
use domain::id::{PersonId, StoreCode};
use domain::message::telling::{Audience, Telling, tellings};
use domain::message::{MessageKind, group_reader};
use domain::policy::{Action, Role, Target, Viewer, may};
use domain::transfer::{StepKind, Taken, Transfer};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::sync::watch;

/// How long to wait before trying again after a failure.
const AGAIN: Duration = Duration::from_secs(2);
/// Events read at once.
const BATCH: u64 = 500;
/// Who is told in whose stead, from the shop floor up.
const LADDER: [Role; 3] = [Role::StoreManager, Role::RegionalManager, Role::Headquarters];

/// Follows the ledger and tells people.
pub struct Follower {
    database: Database,
    directory: Directory,
    office: Office,
    carriers: Carriers,
    /// Only its holder tells.
    lease: Lease,
    /// The taking of the lease from which on `told_to` is known; 0 before the first.
    term: u64,
    told_to: BTreeMap<StoreCode, u64>,
}

impl Follower {
    /// A follower that goes on where the last one stopped. Of a store that nobody has been told of, what is there
    /// already is history: nobody is told of it now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn start(
        database: Database,
        directory: Directory,
        office: Office,
        carriers: Carriers,
        lease: Lease,
    ) -> Result<Self, StoreError> {
        let mut told_to = database.told_to().await?;
        let heads = database.heads(None).await?;
        let seqs: BTreeMap<StoreCode, u64> =
            heads.into_iter().map(|signed| (signed.head.store, signed.head.seq)).collect();
        for store in directory.masters().stores().keys() {
            if !told_to.contains_key(store) {
                let reached = seqs.get(store).copied().unwrap_or_default();
                database.set_told_to(store, reached).await?;
                told_to.insert(store.clone(), reached);
            }
        }
        Ok(Self { database, directory, office, carriers, lease, term: 0, told_to })
    }

    /// Runs until `ended` says so or the hub ends.
    pub async fn run(mut self, live: LiveHub, mut ended: watch::Receiver<()>) {
        let mut changes: Subscription = live.subscribe();
        drop(live);
        let mut terms = self.lease.terms();
        let mut behind: BTreeSet<StoreCode> = self.told_to.keys().cloned().collect();
        loop {
            let mut failed = BTreeSet::new();
            let due = match self.may_tell().await {
                Ok(true) => std::mem::take(&mut behind),
                Ok(false) => BTreeSet::new(),
                Err(error) => {
                    tracing::warn!(error = chain(&error), "people are told later");
                    BTreeSet::new()
                }
            };
            for store in due {
                if let Err(error) = self.catch_up(&store).await {
                    tracing::warn!(%store, error = chain(&error), "people are told later");
                    failed.insert(store);
                }
            }
            behind.extend(failed);
            let again = async {
                if behind.is_empty() {
                    std::future::pending::<()>().await;
                }
                tokio::time::sleep(AGAIN).await;
            };
            tokio::select! {
                () = again => {}
                changed = changes.next() => match changed {
                    Some(updates) => behind.extend(updates.into_iter().map(|update| update.row.store)),
                    None => return,
                },
                Ok(()) = terms.changed() => behind.extend(self.told_to.keys().cloned()),
                _ = ended.changed() => return,
            }
        }
    }

    /// Whether this process tells people. Where it has taken that over, it begins with what is on disk.
    async fn may_tell(&mut self) -> Result<bool, StoreError> {
        if !self.lease.holds().await {
            return Ok(false);
        }
        let term = self.lease.term();
        if term != self.term {
            self.told_to.extend(self.database.told_to().await?);
            self.office.resume().await?;
            self.term = term;
        }
        Ok(true)
    }

    async fn catch_up(&mut self, store: &StoreCode) -> Result<(), StoreError> {
        loop {
            let before = self.told_to.get(store).copied().unwrap_or_default();
            let events = self.database.events(store, before + 1, before + BATCH).await?;
            let Some(reached) = events.last().map(|stored| stored.event.stamp.seq) else { return Ok(()) };
            for stored in &events {
                self.tell(&stored.event).await?;
            }
            self.database.set_told_to(store, reached).await?;
            self.told_to.insert(store.clone(), reached);
        }
    }

    /// Tells of an event, and settles what it decides.
    async fn tell(&self, event: &LedgerEvent) -> Result<(), StoreError> {
        let EventBody::Transfer(told) = &event.event.body else { return Ok(()) };
        let Some(transfer) = self.database.transfers([told.transfer]).await?.pop() else { return Ok(()) };
        let timeline = transfer.timeline();
        let Some((_, taken)) = timeline.into_iter().find(|(_, taken)| taken.event == event.event.id) else {
            return Ok(());
        };
        if matches!(taken.step.kind(), StepKind::Approval | StepKind::Answer | StepKind::Cancellation) {
            let (masters, people) = (self.directory.masters(), self.directory.people());
            let zone = self.office.zone_of(&transfer.receiver);
            let about = about(&transfer);
            let outcome = |language, reader: &_| {
                Words { masters: &masters, people: &people, language }.outcome(taken, reader, zone)
            };
            self.office.settle(&about, outcome).await?;
        }
        self.carriers.order(&transfer, taken).await?;
        let told = tellings(&transfer, event.event.id);
        if told.is_empty() {
            return Ok(());
        }
        let workers = self.directory.workers();
        for telling in &told {
            for person in self.audience(&workers, telling, &transfer) {
                self.tell_one(telling, &person, &transfer, taken).await?;
            }
            if let Audience::Role(Role::StoreManager, store) = &telling.to
                && self.office.has_group(store).await?
            {
                self.tell_one(telling, &group_reader(store), &transfer, taken).await?;
            }
        }
        Ok(())
    }

    async fn tell_one(
        &self,
        telling: &Telling,
        person: &PersonId,
        transfer: &Transfer,
        taken: &Taken,
    ) -> Result<(), StoreError> {
        let reader = self.office.reader(person).await?;
        let (masters, people) = (self.directory.masters(), self.directory.people());
        let words = Words { masters: &masters, people: &people, language: reader.language };
        let message = words.message(telling, person, transfer, taken, self.office.now());
        self.office.send(&reader, &message).await
    }

    /// The people that something is told, without whoever asked: nobody approves what they asked for themselves. That it
    /// is not sent concerns them like anybody.
    fn audience(&self, workers: &[Viewer], telling: &Telling, transfer: &Transfer) -> Vec<PersonId> {
        let (role, store) = match &telling.to {
            Audience::Person(person) => {
                return workers.iter().filter(|viewer| viewer.id == *person).map(|viewer| viewer.id.clone()).collect();
            }
            Audience::Role(role, store) => (role, store),
        };
        let masters = self.directory.masters();
        let Some(master) = masters.store(store) else { return Vec::new() };
        let target = Target::Store(store, &master.store.region);
        let asked_themselves = &transfer.requested().by;
        let of_role = |role: Role| -> Vec<PersonId> {
            let answers_for =
                workers.iter().filter(|viewer| viewer.role == role && may(viewer, Action::RunTransfers, target));
            let is_told =
                |person: &PersonId| telling.kind == MessageKind::SendingReminder || person != asked_themselves;
            answers_for.map(|viewer| viewer.id.clone()).filter(is_told).collect()
        };
        let from = LADDER.iter().position(|known| known == role).unwrap_or_default();
        LADDER[from..].iter().map(|role| of_role(*role)).find(|people| !people.is_empty()).unwrap_or_default()
    }
}
