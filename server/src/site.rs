//! The browser's half as `cargo xtask site` left it: files under `/pkg/<build>/` never change, all others are asked
//! for anew.

use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::path::Path;
use tower::ServiceExt;
use tower_http::services::ServeDir;

/// The built site.
#[derive(Debug, Clone)]
pub struct Site {
    /// Id of the present build, or `none` where nothing is built.
    pub build: String,
    files: ServeDir,
}

#[derive(Deserialize)]
struct BuildFile {
    build: String,
}

impl Site {
    /// Reads which build is there. Without one the API works all the same; pages come without style and script.
    #[must_use]
    pub fn open(folder: &Path) -> Self {
        let description = std::fs::read(folder.join("build.json")).ok();
        let build = description.and_then(|json| serde_json::from_slice::<BuildFile>(&json).ok());
        if build.is_none() {
            tracing::warn!(folder = %folder.display(), "no built site here; run `cargo xtask site`");
        }
        let files =
            ServeDir::new(folder).append_index_html_on_directories(false).precompressed_br().precompressed_gzip();
        Self { build: build.map_or_else(|| "none".to_owned(), |file| file.build), files }
    }

    /// The file at the request's path; `None` when there is none.
    pub async fn file(&self, request: Request<Body>) -> Option<Response> {
        let cache =
            if request.uri().path().starts_with("/pkg/") { "public, max-age=31536000, immutable" } else { "no-cache" };
        let mut response = match self.files.clone().oneshot(request).await {
            Ok(response) => response.into_response(),
            Err(never) => match never {},
        };
        let found = !matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED);
        if !found {
            return None;
        }
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
        Some(response)
    }
}
