//! Three stores with a chain each, judged and folded by the real rules, and a server that commits only when the heads it
//! decided by are still what they were.

use domain::accept::{
    CitedMovement, Facts, OnlyServerKnows, PhotoFact, PhotoTaking, Recount, Refusal, Verdicts, accept,
};
use domain::append::{recorded_at_its_hour, with_consequences};
use domain::case::Case;
use domain::credit::{Appeal, Band, Credit, CreditEvent, PointKey, credit, points};
use domain::event::{DeviceEvent, EventBody, Flag, LedgerEvent, Stamp};
use domain::fold::{Categories, ReadModels};
use domain::geo::{Coordinates, Fix, NoFix};
use domain::id::{CategoryCode, DeviceId, EventId, PersonId, RegionCode, ShelfCode, SkuCode, StocktakeId, StoreCode};
use domain::instant::{Timestamp, ZoneOffset};
use domain::master::{Name, Store};
use domain::movement::{Movement, MovementKind, Place, Units, carry};
use domain::photo::PhotoId;
use domain::policy::{Role, Scope, Viewer};
use domain::stocktake::{LineRef, Stocktake};
use domain::transfer::{
    Candidate, Carriage, Line, LotLine, Patience, PickedLine, ReceivedLine, Request, Step, StepKind, Transfer,
    TransferEvent, TransferId, reserved,
};
use std::collections::BTreeMap;

pub const START: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);
pub const HOUR_MS: i64 = 3_600_000;
pub const N_STORES: usize = 3;

pub fn code(n: usize) -> StoreCode {
    StoreCode::parse(&format!("S00{n}")).expect("valid")
}
pub fn sku(n: usize) -> SkuCode {
    SkuCode::parse(&format!("10{n}")).expect("valid")
}
pub fn shelf() -> Place {
    Place::Shelf(ShelfCode::parse("A-01").expect("valid"))
}
pub fn person(store: usize, role: Role) -> PersonId {
    PersonId::parse(&format!("P{store}-{}", role as u8)).expect("valid")
}

fn viewer(store: usize, role: Role) -> Viewer {
    let scope = match role {
        Role::Clerk | Role::StoreManager => Scope::Store(code(store)),
        Role::RegionalManager => Scope::Region(RegionCode::parse("R1").expect("valid")),
        Role::Headquarters | Role::Auditor => Scope::Chain,
    };
    // Who answers for several stores is one person in all of them.
    let of = if matches!(scope, Scope::Store(_)) { store } else { 9 };
    Viewer { id: person(of, role), name: String::new(), role, scope }
}

struct NoCategories;

impl Categories for NoCategories {
    fn category_of(&self, _: &SkuCode) -> Option<&CategoryCode> {
        None
    }
}

/// One store's chain and what it folds to.
#[derive(Clone)]
pub struct Chain {
    store: Store,
    pub ledger: Vec<LedgerEvent>,
    pub models: ReadModels,
}

impl Chain {
    fn new(n: usize) -> Self {
        let name = Name { zh: "店".into(), en: "Store".into() };
        let store = Store {
            code: code(n),
            name,
            region: RegionCode::parse("R1").expect("valid"),
            at: Coordinates { latitude_e7: 0, longitude_e7: 0 },
            geofence_radius_m: 150,
            zone_offset: ZoneOffset(480),
            opens_min: 0,
            closes_min: 1_440,
        };
        Self { store, ledger: Vec::new(), models: ReadModels::default() }
    }

    /// The chain folded anew, in an order that `keys` decide.
    pub fn folded(&self, keys: &[u32]) -> ReadModels {
        let mut order: Vec<usize> = (0..self.ledger.len()).collect();
        order.sort_by_key(|n| keys[n % keys.len()].wrapping_mul(2_654_435_761).wrapping_add(*n as u32));
        let mut models = ReadModels::default();
        order.into_iter().for_each(|n| models.apply(&self.ledger[n], None, &NoCategories));
        models
    }

    pub fn on_hand(&self, sku: &SkuCode) -> Units {
        self.models.stock.iter().filter(|((_, of), _)| of == sku).map(|(_, row)| row.units).sum()
    }
}

