//! Audits: whether a day of a store's ledger is what it was, and proofs of single events.

use crate::error::ApiError;
use crate::ledger::heads::{is_signed, kept_in_file};
use crate::state::AppState;
use crate::store::{Database, StoreError};
use crate::trace::first_at;
use data_encoding::HEXLOWER;
use domain::audit::{AuditFlaw, Bound, DayAudit, Verdict, WitnessKind, walk};
use domain::chain::{Hash, Head, SignedHead};
use domain::id::{DeviceId, StoreCode};
use domain::instant::Day;
use domain::proof::{Bytes, PROOF_FORMAT, Proof};
use std::collections::{BTreeMap, BTreeSet};

/// Events read at once.
const EVENTS: u64 = 2_000;

/// Signed heads of a store: who has kept each.
struct Heads {
    file: BTreeMap<u64, SignedHead>,
    phones: Vec<(DeviceId, SignedHead)>,
    newest: Option<SignedHead>,
}

impl Heads {
    async fn read(state: &AppState, store: &StoreCode) -> Result<Self, ApiError> {
        let (path, of) = (state.config.heads_file(), store.clone());
        let file = tokio::task::spawn_blocking(move || kept_in_file(&path, &of)).await;
        let file = file.map_err(ApiError::unavailable)?.map_err(ApiError::unavailable)?;
        let key = state.keys.head_key.verifying_key();
        state.devices.flush().await?;
        let phones = state.db.witnessed(store).await?;
        Ok(Self {
            file: file.into_iter().filter(|head| is_signed(head, &key)).map(|head| (head.head.seq, head)).collect(),
            phones: phones.into_iter().filter(|(_, head)| is_signed(head, &key)).collect(),
            newest: state.db.head(store).await?.filter(|head| is_signed(head, &key)),
        })
    }

    fn all(&self) -> impl Iterator<Item = (WitnessKind, &SignedHead)> {
        let file = self.file.values().map(|head| (WitnessKind::File, head));
        let phones = self.phones.iter().map(|(_, head)| (WitnessKind::Phone, head));
        file.chain(phones).chain(self.newest.iter().map(|head| (WitnessKind::Database, head)))
    }

    fn last_before(&self, n: u64) -> Option<Bound> {
        let before = self.all().filter(|(_, head)| head.head.seq < n);
        before.max_by_key(|(_, head)| head.head.seq).map(|(by, head)| Bound { head: head.clone(), by })
    }

    fn first_from(&self, n: u64) -> Option<Bound> {
        let from = self.all().filter(|(_, head)| head.head.seq >= n);
        from.min_by_key(|(_, head)| head.head.seq).map(|(by, head)| Bound { head: head.clone(), by })
    }
}

/// Audits the events that the server took on a day of the store: walks from the last signed head before them to the
/// first one after them, recomputing every hash, and compares with every head that was kept outside the database.
///
/// # Errors
/// When the store is unknown, the day cannot be read, or the database fails. Flaws are results.
pub async fn day(state: &AppState, store: &StoreCode, day: &str) -> Result<DayAudit, ApiError> {
    let masters = state.directory.masters();
    let master = &masters.store(store).ok_or(ApiError::NotFound)?.store;
    let parsed: Day = day.parse().map_err(|error: domain::instant::DayError| ApiError::Malformed(error.to_string()))?;
    let heads = Heads::read(state, store).await?;
    let last_known = heads.newest.as_ref().map_or(0, |head| head.head.seq);
    let (from, until) = (parsed.begins_at(master.zone_offset), parsed.plus_days(1).begins_at(master.zone_offset));
    let first = first_at(&state.db, store, from, last_known).await?;
    let last = first_at(&state.db, store, until, last_known).await? - 1;
    let mut audit = DayAudit {
        now: state.clock.now(),
        store: store.clone(),
        store_name: master.name.clone(),
        zone_offset: master.zone_offset,
        day: parsed.to_string(),
        first,
        last,
        from: heads.last_before(first),
        to: heads.first_from(last.max(1)),
        n_walked: 0,
        n_in_file: 0,
        n_by_phones: 0,
        n_phones: 0,
        verdict: Verdict::Empty,
        public_key: HEXLOWER.encode(state.keys.head_key.verifying_key().as_bytes()),
    };
    if last < first {
        return Ok(audit);
    }
    let start = audit.from.as_ref().map_or_else(|| Head::genesis(store.clone()), |bound| bound.head.head.clone());
    let end = audit.to.as_ref().map_or(last, |bound| bound.head.head.seq);
    let within = |head: &SignedHead| (start.seq + 1..=end).contains(&head.head.seq);
    let mut witnesses: BTreeMap<u64, Vec<(WitnessKind, Hash)>> = BTreeMap::new();
    for (by, head) in heads.all().filter(|(_, head)| within(head)) {
        witnesses.entry(head.head.seq).or_default().push((by, head.head.hash));
    }
    let n = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    audit.n_in_file = n(heads.file.values().filter(|head| within(head)).count());
    audit.n_by_phones = n(heads.phones.iter().filter(|(_, head)| within(head)).count());
    let phones: BTreeSet<&DeviceId> =
        heads.phones.iter().filter(|(_, head)| within(head)).map(|(phone, _)| phone).collect();
    audit.n_phones = n(phones.len());
    audit.n_walked = end - start.seq;
    audit.verdict = match walk_all(&state.db, start, end, &witnesses).await? {
        None => Verdict::Untouched,
        Some(flaw) => Verdict::Flawed { flaw },
    };
    Ok(audit)
}

async fn walk_all(
    database: &Database,
    mut start: Head,
    end: u64,
    witnesses: &BTreeMap<u64, Vec<(WitnessKind, Hash)>>,
) -> Result<Option<AuditFlaw>, StoreError> {
    while start.seq < end {
        let to = end.min(start.seq + EVENTS);
        let links = database.links(&start.store, start.seq + 1, to).await?;
        let reached = links.last().map(|link| (link.seq, link.hash));
        if let Err(flaw) = walk(&start, links, to, witnesses) {
            return Ok(Some(flaw));
        }
        // A walk without a flaw has reached `to`, whose kept hash is then the recomputed one.
        let Some((seq, hash)) = reached else { return Ok(Some(AuditFlaw::Missing { seq: start.seq + 1 })) };
        start = Head { seq, hash, ..start };
    }
    Ok(None)
}

/// A proof that event `n` stands in the store's ledger, ending at the nearest signed head that anybody has kept.
///
/// # Errors
/// When there is no such event, or the database fails.
pub async fn proof(state: &AppState, store: &StoreCode, n: u64) -> Result<Proof, ApiError> {
    let heads = Heads::read(state, store).await?;
    let end = heads.first_from(n).ok_or(ApiError::NotFound)?.head;
    let mut links = state.db.links(store, n.saturating_sub(1).max(1), end.head.seq).await?.into_iter().peekable();
    let before = match links.peek() {
        Some(link) if link.seq + 1 == n => links.next().map_or(Hash::GENESIS, |link| link.hash),
        _ => Hash::GENESIS,
    };
    let mut bodies = links.map(|link| Bytes(link.body));
    let event = bodies.next().filter(|_| n > 0).ok_or(ApiError::NotFound)?;
    Ok(Proof {
        format: PROOF_FORMAT.to_owned(),
        store: store.clone(),
        seq: n,
        before,
        event,
        after: bodies.collect(),
        head: end,
        public_key: HEXLOWER.encode(state.keys.head_key.verifying_key().as_bytes()),
    })
}
