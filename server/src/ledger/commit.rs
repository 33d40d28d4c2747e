//! The one writing transaction.

use super::decide::{Decided, StoreChange};
use crate::store::db::first_cause;
use crate::store::model_row::{Changes, changes};
use crate::store::movement::document_row;
use crate::store::row::{bytes, event_id, evidence_id, head_id, ids, photo_id, receipt_id, seq, text};
use crate::store::transfer::{concerned, open_id, open_row};
use crate::store::{Database, StoreError};
use data_encoding::HEXLOWER;
use domain::chain::SignedHead;
use domain::id::StoreCode;
use ed25519_dalek::{Signer, SigningKey};
use std::collections::BTreeMap;
use surrealdb::types::{Object, QueryError, Value, Variables};

/// Why a transaction did not go through.
#[derive(Debug)]
pub(super) enum CommitError {
    /// Somebody else wrote first: decide again.
    Conflict(String),
    /// The connection failed: it may have gone through or not. Decide again, the receipts tell.
    Unknown(String),
    /// Anything else: what is on disk is in doubt.
    Fatal(StoreError),
}

const HEAD_MOVED: &str = "shelftrace: another process has written";
const PHOTO_GONE: &str = "shelftrace: a photo has been removed";

/// Every head is compared and set, so that of two processes that read the same head one fails; a store's first head,
/// events and receipts are inserted, never updated: their ids being taken fails the transaction too. The heads are
/// compared in one statement, because a loop costs several times as much a store. Photos that are named for the first
/// time must still be there: see [`Database::remove_photo`]. Of two steps of one transfer, taken at once by two processes
/// that write different heads, one fails on the transfer's row in the list of open ones.
const STATEMENTS: &str = "BEGIN; \
    IF (SELECT VALUE seq FROM $heads) != $seqs { THROW 'shelftrace: another process has written' }; \
    IF (SELECT VALUE id FROM $photos) != $photos { THROW 'shelftrace: a photo has been removed' }; \
    INSERT $new RETURN NONE; \
    FOR $row IN $replaced { UPDATE $row.id CONTENT $row RETURN NONE }; \
    FOR $row IN $listed { UPSERT $row.id CONTENT $row RETURN NONE }; \
    FOR $id IN $unlisted { DELETE $id RETURN NONE }; \
    COMMIT;";

/// Writes what was decided; the signed heads come back.
pub(super) async fn commit(
    database: &Database,
    decided: &Decided,
    key: &SigningKey,
) -> Result<BTreeMap<StoreCode, SignedHead>, CommitError> {
    if decided.stores.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut rows = Changes::default();
    let (mut heads, mut seqs) = (Vec::new(), Vec::new());
    let mut signed = BTreeMap::new();
    let named = decided.stores.values().flat_map(|change| &change.events).flat_map(|accepted| &accepted.photos);
    for (store, change) in &decided.stores {
        let signature = key.sign(&change.head.signed_bytes()).to_bytes();
        let row = head_row(change, &signature);
        if change.old_seq == 0 {
            rows.new.push(row);
        } else {
            heads.push(Value::RecordId(head_id(store)));
            seqs.push(seq(change.old_seq));
            rows.replaced.push(row);
        }
        let signature = HEXLOWER.encode(&signature);
        signed.insert(store.clone(), SignedHead { head: change.head.clone(), signature });
        ledger_rows(store, change, &mut rows.new);
        changes(store, &change.before, &change.after, &mut rows);
    }
    // A store without a ledger yet has no head: one that appears makes the list longer than the numbers.
    for (store, n) in &decided.unmoved {
        heads.push(Value::RecordId(head_id(store)));
        seqs.extend((*n > 0).then(|| seq(*n)));
    }
    let (mut listed, mut unlisted) = (Vec::new(), Vec::new());
    for (transfer, gone) in decided.transfers.touched() {
        listed.extend(concerned(&transfer).iter().map(|store| open_row(store, &transfer)));
        unlisted.extend(gone.into_iter().map(|store| Value::RecordId(open_id(store, transfer.id))));
    }
    let mut variables = Variables::new();
    variables.insert("listed", listed);
    variables.insert("unlisted", unlisted);
    variables.insert("heads", heads);
    variables.insert("seqs", seqs);
    variables.insert("photos", ids(named.map(photo_id)));
    variables.insert("new", rows.new);
    variables.insert("replaced", rows.replaced);
    run(database, variables).await.map(|()| signed)
}

async fn run(database: &Database, variables: Variables) -> Result<(), CommitError> {
    let query = database.query(STATEMENTS).bind(Object::from(variables));
    let errors = match query.await {
        Ok(mut results) => results.take_errors().into_values().collect::<Vec<_>>(),
        Err(error) => vec![error],
    };
    // The conflict stands on COMMIT while its siblings only say that they failed: look at all.
    if let Some(conflict) = errors.iter().find(|error| is_conflict(error)) {
        return Err(CommitError::Conflict(conflict.message().to_owned()));
    }
    if let Some(lost) = errors.iter().find(|error| error.is_connection()) {
        return Err(CommitError::Unknown(lost.message().to_owned()));
    }
    match first_cause(errors.into_iter()) {
        None => Ok(()),
        Some(error) => Err(CommitError::Fatal(error.into())),
    }
}

fn is_conflict(error: &surrealdb::Error) -> bool {
    let lost_the_race = error.query_details() == Some(&QueryError::TransactionConflict);
    let is_stale = |what: &str| error.is_thrown() && error.message().contains(what);
    // The engine's "snapshot is older than the window in which conflicts are known" has no type of its own.
    let snapshot_too_old = error.message().contains("Transaction retry required");
    lost_the_race || is_stale(HEAD_MOVED) || is_stale(PHOTO_GONE) || error.is_already_exists() || snapshot_too_old
}

fn head_row(change: &StoreChange, signature: &[u8]) -> Value {
    let mut row = Object::new();
    row.insert("id", head_id(&change.head.store));
    row.insert("seq", seq(change.head.seq));
    row.insert("hash", bytes(change.head.hash.0));
    row.insert("signature", bytes(signature));
    Value::Object(row)
}

fn ledger_rows(store: &StoreCode, change: &StoreChange, rows: &mut Vec<Value>) {
    for accepted in &change.events {
        let n = accepted.event.stamp.seq;
        let mut event = Object::new();
        event.insert("id", event_id(store, n));
        event.insert("body", bytes(accepted.body.clone()));
        event.insert("hash", bytes(accepted.hash.0));
        if let Some(cites) = accepted.cites {
            event.insert("cites", seq(cites));
        }
        rows.push(Value::Object(event));
        let mut receipt = Object::new();
        receipt.insert("id", receipt_id(accepted.event.event.id));
        receipt.insert("store", text(store.as_str()));
        receipt.insert("seq", seq(n));
        receipt.insert("content", bytes(accepted.content.0));
        rows.push(Value::Object(receipt));
        rows.extend(document_row(&accepted.event));
        for photo in &accepted.photos {
            let mut evidence = Object::new();
            evidence.insert("id", evidence_id(photo));
            evidence.insert("store", text(store.as_str()));
            evidence.insert("seq", seq(n));
            rows.push(Value::Object(evidence));
        }
    }
}
