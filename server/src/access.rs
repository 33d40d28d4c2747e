//! Who may call what: one table for every page, route and server function. What is not in it is refused.

use crate::auth::cookie::{self, Transport};
use crate::auth::origin;
use crate::auth::session::SignedIn;
use crate::error::ApiError;
use crate::route::{self, BODY_MAX_TEXT};
use crate::state::AppState;
use crate::{carriage, message, photo};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::id::StoreCode;
use domain::photo::PHOTO_BYTES_MAX;
use domain::policy::{Action, Scope, Target, Viewer, may};
use domain::sync::BATCH_BYTES_MAX;
use frontend::backend::sign_in_path;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Who may use an entrance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Everybody.
    Public,
    /// Programs elsewhere that sign what they send; the route verifies it.
    Signed,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever may do this, on that.
    May(Action, On),
    /// Whoever may do one of these, on that.
    MayAny(&'static [Action], On),
}

/// What an entrance's action is done on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// The store named in the path as `{store}`.
    StoreInPath,
    /// The store named in the query as `store`; a store's own people need not name it.
    StoreInQuery,
    /// The store a server function is given: its body calls [`check_function`].
    StoreArgument,
    /// The viewer's own scope: what is shown is filtered store by store.
    OwnScope,
    /// The whole chain.
    Chain,
}

/// One entrance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entrance {
    /// The method; HEAD counts as GET.
    pub method: Method,
    /// The path as the router matches it.
    pub path: &'static str,
    /// Who may.
    pub policy: Policy,
}

const fn entrance(method: Method, path: &'static str, policy: Policy) -> Entrance {
    Entrance { method, path, policy }
}

/// What people record, one way or the other.
const RECORDING: &[Action] = &[Action::Count, Action::RecordMovement];

/// What a store waits for: whoever receives it, and whoever sees its stock.
const ORDERS_SEEN_BY: &[Action] = &[Action::MoveStock, Action::SeeStock];

