//! Conditions: comparisons of measures, joined by and, or, not.

use crate::measure::{Figure, Figures, Measure};
use serde::{Deserialize, Serialize};

/// When a rule warns. In JSON: `{"all": […]}`, `{"any": […]}`, `{"not": …}`, or
/// `{"compare": {"measure": "on_hand", "is": "below", "than": {"value": 5}}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Each of them holds.
    All(Vec<Self>),
    /// At least one of them holds.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// A measure compares so.
    Compare(Compare),
}

/// A measure compared with something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// What is compared.
    pub measure: Measure,
    /// How.
    pub is: Is,
    /// With what.
    pub than: Bound,
}

/// How two figures compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Is {
    /// Less.
    Below,
    /// Less or equal.
    AtMost,
    /// Equal.
    Equal,
    /// More or equal.
    AtLeast,
    /// More.
    Above,
}

impl Is {
    /// Every way, from less to more.
    pub const ALL: [Self; 5] = [Self::Below, Self::AtMost, Self::Equal, Self::AtLeast, Self::Above];

    fn holds(self, left: Figure, right: Figure) -> bool {
        match self {
            Self::Below => left < right,
            Self::AtMost => left <= right,
            Self::Equal => left == right,
            Self::AtLeast => left >= right,
            Self::Above => left > right,
        }
    }
}

/// What a measure is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// A number, in the measure's unit.
    Value(i64),
    /// So many per cent of another measure: `{"share": {"percent": 150, "of": "safety_stock"}}`.
    Share {
        /// 100 is the measure itself.
        percent: u32,
        /// Which measure.
        of: Measure,
    },
}

impl Bound {
    fn figure(self, figures: &impl Figures) -> Option<Figure> {
        match self {
            Self::Value(value) => Some(Figure::whole(value)),
            Self::Share { percent, of } => Some(figures.figure(of)?.percent(i64::from(percent))),
        }
    }
}

/// Whether something holds, in Kleene's strong three-valued logic (*Introduction to Metamathematics*, 1952, § 64).
///
/// A comparison with an unknown figure is unknown. `All` is false as soon as one part is, whatever is unknown; `Any` is
/// true as soon as one part is; the opposite of unknown is unknown. A rule warns on [`Self::True`] alone: what nobody
/// knows raises no warning, and ends none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// It does not hold.
    False,
    /// Nobody can tell. Between the other two, so that "and" is the least and "or" the greatest of its parts.
    Unknown,
    /// It holds.
    True,
}

impl Truth {
    /// Every truth, from least to greatest.
    pub const ALL: [Self; 3] = [Self::False, Self::Unknown, Self::True];
}

/// The opposite of what is known.
impl std::ops::Not for Truth {
    type Output = Self;
    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

/// Why a condition holds: one of its comparisons, with the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The comparison.
    pub compare: Compare,
    /// What the measure said.
    pub figure: Figure,
    /// What it was compared with.
    pub bound: Figure,
    /// Whether the comparison holds. Below a `not` it is the failing one that matters.
    pub holds: bool,
}

impl Compare {
    fn reason(self, figures: &impl Figures) -> Option<Reason> {
        let (figure, bound) = (figures.figure(self.measure)?, self.than.figure(figures)?);
        Some(Reason { compare: self, figure, bound, holds: self.is.holds(figure, bound) })
    }

    /// The measures it looks at.
    pub(super) fn measures(self) -> impl Iterator<Item = Measure> {
        let other = match self.than {
            Bound::Value(_) => None,
            Bound::Share { of, .. } => Some(of),
        };
        [self.measure].into_iter().chain(other)
    }
}

impl Condition {
    /// Whether it holds. Reads no measure that does not matter any more.
    #[must_use]
    pub fn judge(&self, figures: &impl Figures) -> Truth {
        match self {
            Self::All(parts) => first_or(parts, figures, Truth::False, Truth::min, Truth::True),
            Self::Any(parts) => first_or(parts, figures, Truth::True, Truth::max, Truth::False),
            Self::Not(part) => !part.judge(figures),
            Self::Compare(compare) => {
                compare.reason(figures).map_or(Truth::Unknown, |reason| Truth::from(reason.holds))
            }
        }
    }

    /// Why it holds: every comparison that makes it true, in the order written. Empty where it does not hold.
    #[must_use]
    pub fn reasons(&self, figures: &impl Figures) -> Vec<Reason> {
        let mut reasons = Vec::new();
        if self.judge(figures) == Truth::True {
            self.explain(figures, Truth::True, &mut reasons);
        }
        reasons
    }

    /// Adds the comparisons that make it `wanted`, which it is.
    fn explain(&self, figures: &impl Figures, wanted: Truth, reasons: &mut Vec<Reason>) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                for part in parts.iter().filter(|part| part.judge(figures) == wanted) {
                    part.explain(figures, wanted, reasons);
                }
            }
            Self::Not(part) => part.explain(figures, !wanted, reasons),
            Self::Compare(compare) => reasons.extend(compare.reason(figures)),
        }
    }

    /// The measures it looks at, once each.
    #[must_use]
    pub fn measures(&self) -> std::collections::BTreeSet<Measure> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::measures).collect(),
            Self::Not(part) => part.measures(),
            Self::Compare(compare) => compare.measures().collect(),
        }
    }
}

/// Joins the parts' truths, up to the first that decides it.
fn first_or(
    parts: &[Condition],
    figures: &impl Figures,
    decides: Truth,
    join: impl Fn(Truth, Truth) -> Truth,
    none: Truth,
) -> Truth {
    let mut truth = none;
    for part in parts {
        truth = join(truth, part.judge(figures));
        if truth == decides {
            break;
        }
    }
    truth
}
