//! Everything once more before it is confirmed: what is short, too many or damaged; and what became of it.

use super::desk::{ScanDesk, Sheet, Stage};
use super::list::state;
use crate::component::badge::{Badge, Tone};
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::component::photo_view::PhotoView;
use crate::device::{Fate, photo, watch_fate};
use crate::format;
use domain::id::EventId;
use domain::movement::Units;
use domain::photo::PhotoId;
use domain::transfer::{Discrepancy, ScanLack, ScanRow, ScanTask, Scanning};
use leptos::prelude::*;

/// The last look.
#[component]
pub fn Check(desk: ScanDesk) -> impl IntoView {
    let language = desk.language;
    let task = desk.task();
    let (title, confirm) = match task {
        ScanTask::Picking => (language.scan_check_pick(), language.scan_confirm_pick()),
        ScanTask::Receipt => (language.scan_check_receive(), language.scan_confirm_receive()),
    };
    let row = move |row: ScanRow| {
        let short = (row.difference() < 0).then(|| language.scan_short(format::number(-row.difference())));
        let state = match short {
            Some(text) => Some((Tone::Warn, text)),
            None => state(language, task, &row),
        };
        let state = state.map(|(tone, text)| view! { <Badge tone=tone>{text}</Badge> });
        let damaged = (row.damaged > 0)
            .then(|| view! { <Badge tone=Tone::Warn>{language.scan_damaged(format::number(row.damaged))}</Badge> });
        view! {
            <li class="row">
                <span class="row__main">
                    <span class="row__title">{desk.name(&row.sku)}</span>
                    <span class="row__sub">{desk.code(&row.sku)}</span>
                    <span class="move__notes">{state} {damaged}</span>
                </span>
                <span class="row__end row__figure">
                    {language.scan_of(format::number(row.scanned), format::number(row.expected))}
                </span>
            </li>
        }
    };
    let lacks = Memo::new(move |_| desk.scanning.with(Scanning::lacks));
    view! {
        <div class="move__review">
            <h2 class="move__head">{title}</h2>
            {move || verdict(desk)}
            <ul class="rows move__summary">
                {move || desk.scanning.with(Scanning::rows).into_iter().map(row).collect_view()}
            </ul>
            {(task == ScanTask::Receipt).then(|| view! { <Evidence desk/> <Note desk/> })}
            <div class="move__record">
                <p class="move__lacks" role="status">
                    {move || lacks.with(|lacks| lacks.first().map(|lack| language.scan_lack(*lack)))}
                </p>
                <p class="muted">{language.scan_once()}</p>
                <button
                    class=button_class(ButtonKind::Tag, ButtonSize::Huge, ButtonWidth::Block)
                    type="button"
                    disabled=move || desk.is_recording.get() || lacks.with(|lacks| !lacks.is_empty())
                    on:click=move |_| desk.record()
                >
                    <Icon glyph=Glyph::Check/>
                    {move || if desk.is_recording.get() { language.review_recording() } else { confirm }}
                </button>
                <button
                    class=button_class(ButtonKind::Usual, ButtonSize::Large, ButtonWidth::Block)
                    type="button"
                    disabled=move || desk.is_recording.get()
                    on:click=move |_| desk.stage.set(Stage::Scan)
                >
                    {language.scan_back()}
                </button>
            </div>
        </div>
    }
}

/// Whether all is as it should be, and what it means if not.
fn verdict(desk: ScanDesk) -> AnyView {
    let language = desk.language;
    let found = desk.scanning.with(Scanning::discrepancies);
    if found.is_empty() {
        return view! { <Banner tone=Tone::Good>{language.scan_all_right()}</Banner> }.into_any();
    }
    let sum = |of: fn(&Discrepancy) -> Units| format::number(found.iter().map(of).sum());
    let text = match desk.task() {
        ScanTask::Picking => language.scan_fewer(sum(|of| of.short)),
        ScanTask::Receipt => language.scan_differs(sum(|of| of.short), sum(|of| of.damaged), sum(|of| of.over)),
    };
    view! { <Banner tone=Tone::Warn>{text}</Banner> }.into_any()
}

#[component]
fn Evidence(desk: ScanDesk) -> impl IntoView {
    let language = desk.language;
    let photos = Memo::new(move |_| desk.scanning.with(|scanning| scanning.photos.clone()));
    let lacks = Memo::new(move |_| desk.scanning.with(|scanning| scanning.lacks().contains(&ScanLack::Photo)));
    let is_damaged =
        Memo::new(move |_| desk.scanning.with(|scanning| scanning.lines().iter().any(|line| line.damaged > 0)));
    let hint = move || if is_damaged.get() { language.scan_photo_needed() } else { language.review_photo_optional() };
    let remove = move |id: PhotoId| {
        desk.edit(|scanning| scanning.photos.retain(|other| *other != id));
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
    view! {
        <section class="move__field">
            <h3 class="field__label">{language.review_photos()}</h3>
            <p class="field__hint">{hint}</p>
            <ul class="move__photos">{move || photos.get().into_iter().enumerate().map(shown).collect_view()}</ul>
            <button
                class=move || {
                    let kind = if lacks.get() { ButtonKind::Primary } else { ButtonKind::Usual };
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
fn Note(desk: ScanDesk) -> impl IntoView {
    let language = desk.language;
    view! {
        <div class="field">
            <label class="field__label" for="scan-note">{language.review_note()}</label>
            <textarea
                class="field__control"
                id="scan-note"
                rows="2"
                maxlength="256"
                prop:value=move || desk.scanning.with(|scanning| scanning.note.clone())
                on:input:target=move |event| {
                    let text = event.target().value();
                    desk.edit(|scanning| scanning.note = text);
                }
            ></textarea>
        </div>
    }
}

/// After confirming.
#[component]
pub fn Done(desk: ScanDesk, event: EventId) -> impl IntoView {
    let language = desk.language;
    let title = match desk.task() {
        ScanTask::Picking => language.scan_done_pick(),
        ScanTask::Receipt => language.scan_done_receive(),
    };
    let fate = watch_fate(desk.device, event);
    let said = move || match fate.get() {
        Fate::Refused(why) => view! {
            <Banner tone=Tone::Bad>
                <p><strong>{language.done_refused()}</strong></p>
                <p>{language.refusal(&why)}</p>
            </Banner>
        }
        .into_any(),
        Fate::InLedger => {
            view! { <p class="move__sent" role="status"><Icon glyph=Glyph::Check/>{language.done_sent()}</p> }
                .into_any()
        }
        Fate::Waiting | Fate::PutAway => {
            view! { <p class="move__sent" role="status"><Icon glyph=Glyph::Upload/>{language.done_waits()}</p> }
                .into_any()
        }
    };
    view! {
        <div class="move__done">
            <div class="count-ready__body count-ready__body--done">
                <Icon glyph=Glyph::Check size=IconSize::Large/>
                <h2>{title}</h2>
                {said}
            </div>
            <div class="move__record">
                <a
                    class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Block)
                    href=format!("/transfers/{}", desk.transfer())
                >
                    {language.scan_open_transfer()}
                </a>
                <a class=button_class(ButtonKind::Usual, ButtonSize::Large, ButtonWidth::Block) href="/">
                    {language.go_home()}
                </a>
            </div>
        </div>
    }
}
