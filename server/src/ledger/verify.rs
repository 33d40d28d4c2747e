//! Walks every store's chain and names the first event that is not what it was.

use super::heads::{is_signed, read};
use crate::store::row::{Fields, between, seq, text};
use crate::store::{Database, StoreError};
use domain::chain::{Hash, SignedHead};
use domain::event::LedgerEvent;
use domain::id::StoreCode;
use ed25519_dalek::VerifyingKey;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::path::Path;
use surrealdb::types::{Value, Variables};

/// Events read at once.
const EVENTS: usize = 2_000;

/// What is wrong with a store's ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// An event is not there.
    #[error("event {seq} is missing")]
    Missing {
        /// Its number.
        seq: u64,
    },
    /// An event cannot be read.
    #[error("event {seq} is damaged: {what}")]
    Damaged {
        /// Its number.
        seq: u64,
        /// What is wrong with it.
        what: String,
    },
    /// An event carries another number or store than its place.
    #[error("event {seq} is another event than was recorded there")]
    Misplaced {
        /// The place.
        seq: u64,
    },
    /// An event's content does not fit the chain.
    #[error("event {seq} was altered")]
    Altered {
        /// Its number.
        seq: u64,
    },
    /// The chain fits in itself, but not what was witnessed outside the database.
    #[error("event {seq} or one before it was rewritten: it is not what was witnessed")]
    NotAsWitnessed {
        /// The number witnessed.
        seq: u64,
    },
    /// There are events beyond the head.
    #[error("event {seq} stands beyond the ledger's head")]
    BeyondHead {
        /// The first such.
        seq: u64,
    },
    /// The head names another hash than its last event.
    #[error("the head at event {seq} does not fit the chain")]
    WrongHead {
        /// The head's number.
        seq: u64,
    },
    /// The head was not signed with the chain's key.
    #[error("the head at event {seq} does not carry the chain's signature")]
    UnsignedHead {
        /// The head's number.
        seq: u64,
    },
    /// The file of witnessed heads has a line that is none of ours.
    #[error("line {line} of the file of signed heads does not carry the chain's signature")]
    BadWitness {
        /// Which line, from 1.
        line: usize,
    },
}

/// What was found in one store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreReport {
    /// Which store.
    pub store: StoreCode,
    /// Events that are as they were.
    pub n_good: u64,
    /// The first flaw, if there is one.
    pub flaw: Option<Flaw>,
}

/// Why nothing could be verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The database fails.
    #[error("cannot read the ledger")]
    Store(#[from] StoreError),
    /// The file of witnessed heads cannot be read.
    #[error("cannot read the file of signed heads")]
    HeadsFile(#[source] std::io::Error),
}

/// Walks the chains of all stores, checks the heads' signatures, and compares with the heads witnessed outside the
/// database.
///
/// # Errors
/// When the database or the file cannot be read; flaws are results.
pub async fn verify(
    database: &Database,
    key: &VerifyingKey,
    heads_file: &Path,
) -> Result<Vec<StoreReport>, VerifyError> {
    let mut witnessed: BTreeMap<StoreCode, BTreeMap<u64, Witness>> = BTreeMap::new();
    for (line, head) in read(heads_file).map_err(VerifyError::HeadsFile)? {
        // A line that cannot be read names no store: it is put down to all, further below.
        let Some(head) = head else {
            witnessed.entry(unnamed()).or_default().insert(0, Witness { line, head: None });
            continue;
        };
        let of_store = witnessed.entry(head.head.store.clone()).or_default();
        of_store.insert(head.head.seq, Witness { line, head: Some(head) });
    }
    let unreadable = witnessed.remove(&unnamed());
    let heads: BTreeMap<StoreCode, SignedHead> =
        database.heads(None).await?.into_iter().map(|signed| (signed.head.store.clone(), signed)).collect();
    let mut stores: BTreeSet<StoreCode> = heads.keys().cloned().collect();
    stores.extend(witnessed.keys().cloned());
    stores.extend(database.load_masters().await?.stores().keys().cloned());
    let none = BTreeMap::new();
    let mut reports = Vec::new();
    for store in stores {
        let witnesses = witnessed.get(&store).unwrap_or(&none);
        let mut walk = Walk { database, key, witnesses, head: heads.get(&store), next: 1, hash: Hash::GENESIS };
        let mut flaw = walk.first_flaw(&store).await?;
        if let (None, Some(lines)) = (&flaw, &unreadable) {
            flaw = lines.values().next().map(|witness| Flaw::BadWitness { line: witness.line });
        }
        reports.push(StoreReport { store, n_good: walk.next - 1, flaw });
    }
    Ok(reports)
}

/// Stands for "no store": no store of the chain is called so.
fn unnamed() -> StoreCode {
    StoreCode::parse("-").expect("a dash is a code")
}

struct Witness {
    line: usize,
    head: Option<SignedHead>,
}

struct Walk<'a> {
    database: &'a Database,
    key: &'a VerifyingKey,
    witnesses: &'a BTreeMap<u64, Witness>,
    head: Option<&'a SignedHead>,
    next: u64,
    hash: Hash,
}

