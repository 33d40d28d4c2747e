//! The person's e-mail address: typed here, theirs once they have read a code there.

use crate::backend::{BackendError, MailChoice, confirm_address, forget_address, give_address};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::text::use_language;
use domain::message::preference::ChannelKind;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The address, and how to give one.
#[component]
pub fn MailAddress(
    /// How it stands.
    choice: MailChoice,
    /// Told once an address is confirmed, or forgotten.
    set_up: Callback<(ChannelKind, bool)>,
) -> impl IntoView {
    let language = use_language();
    let state = RwSignal::new(choice);
    let (typed, code) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (said, is_busy) = (RwSignal::new(""), RwSignal::new(false));
    let end = move |done: Result<&'static str, &'static str>| {
        let _ = said.try_set(done.unwrap_or_else(|failed| failed));
        let _ = is_busy.try_set(false);
    };
    let give = move |_| {
        is_busy.set(true);
        let address = typed.get_untracked();
        spawn_local(async move {
            let given = give_address(address.clone(), language.code().to_owned()).await;
            if given.is_ok() {
                let _ = state.try_update(|state| state.waiting = Some(address.trim().to_owned()));
            }
            end(match given {
                Ok(()) => Ok(language.mail_code_sent()),
                Err(BackendError::Malformed) => Err(language.mail_no_address()),
                Err(BackendError::TooManyAttempts { .. }) => Err(language.mail_too_often()),
                Err(_) => Err(language.mail_not_sent()),
            });
        });
    };
    let confirm = move |_| {
        is_busy.set(true);
        spawn_local(async move {
            let confirmed = confirm_address(code.get_untracked()).await;
            if confirmed.is_ok() {
                let _ = state.try_update(|state| state.address = state.waiting.take());
                set_up.run((ChannelKind::Email, true));
            }
            end(match confirmed {
                Ok(()) => Ok(language.mail_confirmed()),
                Err(BackendError::Malformed) => Err(language.mail_wrong_code()),
                Err(_) => Err(language.telling_not_saved()),
            });
        });
    };
    let forget = move |_| {
        is_busy.set(true);
        spawn_local(async move {
            let forgotten = forget_address().await;
            if forgotten.is_ok() {
                let _ = state.try_set(MailChoice { address: None, waiting: None });
                set_up.run((ChannelKind::Email, false));
            }
            end(forgotten.map(|()| language.telling_saved()).map_err(|_| language.telling_not_saved()));
        });
    };
    let usual = || button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words);
    let shown = move || match state.with(|state| state.address.clone()) {
        Some(address) => view! {
            <p>{language.mail_is(&address)}</p>
            <button class=usual() type="button" disabled=is_busy on:click=forget>{language.mail_forget()}</button>
        }
        .into_any(),
        None => view! {
            <label class="field">
                <span class="field__label">{language.mail_address()}</span>
                <input
                    class="field__control"
                    type="email"
                    autocomplete="email"
                    on:input=move |event| typed.set(event_target_value(&event))
                />
            </label>
            <button class=usual() type="button" disabled=is_busy on:click=give>{language.mail_send_code()}</button>
        }
        .into_any(),
    };
    let question = move || {
        state.with(|state| state.waiting.clone()).map(|address| {
            view! {
                <label class="field">
                    <span class="field__label">{language.mail_code_for(&address)}</span>
                    <input
                        class="field__control"
                        inputmode="numeric"
                        autocomplete="one-time-code"
                        maxlength="6"
                        on:input=move |event| code.set(event_target_value(&event))
                    />
                </label>
                <button class=usual() type="button" disabled=is_busy on:click=confirm>{language.mail_confirm()}</button>
            }
        })
    };
    view! {
        <div class="account__way">
            <h3 class="account__way-title">{language.mail_title()}</h3>
            <p class="muted">{language.mail_hint()}</p>
            {shown}
            {question}
            <p role="status">{said}</p>
        </div>
    }
}
