//! Writing the index: a batch of events at a time, each batch one transaction with the mark of how far it reaches.

use super::posting::{Tail, block_row, read_seen, read_tail, seen_id, seen_row, tail_id, tail_row};
use crate::store::row::{Fields, between, ids, prefixed, seq, text};
use crate::store::{Database, StoreError};
use domain::append::LEDGER_DEVICE;
use domain::chain::Hash;
use domain::device::Seen;
use domain::event::EventBody;
use domain::id::{DeviceId, StoreCode};
use domain::instant::Timestamp;
use domain::trace::{Subject, SubjectKind, subjects};
use std::collections::BTreeMap;
use std::ops::Bound;
use surrealdb::types::{RecordId, ToSql, Value, Variables};
use tokio::sync::Mutex;

/// Events of one transaction.
pub const BATCH: u64 = 500;
/// Rows removed at once.
const ROWS: i64 = 2_000;
/// The tables of the index, whose keys begin with the store.
const TABLES: [&str; 3] = ["subject", "posting", "seen"];

/// In this process one at a time writes an index: between processes the mark decides.
static INDEXING: Mutex<()> = Mutex::const_new(());

const STATEMENTS: &str = "BEGIN; \
    IF (SELECT VALUE seq FROM $mark) != $before { THROW 'shelftrace: another process has indexed' }; \
    INSERT $new RETURN NONE; \
    FOR $row IN $replaced { UPDATE $row.id CONTENT $row RETURN NONE }; \
    UPSERT $mark SET seq = $after RETURN NONE; \
    COMMIT;";

fn mark_id(store: &StoreCode) -> RecordId {
    RecordId::new("indexed", store.as_str())
}

/// The last event of a store that is indexed; 0 for none.
///
/// # Errors
/// When the database fails.
pub async fn indexed_to(database: &Database, store: &StoreCode) -> Result<u64, StoreError> {
    Ok(mark(database, store).await?.map_or(0, |mark| mark.seq))
}

/// How far each store's index reaches; stores without one are left out.
pub(super) async fn indexed_to_all(database: &Database) -> Result<BTreeMap<StoreCode, u64>, StoreError> {
    let rows: Vec<Value> = database.run("SELECT * FROM indexed", Variables::new()).await?.take(0)?;
    let read = |row| {
        let mut fields = Fields::of(row)?;
        Ok((fields.parsed(StoreCode::parse(fields.key_text(0)?))?, fields.n("seq")?))
    };
    rows.into_iter().map(read).collect()
}

/// How far a store's index reaches.
struct Mark {
    seq: u64,
    /// Whether what is there is to be dropped first: a rebuild has begun.
    is_stale: bool,
}

async fn mark(database: &Database, store: &StoreCode) -> Result<Option<Mark>, StoreError> {
    let rows = read(database, Value::RecordId(mark_id(store))).await?;
    let read = |row| {
        let mut fields = Fields::of(row)?;
        let seq = fields.n("seq")?;
        Ok(Mark { seq, is_stale: fields.value("is_stale") == Value::Bool(true) })
    };
    rows.into_iter().map(read).next().transpose()
}

/// Indexes what a store's ledger has beyond the mark, at most [`BATCH`] events; how far the mark then reaches.
///
/// # Errors
/// When the database fails, or another process has indexed meanwhile: nothing is then written.
pub async fn index_some(database: &Database, store: &StoreCode) -> Result<u64, StoreError> {
    let _alone = INDEXING.lock().await;
    index_batch(database, store).await
}

