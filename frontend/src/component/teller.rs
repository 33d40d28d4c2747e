//! Does something in the ledger from a page, and says how it went.

use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::device::{Deed, Device, Told, tell, use_device};
use crate::session::use_session;
use crate::text::{Language, use_language};
use domain::event::EventBody;
use domain::id::{PersonId, StoreCode};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How the last thing went.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    Well(String),
    Badly(String),
}

/// Records events of the viewer in a store and shows the ledger's answer.
#[derive(Debug, Clone, Copy)]
pub struct Teller {
    device: Device,
    language: Language,
    store: StoredValue<StoreCode>,
    person: StoredValue<Option<PersonId>>,
    is_busy: RwSignal<bool>,
    said: RwSignal<Option<Said>>,
}

/// A teller for the page being shown.
#[must_use]
pub fn use_teller(store: StoreCode) -> Teller {
    Teller {
        device: use_device(),
        language: use_language(),
        store: StoredValue::new(store),
        person: StoredValue::new(use_session().viewer.map(|viewer| viewer.id)),
        is_busy: RwSignal::new(false),
        said: RwSignal::new(None),
    }
}

impl Teller {
    /// Whether an answer is being waited for: nothing else can be told meanwhile.
    #[must_use]
    pub fn is_busy(self) -> bool {
        self.is_busy.get()
    }

    /// Tells the ledger; where all is taken, says `done` and runs `then`.
    pub fn tell(self, bodies: Vec<EventBody>, done: String, then: Callback<()>) {
        self.tell_in(self.store.get_value(), bodies, done, then);
    }

    /// The same in another store's name, for those who answer for several.
    pub fn tell_in(self, store: StoreCode, bodies: Vec<EventBody>, done: String, then: Callback<()>) {
        self.tell_deeds_in(store, bodies.into_iter().map(Deed::from).collect(), done, then);
    }

    /// As [`Teller::tell`], of what did not all happen just now.
    pub fn tell_deeds(self, deeds: Vec<Deed>, done: String, then: Callback<()>) {
        self.tell_deeds_in(self.store.get_value(), deeds, done, then);
    }

    fn tell_deeds_in(self, store: StoreCode, deeds: Vec<Deed>, done: String, then: Callback<()>) {
        let Some(person) = self.person.get_value() else { return };
        if self.is_busy.get_untracked() || deeds.is_empty() {
            return;
        }
        self.is_busy.set(true);
        self.said.set(None);
        spawn_local(async move {
            let told = tell(self.device, store, person, deeds).await;
            // The page may have been left: then nobody wants to know.
            if self.is_busy.try_set(false).is_some() {
                return;
            }
            match told.trouble(self.language) {
                Some(trouble) => self.said.set(Some(Said::Badly(trouble))),
                None => self.said.set(Some(Said::Well(done))),
            }
            if told == Told::Taken {
                then.run(());
            }
        });
    }

    /// Who tells; nobody where nobody is signed in.
    #[must_use]
    pub fn person(self) -> Option<PersonId> {
        self.person.get_value()
    }

    /// Says something about what was typed, without telling the ledger.
    pub fn object(self, why: String) {
        self.said.set(Some(Said::Badly(why)));
    }
}

/// How the last thing went, said aloud.
#[component]
pub fn TellerAnswer(
    /// Who was told.
    teller: Teller,
) -> impl IntoView {
    let language = use_language();
    move || {
        if teller.is_busy.get() {
            return Some(view! { <Banner tone=Tone::Info>{language.working()}</Banner> }.into_any());
        }
        teller.said.get().map(|said| match said {
            Said::Well(text) => view! { <Banner tone=Tone::Good>{text}</Banner> }.into_any(),
            Said::Badly(text) => view! { <Banner tone=Tone::Bad>{text}</Banner> }.into_any(),
        })
    }
}
