//! `shelftrace serve`

use crate::auth::cookie::Transport;
use crate::clock::Clock;
use crate::command::{OpenError, open};
use crate::config::Config;
use crate::listener::{self, HEADER_TIMEOUT};
use crate::router::router;
use crate::state::{AppState, StartError};
use crate::telemetry;
use crate::tls::{LocalCertificate, TlsError, lan_addresses, terminal_qr};
use crate::transfer;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Extension, Router};
use axum_server::tls_rustls::RustlsConfig;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::time::Duration;

/// How long requests may still run after the order to stop.
const DRAIN: Duration = Duration::from_secs(10);
/// How often ended sessions are removed, and photos that no event names.
const SWEEP: Duration = Duration::from_secs(3_600);

type Handle = axum_server::Handle<SocketAddr>;

/// Why serving failed.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The server cannot start on it.
    #[error(transparent)]
    Start(#[from] StartError),
    /// An address cannot be listened on.
    #[error("cannot listen on {address}; is another server running?")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is no certificate for the local network.
    #[error("no certificate for the local network")]
    Tls(#[from] TlsError),
    /// What is on disk is in doubt.
    #[error("the ledger has stopped, start the server anew: {0}")]
    Ledger(String),
    /// Something of the system failed.
    #[error("serving failed")]
    Io(#[from] io::Error),
}

/// Serves until told to stop, then finishes what was begun.
///
/// # Errors
/// When the database, an address or a certificate is not to be had.
pub async fn serve(config: Config) -> Result<(), ServeError> {
    // The addresses first: a second server must fail before it touches anything.
    let plain = listen(config.listen)?;
    let lan =
        config.lan.then(|| Ok::<_, ServeError>((listen(config.lan_listen)?, listen(config.lan_certificate_listen)?)));
    let lan = lan.transpose()?;
    if let Some(address) = config.metrics {
        let handle = telemetry::start_metrics()?;
        let listener = listen(address)?;
        tokio::spawn(async move {
            if let Err(error) = telemetry::serve_metrics(listener, handle).await {
                tracing::error!(%error, "metrics are not served");
            }
        });
    }

    let (db, keys) = open(&config).await?;
    let state = AppState::start(config.clone(), Clock::system(), keys, db).await?;
    if state.directory.masters().stores().is_empty() {
        tracing::warn!("there are no stores in this database; `shelftrace seed` makes a demo chain");
    }
    let router = router(state.clone());

    let handle = Handle::new();
    let mut servers = tokio::task::JoinSet::new();
    let service = router.clone().layer(Extension(Transport::Http)).into_make_service_with_connect_info::<SocketAddr>();
    servers.spawn(listener::plain(plain, handle.clone(), HEADER_TIMEOUT)?.serve(service));
    println!("Shelftrace at http://{}", config.listen);

    if let Some((secure, certificate)) = lan {
        let addresses = lan_addresses();
        let tls = LocalCertificate::load_or_create(&config.data_dir.join("tls"), &addresses)?;
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let rustls = RustlsConfig::from_pem(tls.chain_pem.into_bytes(), tls.key_pem.into_bytes()).await?;
        let service = router.layer(Extension(Transport::Https)).into_make_service_with_connect_info::<SocketAddr>();
        servers.spawn(listener::secure(secure, rustls, handle.clone(), HEADER_TIMEOUT)?.serve(service));
        let address = addresses.first().copied().unwrap_or_else(|| config.lan_listen.ip());
        let app_url = url("https", address, config.lan_listen.port());
        let authority = certificate_pages(&tls.authority_pem, &app_url).into_make_service();
        servers.spawn(listener::plain(certificate, handle.clone(), HEADER_TIMEOUT)?.serve(authority));
        announce(&app_url, &url("http", address, config.lan_certificate_listen.port()));
    }

    tokio::spawn(sweep(state.clone()));
    tokio::spawn(check_ledger(state.clone()));
    tokio::spawn(transfer::watch(state.clone()));
    let stopping = handle.clone();
    let stopped_state = state.clone();
    let stopped = tokio::spawn(async move {
        let failure = tokio::select! {
            () = wait_for_signal() => None,
            why = stopped_state.ledger.stopped() => Some(why),
        };
        tracing::info!("stopping: finishing what was begun");
        stopped_state.stop_feeds();
        stopping.graceful_shutdown(Some(DRAIN));
        failure
    });
    while let Some(served) = servers.join_next().await {
        served.map_err(io::Error::other)??;
    }
    state.ledger.clone().shutdown().await;
    if let Err(error) = state.devices.flush().await {
        tracing::warn!(error = crate::error::chain(&error), "what devices told last is lost");
    }
    if let Err(error) = state.lease.release().await {
        tracing::warn!(error = crate::error::chain(&error), "another process waits until the lease runs out");
    }
    tracing::info!("stopped");
    match stopped.await.map_err(io::Error::other)? {
        None => Ok(()),
        Some(why) => Err(ServeError::Ledger(why)),
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let failed = |source| ServeError::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    Ok(listener)
}

fn url(scheme: &str, address: IpAddr, port: u16) -> String {
    format!("{scheme}://{}/", SocketAddr::new(address, port))
}

fn announce(app_url: &str, certificate_url: &str) {
    println!("\nOn a phone in this network, once: open {certificate_url} and install the certificate.");
    print_qr(certificate_url);
    println!("Then open {app_url}");
    print_qr(app_url);
}

fn print_qr(text: &str) {
    match terminal_qr(text) {
        Ok(qr) => println!("{qr}"),
        Err(error) => tracing::warn!(%error, "no QR code"),
    }
}

/// What is served over plain HTTP on the network: the authority's certificate and how to install it, nothing else.
fn certificate_pages(authority_pem: &str, app_url: &str) -> Router {
    let page = include_str!("certificate.html").replace("{app_url}", app_url);
    let authority = authority_pem.to_owned();
    let download = move || {
        let content_type = HeaderValue::from_static("application/x-x509-ca-cert");
        let disposition = HeaderValue::from_static("attachment; filename=\"shelftrace-ca.crt\"");
        let headers = [(header::CONTENT_TYPE, content_type), (header::CONTENT_DISPOSITION, disposition)];
        let answer = (headers, authority.clone()).into_response();
        async move { answer }
    };
    let page = move || {
        let page = Html(page.clone());
        async move { page }
    };
    Router::new().route("/", get(page)).route("/ca.crt", get(download))
}

/// Walks the whole ledger once, while the server serves: what was damaged or altered on disk while it was down is found
/// within minutes, not when somebody reads it.
async fn check_ledger(state: AppState) {
    let started = std::time::Instant::now();
    match state.ledger.check_all(&state.config.heads_file()).await {
        Ok(None) => tracing::info!(seconds = started.elapsed().as_secs_f32(), "the whole ledger is what it was"),
        // It has been said, with the event's number.
        Ok(Some(_)) => {}
        Err(error) => tracing::error!(error = crate::error::chain(&error), "the ledger could not be walked"),
    }
}

async fn sweep(state: AppState) {
    loop {
        tokio::time::sleep(SWEEP).await;
        if let Err(error) = state.sign_in.sweep().await {
            tracing::warn!(error = crate::error::chain(&error), "ended sessions were not removed");
        }
        match state.photos.sweep().await {
            Ok(0) => {}
            Ok(n_photos) => tracing::info!(n_photos, "photos that no event names are removed"),
            Err(error) => {
                tracing::warn!(error = crate::error::chain(&error), "photos that no event names were not all removed");
            }
        }
    }
}

async fn wait_for_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            let _ = tokio::signal::ctrl_c().await;
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}
