//! Transfers as people see them: lists, and one with its steps.

use crate::carriage;
use crate::error::ApiError;
use crate::read::stores_of;
use crate::state::AppState;
use crate::store::Masters;
use domain::id::{ShelfCode, SkuCode, StoreCode};
use domain::instant::DAY_MS;
use domain::policy::{Action, Scope, Target, Viewer, may};
use domain::transfer::{
    NamedStore, Phase, StepKind, Transfer, TransferCounts, TransferDetail, TransferId, TransferList, TransferPage,
    TransferRow, Waiting,
};
use std::collections::{BTreeMap, BTreeSet};

/// Most transfers a page shows.
const SHOWN_MAX: usize = 200;
/// How far back the list of those that are over goes, in milliseconds.
const DONE_MS: i64 = 14 * DAY_MS;
/// Of so many stores, at most, it is read; who sees more names one.
const DONE_STORES_MAX: usize = 40;
/// Whoever handles goods or sees stock in one of its stores may see a transfer.
const SEEN_BY: [Action; 3] = [Action::MoveStock, Action::SeeStock, Action::RunTransfers];

/// A list of the transfers that concern the viewer's stores, or one of them.
///
/// # Errors
/// When the database fails; [`ApiError::Forbidden`] for a store that the viewer may not see.
pub async fn page(
    state: &AppState,
    viewer: &Viewer,
    list: TransferList,
    store: Option<&StoreCode>,
) -> Result<TransferPage, ApiError> {
    let masters = state.directory.masters();
    let mut visible: BTreeSet<StoreCode> =
        SEEN_BY.iter().flat_map(|action| stores_of(&masters, viewer, *action)).cloned().collect();
    if let Some(store) = store {
        if !visible.contains(store) {
            return Err(ApiError::Forbidden);
        }
        visible.retain(|of| of == store);
    }
    let now = state.clock.now();
    let own = store.or(match &viewer.scope {
        Scope::Store(own) => Some(own),
        _ => None,
    });
    let own = own.map(|own| [own]);
    let open = state.db.transfers(state.db.open_transfers(own.as_ref().map(<[_; 1]>::as_slice)).await?).await?;
    let done = if list == TransferList::Done {
        let stores: Vec<&StoreCode> = visible.iter().take(DONE_STORES_MAX).collect();
        state.db.transfers_since(&stores, now.plus_ms(-DONE_MS)).await?
    } else {
        Vec::new()
    };
    let open = rows(&masters, viewer, &visible, open);
    let n = |list: TransferList| u32::try_from(open.iter().filter(|row| list.shows(row)).count()).unwrap_or(u32::MAX);
    let counts = TransferCounts {
        n_mine: n(TransferList::Mine),
        n_open: n(TransferList::Open),
        n_abnormal: n(TransferList::Abnormal),
    };
    let mut listed = if list == TransferList::Done { rows(&masters, viewer, &visible, done) } else { open };
    listed.retain(|row| list.shows(row));
    match list {
        TransferList::Done => listed.sort_by_key(|row| std::cmp::Reverse(row.requested_at)),
        _ => listed.sort_by_key(|row| (!row.is_mine, row.waits_for.as_ref().map(|waits| waits.since), row.id)),
    }
    let n_more = u32::try_from(listed.len().saturating_sub(SHOWN_MAX)).unwrap_or(u32::MAX);
    listed.truncate(SHOWN_MAX);
    Ok(TransferPage { now, list, transfers: listed, n_more, counts })
}

/// Of transfers those that concern the viewer's stores.
fn rows(
    masters: &Masters,
    viewer: &Viewer,
    visible: &BTreeSet<StoreCode>,
    transfers: impl IntoIterator<Item = Transfer>,
) -> Vec<TransferRow> {
    let concerns = |transfer: &Transfer| {
        transfer.timeline().iter().any(|(of, _)| visible.contains(*of))
            || transfer.source().is_some_and(|source| visible.contains(source))
    };
    transfers.into_iter().filter(concerns).filter_map(|transfer| row(masters, viewer, &transfer)).collect()
}

/// A store as it is named on a page; `None` for one the chain does not have.
pub(crate) fn named(masters: &Masters, store: &StoreCode) -> Option<NamedStore> {
    let store = &masters.store(store)?.store;
    Some(NamedStore { code: store.code.clone(), name: store.name.clone(), zone_offset: store.zone_offset })
}

fn row(masters: &Masters, viewer: &Viewer, transfer: &Transfer) -> Option<TransferRow> {
    let wanted = &transfer.request().lines;
    let first = wanted.first()?;
    let waits_for = transfer.waits_for();
    let is_mine = waits_for.as_ref().is_some_and(|waits| is_awaited(masters, viewer, waits));
    Some(TransferRow {
        id: transfer.id,
        receiver: named(masters, &transfer.receiver)?,
        source: transfer.source().and_then(|source| named(masters, source)),
        phase: transfer.phase(),
        waits_for,
        is_mine,
        item: masters.products().get(&first.sku).map_or_else(|| first.sku.to_string(), |product| product.name.clone()),
        n_items: u32::try_from(wanted.len()).unwrap_or(u32::MAX),
        units: wanted.iter().map(|line| line.units).sum(),
        requested_at: transfer.requested().at,
    })
}

