//! What was recorded last, large; and what was refused, until it has been seen.

use super::counter::Intent;
use super::desk::{Card, CardKind, Desk, Sheet};
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::format;
use leptos::html::Button;
use leptos::prelude::*;

/// The refusal if there is one, else the last result.
#[component]
pub fn ResultPanel(desk: Desk) -> impl IntoView {
    view! {
        <div class="count__result">
            <div role="alert">{move || desk.refused.get().map(|why| view! { <Refused desk why/> })}</div>
            {move || {
                let card = desk.refused.with(Option::is_none).then(|| desk.card.get()).flatten();
                card.map(|card| view! { <Counted desk card/> })
            }}
        </div>
    }
}

#[component]
fn Refused(desk: Desk, why: String) -> impl IntoView {
    let language = desk.language;
    let button = NodeRef::<Button>::new();
    Effect::new(move |_| {
        if let Some(button) = button.get() {
            let _ = button.focus();
        }
    });
    view! {
        <div class="scan-result scan-result--refused">
            <Icon glyph=Glyph::Warning size=IconSize::Large/>
            <div>
                <p class="scan-result__name">{language.refused_title()}</p>
                <p>{why}</p>
            </div>
            <div class="scan-result__actions">
                <button
                    class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Block)
                    type="button"
                    node_ref=button
                    on:click=move |_| desk.refused.set(None)
                >
                    {language.understood()}
                </button>
            </div>
        </div>
    }
}

#[component]
fn Counted(desk: Desk, card: Card) -> impl IntoView {
    let language = desk.language;
    let (class, glyph) = match card.kind {
        CardKind::Counted => ("scan-result scan-result--accepted", Glyph::Check),
        CardKind::Unknown => ("scan-result scan-result--unknown", Glyph::Warning),
        CardKind::Undone => ("scan-result scan-result--repeat", Glyph::Undo),
    };
    let added = match card.kind {
        CardKind::Undone => language.card_undone().to_owned(),
        CardKind::Counted | CardKind::Unknown => format::signed(card.added),
    };
    let (key, name, units) = (card.key.clone(), card.name.clone(), format::number(card.units));
    view! {
        <div class=class>
            <Icon glyph size=IconSize::Large/>
            <div>
                <p class="scan-result__name">{card.name}</p>
                <p class="scan-result__code">{card.code} " · " {added}</p>
            </div>
            <button
                class="scan-result__units"
                type="button"
                aria-label=language.line_change(name, &units)
                on:click=move |_| desk.sheet.set(Sheet::Quantity(key.clone()))
            >
                {units.clone()}
            </button>
            {(card.kind != CardKind::Undone).then(|| view! {
                <button
                    class="scan-result__undo"
                    type="button"
                    aria-label=language.undo_last()
                    on:click=move |_| desk.record(Intent::UndoNewest)
                >
                    <Icon glyph=Glyph::Undo/>
                </button>
            })}
        </div>
    }
}
