//! Points in time and how they read in a store's own zone.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use time::{Date, Month, OffsetDateTime, UtcOffset};

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

    /// The moment when clocks that are `zone` ahead of UTC show `2026-11-22T18:04`, as browsers write it; `None` for
    /// anything else.
    #[must_use]
    pub fn from_minute(text: &str, zone: ZoneOffset) -> Option<Self> {
        let (day, time) = text.split_once('T')?;
        let (hour, minute) = time.split_once(':')?;
        let number = |text: &str, below: i64| {
            let is_plain = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
            text.parse::<i64>().ok().filter(|n| is_plain && *n < below)
        };
        let minutes: i64 = number(hour, 24)? * 60 + number(minute, 60)?;
        Some(day.parse::<Day>().ok()?.begins_at(zone).plus_ms(minutes * MINUTE_MS))
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

    /// `2026-11-22T18:04`, as browsers write a minute
    #[must_use]
    pub fn minute_text(self) -> String {
        format!("{}T{:02}:{:02}", self.date(), self.hour, self.minute)
    }

    /// `18:04:09`
    #[must_use]
    pub fn time(self) -> String {
        format!("{:02}:{:02}:{:02}", self.hour, self.minute, self.second)
    }
}

/// A calendar day without a zone, such as a best-before date; `2026-11-22` in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Date);

impl Day {
    /// The day on a store's calendar at `now`.
    #[must_use]
    pub fn at(now: Timestamp, zone: ZoneOffset) -> Self {
        let wall = now.wall(zone);
        let month = Month::try_from(wall.month).unwrap_or(Month::January);
        Self(Date::from_calendar_date(wall.year, month, wall.day).unwrap_or(Date::MIN))
    }

    /// Days from `earlier` to this one; negative when `earlier` is later.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).whole_days()
    }

    /// Its first moment in a zone.
    #[must_use]
    pub fn begins_at(self, zone: ZoneOffset) -> Timestamp {
        let epoch = Self::at(Timestamp::from_unix_ms(0), ZoneOffset(0));
        Timestamp::from_unix_ms(self.days_since(epoch) * DAY_MS - i64::from(zone.0) * MINUTE_MS)
    }

    /// Days since the Monday of its week: 0 is Monday, 6 Sunday.
    #[must_use]
    pub const fn weekday(self) -> u8 {
        self.0.weekday().number_days_from_monday()
    }

    /// The day so many days later (or, negative, earlier); the calendar's ends hold.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        // More days than any calendar has.
        const MOST: i64 = 10_000_000;
        let end = if days < 0 { Date::MIN } else { Date::MAX };
        Self(self.0.checked_add(time::Duration::days(days.clamp(-MOST, MOST))).unwrap_or(end))
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self(date)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

/// The text is not a day written `2026-11-22`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a day is written as year-month-day, such as 2026-11-22")]
pub struct DayError;

impl FromStr for Day {
    type Err = DayError;
    fn from_str(text: &str) -> Result<Self, DayError> {
        let part = |from: usize, to: usize| {
            text.get(from..to).filter(|part| part.bytes().all(|b| b.is_ascii_digit())).ok_or(DayError)
        };
        if text.len() != 10 || text.as_bytes()[4] != b'-' || text.as_bytes()[7] != b'-' {
            return Err(DayError);
        }
        let year = part(0, 4)?.parse().map_err(|_| DayError)?;
        let month = part(5, 7)?.parse::<u8>().ok().and_then(|month| Month::try_from(month).ok()).ok_or(DayError)?;
        let day = part(8, 10)?.parse().map_err(|_| DayError)?;
        Date::from_calendar_date(year, month, day).map(Self).map_err(|_| DayError)
    }
}

impl TryFrom<String> for Day {
    type Error = DayError;
    fn try_from(text: String) -> Result<Self, DayError> {
        text.parse()
    }
}
impl From<Day> for String {
    fn from(day: Day) -> String {
        day.to_string()
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
    fn days_are_read_as_they_are_written() {
        let day: Day = "2026-02-28".parse().expect("valid");
        assert_eq!(day.plus_days(1).to_string(), "2026-03-01");
        assert_eq!(day.plus_days(1).days_since(day), 1);
        assert_eq!(day.plus_days(i64::MAX).plus_days(i64::MIN).to_string(), Day(Date::MIN).to_string());
        for wrong in ["", "2026-02-30", "26-02-28", "2026/02/28", "2026-2-28", "٢٠٢٦-02", "+026-02-28"] {
            assert!(wrong.parse::<Day>().is_err(), "{wrong}");
        }
        let at = Timestamp::from_unix_ms(1_795_363_200_000);
        assert_eq!(Day::at(at, ZoneOffset(480)).to_string(), "2026-11-23");
        assert_eq!(Day::at(at, ZoneOffset(480)).begins_at(ZoneOffset(480)), at);
    }

    #[test]
    fn a_minute_is_read_as_the_store_writes_it() {
        let at = Timestamp::from_unix_ms(1_795_363_260_000); // 2026-11-22 16:01 UTC
        for (zone, text) in [(480, "2026-11-23T00:01"), (0, "2026-11-22T16:01"), (-210, "2026-11-22T12:31")] {
            assert_eq!(at.plus_ms(59_999).wall(ZoneOffset(zone)).minute_text(), text);
            assert_eq!(Timestamp::from_minute(text, ZoneOffset(zone)), Some(at));
        }
        for wrong in ["", "2026-11-22", "2026-11-22T24:00", "2026-11-22T16:60", "2026-11-31T10:00", "2026-11-22T1:05"] {
            assert_eq!(Timestamp::from_minute(wrong, ZoneOffset(0)), None, "{wrong}");
        }
    }

    #[test]
    fn absurd_times_do_not_panic() {
        for ms in [i64::MIN, i64::MAX, 0] {
            let _ = Timestamp::from_unix_ms(ms).wall(ZoneOffset(480)).date();
        }
    }
}
