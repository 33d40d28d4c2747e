//! The counting page's state: what is shown, and the queue of what is being recorded.
//!
//! Each scan touches the signals of its own line only, so that the thousandth is as quick as the first.

mod shown;

pub use shown::{Card, CardKind, Progress, Row, Sheet, Stage};

use super::counter::{Counter, Here, Intent};
use super::opening;
use crate::backend::{ShelfTask, read_workbench};
use crate::device::{Device, glue, snapshot};
use crate::scan::{Flash, Found, ScanBench};
use crate::text::Language;
use domain::accept::Refusal;
use domain::barcode::{ReadError, ScannedCode};
use domain::catalogue::{Catalogue, Meaning};
use domain::event::{CountMethod, DeviceEvent, EventBody, ShelfProof};
use domain::id::{ShelfCode, SkuCode};
use domain::movement::Units;
use domain::tally::{LineItem, LineKey};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

/// Characters shown of a shelf's name that is none: a link may say anything.
const NAME_SHOWN_MAX: usize = 16;

struct Inner {
    counter: RefCell<Counter>,
    queue: RefCell<VecDeque<Intent>>,
    rows: RefCell<HashMap<LineItem, Row>>,
    is_working: Cell<bool>,
    /// The page has been left: what is queued is still recorded, but nothing is shown any more.
    is_gone: Cell<bool>,
}

/// The page's state.
#[derive(Clone, Copy)]
pub struct Desk {
    inner: StoredValue<Rc<Inner>, LocalStorage>,
    /// The page's language.
    pub language: Language,
    /// The phone.
    pub device: Device,
    /// Where the count stands.
    pub stage: RwSignal<Stage>,
    /// The shelf in front of the counter.
    pub here: RwSignal<Option<Here>>,
    /// Its lines, the one touched last first.
    pub rows: RwSignal<Vec<Row>>,
    /// What belongs there and has not been counted.
    pub left: RwSignal<Vec<SkuCode>>,
    /// How far this phone has come.
    pub progress: RwSignal<Progress>,
    /// What was recorded last.
    pub card: RwSignal<Option<Card>>,
    /// What was refused last; stays until it has been seen.
    pub refused: RwSignal<Option<String>>,
    /// What lies over the page.
    pub sheet: RwSignal<Sheet>,
    /// The last beat of colour, and how many there were.
    pub flash: RwSignal<(u32, Flash)>,
    /// For a screen reader.
    pub said: RwSignal<String>,
    /// What the server says of each shelf, as far as it was reached.
    pub others: RwSignal<HashMap<ShelfCode, ShelfTask>>,
}

impl Desk {
    /// Lays out what has been opened.
    pub fn new(counter: Counter, device: Device, language: Language) -> Self {
        let stage = if counter.has_begun { Stage::Counting } else { Stage::Ready };
        let inner = Rc::new(Inner {
            counter: RefCell::new(counter),
            queue: RefCell::default(),
            rows: RefCell::default(),
            is_working: Cell::new(false),
            is_gone: Cell::new(false),
        });
        on_cleanup({
            let inner = send_wrapper::SendWrapper::new(inner.clone());
            move || inner.is_gone.set(true)
        });
        let desk = Self {
            inner: StoredValue::new_local(inner),
            language,
            device,
            stage: RwSignal::new(stage),
            here: RwSignal::new(None),
            rows: RwSignal::default(),
            left: RwSignal::default(),
            progress: RwSignal::default(),
            card: RwSignal::new(None),
            refused: RwSignal::new(None),
            sheet: RwSignal::default(),
            flash: RwSignal::new((0, Flash::Repeat)),
            said: RwSignal::default(),
            others: RwSignal::default(),
        };
        desk.look_around();
        desk.show_progress();
        desk
    }

