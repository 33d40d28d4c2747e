//! Routes, contexts, and the frame around the pages that have one.

use crate::backend::sign_in_path;
use crate::browser;
use crate::component::approval_count::provide_approval_count;
use crate::component::loss_notice::LossNotice;
use crate::component::nav::{OverdueCases, Rail, TabBar, TopBar};
use crate::component::unread_count::provide_unread_count;
use crate::page::account::AccountPage;
use crate::page::accuracy::AccuracyPage;
use crate::page::approvals::ApprovalsPage;
use crate::page::audit::AuditPage;
use crate::page::board::BoardPage;
use crate::page::cases::{CasesPage, overdue_count};
use crate::page::count::CountPage;
use crate::page::credit::CreditPage;
use crate::page::deliveries::DeliveriesPage;
use crate::page::devices::DevicesPage;
use crate::page::home::HomePage;
use crate::page::inbox::InboxPage;
use crate::page::key_in::KeyInPage;
use crate::page::missing::MissingPage;
use crate::page::more::MorePage;
use crate::page::movement::MovementPage;
use crate::page::moves::MovesPage;
use crate::page::proof::ProofPage;
use crate::page::region_plan::RegionPlanPage;
use crate::page::replenishment::ReplenishmentPage;
use crate::page::rule_editor::RuleEditorPage;
use crate::page::rules::RulesPage;
use crate::page::shelf_trace::ShelfTracePage;
use crate::page::sign_in::SignInPage;
use crate::page::stocktake::StocktakePage;
use crate::page::stocktake_list::{StocktakeListPage, StocktakeStoresPage};
use crate::page::stocktake_new::StocktakeNewPage;
use crate::page::store_plan::StorePlanPage;
use crate::page::trace::TracePage;
use crate::page::transfer::TransferDetailPage;
use crate::page::transfer_new::TransferNewPage;
use crate::page::transfer_scan::{TransferScanPage, WaybillScanPage};
use crate::page::transfers::TransfersPage;
use crate::page::warnings::WarningsPage;
use crate::session::{Session, use_session};
use crate::text::{Language, use_language};
use domain::master::Name;
use domain::policy::Viewer;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{Outlet, ParentRoute, Redirect, Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::path;

/// The application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(page_language());
    provide_context(page_session());
    crate::device::provide_device();
    let language = use_language();

    // Tests and people in a hurry must know when buttons answer.
    Effect::new(|_| browser::set_root_attribute("data-hydrated", ""));

    // Pages are complete HTML before they leave the server: readable without script, and with the right status.
    view! {
        <Title formatter=move |page: String| language.page_title(page)/>
        <Router>
            <Routes fallback=MissingPage>
                <Route path=path!("/count") view=CountPage ssr=SsrMode::Async/>
                <Route path=path!("/move/:kind") view=MovementPage ssr=SsrMode::Async/>
                <Route path=path!("/transfers/scan") view=WaybillScanPage ssr=SsrMode::Async/>
                <Route path=path!("/transfers/:transfer/scan") view=TransferScanPage ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <ParentRoute path=path!("") view=Frame>
                    <Route path=path!("/") view=HomePage ssr=SsrMode::Async/>
                    <Route path=path!("/board") view=BoardPage ssr=SsrMode::Async/>
                    <Route path=path!("/board/:store") view=StorePlanPage ssr=SsrMode::Async/>
                    <Route path=path!("/board/:store/:shelf") view=ShelfTracePage ssr=SsrMode::Async/>
                    <Route path=path!("/moves") view=MovesPage ssr=SsrMode::Async/>
                    <Route path=path!("/approvals") view=ApprovalsPage ssr=SsrMode::Async/>
                    <Route path=path!("/trace") view=TracePage ssr=SsrMode::Async/>
                    <Route path=path!("/trace/:subject/:key") view=TracePage ssr=SsrMode::Async/>
                    <Route path=path!("/cases") view=CasesPage ssr=SsrMode::Async/>
                    <Route path=path!("/devices") view=DevicesPage ssr=SsrMode::Async/>
                    <Route path=path!("/audit") view=AuditPage ssr=SsrMode::Async/>
                    <Route path=path!("/proof") view=ProofPage ssr=SsrMode::Async/>
                    <Route path=path!("/stocktakes") view=StocktakeStoresPage ssr=SsrMode::Async/>
                    <Route path=path!("/stocktakes/:store") view=StocktakeListPage ssr=SsrMode::Async/>
                    <Route path=path!("/stocktakes/:store/new") view=StocktakeNewPage ssr=SsrMode::Async/>
                    <Route path=path!("/stocktakes/:store/:stocktake") view=StocktakePage ssr=SsrMode::Async/>
                    <Route path=path!("/stocktakes/:store/:stocktake/key-in") view=KeyInPage ssr=SsrMode::Async/>
                    <Route path=path!("/accuracy") view=AccuracyPage ssr=SsrMode::Async/>
                    <Route path=path!("/warnings") view=WarningsPage ssr=SsrMode::Async/>
                    <Route path=path!("/replenishment") view=ReplenishmentPage ssr=SsrMode::Async/>
                    <Route path=path!("/rules") view=RulesPage ssr=SsrMode::Async/>
                    <Route path=path!("/rules/:rule") view=RuleEditorPage ssr=SsrMode::Async/>
                    <Route path=path!("/transfers") view=TransfersPage ssr=SsrMode::Async/>
                    <Route path=path!("/transfers/new") view=TransferNewPage ssr=SsrMode::Async/>
                    <Route path=path!("/transfers/plan") view=RegionPlanPage ssr=SsrMode::Async/>
                    <Route path=path!("/transfers/:transfer") view=TransferDetailPage ssr=SsrMode::Async/>
                    <Route path=path!("/credit") view=CreditPage ssr=SsrMode::Async/>
                    <Route path=path!("/more") view=MorePage ssr=SsrMode::Async/>
                    <Route path=path!("/inbox") view=InboxPage ssr=SsrMode::Async/>
                    <Route path=path!("/deliveries") view=DeliveriesPage ssr=SsrMode::Async/>
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
