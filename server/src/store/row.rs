//! Records as the database holds them: keys, fields, and reading them back with named errors.

use super::db::StoreError;
use domain::chain::Hash;
use domain::id::{EventId, StoreCode};
use domain::instant::Timestamp;
use domain::photo::PhotoId;
use std::ops::Bound;
use surrealdb::types::{
    Array, Bytes, Number, Object, RecordId, RecordIdKey, RecordIdKeyRange, ToSql, Value, Variables,
};

pub(crate) fn text(text: impl Into<String>) -> Value {
    Value::String(text.into())
}

pub(crate) fn int(n: i64) -> Value {
    Value::Number(Number::Int(n))
}

/// A ledger number as the database's signed integer. It would take 292 million years at 1,000 a second to need a greater
/// one; asked for, it is beyond every event like the greatest there is.
pub(crate) fn seq(seq: u64) -> Value {
    int(i64::try_from(seq).unwrap_or(i64::MAX))
}

pub(crate) fn at(at: Timestamp) -> Value {
    int(at.unix_ms())
}

pub(crate) fn bytes(bytes: impl Into<Vec<u8>>) -> Value {
    Value::Bytes(Bytes::from(bytes.into()))
}

pub(crate) fn id(table: &'static str, key: Vec<Value>) -> RecordId {
    RecordId::new(table, Array::from(key))
}

pub(crate) fn ids(ids: impl IntoIterator<Item = RecordId>) -> Value {
    Value::Array(ids.into_iter().map(Value::RecordId).collect())
}

/// Every record whose key begins with `prefix`, whose last part must be text of codes: none of them has a character
/// as small as the one that ends the range.
pub(crate) fn prefixed(table: &'static str, prefix: Vec<Value>) -> Value {
    let mut end = prefix.clone();
    match end.last_mut() {
        Some(Value::String(last)) => last.push('\u{1}'),
        _ => unreachable!("prefixes end in text"),
    }
    between(table, Bound::Included(prefix), Bound::Excluded(end))
}

pub(crate) fn between(table: &'static str, from: Bound<Vec<Value>>, to: Bound<Vec<Value>>) -> Value {
    let key = |bound: Bound<Vec<Value>>| bound.map(|key| RecordIdKey::Array(Array::from(key)));
    let range = RecordIdKeyRange { start: key(from), end: key(to) };
    Value::RecordId(RecordId::new(table, RecordIdKey::Range(Box::new(range))))
}

/// Selects the records of several ranges. Each is a variable of its own: of ranges in a list the database finds nothing.
pub(crate) fn select_ranges(ranges: impl IntoIterator<Item = Value>) -> (String, Variables) {
    let (mut names, mut variables) = (Vec::new(), Variables::new());
    for (n, range) in ranges.into_iter().enumerate() {
        variables.insert(format!("r{n}"), range);
        names.push(format!("$r{n}"));
    }
    let from = if names.is_empty() { "[]".to_owned() } else { names.join(", ") };
    (format!("SELECT * FROM {from}"), variables)
}

pub(crate) fn event_id(store: &StoreCode, n: u64) -> RecordId {
    id("event", vec![text(store.as_str()), seq(n)])
}

pub(crate) fn receipt_id(event: EventId) -> RecordId {
    RecordId::new("receipt", event.to_string())
}

pub(crate) fn photo_id(photo: &PhotoId) -> RecordId {
    RecordId::new("photo", photo.to_string())
}

pub(crate) fn evidence_id(photo: &PhotoId) -> RecordId {
    RecordId::new("evidence", photo.to_string())
}

pub(crate) fn head_id(store: &StoreCode) -> RecordId {
    RecordId::new("head", store.as_str())
}

/// A record's fields, taken out one by one.
pub(crate) struct Fields {
    id: Option<RecordId>,
    fields: Object,
}

