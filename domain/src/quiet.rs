//! Quiet hours: when people are left alone.

use crate::instant::{DAY_MS, MINUTE_MS, Timestamp, ZoneOffset};
use serde::{Deserialize, Serialize};

/// A time of day in which nobody is told anything, on a store's clocks; it may span midnight. It postpones the telling,
/// never what is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// First minute, after local midnight.
    pub from_min: u16,
    /// First minute that is not quiet any more, after local midnight; the same as the first is never quiet.
    pub to_min: u16,
}

impl QuietHours {
    /// When the quiet that holds at `now` ends; `None` where none does.
    #[must_use]
    pub fn end_of(self, now: Timestamp, zone: ZoneOffset) -> Option<Timestamp> {
        let minute = |min: u16| i64::from(min) * MINUTE_MS;
        let of_day = now.unix_ms().saturating_add(i64::from(zone.0) * MINUTE_MS).rem_euclid(DAY_MS);
        let length = (minute(self.to_min) - minute(self.from_min)).rem_euclid(DAY_MS);
        let passed = (of_day - minute(self.from_min)).rem_euclid(DAY_MS);
        (passed < length).then(|| now.plus_ms(length - passed))
    }

    /// When people may be told what happens at `at`: then, or when the quiet hours end.
    #[must_use]
    pub fn tell_at(self, at: Timestamp, zone: ZoneOffset) -> Timestamp {
        self.end_of(at, zone).unwrap_or(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_may_span_midnight() {
        let midnight = Timestamp::from_unix_ms(1_795_363_200_000); // 2026-11-23 00:00 in China
        let china = ZoneOffset(480);
        let check = |from: u16, to: u16, at_min: i64, ends_min: Option<i64>| {
            let hours = QuietHours { from_min: from, to_min: to };
            let end = hours.end_of(midnight.plus_ms(at_min * MINUTE_MS), china);
            assert_eq!(end.map(|end| end.since(midnight) / MINUTE_MS), ends_min, "{from}–{to} at {at_min}");
        };
        let (ten, eight) = (22 * 60, 8 * 60);
        check(ten, eight, 22 * 60, Some(32 * 60));
        check(ten, eight, 23 * 60, Some(32 * 60));
        check(ten, eight, 3 * 60, Some(8 * 60));
        check(ten, eight, 8 * 60, None);
        check(ten, eight, 21 * 60 + 59, None);
        check(12 * 60, 14 * 60, 13 * 60, Some(14 * 60));
        check(12 * 60, 12 * 60, 12 * 60, None);
    }
}
