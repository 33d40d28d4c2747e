//! Sending against a WeCom of the tests' own.

use super::*;
use crate::message::channel::tests::request;
use crate::message::http;
use crate::message::secret::Secret;
use crate::message::wecom::client::{Application, WeCom};
use crate::message::wecom::fake::{Fake, Fault};
use domain::instant::{DAY_MS, MINUTE_MS};
use std::sync::Mutex;

const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

#[derive(Default)]
struct Log {
    deliveries: Mutex<BTreeMap<MessageId, Delivery>>,
    references: Mutex<BTreeMap<MessageId, String>>,
    /// What messages are to show.
    outcomes: Mutex<BTreeMap<MessageId, String>>,
    n_forgotten: Mutex<u32>,
    is_full: AtomicBool,
}

impl DeliveryLog for Log {
    fn note<'a>(&'a self, delivery: &'a Delivery, reference: Option<&'a str>) -> BoxFuture<'a, Result<(), BoxError>> {
        Box::pin(async move {
            if self.is_full.load(Ordering::SeqCst) {
                return Err("no space".into());
            }
            self.deliveries.lock().expect("whole").insert(delivery.message, delivery.clone());
            let mut references = self.references.lock().expect("whole");
            references.extend(reference.map(|reference| (delivery.message, reference.to_owned())));
            Ok(())
        })
    }
    fn outcome(&self, message: MessageId, _: ChannelKind) -> BoxFuture<'_, Result<Option<Outcome>, BoxError>> {
        let reference = self.references.lock().expect("whole").get(&message).cloned();
        let text = self.outcomes.lock().expect("whole").get(&message).cloned();
        let outcome = reference.zip(text).map(|(reference, text)| Outcome { reference, text });
        Box::pin(async move { Ok(outcome) })
    }
    fn settled(&self, message: MessageId, _: ChannelKind) -> BoxFuture<'_, Result<(), BoxError>> {
        self.outcomes.lock().expect("whole").remove(&message);
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

    /// The question is decided.
    fn decide(&mut self, n: u32, text: &str) {
        let message = request(n).id;
        self.log.outcomes.lock().expect("whole").insert(message, text.to_owned());
        self.dispatcher.settle("wangfang", message);
    }

    /// What the cards show in place of their buttons.
    fn replaced(&self) -> Vec<Option<String>> {
        let seen = self.fake.seen();
        seen.cards.get("wangfang").into_iter().flatten().map(|card| card.replaced.clone()).collect()
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

/// What was not noted is noted later; nothing is sent twice, and nothing is forgotten.
#[tokio::test]
async fn a_log_that_fails_stops_nothing() {
    let mut stage = Stage::start().await;
    (0..5).for_each(|n| stage.push(n));
    stage.log.is_full.store(true, Ordering::SeqCst);
    assert!(stage.dispatcher.send_due(|| 0).await.is_err());
    assert_eq!(stage.fake.seen().cards["wangfang"].len(), 5, "all are sent");
    assert_eq!(stage.dispatcher.next_at(), Some(NOW), "and there is something left to do");
    assert!(stage.dispatcher.send_due(|| 0).await.is_err());
    stage.log.is_full.store(false, Ordering::SeqCst);
    stage.send_due().await;
    assert_eq!(stage.fake.seen().n_calls, 5);
    assert!((0..5).all(|n| !stage.delivery(n).is_waiting()));
    stage.decide(3, "已确认");
    stage.send_due().await;
    assert_eq!(stage.replaced()[3].as_deref(), Some("已确认"), "what lets the card be changed was noted, too");
}

#[tokio::test]
async fn a_card_is_changed_although_the_first_tries_fail() {
    let mut stage = Stage::start().await;
    stage.push(1);
    stage.send_due().await;
    stage.decide(1, "已确认 · 王芳 14:02");
    stage.fake.fail_next([Fault::Code(-1), Fault::Code(45009)]);
    for _ in 0..2 {
        stage.send_due().await;
        assert_eq!(stage.replaced(), [None]);
        let next = stage.dispatcher.next_at().expect("it is tried again");
        stage.clock.advance_ms(next.since(stage.clock.now()));
    }
    stage.send_due().await;
    assert_eq!(stage.replaced(), [Some("已确认 · 王芳 14:02".to_owned())]);
    assert_eq!((stage.dispatcher.next_at(), stage.log.outcomes.lock().expect("whole").len()), (None, 0));
}

#[tokio::test]
async fn what_is_decided_while_it_waits_is_not_sent_and_no_failure() {
    let mut stage = Stage::start().await;
    stage.push(1);
    stage.decide(1, "已确认");
    stage.send_due().await;
    assert_eq!(stage.fake.seen().n_calls, 0);
    assert_eq!(stage.delivery(1).failed, Some((NOW, Failure::Withdrawn)));
    assert!(stage.log.outcomes.lock().expect("whole").is_empty());
    assert_eq!(stage.dispatcher.next_at(), None);
}

/// Answers for one address when it is told to, for every other at once.
#[derive(Default)]
struct Slow {
    sent: Mutex<Vec<String>>,
    answer: tokio::sync::Notify,
}

impl Channel for Slow {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Webhook
    }
    fn limits(&self) -> crate::message::schedule::Limits {
        crate::message::schedule::Limits { per_min: 60, per_h: 1000 }
    }
    fn send<'a>(
        &'a self,
        to: &'a str,
        _: Content<'a>,
    ) -> BoxFuture<'a, Result<crate::message::channel::Sent, SendError>> {
        Box::pin(async move {
            if to == "slow" {
                self.answer.notified().await;
            }
            self.sent.lock().expect("whole").push(to.to_owned());
            Ok(crate::message::channel::Sent::default())
        })
    }
}

#[tokio::test]
async fn one_that_answers_slowly_holds_up_nobody_else() {
    let (clock, channel) = (Clock::manual(NOW), Arc::new(Slow::default()));
    let mut dispatcher = Dispatcher::new(channel.clone(), Arc::new(Log::default()), clock);
    // By their names the slow one is the first of the round, and more than can be sent to at once come after.
    let addresses: Vec<String> = (0..20).map(|n| format!("t{n:02}")).chain(["slow".to_owned()]).collect();
    for (n, to) in (0_u32..).zip(&addresses) {
        let message = request(n);
        let delivery = Delivery::queued(message.id, ChannelKind::Webhook, NOW);
        let waiting = Waiting::new(message.id, true, NOW, None);
        dispatcher.push(to, message, delivery, waiting);
    }
    let watched = async {
        while channel.sent.lock().expect("whole").len() < 20 {
            tokio::task::yield_now().await;
        }
        channel.answer.notify_one();
    };
    let both = futures::future::join(dispatcher.send_due(|| 0), watched);
    let (noted, ()) = tokio::time::timeout(std::time::Duration::from_secs(10), both).await.expect("in time");
    noted.expect("noted");
    assert_eq!(channel.sent.lock().expect("whole").last().map(String::as_str), Some("slow"));
}

#[tokio::test]
async fn an_address_that_does_not_answer_is_asked_once_in_a_round() {
    let mut stage = Stage::start().await;
    (0..5).for_each(|n| stage.push(n));
    stage.fake.fail_next([Fault::Html]);
    stage.send_due().await;
    assert_eq!(stage.fake.seen().n_calls, 1);
    stage.clock.advance_ms(SILENT_MS);
    stage.send_due().await;
    assert_eq!((stage.fake.seen().n_calls, stage.dispatcher.next_at()), (6, None));
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