/// The table. Pages are public because they show a sign-in form or what their server functions give.
pub const TABLE: &[Entrance] = &[
    // Pages.
    entrance(Method::GET, "/", Policy::Public),
    entrance(Method::GET, "/sign-in", Policy::Public),
    entrance(Method::GET, "/count", Policy::Public),
    entrance(Method::GET, "/move/{kind}", Policy::Public),
    entrance(Method::GET, "/moves", Policy::Public),
    entrance(Method::GET, "/approvals", Policy::Public),
    entrance(Method::GET, "/board", Policy::Public),
    entrance(Method::GET, "/board/{store}", Policy::Public),
    entrance(Method::GET, "/board/{store}/{shelf}", Policy::Public),
    entrance(Method::GET, "/trace", Policy::Public),
    entrance(Method::GET, "/trace/{subject}/{key}", Policy::Public),
    entrance(Method::GET, "/cases", Policy::Public),
    entrance(Method::GET, "/devices", Policy::Public),
    entrance(Method::GET, "/audit", Policy::Public),
    entrance(Method::GET, "/proof", Policy::Public),
    entrance(Method::GET, "/stocktakes", Policy::Public),
    entrance(Method::GET, "/stocktakes/{store}", Policy::Public),
    entrance(Method::GET, "/stocktakes/{store}/new", Policy::Public),
    entrance(Method::GET, "/stocktakes/{store}/{stocktake}", Policy::Public),
    entrance(Method::GET, "/stocktakes/{store}/{stocktake}/key-in", Policy::Public),
    entrance(Method::GET, "/accuracy", Policy::Public),
    entrance(Method::GET, "/warnings", Policy::Public),
    entrance(Method::GET, "/replenishment", Policy::Public),
    entrance(Method::GET, "/rules", Policy::Public),
    entrance(Method::GET, "/rules/{rule}", Policy::Public),
    entrance(Method::GET, "/transfers", Policy::Public),
    entrance(Method::GET, "/transfers/new", Policy::Public),
    entrance(Method::GET, "/transfers/plan", Policy::Public),
    entrance(Method::GET, "/transfers/scan", Policy::Public),
    entrance(Method::GET, "/transfers/{transfer}", Policy::Public),
    entrance(Method::GET, "/transfers/{transfer}/scan", Policy::Public),
    entrance(Method::GET, "/credit", Policy::Public),
    entrance(Method::GET, "/more", Policy::Public),
    entrance(Method::GET, "/inbox", Policy::Public),
    entrance(Method::GET, "/deliveries", Policy::Public),
    entrance(Method::GET, "/account", Policy::Public),
    entrance(Method::GET, "/offline-shell", Policy::Public),
    // Server functions of the pages.
    entrance(Method::POST, "/fn/sign_in", Policy::Public),
    entrance(Method::POST, "/fn/sign_out", Policy::Public),
    entrance(Method::POST, "/fn/sign_out_everywhere", Policy::SignedIn),
    entrance(Method::POST, "/fn/prefer", Policy::Public),
    entrance(Method::POST, "/fn/workbench", Policy::May(Action::Count, On::OwnScope)),
    entrance(Method::POST, "/fn/chain_board", Policy::May(Action::SeeBoard, On::OwnScope)),
    entrance(Method::POST, "/fn/store_plan", Policy::May(Action::SeeBoard, On::StoreArgument)),
    entrance(Method::POST, "/fn/shelf_detail", Policy::May(Action::SeeStock, On::StoreArgument)),
    entrance(Method::POST, "/fn/approvals", Policy::May(Action::Approve, On::OwnScope)),
    entrance(Method::POST, "/fn/count_approvals", Policy::May(Action::Approve, On::OwnScope)),
    entrance(Method::POST, "/fn/trace_page", Policy::May(Action::SeeTrace, On::StoreArgument)),
    entrance(Method::POST, "/fn/trace_across", Policy::May(Action::SeeTrace, On::OwnScope)),
    entrance(Method::POST, "/fn/trace_stores", Policy::May(Action::SeeTrace, On::OwnScope)),
    entrance(Method::POST, "/fn/suggestions", Policy::May(Action::SeeTrace, On::StoreArgument)),
    entrance(Method::POST, "/fn/suggestions_across", Policy::May(Action::SeeTrace, On::OwnScope)),
    entrance(Method::POST, "/fn/cases", Policy::May(Action::FollowUp, On::OwnScope)),
    entrance(Method::POST, "/fn/case_counts", Policy::May(Action::FollowUp, On::OwnScope)),
    entrance(Method::POST, "/fn/devices", Policy::May(Action::SeeTrace, On::OwnScope)),
    entrance(Method::POST, "/fn/admit_device", Policy::May(Action::ManageDevices, On::OwnScope)),
    entrance(Method::POST, "/fn/audit_day", Policy::May(Action::SeeTrace, On::StoreArgument)),
    entrance(Method::POST, "/fn/stocktakes", Policy::May(Action::SeeStock, On::StoreArgument)),
    entrance(Method::POST, "/fn/stocktake", Policy::May(Action::SeeStock, On::StoreArgument)),
    entrance(Method::POST, "/fn/review_page", Policy::May(Action::SeeStock, On::StoreArgument)),
    entrance(Method::POST, "/fn/plan_options", Policy::May(Action::RunStocktake, On::StoreArgument)),
    entrance(Method::POST, "/fn/plan_draft", Policy::May(Action::RunStocktake, On::StoreArgument)),
    entrance(Method::POST, "/fn/count_sheet", Policy::May(Action::Count, On::StoreArgument)),
    entrance(Method::POST, "/fn/accuracy", Policy::May(Action::SeeStock, On::OwnScope)),
    entrance(Method::POST, "/fn/warnings", Policy::May(Action::SeeStock, On::OwnScope)),
    entrance(Method::POST, "/fn/warning_count", Policy::May(Action::SeeStock, On::OwnScope)),
    entrance(Method::POST, "/fn/take_warning", Policy::May(Action::AnswerWarnings, On::StoreArgument)),
    entrance(Method::POST, "/fn/close_warning", Policy::May(Action::AnswerWarnings, On::StoreArgument)),
    entrance(Method::POST, "/fn/warning_deeds", Policy::May(Action::AnswerWarnings, On::StoreArgument)),
    entrance(Method::POST, "/fn/replenishment", Policy::May(Action::SeeStock, On::OwnScope)),
    entrance(Method::POST, "/fn/order_goods", Policy::May(Action::Replenish, On::StoreArgument)),
    entrance(Method::POST, "/fn/override_stock", Policy::May(Action::Replenish, On::StoreArgument)),
    // Which region is checked again: see `crate::region_plan`.
    entrance(Method::POST, "/fn/region_plan", Policy::May(Action::PlanRegion, On::OwnScope)),
    entrance(Method::POST, "/fn/start_region_plan", Policy::May(Action::PlanRegion, On::OwnScope)),
    entrance(Method::POST, "/fn/stop_region_plan", Policy::May(Action::PlanRegion, On::OwnScope)),
    entrance(Method::POST, "/fn/request_region_plan", Policy::May(Action::PlanRegion, On::OwnScope)),
    entrance(Method::POST, "/fn/rules", Policy::May(Action::SeeStock, On::OwnScope)),
    entrance(Method::POST, "/fn/save_rule", Policy::May(Action::EditRules, On::Chain)),
    entrance(Method::POST, "/fn/backtest", Policy::May(Action::EditRules, On::Chain)),
    entrance(Method::POST, "/fn/heat", Policy::May(Action::SeeStock, On::OwnScope)),
    entrance(Method::POST, "/fn/heat_on", Policy::May(Action::SeeStock, On::OwnScope)),
    entrance(Method::POST, "/fn/transfers", Policy::MayAny(ORDERS_SEEN_BY, On::OwnScope)),
    // Shown to whoever may see one of its stores: see `crate::transfer`.
    entrance(Method::POST, "/fn/transfer", Policy::SignedIn),
    entrance(Method::POST, "/fn/transfer_sources", Policy::May(Action::RunTransfers, On::StoreArgument)),
    entrance(Method::POST, "/fn/confirmation_pace", Policy::May(Action::SeeStock, On::OwnScope)),
    entrance(Method::POST, "/fn/credit", Policy::May(Action::SeeStock, On::StoreArgument)),
    entrance(Method::POST, "/fn/credits", Policy::May(Action::SeeStock, On::OwnScope)),
    entrance(Method::POST, "/fn/inbox", Policy::SignedIn),
    entrance(Method::POST, "/fn/count_unread", Policy::SignedIn),
    // What it asks is judged by the ledger: see `message::decide`.
    entrance(Method::POST, "/fn/answer_message", Policy::SignedIn),
    entrance(Method::POST, "/fn/telling", Policy::SignedIn),
    entrance(Method::POST, "/fn/choose_telling", Policy::SignedIn),
    // Their own address: see `read::mail`.
    entrance(Method::POST, "/fn/give_address", Policy::SignedIn),
    entrance(Method::POST, "/fn/confirm_address", Policy::SignedIn),
    entrance(Method::POST, "/fn/forget_address", Policy::SignedIn),
    entrance(Method::POST, "/fn/robots", Policy::May(Action::ManagePeople, On::Chain)),
    entrance(Method::POST, "/fn/set_robot", Policy::May(Action::ManagePeople, On::Chain)),
    entrance(Method::POST, "/fn/forget_robot", Policy::May(Action::ManagePeople, On::Chain)),
    entrance(Method::POST, "/fn/delivery_log", Policy::May(Action::ManagePeople, On::Chain)),
    // The API.
    entrance(Method::POST, "/api/v1/sign-in", Policy::Public),
    entrance(Method::POST, "/api/v1/sign-out", Policy::Public),
    entrance(Method::POST, "/api/v1/sign-out-everywhere", Policy::SignedIn),
    entrance(Method::GET, "/api/v1/me", Policy::SignedIn),
    entrance(Method::GET, "/api/v1/snapshot", Policy::May(Action::Count, On::StoreInQuery)),
    // Each event is judged by itself: see `domain::accept`.
    entrance(Method::POST, "/api/v1/sync", Policy::SignedIn),
    // Evidence of what is recorded: whoever may record anything in the store may add to it.
    entrance(Method::PUT, photo::route::PATH, Policy::MayAny(RECORDING, On::StoreInQuery)),
    // Shown to whoever took it, and to those who may see the traces of its store: see `photo::route`.
    entrance(Method::GET, photo::route::PATH, Policy::SignedIn),
    entrance(Method::GET, "/api/v1/sales", Policy::May(Action::MoveStock, On::StoreInQuery)),
    entrance(Method::GET, "/api/v1/movements", Policy::May(Action::MoveStock, On::StoreInQuery)),
    entrance(Method::GET, "/api/v1/approvals", Policy::May(Action::Approve, On::OwnScope)),
    entrance(Method::GET, "/api/v1/purchase-orders", Policy::MayAny(ORDERS_SEEN_BY, On::StoreInQuery)),
    entrance(Method::PUT, "/api/v1/purchase-orders", Policy::May(Action::OrderGoods, On::Chain)),
    entrance(Method::GET, "/api/v1/stock", Policy::May(Action::SeeStock, On::StoreInQuery)),
    entrance(Method::GET, "/api/v1/events", Policy::May(Action::SeeTrace, On::StoreInQuery)),
    entrance(Method::GET, "/api/v1/trace", Policy::May(Action::SeeTrace, On::StoreInQuery)),
    entrance(Method::GET, "/api/v1/trace/stores", Policy::May(Action::SeeTrace, On::OwnScope)),
    entrance(Method::GET, "/api/v1/trace/suggest", Policy::May(Action::SeeTrace, On::StoreInQuery)),
    entrance(Method::GET, "/api/v1/cases", Policy::May(Action::FollowUp, On::OwnScope)),
    entrance(Method::GET, "/api/v1/warnings", Policy::May(Action::SeeStock, On::OwnScope)),
    // Each minute's store is checked by itself: see `crate::footfall`.
    entrance(Method::POST, "/api/v1/footfall", Policy::May(Action::RecordMovement, On::OwnScope)),
    // Filtered, and checked again, by the device's store: see `crate::device`.
    entrance(Method::GET, "/api/v1/devices", Policy::May(Action::SeeTrace, On::OwnScope)),
    entrance(Method::POST, "/api/v1/devices/{device}/bar", Policy::May(Action::ManageDevices, On::OwnScope)),
    entrance(Method::POST, "/api/v1/devices/{device}/admit", Policy::May(Action::ManageDevices, On::OwnScope)),
    entrance(Method::GET, "/api/v1/audit", Policy::May(Action::SeeTrace, On::StoreInQuery)),
    entrance(Method::GET, "/api/v1/proof", Policy::May(Action::SeeTrace, On::StoreInQuery)),
    entrance(Method::GET, "/api/v1/board", Policy::May(Action::SeeBoard, On::OwnScope)),
    entrance(Method::GET, "/api/v1/board/{store}", Policy::May(Action::SeeBoard, On::StoreInPath)),
    entrance(Method::GET, "/api/v1/board/{store}/{shelf}", Policy::May(Action::SeeStock, On::StoreInPath)),
    entrance(Method::GET, "/api/v1/transfers", Policy::MayAny(ORDERS_SEEN_BY, On::OwnScope)),
    // Shown to whoever may see one of its stores: see `crate::transfer`.
    entrance(Method::GET, "/api/v1/transfers/{transfer}", Policy::SignedIn),
    entrance(Method::GET, "/api/v1/transfer-sources", Policy::May(Action::RunTransfers, On::StoreInQuery)),
    entrance(Method::GET, "/api/v1/credit", Policy::May(Action::SeeStock, On::StoreInQuery)),
    entrance(Method::GET, "/api/v1/replenishment.csv", Policy::May(Action::SeeStock, On::OwnScope)),
    entrance(Method::GET, "/api/v1/accuracy.csv", Policy::May(Action::SeeStock, On::OwnScope)),
    entrance(Method::GET, message::route::WECOM_PATH, Policy::Signed),
    entrance(Method::POST, carriage::STATUS_PATH, Policy::Signed),
    entrance(Method::POST, message::route::WECOM_PATH, Policy::Signed),
    // The viewer's own browsers and messages: see `route::push`.
    entrance(Method::POST, "/api/v1/push/subscribe", Policy::SignedIn),
    entrance(Method::POST, "/api/v1/push/unsubscribe", Policy::SignedIn),
    entrance(Method::POST, "/api/v1/push/opened", Policy::SignedIn),
    entrance(Method::GET, "/api/v1/live", Policy::May(Action::SeeBoard, On::OwnScope)),
    entrance(Method::GET, "/api/v1/people", Policy::May(Action::ManagePeople, On::Chain)),
    entrance(Method::POST, "/api/v1/people/{person}/disable", Policy::May(Action::ManagePeople, On::Chain)),
    entrance(Method::POST, "/api/v1/people/{person}/enable", Policy::May(Action::ManagePeople, On::Chain)),
    entrance(Method::POST, "/api/v1/people/{person}/contact", Policy::May(Action::ManagePeople, On::Chain)),
    // Links in messages. Only whom a message was sent to gets to it: see `route::open`.
    entrance(Method::GET, route::open::PATH, Policy::SignedIn),
    // Sheets to print.
    entrance(Method::GET, "/print/shelves/{store}", Policy::May(Action::PrintLabels, On::StoreInPath)),
    entrance(Method::GET, "/print/products/{store}", Policy::May(Action::PrintLabels, On::StoreInPath)),
    entrance(Method::GET, "/print/count-sheet/{store}/{stocktake}", Policy::May(Action::PrintLabels, On::StoreInPath)),
    entrance(Method::GET, "/print/waybill/{transfer}", Policy::SignedIn),
    entrance(Method::GET, "/print/sheet.css", Policy::Public),
    // Whoever has a driver's link may see its waybill: the route verifies the link. See `crate::carriage`.
    entrance(Method::GET, carriage::LINK_PATH, Policy::Public),
    entrance(Method::POST, carriage::LINK_PATH, Policy::Public),
    // For whoever watches over the server.
    entrance(Method::GET, "/healthz", Policy::Public),
    entrance(Method::GET, "/readyz", Policy::Public),
];

