//! Devices, tabs, a bad network and a server that crashes, around the real rules and the real protocol on both sides.
//!
//! Every run follows from its seed. `SHELFTRACE_SIMULATOR_SEED=123` replays one; `SHELFTRACE_SIMULATOR_SEEDS` says how
//! many are tried (20,000 by default).

mod oracle;
mod phone;
mod random;
mod server;

use domain::event::EventBody;
use domain::id::EventId;
use domain::instant::{DAY_MS, Timestamp};
use domain::sync::{SyncRequest, SyncResponse};
use phone::Phone;
use random::Random;
use server::Server;
use std::collections::BTreeMap;

/// 2026-11-22 12:00 in China.
const START: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);
const STEPS: u32 = 90;
const N_PHONES: usize = 3;

/// Something on its way.
#[derive(Clone)]
enum Message {
    Request {
        phone: usize,
        tab: u64,
        request: SyncRequest,
    },
    /// `None` is an answer that is not ours: a captive portal's page.
    Response {
        phone: usize,
        tab: u64,
        status: u16,
        response: Option<SyncResponse>,
    },
}

struct World {
    random: Random,
    now: Timestamp,
    server: Server,
    phones: Vec<Phone>,
    network: Vec<Message>,
    /// Events that a phone was told are in the ledger, with their numbers.
    acknowledged: BTreeMap<EventId, u64>,
    /// Everything that was ever durable on a phone.
    recorded: BTreeMap<EventId, EventBody>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let phones = (0..N_PHONES).map(|n| Phone::new(n, random.between(-DAY_MS, DAY_MS))).collect();
        Self {
            random,
            now: START,
            server: Server::default(),
            phones,
            network: Vec::new(),
            acknowledged: BTreeMap::new(),
            recorded: BTreeMap::new(),
        }
    }

    fn step(&mut self) {
        self.now = self.now.plus_ms(self.random.between(1, 120_000));
        let n = self.random.index(N_PHONES);
        match self.random.index(100) {
            0..45 => {
                let stored = self.phones[n].act(self.now, &mut self.random, &self.server);
                self.recorded.extend(stored.map(|event| (event.id, event.body)));
            }
            45..65 => self.send(n),
            65..90 => self.deliver(),
            90..93 => self.phones[n].kill(),
            93..95 => self.server.crash(),
            95..97 => self.phones[n].skew_ms += self.random.between(-3_600_000, 3_600_000),
            97 => self.phones[n].is_old_app = !self.phones[n].is_old_app,
            _ => self.now = self.now.plus_ms(self.random.between(0, DAY_MS / 2)),
        }
    }

    /// A tab drains; now and then a second one does at the same time, as when the lock is not there.
    fn send(&mut self, n: usize) {
        for _ in 0..=usize::from(self.random.one_in(5)) {
            if let Some((tab, request)) = self.phones[n].request(self.now) {
                self.post(Message::Request { phone: n, tab, request });
            }
        }
    }

    /// The network takes a message: it may lose it or double it.
    fn post(&mut self, message: Message) {
        if self.random.one_in(8) {
            return;
        }
        if self.random.one_in(8) {
            self.network.push(message.clone());
        }
        self.network.push(message);
    }

    /// One message arrives, in any order.
    fn deliver(&mut self) {
        if self.network.is_empty() {
            return;
        }
        let message = self.network.swap_remove(self.random.index(self.network.len()));
        match message {
            Message::Request { phone, tab, request } => {
                let (status, response) = if self.random.one_in(12) {
                    // The hotel's sign-in page answers in the server's place, and says 200.
                    (200, None)
                } else {
                    // A crash before the commit leaves nothing, one after it loses the answer only.
                    match self.random.index(16) {
                        0 => (0, None),
                        1 => {
                            self.server.sync(&request, self.now);
                            (0, None)
                        }
                        _ => self.server.sync(&request, self.now),
                    }
                };
                self.post(Message::Response { phone, tab, status, response });
            }
            Message::Response { phone, tab, status, response } => {
                self.phones[phone].answered(tab, status, response, self.now, &mut self.acknowledged);
            }
        }
    }

    /// Everything works again, for long enough.
    fn heal(&mut self) {
        self.network.clear();
        for round in 0..60 {
            self.now = self.now.plus_ms(61_000);
            let mut is_idle = true;
            for n in 0..N_PHONES {
                self.phones[n].is_old_app = false;
                self.phones[n].kill();
                // What is refused again and again stays parked for the person to see.
                if round < 4 {
                    self.phones[n].retry_what_may_pass();
                }
                if let Some((tab, request)) = self.phones[n].request(self.now) {
                    is_idle = false;
                    let (status, response) = self.server.sync(&request, self.now);
                    self.phones[n].answered(tab, status, response, self.now, &mut self.acknowledged);
                }
            }
            if is_idle {
                return;
            }
            assert!(round < 59, "the phones never came to rest");
        }
    }

    fn check(&self) {
        for (id, seq) in &self.acknowledged {
            let found = self.server.event(*id).unwrap_or_else(|| panic!("{id} was acknowledged and is gone"));
            assert_eq!(found.stamp.seq, *seq, "{id} has another number than was acknowledged");
        }
        for (id, body) in &self.recorded {
            match self.server.event(*id) {
                Some(found) => assert_eq!(&found.event.body, body, "{id} says something else in the ledger"),
                None => {
                    let is_parked = self.phones.iter().any(|phone| phone.is_parked(*id));
                    assert!(is_parked, "{id} was recorded, and is neither in the ledger nor shown as refused");
                }
            }
        }
        for phone in &self.phones {
            assert_eq!(phone.n_pending(), 0, "a phone still has something to send");
            phone.check_sequence();
        }
        self.server.check();
        oracle::check(&self.server);
    }
}

fn run(seed: u64) {
    let mut world = World::new(seed);
    for _ in 0..STEPS {
        world.step();
    }
    world.heal();
    world.check();
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_whatever_happens() {
    #[expect(clippy::disallowed_methods, reason = "a test may be told what to try; the rules are not")]
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(seed) = number("SHELFTRACE_SIMULATOR_SEED") {
        return run(seed);
    }
    let n_seeds = number("SHELFTRACE_SIMULATOR_SEEDS").unwrap_or(20_000);
    let n_threads = std::thread::available_parallelism().map_or(2, |n| n.get() as u64);
    std::thread::scope(|scope| {
        for thread in 0..n_threads {
            scope.spawn(move || {
                for seed in (0..n_seeds).filter(|seed| seed % n_threads == thread) {
                    if std::panic::catch_unwind(|| run(seed)).is_err() {
                        panic!("seed {seed} failed: replay it with SHELFTRACE_SIMULATOR_SEED={seed}");
                    }
                }
            });
        }
    });
}
