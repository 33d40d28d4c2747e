//! Footfall: how many people pass a store's doors, minute by minute, as counters and cameras report it.
//!
//! A passage moves no stock, and there are many: a store with three doors has 2,000 rows a day. So it is no event of
//! the ledger. Its row is named by store, door and minute, which makes a report that is sent twice count once, and a
//! minute's figures only grow, which makes the order of arrival not matter.

use crate::id::{DoorCode, StoreCode};
use crate::instant::{DAY_MS, MINUTE_MS, Timestamp};
use serde::{Deserialize, Serialize};

/// Nobody gets more people through one door in a minute: two a second, both ways.
pub const PEOPLE_PER_MINUTE_MAX: u32 = 120;
/// How far ahead of the server a counter's clock may be.
pub const AHEAD_MAX_MS: i64 = 5 * MINUTE_MS;
/// How old a minute may be when it is first heard of.
pub const AGE_MAX_MS: i64 = 31 * DAY_MS;

/// Which row a report belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PassageKey {
    /// The store.
    pub store: StoreCode,
    /// Which of its doors.
    pub door: DoorCode,
    /// The minute's first moment.
    pub minute: Timestamp,
}

/// How many people passed a door in a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passage {
    /// People who came in.
    pub n_in: u32,
    /// People who went out.
    pub n_out: u32,
}

impl Passage {
    /// Takes a report of the same minute: the greater of each figure stands, because a counter that reports a minute
    /// more than once has seen more of it. The answer is by how much the minute grew: what sums are to be raised by.
    pub fn grow(&mut self, report: Self) -> Self {
        let grown =
            Self { n_in: report.n_in.saturating_sub(self.n_in), n_out: report.n_out.saturating_sub(self.n_out) };
        self.n_in += grown.n_in;
        self.n_out += grown.n_out;
        grown
    }
}

/// Why a report of footfall is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum FootfallRefusal {
    /// The time is not the first moment of a minute.
    #[error("`minute` must be a whole minute, in milliseconds since 1970: a multiple of 60000")]
    NoWholeMinute,
    /// The minute has not come yet.
    #[error("the minute is {ahead_s} s in the future; set the counter's clock right")]
    FromTheFuture {
        /// How far, in seconds.
        ahead_s: i64,
    },
    /// Too long ago.
    #[error("the minute was {age_days} days ago; the limit is 31")]
    TooOld {
        /// Full days.
        age_days: i64,
    },
    /// More people than fit through a door.
    #[error("{n_people} people in a minute at one door; at most {PEOPLE_PER_MINUTE_MAX} each way are taken")]
    TooMany {
        /// How many, the greater of both ways.
        n_people: u32,
    },
}

/// Checks a report.
///
/// # Errors
/// When the time is no whole minute, in the future or too long ago, or the figures are absurd.
pub fn check(key: &PassageKey, report: Passage, now: Timestamp) -> Result<(), FootfallRefusal> {
    if key.minute.unix_ms() % MINUTE_MS != 0 {
        return Err(FootfallRefusal::NoWholeMinute);
    }
    let age_ms = now.since(key.minute);
    if age_ms < -AHEAD_MAX_MS {
        return Err(FootfallRefusal::FromTheFuture { ahead_s: age_ms.saturating_neg() / 1000 });
    }
    if age_ms > AGE_MAX_MS {
        return Err(FootfallRefusal::TooOld { age_days: age_ms / DAY_MS });
    }
    let n_people = report.n_in.max(report.n_out);
    if n_people > PEOPLE_PER_MINUTE_MAX { Err(FootfallRefusal::TooMany { n_people }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

    fn key(minute: Timestamp) -> PassageKey {
        let (store, door) = (StoreCode::parse("S001").expect("valid"), DoorCode::parse("MAIN").expect("valid"));
        PassageKey { store, door, minute }
    }

    #[test]
    fn reports_of_a_minute_count_once_in_any_order() {
        let reports = [(3, 1), (5, 0), (5, 2), (3, 1)].map(|(n_in, n_out)| Passage { n_in, n_out });
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
            let (mut row, mut sum) = (Passage::default(), 0);
            for index in order {
                sum += row.grow(reports[index]).n_in;
            }
            assert_eq!((row, sum), (Passage { n_in: 5, n_out: 2 }, 5));
        }
    }

    #[test]
    fn absurd_reports_say_what_is_wrong() {
        let one = Passage { n_in: 1, n_out: 0 };
        let judge = |ms, report| check(&key(NOW.plus_ms(ms)), report, NOW);
        assert_eq!(judge(0, one), Ok(()));
        assert_eq!(judge(AHEAD_MAX_MS, one), Ok(()));
        assert_eq!(judge(1, one), Err(FootfallRefusal::NoWholeMinute));
        assert_eq!(judge(6 * MINUTE_MS, one), Err(FootfallRefusal::FromTheFuture { ahead_s: 360 }));
        assert_eq!(judge(-32 * DAY_MS, one), Err(FootfallRefusal::TooOld { age_days: 32 }));
        assert_eq!(judge(0, Passage { n_in: 0, n_out: 121 }), Err(FootfallRefusal::TooMany { n_people: 121 }));
    }
}
