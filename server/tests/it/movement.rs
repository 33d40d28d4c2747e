//! Movements as people record them: what is taken, what is refused, whose word it needs, and what can be looked up.

use crate::support::{Browser, NOW, TestServer, event, person};
use axum::http::StatusCode;
use domain::approval::SALE_SLIP_MS;
use domain::instant::DAY_MS;
use domain::photo::PhotoId;
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use serde_json::{Value, json};

const ONE: &str = "100001";
const TWO: &str = "100002";

fn leg(place: Value, sku: &str, units: i64) -> Value {
    json!({ "place": place, "sku": sku, "units": units })
}

/// The two legs that carry pieces from one place to another.
fn carry(sku: &str, units: i64, from: Value, to: Value) -> Vec<Value> {
    vec![leg(from, sku, -units), leg(to, sku, units)]
}

fn on_shelf() -> Value {
    json!({ "shelf": "A-01" })
}

fn moved(kind: &str, legs: Vec<Value>, more: Value) -> Value {
    let mut movement = json!({ "kind": kind, "legs": legs });
    for (field, value) in more.as_object().into_iter().flatten() {
        movement[field] = value.clone();
    }
    json!({ "moved": movement })
}

/// The event as the person with that login records it.
fn by(login: &str, n: u64, body: &Value) -> Value {
    let mut event = event(n, body);
    event["person"] = json!(person(login));
    event
}

/// `accepted`, or why not.
async fn send(browser: &Browser, event: &Value) -> String {
    let reply = browser.sync(1, std::slice::from_ref(event)).await;
    let outcome = &reply.json["answers"][0]["outcome"];
    match outcome["is"].as_str() {
        Some("refused") => outcome["why"]["code"].as_str().unwrap_or("?").to_owned(),
        other => other.unwrap_or_else(|| panic!("no answer in {}", reply.json)).to_owned(),
    }
}

/// Pieces of an item in a place.
async fn on_hand(manager: &Browser, place: Value, sku: &str) -> i64 {
    let stock = manager.get("/api/v1/stock?store=S001").await.json;
    let lines = stock["lines"].as_array().expect("lines").clone();
    let line = lines.iter().find(|line| line["place"] == place && line["sku"] == sku);
    line.and_then(|line| line["units"].as_i64()).unwrap_or(0)
}

async fn fate(clerk: &Browser, event: &Value) -> Value {
    let path = format!("/api/v1/movements?store=S001&events={}", event["id"].as_str().expect("an id"));
    clerk.get(&path).await.json[0]["outcome"].clone()
}

/// A photo that no other seed gives, with the server.
async fn photo(browser: &Browser, seed: u8) -> PhotoId {
    let image = RgbImage::from_fn(64, 64, |x, y| {
        let spot = (x / 8 + u32::from(seed) * (y / 8 + 1)) % 7;
        Rgb([(spot * 36) as u8, (x * 4) as u8 ^ seed, (y * 4) as u8])
    });
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 80).encode_image(&image).expect("encodes");
    let id = PhotoId::of(&bytes);
    let reply = browser.put(&format!("/api/v1/photos/{id}?store=S001"), bytes).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.json);
    id
}

/// A sale of five pieces at 4.50, one of them for two of another item.
fn sale(n: u64, document: &str) -> Value {
    let mut legs = carry(ONE, 5, on_shelf(), json!("customer"));
    legs.extend(carry(TWO, 2, on_shelf(), json!("customer")));
    event(n, &moved("sale", legs, json!({ "document": document, "prices": { ONE: 450 } })))
}

fn customer_return(n: u64, units: i64, more: Value) -> Value {
    let legs = carry(ONE, units, json!("customer"), json!("back_room"));
    let mut fields = json!({ "reason": "unwanted" });
    for (field, value) in more.as_object().into_iter().flatten() {
        fields[field] = value.clone();
    }
    event(n, &moved("customer_return", legs, fields))
}

