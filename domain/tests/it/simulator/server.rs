//! The server: a ledger on disk, judged and folded by the real rules. A crash loses nothing but what was not committed.

use domain::accept::{
    CitedMovement, Facts, OnlyServerKnows, PhotoFact, PhotoTaking, Recount, Refusal, Verdicts, accept,
};
use domain::append::with_consequences;
use domain::case::Case;
use domain::chain::{Hash, Head};
use domain::credit::{Appeal, Band, PointKey};
use domain::event::{DeviceEvent, EventBody, Flag, LedgerEvent, Stamp};
use domain::fold::{Categories, ReadModels};
use domain::geo::Coordinates;
use domain::id::{CategoryCode, EventId, PersonId, RegionCode, ShelfCode, SkuCode, StocktakeId, StoreCode};
use domain::instant::{Timestamp, ZoneOffset};
use domain::master::{Name, Store};
use domain::movement::{Units, check_legs};
use domain::photo::PhotoId;
use domain::policy::{Role, Scope, Viewer};
use domain::stocktake::{CountLine, LineRef, Stocktake, Thresholds, line_state};
use domain::sync::{Answer, Outcome, PROTOCOL, PROTOCOL_MIN, SyncRequest, SyncResponse};
use domain::transfer::{Transfer, TransferId};
use std::collections::BTreeMap;

pub fn store_code() -> StoreCode {
    StoreCode::parse("S001").expect("valid")
}

pub fn store() -> Store {
    let name = || Name { zh: "店".into(), en: "Store".into() };
    Store {
        code: store_code(),
        name: name(),
        region: RegionCode::parse("R1").expect("valid"),
        at: Coordinates { latitude_e7: 0, longitude_e7: 0 },
        geofence_radius_m: 150,
        zone_offset: ZoneOffset(480),
        opens_min: 0,
        closes_min: 1_440,
    }
}

pub fn sku(n: usize) -> SkuCode {
    SkuCode::parse(&format!("10{n}")).expect("valid")
}

pub fn shelf(n: usize) -> ShelfCode {
    ShelfCode::parse(&format!("A-0{}", n + 1)).expect("valid")
}

/// Everybody by number: two clerks and their manager.
pub fn viewer(person: &PersonId) -> Viewer {
    let role = if person.as_str() == "P2" { Role::StoreManager } else { Role::Clerk };
    Viewer { id: person.clone(), name: String::new(), role, scope: Scope::Store(store_code()) }
}

pub struct NoCategories;

impl Categories for NoCategories {
    fn category_of(&self, _: &SkuCode) -> Option<&CategoryCode> {
        None
    }
}

#[derive(Default)]
pub struct Server {
    pub ledger: Vec<LedgerEvent>,
    by_id: BTreeMap<EventId, usize>,
    head: Option<Head>,
    pub models: ReadModels,
    store: Option<Store>,
}

impl Server {
    pub fn event(&self, id: EventId) -> Option<&LedgerEvent> {
        self.by_id.get(&id).map(|at| &self.ledger[*at])
    }

    /// What was in memory is gone: the read models are folded again from the ledger.
    pub fn crash(&mut self) {
        self.models = self.folded();
    }

    pub fn folded(&self) -> ReadModels {
        let mut models = ReadModels::default();
        for event in &self.ledger {
            models.apply(event, event.event.body.cites().and_then(|cites| self.event(cites)), &NoCategories);
        }
        models
    }

    /// The answer to a batch, as the route gives it.
    pub fn sync(&mut self, request: &SyncRequest, now: Timestamp) -> (u16, Option<SyncResponse>) {
        if !(PROTOCOL_MIN..=PROTOCOL).contains(&request.protocol) {
            return (426, None);
        }
        let answers = request.events.iter().map(|event| self.take(event, now)).collect();
        (200, Some(SyncResponse { protocol: PROTOCOL, now, answers, heads: Vec::new() }))
    }

    fn take(&mut self, event: &DeviceEvent, now: Timestamp) -> Answer {
        let answer = |outcome| Answer { id: Some(event.id), outcome };
        if let Some(known) = self.event(event.id) {
            return answer(if known.event == *event {
                Outcome::Duplicate { seq: known.stamp.seq }
            } else {
                Outcome::Refused { why: Refusal::IdReused }
            });
        }
        self.store.get_or_insert_with(store);
        let facts = ServerFacts { server: self, viewer: viewer(&event.person) };
        let verdicts = match accept(event, now, &facts) {
            Ok(verdicts) => verdicts,
            Err(why) => return answer(Outcome::Refused { why }),
        };
        let Verdicts { geofence, clock, standing, value_minor, flags } = verdicts;
        let seq = self.ledger.len() as u64 + 1;
        let stamp = Stamp { seq, recorded_at: now, geofence, clock, standing, value_minor, flags };
        let first = LedgerEvent { stamp, event: event.clone() };
        let (ledger, by_id, models) = (&self.ledger, &self.by_id, &mut self.models);
        let appended = with_consequences(first, "server", |event| {
            let cited = event.event.body.cites().and_then(|cites| by_id.get(&cites)).map(|at| &ledger[*at]);
            models.apply(event, cited, &NoCategories);
            models.consequences(&event.event.body, cited.map(|cited| &cited.event.body))
        });
        for event in appended {
            let head = self.head.take().unwrap_or_else(|| Head::genesis(store_code()));
            self.head = Some(head.extended(&event.canonical_bytes()));
            assert!(self.by_id.insert(event.event.id, self.ledger.len()).is_none(), "an event is in the ledger twice");
            self.ledger.push(event);
        }
        answer(Outcome::Accepted { seq })
    }

