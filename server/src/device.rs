//! Devices: what their requests tell is kept in memory and written behind, so that it costs a request nothing; what is
//! missing of their numbers is found in the index.

use crate::access::check_store;
use crate::clock::Clock;
use crate::error::ApiError;
use crate::read::stores_of;
use crate::state::AppState;
use crate::store::device::{Bar, DeviceReport, KnownDevice};
use crate::store::{Database, StoreError};
use crate::trace::index::{seen_by, seen_of};
use domain::chain::SignedHead;
use domain::device::{Barred, DevicePage, DeviceRow, Gap, Seen};
use domain::id::{DeviceId, StoreCode};
use domain::instant::{MINUTE_MS, Timestamp};
use domain::policy::{Action, Target, Viewer, may};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How often what requests told is written.
const WRITE_EVERY: Duration = Duration::from_secs(3);
/// A device's heads are kept at most this often, in milliseconds.
const WITNESS_EVERY_MS: i64 = MINUTE_MS;

#[derive(Debug, Default)]
struct Pending {
    reports: BTreeMap<DeviceId, DeviceReport>,
    refused: BTreeSet<(DeviceId, u64)>,
    witnessed: BTreeMap<(StoreCode, DeviceId), SignedHead>,
    /// When each device's head of each store was last kept.
    kept_at: BTreeMap<(StoreCode, DeviceId), Timestamp>,
    barred: BTreeSet<DeviceId>,
}

/// The devices. Cheap to clone; its task ends with the last handle.
#[derive(Debug, Clone)]
pub struct Devices {
    database: Database,
    clock: Clock,
    pending: Arc<Mutex<Pending>>,
    _alive: watch::Sender<()>,
}

impl Devices {
    /// Reads who is barred and begins to write behind.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn start(database: Database, clock: Clock) -> Result<Self, StoreError> {
        let pending = Pending { barred: database.barred_devices().await?, ..Pending::default() };
        let pending = Arc::new(Mutex::new(pending));
        let (alive, mut ended) = watch::channel(());
        let writer = Writer { database: database.clone(), pending: Arc::clone(&pending) };
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = tokio::time::sleep(WRITE_EVERY) => writer.write_and_look().await,
                    _ = ended.changed() => return,
                }
            }
        });
        Ok(Self { database, clock, pending, _alive: alive })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Pending) -> T) -> T {
        // Whoever held the lock only moved values in and out: a poisoned one still holds good data.
        act(&mut self.pending.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether a device may not send.
    #[must_use]
    pub fn is_barred(&self, device: DeviceId) -> bool {
        self.with(|pending| pending.barred.contains(&device))
    }

    /// Takes note of a request.
    pub fn note(
        &self,
        device: DeviceId,
        report: Option<DeviceReport>,
        refused: impl IntoIterator<Item = u64>,
        witnessed: Vec<SignedHead>,
    ) {
        let now = self.clock.now();
        self.with(|pending| {
            if let Some(report) = report {
                pending.reports.insert(device, report);
            }
            pending.refused.extend(refused.into_iter().map(|n| (device, n)));
            for head in witnessed {
                let key = (head.head.store.clone(), device);
                let is_due = pending.kept_at.get(&key).is_none_or(|kept| now.since(*kept) >= WITNESS_EVERY_MS);
                if is_due && head.head.seq > 0 {
                    pending.kept_at.insert(key.clone(), now);
                    pending.witnessed.insert(key, head);
                }
            }
        });
    }

    /// Writes what was noted: at shutdown, and before somebody looks.
    ///
    /// # Errors
    /// When the database fails; what was noted is then kept for the next time.
    pub async fn flush(&self) -> Result<(), StoreError> {
        Writer { database: self.database.clone(), pending: Arc::clone(&self.pending) }.write().await
    }

    /// Bars a device, or lets it in again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_bar(&self, device: DeviceId, bar: Option<Bar>) -> Result<(), StoreError> {
        self.database.set_bar(device, bar.as_ref()).await?;
        self.with(|pending| {
            if bar.is_some() {
                pending.barred.insert(device);
            } else {
                pending.barred.remove(&device);
            }
        });
        Ok(())
    }
}

struct Writer {
    database: Database,
    pending: Arc<Mutex<Pending>>,
}

impl Writer {
    fn lock(&self) -> std::sync::MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes, and reads who is barred: another process may have changed that.
    async fn write_and_look(&self) {
        if let Err(error) = self.write().await {
            tracing::warn!(error = crate::error::chain(&error), "what devices told is not written yet");
        }
        match self.database.barred_devices().await {
            Ok(barred) => self.lock().barred = barred,
            Err(error) => tracing::warn!(error = crate::error::chain(&error), "cannot read who is barred"),
        }
    }

    async fn write(&self) -> Result<(), StoreError> {
        let (reports, refused, witnessed) = {
            let mut pending = self.lock();
            let reports = std::mem::take(&mut pending.reports);
            (reports, std::mem::take(&mut pending.refused), std::mem::take(&mut pending.witnessed))
        };
        if reports.is_empty() && refused.is_empty() && witnessed.is_empty() {
            return Ok(());
        }
        let written = self.database.save_devices(&reports, &refused, &witnessed).await;
        if written.is_err() {
            let mut pending = self.lock();
            // What came meanwhile is newer.
            for (device, report) in reports {
                pending.reports.entry(device).or_insert(report);
            }
            pending.refused.extend(refused);
            for (key, head) in witnessed {
                pending.witnessed.entry(key).or_insert(head);
            }
        }
        written
    }
}

