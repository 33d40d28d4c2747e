//! The lines of a plan with all that judging them needs, looked up once.

use super::{Item, Region, Shipment};
use crate::demand::Distribution;
use crate::id::{SkuCode, StoreCode};
use crate::matching::reason::{Deal, reason};
use crate::matching::{Line, Reason, Route, Source, Want};
use crate::movement::Units;
use std::collections::{BTreeMap, BTreeSet};

/// A region's items, wants and sources by their codes.
pub(super) struct Index<'a>(BTreeMap<&'a SkuCode, Indexed<'a>>);

/// One item. Of two entries for one store the first stands.
pub(super) struct Indexed<'a> {
    pub(super) item: &'a Item,
    pub(super) wants: BTreeMap<&'a StoreCode, &'a Want>,
    pub(super) sources: BTreeMap<&'a StoreCode, &'a Source>,
}

impl<'a> Index<'a> {
    pub(super) fn of(region: &'a Region) -> Self {
        let indexed = |item: &'a Item| {
            let (mut wants, mut sources) = (BTreeMap::new(), BTreeMap::new());
            for want in &item.wants {
                wants.entry(&want.to).or_insert(want);
            }
            for source in &item.sources {
                sources.entry(&source.store).or_insert(source);
            }
            (&item.sku, Indexed { item, wants, sources })
        };
        Self(region.items.iter().map(indexed).collect())
    }

    pub(super) fn item(&self, sku: &SkuCode) -> Option<&Indexed<'a>> {
        self.0.get(sku)
    }

    /// Every item, by its code.
    pub(super) fn items(&self) -> impl Iterator<Item = &Indexed<'a>> {
        self.0.values()
    }
}

/// One line of a plan.
struct Entry<'a> {
    shipment: &'a Shipment,
    item: &'a Item,
    want: &'a Want,
    source: &'a Source,
    route: Route,
}

/// The lines of a plan in the order in which they are judged: by route, and then by item.
pub(super) struct Sheet<'a> {
    region: &'a Region,
    entries: Vec<Entry<'a>>,
    /// The places of each item's lines.
    by_item: Vec<Vec<usize>>,
}

impl<'a> Sheet<'a> {
    /// Of `plan`, the lines of some pieces of which want, source and way are known.
    pub(super) fn of(region: &'a Region, index: &Index<'a>, plan: &'a [Shipment]) -> Self {
        let entry = |shipment: &'a Shipment| {
            let indexed = index.item(&shipment.sku).filter(|_| shipment.units > 0)?;
            let want = *indexed.wants.get(&shipment.to)?;
            let source = *indexed.sources.get(&shipment.from)?;
            let route = region.route(&shipment.from, &shipment.to)?;
            Some(Entry { shipment, item: indexed.item, want, source, route })
        };
        let mut entries: Vec<Entry<'a>> = plan.iter().filter_map(entry).collect();
        entries.sort_by_key(|entry| entry.shipment);
        let mut by_item: BTreeMap<&SkuCode, Vec<usize>> = BTreeMap::new();
        for (place, entry) in entries.iter().enumerate() {
            by_item.entry(&entry.shipment.sku).or_default().push(place);
        }
        Self { region, entries, by_item: by_item.into_values().collect() }
    }

    pub(super) fn n_items(&self) -> usize {
        self.by_item.len()
    }

    /// The items that have a line at one of those places.
    pub(super) fn items_of(&self, places: &BTreeSet<usize>) -> Vec<usize> {
        let has_one = |item: &usize| self.by_item[*item].iter().any(|place| places.contains(place));
        (0..self.n_items()).filter(has_one).collect()
    }

    /// The shipments, in order.
    pub(super) fn shipments(&self) -> impl Iterator<Item = &'a Shipment> {
        self.entries.iter().map(|entry| entry.shipment)
    }

    /// What each line of an item brings, without its way; `is_there` says which lines the plan still has.
    ///
    /// Lines for one want are judged in order, each on top of those before; so are lines from one source. Nothing of
    /// that reaches from one item to another.
    pub(super) fn reasons_of(&self, item: usize, is_there: &(dyn Fn(usize) -> bool + Sync)) -> Vec<(usize, Reason)> {
        let mut brought: BTreeMap<&StoreCode, (Units, Distribution)> = BTreeMap::new();
        let mut given: BTreeMap<&StoreCode, (Units, Distribution)> = BTreeMap::new();
        let mut reasons = Vec::new();
        for place in self.by_item[item].iter().copied().filter(|place| is_there(*place)) {
            let Entry { shipment, item, want, source, route } = &self.entries[place];
            let (before, demand_here) =
                brought.entry(&shipment.to).or_insert_with(|| (0, Distribution::of(want.demand)));
            let (gone, demand_there) =
                given.entry(&shipment.from).or_insert_with(|| (0, Distribution::of(source.demand)));
            let deal = Deal {
                want,
                source,
                worth: item.worth,
                route: *route,
                demand_here,
                demand_there,
                before_units: *before,
                given_units: *gone,
            };
            let pieces_minor = self.region.terms.tariff.piece_minor.saturating_mul(shipment.units);
            reasons.push((place, reason(&deal, shipment.units, pieces_minor)));
            *before += shipment.units;
            *gone += shipment.units;
        }
        reasons
    }

    /// Takes lines that a plan still has together by parcel: the places of each, and what its way costs.
    pub(super) fn parcels(&self, is_there: impl Fn(usize) -> bool) -> Vec<(Vec<usize>, i64)> {
        let mut parcels: Vec<(Vec<usize>, i64)> = Vec::new();
        let mut last: Option<(&StoreCode, &StoreCode)> = None;
        for (place, entry) in self.entries.iter().enumerate().filter(|(place, _)| is_there(*place)) {
            let parcel = (&entry.shipment.from, &entry.shipment.to);
            if last != Some(parcel) {
                parcels.push((Vec::new(), self.region.terms.tariff.way_minor(entry.route)));
                last = Some(parcel);
            }
            parcels.last_mut().expect("one was just pushed").0.push(place);
        }
        parcels
    }

    /// Every line with its reason. A parcel's way is shared by its lines by pieces, rounded so that the shares add up.
    pub(super) fn judged(&self) -> Vec<(&'a Shipment, Line)> {
        let mut reasons: BTreeMap<usize, Reason> =
            (0..self.n_items()).flat_map(|item| self.reasons_of(item, &|_| true)).collect();
        for (places, mut way_left) in self.parcels(|_| true) {
            let mut units_left: Units = places.iter().map(|place| self.entries[*place].shipment.units).sum();
            for place in places {
                let units = self.entries[place].shipment.units;
                let share = (i128::from(way_left) * i128::from(units) / i128::from(units_left)) as i64;
                let money = &mut reasons.get_mut(&place).expect("every line was judged").money;
                money.transport_minor = money.transport_minor.saturating_sub(share);
                way_left -= share;
                units_left -= units;
            }
        }
        let line = |(place, reason): (usize, Reason)| {
            let shipment = self.entries[place].shipment;
            (shipment, Line { from: shipment.from.clone(), units: shipment.units, reason })
        };
        reasons.into_iter().map(line).collect()
    }
}
