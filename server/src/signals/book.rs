//! What warnings and heatmaps look at, in memory: every line of every store, changed event by event.
//!
//! What an event costs depends on how many rules there are and how many items it moves, not on how many stores. The
//! only thing that one store's line has of another's is the sum of what its region could spare of the item.

mod lines;

pub use lines::KnownLine;

use crate::store::Masters;
use domain::approval::{Outcome, Standing};
use domain::demand::Forecast;
use domain::event::{EventBody, LedgerEvent};
use domain::heat::{HeatCell, HeatRow, HeatUpdate, StoreHeat};
use domain::hourly::{Hourly, Usual};
use domain::id::{CategoryCode, RegionCode, RuleCode, SkuCode, StoreCode};
use domain::instant::{DAY_MS, Day, Timestamp, ZoneOffset};
use domain::measure::{Around, Figure, Figures, Measure, Reading};
use domain::movement::{MovementKind, Units};
use domain::replenishment::{Overrides, StockTarget, Supply, forecast_on, target};
use domain::rule::Watch;
use domain::signal::{EffectKind, Signals, effects};
use domain::transfer::{ConfirmationPace, LineUnderWay, TransferId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What is kept on disk of a store: a fold of its ledger up to a number.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Fold {
    /// Number of the last event taken.
    pub seq: u64,
    /// The lines.
    pub lines: BTreeMap<SkuCode, Signals>,
    /// Pieces sold of each category, by the hour.
    sales: BTreeMap<CategoryCode, Hourly>,
    /// Receipts of the till, by the hour.
    receipts: Hourly,
}

/// An event with what it needs to be understood.
#[derive(Debug)]
pub struct Told {
    /// The event.
    pub event: LedgerEvent,
    /// The event it is about.
    pub cited: Option<LedgerEvent>,
    /// What had become of that one before.
    pub before: Option<Outcome>,
}

/// What is worked out of a line's signals once a day, and when it moves.
#[derive(Debug, Clone, Default)]
struct Derived {
    forecast: Option<Forecast>,
    target: Option<StockTarget>,
    supply: Option<Supply>,
    best_before: Option<Day>,
    /// What it adds to what its region could spare.
    spare_units: Units,
    /// What it adds to its cell of the heatmap.
    heat: HeatCell,
}

/// What is under way between a store and others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreTransfers {
    /// Transfers that concern it and are not over.
    pub n_open: u32,
    /// Of those the abnormal ones.
    pub n_abnormal: u32,
    /// What they mean for its lines.
    pub lines: BTreeMap<SkuCode, LineUnderWay>,
}

impl StoreTransfers {
    fn line(&self, sku: &SkuCode) -> LineUnderWay {
        self.lines.get(sku).copied().unwrap_or_default()
    }
}

/// Goods that a store was promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// Which store.
    pub to: StoreCode,
    /// When.
    pub at: Timestamp,
    /// How long after its request, in milliseconds.
    pub wait_ms: i64,
}

/// One store.
#[derive(Debug, Clone)]
pub struct StoreBook {
    /// What the ledger says.
    pub fold: Fold,
    /// What the rules remember of its lines.
    pub watches: BTreeMap<(SkuCode, RuleCode), Watch>,
    /// The day it was last looked at as a whole.
    pub today: Option<Day>,
    /// What people have set of its lines.
    pub overrides: BTreeMap<SkuCode, Overrides>,
    region: RegionCode,
    zone: ZoneOffset,
    derived: BTreeMap<SkuCode, Derived>,
    visitors: Hourly,
    has_counter: bool,
    usual_sales: BTreeMap<CategoryCode, Usual>,
    usual_visitors: Usual,
    /// What today's sales add to each cell.
    now: Vec<HeatCell>,
    transfers: StoreTransfers,
    row: HeatRow,
}

/// The chain.
#[derive(Debug, Default)]
pub struct Book {
    /// The stores.
    pub stores: BTreeMap<StoreCode, StoreBook>,
    /// Whether every store has been read: before, nobody knows what is nearby.
    pub is_complete: bool,
    /// Σ max(0, available − safety stock) of an item in a region.
    spare: BTreeMap<(RegionCode, SkuCode), Units>,
    /// Counts the changes of the heatmap.
    revision: u64,
    /// What was promised within the days that [`ConfirmationPace`] looks back, and a little before.
    promises: BTreeMap<TransferId, Promise>,
}

