//! Movements: the sale behind a receipt, what has become of those a phone recorded, and those that await approval.

use crate::access::{Asker, store_in_query};
use crate::error::ApiError;
use crate::read;
use crate::state::AppState;
use axum::extract::{Query, RawQuery, State};
use axum::{Extension, Json};
use domain::draft::{SaleFound, SoldLine};
use domain::event::EventBody;
use domain::id::{EventId, SkuCode};
use domain::movement::{MovementKind, Units};
use domain::sync::MovementFate;
use frontend::backend::Approvals;
use serde::Deserialize;

/// Most movements that can be asked about at once.
const EVENTS_MAX: usize = 100;

/// Which sale.
#[derive(Deserialize)]
pub struct ByDocument {
    document: Option<String>,
}

/// The store's sales with that receipt number that stand, the latest first: what was sold, for how much, and what of it
/// has come back.
pub async fn sales(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    RawQuery(query): RawQuery,
    Query(filter): Query<ByDocument>,
) -> Result<Json<Vec<SaleFound>>, ApiError> {
    let store = store_in_query(asker.viewer()?, query.as_deref())?;
    let document = filter.document.unwrap_or_default().trim().to_owned();
    if document.is_empty() {
        return Err(ApiError::Malformed("name a receipt: ?document=…".to_owned()));
    }
    let sales = state.db.movements_of_document(&store, &document, MovementKind::Sale).await?;
    let ids: Vec<EventId> = sales.iter().map(|sale| sale.event.event.id).collect();
    let outcomes = state.db.outcomes(&store, &ids).await?;
    let masters = state.directory.masters();
    let price = |sku: &SkuCode| masters.products().get(sku).map_or(0, |product| product.price_minor);
    let mut found = Vec::new();
    // One that was reversed, or awaits approval, was not sold.
    for sale in sales.into_iter().rev().filter(|sale| !outcomes.contains_key(&sale.event.event.id)) {
        let event = sale.event;
        let EventBody::Moved(movement) = &event.event.body else { continue };
        let returned = state.db.returned_of(&store, event.event.id).await?;
        let line = |(sku, sold_units): (&SkuCode, Units)| SoldLine {
            sku: sku.clone(),
            sold_units,
            returned_units: returned.get(sku).copied().unwrap_or_default(),
            paid_minor: movement.prices.get(sku).copied().unwrap_or_else(|| price(sku)),
        };
        found.push(SaleFound {
            sale: event.event.id,
            document: document.clone(),
            sold_at: event.effective_at(),
            lines: movement.units_moved().into_iter().map(line).collect(),
        });
    }
    Ok(Json(found))
}

/// Which movements.
#[derive(Deserialize)]
pub struct ByEvent {
    events: Option<String>,
}

/// What has become of movements; those that the store's ledger does not have are left out.
pub async fn fates(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    RawQuery(query): RawQuery,
    Query(filter): Query<ByEvent>,
) -> Result<Json<Vec<MovementFate>>, ApiError> {
    let store = store_in_query(asker.viewer()?, query.as_deref())?;
    let events = filter.events.unwrap_or_default();
    let events: Vec<EventId> = events
        .split(',')
        .filter(|text| !text.is_empty())
        .map(|text| EventId::parse(text).map_err(|_| ApiError::Malformed(format!("{text:?} is no event's id"))))
        .collect::<Result<_, _>>()?;
    if events.len() > EVENTS_MAX {
        return Err(ApiError::Malformed(format!("at most {EVENTS_MAX} events at once")));
    }
    let known = state.db.seqs_of(&store, &events).await?;
    let outcomes = state.db.outcomes(&store, &events).await?;
    let fate = |event: EventId| MovementFate { event, outcome: outcomes.get(&event).copied() };
    Ok(Json(events.into_iter().filter(|event| known.contains_key(event)).map(fate).collect()))
}

/// The movements that await somebody's word in the asker's scope, the oldest first.
pub async fn approvals(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
) -> Result<Json<Approvals>, ApiError> {
    Ok(Json(read::approvals(&state, asker.viewer()?).await?))
}
