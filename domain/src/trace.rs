//! Finding events: what each is found by, what a search asks, and what people read.

mod across;

pub use across::{TraceAcross, TraceMark, TraceMarkError};

use crate::board::TraceEntry;
use crate::credit::CreditEvent;
use crate::event::{CountedItem, EventBody, Flag, LedgerEvent};
use crate::geo::Coordinates;
use crate::id::{DeviceId, PersonId, ShelfCode, SkuCode, StocktakeId, StoreCode};
use crate::instant::{Day, DayError, Timestamp, ZoneOffset};
use crate::master::Name;
use crate::movement::{Movement, MovementKind, Place, Units};
use crate::photo::PhotoId;
use crate::stocktake::LineRef;
use crate::transfer::{StepKind, TransferEvent, TransferId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What events can be found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// An item; the key is its SKU.
    Product,
    /// A shelf.
    Shelf,
    /// Who did it.
    Person,
    /// The installation that recorded it.
    Device,
    /// A delivery note, a receipt.
    Document,
    /// A stocktake.
    Stocktake,
    /// A photo that is its evidence.
    Photo,
    /// Something somebody should look into; the key is [`Flag::code`].
    Flag,
    /// What kind of event; the key is [`EventKind::code`].
    Kind,
    /// A transfer between stores.
    Transfer,
}

impl SubjectKind {
    /// Every kind of subject.
    pub const ALL: [Self; 10] = [
        Self::Product,
        Self::Shelf,
        Self::Person,
        Self::Device,
        Self::Document,
        Self::Stocktake,
        Self::Photo,
        Self::Flag,
        Self::Kind,
        Self::Transfer,
    ];

    /// The stable code, as in keys and addresses.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Shelf => "shelf",
            Self::Person => "person",
            Self::Device => "device",
            Self::Document => "document",
            Self::Stocktake => "stocktake",
            Self::Photo => "photo",
            Self::Flag => "flag",
            Self::Kind => "kind",
            Self::Transfer => "transfer",
        }
    }

    /// The kind of that code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Something that events can be found by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// Of which kind.
    pub kind: SubjectKind,
    /// Which.
    pub key: String,
}

impl Subject {
    fn new(kind: SubjectKind, key: impl ToString) -> Self {
        Self { kind, key: key.to_string() }
    }

    /// Reads a kind and a key as typed or linked. Nothing that no event could be found by passes.
    #[must_use]
    pub fn parse(kind: &str, key: &str) -> Option<Self> {
        let kind = SubjectKind::from_code(kind)?;
        let is_one = match kind {
            SubjectKind::Product => SkuCode::parse(key).is_ok(),
            SubjectKind::Shelf => ShelfCode::parse(key).is_ok(),
            SubjectKind::Person => PersonId::parse(key).is_ok(),
            SubjectKind::Device => DeviceId::parse(key).is_ok(),
            SubjectKind::Document => (1..=256).contains(&key.chars().count()),
            SubjectKind::Stocktake => StocktakeId::parse(key).is_ok(),
            SubjectKind::Photo => PhotoId::parse(key).is_ok(),
            SubjectKind::Flag => Flag::from_code(key).is_some(),
            SubjectKind::Kind => EventKind::from_code(key).is_some(),
            SubjectKind::Transfer => TransferId::parse(key).is_ok(),
        };
        is_one.then(|| Self { kind, key: key.to_owned() })
    }
}

/// What kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A stocktake was opened or joined.
    StocktakeOpened,
    /// Pieces were counted.
    Counted,
    /// A count was taken back.
    CountUndone,
    /// A stocktake was submitted.
    StocktakeSubmitted,
    /// Stock moved.
    Moved(MovementKind),
    /// A movement was reversed or withdrawn.
    Reversed,
    /// A movement was approved.
    Approved,
    /// A movement was declined.
    Declined,
    /// A stocktake was planned.
    StocktakePlanned,
    /// A shelf was reported complete.
    ShelfFinished,
    /// Lines are to be counted again.
    RecountAsked,
    /// Of a line's differing counts one was taken.
    LineDecided,
    /// A stocktake was approved.
    StocktakeApproved,
    /// A stocktake was given up.
    StocktakeCancelled,
    /// Stock was set right by a count.
    VariancePosted,
    /// Somebody looks into an alarm.
    CaseTaken,
    /// An alarm has been looked into.
    CaseClosed,
    /// Counts were keyed in from paper.
    SheetKeyed,
    /// A transfer took a step.
    Transfer(StepKind),
    /// A point of the store's credit is disputed.
    CreditDisputed,
    /// Such a dispute is decided.
    CreditJudged,
}

