//! Reversing a movement from its trace: for those who may approve in the store, whoever recorded it, on whatever phone.

use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::component::word::{Saying, Word, WordAnswer};
use crate::session::use_session;
use crate::text::use_language;
use domain::event::EventBody;
use domain::id::{EventId, StoreCode};
use domain::policy::Action;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// The button, and behind it the question why. The ledger judges: its refusal says what is to be done instead.
#[component]
pub fn Reverse(event: EventId, store: StoreCode) -> impl IntoView {
    let language = use_language();
    let session = use_session();
    let viewer = session.viewer.clone().filter(|_| session.may(Action::Approve));
    let Some(viewer) = viewer else { return ().into_any() };
    let word = Word::of(store, viewer.id);
    let is_asked = RwSignal::new(false);
    let note = RwSignal::new(String::new());
    let is_missing = RwSignal::new(false);
    let reverse = move |submit: SubmitEvent| {
        submit.prevent_default();
        let text = note.get_untracked().trim().to_owned();
        if text.is_empty() {
            return is_missing.set(true);
        }
        word.say(EventBody::Reversed { cites: event, note: Some(text) });
    };
    let ask = move || {
        view! {
            <button class="button" type="button" on:click=move |_| is_asked.set(true)>
                {language.moves_reverse()}
            </button>
        }
    };
    let note_id = format!("reverse-{event}");
    let asked = move || {
        view! {
            <form class="approvals__note" on:submit=reverse>
                <p class="muted">{language.moves_reverse_text()}</p>
                <div class="field">
                    <label class="field__label" for=note_id.clone()>{language.moves_reverse_note()}</label>
                    <input
                        class="field__control"
                        id=note_id.clone()
                        type="text"
                        maxlength="256"
                        autofocus=true
                        placeholder=language.moves_reverse_note_hint()
                        aria-invalid=move || is_missing.get().to_string()
                        prop:value=move || note.get()
                        on:input:target=move |event| {
                            note.set(event.target().value());
                            is_missing.set(false);
                        }
                    />
                    <div role="alert">
                        {move || is_missing.get().then(|| view! {
                            <p class="field__error">
                                <Icon glyph=Glyph::Warning/>
                                <span>{language.moves_reverse_note_needed()}</span>
                            </p>
                        })}
                    </div>
                </div>
                <div class="approvals__actions">
                    <button class="button" type="button" on:click=move |_| is_asked.set(false)>
                        {language.close()}
                    </button>
                    <button
                        class=button_class(ButtonKind::Danger, ButtonSize::Usual, ButtonWidth::Words)
                        type="submit"
                    >
                        {language.moves_reverse()}
                    </button>
                </div>
            </form>
        }
    };
    let may_speak = move || matches!(word.saying.get(), Saying::Open | Saying::NotKept(_));
    let again = Callback::new(move |()| {
        is_asked.set(false);
        word.saying.set(Saying::Open);
    });
    view! {
        <div class="step__reverse" role="status">
            <WordAnswer word done=Signal::derive(move || language.step_reversed()) seen=again/>
            {move || may_speak().then(|| if is_asked.get() { asked().into_any() } else { ask().into_any() })}
        </div>
    }
    .into_any()
}