/// The policy of an entrance; `None` is refused.
#[must_use]
pub fn policy_of(method: &Method, path: &str) -> Option<Policy> {
    let method = if *method == Method::HEAD { &Method::GET } else { method };
    TABLE.iter().find(|entrance| entrance.method == method && entrance.path == path).map(|entrance| entrance.policy)
}

/// Who asks, and from where; every request has one in its extensions.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Who is signed in.
    pub signed_in: Option<SignedIn>,
    /// The address the connection comes from.
    pub address: IpAddr,
    /// How the browser reaches us.
    pub transport: Transport,
}

impl Asker {
    /// Who is signed in.
    ///
    /// # Errors
    /// When nobody is.
    pub fn viewer(&self) -> Result<&Viewer, ApiError> {
        self.signed_in.as_ref().map(|signed_in| &signed_in.viewer).ok_or(ApiError::SignInNeeded)
    }
}

/// Stands before every route: refuses writes from other sites, finds out who asks, and applies the table.
pub async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match admit(&state, &parts).await {
        Ok(asker) => {
            let transport = asker.transport;
            parts.extensions.insert(asker);
            let mut response = next.run(Request::from_parts(parts, body)).await;
            response.extensions_mut().insert(transport);
            response
        }
        Err(ApiError::SignInNeeded) if is_sheet(&parts) => {
            let here = parts.uri.path_and_query().map_or("/", |path| path.as_str());
            Redirect::to(&sign_in_path(here)).into_response()
        }
        Err(error) => error.into_response(),
    }
}

