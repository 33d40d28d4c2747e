//! Transfers and disputes as records: each store's side under its own key, and which transfers concern it now.

use super::db::{Database, StoreError};
use super::model_row::{packed, record, unpacked};
use super::row::{Fields, between, id, ids, int, prefixed, receipt_id, select_ranges, text};
use domain::credit::{Appeal, PointKey, PointKind};
use domain::event::EventBody;
use domain::id::{EventId, StoreCode};
use domain::instant::Timestamp;
use domain::transfer::{Side, Step, StepKind, Transfer, TransferId};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use surrealdb::types::{RecordId, Value, Variables};

/// The table that lists, for each store, the transfers that concern it and are not over.
pub(crate) const OPEN: &str = "open_transfer";

/// Every store's side of transfers.
pub(crate) type Sides = BTreeMap<TransferId, BTreeMap<StoreCode, Side>>;

fn key(store: &StoreCode, transfer: TransferId) -> Vec<Value> {
    vec![text(store.as_str()), text(transfer.to_string())]
}

pub(crate) fn side_id(store: &StoreCode, transfer: TransferId) -> RecordId {
    id("transfer", key(store, transfer))
}

pub(crate) fn side_row(store: &StoreCode, transfer: TransferId, side: &Side) -> Value {
    record(side_id(store, transfer), [("side", packed(side))])
}

fn read_side(row: Value) -> Result<(StoreCode, TransferId, Side), StoreError> {
    let mut fields = Fields::of(row)?;
    let store = fields.parsed(StoreCode::parse(fields.key_text(0)?))?;
    let transfer = fields.parsed(TransferId::parse(fields.key_text(1)?))?;
    Ok((store, transfer, unpacked(&mut fields, "side")?))
}

pub(crate) fn appeal_id(store: &StoreCode, point: &PointKey) -> RecordId {
    id("appeal", vec![text(store.as_str()), text(point.event.to_string()), text(point.kind.code())])
}

pub(crate) fn appeal_row(store: &StoreCode, point: &PointKey, appeal: &Appeal) -> Value {
    record(appeal_id(store, point), [("appeal", packed(appeal))])
}

pub(crate) fn read_appeal(row: Value) -> Result<(PointKey, Appeal), StoreError> {
    let mut fields = Fields::of(row)?;
    let event = fields.parsed(EventId::parse(fields.key_text(1)?))?;
    let code = fields.key_text(2)?;
    let kind = PointKind::ALL.into_iter().find(|kind| kind.code() == code);
    let kind = fields.parsed(kind.ok_or("no point is of this kind"))?;
    Ok((PointKey { event, kind }, unpacked(&mut fields, "appeal")?))
}

pub(crate) fn open_id(store: &StoreCode, transfer: TransferId) -> RecordId {
    id(OPEN, key(store, transfer))
}

/// Says that an open transfer concerns a store. The number of its steps is in it so that two steps taken at once by
/// two processes write the same row, and one of them must decide again.
pub(crate) fn open_row(store: &StoreCode, transfer: &Transfer) -> Value {
    let n_steps = i64::try_from(transfer.timeline().len()).expect("a transfer has few steps");
    record(open_id(store, transfer.id), [("n_steps", int(n_steps))])
}

/// The stores that a transfer concerns now; none once it is over.
pub(crate) fn concerned(transfer: &Transfer) -> BTreeSet<StoreCode> {
    if transfer.phase().is_over() { BTreeSet::new() } else { transfer.stores().cloned().collect() }
}

/// The stores that may ever have a side: the one that asks and those it asks.
pub(crate) fn stores_of_request(receiver: &StoreCode, side: &Side) -> BTreeSet<StoreCode> {
    let asked = match side.step(StepKind::Request).map(|taken| &taken.step) {
        Some(Step::Requested(request)) => &request.candidates[..],
        _ => &[],
    };
    asked.iter().map(|candidate| candidate.store.clone()).chain([receiver.clone()]).collect()
}

