//! A promotion as holidays bring it: every store is sent the same goods, the supplier then has none left, and one store
//! of each region sells them far faster than the others. It is what warnings and transfers are for.

use super::place::DemoStore;
use super::product::Traits;
use super::random::Random;
use domain::id::SkuCode;
use domain::movement::Units;
use std::collections::{BTreeMap, BTreeSet};

/// Days it has been on, today included.
pub const DAYS: u32 = 5;
/// A shorter history has none: nobody knows yet what is usual.
const HISTORY_DAYS_MIN: u32 = 20;
/// Items it is about.
const N_ITEMS: usize = 8;
/// A gift costs at least so much.
const PRICE_MIN_MINOR: i64 = 1_500;
/// Pieces of each item that a store is sent.
pub const SENT_UNITS: Units = 12;
/// Customers who come for it, for each of the usual ones.
pub const CROWD: f64 = 1.0;

/// The items: what most stores carry among what is dear enough for a gift, and of that what sells best.
pub fn items<'a>(
    range: impl Iterator<Item = (&'a SkuCode, &'a Traits)>,
    stores: &[DemoStore],
    n_days: u32,
) -> BTreeSet<SkuCode> {
    if n_days < HISTORY_DAYS_MIN {
        return BTreeSet::new();
    }
    let mut n_carrying: BTreeMap<&SkuCode, usize> = BTreeMap::new();
    for store in stores {
        let items: BTreeSet<&SkuCode> = store.shelves.iter().flat_map(|shelf| &shelf.items).collect();
        items.into_iter().for_each(|sku| *n_carrying.entry(sku).or_default() += 1);
    }
    let n_carrying = |sku: &SkuCode| n_carrying.get(sku).copied().unwrap_or_default();
    let mut gifts: Vec<(&SkuCode, &Traits)> =
        range.filter(|(_, traits)| traits.price_minor >= PRICE_MIN_MINOR).collect();
    gifts.sort_by(|(a, one), (b, other)| {
        let carried = n_carrying(b).cmp(&n_carrying(a));
        carried.then_with(|| other.pull.total_cmp(&one.pull)).then_with(|| a.cmp(b))
    });
    gifts.into_iter().take(N_ITEMS).map(|(sku, _)| sku.clone()).collect()
}

/// What it is in one store.
pub struct Promotion {
    /// Positions of its lines.
    pub lines: Vec<usize>,
    /// The first day, 0 being the first of the history.
    pub first_day: u32,
    /// Whether this is the store that sells them.
    pub is_crowded: bool,
    /// Its own, so that the rest of the history is what it would be without.
    pub random: Random,
}

impl Promotion {
    /// One of its lines, and how many pieces a customer wants of it.
    pub fn wish(&mut self) -> Option<(usize, Units)> {
        let line = *self.lines.get(self.random.index(self.lines.len().max(1)))?;
        Some((line, self.random.whole(1, 3)))
    }
}
