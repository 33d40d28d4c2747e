//! How far stores can be relied on, and why.

use super::read::named;
use crate::error::ApiError;
use crate::read::stores_of;
use crate::state::AppState;
use domain::credit::{CreditList, CreditPage, CreditRow};
use domain::id::{PersonId, StoreCode};
use domain::policy::{Action, Target, Viewer, may};
use std::collections::BTreeSet;

/// Most stores whose credit one list shows: each is put together from its transfers of a year.
const LISTED_MAX: usize = 40;

/// A store's credit, and why.
///
/// # Errors
/// When the database fails; [`ApiError::NotFound`] for an unknown store.
pub async fn credit_page(state: &AppState, viewer: &Viewer, store: &StoreCode) -> Result<CreditPage, ApiError> {
    let masters = state.directory.masters();
    let region = state.region_of(store).ok_or(ApiError::NotFound)?;
    let now = state.clock.now();
    let credit = state.db.credit(store, now).await?;
    let partners: BTreeSet<&StoreCode> = credit.points.iter().map(|of| &of.point.with).collect();
    let words = credit.points.iter().flat_map(|of| {
        let judged = of.appeal.judged.as_ref().map(|(word, _)| word);
        of.appeal.disputed.iter().chain(judged).map(|word| &word.by)
    });
    let names = state.directory.people();
    let people = words.collect::<BTreeSet<&PersonId>>().into_iter();
    let is_allowed = |action| may(viewer, action, Target::Store(store, &region));
    Ok(CreditPage {
        now,
        store: named(&masters, store).ok_or(ApiError::NotFound)?,
        stores: partners.into_iter().filter_map(|partner| named(&masters, partner)).collect(),
        people: people.map(|id| (id.clone(), names.get(id).cloned().unwrap_or_else(|| id.to_string()))).collect(),
        may_dispute: is_allowed(Action::DisputeCredit),
        may_judge: is_allowed(Action::JudgeCredit),
        credit,
    })
}

/// The credit of the viewer's stores, the lowest first. Where there are many it is of the lowest.
///
/// # Errors
/// When the database fails.
pub async fn credit_list(state: &AppState, viewer: &Viewer) -> Result<CreditList, ApiError> {
    let masters = state.directory.masters();
    let stores: Vec<&StoreCode> = stores_of(&masters, viewer, Action::SeeStock).collect();
    let now = state.clock.now();
    let scores = state.credit_scores.of(&state.db, &stores, now).await?;
    let mut lowest = stores.clone();
    lowest.sort_by_key(|store| (scores.get(*store), *store));
    lowest.truncate(LISTED_MAX);
    let mut rows = Vec::new();
    for (store, credit) in state.db.credits(&lowest, now).await? {
        let Some(named) = named(&masters, &store) else { continue };
        let n_disputes = credit.points.iter().filter(|of| of.appeal.is_open()).count();
        rows.push(CreditRow {
            store: named,
            score: credit.score,
            trend: credit.trend,
            band: credit.band,
            n_disputes: u32::try_from(n_disputes).unwrap_or(u32::MAX),
        });
    }
    rows.sort_by(|a, b| (a.score, &a.store.code).cmp(&(b.score, &b.store.code)));
    let n_more = u32::try_from(stores.len().saturating_sub(LISTED_MAX)).unwrap_or(u32::MAX);
    Ok(CreditList { rows, n_more })
}
