//! A small chain, its people, and browsers that ask the router in process.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use domain::geo::Coordinates;
use domain::id::{CategoryCode, DeviceId, EventId, PersonId, RegionCode, ShelfCode, SkuCode, StoreCode, ZoneCode};
use domain::instant::{Timestamp, ZoneOffset};
use domain::master::{Category, Name, Product, Region, Shelf, Store, Zone};
use domain::policy::{Role, Scope, Viewer};
use serde_json::{Value, json};
use server::auth::password::Passwords;
use server::clock::Clock;
use server::config::Config;
use server::keys::Keys;
use server::router::router;
use server::state::AppState;
use server::store::person::Account;
use server::store::{Database, Masters, StoreMaster};
use tokio::sync::OnceCell;
use tower::ServiceExt;

/// 2026-11-22 12:00 in China.
pub const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);
/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";
/// Today's stocktake of S001.
pub const STOCKTAKE: &str = "S001-20261122";

/// Login, role, scope: one of each role at store S001 of region R1, where it has one.
pub const PEOPLE: [(&str, Role, &str); 5] = [
    ("clerk", Role::Clerk, "S001"),
    ("manager", Role::StoreManager, "S001"),
    ("regional", Role::RegionalManager, "R1"),
    ("hq", Role::Headquarters, ""),
    ("auditor", Role::Auditor, ""),
];

/// S001 and S002 in R1, S009 in R2; two shelves and three products each.
pub struct TestServer {
    pub router: Router,
    pub state: AppState,
    pub clock: Clock,
    _folder: tempfile::TempDir,
}

impl TestServer {
    /// Starts on a fresh database in memory.
    pub async fn start() -> Self {
        Self::start_with(Config::default()).await
    }

    /// Starts with other settings than usual.
    pub async fn start_with(config: Config) -> Self {
        Self::start_chain(config, masters()).await
    }

    /// Starts with another chain, which has a store S001 and a region R1.
    pub async fn start_chain(config: Config, masters: Masters) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config = Config { data_dir: folder.path().into(), site_dir: folder.path().join("site"), ..config };
        let clock = Clock::manual(NOW);
        let db = Database::open("mem://").await.expect("opens");
        db.save_masters(&masters).await.expect("saves");
        for (login, role, scope) in PEOPLE {
            db.add_account(&account(login, role, scope).await).await.expect("adds");
        }
        let keys = Keys::from_secrets([1; 32], [2; 32]);
        let state = AppState::start(config, clock.clone(), keys, db).await.expect("starts");
        Self { router: router(state.clone()), state, clock, _folder: folder }
    }

    /// Gives somebody else an account.
    pub async fn hire(&self, login: &str, role: Role, scope: &str) {
        self.state.db.add_account(&account(login, role, scope).await).await.expect("adds");
        self.state.directory.set_accounts(&self.state.db.accounts().await.expect("reads"));
    }

    /// A browser nobody is signed in with.
    pub fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookie: None }
    }

    /// A browser with a person signed in.
    pub async fn signed_in(&self, login: &str) -> Browser {
        let mut browser = self.browser();
        let reply = browser.sign_in(login, PASSWORD).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.json);
        browser
    }
}

async fn account(login: &str, role: Role, scope: &str) -> Account {
    static HASH: OnceCell<String> = OnceCell::const_new();
    let hash = HASH.get_or_init(|| async { Passwords::new(1).hash(PASSWORD).await.expect("long enough") }).await;
    let scope = match (scope, scope.starts_with('S')) {
        ("", _) => Scope::Chain,
        (code, true) => Scope::Store(StoreCode::parse(code).expect("valid")),
        (code, false) => Scope::Region(RegionCode::parse(code).expect("valid")),
    };
    let viewer = Viewer { id: person(login), name: format!("{login} 某"), role, scope };
    Account { viewer, login: login.to_owned(), password_hash: hash.clone(), is_disabled: false }
}

/// The id of the person who signs in with `login`.
pub fn person(login: &str) -> PersonId {
    PersonId::parse(&format!("P-{}", login.to_uppercase())).expect("valid")
}

fn name(text: &str) -> Name {
    Name { zh: text.to_owned(), en: text.to_owned() }
}