async fn index_batch(database: &Database, store: &StoreCode) -> Result<u64, StoreError> {
    let before = match mark(database, store).await? {
        Some(mark) if mark.is_stale => {
            drop_index(database, store).await?;
            0
        }
        Some(mark) => mark.seq,
        None => 0,
    };
    let events = database.events(store, before + 1, before + BATCH).await?;
    let Some(after) = events.last().map(|stored| stored.event.stamp.seq) else { return Ok(before) };
    let cited = database.events_at(store, events.iter().filter_map(|stored| stored.cites)).await?;
    let cited: BTreeMap<u64, EventBody> =
        cited.into_iter().map(|stored| (stored.event.stamp.seq, stored.event.event.body)).collect();
    let mut added: BTreeMap<Subject, Vec<(u64, Timestamp)>> = BTreeMap::new();
    let mut used: BTreeMap<DeviceId, Vec<(u64, u64)>> = BTreeMap::new();
    for stored in &events {
        let (stamp, event) = (&stored.event.stamp, &stored.event.event);
        for subject in subjects(&stored.event, stored.cites.and_then(|n| cited.get(&n))) {
            added.entry(subject).or_default().push((stamp.seq, stamp.recorded_at));
        }
        if event.device != LEDGER_DEVICE {
            used.entry(event.device).or_default().push((event.device_seq, stamp.seq));
        }
    }
    let mut rows = Rows::default();
    rows.subjects(database, store, added).await?;
    rows.seen(database, store, used).await?;
    let mut variables = Variables::new();
    variables.insert("mark", Value::RecordId(mark_id(store)));
    let marks: Vec<Value> = if before == 0 { Vec::new() } else { vec![seq(before)] };
    variables.insert("before", marks);
    variables.insert("after", seq(after));
    variables.insert("new", rows.new);
    variables.insert("replaced", rows.replaced);
    database.run(STATEMENTS, variables).await?;
    Ok(after)
}

/// Rows to write: new ones, and those that replace one.
#[derive(Default)]
struct Rows {
    new: Vec<Value>,
    replaced: Vec<Value>,
}

impl Rows {
    async fn subjects(
        &mut self,
        database: &Database,
        store: &StoreCode,
        added: BTreeMap<Subject, Vec<(u64, Timestamp)>>,
    ) -> Result<(), StoreError> {
        let known = read(database, ids(added.keys().map(|subject| tail_id(store, subject)))).await?;
        let known = known.into_iter().map(|row| read_tail(row).map(|(_, subject, tail)| (subject, tail)));
        let mut tails: BTreeMap<Subject, Tail> = known.collect::<Result<_, _>>()?;
        for (subject, numbers) in added {
            let known = tails.remove(&subject);
            let rows = if known.is_some() { &mut self.replaced } else { &mut self.new };
            let mut tail = known.unwrap_or_default();
            let full: Vec<Vec<u64>> = numbers.into_iter().filter_map(|(seq, at)| tail.push(seq, at)).collect();
            rows.push(tail_row(store, &subject, &tail));
            self.new.extend(full.iter().map(|block| block_row(store, &subject, block)));
        }
        Ok(())
    }

    async fn seen(
        &mut self,
        database: &Database,
        store: &StoreCode,
        used: BTreeMap<DeviceId, Vec<(u64, u64)>>,
    ) -> Result<(), StoreError> {
        let mut known = seen_of(database, used.keys().map(|device| (store, *device))).await?;
        for (device, numbers) in used {
            let before = known.remove(&(store.clone(), device));
            let rows = if before.is_some() { &mut self.replaced } else { &mut self.new };
            let mut seen = before.unwrap_or_default();
            numbers.into_iter().for_each(|(n, seq)| seen.insert(n, seq));
            rows.push(seen_row(store, device, &seen));
        }
        Ok(())
    }
}

async fn read(database: &Database, what: Value) -> Result<Vec<Value>, StoreError> {
    let mut variables = Variables::new();
    variables.insert("what", what);
    Ok(database.run("SELECT * FROM $what", variables).await?.take(0)?)
}

/// Which numbers of these devices these stores' ledgers have.
///
/// # Errors
/// When the database fails or a record is damaged.
pub async fn seen_of<'a>(
    database: &Database,
    wanted: impl IntoIterator<Item = (&'a StoreCode, DeviceId)>,
) -> Result<BTreeMap<(StoreCode, DeviceId), Seen>, StoreError> {
    let wanted = ids(wanted.into_iter().map(|(store, device)| seen_id(store, device)));
    seen_in(read(database, wanted).await?)
}

/// Every device that has recorded something in a store, with its numbers there.
///
/// # Errors
/// When the database fails or a record is damaged.
pub async fn seen_by(
    database: &Database,
    store: &StoreCode,
) -> Result<BTreeMap<(StoreCode, DeviceId), Seen>, StoreError> {
    seen_in(read(database, prefixed("seen", vec![text(store.as_str())])).await?)
}

