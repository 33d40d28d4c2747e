//! The sources proposed for an item, why, and the tap that asks them.

use super::{UNITS, Wanted};
use crate::backend::read_transfer_sources;
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::Glyph;
use crate::component::load_state::{Empty, LoadState};
use crate::component::teller::{Teller, TellerAnswer, use_teller};
use crate::format;
use crate::text::{Language, use_language};
use domain::approval::Standing;
use domain::event::EventBody;
use domain::id::{EventId, StoreCode};
use domain::matching::{Line as Proposed, NotProposed, Proposal};
use domain::movement::Units;
use domain::transfer::{CANDIDATES_MAX, Candidate, Figure, Line, Request, SourcePage, Step, TransferEvent, TransferId};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// How many, and from where.
#[component]
pub(super) fn FindSources(wanted: Wanted, sku: String) -> impl IntoView {
    let language = use_language();
    let units = wanted.units.clone().map_or(Some(UNITS), |typed| typed.trim().parse::<Units>().ok());
    let units = units.filter(|units| (1..=domain::movement::UNITS_MAX).contains(units));
    let again = format!("/transfers/new?store={}", wanted.store);
    let (store, item) = (wanted.store.clone(), sku.clone());
    let answer = match units {
        None => view! { <Banner tone=Tone::Bad>{language.want_bad_units()}</Banner> }.into_any(),
        Some(units) => {
            let sources =
                Resource::new_blocking(|| (), move |()| read_transfer_sources(store.clone(), item.clone(), units));
            view! { <LoadState resource=sources show=|found| view! { <Sources found/> }/> }.into_any()
        }
    };
    view! {
        <form class="transfer-form" method="get" action="/transfers/new">
            <input type="hidden" name="store" value=wanted.store/>
            <input type="hidden" name="sku" value=sku/>
            <div class="want__row">
                <label class="field">
                    <span class="field__label">{language.want_units()}</span>
                    <input
                        class="field__control"
                        type="number"
                        inputmode="numeric"
                        name="units"
                        min="1"
                        max="1000000"
                        step="1"
                        required
                        value=wanted.units.unwrap_or_else(|| UNITS.to_string())
                    />
                </label>
                <button class="button" type="submit">{language.want_show()}</button>
                <a class="button" href=again>{language.want_other_item()}</a>
            </div>
        </form>
        {answer}
    }
}

/// The sources proposed, and the one tap.
#[component]
fn Sources(found: SourcePage) -> impl IntoView {
    let language = use_language();
    let teller = use_teller(found.store.code.clone());
    let n_pieces: Units = found.proposal.lines.iter().map(|line| line.units).sum();
    let head = format!("{} · {}", found.item, found.sku);
    let needs = match found.standing {
        Standing::Posted => None,
        Standing::Awaits(role) => {
            Some(view! { <Banner tone=Tone::Info>{language.want_needs(language.role(role))}</Banner> })
        }
    };
    let missing = (found.proposal.missing_units > 0 && n_pieces > 0)
        .then(|| view! { <Banner tone=Tone::Warn>{language.want_missing(format::number(found.proposal.missing_units))}</Banner> });
    let split = (found.proposal.lines.len() > 1)
        .then(|| view! { <p class="muted">{language.want_split(found.proposal.lines.len())}</p> });
    let proposed = found.proposal.lines.iter().map(|line| view! { <Source line=line.clone() found=found.clone()/> });
    let proposed = proposed.collect_view();
    let others = found.proposal.alternatives.clone();
    let other = |line: &Proposed| {
        let bodies = vec![requested(&found, line, &[])];
        let ask = language.want_request_from(store_name(language, &found, &line.from));
        view! {
            <Source line=line.clone() found=found.clone()/>
            <li class="want__instead"><Ask teller bodies words=ask kind=ButtonKind::Usual/></li>
        }
    };
    let others = (!others.is_empty()).then(|| {
        view! {
            <details class="card">
                <summary class="card__head"><span class="card__title">{language.want_others()}</span></summary>
                <ul class="rows">{others.iter().map(other).collect_view()}</ul>
            </details>
        }
    });
    let rest = (!found.proposal.not_proposed.is_empty()).then(|| view! { <NotAsked found=found.clone()/> });
    let main = if n_pieces == 0 {
        view! { <Empty glyph=Glyph::Goods title=language.want_none_title() text=language.want_none_text()/> }.into_any()
    } else {
        let bodies = requests(&found);
        view! {
            <section class="card" aria-labelledby="want-proposed">
                <div class="card__head"><h2 class="card__title" id="want-proposed">{language.want_proposed()}</h2></div>
                <ul class="rows">{proposed}</ul>
                <div class="card__body want__tap">
                    {split}
                    {needs}
                    <Ask teller bodies words=language.want_request(format::number(n_pieces)) kind=ButtonKind::Primary/>
                </div>
            </section>
        }
        .into_any()
    };
    view! {
        <h2 class="want__item">{head}</h2>
        <div role="status"><TellerAnswer teller/></div>
        {missing}
        {main}
        {others}
        {rest}
    }
}

