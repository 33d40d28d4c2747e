//! Refuses writes that another site made the browser send.

use axum::http::{HeaderMap, Method, Uri, header};

/// Whether a request may be answered, given where it comes from.
///
/// Reading is always allowed: nothing here is changed by a GET. A write must say that it comes from our own pages:
/// `Sec-Fetch-Site: same-origin`, or, from browsers and programs that do not send it, an `Origin` that is the host
/// asked for, or `public_origin`. A program that is no browser sends `Origin` too.
#[must_use]
pub fn is_own(method: &Method, uri: &Uri, headers: &HeaderMap, public_origin: Option<&str>) -> bool {
    if method.is_safe() {
        return true;
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = text("origin") else { return false };
    if public_origin == Some(origin) {
        return true;
    }
    let host = uri.authority().map(axum::http::uri::Authority::as_str).or_else(|| text(header::HOST.as_str()));
    let origin_host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    host.is_some() && host == origin_host
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn check(method: Method, headers: &[(&'static str, &'static str)], expected: bool) {
        let map: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let uri = Uri::from_static("/api/v1/sync");
        assert_eq!(is_own(&method, &uri, &map, Some("https://stock.example")), expected, "{method} {headers:?}");
    }

    #[test]
    fn only_our_own_pages_may_write() {
        const HOST: (&str, &str) = ("host", "127.0.0.1:3000");
        check(Method::GET, &[HOST, ("sec-fetch-site", "cross-site")], true);
        check(Method::POST, &[HOST, ("sec-fetch-site", "same-origin")], true);
        check(Method::POST, &[HOST, ("sec-fetch-site", "same-site")], false);
        check(Method::POST, &[HOST, ("sec-fetch-site", "none")], false);
        check(Method::POST, &[HOST, ("sec-fetch-site", "cross-site"), ("origin", "http://127.0.0.1:3000")], false);
        check(Method::POST, &[HOST, ("origin", "http://127.0.0.1:3000")], true);
        check(Method::POST, &[HOST, ("origin", "https://stock.example")], true);
        check(Method::POST, &[HOST, ("origin", "http://evil.example")], false);
        check(Method::POST, &[HOST, ("origin", "null")], false);
        check(Method::POST, &[HOST], false);
        check(Method::DELETE, &[HOST], false);
    }
}
