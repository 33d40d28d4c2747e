//! What the page about replenishment asks of the server.

#[cfg(feature = "ssr")]
use super::backend;
use super::{BackendError, Json, Reply};
use domain::id::{CategoryCode, EventId, SkuCode, StoreCode};
use domain::instant::{Day, Timestamp, ZoneOffset};
use domain::master::{Category, Name, OrderLine};
use domain::movement::Units;
use domain::replenishment::{Change, Suggestion};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the server does for this page; the rest is [`super::Backend`]'s.
pub trait ReplenishmentBackend {
    /// The lines of the viewer's stores that should be ordered now.
    fn replenishment(&self, ask: ReplenishmentAsk) -> Reply<ReplenishmentPage>;

    /// Orders goods for a store. The same token makes one order, however often it is sent.
    fn order_goods(
        &self,
        store: StoreCode,
        token: EventId,
        supplier: String,
        lines: Vec<OrderLine>,
    ) -> Reply<OrderMade>;

    /// Sets what a line goes by.
    fn override_stock(&self, store: StoreCode, change: OverrideAsk) -> Reply<Overridden>;
}

/// Which lines.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReplenishmentAsk {
    /// Of one store only.
    pub store: Option<StoreCode>,
    /// Of one category only.
    pub category: Option<CategoryCode>,
    /// Whose name or code has this in it.
    pub search: Option<String>,
    /// One item, shown whether it should be ordered or not.
    pub sku: Option<SkuCode>,
}

/// Lines that should be ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplenishmentPage {
    /// The server's clock.
    pub now: Timestamp,
    /// What was asked for.
    pub ask: ReplenishmentAsk,
    /// What orders made from this page are told apart by.
    pub token: EventId,
    /// Whether every store has been read since the server started.
    pub is_ready: bool,
    /// The viewer's stores.
    pub stores: Vec<(StoreCode, Name)>,
    /// The chain's categories.
    pub categories: Vec<Category>,
    /// The lines, the most urgent first.
    pub lines: Vec<ReplenishmentLine>,
    /// How many more there are.
    pub n_more: u32,
    /// How many of all sell out before a delivery ordered today arrives.
    pub n_late: u32,
    /// Sales that all of them are expected to miss until then, in minor units.
    pub at_risk_minor: i64,
}

/// A line as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplenishmentLine {
    /// In which store.
    pub store: StoreCode,
    /// What the store is called.
    pub store_name: Name,
    /// The store's clocks.
    pub zone_offset: ZoneOffset,
    /// Which item.
    pub sku: SkuCode,
    /// What the item is called.
    pub name: String,
    /// What a piece costs in the shop, in minor units.
    pub price_minor: i64,
    /// What to do, and why.
    pub suggestion: Suggestion,
    /// What other stores of the region could spare; `None` where nobody knows.
    pub nearby_units: Option<Units>,
    /// What somebody has set, if anything, or set back.
    pub change: Option<Change>,
    /// Who that was, as shown.
    pub changed_by_name: Option<String>,
    /// Whether the viewer may order and set figures.
    pub may_act: bool,
}

/// An order that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderMade {
    /// Its number; receipts name it.
    pub number: String,
    /// When the goods are due.
    pub due: Day,
    /// How many items.
    pub n_lines: u32,
    /// How many pieces.
    pub units: Units,
    /// Whether it had been made before with other lines: those stand.
    pub is_other: bool,
}

/// What somebody sets of a line; `None` has it computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverrideAsk {
    /// Which item.
    pub sku: SkuCode,
    /// Which change was the last that the person saw; 0 for none.
    pub version: u32,
    /// Safety stock, in pieces.
    pub safety_units: Option<Units>,
    /// Pieces ordered each time.
    pub order_units: Option<Units>,
    /// Why.
    pub reason: String,
}

/// Whether it was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overridden {
    /// It was.
    Saved,
    /// Somebody else has set something meanwhile.
    Outdated,
}

/// [`ReplenishmentBackend::replenishment`]
#[server(prefix = "/fn", endpoint = "replenishment", output = Json)]
pub async fn read_replenishment(
    store: Option<String>,
    category: Option<String>,
    search: Option<String>,
    sku: Option<String>,
) -> Result<ReplenishmentPage, BackendError> {
    let backend = backend();
    let answer = match replenishment_ask(store, category, search, sku) {
        Some(ask) => backend.replenishment(ask).await,
        None => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// What an address asks for; `None` where it names no possible store, category or item.
#[must_use]
pub fn replenishment_ask(
    store: Option<String>,
    category: Option<String>,
    search: Option<String>,
    sku: Option<String>,
) -> Option<ReplenishmentAsk> {
    let some = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    Some(ReplenishmentAsk {
        store: some(store).map(|text| StoreCode::parse(&text)).transpose().ok()?,
        category: some(category).map(|text| CategoryCode::parse(&text)).transpose().ok()?,
        search: some(search),
        sku: some(sku).map(|text| SkuCode::parse(&text)).transpose().ok()?,
    })
}

/// [`ReplenishmentBackend::order_goods`]; `lines` are the JSON of [`OrderLine`]s.
#[server(prefix = "/fn", endpoint = "order_goods", output = Json)]
pub async fn order_goods(
    store: String,
    token: String,
    supplier: String,
    lines: String,
) -> Result<OrderMade, BackendError> {
    let backend = backend();
    let answer = match (StoreCode::parse(&store), EventId::parse(&token), serde_json::from_str(&lines)) {
        (Ok(store), Ok(token), Ok(lines)) => backend.order_goods(store, token, supplier, lines).await,
        (Ok(_), ..) => Err(BackendError::Malformed),
        _ => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`ReplenishmentBackend::override_stock`]; `change` is the JSON of an [`OverrideAsk`].
#[server(prefix = "/fn", endpoint = "override_stock", output = Json)]
pub async fn override_stock(store: String, change: String) -> Result<Overridden, BackendError> {
    let backend = backend();
    let answer = match (StoreCode::parse(&store), serde_json::from_str(&change)) {
        (Ok(store), Ok(change)) => backend.override_stock(store, change).await,
        (Ok(_), _) => Err(BackendError::Malformed),
        _ => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}