/// The tap.
#[component]
fn Ask(teller: Teller, bodies: Vec<EventBody>, words: String, kind: ButtonKind) -> impl IntoView {
    let language = use_language();
    let navigate = StoredValue::new_local(use_navigate());
    let then = Callback::new(move |()| {
        navigate.with_value(|navigate| navigate("/transfers?list=open", Default::default()));
    });
    view! {
        <button
            class=button_class(kind, ButtonSize::Large, ButtonWidth::Block)
            type="button"
            disabled=move || teller.is_busy()
            on:click=move |_| teller.tell(bodies.clone(), language.want_requested().to_owned(), then)
        >
            {words}
        </button>
    }
}

fn store_name(language: Language, found: &SourcePage, code: &StoreCode) -> String {
    let named = found.stores.iter().find(|named| named.code == *code);
    named.map_or_else(|| code.to_string(), |named| language.name(&named.name))
}

/// One request a source: where one declines, the stores that are next best are asked, and none of the others.
fn requests(found: &SourcePage) -> Vec<EventBody> {
    let Proposal { lines, alternatives, .. } = &found.proposal;
    lines.iter().map(|line| requested(found, line, alternatives)).collect()
}

fn requested(found: &SourcePage, line: &Proposed, next: &[Proposed]) -> EventBody {
    let next = next.iter().filter(|other| other.from != line.from);
    let candidate = |line: &Proposed| Candidate { store: line.from.clone(), why: figures(line) };
    let candidates = [line].into_iter().chain(next).take(CANDIDATES_MAX).map(candidate).collect();
    let lines = vec![Line { sku: found.sku.clone(), units: line.units }];
    let step = Step::Requested(Request { lines, candidates, wanted_by: None, note: None });
    // The event names the transfer once it is recorded.
    EventBody::Transfer(TransferEvent { transfer: TransferId::of(EventId::MIN), step })
}

/// The reasons, as the request keeps them.
fn figures(line: &Proposed) -> Vec<Figure> {
    let reason = &line.reason;
    vec![
        Figure::DistanceM(reason.route.distance_m),
        Figure::TravelMin(reason.route.travel_min),
        Figure::SurplusUnits(reason.surplus_units),
        Figure::CreditScore(reason.fulfilment_permille),
        Figure::SavedMinor(reason.money.total_minor()),
    ]
}

/// A source and why.
#[component]
fn Source(line: Proposed, found: SourcePage) -> impl IntoView {
    let language = use_language();
    let reason = &line.reason;
    let km = format!("{}.{}", reason.route.distance_m / 1_000, reason.route.distance_m % 1_000 / 100);
    let why = [
        Some(language.why_way(km, reason.route.travel_min)),
        Some(language.why_surplus(format::number(reason.surplus_units))),
        Some(language.why_keeps(format::number(reason.safety_units), format::number(reason.expected_demand_units))),
        Some(language.why_credit(reason.fulfilment_permille)),
        reason.sellable_days.map(|days| language.why_sellable(days)),
        Some(language.why_saves(format::money(reason.money.total_minor()))),
    ];
    let why: Vec<String> = why.into_iter().flatten().collect();
    view! {
        <li class="row">
            <span class="row__main">
                <span class="row__title">{format!("{} {}", store_name(language, &found, &line.from), line.from)}</span>
                <span class="row__sub">{why.join(" · ")}</span>
            </span>
            <span class="row__end">
                <span class="row__figure">{format::number(line.units)}</span>
            </span>
        </li>
    }
}

/// The stores that are not proposed, each with why.
#[component]
fn NotAsked(found: SourcePage) -> impl IntoView {
    let language = use_language();
    let row = |(store, why): &(StoreCode, NotProposed)| {
        view! {
            <li class="row">
                <span class="row__main">
                    <span class="row__title">{store_name(language, &found, store)}</span>
                    <span class="row__sub">{not_proposed(language, why)}</span>
                </span>
            </li>
        }
    };
    let rows = found.proposal.not_proposed.iter().map(row).collect_view();
    view! {
        <details class="card">
            <summary class="card__head"><span class="card__title">{language.want_not_proposed()}</span></summary>
            <ul class="rows">{rows}</ul>
        </details>
    }
}

fn not_proposed(language: Language, why: &NotProposed) -> String {
    match why {
        NotProposed::Itself => language.not_itself().to_owned(),
        NotProposed::Closed => language.not_closed().to_owned(),
        NotProposed::Declined => language.not_declined().to_owned(),
        NotProposed::NoneOnHand => language.not_on_hand().to_owned(),
        NotProposed::Reserved { units } => language.not_reserved(format::number(*units)),
        NotProposed::NeededThere { free_units, .. } => language.not_needed_there(format::number(*free_units)),
        NotProposed::ExpiresTooSoon { sellable_days } => language.not_expiring(sellable_days),
        NotProposed::TooFar { travel_min } => language.not_too_far(travel_min),
        NotProposed::Unreliable { fulfilment_permille } => language.not_reliable(fulfilment_permille),
        NotProposed::CostsMoreThanItSaves { .. } => language.not_worth_it().to_owned(),
    }
}
