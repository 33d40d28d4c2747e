//! Devices: which of their numbered events have arrived, and which have not.

use crate::id::{DeviceId, PersonId, StoreCode};
use crate::instant::{Timestamp, ZoneOffset};
use crate::master::Name;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The greatest number a device may give: beyond it a phone's own numbers are no longer whole.
pub const DEVICE_SEQ_MAX: u64 = 1 << 53;

/// Whether a device can have given an event that number: 1, 2, 3 … up to [`DEVICE_SEQ_MAX`].
#[must_use]
pub fn is_device_seq(n: u64) -> bool {
    (1..=DEVICE_SEQ_MAX).contains(&n)
}

/// Numbers of one device that are in a store's ledger: ranges without gaps, ascending, never touching.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Seen(Vec<SeenRange>);

/// Numbers in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenRange {
    /// The first of the device's numbers.
    pub first: u64,
    /// The last of them.
    pub last: u64,
    /// Number, in the store's ledger, of the event that the device numbered `first`.
    pub seq: u64,
}

/// Numbers that a device has used and nobody has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The first missing number.
    pub first: u64,
    /// The last missing number.
    pub last: u64,
    /// Number, in the store's ledger, of the event that follows.
    pub seq: u64,
}

impl Gap {
    /// Numbers missing.
    #[must_use]
    pub fn n_missing(&self) -> u64 {
        self.last - self.first + 1
    }
}

impl Seen {
    /// Takes note of the device's event `n`, which is event `seq` of the ledger. Numbers begin at 1; 0 is none.
    pub fn insert(&mut self, n: u64, seq: u64) {
        if n == 0 {
            return;
        }
        let at = self.0.partition_point(|range| range.last < n);
        if self.0.get(at).is_some_and(|range| range.first <= n) {
            return;
        }
        let joins_before = at > 0 && self.0[at - 1].last + 1 == n;
        let joins_after = self.0.get(at).is_some_and(|range| range.first - 1 == n);
        match (joins_before, joins_after) {
            (true, true) => {
                self.0[at - 1].last = self.0[at].last;
                self.0.remove(at);
            }
            (true, false) => self.0[at - 1].last = n,
            (false, true) => {
                self.0[at].first = n;
                self.0[at].seq = seq;
            }
            (false, false) => self.0.insert(at, SeenRange { first: n, last: n, seq }),
        }
    }

    /// Whether the device's event `n` is there.
    #[must_use]
    pub fn contains(&self, n: u64) -> bool {
        let at = self.0.partition_point(|range| range.last < n);
        self.0.get(at).is_some_and(|range| range.first <= n)
    }

    /// The highest number seen; 0 for none.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.0.last().map_or(0, |range| range.last)
    }

    /// Whether nothing is missing below the highest number.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.0.first().is_none_or(|range| range.first == 1 && self.0.len() == 1)
    }

    /// What is missing below the highest number: neither here, nor in the ledger of another store (`elsewhere`), nor
    /// refused. One gap for each run of missing numbers.
    #[must_use]
    pub fn gaps(&self, elsewhere: &[Self], refused: &BTreeSet<u64>) -> Vec<Gap> {
        let mut gaps = Vec::new();
        let mut next = 1;
        for range in &self.0 {
            let mut from = next;
            while from < range.first {
                let known = elsewhere.iter().filter_map(|other| other.end_of_run_at(from)).max();
                if let Some(end) = known {
                    from = end.saturating_add(1);
                } else if refused.contains(&from) {
                    from += 1;
                } else {
                    let known_from = elsewhere.iter().filter_map(|other| other.next_after(from)).min();
                    let refused_from = refused.range(from..).next().copied();
                    let until = known_from.into_iter().chain(refused_from).chain([range.first]).min();
                    let last = until.unwrap_or(range.first).min(range.first) - 1;
                    gaps.push(Gap { first: from, last, seq: range.seq });
                    from = last + 1;
                }
            }
            next = range.last.saturating_add(1);
        }
        gaps
    }

    /// The end of the run that `n` is in.
    fn end_of_run_at(&self, n: u64) -> Option<u64> {
        let at = self.0.partition_point(|range| range.last < n);
        self.0.get(at).filter(|range| range.first <= n).map(|range| range.last)
    }

    /// The first number after `n` that is there.
    fn next_after(&self, n: u64) -> Option<u64> {
        let at = self.0.partition_point(|range| range.first <= n);
        self.0.get(at).map(|range| range.first)
    }
}

