//! Warnings and rules as people see and change them, cut to what the viewer may.

use crate::error::ApiError;
use crate::read::stores_of;
use crate::signals::past;
use crate::state::AppState;
use crate::store::warning::{FiringRow, Saved, SavedRule};
use domain::backtest::Tally;
use domain::firing::{Firing, FiringClosed, FiringOutcome};
use domain::heat::PAST_DAYS;
use domain::id::{EventId, PersonId, RuleCode, StoreCode};
use domain::instant::{DAY_MS, Day, Timestamp, ZoneOffset};
use domain::master::Name;
use domain::policy::{Action, Target, Viewer, may};
use domain::rule::{Rule, check};
use domain::sync::OpenOrder;
use domain::transfer::TransferId;
use frontend::backend::{
    Answered, BacktestReport, Deed, HeatPage, RuleHistory, RulePage, RuleSaved, RuleVersion, WarningAsk, WarningList,
    WarningPage, WarningRow,
};
use std::collections::{BTreeMap, BTreeSet};

/// Most warnings a page shows.
const SHOWN_MAX: usize = 200;
/// Closed warnings are shown for so many days.
const CLOSED_DAYS: i64 = 30;
/// Longest note, in characters.
const NOTE_MAX_CHARS: usize = 256;
/// Days a rule can be tried on.
const DAYS: std::ops::RangeInclusive<u32> = 7..=90;
/// Firings and stores a trial names.
const NAMED_MAX: usize = 50;

/// Warnings of the viewer's stores.
///
/// # Errors
/// When the database fails.
pub async fn page(state: &AppState, viewer: &Viewer, ask: WarningAsk) -> Result<WarningPage, ApiError> {
    let now = state.clock.now();
    let masters = state.directory.masters();
    let stores: BTreeSet<&StoreCode> = stores_of(&masters, viewer, Action::SeeStock).collect();
    let rules = rules_by_version(state).await?;
    let mut open = state.db.open_firings(None).await?;
    open.retain(|row| stores.contains(&row.firing.store));
    let told = |row: &&FiringRow| is_told(&rules, viewer, row, now);
    let (n_told, n_open) = (n(open.iter().filter(told).count()), n(open.len()));
    let mut listed: Vec<FiringRow> = match ask.list {
        WarningList::Told => open.into_iter().filter(|row| told(&row)).collect(),
        WarningList::Open => open,
        WarningList::Closed => {
            let mut closed = state.db.closed_firings(now.plus_ms(-CLOSED_DAYS * DAY_MS)).await?;
            closed.retain(|row| stores.contains(&row.firing.store));
            closed
        }
    };
    listed.retain(|FiringRow { firing, .. }| {
        ask.store.as_ref().is_none_or(|store| firing.store == *store)
            && ask.severity.is_none_or(|severity| firing.severity == severity)
    });
    let closed_at = |firing: &Firing| firing.closed.as_ref().map(|closed| closed.at);
    listed.sort_by(|FiringRow { firing: a, .. }, FiringRow { firing: b, .. }| {
        (closed_at(b), b.severity, b.raised_at, &a.id).cmp(&(closed_at(a), a.severity, a.raised_at, &b.id))
    });
    let n_more = n(listed.len().saturating_sub(SHOWN_MAX));
    listed.truncate(SHOWN_MAX);
    let warnings = listed.into_iter().filter_map(|row| shown(state, viewer, &rules, row.firing, now)).collect();
    let name = |code: &&StoreCode| Some(((*code).clone(), masters.store(code)?.store.name.clone()));
    let choices = stores.iter().filter_map(name).collect();
    Ok(WarningPage { now, ask, stores: choices, warnings, n_more, n_told, n_open })
}

/// How many open warnings the viewer is told of that nobody has taken.
#[must_use]
pub fn count(state: &AppState, viewer: &Viewer) -> u32 {
    let (masters, now) = (state.directory.masters(), state.clock.now());
    let stores = stores_of(&masters, viewer, Action::SeeStock);
    n(state.signals.open().count(stores, viewer.role, now))
}

/// Somebody does something about a warning.
#[derive(Debug)]
pub enum Doing {
    /// Takes it, or takes it over.
    Take,
    /// Says what was done, in one's own words and by which of the [`deeds`].
    Close(FiringOutcome, Option<String>, Option<String>),
}

