//! What stock must be, worked out the plain way from the whole ledger: no partial sums, no order of arrival.

use super::server::{NoCategories, Server};
use domain::approval::{Outcome, Standing};
use domain::event::{CountedItem, EventBody, LedgerEvent};
use domain::fold::ReadModels;
use domain::id::{EventId, PersonId, ShelfCode, SkuCode, StocktakeId};
use domain::instant::Timestamp;
use domain::movement::{Place, Units};
use std::collections::{BTreeMap, BTreeSet};

type Leg = (Timestamp, Place, SkuCode, Units);

/// Every leg that took effect, with its time; corrections by counts left out.
fn legs(server: &Server) -> Vec<Leg> {
    let mut legs = Vec::new();
    let mut carry = |event: &LedgerEvent, at: Timestamp, sign: Units| {
        let EventBody::Moved(movement) = &event.event.body else { panic!("only movements are carried") };
        legs.extend(movement.legs.iter().map(|leg| (at, leg.place.clone(), leg.sku.clone(), sign * leg.units)));
    };
    let mut outcomes: BTreeMap<EventId, Outcome> = BTreeMap::new();
    for event in &server.ledger {
        let cited = event.event.body.cites().and_then(|cites| server.event(cites));
        match &event.event.body {
            EventBody::Moved(_) if event.stamp.standing == Standing::Posted => carry(event, event.effective_at(), 1),
            EventBody::Moved(_) => {
                outcomes.insert(event.event.id, Outcome::Withdrawn);
            }
            EventBody::Approved { .. } => {
                let cited = cited.expect("what is approved is in the ledger");
                outcomes.insert(cited.event.id, Outcome::Approved);
                carry(cited, cited.effective_at(), 1);
            }
            EventBody::Reversed { .. } => {
                let cited = cited.expect("what is reversed is in the ledger");
                let took_effect = outcomes.get(&cited.event.id).is_none_or(|outcome| *outcome == Outcome::Approved);
                if took_effect {
                    carry(cited, event.effective_at(), -1);
                }
            }
            _ => {}
        }
    }
    legs
}

/// The latest count of each line that an approved stocktake found: when, and how many pieces.
fn counted(models: &ReadModels) -> BTreeMap<(ShelfCode, SkuCode), (Timestamp, StocktakeId, Units)> {
    let mut counted = BTreeMap::new();
    for ((stocktake, shelf, sku), line) in &models.lines {
        let is_approved = models.stocktakes[stocktake].ending.as_ref().is_some_and(|ending| ending.is_approved);
        let Some(tally) = line.finding().tally().filter(|_| is_approved) else { continue };
        let found = (tally.observed_at, stocktake.clone(), tally.counted_units);
        let best = counted.entry((shelf.clone(), sku.clone())).or_insert_with(|| found.clone());
        if (found.0, &found.1) > (best.0, &best.1) {
            *best = found;
        }
    }
    counted
}

pub fn check(server: &Server) {
    let legs = legs(server);
    let counted = counted(&server.models);
    let places: BTreeSet<(Place, SkuCode)> = legs
        .iter()
        .map(|(_, place, sku, _)| (place.clone(), sku.clone()))
        .chain(server.models.stock.keys().cloned())
        .collect();
    for (place, sku) in places.into_iter().filter(|(place, _)| place.is_internal()) {
        let known = place.shelf().and_then(|shelf| counted.get(&(shelf.clone(), sku.clone())));
        let (from, start) = known.map_or((Timestamp::from_unix_ms(i64::MIN), 0), |(at, _, units)| (*at, *units));
        let moved: Units =
            legs.iter().filter(|(at, of, what, _)| *at > from && *of == place && *what == sku).map(|leg| leg.3).sum();
        let on_hand = server.models.stock.get(&(place.clone(), sku.clone())).map_or(0, |row| row.units);
        assert_eq!(on_hand, start + moved, "{sku} at {place}");
    }
    check_tallies(server);
    check_order(server);
}

/// Pieces counted per person, added up one by one.
fn check_tallies(server: &Server) {
    let mut sums: BTreeMap<(StocktakeId, ShelfCode, SkuCode, PersonId), Units> = BTreeMap::new();
    let mut add = |event: &LedgerEvent, sign: Units| {
        if let EventBody::Counted { stocktake, shelf, item: CountedItem::Known(sku), units, .. } = &event.event.body {
            let key = (stocktake.clone(), shelf.clone(), sku.clone(), event.event.person.clone());
            *sums.entry(key).or_default() += sign * units;
        }
    };
    for event in &server.ledger {
        add(event, 1);
        if let EventBody::CountUndone { cites, .. } = &event.event.body {
            add(server.event(*cites).expect("what is taken back is in the ledger"), -1);
        }
    }
    for ((stocktake, shelf, sku), line) in &server.models.lines {
        for (person, tally) in &line.tallies {
            let key = (stocktake.clone(), shelf.clone(), sku.clone(), person.clone());
            assert_eq!(tally.counted_units, sums.get(&key).copied().unwrap_or_default());
        }
    }
}

/// The same events in another order of arrival fold to the same stock: each after what it is about, corrections and
/// control events in their place.
fn check_order(server: &Server) {
    let is_free = |event: &&LedgerEvent| matches!(event.event.body, EventBody::Moved(_));
    // Movements first, all others as they came: a count then finds what arrived late already there.
    let (free, fixed): (Vec<&LedgerEvent>, Vec<&LedgerEvent>) = server.ledger.iter().partition(is_free);
    let mut models = ReadModels::default();
    for event in free.into_iter().chain(fixed) {
        models.apply(event, event.event.body.cites().and_then(|cites| server.event(cites)), &NoCategories);
    }
    assert_eq!(models.stock, server.models.stock, "stock depends on the order of arrival");
    assert_eq!(models.lines, server.models.lines, "count lines depend on the order of arrival");
}