/// Whether a person waits for a page that is no page of the app's: its other entrances answer programs.
fn is_sheet(request: &Parts) -> bool {
    let path = request.uri.path();
    request.method.is_safe() && (path.starts_with("/print/") || path.starts_with("/open/"))
}

async fn admit(state: &AppState, request: &Parts) -> Result<Asker, ApiError> {
    let (method, uri, headers) = (&request.method, &request.uri, &request.headers);
    let matched = request.extensions.get::<MatchedPath>().map(MatchedPath::as_str);
    let policy = match matched {
        Some(matched) => policy_of(method, matched),
        // Nothing matched: a static file, or the page that says there is none.
        None => (method.is_safe()).then_some(Policy::Public),
    };
    let is_own = origin::is_own(method, uri, headers, state.config.public_origin.as_deref());
    if !is_own && policy != Some(Policy::Signed) {
        return Err(ApiError::ForeignOrigin);
    }
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let (bytes_max, most) = match matched {
        Some(photo::route::PATH) => (PHOTO_BYTES_MAX, photo::route::BYTES_MAX_TEXT),
        _ => (BATCH_BYTES_MAX, BODY_MAX_TEXT),
    };
    if length.is_some_and(|length| length > bytes_max) {
        return Err(ApiError::TooLarge { most });
    }
    let listener = request.extensions.get::<Transport>().copied().unwrap_or(Transport::Http);
    let transport = if state.config.is_behind_https() { Transport::Https } else { listener };
    let address = match request.extensions.get::<ConnectInfo<SocketAddr>>() {
        Some(ConnectInfo(address)) => address.ip(),
        None => IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    let signed_in = match cookie::read(headers, transport) {
        Some(token) => state.sign_in.check(&token).await?,
        None => None,
    };
    let asker = Asker { signed_in, address, transport };
    match policy.ok_or(ApiError::NotFound)? {
        Policy::Public | Policy::Signed => {}
        Policy::SignedIn => {
            asker.viewer()?;
        }
        Policy::May(action, on) => check(state, asker.viewer()?, action, on, request)?,
        Policy::MayAny(actions, on) => check_any(state, asker.viewer()?, actions, on, request)?,
    }
    Ok(asker)
}

/// Passes when one of the actions does; otherwise says why the last does not.
fn check_any(state: &AppState, viewer: &Viewer, actions: &[Action], on: On, request: &Parts) -> Result<(), ApiError> {
    let mut refused = Err(ApiError::Forbidden);
    for action in actions {
        refused = check(state, viewer, *action, on, request);
        if refused.is_ok() {
            break;
        }
    }
    refused
}

fn check(state: &AppState, viewer: &Viewer, action: Action, on: On, request: &Parts) -> Result<(), ApiError> {
    match on {
        On::OwnScope => allow(viewer, action, Target::OwnScope),
        On::Chain => allow(viewer, action, Target::Chain),
        // The argument is in the body: here only the role is checked, in the function's body the store.
        On::StoreArgument => allow(viewer, action, Target::OwnScope),
        On::StoreInPath => {
            let matched = request.extensions.get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
            let text = store_in_path(matched, request.uri.path()).unwrap_or_default();
            check_store(state, viewer, action, &parse_store(text)?)
        }
        On::StoreInQuery => {
            let store = store_in_query(viewer, request.uri.query())?;
            check_store(state, viewer, action, &store)
        }
    }
}

/// The segment of a path that stands where the route has `{store}`.
fn store_in_path<'a>(route: &str, path: &'a str) -> Option<&'a str> {
    let at = route.split('/').position(|segment| segment == "{store}")?;
    path.split('/').nth(at)
}

