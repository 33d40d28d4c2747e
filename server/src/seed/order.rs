//! What each store waits for: a few purchase orders, due around today.

use super::DemoChain;
use super::random::Random;
use domain::id::SkuCode;
use domain::instant::{Day, Timestamp};
use domain::master::{OrderLine, PurchaseOrder};

/// Invented wholesalers.
const SUPPLIERS: [&str; 6] = ["华顺食品批发", "晨光乳业配送", "江南粮油", "百味饮料", "洁净日化", "四季生鲜配送中心"];
/// Open orders of a store.
const N_ORDERS: usize = 4;
/// The first was due yesterday.
const FIRST_DUE: i64 = -1;

impl DemoChain {
    /// The open orders of the store at a position as of `now`, the same for the same seed and day.
    ///
    /// # Panics
    /// When the chain has no store at that position.
    #[must_use]
    pub fn orders(&self, store_at: usize, now: Timestamp) -> Vec<PurchaseOrder> {
        let demo = &self.stores[store_at];
        let mut random = Random::new(self.seed, &format!("orders {store_at}"));
        let zone = demo.store.zone_offset;
        let today = Day::at(now, zone);
        let mut carried: Vec<&SkuCode> = demo.shelves.iter().flat_map(|shelf| &shelf.items).collect();
        carried.sort();
        carried.dedup();
        let order = |at: usize| {
            let n_lines = usize::try_from(random.whole(3, 8)).unwrap_or(3).min(carried.len());
            let mut skus: Vec<SkuCode> = Vec::new();
            while skus.len() < n_lines {
                let sku = carried[random.index(carried.len())];
                if !skus.contains(sku) {
                    skus.push(sku.clone());
                }
            }
            let line = |sku: SkuCode| {
                let case_units = self.traits[self.product_of[&sku]].case_units;
                OrderLine { units: case_units * random.whole(1, 4), sku }
            };
            PurchaseOrder {
                number: format!("PO-{}-{}-{:02}", demo.store.code, now.wall(zone).date_digits(), at + 1),
                store: demo.store.code.clone(),
                supplier: SUPPLIERS[(store_at + at) % SUPPLIERS.len()].to_owned(),
                due: today.plus_days(FIRST_DUE + i64::try_from(at).unwrap_or_default()),
                lines: skus.into_iter().map(line).collect(),
            }
        };
        (0..N_ORDERS).map(order).collect()
    }
}
