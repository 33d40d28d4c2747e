//! A client of a few lines, so that the load costs little beside what is measured: HTTP/1.1, one connection kept open.

use domain::board::StoreUpdate;
use domain::id::StoreCode;
use std::net::SocketAddr;
use std::time::Instant;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A browser or a phone that is signed in.
pub struct Client {
    connection: BufReader<TcpStream>,
    address: SocketAddr,
    cookie: String,
}

struct Head {
    n_bytes: Option<usize>,
    cookie: Option<String>,
}

impl Client {
    pub async fn sign_in(address: SocketAddr, login: &str, password: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let mut client = Self { connection: BufReader::new(stream), address, cookie: String::new() };
        let body = serde_json::json!({ "login": login, "password": password }).to_string();
        client.ask("POST", "/api/v1/sign-in", body.as_bytes()).await?;
        let head = client.head().await?;
        client.body(&head).await?;
        client.cookie = head.cookie.ok_or("signing in gave no cookie")?;
        Ok(client)
    }

    pub async fn post(&mut self, path: &str, body: &[u8]) -> Result<Vec<u8>, Failure> {
        self.ask("POST", path, body).await?;
        let head = self.head().await?;
        self.body(&head).await
    }

    /// Asks for a feed and reads its first message's name.
    pub async fn open_feed(&mut self, path: &str) -> Result<(), Failure> {
        self.ask("GET", path, b"").await?;
        self.head().await?;
        while !self.line().await?.starts_with("event: board") {}
        Ok(())
    }

    /// Reads the feed until the store's row is as new as the number that comes through `seq`.
    pub async fn until_store(
        &mut self,
        store: &StoreCode,
        seq: &mut watch::Receiver<Option<u64>>,
    ) -> Result<Instant, Failure> {
        loop {
            let line = self.line().await?;
            let Some(update) = line.strip_prefix("data: ").and_then(|json| serde_json::from_str(json).ok()) else {
                continue;
            };
            let update: StoreUpdate = update;
            let seen = Instant::now();
            if update.row.store == *store {
                // The acknowledgement may come after the board's update.
                let wanted = *seq.wait_for(Option::is_some).await?;
                if wanted.is_some_and(|wanted| update.row.seq >= wanted) {
                    return Ok(seen);
                }
            }
        }
    }

    async fn ask(&mut self, method: &str, path: &str, body: &[u8]) -> Result<(), Failure> {
        let Self { address, cookie, .. } = self;
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\ncookie: {cookie}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body);
        self.connection.get_mut().write_all(&request).await?;
        Ok(())
    }

    async fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        if self.connection.read_line(&mut line).await? == 0 {
            return Err("the server closed the connection".into());
        }
        line.truncate(line.trim_end().len());
        Ok(line)
    }

    async fn head(&mut self) -> Result<Head, Failure> {
        let status = self.line().await?;
        let mut head = Head { n_bytes: None, cookie: None };
        loop {
            let line = self.line().await?;
            if line.is_empty() {
                break;
            }
            let Some((name, value)) = line.split_once(": ") else { continue };
            match name {
                "content-length" => head.n_bytes = Some(value.parse()?),
                "set-cookie" => head.cookie = value.split(';').next().map(str::to_owned),
                _ => {}
            }
        }
        if status.contains(" 200 ") {
            return Ok(head);
        }
        let body = self.body(&head).await?;
        Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into())
    }

    async fn body(&mut self, head: &Head) -> Result<Vec<u8>, Failure> {
        let mut body = vec![0; head.n_bytes.ok_or("an answer without a length")?];
        self.connection.read_exact(&mut body).await?;
        Ok(body)
    }
}
