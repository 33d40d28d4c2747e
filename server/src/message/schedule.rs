//! When which message goes: within a channel's limits, outside quiet hours, again after a failure.
//!
//! WeCom drops what is beyond its limits without a word, so the limits are kept here. What does not fit goes as one
//! digest instead of late: everything is in the inbox anyway.

use super::channel::SendError;
use domain::id::MessageId;
use domain::instant::{DAY_MS, MINUTE_MS, Timestamp, ZoneOffset};
use domain::quiet::QuietHours;
use std::collections::{BTreeMap, VecDeque};

/// Wait after the first failure; doubled after each further one.
const BACKOFF_MS: i64 = 10_000;
/// Longest wait between two tries.
const BACKOFF_MAX_MS: i64 = 60 * MINUTE_MS;
/// What could not be sent for so long is given up.
const AGE_MAX_MS: i64 = DAY_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// How much one receiver may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// In any 60 seconds.
    pub per_min: u32,
    /// In any 60 minutes.
    pub per_h: u32,
}

/// What is to be done with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// It is to be sent.
    Send,
    /// It was sent, and is to be changed where it is read.
    Change,
}

/// A message that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub message: MessageId,
    /// For what.
    pub task: Task,
    /// Whether something can be said to it: these go first, and as cards rather than in a digest.
    pub asks: bool,
    /// Since when.
    pub since: Timestamp,
    /// When the receiver is left alone, and on which clocks.
    pub quiet: Option<(QuietHours, ZoneOffset)>,
    /// Failures so far.
    pub n_tries: u32,
    /// Not before.
    pub not_before: Timestamp,
}

impl Waiting {
    /// A new message.
    #[must_use]
    pub fn new(message: MessageId, asks: bool, since: Timestamp, quiet: Option<(QuietHours, ZoneOffset)>) -> Self {
        Self { message, task: Task::Send, asks, since, quiet, n_tries: 0, not_before: since }
    }

    /// A message that has been sent and is to say something else: nobody is disturbed by that, so it has no quiet hours.
    #[must_use]
    pub fn to_change(message: MessageId, since: Timestamp) -> Self {
        Self { task: Task::Change, ..Self::new(message, true, since, None) }
    }

    /// From when on it may go, as of `now`.
    fn ready_at(&self, now: Timestamp) -> Timestamp {
        let from = self.not_before.max(now);
        self.quiet.and_then(|(hours, zone)| hours.end_of(from, zone)).unwrap_or(from)
    }
}

/// What goes in one sending: one message, or several as a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The address.
    pub to: String,
    /// One, or more.
    pub messages: Vec<Waiting>,
}

/// What is over after a sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Sent.
    Sent,
    /// Not sent, and tried again: these wait.
    Again,
    /// Given up, with the channel's reason; of a parcel that was partly too old, these messages.
    GivenUp(Vec<MessageId>),
}

/// The messages of one channel that wait.
#[derive(Debug)]
pub struct Schedule {
    limits: Limits,
    blocked_until: Timestamp,
    lines: BTreeMap<String, Line>,
}

#[derive(Debug, Default)]
struct Line {
    waiting: Vec<Waiting>,
    /// When was sent within the last hour, the earliest first.
    sent: VecDeque<Timestamp>,
    /// The receiver takes nothing before.
    busy_until: Option<Timestamp>,
}

impl Line {
    /// How many more may go now.
    fn free(&mut self, limits: Limits, now: Timestamp) -> usize {
        while self.sent.front().is_some_and(|at| now.since(*at) >= HOUR_MS) {
            self.sent.pop_front();
        }
        let in_last_min = self.sent.iter().rev().take_while(|at| now.since(**at) < MINUTE_MS).count();
        let left = |most: u32, used: usize| usize::try_from(most).unwrap_or(usize::MAX).saturating_sub(used);
        left(limits.per_min, in_last_min).min(left(limits.per_h, self.sent.len()))
    }