fn seen_in(rows: Vec<Value>) -> Result<BTreeMap<(StoreCode, DeviceId), Seen>, StoreError> {
    rows.into_iter().map(|row| read_seen(row).map(|(store, device, seen)| ((store, device), seen))).collect()
}

/// What a rebuild of the index did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reindexed {
    /// Events indexed.
    pub n_events: u64,
    /// Hash of the index before.
    pub before: Hash,
    /// Hash of the index after; equal where it had reached the ledger's end and was not damaged.
    pub after: Hash,
}

/// Drops a store's index and makes it anew. Cut short, the follower begins it again. No other process may index the
/// store meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn rebuild(database: &Database, store: &StoreCode) -> Result<Reindexed, StoreError> {
    let _alone = INDEXING.lock().await;
    let before = index_hash(database, store).await?;
    let mut variables = Variables::new();
    variables.insert("mark", Value::RecordId(mark_id(store)));
    database.run("UPSERT $mark SET seq = 0, is_stale = true RETURN NONE", variables).await?;
    let mut n_events = 0;
    loop {
        let reached = index_batch(database, store).await?;
        if reached == n_events {
            break;
        }
        n_events = reached;
    }
    Ok(Reindexed { n_events, before, after: index_hash(database, store).await? })
}

/// Drops everything, then the mark: until that is gone, the drop is begun again.
async fn drop_index(database: &Database, store: &StoreCode) -> Result<(), StoreError> {
    for table in TABLES {
        clear(database, table, store).await?;
    }
    let mut variables = Variables::new();
    variables.insert("mark", Value::RecordId(mark_id(store)));
    database.run("DELETE $mark RETURN NONE", variables).await.map(|_| ())
}

async fn clear(database: &Database, table: &'static str, store: &StoreCode) -> Result<(), StoreError> {
    loop {
        let mut variables = Variables::new();
        variables.insert("range", prefixed(table, vec![text(store.as_str())]));
        variables.insert("n", ROWS);
        let found: Vec<Value> = database.run("SELECT VALUE id FROM $range LIMIT $n", variables).await?.take(0)?;
        if found.is_empty() {
            return Ok(());
        }
        let mut variables = Variables::new();
        variables.insert("ids", found);
        database.run("DELETE $ids RETURN NONE", variables).await?;
    }
}

/// SHA-256 over every record of a store's index, as text, in the order of tables and keys.
///
/// # Errors
/// When the database fails.
pub async fn index_hash(database: &Database, store: &StoreCode) -> Result<Hash, StoreError> {
    let mut dump = String::new();
    for table in TABLES {
        for row in read(database, prefixed(table, vec![text(store.as_str())])).await? {
            dump.push_str(&row.to_sql());
            dump.push('\n');
        }
    }
    Ok(Hash::of(dump.as_bytes()))
}

/// Rows that a page shows of a tail: kept here so that only this module and its neighbours know how they look.
pub(super) async fn tails(
    database: &Database,
    wanted: Vec<RecordId>,
) -> Result<Vec<(StoreCode, Subject, Tail)>, StoreError> {
    read(database, ids(wanted)).await?.into_iter().map(read_tail).collect()
}

/// The subjects of a kind whose keys begin so, in order, at most `n`.
pub(super) async fn subjects_like(
    database: &Database,
    store: &StoreCode,
    kind: SubjectKind,
    prefix: &str,
    n: i64,
) -> Result<Vec<(StoreCode, Subject, Tail)>, StoreError> {
    let key = |last: String| vec![text(store.as_str()), text(kind.code()), text(last)];
    let mut variables = Variables::new();
    let until = format!("{prefix}\u{10FFFF}");
    variables.insert("range", between("subject", Bound::Included(key(prefix.to_owned())), Bound::Excluded(key(until))));
    variables.insert("n", n);
    let rows: Vec<Value> = database.run("SELECT * FROM $range LIMIT $n", variables).await?.take(0)?;
    rows.into_iter().map(read_tail).collect()
}
