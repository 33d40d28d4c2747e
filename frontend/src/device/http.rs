//! Requests to the server's plain routes, whose addresses do not change with the build.

use domain::policy::Viewer;
use leptos::prelude::{set_timeout, window};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Blob, Headers, RequestInit, Response};

/// A request without an answer for so long is given up.
pub const TIMEOUT: Duration = Duration::from_secs(20);

/// An answer; status 0 where there was none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body, as text.
    pub body: String,
}

impl Answer {
    const NONE: Self = Self { status: 0, body: String::new() };

    /// The body as JSON, if it is such.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.body).ok()
    }
}

/// Gets a path of our own server, waiting at most so long.
pub async fn get(path: &str, timeout: Duration) -> Answer {
    request("GET", path, None, timeout).await.unwrap_or(Answer::NONE)
}

/// Posts JSON to a path of our own server.
pub async fn post(path: &str, json: String) -> Answer {
    request("POST", path, Some(json.into()), TIMEOUT).await.unwrap_or(Answer::NONE)
}

/// Puts a file to a path of our own server, waiting at most so long.
pub async fn put(path: &str, file: &Blob, timeout: Duration) -> Answer {
    request("PUT", path, Some(file.into()), timeout).await.unwrap_or(Answer::NONE)
}

/// Who is signed in, or the status of the answer that does not say.
pub async fn me(timeout: Duration) -> Result<Viewer, u16> {
    let answer = get("/api/v1/me", timeout).await;
    match answer.json() {
        Some(viewer) if answer.status == 200 => Ok(viewer),
        _ => Err(answer.status),
    }
}

async fn request(method: &str, path: &str, body: Option<JsValue>, timeout: Duration) -> Result<Answer, JsValue> {
    let abort = AbortController::new()?;
    let init = RequestInit::new();
    init.set_method(method);
    init.set_signal(Some(&abort.signal()));
    if let Some(body) = body {
        // A file brings its own type.
        if body.is_string() {
            let headers = Headers::new()?;
            headers.set("content-type", "application/json")?;
            init.set_headers(&headers);
        }
        init.set_body(&body);
    }
    set_timeout(move || abort.abort(), timeout);
    let response: Response = JsFuture::from(window().fetch_with_str_and_init(path, &init)).await?.dyn_into()?;
    let body = JsFuture::from(response.text()?).await?;
    Ok(Answer { status: response.status(), body: body.as_string().unwrap_or_default() })
}
