//! Requests to other servers: with an end in time and in size, following nobody elsewhere.

use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, RequestBuilder, StatusCode};
use serde_json::Value;
use std::time::Duration;

/// From the first byte to the last.
pub const TIME_MAX: Duration = Duration::from_secs(5);
/// What is read of an answer, in bytes.
pub const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Why there is no answer to go by. None of these names the address: it may hold a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// Not in time.
    #[error("no answer in time")]
    TimedOut,
    /// No connection, or it broke.
    #[error("no connection")]
    Unreachable,
    /// The answer is longer than any that is expected.
    #[error("an answer of more than 64 KiB")]
    TooLarge,
    /// The answer is not JSON: a page of a proxy, or of a captive portal.
    #[error("an answer that is not JSON (HTTP {0})")]
    NotJson(u16),
}

impl From<reqwest::Error> for HttpError {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() { Self::TimedOut } else { Self::Unreachable }
    }
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub body: Vec<u8>,
    /// Seconds to wait before the next try, where the answer says so.
    pub retry_after_s: Option<i64>,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Errors
    /// When it is none.
    pub fn json(&self) -> Result<Value, HttpError> {
        serde_json::from_slice(&self.body).map_err(|_| HttpError::NotJson(self.status.as_u16()))
    }
}

/// A client's settings that hold for all: no redirects, no proxy of the environment's, an end in time.
#[must_use]
pub fn builder() -> ClientBuilder {
    Client::builder().redirect(Policy::none()).no_proxy().timeout(TIME_MAX).connect_timeout(TIME_MAX)
}

/// A client for servers that the chain's own settings name.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "cannot happen: nothing in these settings can fail")]
pub fn client() -> Client {
    builder().build().expect("TLS with built-in roots needs nothing of the system")
}

/// A request with a JSON body.
#[must_use]
pub fn with_json(request: RequestBuilder, body: &Value) -> RequestBuilder {
    request.header(CONTENT_TYPE, "application/json; charset=utf-8").body(body.to_string())
}

/// Sends a request and reads the answer.
///
/// # Errors
/// When there is none in time, or it is too long.
pub async fn exchange(request: RequestBuilder) -> Result<Answer, HttpError> {
    let mut response = request.send().await?;
    let retry_after = response.headers().get(reqwest::header::RETRY_AFTER);
    let retry_after_s = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
    let status = response.status();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(HttpError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, body, retry_after_s })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::http::header::LOCATION;
    use axum::routing::{any, get};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    async fn serve(router: Router) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
        base
    }

    /// Who answers "look there" cannot have something inside the network asked, whatever the kind of redirect.
    #[tokio::test]
    async fn a_redirect_to_this_machine_is_not_followed() {
        let n_asked = Arc::new(AtomicU32::new(0));
        let asked = Arc::clone(&n_asked);
        let inside = any(move || async move {
            asked.fetch_add(1, Ordering::SeqCst);
            "secret"
        });
        let secret = format!("{}/secret", serve(Router::new().route("/secret", inside)).await);
        let outside = |code: u16| {
            let to = secret.clone();
            get(move || async move { (StatusCode::from_u16(code).expect("a status"), [(LOCATION, to)], "look there") })
        };
        let codes = [301, 302, 303, 307, 308];
        let router =
            codes.into_iter().fold(Router::new(), |router, code| router.route(&format!("/{code}"), outside(code)));
        let base = serve(router).await;
        for code in codes {
            let answer = exchange(client().get(format!("{base}/{code}"))).await.expect("answers");
            assert_eq!((answer.status.as_u16(), answer.body.as_slice()), (code, b"look there".as_slice()));
        }
        assert_eq!(n_asked.load(Ordering::SeqCst), 0);
        exchange(client().get(&secret)).await.expect("it is there to be asked");
        assert_eq!(n_asked.load(Ordering::SeqCst), 1);
    }
}
