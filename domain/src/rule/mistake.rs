//! What is wrong with a rule, and where.

use super::{Bound, Compare, Condition, Goods, Is, Places, Rule};
use crate::measure::{Measure, Subject, Unit};
use crate::movement::UNITS_MAX;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Groups within groups, at most: nobody reads more.
pub const DEPTH_MAX: usize = 5;
/// Comparisons of one rule, at most.
pub const COMPARISONS_MAX: usize = 20;
/// The longest time until a rule may fire again, in hours: 90 days.
pub const AGAIN_MAX_H: u32 = 90 * 24;
/// The greatest share of another measure, in per cent.
pub const SHARE_MAX_PERCENT: u32 = 10_000;
/// The longest name, in characters.
pub const NAME_MAX_CHARS: usize = 60;

/// One mistake of a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{at}: {kind}")]
pub struct Mistake {
    /// Where: a JSON pointer (RFC 6901) into the rule, such as `/when/all/1/compare/than`.
    pub at: String,
    /// What.
    pub kind: MistakeKind,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum MistakeKind {
    /// A name is empty or too long.
    #[error("a name must have 1 to {NAME_MAX_CHARS} characters")]
    Name,
    /// Versions start at 1.
    #[error("the first version is 1")]
    Version,
    /// A group without parts.
    #[error("the group is empty; add a comparison or remove it")]
    EmptyGroup,
    /// Groups within groups within groups.
    #[error("more than {DEPTH_MAX} groups within each other; make two rules of it")]
    TooDeep,
    /// Too many comparisons.
    #[error("{n} comparisons; at most {COMPARISONS_MAX} are possible")]
    TooMany {
        /// How many.
        n: usize,
    },
    /// A measure is compared with itself.
    #[error("it is compared with itself; choose another measure or a number")]
    WithItself,
    /// Pieces are compared with days.
    #[error("{left:?} cannot be compared with {right:?}; choose a measure of the same unit")]
    Units {
        /// The measure's unit.
        left: Unit,
        /// That of what it is compared with.
        right: Unit,
    },
    /// A number is absurd.
    #[error("{value} is beyond what can be: up to {UNITS_MAX}, either way")]
    Value {
        /// The number.
        value: i64,
    },
    /// A share is nothing or absurd.
    #[error("a share is 1 to {SHARE_MAX_PERCENT} per cent; compare with 0 to ask for nothing")]
    Share {
        /// The share.
        percent: u32,
    },
    /// A ratio is hardly ever equal to something.
    #[error("this measure is a ratio and hardly ever exactly equal; use at least or at most")]
    EqualRatio,
    /// No figure makes it true.
    #[error("it is never true: the measure has no such figures")]
    NeverTrue,
    /// Every figure makes it true.
    #[error("it is always true: the measure has no other figures")]
    AlwaysTrue,
    /// With another comparison of the group it is never true.
    #[error("it can never be true together with {with}")]
    Contradiction {
        /// Where the other is.
        with: String,
    },
    /// One of it and another comparison of the group is always true.
    #[error("one of this and {with} is always true")]
    Tautology {
        /// Where the other is.
        with: String,
    },
    /// Only measures of the store: the rule would fire for each of its products at once.
    #[error("it looks only at the store; add a comparison of the product, such as its stock")]
    OnlyStore,
    /// A list of stores, regions, categories or products is empty.
    #[error("nothing is chosen; choose at least one, or all")]
    NothingChosen,
    /// Nobody is told.
    #[error("nobody is told; choose at least one role")]
    NobodyTold,
    /// A role is named more than once.
    #[error("this role is told already; put the channels together")]
    ToldTwice,
    /// Somebody is told by no channel.
    #[error("no channel is chosen; choose at least one")]
    NoChannel,
    /// The chain has no such channel.
    #[error("the chain has no channel {channel:?}")]
    UnknownChannel {
        /// Its code.
        channel: String,
    },
    /// Quiet hours are no times of day, or without end.
    #[error("quiet hours are two different times of day, in minutes from 0 to 1439")]
    QuietHours,
    /// The rule may fire again at once, or hardly ever.
    #[error("the time until it may fire again is 1 to {AGAIN_MAX_H} hours")]
    Again,
}

/// Everything that is wrong with a rule; empty for one that may go to work. `channels` are the codes of the channels
/// that the chain has.
#[must_use]
pub fn check(rule: &Rule, channels: &BTreeSet<String>) -> Vec<Mistake> {
    let mut found = Found(Vec::new());
    for (language, name) in [("zh", &rule.name.zh), ("en", &rule.name.en)] {
        if !(1..=NAME_MAX_CHARS).contains(&name.trim().chars().count()) {
            found.at(format!("/name/{language}"), MistakeKind::Name);
        }
    }
    if rule.version == 0 {
        found.at("/version", MistakeKind::Version);
    }
    found.condition(&rule.when, "/when", 0);
    let n = n_comparisons(&rule.when);
    if n > COMPARISONS_MAX {
        found.at("/when", MistakeKind::TooMany { n });
    }
    let measures = rule.when.measures();
    if !measures.is_empty() && measures.iter().all(|measure| measure.subject() == Subject::Store) {
        found.at("/when", MistakeKind::OnlyStore);
    }
    match &rule.reach.places {
        Places::Regions(regions) if regions.is_empty() => found.at("/reach/places/regions", MistakeKind::NothingChosen),
        Places::Stores(stores) if stores.is_empty() => found.at("/reach/places/stores", MistakeKind::NothingChosen),
        Places::Chain | Places::Regions(_) | Places::Stores(_) => {}
    }
    match &rule.reach.goods {
        Goods::Categories(some) if some.is_empty() => found.at("/reach/goods/categories", MistakeKind::NothingChosen),
        Goods::Products(some) if some.is_empty() => found.at("/reach/goods/products", MistakeKind::NothingChosen),
        Goods::All | Goods::Categories(_) | Goods::Products(_) => {}
    }
    found.telling(rule, channels);
    if let Some(quiet) = rule.quiet
        && (quiet.from_min == quiet.to_min || quiet.from_min.max(quiet.to_min) >= 1_440)
    {
        found.at("/quiet", MistakeKind::QuietHours);
    }
    if !(1..=AGAIN_MAX_H).contains(&rule.again_after_h) {
        found.at("/again_after_h", MistakeKind::Again);
    }
    found.0
}

fn n_comparisons(condition: &Condition) -> usize {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().map(n_comparisons).sum(),
        Condition::Not(part) => n_comparisons(part),
        Condition::Compare(_) => 1,
    }
}

