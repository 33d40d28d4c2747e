//! Faults between phone and disk, on the real program: answers that get lost, requests cut short, a disk that fails or
//! is full.

use crate::chain::{Device, store};
use crate::process::{answers, ask, head, opened, prepare, serve, sign_in, sync_body};
use domain::event::DeviceEvent;
use domain::sync::Outcome;
use server::clock::Clock;
use server::keys::Keys;
use server::ledger::verify::verify;
use std::io::Write;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const SYNC: &str = "/api/v1/sync";

/// The program with a chain of its own, and a phone signed in to it.
struct Running {
    files: TempDir,
    program: Child,
    address: SocketAddr,
    cookie: String,
    device: Device,
}

impl Running {
    async fn start() -> Self {
        let files = tempfile::tempdir().expect("a temporary directory");
        prepare(files.path()).await;
        tokio::task::spawn_blocking(|| {
            let (program, address) = serve(files.path());
            let cookie = sign_in(address);
            let device = Device::new(1, "S001");
            let running = Self { files, program, address, cookie, device };
            assert_eq!(running.send(&[running.now(running.device.opened(0))]), [Outcome::Accepted { seq: 1 }]);
            running
        })
        .await
        .expect("starts")
    }

    fn now(&self, mut event: DeviceEvent) -> DeviceEvent {
        event.effective_at = Clock::system().now();
        event
    }

    fn counts(&self, n: usize) -> Vec<DeviceEvent> {
        (0..n).map(|item| self.now(self.device.counted(0, "A-01", item % 3, 1))).collect()
    }

    fn send(&self, events: &[DeviceEvent]) -> Vec<Outcome> {
        let answer = ask(self.address, "POST", SYNC, &self.cookie, &sync_body(events)).expect("answers");
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        answers(&answer).expect("an answer per event")
    }

    /// Events in the ledger of S001, as the running program tells.
    fn n_recorded(&self) -> usize {
        let answer =
            ask(self.address, "GET", "/api/v1/events?store=S001&limit=500", &self.cookie, b"").expect("answers");
        let page: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
        page["events"].as_array().expect("a list of events").len()
    }

    /// Starts a program that ended by itself again, on the same data.
    fn restart(&mut self) {
        (self.program, self.address) = serve(self.files.path());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(60), "{what} did not happen");
        std::thread::sleep(Duration::from_millis(20));
    }
}

async fn blocking(check: impl FnOnce(Running) -> Running + Send + 'static) -> Running {
    let running = Running::start().await;
    tokio::task::spawn_blocking(|| check(running)).await.expect("ends")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_got_lost_after_the_commit_is_a_duplicate_the_next_time() {
    blocking(|running| {
        let events = running.counts(3);
        let body = sync_body(&events);
        let mut stream = TcpStream::connect(running.address).expect("connects");
        stream.write_all(&head(running.address, "POST", SYNC, &running.cookie, &body)).expect("sends");
        stream.write_all(&body).expect("sends");
        until("the commit", || running.n_recorded() == 4);
        drop(stream);
        let again: Vec<Outcome> = (2..=4).map(|seq| Outcome::Duplicate { seq }).collect();
        assert_eq!(running.send(&events), again);
        running
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_cut_in_the_middle_of_its_body_has_no_effect() {
    blocking(|running| {
        let events = running.counts(3);
        let body = sync_body(&events);
        for cut in [1, body.len() / 2, body.len() - 1] {
            let mut stream = TcpStream::connect(running.address).expect("connects");
            stream.write_all(&head(running.address, "POST", SYNC, &running.cookie, &body)).expect("sends");
            stream.write_all(&body[..cut]).expect("sends");
            stream.shutdown(Shutdown::Both).expect("is open");
        }
        // Had a part of it counted, these would be duplicates.
        let first_time: Vec<Outcome> = (2..=4).map(|seq| Outcome::Accepted { seq }).collect();
        assert_eq!(running.send(&events), first_time);
        running
    })
    .await;
}

/// Makes calls of a running program fail until it is dropped; the other threads of it see nothing.
struct Saboteur(Child);

impl Saboteur {
    /// `calls` as strace names them, `error` as errno does, on the files named or on all.
    fn attach(program: &Child, calls: &str, error: &str, on: &[String]) -> Self {
        let mut strace = Command::new("strace");
        strace.args(["-f", "-qq", "-o", "/dev/null", "-p", &program.id().to_string()]);
        strace.args(["-e", &format!("trace={calls}"), "-e", &format!("inject={calls}:error={error}")]);
        strace.args(on.iter().flat_map(|file| ["-P", file]));
        let child = strace.stdin(Stdio::null()).spawn().expect("strace is installed (scripts/setup.sh --tests)");
        let status = format!("/proc/{}/status", program.id());
        let saboteur = Self(child);
        until("attaching strace, which needs root or kernel.yama.ptrace_scope = 0,", || {
            let status = std::fs::read_to_string(&status).unwrap_or_default();
            status.lines().any(|line| line.strip_prefix("TracerPid:").is_some_and(|pid| pid.trim() != "0"))
        });
        // Its other threads follow one after the other.
        std::thread::sleep(Duration::from_millis(300));
        saboteur
    }
}

impl Drop for Saboteur {
    fn drop(&mut self) {
        // It has ended where what it watched has.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn files_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("is there") {
            let path = entry.expect("reads").path();
            if path.is_dir() { folders.push(path) } else { found.push(path.display().to_string()) }
        }
    }
    found
}

/// What comes while the disk fails is not acknowledged, the program ends and says so; started again on a sound disk, it
/// takes everything once.
fn survives(mut running: Running, calls: &str, error: &str, on: &[String]) -> Running {
    let (before, during) = (running.counts(5), running.counts(5));
    assert_eq!(running.send(&before).len(), 5);
    {
        let _failing = Saboteur::attach(&running.program, calls, error, on);
        let answer = ask(running.address, "POST", SYNC, &running.cookie, &sync_body(&during));
        assert!(!answer.is_ok_and(|answer| answer.status == 200), "acknowledged");
        until("the program's end", || running.program.try_wait().expect("can be asked").is_some());
    }
    let status = running.program.wait().expect("has ended");
    assert!(!status.success(), "{status}");
    running.restart();
    let outcomes = running.send(&during);
    let in_ledger = |outcome: &Outcome| matches!(outcome, Outcome::Accepted { .. } | Outcome::Duplicate { .. });
    assert!(outcomes.iter().all(in_ledger), "{outcomes:?}");
    assert_eq!(running.n_recorded(), 11);
    running
}

async fn is_sound(mut running: Running) {
    running.program.kill().expect("is running");
    running.program.wait().expect("was running");
    let data = running.files.path().to_owned();
    let database = opened(&data).await;
    let key = Keys::load_or_create(&data).expect("reads").head_key.verifying_key();
    let reports = verify(&database, &key, &data.join("heads.jsonl")).await.expect("reads");
    assert!(reports.iter().all(|report| report.flaw.is_none()), "{reports:?}");
    assert_eq!(database.head(&store("S001")).await.expect("reads").expect("has events").head.seq, 11);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_cannot_sync_acknowledges_nothing_and_ends_the_program() {
    let running = blocking(|running| survives(running, "fsync,fdatasync", "EIO", &[])).await;
    is_sound(running).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_acknowledges_nothing_and_loses_nothing() {
    let running = blocking(|running| {
        let database = files_below(&running.files.path().join("db"));
        survives(running, "write,pwrite64,writev", "ENOSPC", &database)
    })
    .await;
    is_sound(running).await;
}
