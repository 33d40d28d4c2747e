//! What the ledger says of one item in one store, kept so that a warning needs no look at single movements.
//!
//! [`Signals`] is a fold: sums, minima and maxima of [`Effect`]s, and so the same whatever order they arrive in. Taking
//! an effect touches one item of one store; what it costs depends neither on how many stores there are nor on how long
//! the ledger is. The days are the store's own.

use crate::approval::{Outcome, Standing};
use crate::demand::SalesDay;
use crate::event::{CountedItem, EventBody, LedgerEvent};
use crate::id::SkuCode;
use crate::instant::{Day, Timestamp, ZoneOffset};
use crate::movement::{Leg, Place, Units};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Days that are kept singly, the latest with a movement included: 90 to look back on, each of which looks back 28 days
/// itself, and two to spare.
pub const DAYS_KEPT: i64 = 120;

/// What moved of one item in one store on one day, in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DayMoves {
    /// Sold, less sales reversed. What customers bring back is sold all the same.
    pub sold_units: Units,
    /// Received from suppliers and other stores.
    pub received_units: Units,
    /// Lost: written off, or missing in a count; negative when a count found more than the book had.
    pub lost_units: Units,
    /// By how much the stock changed, all in all.
    pub net_units: Units,
}

impl DayMoves {
    fn add(&mut self, other: Self) {
        self.sold_units += other.sold_units;
        self.received_units += other.received_units;
        self.lost_units += other.lost_units;
        self.net_units += other.net_units;
    }

    /// What one leg says; `sign` is −1 where the movement is reversed.
    fn of_leg(leg: &Leg, sign: Units) -> Self {
        let units = sign * leg.units;
        match leg.place {
            Place::Shelf(_) | Place::BackRoom => Self { net_units: units, ..Self::default() },
            Place::Customer if leg.units > 0 => Self { sold_units: units, ..Self::default() },
            Place::Supplier | Place::InTransit if leg.units < 0 => Self { received_units: -units, ..Self::default() },
            Place::Shrinkage | Place::CountVariance => Self { lost_units: units, ..Self::default() },
            // Brought back by a customer, returned to a supplier, sent to another store.
            Place::Customer | Place::Supplier | Place::InTransit => Self::default(),
        }
    }
}

/// What one event means for one item of its store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The item.
    pub sku: SkuCode,
    /// As of when.
    pub at: Timestamp,
    /// What.
    pub kind: EffectKind,
}

/// What kind of effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EffectKind {
    /// Goods moved.
    Moved(DayMoves),
    /// Somebody looked how many there are.
    Counted,
}

/// What an accepted event means for the items of its store. `cited` is the event it is about, and `before` what had
/// become of that one before this event: a movement that never took effect has nothing to reverse.
#[must_use]
pub fn effects(event: &LedgerEvent, cited: Option<&LedgerEvent>, before: Option<Outcome>) -> Vec<Effect> {
    let at = event.effective_at();
    let movement = |of: &LedgerEvent| match &of.event.body {
        EventBody::Moved(movement) => Some(movement.clone()),
        _ => None,
    };
    match &event.event.body {
        EventBody::Moved(goods) if event.stamp.standing == Standing::Posted => moved(&goods.legs, 1, at),
        EventBody::Transfer(told) => moved(&told.step.legs(), 1, at),
        EventBody::Approved { .. } => {
            cited.and_then(|cited| Some(moved(&movement(cited)?.legs, 1, cited.effective_at()))).unwrap_or_default()
        }
        EventBody::Reversed { .. } if !matches!(before, Some(Outcome::Awaits(_))) => {
            cited.and_then(|cited| Some(moved(&movement(cited)?.legs, -1, at))).unwrap_or_default()
        }
        EventBody::VariancePosted { lines, .. } => lines
            .iter()
            .map(|posted| {
                let moves = DayMoves { net_units: posted.units, lost_units: -posted.units, ..DayMoves::default() };
                Effect { sku: posted.line.sku.clone(), at: posted.at, kind: EffectKind::Moved(moves) }
            })
            .collect(),
        // A count that is taken back was a look at the shelf all the same.
        EventBody::Counted { item: CountedItem::Known(sku), .. } => {
            vec![Effect { sku: sku.clone(), at, kind: EffectKind::Counted }]
        }
        EventBody::Moved(_)
        | EventBody::Reversed { .. }
        | EventBody::Counted { .. }
        | EventBody::Declined { .. }
        | EventBody::CountUndone { .. }
        | EventBody::StocktakeOpened { .. }
        | EventBody::StocktakeSubmitted { .. }
        | EventBody::StocktakePlanned { .. }
        | EventBody::ShelfFinished { .. }
        | EventBody::RecountAsked { .. }
        | EventBody::LineDecided { .. }
        | EventBody::StocktakeApproved { .. }
        | EventBody::StocktakeCancelled { .. }
        | EventBody::CaseTaken { .. }
        | EventBody::CaseClosed { .. }
        | EventBody::SheetKeyed { .. }
        | EventBody::Credit(_) => Vec::new(),
    }
}

fn moved(legs: &[Leg], sign: Units, at: Timestamp) -> Vec<Effect> {
    let mut by_item: BTreeMap<&SkuCode, DayMoves> = BTreeMap::new();
    for leg in legs {
        by_item.entry(&leg.sku).or_default().add(DayMoves::of_leg(leg, sign));
    }
    by_item.into_iter().map(|(sku, moves)| Effect { sku: sku.clone(), at, kind: EffectKind::Moved(moves) }).collect()
}

