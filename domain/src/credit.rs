//! Store credit 门店信用: how far a store's word can be relied on, from what became of its transfers.
//!
//! Every point cites the event that made it ([`Point`]). Points age, and together they make the score:
//!
//! - A point of age *a* weighs `weight × 2^(−a / 90 days)`, straight between the halvings.
//! - Points are added up for each store dealt with: *g* for, *b* against. Where `g + b` is more than 5, both are scaled
//!   down to make 5: no single partner, and no accomplice, has more say than that.
//! - `score = 1000 × (7 + Σ g) / (10 + Σ g + Σ b)`: a share of dealings gone well, with ten dealings at 70 % assumed of
//!   a store nobody knows (the mean of a beta distribution with that prior; see Jøsang and Ismail, “The Beta Reputation
//!   System”, 2002).
//!
//! All of it is in thousandths of a point and whole numbers, so that phone and server agree.

mod appeal;
mod page;
mod point;

pub(crate) use appeal::check_credit;
pub use appeal::{Appeal, CreditEvent, Word};
pub use page::{CreditList, CreditPage, CreditRow};
pub use point::{Point, PointKey, PointKind, points};

use crate::id::StoreCode;
use crate::instant::{DAY_MS, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// After so long a point weighs half, in milliseconds.
pub const HALF_LIFE_MS: i64 = 90 * DAY_MS;
/// How far back the trend looks, in milliseconds.
pub const TREND_MS: i64 = 30 * DAY_MS;
/// From this score on a store's credit is high.
pub const HIGH_SCORE: u16 = 800;
/// Below this score it is low.
pub const LOW_SCORE: u16 = 600;
/// The most say one partner has, in thousandths of a point.
const PARTNER_MAX: i64 = 5_000;
const PRIOR_GOOD: i64 = 7_000;
const PRIOR: i64 = 10_000;

/// How far a store can be relied on, for rules that ask no finer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// It lets others down: nothing goes without the region's word.
    Low,
    /// As most are, and as a new store is.
    Normal,
    /// It may do more alone.
    High,
}

impl Band {
    /// The band of a score.
    #[must_use]
    pub fn of(score: u16) -> Self {
        match score {
            ..LOW_SCORE => Self::Low,
            HIGH_SCORE.. => Self::High,
            _ => Self::Normal,
        }
    }

    /// The stable code, as on the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }
}

/// A point and what it counts for now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The point.
    pub point: Point,
    /// Thousandths it adds (or, negative, takes) now: aged, and scaled to its partner's say. 0 when struck.
    pub counts: i64,
    /// The dispute about it.
    pub appeal: Appeal,
}

/// A store's credit at some moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// 0 to 1000; 700 for a store without any point.
    pub score: u16,
    /// Score now less score 30 days ago; what was struck since is taken out of both.
    pub trend: i32,
    /// Its band.
    pub band: Band,
    /// Every point, the newest first.
    pub points: Vec<Counted>,
}

/// A store's credit at `now` from its points (see [`points`]) and the disputes about them.
#[must_use]
pub fn credit(points: &[Point], appeals: &BTreeMap<PointKey, Appeal>, now: Timestamp) -> Credit {
    let mut counted = count(points, appeals, now);
    let score = score(&counted);
    let before = self::score(&count(points, appeals, now.plus_ms(-TREND_MS)));
    counted.sort_by(|a, b| (b.point.at, &b.point.key).cmp(&(a.point.at, &a.point.key)));
    let trend = i32::from(score) - i32::from(before);
    Credit { score, trend, band: Band::of(score), points: counted }
}

/// The points made until `now`, each with what it counts for then.
fn count(points: &[Point], appeals: &BTreeMap<PointKey, Appeal>, now: Timestamp) -> Vec<Counted> {
    let mut counted = Vec::new();
    let mut says: BTreeMap<&StoreCode, i64> = BTreeMap::new();
    for point in points.iter().filter(|point| point.at <= now) {
        let appeal = appeals.get(&point.key).cloned().unwrap_or_default();
        let counts = if appeal.is_granted() { 0 } else { aged(point.weight, now.since(point.at)) };
        *says.entry(&point.with).or_default() += counts.abs();
        counted.push(Counted { point: point.clone(), counts, appeal });
    }
    for of in &mut counted {
        let say = says.get(&of.point.with).copied().unwrap_or(0);
        if say > PARTNER_MAX {
            of.counts = of.counts * PARTNER_MAX / say;
        }
    }
    counted
}

fn score(counted: &[Counted]) -> u16 {
    let good: i64 = counted.iter().map(|of| of.counts.max(0)).sum();
    let bad: i64 = counted.iter().map(|of| -of.counts.min(0)).sum();
    let score = 1_000 * (PRIOR_GOOD + good) / (PRIOR + good + bad);
    u16::try_from(score).expect("a share of a thousand, since neither sum is negative")
}

/// What a weight is after `age_ms`: half after each half-life, straight between.
fn aged(weight: i64, age_ms: i64) -> i64 {
    let (n_halvings, rest) = (age_ms / HALF_LIFE_MS, age_ms % HALF_LIFE_MS);
    // After 20 halvings nothing is left of a few thousand.
    if n_halvings >= 20 {
        return 0;
    }
    (weight / (1 << n_halvings)) * (2 * HALF_LIFE_MS - rest) / (2 * HALF_LIFE_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_halves_every_ninety_days() {
        let days = |days: i64| aged(-1_500, days * DAY_MS);
        assert_eq!([0, 45, 90, 180, 10_000].map(days), [-1_500, -1_125, -750, -375, 0]);
    }

    #[test]
    fn a_store_without_points_is_as_most_are() {
        let nobody = credit(&[], &BTreeMap::new(), Timestamp::from_unix_ms(0));
        assert_eq!((nobody.score, nobody.trend, nobody.band), (700, 0, Band::Normal));
        assert_eq!(
            [0, 599, 600, 799, 800, 1_000].map(Band::of).map(Band::code),
            ["low", "low", "normal", "normal", "high", "high"]
        );
    }
}
