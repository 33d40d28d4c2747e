//! How much of the queue goes into one request while the server fails on what it is sent: one event that it cannot read
//! must not hold up the others, and an hour without the server must not set a single one aside.

use crate::accept::Refusal;
use crate::id::EventId;

/// Failures in a row that are put down to the hour rather than to what was sent.
pub const FAILURES_BORNE: u32 = 3;

/// How much to send, by what became of the requests before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pace {
    most: usize,
    n_batch: usize,
    /// Since as much as ever went through.
    n_failures: u32,
    /// In a row.
    n_successes: u32,
    /// Events on which the server has failed alone, in the order of the queue.
    failed_alone: Vec<EventId>,
    /// Whether the server has taken something since: what fails alone now fails by itself.
    is_well: bool,
}

impl Pace {
    /// Begins with `most` events at once.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, n_batch: most, n_failures: 0, n_successes: 0, failed_alone: Vec::new(), is_well: false }
    }

    /// How many of the oldest events [`Self::pick`] must be given.
    #[must_use]
    pub fn n_wanted(&self) -> usize {
        self.n_batch + self.failed_alone.len()
    }

    /// Of the oldest events those to send now, in their order. Those on which the server has failed alone are stepped
    /// over until it has taken another, or they are all there is: then they are tried again.
    pub fn pick<E>(&mut self, mut oldest: Vec<E>, id: impl Fn(&E) -> EventId) -> Vec<E> {
        let has_failed = |failed: &[EventId], event: &E| failed.contains(&id(event));
        if self.is_well && oldest.iter().any(|event| has_failed(&self.failed_alone, event)) {
            oldest.retain(|event| has_failed(&self.failed_alone, event));
            oldest.truncate(1);
            return oldest;
        }
        if oldest.iter().all(|event| has_failed(&self.failed_alone, event)) {
            self.failed_alone.clear();
        }
        oldest.retain(|event| !has_failed(&self.failed_alone, event));
        oldest.truncate(self.n_batch);
        oldest
    }

    /// The server took or refused what it was sent. After twice in a row it is sent twice as much, unless some events are in
    /// doubt. Until all there is, or as much as ever, has gone through, what fails is cut up at once.
    pub fn went_through(&mut self, sent: &[EventId]) {
        self.failed_alone.retain(|failed| !sent.contains(failed));
        self.is_well = !self.failed_alone.is_empty();
        if !self.is_well && (sent.len() < self.n_batch || sent.len() >= self.most) {
            *self = Self::new(self.most);
        }
        self.n_successes = self.n_successes.saturating_add(1);
        if !self.is_well && self.n_successes > 1 {
            self.n_batch = (self.n_batch * 2).min(self.most);
        }
    }

    /// What was sent was too much at once.
    pub fn halve(&mut self, n_sent: usize) {
        self.n_batch = (n_sent / 2).max(1);
    }

    /// The server failed on `sent`, in its own words: a few times it is sent again as it is, then in smaller parts, and an
    /// event on which it fails alone is stepped over. Where it fails on that one again, having taken others since, the
    /// event is named with the reason: it is to be parked.
    pub fn failed(&mut self, status: u16, sent: &[EventId]) -> Option<(EventId, Refusal)> {
        if let [one] = sent
            && self.is_well
            && self.failed_alone.contains(one)
        {
            // Before the next is parked the server must have taken something once more.
            self.is_well = false;
            self.n_successes = 0;
            self.failed_alone.retain(|failed| failed != one);
            return Some((*one, Refusal::ServerFails { status }));
        }
        self.n_failures = self.n_failures.saturating_add(1);
        self.n_successes = 0;
        if self.n_failures >= FAILURES_BORNE {
            self.is_well = false;
            self.halve(sent.len());
            if let [one] = sent {
                self.failed_alone.push(*one);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> EventId {
        EventId::from_parts(1, n)
    }

    /// A phone with a queue, and what has been parked of it.
    struct Phone {
        queue: Vec<EventId>,
        parked: Vec<EventId>,
        pace: Pace,
    }

    impl Phone {
        fn new(n_events: u128, most: usize) -> Self {
            Self { queue: (1..=n_events).map(id).collect(), parked: Vec::new(), pace: Pace::new(most) }
        }

        /// One request, to a server that fails whenever it is sent one of those; what was sent.
        fn send(&mut self, fails_on: impl Fn(EventId) -> bool) -> Vec<EventId> {
            let oldest = self.queue.iter().copied().take(self.pace.n_wanted()).collect();
            let sent = self.pace.pick(oldest, |event| *event);
            if sent.iter().copied().any(fails_on) {
                if let Some((event, why)) = self.pace.failed(500, &sent) {
                    assert_eq!(why, Refusal::ServerFails { status: 500 });
                    self.queue.retain(|other| *other != event);
                    self.parked.push(event);
                }
            } else {
                self.queue.retain(|event| !sent.contains(event));
                self.pace.went_through(&sent);
            }
            sent
        }

        /// Sends until nothing is left, at most so many times.
        fn drain(&mut self, most: u32, fails_on: impl Fn(EventId) -> bool + Copy) {
            for _ in 0..most {
                if self.queue.is_empty() {
                    return;
                }
                assert!(!self.send(fails_on).is_empty(), "something is tried every time");
            }
        }
    }

    #[test]
    fn one_event_that_fails_is_set_aside_and_the_rest_goes_through() {
        for bad in [1, 2, 57, 99, 100, 249, 250] {
            let mut phone = Phone::new(250, 100);
            phone.drain(45, |event| event == id(bad));
            if bad == 250 {
                // Nothing behind it has gone through: it may be the hour.
                assert_eq!((phone.queue, phone.parked), (vec![id(bad)], Vec::new()));
            } else {
                assert_eq!((phone.queue.as_slice(), phone.parked), (&[][..], vec![id(bad)]), "{bad}");
            }
        }
    }

    #[test]
    fn several_in_a_row_are_set_aside_too() {
        let mut phone = Phone::new(20, 8);
        phone.drain(80, |event| (3..=7).any(|bad| id(bad) == event));
        phone.parked.sort();
        assert_eq!((phone.queue, phone.parked), (Vec::new(), (3..=7).map(id).collect()));
    }

    #[test]
    fn an_hour_without_the_server_sets_nothing_aside() {
        for n_tries in 1..90 {
            let mut phone = Phone::new(30, 100);
            phone.drain(n_tries, |_| true);
            phone.drain(90, |_| false);
            assert_eq!((phone.queue.len(), phone.parked), (0, Vec::new()), "after {n_tries} failures");
        }
    }

    #[test]
    fn a_short_trouble_changes_nothing() {
        let mut phone = Phone::new(30, 100);
        for _ in 1..FAILURES_BORNE {
            assert_eq!(phone.send(|_| true).len(), 30);
        }
        assert_eq!(phone.send(|_| false).len(), 30);
    }

    #[test]
    fn the_only_event_waits_until_another_has_gone_through() {
        let mut phone = Phone::new(1, 100);
        phone.drain(20, |_| true);
        assert_eq!((phone.queue.as_slice(), phone.parked.as_slice()), (&[id(1)][..], &[][..]));
        phone.queue.push(id(2));
        phone.queue.push(id(3));
        phone.drain(20, |event| event == id(1));
        assert_eq!((phone.queue, phone.parked), (Vec::new(), vec![id(1)]));
    }
}
