//! Photos over HTTP.

use super::store::Size;
use super::{AddPhotoError, Upload};
use crate::access::{Asker, check_store, store_in_query};
use crate::auth::limit::TooOften;
use crate::error::ApiError;
use crate::route::read_body;
use crate::state::AppState;
use axum::extract::{DefaultBodyLimit, Path, Query, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use domain::instant::Timestamp;
use domain::photo::{PHOTO_BYTES_MAX, PhotoId, PhotoReceipt};
use domain::policy::Action;
use serde::Deserialize;
use std::time::Duration;
use tower_http::limit::RequestBodyLimitLayer;

/// The route of a photo.
pub const PATH: &str = "/api/v1/photos/{id}";
/// [`PHOTO_BYTES_MAX`] for people.
pub const BYTES_MAX_TEXT: &str = "8 MiB";
/// A photo that takes longer to arrive is given up; the phone sends it again when the network is better.
const ARRIVAL_MAX: Duration = Duration::from_secs(120);

/// When to come again while too many photos are on their way in.
const BUSY_RETRY_S: u32 = 2;

/// Taking photos in and showing them.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route(PATH, get(show).put(take))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(PHOTO_BYTES_MAX))
}

/// When the phone took it.
#[derive(Deserialize)]
struct Taken {
    taken_at: Option<Timestamp>,
}

/// Takes a photo in. Once more is harmless.
async fn take(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    Query(taken): Query<Taken>,
    request: Request,
) -> Result<Json<PhotoReceipt>, ApiError> {
    let id = parse(&id)?;
    let viewer = asker.viewer()?;
    let store = store_in_query(viewer, query.as_deref())?;
    state.photo_limit.take(viewer.id.as_str()).map_err(ApiError::TooOften)?;
    let _place = state.photos.enter().ok_or(ApiError::TooOften(TooOften { retry_after_s: BUSY_RETRY_S }))?;
    let body = tokio::time::timeout(ARRIVAL_MAX, read_body(request, &state, BYTES_MAX_TEXT)).await;
    let bytes =
        body.map_err(|_| ApiError::Malformed("the photo took too long to arrive; send it again".to_owned()))??;
    let upload = Upload { id, store, person: viewer.id.clone(), taken_at: taken.taken_at, bytes };
    let record = state.photos.add(upload).await.map_err(|error| match error {
        AddPhotoError::Refused(why) => ApiError::PhotoRefused(why),
        other => ApiError::unavailable(other),
    })?;
    Ok(Json(PhotoReceipt { id, width: record.width, height: record.height }))
}

/// Which picture to show.
#[derive(Deserialize)]
struct Shown {
    size: Option<String>,
}

/// Shows a photo to whoever took it, and to those who may see the traces of its store. For everybody else it is not
/// there: who may not see it may not learn that it exists.
async fn show(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Path(id): Path<String>,
    Query(shown): Query<Shown>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id = parse(&id)?;
    let viewer = asker.viewer()?;
    let size = match shown.size.as_deref() {
        None | Some("full") => Size::Full,
        Some("thumb") => Size::Thumb,
        Some(_) => return Err(ApiError::Malformed("size is thumb or full".to_owned())),
    };
    let record = state.photos.record(&id).await.ok_or(ApiError::NotFound)?;
    if record.person != viewer.id && check_store(&state, viewer, Action::SeeTrace, &record.store).is_err() {
        return Err(ApiError::NotFound);
    }
    // Kept in the browser of one person, and asked for again each time: rights end, and phones change hands.
    let tag = HeaderValue::from_str(&format!("\"{id}\"")).expect("hexadecimal digits are header text");
    let described = [
        (header::ETAG, tag.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
        (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")),
    ];
    if headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, described).into_response());
    }
    let bytes = state.photos.read(&record, size).await.map_err(ApiError::unavailable)?;
    Ok((described, bytes).into_response())
}

fn parse(id: &str) -> Result<PhotoId, ApiError> {
    PhotoId::parse(id).map_err(|error| ApiError::Malformed(error.to_string()))
}
