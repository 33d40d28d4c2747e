//! Decides about a batch, in memory: the rule is the domain's, the facts are the rows loaded.

use super::Judges;
use super::facts::ServerFacts;
use super::load::{Loaded, Receipt};
use crate::store::Masters;
use crate::store::model_row::StoreModels;
use domain::accept::{Refusal, Verdicts, accept};
use domain::approval::Standing;
use domain::chain::{Hash, Head};
use domain::event::{ClockVerdict, DeviceEvent, EventBody, LedgerEvent, Stamp};
use domain::geo::{Fix, Geofence, NoFix};
use domain::id::{DeviceId, EventId, StoreCode};
use domain::instant::Timestamp;
use domain::photo::PhotoId;
use domain::policy::{Role, Scope, Viewer};
use domain::sync::{Answer, Outcome};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

/// One event of a batch.
pub(super) struct Item<'a> {
    pub(super) event: &'a DeviceEvent,
    /// Who sends it; `None` when it is trusted.
    viewer: Option<&'a Viewer>,
    pub(super) recorded_at: Timestamp,
    /// Hash of what the device says.
    content: Hash,
}

impl<'a> Item<'a> {
    pub(super) fn new(event: &'a DeviceEvent, viewer: Option<&'a Viewer>, recorded_at: Timestamp) -> Self {
        Self { event, viewer, recorded_at, content: Hash::of(&event.canonical_bytes()) }
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
}

impl Decided {
    pub(super) fn n_accepted(&self) -> usize {
        self.stores.values().map(|change| change.events.len()).sum()
    }
}

pub(super) fn decide(items: &[Item<'_>], masters: &Masters, judges: &Judges, loaded: Loaded) -> Decided {
    let Loaded { mut receipts, heads, cited, mut models, mut photos_used, .. } = loaded;
    let mut known = cited;
    let mut stores: BTreeMap<StoreCode, StoreChange> = BTreeMap::new();
    let mut answers = Vec::with_capacity(items.len());
    for item in items {
        let event = item.event;
        let mut refuse = |why| answers.push(Answer { id: Some(event.id), outcome: Outcome::Refused { why } });
        if let Some(receipt) = receipts.get(&event.id) {
            if receipt.content == item.content {
                answers.push(Answer { id: Some(event.id), outcome: Outcome::Duplicate { seq: receipt.seq } });
            } else {
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
            judges,
        };
        match accept(event, item.recorded_at, &facts) {
            Err(why) => refuse(why),
            Ok(verdicts) => {
                let seq = change.head.seq + 1;
                let stamp = stamp(seq, item.recorded_at, verdicts);
                let taken = LedgerEvent { stamp, event: event.clone() };
                receipts.insert(event.id, Receipt { store: event.store.clone(), seq, content: item.content });
                answers.push(Answer { id: Some(event.id), outcome: Outcome::Accepted { seq } });
                change.append(taken, item.content, masters, &mut known, &mut photos_used);
            }
        }
    }
    stores.retain(|_, change| !change.events.is_empty());
    Decided { answers, stores }
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
        content: Hash,
        masters: &Masters,
        known: &mut HashMap<EventId, LedgerEvent>,
        photos_used: &mut HashSet<PhotoId>,
    ) {
        let mut next = VecDeque::from([(first, content)]);
        while let Some((event, content)) = next.pop_front() {
            let body = event.canonical_bytes();
            self.head = self.head.extended(&body);
            let cited = event.event.body.cites().and_then(|cites| known.get(&cites));
            self.after.apply(&event, cited, masters);
            let follow = self.after.models.consequences(&event.event.body, cited.map(|cited| &cited.event.body));
            let photos = match &event.event.body {
                EventBody::Moved(movement) => movement.photos.as_slice(),
                _ => &[],
            };
            let photos = photos.iter().filter(|photo| photos_used.insert(**photo)).copied().collect();
            let cites = cited.map(|cited| cited.stamp.seq);
            self.events.push(Accepted { body, hash: self.head.hash, content, cites, photos, event: event.clone() });
            for body in follow {
                let waiting = u64::try_from(next.len()).expect("few follow from one event");
                let follow = recorded_by_ledger(&event, self.head.seq + waiting + 1, body);
                let content = Hash::of(&follow.event.canonical_bytes());
                next.push_back((follow, content));
            }
            known.insert(event.event.id, event);
        }
    }
}

/// An event that the ledger itself records because of `cause`, at the same time and in the same person's name. Its id
/// follows from the cause's, so that it is the same however often it is computed.
fn recorded_by_ledger(cause: &LedgerEvent, seq: u64, body: EventBody) -> LedgerEvent {
    let mut name = cause.event.id.to_bytes().to_vec();
    name.extend_from_slice(&seq.to_be_bytes());
    let random: [u8; 16] = Hash::of(&name).0[..16].try_into().expect("a hash has 32 bytes");
    let at = cause.effective_at();
    let event = DeviceEvent {
        id: EventId::from_parts(at.unix_ms().max(0).unsigned_abs(), u128::from_be_bytes(random)),
        store: cause.event.store.clone(),
        device: DeviceId::MIN,
        device_seq: seq,
        person: cause.event.person.clone(),
        effective_at: at,
        fix: Fix::Missing { reason: NoFix::Machine },
        app: concat!("server ", env!("CARGO_PKG_VERSION")).to_owned(),
        body,
    };
    let stamp = Stamp {
        seq,
        recorded_at: cause.stamp.recorded_at,
        geofence: Geofence::Unknown,
        clock: ClockVerdict::Plausible,
        standing: Standing::Posted,
        value_minor: 0,
        flags: Vec::new(),
    };
    LedgerEvent { stamp, event }
}

/// Trusted events are judged as if the person they name had every right in the store.
fn trusted(event: &DeviceEvent) -> Viewer {
    Viewer { id: event.person.clone(), name: String::new(), role: Role::StoreManager, scope: Scope::Chain }
}
