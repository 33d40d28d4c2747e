//! Rendering pages, and what pages ask of the server: [`Backend`] in process.

mod message;
mod region_plan;
mod replenishment;
mod stocktake;
mod transfer;
mod warning;

use crate::access::{Asker, check_function};
use crate::audit;
use crate::auth::cookie;
use crate::auth::session::SignInError;
use crate::cases;
use crate::device::{self, Admission};
use crate::error::ApiError;
use crate::header::content_security_policy;
use crate::read;
use crate::state::AppState;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use domain::audit::DayAudit;
use domain::board::{ChainBoard, ShelfDetail, StorePlan};
use domain::case::{CaseCounts, CaseList, CasePage};
use domain::device::DevicePage;
use domain::id::{DeviceId, ShelfCode, StoreCode};
use domain::master::Name;
use domain::policy::{Scope, Viewer};
use domain::trace::{Subject, Suggestion, TraceAcross, TraceAsk, TracePage, TraceStores};
use frontend::app::App;
use frontend::backend::{Approvals, Backend, BackendError, Reply, Workbench};
use frontend::shell::{PageContext, shell};
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{AxumRouteListing, ResponseOptions};
use std::sync::Arc;

/// A year, in seconds: how long a browser keeps a preference.
const PREFERENCE_MAX_AGE_S: u32 = 31_536_000;

/// The pages the frontend has.
#[must_use]
pub fn pages() -> Vec<AxumRouteListing> {
    leptos_axum::generate_route_list(App)
}

/// What every page and server function finds in its context.
pub fn context(state: AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        let parts = use_context::<Parts>();
        let response = use_context::<ResponseOptions>().unwrap_or_default();
        let Some((parts, asker)) = parts.and_then(|parts| parts.extensions.get::<Asker>().cloned().map(|a| (parts, a)))
        else {
            return;
        };
        let cookies = parts.headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        provide_context(PageContext::from_cookies(&state.site.build, cookies));
        if let Some(nonce) = use_nonce() {
            response.insert_header(header::CONTENT_SECURITY_POLICY, content_security_policy(Some(&nonce)));
        }
        let backend = RequestBackend { state: state.clone(), asker, response };
        provide_context::<Arc<dyn Backend>>(Arc::new(backend));
    }
}

/// The page for addresses that lead nowhere.
pub async fn missing_page(state: AppState, request: Request<Body>) -> Response {
    let renderers = state.renderers.clone();
    let make = move || leptos_axum::render_app_async_with_context(context(state), shell)(request);
    renderers.render(make).await
}

/// Keeps everything about one page or server function on one thread.
pub async fn on_one_thread(State(state): State<AppState>, request: Request, next: Next) -> Response {
    state.renderers.render(move || next.run(request)).await
}

/// The document the service worker gives to navigations while the network is gone.
pub async fn offline_shell(State(state): State<AppState>) -> Response {
    let html = frontend::shell::offline_shell(&state.site.build);
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))], Html(html)).into_response()
}

/// [`Backend`] for one request.
struct RequestBackend {
    state: AppState,
    asker: Asker,
    response: ResponseOptions,
}

impl RequestBackend {
    /// Checks the access table, then reads.
    fn reply<T: Send + 'static, F>(
        &self,
        path: &'static str,
        store: Option<StoreCode>,
        read: impl FnOnce(AppState, Viewer) -> F + Send + 'static,
    ) -> Reply<T>
    where
        F: Future<Output = Result<T, ApiError>> + Send + 'static,
    {
        let (state, viewer) = (self.state.clone(), self.viewer());
        Box::pin(async move {
            check_function(&state, viewer.as_ref(), path, store.as_ref()).map_err(told)?;
            read(state, viewer.ok_or(BackendError::SignInNeeded)?).await.map_err(told)
        })
    }

    fn set_cookie(&self, value: HeaderValue) {
        self.response.append_header(header::SET_COOKIE, value);
    }
}