    /// The ledger is whole, balanced, and folds to what is served.
    pub fn check(&self) {
        let mut hash = Hash::GENESIS;
        for (event, seq) in self.ledger.iter().zip(1..) {
            assert_eq!(event.stamp.seq, seq, "numbers have gaps");
            hash = Hash::link(hash, &event.canonical_bytes());
            if let EventBody::Moved(movement) = &event.event.body {
                assert_eq!(check_legs(&movement.legs), Ok(()));
            }
        }
        assert_eq!(self.head.as_ref().map_or(Hash::GENESIS, |head| head.hash), hash);
        assert_eq!(self.models, self.folded(), "what is served is not the fold of the ledger");
    }
}

struct ServerFacts<'a> {
    server: &'a Server,
    viewer: Viewer,
}

impl ServerFacts<'_> {
    fn line(&self, stocktake: &StocktakeId, line: &LineRef) -> Option<&CountLine> {
        self.server.models.lines.get(&(stocktake.clone(), line.shelf.clone(), line.sku.clone()))
    }
}

impl Facts for ServerFacts<'_> {
    fn store(&self) -> &Store {
        self.server.store.as_ref().expect("set before any event is judged")
    }
    fn viewer(&self) -> &Viewer {
        &self.viewer
    }
    fn has_shelf(&self, _: &ShelfCode) -> bool {
        true
    }
    fn is_signature_ours(&self, _: &ShelfCode, _: &str) -> bool {
        false
    }
    fn price_minor(&self, _: &SkuCode) -> Option<i64> {
        Some(8_000)
    }
    fn stocktake(&self, id: &StocktakeId) -> Option<&Stocktake> {
        self.server.models.stocktakes.get(id)
    }
    fn recorded(&self, id: &EventId) -> Option<&DeviceEvent> {
        self.server.event(*id).map(|known| &known.event)
    }
    fn is_undone(&self, id: &EventId) -> bool {
        self.server.models.undone.contains(id)
    }
    fn movement(&self, id: &EventId) -> Result<Option<CitedMovement<'_>>, OnlyServerKnows> {
        Ok(self.server.event(*id).and_then(|known| match &known.event.body {
            EventBody::Moved(movement) => Some(CitedMovement {
                event: &known.event,
                movement,
                value_minor: known.stamp.value_minor,
                recorded_at: known.stamp.recorded_at,
                outcome: self.server.models.outcomes.get(id).copied(),
            }),
            _ => None,
        }))
    }
    fn returned_units(&self, sale: &EventId, sku: &SkuCode) -> Units {
        self.server.models.returned.get(&(*sale, sku.clone())).copied().unwrap_or_default()
    }
    fn photo(&self, _: &PhotoId) -> PhotoFact {
        PhotoFact::Here
    }
    fn photo_taking(&self, _: &PhotoId) -> Option<PhotoTaking> {
        None
    }
    fn may_recount(&self, stocktake: &StocktakeId, line: &LineRef, person: &PersonId) -> Recount {
        match self.line(stocktake, line) {
            Some(known) if known.may_be_recounted_by(person) => Recount::Welcome,
            Some(known) if known.recount_asked_at.is_some() => Recount::SamePerson,
            _ => Recount::NotAsked,
        }
    }
    fn lines_blocking(&self, stocktake: &StocktakeId) -> Vec<LineRef> {
        // Loose, so that most stocktakes can be approved: what blocks has tests of its own.
        let thresholds = Thresholds { units: Some(6), permille: None, value_minor: None };
        let lines = self.server.models.lines.iter().filter(|((of, _, _), _)| of == stocktake);
        lines
            .filter(|(_, line)| line_state(line, 8_000, &thresholds).blocks_approval())
            .map(|((_, shelf, sku), _)| LineRef { shelf: shelf.clone(), sku: sku.clone() })
            .collect()
    }
    fn has_counted(&self, stocktake: &StocktakeId, line: &LineRef, person: &PersonId) -> bool {
        self.line(stocktake, line).is_some_and(|line| line.tallies.contains_key(person))
    }
    fn has_variance_of(&self, stocktake: &StocktakeId, person: &PersonId) -> bool {
        self.server.models.lines.iter().any(|((of, _, _), line)| of == stocktake && line.rests_on(person))
    }
    fn case(&self, event: &EventId, flag: Flag) -> Result<Option<Case>, OnlyServerKnows> {
        let known = self.server.models.cases.get(&(*event, flag)).cloned();
        let raises = |known: &&LedgerEvent| known.stamp.flags.contains(&flag);
        Ok(known.or_else(|| self.server.event(*event).filter(raises).map(|known| Case::raised(known, flag))))
    }
    fn is_store(&self, store: &StoreCode) -> bool {
        *store == store_code()
    }
    // Transfers need two stores: they have a world of their own.
    fn transfer(&self, _: TransferId) -> Result<Option<Transfer>, OnlyServerKnows> {
        Ok(None)
    }
    fn available_units(&self, _: &SkuCode) -> Result<Units, OnlyServerKnows> {
        Ok(0)
    }
    fn credit_band(&self) -> Band {
        Band::Normal
    }
    fn credit_point(&self, _: &PointKey) -> Result<Option<Appeal>, OnlyServerKnows> {
        Ok(None)
    }
}
