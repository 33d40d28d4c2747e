//! The follower's half that judges: what was taken, line by line, while this process holds the lease.

use super::super::book::StoreBook;
use super::super::judge::{judge, raise};
use super::Follower;
use crate::store::StoreError;
use domain::id::{SkuCode, StoreCode};
use std::collections::BTreeSet;
use std::sync::PoisonError;

impl Follower {
    /// Judges what was taken. What fails stays to be done, and hinders nothing else.
    pub(super) async fn work_off(&mut self) -> Result<(), StoreError> {
        for store in self.pending.lots.clone() {
            let best_before = self.database.best_before(&store).await?;
            self.write(|book| book.set_best_before(&store, &best_before));
            self.pending.lots.remove(&store);
        }
        let steps = self.pending.steps.clone();
        if !steps.is_empty() {
            let moved = self.under_way.follow(&self.database, steps).await?;
            self.take_transfers(moved);
            self.pending.steps.clear();
        }
        let stale = std::mem::take(&mut self.pending.stale);
        self.refresh(&stale);
        if !self.may_judge().await? {
            // Whoever takes over begins with every line.
            self.pending.unjudged.clear();
            return Ok(());
        }
        let mut failed = None;
        for (store, skus) in std::mem::take(&mut self.pending.unjudged) {
            if let Err(error) = self.judge_some(&store, &skus).await {
                self.pending.judge(&store, skus);
                failed.get_or_insert(error);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Whether this process judges. Where it has taken that over, what rules remember is read anew, and every line is to
    /// be judged: nobody knows what was, and what was not.
    async fn may_judge(&mut self) -> Result<bool, StoreError> {
        if !self.lease.holds().await {
            return Ok(false);
        }
        let term = self.lease.term();
        if term != self.term {
            let stores: Vec<StoreCode> = self.read(|book| book.stores.keys().cloned().collect());
            for store in &stores {
                let watches = self.database.watches(store).await?;
                self.write(|book| {
                    if let Some(known) = book.stores.get_mut(store) {
                        known.watches = watches.into_iter().map(|row| ((row.sku, row.rule), row.watch)).collect();
                    }
                });
                self.owe_all(store);
            }
            self.term = term;
        }
        Ok(true)
    }

    pub(super) async fn work_off_or_warn(&mut self) {
        if let Err(error) = self.work_off().await {
            tracing::warn!(error = crate::error::chain(&error), "warnings are judged later");
        }
    }

    /// Every line of the store is to be judged.
    pub(super) fn owe_all(&mut self, store: &StoreCode) {
        let skus = self.read(|book| {
            book.stores.get(store).map(|known| known.fold.lines.keys().cloned().collect()).unwrap_or_default()
        });
        self.pending.judge(store, skus);
    }

    /// Judges lines of a store and keeps what comes of it; only then it is remembered.
    async fn judge_some(&self, store: &StoreCode, skus: &BTreeSet<SkuCode>) -> Result<(), StoreError> {
        let (masters, now) = (self.directory.masters(), self.clock.now());
        let (verdicts, zone) = self.read(|book| {
            let zone = book.stores.get(store).map(StoreBook::zone).unwrap_or_default();
            (judge(book, store, skus, &self.rules, &masters, now), zone)
        });
        if verdicts.is_empty() {
            return Ok(());
        }
        let _desk = self.desk.lock().await;
        let open = if verdicts.iter().any(|verdict| verdict.step.is_some()) {
            self.database.open_firings(Some(store)).await?
        } else {
            Vec::new()
        };
        let firings = raise(&verdicts, open, &self.rules, (store, zone), now);
        let watches: Vec<_> = verdicts.into_iter().map(|verdict| verdict.watch).collect();
        self.database.save_watches(store, &watches, &firings).await?;
        if !firings.is_empty() {
            let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
            firings.iter().for_each(|row| open.note(row));
            self.news.notify_one();
        }
        self.write(|book| {
            if let Some(known) = book.stores.get_mut(store) {
                known.watches.extend(watches.into_iter().map(|row| ((row.sku, row.rule), row.watch)));
            }
        });
        Ok(())
    }
}
