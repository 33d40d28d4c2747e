//! Lines of a stocktake: who found what, and what follows from it.

use super::Thresholds;
use crate::id::{EventId, PersonId};
use crate::instant::Timestamp;
use crate::movement::Units;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one person found of an item on a shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CounterTally {
    /// Pieces counted.
    pub counted_units: Units,
    /// Observations that stand. 0 means uncounted, whatever the sum says; a counted 0 has one.
    pub n_observations: u32,
    /// The latest effective time of any observation.
    pub observed_at: Timestamp,
    /// Book stock at `observed_at`: Σ legs effective up to then.
    pub expected_units: Units,
}

impl CounterTally {
    /// Counted − expected.
    #[must_use]
    pub fn variance_units(&self) -> Units {
        self.counted_units - self.expected_units
    }
}

/// A line of a stocktake: one item on one shelf, as everybody who counted it found it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CountLine {
    /// Per person.
    pub tallies: BTreeMap<PersonId, CounterTally>,
    /// When it was asked to be counted again, if it was: the latest time.
    pub recount_asked_at: Option<Timestamp>,
    /// Whose count the manager took, and by which event: the latest holds.
    pub decided: Option<(Timestamp, EventId, PersonId)>,
    /// Σ variance posted for it so far; 0 before the approval.
    pub posted_units: Units,
}

/// What the counts of a line say together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding<'a> {
    /// Nobody has counted it. That is not the same as a counted 0.
    Uncounted,
    /// One person has.
    Once(&'a PersonId, &'a CounterTally),
    /// Two or more found the same variance: this is the latest of them.
    Agreed(&'a PersonId, &'a CounterTally),
    /// The manager took this one.
    Decided(&'a PersonId, &'a CounterTally),
    /// They differ; this is the latest.
    Disputed(&'a PersonId, &'a CounterTally),
}

impl<'a> Finding<'a> {
    /// The count to go by for now; of a dispute the latest.
    #[must_use]
    pub fn tally(self) -> Option<&'a CounterTally> {
        match self {
            Self::Uncounted => None,
            Self::Once(_, tally) | Self::Agreed(_, tally) | Self::Decided(_, tally) | Self::Disputed(_, tally) => {
                Some(tally)
            }
        }
    }

    /// Whether it can be posted.
    #[must_use]
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Once(..) | Self::Agreed(..) | Self::Decided(..))
    }
}

impl CountLine {
    /// What the counts say together.
    ///
    /// Counts of different people are compared by their variance, not their pieces: between two counts the shop sells.
    /// Two who agree win; otherwise the manager decides.
    #[must_use]
    pub fn finding(&self) -> Finding<'_> {
        let mut counted: Vec<(&PersonId, &CounterTally)> =
            self.tallies.iter().filter(|(_, tally)| tally.n_observations > 0).collect();
        counted.sort_by_key(|(person, tally)| (tally.observed_at, *person));
        let Some(&(latest, tally)) = counted.last() else { return Finding::Uncounted };
        if let Some((_, _, taken)) = &self.decided
            && let Some((person, tally)) = counted.iter().find(|(person, _)| *person == taken)
        {
            return Finding::Decided(person, tally);
        }
        if counted.len() == 1 {
            return Finding::Once(latest, tally);
        }
        let n_alike = |variance| counted.iter().filter(|(_, tally)| tally.variance_units() == variance).count();
        let most = counted.iter().map(|(_, tally)| n_alike(tally.variance_units())).max().unwrap_or_default();
        let mut winners = counted.iter().filter(|(_, tally)| n_alike(tally.variance_units()) == most);
        let same = winners.clone().all(|(_, other)| {
            winners.clone().next().is_some_and(|(_, first)| first.variance_units() == other.variance_units())
        });
        match winners.next_back() {
            Some((person, tally)) if most >= 2 && same => Finding::Agreed(person, tally),
            _ => Finding::Disputed(latest, tally),
        }
    }

    /// Whether somebody has counted it.
    #[must_use]
    pub fn is_counted(&self) -> bool {
        self.finding().tally().is_some()
    }

    /// Counted − expected of the count to go by; `None` while uncounted.
    #[must_use]
    pub fn variance_units(&self) -> Option<Units> {
        self.finding().tally().map(CounterTally::variance_units)
    }

    /// Whether it is off, and nobody but `person` has found it so: it rests on their count alone.
    #[must_use]
    pub fn rests_on(&self, person: &PersonId) -> bool {
        match self.finding() {
            Finding::Once(by, tally) | Finding::Decided(by, tally) => {
                let variance = tally.variance_units();
                let is_seconded = self.tallies.iter().any(|(other, tally)| {
                    other != by && tally.n_observations > 0 && tally.variance_units() == variance
                });
                by == person && variance != 0 && !is_seconded
            }
            Finding::Uncounted | Finding::Agreed(..) | Finding::Disputed(..) => false,
        }
    }

    /// Whether it was asked to be counted again, and nobody has since.
    #[must_use]
    pub fn awaits_recount(&self) -> bool {
        self.recount_asked_at.is_some_and(|asked| {
            self.tallies.values().all(|tally| tally.n_observations == 0 || tally.observed_at <= asked)
        })
    }

    /// Whether `person` may count it again: only who had not when it was asked for.
    #[must_use]
    pub fn may_be_recounted_by(&self, person: &PersonId) -> bool {
        let Some(asked) = self.recount_asked_at else { return false };
        self.tallies.get(person).is_none_or(|tally| tally.n_observations == 0 || tally.observed_at > asked)
    }
}

