//! Who may enter where: every entrance of the access table, tried by every role on its own store, on a sibling of the
//! same region and on a store of another region.

use crate::support::{Browser, PEOPLE, TestServer, device};
use axum::http::{Method, StatusCode};
use domain::photo::PhotoId;
use serde_json::json;
use server::access::{Entrance, On, Policy, TABLE, undeclared};
use std::fmt::Write;

const STORES: [&str; 3] = ["S001", "S002", "S009"];

/// Tries an entrance on a store and tells whether it opened. Nothing is changed by it.
async fn opens(browser: &Browser, entrance: &Entrance, store: &str) -> bool {
    let path = entrance.path.replace("{store}", store).replace("{shelf}", "A-01").replace("{person}", "P-NOBODY");
    let path = path.replace("{id}", &PhotoId::of(b"nothing").to_string());
    let path = path.replace("{device}", "01KAPX3CE0YBGAD9P5M7S0T8CM");
    let path = path.replace("{stocktake}", &format!("{store}-20261122"));
    let reply = if entrance.method == Method::GET {
        let in_query =
            matches!(entrance.policy, Policy::May(_, On::StoreInQuery) | Policy::MayAny(_, On::StoreInQuery));
        browser.get(&if in_query { format!("{path}?store={store}&q=x&day=2026-11-22&seq=1") } else { path }).await
    } else if entrance.method == Method::PUT {
        browser.put(&format!("{path}?store={store}"), "no photo").await
    } else if path == "/api/v1/sync" {
        browser.post(&path, &json!({ "protocol": 1, "device": device(1), "app": "test", "events": [] })).await
    } else if path.starts_with("/fn/") {
        let trace =
            format!("ask[store]={store}&typed=x&day=2026-11-22&device=01KAPX3CE0YBGAD9P5M7S0T8CM&admission=bar");
        let stocktake = format!("stocktake={store}-20261122&filter=off&skip=0&choice=\"due\"");
        let said = "message=01KAPX3CE0YBGAD9P5M7S0T8CM&act=confirm&preference={\"channels\":[],\"quiet\":null}";
        let transfer = "id=01KAPX3CE0YBGAD9P5M7S0T8CM&sku=100001&units=5";
        let body = format!("store={store}&shelf=A-01&{stocktake}&back=/&login=x&password=y&{trace}&{said}&{transfer}");
        let body = format!(
            "{body}&firing=01KAPX3CE0YBGAD9P5M7S0T8CM&outcome=counted&key=x&address=x&code=x&language=zh&rule={{}}&n_days=30&since=0"
        );
        let region = if store == "S009" { "R2" } else { "R1" };
        let set = r#"{"sku":"100001","version":9,"safety_units":1,"order_units":null,"reason":"x"}"#;
        let body = format!("{body}&token=01KAPX3CE0YBGAD9P5M7S0T8CM&supplier=x&lines=[]&change={set}");
        let body = format!("{body}&region={region}&categories=&plan=01KAPX3CE0YBGAD9P5M7S0T8CM");
        browser.post_text(&path, "application/x-www-form-urlencoded", body).await
    } else {
        browser.post(&path, &json!({ "login": "x", "password": "y" })).await
    };
    // Sheets to print are for people, who are asked to sign in.
    if reply.location().is_some_and(|path| path.starts_with("/sign-in?next=")) {
        return false;
    }
    match reply.code() {
        "sign_in_needed" | "forbidden" | "foreign_origin" => false,
        _ => reply.status != StatusCode::FORBIDDEN && !reply.status.is_server_error(),
    }
}

/// One line for each entrance that is not public: who opens it on own, sibling and other store.
async fn matrix() -> String {
    let server = TestServer::start().await;
    let mut text = String::new();
    for entrance in TABLE.iter().filter(|entrance| !matches!(entrance.policy, Policy::Public | Policy::Signed)) {
        write!(text, "{} {}:", entrance.method, entrance.path).expect("writes to text");
        for (login, ..) in PEOPLE {
            // Signed in anew each time: one of the entrances signs out everywhere.
            let browser = server.signed_in(login).await;
            let mut marks = String::new();
            for store in STORES {
                marks.push(if opens(&browser, entrance, store).await { '+' } else { '-' });
            }
            write!(text, " {login} {marks}").expect("writes to text");
        }
        text.push('\n');
    }
    text
}

