//! One transfer: how far it has come, what comes next, who must do it, and the buttons of those who may.

mod act;
mod carriage;
mod form;
mod quantity;
mod receive;

use crate::backend::read_transfer;
use crate::component::badge::{Badge, Tone};
use crate::component::banner::Banner;
use crate::component::load_state::LoadState;
use crate::component::page_head::{Crumb, Crumbs, PageHead};
use crate::component::photo_view::PhotoView;
use crate::component::teller::{Teller, TellerAnswer, use_teller};
use crate::format;
use crate::page::transfer_new::wanted_href;
use crate::page::transfers::phase_tone;
use crate::text::{Language, use_language};
use act::Actions;
use carriage::UnderWay;
use domain::event::EventBody;
use domain::id::{SkuCode, StoreCode};
use domain::instant::{Timestamp, ZoneOffset};
use domain::movement::Units;
use domain::transfer::{
    Carriage, CarriageReport, CarriageStatus, Discrepancy, Line, Phase, Step, StepKind, Taken, TransferDetail,
    TransferEvent, Waiting,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use std::time::Duration;

/// How often the page asks whether the other store has gone on.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// China's clocks, for a store the chain no longer has.
const ELSEWHERE: ZoneOffset = ZoneOffset(480);

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
    language: Language,
    detail: RwSignal<TransferDetail>,
    teller: Teller,
    /// The form that is open.
    doing: RwSignal<Option<act::Doing>>,
    is_stale: RwSignal<bool>,
    /// What follows a step that was taken: the form goes, and the page is read anew. It outlives the form.
    taken: StoredValue<Option<Callback<()>>>,
}

impl Desk {
    /// Reads the transfer anew.
    fn reload(self) {
        let Some(id) = self.detail.try_with_untracked(|detail| detail.transfer.id.to_string()) else { return };
        spawn_local(async move {
            let fresh = read_transfer(id).await;
            let _ = self.is_stale.try_set(fresh.is_err());
            if let Ok(fresh) = fresh
                && self.detail.try_with_untracked(|known| has_news(known, &fresh)) == Some(true)
            {
                self.detail.set(fresh);
            }
        });
    }

    /// Takes a step in a store's name.
    fn take(self, store: StoreCode, step: Step, done: &'static str) {
        let transfer = self.detail.with_untracked(|detail| detail.transfer.id);
        let body = EventBody::Transfer(TransferEvent { transfer, step });
        let Some(then) = self.taken.get_value() else { return };
        self.teller.tell_in(store, vec![body], done.to_owned(), then);
    }

    fn store_name(self, detail: &TransferDetail, code: &StoreCode) -> String {
        let named = detail.stores.iter().find(|named| named.code == *code);
        named.map_or_else(|| code.to_string(), |named| self.language.name(&named.name))
    }

    fn item_name(self, sku: &SkuCode) -> String {
        self.detail.with_untracked(|detail| item(detail, sku))
    }
}

/// Whether anything has happened: the clock alone draws nothing anew.
fn has_news(known: &TransferDetail, fresh: &TransferDetail) -> bool {
    (&known.transfer, &known.may, &known.underway, &known.dispatch)
        != (&fresh.transfer, &fresh.may, &fresh.underway, &fresh.dispatch)
}

fn item(detail: &TransferDetail, sku: &SkuCode) -> String {
    detail.items.get(sku).cloned().unwrap_or_else(|| sku.to_string())
}

fn zone_of(detail: &TransferDetail, store: &StoreCode) -> ZoneOffset {
    detail.stores.iter().find(|named| named.code == *store).map_or(ELSEWHERE, |named| named.zone_offset)
}

#[component]
fn Detail(detail: TransferDetail) -> impl IntoView {
    let language = use_language();
    let title = detail.transfer.id.spoken();
    let teller = use_teller(detail.transfer.receiver.clone());
    let print = format!("/print/waybill/{}", detail.transfer.id);
    let is_stale = RwSignal::new(false);
    let desk = Desk {
        language,
        detail: RwSignal::new(detail),
        teller,
        doing: RwSignal::new(None),
        is_stale,
        taken: StoredValue::new(None),
    };
    let taken = Callback::new(move |()| {
        desk.doing.set(None);
        desk.reload();
    });
    desk.taken.set_value(Some(taken));
    Effect::new(move |_| {
        if let Ok(interval) = set_interval_with_handle(move || desk.reload(), LOOK_EVERY) {
            on_cleanup(move || interval.clear());
        }
    });
    let sub = Signal::derive(move || {
        desk.detail.with(|detail| {
            let from = detail.transfer.source().map(|source| desk.store_name(detail, source));
            let from = from.unwrap_or_else(|| language.transfer_no_source().to_owned());
            language.transfer_route(from, desk.store_name(detail, &detail.transfer.receiver))
        })
    });
    let stale = move || is_stale.get().then(|| view! { <Banner tone=Tone::Warn>{language.transfer_stale()}</Banner> });
    let crumbs = vec![Crumb::link(language.transfers_title(), "/transfers"), Crumb::here(title.clone())];
    view! {
        <div class="page">
            <div>
                <Crumbs steps=crumbs/>
                <PageHead title=title sub=sub>
                    <a class="button" href=print target="_blank" rel="external">{language.transfer_print()}</a>
                </PageHead>
            </div>
            {stale}
            <div role="status"><TellerAnswer teller=desk.teller/></div>
            <div class="split">
                <div class="transfer">
                    <State desk/>
                    <Actions desk/>
                    <UnderWay desk/>
                    <Goods desk/>
                </div>
                <Timeline desk/>
            </div>
        </div>
    }
}

