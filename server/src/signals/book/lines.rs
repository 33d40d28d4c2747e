//! A store's lines with the demand and the targets that were worked out of them when its day began.

use super::Book;
use crate::store::Masters;
use domain::demand::Forecast;
use domain::id::{SkuCode, StoreCode};
use domain::instant::{Day, Timestamp};
use domain::movement::Units;
use domain::replenishment::{Overrides, StockTarget, Supply, target};
use domain::transfer::LineUnderWay;

/// One line that has been sold for long enough to be forecast.
#[derive(Debug, Clone)]
pub struct KnownLine {
    /// The item.
    pub sku: SkuCode,
    /// Pieces in the store, as booked.
    pub on_hand_units: Units,
    /// The demand for it.
    pub forecast: Forecast,
    /// What should be kept and ordered of it.
    pub target: StockTarget,
    /// How it comes to the store.
    pub supply: Supply,
    /// The first best-before date of what is on hand.
    pub best_before: Option<Day>,
    /// What other stores of the region have above their safety stock; `None` while not every store has been read.
    pub nearby_units: Option<Units>,
    /// What open transfers mean for it.
    pub under_way: LineUnderWay,
}

/// How an item comes to a store: as usual, in its own packs.
pub(super) fn supply_of(masters: &Masters, sku: &SkuCode) -> Supply {
    Supply::USUAL.in_packs_of(masters.products().get(sku).map_or(1, |product| product.pack_units()))
}

impl Book {
    /// The lines of a store of which demand and target are known.
    pub fn known_lines<'a>(&'a self, store: &StoreCode) -> impl Iterator<Item = KnownLine> + 'a {
        self.stores.get(store).into_iter().flat_map(move |known| {
            known.fold.lines.iter().filter_map(move |(sku, signals)| {
                let derived = known.derived.get(sku)?;
                let spare = self.spare.get(&(known.region.clone(), sku.clone())).copied().unwrap_or_default();
                Some(KnownLine {
                    sku: sku.clone(),
                    on_hand_units: signals.on_hand_units(),
                    forecast: derived.forecast?,
                    target: derived.target?,
                    supply: derived.supply?,
                    best_before: derived.best_before,
                    nearby_units: self.is_complete.then_some(spare - derived.spare_units),
                    under_way: known.transfers.line(sku),
                })
            })
        })
    }

    /// How an item comes to a store; `None` for one that it never had.
    #[must_use]
    pub fn supply(&self, store: &StoreCode, sku: &SkuCode) -> Option<Supply> {
        self.stores.get(store)?.derived.get(sku)?.supply
    }

    /// Pieces that a store has above its safety stock; `None` where nobody knows that.
    #[must_use]
    pub fn spare_units(&self, store: &StoreCode, sku: &SkuCode) -> Option<Units> {
        let derived = self.stores.get(store)?.derived.get(sku)?;
        derived.target.map(|_| derived.spare_units)
    }

    /// Sets what people have settled about a line, and works out anew what follows from it.
    pub fn set_overrides(
        &mut self,
        code: &StoreCode,
        sku: &SkuCode,
        overrides: Overrides,
        masters: &Masters,
        now: Timestamp,
    ) {
        let Some(store) = self.stores.get_mut(code) else { return };
        let day = Day::at(now, store.zone);
        if overrides.is_empty() {
            store.overrides.remove(sku);
        } else {
            store.overrides.insert(sku.clone(), overrides);
        }
        if let Some(derived) = store.derived.get_mut(sku)
            && let Some((forecast, supply)) = derived.forecast.zip(derived.supply)
        {
            derived.target = target(&forecast, day, &supply, overrides).ok();
        }
        self.refresh(code, &[sku.clone()].into(), masters, now);
    }
}