#[tokio::test]
async fn each_kind_is_taken_from_its_places_and_no_others() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    let photo = photo(&clerk, 1).await;
    let (room, supplier, customer) = (json!("back_room"), json!("supplier"), json!("customer"));
    let (bin, variance) = (json!("shrinkage"), json!("count_variance"));
    let none = json!({});
    let why = |reason: &str| json!({ "reason": reason });
    let pictured = json!({ "reason": "unwanted", "photos": [photo] });
    let cases = [
        ("receipt", &supplier, &room, &none, "accepted"),
        ("receipt", &supplier, &on_shelf(), &none, "accepted"),
        ("receipt", &room, &on_shelf(), &none, "unbalanced"),
        ("receipt", &supplier, &customer, &none, "unbalanced"),
        ("sale", &on_shelf(), &customer, &none, "accepted"),
        ("sale", &supplier, &customer, &none, "unbalanced"),
        ("relocation", &room, &on_shelf(), &none, "accepted"),
        ("relocation", &room, &bin, &none, "unbalanced"),
        ("relocation", &room, &json!({ "shelf": "Z-99" }), &none, "unknown_shelf"),
        ("write_off", &on_shelf(), &bin, &why("expired"), "accepted"),
        ("write_off", &on_shelf(), &bin, &none, "bad_reason"),
        ("write_off", &on_shelf(), &bin, &why("recalled"), "bad_reason"),
        ("write_off", &on_shelf(), &customer, &why("expired"), "unbalanced"),
        ("supplier_return", &room, &supplier, &why("damaged"), "accepted"),
        ("supplier_return", &room, &bin, &why("damaged"), "unbalanced"),
        ("adjustment", &variance, &room, &why("found"), "accepted"),
        ("adjustment", &room, &variance, &why("miscount"), "accepted"),
        ("adjustment", &room, &variance, &none, "bad_reason"),
        ("customer_return", &customer, &room, &pictured, "accepted"),
        ("customer_return", &customer, &bin, &pictured, "accepted"),
        ("customer_return", &customer, &supplier, &pictured, "unbalanced"),
        ("customer_return", &customer, &room, &why("unwanted"), "photo_needed"),
    ];
    for (n, (kind, from, to, more, expected)) in (1..).zip(cases) {
        let body = moved(kind, carry(ONE, 1, from.clone(), to.clone()), more.clone());
        assert_eq!(send(&clerk, &event(n, &body)).await, expected, "{kind} from {from} to {to} with {more}");
    }
}

#[tokio::test]
async fn beyond_the_limit_somebody_else_of_rank_must_approve() {
    let server = TestServer::start().await;
    let [clerk, manager, regional] =
        [server.signed_in("clerk").await, server.signed_in("manager").await, server.signed_in("regional").await];
    let write_off = |n, login: &str, units| {
        let legs = carry(ONE, units, on_shelf(), json!("shrinkage"));
        by(login, n, &moved("write_off", legs, json!({ "reason": "damaged" })))
    };
    // 40 pieces at 5.00 are a clerk's limit of 200.00.
    assert_eq!(send(&clerk, &write_off(1, "clerk", 40)).await, "accepted");
    assert_eq!(on_hand(&manager, on_shelf(), ONE).await, -40);
    let large = write_off(2, "clerk", 41);
    assert_eq!(send(&clerk, &large).await, "accepted");
    assert_eq!(on_hand(&manager, on_shelf(), ONE).await, -40, "it awaits approval");
    assert_eq!(fate(&clerk, &large).await, json!({ "awaits": "store_manager" }));

    let awaiting = manager.get("/api/v1/approvals").await.json;
    assert_eq!(awaiting["awaiting"][0]["event"], large["id"]);
    assert_eq!(awaiting["awaiting"][0]["value_minor"], 20_500);
    assert_eq!(awaiting["awaiting"][0]["needed"], "store_manager");
    assert_eq!(awaiting["awaiting"][0]["names"][ONE], "商品1");
    assert_eq!(clerk.get("/api/v1/approvals").await.status, StatusCode::FORBIDDEN);

    let approved = |n, login: &str, cites: &Value| by(login, n, &json!({ "approved": { "cites": cites["id"] } }));
    assert_eq!(send(&clerk, &approved(3, "clerk", &large)).await, "not_allowed");
    assert_eq!(send(&manager, &approved(4, "manager", &large)).await, "accepted");
    assert_eq!(on_hand(&manager, on_shelf(), ONE).await, -81);
    assert_eq!(send(&manager, &approved(5, "manager", &large)).await, "already_decided");
    assert_eq!(manager.get("/api/v1/approvals").await.json["awaiting"], json!([]));

    // A manager's own: 401 pieces at 5.00 are beyond 2,000.00, and nobody approves their own.
    let own = write_off(6, "manager", 401);
    assert_eq!(send(&manager, &own).await, "accepted");
    assert_eq!(send(&manager, &approved(7, "manager", &own)).await, "own_approval");
    let beyond = write_off(8, "clerk", 401);
    assert_eq!(send(&clerk, &beyond).await, "accepted");
    assert_eq!(send(&manager, &approved(9, "manager", &beyond)).await, "beyond_limit");
    let declined = by("regional", 10, &json!({ "declined": { "cites": beyond["id"], "note": "照片看不清" } }));
    assert_eq!(send(&regional, &declined).await, "accepted");
    assert_eq!(send(&regional, &approved(11, "regional", &own)).await, "accepted");
    assert_eq!(fate(&clerk, &beyond).await, json!("declined"));
    assert_eq!(on_hand(&manager, on_shelf(), ONE).await, -81 - 401);
}

