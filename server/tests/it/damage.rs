//! A data directory that was damaged while the server was stopped: nothing wrong is ever served as right.

use crate::chain::{Chain, Device, Engine, manager, start, store};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use server::ledger::verify::Flaw;
use server::ledger::{Alarm, Health, Ledger};
use server::store::Database;
use std::fs;
use std::path::{Path, PathBuf};

const N_EVENTS: u64 = 120;
/// Events of one transaction.
const BATCH: usize = 15;

/// A chain on disk that nothing is written to any more, its directory (to be copied: this process has it open), and
/// what its events said.
async fn stopped() -> (Chain, PathBuf, Vec<Vec<u8>>) {
    let chain = Chain::start(Engine::Disk).await;
    let phone = Device::new(1, "S001");
    let events: Vec<_> = [phone.opened(600)]
        .into_iter()
        .chain((1..N_EVENTS).map(|n| phone.counted(500 - i64::try_from(n).expect("small"), "A-01", 0, 1)))
        .collect();
    for batch in events.chunks(BATCH) {
        chain.ledger.append(manager("S001"), batch.to_vec()).await.expect("answers");
    }
    let bodies = bodies(&chain.database).await;
    assert_eq!(bodies.len() as u64, N_EVENTS);
    chain.ledger.clone().shutdown().await;
    let data = chain.files.path().join("data");
    (chain, data, bodies)
}

async fn bodies(database: &Database) -> Vec<Vec<u8>> {
    let events = database.events(&store("S001"), 1, N_EVENTS).await.unwrap_or_default();
    events.into_iter().map(|stored| stored.body).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("makes");
    for entry in fs::read_dir(from).expect("reads") {
        let entry = entry.expect("reads");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).map(|_| ()).expect("copies")
        }
    }
}

