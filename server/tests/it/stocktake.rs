//! A stocktake from its plan to its posting, and what a counter may never learn on the way.

use crate::support::{Browser, Reply, STOCKTAKE, TestServer, event, person};
use axum::http::StatusCode;
use domain::instant::MINUTE_MS;
use domain::policy::Role;
use serde_json::{Value, json};
use server::access::{Policy, TABLE};

/// A store with people in it, and a ledger clock that moves on.
struct Shop {
    server: TestServer,
    manager: Browser,
    clerk: Browser,
    colleague: Browser,
    n: u64,
}

impl Shop {
    /// 12 pieces of the first product, 5 of the second on A-01; 4 of the third on A-02.
    async fn open() -> Self {
        let server = TestServer::start().await;
        server.hire("colleague", Role::Clerk, "S001").await;
        let (manager, clerk) = (server.signed_in("manager").await, server.signed_in("clerk").await);
        let colleague = server.signed_in("colleague").await;
        let mut shop = Self { server, manager, clerk, colleague, n: 0 };
        for (shelf, sku, units) in [("A-01", "100001", 12), ("A-01", "100002", 5), ("A-02", "100003", 4)] {
            let legs = json!([
                { "place": { "shelf": shelf }, "sku": sku, "units": units },
                { "place": "supplier", "sku": sku, "units": -units },
            ]);
            shop.takes("manager", &json!({ "moved": { "kind": "receipt", "document": "PO-1", "legs": legs } })).await;
        }
        shop
    }

    fn browser(&self, login: &str) -> &Browser {
        match login {
            "manager" => &self.manager,
            "clerk" => &self.clerk,
            "colleague" => &self.colleague,
            other => panic!("{other} does not work here"),
        }
    }

    /// What the ledger says to an event that happened `back_ms` before now. A minute passes.
    async fn tell_back(&mut self, login: &str, back_ms: i64, body: &Value) -> Value {
        self.n += 1;
        let mut told = event(self.n, body);
        told["person"] = json!(person(login));
        told["effective_at"] = json!(self.server.clock.now().plus_ms(-back_ms));
        let reply = self.browser(login).sync(1, &[told]).await;
        self.server.clock.advance_ms(MINUTE_MS);
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.json);
        reply.json["answers"][0]["outcome"].clone()
    }

    async fn tell(&mut self, login: &str, body: &Value) -> Value {
        self.tell_back(login, 0, body).await
    }

    async fn takes(&mut self, login: &str, body: &Value) {
        let outcome = self.tell(login, body).await;
        assert_eq!(outcome["is"], "accepted", "{outcome} to {body}");
    }

    async fn refuses(&mut self, login: &str, body: &Value, code: &str) {
        let outcome = self.tell(login, body).await;
        assert_eq!(outcome["why"]["code"], code, "{outcome} to {body}");
    }

    /// Everything on both shelves, the first of them the clerk's, over a piece to be counted again.
    async fn plan(&mut self) {
        self.takes("manager", &plan(&["A-01", "A-02"])).await;
    }

    async fn function(&self, login: &str, path: &str, fields: &str) -> Reply {
        let form = "application/x-www-form-urlencoded";
        self.browser(login).post_text(path, form, format!("store=S001&stocktake={STOCKTAKE}{fields}")).await
    }

    async fn detail(&self) -> Value {
        let reply = self.function("manager", "/fn/stocktake", "").await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.json);
        reply.json
    }

    async fn lines(&self, filter: &str) -> Value {
        let reply = self.function("manager", "/fn/review_page", &format!("&filter={filter}&skip=0")).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.json);
        reply.json["lines"].clone()
    }

    async fn on_hand(&self, shelf: &str, sku: &str) -> i64 {
        let stock = self.manager.get(&format!("/api/v1/stock?store=S001&shelf={shelf}")).await.json;
        let lines = stock["lines"].as_array().expect("lines").clone();
        lines.iter().find(|line| line["sku"] == sku).map_or(0, |line| line["units"].as_i64().expect("units"))
    }
}

