//! Goods under way as whoever carries them tells of it, and the order that sent them for the goods.
//!
//! It stands in no store's chain: what a carrier says moves no stock. Each status is taken once and the first report of
//! it stands, so that reports may come late, twice and in any order.

use crate::instant::{MINUTE_MS, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How far goods have come, from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CarriageStatus {
    /// They were picked up at the source.
    PickedUp,
    /// They are on the road.
    UnderWay,
    /// They could not be delivered; another try may follow.
    Failed,
    /// They were delivered. That they are all there is for the receiving store to say.
    Delivered,
}

impl CarriageStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::PickedUp, Self::UnderWay, Self::Failed, Self::Delivered];

    /// The stable code, as on the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::PickedUp => "picked_up",
            Self::UnderWay => "under_way",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
        }
    }

    /// The status of that code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// Whether a driver says it by their link: what a person does, not what a carrier's system notices.
    #[must_use]
    pub fn is_drivers(self) -> bool {
        matches!(self, Self::PickedUp | Self::Delivered)
    }
}

/// A status as it was first told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriageReport {
    /// Since when, as told; never later than it was heard.
    pub at: Timestamp,
    /// In the carrier's own words.
    pub note: Option<String>,
}

/// What was told of a transfer's goods.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Underway(BTreeMap<CarriageStatus, CarriageReport>);

impl Underway {
    /// How far they have come: the furthest status, whatever was told last.
    #[must_use]
    pub fn furthest(&self) -> Option<CarriageStatus> {
        self.0.keys().next_back().copied()
    }

    /// Whether the status has been told.
    #[must_use]
    pub fn has(&self, status: CarriageStatus) -> bool {
        self.0.contains_key(&status)
    }

    /// What was told, from the first status to the last.
    pub fn reports(&self) -> impl Iterator<Item = (CarriageStatus, &CarriageReport)> {
        self.0.iter().map(|(status, report)| (*status, report))
    }
}

impl FromIterator<(CarriageStatus, CarriageReport)> for Underway {
    fn from_iter<I: IntoIterator<Item = (CarriageStatus, CarriageReport)>>(reports: I) -> Self {
        Self(reports.into_iter().collect())
    }
}

/// From the first try to the last, in milliseconds: after a day somebody has called the carrier.
const TRIES_MS: i64 = 24 * 60 * MINUTE_MS;
/// The longest wait between two tries, in milliseconds.
const WAIT_MAX_MS: i64 = 60 * MINUTE_MS;

/// An order to a carrier to fetch a transfer's goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DispatchOrder {
    /// Whom it goes to, by the code in the settings.
    pub carrier: String,
    /// When the goods were handed over.
    pub ordered_at: Timestamp,
    /// How often it was tried.
    pub n_tries: u32,
    /// Where it stands.
    pub state: DispatchState,
}

/// Where a dispatch order stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DispatchState {
    /// To be sent, not before `next_at`.
    Waiting {
        /// When it is tried next.
        next_at: Timestamp,
        /// Why the last try failed.
        why: Option<String>,
    },
    /// The carrier has it.
    Sent {
        /// Since when.
        at: Timestamp,
    },
    /// It is not tried any more: somebody must call the carrier.
    GivenUp {
        /// Since when.
        at: Timestamp,
        /// Why.
        why: String,
    },
}

impl DispatchOrder {
    /// An order that is to be sent now.
    #[must_use]
    pub fn new(carrier: String, now: Timestamp) -> Self {
        Self { carrier, ordered_at: now, n_tries: 0, state: DispatchState::Waiting { next_at: now, why: None } }
    }

    /// When it is to be tried; `None` once nothing is to be done.
    #[must_use]
    pub fn next_at(&self) -> Option<Timestamp> {
        match self.state {
            DispatchState::Waiting { next_at, .. } => Some(next_at),
            DispatchState::Sent { .. } | DispatchState::GivenUp { .. } => None,
        }
    }

    /// The carrier has taken it.
    #[must_use]
    pub fn sent(self, now: Timestamp) -> Self {
        Self { n_tries: self.n_tries + 1, state: DispatchState::Sent { at: now }, ..self }
    }

    /// A try has failed: the next follows after a minute, then two, four … up to an hour, for a day. A refusal is final.
    #[must_use]
    pub fn failed(self, now: Timestamp, why: String, is_final: bool) -> Self {
        let n_tries = self.n_tries + 1;
        let wait_ms = MINUTE_MS.saturating_mul(1 << n_tries.saturating_sub(1).min(6)).min(WAIT_MAX_MS);
        let next_at = now.plus_ms(wait_ms);
        let state = if is_final || next_at.since(self.ordered_at) > TRIES_MS {
            DispatchState::GivenUp { at: now, why }
        } else {
            DispatchState::Waiting { next_at, why: Some(why) }
        };
        Self { n_tries, state, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

    #[test]
    fn the_furthest_status_stands_whatever_was_told_last() {
        let report = |minutes: i64| CarriageReport { at: NOW.plus_ms(minutes * MINUTE_MS), note: None };
        let late = [(CarriageStatus::Delivered, report(5)), (CarriageStatus::PickedUp, report(9))];
        let underway = Underway::from_iter(late);
        assert_eq!(underway.furthest(), Some(CarriageStatus::Delivered));
        assert_eq!(underway.reports().next().map(|(status, _)| status), Some(CarriageStatus::PickedUp));
        assert_eq!(Underway::default().furthest(), None);
    }

    #[test]
    fn an_order_is_tried_for_a_day_and_then_given_up() {
        let mut order = DispatchOrder::new("sf".into(), NOW);
        let (mut now, mut waits_min) = (NOW, Vec::new());
        while let Some(next_at) = order.next_at() {
            waits_min.push(next_at.since(now) / MINUTE_MS);
            now = next_at;
            order = order.failed(now, "HTTP 500".into(), false);
        }
        assert_eq!(waits_min[..8], [0, 1, 2, 4, 8, 16, 32, 60]);
        assert!(now.since(NOW) <= TRIES_MS && now.since(NOW) > TRIES_MS - 2 * WAIT_MAX_MS);
        assert!(matches!(order.state, DispatchState::GivenUp { .. }));
        let refused = DispatchOrder::new("sf".into(), NOW).failed(NOW, "HTTP 400".into(), true);
        assert_eq!(refused.next_at(), None, "what is refused is not sent again");
    }

    #[test]
    fn statuses_read_back() {
        for status in CarriageStatus::ALL {
            assert_eq!(CarriageStatus::from_code(status.code()), Some(status));
        }
        assert_eq!(CarriageStatus::from_code("lost"), None);
    }
}
