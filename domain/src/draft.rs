//! A movement being put together on a phone: what has been scanned, and what is still missing.

use crate::accept::TEXT_MAX_CHARS;
use crate::id::{EventId, ShelfCode, SkuCode};
use crate::instant::Timestamp;
use crate::movement::{Leg, Lot, Movement, MovementKind, Place, Reason, UNITS_MAX, Units};
use crate::photo::PhotoId;
use crate::sync::OpenOrder;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Steps that can be taken back.
const STEPS_MAX: usize = 200;

/// A sale as the server found it by its receipt number: what of it can still come back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleFound {
    /// The sale, for the return to cite.
    pub sale: EventId,
    /// The receipt's number.
    pub document: String,
    /// When it was sold.
    pub sold_at: Timestamp,
    /// What was sold.
    pub lines: Vec<SoldLine>,
}

/// One item of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoldLine {
    /// The item.
    pub sku: SkuCode,
    /// Pieces sold.
    pub sold_units: Units,
    /// Pieces that came back already.
    pub returned_units: Units,
    /// What a piece was paid with, in minor units.
    pub paid_minor: i64,
}

impl SoldLine {
    /// Pieces that can still come back.
    #[must_use]
    pub fn left_units(&self) -> Units {
        (self.sold_units - self.returned_units).max(0)
    }
}

/// Which way an adjustment goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// There is less than the books say.
    #[default]
    Fewer,
    /// There is more.
    More,
}

/// One item of one lot in a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftLine {
    /// The item.
    pub sku: SkuCode,
    /// Its lot, where the code told it.
    pub lot: Option<Lot>,
    /// Pieces, more than 0.
    pub units: Units,
    /// How many of them are damaged: of a receipt they go straight back to the supplier, of a customer return they
    /// go to the bin.
    pub damaged_units: Units,
}

/// Names a line.
pub type DraftKey = (SkuCode, Option<Lot>);

impl DraftLine {
    /// The line's name.
    #[must_use]
    pub fn key(&self) -> DraftKey {
        (self.sku.clone(), self.lot.clone())
    }
}

/// What a line was before a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Step {
    key: DraftKey,
    before: Option<(usize, DraftLine)>,
}

/// A movement being put together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// What kind it will be.
    pub kind: MovementKind,
    /// The document: a purchase order or delivery note, a till receipt.
    pub document: Option<String>,
    /// The sale that a customer return is of, once found.
    pub sale: Option<SaleFound>,
    /// The place of the store that stock leaves or arrives at; of a relocation, that it leaves.
    pub place: Option<Place>,
    /// Where a relocation goes.
    pub to: Option<Place>,
    /// Which way an adjustment goes.
    pub direction: Direction,
    /// What moves, in the order of scanning.
    lines: Vec<DraftLine>,
    /// What a piece is sold or refunded for, in minor units.
    prices: BTreeMap<SkuCode, i64>,
    /// Why.
    pub reason: Option<Reason>,
    /// In the person's own words.
    pub note: String,
    /// Evidence.
    pub photos: Vec<PhotoId>,
    steps: Vec<Step>,
}

/// Why something cannot be put into a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// More than can be moved at once.
    #[error("at most {UNITS_MAX} pieces of an item can be moved at once")]
    TooMany,
    /// The sale does not have the item.
    #[error("the item is not on that receipt")]
    NotSold,
    /// The sale does not have so many left.
    #[error("{left} pieces of that sale can still be returned")]
    MoreThanSold {
        /// Pieces that can still come back.
        left: Units,
    },
    /// More than was paid, or less than nothing.
    #[error("a refund is between 0 and {paid_minor}")]
    Price {
        /// What was paid for a piece, in minor units.
        paid_minor: i64,
    },
}

/// What a draft still lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// Anything that moves.
    Lines,
    /// The order or delivery note of a receipt.
    Document,
    /// The place of the store.
    Place,
    /// Where a relocation goes.
    To,
    /// A relocation that goes nowhere else.
    Elsewhere,
    /// Why.
    Reason,
    /// A photo, taken now.
    Photo,
    /// A note or document of sensible length.
    ShorterText,
}

/// An item of a purchase order beside what has come of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptLine {
    /// The item.
    pub sku: SkuCode,
    /// Pieces ordered; 0 for what nobody ordered.
    pub ordered_units: Units,
    /// Pieces received before.
    pub received_units: Units,
    /// Pieces in the draft.
    pub now_units: Units,
}