/// The mistakes found so far.
struct Found(Vec<Mistake>);

impl Found {
    fn at(&mut self, at: impl Into<String>, kind: MistakeKind) {
        self.0.push(Mistake { at: at.into(), kind });
    }

    fn telling(&mut self, rule: &Rule, channels: &BTreeSet<String>) {
        if rule.tell.is_empty() {
            self.at("/tell", MistakeKind::NobodyTold);
        }
        for (index, telling) in rule.tell.iter().enumerate() {
            let at = format!("/tell/{index}");
            if rule.tell[..index].iter().any(|before| before.role == telling.role) {
                self.at(format!("{at}/role"), MistakeKind::ToldTwice);
            }
            if telling.channels.is_empty() {
                self.at(format!("{at}/channels"), MistakeKind::NoChannel);
            }
            for channel in telling.channels.difference(channels) {
                self.at(format!("{at}/channels"), MistakeKind::UnknownChannel { channel: channel.clone() });
            }
        }
    }

    fn condition(&mut self, condition: &Condition, at: &str, depth: usize) {
        if depth > DEPTH_MAX {
            return self.at(at, MistakeKind::TooDeep);
        }
        let (parts, name) = match condition {
            Condition::All(parts) => (parts, "all"),
            Condition::Any(parts) => (parts, "any"),
            Condition::Not(part) => return self.condition(part, &format!("{at}/not"), depth + 1),
            Condition::Compare(compare) => return self.compare(*compare, &format!("{at}/compare")),
        };
        if parts.is_empty() {
            return self.at(format!("{at}/{name}"), MistakeKind::EmptyGroup);
        }
        for (index, part) in parts.iter().enumerate() {
            let here = format!("{at}/{name}/{index}");
            self.condition(part, &here, depth + 1);
            let Condition::Compare(this) = part else { continue };
            // On a line, intervals that meet two by two meet all at once (Helly), so looking at pairs is enough.
            let clashes = |other: &Condition| match (condition, other) {
                (Condition::All(_), Condition::Compare(other)) => contradict(*this, *other),
                (_, Condition::Compare(other)) => cover(*this, *other),
                _ => false,
            };
            if let Some(other) = parts[..index].iter().position(clashes) {
                let with = format!("{at}/{name}/{other}");
                let kind = match condition {
                    Condition::All(_) => MistakeKind::Contradiction { with },
                    _ => MistakeKind::Tautology { with },
                };
                self.at(here, kind);
            }
        }
    }

