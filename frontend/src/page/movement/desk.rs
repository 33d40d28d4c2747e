//! The page's state: what is being put together, and where it stands.

use crate::device::drawer::{Drawer, Kept};
use crate::device::recorder::{Recorder, clock_offset_ms};
use crate::device::snapshot::{OpenProblem, snapshot};
use crate::device::{Device, StoreTrouble, glue, http};
use crate::format;
use crate::scan::{Flash, Found, ScanBench};
use crate::text::Language;
use domain::accept::{accept, value_minor};
use domain::approval::{Standing, standing};
use domain::barcode::{ReadError, ReadRules, ScannedCode};
use domain::catalogue::{Catalogue, Meaning};
use domain::draft::{Draft, DraftKey, SaleFound};
use domain::event::{DeviceEvent, EventBody};
use domain::id::SkuCode;
use domain::instant::{Day, Timestamp};
use domain::lot::lot_of;
use domain::movement::{Lot, Movement, MovementKind, Place, Units};
use domain::shelf_tag::ShelfTag;
use domain::sync::{OpenOrder, PhoneFacts, PhoneSnapshot};
use domain::tally::LineItem;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::rc::Rc;

/// Where the movement stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// The document is chosen: an order, a receipt.
    Document,
    /// Products are scanned.
    Compose,
    /// Everything is looked at once more.
    Review,
    /// It is on the phone's disk.
    Done(Vec<DeviceEvent>),
}

/// An end of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Where it comes from, or the only place of the store.
    First,
    /// Where a relocation goes.
    To,
}

/// What lies over the page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Sheet {
    /// Nothing.
    #[default]
    None,
    /// Choosing a place.
    Place(End),
    /// A line's quantity, damage and price.
    Line(DraftKey),
    /// Entering a code by hand.
    Typed,
    /// How scanning works.
    Settings,
    /// What waits on the phone.
    Outbox,
    /// The camera for evidence.
    Photo,
}

/// How the search for a sale stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// Nobody has asked.
    Idle,
    /// The server is being asked.
    Busy,
    /// The store has no such receipt.
    NotFound(String),
    /// There is no network.
    Offline(String),
    /// The server does not answer.
    Failed,
}

/// What the page opened with.
pub struct Opened {
    facts: PhoneFacts,
    catalogue: Catalogue,
    recorder: Recorder,
    drawer: Drawer<Draft>,
    kept: Option<Kept<Draft>>,
    offset_ms: i64,
}

impl Opened {
    /// A draft in which nothing would be missed is not kept.
    fn keep(&self, draft: &Draft) {
        self.drawer.keep(Some(draft).filter(|draft| !draft.is_blank()));
    }
}

/// Opens the page for whoever is signed in, or worked here last.
pub async fn open(kind: MovementKind, device: Device) -> Result<Opened, OpenProblem> {
    let snapshot = snapshot().await?;
    let offset_ms = clock_offset_ms().await;
    let (store, person) = (snapshot.store.code.clone(), snapshot.viewer.id.clone());
    let drawer = Drawer::<Draft>::named(format!("draft:{store}:{person}:{}", kind.code()));
    let kept = drawer.open().await.filter(|kept| kept.draft.kind == kind);
    let catalogue = Catalogue::new(snapshot.products.clone());
    let recorder = Recorder::new(device, store, person).await?;
    Ok(Opened { facts: PhoneFacts::new(snapshot), catalogue, recorder, drawer, kept, offset_ms })
}