fn plan(shelves: &[&str]) -> Value {
    json!({ "stocktake_planned": { "stocktake": STOCKTAKE, "plan": {
        "kind": "zone", "shelves": shelves, "lines": [],
        "assigned": { "A-01": person("clerk") },
        "thresholds": { "units": 1, "permille": null, "value_minor": null },
    } } })
}

fn counted(shelf: &str, sku: &str, units: i64) -> Value {
    json!({ "counted": {
        "stocktake": STOCKTAKE, "shelf": shelf, "proof": "picked", "item": { "known": sku },
        "units": units, "method": "keypad",
    } })
}

fn line(shelf: &str, sku: &str) -> Value {
    json!({ "shelf": shelf, "sku": sku })
}

fn of_it(kind: &str) -> Value {
    json!({ kind: { "stocktake": STOCKTAKE } })
}

fn finished(shelf: &str) -> Value {
    json!({ "shelf_finished": { "stocktake": STOCKTAKE, "shelf": shelf } })
}

fn recount(lines: &[Value]) -> Value {
    json!({ "recount_asked": { "stocktake": STOCKTAKE, "lines": lines } })
}

fn decided(line: &Value, counter: &str) -> Value {
    json!({ "line_decided": { "stocktake": STOCKTAKE, "line": line, "counter": person(counter) } })
}

fn approved(zeroed: &[Value]) -> Value {
    json!({ "stocktake_approved": { "stocktake": STOCKTAKE, "zeroed": zeroed } })
}

fn cancelled() -> Value {
    json!({ "stocktake_cancelled": { "stocktake": STOCKTAKE, "note": "wrong day" } })
}

fn sold(units: i64) -> Value {
    json!({ "moved": { "kind": "sale", "document": "T-1", "legs": [
        { "place": { "shelf": "A-01" }, "sku": "100001", "units": -units },
        { "place": "customer", "sku": "100001", "units": units },
    ] } })
}

