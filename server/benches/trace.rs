//! What a large ledger costs: verifying it, folding it anew, and searching it page by page as routes and pages do.
//!
//! `cargo bench -p shelftrace-server --bench trace`. The ledger of one store is made through the writer, then indexed.
//! `SHELFTRACE_BENCH_EVENTS` sets how many events it has (default 200,000).

use domain::event::{DeviceEvent, EventBody};
use domain::geo::{Coordinates, Fix, NoFix};
use domain::id::{CategoryCode, DeviceId, EventId, PersonId, RegionCode, ShelfCode, SkuCode, StoreCode};
use domain::instant::{Timestamp, ZoneOffset};
use domain::master::{Category, Name, Product, Region, Shelf, Store, Zone};
use domain::movement::{Movement, MovementKind, Place, carry};
use domain::trace::TraceAsk;
use ed25519_dalek::VerifyingKey;
use server::clock::Clock;
use server::keys::Keys;
use server::ledger::rebuild::rebuild;
use server::ledger::verify::verify;
use server::ledger::{Ledger, NoPhotos};
use server::store::{Database, Directory, Masters, PersonNames, StoreMaster};
use server::trace::index::index_some;
use server::trace::page::trace_page;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// SurrealDB's executor recurses deeply.
const STACK_BYTES: usize = 20 << 20;
const N_PRODUCTS: u64 = 2_000;
const N_SHELVES: u64 = 100;
const ROUNDS: u64 = 200;

fn main() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK_BYTES).build()?;
    runtime.block_on(async { tokio::spawn(run()).await? })
}

fn sku(n: u64) -> SkuCode {
    SkuCode::parse(&format!("1{:05}", n % N_PRODUCTS)).expect("valid")
}
fn shelf(n: u64) -> ShelfCode {
    ShelfCode::parse(&format!("A-{:03}", n % N_SHELVES)).expect("valid")
}

fn masters() -> Masters {
    let name = |text: &str| Name { zh: text.to_owned(), en: text.to_owned() };
    let category = CategoryCode::parse("C01").expect("valid");
    let region = RegionCode::parse("R1").expect("valid");
    let product = |n: u64| Product {
        sku: sku(n),
        name: format!("商品{n}"),
        category: category.clone(),
        barcodes: Vec::new(),
        price_minor: 500,
    };
    let store = Store {
        code: StoreCode::parse("S001").expect("valid"),
        name: name("S001"),
        region: region.clone(),
        at: Coordinates { latitude_e7: 312_304_000, longitude_e7: 1_214_737_000 },
        geofence_radius_m: 150,
        zone_offset: ZoneOffset(480),
        opens_min: 0,
        closes_min: 1_440,
    };
    let shelves = (0..N_SHELVES).map(|n| Shelf { code: shelf(n), items: Vec::new() }).collect();
    let zone = Zone { code: "A".parse().expect("valid"), name: name("A") };
    let stores = vec![StoreMaster::new(store, vec![zone], shelves)];
    let categories = vec![Category { code: category.clone(), name: name("C01") }];
    Masters::new(
        vec![Region { code: region, name: name("R1") }],
        categories,
        (0..N_PRODUCTS).map(product).collect(),
        stores,
    )
}

/// Event `n` of the ledger: mostly sales, of which the first products have most, and a delivery now and then.
fn event(n: u64, at: Timestamp) -> DeviceEvent {
    let popular = if n % 3 == 0 { n % 20 } else { n.wrapping_mul(2_654_435_761) % N_PRODUCTS };
    let here = Place::Shelf(shelf(popular));
    let (kind, from, to, document) = match n % 50 {
        0 => (MovementKind::Receipt, Place::Supplier, here, format!("DN-{}", n / 50)),
        _ => (MovementKind::Sale, here, Place::Customer, format!("POS-{}", n / 3)),
    };
    let legs = carry(&sku(popular), 1 + i64::from(n % 50 == 0) * 60, from, to).to_vec();
    DeviceEvent {
        id: EventId::from_parts(at.unix_ms().unsigned_abs(), u128::from(n)),
        store: StoreCode::parse("S001").expect("valid"),
        device: DeviceId::from_parts(1, u128::from(n % 8)),
        device_seq: n / 8 + 1,
        person: PersonId::parse(&format!("P{}", n % 20)).expect("valid"),
        effective_at: at,
        fix: Fix::Missing { reason: NoFix::Machine },
        app: "bench".to_owned(),
        body: EventBody::Moved(Movement { document: Some(document), ..Movement::new(kind, legs) }),
    }
}

