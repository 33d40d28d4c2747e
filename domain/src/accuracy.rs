//! How good the book was, by every published measure at once.
//!
//! "95 % accurate" can mean almost anything: ECR Retail Loss found eight measures of inventory record inaccuracy in
//! use (*Defining and assessing inventory record inaccuracy*, published 2026-02-11; the list is in
//! `westerngrocer.com/improving-inventory-record-accuracy-evidence-and-guidance-to-boost-sales`). [`Accuracy`] gives
//! all eight of the same records, so that whatever a chain is compared by is there, and nothing is compared with
//! something else.
//!
//! A record is one item on one shelf: what the book said (`expected`) and what was found (`counted`). Errors are
//! counted − expected, as everywhere: negative when stock is missing.

use crate::instant::{DAY_MS, Timestamp};
use crate::movement::Units;
use crate::stocktake::{CountLine, Ending};
use serde::{Deserialize, Serialize};

/// A record that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// What the book said.
    pub expected_units: Units,
    /// What was found.
    pub counted_units: Units,
    /// Shelf price of a piece, in minor units.
    pub price_minor: i64,
}

impl Record {
    /// Counted − expected.
    #[must_use]
    pub fn error_units(&self) -> Units {
        self.counted_units - self.expected_units
    }

    fn error_minor(&self) -> i64 {
        self.error_units().saturating_mul(self.price_minor.max(0))
    }

    /// What a counted line says; `None` while it is uncounted, and where the manager took it as 0 without a look.
    #[must_use]
    pub fn of(line: &CountLine, price_minor: i64, ending: Option<&Ending>) -> Option<Self> {
        let looked_at = |at: Timestamp| !ending.is_some_and(|ending| ending.is_approved && ending.at == at);
        let tally = line.finding().tally().filter(|tally| looked_at(tally.observed_at))?;
        Some(Self { expected_units: tally.expected_units, counted_units: tally.counted_units, price_minor })
    }
}

/// A record counts as right within this share of the book stock for [`Accuracy::beyond_share`], in thousandths: ±5 %.
pub const RANGE_PERMILLE: u64 = 50;
/// A record counts as right within so many pieces for [`Accuracy::beyond_units`]: ±2, as ECR's own example has it.
pub const RANGE_UNITS: u64 = 2;

/// The eight measures of some records. Shares are parts of 1, not limited to it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Accuracy {
    /// Records looked at.
    pub n_records: u32,
    /// Σ expected, in pieces.
    pub expected_units: Units,
    /// Σ expected × price, in minor units.
    pub expected_minor: i64,
    /// 1. Signed error: Σ (counted − expected), in pieces. Too much here hides too little there.
    pub signed_units: Units,
    /// 2. Shrink: what is missing net at shelf price, in minor units; negative where more was found than was booked.
    pub shrink_minor: i64,
    /// 3. Binary error: records that are not exactly right.
    pub n_wrong: u32,
    /// 4. Error range in per cent: records off by more than [`RANGE_PERMILLE`] of the book stock.
    pub n_beyond_share: u32,
    /// 5. Error range in pieces: records off by more than [`RANGE_UNITS`].
    pub n_beyond_units: u32,
    /// 6. Absolute error: Σ |counted − expected|, in pieces.
    pub absolute_units: Units,
    /// 7. Mean absolute percentage error: the mean of |counted − expected| ÷ counted. Records of which nothing was
    ///    found have none and are left out; `None` when that is all of them.
    pub mape: Option<f64>,
    /// Records that [`Self::mape`] leaves out.
    pub n_without_mape: u32,
    /// 8. Symmetric mean absolute percentage error: the mean of |counted − expected| ÷ half of counted + expected, from
    ///    0 to 2. Nothing expected and nothing found is 0.
    pub smape: Option<f64>,
}

