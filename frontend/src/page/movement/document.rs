//! Which delivery, or which sale, it is about.

use super::desk::{Lookup, MoveDesk};
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::format;
use domain::movement::MovementKind;
use domain::sync::OpenOrder;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Asks for the document.
#[component]
pub fn Document(desk: MoveDesk) -> impl IntoView {
    if desk.kind() == MovementKind::CustomerReturn {
        view! { <FindSale desk/> }.into_any()
    } else {
        view! { <ChooseOrder desk/> }.into_any()
    }
}

#[component]
fn ChooseOrder(desk: MoveDesk) -> impl IntoView {
    let language = desk.language;
    let orders = desk.with_snapshot(|snapshot| snapshot.orders.clone());
    let is_empty = orders.is_empty();
    let row = move |open: OpenOrder| {
        let received = |sku| open.received.get(sku).copied().unwrap_or_default();
        let to_come: i64 = open.order.lines.iter().map(|line| (line.units - received(&line.sku)).max(0)).sum();
        let sub = language.order_lines(open.order.lines.len(), format::number(to_come));
        let number = open.order.number.clone();
        view! {
            <li>
                <button class="row" type="button" on:click=move |_| desk.choose_document(number.clone())>
                    <span class="row__main">
                        <span class="row__title">{open.order.supplier.clone()}</span>
                        <span class="row__sub"><span class="code">{open.order.number.clone()}</span> " · " {sub}</span>
                    </span>
                    <span class="row__end move__due">{language.order_due(open.order.due)}</span>
                    <Icon glyph=Glyph::Go/>
                </button>
            </li>
        }
    };
    let number = RwSignal::new(String::new());
    let has_number = move || number.with(|number| !number.trim().is_empty());
    let go = move |event: SubmitEvent| {
        event.prevent_default();
        if has_number() {
            desk.choose_document(number.get_untracked().trim().to_owned());
        }
    };
    view! {
        <section class="move__section">
            <h2 class="move__head">{language.order_choose_title()}</h2>
            <p class="muted">{if is_empty { language.order_none() } else { language.order_choose_text() }}</p>
        </section>
        <ul class="rows">{orders.into_iter().map(row).collect_view()}</ul>
        <form class="move__section" on:submit=go>
            <h2 class="move__head">{language.order_other()}</h2>
            <div class="field">
                <label class="field__label" for="delivery-note">{language.order_other_label()}</label>
                <input
                    class="field__control field__control--large"
                    id="delivery-note"
                    type="text"
                    autocomplete="off"
                    autocapitalize="characters"
                    spellcheck="false"
                    maxlength="256"
                    prop:value=move || number.get()
                    on:input:target=move |event| number.set(event.target().value())
                />
            </div>
            <button
                class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Block)
                type="submit"
                disabled=move || !has_number()
            >
                {language.order_go()}
            </button>
        </form>
    }
}

#[component]
fn FindSale(desk: MoveDesk) -> impl IntoView {
    let language = desk.language;
    let number = RwSignal::new(String::new());
    let is_busy = move || desk.lookup.get() == Lookup::Busy;
    let find = move |event: SubmitEvent| {
        event.prevent_default();
        desk.find_sale(number.get_untracked());
    };
    let answer = move || match desk.lookup.get() {
        Lookup::Idle => None,
        Lookup::Busy => Some(view! { <p class="muted" role="status">{language.sale_finding()}</p> }.into_any()),
        Lookup::NotFound(number) => {
            Some(view! { <Banner tone=Tone::Bad>{language.sale_not_found(number)}</Banner> }.into_any())
        }
        Lookup::Offline(_) => Some(view! { <Banner tone=Tone::Warn>{language.sale_offline()}</Banner> }.into_any()),
        Lookup::Failed => Some(view! { <Banner tone=Tone::Bad>{language.sale_failed()}</Banner> }.into_any()),
    };
    // What could not be looked up for want of a network is worth keeping; what the store does not have is not.
    let without = move |_| {
        let number = match desk.lookup.get_untracked() {
            Lookup::Offline(number) => Some(number),
            _ => None,
        };
        desk.go_on_without_sale(number);
    };
    view! {
        <form class="move__section" on:submit=find>
            <h2 class="move__head">{language.sale_find_title()}</h2>
            <p class="muted">{language.sale_find_text()}</p>
            <div class="field">
                <label class="field__label" for="receipt-number">{language.sale_number_label()}</label>
                <input
                    class="field__control field__control--large"
                    id="receipt-number"
                    type="text"
                    autocomplete="off"
                    autocapitalize="characters"
                    spellcheck="false"
                    maxlength="256"
                    prop:value=move || number.get()
                    on:input:target=move |event| number.set(event.target().value())
                />
            </div>
            {answer}
            <div class="move__actions">
                <button
                    class=button_class(ButtonKind::Usual, ButtonSize::Large, ButtonWidth::Words)
                    type="button"
                    on:click=without
                >
                    {language.sale_without()}
                </button>
                <button
                    class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Words)
                    type="submit"
                    disabled=move || is_busy() || number.with(|number| number.trim().is_empty())
                >
                    {language.sale_find()}
                </button>
            </div>
        </form>
    }
}
