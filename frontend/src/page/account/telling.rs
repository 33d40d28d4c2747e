//! How the person is told: channels within what the chain allows, and when they are left alone.

use super::mail::MailAddress;
use super::push::ThisDevice;
use crate::backend::{TellingChoice, choose_telling, read_telling};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::format;
use crate::text::use_language;
use domain::message::preference::{ChannelKind, Preference};
use domain::quiet::QuietHours;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeSet;

/// Nobody is told anything from 22:00 to 7:00, once they ask for quiet hours.
const NIGHT: QuietHours = QuietHours { from_min: 22 * 60, to_min: 7 * 60 };

/// The choice, for whoever is signed in.
#[component]
pub fn Telling() -> impl IntoView {
    let choice = Resource::new_blocking(|| (), |()| read_telling());
    view! {
        <Suspense>
            {move || Suspend::new(async move { choice.await.ok().map(|choice| view! { <Form choice/> }) })}
        </Suspense>
    }
}

#[component]
fn Form(choice: TellingChoice) -> impl IntoView {
    let language = use_language();
    let TellingChoice { channels, preference, push_key, mail } = choice;
    let chosen = RwSignal::new(preference);
    let said = RwSignal::new(String::new());
    // Some are set up on this very page.
    let known: BTreeSet<ChannelKind> =
        channels.iter().filter(|(.., is_known)| *is_known).map(|(channel, ..)| *channel).collect();
    let known = RwSignal::new(known);
    let set_up = Callback::new(move |(channel, is_known): (ChannelKind, bool)| {
        known.update(|known| {
            if is_known {
                known.insert(channel)
            } else {
                known.remove(&channel)
            };
        });
        if is_known {
            chosen.update(|chosen| {
                chosen.channels.insert(channel);
            });
        }
    });
    let tick = |label: Signal<String>, is_on: Signal<bool>, toggle: Callback<()>, is_off: Signal<bool>| {
        view! {
            <label class="tick">
                <input
                    type="checkbox"
                    class="tick__input"
                    prop:checked=is_on
                    disabled=is_off
                    on:change=move |_| toggle.run(())
                />
                <span>{label}</span>
            </label>
        }
    };
    let rows = channels
        .into_iter()
        .map(|(channel, ..)| {
            let name = language.channel(channel);
            let is_unknown = Signal::derive(move || known.with(|known| !known.contains(&channel)));
            let label = Signal::derive(move || match (is_unknown.get(), channel.is_registered()) {
                (false, _) => name.to_owned(),
                (true, true) => language.telling_unknown(name),
                (true, false) => language.telling_own(name),
            });
            let is_on = Signal::derive(move || chosen.with(|chosen| chosen.channels.contains(&channel)));
            let toggle = Callback::new(move |()| {
                chosen.update(|chosen| {
                    if !chosen.channels.remove(&channel) {
                        chosen.channels.insert(channel);
                    }
                });
            });
            tick(label, is_on, toggle, is_unknown)
        })
        .collect_view();
    let always = Signal::stored(true);
    let inbox = Signal::stored(language.channel(ChannelKind::Inbox).to_owned());
    let inbox = tick(inbox, always, Callback::new(|()| {}), always);
    let is_quiet = Signal::derive(move || chosen.with(|chosen| chosen.quiet.is_some()));
    let toggle_quiet = Callback::new(move |()| {
        chosen.update(|chosen| chosen.quiet = if chosen.quiet.is_some() { None } else { Some(NIGHT) });
    });
    let quiet = Signal::stored(language.telling_quiet().to_owned());
    let quiet = tick(quiet, is_quiet, toggle_quiet, Signal::stored(false));
    let times = move || {
        is_quiet.get().then(|| {
            let time = move |label: &'static str, of: fn(&mut QuietHours) -> &mut u16| {
                let shown = chosen.with_untracked(|chosen| {
                    let mut hours = chosen.quiet.unwrap_or(NIGHT);
                    format::time_of_day(*of(&mut hours))
                });
                let set = move |event| {
                    let Some(minute) = format::parse_time_of_day(&event_target_value(&event)) else { return };
                    chosen.update(|chosen| {
                        if let Some(hours) = &mut chosen.quiet {
                            *of(hours) = minute;
                        }
                    });
                };
                view! {
                    <label class="field">
                        <span class="field__label">{label}</span>
                        <input class="field__control" type="time" value=shown on:change=set/>
                    </label>
                }
            };
            view! {
                {time(language.telling_from(), |hours| &mut hours.from_min)}
                {time(language.telling_to(), |hours| &mut hours.to_min)}
            }
        })
    };
    let save = move |_| {
        let preference = Preference { language: Some(language.code().to_owned()), ..chosen.get_untracked() };
        spawn_local(async move {
            let json = serde_json::to_string(&preference).expect("a preference is plain data");
            let text = match choose_telling(json).await {
                Ok(()) => language.telling_saved(),
                Err(_) => language.telling_not_saved(),
            };
            let _ = said.try_set(text.to_owned());
        });
    };
    let primary = button_class(ButtonKind::Primary, ButtonSize::Usual, ButtonWidth::Words);
    view! {
        <section class="card">
            <div class="card__head">
                <h2 class="card__title">{language.telling_title()}</h2>
            </div>
            <div class="card__body account">
                <p class="muted">{language.telling_hint()}</p>
                {inbox}
                {rows}
                {quiet}
                {times}
                <button class=primary type="button" on:click=save>{language.telling_save()}</button>
                <p role="status">{said}</p>
                {mail.map(|choice| view! { <MailAddress choice set_up/> })}
                {push_key.map(|key| view! { <ThisDevice key set_up/> })}
            </div>
        </section>
    }
}
