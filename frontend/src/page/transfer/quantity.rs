//! How many: promised, picked from where, handed over to whom.

use super::Desk;
use super::act::StepForm;
use super::form::{Choice, TextField, words_of};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::format;
use crate::text::use_language;
use domain::id::{ShelfCode, SkuCode, StoreCode};
use domain::movement::{Lot, Place, Units};
use domain::transfer::{Carriage, Line, LotLine, PickedLine, Step, StepKind, TransferDetail};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Pieces of an item as they are being put in.
#[derive(Debug, Clone)]
pub(super) struct Amount {
    pub sku: SkuCode,
    pub most: Units,
    pub units: RwSignal<Units>,
}

impl Amount {
    pub(super) fn new(line: &Line, units: Units) -> Self {
        Self { sku: line.sku.clone(), most: line.units, units: RwSignal::new(units) }
    }
}

/// The items with more than none.
pub(super) fn as_lines(desk: Desk, amounts: &[Amount]) -> Result<Vec<Line>, String> {
    let mut lines = Vec::new();
    for Amount { sku, most, units } in amounts {
        let units = units.get_untracked();
        if units > *most {
            return Err(desk.language.take_too_many(desk.item_name(sku), format::number(*most)));
        }
        if units > 0 {
            lines.push(Line { sku: sku.clone(), units });
        }
    }
    Ok(lines)
}

/// A number with a button for one less and one more.
#[component]
pub(super) fn AmountField(
    /// Above it.
    #[prop(into)]
    label: String,
    /// Of what, for those who do not see what stands around it.
    #[prop(into)]
    name: String,
    /// Below it.
    #[prop(into, optional)]
    hint: Option<String>,
    units: RwSignal<Units>,
) -> impl IntoView {
    let language = use_language();
    let step = move |by: Units, words: &'static str, glyph: &'static str| {
        view! {
            <button
                class=button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Icon)
                type="button"
                aria-label=format!("{words} · {name}", name = name.clone())
                on:click=move |_| units.update(|units| *units = (*units + by).max(0))
            >
                {glyph}
            </button>
        }
    };
    let less = step.clone()(-1, language.field_less(), "−");
    let more = step(1, language.field_more(), "+");
    view! {
        <div class="amount">
            <label class="field amount__field">
                <span class="field__label">{label}</span>
                <input
                    class="field__control amount__input"
                    type="number"
                    inputmode="numeric"
                    min="0"
                    step="1"
                    prop:value=move || units.get().to_string()
                    on:change:target=move |event| {
                        units.set(event.target().value().trim().parse().unwrap_or(0).max(0));
                    }
                />
                {hint.map(|hint| view! { <span class="field__hint">{hint}</span> })}
            </label>
            <div class="amount__steps">{less} {more}</div>
        </div>
    }
}

/// A shelf of the store that has the item, or the back room.
#[component]
pub(super) fn PlaceField(label: &'static str, shelves: Vec<ShelfCode>, place: RwSignal<Place>) -> impl IntoView {
    let language = use_language();
    let places: Vec<Place> = shelves.into_iter().map(Place::Shelf).chain([Place::BackRoom]).collect();
    let options = places
        .iter()
        .enumerate()
        .map(|(at, of)| {
            let is_chosen = place.with_untracked(|chosen| chosen == of);
            view! { <option value=at.to_string() selected=is_chosen>{language.place(of)}</option> }
        })
        .collect_view();
    let choose = move |value: String| {
        if let Some(chosen) = value.parse().ok().and_then(|at: usize| places.get(at)) {
            place.set(chosen.clone());
        }
    };
    view! {
        <label class="field">
            <span class="field__label">{label}</span>
            <select class="select field__control" on:change:target=move |event| choose(event.target().value())>
                {options}
            </select>
        </label>
    }
}

/// The shelves of a store that the planogram has an item on.
pub(super) fn shelves(detail: &TransferDetail, store: &StoreCode, sku: &SkuCode) -> Vec<ShelfCode> {
    detail.shelves.get(store).and_then(|of| of.get(sku)).cloned().unwrap_or_default()
}

/// Pieces to be taken from one place.
#[derive(Debug, Clone)]
struct Pick {
    key: usize,
    sku: SkuCode,
    most: Units,
    from: RwSignal<Place>,
    units: RwSignal<Units>,
}

