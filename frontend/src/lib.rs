//! Shelftrace's pages: rendered by the server, brought to life by the browser.
//!
//! Read [`shell`] (the HTML around every page), [`app`] (routes and contexts), [`backend`] (what pages ask of the
//! server), then the screens in [`page`]. [`component`] holds the parts they share, [`text`] every word in both
//! languages, [`browser`] the few things only a browser can do.
//!
//! Nothing rendered depends on a clock, a locale or a random number of the machine that renders: the server and the
//! browser must come to the same page. What the device alone knows arrives in effects, after hydration.

pub mod app;
pub mod backend;
pub mod browser;
pub mod component;
pub mod device;
pub mod format;
pub mod page;
mod part;
pub mod preference;
#[cfg(feature = "hydrate")]
mod scan;
pub mod session;
pub mod shell;
pub mod text;

#[cfg(feature = "hydrate")]
mod entry {
    use crate::app::App;
    use wasm_bindgen::prelude::wasm_bindgen;

    /// Brings a page that the server rendered to life.
    #[wasm_bindgen]
    pub async fn hydrate() {
        console_error_panic_hook::set_once();
        let body = leptos::prelude::document().body().expect("the page has a body");
        // The page's part may have to be fetched first.
        leptos::mount::hydrate_from_async(body, App).await.forget();
        say_ready();
    }

    /// Builds the page in the empty offline shell.
    #[wasm_bindgen]
    pub fn mount() {
        console_error_panic_hook::set_once();
        // The plain way to mount warns of a missing feature that would only make hydration larger.
        let body = leptos::prelude::document().body().expect("the shell has a body");
        let app = || {
            leptos::prelude::Effect::new(|_| say_ready());
            App()
        };
        leptos::mount::mount_to_renderer(&body, app).forget();
    }

    /// Tests and people in a hurry must know when buttons answer.
    fn say_ready() {
        crate::browser::set_root_attribute("data-hydrated", "");
    }
}
