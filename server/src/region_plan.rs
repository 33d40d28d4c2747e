//! Plans of transfers for a region: made beside the requests, from the lines kept in memory, and requested through the
//! ledger.
//!
//! A plan lives in memory until somebody has another one made for its region. Nothing is lost with it: what was
//! requested of it is in the ledger, and the next plan finds it under way.

mod build;
mod crew;
mod request;

pub use request::request;

use crate::error::ApiError;
use crate::state::AppState;
use crate::store::{Masters, StoreMaster};
use build::Builder;
use crew::Threads;
use domain::id::{CategoryCode, EventId, PersonId, RegionCode, SkuCode, StoreCode};
use domain::instant::Timestamp;
use domain::matching::Reason;
use domain::matching::region::{Shipment, SolveError, judge, solve_with};
use domain::movement::Units;
use domain::policy::{Action, Scope, Target, Viewer, may};
use domain::transfer::TransferId;
use frontend::backend::{PlanLine, PlanRoute, RegionPlan, RegionPlanPage, RegionPlanState};
use rand::TryRngCore;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most routes that a page shows; what brings most is among them.
const ROUTES_SHOWN_MAX: usize = 60;

/// The latest plan of each region. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Plans(Arc<Mutex<BTreeMap<RegionCode, Job>>>);

#[derive(Debug, Clone)]
struct Job {
    id: EventId,
    by: PersonId,
    started_at: Timestamp,
    categories: BTreeSet<CategoryCode>,
    crew: Threads,
    state: JobState,
}

#[derive(Debug, Clone)]
enum JobState {
    Working,
    Stopped,
    Failed,
    Ready(Arc<Plan>),
}

/// From, to and item of a line.
type Key = (StoreCode, StoreCode, SkuCode);

/// A plan that was made.
#[derive(Debug)]
struct Plan {
    made_at: Timestamp,
    lines: BTreeMap<Key, Planned>,
    /// What has been requested of it.
    requested: Mutex<BTreeMap<Key, TransferId>>,
    /// Held by whoever requests lines: of two taps the second finds what the first has done.
    desk: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Planned {
    units: Units,
    wanted_units: Units,
    reason: Reason,
}

impl Plan {
    fn requested(&self) -> MutexGuard<'_, BTreeMap<Key, TransferId>> {
        self.requested.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Plans {
    fn jobs(&self) -> MutexGuard<'_, BTreeMap<RegionCode, Job>> {
        // Nobody panics while holding it: the map is looked up and written to only.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn job(&self, region: &RegionCode) -> Option<Job> {
        self.jobs().get(region).cloned()
    }