#[tokio::test]
async fn a_stocktake_goes_from_its_plan_to_its_posting() {
    let mut shop = Shop::open().await;
    shop.plan().await;
    let first = line("A-01", "100001");
    // The book says 12, 5 and 4. The clerk misses three of the first; nobody counts the third.
    shop.takes("clerk", &counted("A-01", "100001", 9)).await;
    shop.takes("colleague", &counted("A-01", "100002", 5)).await;
    shop.takes("clerk", &finished("A-01")).await;
    let counting = shop.detail().await;
    assert_eq!(counting["summary"]["stage"], "counting");
    assert_eq!((&counting["summary"]["n_counted"], &counting["summary"]["n_lines"]), (&json!(2), &json!(3)));
    assert_eq!(counting["summary"]["found"], Value::Null, "managers count too: nothing is told before it is over");
    assert_eq!(counting["review"], Value::Null);
    assert_eq!(counting["shelves"][0]["assigned"], json!(person("clerk")));
    assert!(counting["shelves"][0]["finished"].is_array());
    assert_eq!(shop.function("manager", "/fn/review_page", "&filter=off&skip=0").await.status, StatusCode::NOT_FOUND);

    shop.refuses("manager", &recount(&[first.clone()]), "still_counting").await;
    shop.takes("manager", &of_it("stocktake_submitted")).await;
    let review = shop.detail().await;
    assert_eq!(review["review"]["to_recount"], json!([first]));
    assert_eq!(review["review"]["uncounted"], json!([line("A-02", "100003")]));
    assert_eq!(review["summary"]["found"], json!({ "units": -3, "short_minor": 1_500, "over_minor": 0 }));
    shop.refuses("manager", &approved(&[]), "lines_open").await;

    // Only somebody else counts again, and only what was asked for.
    shop.refuses("colleague", &counted("A-01", "100001", 12), "stocktake_submitted").await;
    shop.takes("manager", &recount(&[first.clone()])).await;
    let tasks = shop.function("colleague", "/fn/workbench", "").await.json;
    assert_eq!(tasks["recounts"][0]["line"], first);
    let own = shop.function("clerk", "/fn/workbench", "").await.json;
    assert_eq!((&own["recounts"], &own["n_recounts_for_others"]), (&json!([]), &json!(1)));
    shop.refuses("clerk", &counted("A-01", "100001", 3), "same_person_recount").await;
    shop.refuses("colleague", &counted("A-01", "100002", 1), "stocktake_submitted").await;
    shop.takes("colleague", &counted("A-01", "100001", 11)).await;

    // 9 and 11: a dispute, which the manager ends.
    assert_eq!(shop.lines("disputed").await[0]["counts"].as_array().map(Vec::len), Some(2));
    shop.refuses("manager", &approved(&[]), "lines_open").await;
    shop.refuses("manager", &decided(&first, "manager"), "not_counted_by").await;
    shop.refuses("clerk", &decided(&first, "clerk"), "not_allowed").await;
    shop.takes("manager", &decided(&first, "colleague")).await;
    assert_eq!(shop.lines("off").await[0]["taken"], json!(person("colleague")));
    shop.refuses("clerk", &approved(&[]), "not_allowed").await;
    shop.takes("manager", &approved(&[])).await;
    assert_eq!(shop.on_hand("A-01", "100001").await, 11);
    assert_eq!(shop.on_hand("A-01", "100002").await, 5);
    assert_eq!(shop.on_hand("A-02", "100003").await, 4, "uncounted lines stay as booked");

    // A sale from before the count arrives late: the books owe nothing twice.
    let outcome = shop.tell_back("manager", 60 * MINUTE_MS, &sold(2)).await;
    assert_eq!(outcome["is"], "accepted", "{outcome}");
    assert_eq!(shop.on_hand("A-01", "100001").await, 11);

    shop.refuses("clerk", &counted("A-02", "100003", 4), "stocktake_over").await;
    shop.refuses("clerk", &finished("A-02"), "stocktake_over").await;
    shop.refuses("manager", &cancelled(), "stocktake_over").await;
    shop.refuses("manager", &plan(&["A-01"]), "stocktake_submitted").await;
    let list = shop.function("manager", "/fn/stocktakes", "").await.json;
    assert_eq!(list["stocktakes"][0]["stage"], "approved");
    assert_eq!(list["stocktakes"][0]["found"]["units"], 1, "after the late sale ten were expected");
}

#[tokio::test]
async fn uncounted_lines_are_zeroed_only_when_the_manager_says_so() {
    let mut shop = Shop::open().await;
    shop.plan().await;
    shop.takes("clerk", &counted("A-01", "100001", 12)).await;
    shop.takes("clerk", &of_it("stocktake_submitted")).await;
    shop.takes("manager", &approved(&[line("A-02", "100003")])).await;
    assert_eq!(shop.on_hand("A-02", "100003").await, 0);
    assert_eq!(shop.on_hand("A-01", "100002").await, 5);
    let report = shop.manager.post_text("/fn/accuracy", "application/x-www-form-urlencoded", String::new()).await.json;
    let measured = &report["rows"][0]["accuracy"];
    assert_eq!(
        (&measured["n_records"], &measured["n_wrong"]),
        (&json!(1), &json!(0)),
        "what was not looked at is no record"
    );
}

#[tokio::test]
async fn a_cancelled_stocktake_changes_nothing() {
    let mut shop = Shop::open().await;
    shop.plan().await;
    shop.takes("clerk", &counted("A-01", "100001", 1)).await;
    shop.refuses("clerk", &cancelled(), "not_allowed").await;
    shop.takes("manager", &cancelled()).await;
    shop.refuses("clerk", &counted("A-01", "100001", 1), "stocktake_over").await;
    assert_eq!(shop.on_hand("A-01", "100001").await, 12);
    let bench = shop.function("clerk", "/fn/workbench", "").await.json;
    assert_eq!(bench["stocktake"]["ending"]["is_approved"], false);
    let row = shop.manager.get("/api/v1/board/S001").await.json;
    assert_eq!(row["row"]["is_open"], false, "what was given up is not under way");
}

