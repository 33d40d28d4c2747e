//! How the server's answers travel, and the answer that it did not do it.

use leptos::server_fn::codec::Post;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Serialize};

/// What server functions answer with.
pub type Json = Post<Text>;

/// JSON read from text, as that in the page and in the phone's store is. The library's own encoding reads bytes, and
/// each type would be in the program once more.
pub struct Text;

impl ContentType for Text {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for Text {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for Text {
    type Error = serde_json::Error;

    fn encode(answer: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_string(answer).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for Text {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        serde_json::from_str(str::from_utf8(&bytes).map_err(serde_json::Error::custom)?)
    }
}

/// Why the server did not do it. The code is stable; the words for people are [`crate::text`]'s.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum BackendError {
    /// Nobody is signed in, or the session has ended.
    #[error("sign in first")]
    SignInNeeded,
    /// The viewer may not.
    #[error("not allowed")]
    Forbidden,
    /// There is no such store, shelf or page, or the viewer may not know of it.
    #[error("not found")]
    NotFound,
    /// No such account, or another password.
    #[error("the account or the password is wrong")]
    BadCredentials,
    /// Too many wrong passwords in a row.
    #[error("too many attempts, wait {retry_after_s} s")]
    TooManyAttempts {
        /// When to try again, in seconds.
        retry_after_s: u32,
    },
    /// The request could not be read.
    #[error("the request cannot be read")]
    Malformed,
    /// The server cannot be reached from here.
    #[error("no connection to the server")]
    Unreachable,
    /// The server is busy or broken; its log says why.
    #[error("the server cannot answer now")]
    Unavailable,
}

impl BackendError {
    /// The stable code, as in the API's errors and in the sign-in page's address.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::SignInNeeded => "sign_in_needed",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::BadCredentials => "bad_credentials",
            Self::TooManyAttempts { .. } => "too_many_attempts",
            Self::Malformed => "malformed",
            Self::Unreachable => "unreachable",
            Self::Unavailable => "unavailable",
        }
    }
}

impl FromServerFnError for BackendError {
    type Encoder = Text;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Unreachable,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::Malformed,
            _ => Self::Unavailable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_what_is_sent() {
        for error in [BackendError::Forbidden, BackendError::TooManyAttempts { retry_after_s: 3 }] {
            let sent = serde_json::to_value(&error).expect("plain data");
            assert_eq!(sent["code"], error.code());
        }
    }

    #[test]
    fn an_answer_arrives_as_it_was_sent() {
        let sent = Text::encode(&BackendError::TooManyAttempts { retry_after_s: 3 }).expect("plain data");
        let read: Result<BackendError, _> = Text::decode(sent);
        assert_eq!(read.expect("it is what was sent"), BackendError::TooManyAttempts { retry_after_s: 3 });
        let page: Result<BackendError, _> = Text::decode(Bytes::from_static(b"<html>\xff"));
        assert!(page.is_err(), "a proxy's page is no answer");
    }
}
