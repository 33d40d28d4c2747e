//! Notices on this device: switched on by a tap, which is when the browser asks, and not before.

use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::device::push::{self, PushState};
use crate::session::use_session;
use crate::text::use_language;
use domain::message::preference::ChannelKind;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The switch of this device, with what to do where there is none.
#[component]
pub fn ThisDevice(
    /// What the browser needs to agree.
    key: String,
    /// Told once this device shows notices.
    set_up: Callback<(ChannelKind, bool)>,
) -> impl IntoView {
    let language = use_language();
    let person = StoredValue::new(use_session().viewer.map(|viewer| viewer.id));
    let key = StoredValue::new(key);
    // What this browser can do is known to it alone, so it is asked after hydration.
    let state = RwSignal::new(None::<PushState>);
    let (is_busy, has_failed) = (RwSignal::new(false), RwSignal::new(false));
    Effect::new(move |_| {
        let Some(person) = person.get_value() else { return };
        spawn_local(async move {
            let _ = state.try_set(Some(push::state(&person).await));
        });
    });
    let switch = move |_| {
        let Some(person) = person.get_value() else { return };
        is_busy.set(true);
        spawn_local(async move {
            let is_on = state.get_untracked() != Some(PushState::On);
            let switched = push::switch(&person, &key.get_value(), is_on).await;
            let _ = has_failed.try_set(switched.is_err());
            if let Ok(now) = switched {
                if now == PushState::On {
                    set_up.run((ChannelKind::WebPush, true));
                }
                let _ = state.try_set(Some(now));
            }
            let _ = is_busy.try_set(false);
        });
    };
    let said = move || match (has_failed.get(), state.get()) {
        (true, _) => language.push_failed(),
        (_, None) => "",
        (_, Some(PushState::Unsupported)) => language.push_unsupported(),
        (_, Some(PushState::NotInstalled)) => language.push_install(),
        (_, Some(PushState::Denied)) => language.push_denied(),
        (_, Some(PushState::Off)) => language.push_off(),
        (_, Some(PushState::On)) => language.push_on(),
    };
    let button = move || {
        let words = match state.get()? {
            PushState::Off => language.push_switch_on(),
            PushState::On => language.push_switch_off(),
            PushState::Unsupported | PushState::NotInstalled | PushState::Denied => return None,
        };
        let class = button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words);
        Some(view! { <button class=class type="button" disabled=is_busy on:click=switch>{words}</button> })
    };
    view! {
        <div class="account__way">
            <h3 class="account__way-title">{language.push_title()}</h3>
            <p class="muted" role="status">{said}</p>
            {button}
        </div>
    }
}
