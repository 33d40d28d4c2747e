//! Everything once more before it is recorded: what, how many, worth how much, why, and whose word it needs.

use super::compose::{document_line, sub_of};
use super::desk::{MoveDesk, Sheet, Stage};
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::component::photo_view::PhotoView;
use crate::device::photo;
use crate::format;
use domain::approval::Standing;
use domain::draft::{Draft, DraftLine, Missing};
use domain::movement::{MovementKind, Reason, Units};
use domain::photo::PhotoId;
use leptos::prelude::*;

/// The last look.
#[component]
pub fn Review(desk: MoveDesk) -> impl IntoView {
    let language = desk.language;
    let kind = desk.kind();
    let has_document = matches!(kind, MovementKind::Sale | MovementKind::SupplierReturn);
    let missing = Memo::new(move |_| desk.draft.with(Draft::missing));
    let has_damaged_return = move || {
        kind == MovementKind::Receipt && desk.draft.with(|draft| draft.lines().iter().any(|l| l.damaged_units > 0))
    };
    let words = move || match (desk.is_recording.get(), has_damaged_return()) {
        (true, _) => language.review_recording(),
        (false, true) => language.review_record_two(),
        (false, false) => language.review_record(),
    };
    let lacks = move || {
        // The reason and the photo are asked for right here; a hint beside the button names the first.
        missing.with(|missing| missing.first().map(|missing| language.missing(*missing)))
    };
    view! {
        <div class="move__review">
            <h2 class="move__head">{language.review_title()}</h2>
            {move || document_line(desk).map(|text| view! { <p class="move__document">{text}</p> })}
            <Totals desk/>
            <Standings desk/>
            <Summary desk/>
            {(!kind.reasons().is_empty()).then(|| view! { <Reasons desk/> })}
            <Photos desk/>
            {has_document.then(|| view! { <DocumentField desk/> })}
            <Note desk/>
            <div class="move__record">
                <p class="move__lacks" role="status">{lacks}</p>
                <button
                    class=button_class(ButtonKind::Tag, ButtonSize::Huge, ButtonWidth::Block)
                    type="button"
                    disabled=move || desk.is_recording.get() || missing.with(|missing| !missing.is_empty())
                    on:click=move |_| desk.record()
                >
                    <Icon glyph=Glyph::Check/>
                    {words}
                </button>
                <button
                    class=button_class(ButtonKind::Usual, ButtonSize::Large, ButtonWidth::Block)
                    type="button"
                    disabled=move || desk.is_recording.get()
                    on:click=move |_| desk.stage.set(Stage::Compose)
                >
                    {language.review_back()}
                </button>
            </div>
        </div>
    }
}

/// The draft as the movements it becomes once all that is missing is there.
fn complete(desk: MoveDesk) -> Vec<domain::movement::Movement> {
    let mut draft = desk.draft.get();
    // What it is worth and whose word it needs does not depend on why.
    draft.reason = draft.reason.or_else(|| draft.kind.reasons().first().copied());
    if draft.kind.needs_photo() && draft.photos.is_empty() {
        draft.photos.push(PhotoId::of(&[]));
    }
    draft.movements().unwrap_or_default()
}

#[component]
fn Totals(desk: MoveDesk) -> impl IntoView {
    let language = desk.language;
    let money = move || {
        let sum = desk.draft.with(|draft| {
            let paid = |line: &DraftLine| Some(draft.price_minor(&line.sku)?.saturating_mul(line.units));
            draft.lines().iter().filter_map(paid).sum::<i64>()
        });
        let label = match desk.kind() {
            MovementKind::CustomerReturn => language.review_refund(),
            MovementKind::Sale => language.review_takings(),
            _ => return None,
        };
        Some(view! { <div class="move__figure"><dt>{label}</dt><dd>{format::money(sum)}</dd></div> })
    };
    let value = move || complete(desk).first().map_or(0, |movement| desk.standing(movement).0);
    let n_lines = move || desk.draft.with(|draft| draft.lines().len());
    let n_units = move || desk.draft.with(Draft::n_units);
    view! {
        <dl class="move__figures">
            <div class="move__figure"><dt>{language.review_lines()}</dt><dd>{n_lines}</dd></div>
            <div class="move__figure"><dt>{language.review_units()}</dt><dd>{move || format::number(n_units())}</dd></div>
            <div class="move__figure">
                <dt>{language.review_value()}</dt>
                <dd>{move || format::money(value())}</dd>
            </div>
            {money}
        </dl>
    }
}

/// Whose word it needs.
#[component]
fn Standings(desk: MoveDesk) -> impl IntoView {
    let language = desk.language;
    move || {
        let movements = complete(desk);
        let needed = movements.iter().find_map(|movement| match desk.standing(movement).1 {
            Standing::Awaits(role) => Some(role),
            Standing::Posted => None,
        });
        let n_back: Units = movements.iter().skip(1).flat_map(|back| back.units_moved().into_values()).sum();
        let back = (n_back > 0).then(|| view! { <p>{language.review_damaged_too(format::number(n_back))}</p> });
        match needed {
            Some(role) => view! {
                <Banner tone=Tone::Warn>
                    <p>{language.review_awaits(language.role(role))}</p>
                    {back}
                </Banner>
            }
            .into_any(),
            None => view! {
                <Banner tone=Tone::Good>
                    <p>{language.review_posts()}</p>
                    {back}
                </Banner>
            }
            .into_any(),
        }
    }
}

