//! Sheets to print.

use crate::support::{Browser, TestServer};
use axum::body::{Body, to_bytes};
use axum::http::{Method, StatusCode, header};
use tower::ServiceExt;

/// Status, content type and text of what a browser gets.
async fn get(server: &TestServer, browser: &Browser, path: &str) -> (StatusCode, String, String) {
    let request = browser.request(Method::GET, path).body(Body::empty()).expect("a whole request");
    let response = server.router.clone().oneshot(request).await.expect("the router answers");
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.unwrap_or_default().to_owned();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.expect("a whole body");
    (status, kind, String::from_utf8(bytes.to_vec()).expect("UTF-8"))
}

#[tokio::test]
async fn a_sheet_has_one_label_for_each_shelf_and_no_inline_style() {
    let server = TestServer::start().await;
    let manager = server.signed_in("manager").await;
    let (status, kind, sheet) = get(&server, &manager, "/print/shelves/S001").await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "text/html; charset=utf-8"));
    assert_eq!(sheet.matches("<li class=\"shelf-label\">").count(), 2);
    assert!(sheet.contains("<link rel=\"stylesheet\" href=\"/print/sheet.css\">"));
    assert!(!sheet.contains("style=") && !sheet.contains("<style") && !sheet.contains("<script"));
    let (status, kind, _) = get(&server, &manager, "/print/sheet.css").await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "text/css; charset=utf-8"));
}

#[tokio::test]
async fn one_shelf_can_be_asked_for_and_an_unknown_one_is_not_found() {
    let server = TestServer::start().await;
    let hq = server.signed_in("hq").await;
    let (_, _, sheet) = get(&server, &hq, "/print/products/S001?shelf=A-01").await;
    assert_eq!(sheet.matches("<section").count(), 1);
    assert!(sheet.contains("<h2>A-01"));
    assert!(!sheet.contains("product-label\""), "these products have no barcode to print");
    let (status, _, _) = get(&server, &hq, "/print/products/S001?shelf=Z-99").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn whoever_opens_a_sheet_signs_in_first_and_comes_back_to_it() {
    let server = TestServer::start().await;
    let reply = server.browser().get("/print/products/S001?shelf=A-01").await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    assert_eq!(reply.location(), Some("/sign-in?next=/print/products/S001%3Fshelf%3DA-01"));
    let form = "login=manager&password=correct+horse+battery&next=/print/products/S001%3Fshelf%3DA-01";
    let reply = server.browser().post_text("/fn/sign_in", "application/x-www-form-urlencoded", form.to_owned()).await;
    assert_eq!(reply.location(), Some("/print/products/S001?shelf=A-01"));
}
