//! The real server, killed without warning again and again while phones send.

use crate::chain::{Device, store};
use crate::process::{answers, ask, opened, prepare, serve, sign_in, sync_body};
use domain::event::DeviceEvent;
use domain::id::EventId;
use domain::sync::Outcome;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use server::clock::Clock;
use server::keys::Keys;
use server::ledger::verify::verify;
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;
use tempfile::TempDir;

const N_KILLS: u32 = 50;
const N_PHONES: u64 = 4;

/// A phone with what it has sent and not seen acknowledged.
pub struct Phone {
    device: Device,
    unacknowledged: Vec<DeviceEvent>,
}

impl Phone {
    pub fn new(n: u64) -> Self {
        Self { device: Device::new(n, "S001"), unacknowledged: Vec::new() }
    }

    /// Opens the stocktake with its next batch.
    pub fn open_stocktake(&mut self) {
        let mut opened = self.device.opened(0);
        opened.effective_at = Clock::system().now();
        self.unacknowledged = vec![opened];
    }

    /// The batch to send: the unacknowledged one, or the next five scans.
    fn batch(&mut self) -> &[DeviceEvent] {
        if self.unacknowledged.is_empty() {
            self.unacknowledged = (0..5).map(|n| self.device.counted(0, "A-01", n, 1)).collect();
            let now = Clock::system().now();
            self.unacknowledged.iter_mut().for_each(|event| event.effective_at = now);
        }
        &self.unacknowledged
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_was_acknowledged_is_there_exactly_once_after_fifty_kills() {
    let files = tempfile::tempdir().expect("a temporary directory");
    prepare(files.path()).await;
    let files = tokio::task::spawn_blocking(|| hammer(files)).await.expect("ends");
    let (files, acknowledged) = files;
    assert!(acknowledged.len() > 100, "{} acknowledged", acknowledged.len());
    recorded_once(files.path(), &acknowledged).await;
}

/// The ledger of S001 is whole, and has every acknowledged event under its number.
pub async fn recorded_once(files: &Path, acknowledged: &BTreeMap<EventId, u64>) {
    let database = opened(files).await;
    let key = Keys::load_or_create(files).expect("reads").head_key.verifying_key();
    let reports = verify(&database, &key, &files.join("heads.jsonl")).await.expect("reads");
    assert!(reports.iter().all(|report| report.flaw.is_none()), "{reports:?}");
    let head = database.head(&store("S001")).await.expect("reads").expect("has events").head;
    let mut recorded: BTreeMap<EventId, u64> = BTreeMap::new();
    for stored in database.events(&store("S001"), 1, head.seq).await.expect("reads") {
        let twice = recorded.insert(stored.event.event.id, stored.event.stamp.seq);
        assert_eq!(twice, None, "recorded twice");
    }
    for (id, seq) in acknowledged {
        assert_eq!(recorded.get(id), Some(seq), "acknowledged and lost");
    }
}

fn hammer(files: TempDir) -> (TempDir, BTreeMap<EventId, u64>) {
    let mut rng = StdRng::seed_from_u64(20);
    let acknowledged = Mutex::new(BTreeMap::new());
    let mut phones: Vec<Phone> = (1..=N_PHONES).map(Phone::new).collect();
    phones[0].open_stocktake();
    let mut cookie = None;
    for _ in 0..N_KILLS {
        let (mut child, address) = serve(files.path());
        let cookie = cookie.get_or_insert_with(|| sign_in(address));
        // Alone first: nobody can count before the stocktake is open.
        send(address, cookie, &mut phones[0], &acknowledged).expect("answers");
        let alive = Duration::from_millis(rng.random_range(20..600));
        std::thread::scope(|scope| {
            for phone in &mut phones {
                let (cookie, acknowledged) = (&*cookie, &acknowledged);
                scope.spawn(move || while send(address, cookie, phone, acknowledged).is_ok() {});
            }
            std::thread::sleep(alive);
            child.kill().expect("is running");
            child.wait().expect("was running");
        });
    }
    (files, acknowledged.into_inner().expect("no phone panicked"))
}

pub fn send(
    address: SocketAddr,
    cookie: &str,
    phone: &mut Phone,
    acknowledged: &Mutex<BTreeMap<EventId, u64>>,
) -> io::Result<()> {
    let events = phone.batch().to_vec();
    let answer = ask(address, "POST", "/api/v1/sync", cookie, &sync_body(&events))?;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    let outcomes = answers(&answer)?;
    let mut acknowledged = acknowledged.lock().expect("no phone panicked");
    for (event, outcome) in events.iter().zip(outcomes) {
        match outcome {
            Outcome::Accepted { seq } | Outcome::Duplicate { seq } => {
                let before = acknowledged.insert(event.id, seq);
                assert_eq!(before.unwrap_or(seq), seq);
            }
            Outcome::Refused { why } => panic!("{why}"),
        }
    }
    phone.unacknowledged.clear();
    Ok(())
}
