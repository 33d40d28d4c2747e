//! A phone: durable storage that survives kills, and a person who works on whatever the phone knows.

use super::random::Random;
use super::server::{Server, shelf, sku, store, store_code, viewer};
use domain::accept::{Refusal, accept};
use domain::approval::Outcome;
use domain::event::{CountMethod, CountedItem, DeviceEvent, EventBody, ShelfProof};
use domain::geo::{Fix, NoFix};
use domain::id::{DeviceId, EventId, PersonId, SkuCode, StocktakeId};
use domain::instant::{Timestamp, ZoneOffset};
use domain::master::{Product, Shelf};
use domain::movement::{Movement, MovementKind, Place, Reason, carry};
use domain::stocktake::{LineRef, Stage, current_or_new};
use domain::sync::{
    NextStep, PROTOCOL, PhoneFacts, PhoneSnapshot, Reply, SnapshotShelf, SyncRequest, SyncResponse, clock_offset_ms,
    may_pass_later, next_step,
};
use std::collections::BTreeMap;

#[derive(Clone, PartialEq)]
enum State {
    Pending,
    Accepted,
    Parked(Refusal),
}

pub struct Phone {
    number: usize,
    person: PersonId,
    device: DeviceId,
    /// Device clock − true time, in milliseconds.
    pub skew_ms: i64,
    /// It speaks a protocol of tomorrow: an app newer than the server, or the other way round.
    pub is_old_app: bool,
    // Durable.
    outbox: BTreeMap<u64, (DeviceEvent, State)>,
    offset_ms: i64,
    // In memory: requests without an answer yet, by tab, with the device clock when they left.
    waiting: BTreeMap<u64, (Vec<EventId>, Timestamp)>,
    next_tab: u64,
}

impl Phone {
    pub fn new(number: usize, skew_ms: i64) -> Self {
        Self {
            number,
            person: PersonId::parse(&format!("P{number}")).expect("valid"),
            device: DeviceId::from_parts(1, number as u128 + 1),
            skew_ms,
            is_old_app: false,
            outbox: BTreeMap::new(),
            offset_ms: 0,
            waiting: BTreeMap::new(),
            next_tab: 0,
        }
    }

    fn device_now(&self, now: Timestamp) -> Timestamp {
        now.plus_ms(self.skew_ms)
    }

    /// The app is killed: what was in memory is gone.
    pub fn kill(&mut self) {
        self.waiting.clear();
    }

    /// The person does something; what the phone's own rules take is stored before anything else happens.
    pub fn act(&mut self, now: Timestamp, random: &mut Random, server: &Server) -> Option<DeviceEvent> {
        let facts = self.facts();
        let body = self.intent(random, server, &facts, now)?;
        let seq = self.outbox.len() as u64 + 1;
        let event = DeviceEvent {
            id: EventId::from_parts(1, (self.number as u128) << 64 | u128::from(seq)),
            store: store_code(),
            device: self.device,
            device_seq: seq,
            person: self.person.clone(),
            effective_at: self.device_now(now).plus_ms(self.offset_ms),
            fix: Fix::Missing { reason: NoFix::Denied },
            app: "simulator".into(),
            body,
        };
        let judged_at = event.effective_at;
        accept(&event, judged_at, &facts).ok()?;
        self.outbox.insert(seq, (event.clone(), State::Pending));
        Some(event)
    }

    fn facts(&self) -> PhoneFacts {
        let product = |n: usize| Product {
            sku: sku(n),
            name: String::new(),
            category: domain::id::CategoryCode::parse("C01").expect("valid"),
            barcodes: Vec::new(),
            price_minor: 8_000,
        };
        let snapshot = PhoneSnapshot {
            now: Timestamp::default(),
            viewer: viewer(&self.person),
            store: store(),
            zones: Vec::new(),
            shelves: (0..2)
                .map(|n| SnapshotShelf { shelf: Shelf { code: shelf(n), items: Vec::new() }, signature: String::new() })
                .collect(),
            categories: Vec::new(),
            products: (0..2).map(product).collect(),
            stocktakes: Vec::new(),
            recounts: Vec::new(),
            orders: Vec::new(),
            lots: Default::default(),
        };
        let mut facts = PhoneFacts::new(snapshot);
        for (event, state) in self.outbox.values() {
            if !matches!(state, State::Parked(_)) {
                facts.note(event.clone());
            }
        }
        facts
    }