impl Fields {
    pub(crate) fn of(row: Value) -> Result<Self, StoreError> {
        match row {
            Value::Object(mut fields) => {
                let id = match fields.remove("id") {
                    Some(Value::RecordId(id)) => Some(id),
                    _ => None,
                };
                Ok(Self { id, fields })
            }
            other => Err(StoreError::Damaged { id: "?".to_owned(), what: format!("not a record: {other:?}") }),
        }
    }

    fn damaged(&self, what: impl Into<String>) -> StoreError {
        let id = self.id.as_ref().map_or_else(|| "?".to_owned(), ToSql::to_sql);
        StoreError::Damaged { id, what: what.into() }
    }

    /// A value that the domain must be able to read.
    pub(crate) fn parsed<T, E: std::fmt::Display>(&self, read: Result<T, E>) -> Result<T, StoreError> {
        read.map_err(|error| self.damaged(error.to_string()))
    }

    pub(crate) fn int(&mut self, field: &str) -> Result<i64, StoreError> {
        self.int_opt(field)?.ok_or_else(|| self.damaged(format!("{field} is missing")))
    }

    pub(crate) fn int_opt(&mut self, field: &str) -> Result<Option<i64>, StoreError> {
        match self.fields.remove(field) {
            Some(Value::Number(Number::Int(n))) => Ok(Some(n)),
            None | Some(Value::None | Value::Null) => Ok(None),
            Some(_) => Err(self.damaged(format!("{field} is not a whole number"))),
        }
    }

    pub(crate) fn n<T: TryFrom<i64>>(&mut self, field: &str) -> Result<T, StoreError> {
        let n = self.int(field)?;
        T::try_from(n).map_err(|_| self.damaged(format!("{field} is out of range")))
    }

    pub(crate) fn at(&mut self, field: &str) -> Result<Timestamp, StoreError> {
        self.int(field).map(Timestamp::from_unix_ms)
    }

    pub(crate) fn text(&mut self, field: &str) -> Result<String, StoreError> {
        match self.fields.remove(field) {
            Some(Value::String(text)) => Ok(text),
            _ => Err(self.damaged(format!("{field} is not text"))),
        }
    }

    pub(crate) fn bytes(&mut self, field: &str) -> Result<Vec<u8>, StoreError> {
        match self.fields.remove(field) {
            Some(Value::Bytes(bytes)) => Ok(bytes.into_inner().to_vec()),
            _ => Err(self.damaged(format!("{field} is not bytes"))),
        }
    }

    pub(crate) fn hash(&mut self, field: &str) -> Result<Hash, StoreError> {
        let bytes = self.bytes(field)?;
        bytes.try_into().map(Hash).map_err(|_| self.damaged(format!("{field} is not 32 bytes")))
    }

    pub(crate) fn value(&mut self, field: &str) -> Value {
        self.fields.remove(field).unwrap_or_default()
    }

    pub(crate) fn object(&mut self, field: &str) -> Result<Object, StoreError> {
        match self.fields.remove(field) {
            Some(Value::Object(object)) => Ok(object),
            _ => Err(self.damaged(format!("{field} is not an object"))),
        }
    }

    /// The text part of the key at `index`, or the whole key where it is text.
    pub(crate) fn key_text(&self, index: usize) -> Result<&str, StoreError> {
        match self.id.as_ref().map(|id| &id.key) {
            Some(RecordIdKey::String(key)) if index == 0 => Ok(key),
            Some(RecordIdKey::Array(parts)) => match parts.get(index) {
                Some(Value::String(part)) => Ok(part),
                _ => Err(self.damaged("the key has another form")),
            },
            _ => Err(self.damaged("the key has another form")),
        }
    }

    /// The whole-number part of the key at `index`.
    pub(crate) fn key_int(&self, index: usize) -> Result<i64, StoreError> {
        match self.id.as_ref().map(|id| &id.key) {
            Some(RecordIdKey::Array(parts)) => match parts.get(index) {
                Some(Value::Number(Number::Int(part))) => Ok(*part),
                _ => Err(self.damaged("the key has another form")),
            },
            _ => Err(self.damaged("the key has another form")),
        }
    }
}
