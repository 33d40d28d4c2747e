//! The session's cookie.

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::cookie::{Cookie, SameSite};
use data_encoding::BASE64URL_NOPAD;

/// The secret a signed-in browser holds. Only its hash is kept on the server.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

impl Token {
    /// A new one.
    #[must_use]
    pub fn generate() -> Self {
        Self(crate::keys::random_bytes())
    }

    /// What the server keeps: whoever reads the database cannot sign in with it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(domain::chain::Hash::of(&self.0).to_string())
    }
}

/// SHA-256 of a [`Token`], in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenHash(String);

impl TokenHash {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether the browser reaches us through HTTPS: decides the cookie's name and protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Plain, on this machine only.
    Http,
    /// Encrypted.
    Https,
}

/// Strict would withhold the cookie from a link in a chat or mail, showing the sign-in page to someone signed in. Lax
/// sends it with such navigations only; every write is guarded by [`super::origin`] besides.
const SAME_SITE: SameSite = SameSite::Lax;

fn name(transport: Transport) -> &'static str {
    match transport {
        Transport::Http => "shelftrace",
        Transport::Https => "__Host-shelftrace",
    }
}

/// The token in a request's cookies.
#[must_use]
pub fn read(headers: &HeaderMap, transport: Transport) -> Option<Token> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name(transport))
        .and_then(|(_, text)| BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok().map(Token))
}

/// The header that makes the browser keep the token for `max_age_s` seconds.
#[must_use]
pub fn set(token: &Token, transport: Transport, max_age_s: i64) -> HeaderValue {
    build(BASE64URL_NOPAD.encode(&token.0), transport, max_age_s)
}

/// The header that makes the browser forget the token.
#[must_use]
pub fn clear(transport: Transport) -> HeaderValue {
    build(String::new(), transport, 0)
}

fn build(value: String, transport: Transport, max_age_s: i64) -> HeaderValue {
    let mut cookie = Cookie::new(name(transport), value);
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SAME_SITE);
    cookie.set_secure(transport == Transport::Https);
    let text = format!("{cookie}; Max-Age={max_age_s}");
    HeaderValue::from_str(&text).expect("base64 and attributes are header text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_closed_to_scripts_and_other_hosts() {
        let token = Token([7; 32]);
        let https = set(&token, Transport::Https, 60);
        let https = https.to_str().expect("ascii");
        assert!(https.starts_with("__Host-shelftrace="), "{https}");
        for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=60"] {
            assert!(https.contains(attribute), "{attribute} in {https}");
        }
        assert!(!https.contains("Domain"));
        let http = set(&token, Transport::Http, 60);
        assert!(!http.to_str().expect("ascii").contains("Secure"));
    }

    #[test]
    fn a_token_is_read_back_from_among_other_cookies() {
        let token = Token([7; 32]);
        let pair = set(&token, Transport::Http, 60);
        let pair = pair.to_str().expect("ascii").split(';').next().expect("a pair").to_owned();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(&format!("lang=zh; {pair}; theme=dark")).expect("ascii"));
        assert!(read(&headers, Transport::Http) == Some(token));
        assert!(read(&headers, Transport::Https).is_none());
    }
}
