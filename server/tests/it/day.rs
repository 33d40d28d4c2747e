//! A day of a chain of 100 stores: transfers asked for, answered, brought and received through the API, by people of
//! whom some forget, decline, are late or never scan what arrived. Time is the clock's, chance is seeded.
//!
//! What people do badly is assumed below; what is tested is that the chain copes: the next store is asked, whoever
//! forgets is reminded, the region is asked, goods that nobody received are found.

mod books;
mod chain;
mod staff;

use crate::support::TestServer;
use books::Books;
use chain::{item, masters, shelf, stock, store};
use domain::accept::Refusal;
use domain::event::EventBody;
use domain::id::{SkuCode, StoreCode};
use domain::instant::{MINUTE_MS, Timestamp};
use domain::matching::{Line as Proposed, Proposal};
use domain::movement::Units;
use domain::sync::Outcome;
use domain::transfer::{
    Bearer, Candidate, Carriage, DeclineReason, FlowCause, Line, LotLine, Patience, Phase, PickedLine, ReceivedLine,
    Request, Step, StepKind, Transfer, TransferEvent, TransferId,
};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use server::config::Config;
use server::transfer::Hours;
use staff::{Staff, clerk, in_hours, manager, minutes, number, regional};
use std::collections::BTreeMap;

/// Wants of the day.
const N_WANTS: usize = 105;
const HOUR_MS: i64 = 60 * MINUTE_MS;

// How people are, in percent.
const FORGETS_TO_ANSWER: u32 = 15;
/// Of those who forgot, after the reminder: the region answers for them.
const IGNORES_REMINDER: u32 = 30;
const DECLINES: u32 = 10;
const WITHDRAWS: u32 = 3;
const PICKS_LATE: u32 = 5;
const HANDS_OVER_LATE: u32 = 8;
const NEVER_RECEIVES: u32 = 6;
/// Of those who never received, once the flow is flagged: the region looks into it.
const IGNORES_ALARM: u32 = 25;
const LOSES_ALL: u32 = 1;
const LOSES_ONE: u32 = 1;

/// What somebody has in mind to do.
enum Deed {
    Want {
        store: usize,
        item: usize,
        units: Units,
    },
    Withdraw(TransferId),
    Approve(TransferId),
    /// Who answers: the source's manager, or its region.
    Answer(TransferId, StoreCode, String),
    Pick(TransferId),
    HandOver(TransferId),
    Receive(TransferId),
    Review(TransferId, String),
    Settle(TransferId),
}

type PatienceOf = Box<dyn Fn(&StoreCode, &StoreCode) -> Patience>;

struct Day {
    server: TestServer,
    staff: Staff,
    random: StdRng,
    agenda: BTreeMap<(Timestamp, usize), Deed>,
    n_planned: usize,
    /// The watch, as `serve` runs it.
    hours: Hours<PatienceOf>,
    books: Books,
    n_without_source: usize,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_a_hundred_stores_goes_well_although_people_forget() {
    let mut day = Day::begin().await;
    day.run().await;
    let figures = day.books.figures();
    println!("{} wants, {} without a source; {figures}", N_WANTS, day.n_without_source);
    day.books.is_balanced(&day.server).await;
    assert!(figures.n_requested >= 100, "too few to say anything");
    assert!(figures.n_flagged >= 3 && figures.n_reminded >= 10, "nobody was late: nothing was tested");
    assert!(figures.success_permille >= 960, "96 % are fulfilled");
    assert!(figures.confirmed_ms <= 24 * HOUR_MS / 10, "the median is 2.4 h at most");
    assert!(figures.lag_ms <= MINUTE_MS, "what is overdue is flagged within a minute of its hour");
}

impl Day {
    /// The shops open; what will be wanted in the course of the day is fate already.
    async fn begin() -> Self {
        let server = TestServer::start_chain(Config::default(), masters()).await;
        // From 12:00 to 8:00.
        server.clock.advance_ms(20 * HOUR_MS);
        let mut random = StdRng::seed_from_u64(100);
        let mut short = stock(&server, &mut random).await;
        let config = server.state.config.clone();
        let patience: PatienceOf = Box::new(move |source, receiver| config.patience(source, receiver));
        let hours = Hours::new(server.state.db.clone(), server.state.ledger.clone(), patience);
        let staff = Staff::hire(&server).await;
        let books = Books::open(&server).await;
        let agenda = BTreeMap::new();
        let mut day = Self { server, staff, random, agenda, n_planned: 0, hours, books, n_without_source: 0 };
        short.shuffle(&mut day.random);
        for (store, item) in short.into_iter().take(N_WANTS) {
            let units = day.random.random_range(3..=8);
            let after_ms = day.random.random_range(30 * MINUTE_MS..12 * HOUR_MS);
            day.plan(after_ms, Deed::Want { store, item, units });
        }
        day
    }

