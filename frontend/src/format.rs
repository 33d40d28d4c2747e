//! Figures as people read them. Times are shown in the store's zone.

use crate::text::Language;
use domain::instant::{DAY_MS, MINUTE_MS, Timestamp, ZoneOffset};

/// `12,345`, with a true minus sign.
#[must_use]
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 3);
    if value < 0 {
        text.push('−');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `+3`, `−4`, `0`: a difference always carries its sign.
#[must_use]
pub fn signed(value: i64) -> String {
    if value > 0 { format!("+{}", number(value)) } else { number(value) }
}

/// Money: `¥1,234.50` from minor units (分).
#[must_use]
pub fn money(minor: i64) -> String {
    let sign = if minor < 0 { "−" } else { "" };
    let minor = minor.unsigned_abs();
    format!("{sign}¥{}.{:02}", number(i64::try_from(minor / 100).unwrap_or(i64::MAX)), minor % 100)
}

/// Reads money as people type it, `12`, `12.5`, `¥1,234.50`, into minor units; `None` for anything else.
#[must_use]
pub fn parse_money(text: &str) -> Option<i64> {
    let clean: String = text.chars().filter(|c| !matches!(c, '¥' | '￥' | ',' | ' ')).collect();
    let (whole, cents) = clean.split_once('.').unwrap_or((&clean, ""));
    let are_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !are_digits(whole)
        || !are_digits(cents)
        || cents.len() > 2
        || whole.len() > 12
        || (whole.is_empty() && cents.is_empty())
    {
        return None;
    }
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let cents: i64 = format!("{cents:0<2}").parse().ok()?;
    Some(whole * 100 + cents)
}

/// `+¥3.00`, `−¥4.00`, `¥0.00`.
#[must_use]
pub fn signed_money(minor: i64) -> String {
    if minor > 0 { format!("+{}", money(minor)) } else { money(minor) }
}

/// `8.37 %` of a share, to a hundredth, with a true minus sign; `–` for none.
#[must_use]
pub fn fine_percent(share: Option<f64>) -> String {
    let Some(share) = share else { return "–".to_owned() };
    let text = format!("{:.2} %", (share * 100.0).abs());
    if share < 0.0 && text != "0.00 %" { format!("−{text}") } else { text }
}

/// `83 %` of a share from 0 to 1. Rounded down, so that 100 % means all of it.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{} %", (share * 100.0 + 1e-9).floor())
}

/// `14:32:09`
#[must_use]
pub fn time(at: Timestamp, zone: ZoneOffset) -> String {
    at.wall(zone).time()
}

/// A minute after midnight: `22:00`.
#[must_use]
pub fn time_of_day(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Reads [`time_of_day`].
#[must_use]
pub fn parse_time_of_day(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// `14:32:09` on the day of `now`, `11-21 14:32` before it.
#[must_use]
pub fn moment(at: Timestamp, now: Timestamp, zone: ZoneOffset) -> String {
    let (then, today) = (at.wall(zone), now.wall(zone));
    if then.date() == today.date() {
        then.time()
    } else {
        format!("{:02}-{:02} {:02}:{:02}", then.month, then.day, then.hour, then.minute)
    }
}

/// `2026-11-22T14:32:09+08:00`, for machines that read the page.
#[must_use]
pub fn machine_time(at: Timestamp, zone: ZoneOffset) -> String {
    let wall = at.wall(zone);
    let sign = if zone.0 < 0 { '-' } else { '+' };
    let offset = zone.0.unsigned_abs();
    format!("{}T{}{sign}{:02}:{:02}", wall.date(), wall.time(), offset / 60, offset % 60)
}

/// `3 minutes ago`, in one unit; `never` for nothing.
#[must_use]
pub fn ago(at: Option<Timestamp>, now: Timestamp, language: Language) -> String {
    let Some(at) = at else { return language.never().to_owned() };
    match now.since(at) {
        ..5_000 => language.just_now().to_owned(),
        ms @ ..MINUTE_MS => language.seconds_ago(ms / 1000),
        ms if ms < 60 * MINUTE_MS => language.minutes_ago(ms / MINUTE_MS),
        ms if ms < DAY_MS => language.hours_ago(ms / (60 * MINUTE_MS)),
        ms => language.days_ago(ms / DAY_MS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_read_back() {
        for minute in [0, 7 * 60, 23 * 60 + 59] {
            assert_eq!(parse_time_of_day(&time_of_day(minute)), Some(minute));
        }
        for wrong in ["", "24:00", "7", "12:60", "-1:00"] {
            assert_eq!(parse_time_of_day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn figures_carry_separators_and_signs() {
        let check = |value, plain: &str, with_sign: &str| {
            assert_eq!(number(value), plain);
            assert_eq!(signed(value), with_sign);
        };
        check(0, "0", "0");
        check(999, "999", "+999");
        check(1_000, "1,000", "+1,000");
        check(-1_234_567, "−1,234,567", "−1,234,567");
    }

    #[test]
    fn money_is_read_as_it_is_shown() {
        for (minor, shown) in [(0, "¥0.00"), (5, "¥0.05"), (123_450, "¥1,234.50")] {
            assert_eq!(money(minor), shown);
            assert_eq!(parse_money(shown), Some(minor));
        }
        assert_eq!((parse_money("12"), parse_money("12.5"), parse_money(".5")), (Some(1_200), Some(1_250), Some(50)));
        for nonsense in ["", ".", "1.234", "-1", "1.2.3", "ten", "9999999999999"] {
            assert_eq!(parse_money(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn only_all_of_it_is_a_hundred_percent() {
        assert_eq!(percent(0.999), "99 %");
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(percent(0.29), "29 %");
    }

    #[test]
    fn money_and_shares_carry_their_sign() {
        assert_eq!(money(123_450), "¥1,234.50");
        assert_eq!(signed_money(-5), "−¥0.05");
        assert_eq!(signed_money(300), "+¥3.00");
        assert_eq!(fine_percent(Some(-0.08374)), "−8.37 %");
        assert_eq!(fine_percent(Some(-0.000_01)), "0.00 %");
        assert_eq!(fine_percent(None), "–");
    }

    #[test]
    fn times_are_the_stores() {
        let at = Timestamp::from_unix_ms(1_795_363_200_000); // 2026-11-22 16:00 UTC
        let china = ZoneOffset(480);
        assert_eq!(moment(at, at, china), "00:00:00");
        assert_eq!(moment(at, at.plus_ms(DAY_MS), china), "11-23 00:00");
        assert_eq!(machine_time(at, china), "2026-11-23T00:00:00+08:00");
        assert_eq!(machine_time(at, ZoneOffset(-210)), "2026-11-22T12:30:00-03:30");
    }

    #[test]
    fn a_past_moment_is_told_in_its_largest_unit() {
        let now = Timestamp::from_unix_ms(10 * DAY_MS);
        let check = |ms: i64, zh: &str, en: &str| {
            assert_eq!(ago(Some(now.plus_ms(-ms)), now, Language::Zh), zh);
            assert_eq!(ago(Some(now.plus_ms(-ms)), now, Language::En), en);
        };
        check(-100, "刚刚", "just now");
        check(42_000, "42 秒前", "42 s ago");
        check(90 * 1000, "1 分钟前", "1 min ago");
        check(5 * 60 * MINUTE_MS, "5 小时前", "5 h ago");
        check(2 * DAY_MS, "2 天前", "2 d ago");
    }
}
