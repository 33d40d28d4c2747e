//! What the day's observer writes down: what was asked for and when, what is due when, and what came of it. It counts
//! for itself and takes nothing from the server but what people are shown.

use super::HOUR_MS;
use super::chain::{N_ITEMS, N_STORES, item, store};
use crate::support::TestServer;
use domain::event::EventBody;
use domain::id::{SkuCode, StoreCode};
use domain::instant::{MINUTE_MS, Timestamp};
use domain::movement::{Place, Units};
use domain::transfer::{Phase, Step, StepKind, Transfer, TransferId};
use server::ledger::verify::verify;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

const REMINDED_MS: i64 = 2 * HOUR_MS;
const ANSWER_ESCALATED_MS: i64 = 8 * HOUR_MS;
const FLAGGED_MS: i64 = 24 * HOUR_MS;
const FLOW_ESCALATED_MS: i64 = 12 * HOUR_MS;

type Stock = BTreeMap<(StoreCode, SkuCode), Units>;

pub struct Books {
    /// Each transfer as people saw it last, the store's number that asked, and whether whoever is asked forgets.
    transfers: BTreeMap<TransferId, Transfer>,
    receivers: BTreeMap<TransferId, usize>,
    forgetful: BTreeSet<TransferId>,
    due: BTreeSet<(Timestamp, TransferId, StepKind)>,
    /// How long after its hour each flag was seen.
    flags: Vec<(StepKind, i64)>,
    /// Pieces in each store in the morning.
    began_with: Stock,
}

/// What came of the day.
pub struct Figures {
    pub n_requested: usize,
    n_withdrawn: usize,
    n_fulfilled: usize,
    n_in_part: usize,
    n_unmet: usize,
    /// Of a thousand requests that the requester did not withdraw those that were fulfilled: all that was asked for
    /// arrived sound. What arrived in part, was lost or declined by everybody failed.
    pub success_permille: usize,
    /// The median from request to confirmation of the same requests, declining stores and approvals on the way
    /// included; what was never confirmed took for ever.
    pub confirmed_ms: i64,
    pub n_reminded: usize,
    n_answers_escalated: usize,
    pub n_flagged: usize,
    n_flows_escalated: usize,
    /// The longest that anything was overdue before it was flagged.
    pub lag_ms: i64,
}

/// Whether what was due then is still to come, as `transfer` was seen last.
pub fn is_awaited(transfer: &Transfer, due: Timestamp, kind: StepKind) -> bool {
    let asked = |after_ms| transfer.phase() == Phase::AwaitsAnswer && transfer.asked_by().at.plus_ms(after_ms) == due;
    match kind {
        StepKind::AnswerReminder => asked(REMINDED_MS),
        StepKind::AnswerEscalation => asked(ANSWER_ESCALATED_MS),
        StepKind::FlowAlarm => transfer.phase() == Phase::InTransit,
        _ => transfer.phase() == Phase::Abnormal && transfer.step(StepKind::FlowReview).is_none(),
    }
}

impl Books {
    pub async fn open(server: &TestServer) -> Self {
        Self {
            transfers: BTreeMap::new(),
            receivers: BTreeMap::new(),
            forgetful: BTreeSet::new(),
            due: BTreeSet::new(),
            flags: Vec::new(),
            began_with: all_stock(server).await,
        }
    }

    pub fn is_requested(&mut self, id: TransferId, by: usize) {
        self.receivers.insert(id, by);
    }

    pub fn receiver(&self, id: TransferId) -> usize {
        self.receivers[&id]
    }

    pub fn see(&mut self, transfer: Transfer) {
        self.transfers.insert(transfer.id, transfer);
    }

    pub fn transfer(&self, id: TransferId) -> &Transfer {
        &self.transfers[&id]
    }

