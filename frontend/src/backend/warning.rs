//! What the pages about warnings, rules and the heatmap ask of the server.

#[cfg(feature = "ssr")]
use super::backend;
use super::{BackendError, Json, Reply};
use domain::backtest::{Tally, WouldFire};
use domain::case::Severity;
use domain::firing::{Firing, FiringError, FiringOutcome};
use domain::heat::{HeatRow, HeatUpdate};
use domain::id::{EventId, PersonId, StoreCode};
use domain::instant::{Day, Timestamp, ZoneOffset};
use domain::master::{Category, Name, Region};
use domain::measure::Measure;
use domain::movement::Units;
use domain::rule::{Mistake, Rule};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What the server does for these pages; the rest is [`super::Backend`]'s.
pub trait WarningBackend {
    /// Warnings of the viewer's stores.
    fn warnings(&self, ask: WarningAsk) -> Reply<WarningPage>;

    /// How many open warnings the viewer is told of that nobody has taken.
    fn warning_count(&self) -> Reply<u32>;

    /// Takes a warning, or takes it over.
    fn take_warning(&self, store: StoreCode, firing: EventId) -> Reply<Answered>;

    /// Says what was done about a warning.
    fn close_warning(
        &self,
        store: StoreCode,
        firing: EventId,
        outcome: FiringOutcome,
        note: Option<String>,
        deed: Option<String>,
    ) -> Reply<Answered>;

    /// What may have been done about a warning: what the store has asked for and ordered of the item since it was raised.
    fn warning_deeds(&self, store: StoreCode, firing: EventId) -> Reply<Vec<Deed>>;

    /// The rules, with their versions.
    fn rules(&self) -> Reply<RulePage>;

    /// Keeps a new version of a rule, or a new rule.
    fn save_rule(&self, rule: Rule) -> Reply<RuleSaved>;

    /// Tries a rule on the past.
    fn backtest(&self, rule: Rule, n_days: u32) -> Reply<BacktestReport>;

    /// The heatmap's rows that have changed since a revision; all of them since 0.
    fn heat(&self, since: u64) -> Reply<HeatPage>;

    /// The heatmap as it was at the end of a day.
    fn heat_on(&self, day: Day) -> Reply<HeatPage>;
}

/// Which warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningList {
    /// Open ones that the viewer is told of: the inbox.
    #[default]
    Told,
    /// All open ones of the viewer's stores.
    Open,
    /// Those that ended in the last 30 days.
    Closed,
}

impl WarningList {
    /// Every list, in the order shown.
    pub const ALL: [Self; 3] = [Self::Told, Self::Open, Self::Closed];

    /// The stable code, as in addresses.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    /// The list of that code; anything else is the inbox.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|list| list.code() == code).unwrap_or_default()
    }
}

/// Which warnings of which stores.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WarningAsk {
    /// Which.
    pub list: WarningList,
    /// Of one store only.
    pub store: Option<StoreCode>,
    /// Of this severity only.
    pub severity: Option<Severity>,
}

/// Warnings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarningPage {
    /// The server's clock.
    pub now: Timestamp,
    /// What was asked for.
    pub ask: WarningAsk,
    /// The viewer's stores.
    pub stores: Vec<(StoreCode, Name)>,
    /// The warnings, the worst and then the latest first.
    pub warnings: Vec<WarningRow>,
    /// How many more there are.
    pub n_more: u32,
    /// Open ones the viewer is told of, whatever was asked for.
    pub n_told: u32,
    /// Open ones of all the viewer's stores.
    pub n_open: u32,
}

/// A warning as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarningRow {
    /// The warning.
    pub firing: Firing,
    /// What its rule is called.
    pub rule_name: Name,
    /// What the store is called.
    pub store_name: Name,
    /// The store's clocks.
    pub zone_offset: ZoneOffset,
    /// What the item is called.
    pub sku_name: String,
    /// Who has taken it, as shown.
    pub owner_name: Option<String>,
    /// Who closed it, as shown.
    pub closed_by_name: Option<String>,
    /// The document that it was closed with, as people call it, and where its page is.
    pub cites: Option<(String, String)>,
    /// Pieces to order or bring now; none where the stock is above its reorder point or nobody knows.
    pub order_units: Option<Units>,
    /// Whether the viewer may take and close it.
    pub may_answer: bool,
}

