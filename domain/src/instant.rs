//! Points in time and how they read in a store's own zone.

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, UtcOffset};

/// Milliseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// One minute, in milliseconds.
pub const MINUTE_MS: i64 = 60_000;
/// One day, in milliseconds.
pub const DAY_MS: i64 = 86_400_000;

impl Timestamp {
    /// The point so many milliseconds after (or, negative, before) 1970-01-01 UTC.
    #[must_use]
    pub const fn from_unix_ms(unix_ms: i64) -> Self {
        Self(unix_ms)
    }

    /// Milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub const fn unix_ms(self) -> i64 {
        self.0
    }

    /// `self − earlier` in milliseconds; negative when `earlier` is later. Saturates.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The point `ms` milliseconds later. Saturates.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// The wall clock at this point where clocks are `zone` ahead of UTC.
    #[must_use]
    pub fn wall(self, zone: ZoneOffset) -> WallClock {
        // The bounds keep the date within the years the `time` crate represents, whatever a device sent.
        let seconds = self.0.div_euclid(1000).clamp(-62_135_596_800 + DAY_MS, 253_402_300_799 - DAY_MS);
        let offset = UtcOffset::from_whole_seconds(i32::from(zone.0) * 60).unwrap_or(UtcOffset::UTC);
        let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH).to_offset(offset);
        WallClock {
            year: at.year(),
            month: at.month().into(),
            day: at.day(),
            hour: at.hour(),
            minute: at.minute(),
            second: at.second(),
        }
    }
}

/// How far a store's clocks are ahead of UTC, in minutes (China: +480).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ZoneOffset(pub i16);

/// A local date and time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WallClock {
    /// Calendar year.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
}

impl WallClock {
    /// `20261122`
    #[must_use]
    pub fn date_digits(self) -> String {
        format!("{:04}{:02}{:02}", self.year, self.month, self.day)
    }

    /// `2026-11-22`
    #[must_use]
    pub fn date(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// `18:04:09`
    #[must_use]
    pub fn time(self) -> String {
        format!("{:02}:{:02}:{:02}", self.hour, self.minute, self.second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_clock_follows_the_store_zone() {
        let late = Timestamp::from_unix_ms(1_795_363_200_000); // 2026-11-22 16:00 UTC
        assert_eq!(late.wall(ZoneOffset(0)).date(), "2026-11-22");
        assert_eq!(late.wall(ZoneOffset(480)).date_digits(), "20261123");
        assert_eq!(late.wall(ZoneOffset(480)).time(), "00:00:00");
    }

    #[test]
    fn absurd_times_do_not_panic() {
        for ms in [i64::MIN, i64::MAX, 0] {
            let _ = Timestamp::from_unix_ms(ms).wall(ZoneOffset(480)).date();
        }
    }
}
