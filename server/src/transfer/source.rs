//! Who can best give what a store wants.
//!
//! Read are only the shelves whose planogram has the item and the back rooms: a few rows a store. Of the nearest stores
//! that have any the demand is forecast from what left their shelves and back room in the last four weeks.

use super::read::named;
use crate::error::ApiError;
use crate::state::AppState;
use crate::store::{Database, Masters, StoreError, StoreMaster};
use domain::approval::request_standing;
use domain::demand::{Forecast, SalesDay, WeekdayProfile, forecast};
use domain::id::{EventId, SkuCode, StoreCode};
use domain::instant::{DAY_MS, Day, Timestamp};
use domain::matching::{Proposal, Route, Source, Standing, Tariff, Terms, TravelAssumption, Want, Worth, propose};
use domain::movement::{Place, Units};
use domain::policy::Viewer;
use domain::safety_stock::{ServiceLevel, safety_stock};
use domain::transfer::{SourcePage, Transfer, asked, reserved};
use std::collections::{BTreeMap, BTreeSet};

/// Stores whose demand is looked at: the nearest that have the item.
const LOOKED_AT: usize = 20;
/// Days of outflow that demand is forecast from.
const SALES_DAYS: i64 = 28;
/// Days until a store's next delivery, for which it keeps what it expects to sell.
const REVIEW_DAYS: u32 = 7;
/// What a transfer costs and how far anybody drives for one, where the chain has settled nothing else: 5 yuan a parcel,
/// 1 yuan a kilometre and 0.2 yuan a piece; two hours one way; three days left to sell; a credit that is not low.
const TERMS: Terms = Terms {
    tariff: Tariff { parcel_minor: 500, km_minor: 100, piece_minor: 20 },
    travel_max_min: 120,
    sellable_days_min: 3,
    fulfilment_min_permille: domain::credit::LOW_SCORE,
};

/// Proposes where `units` pieces of an item are best taken from.
///
/// # Errors
/// When the database fails; [`ApiError::NotFound`] for an unknown store or item.
pub async fn propose_for(state: &AppState, to: &StoreCode, sku: &SkuCode, units: Units) -> Result<Proposal, ApiError> {
    let masters = state.directory.masters();
    let receiver = masters.store(to).ok_or(ApiError::NotFound)?;
    let product = masters.products().get(sku).ok_or(ApiError::NotFound)?;
    let now = state.clock.now();
    let stock = state.db.stock_everywhere(&masters, sku).await?;
    let mut near: Vec<(Route, &StoreMaster)> = masters
        .stores()
        .values()
        .filter(|master| master.store.code != *to && on_hand(&stock, &master.store.code) > 0)
        .map(|master| (TravelAssumption::CITY.route(master.store.at, receiver.store.at), master))
        .collect();
    near.sort_by(|(a, one), (b, other)| (a, &one.store.code).cmp(&(b, &other.store.code)));
    near.truncate(LOOKED_AT);
    let mut sources = Vec::new();
    for (route, master) in near {
        let store = &master.store.code;
        let open = state.db.transfers(state.db.open_transfers(Some(store)).await?).await?;
        let sales = state.db.forecast(master, sku, stock.get(store), now).await?;
        let demand = sales.over(tomorrow(now, master), REVIEW_DAYS);
        let fulfilment_permille = state.db.credit(store, now).await?.score;
        let level = ServiceLevel::try_from(950).expect("950 is between 500 and 999");
        sources.push((
            Source {
                store: store.clone(),
                on_hand_units: on_hand(&stock, store),
                reserved_units: spoken_for(store, &open, sku),
                safety_units: safety_stock(demand, sales.level(), 0.0, level),
                demand,
                sellable_days: None,
                spoiling_units: 0,
                fulfilment_permille,
                standing: Standing::Open,
            },
            route,
        ));
    }
    let here = state.db.forecast(receiver, sku, stock.get(to), now).await?;
    // Whoever asks for pieces says that they are wanted, whatever was sold so far.
    let want = Want {
        to: to.clone(),
        sku: sku.clone(),
        units,
        on_hand_units: on_hand(&stock, to).max(0),
        demand: here.over(tomorrow(now, receiver), REVIEW_DAYS),
        promised_units: on_hand(&stock, to).max(0) + units,
    };
    let worth = Worth { price_minor: product.price_minor, cost_minor: 0 };
    Ok(propose(&want, worth, &sources, &TERMS))
}

