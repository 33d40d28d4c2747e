//! The protocol between phone and server: what is sent, what comes back, and what the phone makes of it.

mod pace;

pub use pace::{FAILURES_BORNE, Pace};

use crate::accept::{CitedMovement, Facts, OnlyServerKnows, PhotoFact, PhotoTaking, Recount, Refusal};
use crate::case::Case;
use crate::chain::SignedHead;
use crate::credit::{Appeal, Band, PointKey};
use crate::event::{DeviceEvent, EventBody, Flag};
use crate::id::{DeviceId, EventId, PersonId, ShelfCode, SkuCode, StocktakeId, StoreCode};
use crate::instant::Timestamp;
use crate::master::{Category, Product, PurchaseOrder, Shelf, Store, Zone};
use crate::movement::{Lot, Units};
use crate::photo::PhotoId;
use crate::policy::Viewer;
use crate::shelf_tag::ShelfTag;
use crate::stocktake::{LineRef, Stage, Stocktake};
use crate::transfer::{Transfer, TransferId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The protocol this build speaks.
pub const PROTOCOL: u16 = 1;
/// The oldest protocol the server still understands.
pub const PROTOCOL_MIN: u16 = 1;
/// Most events one request may carry.
pub const BATCH_MAX: usize = 500;
/// Largest request body, in bytes.
pub const BATCH_BYTES_MAX: usize = 1 << 20;

/// What the phone posts. `E` is [`DeviceEvent`] when it writes, and raw JSON when the server reads: one unreadable
/// event must not spoil the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncRequest<E = DeviceEvent> {
    /// [`PROTOCOL`] of the sender.
    pub protocol: u16,
    /// The installation.
    pub device: DeviceId,
    /// Build of the app.
    pub app: String,
    /// Events that the device keeps and has not sent yet, those of this request included.
    #[serde(default)]
    pub n_unsent: u32,
    /// The newest signed head of each store that the device was ever shown: the server compares them with what it has.
    #[serde(default)]
    pub witnessed: Vec<SignedHead>,
    /// In the order of their device sequence.
    pub events: Vec<E>,
}

/// What comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncResponse {
    /// [`PROTOCOL`] of the server: shows that it was our server that answered.
    pub protocol: u16,
    /// The server's clock.
    pub now: Timestamp,
    /// One per event, in the same order.
    pub answers: Vec<Answer>,
    /// The signed heads of the stores concerned: the phone is a witness.
    pub heads: Vec<SignedHead>,
}

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The event's id as sent; `None` when it could not be read.
    pub id: Option<EventId>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Outcome {
    /// It is in the ledger, durably, under this number.
    Accepted {
        /// Number in the store's ledger.
        seq: u64,
    },
    /// It was there already, under this number.
    Duplicate {
        /// Number in the store's ledger.
        seq: u64,
    },
    /// It is not taken.
    Refused {
        /// Why.
        why: Refusal,
    },
}

/// What the phone does after a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// Settle and park as the answers say, then go on.
    Settle(Vec<Settlement>),
    /// Keep everything; the person must sign in again.
    SignInAgain,
    /// Keep everything; try again after the back-off.
    TryLater(Trouble),
    /// Keep everything; the app is too old for the server.
    UpdateNeeded,
    /// Keep everything; the device has been barred and somebody must let it in again.
    DeviceBarred,
    /// Send fewer events at once.
    SendLess,
    /// Keep everything; the server fails on what it was sent: try again after the back-off, at the [`Pace`] that is left.
    Slow,
}

/// Why a request has to be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No answer at all.
    Offline,
    /// An answer that is not ours, such as a hotel's sign-in page.
    NotOurServer,
    /// The server is busy or broken.
    Server,
}

/// What to do with one sent event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The event.
    pub id: EventId,
    /// `None`: it is in the ledger. Otherwise: park it and show why.
    pub refused: Option<Refusal>,
}

/// How our server words an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnError {
    /// The stable code.
    pub code: String,
    /// An English sentence.
    pub message: String,
}

/// The body of an answer to a [`SyncRequest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// What became of each event.
    Answers(SyncResponse),
    /// Our server's word for what went wrong.
    Error(OwnError),
    /// Nothing of ours, or nothing at all.
    Foreign,
}

