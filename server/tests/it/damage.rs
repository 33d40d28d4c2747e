//! A data directory that was damaged while the server was stopped: nothing wrong is ever served as right.

use crate::chain::{Chain, Device, Engine, manager, start, store};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use server::ledger::{Health, Ledger};
use server::store::Database;
use std::fs;
use std::path::{Path, PathBuf};

const N_EVENTS: u64 = 120;

/// A chain on disk that nothing is written to any more, its directory (to be copied: this process has it open), and
/// what its events said.
async fn stopped() -> (Chain, PathBuf, Vec<Vec<u8>>) {
    let chain = Chain::start(Engine::Disk).await;
    let phone = Device::new(1, "S001");
    let events: Vec<_> = [phone.opened(600)]
        .into_iter()
        .chain((1..N_EVENTS).map(|n| phone.counted(500 - i64::try_from(n).expect("small"), "A-01", 0, 1)))
        .collect();
    for batch in events.chunks(15) {
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

/// What a server makes of a directory: refuses to start, is read-only, or serves exactly what was there.
async fn made_of(chain: &Chain, data: &Path, heads: &Path, bodies_before: &[Vec<u8>]) -> &'static str {
    let Ok(database) = Database::open(&format!("surrealkv://{}", data.display())).await else { return "does not open" };
    let ledger: Ledger = match start(&database, &chain.directory, &chain.clock, heads.to_owned()).await {
        Ok(ledger) => ledger,
        Err(_) => return "does not start",
    };
    let made = match ledger.check_all(heads).await {
        Err(_) => "cannot be read",
        Ok(Some(_)) => "read-only",
        Ok(None) if matches!(*ledger.health().borrow(), Health::ReadOnly(_)) => "read-only",
        Ok(None) => {
            assert_eq!(bodies(&database).await, bodies_before, "something else is served as if it were right");
            "whole"
        }
    };
    ledger.shutdown().await;
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_is_found_or_does_no_harm() {
    let (chain, data, bodies) = stopped().await;
    let heads = chain.heads_file();
    let mut rng = StdRng::seed_from_u64(7);
    let mut seen: std::collections::BTreeMap<&str, u32> = std::collections::BTreeMap::new();
    for n in 0..24 {
        let damaged = chain.files.path().join(format!("flipped-{n}"));
        copy(&data, &damaged);
        let of = files(&damaged);
        let path = &of[rng.random_range(0..of.len())];
        let mut bytes = fs::read(path).expect("reads");
        let at = rng.random_range(0..bytes.len());
        bytes[at] ^= 1 << rng.random_range(0..8);
        fs::write(path, bytes).expect("writes");
        let own_heads = chain.files.path().join(format!("heads-{n}.jsonl"));
        fs::copy(&heads, &own_heads).expect("copies");
        *seen.entry(made_of(&chain, &damaged, &own_heads, &bodies).await).or_default() += 1;
    }
    assert!(seen.keys().any(|made| *made != "whole"), "24 flips and nothing noticed: {seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_tail_is_found() {
    let (chain, data, bodies) = stopped().await;
    let heads = chain.heads_file();
    let cut = chain.files.path().join("cut");
    copy(&data, &cut);
    let log =
        files(&cut).into_iter().max_by_key(|path| fs::metadata(path).map_or(0, |data| data.len())).expect("a file");
    let bytes = fs::read(&log).expect("reads");
    fs::write(&log, &bytes[..bytes.len() * 2 / 3]).expect("writes");
    let made = made_of(&chain, &cut, &heads, &bodies).await;
    assert_ne!(made, "whole");
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
    assert_eq!(made_of(&chain, &older, &chain.heads_file(), &[]).await, "read-only");
}