    /// Asks the server who is where, if it can be reached: what colleagues do is worth knowing, not worth waiting for.
    pub fn look_around(self) {
        let stocktake = self.with(|counter| counter.stocktake().clone());
        spawn_local(async move {
            let Ok(bench) = read_workbench().await else { return };
            if bench.stocktake.is_some_and(|known| known.id == stocktake) {
                // The page may have been left meanwhile.
                let tasks = bench.shelves.into_iter().map(|task| (task.shelf.clone(), task)).collect();
                let _ = self.others.try_set(tasks);
            }
        });
    }

    /// Shelves that neither this phone nor the server calls complete.
    pub fn n_unfinished(self) -> usize {
        let others = self.others.get_untracked();
        self.with(|counter| {
            let is_open = |code: &ShelfCode| {
                let is_counted = |n_lines: u32, of: usize| of > 0 && usize::try_from(n_lines).is_ok_and(|n| n >= of);
                let by_all = others.get(code).is_some_and(|task| {
                    task.is_finished
                        || is_counted(task.n_counted, usize::try_from(task.n_planned).unwrap_or(usize::MAX))
                });
                !by_all
                    && !counter.is_finished(code)
                    && !is_counted(counter.tally.n_lines_of(code), counter.planned(code).len())
            };
            counter.shelves_to_count().iter().filter(|shelf| is_open(&shelf.shelf.code)).count()
        })
    }

    /// Looks at what the phone knows.
    pub fn with<T>(self, look: impl FnOnce(&Counter) -> T) -> T {
        self.inner.with_value(|inner| look(&inner.counter.borrow()))
    }

    /// Whether scans are taken now: not while a refusal waits to be seen or something lies over the page.
    pub fn takes_scans(self) -> bool {
        self.stage.get_untracked() == Stage::Counting
            && self.refused.with_untracked(Option::is_none)
            && matches!(self.sheet.get_untracked(), Sheet::None)
    }

    /// Takes a code, wherever it was read.
    pub fn take(self, code: Result<ScannedCode, ReadError>, method: CountMethod) {
        match code.map(|code| self.with(|counter| counter.catalogue.meaning(code))) {
            Err(error) => self.refuse(self.language.read_error(&error)),
            Ok(Meaning::Shelf(tag)) => match self.with(|counter| counter.enter(tag)) {
                Ok(here) => self.enter(here),
                Err((refusal, tag)) => self.refuse(self.language.tag_refusal(refusal, &tag)),
            },
            Ok(Meaning::Pieces { item, units }) => self.count(item, units, method),
        }
    }

    /// Counts pieces of an item on the shelf in front.
    pub fn count(self, item: LineItem, units: Units, method: CountMethod) {
        match self.here.get_untracked() {
            Some(here) => self.record(Intent::Count { here, item, units, method }),
            None => self.refuse(self.language.refused_no_shelf().to_owned()),
        }
    }

    /// Picks a shelf from the list.
    pub fn pick(self, shelf: ShelfCode) {
        if self.with(|counter| counter.shelf(&shelf).is_some()) {
            self.enter(Here { shelf, proof: ShelfProof::Picked });
        }
    }

    /// Picks the shelf that a link names, or says that there is none.
    pub fn pick_named(self, name: &str) {
        match ShelfCode::parse(name) {
            Ok(shelf) if self.with(|counter| counter.shelf(&shelf).is_some()) => self.pick(shelf),
            _ => {
                let shown: String = name.chars().take(NAME_SHOWN_MAX).collect();
                self.refuse(self.language.refused_unknown_shelf(&shown));
            }
        }
    }

    fn enter(self, here: Here) {
        let is_same = self.here.with_untracked(|now| now.as_ref().is_some_and(|now| now.shelf == here.shelf));
        self.beat(if is_same { Flash::Repeat } else { Flash::Good });
        glue::feedback(if is_same { "repeat" } else { "accept" });
        self.said.set(self.language.shelf_entered(&here.shelf));
        self.here.set(Some(here));
        if !is_same {
            self.card.set(None);
            self.show_lines();
        }
    }