#[tokio::test]
async fn a_reversal_undoes_once_and_within_the_limit() {
    let server = TestServer::start().await;
    let (clerk, manager) = (server.signed_in("clerk").await, server.signed_in("manager").await);
    let receipt = |n| event(n, &moved("receipt", carry(ONE, 12, json!("supplier"), json!("back_room")), json!({})));
    let reversed = |n, cites: &Value| event(n, &json!({ "reversed": { "cites": cites["id"], "note": "单号选错" } }));
    let wrong = receipt(1);
    assert_eq!(send(&clerk, &wrong).await, "accepted");
    assert_eq!(on_hand(&manager, json!("back_room"), ONE).await, 12);
    assert_eq!(send(&clerk, &reversed(2, &wrong)).await, "accepted");
    assert_eq!(on_hand(&manager, json!("back_room"), ONE).await, 0);
    assert_eq!(fate(&clerk, &wrong).await, json!("reversed"));
    assert_eq!(send(&clerk, &reversed(3, &wrong)).await, "already_decided");
    assert_eq!(send(&clerk, &reversed(4, &receipt(99))).await, "nothing_cited");

    // What awaits approval is withdrawn by who asked for it, and then nobody can approve it.
    let adjust = event(
        5,
        &moved(
            "adjustment",
            carry(ONE, 3, json!("back_room"), json!("count_variance")),
            json!({ "reason": "miscount" }),
        ),
    );
    assert_eq!(send(&clerk, &adjust).await, "accepted");
    let by_other = by("manager", 6, &json!({ "reversed": { "cites": adjust["id"], "note": null } }));
    assert_eq!(send(&manager, &by_other).await, "not_allowed");
    assert_eq!(send(&clerk, &reversed(7, &adjust)).await, "accepted");
    assert_eq!(fate(&clerk, &adjust).await, json!("withdrawn"));
    let approved = by("manager", 8, &json!({ "approved": { "cites": adjust["id"] } }));
    assert_eq!(send(&manager, &approved).await, "already_decided");
}

/// A reversal that happens when the server's clock stands.
fn reversal(server: &TestServer, login: &str, n: u64, cites: &Value) -> Value {
    let mut event = by(login, n, &json!({ "reversed": { "cites": cites["id"], "note": "单号选错" } }));
    event["effective_at"] = json!(server.clock.now());
    event
}

#[tokio::test]
async fn a_sale_is_taken_back_at_once_or_returned() {
    let server = TestServer::start().await;
    let (clerk, manager) = (server.signed_in("clerk").await, server.signed_in("manager").await);
    for n in [1, 2, 3] {
        assert_eq!(send(&clerk, &sale(n, "T-1")).await, "accepted");
    }
    server.clock.advance_ms(SALE_SLIP_MS);
    assert_eq!(send(&clerk, &reversal(&server, "clerk", 11, &sale(1, "T-1"))).await, "accepted");
    server.clock.advance_ms(1);
    assert_eq!(send(&clerk, &reversal(&server, "clerk", 12, &sale(2, "T-1"))).await, "return_instead");
    // A clock that is put back makes no old sale a fresh one.
    let mut put_back = reversal(&server, "clerk", 13, &sale(2, "T-1"));
    put_back["effective_at"] = json!(NOW);
    assert_eq!(send(&clerk, &put_back).await, "return_instead");
    assert_eq!(send(&manager, &reversal(&server, "manager", 14, &sale(2, "T-1"))).await, "accepted");
    assert_eq!(on_hand(&manager, on_shelf(), ONE).await, -5, "one of three stands");

    // Somebody else's is no slip, and a dear one is beyond a manager's limit, whatever the shelf says.
    let mut own = by("manager", 15, &sale(15, "T-2")["body"]);
    own["effective_at"] = json!(server.clock.now());
    assert_eq!(send(&manager, &own).await, "accepted");
    assert_eq!(send(&clerk, &reversal(&server, "clerk", 16, &own)).await, "return_instead");
    let mut dear = sale(17, "T-3");
    dear["body"]["moved"]["prices"][ONE] = json!(40_001);
    dear["effective_at"] = json!(server.clock.now());
    assert_eq!(send(&clerk, &dear).await, "accepted");
    assert_eq!(send(&manager, &reversal(&server, "manager", 18, &dear)).await, "return_instead");
    let regional = server.signed_in("regional").await;
    assert_eq!(send(&regional, &reversal(&server, "regional", 19, &dear)).await, "accepted");
}