impl Accuracy {
    /// Measures some records.
    #[must_use]
    pub fn of<'a>(records: impl IntoIterator<Item = &'a Record>) -> Self {
        let mut sum = Self {
            n_records: 0,
            expected_units: 0,
            expected_minor: 0,
            signed_units: 0,
            shrink_minor: 0,
            n_wrong: 0,
            n_beyond_share: 0,
            n_beyond_units: 0,
            absolute_units: 0,
            mape: None,
            n_without_mape: 0,
            smape: None,
        };
        let (mut percentages, mut symmetric) = (0.0, 0.0);
        for record in records {
            let error = record.error_units();
            let off = error.unsigned_abs();
            let (counted, expected) = (record.counted_units.unsigned_abs(), record.expected_units.unsigned_abs());
            sum.n_records += 1;
            sum.expected_units += record.expected_units;
            sum.expected_minor =
                sum.expected_minor.saturating_add(record.expected_units.saturating_mul(record.price_minor.max(0)));
            sum.signed_units += error;
            sum.shrink_minor = sum.shrink_minor.saturating_sub(record.error_minor());
            sum.n_wrong += u32::from(off > 0);
            sum.n_beyond_share +=
                u32::from(u128::from(off) * 1_000 > u128::from(expected) * u128::from(RANGE_PERMILLE));
            sum.n_beyond_units += u32::from(off > RANGE_UNITS);
            sum.absolute_units += error.abs();
            if counted == 0 {
                sum.n_without_mape += 1;
            } else {
                percentages += off as f64 / counted as f64;
            }
            if off > 0 {
                symmetric += 2.0 * off as f64 / (counted + expected) as f64;
            }
        }
        let n_measured = sum.n_records - sum.n_without_mape;
        sum.mape = (n_measured > 0).then(|| percentages / f64::from(n_measured));
        sum.smape = (sum.n_records > 0).then(|| symmetric / f64::from(sum.n_records));
        sum
    }

    fn share(&self, n: u32) -> Option<f64> {
        (self.n_records > 0).then(|| f64::from(n) / f64::from(self.n_records))
    }

    /// 1. Signed error ÷ Σ expected; `None` where nothing was expected.
    #[must_use]
    pub fn signed_share(&self) -> Option<f64> {
        (self.expected_units > 0).then(|| self.signed_units as f64 / self.expected_units as f64)
    }

    /// 2. Shrink ÷ Σ expected at shelf price; `None` where nothing was expected.
    #[must_use]
    pub fn shrink_share(&self) -> Option<f64> {
        (self.expected_minor > 0).then(|| self.shrink_minor as f64 / self.expected_minor as f64)
    }

    /// 3. Records that are not exactly right, of all; `None` where there are none.
    #[must_use]
    pub fn wrong_share(&self) -> Option<f64> {
        self.share(self.n_wrong)
    }

    /// 4. Records off by more than ±5 %, of all.
    #[must_use]
    pub fn beyond_share(&self) -> Option<f64> {
        self.share(self.n_beyond_share)
    }

    /// 5. Records off by more than ±2 pieces, of all.
    #[must_use]
    pub fn beyond_units(&self) -> Option<f64> {
        self.share(self.n_beyond_units)
    }

    /// 6. Σ |counted − expected| ÷ Σ expected; `None` where nothing was expected.
    #[must_use]
    pub fn absolute_share(&self) -> Option<f64> {
        (self.expected_units > 0).then(|| self.absolute_units as f64 / self.expected_units as f64)
    }
}

/// How the book fares as time passes since a line was counted last: of records counted again after so many days, how
/// many were wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftStep {
    /// Full days since the count before, from.
    pub from_days: i64,
    /// Up to, and not including; `None` without an end.
    pub to_days: Option<i64>,
    /// Records counted again after that time.
    pub n_records: u32,
    /// Of those, the ones that were wrong.
    pub n_wrong: u32,
}

impl DriftStep {
    /// The share that was wrong; `None` where nothing was counted again after that time.
    #[must_use]
    pub fn wrong_share(&self) -> Option<f64> {
        (self.n_records > 0).then(|| f64::from(self.n_wrong) / f64::from(self.n_records))
    }
}

/// Where the steps of [`drift`] begin, in days: a week, a month, a quarter.
pub const DRIFT_DAYS: [i64; 4] = [0, 7, 30, 90];

