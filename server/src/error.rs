//! What goes wrong with a request, as an HTTP reply: the only place that picks statuses.

use crate::auth::limit::TooOften;
use crate::auth::session::SignInError;
use crate::store::db::StoreError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::photo::PhotoRefusal;
use domain::sync::{PROTOCOL, PROTOCOL_MIN};
use serde_json::json;

/// Why a request is not answered as hoped. Each has a stable code and an English sentence; texts for people are the
/// pages'.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// Nobody is signed in, or the session has ended.
    #[error("sign in first")]
    SignInNeeded,
    /// The person may not.
    #[error("not allowed")]
    Forbidden,
    /// The write did not come from our own pages.
    #[error("the request does not come from this site; programs send an Origin header")]
    ForeignOrigin,
    /// There is no such thing, or the person may not know of it.
    #[error("not found")]
    NotFound,
    /// No such login, or another password.
    #[error("the account or the password is wrong")]
    BadCredentials,
    /// Tried too often.
    #[error("too many attempts, wait {} s", .0.retry_after_s)]
    TooOften(TooOften),
    /// The request cannot be read.
    #[error("the request cannot be read: {0}")]
    Malformed(String),
    /// The body or the batch is too large.
    #[error("too large: at most {most}")]
    TooLarge {
        /// What would be taken.
        most: &'static str,
    },
    /// The photo cannot be evidence.
    #[error(transparent)]
    PhotoRefused(PhotoRefusal),
    /// The device has been barred.
    #[error("this device has been barred; nothing on it is lost: ask the store's manager to let it in again")]
    DeviceBarred,
    /// The sender speaks a protocol this server does not.
    #[error("the app speaks another version of the protocol; update it")]
    UpdateNeeded,
    /// Something of ours failed; the log says what.
    #[error("the server cannot answer now")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ApiError {
    /// For a failure of ours.
    pub fn unavailable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(error.into())
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::SignInNeeded => "sign_in_needed",
            Self::Forbidden => "forbidden",
            Self::ForeignOrigin => "foreign_origin",
            Self::NotFound => "not_found",
            Self::BadCredentials => "bad_credentials",
            Self::TooOften(_) => "too_many_attempts",
            Self::Malformed(_) => "malformed",
            Self::TooLarge { .. } => "too_large",
            Self::PhotoRefused(why) => why.code(),
            Self::DeviceBarred => "device_barred",
            Self::UpdateNeeded => "update_needed",
            Self::Unavailable(_) => "unavailable",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::SignInNeeded | Self::BadCredentials => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge { .. } | Self::PhotoRefused(PhotoRefusal::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::PhotoRefused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::DeviceBarred => StatusCode::LOCKED,
            Self::UpdateNeeded => StatusCode::UPGRADE_REQUIRED,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::unavailable(error)
    }
}

impl From<SignInError> for ApiError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::BadCredentials => Self::BadCredentials,
            SignInError::TooOften(too_often) => Self::TooOften(too_often),
            SignInError::Store(error) => error.into(),
        }
    }
}

/// An error with everything that caused it, on one line.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Self::Unavailable(cause) = &self {
            tracing::error!(error = chain(cause.as_ref()), "a request failed");
        }
        let mut body = json!({ "code": self.code(), "message": self.to_string() });
        match &self {
            Self::TooOften(wait) => body["retry_after_s"] = json!(wait.retry_after_s),
            Self::PhotoRefused(PhotoRefusal::TooManyPixels { width, height }) => {
                body["width"] = json!(width);
                body["height"] = json!(height);
            }
            Self::UpdateNeeded => {
                body["protocol_min"] = json!(PROTOCOL_MIN);
                body["protocol_max"] = json!(PROTOCOL);
            }
            _ => {}
        }
        let mut response = (self.status(), Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Self::TooOften(wait) = &self {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.retry_after_s));
        }
        response
    }
}