#[tokio::test]
async fn only_those_who_answer_for_the_store_run_its_stocktakes() {
    let mut shop = Shop::open().await;
    shop.refuses("clerk", &plan(&["A-01"]), "not_allowed").await;
    shop.refuses("manager", &plan(&[]), "bad_plan").await;
    shop.refuses("manager", &plan(&["Z-99"]), "unknown_shelf").await;
    let mut elsewhere = event(90, &json!({ "stocktake_cancelled": { "stocktake": "S009-20261122", "note": null } }));
    elsewhere["store"] = json!("S009");
    elsewhere["person"] = json!(person("regional"));
    let regional = shop.server.signed_in("regional").await;
    let answer = regional.sync(1, &[elsewhere]).await.json["answers"][0]["outcome"].clone();
    assert_eq!(answer["why"]["code"], "not_allowed", "another region");
    let mut near = event(91, &plan(&["A-01"]));
    near["person"] = json!(person("regional"));
    let answer = regional.sync(1, &[near]).await.json["answers"][0]["outcome"].clone();
    assert_eq!(answer["is"], "accepted", "{answer}: a regional manager reaches the stores of the region");
}

#[tokio::test]
async fn a_plan_is_drafted_from_what_moved_and_what_was_counted() {
    let mut shop = Shop::open().await;
    let draft = async |shop: &Shop, choice: &Value| {
        let reply = shop.function("manager", "/fn/plan_draft", &format!("&choice={choice}")).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.json);
        reply.json
    };
    let all = draft(&shop, &json!({ "shelves": [] })).await;
    assert_eq!((&all["chosen"]["shelves"], &all["n_lines"]), (&json!(["A-01", "A-02"]), &json!([2, 1])));
    let risk = draft(&shop, &json!({ "at_risk": { "n_lines": 1 } })).await;
    assert_eq!(risk["chosen"]["lines"], json!([line("A-01", "100001")]), "what moved most");
    let due = draft(&shop, &json!("due")).await;
    assert_eq!(due["chosen"]["lines"].as_array().map(Vec::len), Some(3), "never counted is due");
    shop.plan().await;
    shop.takes("clerk", &counted("A-01", "100001", 12)).await;
    let due = draft(&shop, &json!("due")).await;
    assert_eq!(due["chosen"]["lines"], json!([line("A-01", "100002"), line("A-02", "100003")]));
    let options = shop.function("manager", "/fn/plan_options", "").await.json;
    assert_eq!(options["open"]["id"], STOCKTAKE);
    assert_eq!(options["people"].as_array().map(Vec::len), Some(3), "two clerks and the manager");
}

#[tokio::test]
async fn a_sheet_is_keyed_in_and_says_who_counted() {
    let mut shop = Shop::open().await;
    shop.plan().await;
    shop.takes("manager", &counted("A-01", "100001", 10)).await;
    let keyed = json!({ "sheet_keyed": { "stocktake": STOCKTAKE, "shelf": "A-01", "counted_by": "李娜" } });
    shop.takes("manager", &keyed).await;
    let events = shop.manager.get("/api/v1/events?store=S001&limit=1").await.json;
    assert_eq!(events["events"][0]["what"]["sheet_keyed"]["counted_by"], "李娜");
    let sheet = shop.function("manager", "/fn/count_sheet", "").await.json;
    assert_eq!(sheet["shelves"][0]["items"][0]["own_units"], 10);
    assert_eq!(sheet["shelves"][0]["items"][1]["own_units"], Value::Null);
    let empty = json!({ "sheet_keyed": { "stocktake": STOCKTAKE, "shelf": "A-01", "counted_by": " " } });
    shop.refuses("manager", &empty, "bad_text").await;
}

