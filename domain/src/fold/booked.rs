//! What an event books, leg by leg, without the state it is folded into.

use super::LegKey;
use crate::event::{EventBody, LedgerEvent};
use crate::id::EventId;
use crate::instant::Timestamp;
use crate::movement::{Leg, Place, Units, reversed};

/// What an event books in one of the store's own places, under the key that the read model keeps it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// The leg.
    pub key: LegKey,
    /// Pieces; negative for what left.
    pub units: Units,
}

/// What an event books; what still awaits approval is booked by the approval, under the movement's own key.
#[must_use]
pub fn booked(event: &LedgerEvent, cited: Option<&LedgerEvent>) -> Vec<Booked> {
    let of = |legs: &[Leg], at: Timestamp, event: EventId| -> Vec<Booked> {
        let own = (0_u32..).zip(legs).filter(|(_, leg)| leg.place.is_internal());
        let booked = own.map(|(index, leg)| Booked {
            key: LegKey { place: leg.place.clone(), sku: leg.sku.clone(), at, event, index },
            units: leg.units,
        });
        booked.collect()
    };
    let at = event.effective_at();
    match (&event.event.body, cited.map(|cited| (cited, &cited.event.body))) {
        (EventBody::Moved(movement), _) => of(&movement.legs, at, event.event.id),
        (EventBody::Transfer(told), _) => of(&told.step.legs(), at, event.event.id),
        (EventBody::Approved { cites }, Some((cited, EventBody::Moved(movement)))) => {
            of(&movement.legs, cited.effective_at(), *cites)
        }
        (EventBody::Reversed { .. }, Some((_, EventBody::Moved(movement)))) => {
            of(&reversed(&movement.legs), at, event.event.id)
        }
        (EventBody::VariancePosted { lines, .. }, _) => (0_u32..)
            .zip(lines)
            .map(|(index, posted)| Booked {
                key: LegKey {
                    place: Place::Shelf(posted.line.shelf.clone()),
                    sku: posted.line.sku.clone(),
                    at: posted.at,
                    event: event.event.id,
                    index,
                },
                units: posted.units,
            })
            .collect(),
        _ => Vec::new(),
    }
}
