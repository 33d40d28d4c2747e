//! The parts of the program that are fetched when they are first needed.
//!
//! Everybody needs the main module: signing in, the workbench, messages. The `floor` holds what is done at the shelf, by
//! scanning; the `desk` the pages of those who plan, compare, approve and audit. What both need and the main module does
//! not is a chunk of its own. The service worker fetches all in the background, so that they are there without a network.

use crate::backend::BackendError;
use crate::component::load_state::Problem;
use crate::page;
use leptos::prelude::*;
use leptos_router::LazyRoute;

/// Why a part is not there: the network, or a server that has another build by now.
struct Unfetched;

impl From<leptos::wasm_split::SplitLoaderError> for Unfetched {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

/// Not there although the network is: the server is away, or has newer builds by now.
fn unfetched() -> BackendError {
    #[cfg(feature = "hydrate")]
    if window().navigator().on_line() {
        return BackendError::Unavailable;
    }
    BackendError::Unreachable
}

/// Makes a route of each page: fetched with its part in the browser, at hand on the server.
macro_rules! part {
    ($part:ident: $($route:ident, $open:ident: $page:path;)*) => {$(
        mod $open {
            use super::{Unfetched, page};
            use leptos::prelude::{AnyView, IntoAny};

            #[cfg_attr(
                feature = "hydrate",
                leptos::wasm_split::wasm_split($part, wasm_split_path = ::leptos::wasm_split, preload(fetch), fallible)
            )]
            pub(super) fn $open() -> Result<AnyView, Unfetched> {
                Ok($page().into_any())
            }
        }

        #[doc = concat!("`", stringify!($page), "`")]
        pub struct $route;

        impl LazyRoute for $route {
            fn data() -> Self {
                Self
            }

            // The rest of the page is brought to life in one go: what it needs must be there before.
            #[cfg(feature = "hydrate")]
            async fn preload() {
                // After a click the view says that it failed; a page of the server's cannot come to life then, and
                // boot.ts says so.
                let _ = $open::fetch().await;
            }

            async fn view(_: Self) -> AnyView {
                #[cfg(feature = "hydrate")]
                let page = $open::$open().await;
                #[cfg(not(feature = "hydrate"))]
                let page = $open::$open();
                page.unwrap_or_else(|Unfetched| view! { <Problem error=unfetched()/> }.into_any())
            }
        }
    )*};
}

part! {
    floor:
    Count, open_count: page::count::CountPage;
    Movement, open_movement: page::movement::MovementPage;
    Moves, open_moves: page::moves::MovesPage;
    TransferScan, open_transfer_scan: page::transfer_scan::TransferScanPage;
    WaybillScan, open_waybill_scan: page::transfer_scan::WaybillScanPage;
}

part! {
    desk:
    Board, open_board: page::board::BoardPage;
    StorePlan, open_store_plan: page::store_plan::StorePlanPage;
    ShelfTrace, open_shelf_trace: page::shelf_trace::ShelfTracePage;
    Approvals, open_approvals: page::approvals::ApprovalsPage;
    Trace, open_trace: page::trace::TracePage;
    Cases, open_cases: page::cases::CasesPage;
    Devices, open_devices: page::devices::DevicesPage;
    Audit, open_audit: page::audit::AuditPage;
    Proof, open_proof: page::proof::ProofPage;
    StocktakeStores, open_stocktake_stores: page::stocktake_list::StocktakeStoresPage;
    StocktakeList, open_stocktake_list: page::stocktake_list::StocktakeListPage;
    StocktakeNew, open_stocktake_new: page::stocktake_new::StocktakeNewPage;
    Stocktake, open_stocktake: page::stocktake::StocktakePage;
    KeyIn, open_key_in: page::key_in::KeyInPage;
    Accuracy, open_accuracy: page::accuracy::AccuracyPage;
    Warnings, open_warnings: page::warnings::WarningsPage;
    Replenishment, open_replenishment: page::replenishment::ReplenishmentPage;
    Rules, open_rules: page::rules::RulesPage;
    RuleEditor, open_rule_editor: page::rule_editor::RuleEditorPage;
    Transfers, open_transfers: page::transfers::TransfersPage;
    TransferNew, open_transfer_new: page::transfer_new::TransferNewPage;
    RegionPlan, open_region_plan: page::region_plan::RegionPlanPage;
    TransferDetail, open_transfer_detail: page::transfer::TransferDetailPage;
    Credit, open_credit: page::credit::CreditPage;
    Deliveries, open_deliveries: page::deliveries::DeliveriesPage;
}
