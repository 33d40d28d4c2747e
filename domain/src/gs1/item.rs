//! What a GS1 message says about an item, in values a stock system can use.

use super::Message;
use crate::gtin::Gtin;
use time::{Date, Month};

/// A price that a code carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Hundredths of the currency's main unit (分), rounded half up.
    pub minor: i64,
    /// ISO 4217's three digits (156 is the yuan), or none for the currency of the country it is sold in.
    pub currency: Option<u16>,
}

/// What a code says about an item. A value that is there but cannot be (the 31st of June) is left out and its
/// identifier named in `unreadable`, because the item itself is known all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TradeItem {
    /// (01) the item the code is on.
    pub gtin: Option<Gtin>,
    /// (02) the item inside the logistic unit the code is on; (37) says how many.
    pub contained: Option<Gtin>,
    /// (00) 18 digits that name a pallet or parcel.
    pub sscc: Option<String>,
    /// (10) batch or lot.
    pub lot: Option<String>,
    /// (21) serial number.
    pub serial: Option<String>,
    /// (11) day of production.
    pub produced: Option<Date>,
    /// (13) day of packaging.
    pub packaged: Option<Date>,
    /// (15) best before.
    pub best_before: Option<Date>,
    /// (16) sell by.
    pub sell_by: Option<Date>,
    /// (17) expiry, or the day of (7003).
    pub expiry: Option<Date>,
    /// (37) items in the logistic unit, or (30) pieces in an item of variable count.
    pub n_units: Option<u32>,
    /// (310n) kilograms, (320n) pounds, (356n) troy ounces, (357n) ounces: net weight in grams, rounded half up.
    pub net_weight_grams: Option<i64>,
    /// (392n), (393n) price of an item of variable measure.
    pub price: Option<Price>,
    /// Identifiers whose value makes no sense.
    pub unreadable: Vec<String>,
}

impl TradeItem {
    pub(super) fn from_message(message: &Message, this_year: i32) -> Self {
        let mut item = Self::default();
        for element in message.elements() {
            let (ai, value) = (element.ai(), element.value());
            let understood = match ai {
                "00" => set(&mut item.sscc, Some(value.to_owned())),
                "01" => set(&mut item.gtin, Gtin::parse(value).ok()),
                "02" => set(&mut item.contained, Gtin::parse(value).ok()),
                "10" => set(&mut item.lot, Some(value.to_owned())),
                "21" => set(&mut item.serial, Some(value.to_owned())),
                "11" => set(&mut item.produced, date(value, this_year)),
                "13" => set(&mut item.packaged, date(value, this_year)),
                "15" => set(&mut item.best_before, date(value, this_year)),
                "16" => set(&mut item.sell_by, date(value, this_year)),
                "17" => set(&mut item.expiry, date(value, this_year)),
                // The day of (17) stands where both are there: it is the one printed for people.
                "7003" if item.expiry.is_none() => set(&mut item.expiry, date(&value[..6], this_year)),
                "30" | "37" => set(&mut item.n_units, value.parse().ok()),
                _ => item.measure(ai, value),
            };
            if !understood {
                item.unreadable.push(ai.to_owned());
            }
        }
        item
    }

    /// Takes the measures and prices, whose identifier ends with the number of decimals.
    fn measure(&mut self, ai: &str, value: &str) -> bool {
        let Some(decimals) = ai.get(3..).and_then(|digit| digit.parse().ok()) else { return true };
        // Nanograms a unit: whole numbers, so that nothing is rounded before the end.
        let nanograms: Option<i128> = match ai.get(..3) {
            Some("310") => Some(1_000_000_000_000),
            Some("320") => Some(453_592_370_000),
            Some("356") => Some(31_103_476_800),
            Some("357") => Some(28_349_523_125),
            _ => None,
        };
        if let Some(nanograms) = nanograms {
            return set(&mut self.net_weight_grams, scaled(value, nanograms, decimals, 1_000_000_000));
        }
        let (currency, amount) = match ai.get(..3) {
            Some("392") => (None, value),
            Some("393") => (value.get(..3).and_then(|digits| digits.parse().ok()), value.get(3..).unwrap_or_default()),
            _ => return true,
        };
        set(&mut self.price, scaled(amount, 100, decimals, 1).map(|minor| Price { minor, currency }))
    }
}

