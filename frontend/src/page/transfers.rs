//! Transfers: first what waits for the viewer.

use crate::backend::read_transfers;
use crate::component::badge::{Badge, Tone};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::component::load_state::{Empty, LoadState};
use crate::component::page_head::PageHead;
use crate::format;
use crate::session::use_session;
use crate::text::{Language, use_language};
use domain::instant::Timestamp;
use domain::policy::{Action, Scope};
use domain::transfer::{NamedStore, Phase, TransferList, TransferPage as Listed, TransferRow};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// What a phase means for whoever reads it.
#[must_use]
pub fn phase_tone(phase: Phase) -> Tone {
    match phase {
        Phase::AwaitsApproval | Phase::AwaitsAnswer => Tone::Warn,
        Phase::Confirmed | Phase::Picked | Phase::InTransit => Tone::Info,
        Phase::Abnormal | Phase::Disputed => Tone::Bad,
        Phase::Closed => Tone::Good,
        Phase::Cancelled | Phase::Rejected | Phase::Unmet => Tone::Plain,
    }
}

/// The lists.
#[component]
pub fn TransfersPage() -> impl IntoView {
    let query = use_query_map();
    let transfers = Resource::new_blocking(move || query.read().get("list"), read_transfers);
    view! { <LoadState resource=transfers show=|listed| view! { <Transfers listed/> }/> }
}

#[component]
fn Transfers(listed: Listed) -> impl IntoView {
    let language = use_language();
    let session = use_session();
    let (now, list, counts) = (listed.now, listed.list, listed.counts);
    let tab = |of: TransferList| {
        let n = match of {
            TransferList::Mine => format!(" {}", counts.n_mine),
            TransferList::Open => format!(" {}", counts.n_open),
            TransferList::Abnormal => format!(" {}", counts.n_abnormal),
            TransferList::Done => String::new(),
        };
        let current = (of == list).then_some("true");
        view! {
            <a class="segment" href=format!("/transfers?list={}", of.code()) aria-current=current>
                {language.transfer_list(of)} {n}
            </a>
        }
    };
    let n_more = (listed.n_more > 0)
        .then(|| view! { <p class="muted">{language.transfers_more(format::number(listed.n_more.into()))}</p> });
    let rows = if listed.transfers.is_empty() {
        let (title, text) = match list {
            TransferList::Mine => (language.transfers_none_mine_title(), language.transfers_none_mine_text()),
            TransferList::Abnormal => (language.transfers_none_title(), language.transfers_none_abnormal_text()),
            TransferList::Open | TransferList::Done => {
                (language.transfers_none_title(), language.transfers_none_text())
            }
        };
        view! { <Empty glyph=Glyph::Check title text/> }.into_any()
    } else {
        let rows = listed.transfers.into_iter().map(|row| view! { <Row row now/> }).collect_view();
        view! { <section class="card card--flush"><ul class="rows">{rows}</ul></section> }.into_any()
    };
    let credit = session.may(Action::SeeStock).then(|| {
        view! { <a class="button" href="/credit">{language.credit_title()}</a> }
    });
    let plan = session.may(Action::PlanRegion).then(|| {
        view! { <a class="button" href="/transfers/plan">{language.region_plan_open()}</a> }
    });
    let ask = session.may(Action::RunTransfers).then(|| {
        let class = button_class(ButtonKind::Primary, ButtonSize::Usual, ButtonWidth::Words);
        view! { <a class=class href="/transfers/new"><Icon glyph=Glyph::Add/>{language.want_new()}</a> }
    });
    let is_of_store = session.viewer.as_ref().is_some_and(|viewer| matches!(viewer.scope, Scope::Store(_)));
    let waybill = (is_of_store && session.may(Action::MoveStock)).then(|| {
        view! { <a class="button" href="/transfers/scan"><Icon glyph=Glyph::Scan/>{language.waybill_scan()}</a> }
    });
    view! {
        <div class="page">
            <PageHead title=language.transfers_title() sub=language.transfers_sub().to_owned()>
                {waybill}
                {credit}
                {plan}
                {ask}
            </PageHead>
            <nav class="segments" aria-label=language.transfer_lists()>{TransferList::ALL.map(tab).collect_view()}</nav>
            {rows}
            {n_more}
        </div>
    }
}

#[component]
fn Row(row: TransferRow, now: Timestamp) -> impl IntoView {
    let language = use_language();
    let source = row.source.as_ref().map_or_else(|| language.transfer_no_source().to_owned(), |of| name(language, of));
    let item = match row.n_items {
        1 => row.item.clone(),
        n => language.transfer_and_more(&row.item, n),
    };
    let is_overdue = row.is_overdue();
    let moves_stock = use_session().may(Action::MoveStock);
    view! {
        <li>
            <a class="row transfer-row" href=format!("/transfers/{}", row.id)>
                <span class="row__main">
                    <span class="row__title">
                        {item} " · " {language.transfer_pieces(format::number(row.units))}
                    </span>
                    <span class="row__sub">{language.transfer_route(source, name(language, &row.receiver))}</span>
                    <span class="row__sub">{waiting(language, &row, moves_stock, now)}</span>
                </span>
                <span class="row__end transfer-row__state">
                    <Badge tone=phase_tone(row.phase)>{language.phase(row.phase)}</Badge>
                    {is_overdue.then(|| view! { <Badge tone=Tone::Bad>{language.transfer_overdue()}</Badge> })}
                </span>
                <Icon glyph=Glyph::Go/>
            </a>
        </li>
    }
}

fn name(language: Language, store: &NamedStore) -> String {
    language.name(&store.name)
}

/// For whom it waits and for how long, to a reader who moves stock or only answers for those who do; of one that is over, when it was asked for.
fn waiting(language: Language, row: &TransferRow, moves_stock: bool, now: Timestamp) -> String {
    let Some(waits) = &row.waits_for else {
        return format!("{} · {}", row.id.spoken(), format::moment(row.requested_at, now, row.receiver.zone_offset));
    };
    let to_do = language.transfer_to_do(waits.step);
    let stores = [Some(&row.receiver), row.source.as_ref()];
    let store = stores.into_iter().flatten().find(|store| store.code == waits.store);
    let store = store.map_or_else(|| waits.store.to_string(), |store| name(language, store));
    let for_whom = if row.is_mine && (moves_stock || !waits.moves_goods()) {
        language.transfer_waits_you(to_do)
    } else if row.is_mine {
        language.transfer_waits_push(store, to_do)
    } else {
        language.transfer_waits(language.role(waits.doer()), store, to_do)
    };
    format!("{for_whom} · {}", language.transfer_since(format::ago(Some(waits.since), now, language)))
}