/// The page's state.
#[derive(Clone, Copy)]
pub struct MoveDesk {
    known: StoredValue<Rc<Opened>, LocalStorage>,
    /// The page's language.
    pub language: Language,
    /// The phone.
    pub device: Device,
    /// What is being put together.
    pub draft: RwSignal<Draft>,
    /// Where it stands.
    pub stage: RwSignal<Stage>,
    /// What lies over the page.
    pub sheet: RwSignal<Sheet>,
    /// The end that the next shelf label sets.
    pub aim: RwSignal<End>,
    /// What was refused last; stays until it has been seen.
    pub refused: RwSignal<Option<String>>,
    /// The line touched last.
    pub touched: RwSignal<Option<DraftKey>>,
    /// How the search for a sale stands.
    pub lookup: RwSignal<Lookup>,
    /// Events of which some, but not all, could be kept.
    half: StoredValue<Vec<DeviceEvent>>,
    /// Whether it is being written down.
    pub is_recording: RwSignal<bool>,
    /// Whether an earlier draft came back.
    pub is_restored: RwSignal<bool>,
    /// The last beat of colour, and how many there were.
    pub flash: RwSignal<(u32, Flash)>,
    /// For a screen reader.
    pub said: RwSignal<String>,
}

impl MoveDesk {
    /// Lays out what has been opened.
    pub fn new(opened: Opened, kind: MovementKind, device: Device, language: Language) -> Self {
        let draft = opened.kept.as_ref().map_or_else(|| Draft::new(kind), |kept| kept.draft.clone());
        let recording = opened.kept.as_ref().map(|kept| kept.recording.clone()).unwrap_or_default();
        let is_restored = !draft.is_blank();
        let desk = Self {
            known: StoredValue::new_local(Rc::new(opened)),
            language,
            device,
            stage: RwSignal::new(first_stage(&draft)),
            draft: RwSignal::new(draft),
            sheet: RwSignal::default(),
            aim: RwSignal::new(aim_of(kind)),
            refused: RwSignal::new(None),
            touched: RwSignal::new(None),
            lookup: RwSignal::new(Lookup::Idle),
            half: StoredValue::default(),
            is_recording: RwSignal::new(false),
            is_restored: RwSignal::new(is_restored),
            flash: RwSignal::new((0, Flash::Repeat)),
            said: RwSignal::default(),
        };
        if !recording.is_empty() {
            // The browser was gone in the middle of it.
            desk.is_recording.set(true);
            spawn_local(desk.write(recording));
        }
        desk
    }

    fn known(self) -> Rc<Opened> {
        self.known.get_value()
    }

    /// What the phone took along.
    pub fn with_snapshot<T>(self, look: impl FnOnce(&PhoneSnapshot) -> T) -> T {
        look(self.known().facts.snapshot())
    }

    /// The kind of movement.
    pub fn kind(self) -> MovementKind {
        self.draft.with_untracked(|draft| draft.kind)
    }

    /// What an item is called.
    pub fn name(self, sku: &SkuCode) -> String {
        self.known().catalogue.name_of(sku)
    }

    /// The code printed on an item.
    pub fn code(self, sku: &SkuCode) -> String {
        self.known().catalogue.product(sku).map_or_else(|| sku.to_string(), domain::master::Product::printed_code)
    }

    /// The server's time as this phone believes it.
    pub fn now(self) -> Timestamp {
        Timestamp::from_unix_ms(crate::browser::device_now_ms()).plus_ms(self.known().offset_ms)
    }

    /// The store's day.
    pub fn today(self) -> Day {
        Day::at(self.now(), self.with_snapshot(|snapshot| snapshot.store.zone_offset))
    }

    /// The lots of an item in the store, first to expire first.
    pub fn lots(self, sku: &SkuCode) -> Vec<Lot> {
        self.with_snapshot(|snapshot| snapshot.lots.get(sku).cloned().unwrap_or_default())
    }

    /// The open order that the draft's document names.
    pub fn order(self) -> Option<OpenOrder> {
        let number =
            self.draft.with(|draft| draft.document.clone()).filter(|_| self.kind() == MovementKind::Receipt)?;
        self.with_snapshot(|snapshot| snapshot.orders.iter().find(|open| open.order.number == number).cloned())
    }

    /// What a movement is worth, and whether it takes effect at once.
    pub fn standing(self, movement: &Movement) -> (i64, Standing) {
        let known = self.known();
        let value = value_minor(movement, &known.facts);
        (value, standing(known.facts.snapshot().viewer.role, movement, value))
    }