/// What is taken from where.
#[component]
pub(super) fn PickForm(desk: Desk, store: StoreCode) -> impl IntoView {
    let language = desk.language;
    let of_store = StoredValue::new(store.clone());
    let first = move |key: usize, sku: &SkuCode, most: Units, units: Units| {
        let shelves = desk.detail.with_untracked(|detail| of_store.with_value(|store| shelves(detail, store, sku)));
        let from = shelves.first().cloned().map_or(Place::BackRoom, Place::Shelf);
        Pick { key, sku: sku.clone(), most, from: RwSignal::new(from), units: RwSignal::new(units) }
    };
    let promised: Vec<(SkuCode, Units)> = desk.detail.with_untracked(|detail| {
        detail.transfer.units(StepKind::Answer).into_iter().map(|(sku, units)| (sku.clone(), units)).collect()
    });
    let picks = promised.iter().enumerate().map(|(key, (sku, units))| first(key, sku, *units, *units));
    let picks = RwSignal::new(picks.collect::<Vec<_>>());
    let make = Callback::new(move |()| {
        let mut sums: BTreeMap<SkuCode, (Units, Units)> = BTreeMap::new();
        let mut found: BTreeMap<(SkuCode, Place), Units> = BTreeMap::new();
        picks.with_untracked(|picks| {
            for pick in picks {
                let units = pick.units.get_untracked();
                sums.entry(pick.sku.clone()).or_insert((0, pick.most)).0 += units;
                *found.entry((pick.sku.clone(), pick.from.get_untracked())).or_default() += units;
            }
        });
        if let Some((sku, (_, most))) = sums.iter().find(|(_, (units, most))| units > most) {
            return Err(language.take_too_many(desk.item_name(sku), format::number(*most)));
        }
        let some = found.into_iter().filter(|(_, units)| *units > 0);
        let lines: Vec<PickedLine> =
            some.map(|((sku, from), units)| PickedLine { sku, units, lot: None, from }).collect();
        if lines.is_empty() { Err(language.take_nothing().to_owned()) } else { Ok(Step::Picked { lines }) }
    });
    let another = move |sku: SkuCode, most: Units| {
        picks.update(|picks| {
            let pick = Pick { from: RwSignal::new(Place::BackRoom), ..first(picks.len(), &sku, most, 0) };
            picks.push(pick);
        });
    };
    let row = move |pick: Pick| {
        let shelves =
            desk.detail.with_untracked(|detail| of_store.with_value(|store| shelves(detail, store, &pick.sku)));
        let name = desk.item_name(&pick.sku);
        view! {
            <div class="transfer-line">
                <PlaceField label=language.field_from() shelves place=pick.from/>
                <AmountField
                    label=name.clone()
                    name
                    hint=language.field_promised(format::number(pick.most))
                    units=pick.units
                />
            </div>
        }
    };
    let more = promised
        .into_iter()
        .map(|(sku, most)| {
            let words = language.field_another_place(desk.item_name(&sku));
            view! {
                <button
                    class=button_class(ButtonKind::Ghost, ButtonSize::Usual, ButtonWidth::Words)
                    type="button"
                    on:click=move |_| another(sku.clone(), most)
                >
                    <Icon glyph=Glyph::Add/>
                    {words}
                </button>
            }
        })
        .collect_view();
    view! {
        <StepForm desk store words=language.take_pick() done=language.take_done_picked() make>
            <For each=move || picks.get() key=|pick| pick.key children=row/>
            <div class="transfer-form__more">{more}</div>
        </StepForm>
    }
}

/// Who takes goods along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Driver,
    Carrier,
}