#[tokio::test]
async fn what_was_sold_between_pen_and_keyboard_is_not_missing() {
    let mut shop = Shop::open().await;
    shop.plan().await;
    let sheet = shop.function("manager", "/fn/count_sheet", "").await.json;
    assert_eq!(sheet["opened_at"], json!(shop.server.clock.now().plus_ms(-MINUTE_MS)));
    // Twelve on the shelf at ten past; two are sold at a quarter past; the sheet is keyed in at half past.
    shop.server.clock.advance_ms(30 * MINUTE_MS);
    assert_eq!(shop.tell_back("clerk", 15 * MINUTE_MS, &sold(2)).await["is"], "accepted");
    let keyed = shop.tell_back("manager", 20 * MINUTE_MS, &counted("A-01", "100001", 12)).await;
    assert_eq!(keyed["is"], "accepted", "{keyed}");
    // The second was keyed in with the time of the keyboard: 5 were there, 5 are.
    shop.takes("manager", &counted("A-01", "100002", 5)).await;
    shop.takes("manager", &of_it("stocktake_submitted")).await;
    assert_eq!(shop.lines("off").await, json!([]));
    shop.takes("manager", &approved(&[])).await;
    assert_eq!(shop.on_hand("A-01", "100001").await, 10);
}

#[tokio::test]
async fn who_approves_their_own_count_is_looked_into() {
    let mut shop = Shop::open().await;
    shop.plan().await;
    // The manager counts two of three lines, one of them a piece short; of the third the clerk finds another.
    for (sku, units) in [("100001", 11), ("100002", 5)] {
        shop.takes("manager", &counted("A-01", sku, units)).await;
    }
    shop.takes("clerk", &counted("A-02", "100003", 5)).await;
    shop.takes("manager", &of_it("stocktake_submitted")).await;
    shop.takes("manager", &approved(&[])).await;
    let auditor = shop.server.signed_in("auditor").await;
    let cases = auditor.get("/api/v1/cases").await.json["cases"].clone();
    assert_eq!(cases.as_array().map(Vec::len), Some(1), "{cases}");
    assert_eq!((&cases[0]["case"]["flag"], &cases[0]["severity"]), (&json!("own_approval"), &json!("high")));
    assert_eq!(cases[0]["case"]["about"], json!(person("manager")));
}

#[tokio::test]
async fn who_ends_a_dispute_they_are_a_party_to_is_looked_into() {
    let mut shop = Shop::open().await;
    shop.plan().await;
    let first = line("A-01", "100001");
    shop.takes("clerk", &counted("A-01", "100001", 9)).await;
    shop.takes("manager", &of_it("stocktake_submitted")).await;
    shop.takes("manager", &recount(&[first.clone()])).await;
    shop.takes("manager", &counted("A-01", "100001", 11)).await;
    shop.takes("manager", &decided(&first, "clerk")).await;
    shop.takes("manager", &approved(&[])).await;
    let events = shop.manager.get("/api/v1/events?store=S001&limit=4").await.json["events"].clone();
    let flagged: Vec<&Value> = events.as_array().expect("events").iter().map(|event| &event["flags"]).collect();
    // The posting, the approval of the clerk's count, and the word in between.
    assert_eq!(flagged, [&json!([]), &json!([]), &json!(["own_approval"]), &json!([])], "{events}");
}

#[tokio::test]
async fn who_counted_nothing_approves_without_an_alarm() {
    let mut shop = Shop::open().await;
    shop.plan().await;
    shop.takes("clerk", &counted("A-01", "100001", 11)).await;
    shop.takes("manager", &counted("A-01", "100002", 5)).await;
    shop.takes("manager", &of_it("stocktake_submitted")).await;
    shop.takes("manager", &approved(&[])).await;
    let auditor = shop.server.signed_in("auditor").await;
    assert_eq!(auditor.get("/api/v1/cases").await.json["cases"], json!([]));
}