/// What the phone makes of an HTTP answer to [`SyncRequest`] with `sent` events.
///
/// Only our own JSON, naming the very events that were sent, counts as an acknowledgement: a captive portal answers
/// 200 too. And only our own word makes it suspect what it sent: a gateway fails whatever it is sent.
#[must_use]
pub fn next_step(status: u16, reply: Reply, sent: &[EventId]) -> NextStep {
    match (status, reply) {
        (200, Reply::Answers(response)) => {
            let echoes = response.answers.len() == sent.len()
                && response.answers.iter().zip(sent).all(|(answer, id)| answer.id.is_none_or(|echo| echo == *id));
            if !echoes {
                return NextStep::TryLater(Trouble::NotOurServer);
            }
            let settle = |(answer, id): (Answer, &EventId)| Settlement {
                id: *id,
                refused: match answer.outcome {
                    Outcome::Accepted { .. } | Outcome::Duplicate { .. } => None,
                    Outcome::Refused { why } => Some(why),
                },
            };
            NextStep::Settle(response.answers.into_iter().zip(sent).map(settle).collect())
        }
        (401, _) => NextStep::SignInAgain,
        (413, _) => NextStep::SendLess,
        // No captive portal answers with this one: it is ours alone.
        (423, _) => NextStep::DeviceBarred,
        (426, _) => NextStep::UpdateNeeded,
        (0, _) => NextStep::TryLater(Trouble::Offline),
        (400 | 500.., Reply::Error(_)) => NextStep::Slow,
        (429 | 500.., _) => NextStep::TryLater(Trouble::Server),
        _ => NextStep::TryLater(Trouble::NotOurServer),
    }
}

/// Whether sending a refused event once more may end differently without anybody changing it: what it needs may have
/// been registered, or have arrived, since.
#[must_use]
pub fn may_pass_later(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::NotAllowed
            | Refusal::OtherPerson
            | Refusal::UnknownStore
            | Refusal::UnknownShelf
            | Refusal::UnknownSku
            | Refusal::StocktakeUnknown
            | Refusal::NothingToUndo
            | Refusal::PhotoMissing { .. }
            | Refusal::NothingCited
            | Refusal::StillCounting
            | Refusal::LinesOpen { .. }
            | Refusal::TransferUnknown
            | Refusal::StepNotYet { .. }
            | Refusal::NotAvailable { .. }
    )
}

/// How long to wait after the `n_failures`th failure in a row (from 1), in milliseconds: 1 s doubling up to a minute,
/// of which `jitter` (0 to 1) scatters the upper half so that phones do not return in step.
#[must_use]
pub fn backoff_ms(n_failures: u32, jitter: f64) -> u32 {
    let ceiling = 1_000_u32.checked_shl(n_failures.saturating_sub(1)).unwrap_or(u32::MAX).min(60_000);
    let half = ceiling / 2;
    half + (f64::from(half) * jitter.clamp(0.0, 1.0)) as u32
}

/// Server clock − device clock, in milliseconds, from one exchange: the answer is taken to have been made half-way
/// between sending and receiving.
#[must_use]
pub fn clock_offset_ms(sent: Timestamp, server: Timestamp, received: Timestamp) -> i64 {
    let middle = sent.plus_ms(received.since(sent) / 2);
    server.since(middle)
}

/// What a phone needs to count a store while offline. It holds no expected quantity: counting is blind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneSnapshot {
    /// The server's clock.
    pub now: Timestamp,
    /// The person it was made for.
    pub viewer: Viewer,
    /// The store.
    pub store: Store,
    /// Its zones.
    pub zones: Vec<Zone>,
    /// Its shelves, with the items of the planogram.
    pub shelves: Vec<SnapshotShelf>,
    /// Product categories.
    pub categories: Vec<Category>,
    /// Everything the chain sells.
    pub products: Vec<Product>,
    /// The store's stocktakes that are open, and the latest submitted ones.
    pub stocktakes: Vec<Stocktake>,
    /// Lines of stocktakes under review that the person may count again.
    #[serde(default)]
    pub recounts: Vec<RecountTask>,
    /// Purchase orders of which something is still to come, with what has come.
    #[serde(default)]
    pub orders: Vec<OpenOrder>,
    /// Of items with dated lots in the store: the lots, first to expire first. Which, never how many: counting is
    /// blind.
    #[serde(default)]
    pub lots: BTreeMap<SkuCode, Vec<Lot>>,
}

