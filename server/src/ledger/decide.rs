//! Decides about a batch, in memory: the rule is the domain's, the facts are the rows loaded.

use super::Judges;
use super::facts::ServerFacts;
use super::load::{Loaded, Receipt};
use super::transfers::Transfers;
use crate::store::Masters;
use crate::store::model_row::StoreModels;
use domain::accept::{Refusal, Verdicts, accept};
use domain::append::{recorded_at_its_hour, with_consequences};
use domain::chain::{Hash, Head};
use domain::event::{DeviceEvent, LedgerEvent, Stamp};
use domain::id::{EventId, StoreCode};
use domain::instant::Timestamp;
use domain::photo::PhotoId;
use domain::policy::{Role, Scope, Viewer};
use domain::sync::{Answer, Outcome};
use domain::transfer::{Alarm, Patience, TransferId};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

/// One event of a batch.
pub(super) struct Item<'a> {
    pub(super) event: &'a DeviceEvent,
    /// Who sends it; `None` when it is trusted.
    viewer: Option<&'a Viewer>,
    pub(super) recorded_at: Timestamp,
    /// Hash of what the device says.
    content: Hash,
    /// What the hour brought; `None` where somebody recorded it.
    hour: Option<&'a Hour>,
}

/// A step of a transfer that is due, to be recorded by the ledger itself.
pub(super) struct Hour {
    transfer: TransferId,
    alarm: Alarm,
    patience: Patience,
    event: DeviceEvent,
}

impl Hour {
    pub(super) fn new(transfer: TransferId, alarm: Alarm, patience: Patience) -> Self {
        let event = recorded_at_its_hour(transfer, &alarm, 0, alarm.at, APP).event;
        Self { transfer, alarm, patience, event }
    }

    pub(super) fn store(&self) -> &StoreCode {
        &self.event.store
    }

    /// The event, as number `seq` of its store, unless somebody acted before.
    fn due(&self, transfers: &Transfers, seq: u64, recorded_at: Timestamp) -> Result<LedgerEvent, Refusal> {
        let transfer = transfers.whole(self.transfer).ok_or(Refusal::TransferUnknown)?;
        if transfer.due(recorded_at, &self.patience).contains(&self.alarm) {
            return Ok(recorded_at_its_hour(self.transfer, &self.alarm, seq, recorded_at, APP));
        }
        let turn = transfer.check_turn(self.store(), self.alarm.step.kind());
        Err(turn.err().unwrap_or(Refusal::AlreadyDecided))
    }
}

const APP: &str = concat!("server ", env!("CARGO_PKG_VERSION"));

impl<'a> Item<'a> {
    pub(super) fn new(event: &'a DeviceEvent, viewer: Option<&'a Viewer>, recorded_at: Timestamp) -> Self {
        Self { event, viewer, recorded_at, content: Hash::of(&event.canonical_bytes()), hour: None }
    }

    pub(super) fn of_hour(hour: &'a Hour, recorded_at: Timestamp) -> Self {
        Self { hour: Some(hour), ..Self::new(&hour.event, None, recorded_at) }
    }
}

/// An event to write.
#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) event: LedgerEvent,
    pub(super) body: Vec<u8>,
    pub(super) hash: Hash,
    pub(super) content: Hash,
    pub(super) cites: Option<u64>,
    /// Photos that no event named before.
    pub(super) photos: Vec<PhotoId>,
}

/// What a batch does to one store.
#[derive(Debug)]
pub(super) struct StoreChange {
    pub(super) old_seq: u64,
    pub(super) head: Head,
    pub(super) before: StoreModels,
    pub(super) after: StoreModels,
    pub(super) events: Vec<Accepted>,
}

/// What a batch does.
#[derive(Debug)]
pub(super) struct Decided {
    /// One per event.
    pub(super) answers: Vec<Answer>,
    /// Stores that get events.
    pub(super) stores: BTreeMap<StoreCode, StoreChange>,
    /// Stores that get none, and must not have got one since these numbers.
    pub(super) unmoved: BTreeMap<StoreCode, u64>,
    /// The transfers that took a step.
    pub(super) transfers: Transfers,
}

impl Decided {
    pub(super) fn n_accepted(&self) -> usize {
        self.stores.values().map(|change| change.events.len()).sum()
    }
}

