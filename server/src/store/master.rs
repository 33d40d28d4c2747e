//! Master data, whole in memory: regions, categories, products, stores with their zones, shelves and planograms.

use super::db::{Database, StoreError};
use super::row::{Fields, int};
use domain::fold::{Area, Categories};
use domain::gtin::Gtin;
use domain::id::{CategoryCode, RegionCode, ShelfCode, SkuCode, StoreCode};
use domain::master::{Category, Product, Region, Shelf, Store, Zone};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use surrealdb::types::{Object, RecordId, SurrealValue, Value, Variables};

/// Records written in one statement.
const CHUNK: usize = 500;

/// The chain's master data, with the indexes that rules and boards look things up by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Masters {
    regions: Vec<Region>,
    categories: Vec<Category>,
    products: BTreeMap<SkuCode, Product>,
    by_gtin: BTreeMap<Gtin, SkuCode>,
    stores: BTreeMap<StoreCode, StoreMaster>,
}

/// A store with its floor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreMaster {
    /// The store.
    pub store: Store,
    /// Its zones, in the order shown.
    pub zones: Vec<Zone>,
    /// Its shelves with their planogram, in the order shown.
    pub shelves: Vec<Shelf>,
    by_code: BTreeMap<ShelfCode, usize>,
    planned: BTreeMap<CategoryCode, u32>,
}

impl StoreMaster {
    /// Puts a store together.
    #[must_use]
    pub fn new(store: Store, zones: Vec<Zone>, shelves: Vec<Shelf>) -> Self {
        let by_code = shelves.iter().enumerate().map(|(index, shelf)| (shelf.code.clone(), index)).collect();
        Self { store, zones, shelves, by_code, planned: BTreeMap::new() }
    }

    /// The shelf of that code.
    #[must_use]
    pub fn shelf(&self, code: &ShelfCode) -> Option<&Shelf> {
        self.by_code.get(code).map(|index| &self.shelves[*index])
    }

    /// Lines the planogram has in an area; 0 where there is no such area.
    #[must_use]
    pub fn n_planned(&self, area: &Area) -> u32 {
        match area {
            Area::Category(category) => self.planned.get(category).copied().unwrap_or_default(),
            Area::Shelf(shelf) => {
                self.shelf(shelf).map_or(0, |shelf| u32::try_from(shelf.items.len()).unwrap_or(u32::MAX))
            }
        }
    }
}

impl Masters {
    /// Puts master data together. Of two records with the same code the later one counts.
    #[must_use]
    pub fn new(
        regions: Vec<Region>,
        categories: Vec<Category>,
        products: Vec<Product>,
        stores: Vec<StoreMaster>,
    ) -> Self {
        let products: BTreeMap<SkuCode, Product> =
            products.into_iter().map(|product| (product.sku.clone(), product)).collect();
        let by_gtin = products
            .values()
            .flat_map(|product| product.barcodes.iter().map(|barcode| (barcode.gtin, product.sku.clone())))
            .collect();
        let with_plan = |mut master: StoreMaster| {
            let mut planned: BTreeMap<CategoryCode, u32> = BTreeMap::new();
            for sku in master.shelves.iter().flat_map(|shelf| &shelf.items) {
                if let Some(product) = products.get(sku) {
                    *planned.entry(product.category.clone()).or_default() += 1;
                }
            }
            master.planned = planned;
            (master.store.code.clone(), master)
        };
        let stores = stores.into_iter().map(with_plan).collect();
        Self { regions, categories, products, by_gtin, stores }
    }

    /// Regions, in the order of their codes.
    #[must_use]
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// The region of that code.
    #[must_use]
    pub fn region(&self, code: &RegionCode) -> Option<&Region> {
        self.regions.iter().find(|region| region.code == *code)
    }

    /// Categories, in the order of a board's columns.
    #[must_use]
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// Everything the chain sells.
    #[must_use]
    pub fn products(&self) -> &BTreeMap<SkuCode, Product> {
        &self.products
    }

    /// The item a barcode stands for.
    #[must_use]
    pub fn sku_of_gtin(&self, gtin: Gtin) -> Option<&SkuCode> {
        self.by_gtin.get(&gtin)
    }

