//! Where WeCom tells us what people have pressed. Public, because WeCom signs what it sends; whatever is wrong with a
//! request, the answer is the same empty one.

use super::answer::{Clicks, Kept, ReceiveError, receive};
use super::wecom::callback::{BYTES_MAX, Callback, Query};
use crate::clock::Clock;
use crate::error::chain;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query as FromQuery, State};
use axum::http::StatusCode;
use axum::routing::get;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// The route of WeCom's callbacks: `…?msg_signature=&timestamp=&nonce=`.
pub const WECOM_PATH: &str = "/api/v1/wecom/callback";

/// WeCom hangs up after 5 s and tries again.
const KEPT_WITHIN: Duration = Duration::from_secs(4);

/// What the route needs.
pub struct Entrance {
    /// Opens the callbacks.
    pub callback: Callback,
    /// Keeps the clicks.
    pub clicks: Arc<dyn Clicks>,
    /// The time.
    pub clock: Clock,
    /// Told of each new click, for whoever works them off: see [`super::answer::work_off`].
    pub arrived: Arc<Notify>,
}

/// The routes. To be merged beside the body limit of the others: they have one of their own.
pub fn routes<S: Clone + Send + Sync + 'static>(entrance: Arc<Entrance>) -> Router<S> {
    Router::new().route(WECOM_PATH, get(echo).post(take)).layer(DefaultBodyLimit::max(BYTES_MAX)).with_state(entrance)
}

/// WeCom checks the address when it is typed in.
async fn echo(State(entrance): State<Arc<Entrance>>, FromQuery(query): FromQuery<Query>) -> Result<String, StatusCode> {
    entrance.callback.echo(&query).map_err(|_| StatusCode::FORBIDDEN)
}

/// A person has pressed a button.
async fn take(
    State(entrance): State<Arc<Entrance>>,
    FromQuery(query): FromQuery<Query>,
    body: Bytes,
) -> Result<StatusCode, StatusCode> {
    let received = receive(&entrance.callback, entrance.clicks.as_ref(), &query, &body, entrance.clock.now());
    match tokio::time::timeout(KEPT_WITHIN, received).await {
        Ok(Ok(kept)) => {
            if kept == Some(Kept::New) {
                entrance.arrived.notify_one();
            }
            Ok(StatusCode::OK)
        }
        Ok(Err(ReceiveError::Refused(_))) => Err(StatusCode::FORBIDDEN),
        Ok(Err(error @ ReceiveError::NotKept(_))) => {
            tracing::error!(error = chain(&error), "a click was not kept; it comes again");
            Err(StatusCode::SERVICE_UNAVAILABLE)
        }
        Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::tests::Disk;
    use super::super::http::client;
    use super::super::wecom::callback::tests::{NOW, click_xml, crypt, posted};
    use super::*;
    use futures::future::join_all;
    use std::sync::atomic::Ordering;

    async fn start() -> (String, Arc<Disk>) {
        let disk = Arc::new(Disk::default());
        let entrance = Entrance {
            callback: Callback::new(crypt(), 1_000_002),
            clicks: disk.clone(),
            clock: Clock::manual(NOW),
            arrived: Arc::default(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}{WECOM_PATH}", listener.local_addr().expect("bound"));
        let router: Router = routes(Arc::new(entrance));
        tokio::spawn(async move { axum::serve(listener, router).await.expect("serves") });
        (url, disk)
    }

    async fn post(url: &str, query: &Query, body: Vec<u8>) -> (u16, String) {
        let Query { msg_signature, timestamp, nonce, .. } = query;
        let query = [("msg_signature", msg_signature), ("timestamp", timestamp), ("nonce", nonce)];
        let reply = client().post(url).query(&query).body(body).send().await.expect("answers");
        (reply.status().as_u16(), reply.text().await.expect("text"))
    }

    fn click(nonce: &str) -> (Query, Vec<u8>) {
        posted(&click_xml("wangfang", NOW.unix_ms() / 1000, "confirm:transfer:TR-1:7"), "1795320000", nonce)
    }

    #[tokio::test]
    async fn fifty_copies_at_once_are_kept_once() {
        let (url, disk) = start().await;
        let copies: Vec<_> = (0..50).map(|n| click(&format!("n{n}"))).collect();
        let replies = join_all(copies.iter().map(|(query, body)| post(&url, query, body.clone()))).await;
        assert!(replies.iter().all(|reply| *reply == (200, String::new())), "{replies:?}");
        assert_eq!(disk.n_rows(), 1);
    }

    #[tokio::test]
    async fn whatever_is_wrong_is_answered_alike() {
        let (url, disk) = start().await;
        let (query, body) = click("n");
        let forged = Query { msg_signature: "0".repeat(40), ..query.clone() };
        let foreign = posted("<xml><AgentID>7</AgentID></xml>", "1795320000", "n");
        for (query, body) in [(forged, body.clone()), foreign, (Query::default(), body), (query.clone(), b"<".to_vec())]
        {
            assert_eq!(post(&url, &query, body).await, (403, String::new()));
        }
        assert_eq!(post(&url, &query, vec![b'x'; BYTES_MAX + 1]).await.0, 413);
        assert_eq!(client().get(&url).send().await.expect("answers").status().as_u16(), 403);
        assert_eq!(disk.n_rows(), 0);
    }

    #[tokio::test]
    async fn what_is_not_on_disk_is_not_acknowledged() {
        let (url, disk) = start().await;
        disk.is_full.store(true, Ordering::SeqCst);
        let (query, body) = click("n");
        assert_eq!(post(&url, &query, body.clone()).await, (503, String::new()));
        disk.is_full.store(false, Ordering::SeqCst);
        assert_eq!(post(&url, &query, body).await, (200, String::new()));
    }
}