fn allow(viewer: &Viewer, action: Action, target: Target<'_>) -> Result<(), ApiError> {
    if may(viewer, action, target) { Ok(()) } else { Err(ApiError::Forbidden) }
}

fn parse_store(text: &str) -> Result<StoreCode, ApiError> {
    StoreCode::parse(text).map_err(|error| ApiError::Malformed(error.to_string()))
}

/// The store a query names, or the viewer's own.
///
/// # Errors
/// When none is named and the viewer has no one store, or the name is not one.
pub fn store_in_query(viewer: &Viewer, query: Option<&str>) -> Result<StoreCode, ApiError> {
    let named = query.unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("store="));
    match (named, &viewer.scope) {
        (Some(text), _) => parse_store(text),
        (None, Scope::Store(own)) => Ok(own.clone()),
        (None, _) => Err(ApiError::Malformed("name a store: ?store=S001".to_owned())),
    }
}

/// Whether the viewer may do this in the store.
///
/// # Errors
/// [`ApiError::Forbidden`] when not; [`ApiError::NotFound`] for an unknown store, to those who may see all of them.
pub fn check_store(state: &AppState, viewer: &Viewer, action: Action, store: &StoreCode) -> Result<(), ApiError> {
    match state.region_of(store) {
        Some(region) => allow(viewer, action, Target::Store(store, &region)),
        None => allow(viewer, action, Target::Chain).and(Err(ApiError::NotFound)),
    }
}

