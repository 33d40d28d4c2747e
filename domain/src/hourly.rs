//! Sums by the hour, and what is usual for this weekday and time of day.

use crate::instant::{Day, Timestamp, ZoneOffset};
use crate::measure::Figure;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Weeks that say what is usual: enough to even out one odd day, few enough to follow the season.
pub const USUAL_WEEKS: i64 = 4;
/// Days kept: today and [`USUAL_WEEKS`] weeks.
const DAYS_KEPT: i64 = 7 * USUAL_WEEKS + 1;

/// What happened in each hour of a store's day: pieces sold of a category, people who came in, receipts of the till.
///
/// A fold of sums: the order of arrival does not matter. Hours are the store's own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hourly {
    days: BTreeMap<Day, [i64; 24]>,
    /// The first day of which anything is known.
    since: Option<Day>,
}

impl Hourly {
    /// Adds `n` (or, negative, takes it off) to the hour of `at`.
    pub fn add(&mut self, at: Timestamp, zone: ZoneOffset, n: i64) {
        let (day, hour) = (Day::at(at, zone), usize::from(at.wall(zone).hour));
        self.since = Some(self.since.map_or(day, |since| since.min(day)));
        self.days.entry(day).or_insert([0; 24])[hour] += n;
        if let Some((last, _)) = self.days.last_key_value() {
            self.days = self.days.split_off(&last.plus_days(1 - DAYS_KEPT));
        }
    }

    /// The sum of a day.
    #[must_use]
    pub fn on(&self, day: Day) -> i64 {
        self.days.get(&day).map_or(0, |hours| hours.iter().sum())
    }

    /// Whether anybody was counting on that day, and it is still kept.
    #[must_use]
    pub fn knows(&self, day: Day) -> bool {
        let first_kept = self.days.last_key_value().map(|(last, _)| last.plus_days(1 - DAYS_KEPT));
        self.since.max(first_kept).is_some_and(|first| first <= day)
    }

    /// What the same weekday of the weeks before `day` was like. Only weeks that are known count.
    #[must_use]
    pub fn usual(&self, day: Day) -> Usual {
        let mut usual = Usual::default();
        for week in 1..=USUAL_WEEKS {
            let past = day.plus_days(-7 * week);
            if !self.knows(past) {
                break;
            }
            usual.n_weeks += 1;
            for (sum, n) in usual.by_hour.iter_mut().zip(self.days.get(&past).unwrap_or(&[0; 24])) {
                *sum += n;
            }
        }
        usual
    }
}

/// A weekday as it usually is: the sums of some past ones. Computed once a day, so that comparing costs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Usual {
    n_weeks: i64,
    by_hour: [i64; 24],
}

impl Usual {
    /// What has usually happened by the time of day of `at`; `None` without a past week. Of the hour that is running,
    /// as much as has passed of it.
    #[must_use]
    pub fn by(&self, at: Timestamp, zone: ZoneOffset) -> Option<Figure> {
        let wall = at.wall(zone);
        let (hour, minute) = (usize::from(wall.hour), i64::from(wall.minute));
        let full: i64 = self.by_hour[..hour].iter().sum();
        (self.n_weeks > 0).then(|| Figure::ratio(full * 60 + self.by_hour[hour] * minute, self.n_weeks * 60))
    }

    /// What usually happens in the whole day; `None` without a past week.
    #[must_use]
    pub fn whole_day(&self) -> Option<Figure> {
        (self.n_weeks > 0).then(|| Figure::ratio(self.by_hour.iter().sum(), self.n_weeks))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instant::{DAY_MS, MINUTE_MS};
    use proptest::prelude::*;

    const CHINA: ZoneOffset = ZoneOffset(480);
    /// 2026-11-22 00:00 in China.
    const MIDNIGHT: i64 = 1_795_276_800_000;

    fn at(days: i64, minutes: i64) -> Timestamp {
        Timestamp::from_unix_ms(MIDNIGHT + days * DAY_MS + minutes * MINUTE_MS)
    }

    #[test]
    fn usual_is_the_mean_of_the_same_weekday_by_this_time() {
        let mut sold = Hourly::default();
        for (week, n) in [(1, 10), (2, 20), (3, 30)] {
            sold.add(at(-7 * week, 9 * 60), CHINA, n);
            sold.add(at(-7 * week, 10 * 60 + 59), CHINA, 2 * n);
            sold.add(at(-7 * week - 1, 9 * 60), CHINA, 1_000);
        }
        let usual = sold.usual(Day::at(at(0, 0), CHINA));
        assert_eq!(usual.by(at(0, 9 * 60), CHINA), Some(Figure::whole(0)));
        assert_eq!(usual.by(at(0, 10 * 60), CHINA), Some(Figure::whole(20)));
        assert_eq!(usual.by(at(0, 10 * 60 + 30), CHINA), Some(Figure::whole(40)), "half of the running hour");
        assert_eq!(usual.whole_day(), Some(Figure::whole(60)), "the fourth week is before anybody counted");
    }

    #[test]
    fn weeks_no_longer_kept_are_not_taken_for_weeks_without_sales() {
        let mut sold = Hourly::default();
        for days_ago in (0..60).rev() {
            sold.add(at(-days_ago, 600), CHINA, 10);
        }
        let usual = |days_ago: i64| sold.usual(Day::at(at(-days_ago, 0), CHINA)).whole_day();
        assert_eq!(usual(0), Some(Figure::whole(10)));
        assert_eq!(usual(14), Some(Figure::whole(10)), "of two weeks");
        assert_eq!(usual(25), None);
    }

    #[test]
    fn nothing_is_usual_before_a_week_has_passed() {
        let mut sold = Hourly::default();
        sold.add(at(-3, 0), CHINA, 5);
        assert_eq!(sold.usual(Day::at(at(0, 0), CHINA)).by(at(0, 60), CHINA), None);
    }

    proptest! {
        #[test]
        fn hours_do_not_depend_on_the_order(
            (told, shuffled) in prop::collection::vec((-40i64..3, 0i64..1_440, 1i64..9), 0..40)
                .prop_flat_map(|story| (Just(story.clone()), Just(story).prop_shuffle()))
        ) {
            let fold = |story: &[(i64, i64, i64)]| {
                let mut sums = Hourly::default();
                story.iter().for_each(|(day, minute, n)| sums.add(at(*day, *minute), CHINA, *n));
                sums
            };
            prop_assert_eq!(fold(&told), fold(&shuffled));
        }
    }
}
