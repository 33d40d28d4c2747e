//! The page's state: what is scanned, and where it stands.

use crate::device::drawer::{Drawer, Kept};
use crate::device::recorder::{Recorder, clock_offset_ms};
use crate::device::snapshot::{OpenProblem, snapshot};
use crate::device::{Device, StoreTrouble, glue, http};
use crate::format;
use crate::scan::{Flash, Found, ScanBench};
use crate::text::Language;
use domain::accept::accept;
use domain::barcode::{ReadError, ReadRules, ScannedCode};
use domain::catalogue::{Catalogue, Meaning};
use domain::event::{DeviceEvent, EventBody};
use domain::id::{EventId, SkuCode};
use domain::instant::Timestamp;
use domain::lot::lot_of;
use domain::movement::{Lot, Place, Units};
use domain::sync::{PhoneFacts, PhoneSnapshot};
use domain::tally::LineItem;
use domain::transfer::{ScanError, ScanKey, ScanTask, Scanning, TransferDetail, TransferEvent, TransferId};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Products are scanned.
    Scan,
    /// Everything is looked at once more.
    Check,
    /// It is on the phone's disk.
    Done(EventId),
}

/// What lies over the page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Sheet {
    /// Nothing.
    #[default]
    None,
    /// Choosing a place.
    Place,
    /// A line's quantity and damage.
    Line(ScanKey),
    /// Entering a code by hand.
    Typed,
    /// How scanning works.
    Settings,
    /// What waits on the phone.
    Outbox,
    /// The camera for evidence.
    Photo,
}

/// Why there is nothing to scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanProblem {
    /// The phone has nothing to work with.
    Open(OpenProblem),
    /// There is no such transfer, or it is not the store's.
    NoTransfer,
    /// It waits for nobody to pick or receive it here.
    NotNow,
}

impl From<OpenProblem> for ScanProblem {
    fn from(problem: OpenProblem) -> Self {
        Self::Open(problem)
    }
}

impl From<StoreTrouble> for ScanProblem {
    fn from(trouble: StoreTrouble) -> Self {
        Self::Open(trouble.into())
    }
}

/// What is kept on the phone: the transfer too, so that scanning goes on without the network.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ScanDraft {
    detail: TransferDetail,
    scanning: Scanning,
}

/// What the page opened with.
pub struct Opened {
    facts: PhoneFacts,
    catalogue: Catalogue,
    recorder: Recorder,
    drawer: Drawer<ScanDraft>,
    kept: Kept<ScanDraft>,
    offset_ms: i64,
}

/// Opens the page for whoever is signed in, or worked here last.
pub async fn open(id: TransferId, device: Device) -> Result<Opened, ScanProblem> {
    let snapshot = snapshot().await?;
    let (store, person) = (snapshot.store.code.clone(), snapshot.viewer.id.clone());
    let offset_ms = clock_offset_ms().await;
    let drawer = Drawer::<ScanDraft>::named(format!("scan:{store}:{person}:{id}"));
    let kept = drawer.open().await.filter(|kept| kept.draft.scanning.transfer == id);
    let answer = http::get(&format!("/api/v1/transfers/{id}"), http::TIMEOUT).await;
    let kept = match (answer.status, answer.json::<TransferDetail>(), kept) {
        // What the browser's end cut short is gone on with, whatever has become of the transfer.
        (_, _, Some(kept)) if !kept.recording.is_empty() => kept,
        (200, Some(detail), kept) => {
            let tasks = [ScanTask::Picking, ScanTask::Receipt].into_iter();
            let mut mine = tasks.filter(|task| detail.may.contains(&(store.clone(), task.step())));
            let Some(task) = mine.next() else {
                drawer.clear().await;
                return Err(ScanProblem::NotNow);
            };
            let before = kept.map(|kept| kept.draft.scanning).filter(|scanning| scanning.task == task);
            let scanning = before.or_else(|| Scanning::of(&detail.transfer, task)).ok_or(ScanProblem::NotNow)?;
            Kept { draft: ScanDraft { detail, scanning }, recording: Vec::new() }
        }
        (403 | 404, ..) => return Err(ScanProblem::NoTransfer),
        (_, _, Some(kept)) => kept,
        (401, ..) => return Err(OpenProblem::SignInNeeded.into()),
        _ => return Err(OpenProblem::NoSnapshot.into()),
    };
    if kept.recording.is_empty() {
        drawer.keep(Some(&kept.draft));
    }
    let catalogue = Catalogue::new(snapshot.products.clone());
    let recorder = Recorder::new(device, store, person).await?;
    Ok(Opened { facts: PhoneFacts::new(snapshot), catalogue, recorder, drawer, kept, offset_ms })
}

