//! Entering a code by hand, finding a product by its name, or reading a photo.

use super::bench::Found;
use super::camera::Camera;
use super::sheet_frame::SheetFrame;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::device::glue;
use domain::barcode::{Format, ReadError, ScannedCode, read};
use domain::event::CountMethod;
use domain::gtin::GtinError;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Products shown while typing.
const N_FOUND_MAX: usize = 6;

/// How the photo came out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Photo {
    None,
    Busy,
    NothingFound,
    Unreadable,
}

/// Asks for a code.
#[component]
pub fn TypedSheet(camera: Camera) -> impl IntoView {
    let bench = camera.bench;
    let language = bench.language;
    let text = RwSignal::new(String::new());
    let photo = RwSignal::new(Photo::None);
    let code = Memo::new(move |_| {
        let text = text.get();
        let looks_like_a_code = text.chars().any(|c| c.is_ascii_digit() || ('０'..='９').contains(&c));
        looks_like_a_code.then(|| bench.rules.with_value(|rules| read(&text, Format::Typed, rules)))
    });
    // The digit that would make it right, and the code with it.
    let better = move || match code.get()? {
        Err(ReadError::Number(GtinError::CheckDigit { expected, .. })) => {
            let mut digits: String = text.get().chars().filter_map(|c| c.to_digit(10)).filter_map(digit_char).collect();
            digits.pop();
            Some((expected, format!("{digits}{expected}")))
        }
        _ => None,
    };
    let take = move |event: SubmitEvent| {
        event.prevent_default();
        let text = text.get_untracked();
        let code = bench.rules.with_value(|rules| read(&text, Format::Typed, rules));
        // A wrong digit is shown beside the field, where it can be put right.
        if matches!(code, Err(ReadError::Number(GtinError::CheckDigit { .. }))) {
            return;
        }
        // Words that are no code are a search, not something to count.
        if matches!(&code, Ok(ScannedCode::Unknown { text }) if !text.bytes().any(|b| b.is_ascii_digit())) {
            return;
        }
        bench.close_typed.run(());
        bench.take.run((code, CountMethod::TypedCode));
    };
    let found = move || bench.find.run((text.get(), N_FOUND_MAX));
    let product = move |Found { sku, name, code }: Found| {
        let choose = move |_| {
            bench.close_typed.run(());
            bench.choose.run(sku.clone());
        };
        view! {
            <li>
                <button class="row" type="button" on:click=choose>
                    <span class="row__main">
                        <span class="row__title">{name}</span>
                        <span class="row__sub code">{code}</span>
                    </span>
                    <span class="row__end"><Icon glyph=Glyph::Add/></span>
                </button>
            </li>
        }
    };
    let take_photo = move |event: leptos::ev::Targeted<web_sys::Event, web_sys::HtmlInputElement>| {
        let input = event.target();
        let Some(file) = glue::chosen_file(&input) else { return };
        input.set_value("");
        photo.set(Photo::Busy);
        spawn_local(async move {
            let read = camera.read_photo(file).await;
            if photo.try_get_untracked().is_none() {
                return;
            }
            match read {
                Ok(true) => {
                    photo.set(Photo::None);
                    bench.close_typed.run(());
                }
                Ok(false) => photo.set(Photo::NothingFound),
                Err(()) => photo.set(Photo::Unreadable),
            }
        });
    };
    let photo_words = move || match photo.get() {
        Photo::None => None,
        Photo::Busy => Some(language.typed_photo_busy()),
        Photo::NothingFound => Some(language.typed_photo_nothing()),
        Photo::Unreadable => Some(language.typed_photo_bad()),
    };
    let is_wrong = move || better().is_some();
    view! {
        <SheetFrame title=language.typed_title() on_close=bench.close_typed>
            <form class="dialog__body" on:submit=take>
                <div class="field">
                    <label class="field__label" for="typed-code">{language.typed_label()}</label>
                    <input
                        class="field__control field__control--large"
                        id="typed-code"
                        autofocus=true
                        type="text"
                        autocomplete="off"
                        autocapitalize="characters"
                        spellcheck="false"
                        enterkeyhint="done"
                        aria-invalid=move || is_wrong().to_string()
                        aria-describedby="typed-help"
                        prop:value=move || text.get()
                        on:input:target=move |event| text.set(event.target().value())
                    />
                    <div id="typed-help" role="status">
                        {move || match better() {
                            Some((expected, code)) => view! {
                                <p class="field__error">
                                    <Icon glyph=Glyph::Warning/>
                                    <span>{language.typed_check(expected)}</span>
                                </p>
                                <button class="button" type="button" on:click={
                                    let code = code.clone();
                                    move |_| text.set(code.clone())
                                }>
                                    {language.typed_take(&code)}
                                </button>
                            }
                            .into_any(),
                            None => view! { <p class="field__hint">{language.typed_hint()}</p> }.into_any(),
                        }}
                    </div>
                </div>
                <ul class="rows rows--found" aria-label=language.typed_found()>
                    {move || found().into_iter().map(product).collect_view()}
                </ul>
                <p class="muted" role="status">{photo_words}</p>
                <div class="count-sheet__actions">
                    <label class=button_class(ButtonKind::Usual, ButtonSize::Large, ButtonWidth::Words)>
                        <Icon glyph=Glyph::Photo/>
                        {language.typed_photo()}
                        <input
                            class="visually-hidden"
                            type="file"
                            accept="image/*"
                            capture="environment"
                            on:change:target=take_photo
                        />
                    </label>
                    <button
                        class=button_class(ButtonKind::Tag, ButtonSize::Large, ButtonWidth::Words)
                        type="submit"
                        disabled=move || !matches!(code.get(), Some(Ok(_)))
                    >
                        {language.typed_add()}
                    </button>
                </div>
            </form>
        </SheetFrame>
    }
}

fn digit_char(digit: u32) -> Option<char> {
    char::from_digit(digit, 10)
}