#[tokio::test]
async fn nothing_comes_back_twice() {
    let server = TestServer::start().await;
    let (clerk, manager) = (server.signed_in("clerk").await, server.signed_in("manager").await);
    let photo = photo(&clerk, 3).await;
    assert_eq!(send(&clerk, &sale(1, "T-1")).await, "accepted");
    let cites = sale(1, "T-1")["id"].clone();
    let back = |n, units| customer_return(n, units, json!({ "cites": cites, "photos": [photo] }));
    assert_eq!(send(&clerk, &back(2, 2)).await, "accepted");
    // Sold 5, returned 2, and reversed: that would put 2 too many on the books.
    assert_eq!(send(&manager, &reversal(&server, "manager", 3, &sale(1, "T-1"))).await, "sale_returned");
    assert_eq!(send(&clerk, &reversal(&server, "clerk", 4, &sale(1, "T-1"))).await, "sale_returned");
    assert_eq!(send(&clerk, &reversal(&server, "clerk", 5, &back(2, 2))).await, "accepted");
    assert_eq!(send(&clerk, &reversal(&server, "clerk", 6, &sale(1, "T-1"))).await, "accepted");
    assert_eq!(on_hand(&manager, on_shelf(), ONE).await, 0);
    assert_eq!(on_hand(&manager, json!("back_room"), ONE).await, 0);

    // Two returns of all of it await approval, as beyond a clerk's limit: one of them is approved.
    let dear = |n, document: &str| {
        let mut dear = sale(n, document);
        dear["body"]["moved"]["prices"][ONE] = json!(10_000);
        dear
    };
    assert_eq!(send(&clerk, &dear(10, "T-2")).await, "accepted");
    let all = |n| {
        let cites = dear(10, "T-2")["id"].clone();
        customer_return(n, 5, json!({ "cites": cites, "photos": [photo], "prices": { ONE: 10_000 } }))
    };
    let approved = |n, cites: &Value| by("manager", n, &json!({ "approved": { "cites": cites["id"] } }));
    for n in [11, 12] {
        assert_eq!(send(&clerk, &all(n)).await, "accepted");
        assert_eq!(fate(&clerk, &all(n)).await, json!({ "awaits": "store_manager" }));
    }
    assert_eq!(send(&manager, &approved(13, &all(11))).await, "accepted");
    assert_eq!(send(&manager, &approved(14, &all(12))).await, "returned_too_much");
    assert_eq!(on_hand(&manager, json!("back_room"), ONE).await, 5);
    // A sale that was reversed meanwhile does not come back by a return either.
    assert_eq!(send(&clerk, &dear(20, "T-3")).await, "accepted");
    let waiting =
        customer_return(21, 5, json!({ "cites": dear(20, "T-3")["id"], "photos": [photo], "prices": { ONE: 10_000 } }));
    assert_eq!(send(&clerk, &waiting).await, "accepted");
    assert_eq!(send(&clerk, &reversal(&server, "clerk", 22, &dear(20, "T-3"))).await, "accepted");
    assert_eq!(send(&manager, &approved(23, &waiting)).await, "nothing_cited");
    let declined = by("manager", 24, &json!({ "declined": { "cites": waiting["id"], "note": null } }));
    assert_eq!(send(&manager, &declined).await, "accepted");
}

