//! Which rows an event reads or writes.

use super::{Area, Categories, UnknownKey, received_key, returned_key};
use crate::credit::PointKey;
use crate::event::{CountedItem, EventBody, Flag};
use crate::id::{EventId, ShelfCode, SkuCode, StocktakeId};
use crate::movement::{Leg, Lot, Movement, MovementKind, Place};
use crate::stocktake::LineRef;
use crate::transfer::TransferId;
use std::collections::BTreeSet;

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
    /// Stocktakes all of whose lines are needed.
    pub stocktakes: BTreeSet<StocktakeId>,
    /// Outcomes of movements.
    pub outcomes: BTreeSet<EventId>,
    /// Returned pieces.
    pub returned: BTreeSet<(EventId, SkuCode)>,
    /// Lots.
    pub lots: BTreeSet<(SkuCode, Lot)>,
    /// Received pieces.
    pub received: BTreeSet<(String, SkuCode)>,
    /// Alarms.
    pub cases: BTreeSet<(EventId, Flag)>,
    /// The store's sides of transfers. To decide, all sides are needed; to fold, the store's own is.
    pub transfers: BTreeSet<TransferId>,
    /// Disputes about points of the store's credit.
    pub appeals: BTreeSet<PointKey>,
}

impl Needs {
    /// Adds what a change of a line needs, in every stocktake.
    pub fn line(&mut self, line: &LineRef, masters: &impl Categories) {
        self.areas.insert(Area::Shelf(line.shelf.clone()));
        self.areas.extend(masters.category_of(&line.sku).cloned().map(Area::Category));
        self.stock.insert((Place::Shelf(line.shelf.clone()), line.sku.clone()));
        self.lines_on.insert((line.shelf.clone(), line.sku.clone()));
    }

    fn movement(&mut self, movement: &Movement, masters: &impl Categories) {
        if let Some(sale) = movement.cites {
            self.outcomes.insert(sale);
        }
        for leg in &movement.legs {
            self.returned.extend(returned_key(movement, &leg.sku));
            self.received.extend(received_key(movement, &leg.sku));
        }
        self.legs(&movement.legs, masters);
    }

    fn legs(&mut self, legs: &[Leg], masters: &impl Categories) {
        for leg in legs.iter().filter(|leg| leg.place.is_internal()) {
            self.stock.insert((leg.place.clone(), leg.sku.clone()));
            self.areas.extend(masters.category_of(&leg.sku).cloned().map(Area::Category));
            self.lots.extend(leg.lot.clone().map(|lot| (leg.sku.clone(), lot)));
            if let Place::Shelf(shelf) = &leg.place {
                self.areas.insert(Area::Shelf(shelf.clone()));
                self.lines_on.insert((shelf.clone(), leg.sku.clone()));
            }
        }
    }
}

/// Adds what `event` needs. `cited` is the event it is about, where it is about one.
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
        EventBody::Moved(movement) => needs.movement(movement, masters),
        EventBody::Reversed { cites, .. } | EventBody::Approved { cites } | EventBody::Declined { cites, .. } => {
            needs.outcomes.insert(*cites);
            if let Some(EventBody::Moved(movement)) = cited {
                needs.movement(movement, masters);
                if movement.kind == MovementKind::Sale {
                    // Whether something of it has come back.
                    needs.returned.extend(movement.legs.iter().map(|leg| (*cites, leg.sku.clone())));
                }
            }
        }
        EventBody::RecountAsked { lines, .. } => {
            lines.iter().for_each(|line| needs.line(line, masters));
        }
        EventBody::LineDecided { line, .. } => needs.line(line, masters),
        EventBody::StocktakeApproved { stocktake, zeroed } => {
            needs.stocktakes.insert(stocktake.clone());
            zeroed.iter().for_each(|line| needs.line(line, masters));
        }
        EventBody::VariancePosted { lines, .. } => {
            lines.iter().for_each(|posted| needs.line(&posted.line, masters));
        }
        EventBody::CaseTaken { cites, flag } | EventBody::CaseClosed { cites, flag, .. } => {
            needs.cases.insert((*cites, *flag));
        }
        EventBody::Transfer(told) => {
            needs.transfers.insert(told.transfer);
            needs.legs(&told.step.legs(), masters);
        }
        EventBody::Credit(told) => {
            needs.appeals.insert(*told.point());
        }
        EventBody::SheetKeyed { shelf, .. } => {
            needs.areas.insert(Area::Shelf(shelf.clone()));
        }
        EventBody::StocktakeOpened { .. }
        | EventBody::StocktakeSubmitted { .. }
        | EventBody::StocktakePlanned { .. }
        | EventBody::ShelfFinished { .. }
        | EventBody::StocktakeCancelled { .. } => {}
    }
}
