//! The storage engine below the database, in crashes that a kill meets too seldom: what it says is on disk is there.
//!
//! Its log may end in a part of a record that was never acknowledged: what is appended behind that must outlive the next
//! crash. And the commit for which its memory table has no room must not stand in a log that is done with.

use crate::crash::{Phone, recorded_once, send};
use crate::process::{prepare, serve, sign_in};
use std::fs::{OpenOptions, read_dir};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;
use surrealkv::{Durability, Mode, Tree, TreeBuilder};

/// The log is written in blocks of this many bytes; a record longer than the rest of a block goes on in the next.
const BLOCK: u64 = 32_768;
/// Bytes before each piece of a record: checksum (4), length (2), which piece (1).
const HEADER: u64 = 7;
/// The first piece of several.
const FIRST: u8 = 2;

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_ends_with_its_block_is_cut() {
    outlives(|log, length| {
        let mut room = BLOCK - length % BLOCK;
        if room <= HEADER {
            log.write_all(&vec![0; usize::try_from(room).expect("small")]).expect("writes");
            room = BLOCK;
        }
        log.write_all(&piece(usize::try_from(room - HEADER).expect("small"))).expect("writes");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_ends_within_its_block_is_cut() {
    outlives(|log, _| {
        let piece = piece(500);
        log.write_all(&piece[..300]).expect("writes");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_ends_within_its_header_is_cut() {
    outlives(|log, _| log.write_all(&piece(500)[..3]).expect("writes")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_which_only_the_room_was_made_is_cut() {
    outlives(|log, _| log.write_all(&[0; 4_000]).expect("writes")).await;
}

/// Counts, kills, tears the log, counts on, kills again: everything acknowledged is there.
async fn outlives(tear: fn(&mut std::fs::File, u64)) {
    let files = tempfile::tempdir().expect("a temporary directory");
    prepare(files.path()).await;
    let counted = tokio::task::spawn_blocking(move || {
        let acknowledged = Mutex::default();
        let mut phone = Phone::new(1);
        phone.open_stocktake();
        let mut cookie = None;
        for is_torn in [true, false] {
            let (mut child, address) = serve(files.path());
            let cookie = cookie.get_or_insert_with(|| sign_in(address));
            for _ in 0..20 {
                send(address, cookie, &mut phone, &acknowledged).expect("answers");
            }
            child.kill().expect("is running");
            child.wait().expect("was running");
            if is_torn {
                let path = newest_log(&files.path().join("db"));
                let mut log = OpenOptions::new().append(true).open(&path).expect("opens");
                let length = log.metadata().expect("is there").len();
                tear(&mut log, length);
            }
        }
        (files, acknowledged.into_inner().expect("nothing panicked"))
    });
    let (files, acknowledged) = counted.await.expect("ends");
    assert_eq!(acknowledged.len(), 1 + 19 * 5 + 20 * 5);
    recorded_once(files.path(), &acknowledged).await;
}

fn newest_log(files: &Path) -> PathBuf {
    let logs = read_dir(files.join("wal")).expect("is there").map(|entry| entry.expect("reads").path());
    logs.filter(|path| path.extension().is_some_and(|extension| extension == "wal")).max().expect("one")
}

/// The first of several pieces of a record, as the storage engine writes it.
fn piece(n_bytes: usize) -> Vec<u8> {
    let data = vec![7; n_bytes];
    let mut sum = crc32fast::Hasher::new();
    sum.update(&[FIRST]);
    sum.update(&data);
    let mut piece = sum.finalize().to_be_bytes().to_vec();
    piece.extend(u16::try_from(n_bytes).expect("fits a block").to_be_bytes());
    piece.push(FIRST);
    piece.extend(data);
    piece
}

/// Room for six of the values written.
const TABLE: usize = 64 * 1024;
const VALUE: usize = 10 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_finds_the_table_full_is_there_after_a_crash() {
    let files = tempfile::tempdir().expect("a temporary directory");
    let tree = engine(files.path());
    for n in 0..30_u8 {
        let mut commit = tree.begin_with_mode(Mode::ReadWrite).expect("begins").with_durability(Durability::Immediate);
        commit.set(vec![n], vec![n; VALUE]).expect("fits");
        commit.commit().await.expect("is on disk");
        let crashed = tempfile::tempdir().expect("a temporary directory");
        copy_settled(files.path(), crashed.path()).await;
        let tree = engine(crashed.path());
        let read = tree.begin_with_mode(Mode::ReadOnly).expect("begins");
        for before in 0..=n {
            let found = read.get(vec![before]).expect("reads");
            assert_eq!(found, Some(vec![before; VALUE]), "commit {before} is gone after a crash behind commit {n}");
        }
    }
    let newest = newest_log(files.path());
    assert!(newest.ends_with("wal/00000000000000000004.wal"), "a table is full at every sixth commit: {newest:?}");
}

fn engine(files: &Path) -> Tree {
    TreeBuilder::new().with_path(files.into()).with_max_memtable_size(TABLE).build().expect("opens")
}

/// Copies the files as a crash would leave them, once what runs in the background has come to rest.
async fn copy_settled(from: &Path, to: &Path) {
    let mut before = Vec::new();
    loop {
        let now = list(from);
        if now == before {
            break;
        }
        before = now;
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    for (path, _) in before {
        let copy = to.join(path.strip_prefix(from).expect("was listed below it"));
        std::fs::create_dir_all(copy.parent().expect("a file's")).expect("is made");
        std::fs::copy(&path, copy).expect("is copied");
    }
}

/// Every file below a folder but the lock, with its length.
fn list(folder: &Path) -> Vec<(PathBuf, u64)> {
    let mut found = Vec::new();
    for entry in read_dir(folder).expect("is there") {
        let path = entry.expect("reads").path();
        if path.is_dir() {
            found.extend(list(&path));
        } else if path.file_name().is_some_and(|name| name != "LOCK") {
            // A log that is done with may go meanwhile: the list differs next time.
            let length = path.metadata().map_or(0, |file| file.len());
            found.push((path, length));
        }
    }
    found.sort();
    found
}