/// Does it; the caller has checked that the viewer may answer warnings of the store.
///
/// # Errors
/// When there is no such warning, the note is too long, or the database fails.
pub async fn answer(
    state: &AppState,
    viewer: &Viewer,
    (store, firing): (StoreCode, EventId),
    doing: Doing,
) -> Result<Answered, ApiError> {
    if let Doing::Close(_, Some(note), _) = &doing
        && note.chars().count() > NOTE_MAX_CHARS
    {
        return Err(ApiError::Malformed(format!("a note has at most {NOTE_MAX_CHARS} characters")));
    }
    let _desk = state.signals.desk().await;
    let before = state.db.firing(&store, firing).await?.ok_or(ApiError::NotFound)?;
    let (at, by) = (state.clock.now(), viewer.id.clone());
    let done = match doing {
        Doing::Take => before.firing.clone().take(by, at),
        Doing::Close(outcome, note, deed) => {
            let (cites, order) = cited(state, &before.firing, outcome, deed).await?;
            before.firing.clone().close(FiringClosed { at, by, outcome, note, cites, order })
        }
    };
    match done {
        Ok(firing) => match state.db.save_firing(&before, firing, state.clock.now()).await? {
            Some(row) => {
                state.signals.changed(&row);
                Ok(Answered::Done)
            }
            None => Ok(Answered::Outdated),
        },
        Err(why) => Ok(Answered::Refused(why)),
    }
}

/// The event or the order that a deed names.
async fn cited(
    state: &AppState,
    firing: &Firing,
    outcome: FiringOutcome,
    deed: Option<String>,
) -> Result<(Option<EventId>, Option<String>), ApiError> {
    let Some(code) = deed else { return Ok((None, None)) };
    let known = deeds(state, firing).await?;
    if !known.iter().any(|deed| deed.code == code && deed.outcome == outcome) {
        return Err(ApiError::Malformed(format!("{code:?} did nothing about this warning")));
    }
    match TransferId::parse(&code) {
        Ok(transfer) if outcome == FiringOutcome::Transferred => Ok((Some(transfer.request()), None)),
        _ => Ok((None, Some(code))),
    }
}

/// What may have been done about a warning: the transfers that the store has asked for since it was raised, and the orders
/// that it waits for, of the item.
///
/// # Errors
/// When the database fails.
pub async fn deeds(state: &AppState, firing: &Firing) -> Result<Vec<Deed>, ApiError> {
    let masters = state.directory.masters();
    let (store, sku) = (&firing.store, &firing.sku);
    let mut deeds = Vec::new();
    for transfer in state.db.transfers_since(&[store], firing.raised_at).await? {
        let line = transfer.request().lines.iter().find(|line| line.sku == *sku);
        if let Some(line) = line.filter(|_| transfer.receiver == *store) {
            let from = transfer.source().and_then(|source| masters.store(source));
            deeds.push(Deed {
                code: transfer.id.to_string(),
                outcome: FiringOutcome::Transferred,
                number: transfer.id.spoken(),
                from: from.map(|master| master.store.name.clone()),
                units: line.units,
            });
        }
    }
    for OpenOrder { order, .. } in state.db.open_orders(store).await? {
        if let Some(line) = order.lines.iter().find(|line| line.sku == *sku) {
            deeds.push(Deed {
                code: order.number.clone(),
                outcome: FiringOutcome::Ordered,
                number: order.number.clone(),
                from: Some(Name { zh: order.supplier.clone(), en: order.supplier.clone() }),
                units: line.units,
            });
        }
    }
    Ok(deeds)
}

/// The rules, with their versions.
///
/// # Errors
/// When the database fails.
pub async fn rules(state: &AppState, viewer: &Viewer) -> Result<RulePage, ApiError> {
    let masters = state.directory.masters();
    let stores: BTreeSet<&StoreCode> = stores_of(&masters, viewer, Action::SeeStock).collect();
    let mut n_open: BTreeMap<RuleCode, u32> = BTreeMap::new();
    for row in state.db.open_firings(None).await?.into_iter().filter(|row| stores.contains(&row.firing.store)) {
        *n_open.entry(row.firing.rule).or_default() += 1;
    }
    let mut histories: BTreeMap<RuleCode, Vec<SavedRule>> = BTreeMap::new();
    for saved in state.db.rules().await? {
        histories.entry(saved.rule.code.clone()).or_default().push(saved);
    }
    let history = |(code, mut saved): (RuleCode, Vec<SavedRule>)| {
        saved.reverse();
        let rule = saved.first()?.rule.clone();
        let version =
            |saved: SavedRule| RuleVersion { rule: saved.rule, at: saved.at, by_name: person_name(state, &saved.by) };
        Some(RuleHistory {
            owner_name: person_name(state, &rule.owner),
            n_open: n_open.get(&code).copied().unwrap_or_default(),
            rule,
            versions: saved.into_iter().map(version).collect(),
        })
    };
    let name = |code: &&StoreCode| Some(((*code).clone(), masters.store(code)?.store.name.clone()));
    Ok(RulePage {
        now: state.clock.now(),
        rules: histories.into_iter().filter_map(history).collect(),
        channels: channels(state).into_iter().collect(),
        regions: masters.regions().to_vec(),
        categories: masters.categories().to_vec(),
        stores: stores.iter().filter_map(name).collect(),
        editors: editors(state),
    })
}

