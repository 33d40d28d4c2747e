//! What one store's chain says about a transfer.

use super::{Step, StepKind};
use crate::approval::Standing;
use crate::event::LedgerEvent;
use crate::id::{EventId, PersonId};
use crate::instant::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A step that was taken: what, when, by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// When it took effect.
    pub at: Timestamp,
    /// The event that says so.
    pub event: EventId,
    /// Who. What the hour brings is recorded in the name of who set the clock running.
    pub by: PersonId,
    /// Its pieces at the shelf prices of that moment, in minor units.
    pub value_minor: i64,
    /// Of a request: whether it needs somebody's word.
    pub standing: Standing,
    /// What was done.
    pub step: Step,
}

/// What one store's chain says about a transfer: each step at most once, so that it does not depend on the order of
/// arrival.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Side(BTreeMap<StepKind, Taken>);

impl Side {
    /// Takes a step. [`crate::accept`] lets none through twice; of two the earlier counts.
    pub fn take(&mut self, event: &LedgerEvent, step: &Step) {
        let taken = Taken {
            at: event.effective_at(),
            event: event.event.id,
            by: event.event.person.clone(),
            value_minor: event.stamp.value_minor,
            standing: event.stamp.standing,
            step: step.clone(),
        };
        let known = self.0.entry(step.kind()).or_insert_with(|| taken.clone());
        if (taken.at, taken.event) < (known.at, known.event) {
            *known = taken;
        }
    }

    /// The step, if the store took it.
    #[must_use]
    pub fn step(&self, kind: StepKind) -> Option<&Taken> {
        self.0.get(&kind)
    }

    /// Every step that the store took.
    pub fn steps(&self) -> impl Iterator<Item = &Taken> {
        self.0.values()
    }
}

#[cfg(test)]
impl FromIterator<Taken> for Side {
    fn from_iter<I: IntoIterator<Item = Taken>>(steps: I) -> Self {
        Self(steps.into_iter().map(|taken| (taken.step.kind(), taken)).collect())
    }
}
