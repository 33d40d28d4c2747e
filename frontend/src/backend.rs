//! What pages ask of the server.
//!
//! Pages call the server functions below. On the server their bodies hand over to the [`Backend`] found in the
//! context; in the browser they are requests to fixed addresses under `/fn/`, which installed apps keep calling:
//! never rename one.
//!
//! Writing to the ledger is not among them: phones send events to `/api/v1/sync`, so that a queue outlives a build.

mod answer;
mod message;
mod region_plan;
mod replenishment;
mod stocktake;
mod transfer;
mod warning;

pub use answer::{BackendError, Json};
pub use message::*;
pub use region_plan::*;
pub use replenishment::*;
pub use stocktake::*;
pub use transfer::*;
pub use warning::*;

use domain::approval::approves;
use domain::audit::DayAudit;
use domain::board::{ChainBoard, ShelfDetail, StorePlan};
use domain::case::{CaseCounts, CaseList, CasePage};
use domain::device::DevicePage;
use domain::event::Flag;
use domain::id::{DeviceId, EventId, PersonId, ShelfCode, SkuCode, StocktakeId, StoreCode};
use domain::instant::{Timestamp, ZoneOffset};
use domain::master::Name;
use domain::movement::Movement;
use domain::policy::{Role, Viewer};
use domain::stocktake::{LineRef, Stocktake};
use domain::trace::{Subject, Suggestion, TraceAcross, TraceAsk, TracePage, TraceStores};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
#[cfg(feature = "ssr")]
use std::sync::Arc;

/// What a backend's method gives: the answer, later.
pub type Reply<T> = Pin<Box<dyn Future<Output = Result<T, BackendError>> + Send>>;

/// What the server does for pages. Made for one request: it knows who asks.
///
/// Every method checks with [`domain::policy`] that the viewer may; pages only mirror what the policy says.
pub trait Backend:
    StocktakeBackend
    + MessageBackend
    + TransferBackend
    + WarningBackend
    + ReplenishmentBackend
    + RegionPlanBackend
    + Send
    + Sync
{
    /// Who is signed in, if anybody.
    fn viewer(&self) -> Option<Viewer>;

    /// What the viewer's store or region is called; `None` for the whole chain.
    fn place(&self) -> Option<Name>;

    /// Checks the password, starts a session and sets its cookie.
    fn sign_in(&self, login: String, password: String) -> Reply<Viewer>;

    /// Ends this session.
    fn sign_out(&self) -> Reply<()>;

    /// Ends every session of the viewer, on every device.
    fn sign_out_everywhere(&self) -> Reply<()>;

    /// What the viewer's own store has to do today; [`BackendError::NotFound`] for those who have no one store.
    fn workbench(&self) -> Reply<Workbench>;

    /// The stores the viewer may see.
    fn chain_board(&self) -> Reply<ChainBoard>;

    /// One store.
    fn store_plan(&self, store: StoreCode) -> Reply<StorePlan>;

    /// One shelf.
    fn shelf_detail(&self, store: StoreCode, shelf: ShelfCode) -> Reply<ShelfDetail>;

    /// Movements that await somebody's word in the viewer's scope.
    fn approvals(&self) -> Reply<Approvals>;

    /// How many of them the viewer may decide about.
    fn count_approvals(&self) -> Reply<u32>;

    /// A page of a search through a store's events.
    fn trace_page(&self, ask: TraceAsk) -> Reply<TracePage>;

    /// A page of a search through the events of all the viewer's stores.
    fn trace_across(&self, ask: TraceAsk) -> Reply<TraceAcross>;

    /// The viewer's stores in which something occurs.
    fn trace_stores(&self, subject: Option<Subject>) -> Reply<TraceStores>;

    /// What somebody may mean who typed this.
    fn suggestions(&self, store: StoreCode, typed: String) -> Reply<Vec<Suggestion>>;

    /// The same of somebody who looks into all their stores.
    fn suggestions_across(&self, typed: String) -> Reply<Vec<Suggestion>>;

    /// Alarms and how they stand.
    fn cases(&self, list: CaseList) -> Reply<CasePage>;

    /// How many cases each list has.
    fn case_counts(&self) -> Reply<CaseCounts>;

    /// The devices of the viewer's stores, or of one of them.
    fn devices(&self, store: Option<StoreCode>) -> Reply<DevicePage>;

    /// Bars a device, or lets it in again.
    fn admit_device(&self, id: DeviceId, bar: bool) -> Reply<()>;

    /// Whether a day of a store's ledger is what it was.
    fn audit_day(&self, store: StoreCode, day: String) -> Reply<DayAudit>;

    /// Makes the answer to this request send the browser to a path of our own.
    fn redirect(&self, path: &str);

    /// Makes the answer to this request set a cookie that pages may read, for a year.
    fn set_preference(&self, name: &'static str, value: &'static str);

    /// Gives the answer to this request the status of a page that cannot be shown.
    fn answer_with(&self, problem: &BackendError);
}