/// A decision, and the heads it rests on.
pub struct Decided {
    event: DeviceEvent,
    verdicts: Verdicts,
    heads: BTreeMap<usize, usize>,
}

#[derive(Clone)]
pub struct World {
    pub now: Timestamp,
    pub chains: Vec<Chain>,
    pub patience: Patience,
    pub transfers: Vec<TransferId>,
    n_events: u128,
    price_minor: i64,
}

impl World {
    /// Every store has `units` of two items, at 80 yuan apiece.
    pub fn new(units: Units) -> Self {
        let chains = (0..N_STORES).map(Chain::new).collect();
        let patience = Patience::default();
        let mut world = Self { now: START, chains, patience, transfers: Vec::new(), n_events: 0, price_minor: 8_000 };
        for store in 0..N_STORES {
            for item in 0..2 {
                let legs = carry(&sku(item), units, Place::Supplier, shelf()).to_vec();
                let receipt = EventBody::Moved(Movement::new(MovementKind::Receipt, legs));
                world.take(store, Role::StoreManager, receipt).expect("goods may arrive");
            }
        }
        world
    }

    pub fn priced(units: Units, price_minor: i64) -> Self {
        Self { price_minor, ..Self::new(units) }
    }

    fn event(&mut self, store: usize, role: Role, at: Timestamp, body: EventBody) -> DeviceEvent {
        self.n_events += 1;
        DeviceEvent {
            id: EventId::from_parts(START.unix_ms().unsigned_abs(), self.n_events),
            store: code(store),
            device: DeviceId::from_parts(1, 1),
            device_seq: u64::try_from(self.n_events).expect("few"),
            person: viewer(store, role).id,
            effective_at: at,
            fix: Fix::Missing { reason: NoFix::Machine },
            app: "test".into(),
            body,
        }
    }

    fn index(&self, store: &StoreCode) -> usize {
        self.chains.iter().position(|chain| chain.store.code == *store).expect("a store of the world")
    }

    /// Decides about a step as of now, without writing anything.
    pub fn decide(&mut self, store: usize, role: Role, at: Timestamp, body: EventBody) -> Result<Decided, Refusal> {
        let event = self.event(store, role, at, body);
        let facts = WorldFacts { world: self, store, viewer: viewer(store, role) };
        let verdicts = accept(&event, self.now, &facts)?;
        let mut heads = BTreeMap::from([(store, self.chains[store].ledger.len())]);
        if let EventBody::Transfer(told) = &event.body
            && let Some(transfer) = self.transfer(told.transfer)
        {
            heads.extend(transfer.stores().map(|of| self.index(of)).map(|n| (n, self.chains[n].ledger.len())));
        }
        Ok(Decided { event, verdicts, heads })
    }

    /// Writes what was decided, unless a head has moved since: then it must be decided again.
    pub fn commit(&mut self, decided: Decided) -> Option<EventId> {
        let Decided { event, verdicts, heads } = decided;
        if heads.iter().any(|(store, seen)| self.chains[*store].ledger.len() != *seen) {
            return None;
        }
        let store = self.index(&event.store);
        let Verdicts { geofence, clock, standing, value_minor, flags } = verdicts;
        let seq = self.chains[store].ledger.len() as u64 + 1;
        let stamp = Stamp { seq, recorded_at: self.now, geofence, clock, standing, value_minor, flags };
        let id = event.id;
        if let EventBody::Transfer(TransferEvent { transfer, step: Step::Requested(_) }) = &event.body {
            self.transfers.push(*transfer);
        }
        self.append(store, LedgerEvent { stamp, event });
        Some(id)
    }

    fn append(&mut self, store: usize, event: LedgerEvent) {
        let chain = &mut self.chains[store];
        let appended = with_consequences(event, "server", |event| {
            chain.models.apply(event, None, &NoCategories);
            chain.models.consequences(&event.event.body, None)
        });
        chain.ledger.extend(appended);
    }

    pub fn take_at(&mut self, store: usize, role: Role, at: Timestamp, body: EventBody) -> Result<EventId, Refusal> {
        let decided = self.decide(store, role, at, body)?;
        Ok(self.commit(decided).expect("nothing came between"))
    }

