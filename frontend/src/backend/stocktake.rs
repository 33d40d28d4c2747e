//! What the pages about stocktakes ask of the server.

#[cfg(feature = "ssr")]
use super::backend;
use super::{BackendError, Json, Reply};
use domain::accuracy::{Accuracy, DriftStep};
use domain::id::{PersonId, RegionCode, ShelfCode, SkuCode, StocktakeId, StoreCode};
use domain::instant::{Timestamp, ZoneOffset};
use domain::master::{Name, Region, Zone};
use domain::movement::Units;
use domain::plan::{Choice, Chosen};
use domain::policy::Role;
use domain::review::{LineFilter, ReviewPage, StocktakeDetail, StocktakeList};
use domain::stocktake::{PlanKind, Stage, Stocktake};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the server does for these pages; the rest is [`super::Backend`]'s.
pub trait StocktakeBackend {
    /// A store's stocktakes, the newest first, from the one named on.
    fn stocktakes(&self, store: StoreCode, from: Option<StocktakeId>) -> Reply<StocktakeList>;

    /// One stocktake.
    fn stocktake(&self, store: StoreCode, stocktake: StocktakeId) -> Reply<StocktakeDetail>;

    /// Some lines of a stocktake that is no longer being counted; [`BackendError::NotFound`] while it is.
    fn review_page(&self, store: StoreCode, stocktake: StocktakeId, filter: LineFilter, skip: u32)
    -> Reply<ReviewPage>;

    /// What a stocktake of a store can be planned of.
    fn plan_options(&self, store: StoreCode) -> Reply<PlanOptions>;

    /// What a choice comes to.
    fn plan_draft(&self, store: StoreCode, choice: Choice) -> Reply<PlanDraft>;

    /// What to count, without what is expected.
    fn count_sheet(&self, store: StoreCode, stocktake: StocktakeId) -> Reply<CountSheet>;

    /// How good the book was: the newest stocktake of each store of a region, or all of one store.
    fn accuracy(&self, region: Option<RegionCode>, store: Option<StoreCode>) -> Reply<AccuracyReport>;
}

/// What a stocktake of a store can be planned of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanOptions {
    /// The server's clock.
    pub now: Timestamp,
    /// The store.
    pub store: StoreCode,
    /// As shown.
    pub store_name: Name,
    /// Its clocks.
    pub zone_offset: ZoneOffset,
    /// Its zones.
    pub zones: Vec<Zone>,
    /// Its shelves with the lines of the planogram, in order.
    pub shelves: Vec<(ShelfCode, u32)>,
    /// Who may count there.
    pub people: Vec<Counter>,
    /// The stocktake that is being counted: a plan made now is its plan.
    pub open: Option<Stocktake>,
    /// The name of the next one.
    pub next: StocktakeId,
}

/// Somebody who may count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// Who.
    pub id: PersonId,
    /// As shown.
    pub name: String,
    /// What they are.
    pub role: Role,
}

/// What a choice comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanDraft {
    /// The shelves, and the lines where not everything on them is counted.
    pub chosen: Chosen,
    /// Lines to count on each of those shelves.
    pub n_lines: Vec<u32>,
}

/// What to count, shelf by shelf. Holds no expected quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountSheet {
    /// The server's clock.
    pub now: Timestamp,
    /// The store.
    pub store: StoreCode,
    /// As shown.
    pub store_name: Name,
    /// Its clocks.
    pub zone_offset: ZoneOffset,
    /// The stocktake.
    pub stocktake: StocktakeId,
    /// Where it stands.
    pub stage: Stage,
    /// When it was opened: nothing on its sheets was counted before.
    pub opened_at: Timestamp,
    /// Its shelves, in order.
    pub shelves: Vec<SheetShelf>,
}

/// A shelf of a count sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetShelf {
    /// The shelf.
    pub shelf: ShelfCode,
    /// What is to be counted there, in facing order.
    pub items: Vec<SheetItem>,
}

/// An item of a count sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetItem {
    /// The item.
    pub sku: SkuCode,
    /// As printed.
    pub name: String,
    /// The digits of its barcode; empty where it has none.
    pub code: String,
    /// What the viewer has counted of it so far; `None`: nothing.
    pub own_units: Option<Units>,
}

/// How good the book was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccuracyReport {
    /// The server's clock.
    pub now: Timestamp,
    /// The regions the viewer may choose of.
    pub regions: Vec<Region>,
    /// The region shown, where the report is of several stores.
    pub region: Option<RegionCode>,
    /// The store shown, where the report is of one.
    pub store: Option<(StoreCode, Name)>,
    /// Stocktakes, the newest first; of several stores the newest of each.
    pub rows: Vec<AccuracyRow>,
    /// What became of records between two counts.
    pub drift: [DriftStep; 4],
}