/// What pages are told about an error.
fn told(error: ApiError) -> BackendError {
    match error {
        ApiError::SignInNeeded => BackendError::SignInNeeded,
        ApiError::Forbidden | ApiError::ForeignOrigin => BackendError::Forbidden,
        ApiError::NotFound => BackendError::NotFound,
        ApiError::BadCredentials => BackendError::BadCredentials,
        ApiError::TooOften(wait) => BackendError::TooManyAttempts { retry_after_s: wait.retry_after_s },
        ApiError::Malformed(_)
        | ApiError::TooLarge { .. }
        | ApiError::PhotoRefused(_)
        | ApiError::UpdateNeeded
        | ApiError::DeviceBarred => BackendError::Malformed,
        ApiError::Unavailable(cause) => {
            tracing::error!(error = crate::error::chain(cause.as_ref()), "a page's request failed");
            BackendError::Unavailable
        }
    }
}

impl Backend for RequestBackend {
    fn viewer(&self) -> Option<Viewer> {
        self.asker.signed_in.as_ref().map(|signed_in| signed_in.viewer.clone())
    }

    fn place(&self) -> Option<Name> {
        let masters = self.state.directory.masters();
        match &self.asker.signed_in.as_ref()?.viewer.scope {
            Scope::Store(code) => masters.store(code).map(|master| master.store.name.clone()),
            Scope::Region(code) => masters.region(code).map(|region| region.name.clone()),
            Scope::Chain => None,
        }
    }

    fn sign_in(&self, login: String, password: String) -> Reply<Viewer> {
        let (state, asker, response) = (self.state.clone(), self.asker.clone(), self.response.clone());
        Box::pin(async move {
            let signed_in = state.sign_in.sign_in(&login, &password, asker.address).await;
            let (viewer, token) = signed_in.map_err(|error: SignInError| told(error.into()))?;
            if let Some(earlier) = &asker.signed_in {
                state.sign_in.leave(&earlier.session).await.map_err(|error| told(error.into()))?;
            }
            let cookie = cookie::set(&token, asker.transport, state.sign_in.cookie_max_age_s());
            response.append_header(header::SET_COOKIE, cookie);
            Ok(viewer)
        })
    }

    fn sign_out(&self) -> Reply<()> {
        self.set_cookie(cookie::clear(self.asker.transport));
        let (state, signed_in) = (self.state.clone(), self.asker.signed_in.clone());
        Box::pin(async move {
            match signed_in {
                Some(signed_in) => state.sign_in.leave(&signed_in.session).await.map_err(|error| told(error.into())),
                None => Ok(()),
            }
        })
    }

    fn sign_out_everywhere(&self) -> Reply<()> {
        self.set_cookie(cookie::clear(self.asker.transport));
        self.reply("/fn/sign_out_everywhere", None, |state, viewer| async move {
            Ok(state.sign_in.end_all_of(&viewer.id).await?)
        })
    }

    fn workbench(&self) -> Reply<Workbench> {
        self.reply("/fn/workbench", None, |state, viewer| async move {
            match &viewer.scope {
                Scope::Store(store) => read::stocktake::workbench(&state, &viewer, store).await,
                Scope::Region(_) | Scope::Chain => Err(ApiError::NotFound),
            }
        })
    }

    fn chain_board(&self) -> Reply<ChainBoard> {
        self.reply("/fn/chain_board", None, |state, viewer| async move { read::chain_board(&state, &viewer).await })
    }

    fn store_plan(&self, store: StoreCode) -> Reply<StorePlan> {
        let named = store.clone();
        self.reply("/fn/store_plan", Some(named), |state, viewer| async move {
            read::store_plan(&state, &viewer, &store).await
        })
    }

    fn shelf_detail(&self, store: StoreCode, shelf: ShelfCode) -> Reply<ShelfDetail> {
        let named = store.clone();
        self.reply("/fn/shelf_detail", Some(named), |state, viewer| async move {
            read::shelf_detail(&state, &viewer, &store, &shelf).await
        })
    }

