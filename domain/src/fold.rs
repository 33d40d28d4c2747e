//! Folds the ledger of one store into its read models.
//!
//! The result does not depend on the order in which events arrive, only on which events there are: sums and maxima
//! commute, and what a count is compared with is always the movements effective up to the moment it was made. The one
//! order that matters is kept by [`crate::accept`]: a count is in the ledger before it can be taken back.
//!
//! [`ReadModels`] may hold a whole store (rebuild) or only the rows an event touches (the writer); [`needs`] names
//! those rows.

use crate::event::{CountedItem, EventBody, LedgerEvent};
use crate::id::{CategoryCode, EventId, ShelfCode, SkuCode, StocktakeId};
use crate::instant::Timestamp;
use crate::movement::{Leg, Place, Units};
use crate::stocktake::Stocktake;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// On hand of one item in one place of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StockRow {
    /// Pieces; negative when more left than was ever booked in.
    pub units: Units,
    /// The latest effective time of any movement in it: a count made later needs no look at single movements.
    pub moved_at: Timestamp,
}

/// Names one leg of one movement; sorts by place, item and effective time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LegKey {
    /// Where.
    pub place: Place,
    /// What.
    pub sku: SkuCode,
    /// When it took effect.
    pub at: Timestamp,
    /// The movement.
    pub event: EventId,
    /// Position among its legs.
    pub index: u32,
}

/// What all counters together found of one item on one shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CountLine {
    /// Pieces counted.
    pub counted_units: Units,
    /// Observations that stand. 0 means uncounted, whatever the sum says; a counted 0 has one.
    pub n_observations: u32,
    /// The latest effective time of any observation.
    pub observed_at: Timestamp,
    /// Book stock at `observed_at`: Σ legs effective up to then.
    pub expected_units: Units,
}

impl CountLine {
    /// Whether somebody has counted it.
    #[must_use]
    pub fn is_counted(&self) -> bool {
        self.n_observations > 0
    }

    /// Counted − expected; `None` while uncounted.
    #[must_use]
    pub fn variance_units(&self) -> Option<Units> {
        self.is_counted().then(|| self.counted_units - self.expected_units)
    }
}

/// What counters found of a code nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UnknownLine {
    /// Pieces counted.
    pub counted_units: Units,
    /// Observations that stand.
    pub n_observations: u32,
    /// Every name it was given, with the events that gave it; the smallest event's is shown.
    pub names: BTreeMap<EventId, String>,
}

/// The counted lines of one category or one shelf, added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CountCell {
    /// Counted lines.
    pub n_counted: u32,
    /// Σ counted over them.
    pub counted_units: Units,
    /// Σ expected over them.
    pub expected_units: Units,
    /// Σ |counted − expected| over them.
    pub abs_variance_units: Units,
}

impl CountCell {
    fn add(&mut self, line: &CountLine) {
        if let Some(variance) = line.variance_units() {
            self.n_counted += 1;
            self.counted_units += line.counted_units;
            self.expected_units += line.expected_units;
            self.abs_variance_units += variance.abs();
        }
    }

    fn subtract(&mut self, line: &CountLine) {
        if let Some(variance) = line.variance_units() {
            self.n_counted -= 1;
            self.counted_units -= line.counted_units;
            self.expected_units -= line.expected_units;
            self.abs_variance_units -= variance.abs();
        }
    }
}

/// A category or a shelf: what a cell of a board stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// A product category, over all shelves.
    Category(CategoryCode),
    /// A shelf, over all categories.
    Shelf(ShelfCode),
}

/// Names a count line.
pub type LineKey = (StocktakeId, ShelfCode, SkuCode);
/// Names an unknown line; last the code as scanned.
pub type UnknownKey = (StocktakeId, ShelfCode, String);

/// The read models of one store, or some rows of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadModels {
    /// On hand.
    pub stock: BTreeMap<(Place, SkuCode), StockRow>,
    /// Single legs at the store's own places.
    pub legs: BTreeMap<LegKey, Units>,
    /// Stocktakes.
    pub stocktakes: BTreeMap<StocktakeId, Stocktake>,
    /// Count lines.
    pub lines: BTreeMap<LineKey, CountLine>,
    /// Lines of unknown codes.
    pub unknowns: BTreeMap<UnknownKey, UnknownLine>,
    /// Board cells, per stocktake.
    pub cells: BTreeMap<(StocktakeId, Area), CountCell>,
    /// When anything last happened in an area.
    pub traces: BTreeMap<Area, Timestamp>,
    /// Counts taken back.
    pub undone: BTreeSet<EventId>,
}

