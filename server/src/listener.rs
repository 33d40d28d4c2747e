//! How connections are taken: whoever opens one must also ask for something, and soon.
//!
//! Without that, a few thousand connections that say nothing, or a header line now and then, keep a server busy
//! with nobody.

use axum_server::accept::Accept;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// How long a request's header, and the wait for the next one on a connection kept open, may take.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(20);

/// A server of plain HTTP.
///
/// # Errors
/// When the runtime does not take the listener.
pub fn plain(listener: TcpListener, handle: Handle<SocketAddr>, timeout: Duration) -> io::Result<Server<SocketAddr>> {
    // No browser speaks HTTP/2 without encryption, and finding out which version is spoken has no time limit.
    let mut server = axum_server::from_tcp(listener)?.handle(handle).http1_only();
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(timeout);
    Ok(server)
}

/// A server of HTTPS, version 1.1 and 2.
///
/// # Errors
/// When the runtime does not take the listener.
pub fn secure(
    listener: TcpListener,
    certificate: RustlsConfig,
    handle: Handle<SocketAddr>,
    timeout: Duration,
) -> io::Result<Server<SocketAddr, PromptAcceptor>> {
    let acceptor = PromptAcceptor { tls: RustlsAcceptor::new(certificate).handshake_timeout(timeout), timeout };
    let mut server = axum_server::from_tcp(listener)?.handle(handle).acceptor(acceptor);
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(timeout);
    Ok(server)
}

/// Encrypts, and ends connections on which nothing is asked.
#[derive(Debug, Clone)]
pub struct PromptAcceptor {
    tls: RustlsAcceptor,
    timeout: Duration,
}

type Accepted<I, S> = Pin<Box<dyn Future<Output = io::Result<(I, S)>> + Send>>;

impl<I, S> Accept<I, S> for PromptAcceptor
where
    RustlsAcceptor: Accept<I, S>,
    <RustlsAcceptor as Accept<I, S>>::Future: Send + 'static,
{
    type Stream = Prompt<<RustlsAcceptor as Accept<I, S>>::Stream>;
    type Service = <RustlsAcceptor as Accept<I, S>>::Service;
    type Future = Accepted<Self::Stream, Self::Service>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let (accepted, timeout) = (self.tls.accept(stream, service), self.timeout);
        Box::pin(async move {
            let (stream, service) = accepted.await?;
            Ok((Prompt::new(stream, timeout), service))
        })
    }
}

/// What tells the version of HTTP: no request is shorter, but for those that have no `Host`.
const N_FIRST_BYTES: usize = 24;

/// A stream on which the first bytes must come in time. From then on HTTP itself keeps the time.
pub struct Prompt<I> {
    stream: I,
    n_read: usize,
    deadline: Pin<Box<Sleep>>,
}

impl<I> Prompt<I> {
    fn new(stream: I, timeout: Duration) -> Self {
        Self { stream, n_read: 0, deadline: Box::pin(tokio::time::sleep(timeout)) }
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Prompt<I> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        if this.n_read < N_FIRST_BYTES {
            this.n_read += buffer.filled().len() - before;
            if read.is_pending() && this.deadline.as_mut().poll(context).is_ready() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
        read
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Prompt<I> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::LocalCertificate;
    use axum::Router;
    use axum::routing::get;
    use rustls::pki_types::ServerName;
    use std::net::Ipv4Addr;
    use std::sync::Arc;
    use std::time::Instant;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    const TIMEOUT: Duration = Duration::from_millis(200);
    /// A slow machine is not a broken server.
    const PATIENCE: Duration = Duration::from_millis(2_500);

    fn listener() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        listener.set_nonblocking(true).expect("a socket");
        let address = listener.local_addr().expect("bound");
        (listener, address)
    }

    fn app() -> axum::routing::IntoMakeService<Router> {
        Router::new().route("/", get(|| async { "here" })).into_make_service()
    }

    async fn served_plain() -> SocketAddr {
        let (listener, address) = listener();
        let server = plain(listener, Handle::new(), TIMEOUT).expect("a server");
        tokio::spawn(server.serve(app()));
        address
    }

    /// What comes back before the server hangs up, and how long that takes.
    async fn after(mut stream: impl AsyncRead + AsyncWrite + Unpin, said: &str) -> (String, Duration) {
        let began = Instant::now();
        stream.write_all(said.as_bytes()).await.expect("the server listens");
        let mut answer = Vec::new();
        let ended = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
        // A connection that is cut is as good as one that is closed.
        let _ = ended.expect("the server hangs up in time");
        (String::from_utf8_lossy(&answer).into_owned(), began.elapsed())
    }

    #[tokio::test]
    async fn a_header_that_does_not_end_is_not_waited_for() {
        let address = served_plain().await;
        for begun in ["", "G", "GET / HTTP/1.1\r\nHost: shop.test\r\nX-Slow: "] {
            let stream = TcpStream::connect(address).await.expect("connects");
            let (answer, took) = after(stream, begun).await;
            assert!(!answer.contains("here"), "{begun:?}: {answer}");
            assert!(took >= TIMEOUT, "{begun:?}: after {took:?}");
        }
    }

    #[tokio::test]
    async fn a_request_in_time_is_answered() {
        let stream = TcpStream::connect(served_plain().await).await.expect("connects");
        let (answer, _) = after(stream, "GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n").await;
        assert!(answer.ends_with("here"), "{answer}");
    }

    #[tokio::test]
    async fn an_encrypted_connection_has_no_more_time() {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let tls = LocalCertificate::load_or_create(folder.path(), &[Ipv4Addr::LOCALHOST.into()]).expect("made");
        let mut roots = rustls::RootCertStore::empty();
        let authority = <rustls::pki_types::CertificateDer as rustls::pki_types::pem::PemObject>::from_pem_slice(
            tls.authority_pem.as_bytes(),
        );
        roots.add(authority.expect("a certificate")).expect("an authority");
        let config = RustlsConfig::from_pem(tls.chain_pem.into_bytes(), tls.key_pem.into_bytes()).await;
        let (listener, address) = listener();
        let server = secure(listener, config.expect("valid"), Handle::new(), TIMEOUT).expect("a server");
        tokio::spawn(server.serve(app()));

        let client = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let connector = tokio_rustls::TlsConnector::from(Arc::new(client));
        let name = ServerName::from(std::net::IpAddr::from(Ipv4Addr::LOCALHOST));
        for begun in ["", "PRI * HTTP", "GET / HTTP/1.1\r\nHost: shop.test\r\nX-Slow: "] {
            let stream = TcpStream::connect(address).await.expect("connects");
            let stream = connector.connect(name.clone(), stream).await.expect("agrees");
            let (answer, took) = after(stream, begun).await;
            assert!(!answer.contains("here"), "{begun:?}: {answer}");
            assert!(took >= TIMEOUT, "{begun:?}: after {took:?}");
        }
        // Nor one that does not even begin to agree.
        let (_, took) = after(TcpStream::connect(address).await.expect("connects"), "").await;
        assert!(took >= TIMEOUT, "after {took:?}");
    }
}
