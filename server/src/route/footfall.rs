//! People at doors, as counters and cameras report them.

use crate::access::{Asker, check_store};
use crate::error::ApiError;
use crate::route::Body;
use crate::state::AppState;
use axum::extract::State;
use axum::{Extension, Json};
use domain::footfall::{Passage, PassageKey, check};
use domain::id::{DoorCode, StoreCode};
use domain::instant::Timestamp;
use domain::policy::Action;
use serde::{Deserialize, Serialize};

/// Most minutes in one report: a day of one door.
const MINUTES_MAX: usize = 1_440;

/// A minute at a door.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minute {
    store: StoreCode,
    door: DoorCode,
    minute: Timestamp,
    n_in: u32,
    n_out: u32,
}

/// What was kept.
#[derive(Debug, Serialize)]
pub struct Kept {
    /// Minutes that grew; what was known already is not among them.
    n_minutes: usize,
    /// People by which they grew.
    n_in: u32,
}

/// Takes minutes; sending one again changes nothing. All or, when one is wrong, none.
pub async fn report(
    State(state): State<AppState>,
    Extension(asker): Extension<Asker>,
    Body(minutes): Body<Vec<Minute>>,
) -> Result<Json<Kept>, ApiError> {
    if minutes.is_empty() || minutes.len() > MINUTES_MAX {
        return Err(ApiError::Malformed(format!("send 1 to {MINUTES_MAX} minutes at once")));
    }
    let (viewer, now) = (asker.viewer()?, state.clock.now());
    let mut reports = Vec::with_capacity(minutes.len());
    for (at, minute) in minutes.into_iter().enumerate() {
        check_store(&state, viewer, Action::RecordMovement, &minute.store)?;
        let key = PassageKey { store: minute.store, door: minute.door, minute: minute.minute };
        let passage = Passage { n_in: minute.n_in, n_out: minute.n_out };
        check(&key, passage, now).map_err(|why| ApiError::Malformed(format!("minute {}: {why}", at + 1)))?;
        reports.push((key, passage));
    }
    // One at a time: what a minute grew by rests on what it was.
    let _desk = state.signals.desk().await;
    let mut kept = Kept { n_minutes: 0, n_in: 0 };
    for (key, report) in reports {
        let mut passage = state.db.passage(&key).await?;
        let grown = passage.grow(report);
        if grown == Passage::default() {
            continue;
        }
        state.db.save_passage(&key, passage).await?;
        kept.n_minutes += 1;
        kept.n_in += grown.n_in;
        if let Some(store) = state.signals.book_mut().stores.get_mut(&key.store) {
            store.enter(key.minute, grown.n_in);
        }
    }
    Ok(Json(kept))
}