/// What the ledger says of one item in one store.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Signals {
    /// Pieces in the store, as booked: negative when more left than was ever booked in.
    on_hand_units: Units,
    /// The latest [`DAYS_KEPT`] days up to the last movement, the oldest first; days on which nothing moved are not
    /// there. In one piece of memory: a look at a line reads its last four weeks several times, and of a large chain
    /// no line is in the processor's caches.
    days: Vec<(Day, DayMoves)>,
    /// The day of the first movement.
    known_since: Option<Day>,
    /// The day of the last receipt.
    received_on: Option<Day>,
    /// The day of the last count.
    counted_on: Option<Day>,
}

impl Signals {
    /// Takes what an event means for this item, in the store's zone.
    pub fn take(&mut self, effect: &Effect, zone: ZoneOffset) {
        let day = Day::at(effect.at, zone);
        let EffectKind::Moved(moves) = effect.kind else {
            self.counted_on = self.counted_on.max(Some(day));
            return;
        };
        self.on_hand_units += moves.net_units;
        self.known_since = Some(self.known_since.map_or(day, |since| since.min(day)));
        if moves.received_units > 0 {
            self.received_on = self.received_on.max(Some(day));
        }
        let place = self.place_of(day);
        match self.days.get_mut(place) {
            Some((known, sum)) if *known == day => sum.add(moves),
            _ => self.days.insert(place, (day, moves)),
        }
        // Relative to the last movement, not to the clock: what is kept depends on what there is alone.
        if let Some(first) = self.first_kept() {
            self.days.drain(..self.place_of(first));
        }
    }

    /// Where a day is, or would be.
    fn place_of(&self, day: Day) -> usize {
        self.days.partition_point(|(known, _)| *known < day)
    }

    /// What moved on the days from `first` up to and including `last`.
    fn between(&self, first: Day, last: Day) -> &[(Day, DayMoves)] {
        let from = self.place_of(first);
        &self.days[from..self.place_of(last.plus_days(1)).max(from)]
    }

    fn first_kept(&self) -> Option<Day> {
        self.days.last().map(|(last, _)| last.plus_days(1 - DAYS_KEPT))
    }

    /// Whether every day from `from` on is known singly: nothing moved before the first movement, but nobody can tell
    /// from that how the item sells.
    fn knows(&self, from: Day) -> bool {
        self.known_since.is_some_and(|since| since <= from) && self.first_kept().is_some_and(|first| first <= from)
    }

    /// Pieces in the store now.
    #[must_use]
    pub fn on_hand_units(&self) -> Units {
        self.on_hand_units
    }

    /// Pieces in the store at the end of a day; `None` for days no longer kept.
    #[must_use]
    pub fn on_hand_at(&self, day: Day) -> Option<Units> {
        if self.first_kept().is_some_and(|first| day < first.plus_days(-1)) {
            return None;
        }
        let later: Units = self.days[self.place_of(day.plus_days(1))..].iter().map(|(_, moves)| moves.net_units).sum();
        Some(self.on_hand_units - later)
    }

    /// What moved on the `n_days` days up to and including `last`; `None` where not all of them are known.
    #[must_use]
    pub fn moves_in(&self, last: Day, n_days: i64) -> Option<DayMoves> {
        let first = last.plus_days(1 - n_days);
        self.knows(first).then(|| {
            let mut sum = DayMoves::default();
            self.between(first, last).iter().for_each(|(_, moves)| sum.add(*moves));
            sum
        })
    }

    /// What each of the last `n_days` days up to and including `last` says of demand, the oldest first; fewer where
    /// fewer are known. A day that began and ended without stock, and sold nothing, says nothing.
    #[must_use]
    pub fn sales_days(&self, last: Day, n_days: i64) -> Vec<SalesDay> {
        let n_days = self.n_days_known(last.plus_days(1), n_days);
        let mut at_end = self.on_hand_at(last).unwrap_or_default();
        let mut sales = Vec::with_capacity(usize::try_from(n_days).unwrap_or_default());
        let mut known = self.between(last.plus_days(1 - n_days), last).iter().rev().peekable();
        for ago in 0..n_days {
            let day = last.plus_days(-ago);
            let moves = known.next_if(|(known, _)| *known == day).map(|(_, moves)| *moves).unwrap_or_default();
            let at_begin = at_end - moves.net_units;
            let was_out = at_begin <= 0 && at_end <= 0 && moves.sold_units <= 0;
            sales.push(if was_out { SalesDay::OutOfStock } else { SalesDay::Open(moves.sold_units) });
            at_end = at_begin;
        }
        sales.reverse();
        sales
    }

    /// Days before `day`, up to `most`, that are known singly.
    #[must_use]
    pub fn n_days_known(&self, day: Day, most: i64) -> i64 {
        let first = self.known_since.max(self.first_kept());
        first.map_or(0, |first| day.days_since(first).clamp(0, most))
    }

    /// The last day up to `day` on which anything moved, where that is known.
    #[must_use]
    pub fn moved_on(&self, day: Day) -> Option<Day> {
        self.days[..self.place_of(day.plus_days(1))].last().map(|(day, _)| *day)
    }

    /// The last day up to `day` on which goods were received, where that is known; the first day of all for what never
    /// was received, such as what a count found.
    #[must_use]
    pub fn received_on(&self, day: Day) -> Option<Day> {
        let kept = || {
            let until = &self.days[..self.place_of(day.plus_days(1))];
            until.iter().rev().find(|(_, moves)| moves.received_units > 0).map(|(day, _)| *day)
        };
        self.received_on.or(self.known_since).filter(|on| *on <= day).or_else(kept)
    }

    /// The last day on which it was counted; the first day of all for what never was. `None` if that was after `day`.
    #[must_use]
    pub fn counted_on(&self, day: Day) -> Option<Day> {
        self.counted_on.or(self.known_since).filter(|on| *on <= day)
    }
}
