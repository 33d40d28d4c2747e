//! Logs for people or machines, and figures for Prometheus.

use crate::config::{Config, LogFormat};
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::io;
use std::net::TcpListener;
use std::time::{Duration, Instant};
use tracing_subscriber::EnvFilter;

/// Starts logging to standard error. Does nothing when logging has been started already.
pub fn start_log(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let _ = match config.log_format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
}

/// Seconds; from a cached page to a request that should worry somebody.
const BUCKETS_S: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Starts collecting figures.
///
/// # Errors
/// When something else collects them already.
pub fn start_metrics() -> io::Result<PrometheusHandle> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS_S)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(io::Error::other)
}

/// Serves the figures at `/metrics` until the process ends.
///
/// # Errors
/// When the listener fails.
pub async fn serve_metrics(listener: TcpListener, handle: PrometheusHandle) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let upkeep = handle.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_secs(5)).await;
            upkeep.run_upkeep();
        }
    });
    let render = move || {
        let handle = handle.clone();
        async move { handle.render() }
    };
    let router = axum::Router::new().route("/metrics", axum::routing::get(render));
    axum::serve(listener, router).await
}

/// Counts and times every request, by the route it matched: never by its raw path, which anybody can make up.
pub async fn observe(request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>();
    let path = matched.map_or_else(|| "other".to_owned(), |matched| matched.as_str().to_owned());
    let method = request.method().clone();
    let started = Instant::now();
    let response = next.run(request).await;
    let status = response.status();
    let elapsed = started.elapsed();
    let labels = [("method", method.to_string()), ("path", path.clone()), ("status", status.as_u16().to_string())];
    metrics::counter!("shelftrace_http_requests_total", &labels).increment(1);
    metrics::histogram!("shelftrace_http_request_seconds", "path" => path.clone()).record(elapsed.as_secs_f64());
    tracing::debug!(%method, path, status = status.as_u16(), ms = elapsed.as_millis(), "answered");
    response
}
