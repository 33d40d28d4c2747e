//! One transfer: how far it has come, what comes next, who must do it, and the buttons of those who may.

mod act;

use crate::backend::read_transfer;
use crate::component::badge::{Badge, Tone};
use crate::component::banner::Banner;
use crate::component::load_state::LoadState;
use crate::component::page_head::{Crumb, Crumbs, PageHead};
use crate::component::teller::{Teller, TellerAnswer, use_teller};
use crate::format;
use crate::page::transfers::phase_tone;
use crate::text::use_language;
use act::Actions;
use domain::id::StoreCode;
use domain::instant::ZoneOffset;
use domain::transfer::{StepKind, TransferDetail};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;

/// The page.
#[component]
pub fn TransferDetailPage() -> impl IntoView {
    let params = use_params_map();
    let detail = Resource::new_blocking(move || params.read().get("transfer").unwrap_or_default(), read_transfer);
    view! { <LoadState resource=detail show=|detail| view! { <Detail detail/> }/> }
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Desk {
    detail: RwSignal<TransferDetail>,
    /// Of the store whose steps the viewer may take.
    teller: Teller,
}

impl Desk {
    /// Reads the transfer anew.
    fn reload(self) {
        let id = self.detail.with_untracked(|detail| detail.transfer.id.to_string());
        spawn_local(async move {
            if let Ok(fresh) = read_transfer(id).await {
                let _ = self.detail.try_set(fresh);
            }
        });
    }
}

fn zone_of(detail: &TransferDetail, store: &StoreCode) -> ZoneOffset {
    detail.stores.iter().find(|named| named.code == *store).map_or(ZoneOffset(480), |named| named.zone_offset)
}

#[component]
fn Detail(detail: TransferDetail) -> impl IntoView {
    let language = use_language();
    let title = detail.transfer.id.spoken();
    // Steps of both stores at once are open to those who answer for both: each button names its own.
    let store = detail.may.first().map_or_else(|| detail.transfer.receiver.clone(), |(store, _)| store.clone());
    let desk = Desk { detail: RwSignal::new(detail), teller: use_teller(store) };
    let name = move |detail: &TransferDetail, code: &StoreCode| {
        let named = detail.stores.iter().find(|named| named.code == *code);
        named.map_or_else(|| code.to_string(), |named| language.name(&named.name))
    };
    let sub = Signal::derive(move || {
        desk.detail.with(|detail| {
            let from = detail.transfer.source().map(|source| name(detail, source));
            let from = from.unwrap_or_else(|| language.transfer_no_source().to_owned());
            language.transfer_route(from, name(detail, &detail.transfer.receiver))
        })
    });
    let state = move || {
        desk.detail.with(|detail| {
            let phase = detail.transfer.phase();
            let waits = detail.transfer.waits_for().map_or_else(
                || language.transfer_over().to_owned(),
                |waits| {
                    let step = language.transfer_step(waits.step);
                    language.transfer_waits(step, language.role(waits.role), name(detail, &waits.store))
                },
            );
            let alarm = detail.next_alarm.map(|(at, step)| {
                let zone = zone_of(detail, &detail.transfer.receiver);
                language.transfer_alarm(language.transfer_step(step), format::moment(at, detail.now, zone))
            });
            view! {
                <section class="card">
                    <div class="card__body">
                        <Badge tone=phase_tone(phase)>{language.phase(phase)}</Badge>
                        <p><strong>{language.transfer_next()}</strong> " " {waits}</p>
                        {alarm.map(|text| view! { <p class="muted">{text}</p> })}
                    </div>
                </section>
            }
        })
    };
    let goods = move || {
        desk.detail.with(|detail| {
            let units = |kind: StepKind, sku| {
                detail.transfer.step(kind)?;
                Some(format::number(detail.transfer.units(kind).get(sku).copied().unwrap_or(0)))
            };
            let row = |line: &domain::transfer::Line| {
                let item = detail.items.get(&line.sku).cloned().unwrap_or_else(|| line.sku.to_string());
                let cells = [StepKind::Answer, StepKind::HandOver, StepKind::Receipt]
                    .map(|kind| view! { <td>{units(kind, &line.sku).unwrap_or_else(|| "–".to_owned())}</td> });
                view! { <tr><th scope="row">{item}</th><td>{format::number(line.units)}</td>{cells.collect_view()}</tr> }
            };
            detail.transfer.request().lines.iter().map(row).collect_view()
        })
    };
    let steps = move || {
        desk.detail.with(|detail| {
            let timeline = detail.transfer.timeline();
            let row = |(store, taken): &(&StoreCode, &domain::transfer::Taken)| {
                let by = detail.people.get(&taken.by).cloned().unwrap_or_else(|| taken.by.to_string());
                let at = format::moment(taken.at, detail.now, zone_of(detail, store));
                let who = (!taken.step.kind().is_ledgers()).then_some(by);
                let facts = [Some(at), Some(name(detail, store)), who, taken.step.note().map(str::to_owned)];
                view! {
                    <li class="row">
                        <span class="row__main">
                            <span class="row__title">{language.transfer_step(taken.step.kind())}</span>
                            <span class="row__sub">{facts.into_iter().flatten().collect::<Vec<_>>().join(" · ")}</span>
                        </span>
                    </li>
                }
            };
            timeline.iter().map(row).collect_view()
        })
    };
    let crumbs = vec![Crumb::link(language.transfers_title(), "/transfers"), Crumb::here(title.clone())];
    let print = desk.detail.with_untracked(|detail| format!("/print/waybill/{}", detail.transfer.id));
    view! {
        <div class="page">
            <div>
                <Crumbs steps=crumbs/>
                <PageHead title=title sub=sub>
                    <a class="button" href=print target="_blank" rel="external">{language.transfer_print()}</a>
                </PageHead>
            </div>
            <TellerAnswer teller=desk.teller/>
            {state}
            <Actions desk/>
            <section class="card card--flush" aria-label=language.transfer_goods()>
                <table class="table"><tbody>{goods}</tbody></table>
            </section>
            <section class="card card--flush" aria-label=language.transfer_steps()>
                <ol class="rows">{steps}</ol>
            </section>
        </div>
    }
}