    pub fn take(&mut self, store: usize, role: Role, body: EventBody) -> Result<EventId, Refusal> {
        self.take_at(store, role, self.now, body)
    }

    pub fn step(&mut self, store: usize, role: Role, transfer: TransferId, step: Step) -> Result<EventId, Refusal> {
        self.take(store, role, EventBody::Transfer(TransferEvent { transfer, step }))
    }

    pub fn say(&mut self, store: usize, role: Role, told: CreditEvent) -> Result<EventId, Refusal> {
        self.take(store, role, EventBody::Credit(told))
    }

    /// The request as the store's page makes it: its id is the event's own, which is the next one.
    pub fn request(
        &mut self,
        store: usize,
        role: Role,
        units: Units,
        sources: &[usize],
    ) -> Result<TransferId, Refusal> {
        let transfer = TransferId::of(EventId::from_parts(START.unix_ms().unsigned_abs(), self.n_events + 1));
        let candidates = sources.iter().map(|n| Candidate { store: code(*n), why: Vec::new() }).collect();
        let lines = vec![Line { sku: sku(0), units }];
        let request = Request { lines, candidates, wanted_by: None, note: None };
        self.step(store, role, transfer, Step::Requested(request)).map(|_| transfer)
    }

    /// Lets time pass; the server looks every minute.
    pub fn wait(&mut self, ms: i64) {
        let until = self.now.plus_ms(ms);
        while self.now < until {
            let next = self.alarms().into_iter().map(|(_, alarm)| alarm.at.max(self.now)).min();
            self.now = next.filter(|at| *at <= until).unwrap_or(until);
            self.tick();
        }
    }

    fn alarms(&self) -> Vec<(TransferId, domain::transfer::Alarm)> {
        let all = self.transfers.iter().filter_map(|id| self.transfer(*id));
        all.flat_map(|known| known.alarms(&self.patience).into_iter().map(move |alarm| (known.id, alarm))).collect()
    }

    pub fn tick(&mut self) {
        for id in self.transfers.clone() {
            // One may bring the next.
            while let Some(alarm) =
                self.transfer(id).and_then(|known| known.due(self.now, &self.patience).into_iter().next())
            {
                let store = self.index(&alarm.store);
                let seq = self.chains[store].ledger.len() as u64 + 1;
                self.append(store, recorded_at_its_hour(id, &alarm, seq, self.now, "server"));
            }
        }
    }

    pub fn transfer(&self, id: TransferId) -> Option<Transfer> {
        let sides = self
            .chains
            .iter()
            .filter_map(|chain| chain.models.transfers.get(&id).map(|side| (chain.store.code.clone(), side.clone())));
        Transfer::of(id, sides.collect())
    }

    pub fn known(&self, id: TransferId) -> Transfer {
        self.transfer(id).expect("requested")
    }

    pub fn all(&self) -> Vec<Transfer> {
        self.transfers.iter().map(|id| self.known(*id)).collect()
    }

    pub fn reserved(&self, store: usize, item: &SkuCode) -> Units {
        reserved(&code(store), &self.all()).get(item).copied().unwrap_or(0)
    }

    pub fn credit(&self, store: usize) -> Credit {
        let all = self.all();
        credit(&points(&code(store), &all), &self.chains[store].models.appeals, self.now)
    }

    /// Sends what was asked for, from confirmation to hand-over.
    pub fn send(&mut self, source: usize, id: TransferId, units: Units) -> Result<(), Refusal> {
        self.step(source, Role::StoreManager, id, confirm(units))?;
        self.step(source, Role::Clerk, id, pick(units))?;
        self.step(source, Role::Clerk, id, hand_over(units)).map(|_| ())
    }

    /// A whole transfer that goes as it should.
    pub fn fulfil(&mut self, receiver: usize, source: usize, units: Units) -> Result<TransferId, Refusal> {
        let id = self.request(receiver, Role::RegionalManager, units, &[source])?;
        self.send(source, id, units)?;
        self.step(receiver, Role::Clerk, id, receive(units, 0, 0))?;
        Ok(id)
    }
}

