//! What became of a message on each channel, and which channels nobody reads.

use crate::id::MessageId;
use crate::instant::{MINUTE_MS, Timestamp};
use crate::message::preference::ChannelKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Messages a channel must have carried before it is said that nobody opens it.
pub const N_SENT_MIN: u32 = 10;

/// A step on a message's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// It waits to be sent.
    Queued,
    /// The channel took it.
    Sent,
    /// The channel says that the person's device has it.
    Delivered,
    /// The person looked at it.
    Opened,
    /// The person answered.
    Acted,
}

/// Why a message is not on its way any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The channel does not know the person.
    NoReceiver,
    /// The channel refused it for good; its own code or words.
    Refused(String),
    /// Tried so often and for so long that it is given up; the last reason.
    GivenUp(String),
    /// What it asked was decided before it was sent. Nothing went wrong.
    Withdrawn,
}

/// A message on one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Which message.
    pub message: MessageId,
    /// Which way.
    pub channel: ChannelKind,
    /// When each step was first known to be done.
    pub steps: BTreeMap<Step, Timestamp>,
    /// Sent as a line of a digest, because there were too many.
    pub in_digest: bool,
    /// How often it was tried in vain.
    pub n_tries: u32,
    /// Given up when, and why.
    pub failed: Option<(Timestamp, Failure)>,
}

impl Delivery {
    /// A message that waits to be sent.
    #[must_use]
    pub fn queued(message: MessageId, channel: ChannelKind, at: Timestamp) -> Self {
        let steps = BTreeMap::from([(Step::Queued, at)]);
        Self { message, channel, steps, in_digest: false, n_tries: 0, failed: None }
    }

    /// Notes a step. The earliest report of each counts, in whatever order they come.
    pub fn note(&mut self, step: Step, at: Timestamp) {
        let known = self.steps.entry(step).or_insert(at);
        *known = (*known).min(at);
    }

    /// When a step was done. A later one shows that those before it were too: who answers has opened, and what is
    /// opened has been delivered. That it was sent is only known from the channel itself or from what followed.
    #[must_use]
    pub fn done_at(&self, step: Step) -> Option<Timestamp> {
        self.steps.range(step..).map(|(_, at)| *at).min()
    }

    /// Whole minutes from queuing to a step, never below zero: a channel's clock may be behind ours, or count seconds.
    #[must_use]
    pub fn minutes_until(&self, step: Step) -> Option<i64> {
        let queued = *self.steps.get(&Step::Queued)?;
        Some(self.done_at(step)?.since(queued).div_euclid(MINUTE_MS).max(0))
    }

    /// Whether it still waits to be sent.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.failed.is_none() && self.done_at(Step::Sent).is_none()
    }
}

/// How a channel is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChannelUse {
    /// Messages the channel took.
    pub n_sent: u32,
    /// Of these, opened or answered.
    pub n_opened: u32,
    /// Of these, answered.
    pub n_acted: u32,
    /// Given up.
    pub n_failed: u32,
    /// Minutes from queuing to answer, the middle one; of an even number the lower of the two.
    pub acted_min_median: Option<i64>,
}

impl ChannelUse {
    /// Whether the channel has carried enough and nobody has opened any of it.
    #[must_use]
    pub fn is_unread(&self, channel: ChannelKind) -> bool {
        channel.is_opened() && self.n_sent >= N_SENT_MIN && self.n_opened == 0
    }
}

/// How each channel is read, from what is known of messages.
#[must_use]
pub fn channel_use<'a>(deliveries: impl IntoIterator<Item = &'a Delivery>) -> BTreeMap<ChannelKind, ChannelUse> {
    let mut uses: BTreeMap<ChannelKind, (ChannelUse, Vec<i64>)> = BTreeMap::new();
    for delivery in deliveries {
        let (channel, minutes) = uses.entry(delivery.channel).or_default();
        let has_failed = delivery.failed.as_ref().is_some_and(|(_, failure)| *failure != Failure::Withdrawn);
        channel.n_failed += u32::from(has_failed);
        channel.n_sent += u32::from(delivery.done_at(Step::Sent).is_some());
        channel.n_opened += u32::from(delivery.done_at(Step::Opened).is_some());
        if let Some(acted) = delivery.minutes_until(Step::Acted) {
            channel.n_acted += 1;
            minutes.push(acted);
        }
    }
    let finished = uses.into_iter().map(|(kind, (channel, mut minutes))| {
        minutes.sort_unstable();
        let middle = minutes.len().saturating_sub(1) / 2;
        (kind, ChannelUse { acted_min_median: minutes.get(middle).copied(), ..channel })
    });
    finished.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

    fn queued(channel: ChannelKind) -> Delivery {
        Delivery::queued(MessageId::MIN, channel, NOW)
    }

    #[test]
    fn steps_count_from_their_first_report_in_any_order() {
        let after = |minutes: i64| NOW.plus_ms(minutes * MINUTE_MS);
        let reports =
            [(Step::Acted, after(9)), (Step::Sent, after(1)), (Step::Sent, after(3)), (Step::Opened, after(7))];
        let mut forwards = queued(ChannelKind::WeCom);
        let mut backwards = forwards.clone();
        reports.iter().for_each(|(step, at)| forwards.note(*step, *at));
        reports.iter().rev().for_each(|(step, at)| backwards.note(*step, *at));
        assert_eq!(forwards, backwards);
        let minutes = [Step::Queued, Step::Sent, Step::Delivered, Step::Opened, Step::Acted];
        assert_eq!(minutes.map(|step| forwards.minutes_until(step)), [Some(0), Some(1), Some(7), Some(7), Some(9)]);
    }

    #[test]
    fn who_answers_has_opened() {
        let mut answered = queued(ChannelKind::WeCom);
        assert!(answered.is_waiting());
        answered.note(Step::Acted, NOW.plus_ms(2 * MINUTE_MS));
        assert_eq!((answered.minutes_until(Step::Opened), answered.is_waiting()), (Some(2), false));
    }

    #[test]
    fn a_clock_that_is_behind_makes_no_time_before_the_message() {
        let mut answered = queued(ChannelKind::WeCom);
        answered.note(Step::Acted, NOW.plus_ms(-900));
        assert_eq!(answered.minutes_until(Step::Acted), Some(0));
    }

    #[test]
    fn a_channel_nobody_opens_shows() {
        let mut sent: Vec<Delivery> = Vec::new();
        for n in 0..i64::from(N_SENT_MIN) {
            for channel in [ChannelKind::Email, ChannelKind::WeCom, ChannelKind::Webhook] {
                let mut delivery = queued(channel);
                delivery.note(Step::Sent, NOW);
                if channel == ChannelKind::WeCom {
                    delivery.note(Step::Acted, NOW.plus_ms(n * MINUTE_MS));
                }
                sent.push(delivery);
            }
        }
        let uses = channel_use(&sent);
        let is_unread = |channel: ChannelKind| uses[&channel].is_unread(channel);
        assert!(is_unread(ChannelKind::Email));
        assert!(!is_unread(ChannelKind::WeCom));
        assert!(!is_unread(ChannelKind::Webhook), "a program opens nothing");
        assert_eq!(uses[&ChannelKind::WeCom].acted_min_median, Some(4), "the fifth of 0 to 9 minutes");
        let few = channel_use(sent.iter().filter(|delivery| delivery.channel == ChannelKind::Email).take(9));
        assert!(!few[&ChannelKind::Email].is_unread(ChannelKind::Email), "too few to tell");
    }
}
