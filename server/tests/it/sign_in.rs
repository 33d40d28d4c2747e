//! Signing in, staying signed in, signing out.

use crate::support::{Browser, PASSWORD, TestServer, person};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use domain::instant::{DAY_MS, MINUTE_MS};
use serde_json::json;
use server::config::Config;
use server::store::person::AccountState;

async fn status_of_me(browser: &Browser) -> StatusCode {
    browser.get("/api/v1/me").await.status
}

#[tokio::test]
async fn the_right_password_starts_a_session() {
    let server = TestServer::start().await;
    let mut browser = server.browser();
    let reply = browser.sign_in(" Clerk ", PASSWORD).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(
        reply.json,
        json!({ "id": "P-CLERK", "name": "clerk 某", "role": "clerk", "scope": { "store": "S001" } })
    );
    let cookie = reply.headers[header::SET_COOKIE].to_str().expect("ascii");
    assert!(cookie.starts_with("shelftrace=") && cookie.contains("; HttpOnly; SameSite=Lax; Path=/"), "{cookie}");
    assert_eq!(browser.get("/api/v1/me").await.json["id"], "P-CLERK");
}

#[tokio::test]
async fn the_cookie_is_bound_to_the_host_where_browsers_come_through_https() {
    let config = Config { public_origin: Some("https://shop.test".into()), ..Config::default() };
    let server = TestServer::start_with(config).await;
    let mut browser = server.browser();
    let reply = browser.sign_in("clerk", PASSWORD).await;
    let cookie = reply.headers[header::SET_COOKIE].to_str().expect("ascii");
    assert!(cookie.starts_with("__Host-shelftrace=") && cookie.contains("; Secure;"), "{cookie}");
    assert!(reply.headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    assert_eq!(status_of_me(&browser).await, StatusCode::OK);
}

#[tokio::test]
async fn wrong_password_unknown_login_and_disabled_account_read_alike() {
    let server = TestServer::start().await;
    server.state.sign_in.set_state(&person("auditor"), AccountState::Disabled).await.expect("disables");
    let mut bodies = Vec::new();
    for (login, password) in [("clerk", "wrong password"), ("nobody", PASSWORD), ("auditor", PASSWORD)] {
        let reply = server.browser().sign_in(login, password).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{login}");
        assert!(!reply.headers.contains_key(header::SET_COOKIE));
        bodies.push(reply.json);
    }
    assert_eq!(bodies[0]["code"], "bad_credentials");
    assert!(bodies.iter().all(|body| *body == bodies[0]));
}

#[tokio::test]
async fn the_sixth_wrong_password_in_a_minute_waits() {
    let server = TestServer::start().await;
    for _ in 0..5 {
        assert_eq!(server.browser().sign_in("clerk", "wrong password").await.status, StatusCode::UNAUTHORIZED);
    }
    let reply = server.browser().sign_in("clerk", PASSWORD).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::TOO_MANY_REQUESTS, "too_many_attempts"));
    assert_eq!(reply.headers[header::RETRY_AFTER], "12");
    assert_eq!(reply.json["retry_after_s"], 12);
    assert_eq!(server.browser().sign_in("manager", PASSWORD).await.status, StatusCode::OK, "others are not held up");
    server.clock.advance_ms(12_000);
    assert_eq!(server.browser().sign_in("clerk", PASSWORD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_address_that_tries_many_logins_waits() {
    let server = TestServer::start().await;
    for n in 0..20 {
        let reply = server.browser().sign_in(&format!("guess-{n}"), "wrong password").await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(server.browser().sign_in("clerk", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn right_passwords_are_not_counted() {
    let server = TestServer::start().await;
    for _ in 0..25 {
        server.signed_in("clerk").await;
    }
}

#[tokio::test]
async fn signing_in_again_ends_the_earlier_session() {
    let server = TestServer::start().await;
    let mut browser = server.signed_in("clerk").await;
    let earlier = browser.clone();
    browser.sign_in("clerk", PASSWORD).await;
    assert_ne!(browser.cookie(), earlier.cookie());
    assert_eq!(status_of_me(&earlier).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status_of_me(&browser).await, StatusCode::OK);
}

#[tokio::test]
async fn an_idle_session_ends_and_a_used_one_goes_on() {
    let server = TestServer::start().await;
    let (idle, used) = (server.signed_in("clerk").await, server.signed_in("clerk").await);
    for _ in 0..3 {
        server.clock.advance_ms(5 * 60 * MINUTE_MS);
        assert_eq!(status_of_me(&used).await, StatusCode::OK);
    }
    let reply = idle.get("/api/v1/me").await;
    assert_eq!((reply.status, reply.code()), (StatusCode::UNAUTHORIZED, "sign_in_needed"));
}

#[tokio::test]
async fn no_session_outlives_thirty_days() {
    let server = TestServer::start().await;
    let browser = server.signed_in("clerk").await;
    for _ in 0..60 {
        assert_eq!(status_of_me(&browser).await, StatusCode::OK);
        server.clock.advance_ms(DAY_MS / 2 - MINUTE_MS);
    }
    server.clock.advance_ms(2 * 60 * MINUTE_MS);
    assert_eq!(status_of_me(&browser).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn signing_out_ends_this_session_and_everywhere_ends_all() {
    let server = TestServer::start().await;
    let (phone, tablet, other) =
        (server.signed_in("clerk").await, server.signed_in("clerk").await, server.signed_in("clerk").await);
    let reply = phone.post("/api/v1/sign-out", &json!({})).await;
    assert!(reply.headers[header::SET_COOKIE].to_str().expect("ascii").contains("Max-Age=0"));
    assert_eq!(status_of_me(&phone).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status_of_me(&tablet).await, StatusCode::OK);
    tablet.post("/api/v1/sign-out-everywhere", &json!({})).await;
    assert_eq!(status_of_me(&tablet).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status_of_me(&other).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_disabled_person_is_out_at_once() {
    let server = TestServer::start().await;
    let (hq, clerk) = (server.signed_in("hq").await, server.signed_in("clerk").await);
    let reply = hq.post("/api/v1/people/P-CLERK/disable", &json!({})).await;
    assert_eq!(reply.json["is_disabled"], true, "{}", reply.json);
    assert_eq!(status_of_me(&clerk).await, StatusCode::UNAUTHORIZED);
    hq.post("/api/v1/people/P-CLERK/enable", &json!({})).await;
    assert_eq!(status_of_me(&clerk).await, StatusCode::UNAUTHORIZED, "sessions do not come back");
    server.signed_in("clerk").await;
}

#[tokio::test]
async fn another_site_cannot_write() {
    let server = TestServer::start().await;
    let hq = server.signed_in("hq").await;
    let paths = ["/api/v1/sign-out", "/api/v1/sync", "/fn/sign_out", "/fn/prefer", "/api/v1/people/P-CLERK/disable"];
    for path in paths {
        for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.test"), ("accept", "*/*")] {
            let request = hq.request(Method::POST, path).header(name, value).body(Body::empty()).expect("a request");
            let reply = hq.send(request).await;
            assert_eq!((reply.status, reply.code()), (StatusCode::FORBIDDEN, "foreign_origin"), "{path} {name}");
        }
    }
    assert_eq!(status_of_me(&hq).await, StatusCode::OK, "nothing happened");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let server = TestServer::start().await;
    for path in ["/api/v1/me", "/sign-in", "/nothing-here", "/pkg/none/none.js", "/healthz"] {
        let headers = server.browser().get(path).await.headers;
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().expect("ascii").to_owned();
        for part in ["default-src 'self'", "'wasm-unsafe-eval'", "object-src 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{path}: {policy}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert!(headers["permissions-policy"].to_str().expect("ascii").contains("camera=(self)"), "{path}");
    }
    let page = server.browser().get("/sign-in").await;
    assert!(page.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("ascii").contains("'nonce-"));
}