async fn run() -> Result<(), Failure> {
    let n_events: u64 = match std::env::var("SHELFTRACE_BENCH_EVENTS") {
        Ok(text) => text.parse()?,
        Err(_) => 200_000,
    };
    let files = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("trace-bench-{}", std::process::id()));
    std::fs::create_dir_all(&files)?;
    let database = Database::open(&format!("surrealkv://{}", files.join("db").display())).await?;
    database.save_masters(&masters()).await?;
    let directory = Directory::new(masters(), PersonNames::new());
    let keys = Keys::from_secrets([7; 32], [9; 32]);
    let key = keys.head_key.verifying_key();
    let clock = Clock::system();
    let heads = files.join("heads.jsonl");
    let ledger =
        Ledger::start(database.clone(), directory.clone(), keys, Arc::new(NoPhotos), clock.clone(), heads.clone())
            .await?;
    let now = clock.now();
    let begin = now.plus_ms(-20 * 86_400_000);
    let step_ms = 20 * 86_400_000 / i64::try_from(n_events)?;
    let started = Instant::now();
    for first in (0..n_events).step_by(1_000) {
        let chunk = (first..n_events.min(first + 1_000)).map(|n| {
            let at = begin.plus_ms(i64::try_from(n).unwrap_or(i64::MAX) * step_ms);
            (event(n, at), at)
        });
        ledger.import(chunk.collect()).await?;
    }
    println!("{n_events} events written in {:.0} s", started.elapsed().as_secs_f64());
    let store = StoreCode::parse("S001")?;
    let started = Instant::now();
    let mut reached = 0;
    loop {
        let next = index_some(&database, &store).await?;
        if next == reached {
            break;
        }
        reached = next;
    }
    let took = started.elapsed().as_secs_f64();
    println!("{reached} events indexed in {took:.0} s ({:.0}/s)", reached as f64 / took);
    println!("{:<44} {:>9} {:>9} {:>9}", "page of 30 events", "p50 ms", "p99 ms", "max ms");
    let head = reached;
    let ask = |subject: Option<(&str, String)>| TraceAsk {
        store: "S001".into(),
        subject: subject.as_ref().map(|(kind, _)| (*kind).to_owned()),
        key: subject.map(|(_, key)| key),
        ..TraceAsk::default()
    };
    let rows: Vec<(&str, Box<dyn Fn(u64) -> TraceAsk + Send + Sync>)> = vec![
        ("a product", Box::new(|n| ask(Some(("product", sku(n * 7).to_string()))))),
        ("one of the products sold most", Box::new(|n| ask(Some(("product", sku(n % 20).to_string()))))),
        ("a shelf", Box::new(|n| ask(Some(("shelf", shelf(n).to_string()))))),
        ("a person", Box::new(|n| ask(Some(("person", format!("P{}", n % 20)))))),
        ("a document", Box::new(|n| ask(Some(("document", format!("POS-{}", n * 31)))))),
        (
            "sales of a product by one person",
            Box::new(|n| TraceAsk {
                kind: Some("sale".into()),
                person: Some(format!("P{}", n % 20)),
                ..ask(Some(("product", sku(n % 20).to_string())))
            }),
        ),
        (
            "deliveries to a shelf",
            Box::new(|n| TraceAsk { kind: Some("receipt".into()), ..ask(Some(("shelf", shelf(n).to_string()))) }),
        ),
        ("everything, somewhere in the middle", Box::new(|n| TraceAsk { before: Some(head / 2 + n), ..ask(None) })),
        (
            "a person, deep in the past",
            Box::new(|n| TraceAsk { before: Some(head / 4 + n), ..ask(Some(("person", format!("P{}", n % 20)))) }),
        ),
        (
            "a shelf, one day",
            Box::new(|n| TraceAsk {
                from: Some(domain::instant::Day::at(begin.plus_ms(5 * 86_400_000), ZoneOffset(480)).to_string()),
                until: Some(domain::instant::Day::at(begin.plus_ms(5 * 86_400_000), ZoneOffset(480)).to_string()),
                ..ask(Some(("shelf", shelf(n).to_string())))
            }),
        ),
    ];
    for (name, make) in rows {
        let mut timings: Vec<Duration> = Vec::new();
        let mut n_found = 0;
        for n in 0..ROUNDS {
            let query = make(n).query(ZoneOffset(480))?;
            let started = Instant::now();
            let page = trace_page(&database, &directory, &query, now).await?.ok_or("no such store")?;
            timings.push(started.elapsed());
            n_found += page.steps.len();
        }
        timings.sort_unstable();
        let at = |share: f64| timings[((timings.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1e3;
        println!("{name:<44} {:>9.1} {:>9.1} {:>9.1}   ({n_found} events)", at(0.5), at(0.99), at(1.0));
    }
    ledger.shutdown().await;
    walk(&database, &heads, &key, n_events).await?;
    std::fs::remove_dir_all(&files)?;
    Ok(())
}

/// Verifies the whole ledger and folds it anew.
async fn walk(database: &Database, heads: &Path, key: &VerifyingKey, n_events: u64) -> Result<(), Failure> {
    let started = Instant::now();
    let reports = verify(database, key, heads).await?;
    let took = started.elapsed().as_secs_f64();
    let n_good: u64 = reports.iter().map(|report| report.n_good).sum();
    assert_eq!((n_good, reports.iter().find(|report| report.flaw.is_some())), (n_events, None));
    println!("{n_good} events verified in {took:.1} s ({:.0}/s)", n_good as f64 / took);
    let started = Instant::now();
    let rebuilt = rebuild(database, &masters(), &StoreCode::parse("S001")?).await?;
    let took = started.elapsed().as_secs_f64();
    assert_eq!((rebuilt.n_events, rebuilt.before), (n_events, rebuilt.after));
    println!("{n_events} events folded anew in {took:.1} s, {} rows, the same as before", rebuilt.n_rows);
    Ok(())
}