    /// Somebody will do it so much later, while the shops are open.
    fn plan(&mut self, after_ms: i64, deed: Deed) {
        self.n_planned += 1;
        let at = in_hours(self.server.clock.now().plus_ms(after_ms));
        self.agenda.insert((at, self.n_planned), deed);
    }

    fn is(&mut self, percent: u32) -> bool {
        self.random.random_ratio(percent, 100)
    }

    /// What people do, each at their time; and every full minute what the hour brings. Where nobody has done anything
    /// and nothing is due a look would find nothing, and is left out.
    async fn run(&mut self) {
        let mut look_at = None;
        loop {
            let now = self.server.clock.now();
            let deed_at = self.agenda.first_key_value().map(|((at, _), _)| *at);
            let look = look_at.into_iter().chain(self.books.next_due()).min().map(|at| full_minute(at).max(now));
            match (deed_at, look) {
                (None, None) => return,
                (Some(deed), look) if look.is_none_or(|look| deed < look) => {
                    self.server.clock.advance_ms(deed.since(now));
                    let (_, deed) = self.agenda.pop_first().expect("it was the first");
                    self.act(deed).await;
                    look_at = Some(self.server.clock.now());
                }
                (_, Some(look)) => {
                    self.server.clock.advance_ms(look.since(now));
                    look_at = self.hours.look(self.server.clock.now()).await.expect("looks");
                    self.notice().await;
                }
                (Some(_), None) => unreachable!("a deed comes first where nothing is to be looked at"),
            }
        }
    }

    /// Whatever was due is flagged, and people are told.
    async fn notice(&mut self) {
        let now = self.server.clock.now();
        for (due, id, kind) in self.books.take_due(now) {
            let before = self.books.transfer(id).clone();
            if !books::is_awaited(&before, due, kind) {
                continue;
            }
            let transfer = self.open(id).await;
            let flag = transfer.step(kind).unwrap_or_else(|| panic!("{kind:?} of {id} was due at {due:?}: {before:?}"));
            assert_eq!(flag.at, due, "it says when it was due");
            self.books.flagged(kind, now.since(due));
            let source = transfer.source().cloned();
            let receiver = number(&transfer.receiver);
            match (kind, source) {
                (StepKind::AnswerReminder, Some(source)) if self.books.forgets(id) && !self.is(IGNORES_REMINDER) => {
                    let after = minutes(&mut self.random, 3, 45);
                    let who = manager(number(&source));
                    self.plan(after, Deed::Answer(id, source, who));
                }
                (StepKind::AnswerEscalation, Some(source)) => {
                    let after = minutes(&mut self.random, 5, 60);
                    let who = regional(number(&source));
                    self.plan(after, Deed::Answer(id, source, who));
                }
                (StepKind::FlowAlarm, _) => {
                    assert_eq!(transfer.phase(), Phase::Abnormal);
                    self.books.is_abnormal(id, due);
                    if !self.is(IGNORES_ALARM) {
                        let after = minutes(&mut self.random, 10, 90);
                        self.plan(after, Deed::Review(id, manager(receiver)));
                    }
                }
                (StepKind::FlowEscalation, _) => {
                    let after = minutes(&mut self.random, 5, 60);
                    self.plan(after, Deed::Review(id, regional(receiver)));
                }
                _ => {}
            }
        }
    }

    /// The transfer as the receiving store's manager sees it; once the goods leave and when all is over, the source's
    /// looks too and sees the same.
    async fn open(&mut self, id: TransferId) -> Transfer {
        let path = format!("/api/v1/transfers/{id}");
        let receiver = self.books.receiver(id);
        let transfer: Transfer = self.staff.see(&self.server, &manager(receiver), &path, "transfer").await;
        let is_turn = matches!(transfer.phase(), Phase::InTransit | Phase::Closed | Phase::Cancelled);
        if let Some(source) = transfer.source().filter(|_| is_turn) {
            let of_source: Transfer = self.staff.see(&self.server, &manager(number(source)), &path, "transfer").await;
            assert_eq!(of_source, transfer, "both stores see the same");
        }
        self.books.see(transfer.clone());
        transfer
    }