impl ReceiptLine {
    /// Received now and before, less ordered: positive when too much came, negative when some is missing.
    #[must_use]
    pub fn difference(&self) -> Units {
        self.received_units + self.now_units - self.ordered_units
    }
}

impl Draft {
    /// An empty one, with the places that its kind usually has.
    #[must_use]
    pub fn new(kind: MovementKind) -> Self {
        let place = match kind {
            MovementKind::Receipt
            | MovementKind::SupplierReturn
            | MovementKind::CustomerReturn
            | MovementKind::Relocation => Some(Place::BackRoom),
            // Where the first item belongs.
            MovementKind::Sale | MovementKind::WriteOff | MovementKind::Adjustment => None,
        };
        Self {
            kind,
            document: None,
            sale: None,
            place,
            to: None,
            direction: Direction::default(),
            lines: Vec::new(),
            prices: BTreeMap::new(),
            reason: None,
            note: String::new(),
            photos: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// What moves, in the order of scanning.
    #[must_use]
    pub fn lines(&self) -> &[DraftLine] {
        &self.lines
    }

    /// The line of that name.
    #[must_use]
    pub fn line(&self, key: &DraftKey) -> Option<&DraftLine> {
        self.lines.iter().find(|line| line.sku == key.0 && line.lot == key.1)
    }

    /// Whether nothing has been put in yet that a person would miss.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.lines.is_empty() && self.photos.is_empty() && self.document.is_none() && self.note.trim().is_empty()
    }

    /// Pieces in all.
    #[must_use]
    pub fn n_units(&self) -> Units {
        self.lines.iter().map(|line| line.units).sum()
    }

    /// Pieces of an item, of whatever lot.
    #[must_use]
    pub fn units_of(&self, sku: &SkuCode) -> Units {
        self.lines.iter().filter(|line| line.sku == *sku).map(|line| line.units).sum()
    }

    /// What a piece is sold or refunded for, where somebody has said it or the receipt does.
    #[must_use]
    pub fn price_minor(&self, sku: &SkuCode) -> Option<i64> {
        self.prices.get(sku).copied().or_else(|| self.sold(sku).map(|sold| sold.paid_minor))
    }

    /// The item on the sale's receipt.
    #[must_use]
    pub fn sold(&self, sku: &SkuCode) -> Option<&SoldLine> {
        self.sale.as_ref()?.lines.iter().find(|line| line.sku == *sku)
    }

    /// Adds pieces. `planned` is the shelf the item belongs on: where no place has been chosen, it is taken.
    ///
    /// # Errors
    /// When there would be more than can move.
    pub fn add(
        &mut self,
        sku: &SkuCode,
        lot: Option<Lot>,
        units: Units,
        planned: Option<&ShelfCode>,
    ) -> Result<(), DraftError> {
        let now = self.line(&(sku.clone(), lot.clone())).map_or(0, |line| line.units);
        self.set_units(&(sku.clone(), lot), now.saturating_add(units))?;
        let shelf = planned.map(|shelf| Place::Shelf(shelf.clone()));
        if self.place.is_none() {
            self.place = Some(shelf.clone().unwrap_or(Place::BackRoom));
        }
        if self.kind == MovementKind::Relocation && self.to.is_none() && shelf != self.place {
            self.to = shelf;
        }
        Ok(())
    }

    /// Makes a line say so many pieces; 0 takes it away.
    ///
    /// # Errors
    /// When that is more than can move.
    pub fn set_units(&mut self, key: &DraftKey, units: Units) -> Result<(), DraftError> {
        let now = self.line(key).map_or(0, |line| line.units);
        let others = self.units_of(&key.0) - now;
        if !(0..=UNITS_MAX).contains(&units) || others.saturating_add(units) > UNITS_MAX {
            return Err(DraftError::TooMany);
        }
        if self.sale.is_some() {
            let left = self.sold(&key.0).ok_or(DraftError::NotSold)?.left_units();
            if others + units > left && units > now {
                return Err(DraftError::MoreThanSold { left });
            }
        }
        self.change(key, |line| {
            line.units = units;
            line.damaged_units = line.damaged_units.min(units);
        });
        Ok(())
    }

    /// Says how many of a line are damaged; more than there are counts as all.
    pub fn set_damaged(&mut self, key: &DraftKey, damaged_units: Units) {
        if self.line(key).is_some() {
            self.change(key, |line| line.damaged_units = damaged_units.clamp(0, line.units));
        }
    }

    /// Says what a piece is sold or refunded for, in minor units.
    ///
    /// # Errors
    /// When it is less than nothing, or more than was paid.
    pub fn set_price(&mut self, sku: &SkuCode, price_minor: i64) -> Result<(), DraftError> {
        let paid_minor = self.sold(sku).map_or(i64::MAX, |sold| sold.paid_minor);
        if !(0..=paid_minor).contains(&price_minor) {
            return Err(DraftError::Price { paid_minor });
        }
        self.prices.insert(sku.clone(), price_minor);
        Ok(())
    }

    /// Makes it the return of that sale. Lines that it does not have, or not so many of, are cut down to it.
    pub fn take_sale(&mut self, sale: SaleFound) {
        self.document = Some(sale.document.clone());
        self.sale = Some(sale);
        let mut left: BTreeMap<SkuCode, Units> = BTreeMap::new();
        for line in self.sale.iter().flat_map(|sale| &sale.lines) {
            left.insert(line.sku.clone(), line.left_units());
        }
        self.lines.retain_mut(|line| {
            let left = left.entry(line.sku.clone()).or_default();
            line.units = line.units.min(*left);
            line.damaged_units = line.damaged_units.min(line.units);
            *left -= line.units;
            line.units > 0
        });
        self.prices.clear();
        self.steps.clear();
    }

    /// Whether there is a step to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.steps.is_empty()
    }

