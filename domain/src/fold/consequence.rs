//! What the ledger itself must record because of an event.

use super::{ReadModels, movement_of};
use crate::event::EventBody;
use crate::id::StocktakeId;
use crate::instant::Timestamp;
use crate::movement::Units;
use crate::stocktake::{CounterTally, LineRef, PostedLine};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Most corrections of one event.
const POSTED_MAX: usize = 1_000;

impl ReadModels {
    /// What the ledger itself must record right after `event`: variances of approved stocktakes that are not posted
    /// yet, because of the approval or because the event changed what a posted count is compared with.
    ///
    /// Apply it, and ask again for each: a correction stands before what later stocktakes counted.
    #[must_use]
    pub fn consequences(&self, event: &EventBody, cited: Option<&EventBody>) -> Vec<EventBody> {
        let mut posted: BTreeMap<&StocktakeId, Vec<PostedLine>> = BTreeMap::new();
        for line in self.lines_changed(event, cited) {
            if let Some((stocktake, at, units)) = self.first_due(&line) {
                posted.entry(stocktake).or_default().push(PostedLine { line, at, units });
            }
        }
        let bodies = posted.into_iter().flat_map(|(stocktake, lines)| {
            let chunks: Vec<Vec<PostedLine>> = lines.chunks(POSTED_MAX).map(<[PostedLine]>::to_vec).collect();
            chunks.into_iter().map(|lines| EventBody::VariancePosted { stocktake: stocktake.clone(), lines })
        });
        bodies.collect()
    }

    /// Lines whose corrections an event may have changed.
    fn lines_changed(&self, event: &EventBody, cited: Option<&EventBody>) -> BTreeSet<LineRef> {
        let legs = match event {
            EventBody::StocktakeApproved { stocktake, .. } => {
                let of_it = self.lines.keys().filter(|(of, _, _)| of == stocktake);
                return of_it.map(|(_, shelf, sku)| LineRef { shelf: shelf.clone(), sku: sku.clone() }).collect();
            }
            EventBody::VariancePosted { lines, .. } => {
                return lines.iter().map(|posted| posted.line.clone()).collect();
            }
            EventBody::Moved(movement) => Cow::Borrowed(&movement.legs[..]),
            EventBody::Approved { .. } | EventBody::Reversed { .. } => {
                Cow::Borrowed(cited.and_then(movement_of).map_or(&[][..], |movement| &movement.legs))
            }
            EventBody::Transfer(told) => Cow::Owned(told.step.legs()),
            _ => Cow::Borrowed(&[][..]),
        };
        let line = |leg: &crate::movement::Leg| {
            leg.place.shelf().map(|shelf| LineRef { shelf: shelf.clone(), sku: leg.sku.clone() })
        };
        legs.iter().filter_map(line).collect()
    }

    /// The earliest correction that a line still needs: of which stocktake, as of when, how many pieces.
    fn first_due(&self, line: &LineRef) -> Option<(&StocktakeId, Timestamp, Units)> {
        let approved = self
            .stocktakes
            .values()
            .filter(|known| known.ending.as_ref().is_some_and(|ending| ending.is_approved))
            .filter_map(|known| {
                let found = self.lines.get(&(known.id.clone(), line.shelf.clone(), line.sku.clone()))?;
                found.finding().tally().map(|tally| (&known.id, tally, found.posted_units))
            });
        let approved: Vec<(&StocktakeId, &CounterTally, Units)> = approved.collect();
        let due = approved.iter().filter_map(|&(id, tally, posted)| {
            // Of two counts in the same millisecond that of the later stocktake stands: both would correct the same.
            let is_superseded =
                approved.iter().any(|(other, at, _)| at.observed_at == tally.observed_at && *other > id);
            let units = if is_superseded { 0 } else { tally.variance_units() } - posted;
            // The correction is no part of what its own count is compared with, but of every later one.
            (units != 0).then(|| (id, tally.observed_at.plus_ms(1), units))
        });
        due.min_by_key(|(id, at, _)| (*at, *id))
    }
}
