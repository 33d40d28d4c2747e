//! Credit as pages show it.

use super::{Band, Credit};
use crate::id::PersonId;
use crate::instant::Timestamp;
use crate::transfer::NamedStore;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A store's credit with all that its page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditPage {
    /// The server's clock.
    pub now: Timestamp,
    /// The store.
    pub store: NamedStore,
    /// Its score, and the points it comes from.
    pub credit: Credit,
    /// The stores it dealt with.
    pub stores: Vec<NamedStore>,
    /// Names of the people who disputed or decided.
    pub people: BTreeMap<PersonId, String>,
    /// Whether the viewer may dispute a point.
    pub may_dispute: bool,
    /// Whether the viewer may decide about a dispute.
    pub may_judge: bool,
}

/// A store's credit in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditRow {
    /// The store.
    pub store: NamedStore,
    /// 0 to 1000.
    pub score: u16,
    /// Score now less score 30 days ago.
    pub trend: i32,
    /// Its band.
    pub band: Band,
    /// Disputes that nobody has decided.
    pub n_disputes: u32,
}

/// The credit of the viewer's stores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditList {
    /// The lowest first.
    pub rows: Vec<CreditRow>,
    /// How many more stores there are.
    pub n_more: u32,
}
