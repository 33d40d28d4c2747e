//! What the pages about stocktakes ask of the server, in process.

use super::RequestBackend;
use crate::read;
use domain::id::{RegionCode, StocktakeId, StoreCode};
use domain::plan::Choice;
use domain::review::{LineFilter, ReviewPage, StocktakeDetail, StocktakeList};
use frontend::backend::{AccuracyReport, CountSheet, PlanDraft, PlanOptions, Reply, StocktakeBackend};

impl StocktakeBackend for RequestBackend {
    fn stocktakes(&self, store: StoreCode, from: Option<StocktakeId>) -> Reply<StocktakeList> {
        self.reply("/fn/stocktakes", Some(store.clone()), |state, _| async move {
            read::stocktake::stocktakes(&state, &store, from.as_ref()).await
        })
    }

    fn stocktake(&self, store: StoreCode, stocktake: StocktakeId) -> Reply<StocktakeDetail> {
        self.reply("/fn/stocktake", Some(store.clone()), |state, _| async move {
            read::stocktake::stocktake(&state, &store, &stocktake).await
        })
    }

    fn review_page(
        &self,
        store: StoreCode,
        stocktake: StocktakeId,
        filter: LineFilter,
        skip: u32,
    ) -> Reply<ReviewPage> {
        self.reply("/fn/review_page", Some(store.clone()), move |state, _| async move {
            read::stocktake::review_page(&state, &store, &stocktake, filter, skip).await
        })
    }

    fn plan_options(&self, store: StoreCode) -> Reply<PlanOptions> {
        self.reply("/fn/plan_options", Some(store.clone()), |state, _| async move {
            read::planning::plan_options(&state, &store).await
        })
    }

    fn plan_draft(&self, store: StoreCode, choice: Choice) -> Reply<PlanDraft> {
        self.reply("/fn/plan_draft", Some(store.clone()), |state, _| async move {
            read::planning::plan_draft(&state, &store, &choice).await
        })
    }

    fn count_sheet(&self, store: StoreCode, stocktake: StocktakeId) -> Reply<CountSheet> {
        self.reply("/fn/count_sheet", Some(store.clone()), |state, viewer| async move {
            read::stocktake::count_sheet(&state, &viewer, &store, &stocktake).await
        })
    }

    fn accuracy(&self, region: Option<RegionCode>, store: Option<StoreCode>) -> Reply<AccuracyReport> {
        self.reply("/fn/accuracy", None, |state, viewer| async move {
            read::accuracy::accuracy(&state, &viewer, region, store).await
        })
    }
}
