//! The routes: plain versioned JSON under `/api/v1/`, for phones, programs and the live feed.
//!
//! Each parses, asks, replies. Who may call them is decided before, by [`crate::access`].

pub mod accuracy;
pub mod audit;
pub mod board;
pub mod case;
pub mod device;
pub mod events;
pub mod footfall;
pub mod health;
pub mod live;
pub mod movement;
pub mod open;
pub mod order;
pub mod people;
pub mod push;
pub mod replenishment;
pub mod sign_in;
pub mod snapshot;
pub mod stock;
pub mod sync;
pub mod trace;
pub mod transfer;
pub mod warning;

use crate::error::ApiError;
use crate::state::AppState;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::routing::{get, post};
use domain::id::StoreCode;
use serde::de::DeserializeOwned;

/// What an ordinary body may have at most, for people: [`domain::sync::BATCH_BYTES_MAX`].
pub const BODY_MAX_TEXT: &str = "1 MiB";

/// Every route that is not a page's.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/v1/sign-in", post(sign_in::sign_in))
        .route("/api/v1/sign-out", post(sign_in::sign_out))
        .route("/api/v1/sign-out-everywhere", post(sign_in::sign_out_everywhere))
        .route("/api/v1/me", get(sign_in::me))
        .route("/api/v1/snapshot", get(snapshot::snapshot))
        .route("/api/v1/sync", post(sync::sync))
        .route("/api/v1/stock", get(stock::stock))
        .route("/api/v1/events", get(events::events))
        .route("/api/v1/board", get(board::chain))
        .route("/api/v1/board/{store}", get(board::store))
        .route("/api/v1/board/{store}/{shelf}", get(board::shelf))
        .route("/api/v1/sales", get(movement::sales))
        .route("/api/v1/movements", get(movement::fates))
        .route("/api/v1/approvals", get(movement::approvals))
        .route("/api/v1/purchase-orders", get(order::list).put(order::put))
        .route("/api/v1/accuracy.csv", get(accuracy::csv))
        .route("/api/v1/replenishment.csv", get(replenishment::csv))
        .route("/api/v1/live", get(live::live))
        .route("/api/v1/people", get(people::list))
        .route("/api/v1/people/{person}/disable", post(people::disable))
        .route("/api/v1/people/{person}/enable", post(people::enable))
        .route("/api/v1/people/{person}/contact", post(people::contact))
        .route("/api/v1/push/subscribe", post(push::subscribe))
        .route("/api/v1/push/unsubscribe", post(push::unsubscribe))
        .route("/api/v1/push/opened", post(push::opened))
        .route("/api/v1/trace", get(trace::search))
        .route("/api/v1/trace/stores", get(trace::search_across))
        .route("/api/v1/trace/suggest", get(trace::suggest))
        .route("/api/v1/cases", get(case::list))
        .route("/api/v1/warnings", get(warning::list))
        .route("/api/v1/footfall", post(footfall::report))
        .route("/api/v1/transfers", get(transfer::list))
        .route("/api/v1/transfers/{transfer}", get(transfer::one))
        .route("/api/v1/transfer-sources", get(transfer::sources))
        .route("/api/v1/credit", get(transfer::credit))
        .route("/api/v1/devices", get(device::list))
        .route("/api/v1/devices/{device}/bar", post(device::bar))
        .route("/api/v1/devices/{device}/admit", post(device::admit))
        .route("/api/v1/audit", get(audit::day))
        .route("/api/v1/proof", get(audit::proof))
        .route(open::PATH, get(open::open))
        .route("/healthz", get(health::is_alive))
        .route("/readyz", get(health::is_ready))
}

/// A JSON body; what cannot be read is told as [`ApiError`].
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = read_body(request, state, BODY_MAX_TEXT).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| ApiError::Malformed(error.to_string()))
    }
}

/// A body within the limits.
///
/// # Errors
/// [`ApiError::TooLarge`] beyond them, naming `most`.
pub async fn read_body<S: Send + Sync>(request: Request, state: &S, most: &'static str) -> Result<Bytes, ApiError> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            ApiError::TooLarge { most }
        } else {
            ApiError::Malformed(rejection.body_text())
        }
    })
}

/// The store in a path.
///
/// # Errors
/// [`ApiError::NotFound`] when no store can be called so.
pub fn store_code(text: &str) -> Result<StoreCode, ApiError> {
    StoreCode::parse(text).map_err(|_| ApiError::NotFound)
}
