//! Folds what is counted: stocktakes, lines, the cells of the boards.

use super::{Area, Categories, LegKey, LineKey, ReadModels};
use crate::event::{CountedItem, EventBody, LedgerEvent};
use crate::id::{EventId, PersonId, StocktakeId};
use crate::instant::Timestamp;
use crate::movement::{Leg, Place, Units};
use crate::stocktake::{CountLine, Ending, LineRef, PostedLine, Stocktake};

impl ReadModels {
    pub(super) fn open(&mut self, stocktake: &StocktakeId, at: Timestamp, person: &PersonId) {
        let known = self
            .stocktakes
            .entry(stocktake.clone())
            .or_insert_with(|| Stocktake::opened(stocktake.clone(), at, person.clone()));
        if (at, person) < (known.opened_at, &known.opened_by) {
            known.opened_at = at;
            known.opened_by = person.clone();
        }
    }

    pub(super) fn end(&mut self, stocktake: &StocktakeId, at: Timestamp, person: &PersonId, is_approved: bool) {
        if let Some(known) = self.stocktakes.get_mut(stocktake)
            && known.ending.is_none()
        {
            known.ending = Some(Ending { at, by: person.clone(), is_approved });
        }
    }

    pub(super) fn observe(
        &mut self,
        stocktake: &StocktakeId,
        line: &LineRef,
        person: &PersonId,
        units: Units,
        at: Timestamp,
        masters: &impl Categories,
    ) {
        let expected_units = self.stock_at(line, at);
        self.change_line(stocktake, line, masters, |known| {
            let tally = known.tallies.entry(person.clone()).or_default();
            tally.counted_units += units;
            tally.n_observations += 1;
            if at > tally.observed_at {
                tally.observed_at = at;
                tally.expected_units = expected_units;
            }
        });
        self.touch_line(line, at, masters);
    }

    pub(super) fn take_back(&mut self, cited: &LedgerEvent, at: Timestamp, masters: &impl Categories) {
        let EventBody::Counted { stocktake, shelf, item, units, .. } = &cited.event.body else { return };
        match item {
            CountedItem::Known(sku) => {
                let line = LineRef { shelf: shelf.clone(), sku: sku.clone() };
                self.change_line(stocktake, &line, masters, |known| {
                    let tally = known.tallies.entry(cited.event.person.clone()).or_default();
                    tally.counted_units -= units;
                    tally.n_observations = tally.n_observations.saturating_sub(1);
                });
                self.touch_line(&line, at, masters);
            }
            CountedItem::Unknown { code, .. } => {
                let line = self.unknowns.entry((stocktake.clone(), shelf.clone(), code.clone())).or_default();
                line.counted_units -= units;
                line.n_observations = line.n_observations.saturating_sub(1);
                line.names.remove(&cited.event.id);
                self.touch(Area::Shelf(shelf.clone()), at);
            }
        }
    }

    pub(super) fn post_variance(
        &mut self,
        stocktake: &StocktakeId,
        posted: &PostedLine,
        event: EventId,
        index: u32,
        masters: &impl Categories,
    ) {
        self.change_line(stocktake, &posted.line, masters, |known| known.posted_units += posted.units);
        let place = Place::Shelf(posted.line.shelf.clone());
        let leg = Leg { place, sku: posted.line.sku.clone(), units: posted.units, lot: None };
        self.carry(&leg, posted.at, event, index, masters);
    }

    pub(super) fn change_line(
        &mut self,
        stocktake: &StocktakeId,
        line: &LineRef,
        masters: &impl Categories,
        change: impl FnOnce(&mut CountLine),
    ) {
        let key = (stocktake.clone(), line.shelf.clone(), line.sku.clone());
        let before = self.lines.get(&key).cloned().unwrap_or_default();
        let mut after = before.clone();
        change(&mut after);
        self.replace_line(key, &before, after, masters);
    }

    pub(super) fn replace_line(
        &mut self,
        key: LineKey,
        before: &CountLine,
        after: CountLine,
        masters: &impl Categories,
    ) {
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
    pub(super) fn stock_at(&self, line: &LineRef, at: Timestamp) -> Units {
        let (place, sku) = (Place::Shelf(line.shelf.clone()), &line.sku);
        let Some(now) = self.stock.get(&(place.clone(), sku.clone())) else { return 0 };
        if now.moved_at <= at {
            return now.units;
        }
        let first = LegKey { place: place.clone(), sku: sku.clone(), at: at.plus_ms(1), event: EventId::MIN, index: 0 };
        let later: Units =
            self.legs.range(first..).take_while(|(key, _)| key.place == place && key.sku == *sku).map(|(_, u)| u).sum();
        now.units - later
    }
}