    /// Stores by code.
    #[must_use]
    pub fn stores(&self) -> &BTreeMap<StoreCode, StoreMaster> {
        &self.stores
    }

    /// The store of that code.
    #[must_use]
    pub fn store(&self, code: &StoreCode) -> Option<&StoreMaster> {
        self.stores.get(code)
    }
}

impl Categories for Masters {
    fn category_of(&self, sku: &SkuCode) -> Option<&CategoryCode> {
        self.products.get(sku).map(|product| &product.category)
    }
}

impl Database {
    /// Reads all master data.
    ///
    /// # Errors
    /// When the database fails or holds something else than master data.
    pub async fn load_masters(&self) -> Result<Masters, StoreError> {
        let statements = "SELECT * FROM region; SELECT * FROM category; SELECT * FROM product; SELECT * FROM store;";
        let mut results = self.run(statements, Variables::new()).await?;
        let mut rows = |index: usize| -> Result<Vec<Value>, StoreError> { Ok(results.take(index)?) };
        let regions = read_all(rows(0)?, "region")?;
        let mut categories: Vec<(i64, Category)> = rows(1)?
            .into_iter()
            .map(|row| {
                let mut fields = Fields::of(row)?;
                Ok((fields.int("position")?, json(&mut fields, "category")?))
            })
            .collect::<Result<_, StoreError>>()?;
        categories.sort_by_key(|(position, _)| *position);
        let categories = categories.into_iter().map(|(_, category)| category).collect();
        let products = read_all(rows(2)?, "product")?;
        let stores = rows(3)?
            .into_iter()
            .map(|row| {
                let mut fields = Fields::of(row)?;
                let store = json(&mut fields, "store")?;
                Ok(StoreMaster::new(store, json(&mut fields, "zones")?, json(&mut fields, "shelves")?))
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(Masters::new(regions, categories, products, stores))
    }

    /// Replaces all master data.
    ///
    /// # Errors
    /// When the database fails. It may then hold a part: save again.
    pub async fn save_masters(&self, masters: &Masters) -> Result<(), StoreError> {
        self.run("DELETE region; DELETE category; DELETE product; DELETE store;", Variables::new()).await?;
        let regions = masters
            .regions
            .iter()
            .map(|region| record("region", region.code.as_str(), vec![("region", to_value(region))]));
        let categories = (0_i64..).zip(&masters.categories).map(|(position, category)| {
            let fields = vec![("position", int(position)), ("category", to_value(category))];
            record("category", category.code.as_str(), fields)
        });
        let products = masters
            .products
            .values()
            .map(|product| record("product", product.sku.as_str(), vec![("product", to_value(product))]));
        let stores = masters.stores.values().map(|master| {
            let fields = vec![
                ("store", to_value(&master.store)),
                ("zones", to_value(&master.zones)),
                ("shelves", to_value(&master.shelves)),
            ];
            record("store", master.store.code.as_str(), fields)
        });
        let rows: Vec<Value> = regions.chain(categories).chain(products).chain(stores).collect();
        for chunk in rows.chunks(CHUNK) {
            let mut variables = Variables::new();
            variables.insert("rows", chunk.to_vec());
            self.run("INSERT $rows RETURN NONE", variables).await?;
        }
        Ok(())
    }
}

fn record(table: &'static str, key: &str, fields: Vec<(&'static str, Value)>) -> Value {
    let mut object = Object::new();
    object.insert("id", RecordId::new(table, key));
    for (name, value) in fields {
        object.insert(name, value);
    }
    Value::Object(object)
}

fn to_value(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("master data has only text keys and whole numbers").into_value()
}

fn read_all<T: DeserializeOwned>(rows: Vec<Value>, field: &str) -> Result<Vec<T>, StoreError> {
    rows.into_iter().map(|row| json(&mut Fields::of(row)?, field)).collect()
}

fn json<T: DeserializeOwned>(fields: &mut Fields, field: &str) -> Result<T, StoreError> {
    let value = fields.value(field);
    let value = fields.parsed(serde_json::Value::from_value(value))?;
    fields.parsed(serde_json::from_value(value))
}