    async fn step(&mut self, who: &str, of: &StoreCode, id: TransferId, step: Step) -> Result<(), Refusal> {
        let told = TransferEvent { transfer: id, step };
        match self.staff.tell(&self.server, who, of, |_| EventBody::Transfer(told)).await {
            (_, Outcome::Accepted { .. }) => Ok(()),
            (_, Outcome::Refused { why }) => Err(why),
            (_, Outcome::Duplicate { .. }) => unreachable!("every event is new"),
        }
    }

    async fn must(&mut self, who: &str, of: &StoreCode, id: TransferId, step: Step) {
        let said = format!("{step:?}");
        self.step(who, of, id, step).await.unwrap_or_else(|why| panic!("{who} in {of}, {said}: {why}"));
    }

    /// What people see that they must do next, and when they will, or that they forget.
    async fn follow(&mut self, id: TransferId) {
        let transfer = self.open(id).await;
        if let Some(source) = transfer.source() {
            self.books.keeps_its_word(source);
        }
        let mut ms = |least, most| minutes(&mut self.random, least, most);
        match (transfer.phase(), transfer.source().cloned()) {
            (Phase::AwaitsApproval, _) => {
                let after = ms(5, 120);
                self.plan(after, Deed::Approve(id));
            }
            (Phase::AwaitsAnswer, Some(source)) => {
                let after = ms(2, 75);
                let forgets = self.is(FORGETS_TO_ANSWER);
                self.books.is_asked(id, forgets);
                if !forgets {
                    let who = manager(number(&source));
                    self.plan(after, Deed::Answer(id, source, who));
                }
            }
            (Phase::Confirmed, _) => {
                let after = ms(5, 45);
                let late = if self.is(PICKS_LATE) { 4 * HOUR_MS } else { 0 };
                self.plan(after + late, Deed::Pick(id));
            }
            (Phase::Picked, _) => {
                let after = ms(10, 90);
                let late = if self.is(HANDS_OVER_LATE) { 14 * HOUR_MS } else { 0 };
                self.plan(after + late, Deed::HandOver(id));
            }
            (Phase::InTransit, _) => {
                let after = ms(25, 120);
                self.books.has_left(id);
                if !self.is(NEVER_RECEIVES) {
                    self.plan(after, Deed::Receive(id));
                }
            }
            (Phase::Abnormal, _) => {
                let after = ms(10, 60);
                self.plan(after, Deed::Receive(id));
            }
            (Phase::Disputed, _) => {
                let after = ms(30, 240);
                self.plan(after, Deed::Settle(id));
            }
            _ => {}
        }
    }

