//! One line: how many, how many damaged, for how much.

use super::compose::sub_of;
use super::desk::{MoveDesk, Sheet};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::format;
use crate::scan::keypad::Keypad;
use crate::scan::sheet_frame::SheetFrame;
use domain::draft::DraftKey;
use domain::movement::{MovementKind, Units};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Asks for a line's figures.
#[component]
pub fn LineSheet(desk: MoveDesk, key: DraftKey) -> impl IntoView {
    let language = desk.language;
    let kind = desk.kind();
    let (units, damaged, price, paid) = desk.draft.with_untracked(|draft| {
        let line = draft.line(&key);
        (
            line.map_or(0, |line| line.units),
            line.map_or(0, |line| line.damaged_units),
            draft.price_minor(&key.0),
            draft.sold(&key.0).map(|sold| sold.paid_minor),
        )
    });
    let typed = RwSignal::new(String::new());
    let damaged_typed = RwSignal::new(if damaged > 0 { damaged.to_string() } else { String::new() });
    let price_typed = RwSignal::new(price.map_or_else(String::new, |minor| format::money(minor).replace('¥', "")));
    let wrong = RwSignal::new(None::<String>);
    let has_damage = matches!(kind, MovementKind::Receipt | MovementKind::CustomerReturn);
    let has_price = matches!(kind, MovementKind::Sale | MovementKind::CustomerReturn);
    let close = Callback::new(move |()| desk.sheet.set(Sheet::None));
    let set = {
        let key = key.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            let total = typed.with_untracked(|typed| typed.parse::<Units>().ok()).unwrap_or(units);
            let damaged = damaged_typed.with_untracked(|typed| typed.parse::<Units>().ok()).unwrap_or(0);
            let price_text = price_typed.get_untracked();
            let price = match (has_price && !price_text.trim().is_empty(), format::parse_money(&price_text)) {
                (false, _) => None,
                (true, Some(minor)) => Some(minor),
                (true, None) => return wrong.set(Some(language.edit_price_bad().to_owned())),
            };
            let changed = desk.edit(|draft| {
                draft.set_units(&key, total)?;
                if has_damage {
                    draft.set_damaged(&key, damaged);
                }
                price.map_or(Ok(()), |minor| draft.set_price(&key.0, minor))
            });
            match changed {
                Ok(()) => {
                    desk.sheet.set(Sheet::None);
                    desk.show_touched(key.clone());
                }
                Err(error) => wrong.set(Some(language.draft_error(error))),
            }
        }
    };
    let remove = {
        let key = key.clone();
        move |_| {
            // Nothing is more than none.
            let _ = desk.edit(|draft| draft.set_units(&key, 0));
            desk.sheet.set(Sheet::None);
        }
    };
    let words = move || match typed.with(|typed| typed.parse::<Units>().ok()) {
        Some(units) => language.edit_set(format::number(units)),
        None => language.edit_keep().to_owned(),
    };
    let digits = |signal: RwSignal<String>| {
        move |event: leptos::ev::Targeted<web_sys::Event, web_sys::HtmlInputElement>| {
            signal.set(event.target().value().chars().filter(char::is_ascii_digit).take(7).collect());
        }
    };
    let damage_hint = match kind {
        MovementKind::Receipt => language.edit_damaged_receipt(),
        _ => language.edit_damaged_return(),
    };
    let price_label = match kind {
        MovementKind::Sale => language.edit_price_sale(),
        _ => language.edit_price_refund(),
    };
    view! {
        <SheetFrame title=language.edit_title() on_close=close>
            <form class="dialog__body" on:submit=set>
                <div>
                    <p class="count-sheet__name">{desk.name(&key.0)}</p>
                    <p class="muted">
                        {sub_of(desk, &key.0, key.1.as_ref())} " · " {language.edit_now(format::number(units))}
                    </p>
                </div>
                <Keypad typed label=language.edit_title() placeholder=units.to_string()/>
                {has_damage.then(|| view! {
                    <div class="field">
                        <label class="field__label" for="line-damaged">{language.edit_damaged()}</label>
                        <input
                            class="field__control"
                            id="line-damaged"
                            type="text"
                            inputmode="numeric"
                            autocomplete="off"
                            placeholder="0"
                            aria-describedby="line-damaged-hint"
                            prop:value=move || damaged_typed.get()
                            on:input:target=digits(damaged_typed)
                        />
                        <p class="field__hint" id="line-damaged-hint">{damage_hint}</p>
                    </div>
                })}
                {has_price.then(|| view! {
                    <div class="field">
                        <label class="field__label" for="line-price">{price_label}</label>
                        <input
                            class="field__control"
                            id="line-price"
                            type="text"
                            inputmode="decimal"
                            autocomplete="off"
                            prop:value=move || price_typed.get()
                            on:input:target=move |event| price_typed.set(event.target().value())
                        />
                        {paid.map(|minor| view! {
                            <p class="field__hint">{language.edit_price_paid(format::money(minor))}</p>
                        })}
                    </div>
                })}
                <div role="alert">
                    {move || wrong.get().map(|why| view! {
                        <p class="field__error"><Icon glyph=Glyph::Warning/><span>{why}</span></p>
                    })}
                </div>
                <div class="count-sheet__actions">
                    {(units > 0).then(|| view! {
                        <button
                            class=button_class(ButtonKind::Usual, ButtonSize::Large, ButtonWidth::Words)
                            type="button"
                            on:click=remove
                        >
                            {language.edit_remove()}
                        </button>
                    })}
                    <button class=button_class(ButtonKind::Tag, ButtonSize::Large, ButtonWidth::Words) type="submit">
                        {words}
                    </button>
                </div>
            </form>
        </SheetFrame>
    }
}
