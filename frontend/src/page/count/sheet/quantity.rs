//! The keypad: the total on the shelf, whatever was scanned so far.

use super::super::counter::Intent;
use super::super::desk::{Desk, Sheet};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::format;
use crate::scan::keypad::Keypad;
use crate::scan::sheet_frame::SheetFrame;
use domain::movement::Units;
use domain::tally::LineKey;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Asks for a line's total.
#[component]
pub fn QuantitySheet(desk: Desk, key: LineKey) -> impl IntoView {
    let language = desk.language;
    let (name, code, now) = desk.with(|counter| {
        let line = counter.tally.line(&key);
        let newest = line.and_then(domain::tally::Line::newest).map(|(_, units)| units);
        (counter.name(&key, language), counter.code(&key.item), line.map(|line| (line.units(), newest)))
    });
    let typed = RwSignal::new(String::new());
    let total = move || typed.with(|typed| typed.parse::<Units>().ok());
    let here = desk.here.get_untracked();
    let set = {
        let item = key.item.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            if let (Some(total), Some(here)) = (total(), here.clone()) {
                desk.record(Intent::SetTo { here, item: item.clone(), total });
                desk.sheet.set(Sheet::None);
            }
        }
    };
    let undo = {
        let key = key.clone();
        move |_| {
            desk.record(Intent::UndoLine(key.clone()));
            desk.sheet.set(Sheet::None);
        }
    };
    let newest = now.and_then(|(_, newest)| newest);
    let so_far = match now {
        Some((units, _)) => language.keypad_now(format::number(units)),
        None => language.keypad_uncounted().to_owned(),
    };
    let placeholder = now.map_or_else(|| "0".to_owned(), |(units, _)| units.to_string());
    let words = move || match total() {
        Some(units) => language.keypad_set(format::number(units)),
        None => language.keypad_type().to_owned(),
    };
    view! {
        <SheetFrame title=language.keypad_title() on_close=desk.close()>
            <form class="dialog__body" on:submit=set>
                <div>
                    <p class="count-sheet__name">{name}</p>
                    <p class="muted"><span class="code">{code}</span> " · " {so_far}</p>
                </div>
                <Keypad typed label=language.keypad_title() placeholder/>
                <div class="count-sheet__actions">
                    {newest.map(|units| view! {
                        <button
                            class=button_class(ButtonKind::Usual, ButtonSize::Large, ButtonWidth::Words)
                            type="button"
                            on:click=undo
                        >
                            <Icon glyph=Glyph::Undo/>
                            {language.undo_line(format::signed(units))}
                        </button>
                    })}
                    <button
                        class=button_class(ButtonKind::Tag, ButtonSize::Large, ButtonWidth::Words)
                        type="submit"
                        disabled=move || total().is_none()
                    >
                        {words}
                    </button>
                </div>
            </form>
        </SheetFrame>
    }
}