/// Those who may write rules, and so may answer for one.
fn editors(state: &AppState) -> Vec<(PersonId, String)> {
    let workers = state.directory.workers();
    let may_edit = workers.iter().filter(|viewer| may(viewer, Action::EditRules, Target::Chain));
    may_edit.map(|viewer| (viewer.id.clone(), viewer.name.clone())).collect()
}

/// Keeps a rule's next version, or a new rule. It is in force when this returns.
///
/// # Errors
/// When the database fails.
pub async fn save_rule(state: &AppState, viewer: &Viewer, mut rule: Rule) -> Result<RuleSaved, ApiError> {
    let mistakes = check(&rule, &channels(state));
    if !mistakes.is_empty() {
        return Ok(RuleSaved::Mistaken(mistakes));
    }
    let saved = state.db.rules().await?;
    let newest = saved.iter().rev().find(|saved| saved.rule.code == rule.code);
    if rule.version != newest.map_or(0, |saved| saved.rule.version) + 1 {
        return Ok(RuleSaved::Outdated);
    }
    if !editors(state).iter().any(|(editor, _)| *editor == rule.owner) {
        rule.owner = newest.map_or_else(|| viewer.id.clone(), |saved| saved.rule.owner.clone());
    }
    let saved = SavedRule { rule, at: state.clock.now(), by: viewer.id.clone() };
    if state.db.save_rule(&saved).await? == Saved::Outdated {
        return Ok(RuleSaved::Outdated);
    }
    state.signals.settle().await;
    Ok(RuleSaved::Saved)
}

/// Tries a rule on the last days.
///
/// # Errors
/// When the number of days is out of range, or the work was cut short.
pub async fn backtest(state: &AppState, rule: Rule, n_days: u32) -> Result<BacktestReport, ApiError> {
    if !DAYS.contains(&n_days) {
        return Err(ApiError::Malformed(format!("a rule is tried on {} to {} days", DAYS.start(), DAYS.end())));
    }
    let mistakes = check(&rule, &channels(state));
    if let Some(mistake) = mistakes.first() {
        return Err(ApiError::Malformed(mistake.to_string()));
    }
    let (signals, masters, now) = (state.signals.clone(), state.directory.masters(), state.clock.now());
    let (tried, n_reached) = {
        let (masters, rule) = (masters.clone(), rule.clone());
        let work = move || past::run(&signals, &masters, &rule, i64::from(n_days), now);
        tokio::task::spawn_blocking(work).await.map_err(ApiError::unavailable)?
    };
    let zone = |store: &StoreCode| masters.store(store).map(|master| master.store.zone_offset).unwrap_or_default();
    let mut by_store: Vec<(StoreCode, Name, Tally)> = tried
        .by_store()
        .into_iter()
        .filter_map(|(code, tally)| Some((code.clone(), masters.store(code)?.store.name.clone(), tally)))
        .collect();
    by_store.sort_by(|a, b| (b.2.n(), &a.0).cmp(&(a.2.n(), &b.0)));
    by_store.truncate(NAMED_MAX);
    let mut by_day: BTreeMap<Day, u32> = BTreeMap::new();
    for firing in &tried.firings {
        *by_day.entry(Day::at(firing.at, zone(&firing.store))).or_default() += 1;
    }
    let latest = tried.firings.iter().rev().take(NAMED_MAX).map(|firing| {
        let product = masters.products().get(&firing.sku);
        let name = product.map_or_else(|| firing.sku.to_string(), |product| product.name.clone());
        (firing.clone(), name, zone(&firing.store))
    });
    Ok(BacktestReport {
        n_days,
        n_lines: tried.n_lines,
        n_reached,
        within_days: past::WITHIN_DAYS,
        tally: tried.tally(),
        n_stock_outs: tried.n_stock_outs,
        n_warned: tried.n_warned,
        precision: tried.precision(),
        recall: tried.recall(),
        by_store,
        by_day: by_day.into_iter().collect(),
        latest: latest.collect(),
        unknown: past::unknown(&rule),
    })
}