    /// Takes the last step back: a scan, a quantity, a damage. The line it was about.
    pub fn undo(&mut self) -> Option<DraftKey> {
        let Step { key, before } = self.steps.pop()?;
        let at = self.lines.iter().position(|line| line.sku == key.0 && line.lot == key.1);
        match (at, before) {
            (Some(at), Some((_, before))) => self.lines[at] = before,
            (Some(at), None) => {
                self.lines.remove(at);
            }
            (None, Some((at, before))) => self.lines.insert(at.min(self.lines.len()), before),
            (None, None) => {}
        }
        Some(key)
    }

    fn change(&mut self, key: &DraftKey, change: impl FnOnce(&mut DraftLine)) {
        let at = self.lines.iter().position(|line| line.sku == key.0 && line.lot == key.1);
        let before = at.map(|at| (at, self.lines[at].clone()));
        let mut after = before.as_ref().map_or_else(
            || DraftLine { sku: key.0.clone(), lot: key.1.clone(), units: 0, damaged_units: 0 },
            |(_, line)| line.clone(),
        );
        change(&mut after);
        match at {
            Some(at) if after.units == 0 => {
                self.lines.remove(at);
            }
            Some(at) => self.lines[at] = after,
            None if after.units == 0 => return,
            None => self.lines.push(after),
        }
        self.steps.push(Step { key: key.clone(), before });
        let n_over = self.steps.len().saturating_sub(STEPS_MAX);
        self.steps.drain(..n_over);
    }

    /// The order's items beside what has come of them, then what nobody ordered.
    #[must_use]
    pub fn against(&self, order: &OpenOrder) -> Vec<ReceiptLine> {
        let received = |sku: &SkuCode| order.received.get(sku).copied().unwrap_or_default();
        let line = |sku: &SkuCode, ordered_units| ReceiptLine {
            sku: sku.clone(),
            ordered_units,
            received_units: received(sku),
            now_units: self.units_of(sku),
        };
        let mut lines: Vec<ReceiptLine> = Vec::new();
        for ordered in &order.order.lines {
            match lines.iter_mut().find(|line| line.sku == ordered.sku) {
                Some(line) => line.ordered_units += ordered.units,
                None => lines.push(line(&ordered.sku, ordered.units)),
            }
        }
        for extra in &self.lines {
            if !lines.iter().any(|line| line.sku == extra.sku) {
                lines.push(line(&extra.sku, 0));
            }
        }
        lines
    }

