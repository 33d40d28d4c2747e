//! Where the server takes the time from: the system, or a test's hand.

use domain::instant::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time. Cheap to clone; clones of a [`Clock::manual`] one move together.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at `now` until it is moved with [`Clock::advance_ms`].
    #[must_use]
    pub fn manual(now: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(now.unix_ms()))))
    }

    /// The present.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "cannot happen: milliseconds since 1970 fit for 292 million years")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => {
                let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                let unix_ms = i64::try_from(since_epoch.as_millis()).expect("the present is within 292 million years");
                Timestamp::from_unix_ms(unix_ms)
            }
            Source::Manual(now) => Timestamp::from_unix_ms(now.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock on, in milliseconds. The system's clock does not listen.
    pub fn advance_ms(&self, ms: i64) {
        if let Source::Manual(now) = &self.0 {
            now.fetch_add(ms, Ordering::SeqCst);
        }
    }
}