/// A store's day, as those who count in it may know it: no expected quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workbench {
    /// The server's clock.
    pub now: Timestamp,
    /// The store.
    pub store: StoreCode,
    /// As shown.
    pub store_name: Name,
    /// Its clocks.
    pub zone_offset: ZoneOffset,
    /// The stocktake that is open, or else the latest one.
    pub stocktake: Option<Stocktake>,
    /// The shelves to count: the viewer's own first, then in order.
    pub shelves: Vec<ShelfTask>,
    /// Lines that the viewer may count again.
    pub recounts: Vec<RecountRow>,
    /// Lines that somebody else must count again, because the viewer has counted them.
    pub n_recounts_for_others: u32,
}

/// A line to be counted again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecountRow {
    /// Of which stocktake.
    pub stocktake: StocktakeId,
    /// Which line.
    pub line: LineRef,
    /// What the item is called.
    pub name: String,
}

/// How far a shelf is counted in the workbench's stocktake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShelfTask {
    /// The shelf.
    pub shelf: ShelfCode,
    /// Lines to count.
    pub n_planned: u32,
    /// Lines counted, those that are not in the planogram included.
    pub n_counted: u32,
    /// Who is to count it, as shown.
    pub assigned: Option<String>,
    /// Whether that is the viewer.
    pub is_mine: bool,
    /// Who else is counting it just now, as shown.
    pub counting: Vec<String>,
    /// Whether it is reported complete.
    pub is_finished: bool,
}

/// Movements that await somebody's word, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approvals {
    /// The server's clock.
    pub now: Timestamp,
    /// The movements.
    pub awaiting: Vec<Awaiting>,
}

/// A movement that awaits somebody's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaiting {
    /// Its event, for the decision to cite.
    pub event: EventId,
    /// Where it happened.
    pub store: StoreCode,
    /// As shown.
    pub store_name: Name,
    /// The store's clocks.
    pub zone_offset: ZoneOffset,
    /// Who recorded it.
    pub person: PersonId,
    /// As shown.
    pub person_name: String,
    /// When it happened.
    pub at: Timestamp,
    /// The least role whose word it needs.
    pub needed: Role,
    /// Its pieces at shelf price, in minor units.
    pub value_minor: i64,
    /// What somebody should look into.
    pub flags: Vec<Flag>,
    /// What moved.
    pub movement: Movement,
    /// What its items are called.
    pub names: BTreeMap<SkuCode, String>,
}

impl Awaiting {
    /// Whether the viewer may decide about it: not about what they recorded themselves, and only up to their limit.
    #[must_use]
    pub fn may_be_decided_by(&self, viewer: &Viewer) -> bool {
        viewer.id != self.person && approves(viewer.role, self.needed)
    }
}

/// The backend of the request being answered.
///
/// # Panics
/// When the server has not put one into the context, which it does for every page and server function.
#[cfg(feature = "ssr")]
fn backend() -> Arc<dyn Backend> {
    expect_context::<Arc<dyn Backend>>()
}

/// Answers the sign-in form, with or without script: sends the browser on, or back with the reason in the address.
#[server(prefix = "/fn", endpoint = "sign_in", output = Json)]
pub async fn sign_in(login: String, password: String, next: Option<String>) -> Result<(), BackendError> {
    let backend = backend();
    let next = next.filter(|path| is_own_path(path));
    match backend.sign_in(login.trim().to_owned(), password).await {
        Ok(_) => backend.redirect(next.as_deref().unwrap_or("/")),
        Err(error) => {
            let mut query = format!("error={}", error.code());
            if let BackendError::TooManyAttempts { retry_after_s } = error {
                query.push_str(&format!("&retry_after_s={retry_after_s}"));
            }
            if let Some(next) = next {
                query.push_str(&format!("&next={}", escape_query(&next)));
            }
            backend.redirect(&format!("/sign-in?{query}"));
        }
    }
    Ok(())
}