    /// Goes back to the list of shelves.
    pub fn leave_shelf(self) {
        self.here.set(None);
        self.card.set(None);
        self.show_lines();
        self.look_around();
    }

    /// Refuses something, until the person has seen why.
    pub fn refuse(self, why: String) {
        glue::feedback("refuse");
        self.beat(Flash::Bad);
        self.refused.set(Some(why));
    }

    /// Lays itself under the camera, the keys and the sheets that scan.
    pub fn bench(self) -> ScanBench {
        let zone = self.with(Counter::zone_offset);
        let hint = move || match self.here.with(Option::is_none) {
            true => self.language.shelf_scan_hint(),
            false => self.language.scan_hint_products(),
        };
        let find = move |(words, n_max): (String, usize)| {
            self.with(|counter| counter.catalogue.search(&words, n_max).into_iter().map(Found::of).collect())
        };
        let close_typed = move |()| {
            if self.sheet.get_untracked() == Sheet::Typed {
                self.sheet.set(Sheet::None);
            }
        };
        ScanBench {
            language: self.language,
            device: self.device,
            rules: StoredValue::new(self.with(|counter| counter.rules.clone())),
            zone,
            now: Callback::new(move |()| self.with(Counter::now)),
            is_listening: Callback::new(move |()| self.stage.get_untracked() == Stage::Counting),
            takes_scans: Callback::new(move |()| self.takes_scans()),
            take: Callback::new(move |(code, method)| self.take(code, method)),
            choose: Callback::new(move |sku| self.count(LineItem::Known(sku), 1, CountMethod::TypedCode)),
            find: Callback::new(find),
            name: Callback::new(move |sku: SkuCode| self.with(|counter| counter.catalogue.name_of(&sku))),
            close_typed: Callback::new(close_typed),
            hint: Signal::derive(hint),
            flash: self.flash,
        }
    }

    /// Takes away what lies over the page.
    pub fn close(self) -> Callback<()> {
        Callback::new(move |()| self.sheet.set(Sheet::None))
    }

    /// Opens the list of what is unsent.
    pub fn open_outbox(self) -> Callback<()> {
        Callback::new(move |()| self.sheet.set(Sheet::Outbox))
    }

    /// Shows one beat of colour.
    pub fn beat(self, flash: Flash) {
        self.flash.update(|(n, last)| {
            *n += 1;
            *last = flash;
        });
    }

    /// Queues something to record.
    pub fn record(self, intent: Intent) {
        let inner = self.inner.get_value();
        inner.queue.borrow_mut().push_back(intent);
        if !inner.is_working.replace(true) {
            spawn_local(self.work(inner));
        }
    }

    /// One after the other: each is decided on what was recorded before it.
    async fn work(self, inner: Rc<Inner>) {
        loop {
            let next = inner.queue.borrow_mut().pop_front();
            let Some(intent) = next else { break };
            let Some(body) = inner.counter.borrow_mut().body(&intent) else { continue };
            let (event, recorder) = {
                let counter = inner.counter.borrow();
                let judged = body.and_then(|body| {
                    let event = counter.recorder.event(body, counter.offset_ms);
                    counter.judge(&event).map(|()| event)
                });
                (judged, counter.recorder.clone())
            };
            let kept = match event {
                Ok(event) => recorder.keep(event).await,
                Err(refusal) => {
                    self.refused(&inner, &refusal);
                    continue;
                }
            };
            match kept {
                Ok(event) => {
                    let key = inner.counter.borrow_mut().note(&event);
                    if !inner.is_gone.get() {
                        self.show(&inner, &event, key, &intent);
                    }
                }
                Err(_) if inner.is_gone.get() => {}
                Err(_) => {
                    glue::feedback("refuse");
                    self.beat(Flash::Bad);
                }
            }
        }
        inner.is_working.set(false);
    }

