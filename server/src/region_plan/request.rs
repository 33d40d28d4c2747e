//! Requesting the lines of a plan: one transfer a route, through the ledger, in the person's own name.

use super::build::Builder;
use super::{JobState, Key, Plan, check};
use crate::error::ApiError;
use crate::state::AppState;
use domain::accept::Refusal;
use domain::append::LEDGER_DEVICE;
use domain::chain::Hash;
use domain::event::{DeviceEvent, EventBody};
use domain::geo::{Fix, NoFix};
use domain::id::{EventId, RegionCode, SkuCode, StoreCode};
use domain::instant::Timestamp;
use domain::matching::region::Shipment;
use domain::movement::{UNITS_MAX, Units};
use domain::policy::Viewer;
use domain::sync::Outcome;
use domain::transfer::{Candidate, Figure, LINES_MAX, Line, Request, Step, TransferEvent, TransferId};
use frontend::backend::{LineFate, Requested};
use std::collections::{BTreeMap, BTreeSet};

/// Requests of one transaction: each has up to [`LINES_MAX`] lines.
const AT_ONCE: usize = 20;
/// What such requests say of the program that made them.
const APP: &str = concat!("region plan ", env!("CARGO_PKG_VERSION"));

/// Requests lines of a plan. Each is requested once: of a line that has been, the transfer is told again. What the
/// source cannot spare any more and what the ledger refuses is told line by line, and the rest goes on.
///
/// # Errors
/// When the ledger or the database cannot answer now: asking again is safe.
pub async fn request(
    state: &AppState,
    viewer: &Viewer,
    region: &RegionCode,
    id: EventId,
    lines: Vec<Shipment>,
) -> Result<Requested, ApiError> {
    check(&state.directory.masters(), viewer, region)?;
    let plan = match state.plans.job(region) {
        Some(job) if job.id == id => match job.state {
            JobState::Ready(plan) => plan,
            _ => return Ok(Requested::Gone),
        },
        _ => return Ok(Requested::Gone),
    };
    let _desk = plan.desk.lock().await;
    let keys: Vec<Key> = lines.iter().map(|line| (line.from.clone(), line.to.clone(), line.sku.clone())).collect();
    let mut fates: BTreeMap<Key, LineFate> = BTreeMap::new();
    let mut wanted: BTreeMap<Key, Units> = BTreeMap::new();
    {
        let requested = plan.requested();
        for (key, line) in keys.iter().zip(&lines) {
            let fate = match requested.get(key) {
                _ if !plan.lines.contains_key(key) => LineFate::NotInPlan,
                Some(transfer) => LineFate::Requested(*transfer),
                None if !(1..=UNITS_MAX).contains(&line.units) => {
                    LineFate::Refused(Refusal::BadUnits { units: line.units })
                }
                None => {
                    // Of a line sent twice the first stands.
                    wanted.entry(key.clone()).or_insert(line.units);
                    continue;
                }
            };
            fates.insert(key.clone(), fate);
        }
    }
    if !wanted.is_empty() {
        // What was promised a moment ago is not promised again.
        state.signals.settle().await;
        let builder = Builder::read(state, region).await?;
        let places: BTreeSet<(StoreCode, SkuCode)> =
            wanted.keys().map(|(from, _, sku)| (from.clone(), sku.clone())).collect();
        let mut spare = builder.spare(&state.signals, &places);
        wanted.retain(|key, units| {
            let left = spare.entry((key.0.clone(), key.2.clone())).or_default();
            let is_spare = *units <= *left;
            if is_spare {
                *left -= *units;
            } else {
                fates.insert(key.clone(), LineFate::NotSpare { left_units: *left });
            }
            is_spare
        });
        let parcels = parcels(&plan, &wanted);
        let at = state.clock.now().max(plan.made_at);
        for chunk in parcels.chunks(AT_ONCE) {
            let events = chunk.iter().map(|parcel| parcel.event(&plan, id, viewer, at)).collect();
            let appended = state.ledger.append(viewer.clone(), events).await.map_err(ApiError::unavailable)?;
            for (parcel, answer) in chunk.iter().zip(appended.answers) {
                let transfer = TransferId::of(parcel.id(id));
                let fate = match answer.outcome {
                    // The same lines with other pieces: an answer was lost, and what was asked for then stands.
                    Outcome::Refused { why: Refusal::IdReused } => LineFate::Requested(transfer),
                    Outcome::Refused { why } => LineFate::Refused(why),
                    _ => LineFate::Requested(transfer),
                };
                for (sku, _) in &parcel.lines {
                    let key = (parcel.from.clone(), parcel.to.clone(), sku.clone());
                    if let LineFate::Requested(transfer) = fate {
                        plan.requested().insert(key.clone(), transfer);
                    }
                    fates.insert(key, fate.clone());
                }
            }
        }
    }
    Ok(Requested::Lines(keys.iter().map(|key| fates.get(key).cloned().unwrap_or(LineFate::NotInPlan)).collect()))
}

