//! Asks other stores for goods: what, how many, from where, in one tap. The address holds what is wanted, so that a
//! warning or a shelf can lead here with it filled in.

mod find;
mod source;

use crate::component::page_head::{Crumb, Crumbs, PageHead};
use crate::session::use_session;
use crate::text::use_language;
use domain::id::{SkuCode, StoreCode};
use domain::movement::Units;
use domain::policy::Scope;
use find::FindItem;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use source::FindSources;

/// Pieces that are asked for first.
const UNITS: Units = 5;

/// What the address says is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Wanted {
    store: String,
    sku: Option<String>,
    typed: Option<String>,
    units: Option<String>,
}

/// Where pieces of an item are requested for a store.
#[must_use]
pub fn wanted_href(store: &StoreCode, sku: &SkuCode, units: Units) -> String {
    format!("/transfers/new?store={store}&sku={}&units={units}", crate::backend::escape_query(sku.as_str()))
}

impl Wanted {
    fn href(&self, sku: &str) -> String {
        format!("/transfers/new?store={}&sku={}&units={UNITS}", self.store, crate::backend::escape_query(sku))
    }
}

/// The page.
#[component]
pub fn TransferNewPage() -> impl IntoView {
    let language = use_language();
    let query = use_query_map();
    let own = match use_session().viewer.map(|viewer| viewer.scope) {
        Some(Scope::Store(own)) => Some(own.to_string()),
        _ => None,
    };
    let wanted = Memo::new(move |_| {
        let query = query.read();
        let some = |name: &str| query.get(name).filter(|text| !text.trim().is_empty());
        let store = own.clone().or_else(|| some("store")).unwrap_or_default();
        Wanted { store, sku: some("sku"), typed: some("q"), units: some("units") }
    });
    let crumbs = vec![Crumb::link(language.transfers_title(), "/transfers"), Crumb::here(language.want_title())];
    view! {
        <div class="page page--narrow">
            <div>
                <Crumbs steps=crumbs/>
                <PageHead title=language.want_title() sub=language.want_sub().to_owned()/>
            </div>
            {move || match wanted.get() {
                Wanted { sku: None, .. } => view! { <FindItem wanted=wanted.get()/> }.into_any(),
                Wanted { sku: Some(sku), .. } => view! { <FindSources wanted=wanted.get() sku/> }.into_any(),
            }}
        </div>
    }
}