    fn refused(self, inner: &Inner, refusal: &Refusal) {
        if inner.is_gone.get() {
            return;
        }
        self.refuse(match refusal {
            Refusal::BadUnits { .. } => self.language.refused_quantity().to_owned(),
            other => self.language.refusal(other),
        });
    }

    /// The tick: the event is on the phone's disk.
    fn show(self, inner: &Inner, event: &DeviceEvent, key: Option<LineKey>, intent: &Intent) {
        match &event.body {
            EventBody::StocktakeOpened { stocktake } => {
                let stocktake = stocktake.clone();
                spawn_local(async move { opening::remember(&stocktake).await });
                self.stage.set(Stage::Counting);
            }
            EventBody::ShelfFinished { shelf, .. } => {
                self.said.set(self.language.said_shelf_finished(shelf));
                glue::feedback("accept");
                self.beat(Flash::Good);
                self.leave_shelf();
            }
            EventBody::StocktakeSubmitted { .. } => {
                self.leave_shelf();
                self.stage.set(Stage::Done);
            }
            _ => {}
        }
        let Some(key) = key else { return };
        let counter = inner.counter.borrow();
        let line = counter.tally.line(&key);
        let (name, code) = (counter.name(&key, self.language), counter.code(&key.item));
        let units = line.map_or(0, domain::tally::Line::units);
        let is_counted = line.is_some();
        let is_first_of_unknown = matches!(key.item, LineItem::Unknown(_))
            && line.is_some_and(|line| line.n_observations() == 1 && line.name().is_none());
        drop(counter);
        self.show_line(inner, &key, &name, &code, is_counted.then_some(units));
        self.show_progress();
        let (kind, added) = match &event.body {
            EventBody::CountUndone { .. } => (CardKind::Undone, 0),
            EventBody::Counted { units: added, .. } if matches!(key.item, LineItem::Unknown(_)) => {
                (CardKind::Unknown, *added)
            }
            EventBody::Counted { units: added, .. } => (CardKind::Counted, *added),
            _ => return,
        };
        self.said.set(match kind {
            CardKind::Undone if !is_counted => self.language.said_undone_all(&name),
            CardKind::Undone => self.language.said_undone(&name, units),
            CardKind::Counted | CardKind::Unknown => self.language.said_counted(&name, units),
        });
        glue::feedback(if kind == CardKind::Undone { "repeat" } else { "accept" });
        self.beat(if kind == CardKind::Undone { Flash::Repeat } else { Flash::Good });
        let asks = is_first_of_unknown && matches!(intent, Intent::Count { .. });
        if asks {
            self.sheet.set(Sheet::Unknown(key.clone()));
        }
        self.card.set(Some(Card { kind, key, name, code, added, units }));
    }

    /// `units`: what the line says, if it stands.
    fn show_line(self, inner: &Inner, key: &LineKey, name: &str, code: &str, units: Option<Units>) {
        if self.here.with_untracked(|here| here.as_ref().is_none_or(|here| here.shelf != key.shelf)) {
            return;
        }
        let mut rows = inner.rows.borrow_mut();
        let Some(units) = units else {
            if rows.remove(&key.item).is_some() {
                self.rows.update(|shown| shown.retain(|row| row.item != key.item));
                if let LineItem::Known(sku) = &key.item
                    && self.with(|counter| is_planned(counter, &key.shelf, sku))
                {
                    self.left.update(|left| left.insert(0, sku.clone()));
                }
            }
            return;
        };
        if let Some(row) = rows.get(&key.item) {
            row.units.set(units);
            row.n_beats.update(|n| *n += 1);
            if row.name.with_untracked(|shown| shown != name) {
                row.name.set(name.to_owned());
            }
            let is_first = self.rows.with_untracked(|shown| shown.first().is_some_and(|first| first.item == key.item));
            if !is_first {
                self.rows.update(|shown| {
                    if let Some(at) = shown.iter().position(|row| row.item == key.item) {
                        shown[..=at].rotate_right(1);
                    }
                });
            }
            return;
        }
        let row = Row {
            item: key.item.clone(),
            name: ArcRwSignal::new(name.to_owned()),
            code: code.to_owned(),
            units: ArcRwSignal::new(units),
            n_beats: ArcRwSignal::new(1),
        };
        rows.insert(key.item.clone(), row.clone());
        self.rows.update(|shown| shown.insert(0, row));
        if let LineItem::Known(sku) = &key.item {
            self.left.update(|left| left.retain(|other| other != sku));
        }
    }