/// The master data a fold looks up.
pub trait Categories {
    /// The category an item is sold as.
    fn category_of(&self, sku: &SkuCode) -> Option<&CategoryCode>;
}

/// The rows an event reads or writes, beside those it creates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// On hand.
    pub stock: BTreeSet<(Place, SkuCode)>,
    /// Items on shelves whose lines may change, in every stocktake still taking changes.
    pub lines_on: BTreeSet<(ShelfCode, SkuCode)>,
    /// Unknown lines.
    pub unknowns: BTreeSet<UnknownKey>,
    /// Areas.
    pub areas: BTreeSet<Area>,
}

/// Adds what `event` needs. `cited` is the event it takes back, when it is a [`EventBody::CountUndone`].
pub fn needs(event: &EventBody, cited: Option<&EventBody>, masters: &impl Categories, needs: &mut Needs) {
    match event {
        EventBody::Counted { stocktake, shelf, item, .. } => {
            needs.areas.insert(Area::Shelf(shelf.clone()));
            match item {
                CountedItem::Known(sku) => {
                    needs.areas.extend(masters.category_of(sku).cloned().map(Area::Category));
                    needs.stock.insert((Place::Shelf(shelf.clone()), sku.clone()));
                    needs.lines_on.insert((shelf.clone(), sku.clone()));
                }
                CountedItem::Unknown { code, .. } => {
                    needs.unknowns.insert((stocktake.clone(), shelf.clone(), code.clone()));
                }
            }
        }
        EventBody::CountUndone { .. } => {
            if let Some(cited @ EventBody::Counted { .. }) = cited {
                self::needs(cited, None, masters, needs);
            }
        }
        EventBody::Moved { legs, .. } => {
            for leg in legs.iter().filter(|leg| leg.place.is_internal()) {
                needs.stock.insert((leg.place.clone(), leg.sku.clone()));
                needs.areas.extend(masters.category_of(&leg.sku).cloned().map(Area::Category));
                if let Place::Shelf(shelf) = &leg.place {
                    needs.areas.insert(Area::Shelf(shelf.clone()));
                    needs.lines_on.insert((shelf.clone(), leg.sku.clone()));
                }
            }
        }
        EventBody::StocktakeOpened { .. } | EventBody::StocktakeSubmitted { .. } => {}
    }
}

impl ReadModels {
    /// Applies one accepted event. `cited` is the event it takes back, when it is a [`EventBody::CountUndone`].
    ///
    /// With partial rows: [`needs`] must be loaded, and `legs` must hold every leg of a counted item that took effect
    /// after the count.
    pub fn apply(&mut self, event: &LedgerEvent, cited: Option<&LedgerEvent>, masters: &impl Categories) {
        let at = event.effective_at();
        match &event.event.body {
            EventBody::StocktakeOpened { stocktake } => {
                let known = self.stocktakes.entry(stocktake.clone()).or_insert_with(|| Stocktake {
                    id: stocktake.clone(),
                    opened_at: at,
                    opened_by: event.event.person.clone(),
                    submitted_at: None,
                });
                if (at, &event.event.person) < (known.opened_at, &known.opened_by) {
                    known.opened_at = at;
                    known.opened_by = event.event.person.clone();
                }
            }
            EventBody::StocktakeSubmitted { stocktake } => {
                if let Some(known) = self.stocktakes.get_mut(stocktake) {
                    known.submitted_at = Some(known.submitted_at.map_or(at, |earlier| earlier.min(at)));
                }
            }
            EventBody::Counted { stocktake, shelf, item, units, .. } => match item {
                CountedItem::Known(sku) => self.observe(stocktake, shelf, sku, *units, at, masters),
                CountedItem::Unknown { code, name } => {
                    let line = self.unknowns.entry((stocktake.clone(), shelf.clone(), code.clone())).or_default();
                    line.counted_units += units;
                    line.n_observations += 1;
                    line.names.extend(name.clone().map(|name| (event.event.id, name)));
                    self.touch(Area::Shelf(shelf.clone()), at);
                }
            },
            EventBody::CountUndone { cites, .. } => {
                if let Some(cited) = cited
                    && self.undone.insert(*cites)
                {
                    self.take_back(cited, at, masters);
                }
            }
            EventBody::Moved { legs, .. } => {
                for (index, leg) in legs.iter().enumerate().filter(|(_, leg)| leg.place.is_internal()) {
                    let index = u32::try_from(index).expect("a movement has at most 2,000 legs");
                    self.carry(leg, at, event.event.id, index, masters);
                }
            }
        }
    }

