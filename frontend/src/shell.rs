//! The HTML around every page, and the offline shell.

use crate::app::App;
use crate::preference::{Hand, Theme};
use crate::text::Language;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// What the server knows of a request before any page is rendered: put it into the context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageContext {
    /// Build id: the folder under `/pkg/` with this build's files.
    pub build: String,
    /// The viewer's language.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// The hand that holds the phone.
    pub hand: Hand,
}

impl PageContext {
    /// Reads the preferences from the request's `Cookie` header.
    #[must_use]
    pub fn from_cookies(build: &str, cookies: &str) -> Self {
        let value = |name: &str| cookie(cookies, name).unwrap_or_default();
        Self {
            build: build.to_owned(),
            language: Language::from_code(value("lang")),
            theme: Theme::from_code(value("theme")),
            hand: Hand::from_code(value("hand")),
        }
    }
}

/// The value of one cookie in a `Cookie` header or in `document.cookie`.
#[must_use]
pub fn cookie<'a>(cookies: &'a str, name: &str) -> Option<&'a str> {
    cookies
        .split(';')
        .find_map(|pair| pair.trim().split_once('=').filter(|(key, _)| *key == name))
        .map(|(_, value)| value)
}

/// The whole document. There is no script in it but Leptos's own, which carries the nonce.
#[must_use]
pub fn shell() -> impl IntoView {
    let page = use_context::<PageContext>().unwrap_or_else(|| PageContext::from_cookies("dev", ""));
    let pkg = format!("/pkg/{}", page.build);
    let (viewer, place) = crate::app::viewer_of_request().unzip();
    let viewer = viewer.map(|viewer| serde_json::to_string(&viewer).unwrap_or_default());
    let place = place.flatten().map(|place| serde_json::to_string(&place).unwrap_or_default());
    let nonce = use_nonce();
    view! {
        <!DOCTYPE html>
        <html lang=page.language.tag() data-theme=page.theme.code() data-hand=page.hand.code() data-viewer=viewer data-place=place data-build=page.build>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="theme-color" content="#10202f"/>
                <link rel="stylesheet" href=format!("{pkg}/main.css")/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <link rel="icon" href="/icons/icon.svg" type="image/svg+xml"/>
                <link rel="apple-touch-icon" href="/icons/icon-192.png"/>
                <link rel="modulepreload" href=format!("{pkg}/shelftrace.js")/>
                <script type="module" src=format!("{pkg}/boot.js") nonce=nonce></script>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The document the service worker keeps and gives to navigations while the network is gone. It is the same for
/// everybody: language and theme come from the cookies once the script runs.
#[must_use]
pub fn offline_shell(build: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\" data-shell data-build=\"{build}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\
         <meta name=\"theme-color\" content=\"#10202f\"><title>货迹 · Shelftrace</title>\
         <link rel=\"stylesheet\" href=\"/pkg/{build}/main.css\"><link rel=\"manifest\" href=\"/manifest.webmanifest\">\
         <link rel=\"icon\" href=\"/icons/icon.svg\" type=\"image/svg+xml\">\
         <script type=\"module\" src=\"/pkg/{build}/boot.js\"></script></head><body></body></html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_come_from_cookies_and_have_defaults() {
        let page = PageContext::from_cookies("b1", "a=1; lang=en;theme=dark; hand=left");
        assert_eq!((page.language, page.theme, page.hand), (Language::En, Theme::Dark, Hand::Left));
        let page = PageContext::from_cookies("b1", "language=en; theme=\"><script>");
        assert_eq!((page.language, page.theme, page.hand), (Language::Zh, Theme::Auto, Hand::Right));
    }
}
