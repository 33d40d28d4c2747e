//! Signing in: a plain form, so that it works before, and without, any script.

use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::brand::Brand;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::preference_form::{Preference, PreferenceForm};
use crate::text::{Language, use_language};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The sign-in page.
#[component]
pub fn SignInPage() -> impl IntoView {
    let language = use_language();
    let query = use_query_map();
    let field = move |name: &'static str| query.with_untracked(|query| query.get(name));
    let error = field("error").map(|code| error_text(&code, field("retry_after_s").as_deref(), language));
    let is_wrong = error.is_some();
    let next = field("next");
    let is_shown = RwSignal::new(false);
    view! {
        <Title text=language.sign_in()/>
        <main class="sign-in" id="main">
            <div class="sign-in__cover">
                <Drawing/>
                <div class="sign-in__brand">
                    <Brand/>
                </div>
                <p class="sign-in__line">{language.sign_in_line()}</p>
            </div>
            <form class="sign-in__form" method="post" action="/fn/sign_in">
                <h1>{language.sign_in()}</h1>
                {error.map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
                {next.map(|next| view! { <input type="hidden" name="next" value=next/> })}
                <div class="sign-in__fields">
                    <div class="field">
                        <label class="field__label" for="login">{language.login_label()}</label>
                        <input
                            class="field__control field__control--large"
                            id="login"
                            name="login"
                            type="text"
                            required
                            autocomplete="username"
                            autocapitalize="none"
                            autocorrect="off"
                            spellcheck="false"
                            enterkeyhint="next"
                        />
                    </div>
                    <div class="field">
                        <label class="field__label" for="password">{language.password_label()}</label>
                        <div class="field__row">
                            <input
                                class="field__control field__control--large"
                                id="password"
                                name="password"
                                type=move || if is_shown.get() { "text" } else { "password" }
                                required
                                autocomplete="current-password"
                                autocapitalize="none"
                                spellcheck="false"
                                enterkeyhint="go"
                                aria-invalid=is_wrong.then_some("true")
                            />
                            <button
                                class="field__inside"
                                type="button"
                                aria-controls="password"
                                aria-pressed=move || if is_shown.get() { "true" } else { "false" }
                                on:click=move |_| is_shown.update(|shown| *shown = !*shown)
                            >
                                {move || if is_shown.get() { language.hide_password() } else { language.show_password() }}
                            </button>
                        </div>
                    </div>
                </div>
                <button
                    class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Block)
                    type="submit"
                >
                    {language.sign_in()}
                </button>
                <p class="sign-in__hint">{language.forgotten_password()}</p>
            </form>
            <footer class="sign-in__foot">
                <PreferenceForm preference=Preference::Language label=language.language_label()/>
            </footer>
        </main>
    }
}

/// What went wrong, in words: the code is the server's, stable.
fn error_text(code: &str, retry_after_s: Option<&str>, language: Language) -> String {
    match code {
        "bad_credentials" => language.bad_credentials().to_owned(),
        "too_many_attempts" => {
            let seconds = retry_after_s.and_then(|text| text.parse::<u32>().ok()).unwrap_or(60);
            language.too_many_attempts(seconds)
        }
        "cross_site" | "forbidden" => language.sign_in_refused().to_owned(),
        "sign_in_needed" => language.problem_sign_in_text().to_owned(),
        _ => language.sign_in_failed().to_owned(),
    }
}

/// Goods on a shelf: left edge, width, height.
const GOODS: [[(i32, i32, i32); 9]; 4] = [
    [
        (-160, 40, 58),
        (-96, 26, 84),
        (-48, 52, 40),
        (30, 30, 66),
        (84, 46, 92),
        (306, 40, 54),
        (372, 26, 96),
        (420, 50, 70),
        (506, 34, 88),
    ],
    [
        (-180, 30, 90),
        (-130, 48, 52),
        (-60, 34, 76),
        (10, 56, 44),
        (82, 28, 70),
        (260, 36, 82),
        (318, 52, 48),
        (470, 30, 94),
        (522, 46, 60),
    ],
    [
        (-150, 50, 62),
        (-84, 30, 96),
        (-30, 42, 50),
        (34, 26, 80),
        (240, 50, 56),
        (310, 28, 88),
        (360, 40, 66),
        (512, 30, 44),
        (560, 40, 78),
    ],
    [
        (-170, 34, 48),
        (-112, 50, 74),
        (-40, 28, 92),
        (12, 46, 58),
        (96, 32, 84),
        (170, 54, 46),
        (268, 30, 72),
        (344, 44, 90),
        (452, 36, 54),
    ],
];

/// Shelves, and the trace along them.
#[component]
fn Drawing() -> impl IntoView {
    let shelf = |(index, goods): (i32, &[(i32, i32, i32); 9])| {
        let floor = 180 + 120 * index;
        let item = |&(x, width, height): &(i32, i32, i32)| {
            view! { <rect x=x y=floor - height width=width height=height fill="#18304a"></rect> }
        };
        view! {
            <g>
                {goods.iter().map(item).collect_view()}
                <path d=format!("M-800 {floor}H1400") stroke="#23415b" stroke-width="2"></path>
            </g>
        }
    };
    view! {
        <svg class="sign-in__drawing" viewBox="0 0 600 800" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
            {(0..).zip(&GOODS).map(shelf).collect_view()}
            <path
                d="M1400 180H210a60 60 0 0 0 0 120H380a60 60 0 0 1 0 120H160"
                fill="none"
                stroke="#ffcb2e"
                stroke-width="10"
            ></path>
            <circle cx="150" cy="420" r="18" fill="#ffcb2e"></circle>
        </svg>
    }
}
