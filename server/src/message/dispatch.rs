//! Sends what waits on one channel, and notes what came of it.

use super::answer::BoxError;
use super::channel::{Channel, Content, SendError};
use super::schedule::{Parcel, Schedule, Verdict, Waiting};
use crate::clock::Clock;
use domain::id::MessageId;
use domain::instant::Timestamp;
use domain::message::Message;
use domain::message::delivery::{Delivery, Failure, Step};
use domain::message::preference::ChannelKind;
use futures::future::BoxFuture;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is noted of deliveries on the channel.
pub trait DeliveryLog: Send + Sync {
    /// Notes how far a message has come; `reference` is what lets it be changed where it is read.
    fn note<'a>(&'a self, delivery: &'a Delivery, reference: Option<&'a str>) -> BoxFuture<'a, Result<(), BoxError>>;

    /// Forgets an address that the channel does not know.
    fn forget<'a>(&'a self, message: &'a Message, channel: ChannelKind) -> BoxFuture<'a, Result<(), BoxError>>;
}

/// A message that waits, with how far it has come.
struct Queued {
    message: Message,
    delivery: Delivery,
}

/// Sends what waits on one channel. One for each channel; after a stop, give it what was waiting again.
pub struct Dispatcher {
    channel: Arc<dyn Channel>,
    log: Arc<dyn DeliveryLog>,
    clock: Clock,
    schedule: Schedule,
    queued: BTreeMap<MessageId, Queued>,
}

impl Dispatcher {
    /// With nothing waiting.
    #[must_use]
    pub fn new(channel: Arc<dyn Channel>, log: Arc<dyn DeliveryLog>, clock: Clock) -> Self {
        let schedule = Schedule::new(channel.limits());
        Self { channel, log, clock, schedule, queued: BTreeMap::new() }
    }

    /// Adds a message that is on disk as waiting; `waiting` must be about it.
    pub fn push(&mut self, to: &str, message: Message, delivery: Delivery, waiting: Waiting) {
        self.schedule.push(to, waiting);
        self.queued.insert(message.id, Queued { message, delivery });
    }

    /// Takes a message out that has become needless, such as one answered elsewhere.
    pub fn withdraw(&mut self, message: MessageId) {
        self.schedule.withdraw(message);
        self.queued.remove(&message);
    }

    /// When [`Dispatcher::send_due`] has something to do next; `None` while nothing waits.
    #[must_use]
    pub fn next_at(&self) -> Option<Timestamp> {
        self.schedule.next_at(self.clock.now())
    }

    /// Sends what is due now, one after the other. `jitter` gives 0 to 1,000, anew for each.
    ///
    /// # Errors
    /// When the log fails. What was sent by then is sent; it may be sent once more after a stop, with the same id.
    pub async fn send_due(&mut self, mut jitter: impl FnMut() -> u16) -> Result<(), BoxError> {
        let mut is_blocked = false;
        for parcel in self.schedule.due(self.clock.now()) {
            let ids: Vec<MessageId> = parcel.messages.iter().map(|waiting| waiting.message).collect();
            // The rest of the round waits, too, once the channel takes nothing.
            let outcome = if is_blocked {
                Err(SendError::Blocked { for_ms: 0, why: "the channel rests".into() })
            } else {
                self.send(&parcel, &ids).await
            };
            is_blocked |= matches!(outcome, Err(SendError::Blocked { .. }));
            let now = self.clock.now();
            let (reference, failure) = match &outcome {
                Ok(reference) => (reference.clone(), None),
                Err(error) => (None, Some(error)),
            };
            let verdict = self.schedule.settle(parcel, failure.map_or(Ok(()), Err), now, jitter());
            self.note(&ids, reference.as_deref(), failure, &verdict, now).await?;
        }
        Ok(())
    }

    async fn send(&self, parcel: &Parcel, ids: &[MessageId]) -> Result<Option<String>, SendError> {
        let messages: Vec<Message> =
            ids.iter().filter_map(|id| self.queued.get(id)).map(|queued| queued.message.clone()).collect();
        let content = match messages.as_slice() {
            [message] => Content::One(message),
            messages => Content::Digest(messages),
        };
        self.channel.send(&parcel.to, content).await.map(|sent| sent.reference)
    }

    async fn note(
        &mut self,
        ids: &[MessageId],
        reference: Option<&str>,
        failure: Option<&SendError>,
        verdict: &Verdict,
        now: Timestamp,
    ) -> Result<(), BoxError> {
        for id in ids {
            let Some(queued) = self.queued.get_mut(id) else { continue };
            let delivery = &mut queued.delivery;
            let is_given_up = matches!(verdict, Verdict::GivenUp(given_up) if given_up.contains(id));
            match failure {
                None => {
                    delivery.note(Step::Sent, now);
                    delivery.in_digest = ids.len() > 1;
                }
                Some(error) => {
                    delivery.n_tries += u32::from(!matches!(error, SendError::Blocked { .. } | SendError::Busy { .. }));
                    if is_given_up {
                        delivery.failed = Some((now, failed(error)));
                    }
                }
            }
            self.log.note(&queued.delivery, reference).await?;
            if failure == Some(&SendError::NoReceiver) {
                self.log.forget(&queued.message, self.channel.kind()).await?;
            }
            if failure.is_none() || is_given_up {
                self.queued.remove(id);
            }
        }
        Ok(())
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
mod tests {
    use super::super::channel::tests::request;
    use super::super::http;
    use super::super::secret::Secret;
    use super::super::wecom::client::{Application, WeCom};
    use super::super::wecom::fake::{Fake, Fault};
    use super::*;
    use domain::instant::{DAY_MS, MINUTE_MS};
    use std::sync::Mutex;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

    #[derive(Default)]
    struct Log {
        deliveries: Mutex<BTreeMap<MessageId, Delivery>>,
        n_forgotten: Mutex<u32>,
    }

    impl DeliveryLog for Log {
        fn note<'a>(&'a self, delivery: &'a Delivery, _: Option<&'a str>) -> BoxFuture<'a, Result<(), BoxError>> {
            self.deliveries.lock().expect("whole").insert(delivery.message, delivery.clone());
            Box::pin(async { Ok(()) })
        }
        fn forget<'a>(&'a self, _: &'a Message, _: ChannelKind) -> BoxFuture<'a, Result<(), BoxError>> {
            *self.n_forgotten.lock().expect("whole") += 1;
            Box::pin(async { Ok(()) })
        }
    }

