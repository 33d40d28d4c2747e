//! What the page that plans a region's transfers asks of the server.

#[cfg(feature = "ssr")]
use super::backend;
use super::{BackendError, Json, Reply};
use domain::accept::Refusal;
use domain::id::{CategoryCode, EventId, RegionCode, SkuCode};
use domain::instant::{Timestamp, ZoneOffset};
use domain::master::{Category, Name, Region};
use domain::matching::Reason;
use domain::matching::region::Shipment;
use domain::movement::Units;
use domain::transfer::{NamedStore, TransferId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What the server does for this page; the rest is [`super::Backend`]'s.
pub trait RegionPlanBackend {
    /// A region's plan as it stands; the viewer's own region where none is named.
    fn region_plan(&self, region: Option<RegionCode>) -> Reply<RegionPlanPage>;

    /// Begins to make a plan for a region, of some categories or, where none is named, of all.
    fn start_region_plan(&self, region: RegionCode, categories: BTreeSet<CategoryCode>) -> Reply<RegionPlanPage>;

    /// Stops making it.
    fn stop_region_plan(&self, region: RegionCode) -> Reply<RegionPlanPage>;

    /// Requests the transfers of some lines of a plan. A line is requested once, however often it is sent.
    fn request_region_plan(&self, region: RegionCode, plan: EventId, lines: Vec<Shipment>) -> Reply<Requested>;
}

/// A region's plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionPlanPage {
    /// The server's clock.
    pub now: Timestamp,
    /// The clocks of the region's stores.
    pub zone_offset: ZoneOffset,
    /// Which region.
    pub region: RegionCode,
    /// The regions that the viewer may plan.
    pub regions: Vec<Region>,
    /// What there is to choose from.
    pub categories: Vec<Category>,
    /// Whether every store has been read since the server started: before, no plan can be made.
    pub is_ready: bool,
    /// How the plan stands.
    pub state: RegionPlanState,
}

/// How a plan stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionPlanState {
    /// Nobody has asked for one since the server started.
    None,
    /// It is being made.
    Working {
        /// For whom, as shown.
        by_name: String,
        /// Since when.
        started_at: Timestamp,
        /// How far it is, in thousandths.
        done_permille: u16,
    },
    /// Somebody stopped it.
    Stopped,
    /// It could not be made; the log says why.
    Failed,
    /// It is there.
    Ready(Box<RegionPlan>),
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionPlan {
    /// Which.
    pub id: EventId,
    /// For whom, as shown.
    pub by_name: String,
    /// From which stock it was made.
    pub made_at: Timestamp,
    /// The categories asked for; none for all.
    pub categories: Vec<Name>,
    /// Lines of all routes.
    pub n_lines: u32,
    /// What all lines bring, in minor units, the way deducted.
    pub total_minor: i64,
    /// What their way costs, in minor units, 0 or less.
    pub transport_minor: i64,
    /// The routes, what brings most first.
    pub routes: Vec<PlanRoute>,
    /// How many more there are.
    pub n_more_routes: u32,
}

/// What goes from one store to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRoute {
    /// From where.
    pub from: NamedStore,
    /// Whereto.
    pub to: NamedStore,
    /// By road, in metres.
    pub distance_m: u32,
    /// How long it takes, in minutes.
    pub travel_min: u32,
    /// The lines, by item.
    pub lines: Vec<PlanLine>,
}

/// One item of a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanLine {
    /// The item.
    pub sku: SkuCode,
    /// What it is called.
    pub name: String,
    /// Pieces planned.
    pub units: Units,
    /// Pieces that the store wants from all together.
    pub wanted_units: Units,
    /// Why.
    pub reason: Reason,
    /// The transfer by which it was requested, if it was.
    pub requested: Option<TransferId>,
}

/// What became of the lines that were to be requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requested {
    /// There is no such plan any more: somebody has had another one made, or the server was started anew.
    Gone,
    /// One fate a line, in order.
    Lines(Vec<LineFate>),
}

/// What became of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineFate {
    /// It is in this transfer, now or from before.
    Requested(TransferId),
    /// The source cannot spare so many any more.
    NotSpare {
        /// What it can still spare.
        left_units: Units,
    },
    /// The ledger did not take it.
    Refused(Refusal),
    /// The plan has no such line.
    NotInPlan,
}

/// [`RegionPlanBackend::region_plan`]
#[server(prefix = "/fn", endpoint = "region_plan", output = Json)]
pub async fn read_region_plan(region: Option<String>) -> Result<RegionPlanPage, BackendError> {
    let backend = backend();
    let region = region.filter(|text| !text.is_empty()).map(|text| RegionCode::parse(&text)).transpose();
    let answer = match region {
        Ok(region) => backend.region_plan(region).await,
        Err(_) => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`RegionPlanBackend::start_region_plan`]; `categories` are their codes with commas between them.
#[server(prefix = "/fn", endpoint = "start_region_plan", output = Json)]
pub async fn start_region_plan(region: String, categories: Option<String>) -> Result<RegionPlanPage, BackendError> {
    let backend = backend();
    let categories = categories.unwrap_or_default();
    let codes = categories.split(',').filter(|code| !code.is_empty()).map(CategoryCode::parse);
    let answer = match (RegionCode::parse(&region), codes.collect()) {
        (Ok(region), Ok(categories)) => backend.start_region_plan(region, categories).await,
        _ => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`RegionPlanBackend::stop_region_plan`]
#[server(prefix = "/fn", endpoint = "stop_region_plan", output = Json)]
pub async fn stop_region_plan(region: String) -> Result<RegionPlanPage, BackendError> {
    let backend = backend();
    let answer = match RegionCode::parse(&region) {
        Ok(region) => backend.stop_region_plan(region).await,
        Err(_) => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`RegionPlanBackend::request_region_plan`]; `lines` are the JSON of [`Shipment`]s.
#[server(prefix = "/fn", endpoint = "request_region_plan", output = Json)]
pub async fn request_region_plan(region: String, plan: String, lines: String) -> Result<Requested, BackendError> {
    let backend = backend();
    let answer = match (RegionCode::parse(&region), EventId::parse(&plan), serde_json::from_str(&lines)) {
        (Ok(region), Ok(plan), Ok(lines)) => backend.request_region_plan(region, plan, lines).await,
        (Ok(_), Ok(_), Err(_)) => Err(BackendError::Malformed),
        _ => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}
