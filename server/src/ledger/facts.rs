//! What the rule about an event is told: rows, master data and photos.

use super::Judges;
use super::transfers::Transfers;
use crate::store::model_row::StoreModels;
use crate::store::{Masters, StoreMaster};
use domain::accept::{CitedMovement, Facts, OnlyServerKnows, PhotoFact, PhotoTaking, Recount};
use domain::case::Case;
use domain::credit::{Appeal, Band, PointKey, points};
use domain::event::{DeviceEvent, EventBody, Flag, LedgerEvent};
use domain::id::{EventId, PersonId, ShelfCode, SkuCode, StocktakeId, StoreCode};
use domain::master::Store;
use domain::movement::Units;
use domain::photo::PhotoId;
use domain::policy::Viewer;
use domain::stocktake::{CountLine, LineRef, Stocktake, Thresholds, line_state};
use domain::transfer::{Transfer, TransferId, reserved};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

pub(super) struct ServerFacts<'a> {
    pub(super) master: &'a StoreMaster,
    pub(super) masters: &'a Masters,
    pub(super) viewer: Cow<'a, Viewer>,
    pub(super) models: &'a StoreModels,
    pub(super) known: &'a HashMap<EventId, LedgerEvent>,
    pub(super) photos_used: &'a HashSet<PhotoId>,
    pub(super) photos_there: &'a HashSet<PhotoId>,
    pub(super) judges: &'a Judges,
    pub(super) transfers: &'a Transfers,
}

impl ServerFacts<'_> {
    fn line(&self, stocktake: &StocktakeId, line: &LineRef) -> Option<&CountLine> {
        self.models.models.lines.get(&(stocktake.clone(), line.shelf.clone(), line.sku.clone()))
    }
}

impl Facts for ServerFacts<'_> {
    fn store(&self) -> &Store {
        &self.master.store
    }
    fn viewer(&self) -> &Viewer {
        &self.viewer
    }
    fn has_shelf(&self, shelf: &ShelfCode) -> bool {
        self.master.shelf(shelf).is_some()
    }
    fn is_signature_ours(&self, shelf: &ShelfCode, signature: &str) -> bool {
        self.judges.shelf_key.verifies(&self.master.store.code, shelf, signature)
    }
    fn price_minor(&self, sku: &SkuCode) -> Option<i64> {
        self.masters.products().get(sku).map(|product| product.price_minor)
    }
    fn stocktake(&self, id: &StocktakeId) -> Option<&Stocktake> {
        self.models.models.stocktakes.get(id)
    }
    fn recorded(&self, id: &EventId) -> Option<&DeviceEvent> {
        let known = self.known.get(id).map(|known| &known.event)?;
        (known.store == self.master.store.code).then_some(known)
    }
    fn is_undone(&self, id: &EventId) -> bool {
        self.models.models.undone.contains(id)
    }
    fn movement(&self, id: &EventId) -> Result<Option<CitedMovement<'_>>, OnlyServerKnows> {
        let known = self.known.get(id).filter(|known| known.event.store == self.master.store.code);
        Ok(known.and_then(|known| match &known.event.body {
            EventBody::Moved(movement) => Some(CitedMovement {
                event: &known.event,
                movement,
                value_minor: known.stamp.value_minor,
                recorded_at: known.stamp.recorded_at,
                outcome: self.models.models.outcomes.get(id).copied(),
            }),
            _ => None,
        }))
    }
    fn returned_units(&self, sale: &EventId, sku: &SkuCode) -> Units {
        self.models.models.returned.get(&(*sale, sku.clone())).copied().unwrap_or_default()
    }
    fn photo(&self, id: &PhotoId) -> PhotoFact {
        if self.photos_used.contains(id) {
            PhotoFact::Used
        } else if !self.photos_there.contains(id) {
            PhotoFact::Missing
        } else {
            self.judges.photos.fact(id, &self.master.store.code)
        }
    }
    fn photo_taking(&self, id: &PhotoId) -> Option<PhotoTaking> {
        self.judges.photos.taking(id)
    }
    fn may_recount(&self, stocktake: &StocktakeId, line: &LineRef, person: &PersonId) -> Recount {
        match self.line(stocktake, line) {
            Some(known) if known.may_be_recounted_by(person) => Recount::Welcome,
            Some(known) if known.recount_asked_at.is_some() => Recount::SamePerson,
            _ => Recount::NotAsked,
        }
    }
    fn lines_blocking(&self, stocktake: &StocktakeId) -> Vec<LineRef> {
        let thresholds = self.stocktake(stocktake).map_or_else(Thresholds::default, Stocktake::thresholds);
        let blocking = self.models.models.lines.iter().filter(|((of, _, sku), line)| {
            of == stocktake && line_state(line, self.price_minor(sku).unwrap_or(0), &thresholds).blocks_approval()
        });
        blocking.map(|((_, shelf, sku), _)| LineRef { shelf: shelf.clone(), sku: sku.clone() }).collect()
    }
    fn has_counted(&self, stocktake: &StocktakeId, line: &LineRef, person: &PersonId) -> bool {
        let tally = self.line(stocktake, line).and_then(|known| known.tallies.get(person));
        tally.is_some_and(|tally| tally.n_observations > 0)
    }
    fn has_variance_of(&self, stocktake: &StocktakeId, person: &PersonId) -> bool {
        self.models.models.lines.iter().any(|((of, _, _), line)| of == stocktake && line.rests_on(person))
    }
    fn case(&self, event: &EventId, flag: Flag) -> Result<Option<Case>, OnlyServerKnows> {
        if let Some(case) = self.models.models.cases.get(&(*event, flag)) {
            return Ok(Some(case.clone()));
        }
        let known = self.known.get(event).filter(|known| known.event.store == self.master.store.code);
        // A gap is written on no event: what is missing may still arrive.
        let raises = |known: &&LedgerEvent| flag == Flag::SequenceGap || known.stamp.flags.contains(&flag);
        Ok(known.filter(raises).map(|known| Case::raised(known, flag)))
    }
    fn is_store(&self, store: &StoreCode) -> bool {
        self.masters.store(store).is_some()
    }
    fn transfer(&self, id: TransferId) -> Result<Option<Transfer>, OnlyServerKnows> {
        Ok(self.transfers.whole(id))
    }
    fn available_units(&self, sku: &SkuCode) -> Result<Units, OnlyServerKnows> {
        let places = self.models.models.stock.iter().filter(|((_, of), _)| of == sku);
        let on_hand: Units = places.map(|(_, row)| row.units).sum();
        let transfers = self.transfers.all();
        let promised = reserved(&self.master.store.code, &transfers).get(sku).copied().unwrap_or_default();
        Ok(on_hand - promised)
    }
    fn credit_band(&self) -> Band {
        self.transfers.band(&self.master.store.code)
    }
    fn credit_point(&self, point: &PointKey) -> Result<Option<Appeal>, OnlyServerKnows> {
        // What speaks against a store does not depend on its other transfers.
        let transfer = self.transfers.of_event(&point.event);
        let of_store = points(&self.master.store.code, transfer.iter());
        let is_against = of_store.iter().any(|of| of.key == *point && of.weight < 0);
        Ok(is_against.then(|| self.models.models.appeals.get(point).cloned().unwrap_or_default()))
    }
}
