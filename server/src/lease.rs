//! Which of several server processes on one database fires warnings and tells people: the holder of one lease. Two that
//! did would warn twice, and each would keep the limits of channels for itself only.
//!
//! The lease is a row that is compared and set. Its holder renews it long before it runs out; when it has run out, any
//! other process may take it, and then begins with what is on disk. How far clocks of processes may differ is a part of
//! the time between the last renewal and the end.

use crate::clock::Clock;
use crate::error::chain;
use crate::store::lease::Asked;
use crate::store::{Database, StoreError};
use data_encoding::HEXLOWER;
use domain::instant::Timestamp;
use rand::TryRngCore;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::watch;

/// For how long the lease is taken, in milliseconds.
pub const LASTS_MS: i64 = 30_000;
/// Its holder does nothing more under it so long before it runs out, in milliseconds.
const MARGIN_MS: i64 = 8_000;
/// How often it is renewed, or asked for.
const ASK_EVERY: Duration = Duration::from_secs(7);

/// A process's part in the lease. Cheap to clone; it is not renewed any more once the last clone is gone.
#[derive(Clone)]
pub struct Lease(Arc<Shared>);

struct Shared {
    database: Database,
    clock: Clock,
    holder: String,
    known: Mutex<Known>,
    /// Counts how often it was taken; 0 for who never had it.
    terms: watch::Sender<u64>,
}

#[derive(Clone, Copy)]
enum Known {
    /// Ours until then.
    Held(Timestamp),
    /// Another's until then.
    Others(Timestamp),
}

impl Lease {
    /// Asks for the lease, and goes on asking in the background. A database within this process has no other process: its
    /// lease is taken from whoever had it before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn start(database: Database, clock: Clock) -> Result<Self, StoreError> {
        let mut random = [0; 16];
        // Without the system's random numbers the time still tells processes apart that start at different moments.
        let _ = rand::rngs::OsRng.try_fill_bytes(&mut random);
        let holder = format!("{}-{}", HEXLOWER.encode(&random), clock.now().unix_ms());
        let known = Mutex::new(Known::Others(clock.now()));
        let is_alone = database.is_embedded();
        let lease = Self(Arc::new(Shared { database, clock, holder, known, terms: watch::Sender::new(0) }));
        lease.ask(is_alone).await?;
        tokio::spawn(go_on(Arc::downgrade(&lease.0)));
        Ok(lease)
    }

    /// Whether this process may fire and send now. Where it may not and the lease has run out, it is asked for.
    pub async fn holds(&self) -> bool {
        let now = self.0.clock.now();
        let known = *self.known();
        match known {
            Known::Held(until) if now.plus_ms(MARGIN_MS) < until => true,
            Known::Others(until) if now < until => false,
            _ => self.renew().await.unwrap_or_else(|error| {
                tracing::warn!(error = chain(&error), "the lease cannot be renewed");
                false
            }),
        }
    }

    /// Asks for the lease, or for more time; says whether this process has it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew(&self) -> Result<bool, StoreError> {
        self.ask(false).await
    }

    /// Gives the lease back, so that another process need not wait until it runs out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release(&self) -> Result<(), StoreError> {
        *self.known() = Known::Others(self.0.clock.now().plus_ms(LASTS_MS));
        self.0.database.release_lease(&self.0.holder).await
    }

    /// How often this process has taken the lease: where that has changed, what it remembers may be old.
    #[must_use]
    pub fn term(&self) -> u64 {
        *self.0.terms.borrow()
    }

    /// Changes with each taking.
    #[must_use]
    pub fn terms(&self) -> watch::Receiver<u64> {
        self.0.terms.subscribe()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // What is in it is replaced as a whole.
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask(&self, from_anybody: bool) -> Result<bool, StoreError> {
        let now = self.0.clock.now();
        let until = now.plus_ms(LASTS_MS);
        let asked = self.0.database.ask_lease(&self.0.holder, (now, until), from_anybody).await?;
        *self.known() = match asked {
            Asked::Kept | Asked::Taken => Known::Held(until),
            Asked::Others(until) => Known::Others(until),
        };
        if asked == Asked::Taken {
            self.0.terms.send_modify(|term| *term += 1);
        }
        Ok(!matches!(asked, Asked::Others(_)))
    }
}

async fn go_on(shared: Weak<Shared>) {
    loop {
        tokio::time::sleep(ASK_EVERY).await;
        let Some(shared) = shared.upgrade() else { return };
        if let Err(error) = Lease(shared).renew().await {
            tracing::warn!(error = chain(&error), "the lease cannot be renewed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

    #[tokio::test]
    async fn one_has_it_until_it_runs_out_or_is_given_back() {
        let (database, clock) = (Database::open("mem://").await.expect("opens"), Clock::manual(NOW));
        let first = Lease::start(database.clone(), clock.clone()).await.expect("starts");
        assert_eq!((first.holds().await, first.term()), (true, 1));
        let second = Lease::start(database, clock.clone()).await.expect("starts");
        assert!(second.holds().await, "a process that starts on a database of its own has no other beside it");
        assert!(!first.renew().await.expect("asks"));
        assert!(!first.holds().await);

        clock.advance_ms(LASTS_MS - 1);
        assert!(!first.renew().await.expect("asks"), "it has not run out");
        clock.advance_ms(1);
        assert!(first.holds().await, "it has");
        assert_eq!((first.term(), second.term()), (2, 1));
        assert!(!second.renew().await.expect("asks"));

        first.release().await.expect("gives it back");
        assert!(!first.holds().await);
        assert!(second.renew().await.expect("asks"));
        assert_eq!(second.term(), 2);
    }

    #[tokio::test]
    async fn who_keeps_it_begins_no_new_term() {
        let (database, clock) = (Database::open("mem://").await.expect("opens"), Clock::manual(NOW));
        let lease = Lease::start(database, clock.clone()).await.expect("starts");
        clock.advance_ms(100 * LASTS_MS);
        assert_eq!((lease.holds().await, lease.term()), (true, 1), "nobody else has had it");
    }

    #[tokio::test]
    async fn of_many_that_ask_at_once_one_gets_it() {
        let (database, clock) = (Database::open("mem://").await.expect("opens"), Clock::manual(NOW));
        let mut leases = Vec::new();
        for _ in 0..8 {
            leases.push(Lease::start(database.clone(), clock.clone()).await.expect("starts"));
        }
        clock.advance_ms(LASTS_MS);
        let asked = futures::future::join_all(leases.iter().map(Lease::renew)).await;
        // Who meets a conflict is told so and has not got it.
        let n_held = asked.into_iter().filter(|held| matches!(held, Ok(true))).count();
        assert_eq!(n_held, 1);
    }
}
