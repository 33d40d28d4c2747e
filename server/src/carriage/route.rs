//! What carriers report and what drivers see. Both are public entrances: a carrier's request is signed, a driver's link
//! is the key.

use super::{link, page};
use crate::error::ApiError;
use crate::state::AppState;
use crate::transfer::named;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Form, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::accept::TEXT_MAX_CHARS;
use domain::instant::Timestamp;
use domain::transfer::{CarriageReport, CarriageStatus, Phase, Step, StepKind, Transfer, TransferId};
use frontend::shell::cookie;
use frontend::text::Language;
use serde::Deserialize;

/// Where a carrier's statuses come in, signed like a webhook of ours.
pub const STATUS_PATH: &str = "/api/v1/carriers/{carrier}/status";
/// The driver's page.
pub const LINK_PATH: &str = "/carry/{link}";
/// What a carrier may send at once, in bytes.
const BYTES_MAX: usize = 16 * 1024;

/// The routes.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route(STATUS_PATH, post(take))
        .route(LINK_PATH, get(show).post(say))
        .layer(DefaultBodyLimit::max(BYTES_MAX))
}

/// A status, as a carrier tells it.
#[derive(Debug, Deserialize)]
struct Told {
    transfer: TransferId,
    status: CarriageStatus,
    /// Since when; now where it is not said.
    at: Option<Timestamp>,
    note: Option<String>,
}

/// Takes a status. Late, twice and out of order is harmless; whoever cannot sign learns nothing.
async fn take(
    State(state): State<AppState>,
    Path(code): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Response> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let [id, at, signature] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(text);
    let (carriers, now) = (&state.messages.carriers, state.clock.now());
    let carrier = carriers.get(&code).filter(|carrier| carrier.key.verifies(id, at, signature, &body, now));
    if carrier.is_none() {
        return Err(StatusCode::FORBIDDEN.into_response());
    }
    let refused = |error: ApiError| error.into_response();
    let told: Told = serde_json::from_slice(&body).map_err(|error| refused(ApiError::Malformed(error.to_string())))?;
    let transfer = transfer_of(&state, told.transfer).await.map_err(refused)?;
    // One carrier learns nothing of another's goods.
    if carriers.carrier_of(&transfer) != Some(code.as_str()) {
        return Err(refused(ApiError::NotFound));
    }
    let note = told.note.map(|note| note.trim().chars().take(TEXT_MAX_CHARS).collect::<String>());
    let report = CarriageReport { at: told.at.unwrap_or(now).min(now), note: note.filter(|note| !note.is_empty()) };
    let kept = state.db.add_carriage(transfer.id, told.status, &report, now).await;
    kept.map(|_| StatusCode::NO_CONTENT).map_err(|error| refused(error.into()))
}

async fn transfer_of(state: &AppState, id: TransferId) -> Result<Transfer, ApiError> {
    state.db.transfers([id]).await?.pop().ok_or(ApiError::NotFound)
}

/// The transfer that a link opens now: handed to a driver and still under way, or received meanwhile.
async fn linked(state: &AppState, token: &str) -> Result<Transfer, ApiError> {
    let id = link::read(&state.keys.link_key(), token, state.clock.now()).ok_or(ApiError::NotFound)?;
    let transfer = transfer_of(state, id).await?;
    // What the link was made from must still be what the ledger says.
    if link::token(&state.keys.link_key(), &transfer).as_deref() == Some(token) {
        Ok(transfer)
    } else {
        Err(ApiError::NotFound)
    }
}

fn is_under_way(transfer: &Transfer) -> bool {
    matches!(transfer.phase(), Phase::InTransit | Phase::Abnormal)
}

/// The waybill, for whoever has the link.
async fn show(State(state): State<AppState>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let language = language_of(&headers);
    let shown = async {
        let transfer = linked(&state, &token).await?;
        let underway = state.db.underway(transfer.id).await?;
        let masters = state.directory.masters();
        let store = |code| named(&masters, code).ok_or(ApiError::NotFound);
        let (from, to) = (store(transfer.source().ok_or(ApiError::NotFound)?)?, store(&transfer.receiver)?);
        let driver = match transfer.step(StepKind::HandOver).map(|taken| &taken.step) {
            Some(Step::HandedOver { carriage: domain::transfer::Carriage::Driver { name }, .. }) => name.clone(),
            _ => String::new(),
        };
        Ok::<_, ApiError>(page::Shown {
            number: transfer.id.spoken(),
            from,
            to,
            driver,
            units: transfer.sent().values().sum(),
            is_under_way: is_under_way(&transfer),
            underway,
            now: state.clock.now(),
        })
    };
    match shown.await {
        Ok(shown) => page::waybill(&shown, &state.site.build, language).into_response(),
        Err(ApiError::NotFound) => (StatusCode::NOT_FOUND, page::expired(&state.site.build, language)).into_response(),
        Err(error) => error.into_response(),
    }
}

/// What the driver says.
#[derive(Debug, Deserialize)]
struct Said {
    status: String,
}

async fn say(
    State(state): State<AppState>,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(said): Form<Said>,
) -> Response {
    let kept = async {
        let transfer = linked(&state, &token).await?;
        let status = CarriageStatus::from_code(&said.status).filter(|status| status.is_drivers());
        let status = status.ok_or_else(|| ApiError::Malformed("a driver has picked up or delivered".to_owned()))?;
        // Said too late it changes nothing: the goods are there.
        if is_under_way(&transfer) {
            let now = state.clock.now();
            state.db.add_carriage(transfer.id, status, &CarriageReport { at: now, note: None }, now).await?;
        }
        Ok::<_, ApiError>(())
    };
    match kept.await {
        Ok(()) => Redirect::to(&LINK_PATH.replace("{link}", &token)).into_response(),
        Err(ApiError::NotFound) => {
            (StatusCode::NOT_FOUND, page::expired(&state.site.build, language_of(&headers))).into_response()
        }
        Err(error) => error.into_response(),
    }
}

/// A driver has chosen no language here: the browser's decides.
fn language_of(headers: &HeaderMap) -> Language {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match cookie(text(header::COOKIE), "lang") {
        Some(code) => Language::from_code(code),
        None if text(header::ACCEPT_LANGUAGE).starts_with("en") => Language::En,
        None => Language::Zh,
    }
}
