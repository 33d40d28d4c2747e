//! Who am I, how do I like it on this device, and out.

mod leave;
mod mail;
mod push;
mod telling;

use crate::component::page_head::PageHead;
use crate::component::preference_form::{Preference, PreferenceForm};
use crate::session::use_session;
use crate::text::use_language;
use domain::policy::{Action, Scope};
use leptos::prelude::*;

/// The account page.
#[component]
pub fn AccountPage() -> impl IntoView {
    let language = use_language();
    let session = use_session();
    let may_count = session.may(Action::Count) || session.is_offline_shell;
    let is_online = session.viewer.is_some() && !session.is_offline_shell;
    let (name, sub) = match session.viewer {
        Some(viewer) => {
            let place = match (&session.place, &viewer.scope) {
                (Some(name), _) => language.name(name),
                (None, Scope::Store(code)) => code.to_string(),
                (None, Scope::Region(code)) => code.to_string(),
                (None, Scope::Chain) => language.scope_chain().to_owned(),
            };
            (viewer.name, format!("{} · {}", language.role(viewer.role), language.account_works_in(place)))
        }
        None => (language.account_title().to_owned(), String::new()),
    };
    let setting = move |preference: Preference, label: &'static str| {
        view! {
            <div class="account__setting">
                <span>{label}</span>
                <PreferenceForm preference label/>
            </div>
        }
    };
    view! {
        <div class="page page--narrow">
            <PageHead title=name sub=sub/>
            <section class="card">
                <div class="card__head">
                    <h2 class="card__title">{language.on_this_device()}</h2>
                </div>
                {setting(Preference::Language, language.language_label())}
                {setting(Preference::Theme, language.theme_label())}
                {may_count.then(|| setting(Preference::Hand, language.hand_label()))}
            </section>
            {is_online.then(|| view! { <telling::Telling/> })}
            <section class="card">
                <div class="card__head">
                    <h2 class="card__title">{language.session_label()}</h2>
                </div>
                <div class="card__body account">
                    <leave::Leave/>
                    {may_count.then(|| view! { <p class="muted">{language.sign_out_hint()}</p> })}
                </div>
            </section>
        </div>
    }
}