impl EventKind {
    /// The kinds beside movements and steps of transfers.
    const OTHERS: [Self; 19] = [
        Self::StocktakeOpened,
        Self::Counted,
        Self::CountUndone,
        Self::StocktakeSubmitted,
        Self::Reversed,
        Self::Approved,
        Self::Declined,
        Self::StocktakePlanned,
        Self::ShelfFinished,
        Self::RecountAsked,
        Self::LineDecided,
        Self::StocktakeApproved,
        Self::StocktakeCancelled,
        Self::VariancePosted,
        Self::CaseTaken,
        Self::CaseClosed,
        Self::SheetKeyed,
        Self::CreditDisputed,
        Self::CreditJudged,
    ];

    /// Every kind: movements first, steps of transfers last.
    pub fn all() -> impl Iterator<Item = Self> {
        let steps = StepKind::ALL.into_iter().map(Self::Transfer);
        MovementKind::ALL.into_iter().map(Self::Moved).chain(Self::OTHERS).chain(steps)
    }

    /// The stable code, as in keys and addresses.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::StocktakeOpened => "stocktake_opened",
            Self::Counted => "counted",
            Self::CountUndone => "count_undone",
            Self::StocktakeSubmitted => "stocktake_submitted",
            Self::Moved(kind) => kind.code(),
            Self::Reversed => "reversed",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::StocktakePlanned => "stocktake_planned",
            Self::ShelfFinished => "shelf_finished",
            Self::RecountAsked => "recount_asked",
            Self::LineDecided => "line_decided",
            Self::StocktakeApproved => "stocktake_approved",
            Self::StocktakeCancelled => "stocktake_cancelled",
            Self::VariancePosted => "variance_posted",
            Self::CaseTaken => "case_taken",
            Self::CaseClosed => "case_closed",
            Self::SheetKeyed => "sheet_keyed",
            Self::Transfer(kind) => kind.code(),
            Self::CreditDisputed => "credit_disputed",
            Self::CreditJudged => "credit_judged",
        }
    }

    /// The kind of that code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::all().find(|kind| kind.code() == code)
    }

    /// The kind of an event.
    #[must_use]
    pub fn of(body: &EventBody) -> Self {
        match body {
            EventBody::StocktakeOpened { .. } => Self::StocktakeOpened,
            EventBody::Counted { .. } => Self::Counted,
            EventBody::CountUndone { .. } => Self::CountUndone,
            EventBody::StocktakeSubmitted { .. } => Self::StocktakeSubmitted,
            EventBody::Moved(movement) => Self::Moved(movement.kind),
            EventBody::Reversed { .. } => Self::Reversed,
            EventBody::Approved { .. } => Self::Approved,
            EventBody::Declined { .. } => Self::Declined,
            EventBody::StocktakePlanned { .. } => Self::StocktakePlanned,
            EventBody::ShelfFinished { .. } => Self::ShelfFinished,
            EventBody::RecountAsked { .. } => Self::RecountAsked,
            EventBody::LineDecided { .. } => Self::LineDecided,
            EventBody::StocktakeApproved { .. } => Self::StocktakeApproved,
            EventBody::StocktakeCancelled { .. } => Self::StocktakeCancelled,
            EventBody::VariancePosted { .. } => Self::VariancePosted,
            EventBody::CaseTaken { .. } => Self::CaseTaken,
            EventBody::CaseClosed { .. } => Self::CaseClosed,
            EventBody::SheetKeyed { .. } => Self::SheetKeyed,
            EventBody::Transfer(told) => Self::Transfer(told.step.kind()),
            EventBody::Credit(CreditEvent::Disputed { .. }) => Self::CreditDisputed,
            EventBody::Credit(CreditEvent::Judged { .. }) => Self::CreditJudged,
        }
    }
}

/// What an event is found by. `cited` is the event it is about: what reverses a sale is found by the sale's items.
#[must_use]
pub fn subjects(event: &LedgerEvent, cited: Option<&EventBody>) -> BTreeSet<Subject> {
    let device = &event.event;
    let mut found = BTreeSet::new();
    found.insert(Subject::new(SubjectKind::Kind, EventKind::of(&device.body).code()));
    found.insert(Subject::new(SubjectKind::Person, &device.person));
    // What the ledger itself records has no device.
    if device.device != crate::append::LEDGER_DEVICE {
        found.insert(Subject::new(SubjectKind::Device, device.device));
    }
    found.extend(event.stamp.flags.iter().map(|flag| Subject::new(SubjectKind::Flag, flag.code())));
    if let EventBody::CaseTaken { flag, .. } | EventBody::CaseClosed { flag, .. } = &device.body {
        found.insert(Subject::new(SubjectKind::Flag, flag.code()));
    }
    about(&device.body, &mut found);
    if let Some(cited) = cited {
        about(cited, &mut found);
    }
    found
}

