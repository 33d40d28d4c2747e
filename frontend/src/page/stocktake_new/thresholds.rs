//! How far a count may be off before somebody else must count again.

use crate::text::use_language;
use domain::stocktake::Thresholds;
use leptos::prelude::*;

/// What is typed into the three fields.
#[derive(Debug, Clone, Copy)]
pub struct Typed {
    units: RwSignal<String>,
    percent: RwSignal<String>,
    yuan: RwSignal<String>,
}

fn whole(text: &str) -> Option<Option<u32>> {
    let text = text.trim();
    if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
}

impl Typed {
    /// Starts with these.
    pub fn new(thresholds: Thresholds) -> Self {
        let text = |n: Option<i64>| RwSignal::new(n.map_or_else(String::new, |n| n.to_string()));
        Self {
            units: text(thresholds.units.map(i64::from)),
            percent: text(thresholds.permille.map(|n| i64::from(n) / 10)),
            yuan: text(thresholds.value_minor.map(|minor| minor / 100)),
        }
    }

    /// What they say; `None` while one of them cannot be read.
    pub fn read(self) -> Option<Thresholds> {
        let read = |field: RwSignal<String>| field.with_untracked(|text| whole(text));
        let (units, percent, yuan) = (read(self.units)?, read(self.percent)?, read(self.yuan)?);
        let permille = match percent {
            Some(percent) => Some(percent.checked_mul(10)?),
            None => None,
        };
        Some(Thresholds { units, permille, value_minor: yuan.map(|yuan| i64::from(yuan) * 100) })
    }
}

/// The three fields.
#[component]
pub fn ThresholdFields(
    /// What is typed.
    typed: Typed,
) -> impl IntoView {
    let language = use_language();
    let field = move |label: &'static str, text: RwSignal<String>| {
        let is_bad = move || text.with(|text| whole(text).is_none());
        view! {
            <label class="field">
                <span class="field__label">{label}</span>
                <input
                    class="field__control"
                    inputmode="numeric"
                    autocomplete="off"
                    prop:value=text
                    value=text.get_untracked()
                    aria-invalid=move || is_bad().then_some("true")
                    on:input=move |event| text.set(event_target_value(&event))
                />
                {move || is_bad().then(|| view! { <span class="field__error">{language.plan_bad_number()}</span> })}
            </label>
        }
    };
    view! {
        <section class="card">
            <div class="card__head">
                <h2 class="card__title">{language.plan_thresholds()}</h2>
            </div>
            <div class="card__body">
                <p class="muted plan-form__note">{language.plan_thresholds_text()}</p>
                <div class="plan-form__row plan-form__row--even">
                    {field(language.plan_over_money(), typed.yuan)}
                    {field(language.plan_over_units(), typed.units)}
                    {field(language.plan_over_percent(), typed.percent)}
                </div>
            </div>
        </section>
    }
}
