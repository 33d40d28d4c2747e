//! The storage engine's log as a crash may leave it: whole records, then a part of one that was never acknowledged.
//!
//! What is appended behind such a part must outlive the next crash.

use crate::crash::{Phone, recorded_once, send};
use crate::process::{prepare, serve, sign_in};
use std::fs::{OpenOptions, read_dir};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

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
                let path = newest_log(files.path());
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
    let logs = read_dir(files.join("db/wal")).expect("is there").map(|entry| entry.expect("reads").path());
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
