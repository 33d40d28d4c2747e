//! Posting lists as records: the newest numbers in one row that grows, older ones in blocks that never change.

use crate::store::StoreError;
use crate::store::model_row::{packed, record, unpacked};
use crate::store::row::{Fields, between, id, int, text};
use domain::device::Seen;
use domain::id::{DeviceId, StoreCode};
use domain::instant::Timestamp;
use domain::trace::Subject;
use std::ops::Bound;
use surrealdb::types::{RecordId, Value};

/// Numbers in a block.
pub(super) const BLOCK: usize = 256;
/// Blocks are keyed by this less their smallest number: the newest come first in the order of keys.
const BASE: u64 = 1_000_000_000_000_000;

/// The growing end of a posting list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tail {
    /// Events in the whole list.
    pub(super) n: u64,
    /// When the newest of them was recorded.
    pub(super) at: Timestamp,
    /// The newest numbers, ascending, fewer than [`BLOCK`].
    pub(super) seqs: Vec<u64>,
}

impl Tail {
    /// Adds a number; a block that is full comes back.
    pub(super) fn push(&mut self, seq: u64, at: Timestamp) -> Option<Vec<u64>> {
        self.n += 1;
        self.at = self.at.max(at);
        self.seqs.push(seq);
        (self.seqs.len() == BLOCK).then(|| std::mem::take(&mut self.seqs))
    }
}

fn key(store: &StoreCode, subject: &Subject) -> Vec<Value> {
    vec![text(store.as_str()), text(subject.kind.code()), text(&subject.key)]
}

fn inverted(first: u64) -> Value {
    int(i64::try_from(BASE.saturating_sub(first)).expect("the base is far below 2^63"))
}

pub(super) fn tail_id(store: &StoreCode, subject: &Subject) -> RecordId {
    id("subject", key(store, subject))
}

pub(super) fn tail_row(store: &StoreCode, subject: &Subject, tail: &Tail) -> Value {
    let n = i64::try_from(tail.n).expect("ledger numbers stay below 2^63");
    let fields = [("n", int(n)), ("at", int(tail.at.unix_ms())), ("seqs", packed(&steps(&tail.seqs)))];
    record(tail_id(store, subject), fields)
}

pub(super) fn read_tail(row: Value) -> Result<(StoreCode, Subject, Tail), StoreError> {
    let mut fields = Fields::of(row)?;
    let store = fields.parsed(StoreCode::parse(fields.key_text(0)?))?;
    let subject = Subject::parse(fields.key_text(1)?, fields.key_text(2)?);
    let subject = fields.parsed(subject.ok_or("nothing is found by this key"))?;
    let seqs = numbers(&unpacked::<Vec<u64>>(&mut fields, "seqs")?);
    Ok((store, subject, Tail { n: fields.n("n")?, at: fields.at("at")?, seqs }))
}

pub(super) fn block_row(store: &StoreCode, subject: &Subject, seqs: &[u64]) -> Value {
    let mut key = key(store, subject);
    key.push(inverted(seqs.first().copied().unwrap_or_default()));
    record(id("posting", key), [("seqs", packed(&steps(seqs)))])
}

pub(super) fn read_block(row: Value) -> Result<Vec<u64>, StoreError> {
    Ok(numbers(&unpacked::<Vec<u64>>(&mut Fields::of(row)?, "seqs")?))
}

/// The blocks that begin at `at_most` or before, the newest first.
pub(super) fn blocks(store: &StoreCode, subject: &Subject, at_most: u64) -> Value {
    let bound = |last: Value| {
        let mut key = key(store, subject);
        key.push(last);
        Bound::Included(key)
    };
    between("posting", bound(inverted(at_most)), bound(inverted(0)))
}

pub(super) fn seen_id(store: &StoreCode, device: DeviceId) -> RecordId {
    id("seen", vec![text(store.as_str()), text(device.to_string())])
}

pub(super) fn seen_row(store: &StoreCode, device: DeviceId, seen: &Seen) -> Value {
    record(seen_id(store, device), [("ranges", packed(seen))])
}

pub(super) fn read_seen(row: Value) -> Result<(StoreCode, DeviceId, Seen), StoreError> {
    let mut fields = Fields::of(row)?;
    let store = fields.parsed(StoreCode::parse(fields.key_text(0)?))?;
    let device = fields.parsed(DeviceId::parse(fields.key_text(1)?))?;
    Ok((store, device, unpacked(&mut fields, "ranges")?))
}

/// The first number, then how far each stands after the one before it: small numbers pack small.
fn steps(seqs: &[u64]) -> Vec<u64> {
    let mut before = 0;
    seqs.iter().map(|seq| seq - std::mem::replace(&mut before, *seq)).collect()
}

fn numbers(steps: &[u64]) -> Vec<u64> {
    let mut last = 0;
    steps
        .iter()
        .map(|step| {
            last += step;
            last
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_survive_their_steps() {
        for seqs in [vec![], vec![1], vec![7, 8, 4_000_000_000]] {
            assert_eq!(numbers(&steps(&seqs)), seqs);
        }
    }

    #[test]
    fn a_block_is_full_at_its_size_whatever_the_batches_were() {
        let mut tail = Tail::default();
        let full: Vec<Vec<u64>> = (1..=600).filter_map(|seq| tail.push(seq, Timestamp::default())).collect();
        assert_eq!(full.iter().map(Vec::len).collect::<Vec<_>>(), [256, 256]);
        assert_eq!((tail.n, tail.seqs.first(), tail.seqs.len()), (600, Some(&513), 88));
    }
}