/// A line to be counted again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecountTask {
    /// Of which stocktake.
    pub stocktake: StocktakeId,
    /// Which line.
    pub line: LineRef,
}

/// A purchase order and what has arrived of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenOrder {
    /// The order.
    #[serde(flatten)]
    pub order: PurchaseOrder,
    /// Pieces received so far.
    pub received: BTreeMap<SkuCode, Units>,
}

/// What the ledger made of a movement that a phone asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovementFate {
    /// The movement's event.
    pub event: EventId,
    /// What has become of it; nothing where it simply took effect.
    pub outcome: Option<crate::approval::Outcome>,
}

/// A shelf in a phone's snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotShelf {
    /// The shelf.
    #[serde(flatten)]
    pub shelf: Shelf,
    /// The signature its label carries, so that the phone tells a made-up label while offline.
    pub signature: String,
}

/// Why a shelf's label is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagRefusal {
    /// Another store's.
    Foreign,
    /// The store has no such shelf.
    Unknown,
    /// Not the chain's signature.
    Forged,
}

/// [`Facts`] as a phone knows them: its snapshot, and the events it recorded itself.
#[derive(Debug, Clone)]
pub struct PhoneFacts {
    snapshot: PhoneSnapshot,
    prices: BTreeMap<SkuCode, i64>,
    shelves: BTreeMap<ShelfCode, String>,
    stocktakes: BTreeMap<StocktakeId, Stocktake>,
    own: BTreeMap<EventId, DeviceEvent>,
    undone: BTreeSet<EventId>,
}

impl PhoneFacts {
    /// Starts from a snapshot.
    #[must_use]
    pub fn new(snapshot: PhoneSnapshot) -> Self {
        Self {
            prices: snapshot.products.iter().map(|p| (p.sku.clone(), p.price_minor)).collect(),
            shelves: snapshot.shelves.iter().map(|s| (s.shelf.code.clone(), s.signature.clone())).collect(),
            stocktakes: snapshot.stocktakes.iter().map(|s| (s.id.clone(), s.clone())).collect(),
            own: BTreeMap::new(),
            undone: BTreeSet::new(),
            snapshot,
        }
    }

    /// The snapshot.
    #[must_use]
    pub fn snapshot(&self) -> &PhoneSnapshot {
        &self.snapshot
    }

    /// The stocktakes known, those opened on this phone included.
    pub fn stocktakes(&self) -> impl Iterator<Item = &Stocktake> {
        self.stocktakes.values()
    }

    /// The events this phone has recorded, as far as noted.
    pub fn own(&self) -> impl Iterator<Item = &DeviceEvent> {
        self.own.values()
    }

    /// A shelf of the store.
    #[must_use]
    pub fn shelf(&self, code: &ShelfCode) -> Option<&SnapshotShelf> {
        self.snapshot.shelves.iter().find(|shelf| shelf.shelf.code == *code)
    }

    /// The first shelf on which the item belongs.
    #[must_use]
    pub fn planned_shelf(&self, sku: &SkuCode) -> Option<&ShelfCode> {
        let planned = self.snapshot.shelves.iter().find(|shelf| shelf.shelf.items.contains(sku));
        planned.map(|shelf| &shelf.shelf.code)
    }

    /// Whether a shelf's label is one of this store.
    ///
    /// # Errors
    /// Why it is not followed.
    pub fn check_tag(&self, tag: &ShelfTag) -> Result<(), TagRefusal> {
        if tag.store != self.snapshot.store.code {
            return Err(TagRefusal::Foreign);
        }
        match self.shelves.get(&tag.shelf) {
            None => Err(TagRefusal::Unknown),
            Some(ours) if *ours != tag.signature => Err(TagRefusal::Forged),
            Some(_) => Ok(()),
        }
    }

