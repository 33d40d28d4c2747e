//! Transfers: first what waits for the viewer.

use crate::backend::read_transfers;
use crate::component::badge::{Badge, Tone};
use crate::component::icon::{Glyph, Icon};
use crate::component::load_state::{Empty, LoadState};
use crate::component::page_head::PageHead;
use crate::format;
use crate::text::use_language;
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
    let (now, counts) = (listed.now, listed.counts);
    let tab = |of: TransferList| {
        let n = match of {
            TransferList::Mine => format!(" {}", counts.n_mine),
            TransferList::Open => format!(" {}", counts.n_open),
            TransferList::Abnormal => format!(" {}", counts.n_abnormal),
            TransferList::Done => String::new(),
        };
        let current = (of == listed.list).then_some("true");
        view! {
            <a class="segment" href=format!("/transfers?list={}", of.code()) aria-current=current>
                {language.transfer_list(of)} {n}
            </a>
        }
    };
    let tabs = TransferList::ALL.map(tab).collect_view();
    let row = |row: TransferRow| {
        let name = |store: &NamedStore| language.name(&store.name);
        let source = row.source.as_ref().map_or_else(|| language.transfer_no_source().to_owned(), name);
        let item = match row.n_items {
            1 => row.item.clone(),
            n => language.transfer_and_more(&row.item, n),
        };
        let facts = [
            row.id.spoken(),
            language.transfer_route(source, name(&row.receiver)),
            format::moment(row.requested_at, now, row.receiver.zone_offset),
        ];
        view! {
            <li>
                <a class="row" href=format!("/transfers/{}", row.id)>
                    <span class="row__main">
                        <span class="row__title">
                            {item} " · " {language.transfer_pieces(format::number(row.units))}
                        </span>
                        <span class="row__sub">{facts.join(" · ")}</span>
                    </span>
                    <Badge tone=phase_tone(row.phase)>{language.phase(row.phase)}</Badge>
                    <Icon glyph=Glyph::Go/>
                </a>
            </li>
        }
    };
    let n_more = (listed.n_more > 0)
        .then(|| view! { <p class="muted">{language.transfers_more(format::number(listed.n_more.into()))}</p> });
    let rows = if listed.transfers.is_empty() {
        view! {
            <Empty glyph=Glyph::Check title=language.transfers_none_title() text=language.transfers_none_text()/>
        }
        .into_any()
    } else {
        let rows = listed.transfers.into_iter().map(row).collect_view();
        view! { <section class="card card--flush"><ul class="rows">{rows}</ul></section> }.into_any()
    };
    view! {
        <div class="page">
            <PageHead title=language.transfers_title() sub=language.transfers_sub().to_owned()/>
            <nav class="segments" aria-label=language.transfer_lists()>{tabs}</nav>
            {rows}
            {n_more}
        </div>
    }
}
