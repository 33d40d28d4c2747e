//! How fast scans become durable, and how fast they reach a board: all in one run, on one database on disk.
//!
//! `cargo bench -p shelftrace-server --bench ledger`. The load generator runs in the same process and shares its
//! cores. `SHELFTRACE_BENCH_SECONDS` sets the length of each phase (default 5), `SHELFTRACE_BENCH_DATABASE` another
//! database than a directory below the build folder.

mod chain;
mod http;
mod report;

use chain::{Device, HEADQUARTERS, PASSWORD, manager_login, stores};
use domain::event::DeviceEvent;
use domain::id::StoreCode;
use domain::policy::Viewer;
use domain::sync::{Outcome, SyncRequest, SyncResponse};
use http::Client;
use report::Timings;
use server::clock::Clock;
use server::config::Config;
use server::keys::Keys;
use server::ledger::{Ledger, LedgerError, NoPhotos};
use server::router::router;
use server::state::AppState;
use server::store::{Database, Directory, PersonNames};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// SurrealDB's executor recurses deeply.
const STACK_BYTES: usize = 20 << 20;
const N_DEVICES: usize = 32;
/// Scans of one request of an outbox that drains: as many as the app sends at once.
const OUTBOX: usize = 100;
/// Scans a second of the paced phase, as a few dozen counters make them.
const PACE_PER_S: u64 = 50;

fn main() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK_BYTES).build()?;
    runtime.block_on(async { tokio::spawn(run()).await? })
}

/// Where everything happens.
struct Bench {
    state: AppState,
    address: SocketAddr,
    files: PathBuf,
    phase: Duration,
}

async fn run() -> Result<(), Failure> {
    let seconds = match std::env::var("SHELFTRACE_BENCH_SECONDS") {
        Ok(text) => text.parse()?,
        Err(_) => 5.0,
    };
    let files = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("ledger-bench-{}", std::process::id()));
    let url = std::env::var("SHELFTRACE_BENCH_DATABASE")
        .unwrap_or_else(|_| format!("surrealkv://{}", files.join("db").display()));
    let bench = Bench::start(&url, files, Duration::from_secs_f64(seconds)).await?;
    let n_cores = std::thread::available_parallelism()?;
    println!("{url}, {n_cores} cores shared with the load, {seconds} s a phase");
    report::heading();
    bench.http(1, 1).await?;
    // Before the floods: the index of traces has then nothing to catch up with, as in a shop's day.
    bench.paced().await?;
    let one_by_one = bench.http(N_DEVICES, 1).await?;
    bench.http(N_DEVICES, OUTBOX).await?;
    bench.naive(1).await?;
    let naive = bench.naive(N_DEVICES).await?;
    println!("group commit through HTTP over the naive way, {N_DEVICES} devices: {:.1} times", one_by_one / naive);
    for n_viewers in [1, 100] {
        bench.board(n_viewers).await?;
    }
    bench.state.stop_feeds();
    bench.state.ledger.clone().shutdown().await;
    std::fs::remove_dir_all(&bench.files)?;
    Ok(())
}

impl Bench {
    async fn start(url: &str, files: PathBuf, phase: Duration) -> Result<Self, Failure> {
        std::fs::create_dir_all(&files)?;
        let database = Database::open(url).await?;
        database.save_masters(&chain::masters()).await?;
        chain::add_accounts(&database).await?;
        let config = Config {
            data_dir: files.clone(),
            sync_per_device_per_s: 1_000_000,
            sign_in_per_address_per_min: 10_000,
            ..Config::default()
        };
        let keys = Keys::from_secrets([7; 32], [9; 32]);
        let state = AppState::start(config, Clock::system(), keys, database).await?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let service = router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        let bench = Self { state, address, files, phase };
        for (n, store) in (1_000..).zip(stores()) {
            let opened = Device::new(n, store.clone()).opened();
            bench.state.ledger.append(chain::manager(&store), vec![opened]).await?;
        }
        Ok(bench)
    }

    /// Devices send requests of `n_scans` scans one after another; returns scans a second.
    async fn http(&self, n_devices: usize, n_scans: usize) -> Result<f64, Failure> {
        let clients = self.clients(n_devices).await?;
        let until = Instant::now() + self.phase;
        let mut tasks = JoinSet::new();
        for (client, device) in clients {
            tasks.spawn(send_until(client, device, n_scans, until));
        }
        let name = format!("HTTP, {n_devices} devices, {n_scans} scans a request");
        self.gather(&name, tasks, self.phase, n_scans).await
    }

    /// [`N_DEVICES`] devices send one scan each in turn, [`PACE_PER_S`] a second altogether.
    async fn paced(&self) -> Result<f64, Failure> {
        let round = Duration::from_secs_f64(N_DEVICES as f64 / PACE_PER_S as f64);
        let phase = self.phase.max(4 * round);
        let clients = self.clients(N_DEVICES).await?;
        let until = Instant::now() + phase;
        let mut tasks = JoinSet::new();
        for (n, (mut client, mut device)) in (0..).zip(clients) {
            tasks.spawn(async move {
                let mut timings = Timings::default();
                let mut next = Instant::now() + round * n / u32::try_from(N_DEVICES)?;
                while next < until {
                    tokio::time::sleep_until(next.into()).await;
                    timings.push(send(&mut client, &mut device, 1).await?);
                    next += round;
                }
                Ok(timings)
            });
        }
        self.gather(&format!("HTTP, {N_DEVICES} devices, {PACE_PER_S} scans/s"), tasks, phase, 1).await
    }