/// What was done about a warning, in a document of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// Its name: that of a transfer, or the number of an order.
    pub code: String,
    /// What closing the warning with it means.
    pub outcome: FiringOutcome,
    /// As people call it.
    pub number: String,
    /// Whom the goods come from, where that is known.
    pub from: Option<Name>,
    /// Pieces of the item.
    pub units: Units,
}

/// Whether something could be done with a warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// It was done.
    Done,
    /// It cannot be, and why.
    Refused(FiringError),
    /// Somebody else changed the warning at the same moment.
    Outdated,
}

/// The rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulePage {
    /// The server's clock.
    pub now: Timestamp,
    /// The rules, by their codes.
    pub rules: Vec<RuleHistory>,
    /// The channels' codes.
    pub channels: Vec<String>,
    /// The chain's regions.
    pub regions: Vec<Region>,
    /// Its categories.
    pub categories: Vec<Category>,
    /// Its stores that the viewer may see.
    pub stores: Vec<(StoreCode, Name)>,
    /// Who may answer for a rule, as shown.
    pub editors: Vec<(PersonId, String)>,
}

/// A rule with what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleHistory {
    /// The version in force.
    pub rule: Rule,
    /// Who answers for it, as shown.
    pub owner_name: String,
    /// Its open warnings in the viewer's stores.
    pub n_open: u32,
    /// Every version, the newest first.
    pub versions: Vec<RuleVersion>,
}

/// A version of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleVersion {
    /// The rule as it was.
    pub rule: Rule,
    /// When it was saved.
    pub at: Timestamp,
    /// By whom, as shown.
    pub by_name: String,
}

/// Whether a rule was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleSaved {
    /// It was.
    Saved,
    /// It has mistakes.
    Mistaken(Vec<Mistake>),
    /// Somebody else has saved a version meanwhile.
    Outdated,
}

/// How a rule would have fared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BacktestReport {
    /// Days looked at, today included.
    pub n_days: u32,
    /// Lines looked at.
    pub n_lines: u32,
    /// Lines that the rule reaches: where these are more, those looked at are spread evenly over them.
    pub n_reached: u32,
    /// A stock-out within so many days after a firing counts as warned of.
    pub within_days: u32,
    /// How the firings turned out.
    pub tally: Tally,
    /// Times a line ran out.
    pub n_stock_outs: u32,
    /// Of those, warned of.
    pub n_warned: u32,
    /// Followed by a stock-out, as a share of the firings whose sequel is known.
    pub precision: Option<f64>,
    /// Warned of, as a share of the stock-outs.
    pub recall: Option<f64>,
    /// The stores with the most firings.
    pub by_store: Vec<(StoreCode, Name, Tally)>,
    /// Firings of each day, oldest first.
    pub by_day: Vec<(Day, u32)>,
    /// The latest firings, with what the item is called and the store's clocks.
    pub latest: Vec<(WouldFire, String, ZoneOffset)>,
    /// Measures of the rule that nobody knows of past days.
    pub unknown: Vec<Measure>,
}

/// The heatmap, or what has changed of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeatPage {
    /// What to ask from next time.
    pub revision: u64,
    /// The rows, where all of it was asked for.
    pub rows: Vec<HeatRow>,
    /// What has changed of rows that were told before.
    pub updates: Vec<HeatUpdate>,
}