    /// Changes the draft, and keeps it.
    pub fn edit<T>(self, change: impl FnOnce(&mut Draft) -> T) -> T {
        if self.is_restored.get_untracked() {
            self.is_restored.set(false);
        }
        let changed = self.draft.try_update(change).expect("the draft lives as long as the page");
        // What is half recorded stays as it was until all of it is.
        if self.half.with_value(Vec::is_empty) {
            self.draft.with_untracked(|draft| self.known().keep(draft));
        }
        changed
    }

    /// Empties the draft and begins anew.
    pub fn discard(self) {
        let kind = self.kind();
        self.edit(|draft| *draft = Draft::new(kind));
        self.is_restored.set(false);
        self.touched.set(None);
        self.lookup.set(Lookup::Idle);
        self.aim.set(aim_of(kind));
        self.sheet.set(Sheet::None);
        self.stage.set(self.draft.with_untracked(first_stage));
    }

    /// Lays itself under the camera, the keys and the sheets that scan.
    pub fn bench(self) -> ScanBench {
        let zone = self.with_snapshot(|snapshot| snapshot.store.zone_offset);
        let year = self.now().wall(zone).year;
        let is_scanning = move || matches!(self.stage.get_untracked(), Stage::Document | Stage::Compose);
        let find = move |(words, n_max): (String, usize)| -> Vec<Found> {
            self.known().catalogue.search(&words, n_max).into_iter().map(Found::of).collect()
        };
        let close_typed = move |()| {
            if self.sheet.get_untracked() == Sheet::Typed {
                self.sheet.set(Sheet::None);
            }
        };
        let takes_scans = move |()| {
            is_scanning() && self.refused.with_untracked(Option::is_none) && self.sheet.get_untracked() == Sheet::None
        };
        ScanBench {
            language: self.language,
            device: self.device,
            rules: StoredValue::new(ReadRules::cn(year)),
            zone,
            now: Callback::new(move |()| self.now()),
            is_listening: Callback::new(move |()| is_scanning()),
            takes_scans: Callback::new(takes_scans),
            take: Callback::new(move |(code, _)| self.take(code)),
            choose: Callback::new(move |sku: SkuCode| self.add(&sku, None, 1)),
            find: Callback::new(find),
            name: Callback::new(move |sku: SkuCode| self.name(&sku)),
            close_typed: Callback::new(close_typed),
            hint: Signal::derive(move || self.hint()),
            flash: self.flash,
        }
    }

