//! Folds the ledger of one store into its read models.
//!
//! The result does not depend on the order in which events arrive, only on which events there are: sums and maxima
//! commute, and what a count is compared with is always the movements effective up to the moment it was made. The one
//! order that matters is kept by [`crate::accept`]: a count is in the ledger before it can be taken back.
//!
//! [`ReadModels`] may hold a whole store (rebuild) or only the rows an event touches (the writer); [`needs`] names
//! those rows.

mod booked;
mod consequence;
mod count;
mod needs;

pub use booked::{Booked, booked};
pub use needs::{Needs, needs};

use crate::approval::{Outcome, Standing};
use crate::case::{Case, Closing, Taking};
use crate::credit::{Appeal, PointKey};
use crate::event::{CountedItem, EventBody, Flag, LedgerEvent};
use crate::id::{CategoryCode, EventId, ShelfCode, SkuCode, StocktakeId};
use crate::instant::Timestamp;
use crate::movement::{Leg, Lot, Movement, MovementKind, Place, Units, reversed};
use crate::stocktake::{CountLine, LineRef, Stocktake};
use crate::transfer::{Side, TransferId};
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
        if let Some(tally) = line.finding().tally() {
            self.n_counted += 1;
            self.counted_units += tally.counted_units;
            self.expected_units += tally.expected_units;
            self.abs_variance_units += tally.variance_units().abs();
        }
    }

    fn subtract(&mut self, line: &CountLine) {
        if let Some(tally) = line.finding().tally() {
            self.n_counted -= 1;
            self.counted_units -= tally.counted_units;
            self.expected_units -= tally.expected_units;
            self.abs_variance_units -= tally.variance_units().abs();
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
    /// Movements that did not simply take effect.
    pub outcomes: BTreeMap<EventId, Outcome>,
    /// Pieces returned of a sale.
    pub returned: BTreeMap<(EventId, SkuCode), Units>,
    /// Pieces of a lot that came into the store's places, less those that left naming it. What leaves without naming a
    /// lot is taken to be of the one that expires first: see [`crate::lot`].
    pub lots: BTreeMap<(SkuCode, Lot), Units>,
    /// Pieces received against a document, such as a purchase order.
    pub received: BTreeMap<(String, SkuCode), Units>,
    /// Alarms and what has become of them. A gap in a device's numbers is among them only once somebody has taken it.
    pub cases: BTreeMap<(EventId, Flag), Case>,
    /// What the store's own chain says of transfers between stores; [`Transfer`](crate::transfer::Transfer) puts the
    /// sides together.
    pub transfers: BTreeMap<TransferId, Side>,
    /// Disputes about points of the store's credit.
    pub appeals: BTreeMap<PointKey, Appeal>,
}

/// The master data a fold looks up.
pub trait Categories {
    /// The category an item is sold as.
    fn category_of(&self, sku: &SkuCode) -> Option<&CategoryCode>;
}

fn returned_key(movement: &Movement, sku: &SkuCode) -> Option<(EventId, SkuCode)> {
    let sale = movement.cites.filter(|_| movement.kind == MovementKind::CustomerReturn)?;
    Some((sale, sku.clone()))
}

fn received_key(movement: &Movement, sku: &SkuCode) -> Option<(String, SkuCode)> {
    let document = movement.document.as_ref().filter(|_| movement.kind == MovementKind::Receipt)?;
    Some((document.clone(), sku.clone()))
}

fn index_of(index: usize) -> u32 {
    u32::try_from(index).expect("a movement has at most 2,000 legs and a posting 1,000 lines")
}

fn movement_of(body: &EventBody) -> Option<&Movement> {
    match body {
        EventBody::Moved(movement) => Some(movement),
        _ => None,
    }
}

fn moved(cited: Option<&LedgerEvent>) -> Option<(&Movement, &LedgerEvent)> {
    let cited = cited?;
    movement_of(&cited.event.body).map(|movement| (movement, cited))
}

impl ReadModels {
    /// Applies one accepted event. `cited` is the event it is about, where it is about one.
    ///
    /// With partial rows: [`needs`] must be loaded, and `legs` must hold every leg of a counted item that took effect
    /// after the count.
    pub fn apply(&mut self, event: &LedgerEvent, cited: Option<&LedgerEvent>, masters: &impl Categories) {
        let at = event.effective_at();
        let (id, person) = (event.event.id, &event.event.person);
        for flag in &event.stamp.flags {
            self.cases.entry((id, *flag)).or_insert_with(|| Case::raised(event, *flag));
        }
        match &event.event.body {
            EventBody::StocktakeOpened { stocktake } => self.open(stocktake, at, person),
            EventBody::StocktakePlanned { stocktake, plan } => {
                self.open(stocktake, at, person);
                if let Some(known) = self.stocktakes.get_mut(stocktake)
                    && known.plan.as_ref().is_none_or(|(version, _)| *version < (at, id))
                {
                    known.plan = Some(((at, id), plan.clone()));
                }
            }
            EventBody::StocktakeSubmitted { stocktake } => {
                if let Some(known) = self.stocktakes.get_mut(stocktake) {
                    known.submitted_at = Some(known.submitted_at.map_or(at, |earlier| earlier.min(at)));
                }
            }
            EventBody::ShelfFinished { stocktake, shelf } => {
                if let Some(known) = self.stocktakes.get_mut(stocktake) {
                    let last = known.finished.entry(shelf.clone()).or_insert_with(|| (at, person.clone()));
                    if (last.0, &last.1) < (at, person) {
                        *last = (at, person.clone());
                    }
                }
                self.touch(Area::Shelf(shelf.clone()), at);
            }
            EventBody::SheetKeyed { shelf, .. } => self.touch(Area::Shelf(shelf.clone()), at),
            EventBody::Counted { stocktake, shelf, item, units, .. } => match item {
                CountedItem::Known(sku) => {
                    let line = LineRef { shelf: shelf.clone(), sku: sku.clone() };
                    self.observe(stocktake, &line, person, *units, at, masters);
                }
                CountedItem::Unknown { code, name } => {
                    let line = self.unknowns.entry((stocktake.clone(), shelf.clone(), code.clone())).or_default();
                    line.counted_units += units;
                    line.n_observations += 1;
                    line.names.extend(name.clone().map(|name| (id, name)));
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
            EventBody::Moved(movement) => match event.stamp.standing {
                Standing::Posted => self.carry_all(movement, &movement.legs, 1, at, id, masters),
                Standing::Awaits(role) => {
                    self.outcomes.insert(id, Outcome::Awaits(role));
                }
            },
            EventBody::Approved { cites } => {
                if let Some((movement, cited)) = moved(cited) {
                    self.outcomes.insert(*cites, Outcome::Approved);
                    // As of when it happened: the goods have been where it says since then.
                    self.carry_all(movement, &movement.legs, 1, cited.effective_at(), *cites, masters);
                }
            }
            EventBody::Declined { cites, .. } => {
                self.outcomes.insert(*cites, Outcome::Declined);
            }
            EventBody::Reversed { cites, .. } => {
                let Some((movement, _)) = moved(cited) else { return };
                if matches!(self.outcomes.get(cites), Some(Outcome::Awaits(_))) {
                    self.outcomes.insert(*cites, Outcome::Withdrawn);
                } else {
                    self.outcomes.insert(*cites, Outcome::Reversed);
                    self.carry_all(movement, &reversed(&movement.legs), -1, at, id, masters);
                }
            }
            EventBody::RecountAsked { stocktake, lines } => {
                for line in lines {
                    self.change_line(stocktake, line, masters, |known| {
                        known.recount_asked_at = Some(known.recount_asked_at.map_or(at, |before| before.max(at)));
                    });
                }
            }
            EventBody::LineDecided { stocktake, line, counter } => {
                self.change_line(stocktake, line, masters, |known| {
                    if known.decided.as_ref().is_none_or(|(when, by, _)| (*when, *by) < (at, id)) {
                        known.decided = Some((at, id, counter.clone()));
                    }
                });
            }
            EventBody::StocktakeApproved { stocktake, zeroed } => {
                for line in zeroed {
                    self.observe(stocktake, line, person, 0, at, masters);
                }
                self.end(stocktake, at, person, true);
            }
            EventBody::StocktakeCancelled { stocktake, .. } => self.end(stocktake, at, person, false),
            EventBody::VariancePosted { stocktake, lines } => {
                for (index, posted) in lines.iter().enumerate() {
                    self.post_variance(stocktake, posted, id, index_of(index), masters);
                }
            }
            EventBody::CaseTaken { cites, flag } => {
                let Some(cited) = cited else { return };
                let case = self.cases.entry((*cites, *flag)).or_insert_with(|| Case::raised(cited, *flag));
                if case.taken.as_ref().is_none_or(|before| (before.at, before.event) < (at, id)) {
                    case.taken = Some(Taking { at, event: id, by: person.clone() });
                }
            }
            EventBody::CaseClosed { cites, flag, outcome, note } => {
                let Some(cited) = cited else { return };
                let case = self.cases.entry((*cites, *flag)).or_insert_with(|| Case::raised(cited, *flag));
                case.closed = Some(Closing { at, by: person.clone(), outcome: *outcome, note: note.clone() });
            }
            EventBody::Transfer(told) => {
                self.transfers.entry(told.transfer).or_default().take(event, &told.step);
                self.carry_legs(&told.step.legs(), at, id, masters);
            }
            EventBody::Credit(told) => self.appeals.entry(*told.point()).or_default().take(event, told),
        }
    }

    /// Carries the legs of a movement, or of its reversal (`sign` −1), and what is counted beside the stock.
    fn carry_all(
        &mut self,
        movement: &Movement,
        legs: &[Leg],
        sign: Units,
        at: Timestamp,
        event: EventId,
        masters: &impl Categories,
    ) {
        for (sku, units) in movement.units_moved() {
            if let Some(key) = returned_key(movement, sku) {
                *self.returned.entry(key).or_default() += sign * units;
            }
            if let Some(key) = received_key(movement, sku) {
                *self.received.entry(key).or_default() += sign * units;
            }
        }
        self.carry_legs(legs, at, event, masters);
    }

    /// Carries the legs that are at the store's own places.
    fn carry_legs(&mut self, legs: &[Leg], at: Timestamp, event: EventId, masters: &impl Categories) {
        for (index, leg) in legs.iter().enumerate().filter(|(_, leg)| leg.place.is_internal()) {
            if let Some(lot) = &leg.lot {
                *self.lots.entry((leg.sku.clone(), lot.clone())).or_default() += leg.units;
            }
            self.carry(leg, at, event, index_of(index), masters);
        }
    }

    fn carry(&mut self, leg: &Leg, at: Timestamp, event: EventId, index: u32, masters: &impl Categories) {
        let stock = self.stock.entry((leg.place.clone(), leg.sku.clone())).or_default();
        stock.units += leg.units;
        stock.moved_at = stock.moved_at.max(at);
        let key = LegKey { place: leg.place.clone(), sku: leg.sku.clone(), at, event, index };
        self.legs.insert(key, leg.units);
        let Place::Shelf(shelf) = &leg.place else { return self.touch_category(&leg.sku, at, masters) };
        let line = LineRef { shelf: shelf.clone(), sku: leg.sku.clone() };
        self.touch_line(&line, at, masters);
        // A movement that arrives late changes what an earlier-arrived, later-made count is compared with.
        let stocktakes: Vec<StocktakeId> = self.stocktakes.keys().cloned().collect();
        for stocktake in stocktakes {
            let key = (stocktake.clone(), line.shelf.clone(), line.sku.clone());
            if self.lines.get(&key).is_some_and(|known| known.tallies.values().any(|tally| at <= tally.observed_at)) {
                self.change_line(&stocktake, &line, masters, |known| {
                    known.tallies.values_mut().filter(|tally| at <= tally.observed_at).for_each(|tally| {
                        tally.expected_units += leg.units;
                    });
                });
            }
        }
    }

    fn touch_line(&mut self, line: &LineRef, at: Timestamp, masters: &impl Categories) {
        self.touch(Area::Shelf(line.shelf.clone()), at);
        self.touch_category(&line.sku, at, masters);
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
