//! A small chain to test with: two stores, three shelves, a few items.

use domain::board::ShelfDetail;
use domain::event::{CountMethod, CountedItem, DeviceEvent, EventBody, ShelfProof};
use domain::geo::{Coordinates, Fix, NoFix};
use domain::id::{CategoryCode, DeviceId, EventId, PersonId, RegionCode, ShelfCode, SkuCode, StocktakeId, StoreCode};
use domain::instant::{Timestamp, ZoneOffset};
use domain::master::{Category, Name, Product, Region, Shelf, Store, Zone};
use domain::movement::{Movement, MovementKind, Place, Units, carry};
use domain::policy::{Role, Scope, Viewer};
use server::clock::Clock;
use server::keys::Keys;
use server::ledger::verify::{Flaw, verify};
use server::ledger::{Ledger, NoPhotos, StartError};
use server::store::{Database, Directory, Masters, PersonNames, StoreMaster};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;

/// 2026-11-22 10:00 in China.
pub const NOW: Timestamp = Timestamp::from_unix_ms(1_795_312_800_000);
pub const SHELVES: [&str; 3] = ["A-01", "A-02", "B-01"];
pub const N_SKUS: usize = 6;

pub fn store(code: &str) -> StoreCode {
    StoreCode::parse(code).expect("valid")
}
pub fn shelf(code: &str) -> ShelfCode {
    ShelfCode::parse(code).expect("valid")
}
pub fn sku(index: usize) -> SkuCode {
    SkuCode::parse(&format!("10{index:04}")).expect("valid")
}
pub fn stocktake(store: &str) -> StocktakeId {
    StocktakeId::parse(&format!("{store}-20261122")).expect("valid")
}

fn name(text: &str) -> Name {
    Name { zh: text.to_owned(), en: text.to_owned() }
}

pub fn masters() -> Masters {
    let region = RegionCode::parse("R1").expect("valid");
    let category = |code: &str| CategoryCode::parse(code).expect("valid");
    let product = |index: usize| Product {
        sku: sku(index),
        name: format!("商品{index}"),
        category: category(if index % 2 == 0 { "C01" } else { "C02" }),
        barcodes: Vec::new(),
        price_minor: 1_000,
    };
    let stores = ["S001", "S002"].map(|code| {
        let store = Store {
            code: store(code),
            name: name(code),
            region: region.clone(),
            at: Coordinates { latitude_e7: 312_304_000, longitude_e7: 1_214_737_000 },
            geofence_radius_m: 150,
            zone_offset: ZoneOffset(480),
            opens_min: 540,
            closes_min: 1_320,
        };
        let items = || (0..N_SKUS).map(sku).collect();
        let shelves = SHELVES.map(|code| Shelf { code: shelf(code), items: items() }).to_vec();
        let zones = ["A", "B"].map(|code| Zone { code: code.parse().expect("valid"), name: name(code) }).to_vec();
        StoreMaster::new(store, zones, shelves)
    });
    let categories = ["C01", "C02"].map(|code| Category { code: category(code), name: name(code) }).to_vec();
    let regions = vec![Region { code: region, name: name("东区") }];
    Masters::new(regions, categories, (0..N_SKUS).map(product).collect(), stores.to_vec())
}

pub fn keys() -> Keys {
    Keys::from_secrets([7; 32], [9; 32])
}

pub fn person(code: &str) -> PersonId {
    PersonId::parse(code).expect("valid")
}

pub fn manager(of: &str) -> Viewer {
    Viewer { id: person("P1"), name: "王芳".to_owned(), role: Role::StoreManager, scope: Scope::Store(store(of)) }
}

/// A database of its own with the small chain in it, and a ledger over it.
pub struct Chain {
    pub url: String,
    pub database: Database,
    pub directory: Directory,
    pub ledger: Ledger,
    pub clock: Clock,
    pub files: TempDir,
}

/// Where the database lives.
#[derive(Debug, Clone, Copy)]
pub enum Engine {
    Memory,
    Disk,
}

pub const ENGINES: [Engine; 2] = [Engine::Memory, Engine::Disk];

