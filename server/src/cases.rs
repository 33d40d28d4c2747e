//! Cases: the alarms of the stores a viewer follows up, and how they stand.

use crate::device::gaps_in;
use crate::error::ApiError;
use crate::read::stores_of;
use crate::state::AppState;
use crate::store::case::CaseRows;
use domain::case::{Case, CaseCounts, CaseList, CasePage, CaseRow, GAP_PATIENCE_MS, severity};
use domain::event::Flag;
use domain::id::{EventId, StoreCode};
use domain::policy::{Action, Viewer};
use std::collections::BTreeMap;

/// Most cases a page shows.
const SHOWN_MAX: usize = 200;

/// A list of cases, the most urgent first; of closed ones the latest.
///
/// # Errors
/// When the database fails.
pub async fn page(state: &AppState, viewer: &Viewer, list: CaseList) -> Result<CasePage, ApiError> {
    let now = state.clock.now();
    let open = open_cases(state, viewer).await?;
    let counts = count(state, viewer, &open);
    let mut listed = if list == CaseList::Closed { closed_cases(state, viewer).await? } else { open };
    listed.retain(|(_, _, case)| list.shows(case, &viewer.id, now));
    match list {
        CaseList::Closed => {
            listed.sort_by_key(|(_, event, case)| {
                (std::cmp::Reverse(case.closed.as_ref().map(|closing| closing.at)), *event)
            });
        }
        _ => listed.sort_by_key(|(_, event, case)| (case.due_at(), *event)),
    }
    let n_more = u32::try_from(listed.len().saturating_sub(SHOWN_MAX)).unwrap_or(u32::MAX);
    listed.truncate(SHOWN_MAX);
    let cases = listed.into_iter().filter_map(|(store, event, case)| row(state, viewer, store, event, case)).collect();
    Ok(CasePage { now, list, cases, n_more, counts })
}

/// How many cases each of the viewer's lists has.
///
/// # Errors
/// When the database fails.
pub async fn counts(state: &AppState, viewer: &Viewer) -> Result<CaseCounts, ApiError> {
    Ok(count(state, viewer, &open_cases(state, viewer).await?))
}

type Listed = (StoreCode, EventId, Case);

fn count(state: &AppState, viewer: &Viewer, open: &[Listed]) -> CaseCounts {
    let now = state.clock.now();
    let n = |fits: &dyn Fn(&Case) -> bool| {
        u32::try_from(open.iter().filter(|(_, _, case)| fits(case)).count()).unwrap_or(u32::MAX)
    };
    CaseCounts {
        n_open: n(&|case| CaseList::Open.shows(case, &viewer.id, now)),
        n_mine: n(&|case| CaseList::Mine.shows(case, &viewer.id, now)),
        n_overdue: n(&|case| CaseList::Overdue.shows(case, &viewer.id, now)),
        n_unowned: n(&|case| case.is_overdue(now) && case.taken.is_none()),
    }
}

async fn open_cases(state: &AppState, viewer: &Viewer) -> Result<Vec<Listed>, ApiError> {
    let masters = state.directory.masters();
    let mut open = Vec::new();
    for store in stores_of(&masters, viewer, Action::FollowUp) {
        let cases = state.db.cases(store, CaseRows::Open).await?;
        let gaps = gap_cases(state, store, &cases).await?;
        open.extend(cases.into_iter().map(|((event, _), case)| (store.clone(), event, case)));
        open.extend(gaps.into_iter().map(|(event, case)| (store.clone(), event, case)));
    }
    Ok(open)
}

async fn closed_cases(state: &AppState, viewer: &Viewer) -> Result<Vec<Listed>, ApiError> {
    let masters = state.directory.masters();
    let mut closed = Vec::new();
    for store in stores_of(&masters, viewer, Action::FollowUp) {
        let cases = state.db.cases(store, CaseRows::Closed).await?;
        closed.extend(cases.into_iter().map(|((event, _), case)| (store.clone(), event, case)));
    }
    Ok(closed)
}

/// Gaps that nobody has taken yet and that have lasted: the alarm stands at the event that follows.
async fn gap_cases(
    state: &AppState,
    store: &StoreCode,
    known: &BTreeMap<(EventId, Flag), Case>,
) -> Result<Vec<(EventId, Case)>, ApiError> {
    let gaps = gaps_in(state, store).await?;
    let after = gaps.into_values().flatten().map(|gap| gap.seq);
    let now = state.clock.now();
    let mut raised: BTreeMap<EventId, Case> = BTreeMap::new();
    for stored in state.db.events_at(store, after).await? {
        let case = Case::raised(&stored.event, Flag::SequenceGap);
        if now.since(case.raised_at) >= GAP_PATIENCE_MS {
            raised.insert(stored.event.event.id, case);
        }
    }
    raised.retain(|event, _| !known.contains_key(&(*event, Flag::SequenceGap)));
    // One that was closed stays closed, whether or not the events ever arrive.
    let settled = state.db.cases_of(store, raised.keys().map(|event| (*event, Flag::SequenceGap))).await?;
    raised.retain(|event, _| !settled.contains_key(&(*event, Flag::SequenceGap)));
    Ok(raised.into_iter().collect())
}

fn row(state: &AppState, viewer: &Viewer, store: StoreCode, event: EventId, case: Case) -> Option<CaseRow> {
    let masters = state.directory.masters();
    let people = state.directory.people();
    let master = &masters.store(&store)?.store;
    let name = |person| people.get(person).cloned().unwrap_or_else(|| person.to_string());
    Some(CaseRow {
        store_name: master.name.clone(),
        zone_offset: master.zone_offset,
        store,
        event,
        due_at: case.due_at(),
        severity: severity(case.flag),
        about_name: name(&case.about),
        owner_name: case.taken.as_ref().map(|taken| name(&taken.by)),
        closed_by_name: case.closed.as_ref().map(|closing| name(&closing.by)),
        may_follow_up: case.closed.is_none() && case.about != viewer.id,
        case,
    })
}