/// What one request asks for.
struct Parcel {
    from: StoreCode,
    to: StoreCode,
    lines: Vec<(SkuCode, Units)>,
}

fn parcels(plan: &Plan, wanted: &BTreeMap<Key, Units>) -> Vec<Parcel> {
    let mut parcels: Vec<Parcel> = Vec::new();
    for ((from, to, sku), units) in wanted.iter().filter(|(key, _)| plan.lines.contains_key(*key)) {
        match parcels.last_mut() {
            Some(last) if last.from == *from && last.to == *to && last.lines.len() < LINES_MAX => {
                last.lines.push((sku.clone(), *units));
            }
            _ => parcels.push(Parcel { from: from.clone(), to: to.clone(), lines: vec![(sku.clone(), *units)] }),
        }
    }
    parcels
}

impl Parcel {
    /// The same for the same items of the same plan, so that a request that is sent again is the same request.
    fn id(&self, plan: EventId) -> EventId {
        let mut name = format!("{plan}\n{}\n{}", self.from, self.to);
        for (sku, _) in &self.lines {
            name.push('\n');
            name.push_str(sku.as_str());
        }
        let random: [u8; 16] = Hash::of(name.as_bytes()).0[..16].try_into().expect("a hash has 32 bytes");
        // The plan's own time, which is the upper 48 of an id's 128 bits.
        let made_ms = u128::from_be_bytes(plan.to_bytes()) >> 80;
        EventId::from_parts(u64::try_from(made_ms).expect("48 bits"), u128::from_be_bytes(random))
    }

    fn event(&self, plan: &Plan, id: EventId, viewer: &Viewer, at: Timestamp) -> DeviceEvent {
        let id = self.id(id);
        let planned =
            self.lines.iter().filter_map(|(sku, _)| plan.lines.get(&(self.from.clone(), self.to.clone(), sku.clone())));
        let reasons: Vec<_> = planned.map(|planned| planned.reason).collect();
        let mut why: Vec<Figure> = reasons.first().map_or_else(Vec::new, |reason| {
            vec![
                Figure::DistanceM(reason.route.distance_m),
                Figure::TravelMin(reason.route.travel_min),
                Figure::CreditScore(reason.fulfilment_permille),
            ]
        });
        let total = reasons.iter().map(|reason| reason.money.total_minor()).fold(0, i64::saturating_add);
        why.push(Figure::SavedMinor(total));
        let lines = self.lines.iter().map(|(sku, units)| Line { sku: sku.clone(), units: *units }).collect();
        let candidates = vec![Candidate { store: self.from.clone(), why }];
        let step = Step::Requested(Request { lines, candidates, wanted_by: None, note: None });
        DeviceEvent {
            id,
            store: self.to.clone(),
            device: LEDGER_DEVICE,
            device_seq: 0,
            person: viewer.id.clone(),
            effective_at: at,
            fix: Fix::Missing { reason: NoFix::Machine },
            app: APP.to_owned(),
            body: EventBody::Transfer(TransferEvent { transfer: TransferId::of(id), step }),
        }
    }
}