impl Walk<'_> {
    async fn first_flaw(&mut self, store: &StoreCode) -> Result<Option<Flaw>, StoreError> {
        let last = self.head.map_or(0, |signed| signed.head.seq);
        loop {
            let rows = self.rows(store).await?;
            let n_rows = rows.len();
            for row in rows {
                if let Some(flaw) = self.step(store, row, last)? {
                    return Ok(Some(flaw));
                }
            }
            if n_rows < EVENTS {
                return Ok(self.end(last));
            }
        }
    }

    async fn rows(&self, store: &StoreCode) -> Result<Vec<Value>, StoreError> {
        let from = Bound::Included(vec![text(store.as_str()), seq(self.next)]);
        let to = Bound::Excluded(vec![text(format!("{store}\u{1}"))]);
        let mut variables = Variables::new();
        variables.insert("range", between("event", from, to));
        variables.insert("n", i64::try_from(EVENTS).expect("a small constant"));
        Ok(self.database.run("SELECT * FROM $range LIMIT $n", variables).await?.take(0)?)
    }

    fn step(&mut self, store: &StoreCode, row: Value, last: u64) -> Result<Option<Flaw>, StoreError> {
        let mut fields = Fields::of(row)?;
        let n = u64::try_from(fields.key_int(1)?).unwrap_or_default();
        let seq = self.next;
        if n != seq {
            return Ok(Some(Flaw::Missing { seq }));
        }
        if n > last {
            return Ok(Some(Flaw::BeyondHead { seq }));
        }
        let read = fields.bytes("body").and_then(|body| Ok((body, fields.hash("hash")?)));
        let (body, hash) = match read {
            Ok(read) => read,
            Err(error) => return Ok(Some(Flaw::Damaged { seq, what: error.to_string() })),
        };
        let event = match LedgerEvent::from_canonical_bytes(&body) {
            Ok(event) => event,
            Err(error) => return Ok(Some(Flaw::Damaged { seq, what: error.to_string() })),
        };
        if event.stamp.seq != seq || event.event.store != *store {
            return Ok(Some(Flaw::Misplaced { seq }));
        }
        self.hash = Hash::link(self.hash, &body);
        if self.hash != hash {
            return Ok(Some(Flaw::Altered { seq }));
        }
        if let Some(Witness { line, head: Some(witnessed) }) = self.witnesses.get(&seq) {
            if !is_signed(witnessed, self.key) {
                return Ok(Some(Flaw::BadWitness { line: *line }));
            }
            if witnessed.head.hash != self.hash {
                return Ok(Some(Flaw::NotAsWitnessed { seq }));
            }
        }
        self.next += 1;
        Ok(None)
    }

    fn end(&self, last: u64) -> Option<Flaw> {
        let witnessed = self.witnesses.keys().next_back().copied().unwrap_or_default();
        if self.next <= last.max(witnessed) {
            return Some(Flaw::Missing { seq: self.next });
        }
        let signed = self.head?;
        if signed.head.hash != self.hash {
            return Some(Flaw::WrongHead { seq: last });
        }
        (!is_signed(signed, self.key)).then_some(Flaw::UnsignedHead { seq: last })
    }
}