pub fn confirm(units: Units) -> Step {
    Step::Confirmed { lines: vec![Line { sku: sku(0), units }] }
}
pub fn pick(units: Units) -> Step {
    Step::Picked { lines: vec![PickedLine { sku: sku(0), units, lot: None, from: shelf() }] }
}
pub fn hand_over(units: Units) -> Step {
    let carriage = Carriage::Driver { name: "王师傅".into() };
    Step::HandedOver { lines: vec![LotLine { sku: sku(0), units, lot: None }], carriage }
}
pub fn receive(units: Units, damaged: Units, over: Units) -> Step {
    let line = ReceivedLine { sku: sku(0), lot: None, units, damaged, over, to: shelf() };
    let photos = if damaged > 0 { vec![PhotoId::of(b"photo")] } else { Vec::new() };
    Step::Received { lines: vec![line], photos, note: None }
}

struct WorldFacts<'a> {
    world: &'a World,
    store: usize,
    viewer: Viewer,
}

impl Facts for WorldFacts<'_> {
    fn store(&self) -> &Store {
        &self.world.chains[self.store].store
    }
    fn viewer(&self) -> &Viewer {
        &self.viewer
    }
    fn has_shelf(&self, _: &ShelfCode) -> bool {
        true
    }
    fn is_signature_ours(&self, _: &ShelfCode, _: &str) -> bool {
        true
    }
    fn price_minor(&self, _: &SkuCode) -> Option<i64> {
        Some(self.world.price_minor)
    }
    fn stocktake(&self, id: &StocktakeId) -> Option<&Stocktake> {
        self.world.chains[self.store].models.stocktakes.get(id)
    }
    fn recorded(&self, _: &EventId) -> Option<&DeviceEvent> {
        None
    }
    fn is_undone(&self, _: &EventId) -> bool {
        false
    }
    fn movement(&self, _: &EventId) -> Result<Option<CitedMovement<'_>>, OnlyServerKnows> {
        Ok(None)
    }
    fn returned_units(&self, _: &EventId, _: &SkuCode) -> Units {
        0
    }
    fn photo(&self, _: &PhotoId) -> PhotoFact {
        PhotoFact::Here
    }
    fn photo_taking(&self, _: &PhotoId) -> Option<PhotoTaking> {
        None
    }
    fn may_recount(&self, _: &StocktakeId, _: &LineRef, _: &PersonId) -> Recount {
        Recount::NotAsked
    }
    fn lines_blocking(&self, _: &StocktakeId) -> Vec<LineRef> {
        Vec::new()
    }
    fn has_counted(&self, _: &StocktakeId, _: &LineRef, _: &PersonId) -> bool {
        true
    }
    fn has_variance_of(&self, _: &StocktakeId, _: &PersonId) -> bool {
        false
    }
    fn case(&self, _: &EventId, _: Flag) -> Result<Option<Case>, OnlyServerKnows> {
        Ok(None)
    }
    fn is_store(&self, store: &StoreCode) -> bool {
        self.world.chains.iter().any(|chain| chain.store.code == *store)
    }
    fn transfer(&self, id: TransferId) -> Result<Option<Transfer>, OnlyServerKnows> {
        Ok(self.world.transfer(id))
    }
    fn available_units(&self, sku: &SkuCode) -> Result<Units, OnlyServerKnows> {
        Ok(self.world.chains[self.store].on_hand(sku) - self.world.reserved(self.store, sku))
    }
    fn credit_band(&self) -> Band {
        self.world.credit(self.store).band
    }
    fn credit_point(&self, point: &PointKey) -> Result<Option<Appeal>, OnlyServerKnows> {
        let credit = self.world.credit(self.store);
        let against = credit.points.into_iter().find(|of| of.point.key == *point && of.point.weight < 0);
        Ok(against.map(|of| of.appeal))
    }
}

/// Who took the step that stands in the way, where the refusal says so.
pub fn stands_in_the_way(refusal: Refusal) -> Option<(StepKind, PersonId)> {
    match refusal {
        Refusal::StepTaken { step, by, .. } => Some((step, by)),
        _ => None,
    }
}