    /// Takes note of an event this phone has recorded.
    pub fn note(&mut self, event: DeviceEvent) {
        match &event.body {
            EventBody::StocktakeOpened { stocktake } => self.open(stocktake, &event),
            EventBody::StocktakePlanned { stocktake, plan } => {
                self.open(stocktake, &event);
                if let Some(known) = self.stocktakes.get_mut(stocktake) {
                    known.plan = Some(((event.effective_at, event.id), plan.clone()));
                }
            }
            EventBody::StocktakeSubmitted { stocktake } => {
                if let Some(known) = self.stocktakes.get_mut(stocktake) {
                    known.submitted_at.get_or_insert(event.effective_at);
                }
            }
            EventBody::ShelfFinished { stocktake, shelf } => {
                if let Some(known) = self.stocktakes.get_mut(stocktake) {
                    known.finished.insert(shelf.clone(), (event.effective_at, event.person.clone()));
                }
            }
            EventBody::Counted { stocktake, shelf, .. } => {
                // Counting a shelf again takes back that it was complete.
                if let Some(known) = self.stocktakes.get_mut(stocktake)
                    && known.finished.get(shelf).is_some_and(|(at, _)| *at < event.effective_at)
                {
                    known.finished.remove(shelf);
                }
            }
            EventBody::CountUndone { cites, .. } => {
                self.undone.insert(*cites);
            }
            _ => {}
        }
        self.own.insert(event.id, event);
    }

    fn open(&mut self, stocktake: &StocktakeId, event: &DeviceEvent) {
        self.stocktakes
            .entry(stocktake.clone())
            .or_insert_with(|| Stocktake::opened(stocktake.clone(), event.effective_at, event.person.clone()));
    }
}

impl Facts for PhoneFacts {
    fn store(&self) -> &Store {
        &self.snapshot.store
    }
    fn viewer(&self) -> &Viewer {
        &self.snapshot.viewer
    }
    fn has_shelf(&self, shelf: &ShelfCode) -> bool {
        self.shelves.contains_key(shelf)
    }
    fn is_signature_ours(&self, shelf: &ShelfCode, signature: &str) -> bool {
        self.shelves.get(shelf).is_some_and(|ours| ours == signature)
    }
    fn price_minor(&self, sku: &SkuCode) -> Option<i64> {
        self.prices.get(sku).copied()
    }
    fn stocktake(&self, id: &StocktakeId) -> Option<&Stocktake> {
        self.stocktakes.get(id)
    }
    fn recorded(&self, id: &EventId) -> Option<&DeviceEvent> {
        self.own.get(id)
    }
    fn is_undone(&self, id: &EventId) -> bool {
        self.undone.contains(id)
    }
    fn movement(&self, _: &EventId) -> Result<Option<CitedMovement<'_>>, OnlyServerKnows> {
        Err(OnlyServerKnows)
    }
    fn returned_units(&self, _: &EventId, _: &SkuCode) -> Units {
        0
    }
    /// A phone records only photos that it has just taken and kept.
    fn photo(&self, _: &PhotoId) -> PhotoFact {
        PhotoFact::Here
    }
    fn photo_taking(&self, _: &PhotoId) -> Option<PhotoTaking> {
        None
    }
    fn may_recount(&self, stocktake: &StocktakeId, line: &LineRef, _: &PersonId) -> Recount {
        let task = RecountTask { stocktake: stocktake.clone(), line: line.clone() };
        let is_review = self.stocktakes.get(stocktake).is_some_and(|known| known.stage() == Stage::Review);
        if is_review && self.snapshot.recounts.contains(&task) { Recount::Welcome } else { Recount::NotAsked }
    }
    fn lines_blocking(&self, _: &StocktakeId) -> Vec<LineRef> {
        Vec::new()
    }
    fn has_counted(&self, _: &StocktakeId, _: &LineRef, _: &PersonId) -> bool {
        true
    }
    fn has_variance_of(&self, _: &StocktakeId, _: &PersonId) -> bool {
        false
    }
    fn case(&self, _: &EventId, _: Flag) -> Result<Option<Case>, OnlyServerKnows> {
        Err(OnlyServerKnows)
    }
    fn is_store(&self, _: &StoreCode) -> bool {
        true
    }
    fn transfer(&self, _: TransferId) -> Result<Option<Transfer>, OnlyServerKnows> {
        Err(OnlyServerKnows)
    }
    fn available_units(&self, _: &SkuCode) -> Result<Units, OnlyServerKnows> {
        Err(OnlyServerKnows)
    }
    /// What stands at once and what awaits approval is the server's to say.
    fn credit_band(&self) -> Band {
        Band::Normal
    }
    fn credit_point(&self, _: &PointKey) -> Result<Option<Appeal>, OnlyServerKnows> {
        Err(OnlyServerKnows)
    }
}

#[cfg(test)]
mod tests;
