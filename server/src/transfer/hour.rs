//! What the hour brings to transfers: looks for what is due and has the ledger record it.
//!
//! The alarms follow from the ledger and the settings alone, so a restart forgets none, and of several server processes
//! whoever is first records it.

use crate::ledger::{Ledger, LedgerError};
use crate::state::AppState;
use crate::store::{Database, StoreError};
use domain::id::StoreCode;
use domain::instant::Timestamp;
use domain::transfer::{Patience, TransferId};
use std::collections::BTreeMap;
use std::time::Duration;

/// Time between two looks: what is due is recorded within a minute of its hour, a slow look included.
const LOOK_MS: i64 = 20_000;

/// Why what is due could not be recorded.
#[derive(Debug, thiserror::Error)]
pub enum HourError {
    /// The database fails.
    #[error("open transfers cannot be read")]
    Store(#[from] StoreError),
    /// The ledger takes nothing now.
    #[error("what is due cannot be recorded")]
    Ledger(#[from] LedgerError),
}

/// The alarms of open transfers.
pub struct Hours<P> {
    database: Database,
    ledger: Ledger,
    patience: P,
    /// Of each open transfer how many steps it had when it was read, and its next alarm.
    next: BTreeMap<TransferId, (i64, Option<Timestamp>)>,
}

impl<P: Fn(&StoreCode, &StoreCode) -> Patience> Hours<P> {
    /// Nothing is known yet. `patience` is told the source and the receiving store.
    #[must_use]
    pub fn new(database: Database, ledger: Ledger, patience: P) -> Self {
        Self { database, ledger, patience, next: BTreeMap::new() }
    }

    /// Records what is due at `now`; the earliest alarm after it comes back.
    ///
    /// # Errors
    /// When the database or the ledger fails; looking again is safe.
    pub async fn look(&mut self, now: Timestamp) -> Result<Option<Timestamp>, HourError> {
        let open = self.database.open_steps(None).await?;
        self.next.retain(|transfer, _| open.contains_key(transfer));
        let is_news = |(transfer, n_steps): &(&TransferId, &i64)| match self.next.get(*transfer) {
            Some((known, at)) => known != *n_steps || at.is_some_and(|at| at <= now),
            None => true,
        };
        let changed: Vec<TransferId> = open.iter().filter(is_news).map(|(transfer, _)| *transfer).collect();
        let mut due = Vec::new();
        for transfer in self.database.transfers(changed).await? {
            let n_steps = i64::try_from(transfer.timeline().len()).unwrap_or(i64::MAX);
            let alarms = match transfer.source() {
                Some(source) => {
                    let patience = (self.patience)(source, &transfer.receiver);
                    let now_due = transfer.due(now, &patience).into_iter();
                    due.extend(now_due.map(|alarm| (transfer.id, alarm, patience)));
                    transfer.alarms(&patience)
                }
                None => Vec::new(),
            };
            let next = alarms.first().map(|alarm| alarm.at);
            self.next.insert(transfer.id, (n_steps, next));
        }
        if !due.is_empty() {
            self.ledger.record_due(due).await?;
        }
        Ok(self.next.values().filter_map(|(_, at)| *at).filter(|at| *at > now).min())
    }
}

/// Records what is due for as long as the server runs.
pub async fn watch(state: AppState) {
    let config = state.config.clone();
    let patience = move |source: &StoreCode, receiver: &StoreCode| config.patience(source, receiver);
    let mut hours = Hours::new(state.db.clone(), state.ledger.clone(), patience);
    let mut stopping = state.stopping.subscribe();
    loop {
        let next = hours.look(state.clock.now()).await.unwrap_or_else(|error| {
            tracing::warn!(error = crate::error::chain(&error), "what the hour brought to transfers must wait");
            None
        });
        let wait_ms = next.map_or(LOOK_MS, |at| at.since(state.clock.now())).clamp(100, LOOK_MS);
        let wait = Duration::from_millis(wait_ms.unsigned_abs());
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = async { _ = stopping.wait_for(|stopping| *stopping).await } => return,
        }
    }
}