    fn hint(self) -> &'static str {
        match (self.stage.get(), self.kind()) {
            (Stage::Document, MovementKind::CustomerReturn) => self.language.sale_find_title(),
            (Stage::Document, _) => self.language.order_choose_text(),
            _ => self.language.scan_hint_products(),
        }
    }

    /// Takes a code, wherever it was read.
    fn take(self, code: Result<ScannedCode, ReadError>) {
        let code = match code {
            Ok(code) => code,
            Err(error) => return self.refuse(self.language.read_error(&error)),
        };
        if self.stage.get_untracked() == Stage::Document {
            return self.take_document(code);
        }
        let lot = match &code {
            ScannedCode::Product { detail, .. } | ScannedCode::LogisticUnit(detail) => lot_of(detail),
            ScannedCode::Shelf(_) | ScannedCode::InStore(_) | ScannedCode::Unknown { .. } => None,
        };
        match self.known().catalogue.meaning(code) {
            Meaning::Shelf(tag) => self.take_shelf(&tag),
            Meaning::Pieces { item: LineItem::Known(sku), units } => self.add(&sku, lot, units),
            Meaning::Pieces { item: LineItem::Unknown(code), .. } => {
                self.refuse(self.language.wrong_unknown_code(code));
            }
        }
    }

    fn take_document(self, code: ScannedCode) {
        let number = code.identity();
        match (self.kind(), self.known().catalogue.meaning(code)) {
            (_, Meaning::Shelf(_)) | (_, Meaning::Pieces { item: LineItem::Known(_), .. }) => {
                self.refuse(self.language.wrong_choose_first().to_owned());
            }
            (MovementKind::CustomerReturn, _) => self.find_sale(number),
            _ => self.choose_document(number),
        }
    }

    /// Names the order or delivery note, and goes on.
    pub fn choose_document(self, number: String) {
        self.good();
        self.edit(|draft| draft.document = Some(number));
        self.stage.set(Stage::Compose);
    }

    /// Asks the server for a sale by its receipt's number.
    pub fn find_sale(self, number: String) {
        let number = number.trim().to_owned();
        if number.is_empty() || self.lookup.get_untracked() == Lookup::Busy {
            return;
        }
        self.lookup.set(Lookup::Busy);
        spawn_local(async move {
            let store = self.with_snapshot(|snapshot| snapshot.store.code.clone());
            let document = crate::backend::escape_query(&number);
            let answer = http::get(&format!("/api/v1/sales?store={store}&document={document}"), http::TIMEOUT).await;
            if self.lookup.try_get_untracked().is_none() {
                return;
            }
            let found = answer.json::<Vec<SaleFound>>();
            match (answer.status, found.map(|sales| sales.into_iter().next())) {
                (200, Some(None)) => self.lookup.set(Lookup::NotFound(number)),
                (200, Some(Some(sale))) => {
                    self.lookup.set(Lookup::Idle);
                    self.good();
                    self.edit(|draft| draft.take_sale(sale));
                    self.stage.set(Stage::Compose);
                }
                (0 | 502..=504, _) => self.lookup.set(Lookup::Offline(number)),
                _ => self.lookup.set(Lookup::Failed),
            }
        });
    }

    /// Goes on without having looked the receipt up; a number that is known all the same is kept.
    pub fn go_on_without_sale(self, number: Option<String>) {
        self.lookup.set(Lookup::Idle);
        self.edit(|draft| {
            draft.sale = None;
            draft.document = number.filter(|number| !number.trim().is_empty());
        });
        self.stage.set(Stage::Compose);
    }

    fn take_shelf(self, tag: &ShelfTag) {
        match self.known().facts.check_tag(tag) {
            Ok(()) => self.set_place(self.aim.get_untracked(), Place::Shelf(tag.shelf.clone())),
            Err(refusal) => self.refuse(self.language.tag_refusal(refusal, tag)),
        }
    }

    /// Sets an end of the way.
    pub fn set_place(self, end: End, place: Place) {
        self.said.set(self.language.place_set(self.language.place(&place)));
        self.edit(|draft| match end {
            End::First => draft.place = Some(place),
            End::To => draft.to = Some(place),
        });
        self.aim.set(aim_of(self.kind()));
        self.good();
    }

    /// Adds pieces of an item.
    pub fn add(self, sku: &SkuCode, lot: Option<Lot>, units: Units) {
        if self.stage.get_untracked() == Stage::Document {
            return self.refuse(self.language.wrong_choose_first().to_owned());
        }
        let planned = self.known().facts.planned_shelf(sku).cloned();
        let key = (sku.clone(), lot.clone());
        let has_price = matches!(self.kind(), MovementKind::Sale | MovementKind::CustomerReturn);
        let shelf_price = self.known().catalogue.product(sku).map(|product| product.price_minor).filter(|_| has_price);
        let added = self.edit(|draft| {
            draft.add(sku, lot, units, planned.as_ref())?;
            // Where no receipt says otherwise, the price on the shelf is meant.
            match shelf_price.filter(|_| draft.price_minor(sku).is_none()) {
                Some(price_minor) => draft.set_price(sku, price_minor),
                None => Ok(()),
            }
        });
        match added {
            Ok(()) => self.show_touched(key),
            Err(error) => self.refuse(self.language.draft_error(error)),
        }
    }

    /// Shows that a line has changed.
    pub fn show_touched(self, key: DraftKey) {
        let units = self.draft.with_untracked(|draft| draft.line(&key).map_or(0, |line| line.units));
        self.said.set(self.language.said_line(self.name(&key.0), format::number(units)));
        self.touched.set(Some(key));
        self.good();
    }

    /// Takes the last step back.
    pub fn undo(self) {
        if let Some(key) = self.edit(Draft::undo) {
            self.said.set(self.language.said_took_back(self.name(&key.0)));
            self.touched.set(Some(key));
            glue::feedback("repeat");
            self.bench_beat(Flash::Repeat);
        }
    }

    fn good(self) {
        glue::feedback("accept");
        self.bench_beat(Flash::Good);
    }

    fn bench_beat(self, flash: Flash) {
        self.flash.update(|(n, last)| {
            *n += 1;
            *last = flash;
        });
    }

    /// Refuses something, until the person has seen why.
    pub fn refuse(self, why: String) {
        glue::feedback("refuse");
        self.bench_beat(Flash::Bad);
        self.refused.set(Some(why));
    }

    /// Records it: the events are written into the drawer first, then into the queue, so that a phone that dies in
    /// between goes on where it was and nothing is recorded twice.
    pub fn record(self) {
        if self.is_recording.get_untracked() {
            return;
        }
        let half = self.half.get_value();
        if !half.is_empty() {
            self.is_recording.set(true);
            spawn_local(self.write(half));
            return;
        }
        let movements = match self.draft.with_untracked(Draft::movements) {
            Ok(movements) => movements,
            Err(missing) => {
                let why = missing.first().map_or("", |missing| self.language.missing(*missing));
                return self.refuse(why.to_owned());
            }
        };
        let known = self.known();
        let mut events = Vec::new();
        for movement in movements {
            let event = known.recorder.event(EventBody::Moved(movement), known.offset_ms);
            if let Err(refusal) = accept(&event, self.now(), &known.facts) {
                return self.refuse(self.language.refusal(&refusal));
            }
            events.push(event);
        }
        self.is_recording.set(true);
        spawn_local(async move {
            let kept = Kept { draft: self.draft.get_untracked(), recording: events.clone() };
            match known.drawer.commit(&kept).await {
                Ok(()) => self.write(events).await,
                Err(trouble) => self.not_kept(trouble),
            }
        });
    }

    /// The tick: every event is on the phone's disk.
    async fn write(self, events: Vec<DeviceEvent>) {
        let known = self.known();
        let mut kept = Vec::new();
        for event in &events {
            match known.recorder.keep(event.clone()).await {
                Ok(event) => kept.push(event),
                Err(trouble) if kept.is_empty() => {
                    // Nothing is recorded yet: the draft may still be changed.
                    self.draft.with_untracked(|draft| known.keep(draft));
                    return self.not_kept(trouble);
                }
                Err(trouble) => {
                    // The rest follows at the next press, or when the page is opened again.
                    self.half.set_value(events);
                    return self.not_kept(trouble);
                }
            }
        }
        known.drawer.clear().await;
        self.half.set_value(Vec::new());
        if self.stage.try_get_untracked().is_none() {
            return;
        }
        self.is_recording.set(false);
        self.good();
        self.said.set(self.language.done_title().to_owned());
        self.stage.set(Stage::Done(kept));
    }

    fn not_kept(self, trouble: StoreTrouble) {
        if self.stage.try_get_untracked().is_some() {
            self.is_recording.set(false);
            self.device.storing.set(Some(trouble));
            glue::feedback("refuse");
            self.bench_beat(Flash::Bad);
        }
    }

    /// Begins the next of the same kind.
    pub fn another(self) {
        let kind = self.kind();
        self.draft.set(Draft::new(kind));
        self.is_restored.set(false);
        self.touched.set(None);
        self.lookup.set(Lookup::Idle);
        self.stage.set(self.draft.with_untracked(first_stage));
    }
}

fn aim_of(kind: MovementKind) -> End {
    if kind == MovementKind::Relocation { End::To } else { End::First }
}

fn first_stage(draft: &Draft) -> Stage {
    let has_document = matches!(draft.kind, MovementKind::Receipt | MovementKind::CustomerReturn);
    if has_document && draft.is_blank() { Stage::Document } else { Stage::Compose }
}
