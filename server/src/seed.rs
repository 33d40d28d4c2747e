//! The demo chain: stores, range, staff and a month of movements, the same for the same seed.
//!
//! Nothing here reads a clock, touches a file or knows the database: [`generate`] makes the master data at once,
//! [`DemoChain::history`] the events of one store after the other, so that a chain of a thousand stores never lies in
//! memory as a whole. A store's history depends on the seed, the size and its own position only.

mod catalogue;
mod counting;
mod history;
mod order;
mod person;
mod place;
mod product;
mod promotion;
mod random;
mod recorder;

pub use person::{DEMO_PASSWORD, DemoPerson};
pub use place::DemoStore;
pub use recorder::Recorded;

use domain::id::SkuCode;
use domain::instant::Timestamp;
use domain::master::{Category, Product, Region};
use domain::policy::Scope;
use domain::shelf_tag::ShelfKey;
use history::Setting;
use product::Range;
use std::collections::{BTreeMap, BTreeSet};

/// How large a chain is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Stores.
    pub n_stores: usize,
    /// Products in the chain's range; a store carries about half of them.
    pub n_products: usize,
    /// Days of movements, today included.
    pub n_days: u32,
    /// Till receipts of a store on an average day.
    pub n_receipts_per_day: u32,
}

impl Default for Size {
    fn default() -> Self {
        Self { n_stores: 12, n_products: 2_000, n_days: 30, n_receipts_per_day: 20 }
    }
}

/// A chain as made from a seed.
#[derive(Debug)]
pub struct DemoChain {
    /// The size it was made in.
    pub size: Size,
    /// Regions, in the order of their codes.
    pub regions: Vec<Region>,
    /// Categories, in the order of their codes.
    pub categories: Vec<Category>,
    /// The whole range.
    pub products: Vec<Product>,
    /// Stores with their floors.
    pub stores: Vec<DemoStore>,
    /// Everybody with an account.
    pub people: Vec<DemoPerson>,
    traits: Vec<product::Traits>,
    product_of: BTreeMap<SkuCode, usize>,
    /// The items of the promotion that is on.
    promoted: BTreeSet<SkuCode>,
    seed: u64,
}

/// Makes the chain; only [`DemoChain::history`] depends on the time.
#[must_use]
pub fn generate(size: Size, seed: u64) -> DemoChain {
    let range = product::range(size.n_products, seed);
    let regions = place::regions(size.n_stores);
    let stores = place::stores(size.n_stores, &range, seed);
    let people = person::people(&stores, &regions, seed);
    let Range { categories, products, traits } = range;
    let skus = products.iter().map(|product| &product.sku);
    let promoted = promotion::items(skus.zip(&traits), &stores, size.n_days);
    let product_of = products.iter().enumerate().map(|(at, product)| (product.sku.clone(), at)).collect();
    DemoChain { size, regions, categories, products, stores, people, traits, product_of, promoted, seed }
}

impl DemoChain {
    /// The events of the store at a position up to `now`, in the order in which they were recorded. Labels are
    /// signed with the chain's key, so that the counts of the past name their shelves as today's do.
    ///
    /// # Panics
    /// When the chain has no store at that position.
    #[must_use]
    pub fn history(&self, store_at: usize, now: Timestamp, key: &ShelfKey) -> Vec<Recorded> {
        let store = &self.stores[store_at];
        let is_first = |other: &&DemoStore| other.store.region == store.store.region;
        let crowded = self.stores.iter().find(is_first).map(|first| &first.store.code);
        let works_here = |person: &&DemoPerson| person.scope == Scope::Store(store.store.code.clone());
        let setting = Setting {
            store,
            store_at,
            traits: &|sku| self.traits[self.product_of[sku]].clone(),
            staff: self.people.iter().filter(works_here).collect(),
            n_days: self.size.n_days,
            n_receipts_per_day: self.size.n_receipts_per_day,
            now,
            promoted: &self.promoted,
            is_crowded: crowded == Some(&store.store.code),
            seed: self.seed,
        };
        history::history(&setting, key)
    }
}

#[cfg(test)]
mod tests;