fn masters() -> Masters {
    let code = |text: &str| RegionCode::parse(text).expect("valid");
    let regions = ["R1", "R2"].map(|region| Region { code: code(region), name: name(region) });
    let category = CategoryCode::parse("C01").expect("valid");
    let sku = |n: u32| SkuCode::parse(&format!("10000{n}")).expect("valid");
    let products = [1, 2, 3].map(|n| Product {
        sku: sku(n),
        name: format!("商品{n}"),
        category: category.clone(),
        barcodes: Vec::new(),
        price_minor: 500,
    });
    let stores = [("S001", "R1"), ("S002", "R1"), ("S009", "R2")].map(|(store, region)| {
        let shelf = |text: &str, skus: &[u32]| Shelf {
            code: ShelfCode::parse(text).expect("valid"),
            items: skus.iter().map(|n| sku(*n)).collect(),
        };
        let store = Store {
            code: StoreCode::parse(store).expect("valid"),
            name: name(store),
            region: code(region),
            at: Coordinates { latitude_e7: 312_304_000, longitude_e7: 1_214_737_000 },
            geofence_radius_m: 150,
            zone_offset: ZoneOffset(480),
            opens_min: 480,
            closes_min: 1_320,
        };
        let zone = Zone { code: ZoneCode::parse("A").expect("valid"), name: name("A") };
        StoreMaster::new(store, vec![zone], vec![shelf("A-01", &[1, 2]), shelf("A-02", &[3])])
    });
    let categories = vec![Category { code: category.clone(), name: name("C01") }];
    Masters::new(regions.to_vec(), categories, products.to_vec(), stores.to_vec())
}

/// Someone's browser: keeps the session cookie, says where its requests come from.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    cookie: Option<String>,
}

/// What came back.
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Bytes,
    /// Null when it is no JSON.
    pub json: Value,
}

impl Reply {
    /// Where the browser is sent.
    pub fn location(&self) -> Option<&str> {
        self.headers.get(header::LOCATION)?.to_str().ok()
    }

    /// The stable code of an error.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }
}

impl Browser {
    /// Signs in and keeps the cookie.
    pub async fn sign_in(&mut self, login: &str, password: &str) -> Reply {
        let reply = self.post("/api/v1/sign-in", &json!({ "login": login, "password": password })).await;
        if let Some(cookie) = reply.headers.get(header::SET_COOKIE) {
            let text = cookie.to_str().expect("ascii");
            self.cookie = text.split(';').next().map(ToOwned::to_owned);
        }
        reply
    }

    /// The pair the browser sends.
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    /// Asks for a page or a resource.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path).body(Body::empty()).expect("a request")).await
    }

    /// Status and text of what is asked for.
    pub async fn text(&self, path: &str) -> (StatusCode, String) {
        let request = self.request(Method::GET, path).body(Body::empty()).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("the router always answers");
        let (parts, body) = response.into_parts();
        let is_feed = parts.headers.get(header::CONTENT_TYPE).is_some_and(|value| value == "text/event-stream");
        if is_feed {
            return (parts.status, String::new());
        }
        let bytes = axum::body::to_bytes(body, 16 << 20).await.expect("the body ends");
        (parts.status, String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Posts JSON, as our own pages do.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.post_text(path, "application/json", body.to_string()).await
    }

    /// Posts a body of any kind, as our own pages do.
    pub async fn post_text(&self, path: &str, content_type: &str, body: String) -> Reply {
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, content_type)
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    /// Puts bytes, as our own pages do.
    pub async fn put(&self, path: &str, body: impl Into<Body>) -> Reply {
        let request = self.request(Method::PUT, path).header("sec-fetch-site", "same-origin");
        self.send(request.body(body.into()).expect("a request")).await
    }

    /// Begins a request with the browser's cookie.
    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let builder = Request::builder().method(method).uri(path).header(header::HOST, "shop.test");
        match &self.cookie {
            Some(cookie) => builder.header(header::COOKIE, cookie),
            None => builder,
        }
    }

    /// Sends a request and reads the whole answer, unless that is a live feed.
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.expect("the router always answers");
        let (parts, body) = response.into_parts();
        let is_feed = parts.headers.get(header::CONTENT_TYPE).is_some_and(|value| value == "text/event-stream");
        let bytes =
            if is_feed { Bytes::new() } else { axum::body::to_bytes(body, 16 << 20).await.expect("the body ends") };
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Reply { status: parts.status, headers: parts.headers, bytes, json }
    }

    /// Delivers events as the phone `n` does.
    pub async fn sync(&self, n: u128, events: &[Value]) -> Reply {
        self.post("/api/v1/sync", &json!({ "protocol": 1, "device": device(n), "app": "test", "events": events })).await
    }
}

/// The phone `n`.
pub fn device(n: u128) -> DeviceId {
    DeviceId::from_parts(1, n)
}

/// Event `n` of phone 1, recorded by the clerk in S001 now.
pub fn event(n: u64, body: &Value) -> Value {
    json!({
        "id": EventId::from_parts(NOW.unix_ms().unsigned_abs(), u128::from(n)),
        "store": "S001",
        "device": device(1),
        "device_seq": n,
        "person": person("clerk"),
        "effective_at": NOW,
        "fix": { "missing": { "reason": "denied" } },
        "app": "test",
        "body": body,
    })
}

/// Opening today's stocktake.
pub fn opened() -> Value {
    json!({ "stocktake_opened": { "stocktake": STOCKTAKE } })
}

/// Counting so many pieces of the first product on the first shelf.
pub fn counted(units: i64) -> Value {
    json!({ "counted": {
        "stocktake": STOCKTAKE, "shelf": "A-01", "proof": "picked", "item": { "known": "100001" },
        "units": units, "method": "camera",
    } })
}