/// What stands between a line and its posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    /// Nobody has counted it: it is left alone, or taken as 0, whichever the manager says.
    Uncounted,
    /// The book was right.
    Fine,
    /// There is a variance below the thresholds, or one that two people found, or that the manager took.
    Off,
    /// The variance is over a threshold, or the count is below zero, which no shelf can be: somebody else must count it.
    NeedsRecount,
    /// It was asked to be counted again, and nobody has yet.
    AwaitsRecount,
    /// People found different things: a third count or the manager's word is needed.
    Disputed,
}

impl LineState {
    /// Whether the stocktake cannot be approved because of it.
    #[must_use]
    pub fn blocks_approval(self) -> bool {
        matches!(self, Self::NeedsRecount | Self::AwaitsRecount | Self::Disputed)
    }
}

/// The state of a line whose item costs `price_minor` a piece.
#[must_use]
pub fn line_state(line: &CountLine, price_minor: i64, thresholds: &Thresholds) -> LineState {
    let state = |tally: &CounterTally| if tally.variance_units() == 0 { LineState::Fine } else { LineState::Off };
    let awaits = line.awaits_recount();
    match line.finding() {
        Finding::Uncounted => LineState::Uncounted,
        // Something typed over a count has arrived, the count has not, or was taken back.
        finding if finding.tally().is_some_and(|tally| tally.counted_units < 0) => {
            if awaits {
                LineState::AwaitsRecount
            } else {
                LineState::NeedsRecount
            }
        }
        Finding::Decided(_, tally) | Finding::Agreed(_, tally) => state(tally),
        Finding::Disputed(..) | Finding::Once(..) if awaits => LineState::AwaitsRecount,
        Finding::Disputed(..) => LineState::Disputed,
        Finding::Once(_, tally) if thresholds.is_over(tally.variance_units(), tally.expected_units, price_minor) => {
            LineState::NeedsRecount
        }
        Finding::Once(_, tally) => state(tally),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

    fn person(n: u8) -> PersonId {
        PersonId::parse(&format!("P{n}")).expect("valid")
    }

    /// Counted and expected per person, in the order of time.
    fn line(counts: &[(Units, Units)]) -> CountLine {
        let tally = |(n, (counted_units, expected_units)): (usize, &(Units, Units))| {
            let observed_at = NOW.plus_ms(i64::try_from(n).expect("small"));
            let tally = CounterTally {
                counted_units: *counted_units,
                n_observations: 1,
                observed_at,
                expected_units: *expected_units,
            };
            (person(u8::try_from(n + 1).expect("small")), tally)
        };
        CountLine { tallies: counts.iter().enumerate().map(tally).collect(), ..CountLine::default() }
    }

    #[test]
    fn two_who_agree_win_and_agree_by_variance() {
        assert_eq!(line(&[]).finding(), Finding::Uncounted);
        assert!(matches!(line(&[(10, 12)]).finding(), Finding::Once(..)));
        // One piece was sold between the two counts.
        let agreed = line(&[(10, 12), (9, 11)]);
        assert!(matches!(agreed.finding(), Finding::Agreed(_, tally) if tally.counted_units == 9));
        let disputed = line(&[(10, 12), (12, 12)]);
        assert!(matches!(disputed.finding(), Finding::Disputed(..)));
        let third = line(&[(10, 12), (12, 12), (12, 12)]);
        assert!(matches!(third.finding(), Finding::Agreed(_, tally) if tally.variance_units() == 0));
        let tied = line(&[(10, 12), (10, 12), (12, 12), (12, 12)]);
        assert!(matches!(tied.finding(), Finding::Disputed(..)));
    }

    #[test]
    fn the_managers_word_ends_a_dispute() {
        let mut disputed = line(&[(10, 12), (12, 12)]);
        disputed.decided = Some((NOW, EventId::MIN, person(1)));
        assert!(matches!(disputed.finding(), Finding::Decided(_, tally) if tally.counted_units == 10));
    }

    #[test]
    fn fewer_than_none_cannot_be_on_a_shelf() {
        let lax = Thresholds { units: None, permille: None, value_minor: None };
        for counts in [&[(-1, 0)][..], &[(-1, -1)], &[(-1, 3), (-1, 3)]] {
            let below = line(counts);
            assert_eq!(line_state(&below, 100, &lax), LineState::NeedsRecount, "{counts:?}");
            let asked = CountLine { recount_asked_at: Some(NOW.plus_ms(9)), ..below };
            assert_eq!(line_state(&asked, 100, &lax), LineState::AwaitsRecount, "{counts:?}");
        }
        let decided = CountLine { decided: Some((NOW, EventId::MIN, person(1))), ..line(&[(-1, 3), (2, 3)]) };
        assert_eq!(line_state(&decided, 100, &lax), LineState::NeedsRecount);
        assert_eq!(line_state(&line(&[(0, 3)]), 100, &lax), LineState::Off);
    }

    #[test]
    fn a_variance_rests_on_whoever_alone_has_found_it() {
        let rests = |line: &CountLine| [person(1), person(2)].map(|person| line.rests_on(&person));
        assert_eq!(rests(&line(&[(10, 12)])), [true, false]);
        assert_eq!(rests(&line(&[(12, 12)])), [false, false]);
        assert_eq!(rests(&line(&[(10, 12), (10, 12)])), [false, false]);
        assert_eq!(rests(&line(&[(10, 12), (11, 12)])), [false, false], "nothing is posted of a dispute");
        let decided =
            |person: PersonId, counts| CountLine { decided: Some((NOW, EventId::MIN, person)), ..line(counts) };
        assert_eq!(rests(&decided(person(2), &[(10, 12), (11, 12)])), [false, true]);
        assert_eq!(rests(&decided(person(2), &[(10, 12), (12, 12)])), [false, false]);
        assert_eq!(rests(&decided(person(2), &[(10, 12), (11, 12), (11, 12)])), [false, false]);
    }

    #[test]
    fn money_decides_what_is_counted_again() {
        let thresholds = Thresholds::default();
        let one = line(&[(10, 11)]);
        assert_eq!(line_state(&one, 100, &thresholds), LineState::Off);
        assert_eq!(line_state(&one, 5_001, &thresholds), LineState::NeedsRecount);
        let asked = CountLine { recount_asked_at: Some(NOW), ..one };
        assert_eq!(line_state(&asked, 5_001, &thresholds), LineState::AwaitsRecount);
        assert_eq!(line_state(&line(&[(10, 11), (10, 11)]), 5_001, &thresholds), LineState::Off);
        assert_eq!(line_state(&line(&[(0, 0)]), 5_001, &thresholds), LineState::Fine);
        let share = Thresholds { units: None, permille: Some(100), value_minor: None };
        assert!(!share.is_over(-1, 10, 1));
        assert!(share.is_over(-2, 10, 1));
        assert!(share.is_over(1, 0, 1), "found where nothing was expected");
    }
}