#[tokio::test]
async fn the_next_person_on_a_tablet_takes_back_only_their_own_counts() {
    let mut shop = Shop::open().await;
    shop.plan().await;
    shop.takes("clerk", &counted("A-01", "100001", 9)).await;
    // Every event of this shop comes from one device.
    let clerks = event(shop.n, &json!({}))["id"].clone();
    let undone = json!({ "count_undone": { "stocktake": STOCKTAKE, "cites": clerks } });
    shop.refuses("colleague", &undone, "nothing_to_undo").await;
    shop.refuses("manager", &undone, "nothing_to_undo").await;
    shop.takes("clerk", &undone).await;
}

#[tokio::test]
async fn fewer_than_none_is_counted_again_before_anything_is_posted() {
    let mut shop = Shop::open().await;
    shop.plan().await;
    // Typed over a count that was taken back: which of them arrives first nobody knows.
    shop.takes("clerk", &counted("A-02", "100003", 4)).await;
    let four = event(shop.n, &json!({}))["id"].clone();
    shop.takes("clerk", &counted("A-02", "100003", -1)).await;
    shop.takes("clerk", &json!({ "count_undone": { "stocktake": STOCKTAKE, "cites": four } })).await;
    shop.takes("manager", &of_it("stocktake_submitted")).await;
    let third = line("A-02", "100003");
    assert_eq!(shop.detail().await["review"]["to_recount"], json!([third]));
    assert_eq!(shop.lines("recount").await[0]["counts"][0][1]["counted_units"], -1);
    shop.refuses("manager", &approved(&[]), "lines_open").await;
    shop.refuses("manager", &approved(&[third.clone()]), "lines_open").await;
    shop.takes("manager", &recount(&[third])).await;
    shop.takes("colleague", &counted("A-02", "100003", 4)).await;
    assert_eq!(shop.on_hand("A-02", "100003").await, 4);
}

#[tokio::test]
async fn unknown_codes_reach_whoever_reviews() {
    let mut shop = Shop::open().await;
    shop.plan().await;
    let unknown = |code: &str, name: Value, units: i64| {
        json!({ "counted": {
            "stocktake": STOCKTAKE, "shelf": "A-02", "proof": "picked", "item": { "unknown": { "code": code, "name": name } },
            "units": units, "method": "keypad",
        } })
    };
    shop.takes("clerk", &unknown("6901234567892", json!("蓝盒饼干"), 3)).await;
    shop.takes("clerk", &unknown("X-77", Value::Null, 1)).await;
    let mistaken = event(shop.n, &json!({}))["id"].clone();
    shop.takes("clerk", &json!({ "count_undone": { "stocktake": STOCKTAKE, "cites": mistaken } })).await;
    assert_eq!(shop.detail().await["review"], Value::Null, "counting is blind");
    shop.takes("manager", &of_it("stocktake_submitted")).await;
    let found = json!({ "code": "6901234567892", "name": "蓝盒饼干", "counted_units": 3 });
    assert_eq!(shop.detail().await["review"]["unknowns"], json!([{ "shelf": "A-02", "found": found }]));
    let (status, page) = shop.manager.text(&format!("/stocktakes/S001/{STOCKTAKE}")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("蓝盒饼干") && page.contains("/board/S001/A-02"), "with the way to the shelf");
}

/// Every number in a JSON value, with the names that lead to it.
fn numbers(path: &str, value: &Value, found: &mut Vec<(String, i64)>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| numbers(&format!("{path}.{name}"), value, found))
        }
        Value::Array(values) => values.iter().for_each(|value| numbers(&format!("{path}[]"), value, found)),
        Value::Number(number) => found.extend(number.as_i64().map(|n| (path.to_owned(), n))),
        _ => {}
    }
}

