//! Sends what waits on one channel, changes what was sent, and notes what came of it.

use super::answer::BoxError;
use super::channel::{Channel, Content, SendError};
use super::schedule::{Parcel, Schedule, Task, Verdict, Waiting};
use crate::clock::Clock;
use domain::id::MessageId;
use domain::instant::Timestamp;
use domain::message::Message;
use domain::message::delivery::{Delivery, Failure, Step};
use domain::message::preference::ChannelKind;
use futures::StreamExt;
use futures::future::BoxFuture;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Addresses that are sent to at once: one that answers slowly does not hold up the others.
const AT_ONCE: usize = 8;

/// An address that did not answer is left alone for so long, in milliseconds.
const SILENT_MS: i64 = 10_000;

/// What a message is to show where it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What lets it be changed.
    pub reference: String,
    /// What it is to show.
    pub text: String,
}

/// What is noted of deliveries on the channel.
pub trait DeliveryLog: Send + Sync {
    /// Notes how far a message has come; `reference` is what lets it be changed where it is read.
    fn note<'a>(&'a self, delivery: &'a Delivery, reference: Option<&'a str>) -> BoxFuture<'a, Result<(), BoxError>>;

    /// What a message is to show; `None` where there is nothing to change, or it has been answered where it is read.
    fn outcome(&self, message: MessageId, channel: ChannelKind) -> BoxFuture<'_, Result<Option<Outcome>, BoxError>>;

    /// Forgets what a message is to show: it does, or never will.
    fn settled(&self, message: MessageId, channel: ChannelKind) -> BoxFuture<'_, Result<(), BoxError>>;

    /// Forgets an address that the channel does not know.
    fn forget<'a>(&'a self, message: &'a Message, channel: ChannelKind) -> BoxFuture<'a, Result<(), BoxError>>;
}

/// A message that waits, with how far it has come.
struct Queued {
    message: Message,
    delivery: Delivery,
}

/// What is still to be written down.
struct Unnoted {
    delivery: Delivery,
    reference: Option<String>,
    /// Whose address is to be forgotten.
    forget: Option<Message>,
}

/// What came of a parcel.
struct Sent {
    parcel: Parcel,
    outcome: Result<Option<String>, SendError>,
    at: Timestamp,
}

/// Sends what waits on one channel. One for each channel; after a stop, give it what was waiting again.
pub struct Dispatcher {
    channel: Arc<dyn Channel>,
    log: Arc<dyn DeliveryLog>,
    clock: Clock,
    schedule: Schedule,
    queued: BTreeMap<MessageId, Queued>,
    /// What the log has not taken: it is told again.
    unnoted: BTreeMap<MessageId, Unnoted>,
    /// Messages that have been changed, which the log does not know.
    unsettled: Vec<MessageId>,
}

impl Dispatcher {
    /// With nothing waiting.
    #[must_use]
    pub fn new(channel: Arc<dyn Channel>, log: Arc<dyn DeliveryLog>, clock: Clock) -> Self {
        let schedule = Schedule::new(channel.limits());
        let (queued, unnoted) = (BTreeMap::new(), BTreeMap::new());
        Self { channel, log, clock, schedule, queued, unnoted, unsettled: Vec::new() }
    }

    /// Adds a message that is on disk as waiting; `waiting` must be about it.
    pub fn push(&mut self, to: &str, message: Message, delivery: Delivery, waiting: Waiting) {
        self.schedule.push(to, waiting);
        self.queued.insert(message.id, Queued { message, delivery });
    }

    /// What a message asks is decided, as it stands on disk: one that waits need not be sent any more, one that was sent is
    /// changed where it is read.
    pub fn settle(&mut self, to: &str, message: MessageId) {
        let now = self.clock.now();
        if !self.schedule.withdraw(message) {
            return self.schedule.push(to, Waiting::to_change(message, now));
        }
        if let Some(Queued { mut delivery, .. }) = self.queued.remove(&message) {
            delivery.failed = Some((now, Failure::Withdrawn));
            self.unnoted.insert(message, Unnoted { delivery, reference: None, forget: None });
        }
        self.unsettled.push(message);
    }

    /// Forgets everything that waits: it is on disk.
    pub fn clear(&mut self) {
        self.schedule.clear();
        self.queued.clear();
    }

    /// When [`Dispatcher::send_due`] has something to do next; `None` while nothing waits.
    #[must_use]
    pub fn next_at(&self) -> Option<Timestamp> {
        let now = self.clock.now();
        if self.unnoted.is_empty() && self.unsettled.is_empty() { self.schedule.next_at(now) } else { Some(now) }
    }

    /// Does what is due now: to each address one after the other, to several addresses at once. `jitter` gives 0 to 1,000,
    /// anew for each.
    ///
    /// # Errors
    /// When the log fails, once everything has been done; it is told again the next time. What was sent by then is sent;
    /// it may be sent once more after a stop, with the same id.
    pub async fn send_due(&mut self, mut jitter: impl FnMut() -> u16) -> Result<(), BoxError> {
        let mut failed = self.write_down().await.err();
        let mut lines: BTreeMap<String, Vec<Parcel>> = BTreeMap::new();
        for parcel in self.schedule.due(self.clock.now()) {
            lines.entry(parcel.to.clone()).or_default().push(parcel);
        }
        let is_blocked = AtomicBool::new(false);
        let this = &*self;
        let sending = futures::stream::iter(lines.into_values()).map(|line| this.send_line(line, &is_blocked));
        let sent: Vec<Vec<Sent>> = sending.buffer_unordered(AT_ONCE).collect().await;
        for Sent { parcel, outcome, at } in sent.into_iter().flatten() {
            let tasks: Vec<(MessageId, Task)> = parcel.messages.iter().map(|one| (one.message, one.task)).collect();
            let (reference, failure) = match &outcome {
                Ok(reference) => (reference.as_deref(), None),
                Err(error) => (None, Some(error)),
            };
            let verdict = self.schedule.settle(parcel, failure.map_or(Ok(()), Err), at, jitter());
            match tasks.as_slice() {
                [(message, Task::Change)] => self.note_change(*message, failure, &verdict),
                _ => self.note_sending(&tasks, reference, failure, &verdict, at),
            }
        }
        if let Err(error) = self.write_down().await {
            failed.get_or_insert(error);
        }
        failed.map_or(Ok(()), Err)
    }

