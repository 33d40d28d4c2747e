//! Sheets over HTTP, for whoever may print labels in the store: see the table of [`crate::access`].

use super::{CSS, CSS_PATH, Style, count_sheet, faced, product_sheet, shelf_sheet, waybill};
use crate::access::Asker;
use crate::auth::cookie::Transport;
use crate::error::ApiError;
use crate::read;
use crate::state::AppState;
use crate::store::master::Masters;
use crate::transfer;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Extension, Router};
use domain::id::{ShelfCode, StocktakeId, StoreCode};
use domain::master::Shelf;
use domain::transfer::TransferId;
use frontend::shell::cookie;
use frontend::text::Language;
use serde::Deserialize;

/// The sheets and their style.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/print/shelves/{store}", get(shelves))
        .route("/print/products/{store}", get(products))
        .route("/print/count-sheet/{store}/{stocktake}", get(counts))
        .route("/print/waybill/{transfer}", get(of_transfer))
        .route(CSS_PATH, get(css))
}

#[derive(Debug, Deserialize)]
struct Part {
    /// One shelf only.
    shelf: Option<ShelfCode>,
}

async fn shelves(
    State(state): State<AppState>,
    Path(store): Path<StoreCode>,
    Query(part): Query<Part>,
    headers: HeaderMap,
) -> Result<Html<String>, ApiError> {
    let masters = state.directory.masters();
    let master = masters.store(&store).ok_or(ApiError::NotFound)?;
    let shelves = part.of(&masters, &store)?;
    let key = &state.keys.shelf_key;
    Ok(Html(shelf_sheet(&master.store, &master.zones, shelves, key, language_of(&headers), Style::Linked)))
}

async fn products(
    State(state): State<AppState>,
    Path(store): Path<StoreCode>,
    Query(part): Query<Part>,
    headers: HeaderMap,
) -> Result<Html<String>, ApiError> {
    let masters = state.directory.masters();
    let master = masters.store(&store).ok_or(ApiError::NotFound)?;
    let shelves = part.of(&masters, &store)?;
    Ok(Html(product_sheet(&master.store, faced(&masters, shelves), language_of(&headers), Style::Linked)))
}

async fn counts(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path((store, stocktake)): Path<(StoreCode, StocktakeId)>,
    headers: HeaderMap,
) -> Result<Html<String>, ApiError> {
    let sheet = read::stocktake::count_sheet(&state, asker.viewer()?, &store, &stocktake).await?;
    let masters = state.directory.masters();
    let zones = masters.store(&store).map_or(&[][..], |master| &master.zones);
    Ok(Html(count_sheet(&sheet, zones, language_of(&headers), Style::Linked)))
}

async fn of_transfer(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Html<String>, ApiError> {
    let id = TransferId::parse(&id).map_err(|_| ApiError::NotFound)?;
    let shown = transfer::detail(&state, asker.viewer()?, id).await?;
    let origin = origin_of(&state, &asker, &headers);
    Ok(Html(waybill(&shown, &origin, language_of(&headers), Style::Linked)))
}

/// Where the reader's browser reaches us, for addresses on paper.
fn origin_of(state: &AppState, asker: &Asker, headers: &HeaderMap) -> String {
    let scheme = match asker.transport {
        Transport::Https => "https",
        Transport::Http => "http",
    };
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    state.config.public_origin.clone().unwrap_or_else(|| format!("{scheme}://{host}"))
}

impl Part {
    fn of<'a>(&self, masters: &'a Masters, store: &StoreCode) -> Result<Vec<&'a Shelf>, ApiError> {
        let master = masters.store(store).ok_or(ApiError::NotFound)?;
        match &self.shelf {
            None => Ok(master.shelves.iter().collect()),
            Some(code) => Ok(vec![master.shelf(code).ok_or(ApiError::NotFound)?]),
        }
    }
}

async fn css() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"))], CSS)
}

fn language_of(headers: &HeaderMap) -> Language {
    let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Language::from_code(cookie(cookies, "lang").unwrap_or_default())
}
