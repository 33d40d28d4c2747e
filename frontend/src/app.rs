//! Routes, contexts, and the frame around the pages that have one.

use crate::backend::sign_in_path;
use crate::browser;
use crate::component::approval_count::provide_approval_count;
use crate::component::loss_notice::LossNotice;
use crate::component::nav::{OverdueCases, Rail, TabBar, TopBar};
use crate::component::unread_count::provide_unread_count;
use crate::page::account::AccountPage;
use crate::page::cases::overdue_count;
use crate::page::home::HomePage;
use crate::page::inbox::InboxPage;
use crate::page::missing::MissingPage;
use crate::page::more::MorePage;
use crate::page::sign_in::SignInPage;
use crate::part;
use crate::session::{Session, use_session};
use crate::text::{Language, use_language};
use domain::master::Name;
use domain::policy::Viewer;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Outlet, ParentRoute, Redirect, Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::path;
use leptos_router::{Lazy, SsrMode};

/// The application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(page_language());
    provide_context(page_session());
    crate::device::provide_device();
    let language = use_language();

    // Pages are complete HTML before they leave the server: readable without script, and with the right status.
    view! {
        <Title formatter=move |page: String| language.page_title(page)/>
        <Router>
            <Routes fallback=MissingPage>
                <Route path=path!("/count") view={Lazy::<part::Count>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/move/:kind") view={Lazy::<part::Movement>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/transfers/scan") view={Lazy::<part::WaybillScan>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/transfers/:transfer/scan") view={Lazy::<part::TransferScan>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <ParentRoute path=path!("") view=Frame>
                    <Route path=path!("/") view=HomePage ssr=SsrMode::Async/>
                    <Route path=path!("/board") view={Lazy::<part::Board>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/board/:store") view={Lazy::<part::StorePlan>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/board/:store/:shelf") view={Lazy::<part::ShelfTrace>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/moves") view={Lazy::<part::Moves>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/approvals") view={Lazy::<part::Approvals>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/trace") view={Lazy::<part::Trace>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/trace/:subject/:key") view={Lazy::<part::Trace>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/cases") view={Lazy::<part::Cases>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/devices") view={Lazy::<part::Devices>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/audit") view={Lazy::<part::Audit>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/proof") view={Lazy::<part::Proof>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/stocktakes") view={Lazy::<part::StocktakeStores>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/stocktakes/:store") view={Lazy::<part::StocktakeList>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/stocktakes/:store/new") view={Lazy::<part::StocktakeNew>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/stocktakes/:store/:stocktake") view={Lazy::<part::Stocktake>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/stocktakes/:store/:stocktake/key-in") view={Lazy::<part::KeyIn>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/accuracy") view={Lazy::<part::Accuracy>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/warnings") view={Lazy::<part::Warnings>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/replenishment") view={Lazy::<part::Replenishment>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/rules") view={Lazy::<part::Rules>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/rules/:rule") view={Lazy::<part::RuleEditor>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/transfers") view={Lazy::<part::Transfers>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/transfers/new") view={Lazy::<part::TransferNew>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/transfers/plan") view={Lazy::<part::RegionPlan>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/transfers/:transfer") view={Lazy::<part::TransferDetail>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/credit") view={Lazy::<part::Credit>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/more") view=MorePage ssr=SsrMode::Async/>
                    <Route path=path!("/inbox") view=InboxPage ssr=SsrMode::Async/>
                    <Route path=path!("/deliveries") view={Lazy::<part::Deliveries>::new()} ssr=SsrMode::Async/>
                    <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// The frame of a page that has one; sends those who are not signed in to do so.
#[component]
fn Frame() -> impl IntoView {
    let session = use_session();
    if session.viewer.is_none() && !session.is_offline_shell {
        let next = use_location();
        let path = next.pathname.get_untracked();
        let query = next.search.get_untracked();
        let query = query.trim_start_matches('?');
        let here = if query.is_empty() { path } else { format!("{path}?{query}") };
        return view! { <Redirect path=sign_in_path(&here)/> }.into_any();
    }
    view! {
        <Framed>
            <Outlet/>
        </Framed>
    }
    .into_any()
}

/// Bar, rail and tabs around a page.
#[component]
pub(crate) fn Framed(
    /// The page.
    children: Children,
) -> impl IntoView {
    let language = use_language();
    let location = use_location();
    let main = NodeRef::<leptos::html::Main>::new();
    provide_approval_count();
    provide_unread_count();
    provide_context(OverdueCases(overdue_count()));
    let viewer = StoredValue::new(use_session().viewer.map(|viewer| viewer.id));
    Effect::new(move |_| {
        if let Some(person) = viewer.get_value() {
            crate::device::push::renew(person);
        }
    });

    // A reader's cursor follows to the new page; the first page keeps the browser's own start.
    Effect::new(move |seen: Option<String>| {
        let path = location.pathname.get();
        if seen.is_some_and(|seen| seen != path) {
            browser::focus(main);
        }
        path
    });
    view! {
        <a class="skip-link" href="#main">{language.skip_to_content()}</a>
        <div class="shell">
            <TopBar/>
            <Rail/>
            <main class="shell__main" id="main" tabindex="-1" node_ref=main>
                <LossNotice/>
                {children()}
            </main>
            <TabBar/>
        </div>
    }
}

/// Who asks and what their place is called, as the server found out; nobody in the browser.
pub(crate) fn viewer_of_request() -> Option<(Viewer, Option<Name>)> {
    #[cfg(feature = "ssr")]
    {
        let backend = use_context::<std::sync::Arc<dyn crate::backend::Backend>>()?;
        Some((backend.viewer()?, backend.place()))
    }
    #[cfg(not(feature = "ssr"))]
    {
        None
    }
}

/// The session as the server rendered it, read back from `<html>` in the browser.
fn page_session() -> Session {
    let (viewer, place) = match viewer_of_request() {
        Some((viewer, place)) => (Some(viewer), place),
        None => (written_on_root("data-viewer"), written_on_root("data-place")),
    };
    Session { viewer, place, is_offline_shell: browser::root_attribute("data-shell").is_some() }
}

fn written_on_root<T: serde::de::DeserializeOwned>(attribute: &str) -> Option<T> {
    browser::root_attribute(attribute).and_then(|json| serde_json::from_str(&json).ok())
}

/// The language the page is in. The offline shell is one document for everybody and asks the cookie.
fn page_language() -> Language {
    if let Some(page) = use_context::<crate::shell::PageContext>() {
        return page.language;
    }
    if browser::root_attribute("data-shell").is_some() {
        let language = browser::cookie("lang").map(|code| Language::from_code(&code)).unwrap_or_default();
        browser::set_root_attribute("lang", language.tag());
        for name in ["theme", "hand"] {
            if let Some(code) = browser::cookie(name) {
                browser::set_root_attribute(&format!("data-{name}"), &code);
            }
        }
        return language;
    }
    browser::root_attribute("lang").map(|tag| Language::from_code(&tag)).unwrap_or_default()
}
