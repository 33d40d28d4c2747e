//! Robots in the groups of stores: which are set, and setting them. A key is written, never shown.

use crate::backend::{BackendError, RobotRow, forget_robot, read_robots, set_robot};
use crate::component::badge::{Badge, Tone};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::text::use_language;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The robots, for whoever may set them.
#[component]
pub fn Robots() -> impl IntoView {
    let robots = Resource::new_blocking(|| (), |()| read_robots());
    let again = Callback::new(move |()| robots.refetch());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                robots.await.ok().flatten().map(|rows| view! { <Form rows again/> })
            })}
        </Suspense>
    }
}

#[component]
fn Form(rows: Vec<RobotRow>, again: Callback<()>) -> impl IntoView {
    let language = use_language();
    let first = rows.first().map(|row| row.store.to_string()).unwrap_or_default();
    let (store, key, secret) = (RwSignal::new(first), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let said = RwSignal::new("");
    let set = move |store: String, key: Option<(String, String)>| {
        spawn_local(async move {
            let done = match key {
                Some((key, secret)) => set_robot(store, key, Some(secret)).await,
                None => forget_robot(store).await,
            };
            match done {
                Ok(()) => {
                    let _ = said.try_set(language.telling_saved());
                    again.run(());
                }
                Err(BackendError::Malformed) => drop(said.try_set(language.robot_malformed())),
                Err(_) => drop(said.try_set(language.telling_not_saved())),
            }
        });
    };
    let options = rows
        .iter()
        .map(|row| view! { <option value=row.store.to_string()>{format!("{} {}", row.store, language.name(&row.name))}</option> })
        .collect_view();
    let listed = rows.into_iter().filter_map(|row| row.is_refused.map(|is_refused| (row, is_refused)));
    let listed = listed
        .map(|(row, is_refused)| {
            let state = match is_refused {
                false => view! { <Badge tone=Tone::Good>{language.robot_set()}</Badge> }.into_any(),
                true => view! { <Badge tone=Tone::Bad>{language.robot_refused()}</Badge> }.into_any(),
            };
            let code = row.store.to_string();
            let name = format!("{} {}", row.store, language.name(&row.name));
            let label = language.robot_remove_of(&name);
            view! {
                <li class="robot">
                    <span>{name} " " {state}</span>
                    <button
                        class=button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words)
                        type="button"
                        aria-label=label
                        on:click=move |_| set(code.clone(), None)
                    >
                        {language.robot_remove()}
                    </button>
                </li>
            }
        })
        .collect_view();
    let save = move |_| set(store.get_untracked(), Some((key.get_untracked(), secret.get_untracked())));
    view! {
        <section class="card">
            <div class="card__head">
                <h2 class="card__title">{language.robot_title()}</h2>
            </div>
            <div class="card__body account">
                <p class="muted">{language.robot_hint()}</p>
                <ul class="robots">{listed}</ul>
                <label class="field">
                    <span class="field__label">{language.robot_store()}</span>
                    <select class="select field__control" on:change=move |event| store.set(event_target_value(&event))>
                        {options}
                    </select>
                </label>
                <label class="field">
                    <span class="field__label">{language.robot_key()}</span>
                    <input
                        class="field__control"
                        type="password"
                        autocomplete="off"
                        on:input=move |event| key.set(event_target_value(&event))
                    />
                </label>
                <label class="field">
                    <span class="field__label">{language.robot_secret()}</span>
                    <input
                        class="field__control"
                        type="password"
                        autocomplete="off"
                        on:input=move |event| secret.set(event_target_value(&event))
                    />
                    <span class="field__hint">{language.robot_secret_hint()}</span>
                </label>
                <button
                    class=button_class(ButtonKind::Primary, ButtonSize::Usual, ButtonWidth::Words)
                    type="button"
                    on:click=save
                >
                    {language.telling_save()}
                </button>
                <p role="status">{said}</p>
            </div>
        </section>
    }
}