/// Ends this session and shows the sign-in page.
#[server(prefix = "/fn", endpoint = "sign_out", output = Json)]
pub async fn sign_out() -> Result<(), BackendError> {
    let backend = backend();
    backend.sign_out().await?;
    backend.redirect("/sign-in");
    Ok(())
}

/// Ends the viewer's sessions on every device and shows the sign-in page.
#[server(prefix = "/fn", endpoint = "sign_out_everywhere", output = Json)]
pub async fn sign_out_everywhere() -> Result<(), BackendError> {
    let backend = backend();
    backend.sign_out_everywhere().await?;
    backend.redirect("/sign-in");
    Ok(())
}

/// Remembers a language, a theme or a hand in a cookie and goes back; for browsers without script.
#[server(prefix = "/fn", endpoint = "prefer", output = Json)]
pub async fn prefer(
    lang: Option<String>,
    theme: Option<String>,
    hand: Option<String>,
    back: String,
) -> Result<(), BackendError> {
    use crate::preference::{Hand, Theme};
    use crate::text::Language;
    let backend = backend();
    if let Some(language) = lang {
        backend.set_preference("lang", Language::from_code(&language).code());
    }
    if let Some(theme) = theme {
        backend.set_preference("theme", Theme::from_code(&theme).code());
    }
    if let Some(hand) = hand {
        backend.set_preference("hand", Hand::from_code(&hand).code());
    }
    backend.redirect(if is_own_path(&back) { &back } else { "/" });
    Ok(())
}

/// [`Backend::workbench`]
#[server(prefix = "/fn", endpoint = "workbench", output = Json)]
pub async fn read_workbench() -> Result<Workbench, BackendError> {
    let backend = backend();
    backend.workbench().await.inspect_err(|error| backend.answer_with(error))
}

/// [`Backend::chain_board`]
#[server(prefix = "/fn", endpoint = "chain_board", output = Json)]
pub async fn read_chain_board() -> Result<ChainBoard, BackendError> {
    let backend = backend();
    backend.chain_board().await.inspect_err(|error| backend.answer_with(error))
}

