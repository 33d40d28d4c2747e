//! What a phone takes along to count while offline.

use crate::access::{Asker, store_in_query};
use crate::error::ApiError;
use crate::state::AppState;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use domain::chain::Hash;
use domain::id::StoreCode;
use domain::instant::Timestamp;
use domain::policy::Viewer;
use domain::stocktake::{Stage, Stocktake};
use domain::sync::{PhoneSnapshot, RecountTask, SnapshotShelf};

/// Stocktakes that are over and that a phone is told of, the latest.
const N_OVER: usize = 10;

/// The snapshot, or 304 when the phone has it already. It holds no expected quantity: counting is blind.
pub async fn snapshot(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let viewer = asker.viewer()?.clone();
    let code = store_in_query(&viewer, query.as_deref())?;
    let masters = state.directory.masters();
    let master = masters.store(&code).ok_or(ApiError::NotFound)?;
    let mut stocktakes = state.db.stocktakes(&code).await?;
    stocktakes.sort_by_key(|stocktake| (stocktake.stage() > Stage::Review, std::cmp::Reverse(stocktake.opened_at)));
    let n_open = stocktakes.iter().filter(|stocktake| stocktake.stage() <= Stage::Review).count();
    stocktakes.truncate(n_open + N_OVER);
    let recounts = recounts(&state, &code, &viewer, &stocktakes).await?;
    let signed = |shelf: &domain::master::Shelf| SnapshotShelf {
        shelf: shelf.clone(),
        signature: state.keys.shelf_key.sign(&code, &shelf.code).signature,
    };
    let mut snapshot = PhoneSnapshot {
        // Left out of the tag, which must not change with every second.
        now: Timestamp::default(),
        viewer,
        store: master.store.clone(),
        zones: master.zones.clone(),
        shelves: master.shelves.iter().map(signed).collect(),
        categories: masters.categories().to_vec(),
        products: masters.products().values().cloned().collect(),
        stocktakes,
        recounts,
        orders: state.db.open_orders(&code).await?,
        lots: state.db.lots_on_hand(&code).await?,
    };
    let content = serde_json::to_vec(&snapshot).map_err(ApiError::unavailable)?;
    let tag = format!("W/\"{}\"", &Hash::of(&content).to_string()[..32]);
    let tag_header = HeaderValue::from_str(&tag).expect("hexadecimal digits are header text");
    let cached = HeaderValue::from_static("private, no-cache");
    let answer_headers = [(header::ETAG, tag_header), (header::CACHE_CONTROL, cached)];
    let asked = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if asked.is_some_and(|tags| tags.split(',').any(|one| one.trim() == tag)) {
        return Ok((StatusCode::NOT_MODIFIED, answer_headers).into_response());
    }
    snapshot.now = state.clock.now();
    Ok((answer_headers, Json(snapshot)).into_response())
}

/// Lines that the viewer may count again.
async fn recounts(
    state: &AppState,
    store: &StoreCode,
    viewer: &Viewer,
    stocktakes: &[Stocktake],
) -> Result<Vec<RecountTask>, ApiError> {
    let mut recounts = Vec::new();
    for stocktake in stocktakes.iter().filter(|stocktake| stocktake.stage() == Stage::Review) {
        let lines = state.db.count_lines(store, &stocktake.id).await?;
        let asked = lines.into_iter().filter(|(_, line)| line.may_be_recounted_by(&viewer.id));
        recounts.extend(asked.map(|(line, _)| RecountTask { stocktake: stocktake.id.clone(), line }));
    }
    Ok(recounts)
}