#[tokio::test]
async fn no_route_tells_a_clerk_what_is_expected() {
    // Quantities that no time, price, code or count is likely to be.
    const BOOKED: i64 = 7_919;
    const SHORT: i64 = 7_919 - 31;
    let mut shop = Shop::open().await;
    shop.takes(
        "manager",
        &json!({ "moved": { "kind": "receipt", "document": "PO-2", "legs": [
            { "place": { "shelf": "A-01" }, "sku": "100001", "units": BOOKED - 12 },
            { "place": "supplier", "sku": "100001", "units": 12 - BOOKED },
        ] } }),
    )
    .await;
    shop.plan().await;
    shop.takes("clerk", &counted("A-01", "100001", 31)).await;
    let mut n_opened = 0;
    for is_review in [false, true] {
        if is_review {
            shop.takes("clerk", &of_it("stocktake_submitted")).await;
            shop.takes("manager", &recount(&[line("A-01", "100001")])).await;
        }
        for entrance in
            TABLE.iter().filter(|entrance| !entrance.path.contains("sign") && entrance.path != "/api/v1/sync")
        {
            let path = entrance.path.replace("{store}", "S001").replace("{shelf}", "A-01");
            let path = path.replace("{stocktake}", STOCKTAKE).replace("{person}", "P-CLERK");
            let (status, text) = if entrance.method == axum::http::Method::GET {
                shop.clerk.text(&path).await
            } else {
                let form = "application/x-www-form-urlencoded";
                let choice = json!({ "at_risk": { "n_lines": 5 } });
                let fields =
                    format!("store=S001&stocktake={STOCKTAKE}&shelf=A-01&filter=off&skip=0&back=/&choice={choice}");
                let reply = shop.clerk.post_text(&path, form, fields).await;
                (reply.status, reply.json.to_string())
            };
            for secret in [BOOKED.to_string(), SHORT.to_string(), "7,919".into(), "7,888".into()] {
                assert!(!text.contains(&secret), "{} {path} tells a clerk {secret}", entrance.method);
            }
            if let Ok(json) = serde_json::from_str::<Value>(&text) {
                let mut found = Vec::new();
                numbers("", &json, &mut found);
                let told =
                    found.iter().find(|(name, _)| ["expected", "on_hand", "variance"].iter().any(|s| name.contains(s)));
                assert_eq!(told, None, "{} {path}", entrance.method);
            }
            n_opened += u32::from(status == StatusCode::OK && entrance.policy != Policy::Public);
        }
    }
    assert!(n_opened >= 8, "a clerk opens some of them, or nothing was tried: {n_opened}");
    assert!(shop.lines("off").await.to_string().contains(&BOOKED.to_string()), "the manager sees it");
}

#[tokio::test]
async fn the_count_sheet_is_blind_and_has_a_page_for_each_shelf() {
    let mut shop = Shop::open().await;
    shop.plan().await;
    let (status, sheet) = shop.manager.text(&format!("/print/count-sheet/S001/{STOCKTAKE}")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(sheet.matches("<section class=\"count-sheet\">").count(), 2);
    assert_eq!(sheet.matches("count-sheet__box").count(), 3);
    assert!(!sheet.contains(">12<") && !sheet.contains("style="), "nothing expected, no inline style");
    let (status, _) = shop.manager.text("/print/count-sheet/S001/S001-20991231").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_accuracy_report_is_cut_to_the_scope_and_comes_as_csv() {
    let mut shop = Shop::open().await;
    shop.plan().await;
    shop.takes("clerk", &counted("A-01", "100001", 9)).await;
    let (_, before) = shop.manager.text("/api/v1/accuracy.csv").await;
    assert_eq!(before.lines().count(), 1, "nothing before counting is over");
    shop.takes("clerk", &of_it("stocktake_submitted")).await;
    let (status, csv) = shop.manager.text("/api/v1/accuracy.csv").await;
    assert_eq!(status, StatusCode::OK);
    let fields: Vec<&str> = csv.lines().nth(1).expect("one stocktake").split(',').collect();
    assert_eq!(fields[..2], ["S001", STOCKTAKE]);
    assert_eq!(fields[3..8], ["1", "12", "6000", "-3", "-0.250000"]);
    let (status, _) = shop.manager.text("/api/v1/accuracy.csv?store=S009").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(shop.clerk.text("/api/v1/accuracy.csv").await.0, StatusCode::FORBIDDEN);
}