/// What the table says about the server function at `path`, on the store it was given.
///
/// # Errors
/// When the viewer may not, or the function is not in the table.
pub fn check_function(
    state: &AppState,
    viewer: Option<&Viewer>,
    path: &str,
    store: Option<&StoreCode>,
) -> Result<(), ApiError> {
    let check = |action, on| {
        let viewer = viewer.ok_or(ApiError::SignInNeeded)?;
        match (on, store) {
            (On::StoreArgument, Some(store)) => check_store(state, viewer, action, store),
            (On::OwnScope, None) => allow(viewer, action, Target::OwnScope),
            (On::Chain, None) => allow(viewer, action, Target::Chain),
            _ => Err(ApiError::Forbidden),
        }
    };
    match policy_of(&Method::POST, path).ok_or(ApiError::Forbidden)? {
        Policy::Public => Ok(()),
        Policy::SignedIn => viewer.map(|_| ()).ok_or(ApiError::SignInNeeded),
        Policy::May(action, on) => check(action, on),
        // Passes when one of the actions does; otherwise says why the last does not.
        Policy::MayAny(actions, on) => {
            actions.iter().fold(Err(ApiError::Forbidden), |before, action| before.or_else(|_| check(*action, on)))
        }
        // No server function is called by a program that signs.
        Policy::Signed => Err(ApiError::Forbidden),
    }
}

/// Entrances the program has but the table does not: pages and server functions register themselves.
#[must_use]
pub fn undeclared<'a>(entrances: impl IntoIterator<Item = (Method, &'a str)>) -> Vec<String> {
    entrances
        .into_iter()
        .filter(|(method, path)| policy_of(method, path).is_none())
        .map(|(method, path)| format!("{method} {path}"))
        .collect()
}

#[cfg(test)]
mod tests;
