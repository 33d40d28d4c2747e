//! A code nobody knows: it is recorded already; a name may be added.

use super::super::counter::Intent;
use super::super::desk::{Desk, Sheet};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::scan::sheet_frame::SheetFrame;
use domain::accept::TEXT_MAX_CHARS;
use domain::tally::{LineItem, LineKey};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Asks what a code is.
#[component]
pub fn UnknownSheet(desk: Desk, key: LineKey) -> impl IntoView {
    let language = desk.language;
    let code = match &key.item {
        LineItem::Unknown(code) => code.clone(),
        LineItem::Known(sku) => sku.to_string(),
    };
    let name = RwSignal::new(String::new());
    let here = desk.here.get_untracked();
    let save = {
        let code = code.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            let name = name.get_untracked().trim().to_owned();
            if let (false, Some(here)) = (name.is_empty(), here.clone()) {
                desk.record(Intent::Name { here, code: code.clone(), name });
                desk.sheet.set(Sheet::None);
            }
        }
    };
    view! {
        <SheetFrame title=language.unknown_title() on_close=desk.close()>
            <form class="dialog__body" on:submit=save>
                <p class="count-sheet__code code">{code}</p>
                <p>{language.unknown_text()}</p>
                <div class="field">
                    <label class="field__label" for="unknown-name">{language.unknown_name_label()}</label>
                    <input
                        class="field__control field__control--large"
                        id="unknown-name"
                        autofocus=true
                        type="text"
                        autocomplete="off"
                        maxlength=TEXT_MAX_CHARS.to_string()
                        prop:value=move || name.get()
                        on:input:target=move |event| name.set(event.target().value())
                    />
                </div>
                <div class="count-sheet__actions">
                    <button
                        class=button_class(ButtonKind::Usual, ButtonSize::Large, ButtonWidth::Words)
                        type="button"
                        on:click=move |_| desk.sheet.set(Sheet::None)
                    >
                        {language.unknown_leave()}
                    </button>
                    <button
                        class=button_class(ButtonKind::Tag, ButtonSize::Large, ButtonWidth::Words)
                        type="submit"
                        disabled=move || name.with(|name| name.trim().is_empty())
                    >
                        {language.unknown_save()}
                    </button>
                </div>
            </form>
        </SheetFrame>
    }
}