impl Database {
    /// The stores that may have a side in each transfer; a transfer that nobody requested is left out.
    pub(crate) async fn stores_of_transfers(
        &self,
        transfers: Vec<TransferId>,
    ) -> Result<BTreeMap<TransferId, BTreeSet<StoreCode>>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("ids", ids(transfers.into_iter().map(|transfer| receipt_id(transfer.request()))));
        let rows: Vec<Value> = self.run("SELECT * FROM $ids", variables).await?.take(0)?;
        let mut receivers = Vec::with_capacity(rows.len());
        for row in rows {
            let mut fields = Fields::of(row)?;
            let transfer = fields.parsed(TransferId::parse(fields.key_text(0)?))?;
            let store = fields.text("store")?;
            receivers.push((transfer, fields.parsed(StoreCode::parse(&store))?));
        }
        let sides = self.sides(receivers).await?;
        let stores = |(transfer, sides): (TransferId, BTreeMap<StoreCode, Side>)| {
            let (receiver, side) = sides.into_iter().next()?;
            Some((transfer, stores_of_request(&receiver, &side)))
        };
        Ok(sides.into_iter().filter_map(stores).collect())
    }

    /// The sides that those stores have in those transfers.
    pub(crate) async fn sides(&self, of: Vec<(TransferId, StoreCode)>) -> Result<Sides, StoreError> {
        let mut variables = Variables::new();
        variables.insert("ids", ids(of.into_iter().map(|(transfer, store)| side_id(&store, transfer))));
        let rows: Vec<Value> = self.run("SELECT * FROM $ids", variables).await?.take(0)?;
        let mut sides = Sides::new();
        for row in rows {
            let (store, transfer, side) = read_side(row)?;
            sides.entry(transfer).or_default().insert(store, side);
        }
        Ok(sides)
    }

    /// The transfers that those events are steps of, whatever store recorded them.
    pub(crate) async fn transfers_of_events(
        &self,
        events: Vec<EventId>,
    ) -> Result<Vec<(EventId, TransferId)>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("ids", ids(events.into_iter().map(receipt_id)));
        let rows: Vec<Value> = self.run("SELECT * FROM $ids", variables).await?.take(0)?;
        let mut found = Vec::new();
        for row in rows {
            let mut fields = Fields::of(row)?;
            let store = fields.text("store")?;
            let store = fields.parsed(StoreCode::parse(&store))?;
            let stored = self.events_at(&store, [fields.n("seq")?]).await?;
            let steps = stored.iter().filter_map(|stored| match &stored.event.event.body {
                EventBody::Transfer(told) => Some((stored.event.event.id, told.transfer)),
                _ => None,
            });
            found.extend(steps);
        }
        Ok(found)
    }

    /// Transfers as all their stores see them; one that nobody requested is left out.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn transfers(
        &self,
        transfers: impl IntoIterator<Item = TransferId>,
    ) -> Result<Vec<Transfer>, StoreError> {
        let stores = self.stores_of_transfers(transfers.into_iter().collect()).await?;
        let each = stores.into_iter().flat_map(|(id, stores)| stores.into_iter().map(move |store| (id, store)));
        let sides = self.sides(each.collect()).await?;
        Ok(sides.into_iter().filter_map(|(id, sides)| Transfer::of(id, sides)).collect())
    }

    /// The transfers that concern any of those stores and are not over, or with `None` those of every store.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn open_transfers(&self, stores: Option<&[&StoreCode]>) -> Result<BTreeSet<TransferId>, StoreError> {
        Ok(self.open_steps(stores).await?.into_keys().collect())
    }

    /// The same, each with the number of its steps.
    pub(crate) async fn open_steps(
        &self,
        stores: Option<&[&StoreCode]>,
    ) -> Result<BTreeMap<TransferId, i64>, StoreError> {
        let (statement, variables) = match stores {
            Some(stores) => select_ranges(stores.iter().map(|store| prefixed(OPEN, vec![text(store.as_str())]))),
            None => (format!("SELECT * FROM {OPEN}"), Variables::new()),
        };
        let rows: Vec<Value> = self.run(&statement, variables).await?.take(0)?;
        rows.into_iter()
            .map(|row| {
                let mut fields = Fields::of(row)?;
                Ok((fields.parsed(TransferId::parse(fields.key_text(1)?))?, fields.int("n_steps")?))
            })
            .collect()
    }

    /// The transfers that any of those stores has a part in and that were requested since; ids begin with the time.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn transfers_since(&self, stores: &[&StoreCode], since: Timestamp) -> Result<Vec<Transfer>, StoreError> {
        let first = TransferId::of(EventId::from_parts(since.unix_ms().max(0).unsigned_abs(), 0));
        let range = |store: &&StoreCode| {
            let last = vec![text(format!("{store}\u{1}"))];
            between("transfer", Bound::Included(key(store, first)), Bound::Excluded(last))
        };
        let (statement, variables) = select_ranges(stores.iter().map(range));
        let rows: Vec<Value> = self.run(&statement, variables).await?.take(0)?;
        let ids: BTreeSet<TransferId> =
            rows.into_iter().map(|row| read_side(row).map(|(_, id, _)| id)).collect::<Result<_, _>>()?;
        self.transfers(ids).await
    }

    /// Writes the list of open transfers anew for those transfers and for the store's own rows: what a rebuild of the
    /// store's read models needs beside them.
    pub(crate) async fn list_open_anew(&self, store: &StoreCode, own: Vec<TransferId>) -> Result<(), StoreError> {
        let listed = self.open_transfers(Some(&[store])).await?;
        let all: Vec<TransferId> = listed.into_iter().chain(own).collect::<BTreeSet<_>>().into_iter().collect();
        for chunk in all.chunks(500) {
            let stores = self.stores_of_transfers(chunk.to_vec()).await?;
            let found: BTreeMap<TransferId, Transfer> =
                self.transfers(chunk.to_vec()).await?.into_iter().map(|found| (found.id, found)).collect();
            let (mut rows, mut gone) = (Vec::new(), Vec::new());
            for transfer in chunk {
                let concerned = found.get(transfer).map(concerned).unwrap_or_default();
                rows.extend(concerned.iter().map(|store| open_row(store, &found[transfer])));
                let others = stores.get(transfer).into_iter().flatten().chain([store]);
                gone.extend(others.filter(|other| !concerned.contains(*other)).map(|other| open_id(other, *transfer)));
            }
            let mut variables = Variables::new();
            variables.insert("rows", rows);
            variables.insert("gone", ids(gone));
            let statements = "BEGIN; FOR $row IN $rows { UPSERT $row.id CONTENT $row RETURN NONE }; \
                              FOR $id IN $gone { DELETE $id RETURN NONE }; COMMIT;";
            self.run(statements, variables).await?;
        }
        Ok(())
    }
}
