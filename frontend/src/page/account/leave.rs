//! Signing out. Whoever leaves unsent work on the device is told first; without script the forms do it at once.

use crate::backend::BackendError;
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::dialog::Dialog;
use crate::device::OutboxSummary;
use crate::device::leaving::{sign_out, unsent};
use crate::text::use_language;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// This device.
    Here,
    /// Every device.
    Everywhere,
}

impl Way {
    /// Where the form goes.
    fn form(self) -> &'static str {
        match self {
            Self::Here => "/fn/sign_out",
            Self::Everywhere => "/fn/sign_out_everywhere",
        }
    }

    /// The same for a script.
    fn route(self) -> &'static str {
        match self {
            Self::Here => "/api/v1/sign-out",
            Self::Everywhere => "/api/v1/sign-out-everywhere",
        }
    }
}

/// How far leaving has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Leaving {
    /// Nobody wants to.
    #[default]
    No,
    /// Something is unsent, and the person is asked.
    Asked(Way, OutboxSummary),
    /// Under way.
    Going,
    /// The session could not be ended.
    Failed(BackendError),
}

/// The two ways out.
#[component]
pub fn Leave() -> impl IntoView {
    let language = use_language();
    let leaving = RwSignal::new(Leaving::No);
    let is_going = move || leaving.with(|leaving| *leaving == Leaving::Going);
    let form = move |way: Way, kind: ButtonKind, words: &'static str| {
        let class = button_class(kind, ButtonSize::Usual, ButtonWidth::Words);
        let submit = move |event: SubmitEvent| {
            event.prevent_default();
            spawn_local(ask_or_go(way, leaving));
        };
        view! {
            <form method="post" action=way.form() on:submit=submit>
                <button class=class type="submit" disabled=is_going>{words}</button>
            </form>
        }
    };
    let asked = Memo::new(move |_| match leaving.get() {
        Leaving::Asked(way, outbox) => Some((way, outbox)),
        _ => None,
    });
    let failed = move || match leaving.get() {
        Leaving::Failed(error) => {
            let (title, text) = language.problem(&error);
            let text = if error == BackendError::Unreachable { language.sign_out_unreachable() } else { text };
            Some(view! {
                <Banner tone=Tone::Bad>
                    <p><strong>{title}</strong></p>
                    <p>{text}</p>
                </Banner>
            })
        }
        _ => None,
    };
    view! {
        <div class="account__leave">
            {form(Way::Here, ButtonKind::Usual, language.sign_out())}
            {form(Way::Everywhere, ButtonKind::Danger, language.sign_out_everywhere())}
        </div>
        {failed}
        {move || asked.get().map(|(way, outbox)| view! { <Question way outbox leaving/> })}
    }
}

/// Says what stays behind, and asks.
#[component]
fn Question(way: Way, outbox: OutboxSummary, leaving: RwSignal<Leaving>) -> impl IntoView {
    let language = use_language();
    let n_own = outbox.n_pending + outbox.n_parked;
    let (n_photos, n_others) = (outbox.n_photos, outbox.n_pending_others);
    let stay = move || leaving.set(Leaving::No);
    view! {
        <Dialog title=language.sign_out_unsent_title() close=move |()| stay()>
            <div class="dialog__body">
                {(n_own > 0).then(|| view! { <p>{language.sign_out_unsent(n_own)}</p> })}
                {(n_photos > 0).then(|| view! { <p>{language.sign_out_photos(n_photos)}</p> })}
                {(n_others > 0).then(|| view! { <p>{language.outbox_others(n_others)}</p> })}
                <p class="muted">{language.sign_out_keep_data()}</p>
            </div>
            <div class="dialog__actions">
                <button
                    class=button_class(ButtonKind::Danger, ButtonSize::Usual, ButtonWidth::Words)
                    type="button"
                    on:click=move |_| spawn_local(go(way, leaving))
                >
                    {language.sign_out_anyway()}
                </button>
                <button
                    class=button_class(ButtonKind::Primary, ButtonSize::Usual, ButtonWidth::Words)
                    type="button"
                    autofocus=true
                    on:click=move |_| stay()
                >
                    {language.sign_out_stay()}
                </button>
            </div>
        </Dialog>
    }
}

async fn ask_or_go(way: Way, leaving: RwSignal<Leaving>) {
    let outbox = unsent().await;
    if outbox.n_pending + outbox.n_parked + outbox.n_photos + outbox.n_pending_others > 0 {
        leaving.set(Leaving::Asked(way, outbox));
    } else {
        go(way, leaving).await;
    }
}

async fn go(way: Way, leaving: RwSignal<Leaving>) {
    leaving.set(Leaving::Going);
    if let Err(error) = sign_out(way.route()).await {
        leaving.set(Leaving::Failed(error));
    }
}