    /// Takes the end of a job, unless it has been stopped or another has taken its place.
    fn finish(&self, region: &RegionCode, id: EventId, state: JobState) {
        if let Some(job) = self.jobs().get_mut(region)
            && job.id == id
            && matches!(job.state, JobState::Working)
        {
            job.state = state;
        }
    }
}

/// Whether the viewer may have a region planned.
fn may_plan(viewer: &Viewer, region: &RegionCode) -> bool {
    let reaches = match &viewer.scope {
        Scope::Chain => true,
        Scope::Region(own) => own == region,
        Scope::Store(_) => false,
    };
    reaches && may(viewer, Action::PlanRegion, Target::OwnScope)
}

/// Whether the viewer may have a region of the chain planned.
///
/// # Errors
/// [`ApiError::Forbidden`] when not; [`ApiError::NotFound`] for an unknown region, to those who may see all of them.
fn check(masters: &Masters, viewer: &Viewer, region: &RegionCode) -> Result<(), ApiError> {
    if !may_plan(viewer, region) {
        return Err(ApiError::Forbidden);
    }
    masters.region(region).map(|_| ()).ok_or(ApiError::NotFound)
}

/// A region's plan as it stands; of those that the viewer may plan the first, where none is named.
///
/// # Errors
/// [`ApiError::Forbidden`] for the region of others.
pub fn page(state: &AppState, viewer: &Viewer, region: Option<RegionCode>) -> Result<RegionPlanPage, ApiError> {
    let masters = state.directory.masters();
    let regions: Vec<_> = masters.regions().iter().filter(|region| may_plan(viewer, &region.code)).cloned().collect();
    let region = match region {
        Some(region) => region,
        None => regions.first().ok_or(ApiError::NotFound)?.code.clone(),
    };
    check(&masters, viewer, &region)?;
    let people = state.directory.people();
    let name = |id: &PersonId| people.get(id).cloned().unwrap_or_else(|| id.to_string());
    let shown = match state.plans.job(&region) {
        None => RegionPlanState::None,
        Some(Job { state: JobState::Stopped, .. }) => RegionPlanState::Stopped,
        Some(Job { state: JobState::Failed, .. }) => RegionPlanState::Failed,
        Some(Job { state: JobState::Working, by, started_at, crew, .. }) => {
            RegionPlanState::Working { by_name: name(&by), started_at, done_permille: crew.done_permille() }
        }
        Some(Job { state: JobState::Ready(plan), id, by, categories, .. }) => {
            let named = masters.categories().iter().filter(|of| categories.contains(&of.code));
            let categories = named.map(|of| of.name.clone()).collect();
            RegionPlanState::Ready(Box::new(shown(&masters, &plan, (id, name(&by), categories))))
        }
    };
    let is_here = |of: &&StoreMaster| of.store.region == region;
    Ok(RegionPlanPage {
        now: state.clock.now(),
        zone_offset: masters.stores().values().find(is_here).map(|of| of.store.zone_offset).unwrap_or_default(),
        region,
        regions,
        categories: masters.categories().to_vec(),
        is_ready: state.signals.book().is_complete,
        state: shown,
    })
}

fn shown(
    masters: &Masters,
    plan: &Plan,
    (id, by_name, categories): (EventId, String, Vec<domain::master::Name>),
) -> RegionPlan {
    let requested = plan.requested().clone();
    let mut routes: BTreeMap<(&StoreCode, &StoreCode), (i64, Vec<PlanLine>)> = BTreeMap::new();
    for (key, planned) in &plan.lines {
        let (from, to, sku) = key;
        let (total, lines) = routes.entry((from, to)).or_default();
        *total = total.saturating_add(planned.reason.money.total_minor());
        lines.push(PlanLine {
            sku: sku.clone(),
            name: masters.products().get(sku).map_or_else(|| sku.to_string(), |product| product.name.clone()),
            units: planned.units,
            wanted_units: planned.wanted_units,
            reason: planned.reason,
            requested: requested.get(key).copied(),
        });
    }
    let mut routes: Vec<_> = routes.into_iter().collect();
    routes.sort_by_key(|((from, to), (total, _))| (std::cmp::Reverse(*total), (*from).clone(), (*to).clone()));
    let n_more_routes = u32::try_from(routes.len().saturating_sub(ROUTES_SHOWN_MAX)).unwrap_or(u32::MAX);
    let of_all = |part: fn(&Reason) -> i64| {
        plan.lines.values().map(|planned| part(&planned.reason)).fold(0, i64::saturating_add)
    };
    let route = |((from, to), (_, lines)): ((&StoreCode, &StoreCode), (i64, Vec<PlanLine>))| {
        let way = lines.first()?.reason.route;
        Some(PlanRoute {
            from: crate::transfer::named(masters, from)?,
            to: crate::transfer::named(masters, to)?,
            distance_m: way.distance_m,
            travel_min: way.travel_min,
            lines,
        })
    };
    RegionPlan {
        id,
        by_name,
        made_at: plan.made_at,
        categories,
        n_lines: u32::try_from(plan.lines.len()).unwrap_or(u32::MAX),
        total_minor: of_all(|reason| reason.money.total_minor()),
        transport_minor: of_all(|reason| reason.money.transport_minor),
        routes: routes.into_iter().take(ROUTES_SHOWN_MAX).filter_map(route).collect(),
        n_more_routes,
    }
}

/// Begins to make a plan. While one is being made for the region, that one goes on.
///
/// # Errors
/// [`ApiError::Forbidden`] for the region of others, [`ApiError::Malformed`] for categories that the chain has not.
pub fn start(
    state: &AppState,
    viewer: &Viewer,
    region: RegionCode,
    categories: BTreeSet<CategoryCode>,
) -> Result<RegionPlanPage, ApiError> {
    let masters = state.directory.masters();
    check(&masters, viewer, &region)?;
    let known: BTreeSet<&CategoryCode> = masters.categories().iter().map(|category| &category.code).collect();
    if let Some(unknown) = categories.iter().find(|code| !known.contains(code)) {
        return Err(ApiError::Malformed(format!("there is no category {unknown}")));
    }
    let started_at = state.clock.now();
    let begun = {
        let mut jobs = state.plans.jobs();
        let is_working = jobs.get(&region).is_some_and(|job| matches!(job.state, JobState::Working));
        (!is_working).then(|| {
            let job = Job {
                id: new_id(started_at),
                by: viewer.id.clone(),
                started_at,
                categories,
                crew: Threads::new(state.stopping.subscribe()),
                state: JobState::Working,
            };
            jobs.insert(region.clone(), job.clone());
            job
        })
    };
    if let Some(job) = begun {
        let (state, region) = (state.clone(), region.clone());
        tokio::spawn(async move {
            let id = job.id;
            let end = match make(&state, &region, job).await {
                Ok(Some(plan)) => JobState::Ready(Arc::new(plan)),
                Ok(None) => JobState::Stopped,
                Err(error) => {
                    tracing::error!(%region, error = crate::error::chain(&error), "a region's plan was not made");
                    JobState::Failed
                }
            };
            state.plans.finish(&region, id, end);
        });
    }
    page(state, viewer, Some(region))
}

/// Makes the plan: reads first, then works where it may block. `None` when it was stopped.
async fn make(state: &AppState, region: &RegionCode, job: Job) -> Result<Option<Plan>, ApiError> {
    if !state.signals.book().is_complete {
        // Just started: nobody knows yet what the stores have.
        state.signals.settle().await;
    }
    let builder = Builder::read(state, region).await?;
    let signals = state.signals.clone();
    let work = move || {
        let region = builder.region(&signals, &job.categories);
        job.crew.begin(region.items.len());
        let plan = match solve_with(&region, &[], &job.crew) {
            Ok(plan) => plan,
            Err(SolveError::Stopped(_)) => return None,
            Err(SolveError::Kept(_)) => unreachable!("nothing is kept"),
        };
        let wanted: BTreeMap<(&StoreCode, &SkuCode), Units> = region
            .items
            .iter()
            .flat_map(|item| item.wants.iter().map(|want| ((&want.to, &item.sku), want.units)))
            .collect();
        let line = |(Shipment { from, to, sku, units }, line): (Shipment, domain::matching::Line)| {
            let wanted_units = wanted.get(&(&to, &sku)).copied().unwrap_or(units);
            ((from, to, sku), Planned { units, wanted_units, reason: line.reason })
        };
        Some(Plan {
            made_at: job.started_at,
            lines: judge(&region, &plan).into_iter().map(line).collect(),
            requested: Mutex::default(),
            desk: tokio::sync::Mutex::default(),
        })
    };
    tokio::task::spawn_blocking(work).await.map_err(ApiError::unavailable)
}

/// Stops making a plan. One that is there stays.
///
/// # Errors
/// [`ApiError::Forbidden`] for the region of others.
pub fn stop(state: &AppState, viewer: &Viewer, region: RegionCode) -> Result<RegionPlanPage, ApiError> {
    check(&state.directory.masters(), viewer, &region)?;
    if let Some(job) = state.plans.jobs().get_mut(&region)
        && matches!(job.state, JobState::Working)
    {
        job.crew.stop();
        job.state = JobState::Stopped;
    }
    page(state, viewer, Some(region))
}

fn new_id(now: Timestamp) -> EventId {
    let mut bits = [0; 16];
    // Without the system's random numbers the time still tells plans of different moments apart.
    let _ = rand::rngs::OsRng.try_fill_bytes(&mut bits);
    EventId::from_parts(now.unix_ms().max(0).unsigned_abs(), u128::from_le_bytes(bits))
}
