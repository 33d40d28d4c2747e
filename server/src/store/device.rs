//! Devices as records: what their requests told, numbers that were refused, heads they have shown.

use super::db::{Database, StoreError};
use super::row::{Fields, at, bytes, id, prefixed, seq, text};
use domain::chain::{Head, SignedHead};
use domain::id::{DeviceId, PersonId, StoreCode};
use domain::instant::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use surrealdb::types::{Object, RecordId, Value, Variables};

/// What a device's last request told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceReport {
    /// Where it recorded something, or its person works.
    pub store: StoreCode,
    /// Who sent.
    pub person: PersonId,
    /// Build of the app.
    pub app: String,
    /// When.
    pub seen_at: Timestamp,
    /// Events it kept and had not sent, those of the request left out.
    pub n_unsent: u32,
}

/// Since when, and by whom, a device is barred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Since when.
    pub at: Timestamp,
    /// By whom.
    pub by: PersonId,
}

/// A device as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDevice {
    /// The installation.
    pub device: DeviceId,
    /// Its last request.
    pub report: DeviceReport,
    /// Whether it is barred.
    pub bar: Option<Bar>,
}

fn device_id(device: DeviceId) -> RecordId {
    RecordId::new("device", device.to_string())
}

fn read_device(row: Value) -> Result<KnownDevice, StoreError> {
    let mut fields = Fields::of(row)?;
    let device = fields.parsed(DeviceId::parse(fields.key_text(0)?))?;
    let (store, person) = (fields.text("store")?, fields.text("person")?);
    let bar = match fields.int_opt("barred_at")? {
        None => None,
        Some(since) => {
            let by = fields.text("barred_by")?;
            Some(Bar { at: Timestamp::from_unix_ms(since), by: fields.parsed(by.parse())? })
        }
    };
    let report = DeviceReport {
        store: fields.parsed(store.parse())?,
        person: fields.parsed(person.parse())?,
        app: fields.text("app")?,
        seen_at: fields.at("seen_at")?,
        n_unsent: fields.n("n_unsent")?,
    };
    Ok(KnownDevice { device, report, bar })
}

impl Database {
    /// Every device that ever sent something.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn devices(&self) -> Result<Vec<KnownDevice>, StoreError> {
        let rows: Vec<Value> = self.run("SELECT * FROM device", Variables::new()).await?.take(0)?;
        rows.into_iter().map(read_device).collect()
    }

    /// A device that ever sent something.
    ///
    /// # Errors
    /// When the database fails or the record is damaged.
    pub async fn device(&self, device: DeviceId) -> Result<Option<KnownDevice>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(device_id(device)));
        let rows: Vec<Value> = self.run("SELECT * FROM $id", variables).await?.take(0)?;
        rows.into_iter().map(read_device).next().transpose()
    }

    /// Keeps what requests told, numbers that were refused, and heads that were shown. Whether a device is barred is
    /// left as it is.
    ///
    /// # Errors
    /// When the database fails: nothing is then written.
    pub async fn save_devices(
        &self,
        reports: &BTreeMap<DeviceId, DeviceReport>,
        refused: &BTreeSet<(DeviceId, u64)>,
        witnessed: &BTreeMap<(StoreCode, DeviceId), SignedHead>,
    ) -> Result<(), StoreError> {
        let report = |(device, report): (&DeviceId, &DeviceReport)| {
            let mut row = Object::new();
            row.insert("id", device_id(*device));
            row.insert("store", text(report.store.as_str()));
            row.insert("person", text(report.person.as_str()));
            row.insert("app", text(&report.app));
            row.insert("seen_at", at(report.seen_at));
            row.insert("n_unsent", i64::from(report.n_unsent));
            Value::Object(row)
        };
        let refused = refused.iter().map(|(device, n)| {
            let mut row = Object::new();
            row.insert("id", id("refused", vec![text(device.to_string()), seq(*n)]));
            Value::Object(row)
        });
        let shown = witnessed.iter().map(|((store, device), signed)| {
            let mut row = Object::new();
            let key = vec![text(store.as_str()), seq(signed.head.seq), text(device.to_string())];
            row.insert("id", id("witness", key));
            row.insert("hash", bytes(signed.head.hash.0));
            row.insert("signature", text(&signed.signature));
            Value::Object(row)
        });
        let rows: Vec<Value> = reports.iter().map(report).chain(refused).chain(shown).collect();
        let mut variables = Variables::new();
        variables.insert("rows", rows);
        let statement = "BEGIN; FOR $row IN $rows { UPSERT $row.id MERGE $row RETURN NONE }; COMMIT;";
        self.run(statement, variables).await.map(|_| ())
    }

    /// Bars a device, or lets it in again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_bar(&self, device: DeviceId, bar: Option<&Bar>) -> Result<(), StoreError> {
        let mut variables = Variables::new();
        variables.insert("id", Value::RecordId(device_id(device)));
        let statement = match bar {
            Some(bar) => {
                variables.insert("at", at(bar.at));
                variables.insert("by", text(bar.by.as_str()));
                "UPDATE $id SET barred_at = $at, barred_by = $by RETURN NONE"
            }
            None => "UPDATE $id UNSET barred_at, barred_by RETURN NONE",
        };
        self.run(statement, variables).await.map(|_| ())
    }

    /// The devices that are barred.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn barred_devices(&self) -> Result<BTreeSet<DeviceId>, StoreError> {
        let statement = "SELECT * FROM device WHERE barred_at != NONE";
        let rows: Vec<Value> = self.run(statement, Variables::new()).await?.take(0)?;
        rows.into_iter().map(|row| read_device(row).map(|known| known.device)).collect()
    }

    /// The numbers of a device whose events were refused.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn refused_numbers(&self, device: DeviceId) -> Result<BTreeSet<u64>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("refused", vec![text(device.to_string())]));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        rows.into_iter()
            .map(|row| {
                let fields = Fields::of(row)?;
                fields.parsed(u64::try_from(fields.key_int(1)?))
            })
            .collect()
    }

    /// Signed heads that devices have shown of a store's ledger, with the devices.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn witnessed(&self, store: &StoreCode) -> Result<Vec<(DeviceId, SignedHead)>, StoreError> {
        let mut variables = Variables::new();
        variables.insert("range", prefixed("witness", vec![text(store.as_str())]));
        let rows: Vec<Value> = self.run("SELECT * FROM $range", variables).await?.take(0)?;
        rows.into_iter()
            .map(|row| {
                let mut fields = Fields::of(row)?;
                let seq = fields.parsed(u64::try_from(fields.key_int(1)?))?;
                let device = fields.parsed(DeviceId::parse(fields.key_text(2)?))?;
                let head = Head { store: store.clone(), seq, hash: fields.hash("hash")? };
                Ok((device, SignedHead { head, signature: fields.text("signature")? }))
            })
            .collect()
    }
}