/// The page's state.
#[derive(Clone, Copy)]
pub struct ScanDesk {
    known: StoredValue<Rc<Opened>, LocalStorage>,
    /// The page's language.
    pub language: Language,
    /// The phone.
    pub device: Device,
    /// What is scanned.
    pub scanning: RwSignal<Scanning>,
    /// Where it stands.
    pub stage: RwSignal<Stage>,
    /// What lies over the page.
    pub sheet: RwSignal<Sheet>,
    /// The place that was scanned or chosen; without one an item is picked from its shelf and put into the back room.
    pub place: RwSignal<Option<Place>>,
    /// What was refused last; stays until it has been seen.
    pub refused: RwSignal<Option<String>>,
    /// The line touched last.
    pub touched: RwSignal<Option<ScanKey>>,
    /// Whether it is being written down.
    pub is_recording: RwSignal<bool>,
    /// Whether something scanned before came back.
    pub is_restored: RwSignal<bool>,
    /// The last beat of colour, and how many there were.
    pub flash: RwSignal<(u32, Flash)>,
    /// For a screen reader.
    pub said: RwSignal<String>,
}

impl ScanDesk {
    /// Lays out what has been opened.
    pub fn new(opened: Opened, device: Device, language: Language) -> Self {
        let scanning = opened.kept.draft.scanning.clone();
        let recording = opened.kept.recording.clone();
        let desk = Self {
            is_restored: RwSignal::new(!scanning.is_blank()),
            known: StoredValue::new_local(Rc::new(opened)),
            language,
            device,
            scanning: RwSignal::new(scanning),
            stage: RwSignal::new(Stage::Scan),
            sheet: RwSignal::default(),
            place: RwSignal::new(None),
            refused: RwSignal::new(None),
            touched: RwSignal::new(None),
            is_recording: RwSignal::new(false),
            flash: RwSignal::new((0, Flash::Repeat)),
            said: RwSignal::default(),
        };
        if let Some(event) = recording.into_iter().next() {
            // The browser was gone in the middle of it.
            desk.is_recording.set(true);
            spawn_local(desk.write(event));
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

    /// The transfer.
    pub fn transfer(self) -> TransferId {
        self.scanning.with_untracked(|scanning| scanning.transfer)
    }

    /// Which step is scanned.
    pub fn task(self) -> ScanTask {
        self.scanning.with_untracked(|scanning| scanning.task)
    }

    /// What an item is called.
    pub fn name(self, sku: &SkuCode) -> String {
        self.known().catalogue.name_of(sku)
    }

    /// The code printed on an item.
    pub fn code(self, sku: &SkuCode) -> String {
        self.known().catalogue.product(sku).map_or_else(|| sku.to_string(), domain::master::Product::printed_code)
    }

    /// The lots of an item in the store, first to expire first.
    pub fn lots(self, sku: &SkuCode) -> Vec<Lot> {
        self.with_snapshot(|snapshot| snapshot.lots.get(sku).cloned().unwrap_or_default())
    }

    /// The server's time as this phone believes it.
    fn now(self) -> Timestamp {
        Timestamp::from_unix_ms(crate::browser::device_now_ms()).plus_ms(self.known().offset_ms)
    }

    /// Where pieces of an item are picked from, or put.
    pub fn place_of(self, sku: &SkuCode) -> Place {
        let planned = || match self.task() {
            ScanTask::Picking => self.known().facts.planned_shelf(sku).cloned().map(Place::Shelf),
            ScanTask::Receipt => None,
        };
        self.place.get_untracked().or_else(planned).unwrap_or(Place::BackRoom)
    }

    /// Changes what is scanned, and keeps it.
    pub fn edit<T>(self, change: impl FnOnce(&mut Scanning) -> T) -> T {
        self.is_restored.set(false);
        let changed = self.scanning.try_update(change).expect("it lives as long as the page");
        if !self.is_recording.get_untracked() {
            self.keep();
        }
        changed
    }

    fn keep(self) {
        let known = self.known();
        let draft = ScanDraft { detail: known.kept.draft.detail.clone(), scanning: self.scanning.get_untracked() };
        known.drawer.keep(Some(&draft));
    }

    /// Lays itself under the camera, the keys and the sheets that scan.
    pub fn bench(self) -> ScanBench {
        let zone = self.with_snapshot(|snapshot| snapshot.store.zone_offset);
        let year = self.now().wall(zone).year;
        let is_scanning = move || self.stage.get_untracked() == Stage::Scan;
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
            hint: Signal::stored(self.language.scan_hint_products()),
            flash: self.flash,
        }
    }

    /// Takes a code, wherever it was read.
    fn take(self, code: Result<ScannedCode, ReadError>) {
        let code = match code {
            Ok(code) => code,
            Err(error) => return self.refuse(self.language.read_error(&error)),
        };
        if let Some(waybill) = TransferId::of_waybill(&code) {
            return match waybill == self.transfer() {
                true => self.good(self.language.scan_own_waybill().to_owned()),
                false => self.refuse(self.language.scan_other_waybill(waybill.spoken())),
            };
        }
        let lot = match &code {
            ScannedCode::Product { detail, .. } | ScannedCode::LogisticUnit(detail) => lot_of(detail),
            ScannedCode::Shelf(_) | ScannedCode::InStore(_) | ScannedCode::Unknown { .. } => None,
        };
        match self.known().catalogue.meaning(code) {
            Meaning::Shelf(tag) => match self.known().facts.check_tag(&tag) {
                Ok(()) => self.set_place(Place::Shelf(tag.shelf)),
                Err(refusal) => self.refuse(self.language.tag_refusal(refusal, &tag)),
            },
            Meaning::Pieces { item: LineItem::Known(sku), units } => self.add(&sku, lot, units),
            Meaning::Pieces { item: LineItem::Unknown(code), .. } => {
                self.refuse(self.language.wrong_unknown_code(code));
            }
        }
    }

    /// Sets where things are picked from, or put, from now on.
    pub fn set_place(self, place: Place) {
        let said = self.language.place_set(self.language.place(&place));
        self.place.set(Some(place));
        self.good(said);
    }

    /// Adds pieces of an item.
    fn add(self, sku: &SkuCode, lot: Option<Lot>, units: Units) {
        let key = (sku.clone(), lot, self.place_of(sku));
        match self.edit(|scanning| scanning.add(&key, units)) {
            Ok(()) => self.show_touched(key),
            Err(error) => self.refuse(self.error(sku, error)),
        }
    }

    /// Why something is not scanned.
    pub fn error(self, sku: &SkuCode, error: ScanError) -> String {
        self.language.scan_error(self.task(), &self.name(sku), error)
    }

    /// Shows that a line has changed.
    pub fn show_touched(self, key: ScanKey) {
        let row = self.scanning.with_untracked(|scanning| scanning.rows().into_iter().find(|row| row.sku == key.0));
        let (scanned, expected) = row.map_or((0, 0), |row| (row.scanned, row.expected));
        let of = self.language.scan_of(format::number(scanned), format::number(expected));
        let said = self.language.said_line(self.name(&key.0), of);
        self.touched.set(Some(key));
        // What is too many is taken, and felt.
        if scanned > expected {
            glue::feedback("repeat");
            self.beat(Flash::Repeat);
            self.said.set(said);
        } else {
            self.good(said);
        }
    }

    /// Takes the last step back.
    pub fn undo(self) {
        if let Some(key) = self.edit(Scanning::undo) {
            self.said.set(self.language.said_took_back(self.name(&key.0)));
            self.touched.set(Some(key));
            glue::feedback("repeat");
            self.beat(Flash::Repeat);
        }
    }

    fn good(self, said: String) {
        glue::feedback("accept");
        self.beat(Flash::Good);
        self.said.set(said);
    }

    fn beat(self, flash: Flash) {
        self.flash.update(|(n, last)| {
            *n += 1;
            *last = flash;
        });
    }

    /// Refuses something, until the person has seen why.
    pub fn refuse(self, why: String) {
        glue::feedback("refuse");
        self.beat(Flash::Bad);
        self.refused.set(Some(why));
    }

    /// Confirms it: the event is written into the drawer first, then into the queue, so that a phone that dies in
    /// between goes on where it was and nothing is recorded twice.
    pub fn record(self) {
        if self.is_recording.get_untracked() {
            return;
        }
        let step = match self.scanning.with_untracked(Scanning::finish) {
            Ok(step) => step,
            Err(lacks) => {
                let why = lacks.first().map_or("", |lack| self.language.scan_lack(*lack));
                return self.refuse(why.to_owned());
            }
        };
        let known = self.known();
        let body = EventBody::Transfer(TransferEvent { transfer: self.transfer(), step });
        let event = known.recorder.event(body, known.offset_ms);
        if let Err(refusal) = accept(&event, self.now(), &known.facts) {
            return self.refuse(self.language.refusal(&refusal));
        }
        self.is_recording.set(true);
        spawn_local(async move {
            let draft = ScanDraft { detail: known.kept.draft.detail.clone(), scanning: self.scanning.get_untracked() };
            match known.drawer.commit(&Kept { draft, recording: vec![event.clone()] }).await {
                Ok(()) => self.write(event).await,
                Err(trouble) => self.not_kept(trouble),
            }
        });
    }

    /// The tick: the event is on the phone's disk.
    async fn write(self, event: DeviceEvent) {
        let known = self.known();
        let kept = known.recorder.keep(event).await;
        if kept.is_ok() {
            known.drawer.clear().await;
        }
        if self.stage.try_get_untracked().is_none() {
            return;
        }
        match kept {
            Ok(event) => {
                self.is_recording.set(false);
                self.stage.set(Stage::Done(event.id));
                self.good(self.language.done_title().to_owned());
            }
            Err(trouble) => {
                // Nothing is recorded yet: it may still be changed.
                self.keep();
                self.not_kept(trouble);
            }
        }
    }

    fn not_kept(self, trouble: StoreTrouble) {
        if self.stage.try_get_untracked().is_some() {
            self.is_recording.set(false);
            self.device.storing.set(Some(trouble));
            glue::feedback("refuse");
            self.beat(Flash::Bad);
        }
    }
}
