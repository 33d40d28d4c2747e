//! The real program, run as a process of its own.

use crate::chain::{manager, masters};
use domain::event::DeviceEvent;
use domain::sync::{Outcome, PROTOCOL, SyncRequest, SyncResponse};
use server::auth::password::Passwords;
use server::store::Database;
use server::store::person::Account;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const PASSWORD: &str = "crash-test-password";

/// A chain with one account that may do everything in S001.
pub async fn prepare(data: &Path) {
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
pub async fn opened(data: &Path) -> Database {
    loop {
        match Database::open(&url(data)).await {
            Ok(database) => return database,
            Err(server::store::OpenError::InUse(_)) => tokio::time::sleep(Duration::from_millis(50)).await,
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// Starts the program and waits until it answers.
pub fn serve(data: &Path) -> (Child, SocketAddr) {
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

pub fn sign_in(address: SocketAddr) -> String {
    let body = serde_json::json!({ "login": "manager", "password": PASSWORD }).to_string();
    let answer = ask(address, "POST", "/api/v1/sign-in", "", body.as_bytes()).expect("answers");
    answer.cookie.expect("a session")
}

/// A phone's events, as it sends them.
pub fn sync_body(events: &[DeviceEvent]) -> Vec<u8> {
    let request = SyncRequest {
        protocol: PROTOCOL,
        device: events[0].device,
        app: "it".to_owned(),
        n_unsent: 0,
        witnessed: Vec::new(),
        events: events.to_vec(),
    };
    serde_json::to_vec(&request).expect("plain data")
}

/// Reads the server's answer to a batch.
pub fn answers(answer: &HttpAnswer) -> io::Result<Vec<Outcome>> {
    let response: SyncResponse = serde_json::from_slice(&answer.body)?;
    Ok(response.answers.into_iter().map(|answer| answer.outcome).collect())
}

/// What the server answered.
pub struct HttpAnswer {
    pub status: u16,
    cookie: Option<String>,
    pub body: Vec<u8>,
}

/// One request on a connection of its own.
pub fn ask(address: SocketAddr, method: &str, path: &str, cookie: &str, body: &[u8]) -> io::Result<HttpAnswer> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(&head(address, method, path, cookie, body))?;
    stream.write_all(body)?;
    read_answer(stream)
}

/// The head of a request with that body.
pub fn head(address: SocketAddr, method: &str, path: &str, cookie: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\ncookie: {cookie}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    head.into_bytes()
}

fn read_answer(stream: TcpStream) -> io::Result<HttpAnswer> {
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
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