fn about(body: &EventBody, found: &mut BTreeSet<Subject>) {
    let mut line = |line: &LineRef| {
        found.insert(Subject::new(SubjectKind::Shelf, &line.shelf));
        found.insert(Subject::new(SubjectKind::Product, &line.sku));
    };
    match body {
        EventBody::Counted { shelf, item, .. } => {
            found.insert(Subject::new(SubjectKind::Shelf, shelf));
            if let CountedItem::Known(sku) = item {
                found.insert(Subject::new(SubjectKind::Product, sku));
            }
        }
        EventBody::ShelfFinished { shelf, .. } | EventBody::SheetKeyed { shelf, .. } => {
            found.insert(Subject::new(SubjectKind::Shelf, shelf));
        }
        EventBody::Moved(movement) => about_movement(movement, found),
        EventBody::Transfer(told) => about_step(told, found),
        EventBody::RecountAsked { lines, .. } | EventBody::StocktakeApproved { zeroed: lines, .. } => {
            lines.iter().for_each(line);
        }
        EventBody::LineDecided { line: decided, .. } => line(decided),
        EventBody::VariancePosted { lines, .. } => lines.iter().for_each(|posted| line(&posted.line)),
        EventBody::StocktakeOpened { .. }
        | EventBody::CountUndone { .. }
        | EventBody::StocktakeSubmitted { .. }
        | EventBody::Reversed { .. }
        | EventBody::Approved { .. }
        | EventBody::Declined { .. }
        | EventBody::StocktakePlanned { .. }
        | EventBody::StocktakeCancelled { .. }
        | EventBody::CaseTaken { .. }
        | EventBody::CaseClosed { .. }
        | EventBody::Credit(_) => {}
    }
    found.extend(body.stocktake().map(|stocktake| Subject::new(SubjectKind::Stocktake, stocktake)));
}

fn about_movement(movement: &Movement, found: &mut BTreeSet<Subject>) {
    for leg in &movement.legs {
        found.insert(Subject::new(SubjectKind::Product, &leg.sku));
        found.extend(leg.place.shelf().map(|shelf| Subject::new(SubjectKind::Shelf, shelf)));
    }
    found.extend(movement.document.as_ref().map(|document| Subject::new(SubjectKind::Document, document)));
    found.extend(movement.photos.iter().map(|photo| Subject::new(SubjectKind::Photo, photo)));
}

fn about_step(told: &TransferEvent, found: &mut BTreeSet<Subject>) {
    found.insert(Subject::new(SubjectKind::Transfer, told.transfer));
    found.extend(told.step.units().into_keys().map(|sku| Subject::new(SubjectKind::Product, sku)));
    for leg in told.step.legs() {
        found.insert(Subject::new(SubjectKind::Product, &leg.sku));
        found.extend(leg.place.shelf().map(|shelf| Subject::new(SubjectKind::Shelf, shelf)));
    }
    found.extend(told.step.photos().iter().map(|photo| Subject::new(SubjectKind::Photo, photo)));
}

/// A search in one store's ledger. Everything named must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceQuery {
    /// The store.
    pub store: StoreCode,
    /// What the events are about: the first one is what the page is about.
    pub subjects: Vec<Subject>,
    /// Taken by the server at this moment or later.
    pub from: Option<Timestamp>,
    /// Taken by the server before this moment.
    pub until: Option<Timestamp>,
    /// Numbered below this: where the last page ended.
    pub before: Option<u64>,
    /// At most so many.
    pub limit: u32,
}

/// A search as people ask it: words of an address or a form, in the store's own days.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TraceAsk {
    /// The store.
    pub store: String,
    /// [`SubjectKind::code`] of what the page is about; nothing for everything.
    pub subject: Option<String>,
    /// Which.
    pub key: Option<String>,
    /// Only events of the kind with this [`EventKind::code`].
    pub kind: Option<String>,
    /// Only what this person did.
    pub person: Option<String>,
    /// Only events with the flag of this [`Flag::code`].
    pub flag: Option<String>,
    /// The first day, `2026-11-22`, by when the server took the events.
    pub from: Option<String>,
    /// The last day.
    pub until: Option<String>,
    /// Numbered below this.
    pub before: Option<u64>,
    /// Over several stores: below this event.
    pub past: Option<TraceMark>,
    /// At most so many.
    pub limit: Option<u32>,
}

/// Most events of one page of a search.
pub const TRACE_LIMIT_MAX: u32 = 100;
/// Events of one page of a search, as a rule.
pub const TRACE_LIMIT_USUAL: u32 = 30;

/// Why a search cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TraceAskError {
    /// The store is none.
    #[error("name a store: ?store=S001")]
    Store,
    /// Nothing can be found by this.
    #[error("{kind} {key:?} is nothing that events are found by")]
    Subject {
        /// Of which kind.
        kind: String,
        /// Which.
        key: String,
    },
    /// Over several stores, nothing is named.
    #[error("name what to look for, such as ?subject=product&key=100001 or ?kind=sale")]
    Nothing,
    /// A day is none.
    #[error(transparent)]
    Day(#[from] DayError),
}