impl Chain {
    pub async fn start(engine: Engine) -> Self {
        let files = tempfile::tempdir().expect("a temporary directory");
        let url = match engine {
            Engine::Memory => "mem://".to_owned(),
            Engine::Disk => format!("surrealkv://{}", files.path().join("data").display()),
        };
        let database = Database::open(&url).await.expect("opens");
        database.save_masters(&masters()).await.expect("saves");
        let directory = Directory::new(masters(), PersonNames::from([(person("P1"), "王芳".to_owned())]));
        let clock = Clock::manual(NOW);
        let heads = files.path().join("heads.jsonl");
        let ledger = start(&database, &directory, &clock, heads).await.expect("starts");
        Self { url, database, directory, ledger, clock, files }
    }

    pub fn heads_file(&self) -> PathBuf {
        self.files.path().join("heads.jsonl")
    }

    /// A shelf of S001 as people see it.
    pub async fn detail(&self, on: &str) -> ShelfDetail {
        let detail = self.database.shelf_detail(&self.directory, &store("S001"), &shelf(on), self.clock.now()).await;
        detail.expect("reads").expect("exists")
    }

    /// What is wrong with the ledger, store by store.
    pub async fn flaws(&self) -> Vec<Flaw> {
        let key = keys().head_key.verifying_key();
        let reports = verify(&self.database, &key, &self.heads_file()).await.expect("reads");
        reports.into_iter().filter_map(|report| report.flaw).collect()
    }

    /// A second ledger on the same database, as another server process has.
    pub async fn another_ledger(&self) -> Ledger {
        let heads = self.files.path().join("other.jsonl");
        start(&self.database, &self.directory, &self.clock, heads).await.expect("starts")
    }
}

pub async fn start(
    database: &Database,
    directory: &Directory,
    clock: &Clock,
    heads: PathBuf,
) -> Result<Ledger, StartError> {
    Ledger::start(database.clone(), directory.clone(), keys(), Arc::new(NoPhotos), clock.clone(), heads).await
}

fn kind_between(from: &Place, to: &Place) -> MovementKind {
    match (from, to) {
        (Place::Supplier, _) => MovementKind::Receipt,
        (_, Place::Customer) => MovementKind::Sale,
        _ => MovementKind::Relocation,
    }
}

/// A device that records events with its own sequence.
pub struct Device {
    id: DeviceId,
    store: StoreCode,
    seq: AtomicU64,
}

impl Device {
    pub fn new(n: u64, of: &str) -> Self {
        Self { id: DeviceId::from_parts(1, u128::from(n)), store: store(of), seq: AtomicU64::new(0) }
    }

    /// Something that happened `ago_s` seconds ago.
    pub fn event(&self, ago_s: i64, body: EventBody) -> DeviceEvent {
        let seq = self.seq.fetch_add(1, Ordering::Relaxed) + 1;
        let random = u128::from_be_bytes(self.id.to_bytes()) << 40 | u128::from(seq);
        DeviceEvent {
            id: EventId::from_parts(NOW.unix_ms().unsigned_abs(), random),
            store: self.store.clone(),
            device: self.id,
            device_seq: seq,
            person: person("P1"),
            effective_at: NOW.plus_ms(-1_000 * ago_s),
            fix: Fix::Missing { reason: NoFix::Denied },
            app: "test".to_owned(),
            body,
        }
    }

    pub fn opened(&self, ago_s: i64) -> DeviceEvent {
        self.event(ago_s, EventBody::StocktakeOpened { stocktake: self.stocktake() })
    }

    pub fn submitted(&self, ago_s: i64) -> DeviceEvent {
        self.event(ago_s, EventBody::StocktakeSubmitted { stocktake: self.stocktake() })
    }

    pub fn counted(&self, ago_s: i64, on: &str, item: usize, units: Units) -> DeviceEvent {
        let body = EventBody::Counted {
            stocktake: self.stocktake(),
            shelf: shelf(on),
            proof: ShelfProof::Picked,
            item: CountedItem::Known(sku(item)),
            units,
            method: if units < 0 { CountMethod::Keypad } else { CountMethod::Camera },
        };
        self.event(ago_s, body)
    }

    pub fn undone(&self, ago_s: i64, cites: EventId) -> DeviceEvent {
        self.event(ago_s, EventBody::CountUndone { stocktake: self.stocktake(), cites })
    }

    pub fn moved(&self, ago_s: i64, item: usize, units: Units, from: Place, to: Place) -> DeviceEvent {
        let kind = kind_between(&from, &to);
        let legs = carry(&sku(item), units, from, to).to_vec();
        self.event(ago_s, EventBody::Moved(Movement::new(kind, legs)))
    }

    fn stocktake(&self) -> StocktakeId {
        stocktake(self.store.as_str())
    }
}