    /// The naive way: every writer commits every scan in a transaction of its own and tries again when it lost a
    /// race. Without HTTP, which is to its advantage.
    async fn naive(&self, n_writers: usize) -> Result<f64, Failure> {
        let directory = Directory::new(chain::masters(), PersonNames::new());
        let mut writers = Vec::new();
        for n in 0..n_writers {
            let heads = self.files.join(format!("naive-{n_writers}-{n}.jsonl"));
            let (database, keys) = (self.state.db.clone(), self.state.keys.clone());
            writers.push(
                Ledger::start(database, directory.clone(), keys, Arc::new(NoPhotos), Clock::system(), heads).await?,
            );
        }
        let until = Instant::now() + self.phase;
        let mut tasks = JoinSet::new();
        for (ledger, device) in writers.into_iter().zip(devices(n_writers)) {
            tasks.spawn(append_until(ledger, device, until));
        }
        self.gather(&format!("naive, {n_writers} writers, no HTTP"), tasks, self.phase, 1).await
    }

    /// From the moment a scan is sent to the moment each viewer of the board has it.
    async fn board(&self, n_viewers: usize) -> Result<(), Failure> {
        let mut feeds = Vec::new();
        for _ in 0..n_viewers {
            let mut client = Client::sign_in(self.address, HEADQUARTERS, PASSWORD).await?;
            client.open_feed("/api/v1/live").await?;
            feeds.push(client);
        }
        let (mut client, mut device) = self.clients(1).await?.pop().ok_or("no device")?;
        let mut timings = Timings::default();
        let every = Duration::from_millis(150);
        let n_scans = (self.phase.as_secs_f64() / every.as_secs_f64()).ceil();
        for _ in 0..n_scans as u32 {
            let started = Instant::now();
            let mut tasks = JoinSet::new();
            let (sender, seq) = tokio::sync::watch::channel(None);
            for mut feed in feeds.drain(..) {
                let (store, mut seq) = (device.store.clone(), seq.clone());
                tasks.spawn(async move {
                    let seen = feed.until_store(&store, &mut seq).await?;
                    Ok::<_, Failure>((feed, seen - started))
                });
            }
            let response = post(&mut client, &mut device, 1).await?;
            let accepted = response.answers.first().and_then(|answer| match answer.outcome {
                Outcome::Accepted { seq } => Some(seq),
                _ => None,
            });
            sender.send_replace(Some(accepted.ok_or("a scan was refused")?));
            while let Some(done) = tasks.join_next().await {
                let (feed, took) = done??;
                feeds.push(feed);
                timings.push(took);
            }
            tokio::time::sleep(every.saturating_sub(started.elapsed())).await;
        }
        report::latency(&format!("scan to board, {n_viewers} viewers"), timings);
        Ok(())
    }

    async fn clients(&self, n_devices: usize) -> Result<Vec<(Client, Device)>, Failure> {
        let mut clients = Vec::new();
        for device in devices(n_devices) {
            clients.push((Client::sign_in(self.address, &manager_login(&device.store), PASSWORD).await?, device));
        }
        Ok(clients)
    }

    async fn gather(
        &self,
        name: &str,
        mut tasks: JoinSet<Result<Timings, Failure>>,
        phase: Duration,
        n_scans: usize,
    ) -> Result<f64, Failure> {
        let mut all = Timings::default();
        while let Some(timings) = tasks.join_next().await {
            all.extend(timings??);
        }
        Ok(report::throughput(name, all, phase, n_scans))
    }
}

/// Devices, spread over the stores.
fn devices(n_devices: usize) -> impl Iterator<Item = Device> {
    let stores: Vec<StoreCode> = stores().collect();
    (0..n_devices).map(move |n| Device::new(rand::random(), stores[n % stores.len()].clone()))
}

async fn send_until(
    mut client: Client,
    mut device: Device,
    n_scans: usize,
    until: Instant,
) -> Result<Timings, Failure> {
    let mut timings = Timings::default();
    while Instant::now() < until {
        timings.push(send(&mut client, &mut device, n_scans).await?);
    }
    Ok(timings)
}

/// Sends scans and waits until they are acknowledged.
async fn send(client: &mut Client, device: &mut Device, n_scans: usize) -> Result<Duration, Failure> {
    let started = Instant::now();
    let response = post(client, device, n_scans).await?;
    let is_accepted = |outcome: &Outcome| matches!(outcome, Outcome::Accepted { .. });
    match response.answers.iter().find(|answer| !is_accepted(&answer.outcome)) {
        None => Ok(started.elapsed()),
        Some(other) => Err(format!("not accepted: {other:?}").into()),
    }
}

async fn post(client: &mut Client, device: &mut Device, n_scans: usize) -> Result<SyncResponse, Failure> {
    let events: Vec<DeviceEvent> = (0..n_scans).map(|_| device.counted()).collect();
    let request = SyncRequest {
        protocol: domain::sync::PROTOCOL,
        device: device.id,
        app: "bench".to_owned(),
        n_unsent: 0,
        witnessed: Vec::new(),
        events,
    };
    let body = client.post("/api/v1/sync", &serde_json::to_vec(&request)?).await?;
    Ok(serde_json::from_slice(&body)?)
}

async fn append_until(ledger: Ledger, mut device: Device, until: Instant) -> Result<Timings, Failure> {
    let viewer: Arc<Viewer> = Arc::new(chain::manager(&device.store));
    let mut timings = Timings::default();
    while Instant::now() < until {
        let event = device.counted();
        let started = Instant::now();
        loop {
            match ledger.append(Viewer::clone(&viewer), vec![event.clone()]).await {
                Ok(_) => break,
                Err(LedgerError::Busy) => {}
                Err(error) => return Err(error.into()),
            }
        }
        timings.push(started.elapsed());
    }
    ledger.shutdown().await;
    Ok(timings)
}