#[tokio::test]
async fn a_refund_counts_against_the_limit_and_no_price_is_absurd() {
    let server = TestServer::start().await;
    let (clerk, manager) = (server.signed_in("clerk").await, server.signed_in("manager").await);
    let photo = photo(&clerk, 4).await;
    // One piece that costs 5.00 on the shelf, and 10,000.00 back for it.
    let without = |n, price: i64| {
        let fields = json!({ "reason": "unwanted", "photos": [photo], "prices": { ONE: price } });
        by("manager", n, &moved("customer_return", carry(ONE, 1, json!("customer"), json!("back_room")), fields))
    };
    assert_eq!(send(&manager, &without(1, 50_000)).await, "accepted");
    assert_eq!(fate(&clerk, &without(1, 50_000)).await, Value::Null);
    assert_eq!(send(&manager, &without(2, 1_000_000)).await, "accepted");
    assert_eq!(fate(&clerk, &without(2, 1_000_000)).await, json!({ "awaits": "headquarters" }));
    let hq = server.signed_in("hq").await;
    let awaiting = hq.get("/api/v1/approvals").await.json["awaiting"].clone();
    assert_eq!(awaiting[0]["value_minor"], 1_000_000);
    for (n, price) in (3..).zip([-1, 100_000_000_001, i64::MAX]) {
        assert_eq!(send(&manager, &without(n, price)).await, "bad_price", "{price}");
    }
    let largest = by(
        "manager",
        9,
        &moved(
            "customer_return",
            carry(ONE, 1_000_000, json!("customer"), json!("back_room")),
            json!({ "reason": "unwanted", "photos": [photo], "prices": { ONE: 100_000_000_000_i64 } }),
        ),
    );
    assert_eq!(send(&manager, &largest).await, "accepted");
    let (status, page) = hq.text("/approvals").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("¥1,000,000,000,000,000.00"), "a million pieces at a thousand million each");
}

#[tokio::test]
async fn a_receipt_number_finds_what_of_the_sale_can_come_back() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    assert_eq!(send(&clerk, &sale(1, "T-0001")).await, "accepted");
    let found = clerk.get("/api/v1/sales?store=S001&document=T-0001").await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.json);
    let found = &found.json[0];
    assert_eq!(found["sale"], sale(1, "T-0001")["id"]);
    let line = |sku: &str, returned: i64, sold: i64, paid: i64| json!({ "sku": sku, "sold_units": sold, "returned_units": returned, "paid_minor": paid });
    // What was paid for the second item nobody wrote down: the shelf price stands for it.
    assert_eq!(found["lines"], json!([line(ONE, 0, 5, 450), line(TWO, 0, 2, 500)]));

    let photo = photo(&clerk, 2).await;
    let cites = found["sale"].clone();
    let with = |n, units, price: i64| {
        customer_return(n, units, json!({ "cites": cites, "photos": [photo], "prices": { ONE: price } }))
    };
    assert_eq!(send(&clerk, &with(2, 6, 450)).await, "returned_too_much");
    assert_eq!(send(&clerk, &with(3, 1, 451)).await, "bad_price");
    assert_eq!(send(&clerk, &with(4, 3, 450)).await, "accepted");
    assert_eq!(send(&clerk, &with(5, 3, 450)).await, "returned_too_much", "two are left");
    let again = clerk.get("/api/v1/sales?store=S001&document=T-0001").await.json;
    assert_eq!(again[0]["lines"][0], line(ONE, 3, 5, 450));
    let stranger = customer_return(6, 1, json!({ "cites": sale(77, "T-9")["id"], "photos": [photo] }));
    assert_eq!(send(&clerk, &stranger).await, "nothing_cited");
    let missing = customer_return(7, 1, json!({ "cites": cites, "photos": [PhotoId::of(b"never sent")] }));
    assert_eq!(send(&clerk, &missing).await, "photo_missing");
    let unpictured = customer_return(8, 1, json!({ "cites": cites }));
    assert_eq!(send(&clerk, &unpictured).await, "photo_needed");

    // Without the sale nobody knows what was paid: the manager must agree.
    let without = customer_return(9, 1, json!({ "photos": [photo] }));
    assert_eq!(send(&clerk, &without).await, "accepted");
    assert_eq!(fate(&clerk, &without).await, json!({ "awaits": "store_manager" }));
}