#[component]
fn Summary(desk: MoveDesk) -> impl IntoView {
    let language = desk.language;
    let row = move |line: DraftLine| {
        let damaged = (line.damaged_units > 0).then(|| {
            view! { <span class="badge badge--warn">{language.line_damaged(line.damaged_units)}</span> }
        });
        let price = desk.draft.with(|draft| draft.price_minor(&line.sku)).map(format::money);
        let has_price = matches!(desk.kind(), MovementKind::Sale | MovementKind::CustomerReturn);
        let mut sub = sub_of(desk, &line.sku, line.lot.as_ref());
        if let Some(price) = price.filter(|_| has_price) {
            sub = format!("{sub} · {price}");
        }
        view! {
            <li class="row">
                <span class="row__main">
                    <span class="row__title">{desk.name(&line.sku)}</span>
                    <span class="row__sub">{sub}</span>
                    <span class="move__notes">{damaged}</span>
                </span>
                <span class="row__end row__figure">{format::number(line.units)}</span>
            </li>
        }
    };
    view! {
        <ul class="rows move__summary">
            {move || desk.draft.with(|draft| draft.lines().to_vec()).into_iter().map(row).collect_view()}
        </ul>
    }
}

#[component]
fn Reasons(desk: MoveDesk) -> impl IntoView {
    let language = desk.language;
    let choice = move |reason: Reason| {
        view! {
            <button
                class="reason-choice"
                type="button"
                aria-pressed=move || desk.draft.with(|draft| draft.reason == Some(reason)).to_string()
                on:click=move |_| desk.edit(|draft| draft.reason = Some(reason))
            >
                {language.reason(reason)}
            </button>
        }
    };
    view! {
        <fieldset class="move__field">
            <legend class="field__label">{language.review_reason()}</legend>
            <div class="reason-choices">{desk.kind().reasons().iter().copied().map(choice).collect_view()}</div>
        </fieldset>
    }
}

#[component]
fn Photos(desk: MoveDesk) -> impl IntoView {
    let language = desk.language;
    let is_needed = desk.kind().needs_photo();
    let hint = if is_needed { language.review_photo_needed() } else { language.review_photo_optional() };
    let remove = move |id: PhotoId| {
        desk.edit(|draft| draft.photos.retain(|other| *other != id));
        photo::discard(id);
    };
    let shown = move |(at, id): (usize, PhotoId)| {
        view! {
            <li class="move__photo">
                <PhotoView id alt=language.review_photo_alt(at + 1)/>
                <button
                    class=button_class(ButtonKind::Ghost, ButtonSize::Usual, ButtonWidth::Icon)
                    type="button"
                    aria-label=language.review_photo_remove(at + 1)
                    on:click=move |_| remove(id)
                >
                    <Icon glyph=Glyph::Close/>
                </button>
            </li>
        }
    };
    let photos = Memo::new(move |_| desk.draft.with(|draft| draft.photos.clone()));
    let lacks = move || desk.draft.with(|draft| draft.missing().contains(&Missing::Photo));
    view! {
        <section class="move__field">
            <h3 class="field__label">{language.review_photos()}</h3>
            <p class="field__hint">{hint}</p>
            <ul class="move__photos">
                {move || photos.get().into_iter().enumerate().map(shown).collect_view()}
            </ul>
            <button
                class=move || {
                    let kind = if lacks() { ButtonKind::Primary } else { ButtonKind::Usual };
                    button_class(kind, ButtonSize::Large, ButtonWidth::Block)
                }
                type="button"
                on:click=move |_| desk.sheet.set(Sheet::Photo)
            >
                <Icon glyph=Glyph::Photo/>
                {language.review_photo_take()}
            </button>
        </section>
    }
}

#[component]
fn DocumentField(desk: MoveDesk) -> impl IntoView {
    let language = desk.language;
    let write = move |text: String| desk.edit(|draft| draft.document = Some(text).filter(|text| !text.is_empty()));
    view! {
        <div class="field">
            <label class="field__label" for="move-document">{language.review_document()}</label>
            <input
                class="field__control"
                id="move-document"
                type="text"
                autocomplete="off"
                autocapitalize="characters"
                maxlength="256"
                prop:value=move || desk.draft.with(|draft| draft.document.clone().unwrap_or_default())
                on:input:target=move |event| write(event.target().value())
            />
        </div>
    }
}

#[component]
fn Note(desk: MoveDesk) -> impl IntoView {
    let language = desk.language;
    view! {
        <div class="field">
            <label class="field__label" for="move-note">{language.review_note()}</label>
            <textarea
                class="field__control"
                id="move-note"
                rows="2"
                maxlength="256"
                prop:value=move || desk.draft.with(|draft| draft.note.clone())
                on:input:target=move |event| {
                    let text = event.target().value();
                    desk.edit(|draft| draft.note = text);
                }
            ></textarea>
        </div>
    }
}