    fn compare(&mut self, compare: Compare, at: &str) {
        let measure = compare.measure;
        match compare.than {
            Bound::Value(value) if value.unsigned_abs() > UNITS_MAX.unsigned_abs() => {
                return self.at(format!("{at}/than/value"), MistakeKind::Value { value });
            }
            Bound::Value(value) => {
                let (holds, possible) = (Span::of(compare.is, value, measure.is_whole()), Span::possible(measure));
                if holds.meets(possible).is_none() {
                    self.at(format!("{at}/than/value"), MistakeKind::NeverTrue);
                } else if holds.meets(possible) == Some(possible) {
                    self.at(format!("{at}/than/value"), MistakeKind::AlwaysTrue);
                }
            }
            Bound::Share { percent, of } => {
                if of == measure {
                    self.at(format!("{at}/than/share/of"), MistakeKind::WithItself);
                } else if of.unit() != measure.unit() {
                    let (left, right) = (measure.unit(), of.unit());
                    self.at(format!("{at}/than/share/of"), MistakeKind::Units { left, right });
                }
                if !(1..=SHARE_MAX_PERCENT).contains(&percent) {
                    self.at(format!("{at}/than/share/percent"), MistakeKind::Share { percent });
                }
            }
        }
        if compare.is == Is::Equal && !measure.is_whole() {
            self.at(format!("{at}/is"), MistakeKind::EqualRatio);
        }
    }
}

/// The figures that make a comparison true, on a grid of halves: an even number is twice a whole one, an odd number
/// stands for everything between two. So "above 4" begins at 9 for a ratio and at 10 for pieces. Both ends are within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    from: i64,
    to: i64,
}

impl Span {
    fn of(is: Is, value: i64, is_whole: bool) -> Self {
        let (at, next) = (value * 2, if is_whole { 2 } else { 1 });
        match is {
            Is::Below => Self { from: i64::MIN, to: at - next },
            Is::AtMost => Self { from: i64::MIN, to: at },
            Is::Equal => Self { from: at, to: at },
            Is::AtLeast => Self { from: at, to: i64::MAX },
            Is::Above => Self { from: at + next, to: i64::MAX },
        }
    }

    fn possible(measure: Measure) -> Self {
        let (least, most) = measure.range();
        Self { from: least.map_or(i64::MIN, |least| least * 2), to: most.map_or(i64::MAX, |most| most * 2) }
    }

    fn meets(self, other: Self) -> Option<Self> {
        let (from, to) = (self.from.max(other.from), self.to.min(other.to));
        (from <= to).then_some(Self { from, to })
    }
}

/// The spans of two comparisons of the same measure with numbers, or with the same share of another: then that is the
/// origin. And how far apart neighbouring figures are.
fn spans(a: Compare, b: Compare) -> Option<(Span, Span, i64)> {
    let is_whole = a.measure.is_whole();
    let in_range = |value: i64| value.unsigned_abs() <= UNITS_MAX.unsigned_abs();
    match (a.than, b.than) {
        _ if a.measure != b.measure => None,
        (Bound::Value(x), Bound::Value(y)) if in_range(x) && in_range(y) => {
            Some((Span::of(a.is, x, is_whole), Span::of(b.is, y, is_whole), if is_whole { 2 } else { 1 }))
        }
        (x, y) if x == y => Some((Span::of(a.is, 0, false), Span::of(b.is, 0, false), 1)),
        _ => None,
    }
}

fn contradict(a: Compare, b: Compare) -> bool {
    spans(a, b).is_some_and(|(a, b, _)| a.meets(b).is_none())
}

/// Whether every figure is in one of the two.
fn cover(a: Compare, b: Compare) -> bool {
    spans(a, b).is_some_and(|(a, b, next)| {
        let (low, high) = if a.from <= b.from { (a, b) } else { (b, a) };
        low.from == i64::MIN && high.to == i64::MAX && high.from <= low.to.saturating_add(next)
    })
}