fn files(of: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(of).expect("reads") {
        let path = entry.expect("reads").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if fs::metadata(&path).is_ok_and(|data| data.len() > 0)
            && path.file_name().is_some_and(|name| name != "LOCK")
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// What a server makes of a directory.
#[derive(Debug, PartialEq, Eq)]
enum Made {
    /// It does not open or start, and says why.
    Refused(String),
    /// It serves, and takes no more.
    ReadOnly(Alarm),
    /// It serves exactly what was there.
    Whole,
}

async fn made_of(chain: &Chain, data: &Path, heads: &Path, bodies_before: &[Vec<u8>]) -> Made {
    let database = match Database::open(&format!("surrealkv://{}", data.display())).await {
        Ok(database) => database,
        Err(error) => return Made::Refused(server::error::chain(&error)),
    };
    let ledger: Ledger = match start(&database, &chain.directory, &chain.clock, heads.to_owned()).await {
        Ok(ledger) => ledger,
        Err(error) => return Made::Refused(server::error::chain(&error)),
    };
    let alarm = match &*ledger.health().borrow() {
        Health::ReadOnly(alarm) => Some(alarm.clone()),
        Health::Writable | Health::Stopped(_) => None,
    };
    let made = match ledger.check_all(heads).await {
        Err(error) => Made::Refused(server::error::chain(&error)),
        Ok(found) => match found.or(alarm) {
            Some(alarm) => Made::ReadOnly(alarm),
            None => {
                assert_eq!(bodies(&database).await, bodies_before, "something else is served as if it were right");
                Made::Whole
            }
        },
    };
    ledger.shutdown().await;
    made
}

/// A copy of a stopped server's directory and heads, to be damaged.
fn copied(chain: &Chain, data: &Path, name: &str) -> (PathBuf, PathBuf) {
    let (damaged, heads) = (chain.files.path().join(name), chain.files.path().join(format!("{name}.jsonl")));
    copy(data, &damaged);
    fs::copy(chain.heads_file(), &heads).expect("copies");
    (damaged, heads)
}

/// Where in the files these bytes lie.
fn places(of: &Path, bytes: &[u8]) -> Vec<(PathBuf, usize)> {
    let places_in = |path: PathBuf| {
        let text = fs::read(&path).expect("reads");
        let at: Vec<usize> =
            text.windows(bytes.len()).enumerate().filter(|(_, w)| *w == bytes).map(|(n, _)| n).collect();
        at.into_iter().map(move |at| (path.clone(), at))
    };
    files(of).into_iter().flat_map(places_in).collect()
}

/// The storage engine drops a transaction whose bytes are not what it wrote, whole: the first event that is missing is
/// named.
fn missing_from(seq: usize) -> Made {
    let first = u64::try_from((seq - 1) / BATCH * BATCH + 1).expect("few");
    Made::ReadOnly(Alarm::Flawed { store: store("S001"), flaw: Flaw::Missing { seq: first } })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_is_found_or_does_no_harm() {
    let (chain, data, bodies) = stopped().await;
    let mut rng = StdRng::seed_from_u64(7);
    for n in 0..24 {
        let (damaged, heads) = copied(&chain, &data, &format!("flipped-{n}"));
        let of = files(&damaged);
        let path = &of[rng.random_range(0..of.len())];
        let mut bytes = fs::read(path).expect("reads");
        let at = rng.random_range(0..bytes.len());
        bytes[at] ^= 1 << rng.random_range(0..8);
        fs::write(path, bytes).expect("writes");
        // It says itself where something else is served.
        made_of(&chain, &damaged, &heads, &bodies).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_inside_an_event_is_found_and_named() {
    let (chain, data, bodies) = stopped().await;
    let mut rng = StdRng::seed_from_u64(8);
    for seq in [1, 2, 17, 60, 119, 120] {
        let (damaged, heads) = copied(&chain, &data, &format!("event-{seq}"));
        let body = &bodies[seq - 1];
        let places = places(&damaged, body);
        assert!(!places.is_empty(), "event {seq} is nowhere in the files");
        let (at, bit) = (rng.random_range(0..body.len()), rng.random_range(0..8));
        for (path, from) in places {
            let mut bytes = fs::read(&path).expect("reads");
            bytes[from + at] ^= 1 << bit;
            fs::write(path, bytes).expect("writes");
        }
        let made = made_of(&chain, &damaged, &heads, &bodies).await;
        assert_eq!(made, missing_from(seq), "event {seq}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_tail_is_found() {
    let (chain, data, bodies) = stopped().await;
    for seq in [1, 60, 120] {
        let (damaged, heads) = copied(&chain, &data, &format!("cut-{seq}"));
        let places = places(&damaged, &bodies[seq - 1]);
        assert!(!places.is_empty(), "event {seq} is nowhere in the files");
        for (path, from) in places {
            let bytes = fs::read(&path).expect("reads");
            fs::write(path, &bytes[..bytes.len().min(from + 1)]).expect("writes");
        }
        let made = made_of(&chain, &damaged, &heads, &bodies).await;
        assert_eq!(made, missing_from(seq), "event {seq}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_copy_is_found() {
    let chain = Chain::start(Engine::Disk).await;
    let phone = Device::new(1, "S001");
    chain
        .ledger
        .append(manager("S001"), vec![phone.opened(600), phone.counted(500, "A-01", 0, 1)])
        .await
        .expect("answers");
    let data = chain.files.path().join("data");
    let older = chain.files.path().join("older");
    // As a backup taken while the server is stopped.
    chain.ledger.clone().shutdown().await;
    copy(&data, &older);
    let again = start(&chain.database, &chain.directory, &chain.clock, chain.heads_file()).await.expect("starts");
    again.append(manager("S001"), vec![phone.counted(400, "A-01", 0, 1)]).await.expect("answers");
    again.shutdown().await;
    let made = made_of(&chain, &older, &chain.heads_file(), &[]).await;
    assert!(matches!(made, Made::ReadOnly(_)), "{made:?}");
}
