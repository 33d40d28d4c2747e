//! How good the books were, stocktake by stocktake.

use super::stores_of;
use crate::error::ApiError;
use crate::state::AppState;
use crate::store::StoreMaster;
use domain::accuracy::{Accuracy, Record, drift};
use domain::id::{RegionCode, StocktakeId, StoreCode};
use domain::instant::Timestamp;
use domain::master::Region;
use domain::policy::{Action, Viewer};
use domain::stocktake::{LineRef, Stage, Stocktake};
use frontend::backend::{AccuracyReport, AccuracyRow};
use std::collections::BTreeMap;

/// Stores looked through for one report: beyond that a region has to be chosen.
const STORES_MAX: usize = 60;

/// Every measure: of the newest stocktake of each store of a region (or of all, where they are few), or of every
/// stocktake of one store. Only those no longer being counted: counting is blind.
///
/// # Errors
/// When the database fails, or the viewer may not see the store.
pub async fn accuracy(
    state: &AppState,
    viewer: &Viewer,
    region: Option<RegionCode>,
    store: Option<StoreCode>,
) -> Result<AccuracyReport, ApiError> {
    let masters = state.directory.masters();
    let visible: Vec<&StoreMaster> =
        stores_of(&masters, viewer, Action::SeeStock).filter_map(|code| masters.store(code)).collect();
    let is_seen = |region: &&Region| visible.iter().any(|master| master.store.region == region.code);
    let regions: Vec<Region> = masters.regions().iter().filter(is_seen).cloned().collect();
    // A store's own people see the one they have.
    let store = store.or_else(|| (visible.len() == 1).then(|| visible[0].store.code.clone()));
    let mut rows = Vec::new();
    let mut again = Vec::new();
    let (mut shown_region, mut shown_store) = (None, None);
    match store {
        Some(code) => {
            let master = visible.iter().find(|master| master.store.code == code).ok_or(ApiError::Forbidden)?;
            shown_store = Some((code, master.store.name.clone()));
            let known = Known::read(state, master).await?;
            rows = known.rows;
            again = known.again;
        }
        None => {
            let is_too_much = visible.len() > STORES_MAX;
            shown_region = region.or_else(|| is_too_much.then(|| regions.first().map(|r| r.code.clone())).flatten());
            let is_in = |master: &&&StoreMaster| shown_region.as_ref().is_none_or(|r| master.store.region == *r);
            for master in visible.iter().filter(is_in) {
                let known = Known::read(state, master).await?;
                rows.extend(known.rows.into_iter().next());
                again.extend(known.again);
            }
        }
    }
    rows.sort_by(|a, b| (b.at, &b.stocktake).cmp(&(a.at, &a.stocktake)));
    Ok(AccuracyReport {
        now: state.clock.now(),
        regions,
        region: shown_region,
        store: shown_store,
        rows,
        drift: drift(again),
    })
}

/// What is known of one store's counts.
struct Known {
    /// The newest first.
    rows: Vec<AccuracyRow>,
    /// Records counted more than once: when before, when again, and whether it was wrong by then.
    again: Vec<(Timestamp, Timestamp, bool)>,
}

impl Known {
    async fn read(state: &AppState, master: &StoreMaster) -> Result<Self, ApiError> {
        let masters = state.directory.masters();
        let store = &master.store;
        let is_over = |stocktake: &Stocktake| matches!(stocktake.stage(), Stage::Review | Stage::Approved);
        let stocktakes: BTreeMap<StocktakeId, Stocktake> = state
            .db
            .stocktakes(&store.code)
            .await?
            .into_iter()
            .filter(is_over)
            .map(|stocktake| (stocktake.id.clone(), stocktake))
            .collect();
        let (Some(first), Some(last)) = (stocktakes.keys().next(), stocktakes.keys().next_back()) else {
            return Ok(Self { rows: Vec::new(), again: Vec::new() });
        };
        let mut records: BTreeMap<&StocktakeId, Vec<Record>> = BTreeMap::new();
        let mut counts: BTreeMap<LineRef, Vec<(Timestamp, bool)>> = BTreeMap::new();
        for (of, at, line) in state.db.count_lines_between(&store.code, first, last).await? {
            let Some((id, stocktake)) = stocktakes.get_key_value(&of) else { continue };
            let price_minor = masters.products().get(&at.sku).map_or(0, |product| product.price_minor);
            let Some(record) = Record::of(&line, price_minor, stocktake.ending.as_ref()) else { continue };
            records.entry(id).or_default().push(record);
            let observed_at = line.finding().tally().map(|tally| tally.observed_at).unwrap_or_default();
            counts.entry(at).or_default().push((observed_at, record.error_units() != 0));
        }
        let row = |(id, stocktake): (&StocktakeId, &Stocktake)| AccuracyRow {
            store: store.code.clone(),
            store_name: store.name.clone(),
            zone_offset: store.zone_offset,
            stocktake: id.clone(),
            kind: stocktake.plan().map(|plan| plan.kind),
            stage: stocktake.stage(),
            at: stocktake.submitted_at.unwrap_or(stocktake.opened_at),
            accuracy: Accuracy::of(records.get(id).into_iter().flatten()),
        };
        let mut rows: Vec<AccuracyRow> = stocktakes.iter().map(row).collect();
        rows.sort_by(|a, b| (b.at, &b.stocktake).cmp(&(a.at, &a.stocktake)));
        let mut again = Vec::new();
        for mut counts in counts.into_values() {
            counts.sort_unstable();
            again.extend(counts.windows(2).map(|pair| (pair[0].0, pair[1].0, pair[1].1)));
        }
        Ok(Self { rows, again })
    }
}

/// The report as comma-separated values: one line for each stocktake, shares as parts of 1.
#[must_use]
pub fn csv(rows: &[AccuracyRow]) -> String {
    let mut text = String::from(
        "store,stocktake,counted_until,records,expected_units,expected_minor,\
         signed_units,signed_share,shrink_minor,shrink_share,wrong_records,wrong_share,\
         beyond_5_percent_records,beyond_5_percent_share,beyond_2_units_records,beyond_2_units_share,\
         absolute_units,absolute_share,mape,records_without_mape,smape\r\n",
    );
    let share = |share: Option<f64>| share.map_or_else(String::new, |share| format!("{share:.6}"));
    for row in rows {
        let all = &row.accuracy;
        let at = frontend::format::machine_time(row.at, row.zone_offset);
        let fields = [
            row.store.to_string(),
            row.stocktake.to_string(),
            at,
            all.n_records.to_string(),
            all.expected_units.to_string(),
            all.expected_minor.to_string(),
            all.signed_units.to_string(),
            share(all.signed_share()),
            all.shrink_minor.to_string(),
            share(all.shrink_share()),
            all.n_wrong.to_string(),
            share(all.wrong_share()),
            all.n_beyond_share.to_string(),
            share(all.beyond_share()),
            all.n_beyond_units.to_string(),
            share(all.beyond_units()),
            all.absolute_units.to_string(),
            share(all.absolute_share()),
            share(all.mape),
            all.n_without_mape.to_string(),
            share(all.smape),
        ];
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    text
}
