//! Movements as people ask for them: by their document, by what has become of them, by their lots.

use super::db::{Database, StoreError};
use super::model_row::{outcome_id, read_lot, read_outcome};
use super::read::StoredEvent;
use super::row::{Fields, between, id, ids, prefixed, receipt_id, seq, text};
use domain::approval::Outcome;
use domain::event::{EventBody, LedgerEvent};
use domain::id::{EventId, SkuCode, StoreCode};
use domain::lot::first_expired_first_out;
use domain::movement::{Lot, MovementKind, Units};
use domain::policy::Role;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use surrealdb::types::{Object, RecordId, Value, Variables};

fn document_id(store: &StoreCode, number: &str, n: u64) -> RecordId {
    id("document", vec![text(store.as_str()), text(number), seq(n)])
}

/// What an event's row says about its document; nothing where it has none.
pub(crate) fn document_row(event: &LedgerEvent) -> Option<Value> {
    let EventBody::Moved(movement) = &event.event.body else { return None };
    let number = movement.document.as_deref()?.trim();
    let mut row = Object::new();
    row.insert("id", document_id(&event.event.store, number, event.stamp.seq));
    row.insert("kind", text(movement.kind.code()));
    Some(Value::Object(row))
}

impl Database {
    /// The store's movements of a kind with that document, in the order of their numbers.
    ///
    /// # Errors
    /// When the database fails or an event cannot be read.
    pub async fn movements_of_document(
        &self,
        store: &StoreCode,
        number: &str,
        kind: MovementKind,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let key = |n: u64| Bound::Included(vec![text(store.as_str()), text(number), seq(n)]);
        let mut variables = Variables::new();
        // The largest number that the database's integers hold.
        variables.insert("range", between("document", key(0), key(u64::MAX >> 1)));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        let mut numbers = Vec::new();
        for row in rows {
            let mut fields = Fields::of(row)?;
            if fields.text("kind")? == kind.code() {
                let n = fields.key_int(2)?;
                numbers.push(fields.parsed(u64::try_from(n))?);
            }
        }
        self.events_at(store, numbers).await
    }

    /// What has become of those movements; who simply took effect is left out.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn outcomes(
        &self,
        store: &StoreCode,
        events: &[EventId],
    ) -> Result<BTreeMap<EventId, Outcome>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("ids", ids(events.iter().map(|event| outcome_id(store, *event))));
        let rows: Vec<Value> = self.run("SELECT * FROM $ids", variables).await?.take(0)?;
        rows.into_iter().map(read_outcome).collect()
    }

    /// Pieces that have come back of a sale, by item.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn returned_of(&self, store: &StoreCode, sale: EventId) -> Result<BTreeMap<SkuCode, Units>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("returned", vec![text(store.as_str()), text(sale.to_string())]));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        rows.into_iter().map(|row| super::model_row::read_returned(row).map(|((_, sku), units)| (sku, units))).collect()
    }

    /// The numbers that those events have in the store's ledger; events that it does not have are left out.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn seqs_of(&self, store: &StoreCode, events: &[EventId]) -> Result<BTreeMap<EventId, u64>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("ids", ids(events.iter().map(|event| receipt_id(*event))));
        let rows: Vec<Value> = self.run("SELECT * FROM $ids", variables).await?.take(0)?;
        let mut seqs = BTreeMap::new();
        for row in rows {
            let mut fields = Fields::of(row)?;
            let event = fields.parsed(EventId::parse(fields.key_text(0)?))?;
            if fields.text("store")? == store.as_str() {
                seqs.insert(event, fields.n("seq")?);
            }
        }
        Ok(seqs)
    }

    /// The store's movements that await somebody's word, and the least role whose word it must be; in the order of
    /// their numbers.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn awaiting(&self, store: &StoreCode) -> Result<Vec<(Role, LedgerEvent)>, StoreError> {
        let awaited = self.awaited_roles(store).await?;
        let ids: Vec<EventId> = awaited.keys().copied().collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let seqs = self.seqs_of(store, &ids).await?;
        let events = self.events_at(store, seqs.into_values()).await?;
        let with_role = |stored: StoredEvent| Some((*awaited.get(&stored.event.event.id)?, stored.event));
        Ok(events.into_iter().filter_map(with_role).collect())
    }

    /// The movements that await somebody's word, with the least role whose word it must be.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn awaited_roles(&self, store: &StoreCode) -> Result<BTreeMap<EventId, Role>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("outcome", vec![text(store.as_str())]));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        let mut awaited = BTreeMap::new();
        for row in rows {
            if let (event, Outcome::Awaits(role)) = read_outcome(row)? {
                awaited.insert(event, role);
            }
        }
        Ok(awaited)
    }

    /// Of items with lots in the store: the lots that are taken to be on hand, first to expire first.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn lots_on_hand(&self, store: &StoreCode) -> Result<BTreeMap<SkuCode, Vec<Lot>>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("lot", vec![text(store.as_str())]));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        let mut lots: BTreeMap<SkuCode, Vec<(Lot, Units)>> = BTreeMap::new();
        for row in rows {
            let ((sku, lot), units) = read_lot(row)?;
            lots.entry(sku).or_default().push((lot, units));
        }
        if lots.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut on_hand: BTreeMap<SkuCode, Units> = BTreeMap::new();
        let wanted: BTreeSet<SkuCode> = lots.keys().cloned().collect();
        for ((_, sku), row) in self.stock(store, None).await? {
            if wanted.contains(&sku) {
                *on_hand.entry(sku).or_default() += row.units;
            }
        }
        let left = |(sku, lots): (SkuCode, Vec<(Lot, Units)>)| {
            let on_hand = on_hand.get(&sku).copied().unwrap_or_default();
            let lots: Vec<Lot> = first_expired_first_out(on_hand, lots).into_iter().map(|left| left.lot).collect();
            (!lots.is_empty()).then_some((sku, lots))
        };
        Ok(lots.into_iter().filter_map(left).collect())
    }
}