    /// A source is asked now, whose manager forgets or not.
    pub fn is_asked(&mut self, id: TransferId, forgets: bool) {
        let at = self.transfers[&id].asked_by().at;
        self.due.insert((at.plus_ms(REMINDED_MS), id, StepKind::AnswerReminder));
        self.due.insert((at.plus_ms(ANSWER_ESCALATED_MS), id, StepKind::AnswerEscalation));
        if forgets {
            self.forgetful.insert(id)
        } else {
            self.forgetful.remove(&id)
        };
    }

    pub fn forgets(&self, id: TransferId) -> bool {
        self.forgetful.contains(&id)
    }

    /// The goods are under way.
    pub fn has_left(&mut self, id: TransferId) {
        let left = self.transfers[&id].step(StepKind::HandOver).expect("they are under way").at;
        self.due.insert((left.plus_ms(FLAGGED_MS), id, StepKind::FlowAlarm));
    }

    /// A flow was flagged: unless somebody reviews it, the region is asked.
    pub fn is_abnormal(&mut self, id: TransferId, since: Timestamp) {
        self.due.insert((since.plus_ms(FLOW_ESCALATED_MS), id, StepKind::FlowEscalation));
    }

    pub fn next_due(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, ..)| *at)
    }

    /// What is due by now.
    pub fn take_due(&mut self, now: Timestamp) -> Vec<(Timestamp, TransferId, StepKind)> {
        let is_later = |(at, ..): &(Timestamp, TransferId, StepKind)| *at > now;
        let later = self.due.iter().copied().filter(is_later).collect();
        std::mem::replace(&mut self.due, later).into_iter().filter(|due| !is_later(due)).collect()
    }

    pub fn flagged(&mut self, kind: StepKind, lag_ms: i64) {
        self.flags.push((kind, lag_ms));
    }

    /// A store has at least what it has promised to others.
    pub fn keeps_its_word(&self, source: &StoreCode) {
        let on_hand = self.on_hand();
        let mut promised: BTreeMap<&SkuCode, Units> = BTreeMap::new();
        for transfer in self.transfers.values().filter(|transfer| transfer.source() == Some(source)) {
            let kind = match transfer.phase() {
                Phase::Confirmed => StepKind::Answer,
                Phase::Picked => StepKind::Picking,
                _ => continue,
            };
            transfer.units(kind).into_iter().for_each(|(sku, units)| *promised.entry(sku).or_default() += units);
        }
        for (sku, units) in promised {
            let has = on_hand.get(&(source.clone(), sku.clone())).copied().unwrap_or(0);
            assert!(units <= has, "{source} has promised {units} of {sku} and has {has}");
        }
    }

    /// What each store has, by what it was seen to send and to receive since the morning.
    fn on_hand(&self) -> Stock {
        let mut on_hand = self.began_with.clone();
        for transfer in self.transfers.values() {
            for (sku, units) in transfer.units(StepKind::HandOver) {
                let source = transfer.source().expect("it was handed over").clone();
                *on_hand.entry((source, sku.clone())).or_default() -= units;
            }
            for (sku, units) in transfer.units(StepKind::Receipt) {
                *on_hand.entry((transfer.receiver.clone(), sku.clone())).or_default() += units;
            }
        }
        on_hand.retain(|_, units| *units != 0);
        on_hand
    }

    /// Nothing is open, each chain is whole, the legs of all events sum to nothing, and every store has what it had in
    /// the morning less what it sent and more what it received.
    pub async fn is_balanced(&self, server: &TestServer) {
        let database = &server.state.db;
        assert!(database.open_transfers(None).await.expect("reads").is_empty());
        let key = server.state.keys.head_key.verifying_key();
        let reports = verify(database, &key, &server.state.config.heads_file()).await.expect("reads");
        assert!(reports.iter().all(|report| report.flaw.is_none()));
        let mut by_place: BTreeMap<(SkuCode, Place), Units> = BTreeMap::new();
        let mut in_store: Stock = BTreeMap::new();
        for store in (0..N_STORES).map(store) {
            for stored in database.events(&store, 1, u64::MAX >> 1).await.expect("reads") {
                let legs = match &stored.event.event.body {
                    EventBody::Moved(movement) => movement.legs.clone(),
                    EventBody::Transfer(told) => told.step.legs(),
                    other => panic!("nobody did anything else, such as {other:?}"),
                };
                for leg in legs {
                    if leg.place.is_internal() {
                        *in_store.entry((store.clone(), leg.sku.clone())).or_default() += leg.units;
                    }
                    *by_place.entry((leg.sku, leg.place)).or_default() += leg.units;
                }
            }
        }
        for sku in (0..N_ITEMS).map(item) {
            let of_item = by_place.iter().filter(|((of, _), _)| *of == sku);
            assert_eq!(of_item.map(|(_, units)| units).sum::<Units>(), 0, "all legs of {sku}");
            let under_way = by_place.get(&(sku.clone(), Place::InTransit)).copied().unwrap_or(0);
            assert_eq!(under_way, 0, "{sku} that belongs to no transfer");
        }
        in_store.retain(|_, units| *units != 0);
        let expected = self.on_hand();
        assert!(expected == in_store, "what the stores say they did is what their chains hold");
        assert!(expected == all_stock(server).await, "and what their boards show");
    }

    pub fn figures(&self) -> Figures {
        let of = |phase| self.transfers.values().filter(|transfer| transfer.phase() == phase).count();
        let is_full = |transfer: &&Transfer| transfer.units(StepKind::Receipt) == transfer.units(StepKind::Request);
        let n_withdrawn = of(Phase::Cancelled);
        let n_fulfilled = self.transfers.values().filter(is_full).count();
        let counted = self.transfers.values().filter(|transfer| transfer.phase() != Phase::Cancelled);
        let mut waits: Vec<i64> = counted
            .map(|transfer| match transfer.step(StepKind::Answer) {
                Some(answer) if matches!(answer.step, Step::Confirmed { .. }) => {
                    answer.at.since(transfer.requested().at)
                }
                _ => i64::MAX,
            })
            .collect();
        waits.sort_unstable();
        let n_of = |kind| self.flags.iter().filter(|(of, _)| *of == kind).count();
        Figures {
            n_requested: self.transfers.len(),
            n_withdrawn,
            n_fulfilled,
            n_in_part: of(Phase::Closed) - n_fulfilled,
            n_unmet: of(Phase::Unmet),
            success_permille: 1_000 * n_fulfilled / waits.len().max(1),
            confirmed_ms: waits.get(waits.len() / 2).copied().unwrap_or(i64::MAX),
            n_reminded: n_of(StepKind::AnswerReminder),
            n_answers_escalated: n_of(StepKind::AnswerEscalation),
            n_flagged: n_of(StepKind::FlowAlarm),
            n_flows_escalated: n_of(StepKind::FlowEscalation),
            lag_ms: self.flags.iter().map(|(_, lag_ms)| *lag_ms).max().unwrap_or(0),
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} requests, {} withdrawn, {} fulfilled ({}.{} %), {} in part, {} unmet; median to confirmation {} min; \
             {} reminded, {} answers escalated, {} flows flagged, {} escalated, {} s late at most",
            self.n_requested,
            self.n_withdrawn,
            self.n_fulfilled,
            self.success_permille / 10,
            self.success_permille % 10,
            self.n_in_part,
            self.n_unmet,
            self.confirmed_ms / MINUTE_MS,
            self.n_reminded,
            self.n_answers_escalated,
            self.n_flagged,
            self.n_flows_escalated,
            self.lag_ms / 1_000
        )
    }
}

/// What every store has, where it has any, by its board.
async fn all_stock(server: &TestServer) -> Stock {
    let mut all = Stock::new();
    for store in (0..N_STORES).map(store) {
        for ((place, sku), row) in server.state.db.stock(&store, None).await.expect("reads") {
            if place.is_internal() {
                *all.entry((store.clone(), sku)).or_default() += row.units;
            }
        }
    }
    all.retain(|_, units| *units != 0);
    all
}