/// A device as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRow {
    /// The installation.
    pub device: DeviceId,
    /// Where it last recorded something.
    pub store: StoreCode,
    /// As shown.
    pub store_name: Name,
    /// The store's clocks.
    pub zone_offset: ZoneOffset,
    /// Who last sent from it; nobody where its events were imported.
    pub person: Option<PersonId>,
    /// As shown.
    pub person_name: Option<String>,
    /// Build of its app.
    pub app: Option<String>,
    /// When it last sent something.
    pub seen_at: Option<Timestamp>,
    /// Events it keeps and had not sent then.
    pub n_unsent: u32,
    /// Its highest number in the store's ledger.
    pub last_seq: u64,
    /// What is missing below that.
    pub gaps: Vec<Gap>,
    /// Since when, and by whom, it is barred.
    pub barred: Option<Barred>,
    /// Whether the viewer may bar it or let it in again.
    pub may_manage: bool,
}

/// Since when, and by whom, a device is barred.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Barred {
    /// Since when.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
    /// As shown.
    pub by_name: String,
}

/// The devices of the stores a viewer may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DevicePage {
    /// The server's clock.
    pub now: Timestamp,
    /// The build the server serves: a device with another one is behind.
    pub build: String,
    /// Those with gaps and much unsent first.
    pub devices: Vec<DeviceRow>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(numbers: &[u64]) -> Seen {
        let mut seen = Seen::default();
        for (seq, n) in (101..).zip(numbers) {
            seen.insert(*n, seq);
        }
        seen
    }

    fn gaps(seen: &Seen, elsewhere: &[Seen], refused: &[u64]) -> Vec<(u64, u64)> {
        seen.gaps(elsewhere, &refused.iter().copied().collect()).iter().map(|gap| (gap.first, gap.last)).collect()
    }

    #[test]
    fn a_gap_closes_when_the_missing_event_arrives() {
        let mut phone = seen(&[1, 2, 5, 6]);
        assert_eq!(phone.gaps(&[], &BTreeSet::new()), [Gap { first: 3, last: 4, seq: 103 }]);
        phone.insert(4, 105);
        assert_eq!(phone.gaps(&[], &BTreeSet::new()), [Gap { first: 3, last: 3, seq: 105 }]);
        phone.insert(3, 106);
        assert!(phone.is_whole() && gaps(&phone, &[], &[]).is_empty());
        assert_eq!(phone.last(), 6);
    }

    #[test]
    fn the_order_of_arrival_leaves_the_same_ranges() {
        let ranges = |seen: &Seen| seen.0.iter().map(|range| (range.first, range.last)).collect::<Vec<_>>();
        for order in [[1, 2, 3, 9, 8, 5], [9, 8, 5, 3, 2, 1], [5, 1, 9, 3, 8, 2]] {
            assert_eq!(ranges(&seen(&order)), [(1, 3), (5, 5), (8, 9)], "{order:?}");
        }
        let mut twice = seen(&[1, 2]);
        twice.insert(2, 999);
        twice.insert(0, 999);
        assert_eq!(twice, seen(&[1, 2]));
    }

    #[test]
    fn the_greatest_numbers_are_compared_like_any_others() {
        for order in [[1, u64::MAX - 1, u64::MAX], [u64::MAX, u64::MAX - 1, 1]] {
            let phone = seen(&order);
            assert_eq!(gaps(&phone, &[], &[]), [(2, u64::MAX - 2)], "{order:?}");
            assert_eq!(gaps(&phone, &[seen(&[u64::MAX - 2, u64::MAX])], &[2]), [(3, u64::MAX - 3)], "{order:?}");
        }
        assert_eq!([0, 1, DEVICE_SEQ_MAX, DEVICE_SEQ_MAX + 1].map(is_device_seq), [false, true, true, false]);
    }

    #[test]
    fn what_was_refused_or_went_to_another_store_is_not_missing() {
        assert_eq!(gaps(&seen(&[1, 8]), &[], &[3, 4]), [(2, 2), (5, 7)]);
        assert_eq!(gaps(&seen(&[10]), &[seen(&[1, 2, 3, 4, 5, 6, 7, 8, 9])], &[]), []);
        assert_eq!(gaps(&seen(&[10]), &[seen(&[4, 5]), seen(&[5, 6])], &[9]), [(1, 3), (7, 8)]);
        assert_eq!(gaps(&seen(&[1, 4]), &[seen(&[3, 4])], &[2]), []);
    }
}
