//! How far stores can be relied on, read for many at once.

use super::db::{Database, StoreError};
use super::row::{Fields, prefixed, select_ranges, text};
use super::transfer::read_appeal;
use domain::accept::AGE_MAX_MS;
use domain::credit::{Appeal, Credit, HALF_LIFE_MS, PointKey, credit, points};
use domain::id::StoreCode;
use domain::instant::{DAY_MS, MINUTE_MS, Timestamp};
use domain::transfer::Transfer;
use std::collections::BTreeMap;
use surrealdb::types::Value;
use tokio::sync::Mutex;

/// Transfers requested longer ago say too little about a store's credit to be read for it: after four half-lives a
/// point weighs a sixteenth.
const LOOK_BACK_MS: i64 = 4 * HALF_LIFE_MS;
/// For so long a score that is only compared with others is not worked out again.
const VALID_MS: i64 = 10 * MINUTE_MS;

impl Database {
    /// A store's credit at `now`, from the transfers that were requested within a year.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn credit(&self, store: &StoreCode, now: Timestamp) -> Result<Credit, StoreError> {
        let mut credits = self.credits(&[store], now).await?;
        Ok(credits.remove(store).unwrap_or_else(|| credit(&[], &BTreeMap::new(), now)))
    }

    /// The same of several stores.
    ///
    /// # Errors
    /// As [`Self::credit`].
    pub async fn credits(
        &self,
        stores: &[&StoreCode],
        now: Timestamp,
    ) -> Result<BTreeMap<StoreCode, Credit>, StoreError> {
        let transfers = self.transfers_since(stores, now.plus_ms(-LOOK_BACK_MS - AGE_MAX_MS - DAY_MS)).await?;
        let mut appeals = self.appeals(stores).await?;
        let of = |store: &&StoreCode| {
            let own: Vec<Transfer> = transfers.iter().filter(|transfer| transfer.has_part(store)).cloned().collect();
            let appeals = appeals.remove(*store).unwrap_or_default();
            ((*store).clone(), credit(&points(store, &own), &appeals, now))
        };
        Ok(stores.iter().map(of).collect())
    }

    /// What stores have disputed.
    async fn appeals(
        &self,
        stores: &[&StoreCode],
    ) -> Result<BTreeMap<StoreCode, BTreeMap<PointKey, Appeal>>, StoreError> {
        let ranges = stores.iter().map(|store| prefixed("appeal", vec![text(store.as_str())]));
        let (statement, variables) = select_ranges(ranges);
        let rows: Vec<Value> = self.run(&statement, variables).await?.take(0)?;
        let mut appeals: BTreeMap<StoreCode, BTreeMap<PointKey, Appeal>> = BTreeMap::new();
        for row in rows {
            let fields = Fields::of(row.clone())?;
            let store = fields.parsed(StoreCode::parse(fields.key_text(0)?))?;
            let (point, appeal) = read_appeal(row)?;
            appeals.entry(store).or_default().insert(point, appeal);
        }
        Ok(appeals)
    }
}

/// Scores that were worked out lately: to choose among stores, not to show.
#[derive(Debug, Default)]
pub struct CreditScores(Mutex<BTreeMap<StoreCode, (Timestamp, u16)>>);

impl CreditScores {
    /// The scores of some stores, up to ten minutes old.
    ///
    /// # Errors
    /// When the database fails or a record is damaged.
    pub async fn of(
        &self,
        database: &Database,
        stores: &[&StoreCode],
        now: Timestamp,
    ) -> Result<BTreeMap<StoreCode, u16>, StoreError> {
        let mut known = self.0.lock().await;
        known.retain(|_, (at, _)| now.since(*at).abs() < VALID_MS);
        let unknown: Vec<&StoreCode> = stores.iter().copied().filter(|store| !known.contains_key(*store)).collect();
        if !unknown.is_empty() {
            let read = database.credits(&unknown, now).await?;
            known.extend(read.into_iter().map(|(store, credit)| (store, (now, credit.score))));
        }
        let score = |store: &&StoreCode| Some(((*store).clone(), known.get(*store)?.1));
        Ok(stores.iter().filter_map(score).collect())
    }
}
