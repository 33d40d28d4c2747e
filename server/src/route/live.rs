//! The live feed: server-sent events, cut to what the viewer may see now.

use crate::access::Asker;
use crate::auth::session::SignedIn;
use crate::error::ApiError;
use crate::live::Subscription;
use crate::read;
use crate::state::AppState;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use domain::policy::{Action, Target, Viewer, may};
use serde::Serialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_stream::wrappers::ReceiverStream;

/// How often the line says that it is alive.
const BEAT: Duration = Duration::from_secs(15);
/// How often the viewer's session and rights are looked at again.
const RECHECK: Duration = Duration::from_secs(2);
/// Messages that may wait for a slow browser; the hub keeps only the newest state of each store besides.
const QUEUE: usize = 8;

/// First `board`, everything the viewer may see; then `store` whenever a store changes; `beat` while nothing does.
///
/// The id of each message is what a browser that was cut off sends as `Last-Event-ID`: it then gets what it missed.
pub async fn live(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let signed_in = asker.signed_in.ok_or(ApiError::SignInNeeded)?;
    let last_id = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let resumed = last_id.and_then(|id| state.live.resume(id));
    let (sender, receiver) = mpsc::channel(QUEUE);
    let subscription = match resumed {
        Some(subscription) => subscription,
        None => {
            state.live.complete().await;
            // Subscribed first, read next: nothing falls in between.
            let subscription = state.live.subscribe();
            let board = read::chain_board(&state, &signed_in.viewer).await?;
            let first = message("board", &subscription, &board).map_err(ApiError::unavailable)?;
            // The queue is empty and its other end is in our hands.
            let _ = sender.try_send(Ok(first));
            subscription
        }
    };
    let stopping = state.stopping.subscribe();
    tokio::spawn(Feed { state, signed_in, subscription, sender, stopping }.run());
    let unbuffered = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((unbuffered, Sse::new(ReceiverStream::new(receiver))).into_response())
}

fn message(name: &str, subscription: &Subscription, data: &impl Serialize) -> Result<Event, axum::Error> {
    Event::default().event(name).id(subscription.id()).json_data(data)
}

/// One browser's line.
struct Feed {
    state: AppState,
    signed_in: SignedIn,
    subscription: Subscription,
    sender: mpsc::Sender<Result<Event, Infallible>>,
    stopping: watch::Receiver<bool>,
}

impl Feed {
    /// Runs until the browser goes, its session ends or the server stops; the browser then asks again.
    async fn run(mut self) {
        metrics::gauge!("shelftrace_live_viewers").increment(1.0);
        let _counted = Counted;
        let every = |period| {
            let mut ticks = interval_at(Instant::now() + period, period);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks
        };
        let (mut beats, mut rechecks) = (every(BEAT), every(RECHECK));
        loop {
            let goes_on = tokio::select! {
                updates = self.subscription.next() => match updates {
                    Some(updates) => self.send(&updates).await,
                    None => false,
                },
                _ = rechecks.tick() => self.recheck().await,
                _ = beats.tick() => self.deliver(message("beat", &self.subscription, &())).await,
                () = stopped(&mut self.stopping) => false,
                () = self.sender.closed() => false,
            };
            if !goes_on {
                return;
            }
        }
    }

    async fn send(&self, updates: &[domain::board::StoreUpdate]) -> bool {
        for update in updates {
            if let Some(update) = read::update_for(&self.state, &self.signed_in.viewer, update)
                && !self.deliver(message("store", &self.subscription, &update)).await
            {
                return false;
            }
        }
        true
    }

    async fn deliver(&self, message: Result<Event, axum::Error>) -> bool {
        match message {
            Ok(message) => self.sender.send(Ok(message)).await.is_ok(),
            Err(error) => {
                tracing::error!(%error, "an update cannot be written as JSON");
                false
            }
        }
    }

    /// Whether the person is still signed in with the rights the feed began with; where not, the browser's next
    /// request is answered by what holds now.
    async fn recheck(&self) -> bool {
        match self.state.sign_in.check_hash(self.signed_in.session.clone()).await {
            Ok(Some(now)) => now.viewer == self.signed_in.viewer && sees_boards(&now.viewer),
            Ok(None) => false,
            Err(error) => {
                tracing::warn!(error = crate::error::chain(&error), "a viewer's session could not be checked");
                false
            }
        }
    }
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that nobody can give the order any more.
    let _ = stopping.wait_for(|is_stopping| *is_stopping).await;
}

fn sees_boards(viewer: &Viewer) -> bool {
    may(viewer, Action::SeeBoard, Target::OwnScope)
}

/// Uncounts the viewer, whichever way the line ends.
struct Counted;

impl Drop for Counted {
    fn drop(&mut self) {
        metrics::gauge!("shelftrace_live_viewers").decrement(1.0);
    }
}
