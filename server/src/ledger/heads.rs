//! The witnesses: signed heads kept in a file outside the database, one JSON line each, appended and never changed.
//!
//! A database that lost its tail, or was rewritten, cannot show the heads that this file has seen.

use super::StartError;
use super::verify::Flaw;
use crate::store::{Database, StoreError};
use data_encoding::HEXLOWER;
use domain::chain::{Head, SignedHead};
use domain::id::StoreCode;
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often heads are written out.
const INTERVAL: Duration = Duration::from_secs(1);

/// Why the ledger is read-only.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Alarm {
    /// Events that were witnessed are gone.
    #[error("store {store} has {found} events, but {witnessed} were witnessed: restore from segments or a backup")]
    WentBackwards {
        /// Which store.
        store: StoreCode,
        /// Events there are.
        found: u64,
        /// Events there were.
        witnessed: u64,
    },
    /// Events that were witnessed are others now.
    #[error("event {seq} of store {store} or one before it is not what was witnessed")]
    Differs {
        /// Which store.
        store: StoreCode,
        /// The number witnessed.
        seq: u64,
    },
    /// The chain does not hold in itself.
    #[error("store {store}: {flaw}")]
    Flawed {
        /// Which store.
        store: StoreCode,
        /// What is wrong, from where on.
        flaw: Flaw,
    },
    /// The file of heads itself was altered, or is another chain's.
    #[error("line {line} of the file of signed heads does not carry this chain's signature")]
    BadWitness {
        /// Which line, from 1.
        line: usize,
    },
}

/// What was found at the start.
pub(super) struct Opened {
    pub(super) log: HeadsLog,
    pub(super) alarm: Option<Alarm>,
}

/// Reads the file, compares the database with it and opens it for appending.
pub(super) async fn open(database: &Database, key: &VerifyingKey, path: &Path) -> Result<Opened, StartError> {
    let failed = |source| StartError::HeadsFile { path: path.to_owned(), source };
    let alarm = match read(path).map_err(failed)? {
        lines if lines.is_empty() => None,
        lines => compare(database, key, &lines).await?,
    };
    Ok(Opened { log: HeadsLog::append_to(path.to_owned()).map_err(failed)?, alarm })
}

/// The heads in the file, each with its line number from 1. A torn last line, as a crash leaves it, is skipped.
pub(super) fn read(path: &Path) -> io::Result<Vec<(usize, Option<SignedHead>)>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let torn = !text.ends_with('\n');
    let n_lines = text.lines().count();
    let whole = text.lines().take(if torn { n_lines.saturating_sub(1) } else { n_lines });
    Ok((1..).zip(whole).map(|(line, text)| (line, serde_json::from_str(text).ok())).collect())
}

/// The heads of one store in the file, in the order in which they were kept. Lines of others are not even parsed.
///
/// # Errors
/// When the file cannot be read.
pub fn kept_in_file(path: &Path, store: &StoreCode) -> io::Result<Vec<SignedHead>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let named = format!("\"{store}\"");
    let heads = text.lines().filter(|line| line.contains(&named)).filter_map(|line| serde_json::from_str(line).ok());
    Ok(heads.filter(|head: &SignedHead| head.head.store == *store).collect())
}

/// Whether a head carries the key's signature.
#[must_use]
pub fn is_signed(head: &SignedHead, key: &VerifyingKey) -> bool {
    HEXLOWER
        .decode(head.signature.as_bytes())
        .ok()
        .and_then(|bytes| Signature::from_slice(&bytes).ok())
        .is_some_and(|signature| key.verify(&head.head.signed_bytes(), &signature).is_ok())
}