    async fn act(&mut self, deed: Deed) {
        let id = match deed {
            Deed::Want { store, item, units } => return self.want(store, item, units).await,
            Deed::Withdraw(id)
            | Deed::Approve(id)
            | Deed::Answer(id, ..)
            | Deed::Pick(id)
            | Deed::HandOver(id)
            | Deed::Receive(id)
            | Deed::Review(id, _)
            | Deed::Settle(id) => id,
        };
        let transfer = self.books.transfer(id).clone();
        let receiver = transfer.receiver.clone();
        let source = transfer.source().cloned();
        let (to, from) = (number(&receiver), source.as_ref().map(number));
        let sku = transfer.request().lines[0].sku.clone();
        let units = |kind| transfer.units(kind).into_values().sum::<Units>();
        match (deed, transfer.phase(), source.zip(from)) {
            (Deed::Withdraw(_), phase, _) if phase < Phase::InTransit => {
                self.must(&manager(to), &receiver, id, Step::Cancelled { note: None }).await;
            }
            (Deed::Approve(_), Phase::AwaitsApproval, _) => {
                self.must(&regional(to), &receiver, id, Step::Approved).await;
            }
            (Deed::Answer(_, asked, who), Phase::AwaitsAnswer, Some((source, _))) if asked == source => {
                self.answer(&who, &source, id, &sku, units(StepKind::Request)).await;
            }
            (Deed::Pick(_), Phase::Confirmed, Some((source, from))) => {
                let line = PickedLine { sku, units: units(StepKind::Answer), lot: None, from: shelf() };
                self.must(&clerk(from), &source, id, Step::Picked { lines: vec![line] }).await;
            }
            (Deed::HandOver(_), Phase::Picked, Some((source, from))) => {
                let lines = vec![LotLine { sku, units: units(StepKind::Picking), lot: None }];
                let carriage = Carriage::Driver { name: "李师傅".to_owned() };
                self.must(&clerk(from), &source, id, Step::HandedOver { lines, carriage }).await;
            }
            (Deed::Receive(_), Phase::InTransit | Phase::Abnormal, _) => {
                let sent = units(StepKind::HandOver);
                let lost = if self.is(LOSES_ALL) { sent } else { Units::from(self.is(LOSES_ONE)) };
                let line = ReceivedLine { sku, lot: None, units: sent - lost, damaged: 0, over: 0, to: shelf() };
                let lines = if lost < sent { vec![line] } else { Vec::new() };
                self.must(&clerk(to), &receiver, id, Step::Received { lines, photos: Vec::new(), note: None }).await;
            }
            (Deed::Review(_, who), Phase::Abnormal, _) if transfer.step(StepKind::FlowReview).is_none() => {
                self.must(&who, &receiver, id, Step::FlowReviewed { cause: FlowCause::NotScanned, note: None }).await;
            }
            (Deed::Settle(_), Phase::Disputed, _) => {
                let lost = transfer.in_transit().into_values().sum();
                let lines = vec![Line { sku, units: lost }];
                let settled = Step::Settled { bearer: Bearer::Carrier, lines, note: None };
                self.must(&regional(to), &receiver, id, settled).await;
            }
            // It was withdrawn, or somebody else was first.
            _ => return,
        }
        self.follow(id).await;
    }

    /// Promises all that is asked for, or what there is of it, or declines.
    async fn answer(&mut self, who: &str, source: &StoreCode, id: TransferId, sku: &SkuCode, wanted: Units) {
        let confirmed = |units| Step::Confirmed { lines: vec![Line { sku: sku.clone(), units }] };
        let declined = |reason| Step::Declined { reason, note: None };
        if self.is(DECLINES) {
            return self.must(who, source, id, declined(DeclineReason::NoHands)).await;
        }
        match self.step(who, source, id, confirmed(wanted)).await {
            Ok(()) => {}
            Err(Refusal::NotAvailable { available: 0, .. }) => {
                self.must(who, source, id, declined(DeclineReason::NeededHere)).await;
            }
            Err(Refusal::NotAvailable { available, .. }) => self.must(who, source, id, confirmed(available)).await,
            Err(why) => panic!("{who} promises {wanted} of {sku}: {why}"),
        }
    }

    /// As the page for a new transfer does: one request a source proposed, and whom to ask next.
    async fn want(&mut self, to: usize, of: usize, units: Units) {
        let path = format!("/api/v1/transfer-sources?store={}&sku={}&units={units}", store(to), item(of));
        let found: Proposal = self.staff.see(&self.server, &manager(to), &path, "").await;
        self.n_without_source += usize::from(found.lines.is_empty());
        let Proposal { lines, alternatives, .. } = found;
        for line in lines {
            let next = alternatives.iter().filter(|other| other.from != line.from);
            let candidate = |line: &Proposed| Candidate { store: line.from.clone(), why: Vec::new() };
            let candidates: Vec<Candidate> =
                [&line].into_iter().chain(next).take(domain::transfer::CANDIDATES_MAX).map(candidate).collect();
            let wanted = vec![Line { sku: item(of), units: line.units }];
            let step = Step::Requested(Request { lines: wanted, candidates, wanted_by: None, note: None });
            let body = |id| EventBody::Transfer(TransferEvent { transfer: TransferId::of(id), step });
            let (id, outcome) = self.staff.tell(&self.server, &manager(to), &store(to), body).await;
            assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
            let id = TransferId::of(id);
            self.books.is_requested(id, to);
            if self.is(WITHDRAWS) {
                let after = minutes(&mut self.random, 5, 90);
                self.plan(after, Deed::Withdraw(id));
            }
            self.follow(id).await;
        }
    }
}

/// The first full minute that is not before `at`.
fn full_minute(at: Timestamp) -> Timestamp {
    at.plus_ms((-at.unix_ms()).rem_euclid(MINUTE_MS))
}