    /// Lays out the shelf in front anew.
    fn show_lines(self) {
        let inner = self.inner.get_value();
        let counter = inner.counter.borrow();
        let mut by_item = HashMap::new();
        let mut shown = Vec::new();
        let mut left = Vec::new();
        if let Some(here) = self.here.get_untracked() {
            for item in counter.tally.items_in_order(&here.shelf) {
                let key = LineKey { shelf: here.shelf.clone(), item };
                let row = Row {
                    name: ArcRwSignal::new(counter.name(&key, self.language)),
                    code: counter.code(&key.item),
                    units: ArcRwSignal::new(counter.tally.line(&key).map_or(0, domain::tally::Line::units)),
                    n_beats: ArcRwSignal::new(0),
                    item: key.item,
                };
                by_item.insert(row.item.clone(), row.clone());
                shown.push(row);
            }
            shown.reverse();
            let planned = counter.planned(&here.shelf);
            left = planned.into_iter().filter(|sku| !by_item.contains_key(&LineItem::Known(sku.clone()))).collect();
        }
        drop(counter);
        *inner.rows.borrow_mut() = by_item;
        self.rows.set(shown);
        self.left.set(left);
    }

    fn show_progress(self) {
        let progress = self.with(|counter| Progress {
            n_shelves: counter.tally.n_shelves(),
            n_shelves_all: counter.shelves_to_count().len(),
            n_lines: counter.tally.n_lines(),
        });
        if self.progress.get_untracked() != progress {
            self.progress.set(progress);
        }
    }

    /// Goes on from what the phone keeps: something was refused, sent again or put away.
    pub fn recall(self) {
        spawn_local(async move {
            let Some(stage) = self.reread().await else { return };
            if self.stage.get_untracked() != Stage::Done {
                self.stage.set(stage);
            }
        });
    }

    /// After a submitted stocktake, begins with the next one. What is shown changes only when that is known: until
    /// then "start" would mean the old one.
    pub fn begin_anew(self) {
        spawn_local(async move {
            if let Some(stage) = self.reread().await {
                self.stage.set(stage);
            }
        });
    }

    /// Reads anew what the phone keeps; where the count stands by that, unless the page has gone.
    async fn reread(self) -> Option<Stage> {
        let inner = self.inner.try_get_value()?;
        let (known, now, recount) = {
            let counter = inner.counter.borrow();
            let recount = counter.is_recount.then(|| counter.stocktake().clone());
            (counter.facts.snapshot().clone(), counter.now(), recount)
        };
        // A refusal often means that the store has moved on.
        let snapshot = snapshot::snapshot().await.unwrap_or(known);
        let (facts, tally) = opening::recall(snapshot, now, recount.as_ref()).await.ok()?;
        let has_begun = recount.is_some() || opening::has_begun(&facts, &tally);
        {
            let mut counter = inner.counter.borrow_mut();
            counter.catalogue = Catalogue::new(facts.snapshot().products.clone());
            counter.has_begun = has_begun;
            (counter.facts, counter.tally) = (facts, tally);
        }
        if inner.is_gone.get() {
            return None;
        }
        self.card.set(None);
        self.show_lines();
        self.show_progress();
        Some(if has_begun { Stage::Counting } else { Stage::Ready })
    }
}

fn is_planned(counter: &Counter, shelf: &ShelfCode, sku: &SkuCode) -> bool {
    counter.planned(shelf).contains(sku)
}