/// Whether the viewer is one of those whom a transfer waits for. Who answers for more may act too, but is not waited
/// for. Goods are moved by whoever is in the store, however late it is and whoever else is told.
fn is_awaited(masters: &Masters, viewer: &Viewer, waits: &Waiting) -> bool {
    let Some(master) = masters.store(&waits.store) else { return false };
    let may = |action| may(viewer, action, Target::Store(&waits.store, &master.store.region));
    let moves = waits.moves_goods() && may(Action::MoveStock);
    let is_told = viewer.role == waits.role && may(Action::RunTransfers);
    moves || is_told
}

/// One transfer.
///
/// # Errors
/// When the database fails; [`ApiError::NotFound`] for one that does not exist or concerns none of the viewer's stores.
pub async fn detail(state: &AppState, viewer: &Viewer, id: TransferId) -> Result<TransferDetail, ApiError> {
    let transfer = state.db.transfers([id]).await?.pop().ok_or(ApiError::NotFound)?;
    let masters = state.directory.masters();
    let asked = transfer.request().candidates.iter().map(|candidate| &candidate.store);
    let stores: BTreeSet<&StoreCode> = asked.chain([&transfer.receiver]).collect();
    // A store further down the list learns of the transfer when it is asked.
    let concerned: BTreeSet<&StoreCode> =
        transfer.timeline().into_iter().map(|(store, _)| store).chain(transfer.stores()).collect();
    let sees = |store: &StoreCode| {
        let region = masters.store(store).map(|master| &master.store.region);
        region.is_some_and(|region| SEEN_BY.iter().any(|action| may(viewer, *action, Target::Store(store, region))))
    };
    if !concerned.into_iter().any(sees) {
        return Err(ApiError::NotFound);
    }
    let people = state.directory.people();
    let who = transfer.timeline().into_iter().map(|(_, taken)| taken.by.clone());
    let people = who.map(|id| (id.clone(), people.get(&id).cloned().unwrap_or_else(|| id.to_string()))).collect();
    let items = transfer.request().lines.iter().map(|line| {
        let name = masters.products().get(&line.sku).map_or_else(|| line.sku.to_string(), |of| of.name.clone());
        (line.sku.clone(), name)
    });
    let patience = transfer.source().map(|source| state.config.patience(source, &transfer.receiver));
    let alarms = patience.map(|patience| transfer.alarms(&patience)).unwrap_or_default();
    let open = transfer.steps_open_to(viewer, |store| masters.store(store).map(|of| of.store.region.clone()));
    let acting: BTreeSet<&StoreCode> = open.iter().map(|(store, _)| store).collect();
    let hands_over = open.iter().any(|(_, kind)| matches!(kind, StepKind::Picking | StepKind::HandOver));
    let carriers = state.messages.carriers.names().filter(|_| hands_over).map(str::to_owned).collect();
    let gives_link = |source: &StoreCode| {
        let region = masters.store(source).map(|master| &master.store.region);
        region.is_some_and(|region| may(viewer, Action::MoveStock, Target::Store(source, region)))
    };
    let is_under_way = matches!(transfer.phase(), Phase::InTransit | Phase::Abnormal);
    let has_link = is_under_way && transfer.source().is_some_and(gives_link);
    let link = has_link.then(|| carriage::link::token(&state.keys.link_key(), &transfer)).flatten();
    let shelves = acting.into_iter().map(|store| (store.clone(), shelves_of(&masters, store, &transfer))).collect();
    let region = state.region_of(&transfer.receiver);
    let may_request =
        region.is_some_and(|region| may(viewer, Action::RunTransfers, Target::Store(&transfer.receiver, &region)));
    Ok(TransferDetail {
        now: state.clock.now(),
        stores: stores.into_iter().filter_map(|store| named(&masters, store)).collect(),
        people,
        items: items.collect(),
        next_alarm: alarms.first().map(|alarm| (alarm.at, alarm.step.kind())),
        may: open,
        may_request,
        shelves,
        underway: state.db.underway(id).await?,
        dispatch: state.db.dispatch(id).await?,
        driver_link: link.map(|token| carriage::LINK_PATH.replace("{link}", &token)),
        carriers,
        transfer,
    })
}

/// On which shelves of a store the planogram has each item of a transfer.
fn shelves_of(masters: &Masters, store: &StoreCode, transfer: &Transfer) -> BTreeMap<SkuCode, Vec<ShelfCode>> {
    let shelves = masters.store(store).map(|master| &master.shelves[..]).unwrap_or_default();
    let with = |sku: &SkuCode| {
        shelves.iter().filter(|shelf| shelf.items.contains(sku)).map(|shelf| shelf.code.clone()).collect()
    };
    transfer.request().lines.iter().map(|line| (line.sku.clone(), with(&line.sku))).collect()
}