#[tokio::test]
async fn only_a_sale_that_stands_in_this_store_is_found() {
    let server = TestServer::start().await;
    let (clerk, manager) = (server.signed_in("clerk").await, server.signed_in("manager").await);
    let status = async |browser: &Browser, path: &str| browser.get(path).await.status;
    let found = async || clerk.get("/api/v1/sales?store=S001&document=T-1").await.json;
    assert_eq!(found().await, json!([]));
    assert_eq!(status(&clerk, "/api/v1/sales?store=S001").await, StatusCode::BAD_REQUEST);
    assert_eq!(status(&clerk, "/api/v1/sales?store=S002&document=T-1").await, StatusCode::FORBIDDEN);
    let receipt = carry(ONE, 5, json!("supplier"), json!("back_room"));
    send(&clerk, &event(1, &moved("receipt", receipt, json!({ "document": "T-1" })))).await;
    assert_eq!(found().await, json!([]), "a receipt of goods is no sale");
    send(&clerk, &sale(2, "T-1")).await;
    send(&clerk, &sale(3, "T-1")).await;
    let reversed = event(4, &json!({ "reversed": { "cites": sale(3, "T-1")["id"], "note": "重复" } }));
    assert_eq!(send(&clerk, &reversed).await, "accepted");
    let found = manager.get("/api/v1/sales?document=T-1").await.json;
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    assert_eq!(found[0]["sale"], sale(2, "T-1")["id"], "the one that was not reversed");
}

fn order(number: &str, lines: &[(&str, i64)]) -> Value {
    let lines: Vec<Value> = lines.iter().map(|(sku, units)| json!({ "sku": sku, "units": units })).collect();
    json!({ "number": number, "store": "S001", "supplier": "华顺", "due": "2026-11-23", "lines": lines })
}

async fn put_orders(browser: &Browser, orders: Value) -> (StatusCode, String) {
    let reply = browser.put("/api/v1/purchase-orders", orders.to_string()).await;
    (reply.status, reply.json["error"].as_str().or(reply.json["message"].as_str()).unwrap_or_default().to_owned())
}

#[tokio::test]
async fn an_order_shows_over_and_short_until_all_has_come() {
    let server = TestServer::start().await;
    let (clerk, hq) = (server.signed_in("clerk").await, server.signed_in("hq").await);
    assert_eq!(put_orders(&hq, json!([order("PO-1", &[(ONE, 10), (TWO, 4)])])).await.0, StatusCode::OK);
    let open = || async { clerk.get("/api/v1/purchase-orders?store=S001").await.json };
    assert_eq!(open().await[0]["received"], json!({}));
    let snapshot = clerk.get("/api/v1/snapshot").await.json;
    assert_eq!(snapshot["orders"][0]["number"], "PO-1", "the phone takes it along");
    let receipt = |n, sku, units| {
        let legs = carry(sku, units, json!("supplier"), json!("back_room"));
        event(n, &moved("receipt", legs, json!({ "document": "PO-1" })))
    };
    assert_eq!(send(&clerk, &receipt(1, ONE, 12)).await, "accepted", "more than ordered is still there");
    assert_eq!(open().await[0]["received"], json!({ ONE: 12 }));
    assert_eq!(send(&clerk, &receipt(2, TWO, 3)).await, "accepted");
    assert_eq!(open().await[0]["received"], json!({ ONE: 12, TWO: 3 }), "one is short: it stays open");
    let last = receipt(3, TWO, 1);
    assert_eq!(send(&clerk, &last).await, "accepted");
    assert_eq!(open().await, json!([]));
    let reversed = event(4, &json!({ "reversed": { "cites": last["id"], "note": "数错" } }));
    assert_eq!(send(&clerk, &reversed).await, "accepted");
    assert_eq!(open().await[0]["received"][TWO], 3, "open again");
}

