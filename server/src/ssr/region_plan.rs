//! What the page that plans a region's transfers asks of the server, in process.

use super::RequestBackend;
use crate::region_plan;
use domain::id::{CategoryCode, EventId, RegionCode};
use domain::matching::region::Shipment;
use frontend::backend::{RegionPlanBackend, RegionPlanPage, Reply, Requested};
use std::collections::BTreeSet;

impl RegionPlanBackend for RequestBackend {
    fn region_plan(&self, region: Option<RegionCode>) -> Reply<RegionPlanPage> {
        self.reply("/fn/region_plan", None, |state, viewer| async move { region_plan::page(&state, &viewer, region) })
    }

    fn start_region_plan(&self, region: RegionCode, categories: BTreeSet<CategoryCode>) -> Reply<RegionPlanPage> {
        self.reply("/fn/start_region_plan", None, |state, viewer| async move {
            region_plan::start(&state, &viewer, region, categories)
        })
    }

    fn stop_region_plan(&self, region: RegionCode) -> Reply<RegionPlanPage> {
        self.reply(
            "/fn/stop_region_plan",
            None,
            |state, viewer| async move { region_plan::stop(&state, &viewer, region) },
        )
    }

    fn request_region_plan(&self, region: RegionCode, plan: EventId, lines: Vec<Shipment>) -> Reply<Requested> {
        self.reply("/fn/request_region_plan", None, move |state, viewer| async move {
            region_plan::request(&state, &viewer, &region, plan, lines).await
        })
    }
}
