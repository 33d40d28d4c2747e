//! Decides about a batch, in memory: the rule is the domain's, the facts are the rows loaded.

use super::load::{Loaded, Receipt};
use crate::store::model_row::StoreModels;
use crate::store::{Masters, StoreMaster};
use domain::accept::{Facts, Refusal, accept};
use domain::chain::{Hash, Head};
use domain::event::{DeviceEvent, EventBody, LedgerEvent, Stamp};
use domain::id::{EventId, ShelfCode, SkuCode, StocktakeId, StoreCode};
use domain::instant::Timestamp;
use domain::master::Store;
use domain::policy::{Role, Scope, Viewer};
use domain::shelf_tag::ShelfKey;
use domain::stocktake::Stocktake;
use domain::sync::{Answer, Outcome};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

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

pub(super) fn decide(items: &[Item<'_>], masters: &Masters, shelf_key: &ShelfKey, loaded: Loaded) -> Decided {
    let Loaded { mut receipts, heads, cited, mut models, .. } = loaded;
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
            shelf_key,
        };
        match accept(event, item.recorded_at, &facts) {
            Err(why) => refuse(why),
            Ok(verdicts) => {
                let stamp = Stamp {
                    seq: change.head.seq + 1,
                    recorded_at: item.recorded_at,
                    geofence: verdicts.geofence,
                    clock: verdicts.clock,
                };
                let taken = LedgerEvent { stamp, event: event.clone() };
                let body = taken.canonical_bytes();
                change.head = change.head.extended(&body);
                let cited = match &event.body {
                    EventBody::CountUndone { cites, .. } => known.get(cites),
                    _ => None,
                };
                change.after.apply(&taken, cited, masters);
                let seq = taken.stamp.seq;
                let receipt = Receipt { store: event.store.clone(), seq, content: item.content };
                receipts.insert(event.id, receipt);
                answers.push(Answer { id: Some(event.id), outcome: Outcome::Accepted { seq } });
                let cites = cited.map(|cited| cited.stamp.seq);
                known.insert(event.id, taken.clone());
                change.events.push(Accepted {
                    event: taken,
                    body,
                    hash: change.head.hash,
                    content: item.content,
                    cites,
                });
            }
        }
    }
    stores.retain(|_, change| !change.events.is_empty());
    Decided { answers, stores }
}

/// Trusted events are judged as if the person they name had every right in the store.
fn trusted(event: &DeviceEvent) -> Viewer {
    Viewer { id: event.person.clone(), name: String::new(), role: Role::StoreManager, scope: Scope::Chain }
}

struct ServerFacts<'a> {
    master: &'a StoreMaster,
    masters: &'a Masters,
    viewer: Cow<'a, Viewer>,
    models: &'a StoreModels,
    known: &'a HashMap<EventId, LedgerEvent>,
    shelf_key: &'a ShelfKey,
}

impl Facts for ServerFacts<'_> {
    fn store(&self) -> &Store {
        &self.master.store
    }
    fn viewer(&self) -> &Viewer {
        &self.viewer
    }
    fn has_shelf(&self, shelf: &ShelfCode) -> bool {
        self.master.shelf(shelf).is_some()
    }
    fn is_signature_ours(&self, shelf: &ShelfCode, signature: &str) -> bool {
        self.shelf_key.verifies(&self.master.store.code, shelf, signature)
    }
    fn has_sku(&self, sku: &SkuCode) -> bool {
        self.masters.products().contains_key(sku)
    }
    fn stocktake(&self, id: &StocktakeId) -> Option<&Stocktake> {
        self.models.models.stocktakes.get(id)
    }
    fn recorded(&self, id: &EventId) -> Option<&DeviceEvent> {
        let known = self.known.get(id).map(|known| &known.event)?;
        (known.store == self.master.store.code).then_some(known)
    }
    fn is_undone(&self, id: &EventId) -> bool {
        self.models.models.undone.contains(id)
    }
}