    fn observe(
        &mut self,
        stocktake: &StocktakeId,
        shelf: &ShelfCode,
        sku: &SkuCode,
        units: Units,
        at: Timestamp,
        masters: &impl Categories,
    ) {
        let key = (stocktake.clone(), shelf.clone(), sku.clone());
        let before = self.lines.get(&key).copied().unwrap_or_default();
        let mut line = before;
        line.counted_units += units;
        line.n_observations += 1;
        if at > before.observed_at {
            line.observed_at = at;
            line.expected_units = self.stock_at(shelf, sku, at);
        }
        self.replace_line(key, &before, line, masters);
        self.touch(Area::Shelf(shelf.clone()), at);
        self.touch_category(sku, at, masters);
    }

    fn take_back(&mut self, cited: &LedgerEvent, at: Timestamp, masters: &impl Categories) {
        let EventBody::Counted { stocktake, shelf, item, units, .. } = &cited.event.body else { return };
        match item {
            CountedItem::Known(sku) => {
                let key = (stocktake.clone(), shelf.clone(), sku.clone());
                let before = self.lines.get(&key).copied().unwrap_or_default();
                let mut line = before;
                line.counted_units -= units;
                line.n_observations = line.n_observations.saturating_sub(1);
                self.replace_line(key, &before, line, masters);
                self.touch_category(sku, at, masters);
            }
            CountedItem::Unknown { code, .. } => {
                let line = self.unknowns.entry((stocktake.clone(), shelf.clone(), code.clone())).or_default();
                line.counted_units -= units;
                line.n_observations = line.n_observations.saturating_sub(1);
                line.names.remove(&cited.event.id);
            }
        }
        self.touch(Area::Shelf(shelf.clone()), at);
    }

    fn carry(&mut self, leg: &Leg, at: Timestamp, event: EventId, index: u32, masters: &impl Categories) {
        let stock = self.stock.entry((leg.place.clone(), leg.sku.clone())).or_default();
        stock.units += leg.units;
        stock.moved_at = stock.moved_at.max(at);
        let key = LegKey { place: leg.place.clone(), sku: leg.sku.clone(), at, event, index };
        self.legs.insert(key, leg.units);
        self.touch_category(&leg.sku, at, masters);
        let Place::Shelf(shelf) = &leg.place else { return };
        self.touch(Area::Shelf(shelf.clone()), at);
        // A movement that arrives late changes what an earlier-arrived, later-made count is compared with.
        let stocktakes: Vec<StocktakeId> = self.stocktakes.keys().cloned().collect();
        for stocktake in stocktakes {
            let key = (stocktake, shelf.clone(), leg.sku.clone());
            if let Some(before) = self.lines.get(&key).copied()
                && at <= before.observed_at
            {
                let line = CountLine { expected_units: before.expected_units + leg.units, ..before };
                self.replace_line(key, &before, line, masters);
            }
        }
    }

    fn replace_line(&mut self, key: LineKey, before: &CountLine, after: CountLine, masters: &impl Categories) {
        let (stocktake, shelf, sku) = &key;
        let areas = masters.category_of(sku).cloned().map(Area::Category);
        for area in areas.into_iter().chain([Area::Shelf(shelf.clone())]) {
            let cell = self.cells.entry((stocktake.clone(), area)).or_default();
            cell.subtract(before);
            cell.add(&after);
        }
        self.lines.insert(key, after);
    }

    /// Book stock of an item on a shelf at `at`: what is there now, less the legs that took effect later.
    fn stock_at(&self, shelf: &ShelfCode, sku: &SkuCode, at: Timestamp) -> Units {
        let place = Place::Shelf(shelf.clone());
        let Some(now) = self.stock.get(&(place.clone(), sku.clone())) else { return 0 };
        if now.moved_at <= at {
            return now.units;
        }
        let first = LegKey { place: place.clone(), sku: sku.clone(), at: at.plus_ms(1), event: EventId::MIN, index: 0 };
        let later: Units =
            self.legs.range(first..).take_while(|(key, _)| key.place == place && key.sku == *sku).map(|(_, u)| u).sum();
        now.units - later
    }

    fn touch_category(&mut self, sku: &SkuCode, at: Timestamp, masters: &impl Categories) {
        if let Some(category) = masters.category_of(sku).cloned() {
            self.touch(Area::Category(category), at);
        }
    }

    fn touch(&mut self, area: Area, at: Timestamp) {
        let last = self.traces.entry(area).or_default();
        *last = (*last).max(at);
    }
}
