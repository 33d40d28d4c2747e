//! From "it is true" to "it fires now".

use super::{Rule, Truth};
use crate::instant::{MINUTE_MS, Timestamp};
use serde::{Deserialize, Serialize};

/// What a rule remembers of one line.
///
/// It is a record of what was known when, not a fold of the ledger: an event that arrives late raises no warning in
/// the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Watch {
    /// Since when the condition holds, while it does.
    pub since: Option<Timestamp>,
    /// When it fired last.
    pub fired_at: Option<Timestamp>,
}

/// What a look at a line leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// It has become true: somebody is to do something.
    Raised,
    /// It is still true, and the time after which it may fire again is over.
    Again,
    /// It is true no longer.
    Cleared,
}

impl Watch {
    /// Takes what the rule's condition says now.
    ///
    /// It fires when the condition becomes true, and again while it stays true; in both cases not before
    /// [`Rule::again_after_h`] has passed since it last fired, so that a stock that goes up and down around its bound
    /// warns once. It clears when the condition is false; an unknown one changes nothing.
    pub fn step(&mut self, rule: &Rule, truth: Truth, now: Timestamp) -> Option<Step> {
        match truth {
            Truth::Unknown => None,
            Truth::False => self.since.take().map(|_| Step::Cleared),
            Truth::True => {
                let since = *self.since.get_or_insert(now);
                let rest_ms = i64::from(rule.again_after_h) * 60 * MINUTE_MS;
                if self.fired_at.is_some_and(|fired_at| now.since(fired_at) < rest_ms) {
                    return None;
                }
                let has_fired = self.fired_at.is_some_and(|fired_at| fired_at >= since);
                self.fired_at = Some(now);
                Some(if has_fired { Step::Again } else { Step::Raised })
            }
        }
    }
}