    struct Stage {
        fake: Fake,
        clock: Clock,
        log: Arc<Log>,
        dispatcher: Dispatcher,
    }

    impl Stage {
        async fn start() -> Self {
            let clock = Clock::manual(NOW);
            let fake = Fake::start(clock.clone()).await;
            let application = Application {
                base: fake.base(),
                corp_id: "wx5823bf96d3bd56c7".into(),
                secret: Secret::new("canary-secret"),
                agent_id: 1_000_002,
                origin: "https://stock.example".into(),
            };
            let log = Arc::new(Log::default());
            let wecom = Arc::new(WeCom::new(application, clock.clone(), http::client()));
            let dispatcher = Dispatcher::new(wecom, log.clone(), clock.clone());
            Self { fake, clock, log, dispatcher }
        }

        fn push(&mut self, n: u32) {
            let (message, now) = (request(n), self.clock.now());
            let waiting = Waiting::new(message.id, true, now, None);
            let delivery = Delivery::queued(message.id, ChannelKind::WeCom, now);
            self.dispatcher.push("wangfang", message, delivery, waiting);
        }

        async fn send_due(&mut self) {
            self.dispatcher.send_due(|| 0).await.expect("noted");
        }

        fn delivery(&self, n: u32) -> Delivery {
            self.log.deliveries.lock().expect("whole")[&request(n).id].clone()
        }
    }

    #[tokio::test]
    async fn wecom_drops_nothing_because_too_much_becomes_a_digest() {
        let mut stage = Stage::start().await;
        (0..200).for_each(|n| stage.push(n));
        stage.send_due().await;
        stage.push(200);
        stage.send_due().await;
        assert_eq!(stage.fake.seen().n_dropped, 0);
        assert_eq!(stage.fake.seen().n_calls, 30);
        assert_eq!((stage.delivery(0).in_digest, stage.delivery(199).in_digest), (false, true));
        assert_eq!(stage.dispatcher.next_at(), Some(NOW.plus_ms(MINUTE_MS)), "the next one waits its minute");
        stage.clock.advance_ms(MINUTE_MS);
        stage.send_due().await;
        assert_eq!(stage.delivery(200).minutes_until(Step::Sent), Some(1));
        assert_eq!(stage.fake.seen().n_dropped, 0);
    }

    #[tokio::test]
    async fn a_blocked_channel_is_left_alone_for_a_minute_and_loses_nothing() {
        let mut stage = Stage::start().await;
        (0..3).for_each(|n| stage.push(n));
        stage.fake.fail_next([Fault::Code(45009)]);
        stage.send_due().await;
        assert_eq!(stage.fake.seen().n_calls, 1, "the rest of the round is not tried");
        assert_eq!(stage.dispatcher.next_at(), Some(NOW.plus_ms(MINUTE_MS)));
        stage.clock.advance_ms(MINUTE_MS);
        stage.send_due().await;
        let sent = (0..3).filter(|n| stage.delivery(*n).minutes_until(Step::Sent) == Some(1)).count();
        assert_eq!((sent, stage.delivery(0).n_tries), (3, 0));
    }

    #[tokio::test]
    async fn failures_are_tried_again_and_seen() {
        let mut stage = Stage::start().await;
        stage.push(1);
        stage.fake.fail_next([Fault::Code(-1), Fault::Html, Fault::Disconnect]);
        for n_tries in 1..=3 {
            stage.send_due().await;
            assert_eq!((stage.delivery(1).n_tries, stage.delivery(1).is_waiting()), (n_tries, true));
            let next = stage.dispatcher.next_at().expect("waits");
            stage.clock.advance_ms(next.since(stage.clock.now()));
        }
        stage.send_due().await;
        assert!(!stage.delivery(1).is_waiting());
        assert_eq!(stage.dispatcher.next_at(), None);
    }

    #[tokio::test]
    async fn what_is_given_up_says_why() {
        let mut stage = Stage::start().await;
        stage.fake.forget_member("wangfang");
        stage.push(1);
        stage.send_due().await;
        assert_eq!(stage.delivery(1).failed, Some((NOW, Failure::NoReceiver)));
        assert_eq!(*stage.log.n_forgotten.lock().expect("whole"), 1);
        stage.push(2);
        stage.clock.advance_ms(DAY_MS + 1);
        stage.fake.fail_next([Fault::Code(-1)]);
        stage.send_due().await;
        assert!(matches!(stage.delivery(2).failed, Some((_, Failure::GivenUp(_)))));
    }
}