impl TraceAsk {
    /// The search, in a store whose clocks stand so. What is empty is not asked for.
    ///
    /// # Errors
    /// When a part of it is not what it should be.
    pub fn query(&self, zone: ZoneOffset) -> Result<TraceQuery, TraceAskError> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let mut subjects = Vec::new();
        let mut add = |kind: String, key: String| {
            let parsed = Subject::parse(&kind, &key);
            parsed.map(|subject| subjects.push(subject)).ok_or(TraceAskError::Subject { kind, key })
        };
        if let Some(kind) = given(&self.subject) {
            add(kind, self.key.clone().unwrap_or_default())?;
        }
        let filters =
            [(SubjectKind::Kind, &self.kind), (SubjectKind::Person, &self.person), (SubjectKind::Flag, &self.flag)];
        for (kind, key) in filters {
            if let Some(key) = given(key) {
                add(kind.code().to_owned(), key)?;
            }
        }
        let day = |text: &Option<String>| given(text).map(|text| text.parse::<Day>()).transpose();
        Ok(TraceQuery {
            store: StoreCode::parse(&self.store).map_err(|_| TraceAskError::Store)?,
            subjects,
            from: day(&self.from)?.map(|day| day.begins_at(zone)),
            until: day(&self.until)?.map(|day| day.plus_days(1).begins_at(zone)),
            before: self.before,
            limit: self.limit.unwrap_or(TRACE_LIMIT_USUAL).clamp(1, TRACE_LIMIT_MAX),
        })
    }
}

/// A store as a map shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreSite {
    /// The store.
    pub store: StoreCode,
    /// As shown.
    pub name: Name,
    /// Its clocks.
    pub zone_offset: ZoneOffset,
    /// Its middle.
    pub at: Coordinates,
    /// Within which its events are expected, in metres.
    pub geofence_radius_m: u32,
}

/// A page of a search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracePage {
    /// The server's clock.
    pub now: Timestamp,
    /// The store.
    pub site: StoreSite,
    /// What the search is about, as shown; `None` for everything.
    pub title: Option<String>,
    /// The events, the newest first.
    pub steps: Vec<TraceStep>,
    /// What to ask for next as `before`; `None` on the last page.
    pub next_before: Option<u64>,
    /// Events that were not looked through, because the index of them is still being made; 0 as a rule.
    pub n_behind: u64,
}

/// An event, with everything that can be told about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceStep {
    /// What, who, when, where.
    #[serde(flatten)]
    pub entry: TraceEntry,
    /// Of what kind.
    pub kind: EventKind,
    /// The device's own word for when it happened.
    pub device_time: Timestamp,
    /// The installation; `None` where the ledger itself recorded it.
    pub device: Option<DeviceId>,
    /// The device's number of it.
    pub device_seq: u64,
    /// Build of the app.
    pub app: String,
    /// The document it belongs to.
    pub document: Option<String>,
    /// The stocktake it belongs to.
    pub stocktake: Option<StocktakeId>,
    /// What it did to stock, place by place: the lines that the search is about.
    pub changes: Vec<StockChange>,
    /// Lines beyond those.
    pub n_more_changes: u32,
}

/// What an event did to the stock of one item in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockChange {
    /// Where.
    pub place: Place,
    /// The item.
    pub sku: SkuCode,
    /// As printed.
    pub name: String,
    /// Pieces, signed: into the place positive.
    pub units: Units,
    /// Book stock there right before and right after it was booked; `None` while it is not.
    pub stock: Option<(Units, Units)>,
}

/// Most lines of one event that a page shows.
pub const CHANGES_MAX: usize = 8;

/// Something that a search could be about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// What.
    #[serde(flatten)]
    pub subject: Subject,
    /// As shown.
    pub label: String,
}

/// A store in which something occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceStore {
    /// The store.
    pub store: StoreCode,
    /// As shown.
    pub name: Name,
    /// Its clocks.
    pub zone_offset: ZoneOffset,
    /// Events there that are about it.
    pub n_events: u64,
    /// When the server took the newest of them.
    pub last_at: Timestamp,
}

/// The stores of a viewer in which something occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceStores {
    /// The server's clock.
    pub now: Timestamp,
    /// What the search is about, as shown.
    pub title: Option<String>,
    /// The stores, that with the newest event first.
    pub stores: Vec<TraceStore>,
    /// Every store the viewer may look into, by code.
    pub choices: Vec<(StoreCode, Name)>,
}

#[cfg(test)]
mod tests;