#[tokio::test]
async fn each_role_enters_exactly_where_it_may() {
    assert_eq!(matrix().await, EXPECTED);
}

const EXPECTED: &str = "\
POST /fn/sign_out_everywhere: clerk +-- manager +-- regional +-- hq +-- auditor +--
POST /fn/workbench: clerk +++ manager +++ regional --- hq --- auditor ---
POST /fn/chain_board: clerk --- manager +++ regional +++ hq +++ auditor +++
POST /fn/store_plan: clerk --- manager +-- regional ++- hq +++ auditor +++
POST /fn/shelf_detail: clerk --- manager +-- regional ++- hq +++ auditor +++
POST /fn/approvals: clerk --- manager +++ regional +++ hq +++ auditor ---
POST /fn/count_approvals: clerk --- manager +++ regional +++ hq +++ auditor ---
POST /fn/trace_page: clerk --- manager +-- regional ++- hq +++ auditor +++
POST /fn/trace_across: clerk --- manager +++ regional +++ hq +++ auditor +++
POST /fn/trace_stores: clerk --- manager +++ regional +++ hq +++ auditor +++
POST /fn/suggestions: clerk --- manager +-- regional ++- hq +++ auditor +++
POST /fn/suggestions_across: clerk --- manager +++ regional +++ hq +++ auditor +++
POST /fn/cases: clerk --- manager +++ regional +++ hq +++ auditor +++
POST /fn/case_counts: clerk --- manager +++ regional +++ hq +++ auditor +++
POST /fn/devices: clerk --- manager +-- regional ++- hq +++ auditor +++
POST /fn/admit_device: clerk --- manager +++ regional --- hq +++ auditor ---
POST /fn/audit_day: clerk --- manager +-- regional ++- hq +++ auditor +++
POST /fn/stocktakes: clerk --- manager +-- regional ++- hq +++ auditor +++
POST /fn/stocktake: clerk --- manager +-- regional ++- hq +++ auditor +++
POST /fn/review_page: clerk --- manager +-- regional ++- hq +++ auditor +++
POST /fn/plan_options: clerk --- manager +-- regional ++- hq +++ auditor ---
POST /fn/plan_draft: clerk --- manager +-- regional ++- hq +++ auditor ---
POST /fn/count_sheet: clerk +-- manager +-- regional --- hq --- auditor ---
POST /fn/accuracy: clerk --- manager +++ regional +++ hq +++ auditor +++
POST /fn/warnings: clerk --- manager +++ regional +++ hq +++ auditor +++
POST /fn/warning_count: clerk --- manager +++ regional +++ hq +++ auditor +++
POST /fn/take_warning: clerk --- manager +-- regional ++- hq +++ auditor ---
POST /fn/close_warning: clerk --- manager +-- regional ++- hq +++ auditor ---
POST /fn/warning_deeds: clerk --- manager +-- regional ++- hq +++ auditor ---
POST /fn/replenishment: clerk --- manager +-- regional ++- hq +++ auditor +++
POST /fn/order_goods: clerk --- manager +-- regional ++- hq +++ auditor ---
POST /fn/override_stock: clerk --- manager +-- regional ++- hq +++ auditor ---
POST /fn/region_plan: clerk --- manager --- regional ++- hq +++ auditor ---
POST /fn/start_region_plan: clerk --- manager --- regional ++- hq +++ auditor ---
POST /fn/stop_region_plan: clerk --- manager --- regional ++- hq +++ auditor ---
POST /fn/request_region_plan: clerk --- manager --- regional ++- hq +++ auditor ---
POST /fn/rules: clerk --- manager +++ regional +++ hq +++ auditor +++
POST /fn/save_rule: clerk --- manager --- regional --- hq +++ auditor ---
POST /fn/backtest: clerk --- manager --- regional --- hq +++ auditor ---
POST /fn/heat: clerk --- manager +++ regional +++ hq +++ auditor +++
POST /fn/heat_on: clerk --- manager +++ regional +++ hq +++ auditor +++
POST /fn/transfers: clerk +++ manager +++ regional +++ hq +++ auditor +++
POST /fn/transfer: clerk +++ manager +++ regional +++ hq +++ auditor +++
POST /fn/transfer_sources: clerk --- manager +-- regional ++- hq +++ auditor ---
POST /fn/confirmation_pace: clerk --- manager +++ regional +++ hq +++ auditor +++
POST /fn/credit: clerk --- manager +-- regional ++- hq +++ auditor +++
POST /fn/credits: clerk --- manager +++ regional +++ hq +++ auditor +++
POST /fn/inbox: clerk +++ manager +++ regional +++ hq +++ auditor +++
POST /fn/count_unread: clerk +++ manager +++ regional +++ hq +++ auditor +++
POST /fn/answer_message: clerk +++ manager +++ regional +++ hq +++ auditor +++
POST /fn/telling: clerk +++ manager +++ regional +++ hq +++ auditor +++
POST /fn/choose_telling: clerk +++ manager +++ regional +++ hq +++ auditor +++
POST /fn/give_address: clerk +++ manager +++ regional +++ hq +++ auditor +++
POST /fn/confirm_address: clerk +++ manager +++ regional +++ hq +++ auditor +++
POST /fn/forget_address: clerk +++ manager +++ regional +++ hq +++ auditor +++
POST /fn/robots: clerk --- manager --- regional --- hq +++ auditor ---
POST /fn/set_robot: clerk --- manager --- regional --- hq +++ auditor ---
POST /fn/forget_robot: clerk --- manager --- regional --- hq +++ auditor ---
POST /fn/delivery_log: clerk --- manager --- regional --- hq +++ auditor ---
POST /api/v1/sign-out-everywhere: clerk +-- manager +-- regional +-- hq +-- auditor +--
GET /api/v1/me: clerk +++ manager +++ regional +++ hq +++ auditor +++
GET /api/v1/snapshot: clerk +-- manager +-- regional --- hq --- auditor ---
POST /api/v1/sync: clerk +++ manager +++ regional +++ hq +++ auditor +++
PUT /api/v1/photos/{id}: clerk +-- manager +-- regional --- hq +++ auditor ---
GET /api/v1/photos/{id}: clerk +++ manager +++ regional +++ hq +++ auditor +++
GET /api/v1/sales: clerk +-- manager +-- regional --- hq --- auditor ---
GET /api/v1/movements: clerk +-- manager +-- regional --- hq --- auditor ---
GET /api/v1/approvals: clerk --- manager +++ regional +++ hq +++ auditor ---
GET /api/v1/purchase-orders: clerk +-- manager +-- regional ++- hq +++ auditor +++
PUT /api/v1/purchase-orders: clerk --- manager --- regional --- hq +++ auditor ---
GET /api/v1/stock: clerk --- manager +-- regional ++- hq +++ auditor +++
GET /api/v1/events: clerk --- manager +-- regional ++- hq +++ auditor +++
GET /api/v1/trace: clerk --- manager +-- regional ++- hq +++ auditor +++
GET /api/v1/trace/stores: clerk --- manager +++ regional +++ hq +++ auditor +++
GET /api/v1/trace/suggest: clerk --- manager +-- regional ++- hq +++ auditor +++
GET /api/v1/cases: clerk --- manager +++ regional +++ hq +++ auditor +++
GET /api/v1/warnings: clerk --- manager +++ regional +++ hq +++ auditor +++
POST /api/v1/footfall: clerk --- manager +++ regional --- hq +++ auditor ---
GET /api/v1/devices: clerk --- manager +++ regional +++ hq +++ auditor +++
POST /api/v1/devices/{device}/bar: clerk --- manager +++ regional --- hq +++ auditor ---
POST /api/v1/devices/{device}/admit: clerk --- manager +++ regional --- hq +++ auditor ---
GET /api/v1/audit: clerk --- manager +-- regional ++- hq +++ auditor +++
GET /api/v1/proof: clerk --- manager +-- regional ++- hq +++ auditor +++
GET /api/v1/board: clerk --- manager +++ regional +++ hq +++ auditor +++
GET /api/v1/board/{store}: clerk --- manager +-- regional ++- hq +++ auditor +++
GET /api/v1/board/{store}/{shelf}: clerk --- manager +-- regional ++- hq +++ auditor +++
GET /api/v1/transfers: clerk +++ manager +++ regional +++ hq +++ auditor +++
GET /api/v1/transfers/{transfer}: clerk +++ manager +++ regional +++ hq +++ auditor +++
GET /api/v1/transfer-sources: clerk --- manager +-- regional ++- hq +++ auditor ---
GET /api/v1/credit: clerk --- manager +-- regional ++- hq +++ auditor +++
GET /api/v1/replenishment.csv: clerk --- manager +++ regional +++ hq +++ auditor +++
GET /api/v1/accuracy.csv: clerk --- manager +++ regional +++ hq +++ auditor +++
POST /api/v1/push/subscribe: clerk +++ manager +++ regional +++ hq +++ auditor +++
POST /api/v1/push/unsubscribe: clerk +++ manager +++ regional +++ hq +++ auditor +++
POST /api/v1/push/opened: clerk +++ manager +++ regional +++ hq +++ auditor +++
GET /api/v1/live: clerk --- manager +++ regional +++ hq +++ auditor +++
GET /api/v1/people: clerk --- manager --- regional --- hq +++ auditor ---
POST /api/v1/people/{person}/disable: clerk --- manager --- regional --- hq +++ auditor ---
POST /api/v1/people/{person}/enable: clerk --- manager --- regional --- hq +++ auditor ---
POST /api/v1/people/{person}/contact: clerk --- manager --- regional --- hq +++ auditor ---
GET /open/{channel}/{message}: clerk +++ manager +++ regional +++ hq +++ auditor +++
GET /print/shelves/{store}: clerk --- manager +-- regional ++- hq +++ auditor ---
GET /print/products/{store}: clerk --- manager +-- regional ++- hq +++ auditor ---
GET /print/count-sheet/{store}/{stocktake}: clerk --- manager +-- regional ++- hq +++ auditor ---
GET /print/waybill/{transfer}: clerk +++ manager +++ regional +++ hq +++ auditor +++
";

