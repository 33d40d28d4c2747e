//! What was recorded last, large; and what was refused, until it has been seen.

use super::counter::Intent;
use super::desk::{Card, CardKind, Desk, Sheet};
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::format;
use crate::scan::refused::Refused;
use leptos::prelude::*;

/// The refusal if there is one, else the last result.
#[component]
pub fn ResultPanel(desk: Desk) -> impl IntoView {
    view! {
        <div class="count__result">
            <div role="alert">{move || desk.refused.get().map(|why| view! { <Refused why refused=desk.refused/> })}</div>
            {move || {
                let card = desk.refused.with(Option::is_none).then(|| desk.card.get()).flatten();
                card.map(|card| view! { <Counted desk card/> })
            }}
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