    fn approvals(&self) -> Reply<Approvals> {
        self.reply("/fn/approvals", None, |state, viewer| async move { read::approvals(&state, &viewer).await })
    }

    fn count_approvals(&self) -> Reply<u32> {
        self.reply(
            "/fn/count_approvals",
            None,
            |state, viewer| async move { read::count_approvals(&state, &viewer).await },
        )
    }

    fn trace_page(&self, ask: TraceAsk) -> Reply<TracePage> {
        let Ok(store) = StoreCode::parse(&ask.store) else {
            return Box::pin(async { Err(BackendError::NotFound) });
        };
        self.reply("/fn/trace_page", Some(store), |state, _| async move { read::trace_page(&state, &ask).await })
    }

    fn trace_across(&self, ask: TraceAsk) -> Reply<TraceAcross> {
        self.reply(
            "/fn/trace_across",
            None,
            |state, viewer| async move { read::trace_across(&state, &viewer, &ask).await },
        )
    }

    fn suggestions_across(&self, typed: String) -> Reply<Vec<Suggestion>> {
        self.reply("/fn/suggestions_across", None, |state, viewer| async move {
            read::suggestions_across(&state, &viewer, &typed).await
        })
    }

    fn trace_stores(&self, subject: Option<Subject>) -> Reply<TraceStores> {
        self.reply("/fn/trace_stores", None, |state, viewer| async move {
            read::trace_stores(&state, &viewer, subject.as_ref()).await
        })
    }

    fn suggestions(&self, store: StoreCode, typed: String) -> Reply<Vec<Suggestion>> {
        let named = store.clone();
        self.reply("/fn/suggestions", Some(named), |state, _| async move {
            Ok(crate::trace::suggest::suggestions(&state.db, &state.directory, &store, &typed).await?)
        })
    }

    fn cases(&self, list: CaseList) -> Reply<CasePage> {
        self.reply("/fn/cases", None, move |state, viewer| async move { cases::page(&state, &viewer, list).await })
    }

    fn case_counts(&self) -> Reply<CaseCounts> {
        self.reply("/fn/case_counts", None, |state, viewer| async move { cases::counts(&state, &viewer).await })
    }

    fn devices(&self, store: Option<StoreCode>) -> Reply<DevicePage> {
        self.reply(
            "/fn/devices",
            None,
            |state, viewer| async move { device::page(&state, &viewer, store.as_ref()).await },
        )
    }

    fn admit_device(&self, id: DeviceId, bar: bool) -> Reply<()> {
        let admission = if bar { Admission::Bar } else { Admission::Admit };
        self.reply("/fn/admit_device", None, move |state, viewer| async move {
            device::admit(&state, &viewer, id, admission).await
        })
    }

    fn audit_day(&self, store: StoreCode, day: String) -> Reply<DayAudit> {
        let named = store.clone();
        self.reply("/fn/audit_day", Some(named), |state, _| async move { audit::day(&state, &store, &day).await })
    }

    fn redirect(&self, path: &str) {
        leptos_axum::redirect(path);
    }

    fn set_preference(&self, name: &'static str, value: &'static str) {
        let cookie = format!("{name}={value}; Path=/; SameSite=Lax; Max-Age={PREFERENCE_MAX_AGE_S}");
        self.set_cookie(HeaderValue::from_str(&cookie).expect("preferences are plain words"));
    }

    fn answer_with(&self, problem: &BackendError) {
        let status = match problem {
            BackendError::SignInNeeded | BackendError::BadCredentials => StatusCode::UNAUTHORIZED,
            BackendError::Forbidden => StatusCode::FORBIDDEN,
            BackendError::NotFound => StatusCode::NOT_FOUND,
            BackendError::TooManyAttempts { retry_after_s } => {
                let header = HeaderName::from_static("retry-after");
                self.response.insert_header(header, HeaderValue::from(*retry_after_s));
                StatusCode::TOO_MANY_REQUESTS
            }
            BackendError::Malformed => StatusCode::BAD_REQUEST,
            BackendError::Unreachable | BackendError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        self.response.set_status(status);
    }
}
