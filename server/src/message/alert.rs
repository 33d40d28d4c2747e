//! Tells people of warnings: who a rule names, by the channels it names, when its quiet hours allow. What is to be told
//! stands in the warning's row, so a stop between telling and noting tells nobody twice: messages have names of their own.

use super::compose::Words;
use super::office::Office;
use crate::error::chain;
use crate::lease::Lease;
use crate::store::warning::FiringRow;
use crate::store::{Database, Directory, StoreError};
use domain::firing::Firing;
use domain::id::{PersonId, RuleCode, StoreCode};
use domain::message::preference::ChannelKind;
use domain::message::{group_of, group_reader};
use domain::policy::{Action, Target, Viewer, may};
use domain::rule::Rule;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// How often it is looked whether somebody's quiet hours have ended.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Warnings taken at once.
const BATCH: i64 = 2_000;
/// Up to so many at the same moment have a message each; of more, a reader gets one that counts them.
const ONE_BY_ONE_MAX: usize = 5;

/// Rules by code and version.
type Rules = BTreeMap<(RuleCode, u32), Rule>;

/// Tells people of warnings.
pub struct Alerts {
    /// Where they are.
    pub database: Database,
    /// Who works where.
    pub directory: Directory,
    /// Sends.
    pub office: Office,
    /// Only its holder tells.
    pub lease: Lease,
    /// Wakes when there is something to tell.
    pub news: Arc<Notify>,
}

impl Alerts {
    /// Runs until `ended` says so.
    pub async fn run(self, mut ended: watch::Receiver<()>) {
        loop {
            if self.lease.holds().await
                && let Err(error) = self.tell_due().await
            {
                tracing::warn!(error = chain(&error), "people are told of warnings later");
            }
            tokio::select! {
                () = self.news.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = ended.changed() => return,
            }
        }
    }

    async fn tell_due(&self) -> Result<(), StoreError> {
        loop {
            let rows = self.database.untold_firings(self.office.now(), BATCH).await?;
            if rows.is_empty() {
                return Ok(());
            }
            let saved = self.database.rules().await?.into_iter();
            let rules = saved.map(|saved| ((saved.rule.code.clone(), saved.rule.version), saved.rule)).collect();
            self.tell(&rows, &rules).await?;
            self.database.set_told(&rows).await?;
        }
    }

    async fn tell(&self, rows: &[FiringRow], rules: &Rules) -> Result<(), StoreError> {
        let mut told: BTreeMap<PersonId, Vec<(&Firing, &Rule, BTreeSet<ChannelKind>)>> = BTreeMap::new();
        for FiringRow { firing, .. } in rows {
            if firing.closed.is_some() || firing.owner().is_some() {
                self.settle(firing).await?;
            } else if let Some(rule) = rules.get(&(firing.rule.clone(), firing.version))
                // What is true no longer by the time it may be told is in the list of warnings, and disturbs nobody.
                && firing.cleared_at.is_none()
            {
                for (reader, channels) in self.readers(rule, &firing.store).await? {
                    told.entry(reader).or_default().push((firing, rule, channels));
                }
            }
        }
        for (person, told) in told {
            let reader = self.office.reader(&person).await?;
            let (masters, people) = (self.directory.masters(), self.directory.people());
            let (words, now) =
                (Words { masters: &masters, people: &people, language: reader.language }, self.office.now());
            if told.len() <= ONE_BY_ONE_MAX {
                for (firing, rule, channels) in told {
                    let may_take = group_of(&person).is_some() || self.may_take(&person, &firing.store);
                    let message = words.warning(firing, rule, &person, may_take, now);
                    self.office.send_by(&channels, &reader, &message).await?;
                }
            } else {
                let channels = told.iter().flat_map(|(.., channels)| channels.iter().copied()).collect();
                let told: Vec<(&Firing, &Rule)> = told.iter().map(|(firing, rule, _)| (*firing, *rule)).collect();
                if let Some(message) = words.warnings(&told, &person, now) {
                    self.office.send_by(&channels, &reader, &message).await?;
                }
            }
        }
        Ok(())
    }

    /// Says on the cards who does something about it, or has.
    async fn settle(&self, firing: &Firing) -> Result<(), StoreError> {
        let (masters, people) = (self.directory.masters(), self.directory.people());
        let zone = self.office.zone_of(&firing.store);
        let outcome = |language, reader: &_| {
            Words { masters: &masters, people: &people, language }.warning_outcome(firing, 0, reader, zone)
        };
        self.office.settle(&super::compose::about_warning(firing), outcome).await
    }

    /// Whom a rule tells of a store's warning, by which channels: everybody of its roles who answers for the store, and the
    /// store's group where the rule names groups.
    async fn readers(
        &self,
        rule: &Rule,
        store: &StoreCode,
    ) -> Result<BTreeMap<PersonId, BTreeSet<ChannelKind>>, StoreError> {
        let workers = self.directory.workers();
        let mut readers: BTreeMap<PersonId, BTreeSet<ChannelKind>> = BTreeMap::new();
        for telling in &rule.tell {
            let channels: BTreeSet<ChannelKind> =
                telling.channels.iter().filter_map(|code| ChannelKind::from_code(code)).collect();
            let is_told = |viewer: &&Viewer| {
                viewer.role == telling.role && self.target(store, |target| may(viewer, Action::SeeStock, target))
            };
            for viewer in workers.iter().filter(is_told) {
                readers.entry(viewer.id.clone()).or_default().extend(&channels);
            }
            if channels.contains(&ChannelKind::WeComGroup) && self.office.has_group(store).await? {
                readers.entry(group_reader(store)).or_default().insert(ChannelKind::WeComGroup);
            }
        }
        Ok(readers)
    }

    fn may_take(&self, person: &PersonId, store: &StoreCode) -> bool {
        let workers = self.directory.workers();
        let viewer = workers.iter().find(|viewer| viewer.id == *person);
        viewer.is_some_and(|viewer| self.target(store, |target| may(viewer, Action::AnswerWarnings, target)))
    }

    /// Whether something holds of a store; of one that nobody knows nothing does.
    fn target(&self, store: &StoreCode, holds: impl FnOnce(Target<'_>) -> bool) -> bool {
        let masters = self.directory.masters();
        masters.store(store).is_some_and(|master| holds(Target::Store(store, &master.store.region)))
    }
}