/// How good the book was in one stocktake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccuracyRow {
    /// The store.
    pub store: StoreCode,
    /// As shown.
    pub store_name: Name,
    /// Its clocks.
    pub zone_offset: ZoneOffset,
    /// The stocktake.
    pub stocktake: StocktakeId,
    /// Why it was made; `None`: opened by scanning.
    pub kind: Option<PlanKind>,
    /// Where it stands.
    pub stage: Stage,
    /// When counting was over.
    pub at: Timestamp,
    /// The measures.
    pub accuracy: Accuracy,
}

/// Reads the two codes nearly every one of these functions takes.
#[cfg(feature = "ssr")]
fn named(store: &str, stocktake: &str) -> Result<(StoreCode, StocktakeId), BackendError> {
    let store = StoreCode::parse(store).map_err(|_| BackendError::NotFound)?;
    let stocktake = StocktakeId::parse(stocktake).map_err(|_| BackendError::NotFound)?;
    Ok((store, stocktake))
}

/// [`StocktakeBackend::stocktakes`]
#[server(prefix = "/fn", endpoint = "stocktakes", output = Json)]
pub async fn read_stocktakes(store: String, from: Option<String>) -> Result<StocktakeList, BackendError> {
    let backend = backend();
    let from = from.and_then(|text| StocktakeId::parse(&text).ok());
    let answer = match StoreCode::parse(&store) {
        Ok(store) => backend.stocktakes(store, from).await,
        Err(_) => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`StocktakeBackend::stocktake`]
#[server(prefix = "/fn", endpoint = "stocktake", output = Json)]
pub async fn read_stocktake(store: String, stocktake: String) -> Result<StocktakeDetail, BackendError> {
    let backend = backend();
    let answer = match named(&store, &stocktake) {
        Ok((store, stocktake)) => backend.stocktake(store, stocktake).await,
        Err(error) => Err(error),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`StocktakeBackend::review_page`]
#[server(prefix = "/fn", endpoint = "review_page", output = Json)]
pub async fn read_review_page(
    store: String,
    stocktake: String,
    filter: String,
    skip: u32,
) -> Result<ReviewPage, BackendError> {
    let backend = backend();
    let answer = match (named(&store, &stocktake), LineFilter::from_code(&filter)) {
        (Ok((store, stocktake)), Some(filter)) => backend.review_page(store, stocktake, filter, skip).await,
        (Ok(_), None) => Err(BackendError::Malformed),
        (Err(error), _) => Err(error),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`StocktakeBackend::plan_options`]
#[server(prefix = "/fn", endpoint = "plan_options", output = Json)]
pub async fn read_plan_options(store: String) -> Result<PlanOptions, BackendError> {
    let backend = backend();
    let answer = match StoreCode::parse(&store) {
        Ok(store) => backend.plan_options(store).await,
        Err(_) => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`StocktakeBackend::plan_draft`]; the choice as JSON, because a form's fields know no lists.
#[server(prefix = "/fn", endpoint = "plan_draft", output = Json)]
pub async fn read_plan_draft(store: String, choice: String) -> Result<PlanDraft, BackendError> {
    let backend = backend();
    let answer = match (StoreCode::parse(&store), serde_json::from_str(&choice)) {
        (Ok(store), Ok(choice)) => backend.plan_draft(store, choice).await,
        (Ok(_), Err(_)) => Err(BackendError::Malformed),
        (Err(_), _) => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`StocktakeBackend::count_sheet`]
#[server(prefix = "/fn", endpoint = "count_sheet", output = Json)]
pub async fn read_count_sheet(store: String, stocktake: String) -> Result<CountSheet, BackendError> {
    let backend = backend();
    let answer = match named(&store, &stocktake) {
        Ok((store, stocktake)) => backend.count_sheet(store, stocktake).await,
        Err(error) => Err(error),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`StocktakeBackend::accuracy`]
#[server(prefix = "/fn", endpoint = "accuracy", output = Json)]
pub async fn read_accuracy(region: Option<String>, in_store: Option<String>) -> Result<AccuracyReport, BackendError> {
    let backend = backend();
    let region = region.and_then(|text| RegionCode::parse(&text).ok());
    let answer = match in_store.map(|text| StoreCode::parse(&text)).transpose() {
        Ok(store) => backend.accuracy(region, store).await,
        Err(_) => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}