#[tokio::test]
async fn nobody_enters_without_signing_in() {
    let server = TestServer::start().await;
    // What is signed is there only where its sender is set up, and looks at the signature itself.
    for entrance in TABLE.iter().filter(|entrance| !matches!(entrance.policy, Policy::Public | Policy::Signed)) {
        assert!(!opens(&server.browser(), entrance, "S001").await, "{} {}", entrance.method, entrance.path);
    }
}

#[tokio::test]
async fn pages_and_server_functions_are_all_declared() {
    let pages = server::ssr::pages();
    let pages = pages.iter().map(|page| (Method::GET, page.path()));
    let functions = leptos::server_fn::axum::server_fn_paths().map(|(path, method)| (method, path));
    assert_eq!(undeclared(pages.chain(functions)), [""; 0]);
}

#[tokio::test]
async fn a_store_that_does_not_exist_reads_like_one_that_is_not_ours() {
    let server = TestServer::start().await;
    let (manager, hq) = (server.signed_in("manager").await, server.signed_in("hq").await);
    assert_eq!(manager.get("/api/v1/board/S777").await.code(), "forbidden");
    assert_eq!(hq.get("/api/v1/board/S777").await.code(), "not_found");
    assert_eq!(hq.get("/api/v1/board/s777").await.code(), "malformed");
    assert_eq!(hq.get("/api/v1/stock").await.code(), "malformed", "which store?");
}
