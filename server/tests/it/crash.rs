//! The real server, killed without warning again and again while phones send.

use crate::chain::{Device, manager, masters, store};
use domain::event::DeviceEvent;
use domain::id::EventId;
use domain::sync::{Outcome, PROTOCOL, SyncRequest, SyncResponse};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use server::auth::password::Passwords;
use server::clock::Clock;
use server::keys::Keys;
use server::ledger::verify::verify;
use server::store::Database;
use server::store::person::Account;
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;
use tempfile::TempDir;

const N_KILLS: u32 = 20;
const N_PHONES: u64 = 4;
const PASSWORD: &str = "crash-test-password";

/// A phone with what it has sent and not seen acknowledged.
struct Phone {
    device: Device,
    unacknowledged: Vec<DeviceEvent>,
}

impl Phone {
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
async fn whatever_was_acknowledged_is_there_exactly_once_after_twenty_kills() {
    let files = tempfile::tempdir().expect("a temporary directory");
    prepare(files.path()).await;
    let files = tokio::task::spawn_blocking(|| hammer(files)).await.expect("ends");
    let (files, acknowledged) = files;

    let database = opened(files.path()).await;
    let key = Keys::load_or_create(files.path()).expect("reads").head_key.verifying_key();
    let reports = verify(&database, &key, &files.path().join("heads.jsonl")).await.expect("reads");
    assert!(reports.iter().all(|report| report.flaw.is_none()), "{reports:?}");
    let head = database.head(&store("S001")).await.expect("reads").expect("has events").head;
    let mut recorded: BTreeMap<EventId, u64> = BTreeMap::new();
    for stored in database.events(&store("S001"), 1, head.seq).await.expect("reads") {
        let twice = recorded.insert(stored.event.event.id, stored.event.stamp.seq);
        assert_eq!(twice, None, "recorded twice");
    }
    assert!(acknowledged.len() > 100, "{} acknowledged", acknowledged.len());
    for (id, seq) in acknowledged {
        assert_eq!(recorded.get(&id), Some(&seq), "acknowledged and lost");
    }
}

async fn prepare(data: &Path) {
    let database = Database::open(&url(data)).await.expect("opens");
    database.save_masters(&masters()).await.expect("saves");
    let password_hash = Passwords::new(1).hash(PASSWORD).await.expect("hashes");
    let account = Account { viewer: manager("S001"), login: "manager".to_owned(), password_hash, is_disabled: false };
    database.add_account(&account).await.expect("adds");
}

fn url(data: &Path) -> String {
    format!("surrealkv://{}", data.join("db").display())
}

/// Opens what a killed process has left: its lock goes with it, a moment later.
async fn opened(data: &Path) -> Database {
    loop {
        match Database::open(&url(data)).await {
            Ok(database) => return database,
            Err(server::store::OpenError::InUse(_)) => tokio::time::sleep(Duration::from_millis(50)).await,
            Err(error) => panic!("{error:?}"),
        }
    }
}

fn hammer(files: TempDir) -> (TempDir, BTreeMap<EventId, u64>) {
    let mut rng = StdRng::seed_from_u64(20);
    let acknowledged = Mutex::new(BTreeMap::new());
    let mut phones: Vec<Phone> =
        (1..=N_PHONES).map(|n| Phone { device: Device::new(n, "S001"), unacknowledged: Vec::new() }).collect();
    let mut opened = phones[0].device.opened(0);
    opened.effective_at = Clock::system().now();
    phones[0].unacknowledged = vec![opened];
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

/// Starts the program and waits until it answers.
fn serve(data: &Path) -> (Child, SocketAddr) {
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("has one");
        drop(listener);
        let mut child = Command::new(env!("CARGO_BIN_EXE_shelftrace"))
            .args(["serve", "--listen", &address.to_string(), "--log", "error"])
            .arg("--data-dir")
            .arg(data)
            .arg("--site-dir")
            .arg(data)
            .current_dir(data)
            .stdout(Stdio::null())
            .spawn()
            .expect("starts");
        // It ends by itself while the killed one's lock is still there.
        while child.try_wait().expect("can be asked").is_none() {
            if let Ok(answer) = ask(address, "GET", "/readyz", "", b"")
                && answer.status == 200
            {
                return (child, address);
            }
            std::thread::sleep(Duration::from_millis(30));
        }
    }
}

fn sign_in(address: SocketAddr) -> String {
    let body = serde_json::json!({ "login": "manager", "password": PASSWORD }).to_string();
    let answer = ask(address, "POST", "/api/v1/sign-in", "", body.as_bytes()).expect("answers");
    answer.cookie.expect("a session")
}

fn send(
    address: SocketAddr,
    cookie: &str,
    phone: &mut Phone,
    acknowledged: &Mutex<BTreeMap<EventId, u64>>,
) -> io::Result<()> {
    let events = phone.batch().to_vec();
    let device = events[0].device;
    let request =
        SyncRequest { protocol: PROTOCOL, device, app: "crash".to_owned(), n_unsent: 0, witnessed: Vec::new(), events };
    let body = serde_json::to_vec(&request).expect("plain data");
    let answer = ask(address, "POST", "/api/v1/sync", cookie, &body)?;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    let response: SyncResponse = serde_json::from_slice(&answer.body)?;
    let mut acknowledged = acknowledged.lock().expect("no phone panicked");
    for (event, answer) in request.events.iter().zip(response.answers) {
        match answer.outcome {
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

struct HttpAnswer {
    status: u16,
    cookie: Option<String>,
    body: Vec<u8>,
}

/// One request on a connection of its own.
fn ask(address: SocketAddr, method: &str, path: &str, cookie: &str, body: &[u8]) -> io::Result<HttpAnswer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\ncookie: {cookie}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut reader = BufReader::new(stream);
    let mut line = || -> io::Result<String> {
        let mut line = String::new();
        match reader.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    };
    let status = line()?.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
    let (mut cookie, mut n_bytes) = (None, None);
    loop {
        let line = line()?;
        match line.split_once(": ") {
            Some(("set-cookie", value)) => cookie = value.split(';').next().map(str::to_owned),
            Some(("content-length", value)) => n_bytes = value.parse().ok(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; n_bytes.ok_or(io::ErrorKind::InvalidData)?];
    reader.read_exact(&mut body)?;
    Ok(HttpAnswer { status, cookie, body })
}
