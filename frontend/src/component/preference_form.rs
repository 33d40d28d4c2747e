//! Buttons that choose a language, a theme or a hand: a form that works without script, and at once with it.

use crate::browser;
use crate::preference::{Hand, Theme};
use crate::text::{Language, use_language};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// What is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preference {
    /// The language. Every word changes, so the page is loaded again.
    Language,
    /// Light or dark.
    Theme,
    /// The hand that holds the phone.
    Hand,
}

impl Preference {
    fn field(self) -> &'static str {
        match self {
            Self::Language => "lang",
            Self::Theme => "theme",
            Self::Hand => "hand",
        }
    }

    fn choices(self, language: Language) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Language => Language::ALL.map(|other| (other.code(), other.own_name())).to_vec(),
            Self::Theme => Theme::ALL
                .map(|theme| {
                    let name = match theme {
                        Theme::Auto => language.theme_auto(),
                        Theme::Light => language.theme_light(),
                        Theme::Dark => language.theme_dark(),
                    };
                    (theme.code(), name)
                })
                .to_vec(),
            Self::Hand => Hand::ALL
                .map(|hand| {
                    let name = match hand {
                        Hand::Left => language.hand_left(),
                        Hand::Right => language.hand_right(),
                    };
                    (hand.code(), name)
                })
                .to_vec(),
        }
    }

    /// What the page is rendered with.
    fn current(self, language: Language) -> String {
        let page = use_context::<crate::shell::PageContext>();
        let attribute = |name| browser::root_attribute(name);
        match self {
            Self::Language => language.code().to_owned(),
            Self::Theme => {
                page.map_or_else(|| attribute("data-theme").unwrap_or_default(), |page| page.theme.code().to_owned())
            }
            Self::Hand => {
                page.map_or_else(|| attribute("data-hand").unwrap_or_default(), |page| page.hand.code().to_owned())
            }
        }
    }
}

/// The choices, side by side.
#[component]
pub fn PreferenceForm(
    /// What is chosen.
    preference: Preference,
    /// What the choice is about, for a screen reader.
    label: &'static str,
) -> impl IntoView {
    let language = use_language();
    let current = RwSignal::new(preference.current(language));
    let location = use_location();
    let choose = move |event: leptos::ev::MouseEvent, code: &'static str| {
        event.prevent_default();
        browser::set_cookie(preference.field(), code);
        current.set(code.to_owned());
        match preference {
            Preference::Language => browser::reload(),
            Preference::Theme => browser::set_root_attribute("data-theme", code),
            Preference::Hand => browser::set_root_attribute("data-hand", code),
        }
    };
    let button = move |(code, name): (&'static str, &'static str)| {
        let lang = (preference == Preference::Language).then(|| Language::from_code(code).tag());
        view! {
            <button
                class="segment"
                type="submit"
                name=preference.field()
                value=code
                lang=lang
                aria-pressed=move || if current.get() == code { "true" } else { "false" }
                on:click=move |event| choose(event, code)
            >
                {name}
            </button>
        }
    };
    view! {
        <form method="post" action="/fn/prefer">
            <input type="hidden" name="back" value=move || location.pathname.get()/>
            <div class="segments" role="group" aria-label=label>
                {preference.choices(language).into_iter().map(button).collect_view()}
            </div>
        </form>
    }
}