/// Compares each store's newest witnessed head with the database.
pub(super) async fn compare(
    database: &Database,
    key: &VerifyingKey,
    lines: &[(usize, Option<SignedHead>)],
) -> Result<Option<Alarm>, StoreError> {
    let mut newest: BTreeMap<&StoreCode, (usize, &SignedHead)> = BTreeMap::new();
    for (line, head) in lines {
        let Some(head) = head else { return Ok(Some(Alarm::BadWitness { line: *line })) };
        let best = newest.entry(&head.head.store).or_insert((*line, head));
        if head.head.seq >= best.1.head.seq {
            *best = (*line, head);
        }
    }
    for (line, witnessed) in newest.into_values() {
        if !is_signed(witnessed, key) {
            return Ok(Some(Alarm::BadWitness { line }));
        }
        if let Some(alarm) = look_for(database, &witnessed.head).await? {
            return Ok(Some(alarm));
        }
    }
    Ok(None)
}

/// Whether the ledger still has a head that somebody was shown.
pub(super) async fn look_for(database: &Database, witnessed: &Head) -> Result<Option<Alarm>, StoreError> {
    let (store, seq) = (&witnessed.store, witnessed.seq);
    if seq == 0 {
        return Ok(None);
    }
    if let Some(event) = database.events_at(store, [seq]).await?.pop() {
        let differs = event.hash != witnessed.hash;
        return Ok(differs.then(|| Alarm::Differs { store: store.clone(), seq }));
    }
    let found = database.head(store).await?.map_or(0, |signed| signed.head.seq);
    Ok(Some(if found < seq {
        Alarm::WentBackwards { store: store.clone(), found, witnessed: seq }
    } else {
        Alarm::Differs { store: store.clone(), seq }
    }))
}

/// The file being appended to: a thread writes what changed about once a second and syncs it.
pub(super) struct HeadsLog {
    sender: Option<Sender<SignedHead>>,
    thread: Option<JoinHandle<()>>,
}

impl HeadsLog {
    fn append_to(path: PathBuf) -> io::Result<Self> {
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)?;
        }
        drop_torn_line(&path)?;
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        let (sender, heads) = channel();
        let thread = std::thread::Builder::new().name("heads".to_owned()).spawn(move || keep(file, &path, &heads))?;
        Ok(Self { sender: Some(sender), thread: Some(thread) })
    }

    /// Takes note of a head that is on disk.
    pub(super) fn witness(&self, head: SignedHead) {
        if let Some(sender) = &self.sender {
            // An error means the thread is gone, and it has said why.
            let _ = sender.send(head);
        }
    }

    /// Writes everything out and ends the thread.
    pub(super) fn close(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that keeps the signed heads has panicked");
        }
    }
}

/// Ends the last line where a crash cut it, so that the next one is readable.
fn drop_torn_line(path: &Path) -> io::Result<()> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    if whole < bytes.len() {
        let file = OpenOptions::new().write(true).open(path)?;
        file.set_len(u64::try_from(whole).unwrap_or(u64::MAX))?;
        file.sync_all()?;
    }
    Ok(())
}

fn keep(mut file: File, path: &Path, heads: &Receiver<SignedHead>) {
    let mut changed: BTreeMap<StoreCode, SignedHead> = BTreeMap::new();
    loop {
        let open = match heads.recv_timeout(INTERVAL) {
            Ok(head) => {
                changed.insert(head.head.store.clone(), head);
                // Gathers what a second brings, then writes each store's newest only.
                std::thread::sleep(INTERVAL);
                true
            }
            Err(RecvTimeoutError::Timeout) => true,
            Err(RecvTimeoutError::Disconnected) => false,
        };
        changed.extend(heads.try_iter().map(|head| (head.head.store.clone(), head)));
        if !changed.is_empty() {
            match write(&mut file, changed.values()) {
                Ok(()) => changed.clear(),
                Err(error) => {
                    tracing::error!(%error, path = %path.display(), "cannot write the signed heads; trying again");
                }
            }
        }
        if !open {
            return;
        }
    }
}

fn write<'a>(file: &mut File, heads: impl Iterator<Item = &'a SignedHead>) -> io::Result<()> {
    let mut lines = Vec::new();
    for head in heads {
        serde_json::to_writer(&mut lines, head)?;
        lines.push(b'\n');
    }
    file.write_all(&lines)?;
    file.sync_data()
}
