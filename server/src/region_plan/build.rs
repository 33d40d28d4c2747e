//! What a plan is made from: the lines kept in memory, less what is promised, plus what is coming.

use crate::error::ApiError;
use crate::replenishment::on_order;
use crate::signals::{KnownLine, Signals};
use crate::state::AppState;
use crate::store::Masters;
use domain::demand::Demand;
use domain::id::{CategoryCode, RegionCode, SkuCode, StoreCode};
use domain::instant::{Day, Timestamp};
use domain::matching::region::{Item, Region};
use domain::matching::{Source, Standing, Terms, TravelAssumption, Want, Worth};
use domain::movement::Units;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is read of a region's stores before the work begins.
pub(super) struct Builder {
    masters: Arc<Masters>,
    now: Timestamp,
    stores: BTreeMap<StoreCode, Known>,
}

/// What is read of one store.
struct Known {
    fulfilment_permille: u16,
    on_order: BTreeMap<SkuCode, Units>,
}

impl Builder {
    /// Reads of each store of the region how far it can be relied on and what it has ordered.
    pub(super) async fn read(state: &AppState, region: &RegionCode) -> Result<Self, ApiError> {
        let (masters, now) = (state.directory.masters(), state.clock.now());
        let of_region = masters.stores().values().filter(|master| master.store.region == *region);
        let codes: Vec<&StoreCode> = of_region.map(|master| &master.store.code).collect();
        let scores = state.credit_scores.of(&state.db, &codes, now).await?;
        let mut stores = BTreeMap::new();
        for code in codes {
            let fulfilment_permille = scores.get(code).copied().unwrap_or_default();
            let on_order = on_order(state, code).await?;
            stores.insert(code.clone(), Known { fulfilment_permille, on_order });
        }
        Ok(Self { masters: Arc::clone(&masters), now, stores })
    }

    /// The region as the book knows it now; of some categories or, where none is named, of all.
    pub(super) fn region(&self, signals: &Signals, categories: &BTreeSet<CategoryCode>) -> Region {
        let mut items: BTreeMap<SkuCode, Item> = BTreeMap::new();
        let mut places = BTreeMap::new();
        for (store, known) in &self.stores {
            let Some(master) = self.masters.store(store).map(|master| &master.store) else { continue };
            places.insert(store.clone(), master.at);
            // Copied under the lock store by store: events go on meanwhile.
            let lines: Vec<KnownLine> = signals.book().known_lines(store).collect();
            for line in lines {
                let Some(product) = self.masters.products().get(&line.sku) else { continue };
                if !categories.is_empty() && !categories.contains(&product.category) {
                    continue;
                }
                let item = items.entry(line.sku.clone()).or_insert_with(|| Item {
                    sku: line.sku.clone(),
                    worth: Worth { price_minor: product.price_minor, cost_minor: 0 },
                    wants: Vec::new(),
                    sources: Vec::new(),
                });
                item.wants.extend(self.want(store, known, &line));
                item.sources.extend(self.source(store, known, &line));
            }
        }
        let items = items.into_values().filter(|item| !item.wants.is_empty() && !item.sources.is_empty()).collect();
        Region { stores: places, travel: TravelAssumption::CITY, routes: BTreeMap::new(), terms: Terms::USUAL, items }
    }

    fn today(&self, store: &StoreCode) -> Day {
        let zone = self.masters.store(store).map(|master| master.store.zone_offset).unwrap_or_default();
        Day::at(self.now, zone)
    }

    fn demand(&self, store: &StoreCode, line: &KnownLine) -> Demand {
        line.forecast.over(self.today(store).plus_days(1), line.supply.interval_days())
    }

    /// What a store lacks until its next delivery, if anything; what it has already asked for is as good as there.
    fn want(&self, store: &StoreCode, known: &Known, line: &KnownLine) -> Option<Want> {
        let demand = self.demand(store, line);
        let coming = [
            line.under_way.coming_units(),
            line.under_way.asked_for_units,
            known.on_order.get(&line.sku).copied().unwrap_or_default(),
        ];
        let free = line.on_hand_units.max(0) - line.under_way.reserved_units;
        let position = coming.into_iter().fold(free, Units::saturating_add).max(0);
        let units = demand.units().saturating_add(line.target.safety_units) - position;
        (units > 0 && demand.mean > 0.0).then(|| Want {
            to: store.clone(),
            sku: line.sku.clone(),
            units,
            on_hand_units: position,
            demand,
            promised_units: 0,
        })
    }

    /// What a store has to spare, if anything.
    fn source(&self, store: &StoreCode, known: &Known, line: &KnownLine) -> Option<Source> {
        let days_left = |best_before: Day| best_before.days_since(self.today(store)).saturating_add(1).max(0);
        let source = Source {
            store: store.clone(),
            on_hand_units: line.on_hand_units,
            reserved_units: line.under_way.spoken_for_units(),
            safety_units: line.target.safety_units,
            demand: self.demand(store, line),
            sellable_days: line.best_before.map(|day| u32::try_from(days_left(day)).unwrap_or(u32::MAX)),
            spoiling_units: 0,
            fulfilment_permille: known.fulfilment_permille,
            standing: Standing::Open,
        };
        (source.surplus_units() > 0).then_some(source)
    }

    /// What each of those lines could spare now; nothing for lines that are not known.
    pub(super) fn spare(
        &self,
        signals: &Signals,
        lines: &BTreeSet<(StoreCode, SkuCode)>,
    ) -> BTreeMap<(StoreCode, SkuCode), Units> {
        let stores: BTreeSet<&StoreCode> = lines.iter().map(|(store, _)| store).collect();
        let mut spare = BTreeMap::new();
        for store in stores {
            let Some(known) = self.stores.get(store) else { continue };
            let of_store: Vec<KnownLine> = signals.book().known_lines(store).collect();
            for line in of_store {
                let place = (store.clone(), line.sku.clone());
                if lines.contains(&place) {
                    let source = self.source(store, known, &line);
                    spare.insert(place, source.map_or(0, |source| source.surplus_units()));
                }
            }
        }
        spare
    }
}
