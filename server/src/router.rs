//! All routes and everything that stands before them.

use crate::access::{self, Asker};
use crate::error::ApiError;
use crate::state::AppState;
use crate::{carriage, header, message, photo, print, route, ssr, telemetry};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use domain::sync::BATCH_BYTES_MAX;
use leptos_axum::{AxumRouteListing, LeptosRoutes};
use std::any::Any;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::CompressionLevel;
use tower_http::limit::RequestBodyLimitLayer;

/// The whole server, for a listener or a test.
#[must_use]
pub fn router(state: AppState) -> Router {
    let pages = ssr::pages();
    for missing in access::undeclared(page_entrances(&pages)) {
        tracing::error!(entrance = missing, "not in the access table, so nobody may use it");
    }
    let context = ssr::context(state.clone());
    let pages = Router::new()
        .leptos_routes_with_context(&state, pages, context, frontend::shell::shell)
        .layer(from_fn_with_state(state.clone(), ssr::on_one_thread));
    let wecom = state.messages.wecom.clone().map(message::route::routes).unwrap_or_default();
    Router::new()
        .merge(pages)
        .merge(route::routes())
        .merge(print::routes())
        .merge(carriage::routes())
        .route("/offline-shell", axum::routing::get(ssr::offline_shell))
        // Pages and JSON are compressed as they are made; the site's files were when they were built.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .fallback(file_or_missing)
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(BATCH_BYTES_MAX))
        // Beside the limit, not under it: photos are larger, and have one of their own.
        .merge(photo::route::routes())
        .merge(wecom)
        .layer(from_fn_with_state(state.clone(), access::guard))
        .layer(from_fn(telemetry::observe))
        .layer(from_fn(header::secure))
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(state)
}

/// In our own words, so that a phone knows it was not a gateway and can step over what it sent.
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    ApiError::unavailable(format!("a request panicked: {}", said.unwrap_or("without a word"))).into_response()
}

fn page_entrances(pages: &[AxumRouteListing]) -> impl Iterator<Item = (Method, &str)> {
    let functions = leptos::server_fn::axum::server_fn_paths().map(|(path, method)| (method, path));
    pages.iter().map(|page| (Method::GET, page.path())).chain(functions)
}

/// A file of the site, or the page that says there is nothing here.
async fn file_or_missing(State(state): State<AppState>, request: Request) -> Response {
    let path = request.uri().path();
    if path.starts_with("/api/") || path.starts_with("/fn/") {
        return ApiError::NotFound.into_response();
    }
    let is_file = ["/pkg/", "/icons/"].iter().any(|folder| path.starts_with(folder));
    let (parts, _) = request.into_parts();
    let again = |parts: &axum::http::request::Parts| Request::from_parts(parts.clone(), axum::body::Body::empty());
    if let Some(file) = state.site.file(again(&parts)).await {
        return file;
    }
    if is_file || parts.extensions.get::<Asker>().is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let mut page = ssr::missing_page(state, again(&parts)).await;
    if page.status() == StatusCode::OK {
        *page.status_mut() = StatusCode::NOT_FOUND;
    }
    page
}