/// Where it stands, whom it waits for, and what the hour brings.
#[component]
fn State(desk: Desk) -> impl IntoView {
    let language = desk.language;
    move || {
        desk.detail.with(|detail| {
            let phase = detail.transfer.phase();
            let waits = match detail.transfer.waits_for() {
                None => language.transfer_over().to_owned(),
                Some(waits) => waits_text(desk, detail, &waits),
            };
            let alarm = detail.next_alarm.map(|(at, step)| {
                let at = format::moment(at, detail.now, zone_of(detail, &detail.transfer.receiver));
                view! { <p class="muted">{language.transfer_alarm(step, at)}</p> }
            });
            let warning = match phase {
                Phase::Abnormal => Some(language.transfer_abnormal_text().to_owned()),
                Phase::Disputed => Some(differences(language, &detail.transfer.discrepancies())),
                _ => None,
            };
            view! {
                <section class="card" aria-label=language.phase(phase)>
                    <div class="card__body transfer__state">
                        <Badge tone=phase_tone(phase)>{language.phase(phase)}</Badge>
                        <p class="transfer__next">{waits}</p>
                        {alarm}
                        {warning.map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
                    </div>
                </section>
            }
        })
    }
}

fn waits_text(desk: Desk, detail: &TransferDetail, waits: &Waiting) -> String {
    let language = desk.language;
    let store = desk.store_name(detail, &waits.store);
    let text = language.transfer_waits(language.role(waits.doer()), store, language.transfer_to_do(waits.step));
    format!("{text} · {}", language.transfer_since(format::ago(Some(waits.since), detail.now, language)))
}

fn differences(language: Language, found: &[Discrepancy]) -> String {
    let sum = |units: fn(&Discrepancy) -> i64| format::number(found.iter().map(units).sum());
    language.transfer_disputed_text(sum(|of| of.short), sum(|of| of.damaged), sum(|of| of.over))
}

/// The items, and how many of each at every step.
#[component]
fn Goods(desk: Desk) -> impl IntoView {
    let language = desk.language;
    let rows = move || {
        desk.detail.with(|detail| {
            let units = |kind: StepKind, sku: &SkuCode| {
                detail.transfer.step(kind).filter(|taken| !matches!(taken.step, Step::Declined { .. }))?;
                Some(format::number(detail.transfer.units(kind).get(sku).copied().unwrap_or(0)))
            };
            let unmet = detail.transfer.unmet();
            let row = |line: &Line| {
                let rest = unmet.get(&line.sku).filter(|_| detail.may_request).map(|units| rest(desk, detail, &line.sku, *units));
                let cells = [StepKind::Answer, StepKind::HandOver, StepKind::Receipt].map(|kind| {
                    view! { <td class="number">{units(kind, &line.sku).unwrap_or_else(|| "–".to_owned())}</td> }
                });
                view! {
                    <tr>
                        <th scope="row">{item(detail, &line.sku)}<span class="table__sub">{line.sku.to_string()}</span>{rest}</th>
                        <td class="number">{format::number(line.units)}</td>
                        {cells.collect_view()}
                    </tr>
                }
            };
            detail.transfer.request().lines.iter().map(row).collect_view()
        })
    };
    let heads = [
        language.transfer_wanted(),
        language.transfer_promised(),
        language.transfer_sent(),
        language.transfer_received(),
    ]
    .map(|head| view! { <th scope="col" class="number">{head}</th> });
    view! {
        <section class="card card--flush" aria-labelledby="transfer-goods">
            <div class="card__head"><h2 class="card__title" id="transfer-goods">{language.transfer_goods()}</h2></div>
            <div class="table-frame" tabindex="0" role="region" aria-labelledby="transfer-goods">
                <table class="table transfer__goods">
                    <thead>
                        <tr>
                            <th scope="col">{language.transfer_item()}</th>
                            {heads.collect_view()}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

/// The way to ask other stores for what this transfer will not bring.
fn rest(desk: Desk, detail: &TransferDetail, sku: &SkuCode, units: Units) -> impl IntoView + use<> {
    let href = wanted_href(&detail.transfer.receiver, sku, units);
    view! { <a class="transfer__rest" href=href>{desk.language.transfer_ask_rest(format::number(units))}</a> }
}

/// Every step that was taken, the latest first.
#[component]
fn Timeline(desk: Desk) -> impl IntoView {
    let language = desk.language;
    let steps = move || {
        desk.detail.with(|detail| {
            let row = |(store, taken): (&StoreCode, &Taken)| {
                let who = match taken.step.kind().is_ledgers() {
                    true => language.transfer_by_ledger().to_owned(),
                    false => detail.people.get(&taken.by).cloned().unwrap_or_else(|| taken.by.to_string()),
                };
                let zone = zone_of(detail, store);
                let facts = format!("{} · {who}", desk.store_name(detail, store));
                let said = said(language, &taken.step);
                let photos = taken.step.photos().iter().map(|id| view! { <PhotoView id=*id/> }).collect_view();
                view! {
                    <li class="transfer-step" class:transfer-step--alarm=taken.step.kind().is_ledgers()>
                        <span class="transfer-step__title">{step_title(language, &taken.step)}</span>
                        <time class="transfer-step__time" datetime=format::machine_time(taken.at, zone)>
                            {format::moment(taken.at, detail.now, zone)}
                        </time>
                        <span class="transfer-step__facts">{facts}</span>
                        {said.map(|text| view! { <span class="transfer-step__facts">{text}</span> })}
                        {photos}
                    </li>
                }
            };
            let told = |(status, report): (CarriageStatus, &CarriageReport)| {
                let zone = zone_of(detail, &detail.transfer.receiver);
                let by = carriage::carrier(detail).map(|name| language.carriage_told_by(name));
                let note = report.note.clone();
                view! {
                    <li class="transfer-step" class:transfer-step--alarm={status == CarriageStatus::Failed}>
                        <span class="transfer-step__title">{language.carriage_status(status)}</span>
                        <time class="transfer-step__time" datetime=format::machine_time(report.at, zone)>
                            {format::moment(report.at, detail.now, zone)}
                        </time>
                        <span class="transfer-step__facts">{by}</span>
                        {note.map(|text| view! { <span class="transfer-step__facts">{text}</span> })}
                    </li>
                }
            };
            let steps = detail.transfer.timeline().into_iter();
            let steps = steps.map(|(store, taken)| (taken.at, row((store, taken)).into_any()));
            let reports =
                detail.underway.reports().map(|(status, report)| (report.at, told((status, report)).into_any()));
            let mut all: Vec<(Timestamp, AnyView)> = steps.chain(reports).collect();
            all.sort_by_key(|(at, _)| *at);
            all.into_iter().rev().map(|(_, row)| row).collect_view()
        })
    };
    view! {
        <section class="card" aria-labelledby="transfer-steps">
            <div class="card__head"><h2 class="card__title" id="transfer-steps">{language.transfer_steps()}</h2></div>
            <ol class="card__body transfer-steps">{steps}</ol>
        </section>
    }
}

/// What was done, in words that tell yes from no.
fn step_title(language: Language, step: &Step) -> &'static str {
    match step {
        Step::Approved => language.step_approved(),
        Step::Rejected { .. } => language.step_rejected(),
        Step::Confirmed { .. } => language.step_confirmed(),
        Step::Declined { .. } => language.step_declined(),
        other => language.transfer_step(other.kind()),
    }
}

/// What was said with it.
fn said(language: Language, step: &Step) -> Option<String> {
    let sum: i64 = step.units().values().sum();
    let units = (sum > 0).then(|| language.transfer_pieces(format::number(sum)));
    let more = match step {
        Step::Declined { reason, .. } => Some(language.decline_reason(*reason).to_owned()),
        Step::HandedOver { carriage: Carriage::Driver { name }, .. }
        | Step::HandedOver { carriage: Carriage::Carrier { name, tracking: None }, .. } => {
            Some(language.transfer_carried_by(name))
        }
        Step::HandedOver { carriage: Carriage::Carrier { name, tracking: Some(number) }, .. } => {
            Some(language.transfer_tracking(name, number))
        }
        Step::FlowReviewed { cause, .. } => Some(language.flow_cause(*cause).to_owned()),
        Step::Settled { bearer, .. } => Some(language.bearer(*bearer).to_owned()),
        _ => None,
    };
    let parts: Vec<String> = [units, more, step.note().map(str::to_owned)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}