    /// When one more may go, where none may now.
    fn free_at(&self, limits: Limits, now: Timestamp) -> Timestamp {
        let nth_last = |most: u32, span: i64| {
            let n = usize::try_from(most).ok()?.checked_sub(1)?;
            self.sent.iter().rev().nth(n).map(|at| at.plus_ms(span))
        };
        let ends = [nth_last(limits.per_min, MINUTE_MS), nth_last(limits.per_h, HOUR_MS)];
        ends.into_iter().flatten().max().map_or(now, |end| end.max(now))
    }
}

impl Schedule {
    /// An empty schedule.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, blocked_until: Timestamp::from_unix_ms(i64::MIN), lines: BTreeMap::new() }
    }

    /// Adds a message for an address.
    pub fn push(&mut self, to: &str, waiting: Waiting) {
        self.lines.entry(to.to_owned()).or_default().waiting.push(waiting);
    }

    /// Takes a message out that need not be sent any more, such as one answered elsewhere; says whether it waited.
    pub fn withdraw(&mut self, message: MessageId) -> bool {
        let mut has_waited = false;
        for line in self.lines.values_mut() {
            let before = line.waiting.len();
            line.waiting.retain(|waiting| waiting.message != message || waiting.task != Task::Send);
            has_waited |= line.waiting.len() < before;
        }
        has_waited
    }

    /// Forgets everything that waits. What was sent lately still counts.
    pub fn clear(&mut self) {
        self.lines.values_mut().for_each(|line| line.waiting.clear());
    }

    /// Takes out what goes now. Each parcel counts as sent from now on, whatever comes of it: say so with
    /// [`Schedule::settle`].
    pub fn due(&mut self, now: Timestamp) -> Vec<Parcel> {
        if now < self.blocked_until {
            return Vec::new();
        }
        let mut parcels = Vec::new();
        for (to, line) in &mut self.lines {
            if line.busy_until.is_some_and(|until| now < until) {
                continue;
            }
            let free = line.free(self.limits, now);
            if free == 0 {
                continue;
            }
            let (ready, later): (Vec<_>, Vec<_>) =
                std::mem::take(&mut line.waiting).into_iter().partition(|waiting| waiting.ready_at(now) <= now);
            line.waiting = later;
            let (mut changes, mut ready): (Vec<_>, Vec<_>) =
                ready.into_iter().partition(|waiting| waiting.task == Task::Change);
            ready.sort_by_key(|waiting| (!waiting.asks, waiting.since, waiting.message));
            // What is asked goes before what is said to have been decided; there is no digest of that, so it waits.
            let n_changes = free.saturating_sub(ready.len()).max(free / 2).min(changes.len());
            line.waiting.extend(changes.drain(n_changes..));
            let free = free - n_changes;
            let rest = match free {
                0 => {
                    line.waiting.append(&mut ready);
                    Vec::new()
                }
                free if ready.len() > free => ready.split_off(free - 1),
                _ => Vec::new(),
            };
            let first = parcels.len();
            let singles = ready.into_iter().chain(changes);
            parcels.extend(singles.map(|waiting| Parcel { to: to.clone(), messages: vec![waiting] }));
            if !rest.is_empty() {
                parcels.push(Parcel { to: to.clone(), messages: rest });
            }
            line.sent.extend(parcels[first..].iter().map(|_| now));
        }
        self.lines.retain(|_, line| !line.waiting.is_empty() || !line.sent.is_empty());
        parcels
    }

    /// Says what came of a parcel. `jitter` is 0 to 1,000, drawn anew for each: servers that failed together must not
    /// all be tried again together.
    pub fn settle(&mut self, parcel: Parcel, outcome: Result<(), &SendError>, now: Timestamp, jitter: u16) -> Verdict {
        let given_up = |messages: Vec<Waiting>| Verdict::GivenUp(messages.iter().map(|one| one.message).collect());
        let mut busy_until = None;
        let tries = match outcome {
            Ok(()) => return Verdict::Sent,
            Err(SendError::NoReceiver | SendError::Refused(_)) => return given_up(parcel.messages),
            // Nobody's fault: the whole channel rests, and it is no failure of the message's.
            Err(SendError::Blocked { for_ms, .. }) => {
                self.blocked_until = self.blocked_until.max(now.plus_ms(*for_ms));
                0
            }
            Err(SendError::Busy { for_ms, .. }) => {
                busy_until = Some(now.plus_ms(*for_ms));
                0
            }
            Err(SendError::Later(_)) => 1,
        };
        let (old, young): (Vec<_>, Vec<_>) =
            parcel.messages.into_iter().partition(|waiting| now.since(waiting.since) > AGE_MAX_MS);
        for mut waiting in young {
            waiting.n_tries += tries;
            waiting.not_before = if tries == 0 { now } else { now.plus_ms(backoff_ms(waiting.n_tries, jitter)) };
            let line = self.lines.entry(parcel.to.clone()).or_default();
            line.busy_until = line.busy_until.max(busy_until);
            line.waiting.push(waiting);
        }
        if old.is_empty() { Verdict::Again } else { given_up(old) }
    }

    /// When something may be due next; `None` while nothing waits.
    #[must_use]
    pub fn next_at(&self, now: Timestamp) -> Option<Timestamp> {
        let of_line = |line: &Line| {
            let ready = line.waiting.iter().map(|waiting| waiting.ready_at(now)).min()?;
            let free = ready.max(line.free_at(self.limits, now));
            Some(line.busy_until.map_or(free, |until| free.max(until)))
        };
        self.lines.values().filter_map(of_line).min().map(|at| at.max(self.blocked_until))
    }
}