/// The same, with what a page needs to show it.
///
/// # Errors
/// As [`propose_for`].
pub async fn source_page(
    state: &AppState,
    viewer: &Viewer,
    to: &StoreCode,
    sku: &SkuCode,
    units: Units,
) -> Result<SourcePage, ApiError> {
    let proposal = propose_for(state, to, sku, units).await?;
    let masters = state.directory.masters();
    let product = masters.products().get(sku).ok_or(ApiError::NotFound)?;
    let credit = state.db.credit(to, state.clock.now()).await?;
    let lines = proposal.lines.iter().chain(&proposal.alternatives).map(|line| &line.from);
    let stores: BTreeSet<&StoreCode> = lines.chain(proposal.not_proposed.iter().map(|(store, _)| store)).collect();
    Ok(SourcePage {
        store: named(&masters, to).ok_or(ApiError::NotFound)?,
        sku: sku.clone(),
        item: product.name.clone(),
        units,
        stores: stores.into_iter().filter_map(|store| named(&masters, store)).collect(),
        standing: request_standing(viewer.role, credit.band, product.price_minor.saturating_mul(units)),
        proposal,
    })
}

type Stock = BTreeMap<StoreCode, BTreeMap<Place, Units>>;

fn on_hand(stock: &Stock, store: &StoreCode) -> Units {
    stock.get(store).map_or(0, |places| places.values().sum())
}

/// Pieces that the store has promised to others, or is asked for by others.
fn spoken_for(store: &StoreCode, open: &[Transfer], sku: &SkuCode) -> Units {
    let sums = [reserved(store, open), asked(store, open)];
    sums.iter().map(|sum| sum.get(sku).copied().unwrap_or(0)).sum()
}

fn tomorrow(now: Timestamp, master: &StoreMaster) -> Day {
    Day::at(now, master.store.zone_offset).plus_days(1)
}

impl Database {
    /// Pieces of an item by store and place: on shelves whose planogram has it, and in back rooms.
    async fn stock_everywhere(&self, masters: &Masters, sku: &SkuCode) -> Result<Stock, StoreError> {
        let places = masters.stores().iter().flat_map(|(store, master)| {
            let shelves = master.shelves.iter().filter(|shelf| shelf.items.contains(sku));
            let places = shelves.map(|shelf| Place::Shelf(shelf.code.clone())).chain([Place::BackRoom]);
            places.map(move |place| (store.clone(), place))
        });
        self.stock_of(sku, places.collect()).await
    }

    /// Demand for an item in a store, from the pieces that left its places in the last four weeks: of each event what
    /// went out on balance, so that moving between shelves counts nothing. Write-offs count as demand.
    async fn forecast(
        &self,
        master: &StoreMaster,
        sku: &SkuCode,
        places: Option<&BTreeMap<Place, Units>>,
        now: Timestamp,
    ) -> Result<Forecast, StoreError> {
        let zone = master.store.zone_offset;
        let today = Day::at(now, zone);
        let mut net: BTreeMap<EventId, (Timestamp, Units)> = BTreeMap::new();
        let since = now.plus_ms(-SALES_DAYS * DAY_MS);
        let places: Vec<Place> = places.map(|places| places.keys().cloned().collect()).unwrap_or_default();
        for place in &places {
            for (key, units) in self.legs_since(&master.store.code, place, sku, since).await? {
                net.entry(key.event).or_insert((key.at, 0)).1 += units;
            }
        }
        let mut days = vec![0; usize::try_from(SALES_DAYS).expect("a small constant")];
        for (at, units) in net.into_values().filter(|(_, units)| *units < 0) {
            let ago = today.days_since(Day::at(at, zone));
            if let Some(day) = usize::try_from(SALES_DAYS - 1 - ago).ok().and_then(|index| days.get_mut(index)) {
                *day -= units;
            }
        }
        let series: Vec<SalesDay> = days.into_iter().map(SalesDay::Open).collect();
        Ok(forecast(today, &series, WeekdayProfile::FLAT))
    }
}