    /// Sends parcels to one address. Once it does not answer, the others wait; once the channel takes nothing, all do.
    async fn send_line(&self, line: Vec<Parcel>, is_blocked: &AtomicBool) -> Vec<Sent> {
        let mut sent = Vec::with_capacity(line.len());
        let mut is_silent = false;
        for parcel in line {
            let outcome = if is_blocked.load(Ordering::SeqCst) {
                Err(SendError::Blocked { for_ms: 0, why: "the channel rests".into() })
            } else if is_silent {
                Err(SendError::Busy { for_ms: SILENT_MS, why: "it has just not answered".into() })
            } else {
                self.send(&parcel).await
            };
            is_silent |= matches!(outcome, Err(SendError::Later(_)));
            if matches!(outcome, Err(SendError::Blocked { .. })) {
                is_blocked.store(true, Ordering::SeqCst);
            }
            sent.push(Sent { parcel, outcome, at: self.clock.now() });
        }
        sent
    }

    async fn send(&self, parcel: &Parcel) -> Result<Option<String>, SendError> {
        if let [Waiting { message, task: Task::Change, .. }] = parcel.messages.as_slice() {
            return self.change(&parcel.to, *message).await.map(|()| None);
        }
        let queued = parcel.messages.iter().filter_map(|waiting| self.queued.get(&waiting.message));
        let messages: Vec<Message> = queued.map(|queued| queued.message.clone()).collect();
        let content = match messages.as_slice() {
            [message] => Content::One(message),
            messages => Content::Digest(messages),
        };
        self.channel.send(&parcel.to, content).await.map(|sent| sent.reference)
    }

    async fn change(&self, to: &str, message: MessageId) -> Result<(), SendError> {
        if self.unnoted.contains_key(&message) {
            return Err(SendError::Later("what came of its sending is not noted yet".into()));
        }
        let outcome = self.log.outcome(message, self.channel.kind()).await;
        match outcome.map_err(|error| SendError::Later(error.to_string()))? {
            Some(Outcome { reference, text }) => self.channel.settle(to, &reference, &text).await,
            None => Ok(()),
        }
    }

    fn note_change(&mut self, message: MessageId, failure: Option<&SendError>, verdict: &Verdict) {
        if *verdict == Verdict::Again {
            return;
        }
        if let Some(error) = failure {
            tracing::warn!(%message, %error, "a card is not changed; its buttons do nothing");
        }
        self.unsettled.push(message);
    }

    fn note_sending(
        &mut self,
        tasks: &[(MessageId, Task)],
        reference: Option<&str>,
        failure: Option<&SendError>,
        verdict: &Verdict,
        now: Timestamp,
    ) {
        for (id, _) in tasks {
            let Some(queued) = self.queued.get_mut(id) else { continue };
            let delivery = &mut queued.delivery;
            let is_given_up = matches!(verdict, Verdict::GivenUp(given_up) if given_up.contains(id));
            match failure {
                None => {
                    delivery.note(Step::Sent, now);
                    delivery.in_digest = tasks.len() > 1;
                }
                Some(error) => {
                    delivery.n_tries += u32::from(!matches!(error, SendError::Blocked { .. } | SendError::Busy { .. }));
                    if is_given_up {
                        delivery.failed = Some((now, failed(error)));
                    }
                }
            }
            let delivery = delivery.clone();
            let forget = (failure == Some(&SendError::NoReceiver)).then(|| queued.message.clone());
            if failure.is_none() || is_given_up {
                self.queued.remove(id);
            }
            self.unnoted.insert(*id, Unnoted { delivery, reference: reference.map(ToOwned::to_owned), forget });
        }
    }

    /// Tells the log what it does not know. What it does not take is kept.
    async fn write_down(&mut self) -> Result<(), BoxError> {
        let kind = self.channel.kind();
        let mut failed = None;
        for (id, unnoted) in std::mem::take(&mut self.unnoted) {
            let mut noted = self.log.note(&unnoted.delivery, unnoted.reference.as_deref()).await;
            if let (Ok(()), Some(message)) = (&noted, &unnoted.forget) {
                noted = self.log.forget(message, kind).await;
            }
            if let Err(error) = noted {
                self.unnoted.insert(id, unnoted);
                failed.get_or_insert(error);
            }
        }
        for message in std::mem::take(&mut self.unsettled) {
            if let Err(error) = self.log.settled(message, kind).await {
                self.unsettled.push(message);
                failed.get_or_insert(error);
            }
        }
        failed.map_or(Ok(()), Err)
    }
}

fn failed(error: &SendError) -> Failure {
    match error {
        SendError::NoReceiver => Failure::NoReceiver,
        SendError::Refused(why) => Failure::Refused(why.clone()),
        SendError::Later(_) | SendError::Blocked { .. } | SendError::Busy { .. } => Failure::GivenUp(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
