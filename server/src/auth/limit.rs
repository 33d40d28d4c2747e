//! How often something may be tried: a token bucket per name.
//!
//! Our own rather than a crate's, because a sign-in that succeeds gives its token back (only wrong passwords count)
//! and because it has to follow the injected clock.

use crate::clock::Clock;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Buckets beyond this many are swept; an attacker's made-up names must not fill the memory.
const BUCKETS_MAX: usize = 50_000;

/// Limits how often each name may do something. Cheap to clone; clones share the buckets.
#[derive(Debug, Clone)]
pub struct Limiter {
    clock: Clock,
    /// Milliseconds until one token comes back.
    refill_ms: f64,
    burst: f64,
    buckets: Arc<Mutex<HashMap<String, Bucket>>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at_ms: i64,
}

/// It was tried too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many attempts, wait {retry_after_s} s")]
pub struct TooOften {
    /// When one more will be allowed, in seconds, at least 1.
    pub retry_after_s: u32,
}

impl Limiter {
    /// Allows `n_per_period` in `period_ms` milliseconds, and `burst` at once after a rest.
    #[must_use]
    pub fn new(clock: Clock, n_per_period: u32, period_ms: u32, burst: u32) -> Self {
        let refill_ms = f64::from(period_ms) / f64::from(n_per_period.max(1));
        Self { clock, refill_ms, burst: f64::from(burst.max(1)), buckets: Arc::default() }
    }

    /// Takes a token of `name`.
    ///
    /// # Errors
    /// When none is left.
    pub fn take(&self, name: &str) -> Result<(), TooOften> {
        let now_ms = self.clock.now().unix_ms();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS_MAX {
            buckets.retain(|_, bucket| self.refilled(*bucket, now_ms).tokens < self.burst);
        }
        let full = Bucket { tokens: self.burst, at_ms: now_ms };
        let bucket = buckets.entry(name.to_owned()).or_insert(full);
        *bucket = self.refilled(*bucket, now_ms);
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        let wait_s = (1.0 - bucket.tokens) * self.refill_ms / 1000.0;
        // Bounded by one refill period, so the seconds fit.
        Err(TooOften { retry_after_s: (wait_s.ceil() as u32).max(1) })
    }

    /// Gives a token back that turned out not to count.
    pub fn give_back(&self, name: &str) {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get_mut(name) {
            bucket.tokens = (bucket.tokens + 1.0).min(self.burst);
        }
    }

    fn refilled(&self, bucket: Bucket, now_ms: i64) -> Bucket {
        let elapsed_ms = now_ms.saturating_sub(bucket.at_ms).max(0) as f64;
        Bucket { tokens: (bucket.tokens + elapsed_ms / self.refill_ms).min(self.burst), at_ms: now_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::instant::Timestamp;

    #[test]
    fn a_name_waits_and_the_others_do_not() {
        let clock = Clock::manual(Timestamp::from_unix_ms(0));
        let limiter = Limiter::new(clock.clone(), 5, 60_000, 5);
        assert!((0..5).all(|_| limiter.take("lina").is_ok()));
        assert_eq!(limiter.take("lina"), Err(TooOften { retry_after_s: 12 }));
        assert_eq!(limiter.take("other"), Ok(()));
        clock.advance_ms(12_000);
        assert_eq!(limiter.take("lina"), Ok(()));
        assert!(limiter.take("lina").is_err());
    }

    #[test]
    fn what_does_not_count_is_given_back() {
        let limiter = Limiter::new(Clock::manual(Timestamp::from_unix_ms(0)), 1, 60_000, 1);
        for _ in 0..10 {
            assert_eq!(limiter.take("lina"), Ok(()));
            limiter.give_back("lina");
        }
    }
}
