//! What became of messages, in the database.

use super::answer::BoxError;
use super::dispatch::{DeliveryLog, Outcome};
use crate::store::message::DeliveryRecord;
use crate::store::{Database, StoreError};
use domain::id::MessageId;
use domain::instant::Timestamp;
use domain::message::Message;
use domain::message::delivery::{Delivery, Step};
use domain::message::preference::ChannelKind;
use futures::future::BoxFuture;
use std::sync::Arc;
use tokio::sync::Mutex;

/// The log of deliveries. Cheap to clone; clones write one after the other, so that none undoes what another noted.
#[derive(Clone)]
pub struct Deliveries {
    database: Database,
    writing: Arc<Mutex<()>>,
}

impl Deliveries {
    /// The log in this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self { database, writing: Arc::default() }
    }

    /// Notes that a person has done a step on a channel; nothing where the message did not go that way.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn step(
        &self,
        message: MessageId,
        channel: ChannelKind,
        step: Step,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.change(message, channel, |record| record.delivery.note(step, at)).await
    }

    /// Notes what a message is to show where it is read, once it has been sent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decided(&self, message: MessageId, channel: ChannelKind, text: &str) -> Result<(), StoreError> {
        self.change(message, channel, |record| record.outcome = Some(text.to_owned())).await
    }

    async fn change(
        &self,
        message: MessageId,
        channel: ChannelKind,
        change: impl FnOnce(&mut DeliveryRecord),
    ) -> Result<(), StoreError> {
        let _alone = self.writing.lock().await;
        let known = self.database.deliveries_of(message).await?;
        let Some(mut record) = known.into_iter().find(|record| record.delivery.channel == channel) else {
            return Ok(());
        };
        change(&mut record);
        self.database.save_delivery(&record).await
    }
}

impl DeliveryLog for Deliveries {
    fn note<'a>(&'a self, delivery: &'a Delivery, reference: Option<&'a str>) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move {
            let noted = self.change(delivery.message, delivery.channel, |record| {
                // What the person did meanwhile stands only here.
                let known = std::mem::replace(&mut record.delivery, delivery.clone());
                known.steps.into_iter().for_each(|(step, at)| record.delivery.note(step, at));
                if let Some(reference) = reference {
                    record.reference = Some(reference.to_owned());
                }
            });
            Ok(noted.await?)
        })
    }

    fn outcome(&self, message: MessageId, channel: ChannelKind) -> BoxFuture<'_, Result<Option<Outcome>, BoxError>> {
        Box::pin(async move {
            let known = self.database.deliveries_of(message).await?;
            let record = known.into_iter().find(|record| record.delivery.channel == channel);
            // A card that was answered is changed by its answer.
            let record = record.filter(|record| !record.delivery.steps.contains_key(&Step::Acted));
            let outcome = record.and_then(|record| Some((record.reference?, record.outcome?)));
            Ok(outcome.map(|(reference, text)| Outcome { reference, text }))
        })
    }

    fn settled(&self, message: MessageId, channel: ChannelKind) -> BoxFuture<'_, Result<(), BoxError>> {
        Box::pin(async move {
            let settled = self.change(message, channel, |record| {
                record.reference = None;
                record.outcome = None;
            });
            Ok(settled.await?)
        })
    }

    fn forget<'a>(&'a self, message: &'a Message, channel: ChannelKind) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move { Ok(self.database.delete_contact(&message.to, channel).await?) })
    }
}
