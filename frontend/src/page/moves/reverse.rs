//! Reversing a movement: what that means, and why it is done.

use super::list::{Entry, Phone};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::format;
use crate::scan::sheet_frame::SheetFrame;
use crate::text::use_language;
use domain::event::EventBody;
use domain::movement::MovementKind;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::rc::Rc;

/// Asks whether, and why.
#[component]
pub fn ReverseSheet(phone: StoredValue<Rc<Phone>, LocalStorage>, entry: Entry, close: Callback<()>) -> impl IntoView {
    let language = use_language();
    let note = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<&'static str>);
    let is_busy = RwSignal::new(false);
    let word = if entry.is_awaiting() { language.moves_withdraw() } else { language.moves_reverse() };
    let moved = entry.movement.units_moved();
    let pieces = language.moves_pieces(moved.len(), format::number(moved.values().sum()));
    let what = format!("{} · {pieces}", language.movement(entry.movement.kind));
    let cites = entry.event.id;
    let why_not = phone.with_value(|phone| entry.why_not(phone, phone.now()));
    if let Some(why) = why_not {
        let is_sale = entry.movement.kind == MovementKind::Sale;
        let instead = is_sale.then(|| {
            view! {
                <a
                    class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Block)
                    href=format!("/move/{}", MovementKind::CustomerReturn.code())
                >
                    {language.movement(MovementKind::CustomerReturn)}
                </a>
            }
        });
        return view! {
            <SheetFrame title=language.moves_reverse_no_title() on_close=close>
                <div class="dialog__body">
                    <p class="count-sheet__name">{what}</p>
                    <p>{language.refusal(&why)}</p>
                    {instead}
                </div>
            </SheetFrame>
        }
        .into_any();
    }
    let reverse = move |event: SubmitEvent| {
        event.prevent_default();
        let text = note.get_untracked().trim().to_owned();
        if text.is_empty() {
            return wrong.set(Some(language.moves_reverse_note_needed()));
        }
        is_busy.set(true);
        let phone = phone.get_value();
        spawn_local(async move {
            let body = EventBody::Reversed { cites, note: Some(text) };
            let kept = phone.recorder.keep(phone.recorder.event(body, phone.offset_ms)).await;
            if is_busy.try_get_untracked().is_none() {
                return;
            }
            match kept {
                Ok(_) => close.run(()),
                Err(trouble) => {
                    is_busy.set(false);
                    wrong.set(Some(language.storing(trouble)));
                }
            }
        });
    };
    view! {
        <SheetFrame title=language.moves_reverse_title() on_close=close>
            <form class="dialog__body" on:submit=reverse>
                <p class="count-sheet__name">{what}</p>
                <p class="muted">{language.moves_reverse_text()}</p>
                <div class="field">
                    <label class="field__label" for="reverse-note">{language.moves_reverse_note()}</label>
                    <input
                        class="field__control field__control--large"
                        id="reverse-note"
                        type="text"
                        maxlength="256"
                        autofocus=true
                        placeholder=language.moves_reverse_note_hint()
                        aria-invalid=move || wrong.get().is_some().to_string()
                        prop:value=move || note.get()
                        on:input:target=move |event| note.set(event.target().value())
                    />
                    <div role="alert">
                        {move || wrong.get().map(|why| view! {
                            <p class="field__error"><Icon glyph=Glyph::Warning/><span>{why}</span></p>
                        })}
                    </div>
                </div>
                <button
                    class=button_class(ButtonKind::Danger, ButtonSize::Large, ButtonWidth::Block)
                    type="submit"
                    disabled=move || is_busy.get()
                >
                    {word}
                </button>
            </form>
        </SheetFrame>
    }
    .into_any()
}