pub(super) fn decide(items: &[Item<'_>], masters: &Masters, judges: &Judges, loaded: Loaded) -> Decided {
    let Loaded { mut receipts, heads, cited, mut models, mut photos_used, photos_there, mut transfers, .. } = loaded;
    let mut known = cited;
    let mut stores: BTreeMap<StoreCode, StoreChange> = BTreeMap::new();
    let mut answers = Vec::with_capacity(items.len());
    for item in items {
        let event = item.event;
        let mut refuse = |why| answers.push(Answer { id: Some(event.id), outcome: Outcome::Refused { why } });
        if let Some(receipt) = receipts.get(&event.id) {
            if receipt.content == item.content || item.hour.is_some() {
                answers.push(Answer { id: Some(event.id), outcome: Outcome::Duplicate { seq: receipt.seq } });
            } else {
                // A fault of an app, or somebody's attempt: what the other one said is for whoever looks into it.
                tracing::warn!(
                    event = %event.id,
                    device = %event.device,
                    store = %receipt.store,
                    seq = receipt.seq,
                    recorded = %receipt.content,
                    sent = %item.content,
                    "an event's id came again with other content"
                );
                refuse(Refusal::IdReused);
            }
            continue;
        }
        let (Some(master), Some(head)) = (masters.store(&event.store), heads.get(&event.store)) else {
            refuse(Refusal::UnknownStore);
            continue;
        };
        let change = stores.entry(event.store.clone()).or_insert_with(|| {
            let before = models.remove(&event.store).unwrap_or_default();
            StoreChange { old_seq: head.seq, head: head.clone(), after: before.clone(), before, events: Vec::new() }
        });
        let facts = ServerFacts {
            master,
            masters,
            viewer: item.viewer.map_or_else(|| Cow::Owned(trusted(event)), Cow::Borrowed),
            models: &change.after,
            known: &known,
            photos_used: &photos_used,
            photos_there: &photos_there,
            judges,
            transfers: &transfers,
        };
        let seq = change.head.seq + 1;
        let taken = match item.hour {
            Some(hour) => hour.due(&transfers, seq, item.recorded_at),
            None => accept(event, item.recorded_at, &facts).map(|verdicts| {
                let stamp = stamp(seq, item.recorded_at, verdicts);
                LedgerEvent { stamp, event: event.clone() }
            }),
        };
        match taken {
            Err(why) => refuse(why),
            Ok(taken) => {
                transfers.take(&taken);
                receipts.insert(event.id, Receipt { store: event.store.clone(), seq, content: item.content });
                answers.push(Answer { id: Some(event.id), outcome: Outcome::Accepted { seq } });
                change.append(taken, masters, &mut known, &mut photos_used);
            }
        }
    }
    stores.retain(|_, change| !change.events.is_empty());
    let depends_on = transfers.depends_on.iter().filter(|store| !stores.contains_key(*store));
    let unmoved = depends_on.filter_map(|store| Some((store.clone(), heads.get(store)?.seq))).collect();
    Decided { answers, stores, unmoved, transfers }
}

fn stamp(seq: u64, recorded_at: Timestamp, verdicts: Verdicts) -> Stamp {
    let Verdicts { geofence, clock, standing, value_minor, flags } = verdicts;
    Stamp { seq, recorded_at, geofence, clock, standing, value_minor, flags }
}

impl StoreChange {
    /// Takes an event, and then whatever the ledger itself must record because of it.
    fn append(
        &mut self,
        first: LedgerEvent,
        masters: &Masters,
        known: &mut HashMap<EventId, LedgerEvent>,
        photos_used: &mut HashSet<PhotoId>,
    ) {
        let appended = with_consequences(first, APP, |event| {
            let cited = event.event.body.cites().and_then(|cites| known.get(&cites));
            self.after.apply(event, cited, masters);
            self.after.models.consequences(&event.event.body, cited.map(|cited| &cited.event.body))
        });
        for event in appended {
            let body = event.canonical_bytes();
            self.head = self.head.extended(&body);
            let photos =
                event.event.body.photos().iter().filter(|photo| photos_used.insert(**photo)).copied().collect();
            let cites = event.event.body.cites().and_then(|cites| known.get(&cites)).map(|cited| cited.stamp.seq);
            known.insert(event.event.id, event.clone());
            let content = Hash::of(&event.event.canonical_bytes());
            self.events.push(Accepted { body, hash: self.head.hash, content, cites, photos, event });
        }
    }
}

/// Trusted events are judged as if the person they name had every right in the store.
fn trusted(event: &DeviceEvent) -> Viewer {
    Viewer { id: event.person.clone(), name: String::new(), role: Role::StoreManager, scope: Scope::Chain }
}