/// What is missing of the numbers of each device that has recorded something in a store; devices that miss nothing
/// are left out.
///
/// # Errors
/// When the database fails.
pub async fn gaps_in(state: &AppState, store: &StoreCode) -> Result<BTreeMap<DeviceId, Vec<Gap>>, StoreError> {
    gaps_of(state, &seen_by(&state.db, store).await?).await
}

async fn gaps_of(
    state: &AppState,
    seen: &BTreeMap<(StoreCode, DeviceId), Seen>,
) -> Result<BTreeMap<DeviceId, Vec<Gap>>, StoreError> {
    let mut found = BTreeMap::new();
    let masters = state.directory.masters();
    for ((store, device), numbers) in seen.iter().filter(|(_, numbers)| !numbers.is_whole()) {
        let others = masters.stores().keys().filter(|other| *other != store).map(|other| (other, *device));
        let elsewhere: Vec<Seen> = seen_of(&state.db, others).await?.into_values().collect();
        let gaps = numbers.gaps(&elsewhere, &state.db.refused_numbers(*device).await?);
        if !gaps.is_empty() {
            found.insert(*device, gaps);
        }
    }
    Ok(found)
}

/// The devices of one store, or of all that the viewer may see: then only those that ever sent something themselves.
///
/// # Errors
/// When the viewer may not, or the database fails.
pub async fn page(state: &AppState, viewer: &Viewer, store: Option<&StoreCode>) -> Result<DevicePage, ApiError> {
    state.devices.flush().await?;
    let masters = state.directory.masters();
    let stores: BTreeSet<StoreCode> = match store {
        Some(store) => {
            check_store(state, viewer, Action::SeeTrace, store)?;
            BTreeSet::from([store.clone()])
        }
        None => stores_of(&masters, viewer, Action::SeeTrace).cloned().collect(),
    };
    let known = state.db.devices().await?;
    let known: BTreeMap<DeviceId, KnownDevice> = known
        .into_iter()
        .filter(|known| stores.contains(&known.report.store))
        .map(|known| (known.device, known))
        .collect();
    let mut seen = seen_of(&state.db, known.values().map(|known| (&known.report.store, known.device))).await?;
    if stores.len() == 1
        && let Some(store) = stores.first()
    {
        seen.extend(seen_by(&state.db, store).await?);
    }
    let gaps = gaps_of(state, &seen).await?;
    let all: BTreeMap<DeviceId, &StoreCode> = seen
        .keys()
        .map(|(store, device)| (*device, store))
        .chain(known.values().map(|known| (known.device, &known.report.store)))
        .collect();
    let mut devices: Vec<DeviceRow> = Vec::new();
    for (device, store) in all {
        let last_seq = seen.get(&(store.clone(), device)).map_or(0, Seen::last);
        let gaps = gaps.get(&device).cloned().unwrap_or_default();
        devices.extend(row(state, viewer, device, store, known.get(&device), last_seq, gaps));
    }
    devices.sort_by_key(|row| {
        let troubles = (row.barred.is_some(), row.gaps.is_empty(), row.n_unsent == 0);
        (troubles, std::cmp::Reverse(row.seen_at), row.device)
    });
    Ok(DevicePage { now: state.clock.now(), build: state.site.build.clone(), devices })
}

fn row(
    state: &AppState,
    viewer: &Viewer,
    device: DeviceId,
    store: &StoreCode,
    known: Option<&KnownDevice>,
    last_seq: u64,
    gaps: Vec<Gap>,
) -> Option<DeviceRow> {
    let masters = state.directory.masters();
    let people = state.directory.people();
    let master = &masters.store(store)?.store;
    let name = |person| people.get(person).cloned().unwrap_or_else(|| person.to_string());
    let bar = known.and_then(|known| known.bar.as_ref());
    let target = Target::Store(&master.code, &master.region);
    Some(DeviceRow {
        device,
        store: store.clone(),
        store_name: master.name.clone(),
        zone_offset: master.zone_offset,
        person: known.map(|known| known.report.person.clone()),
        person_name: known.map(|known| name(&known.report.person)),
        app: known.map(|known| known.report.app.clone()),
        seen_at: known.map(|known| known.report.seen_at),
        n_unsent: known.map_or(0, |known| known.report.n_unsent),
        last_seq,
        gaps,
        barred: bar.map(|bar| Barred { at: bar.at, by: bar.by.clone(), by_name: name(&bar.by) }),
        may_manage: known.is_some() && may(viewer, Action::ManageDevices, target),
    })
}

/// Whether a device is to be barred or let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It may not send any more.
    Bar,
    /// It may again.
    Admit,
}

/// Bars a device, or lets it in again.
///
/// # Errors
/// When the device is not known, or the viewer may not manage the devices of its store.
pub async fn admit(state: &AppState, viewer: &Viewer, device: DeviceId, admission: Admission) -> Result<(), ApiError> {
    state.devices.flush().await?;
    let known = state.db.device(device).await?.ok_or(ApiError::NotFound)?;
    check_store(state, viewer, Action::ManageDevices, &known.report.store)?;
    let bar = match admission {
        Admission::Bar => Some(Bar { at: state.clock.now(), by: viewer.id.clone() }),
        Admission::Admit => None,
    };
    tracing::info!(%device, by = %viewer.id, ?admission, "a device's admission has changed");
    Ok(state.devices.set_bar(device, bar).await?)
}