    /// Where stock comes from and where it goes, as far as it is known.
    #[must_use]
    pub fn route(&self) -> (Option<Place>, Option<Place>) {
        let place = self.place.clone();
        match (self.kind, self.direction) {
            (MovementKind::Receipt, _) => (Some(Place::Supplier), place),
            (MovementKind::CustomerReturn, _) => (Some(Place::Customer), place),
            (MovementKind::Sale, _) => (place, Some(Place::Customer)),
            (MovementKind::WriteOff, _) => (place, Some(Place::Shrinkage)),
            (MovementKind::Relocation, _) => (place, self.to.clone()),
            (MovementKind::SupplierReturn, _) => (place, Some(Place::Supplier)),
            (MovementKind::Adjustment, Direction::Fewer) => (place, Some(Place::CountVariance)),
            (MovementKind::Adjustment, Direction::More) => (Some(Place::CountVariance), place),
        }
    }

    /// What is still missing before it can be recorded, in the order in which a page asks for it.
    #[must_use]
    pub fn missing(&self) -> Vec<Missing> {
        let document = self.document.as_deref().map(str::trim).unwrap_or_default();
        let is_long = |text: &str| text.trim().chars().count() > TEXT_MAX_CHARS;
        let checks = [
            (Missing::Document, self.kind == MovementKind::Receipt && document.is_empty()),
            (Missing::Lines, self.lines.is_empty()),
            (Missing::Place, self.place.is_none()),
            (Missing::To, self.kind == MovementKind::Relocation && self.to.is_none()),
            (Missing::Elsewhere, self.kind == MovementKind::Relocation && self.to.is_some() && self.to == self.place),
            (Missing::Reason, !self.kind.reasons().is_empty() && self.reason.is_none()),
            (Missing::Photo, self.kind.needs_photo() && self.photos.is_empty()),
            (Missing::ShorterText, is_long(document) || is_long(&self.note)),
        ];
        checks.into_iter().filter(|(_, is_missing)| *is_missing).map(|(missing, _)| missing).collect()
    }

    /// What to record: the movement and, where a receipt has damaged goods, their return to the supplier right after.
    ///
    /// # Errors
    /// What is still missing.
    pub fn movements(&self) -> Result<Vec<Movement>, Vec<Missing>> {
        let missing = self.missing();
        let (Some(from), Some(to)) = self.route() else { return Err(missing) };
        if !missing.is_empty() {
            return Err(missing);
        }
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut legs = Vec::new();
        for line in &self.lines {
            let n_bin = if self.kind == MovementKind::CustomerReturn { line.damaged_units } else { 0 };
            legs.extend(carry_lot(line, line.units - n_bin, &from, &to));
            legs.extend(carry_lot(line, n_bin, &from, &Place::Shrinkage));
        }
        let has_prices = matches!(self.kind, MovementKind::Sale | MovementKind::CustomerReturn);
        let price = |line: &DraftLine| Some((line.sku.clone(), self.price_minor(&line.sku)?));
        let damaged = self.damaged_return(&to);
        let movement = Movement {
            kind: self.kind,
            document: self.document.as_deref().and_then(text),
            legs,
            reason: self.reason.filter(|reason| self.kind.reasons().contains(reason)),
            prices: if has_prices { self.lines.iter().filter_map(price).collect() } else { BTreeMap::new() },
            // A photo is evidence of one thing: of the damage, where there is any.
            photos: if damaged.is_some() { Vec::new() } else { self.photos.clone() },
            cites: self.sale.as_ref().map(|sale| sale.sale).filter(|_| self.kind == MovementKind::CustomerReturn),
            note: text(&self.note),
        };
        let mut movements = vec![movement];
        movements.extend(damaged);
        Ok(movements)
    }

    fn damaged_return(&self, place: &Place) -> Option<Movement> {
        if self.kind != MovementKind::Receipt {
            return None;
        }
        let legs: Vec<Leg> =
            self.lines.iter().flat_map(|line| carry_lot(line, line.damaged_units, place, &Place::Supplier)).collect();
        let document = self.document.as_deref().map(|text| text.trim().to_owned());
        let back = Movement {
            document,
            reason: Some(Reason::Damaged),
            photos: self.photos.clone(),
            ..Movement::new(MovementKind::SupplierReturn, legs)
        };
        (!back.legs.is_empty()).then_some(back)
    }
}

/// The legs that carry pieces of a line; none for no pieces.
fn carry_lot(line: &DraftLine, units: Units, from: &Place, to: &Place) -> Vec<Leg> {
    if units == 0 {
        return Vec::new();
    }
    let leg = |place: &Place, units| Leg { place: place.clone(), sku: line.sku.clone(), units, lot: line.lot.clone() };
    vec![leg(from, -units), leg(to, units)]
}

#[cfg(test)]
mod tests;