/// [`WarningBackend::warnings`]
#[server(prefix = "/fn", endpoint = "warnings", output = Json)]
pub async fn read_warnings(
    list: Option<String>,
    store: Option<String>,
    severity: Option<String>,
) -> Result<WarningPage, BackendError> {
    let backend = backend();
    let severity = severity.filter(|text| !text.is_empty()).map(|text| severity_of(&text).ok_or(())).transpose();
    let store = store.filter(|text| !text.is_empty()).map(|text| StoreCode::parse(&text)).transpose();
    let answer = match (store, severity) {
        (Ok(store), Ok(severity)) => {
            let list = WarningList::from_code(list.as_deref().unwrap_or_default());
            backend.warnings(WarningAsk { list, store, severity }).await
        }
        _ => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// The severity of a code, as in addresses.
#[must_use]
pub fn severity_of(code: &str) -> Option<Severity> {
    [Severity::High, Severity::Medium, Severity::Low].into_iter().find(|severity| severity_code(*severity) == code)
}

/// The code of a severity, as in addresses.
#[must_use]
pub fn severity_code(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
    }
}

/// [`WarningBackend::warning_count`]
#[server(prefix = "/fn", endpoint = "warning_count", output = Json)]
pub async fn read_warning_count() -> Result<u32, BackendError> {
    let backend = backend();
    backend.warning_count().await.inspect_err(|error| backend.answer_with(error))
}

/// [`WarningBackend::take_warning`]
#[server(prefix = "/fn", endpoint = "take_warning", output = Json)]
pub async fn take_warning(store: String, firing: String) -> Result<Answered, BackendError> {
    let backend = backend();
    let answer = match (StoreCode::parse(&store), EventId::parse(&firing)) {
        (Ok(store), Ok(firing)) => backend.take_warning(store, firing).await,
        _ => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`WarningBackend::close_warning`]
#[server(prefix = "/fn", endpoint = "close_warning", output = Json)]
pub async fn close_warning(
    store: String,
    firing: String,
    outcome: String,
    note: Option<String>,
    deed: Option<String>,
) -> Result<Answered, BackendError> {
    let backend = backend();
    let outcome = FiringOutcome::ALL.into_iter().find(|known| known.code() == outcome);
    let note = note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    let deed = deed.filter(|deed| !deed.is_empty());
    let answer = match (StoreCode::parse(&store), EventId::parse(&firing), outcome) {
        (Ok(store), Ok(firing), Some(outcome)) => backend.close_warning(store, firing, outcome, note, deed).await,
        _ => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`WarningBackend::warning_deeds`]
#[server(prefix = "/fn", endpoint = "warning_deeds", output = Json)]
pub async fn read_warning_deeds(store: String, firing: String) -> Result<Vec<Deed>, BackendError> {
    let backend = backend();
    let answer = match (StoreCode::parse(&store), EventId::parse(&firing)) {
        (Ok(store), Ok(firing)) => backend.warning_deeds(store, firing).await,
        _ => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`WarningBackend::rules`]
#[server(prefix = "/fn", endpoint = "rules", output = Json)]
pub async fn read_rules() -> Result<RulePage, BackendError> {
    let backend = backend();
    backend.rules().await.inspect_err(|error| backend.answer_with(error))
}

/// [`WarningBackend::save_rule`]; `rule` is its JSON, because a form cannot hold a tree.
#[server(prefix = "/fn", endpoint = "save_rule", output = Json)]
pub async fn save_rule(rule: String) -> Result<RuleSaved, BackendError> {
    let backend = backend();
    let answer = match serde_json::from_str(&rule) {
        Ok(rule) => backend.save_rule(rule).await,
        Err(_) => Err(BackendError::Malformed),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`WarningBackend::backtest`]; `rule` is its JSON.
#[server(prefix = "/fn", endpoint = "backtest", output = Json)]
pub async fn backtest_rule(rule: String, n_days: u32) -> Result<BacktestReport, BackendError> {
    let backend = backend();
    let answer = match serde_json::from_str(&rule) {
        Ok(rule) => backend.backtest(rule, n_days).await,
        Err(_) => Err(BackendError::Malformed),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`WarningBackend::heat`]
#[server(prefix = "/fn", endpoint = "heat", output = Json)]
pub async fn read_heat(since: u64) -> Result<HeatPage, BackendError> {
    let backend = backend();
    backend.heat(since).await.inspect_err(|error| backend.answer_with(error))
}

/// [`WarningBackend::heat_on`]
#[server(prefix = "/fn", endpoint = "heat_on", output = Json)]
pub async fn read_heat_on(day: String) -> Result<HeatPage, BackendError> {
    let backend = backend();
    let answer = match day.parse() {
        Ok(day) => backend.heat_on(day).await,
        Err(_) => Err(BackendError::Malformed),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}