/// The wait before the next try: doubled with each failure up to an hour, and up to half as long again by `jitter`
/// (0 to 1,000).
#[must_use]
pub fn backoff_ms(n_failures: u32, jitter: u16) -> i64 {
    let doubled = BACKOFF_MS << n_failures.saturating_sub(1).min(10);
    let wait = doubled.min(BACKOFF_MAX_MS);
    wait + wait * i64::from(jitter.min(1000)) / 2000
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000); // 12:00 in China
    const WECOM: Limits = Limits { per_min: 30, per_h: 1000 };

    fn id(n: u32) -> MessageId {
        MessageId::from_parts(1_795_320_000_000, u128::from(n))
    }

    fn told(n: u32, at: Timestamp) -> Waiting {
        Waiting::new(id(n), false, at, None)
    }

    fn busy() -> SendError {
        SendError::Later("-1".into())
    }

    #[test]
    fn what_fits_goes_one_by_one() {
        let mut schedule = Schedule::new(WECOM);
        (0..30).for_each(|n| schedule.push("a", told(n, NOW)));
        (0..30).for_each(|n| schedule.push("b", told(100 + n, NOW)));
        let parcels = schedule.due(NOW);
        assert_eq!(parcels.len(), 60, "the limit is each receiver's own");
        assert!(parcels.iter().all(|parcel| parcel.messages.len() == 1));
        assert_eq!(schedule.next_at(NOW), None);
    }

    #[test]
    fn what_does_not_fit_goes_as_a_digest_and_questions_keep_their_buttons() {
        let mut schedule = Schedule::new(WECOM);
        (0..200).for_each(|n| schedule.push("a", told(n, NOW)));
        (200..220).for_each(|n| schedule.push("a", Waiting::new(id(n), true, NOW, None)));
        let parcels = schedule.due(NOW);
        assert_eq!(parcels.len(), 30);
        assert!(parcels[..20].iter().all(|parcel| parcel.messages[0].asks));
        assert_eq!(parcels[29].messages.len(), 220 - 29);
    }

    /// Whatever is pushed when: no 60 seconds see more than 30, no hour more than 1,000, and nothing is lost.
    #[test]
    fn no_window_ever_sees_more_than_its_limit() {
        let mut schedule = Schedule::new(WECOM);
        let mut sent: Vec<Timestamp> = Vec::new();
        let (mut n, mut n_out) = (0, 0);
        for second in 0..3 * 3600_i64 {
            let now = NOW.plus_ms(second * 1000);
            for _ in 0..(second * 7919 % 13) {
                schedule.push("a", told(n, now));
                n += 1;
            }
            for parcel in schedule.due(now) {
                sent.push(now);
                n_out += parcel.messages.len();
                assert_eq!(schedule.settle(parcel, Ok(()), now, 0), Verdict::Sent);
            }
        }
        let most_within = |span: i64| {
            let within = |at: &Timestamp| sent.iter().filter(|other| (0..span).contains(&at.since(**other))).count();
            sent.iter().map(within).max()
        };
        assert_eq!(most_within(MINUTE_MS), Some(30));
        assert_eq!(most_within(HOUR_MS), Some(1000));
        let waiting: usize = schedule.lines.values().map(|line| line.waiting.len()).sum();
        assert_eq!(n_out + waiting, usize::try_from(n).expect("small"));
    }

    #[test]
    fn a_full_line_says_when_it_is_free() {
        let mut schedule = Schedule::new(Limits { per_min: 2, per_h: 3 });
        schedule.push("a", told(0, NOW));
        schedule.due(NOW);
        let at = |s: i64| NOW.plus_ms(s * 1000);
        schedule.push("a", told(1, at(10)));
        schedule.due(at(10));
        schedule.push("a", told(2, at(20)));
        assert_eq!(schedule.due(at(20)), []);
        assert_eq!(schedule.next_at(at(20)), Some(at(60)));
        assert_eq!(schedule.due(at(60)).len(), 1);
        schedule.push("a", told(3, at(70)));
        assert_eq!(schedule.next_at(at(70)), Some(at(3600)), "the hour's limit");
    }

    #[test]
    fn failures_wait_longer_each_time_and_are_given_up_after_a_day() {
        let mut schedule = Schedule::new(WECOM);
        schedule.push("a", told(1, NOW));
        let (mut now, mut waits) = (NOW, Vec::new());
        loop {
            let parcel = schedule.due(now).pop().expect("due");
            match schedule.settle(parcel, Err(&busy()), now, 0) {
                Verdict::Again => {
                    let next = schedule.next_at(now).expect("waits");
                    waits.push(next.since(now) / 1000);
                    assert_eq!(schedule.due(next.plus_ms(-1)), []);
                    now = next;
                }
                verdict => break assert_eq!(verdict, Verdict::GivenUp(vec![id(1)])),
            }
        }
        assert_eq!(waits[..11], [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]);
        assert!(now.since(NOW) > DAY_MS && now.since(NOW) <= DAY_MS + BACKOFF_MAX_MS);
        assert_eq!((backoff_ms(1, 1000), backoff_ms(99, 0)), (15_000, BACKOFF_MAX_MS));
    }

    #[test]
    fn a_blocked_channel_rests_for_all_and_counts_no_failure() {
        let mut schedule = Schedule::new(WECOM);
        schedule.push("a", told(1, NOW));
        let parcel = schedule.due(NOW).pop().expect("due");
        let blocked = SendError::Blocked { for_ms: MINUTE_MS, why: "45009".into() };
        assert_eq!(schedule.settle(parcel, Err(&blocked), NOW, 500), Verdict::Again);
        schedule.push("b", told(2, NOW));
        assert_eq!(schedule.due(NOW.plus_ms(MINUTE_MS - 1)), []);
        assert_eq!(schedule.next_at(NOW), Some(NOW.plus_ms(MINUTE_MS)));
        let parcels = schedule.due(NOW.plus_ms(MINUTE_MS));
        assert_eq!(parcels.iter().map(|parcel| parcel.messages[0].n_tries).collect::<Vec<_>>(), [0, 0]);
    }

    #[test]
    fn a_busy_receiver_waits_alone() {
        let mut schedule = Schedule::new(WECOM);
        schedule.push("a", told(1, NOW));
        let parcel = schedule.due(NOW).pop().expect("due");
        let busy = SendError::Busy { for_ms: MINUTE_MS, why: "429".into() };
        assert_eq!(schedule.settle(parcel, Err(&busy), NOW, 500), Verdict::Again);
        schedule.push("a", told(2, NOW));
        schedule.push("b", told(3, NOW));
        assert_eq!(schedule.due(NOW).iter().map(|parcel| parcel.to.as_str()).collect::<Vec<_>>(), ["b"]);
        assert_eq!(schedule.next_at(NOW), Some(NOW.plus_ms(MINUTE_MS)));
        let parcels = schedule.due(NOW.plus_ms(MINUTE_MS));
        assert_eq!(parcels.iter().map(|parcel| parcel.messages[0].n_tries).collect::<Vec<_>>(), [0, 0]);
    }

    #[test]
    fn what_is_refused_is_given_up_at_once() {
        let mut schedule = Schedule::new(WECOM);
        for (n, error) in [(1, SendError::NoReceiver), (2, SendError::Refused("40008".into()))] {
            schedule.push("a", told(n, NOW));
            let parcel = schedule.due(NOW).pop().expect("due");
            assert_eq!(schedule.settle(parcel, Err(&error), NOW, 0), Verdict::GivenUp(vec![id(n)]));
        }
        assert_eq!(schedule.next_at(NOW), None);
    }

    #[test]
    fn quiet_hours_hold_until_they_end() {
        let quiet = Some((QuietHours { from_min: 22 * 60, to_min: 8 * 60 }, ZoneOffset(480)));
        let night = NOW.plus_ms(11 * HOUR_MS); // 23:00
        let mut schedule = Schedule::new(WECOM);
        schedule.push("a", Waiting::new(id(1), true, night, quiet));
        schedule.push("b", told(2, night));
        assert_eq!(schedule.due(night).len(), 1, "only who is not left alone");
        let morning = NOW.plus_ms(20 * HOUR_MS);
        assert_eq!(schedule.next_at(night), Some(morning));
        assert_eq!(schedule.due(morning).len(), 1);
    }

    #[test]
    fn what_is_withdrawn_is_not_sent() {
        let mut schedule = Schedule::new(WECOM);
        schedule.push("a", told(1, NOW));
        schedule.push("a", Waiting::to_change(id(1), NOW));
        assert!(schedule.withdraw(id(1)));
        assert!(!schedule.withdraw(id(1)));
        let tasks: Vec<Task> = schedule.due(NOW).iter().map(|parcel| parcel.messages[0].task).collect();
        assert_eq!(tasks, [Task::Change]);
        schedule.push("a", told(2, NOW));
        schedule.clear();
        assert_eq!(schedule.next_at(NOW), None);
    }

    #[test]
    fn changes_count_too_and_are_never_in_a_digest() {
        let mut schedule = Schedule::new(WECOM);
        (0..100).for_each(|n| schedule.push("a", Waiting::to_change(id(n), NOW)));
        (100..200).for_each(|n| schedule.push("a", told(n, NOW)));
        let parcels = schedule.due(NOW);
        assert_eq!(parcels.len(), 30);
        let changes: Vec<&Parcel> = parcels.iter().filter(|one| one.messages[0].task == Task::Change).collect();
        assert_eq!(changes.len(), 15, "half, where both want all");
        assert!(changes.iter().all(|one| one.messages.len() == 1));
        let n_told: usize = parcels.iter().map(|one| one.messages.len()).sum::<usize>() - changes.len();
        assert_eq!(n_told, 100);
        assert_eq!(schedule.next_at(NOW), Some(NOW.plus_ms(MINUTE_MS)), "the others wait their minute");
        assert_eq!(schedule.due(NOW.plus_ms(MINUTE_MS)).len(), 30);
    }
}
