//! What lies over the page.

use super::desk::{ScanDesk, Sheet};
use super::list::sub_of;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::component::photo_capture::PhotoCapture;
use crate::format;
use crate::scan::camera::Camera;
use crate::scan::keypad::Keypad;
use crate::scan::outbox::OutboxSheet;
use crate::scan::place_sheet::{PlaceSheet, zones};
use crate::scan::settings::SettingsSheet;
use crate::scan::sheet_frame::SheetFrame;
use crate::scan::typed::TypedSheet;
use domain::movement::{Place, Units};
use domain::photo::PhotoId;
use domain::transfer::{ScanKey, ScanLine, ScanTask};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// The dialog that is wanted, if any.
#[component]
pub fn Sheets(desk: ScanDesk, camera: Camera) -> impl IntoView {
    let close = Callback::new(move |()| desk.sheet.set(Sheet::None));
    let here = format!("/transfers/{}/scan", desk.transfer());
    move || match desk.sheet.get() {
        Sheet::None => ().into_any(),
        Sheet::Place => {
            let title = match desk.task() {
                ScanTask::Picking => desk.language.place_title_from(),
                ScanTask::Receipt => desk.language.place_title_to(),
            };
            let choose = Callback::new(move |place: Place| {
                desk.set_place(place);
                desk.sheet.set(Sheet::None);
            });
            let (zones, now) = (desk.with_snapshot(zones), desk.place.get_untracked());
            view! { <PlaceSheet title zones now choose on_close=close/> }.into_any()
        }
        Sheet::Line(key) => view! { <LineSheet desk key/> }.into_any(),
        Sheet::Typed => view! { <TypedSheet camera/> }.into_any(),
        Sheet::Outbox => view! { <OutboxSheet bench=camera.bench here=here.clone() on_close=close/> }.into_any(),
        Sheet::Settings => view! { <SettingsSheet camera on_close=close/> }.into_any(),
        Sheet::Photo => view! { <Evidence desk/> }.into_any(),
    }
}

#[component]
fn Evidence(desk: ScanDesk) -> impl IntoView {
    let (store, person) = desk.with_snapshot(|snapshot| (snapshot.store.code.clone(), snapshot.viewer.id.clone()));
    let on_taken = Callback::new(move |photo: PhotoId| {
        desk.edit(|scanning| {
            if !scanning.photos.contains(&photo) {
                scanning.photos.push(photo);
            }
        });
        desk.sheet.set(Sheet::None);
    });
    let on_close = Callback::new(move |()| desk.sheet.set(Sheet::None));
    view! { <PhotoCapture store person on_taken on_close/> }
}

/// How many of a line, and how many of them are damaged.
#[component]
fn LineSheet(desk: ScanDesk, key: ScanKey) -> impl IntoView {
    let language = desk.language;
    let has_damage = desk.task() == ScanTask::Receipt;
    let line = desk.scanning.with_untracked(|scanning| scanning.line(&key).cloned());
    let line = line.unwrap_or_else(|| {
        let (sku, lot, place) = key.clone();
        ScanLine { sku, lot, place, units: 0, damaged: 0 }
    });
    let (units, damaged) = (line.units, line.damaged);
    let typed = RwSignal::new(String::new());
    let damaged_typed = RwSignal::new(if damaged > 0 { damaged.to_string() } else { String::new() });
    let wrong = RwSignal::new(None::<String>);
    let close = Callback::new(move |()| desk.sheet.set(Sheet::None));
    let set = {
        let key = key.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            let total = typed.with_untracked(|typed| typed.parse::<Units>().ok()).unwrap_or(units);
            let damaged = damaged_typed.with_untracked(|typed| typed.parse::<Units>().ok()).unwrap_or(0);
            let changed = desk.edit(|scanning| {
                scanning.set_units(&key, total)?;
                if has_damage { scanning.set_damaged(&key, damaged) } else { Ok(()) }
            });
            match changed {
                Ok(()) => {
                    desk.sheet.set(Sheet::None);
                    desk.show_touched(key.clone());
                }
                Err(error) => wrong.set(Some(desk.error(&key.0, error))),
            }
        }
    };
    let words = move || match typed.with(|typed| typed.parse::<Units>().ok()) {
        Some(units) => language.edit_set(format::number(units)),
        None => language.edit_keep().to_owned(),
    };
    let digits = move |event: leptos::ev::Targeted<web_sys::Event, web_sys::HtmlInputElement>| {
        damaged_typed.set(event.target().value().chars().filter(char::is_ascii_digit).take(7).collect());
    };
    view! {
        <SheetFrame title=language.edit_title() on_close=close>
            <form class="dialog__body" on:submit=set>
                <div>
                    <p class="count-sheet__name">{desk.name(&key.0)}</p>
                    <p class="muted">{sub_of(desk, &line)} " · " {language.edit_now(format::number(units))}</p>
                </div>
                <Keypad typed label=language.edit_title() placeholder=units.to_string()/>
                {has_damage.then(|| view! {
                    <div class="field">
                        <label class="field__label" for="scan-damaged">{language.scan_damaged_label()}</label>
                        <input
                            class="field__control"
                            id="scan-damaged"
                            type="text"
                            inputmode="numeric"
                            autocomplete="off"
                            placeholder="0"
                            aria-describedby="scan-damaged-hint"
                            prop:value=move || damaged_typed.get()
                            on:input:target=digits
                        />
                        <p class="field__hint" id="scan-damaged-hint">{language.scan_damaged_hint()}</p>
                    </div>
                })}
                <div role="alert">
                    {move || wrong.get().map(|why| view! {
                        <p class="field__error"><Icon glyph=Glyph::Warning/><span>{why}</span></p>
                    })}
                </div>
                <div class="count-sheet__actions">
                    <button class=button_class(ButtonKind::Tag, ButtonSize::Large, ButtonWidth::Words) type="submit">
                        {words}
                    </button>
                </div>
            </form>
        </SheetFrame>
    }
}
