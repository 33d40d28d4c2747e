//! Setting a line's safety stock and order by hand, with a reason.

use super::Desk;
use crate::backend::{Overridden, OverrideAsk, ReplenishmentLine, override_stock};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::dialog::{Dialog, DialogPlace};
use crate::format;
use crate::text::use_language;
use domain::movement::{UNITS_MAX, Units};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Pieces as typed: nothing typed is nothing set. An error where it is no such number.
fn typed_units(typed: &str, least: Units) -> Result<Option<Units>, ()> {
    match typed.trim() {
        "" => Ok(None),
        typed => match typed.parse() {
            Ok(units) if (least..=UNITS_MAX).contains(&units) => Ok(Some(units)),
            _ => Err(()),
        },
    }
}

/// The dialog.
#[component]
pub fn SetByHand(
    /// What the lines share.
    desk: Desk,
    /// The line.
    line: ReplenishmentLine,
) -> impl IntoView {
    let language = use_language();
    let set = line.change.as_ref().map(|change| change.overrides).unwrap_or_default();
    let version = line.change.as_ref().map_or(0, |change| change.version);
    let text = |units: Option<Units>| RwSignal::new(units.map_or_else(String::new, |units| units.to_string()));
    let (safety, order, reason) = (text(set.safety_units), text(set.order_units), RwSignal::new(String::new()));
    let trouble: RwSignal<Option<&'static str>> = RwSignal::new(None);
    let is_busy = RwSignal::new(false);
    let place = StoredValue::new((line.store.clone(), line.sku.clone()));
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let figures =
            (safety.with_untracked(|typed| typed_units(typed, 0)), order.with_untracked(|typed| typed_units(typed, 1)));
        let (Ok(safety_units), Ok(order_units)) = figures else {
            return trouble.set(Some(language.override_bad()));
        };
        let reason = reason.get_untracked().trim().to_owned();
        if reason.is_empty() {
            return trouble.set(Some(language.override_no_reason()));
        }
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        let (store, sku) = place.get_value();
        let ask = OverrideAsk { sku, version, safety_units, order_units, reason };
        let json = serde_json::to_string(&ask).expect("plain data");
        spawn_local(async move {
            let answer = override_stock(store.to_string(), json).await;
            let _ = is_busy.try_set(false);
            match answer {
                Ok(Overridden::Saved) => {
                    let _ = desk.setting.try_set(None);
                    desk.outer.loaded.refetch();
                }
                Ok(Overridden::Outdated) => {
                    let _ = trouble.try_set(Some(language.override_outdated()));
                }
                Err(_) => {
                    let _ = trouble.try_set(Some(language.override_failed()));
                }
            }
        });
    };
    let number = move |label: &'static str, name: &'static str, least: &'static str, typed: RwSignal<String>| {
        view! {
            <label class="field">
                <span class="field__label">{label}</span>
                <input
                    class="field__control"
                    type="number"
                    inputmode="numeric"
                    name=name
                    min=least
                    max="1000000"
                    step="1"
                    prop:value=move || typed.get()
                    on:input=move |event| typed.set(event_target_value(&event))
                />
            </label>
        }
    };
    let head = format!("{} · {} {}", line.name, language.name(&line.store_name), line.store);
    let computed = language.override_computed(format::number(line.suggestion.target.safety_units));
    view! {
        <Dialog
            title=language.override_title()
            close=move |()| desk.setting.set(None)
            place=DialogPlace::Middle
        >
            <form class="dialog__body override-form" on:submit=save novalidate>
                <p>{head}</p>
                <p class="muted">{computed}</p>
                {number(language.override_safety(), "safety", "0", safety)}
                {number(language.override_order(), "order", "1", order)}
                <label class="field">
                    <span class="field__label">{language.override_reason()}</span>
                    <textarea
                        class="field__control"
                        name="reason"
                        rows="2"
                        maxlength="256"
                        aria-describedby="override-trouble"
                        on:input=move |event| reason.set(event_target_value(&event))
                    ></textarea>
                </label>
                <p class="field__error" id="override-trouble" role="alert">{move || trouble.get()}</p>
                <button
                    class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Block)
                    type="submit"
                    disabled=move || is_busy.get()
                >
                    {language.override_save()}
                </button>
            </form>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_field_sets_nothing() {
        assert_eq!(typed_units(" ", 0), Ok(None));
        assert_eq!([typed_units("0", 0), typed_units("12", 1)], [Ok(Some(0)), Ok(Some(12))]);
        assert_eq!([typed_units("0", 1), typed_units("-1", 0), typed_units("1.5", 0)], [Err(()); 3]);
    }
}
