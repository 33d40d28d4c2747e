//! How soon stores that are asked promise their goods.

use super::{Step, StepKind, Transfer};
use crate::instant::{MINUTE_MS, Timestamp};
use serde::{Deserialize, Serialize};

/// A store's promise, and how long it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirmation {
    /// When it was made.
    pub at: Timestamp,
    /// From the request to there, in milliseconds; approval and stores that declined are in it. Never negative.
    pub wait_ms: i64,
}

impl Transfer {
    /// The promise, where one was made.
    #[must_use]
    pub fn confirmation(&self) -> Option<Confirmation> {
        let taken = self.step(StepKind::Answer)?;
        matches!(taken.step, Step::Confirmed { .. })
            .then(|| Confirmation { at: taken.at, wait_ms: taken.at.since(self.requested().at).max(0) })
    }
}

/// The promises of the last [`ConfirmationPace::DAYS`] days together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ConfirmationPace {
    /// How many there were.
    pub n_confirmed: u32,
    /// Minutes from request to promise that half of them took at most, rounded down; `None` where there was none.
    pub median_min: Option<i64>,
}

impl ConfirmationPace {
    /// The days that it looks back.
    pub const DAYS: i64 = 30;

    /// The pace of promises, in any order.
    #[must_use]
    pub fn of(waits_ms: impl IntoIterator<Item = i64>) -> Self {
        let mut waits_ms: Vec<i64> = waits_ms.into_iter().collect();
        let middle = waits_ms.len().saturating_sub(1) / 2;
        let n_confirmed = u32::try_from(waits_ms.len()).unwrap_or(u32::MAX);
        if waits_ms.is_empty() {
            return Self::default();
        }
        let (_, median, _) = waits_ms.select_nth_unstable(middle);
        Self { n_confirmed, median_min: Some(median.div_euclid(MINUTE_MS)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_them_took_the_median_at_most() {
        let pace = |minutes: &[i64]| ConfirmationPace::of(minutes.iter().map(|minutes| minutes * MINUTE_MS)).median_min;
        assert_eq!(pace(&[]), None);
        assert_eq!(pace(&[7]), Some(7));
        assert_eq!(pace(&[90, 3, 12]), Some(12));
        assert_eq!(pace(&[90, 3, 12, 40]), Some(12));
    }
}
