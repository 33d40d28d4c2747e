//! The word itself: an event that the device records, and what the ledger makes of it.

use crate::component::approval_count::ApprovalCount;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::component::word::{Saying, Word, WordAnswer};
use crate::text::use_language;
use domain::event::EventBody;
use domain::id::{EventId, StoreCode};
use domain::policy::Viewer;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Approves or declines.
#[component]
pub fn Decide(event: EventId, store: StoreCode, viewer: Viewer, reload: Callback<()>) -> impl IntoView {
    let language = use_language();
    let count = use_context::<ApprovalCount>();
    let word = Word::of(store, viewer.id);
    let is_declining = RwSignal::new(false);
    let note = RwSignal::new(String::new());
    // Once the ledger has answered, it awaits nobody any more.
    Effect::new(move |_| {
        if word.is_answered()
            && let Some(count) = count
        {
            count.refresh();
        }
    });
    let approve = move |_| word.say(EventBody::Approved { cites: event });
    let decline = move |submit: SubmitEvent| {
        submit.prevent_default();
        let text = note.get_untracked().trim().to_owned();
        if !text.is_empty() {
            word.say(EventBody::Declined { cites: event, note: Some(text) });
        }
    };
    let buttons = move || {
        view! {
            <div class="approvals__actions">
                <button
                    class=button_class(ButtonKind::Usual, ButtonSize::Large, ButtonWidth::Words)
                    type="button"
                    on:click=move |_| is_declining.set(true)
                >
                    {language.approvals_decline()}
                </button>
                <button
                    class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Words)
                    type="button"
                    on:click=approve
                >
                    <Icon glyph=Glyph::Check/>
                    {language.approvals_approve()}
                </button>
            </div>
        }
    };
    let note_id = format!("decline-{event}");
    let declining = move || {
        view! {
            <form class="approvals__note" on:submit=decline>
                <div class="field">
                    <label class="field__label" for=note_id.clone()>{language.approvals_decline_note()}</label>
                    <input
                        class="field__control"
                        id=note_id.clone()
                        type="text"
                        maxlength="256"
                        autofocus=true
                        prop:value=move || note.get()
                        on:input:target=move |event| note.set(event.target().value())
                    />
                    <p class="field__hint">{language.approvals_decline_needed()}</p>
                </div>
                <div class="approvals__actions">
                    <button
                        class=button_class(ButtonKind::Usual, ButtonSize::Large, ButtonWidth::Words)
                        type="button"
                        on:click=move |_| is_declining.set(false)
                    >
                        {language.close()}
                    </button>
                    <button
                        class=button_class(ButtonKind::Danger, ButtonSize::Large, ButtonWidth::Words)
                        type="submit"
                        disabled=move || note.with(|note| note.trim().is_empty())
                    >
                        {language.approvals_decline()}
                    </button>
                </div>
            </form>
        }
    };
    let may_speak = move || matches!(word.saying.get(), Saying::Open | Saying::NotKept(_));
    let done =
        Signal::derive(
            move || {
                if is_declining.get() { language.approvals_declined() } else { language.approvals_approved() }
            },
        );
    view! {
        <div class="approvals__decide" role="status">
            <WordAnswer word done seen=reload/>
            {move || {
                may_speak().then(|| if is_declining.get() { declining().into_any() } else { buttons().into_any() })
            }}
        </div>
    }
}
