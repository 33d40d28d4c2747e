//! The warnings that nobody has taken, in memory: how many wait for a person is asked with every page.

use crate::store::warning::{FiringRow, SavedRule};
use domain::id::{EventId, RuleCode, StoreCode};
use domain::instant::Timestamp;
use domain::policy::Role;
use std::collections::BTreeMap;

/// The warnings that are open and nobody's, by store.
#[derive(Debug, Default)]
pub struct OpenWarnings {
    waiting: BTreeMap<StoreCode, BTreeMap<EventId, Waiting>>,
    /// Whom each version of each rule tells.
    told: BTreeMap<(RuleCode, u32), Vec<Role>>,
}

#[derive(Debug)]
struct Waiting {
    rule: (RuleCode, u32),
    tell_at: Timestamp,
}

impl OpenWarnings {
    /// Takes every version of every rule.
    pub fn set_rules(&mut self, rules: &[SavedRule]) {
        let told = |SavedRule { rule, .. }: &SavedRule| {
            ((rule.code.clone(), rule.version), rule.tell.iter().map(|telling| telling.role).collect())
        };
        self.told = rules.iter().map(told).collect();
    }

    /// Takes all open warnings in place of those that were known.
    pub fn replace(&mut self, rows: &[FiringRow]) {
        self.waiting.clear();
        rows.iter().for_each(|row| self.note(row));
    }

    /// Notes how a warning stands now.
    pub fn note(&mut self, row: &FiringRow) {
        let firing = &row.firing;
        if firing.closed.is_none() && firing.owner().is_none() {
            let waiting = Waiting { rule: (firing.rule.clone(), firing.version), tell_at: row.tell_at };
            self.waiting.entry(firing.store.clone()).or_default().insert(firing.id, waiting);
        } else if let Some(of_store) = self.waiting.get_mut(&firing.store) {
            of_store.remove(&firing.id);
        }
    }

    /// How many of the stores' warnings somebody of that role is told of by now.
    #[must_use]
    pub fn count<'a>(&self, stores: impl IntoIterator<Item = &'a StoreCode>, role: Role, now: Timestamp) -> usize {
        let is_told = |waiting: &&Waiting| {
            waiting.tell_at <= now && self.told.get(&waiting.rule).is_some_and(|roles| roles.contains(&role))
        };
        stores
            .into_iter()
            .filter_map(|store| self.waiting.get(store))
            .map(|of_store| of_store.values().filter(is_told).count())
            .sum()
    }
}
