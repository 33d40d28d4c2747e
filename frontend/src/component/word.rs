//! One event that a page at a desk records about another, and what the ledger makes of it.

use crate::component::icon::{Glyph, Icon};
use crate::device::recorder::{Recorder, clock_offset_ms};
use crate::device::{Fate, StoreTrouble, put_away, use_device, watch_fate};
use crate::text::use_language;
use domain::event::EventBody;
use domain::id::{EventId, PersonId, StoreCode};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Where the word stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Saying {
    /// Nothing was said.
    Open,
    /// It is being written down.
    Keeping,
    /// On this device; the ledger's answer is awaited.
    Kept {
        /// The event.
        id: EventId,
        /// What became of it.
        fate: RwSignal<Fate>,
    },
    /// The device could not keep it.
    NotKept(StoreTrouble),
}

/// A word that a person may say once.
#[derive(Clone, Copy)]
pub struct Word {
    /// Where it stands.
    pub saying: RwSignal<Saying>,
    of: StoredValue<(StoreCode, PersonId)>,
    owner: StoredValue<Option<Owner>, LocalStorage>,
}

impl Word {
    /// A word of the person about something of the store. What watches its fate goes with the component.
    pub fn of(store: StoreCode, person: PersonId) -> Self {
        Self {
            saying: RwSignal::new(Saying::Open),
            of: StoredValue::new((store, person)),
            owner: StoredValue::new_local(Owner::current()),
        }
    }

    /// Records it on this device, from where it is sent.
    pub fn say(self, body: EventBody) {
        let device = use_device();
        self.saying.set(Saying::Keeping);
        spawn_local(async move {
            let Some((store, person)) = self.of.try_get_value() else { return };
            let kept = async {
                let recorder = Recorder::new(device, store, person).await?;
                recorder.keep(recorder.event(body, clock_offset_ms().await)).await
            };
            let next = match kept.await {
                Ok(kept) => {
                    let watch = || watch_fate(device, kept.id);
                    let fate = self.owner.try_with_value(|owner| owner.as_ref().map(|owner| owner.with(watch)));
                    let Some(fate) = fate.flatten() else { return };
                    Saying::Kept { id: kept.id, fate }
                }
                Err(trouble) => Saying::NotKept(trouble),
            };
            let _ = self.saying.try_set(next);
        });
    }

    /// Whether the ledger has answered.
    pub fn is_answered(self) -> bool {
        match self.saying.get() {
            Saying::Kept { fate, .. } => matches!(fate.get(), Fate::InLedger | Fate::Refused(_)),
            _ => false,
        }
    }
}

/// What became of a word; nothing while none was said.
#[component]
pub fn WordAnswer(
    /// The word.
    word: Word,
    /// What it means once the ledger has it.
    #[prop(into)]
    done: Signal<&'static str>,
    /// After a refusal was read.
    seen: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let device = use_device();
    let answer = move |id: EventId, fate: RwSignal<Fate>| match fate.get() {
        Fate::Waiting => {
            let words = match device.sending.get() {
                Some(_) => language.approvals_kept(),
                None => language.approvals_sending(),
            };
            view! { <p class="word-answer">{words}</p> }.into_any()
        }
        Fate::InLedger => {
            view! { <p class="word-answer word-answer--good"><Icon glyph=Glyph::Check/>{done.get()}</p> }.into_any()
        }
        Fate::Refused(why) => {
            let put_away = move |_| {
                put_away(id);
                seen.run(());
            };
            view! {
                <div class="word-answer word-answer--bad">
                    <p>{language.approvals_refused(language.refusal(&why))}</p>
                    <button class="button" type="button" on:click=put_away>{language.understood()}</button>
                </div>
            }
            .into_any()
        }
        Fate::PutAway => ().into_any(),
    };
    move || match word.saying.get() {
        Saying::Open => ().into_any(),
        Saying::Keeping => view! { <p class="word-answer">{language.approvals_sending()}</p> }.into_any(),
        Saying::Kept { id, fate } => answer(id, fate),
        Saying::NotKept(trouble) => {
            view! { <p class="word-answer word-answer--bad">{language.storing(trouble)}</p> }.into_any()
        }
    }
}