/// The heatmap of the viewer's stores, or what has changed of it since a revision that is not 0.
#[must_use]
pub fn heat(state: &AppState, viewer: &Viewer, since: u64) -> HeatPage {
    let masters = state.directory.masters();
    let stores = stores_of(&masters, viewer, Action::SeeStock);
    if since == 0 {
        let (revision, rows) = state.signals.book().heat(stores);
        HeatPage { revision, rows, updates: Vec::new() }
    } else {
        let (revision, updates) = state.signals.book().heat_since(stores, since);
        HeatPage { revision, rows: Vec::new(), updates }
    }
}

/// The heatmap of the viewer's stores at the end of a day of the last 30. Takes up to seconds on a large chain.
///
/// # Errors
/// When the day is not one of those.
pub async fn heat_on(state: &AppState, viewer: &Viewer, day: Day) -> Result<HeatPage, ApiError> {
    let masters = state.directory.masters();
    // Somewhere it may be a day more or less than in UTC.
    let ago = Day::at(state.clock.now(), ZoneOffset::default()).days_since(day);
    if !(-1..=PAST_DAYS + 1).contains(&ago) {
        return Err(ApiError::Malformed(format!("the heatmap goes back {PAST_DAYS} days")));
    }
    let stores: Vec<StoreCode> = stores_of(&masters, viewer, Action::SeeStock).cloned().collect();
    let signals = state.signals.clone();
    // Store by store: events go on between two of them.
    let work = move || {
        let row = |store| signals.book().stores.get(store).map(|known| known.row_on(day, &masters));
        stores.iter().filter_map(row).collect::<Vec<_>>()
    };
    let rows = tokio::task::spawn_blocking(work).await.map_err(ApiError::unavailable)?;
    Ok(HeatPage { revision: 0, rows, updates: Vec::new() })
}

/// The channels' codes that rules may name: those that are set up.
fn channels(state: &AppState) -> BTreeSet<String> {
    state.messages.office.channels().into_iter().map(|channel| channel.code().to_owned()).collect()
}

type Rules = BTreeMap<(RuleCode, u32), Rule>;

async fn rules_by_version(state: &AppState) -> Result<Rules, ApiError> {
    let saved = state.db.rules().await?;
    Ok(saved.into_iter().map(|saved| ((saved.rule.code.clone(), saved.rule.version), saved.rule)).collect())
}

/// Whether the viewer is told of a warning, and by now.
fn is_told(rules: &Rules, viewer: &Viewer, row: &FiringRow, now: Timestamp) -> bool {
    let rule = rules.get(&(row.firing.rule.clone(), row.firing.version));
    row.tell_at <= now && rule.is_some_and(|rule| rule.tell.iter().any(|telling| telling.role == viewer.role))
}

fn shown(state: &AppState, viewer: &Viewer, rules: &Rules, firing: Firing, now: Timestamp) -> Option<WarningRow> {
    let masters = state.directory.masters();
    let master = &masters.store(&firing.store)?.store;
    let rule = rules.get(&(firing.rule.clone(), firing.version));
    let code = firing.rule.to_string();
    let target = Target::Store(&firing.store, &master.region);
    Some(WarningRow {
        rule_name: rule.map_or_else(|| Name { zh: code.clone(), en: code }, |rule| rule.name.clone()),
        store_name: master.name.clone(),
        zone_offset: master.zone_offset,
        sku_name: masters
            .products()
            .get(&firing.sku)
            .map_or_else(|| firing.sku.to_string(), |product| product.name.clone()),
        owner_name: firing.owner().map(|owner| person_name(state, owner)),
        cites: firing.closed.as_ref().and_then(|closed| match (closed.cites, &closed.order) {
            (Some(event), _) => {
                let transfer = TransferId::of(event);
                Some((transfer.spoken(), format!("/transfers/{transfer}")))
            }
            (None, Some(order)) => {
                Some((order.clone(), format!("/replenishment?store={}&sku={}", firing.store, firing.sku)))
            }
            (None, None) => None,
        }),
        closed_by_name: firing.closed.as_ref().map(|closed| person_name(state, &closed.by)),
        order_units: state.signals.book().order_units(&firing.store, &firing.sku, now),
        may_answer: firing.closed.is_none() && may(viewer, Action::AnswerWarnings, target),
        firing,
    })
}

fn person_name(state: &AppState, person: &PersonId) -> String {
    state.directory.people().get(person).cloned().unwrap_or_else(|| person.to_string())
}

fn n(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
