//! A chain to load: twelve stores of forty shelves, two thousand items.

use domain::event::{CountMethod, CountedItem, DeviceEvent, EventBody, ShelfProof};
use domain::geo::{Coordinates, Fix};
use domain::id::{CategoryCode, DeviceId, EventId, PersonId, RegionCode, ShelfCode, SkuCode, StocktakeId, StoreCode};
use domain::instant::{Timestamp, ZoneOffset};
use domain::master::{Category, Name, Product, Region, Shelf, Store};
use domain::policy::{Role, Scope, Viewer};
use server::auth::password::Passwords;
use server::clock::Clock;
use server::store::person::Account;
use server::store::{Database, Masters, StoreMaster};

pub const PASSWORD: &str = "benchmark-password";
pub const HEADQUARTERS: &str = "headquarters";
const N_STORES: usize = 12;
const N_SHELVES: usize = 40;
const N_SKUS: usize = 2_000;
const N_CATEGORIES: usize = 20;
const PLACE: Coordinates = Coordinates { latitude_e7: 312_304_000, longitude_e7: 1_214_737_000 };

fn code<T: std::str::FromStr>(text: String) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("made to be valid")
}

pub fn stores() -> impl Iterator<Item = StoreCode> {
    (1..=N_STORES).map(|n| code(format!("S{n:03}")))
}

fn shelf(n: usize) -> ShelfCode {
    code(format!("A-{n:02}"))
}

fn sku(n: usize) -> SkuCode {
    code(format!("{n:06}"))
}

pub fn masters() -> Masters {
    let name = |text: &str| Name { zh: text.to_owned(), en: text.to_owned() };
    let region: RegionCode = code("R1".to_owned());
    let category = |n: usize| -> CategoryCode { code(format!("C{:02}", n % N_CATEGORIES)) };
    let product = |n: usize| Product {
        sku: sku(n),
        name: format!("商品 {n}"),
        category: category(n),
        barcodes: Vec::new(),
        price_minor: 990,
    };
    let store = |store: StoreCode| {
        let store = Store {
            name: name(store.as_str()),
            code: store,
            region: region.clone(),
            at: PLACE,
            geofence_radius_m: 150,
            zone_offset: ZoneOffset(480),
            opens_min: 540,
            closes_min: 1_320,
        };
        let per_shelf = N_SKUS / N_SHELVES;
        let items = |n: usize| (n * per_shelf..(n + 1) * per_shelf).map(sku).collect();
        let shelves = (0..N_SHELVES).map(|n| Shelf { code: shelf(n), items: items(n) }).collect();
        StoreMaster::new(store, Vec::new(), shelves)
    };
    let categories = (0..N_CATEGORIES).map(|n| Category { code: category(n), name: name("类") }).collect();
    let regions = vec![Region { code: region.clone(), name: name("东区") }];
    Masters::new(regions, categories, (0..N_SKUS).map(product).collect(), stores().map(store).collect())
}

pub fn manager_login(store: &StoreCode) -> String {
    format!("manager-{}", store.as_str().to_lowercase())
}

fn person(store: &StoreCode) -> PersonId {
    code(format!("P-{store}"))
}

pub fn manager(store: &StoreCode) -> Viewer {
    Viewer {
        id: person(store), name: "店长".to_owned(), role: Role::StoreManager, scope: Scope::Store(store.clone())
    }
}

/// One manager a store, one viewer of the whole chain; all with [`PASSWORD`].
pub async fn add_accounts(database: &Database) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let password_hash = Passwords::new(1).hash(PASSWORD).await?;
    let headquarters =
        Viewer {
            id: code("P-HQ".to_owned()), name: "总部".to_owned(), role: Role::Headquarters, scope: Scope::Chain
        };
    let managers = stores().map(|store| (manager_login(&store), manager(&store)));
    for (login, viewer) in managers.chain([(HEADQUARTERS.to_owned(), headquarters)]) {
        let password_hash = password_hash.clone();
        database.add_account(&Account { viewer, login, password_hash, is_disabled: false }).await?;
    }
    Ok(())
}

/// A phone that counts along its store's shelves.
pub struct Device {
    pub id: DeviceId,
    pub store: StoreCode,
    n_events: u64,
}

impl Device {
    pub fn new(n: u64, store: StoreCode) -> Self {
        Self { id: DeviceId::from_parts(1, u128::from(n)), store, n_events: 0 }
    }

    pub fn opened(&mut self) -> DeviceEvent {
        let stocktake = self.stocktake();
        self.event(EventBody::StocktakeOpened { stocktake })
    }

    /// One piece of some item on some shelf.
    pub fn counted(&mut self) -> DeviceEvent {
        let item = rand::random_range(0..N_SKUS);
        let body = EventBody::Counted {
            stocktake: self.stocktake(),
            shelf: shelf(item * N_SHELVES / N_SKUS),
            proof: ShelfProof::Picked,
            item: CountedItem::Known(sku(item)),
            units: 1,
            method: CountMethod::Camera,
        };
        self.event(body)
    }

    fn stocktake(&self) -> StocktakeId {
        code(format!("{}-20261122", self.store))
    }

    fn event(&mut self, body: EventBody) -> DeviceEvent {
        self.n_events += 1;
        let now: Timestamp = Clock::system().now();
        DeviceEvent {
            id: EventId::from_parts(now.unix_ms().unsigned_abs(), rand::random()),
            store: self.store.clone(),
            device: self.id,
            device_seq: self.n_events,
            person: person(&self.store),
            effective_at: now,
            fix: Fix::Located { at: PLACE, accuracy_m: 12, age_s: 3 },
            app: "bench".to_owned(),
            body,
        }
    }
}
