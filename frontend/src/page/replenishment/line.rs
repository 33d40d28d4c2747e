//! One line: a row of the table, a card on a phone.

use super::Desk;
use crate::backend::ReplenishmentLine;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::format;
use crate::text::Language;
use crate::text::replenishment::{daily, tenths};
use crate::text::use_language;
use domain::instant::Timestamp;
use domain::replenishment::Cause;
use leptos::prelude::*;

/// A line.
#[component]
pub fn Line(
    /// What the lines share.
    desk: Desk,
    /// Its place among them.
    at: usize,
    /// The line.
    line: ReplenishmentLine,
    /// Whether the stores must be told apart.
    several: bool,
    /// The server's clock.
    now: Timestamp,
) -> impl IntoView {
    let language = use_language();
    let row = desk.rows.with_value(|rows| rows[at]);
    let found = line.suggestion;
    let stock = found.stock;
    let is_late = matches!(found.cause, Cause::SoldOut | Cause::SellsOutBeforeDelivery);
    let store = several.then(|| format!("{} {}", language.name(&line.store_name), line.store));
    let pack = (found.pack_units > 1).then(|| language.replenishment_pack(found.pack_units));
    let sub = [store, Some(line.sku.to_string()), pack].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let reserved =
        (stock.reserved_units > 0).then(|| language.replenishment_reserved(format::number(stock.reserved_units)));
    let coming = [
        (stock.in_transit_units, language.replenishment_in_transit(format::number(stock.in_transit_units))),
        (stock.asked_units, language.replenishment_asked(format::number(stock.asked_units))),
        (stock.on_order_units, language.replenishment_on_order(format::number(stock.on_order_units))),
    ];
    let n_coming = stock.in_transit_units + stock.asked_units + stock.on_order_units;
    let coming: Vec<String> = coming.into_iter().filter(|(units, _)| *units > 0).map(|(_, text)| text).collect();
    let cover = found.cover_tenths.map_or_else(|| "–".to_owned(), tenths);
    let changed = changed(&line, language, now);
    let nearby = line.nearby_units.filter(|units| *units > 0 && found.order_units > 0);
    let name = line.name.clone();
    let (store, sku) = (line.store.clone(), line.sku.clone());
    let cell = |label: &'static str, figure: String, sub: Option<String>| {
        view! {
            <td role="cell" class="number order-table__figure">
                <span class="order-table__label" aria-hidden="true">{label}</span>
                {figure}
                {sub.map(|sub| view! { <span class="table__sub">{sub}</span> })}
            </td>
        }
    };
    let may_act = row.may_act;
    let usual = button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words);
    let ghost = button_class(ButtonKind::Ghost, ButtonSize::Usual, ButtonWidth::Words);
    view! {
        <tr role="row" class="order-table__row" class:order-table__row--late=is_late>
            <td role="cell" class="order-table__tick">
                {may_act
                    .then(|| {
                        view! {
                            <label class="tick">
                                <input
                                    class="tick__input"
                                    type="checkbox"
                                    aria-label=language.replenishment_select_line(&name)
                                    prop:checked=move || row.is_selected.get()
                                    on:change=move |event| row.is_selected.set(event_target_checked(&event))
                                />
                            </label>
                        }
                    })}
            </td>
            <th scope="row" role="rowheader" class="order-table__item">
                {line.name}
                <span class="table__sub">{sub}</span>
                <span class="order-table__why">{language.why_order(&found)}</span>
                {changed.map(|text| view! { <span class="table__sub">{text}</span> })}
            </th>
            {cell(language.replenishment_on_hand(), format::number(stock.on_hand_units), reserved)}
            {cell(
                language.replenishment_coming(),
                format::number(n_coming),
                (!coming.is_empty()).then(|| coming.join(" · ")),
            )}
            {cell(language.replenishment_safety(), format::number(found.target.safety_units), None)}
            {cell(language.replenishment_daily(), daily(found.daily_milli), None)}
            {cell(language.replenishment_cover(), cover, None)}
            <td role="cell" class="number order-table__order">
                <span class="order-table__label" aria-hidden="true">{language.replenishment_order()}</span>
                {if may_act {
                    view! {
                        <input
                            class="field__control"
                            type="number"
                            inputmode="numeric"
                            min="1"
                            max="1000000"
                            step="1"
                            aria-label=language.replenishment_order_of(&name)
                            aria-invalid=move || row.units().is_none().to_string()
                            prop:value=move || row.typed.get()
                            value=row.typed.get_untracked()
                            on:input=move |event| {
                                row.typed.set(event_target_value(&event));
                                row.is_selected.set(true);
                            }
                        />
                    }
                        .into_any()
                } else {
                    format::number(found.order_units).into_any()
                }}
            </td>
            <td role="cell" class="order-table__actions">
                {nearby
                    .filter(|_| may_act)
                    .map(|units| {
                        let wanted = found.order_units;
                        let href = format!("/transfers/new?store={store}&sku={sku}&units={wanted}");
                        view! {
                            <a class=usual href=href>{language.replenishment_transfer(format::number(units))}</a>
                        }
                    })}
                {may_act
                    .then(|| {
                        view! {
                            <button class=ghost type="button" on:click=move |_| desk.setting.set(Some(at))>
                                {language.replenishment_override()}
                            </button>
                        }
                    })}
            </td>
        </tr>
    }
}

/// Who set what by hand, and why.
fn changed(line: &ReplenishmentLine, language: Language, now: Timestamp) -> Option<String> {
    let change = line.change.as_ref()?;
    let name = line.changed_by_name.clone().unwrap_or_default();
    let when = format::moment(change.at, now, line.zone_offset);
    Some(if change.overrides.is_empty() {
        language.replenishment_set_back(name, when, &change.reason)
    } else {
        language.replenishment_overridden(name, when, &change.reason)
    })
}
