//! What the server holds in memory beside the database: master data and people's names.

use super::master::Masters;
use domain::id::PersonId;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// People's names as shown beside their traces.
pub type PersonNames = BTreeMap<PersonId, String>;

/// Master data and people's names, replaceable while the server runs. Cheap to clone; clones see the same.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    masters: Arc<RwLock<Arc<Masters>>>,
    people: Arc<RwLock<Arc<PersonNames>>>,
}

impl Directory {
    /// Starts with these.
    #[must_use]
    pub fn new(masters: Masters, people: PersonNames) -> Self {
        Self { masters: Arc::new(RwLock::new(Arc::new(masters))), people: Arc::new(RwLock::new(Arc::new(people))) }
    }

    /// The master data as of now.
    #[must_use]
    pub fn masters(&self) -> Arc<Masters> {
        // A reader or writer only swaps pointers and cannot panic half-way: a poisoned lock still holds good data.
        Arc::clone(&self.masters.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// People's names as of now.
    #[must_use]
    pub fn people(&self) -> Arc<PersonNames> {
        Arc::clone(&self.people.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the master data.
    pub fn set_masters(&self, masters: Masters) {
        *self.masters.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(masters);
    }

    /// Replaces people's names.
    pub fn set_people(&self, people: PersonNames) {
        *self.people.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(people);
    }
}