fn set<T>(field: &mut Option<T>, value: Option<T>) -> bool {
    let understood = value.is_some();
    if understood {
        *field = value;
    }
    understood
}

/// `digits × factor ÷ 10^decimals ÷ divisor`, rounded half up.
fn scaled(digits: &str, factor: i128, decimals: u32, divisor: i128) -> Option<i64> {
    let divisor = 10_i128.checked_pow(decimals)?.checked_mul(divisor)?;
    let product = digits.parse::<i128>().ok()?.checked_mul(factor)?;
    i64::try_from((product + divisor / 2) / divisor).ok()
}

/// YYMMDD with day 00 for the last of the month and the century nearest to `this_year` (General Specifications,
/// section 7.12: 51 to 99 years ahead of this year's two digits is the past century, 50 to 99 behind the next).
fn date(yymmdd: &str, this_year: i32) -> Option<Date> {
    let number = |from: usize| yymmdd.get(from..from + 2)?.parse::<u8>().ok();
    let (year, month, day) = (i32::from(number(0)?), Month::try_from(number(2)?).ok()?, number(4)?);
    let century = this_year - this_year.rem_euclid(100);
    let century = match year - this_year.rem_euclid(100) {
        51..=99 => century - 100,
        -99..=-50 => century + 100,
        _ => century,
    };
    let year = century + year;
    Date::from_calendar_date(year, month, if day == 0 { month.length(year) } else { day }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_century_is_the_nearest_and_day_00_the_last_of_the_month() {
        for (value, this_year, expected) in [
            ("271231", 2026, Some("2027-12-31")),
            ("240200", 2026, Some("2024-02-29")),
            ("250200", 2026, Some("2025-02-28")),
            ("760101", 2026, Some("2076-01-01")),
            ("770101", 2026, Some("1977-01-01")),
            ("000101", 1999, Some("2000-01-01")),
            ("490101", 1999, Some("2049-01-01")),
            ("500101", 1999, Some("1950-01-01")),
            ("261301", 2026, None),
            ("260631", 2026, None),
            ("260012", 2026, None),
        ] {
            assert_eq!(date(value, this_year).map(|day| day.to_string()).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn weights_become_grams() {
        for (code, grams) in [
            ("(3103)001750", 1750),
            ("(3100)000002", 2000),
            ("(3105)123456", 1235),
            ("(3105)123449", 1234),
            ("(3202)000100", 454),
            ("(3570)000010", 283),
            ("(3560)000001", 31),
        ] {
            let message = Message::parse(code).expect("right");
            assert_eq!(message.trade_item(2026).net_weight_grams, Some(grams), "{code}");
        }
    }

    #[test]
    fn prices_become_minor_units() {
        for (code, minor, currency) in
            [("(3922)1299", 1299, None), ("(3932)1561299", 1299, Some(156)), ("(3920)13", 1300, None)]
        {
            let message = Message::parse(code).expect("right");
            assert_eq!(message.trade_item(2026).price, Some(Price { minor, currency }), "{code}");
        }
    }

    #[test]
    fn an_impossible_date_does_not_hide_the_item() {
        let item = Message::parse("(01)06901234567892(17)260631(10)A").expect("right form").trade_item(2026);
        assert_eq!(item.gtin, Gtin::parse("6901234567892").ok());
        assert_eq!((item.expiry, item.lot.as_deref(), item.unreadable), (None, Some("A"), vec!["17".to_owned()]));
    }
}
