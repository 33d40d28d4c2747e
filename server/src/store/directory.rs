//! What the server holds in memory beside the database: master data, people's names, and who works here. What somebody
//! may is always asked of the database.

use super::master::Masters;
use super::person::Account;
use domain::id::PersonId;
use domain::policy::Viewer;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// People's names as shown beside their traces.
pub type PersonNames = BTreeMap<PersonId, String>;

/// Master data and people, replaceable while the server runs. Cheap to clone; clones see the same.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    masters: Arc<RwLock<Arc<Masters>>>,
    people: Arc<RwLock<Arc<PersonNames>>>,
    workers: Arc<RwLock<Arc<Vec<Viewer>>>>,
}

impl Directory {
    /// Starts with these.
    #[must_use]
    pub fn new(masters: Masters, people: PersonNames) -> Self {
        Self {
            masters: Arc::new(RwLock::new(Arc::new(masters))),
            people: Arc::new(RwLock::new(Arc::new(people))),
            workers: Arc::default(),
        }
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

    /// Those whose accounts may be used, as of a minute ago at most: whom something is told.
    #[must_use]
    pub fn workers(&self) -> Arc<Vec<Viewer>> {
        Arc::clone(&self.workers.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces what is known of people.
    pub fn set_accounts(&self, accounts: &[Account]) {
        let names = accounts.iter().map(|account| (account.viewer.id.clone(), account.viewer.name.clone())).collect();
        let enabled = accounts.iter().filter(|account| !account.is_disabled);
        let workers = enabled.map(|account| account.viewer.clone()).collect();
        *self.people.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(names);
        *self.workers.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(workers);
    }
}