/// [`Backend::store_plan`]
#[server(prefix = "/fn", endpoint = "store_plan", output = Json)]
pub async fn read_store_plan(store: String) -> Result<StorePlan, BackendError> {
    let backend = backend();
    let answer = match StoreCode::parse(&store) {
        Ok(store) => backend.store_plan(store).await,
        Err(_) => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`Backend::shelf_detail`]
#[server(prefix = "/fn", endpoint = "shelf_detail", output = Json)]
pub async fn read_shelf_detail(store: String, shelf: String) -> Result<ShelfDetail, BackendError> {
    let backend = backend();
    let answer = match (StoreCode::parse(&store), ShelfCode::parse(&shelf)) {
        (Ok(store), Ok(shelf)) => backend.shelf_detail(store, shelf).await,
        _ => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`Backend::approvals`]
#[server(prefix = "/fn", endpoint = "approvals", output = Json)]
pub async fn read_approvals() -> Result<Approvals, BackendError> {
    let backend = backend();
    backend.approvals().await.inspect_err(|error| backend.answer_with(error))
}

/// [`Backend::count_approvals`]
#[server(prefix = "/fn", endpoint = "count_approvals", output = Json)]
pub async fn count_approvals() -> Result<u32, BackendError> {
    let backend = backend();
    backend.count_approvals().await.inspect_err(|error| backend.answer_with(error))
}

/// [`Backend::trace_page`]
#[server(prefix = "/fn", endpoint = "trace_page", output = Json)]
pub async fn read_trace_page(ask: TraceAsk) -> Result<TracePage, BackendError> {
    let backend = backend();
    backend.trace_page(ask).await.inspect_err(|error| backend.answer_with(error))
}

/// [`Backend::trace_across`]
#[server(prefix = "/fn", endpoint = "trace_across", output = Json)]
pub async fn read_trace_across(ask: TraceAsk) -> Result<TraceAcross, BackendError> {
    let backend = backend();
    backend.trace_across(ask).await.inspect_err(|error| backend.answer_with(error))
}

/// [`Backend::trace_stores`]
#[server(prefix = "/fn", endpoint = "trace_stores", output = Json)]
pub async fn read_trace_stores(subject: Option<String>, key: Option<String>) -> Result<TraceStores, BackendError> {
    let backend = backend();
    let subject = match (subject, key) {
        (Some(kind), Some(key)) => match Subject::parse(&kind, &key) {
            Some(subject) => Ok(Some(subject)),
            None => Err(BackendError::NotFound),
        },
        _ => Ok(None),
    };
    let answer = match subject {
        Ok(subject) => backend.trace_stores(subject).await,
        Err(error) => Err(error),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`Backend::suggestions`]
#[server(prefix = "/fn", endpoint = "suggestions", output = Json)]
pub async fn read_suggestions(store: String, typed: Option<String>) -> Result<Vec<Suggestion>, BackendError> {
    let backend = backend();
    let answer = match StoreCode::parse(&store) {
        Ok(store) => backend.suggestions(store, typed.unwrap_or_default()).await,
        Err(_) => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`Backend::suggestions_across`]
#[server(prefix = "/fn", endpoint = "suggestions_across", output = Json)]
pub async fn read_suggestions_across(typed: Option<String>) -> Result<Vec<Suggestion>, BackendError> {
    let backend = backend();
    backend.suggestions_across(typed.unwrap_or_default()).await.inspect_err(|error| backend.answer_with(error))
}

/// [`Backend::cases`]
#[server(prefix = "/fn", endpoint = "cases", output = Json)]
pub async fn read_cases(list: Option<String>) -> Result<CasePage, BackendError> {
    let backend = backend();
    let list = CaseList::from_code(list.as_deref().unwrap_or_default());
    backend.cases(list).await.inspect_err(|error| backend.answer_with(error))
}

/// [`Backend::case_counts`]
#[server(prefix = "/fn", endpoint = "case_counts", output = Json)]
pub async fn read_case_counts() -> Result<CaseCounts, BackendError> {
    let backend = backend();
    backend.case_counts().await.inspect_err(|error| backend.answer_with(error))
}

/// [`Backend::devices`]
#[server(prefix = "/fn", endpoint = "devices", output = Json)]
pub async fn read_devices(store: Option<String>) -> Result<DevicePage, BackendError> {
    let backend = backend();
    let answer = match store.filter(|text| !text.is_empty()).map(|text| StoreCode::parse(&text)).transpose() {
        Ok(store) => backend.devices(store).await,
        Err(_) => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`Backend::admit_device`]; `admission` is `bar` or `admit`.
#[server(prefix = "/fn", endpoint = "admit_device", output = Json)]
pub async fn admit_device(device: String, admission: String) -> Result<(), BackendError> {
    let backend = backend();
    let answer = match (DeviceId::parse(&device), admission.as_str()) {
        (Ok(device), "bar" | "admit") => backend.admit_device(device, admission == "bar").await,
        _ => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// [`Backend::audit_day`]
#[server(prefix = "/fn", endpoint = "audit_day", output = Json)]
pub async fn read_audit_day(store: String, day: String) -> Result<DayAudit, BackendError> {
    let backend = backend();
    let answer = match StoreCode::parse(&store) {
        Ok(store) => backend.audit_day(store, day).await,
        Err(_) => Err(BackendError::NotFound),
    };
    answer.inspect_err(|error| backend.answer_with(error))
}

/// Whether a path given by the browser leads into our own pages: `//elsewhere` and `/\elsewhere` do not.
#[cfg(any(feature = "ssr", test))]
fn is_own_path(path: &str) -> bool {
    let mut bytes = path.bytes();
    bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// The sign-in page that leads back to a path of our own, query included.
#[must_use]
pub fn sign_in_path(back: &str) -> String {
    format!("/sign-in?next={}", escape_query(back))
}

/// A text as the value of a query's field.
pub(crate) fn escape_query(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~') {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// Any text as one segment of a path.
#[must_use]
pub fn escape_segment(text: &str) -> String {
    escape_query(text).replace('/', "%2F")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_our_own_are_gone_back_to() {
        for own in ["/", "/board", "/board/S001?layer=variance"] {
            assert!(is_own_path(own), "{own}");
        }
        for foreign in ["", "board", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb"] {
            assert!(!is_own_path(foreign), "{foreign}");
        }
    }

    #[test]
    fn a_path_survives_a_query() {
        assert_eq!(escape_query("/board?region=R1"), "/board%3Fregion%3DR1");
        assert_eq!(escape_segment("单/7"), "%E5%8D%95%2F7");
    }
}