    fn intent(&self, random: &mut Random, server: &Server, facts: &PhoneFacts, now: Timestamp) -> Option<EventBody> {
        let at = self.device_now(now).plus_ms(self.offset_ms);
        let (item, on) = (sku(random.index(2)), shelf(random.index(2)));
        let place = Place::Shelf(on.clone());
        let units = random.between(1, 4);
        let moved = |kind, from, to, reason| {
            let legs = carry(&item, units, from, to).to_vec();
            Some(EventBody::Moved(Movement { reason, ..Movement::new(kind, legs) }))
        };
        let stocktake = current_or_new(facts.stocktakes(), &store_code(), at, ZoneOffset(480)).id().clone();
        let newest = |stage: Stage| {
            let known = server.models.stocktakes.values().filter(|known| known.stage() == stage);
            known.map(|known| known.id.clone()).next_back()
        };
        match random.index(20) {
            0..3 => moved(MovementKind::Receipt, Place::Supplier, place, None),
            3..7 => moved(MovementKind::Sale, place, Place::Customer, None),
            7 => moved(MovementKind::WriteOff, place, Place::Shrinkage, Some(Reason::Damaged)),
            8 => moved(MovementKind::Relocation, place, Place::BackRoom, None),
            9 => Some(EventBody::StocktakeOpened { stocktake }),
            10..14 => self.count(stocktake, on, item, random),
            14 => self.own(random, |body| matches!(body, EventBody::Counted { .. })).and_then(|(id, body)| {
                Some(EventBody::CountUndone { stocktake: body.stocktake()?.clone(), cites: id })
            }),
            15 => self
                .own(random, |body| matches!(body, EventBody::Moved(_)))
                .map(|(cites, _)| EventBody::Reversed { cites, note: None }),
            // The rest is the manager's, on what the page shows now.
            16 => Some(EventBody::StocktakeSubmitted { stocktake: newest(Stage::Counting)? }),
            17 => Some(EventBody::StocktakeApproved {
                stocktake: newest(Stage::Review)?,
                zeroed: if random.one_in(3) { vec![LineRef { shelf: on, sku: item }] } else { Vec::new() },
            }),
            18 => {
                let awaiting = server.models.outcomes.iter().find(|(_, outcome)| matches!(outcome, Outcome::Awaits(_)));
                let cites = *awaiting?.0;
                let note = None;
                Some(if random.one_in(3) { EventBody::Declined { cites, note } } else { EventBody::Approved { cites } })
            }
            _ => Some(EventBody::RecountAsked {
                stocktake: newest(Stage::Review)?,
                lines: vec![LineRef { shelf: on, sku: item }],
            }),
        }
    }

    fn count(
        &self,
        stocktake: StocktakeId,
        shelf: domain::id::ShelfCode,
        item: SkuCode,
        random: &mut Random,
    ) -> Option<EventBody> {
        Some(EventBody::Counted {
            stocktake,
            shelf,
            proof: ShelfProof::Picked,
            item: CountedItem::Known(item),
            units: random.between(0, 5),
            method: CountMethod::Camera,
        })
    }

    fn own(&self, random: &mut Random, which: impl Fn(&EventBody) -> bool) -> Option<(EventId, EventBody)> {
        let own: Vec<&DeviceEvent> =
            self.outbox.values().map(|(event, _)| event).filter(|event| which(&event.body)).collect();
        let one = own.get(random.index(own.len().max(1)))?;
        Some((one.id, one.body.clone()))
    }

    /// What a tab would send now.
    pub fn request(&mut self, now: Timestamp) -> Option<(u64, SyncRequest)> {
        let pending = self.outbox.values().filter(|(_, state)| *state == State::Pending);
        let events: Vec<DeviceEvent> = pending.take(7).map(|(event, _)| event.clone()).collect();
        if events.is_empty() {
            return None;
        }
        self.next_tab += 1;
        let ids = events.iter().map(|event| event.id).collect();
        self.waiting.insert(self.next_tab, (ids, self.device_now(now)));
        let protocol = if self.is_old_app { PROTOCOL + 1 } else { PROTOCOL };
        let n_unsent = self.n_pending() as u32;
        let (device, app, witnessed) = (self.device, "simulator".to_owned(), Vec::new());
        Some((self.next_tab, SyncRequest { protocol, device, app, n_unsent, witnessed, events }))
    }

    /// An answer arrives; one that nobody waits for any more is not looked at.
    pub fn answered(
        &mut self,
        tab: u64,
        status: u16,
        response: Option<SyncResponse>,
        now: Timestamp,
        acknowledged: &mut BTreeMap<EventId, u64>,
    ) {
        let Some((sent, sent_at)) = self.waiting.remove(&tab) else { return };
        if let Some(response) = &response {
            self.offset_ms = clock_offset_ms(sent_at, response.now, self.device_now(now));
        }
        let seqs: BTreeMap<EventId, u64> = response
            .iter()
            .flat_map(|response| &response.answers)
            .filter_map(|answer| match answer.outcome {
                domain::sync::Outcome::Accepted { seq } | domain::sync::Outcome::Duplicate { seq } => {
                    Some((answer.id?, seq))
                }
                domain::sync::Outcome::Refused { .. } => None,
            })
            .collect();
        let NextStep::Settle(settlements) = next_step(status, response.map_or(Reply::Foreign, Reply::Answers), &sent)
        else {
            return;
        };
        for settlement in settlements {
            let found = self.outbox.values_mut().find(|(event, _)| event.id == settlement.id);
            let (event, state) = found.expect("only what is in the outbox was sent");
            match settlement.refused {
                None => {
                    acknowledged.insert(event.id, seqs[&event.id]);
                    *state = State::Accepted;
                }
                // A late answer to an earlier try must not take back what a later one settled.
                Some(_) if *state == State::Accepted => {}
                Some(why) => *state = State::Parked(why),
            }
        }
    }

    pub fn retry_what_may_pass(&mut self) {
        for (_, state) in self.outbox.values_mut() {
            if matches!(state, State::Parked(why) if may_pass_later(why)) {
                *state = State::Pending;
            }
        }
    }

    pub fn is_parked(&self, id: EventId) -> bool {
        self.outbox.values().any(|(event, state)| event.id == id && matches!(state, State::Parked(_)))
    }

    pub fn n_pending(&self) -> usize {
        self.outbox.values().filter(|(_, state)| *state == State::Pending).count()
    }

    /// Numbers run on without gaps, whatever became of each.
    pub fn check_sequence(&self) {
        for ((number, (event, _)), expected) in self.outbox.iter().zip(1..) {
            assert_eq!((*number, event.device_seq), (expected, expected));
        }
    }
}
