//! The word itself: an event that the device records, and what the ledger makes of it.

use crate::component::approval_count::ApprovalCount;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::device::recorder::{Recorder, clock_offset_ms};
use crate::device::{Fate, StoreTrouble, put_away, use_device, watch_fate};
use crate::text::use_language;
use domain::event::EventBody;
use domain::id::{EventId, StoreCode};
use domain::policy::Viewer;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Where the decision stands.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// Nobody has said anything.
    Open,
    /// Why it is declined is being written.
    Declining,
    /// It is being written down.
    Keeping,
    /// On this device; the ledger's answer is awaited.
    Kept { is_approval: bool, id: EventId, fate: RwSignal<Fate> },
    /// The device could not keep it.
    NotKept(StoreTrouble),
}

/// Approves or declines.
#[component]
pub fn Decide(event: EventId, store: StoreCode, viewer: Viewer, reload: Callback<()>) -> impl IntoView {
    let language = use_language();
    let device = use_device();
    let count = use_context::<ApprovalCount>();
    let step = RwSignal::new(Step::Open);
    let note = RwSignal::new(String::new());
    let of = StoredValue::new((store, viewer.id));
    let owner = StoredValue::new_local(Owner::current());
    let record = move |body: EventBody, is_approval: bool| {
        step.set(Step::Keeping);
        spawn_local(async move {
            let Some((store, person)) = of.try_get_value() else { return };
            let kept = async {
                let recorder = Recorder::new(device, store, person).await?;
                recorder.keep(recorder.event(body, clock_offset_ms().await)).await
            };
            let next = match kept.await {
                Ok(kept) => {
                    let watch = || watch_fate(device, kept.id);
                    // What watches goes when the card goes.
                    let fate = owner.try_with_value(|owner| owner.as_ref().map(|owner| owner.with(watch))).flatten();
                    let Some(fate) = fate else { return };
                    Step::Kept { is_approval, id: kept.id, fate }
                }
                Err(trouble) => Step::NotKept(trouble),
            };
            let _ = step.try_set(next);
        });
    };
    // Once the ledger has answered, it awaits nobody any more.
    Effect::new(move |_| {
        if let Step::Kept { fate, .. } = step.get()
            && matches!(fate.get(), Fate::InLedger | Fate::Refused(_))
            && let Some(count) = count
        {
            count.refresh();
        }
    });
    let decline = move |submit: SubmitEvent| {
        submit.prevent_default();
        let text = note.get_untracked().trim().to_owned();
        if !text.is_empty() {
            record(EventBody::Declined { cites: event, note: Some(text) }, false);
        }
    };
    let buttons = move || {
        view! {
            <div class="approvals__actions">
                <button
                    class=button_class(ButtonKind::Usual, ButtonSize::Large, ButtonWidth::Words)
                    type="button"
                    on:click=move |_| step.set(Step::Declining)
                >
                    {language.approvals_decline()}
                </button>
                <button
                    class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Words)
                    type="button"
                    on:click=move |_| record(EventBody::Approved { cites: event }, true)
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
                        on:click=move |_| step.set(Step::Open)
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
    let answer = move |is_approval: bool, id: EventId, fate: RwSignal<Fate>| match fate.get() {
        Fate::Waiting => {
            let words = match device.sending.get() {
                Some(_) => language.approvals_kept(),
                None => language.approvals_sending(),
            };
            view! { <p class="approvals__answer">{words}</p> }.into_any()
        }
        Fate::InLedger => {
            let words = if is_approval { language.approvals_approved() } else { language.approvals_declined() };
            view! { <p class="approvals__answer approvals__answer--good"><Icon glyph=Glyph::Check/>{words}</p> }
                .into_any()
        }
        Fate::Refused(why) => {
            let seen = move |_| {
                put_away(id);
                reload.run(());
            };
            view! {
                <div class="approvals__answer approvals__answer--bad">
                    <p>{language.approvals_refused(language.refusal(&why))}</p>
                    <button class="button" type="button" on:click=seen>{language.understood()}</button>
                </div>
            }
            .into_any()
        }
        Fate::PutAway => ().into_any(),
    };
    view! {
        <div class="approvals__decide" role="status">
            {move || match step.get() {
                Step::Open => buttons().into_any(),
                Step::Declining => declining().into_any(),
                Step::Keeping => view! { <p class="approvals__answer">{language.approvals_sending()}</p> }.into_any(),
                Step::Kept { is_approval, id, fate } => answer(is_approval, id, fate),
                Step::NotKept(trouble) => view! {
                    <p class="approvals__answer approvals__answer--bad">{language.storing(trouble)}</p>
                    {buttons()}
                }
                .into_any(),
            }}
        </div>
    }
}