/// What leaves, and with whom.
#[component]
pub(super) fn HandOverForm(desk: Desk, store: StoreCode) -> impl IntoView {
    let language = desk.language;
    let picked = desk.detail.with_untracked(|detail| lots(detail, StepKind::Picking));
    let amounts: Vec<(LotLine, RwSignal<Units>)> =
        picked.into_iter().map(|line| (line.clone(), RwSignal::new(line.units))).collect();
    let (by, name, tracking) = (RwSignal::new(By::Driver), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let known = StoredValue::new(desk.detail.with_untracked(|detail| detail.carriers.clone()));
    // One of those that orders go to, by its place in the list; beyond them, another that is named.
    let chosen = RwSignal::new(0_usize);
    let rows = amounts
        .iter()
        .map(|(line, units)| {
            let item = lot_name(desk, &line.sku, &line.lot);
            let hint = language.field_picked(format::number(line.units));
            view! { <AmountField label=item.clone() name=item hint units=*units/> }
        })
        .collect_view();
    let amounts = StoredValue::new(amounts);
    let make = Callback::new(move |()| {
        let mut lines = Vec::new();
        for (line, units) in amounts.get_value() {
            let units = units.get_untracked();
            if units > line.units {
                return Err(language.take_too_many(desk.item_name(&line.sku), format::number(line.units)));
            }
            if units > 0 {
                lines.push(LotLine { units, ..line });
            }
        }
        if lines.is_empty() {
            return Err(language.take_nothing().to_owned());
        }
        let is_carrier = by.get_untracked() == By::Carrier;
        let known = known.with_value(|known| known.get(chosen.get_untracked()).cloned()).filter(|_| is_carrier);
        let name = known.or_else(|| words_of(name)).ok_or_else(|| language.take_name_needed().to_owned())?;
        let carriage = match by.get_untracked() {
            By::Driver => Carriage::Driver { name },
            By::Carrier => Carriage::Carrier { name, tracking: words_of(tracking) },
        };
        Ok(Step::HandedOver { lines, carriage })
    });
    let question = Callback::new(move |step: Step| {
        let units: Units = step.units().values().sum();
        let Step::HandedOver { carriage: Carriage::Driver { name } | Carriage::Carrier { name, .. }, .. } = step else {
            return String::new();
        };
        language.ask_hand_over_text(format::number(units), name)
    });
    let options =
        vec![(By::Driver, language.field_driver().to_owned()), (By::Carrier, language.field_carrier().to_owned())];
    let who = move || match by.get() {
        By::Driver => view! { <TextField label=language.field_driver_name() text=name/> }.into_any(),
        By::Carrier => view! {
            {known.with_value(|known| !known.is_empty()).then(|| carriers(known.get_value(), chosen))}
            {move || match known.with_value(|known| chosen.get() < known.len()) {
                true => view! { <p class="field__hint">{language.field_carrier_order()}</p> }.into_any(),
                false => view! { <TextField label=language.field_carrier_name() text=name/> }.into_any(),
            }}
            <TextField label=language.field_tracking() text=tracking/>
        }
        .into_any(),
    };
    view! {
        <StepForm desk store words=language.take_hand_over() done=language.take_done_handed() make question>
            {rows}
            <Choice legend=language.field_carriage() name="carriage" options chosen=by/>
            {who}
        </StepForm>
    }
}

/// The carriers that orders go to, and another.
fn carriers(known: Vec<String>, chosen: RwSignal<usize>) -> impl IntoView {
    let language = use_language();
    let other = known.len();
    let options = known.into_iter().chain([language.field_carrier_other().to_owned()]).enumerate();
    let option = |(at, name): (usize, String)| view! { <option value=at.to_string()>{name}</option> };
    view! {
        <label class="field">
            <span class="field__label">{language.field_carrier()}</span>
            <select
                class="select field__control"
                on:change:target=move |event| chosen.set(event.target().value().parse().unwrap_or(other))
            >
                {options.map(option).collect_view()}
            </select>
        </label>
    }
}

/// What a step says of each lot: picked from several places it is one.
pub(super) fn lots(detail: &TransferDetail, kind: StepKind) -> Vec<LotLine> {
    let mut lots: Vec<LotLine> = Vec::new();
    let mut add = |sku: &SkuCode, lot: &Option<Lot>, units: Units| match lots
        .iter_mut()
        .find(|line| (&line.sku, &line.lot) == (sku, lot))
    {
        Some(line) => line.units += units,
        None => lots.push(LotLine { sku: sku.clone(), units, lot: lot.clone() }),
    };
    match detail.transfer.step(kind).map(|taken| &taken.step) {
        Some(Step::Picked { lines }) => lines.iter().for_each(|line| add(&line.sku, &line.lot, line.units)),
        Some(Step::HandedOver { lines, .. }) => lines.iter().for_each(|line| add(&line.sku, &line.lot, line.units)),
        _ => {}
    }
    lots
}

/// An item with its lot.
pub(super) fn lot_name(desk: Desk, sku: &SkuCode, lot: &Option<Lot>) -> String {
    let item = desk.item_name(sku);
    match lot.as_ref().and_then(|lot| lot.batch.as_deref()) {
        Some(batch) => format!("{item} · {}", desk.language.field_lot(batch)),
        None => item,
    }
}