impl StoreBook {
    /// A store of which so much is known.
    #[must_use]
    pub fn new(masters: &Masters, code: &StoreCode, fold: Fold) -> Option<Self> {
        let store = &masters.store(code)?.store;
        let n_columns = masters.categories().len();
        Some(Self {
            fold,
            watches: BTreeMap::new(),
            today: None,
            overrides: BTreeMap::new(),
            region: store.region.clone(),
            zone: store.zone_offset,
            derived: BTreeMap::new(),
            visitors: Hourly::default(),
            has_counter: false,
            usual_sales: BTreeMap::new(),
            usual_visitors: Usual::default(),
            now: vec![HeatCell::default(); n_columns],
            transfers: StoreTransfers::default(),
            row: HeatRow {
                store: code.clone(),
                region: store.region.clone(),
                whole: (0, StoreHeat { n_stores: 1, ..StoreHeat::default() }),
                cells: vec![(0, HeatCell::default()); n_columns],
            },
        })
    }

    /// The store's clocks.
    #[must_use]
    pub fn zone(&self) -> ZoneOffset {
        self.zone
    }

    /// Its region.
    #[must_use]
    pub fn region(&self) -> &RegionCode {
        &self.region
    }

    /// Takes events in the order of the ledger, and says which items they were about.
    pub fn take(&mut self, told: &[Told], masters: &Masters) -> BTreeSet<SkuCode> {
        let mut touched = BTreeSet::new();
        for Told { event, cited, before } in told {
            for effect in effects(event, cited.as_ref(), *before) {
                if let EffectKind::Moved(moves) = effect.kind
                    && moves.sold_units != 0
                    && let Some(product) = masters.products().get(&effect.sku)
                {
                    let sales = self.fold.sales.entry(product.category.clone()).or_default();
                    sales.add(effect.at, self.zone, moves.sold_units);
                }
                self.fold.lines.entry(effect.sku.clone()).or_default().take(&effect, self.zone);
                touched.insert(effect.sku);
            }
            let is_sale =
                matches!(&event.event.body, EventBody::Moved(movement) if movement.kind == MovementKind::Sale);
            if is_sale && event.stamp.standing == Standing::Posted {
                self.fold.receipts.add(event.effective_at(), self.zone, 1);
            }
            self.fold.seq = event.stamp.seq;
        }
        touched
    }

    /// The store's row of the heatmap as it was at the end of a day. Of transfers only what is open now is known.
    #[must_use]
    pub fn row_on(&self, day: Day, masters: &Masters) -> HeatRow {
        let columns: BTreeMap<&CategoryCode, usize> =
            masters.categories().iter().enumerate().map(|(column, category)| (&category.code, column)).collect();
        let mut cells = vec![HeatCell::default(); masters.categories().len()];
        let mut lines: Vec<Vec<&Signals>> = vec![Vec::new(); cells.len()];
        for (sku, signals) in &self.fold.lines {
            let Some(product) = masters.products().get(sku) else { continue };
            let Some(&column) = columns.get(&product.category) else { continue };
            let reading = Reading { signals, around: Around::default(), day };
            cells[column].add(&HeatCell::of_line(&reading, product.price_minor));
            lines[column].push(signals);
        }
        for (cell, lines) in cells.iter_mut().zip(lines) {
            cell.add(&HeatCell::of_past_day(lines, day));
        }
        let usual = self.visitors.usual(day).whole_day();
        HeatRow {
            store: self.row.store.clone(),
            region: self.region.clone(),
            whole: (0, self.whole_on(day, usual)),
            cells: cells.into_iter().map(|cell| (0, cell)).collect(),
        }
    }

    /// The store as a whole on a day; who came in and what they bought only where somebody counted.
    fn whole_on(&self, day: Day, usual_visitors: Option<Figure>) -> StoreHeat {
        let whole = StoreHeat { n_stores: 1, ..StoreHeat::default() };
        if !self.has_counter || !self.visitors.knows(day) {
            return whole;
        }
        let n = |n: i64| u32::try_from(n.max(0)).unwrap_or(u32::MAX);
        StoreHeat {
            visitors: n(self.visitors.on(day)),
            usual_visitors_tenths: usual_visitors.map_or(0, Figure::tenths),
            n_receipts: n(self.fold.receipts.on(day)),
            ..whole
        }
    }

    /// People came in.
    pub fn enter(&mut self, minute: Timestamp, n: u32) {
        self.has_counter = true;
        self.visitors.add(minute, self.zone, i64::from(n));
    }
}

impl Book {
    /// Counts the heatmap's changes from here on above all that a server before this one has counted, so that a page
    /// that was open meanwhile learns of everything.
    pub fn count_from(&mut self, now: Timestamp) {
        self.revision = self.revision.max(now.unix_ms().max(0).unsigned_abs());
    }

