//! Threads that render pages, each page wholly on one of them.
//!
//! Components keep values that may not change threads, such as event handlers: Leptos panics when one is dropped on
//! another thread than made it, which a work-stealing runtime does sooner or later.

use crate::error::ApiError;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{LocalSet, spawn_local};

/// As the main runtime's: reading the database recurses deeply without optimisation.
const STACK_BYTES: usize = 20 << 20;
/// More would only wait for each other.
const THREADS_MAX: usize = 4;
/// Largest page, in bytes.
const PAGE_BYTES_MAX: usize = 64 << 20;

type Job = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()>>> + Send>;

/// The threads. They end with the last handle.
#[derive(Debug, Clone)]
pub struct Renderers {
    queues: Arc<[mpsc::UnboundedSender<Job>]>,
    next: Arc<AtomicUsize>,
}

impl Renderers {
    /// Starts one thread a core.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn start() -> io::Result<Self> {
        let n_threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(THREADS_MAX);
        let queues: Vec<_> = (0..n_threads).map(|_| start_one()).collect::<io::Result<_>>()?;
        Ok(Self { queues: queues.into(), next: Arc::default() })
    }

    /// Makes a response on one thread, the whole body included.
    pub async fn render<F>(&self, make: impl FnOnce() -> F + Send + 'static) -> Response
    where
        F: Future<Output = Response> + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move || {
            Box::pin(async move {
                // Whoever asked may have gone.
                let _ = sender.send(whole(make().await).await);
            })
        });
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.queues.len();
        let queued = self.queues[turn].send(job);
        match (queued, receiver.await) {
            (Ok(()), Ok(response)) => response,
            _ => ApiError::unavailable("the page panicked while it was rendered").into_response(),
        }
    }
}

fn start_one() -> io::Result<mpsc::UnboundedSender<Job>> {
    let (sender, mut jobs) = mpsc::unbounded_channel::<Job>();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("render".to_owned()).stack_size(STACK_BYTES).spawn(move || {
        LocalSet::new().block_on(&runtime, async {
            while let Some(job) = jobs.recv().await {
                spawn_local(job());
            }
        });
    })?;
    Ok(sender)
}

/// The response with its body read to the end: what renders it must not leave the thread.
async fn whole(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    match axum::body::to_bytes(body, PAGE_BYTES_MAX).await {
        Ok(bytes) => Response::from_parts(parts, Body::from(bytes)),
        Err(error) => ApiError::unavailable(error).into_response(),
    }
}
