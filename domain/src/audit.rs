//! Whether a stretch of a store's ledger is what it was when its heads were signed.

use crate::chain::{Hash, Head, SignedHead};
use crate::event::LedgerEvent;
use crate::id::StoreCode;
use crate::instant::{Timestamp, ZoneOffset};
use crate::master::Name;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who has kept a signed head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WitnessKind {
    /// The database itself.
    Database,
    /// The file beside the database.
    File,
    /// A phone.
    Phone,
}

/// A stored event, as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its place in the ledger.
    pub seq: u64,
    /// Canonical bytes.
    pub body: Vec<u8>,
    /// The hash kept beside it.
    pub hash: Hash,
}

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum AuditFlaw {
    /// An event is not there.
    Missing {
        /// Its number.
        seq: u64,
    },
    /// An event cannot be read, or is another store's, or another one than stood there.
    Damaged {
        /// Its number.
        seq: u64,
    },
    /// An event's content does not fit the chain.
    Altered {
        /// Its number.
        seq: u64,
    },
    /// The chain fits in itself, but not what was witnessed: it was written anew.
    NotAsWitnessed {
        /// The number witnessed.
        seq: u64,
        /// By whom.
        by: WitnessKind,
    },
}

/// Walks from `start` over events without gaps to the event `last`, recomputing every hash and comparing it with the
/// one kept beside it and with the heads witnessed on the way.
///
/// # Errors
/// The first thing that does not fit.
pub fn walk(
    start: &Head,
    links: impl IntoIterator<Item = Link>,
    last: u64,
    witnesses: &BTreeMap<u64, Vec<(WitnessKind, Hash)>>,
) -> Result<(), AuditFlaw> {
    let (mut seq, mut hash) = (start.seq, start.hash);
    for link in links {
        seq += 1;
        if link.seq != seq {
            return Err(AuditFlaw::Missing { seq });
        }
        let event = LedgerEvent::from_canonical_bytes(&link.body).map_err(|_| AuditFlaw::Damaged { seq })?;
        if event.stamp.seq != seq || event.event.store != start.store {
            return Err(AuditFlaw::Damaged { seq });
        }
        hash = Hash::link(hash, &link.body);
        if hash != link.hash {
            return Err(AuditFlaw::Altered { seq });
        }
        if let Some((by, _)) = witnesses.get(&seq).into_iter().flatten().find(|(_, witnessed)| *witnessed != hash) {
            return Err(AuditFlaw::NotAsWitnessed { seq, by: *by });
        }
    }
    if seq < last { Err(AuditFlaw::Missing { seq: seq + 1 }) } else { Ok(()) }
}

/// A signed head that bounds what was audited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// The head.
    pub head: SignedHead,
    /// Who has kept it.
    pub by: WitnessKind,
}

/// What an audit of a day found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Verdict {
    /// Every event is what it was when the heads around it were signed.
    Untouched,
    /// Nothing was recorded that day.
    Empty,
    /// Something is not what it was.
    Flawed {
        /// What.
        flaw: AuditFlaw,
    },
}

/// A day of a store's ledger, audited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayAudit {
    /// The server's clock.
    pub now: Timestamp,
    /// Whose ledger.
    pub store: StoreCode,
    /// As shown.
    pub store_name: Name,
    /// Its clocks.
    pub zone_offset: ZoneOffset,
    /// The day, `2026-11-22`, in the store's zone.
    pub day: String,
    /// The first event taken that day.
    pub first: u64,
    /// The last event taken that day; before `first` when there was none.
    pub last: u64,
    /// The signed head that the walk began at; `None` when that was the beginning of the ledger.
    pub from: Option<Bound>,
    /// The signed head that the walk ended at.
    pub to: Option<Bound>,
    /// Events whose hashes were recomputed.
    pub n_walked: u64,
    /// Heads in the file that were compared.
    pub n_in_file: u32,
    /// Heads that phones have shown which were compared.
    pub n_by_phones: u32,
    /// Phones that have shown them.
    pub n_phones: u32,
    /// What was found.
    pub verdict: Verdict,
    /// The key that signs heads, hexadecimal.
    pub public_key: String,
}

#[cfg(test)]
mod tests;
