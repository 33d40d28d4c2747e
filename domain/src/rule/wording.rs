//! Rules in plain words. How a sentence is built stands here once; the words themselves are each language's.

use super::{Bound, Compare, Condition, Is, Reason};
use crate::measure::{Figure, Measure, Unit};

/// A language's words for rules.
pub trait Words {
    /// What a measure is called.
    fn measure(&self, measure: Measure) -> String;
    /// A figure in its unit; `tenths` of it, as [`Figure::tenths`] rounds.
    fn figure(&self, tenths: i64, unit: Unit) -> String;
    /// So many per cent of a measure.
    fn share(&self, percent: u32, of: &str) -> String;
    /// A comparison: "{measure} is below {bound}".
    fn compare(&self, measure: &str, is: Is, bound: &str) -> String;
    /// A comparison with what the figures are: "{measure} is {figure}, below {bound}".
    fn found(&self, measure: &str, figure: &str, is: Is, bound: &str) -> String;
    /// The same of one that does not hold: "{measure} is {figure}, not below {bound}".
    fn found_not(&self, measure: &str, figure: &str, is: Is, bound: &str) -> String;
    /// Each of the parts.
    fn all(&self, parts: &[String]) -> String;
    /// At least one of the parts.
    fn any(&self, parts: &[String]) -> String;
    /// The opposite.
    fn not(&self, part: &str) -> String;
    /// A part that stands within another of a different kind, so that nobody misreads what belongs together.
    fn within(&self, part: &str) -> String;
}

/// A condition as a sentence.
#[must_use]
pub fn sentence(condition: &Condition, words: &impl Words) -> String {
    match condition {
        Condition::All(parts) => words.all(&phrases(parts, words)),
        Condition::Any(parts) => words.any(&phrases(parts, words)),
        Condition::Not(part) => words.not(&phrase(part, words)),
        Condition::Compare(compare) => {
            words.compare(&words.measure(compare.measure), compare.is, &bound(*compare, words))
        }
    }
}

/// Why something fired: a phrase for each comparison, with its figures.
#[must_use]
pub fn because(reasons: &[Reason], words: &impl Words) -> Vec<String> {
    let phrase = |reason: &Reason| {
        let compare = reason.compare;
        let show = |figure: Figure| words.figure(figure.tenths(), compare.measure.unit());
        let measure = words.measure(compare.measure);
        let bound = match compare.than {
            Bound::Value(_) => show(reason.bound),
            Bound::Share { .. } => format!("{} ({})", self::bound(compare, words), show(reason.bound)),
        };
        if reason.holds {
            words.found(&measure, &show(reason.figure), compare.is, &bound)
        } else {
            words.found_not(&measure, &show(reason.figure), compare.is, &bound)
        }
    };
    reasons.iter().map(phrase).collect()
}

fn bound(compare: Compare, words: &impl Words) -> String {
    match compare.than {
        Bound::Value(value) => words.figure(Figure::whole(value).tenths(), compare.measure.unit()),
        Bound::Share { percent: 100, of } => words.measure(of),
        Bound::Share { percent, of } => words.share(percent, &words.measure(of)),
    }
}

fn phrases(parts: &[Condition], words: &impl Words) -> Vec<String> {
    parts.iter().map(|part| phrase(part, words)).collect()
}

/// A part of a group: brackets around what is a group of several itself.
fn phrase(part: &Condition, words: &impl Words) -> String {
    let said = sentence(part, words);
    match part {
        Condition::All(parts) | Condition::Any(parts) if parts.len() > 1 => words.within(&said),
        Condition::All(_) | Condition::Any(_) | Condition::Not(_) | Condition::Compare(_) => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// Bare words, to show how sentences are built.
    struct Bare;

    impl Words for Bare {
        fn measure(&self, measure: Measure) -> String {
            measure.code().to_owned()
        }
        fn figure(&self, tenths: i64, unit: Unit) -> String {
            format!("{}.{} {unit:?}", tenths / 10, tenths % 10)
        }
        fn share(&self, percent: u32, of: &str) -> String {
            format!("{percent} % of {of}")
        }
        fn compare(&self, measure: &str, is: Is, bound: &str) -> String {
            format!("{measure} {is:?} {bound}")
        }
        fn found(&self, measure: &str, figure: &str, is: Is, bound: &str) -> String {
            format!("{measure} = {figure}, {is:?} {bound}")
        }
        fn found_not(&self, measure: &str, figure: &str, is: Is, bound: &str) -> String {
            format!("{measure} = {figure}, not {is:?} {bound}")
        }
        fn all(&self, parts: &[String]) -> String {
            parts.join(" and ")
        }
        fn any(&self, parts: &[String]) -> String {
            parts.join(" or ")
        }
        fn not(&self, part: &str) -> String {
            format!("not {part}")
        }
        fn within(&self, part: &str) -> String {
            format!("({part})")
        }
    }

    #[test]
    fn sentences_show_what_belongs_together() {
        use Measure::*;
        let compare = |measure, is, than| Condition::Compare(Compare { measure, is, than });
        let is_slow = compare(Sold7d, Is::AtMost, Bound::Value(4));
        let when = Condition::All(vec![
            compare(OnHand, Is::Below, Bound::Share { percent: 150, of: SafetyStock }),
            Condition::Any(vec![compare(Growth3d, Is::Above, Bound::Value(30)), Condition::Not(Box::new(is_slow))]),
        ]);
        assert_eq!(
            sentence(&when, &Bare),
            "on_hand Below 150 % of safety_stock and (growth_3d Above 30.0 Percent or not sold_7d AtMost 4.0 Pieces)"
        );
        let whole = [(OnHand, 9), (SafetyStock, 10), (Sold7d, 5)].map(|(measure, n)| (measure, Figure::whole(n)));
        let mut figures = BTreeMap::from(whole);
        figures.insert(Growth3d, Figure::ratio(61, 2));
        assert_eq!(
            because(&when.reasons(&figures), &Bare),
            [
                "on_hand = 9.0 Pieces, Below 150 % of safety_stock (15.0 Pieces)",
                "growth_3d = 30.5 Percent, Above 30.0 Percent",
                "sold_7d = 5.0 Pieces, not AtMost 4.0 Pieces",
            ]
        );
    }
}