/// The drift of some records: each with the time of the count before, its own, and whether it was wrong.
#[must_use]
pub fn drift(records: impl IntoIterator<Item = (Timestamp, Timestamp, bool)>) -> [DriftStep; 4] {
    let mut steps = [0, 1, 2, 3].map(|index| DriftStep {
        from_days: DRIFT_DAYS[index],
        to_days: DRIFT_DAYS.get(index + 1).copied(),
        n_records: 0,
        n_wrong: 0,
    });
    for (before, at, is_wrong) in records {
        let days = at.since(before).max(0) / DAY_MS;
        if let Some(step) = steps.iter_mut().rev().find(|step| step.from_days <= days) {
            step.n_records += 1;
            step.n_wrong += u32::from(is_wrong);
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PersonId;
    use crate::stocktake::CounterTally;

    fn record(expected_units: Units, counted_units: Units, price_minor: i64) -> Record {
        Record { expected_units, counted_units, price_minor }
    }

    /// Worked by hand: right, short by 4 of 12, over by 1 of 100, lost altogether, and none expected or found.
    const RECORDS: [Record; 5] = [
        Record { expected_units: 10, counted_units: 10, price_minor: 500 },
        Record { expected_units: 12, counted_units: 8, price_minor: 1_000 },
        Record { expected_units: 100, counted_units: 101, price_minor: 200 },
        Record { expected_units: 3, counted_units: 0, price_minor: 100 },
        Record { expected_units: 0, counted_units: 0, price_minor: 100 },
    ];

    fn close(found: Option<f64>, expected: f64) {
        let found = found.expect("has a value");
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    #[test]
    fn signed_errors_cancel_out() {
        let all = Accuracy::of(&RECORDS);
        assert_eq!((all.signed_units, all.expected_units), (-4 + 1 - 3, 125));
        close(all.signed_share(), -6.0 / 125.0);
    }

    #[test]
    fn shrink_is_net_money_missing() {
        let all = Accuracy::of(&RECORDS);
        assert_eq!(all.shrink_minor, 4_000 - 200 + 300);
        assert_eq!(all.expected_minor, 5_000 + 12_000 + 20_000 + 300);
        close(all.shrink_share(), 4_100.0 / 37_300.0);
    }

    #[test]
    fn exactly_right_or_wrong() {
        let all = Accuracy::of(&RECORDS);
        assert_eq!((all.n_records, all.n_wrong), (5, 3));
        close(all.wrong_share(), 0.6);
    }

    #[test]
    fn a_range_forgives_small_errors() {
        let all = Accuracy::of(&RECORDS);
        assert_eq!((all.n_beyond_share, all.n_beyond_units), (2, 2), "1 of 100 is forgiven by both");
        close(all.beyond_share(), 0.4);
        close(all.beyond_units(), 0.4);
        assert_eq!(Accuracy::of(&[record(100, 105, 1)]).n_beyond_share, 0, "the edge is within");
        assert_eq!(Accuracy::of(&[record(0, 1, 1)]).n_beyond_share, 1, "anything is beyond 5 % of nothing");
        assert_eq!(Accuracy::of(&[record(5, 3, 1)]).n_beyond_units, 0);
    }

    #[test]
    fn absolute_errors_add_up() {
        let all = Accuracy::of(&RECORDS);
        assert_eq!(all.absolute_units, 8);
        close(all.absolute_share(), 8.0 / 125.0);
    }

    #[test]
    fn percentages_are_of_what_was_found() {
        let all = Accuracy::of(&RECORDS);
        assert_eq!(all.n_without_mape, 2);
        close(all.mape, (0.0 + 4.0 / 8.0 + 1.0 / 101.0) / 3.0);
        close(all.smape, (0.0 + 4.0 / 10.0 + 1.0 / 100.5 + 2.0 + 0.0) / 5.0);
    }

    #[test]
    fn nothing_counted_has_no_share() {
        let none = Accuracy::of(&[]);
        assert_eq!((none.wrong_share(), none.mape, none.smape, none.signed_share()), (None, None, None, None));
    }

    #[test]
    fn what_was_zeroed_without_a_look_says_nothing_about_the_book() {
        let at = Timestamp::from_unix_ms(5_000);
        let person = PersonId::parse("P1").expect("valid");
        let tally = CounterTally { counted_units: 0, n_observations: 1, observed_at: at, expected_units: 4 };
        let line = CountLine { tallies: [(person.clone(), tally)].into(), ..CountLine::default() };
        let ending = Ending { at, by: person, is_approved: true };
        assert_eq!(Record::of(&line, 1, Some(&ending)), None);
        assert!(Record::of(&line, 1, None).is_some());
        assert_eq!(Record::of(&CountLine::default(), 1, None), None);
    }

    #[test]
    fn drift_is_sorted_by_days_since_the_count_before() {
        let day = |n: i64| Timestamp::from_unix_ms(n * DAY_MS);
        let steps = drift([
            (day(0), day(3), false),
            (day(0), day(7), true),
            (day(0), day(29), false),
            (day(0), day(400), true),
        ]);
        assert_eq!(steps.map(|step| (step.n_records, step.n_wrong)), [(1, 0), (2, 1), (0, 0), (1, 1)]);
        assert_eq!(steps[1].wrong_share(), Some(0.5));
        assert_eq!(steps[2].wrong_share(), None);
    }
}
