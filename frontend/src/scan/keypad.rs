//! The keypad: a whole number under the thumb, or from the keys.

use crate::component::icon::{Glyph, Icon};
use crate::text::use_language;
use leptos::prelude::*;

/// Digits of the largest quantity.
const DIGITS_MAX: usize = 7;

/// A field with its digits below it.
#[component]
pub fn Keypad(
    /// What has been typed: digits only, nothing for no number yet.
    typed: RwSignal<String>,
    /// What is asked for.
    #[prop(into)]
    label: String,
    /// Shown while nothing is typed.
    #[prop(into)]
    placeholder: String,
) -> impl IntoView {
    let language = use_language();
    let put = move |digit: char| {
        typed.update(|typed| {
            if typed == "0" {
                typed.clear();
            }
            if typed.len() < DIGITS_MAX {
                typed.push(digit);
            }
        });
    };
    let write = move |text: String| {
        typed.set(text.chars().filter(char::is_ascii_digit).take(DIGITS_MAX).collect());
    };
    let digit = move |digit: char| {
        view! {
            <button class="keypad__key" type="button" on:click=move |_| put(digit)>
                {digit.to_string()}
            </button>
        }
    };
    view! {
        <input
            class="keypad__shown"
            autofocus=true
            type="text"
            inputmode="none"
            autocomplete="off"
            aria-label=label
            placeholder=placeholder
            prop:value=move || typed.get()
            on:input:target=move |event| write(event.target().value())
        />
        <div class="keypad" role="group" aria-label=language.keypad_digits()>
            {['1', '2', '3', '4', '5', '6', '7', '8', '9'].map(digit).collect_view()}
            <button
                class="keypad__key keypad__key--word"
                type="button"
                on:click=move |_| typed.update(String::clear)
            >
                {language.keypad_clear()}
            </button>
            {digit('0')}
            <button
                class="keypad__key"
                type="button"
                aria-label=language.keypad_erase()
                on:click=move |_| typed.update(|typed| {
                    typed.pop();
                })
            >
                <Icon glyph=Glyph::Erase/>
            </button>
        </div>
    }
}