    /// A line as rules and heatmaps see it; `None` for an item the store never had.
    #[must_use]
    pub fn reading(&self, store: &StoreCode, sku: &SkuCode, now: Timestamp) -> Option<Reading<'_>> {
        let book = self.stores.get(store)?;
        let signals = book.fold.lines.get(sku)?;
        let derived = book.derived.get(sku);
        let day = Day::at(now, book.zone);
        let spare = self.spare.get(&(book.region.clone(), sku.clone())).copied().unwrap_or_default();
        let own = derived.map_or(0, |derived| derived.spare_units);
        let under_way = book.transfers.line(sku);
        let around = Around {
            safety_stock_units: derived.and_then(|derived| derived.target).map(|target| target.safety_units),
            reserved_units: Some(under_way.reserved_units),
            in_transit_units: Some(under_way.in_transit_units),
            nearby_units: self.is_complete.then_some(spare - own),
            best_before: derived.and_then(|derived| derived.best_before),
            visitors: book.has_counter.then(|| book.visitors.on(day)),
            usual_visitors: book.usual_visitors.by(now, book.zone).filter(|_| book.has_counter),
            n_receipts: Some(book.fold.receipts.on(day)),
        };
        Some(Reading { signals, around, day })
    }

    /// Pieces of an item that a store has, as booked; 0 of what it never had.
    #[must_use]
    pub fn on_hand_units(&self, store: &StoreCode, sku: &SkuCode) -> Units {
        let signals = self.stores.get(store).and_then(|known| known.fold.lines.get(sku));
        signals.map_or(0, Signals::on_hand_units)
    }

    /// What open transfers mean for a line.
    #[must_use]
    pub fn under_way(&self, store: &StoreCode, sku: &SkuCode) -> LineUnderWay {
        self.stores.get(store).map(|known| known.transfers.line(sku)).unwrap_or_default()
    }

    /// What should be kept and ordered of a line.
    #[must_use]
    pub fn target(&self, store: &StoreCode, sku: &SkuCode) -> Option<StockTarget> {
        self.stores.get(store)?.derived.get(sku)?.target
    }

    /// How many pieces to order for a line now; `None` where nobody knows, or none.
    #[must_use]
    pub fn order_units(&self, store: &StoreCode, sku: &SkuCode, now: Timestamp) -> Option<Units> {
        let target = self.target(store, sku)?;
        let reading = self.reading(store, sku, now)?;
        let supply = self.stores.get(store)?.derived.get(sku)?.supply?;
        let whole = |measure| reading.figure(measure).map_or(0, |figure| <(i64, i64)>::from(figure).0);
        let position = whole(Measure::Available) + whole(Measure::InTransit);
        Some(target.order_units(position, supply.pack_units)).filter(|units| *units > 0)
    }

    /// Looks at a whole store on a day that has begun: targets, dates and what is usual.
    pub fn begin_day(
        &mut self,
        code: &StoreCode,
        best_before: &BTreeMap<SkuCode, Day>,
        masters: &Masters,
        now: Timestamp,
    ) {
        let Some(store) = self.stores.get_mut(code) else { return };
        let day = Day::at(now, store.zone);
        store.today = Some(day);
        store.usual_sales = store.fold.sales.iter().map(|(code, sales)| (code.clone(), sales.usual(day))).collect();
        store.usual_visitors = store.visitors.usual(day);
        for (sku, signals) in &store.fold.lines {
            let derived = store.derived.entry(sku.clone()).or_default();
            let supply = lines::supply_of(masters, sku);
            let overrides = store.overrides.get(sku).copied().unwrap_or_default();
            derived.supply = Some(supply);
            derived.forecast = forecast_on(signals, day);
            derived.target = derived.forecast.and_then(|forecast| target(&forecast, day, &supply, overrides).ok());
            derived.best_before = best_before.get(sku).copied();
        }
        let all = store.fold.lines.keys().cloned().collect();
        self.refresh(code, &all, masters, now);
        self.refresh_now(code, masters, now);
    }

    /// Takes the first best-before dates of a store's goods anew.
    pub fn set_best_before(&mut self, code: &StoreCode, best_before: &BTreeMap<SkuCode, Day>) {
        let Some(store) = self.stores.get_mut(code) else { return };
        for (sku, derived) in &mut store.derived {
            derived.best_before = best_before.get(sku).copied();
        }
    }

    /// Works out anew what lines that moved add to their region and to the heatmap.
    pub fn refresh(&mut self, code: &StoreCode, skus: &BTreeSet<SkuCode>, masters: &Masters, now: Timestamp) {
        let Some(store) = self.stores.get_mut(code) else { return };
        let day = Day::at(now, store.zone);
        self.revision += 1;
        for sku in skus {
            let Some(signals) = store.fold.lines.get(sku) else { continue };
            let derived = store.derived.entry(sku.clone()).or_default();
            // What nobody can size a buffer for is not offered to others.
            let available = signals.on_hand_units() - store.transfers.line(sku).reserved_units;
            let spare = derived.target.map_or(0, |target| (available - target.safety_units).max(0));
            *self.spare.entry((store.region.clone(), sku.clone())).or_default() += spare - derived.spare_units;
            derived.spare_units = spare;
            let Some(product) = masters.products().get(sku) else { continue };
            let Some(column) = masters.categories().iter().position(|known| known.code == product.category) else {
                continue;
            };
            let reading = Reading { signals, around: Around::default(), day };
            let heat = HeatCell::of_line(&reading, product.price_minor);
            let Some((version, cell)) = store.row.cells.get_mut(column) else { continue };
            cell.replace(&derived.heat, &heat);
            *version = self.revision;
            derived.heat = heat;
        }
    }

    /// Works out anew what is usual by now.
    pub fn refresh_now(&mut self, code: &StoreCode, masters: &Masters, now: Timestamp) {
        let Some(store) = self.stores.get_mut(code) else { return };
        let day = Day::at(now, store.zone);
        self.revision += 1;
        for (column, category) in masters.categories().iter().enumerate() {
            let Some(sales) = store.fold.sales.get(&category.code) else { continue };
            let usual = store.usual_sales.get(&category.code).and_then(|usual| usual.by(now, store.zone));
            let heat = HeatCell::of_today(sales.on(day), usual);
            let (Some((version, cell)), Some(before)) = (store.row.cells.get_mut(column), store.now.get_mut(column))
            else {
                continue;
            };
            if *before != heat {
                cell.replace(before, &heat);
                *version = self.revision;
                *before = heat;
            }
        }
        let StoreTransfers { n_open: n_open_transfers, n_abnormal: n_overdue, .. } = store.transfers;
        let usual = store.usual_visitors.by(now, store.zone);
        let whole = StoreHeat { n_open_transfers, n_overdue, ..store.whole_on(day, usual) };
        if store.row.whole.1 != whole {
            store.row.whole = (self.revision, whole);
        }
    }

    /// Takes what is under way of these stores. Lines and the heatmap show it once they are refreshed.
    pub fn set_transfers(&mut self, of: impl IntoIterator<Item = (StoreCode, StoreTransfers)>) {
        for (code, transfers) in of {
            if let Some(store) = self.stores.get_mut(&code) {
                store.transfers = transfers;
            }
        }
    }

    /// Takes promises, and forgets those of too long ago.
    pub fn add_promises(&mut self, promises: BTreeMap<TransferId, Promise>, now: Timestamp) {
        self.promises.extend(promises);
        self.promises.retain(|_, promise| now.since(promise.at) <= ConfirmationPace::DAYS * DAY_MS);
    }

    /// How soon the stores that are asked promise their goods to some stores.
    #[must_use]
    pub fn confirmation_pace(&self, stores: &BTreeSet<&StoreCode>, now: Timestamp) -> ConfirmationPace {
        let is_recent = |promise: &&Promise| now.since(promise.at) <= ConfirmationPace::DAYS * DAY_MS;
        let promises = self.promises.values().filter(|promise| stores.contains(&promise.to)).filter(is_recent);
        ConfirmationPace::of(promises.map(|promise| promise.wait_ms))
    }

    /// The rows of the heatmap of some stores, and the revision they are of.
    #[must_use]
    pub fn heat<'a>(&self, stores: impl Iterator<Item = &'a StoreCode>) -> (u64, Vec<HeatRow>) {
        let rows = stores.filter_map(|code| self.stores.get(code)).map(|store| store.row.clone());
        (self.revision, rows.collect())
    }

    /// What has changed of them after a revision, and the revision to ask from next time.
    #[must_use]
    pub fn heat_since<'a>(&self, stores: impl Iterator<Item = &'a StoreCode>, since: u64) -> (u64, Vec<HeatUpdate>) {
        let rows = stores.filter_map(|code| self.stores.get(code)).map(|store| &store.row);
        (self.revision, rows.filter_map(|row| row.since(since, self.revision)).collect())
    }
}
