//! A WeCom for tests: it forgets tokens, is busy, answers pages, counts what each member is sent.

use crate::clock::Clock;
use axum::Router;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use domain::instant::{MINUTE_MS, Timestamp};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What goes wrong with the next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// An error code.
    Code(i64),
    /// A page of some proxy's, with status 200.
    Html,
    /// An answer without an end.
    Huge,
    /// The connection breaks.
    Disconnect,
    /// No answer.
    Silence,
}

/// A card as a member has it.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub(crate) code: String,
    pub(crate) replaced: Option<String>,
}

/// What the fake has seen.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) n_tokens: u32,
    pub(crate) n_calls: u32,
    /// What each member was shown.
    pub(crate) cards: BTreeMap<String, Vec<Card>>,
    /// Dropped without a word: beyond 30 a minute.
    pub(crate) n_dropped: u32,
    times: BTreeMap<String, VecDeque<Timestamp>>,
    token: Option<(String, Timestamp)>,
    revoked_as: i64,
    forgotten: BTreeSet<String>,
    faults: VecDeque<Fault>,
    used: BTreeSet<String>,
}

#[derive(Clone)]
struct Shared {
    clock: Clock,
    seen: Arc<Mutex<Seen>>,
}

pub(crate) struct Fake {
    port: u16,
    shared: Shared,
    server: JoinHandle<()>,
}

impl Fake {
    pub(crate) async fn start(clock: Clock) -> Self {
        let shared = Shared { clock, seen: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let router = Router::new()
            .route("/cgi-bin/gettoken", get(token))
            .route("/cgi-bin/message/send", post(send))
            .route("/cgi-bin/message/update_template_card", post(update))
            .route("/cgi-bin/webhook/send", post(robot))
            .with_state(shared.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
        Self { port, shared, server }
    }

    pub(crate) fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.shared.seen.lock().expect("not poisoned")
    }

    pub(crate) fn fail_next(&self, faults: impl IntoIterator<Item = Fault>) {
        self.seen().faults.extend(faults);
    }

    /// The token is not known any more; calls with it are answered with this code.
    pub(crate) fn revoke(&self, code: i64) {
        let mut seen = self.seen();
        seen.token = None;
        seen.revoked_as = code;
    }

    pub(crate) fn forget_member(&self, userid: &str) {
        self.seen().forgotten.insert(userid.to_owned());
    }

    pub(crate) async fn stop(&self) {
        self.server.abort();
        tokio::task::yield_now().await;
    }
}

type Params = Query<BTreeMap<String, String>>;

fn reply(body: &Value) -> Response {
    body.to_string().into_response()
}

fn error(code: i64) -> Response {
    reply(&json!({ "errcode": code, "errmsg": "as documented" }))
}

async fn token(State(shared): State<Shared>, Query(params): Params) -> Response {
    if params.get("corpsecret").map(String::as_str) != Some("canary-secret") {
        return error(40001);
    }
    let now = shared.clock.now();
    let mut seen = shared.seen.lock().expect("not poisoned");
    seen.n_tokens += 1;
    let text = format!("fake-token-{}", seen.n_tokens);
    seen.token = Some((text.clone(), now.plus_ms(7_200_000)));
    reply(&json!({ "errcode": 0, "errmsg": "ok", "access_token": text, "expires_in": 7200 }))
}

/// Whether the call is answered at all, and its token known.
async fn admit(shared: &Shared, params: &BTreeMap<String, String>) -> Result<(), Response> {
    let fault = {
        let mut seen = shared.seen.lock().expect("not poisoned");
        seen.n_calls += 1;
        seen.faults.pop_front()
    };
    match fault {
        Some(Fault::Code(code)) => return Err(error(code)),
        Some(Fault::Html) => return Err((StatusCode::OK, "<html>sign in to the network</html>").into_response()),
        Some(Fault::Huge) => return Err("{".repeat(1 << 20).into_response()),
        Some(Fault::Disconnect) => {
            let broken = futures::stream::once(async { Err::<Vec<u8>, _>(std::io::Error::other("broken")) });
            return Err(Body::from_stream(broken).into_response());
        }
        Some(Fault::Silence) => futures::future::pending().await,
        None => {}
    }
    let seen = shared.seen.lock().expect("not poisoned");
    match &seen.token {
        Some((text, until)) if params.get("access_token") == Some(text) => {
            if shared.clock.now() < *until {
                Ok(())
            } else {
                Err(error(42001))
            }
        }
        _ => Err(error(if seen.revoked_as == 0 { 40014 } else { seen.revoked_as })),
    }
}

async fn send(State(shared): State<Shared>, Query(params): Params, body: String) -> Response {
    if let Err(answer) = admit(&shared, &params).await {
        return answer;
    }
    let body: Value = serde_json::from_str(&body).expect("JSON");
    let to = body["touser"].as_str().expect("a receiver").to_owned();
    let now = shared.clock.now();
    let mut seen = shared.seen.lock().expect("not poisoned");
    if seen.forgotten.contains(&to) {
        return reply(&json!({ "errcode": 0, "errmsg": "ok", "invaliduser": to }));
    }
    let times = seen.times.entry(to.clone()).or_default();
    times.retain(|at| now.since(*at) < MINUTE_MS);
    times.push_back(now);
    let code = format!("response-{}", seen.n_calls);
    if seen.times[&to].len() > 30 {
        seen.n_dropped += 1;
    } else {
        seen.cards.entry(to).or_default().push(Card { code: code.clone(), replaced: None });
    }
    reply(&json!({ "errcode": 0, "errmsg": "ok", "invaliduser": "", "msgid": "m", "response_code": code }))
}

async fn update(State(shared): State<Shared>, Query(params): Params, body: String) -> Response {
    if let Err(answer) = admit(&shared, &params).await {
        return answer;
    }
    let body: Value = serde_json::from_str(&body).expect("JSON");
    let code = body["response_code"].as_str().expect("a code").to_owned();
    let mut seen = shared.seen.lock().expect("not poisoned");
    if !seen.used.insert(code.clone()) {
        return error(42045);
    }
    let card = seen.cards.values_mut().flatten().find(|card| card.code == code);
    let Some(card) = card else { return error(42045) };
    card.replaced = body["button"]["replace_name"].as_str().map(ToOwned::to_owned);
    reply(&json!({ "errcode": 0, "errmsg": "ok" }))
}

async fn robot(State(shared): State<Shared>, Query(params): Params) -> Response {
    let fault = {
        let mut seen = shared.seen.lock().expect("not poisoned");
        seen.n_calls += 1;
        seen.faults.pop_front()
    };
    match fault {
        Some(Fault::Code(code)) => return error(code),
        Some(_) => return "<html>sign in to the network</html>".into_response(),
        None => {}
    }
    if params.get("key").map(String::as_str) == Some("robot-key") { error(0) } else { error(93000) }
}