#[tokio::test]
async fn orders_come_from_headquarters_and_make_sense() {
    let server = TestServer::start().await;
    let hq = server.signed_in("hq").await;
    for login in ["clerk", "manager", "regional", "auditor"] {
        let browser = server.signed_in(login).await;
        let orders = json!([order("PO-1", &[(ONE, 1)])]);
        assert_eq!(put_orders(&browser, orders).await.0, StatusCode::FORBIDDEN, "{login}");
    }
    let mut elsewhere = order("PO-1", &[(ONE, 1)]);
    elsewhere["store"] = json!("S777");
    let wrong = [
        json!([]),
        json!([order("", &[(ONE, 1)])]),
        json!([order(" PO-1", &[(ONE, 1)])]),
        json!([elsewhere]),
        json!([order("PO-1", &[])]),
        json!([order("PO-1", &[("999999", 1)])]),
        json!([order("PO-1", &[(ONE, 0)])]),
        json!([order("PO-1", &[(ONE, 1), (ONE, 2)])]),
        json!([order("PO-1", &[(ONE, 1)]), order("PO-1", &[(TWO, 1)])]),
        json!([order("PO-2", &[(ONE, 1)]), order("PO-3", &[(ONE, -5)])]),
    ];
    for orders in wrong {
        assert_eq!(put_orders(&hq, orders.clone()).await.0, StatusCode::BAD_REQUEST, "{orders}");
    }
    assert_eq!(hq.get("/api/v1/purchase-orders?store=S001").await.json, json!([]), "all or none");
    put_orders(&hq, json!([order("PO-1", &[(ONE, 1)])])).await;
    put_orders(&hq, json!([order("PO-1", &[(ONE, 7)])])).await;
    let open = hq.get("/api/v1/purchase-orders?store=S001").await.json;
    assert_eq!((open.as_array().map(Vec::len), &open[0]["lines"][0]["units"]), (Some(1), &json!(7)));
}

#[tokio::test]
async fn the_phone_is_told_which_lot_goes_first_and_never_how_many() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    let receipt = |n, day: Value, units| {
        let mut legs = carry(ONE, units, json!("supplier"), json!("back_room"));
        for leg in &mut legs {
            leg["lot"] = json!({ "best_before": day, "batch": null });
        }
        event(n, &moved("receipt", legs, json!({})))
    };
    assert_eq!(send(&clerk, &receipt(1, json!("2026-12-20"), 10)).await, "accepted");
    assert_eq!(send(&clerk, &receipt(2, json!("2026-12-05"), 6)).await, "accepted");
    let lots = || async { clerk.get("/api/v1/snapshot").await.json["lots"].clone() };
    let lot = |day: &str| json!({ "best_before": day, "batch": null });
    assert_eq!(lots().await, json!({ ONE: [lot("2026-12-05"), lot("2026-12-20")] }));
    // The till names no lot: the six that expire first are taken to be the ones that were sold.
    let sold = event(3, &moved("sale", carry(ONE, 6, json!("back_room"), json!("customer")), json!({})));
    assert_eq!(send(&clerk, &sold).await, "accepted");
    assert_eq!(lots().await, json!({ ONE: [lot("2026-12-20")] }));
    let rest = event(4, &moved("sale", carry(ONE, 10, json!("back_room"), json!("customer")), json!({})));
    assert_eq!(send(&clerk, &rest).await, "accepted");
    assert_eq!(lots().await, json!({}));
}

#[tokio::test]
async fn another_stores_sale_and_an_old_movement_are_refused() {
    let server = TestServer::start().await;
    let clerk = server.signed_in("clerk").await;
    let mut foreign = sale(1, "T-1");
    foreign["store"] = json!("S002");
    assert_eq!(send(&clerk, &foreign).await, "not_allowed");
    let mut old = sale(2, "T-2");
    old["effective_at"] = json!(NOW.unix_ms() - 40 * DAY_MS);
    assert_eq!(send(&clerk, &old).await, "too_old");
    let manager = server.signed_in("manager").await;
    assert_eq!(send(&clerk, &sale(5, "T-5")).await, "accepted");
    for before in [1, 2, 1 << 53, i64::MAX.unsigned_abs(), u64::MAX - 1, u64::MAX] {
        let page = manager.get(&format!("/api/v1/events?store=S001&before={before}")).await;
        let n_events = page.json["events"].as_array().map(Vec::len);
        assert_eq!((page.status, n_events), (StatusCode::OK, Some(usize::from(before > 1))), "{before}");
        let trace = manager.get(&format!("/api/v1/trace?store=S001&before={before}")).await;
        assert_eq!(trace.status, StatusCode::OK, "{before}: {}", trace.json);
        let proof = manager.get(&format!("/api/v1/proof?store=S001&seq={before}")).await.status;
        assert!(!proof.is_server_error(), "{before}: {proof}");
    }
    let fates = clerk.get("/api/v1/movements?store=S001&events=nonsense").await;
    assert_eq!(fates.status, StatusCode::BAD_REQUEST);
    let unknown = format!("/api/v1/movements?store=S001&events={}", sale(3, "T")["id"].as_str().expect("an id"));
    assert_eq!(clerk.get(&unknown).await.json, json!([]), "what the ledger does not have is left out");
}
