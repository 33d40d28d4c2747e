//! What the board can be told to show: layer, region, category, day, the day it is compared with, grid or map.
//!
//! All of it is in the address. What is one of a few is a link; the rest leads to a link's address.

use super::choice::{Choice, Colour};
use crate::text::use_language;
use domain::board::Layer;
use domain::heat::{HeatLayer, PAST_DAYS};
use domain::id::{CategoryCode, RegionCode};
use domain::instant::Day;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// What the colours of a store's plan stand for.
#[component]
pub fn LayerChoice(
    /// The layer shown.
    layer: RwSignal<Layer>,
) -> impl IntoView {
    let language = use_language();
    let button = move |choice: Layer| {
        let pressed = move || if layer.get() == choice { "true" } else { "false" };
        view! {
            <button class="segment" type="button" aria-pressed=pressed on:click=move |_| layer.set(choice)>
                {language.layer(choice)}
            </button>
        }
    };
    view! {
        <div class="segments segments--compact" role="group" aria-label=language.layer_label()>
            {Layer::ALL.map(button).into_iter().collect_view()}
        </div>
    }
}

/// A link to the board as it is but for one thing.
fn link(
    choice: Memo<Choice>,
    text: String,
    change: impl Fn(&mut Choice) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let changed = Memo::new(move |_| {
        let mut changed = choice.get();
        change(&mut changed);
        changed
    });
    let href = move || changed.with(Choice::href);
    let current = move || (choice.get() == changed.get()).then_some("true");
    view! {
        <a class="segment" href=href aria-current=current data-noscroll>
            {text}
        </a>
    }
}

/// Leads to the board as it is but for one thing, in place of the address shown.
fn leader() -> impl Fn(Choice) + Copy + 'static {
    let navigate = StoredValue::new_local(use_navigate());
    move |choice: Choice| {
        let options = NavigateOptions { scroll: false, replace: true, ..NavigateOptions::default() };
        navigate.with_value(|navigate| navigate(&choice.href(), options));
    }
}

/// What the colours of the chain's board stand for.
#[component]
pub fn ColourChoice(
    /// What is shown.
    choice: Memo<Choice>,
) -> impl IntoView {
    let language = use_language();
    let link_to = move |colour: Colour| {
        let name = match colour {
            Colour::Count(layer) => language.layer(layer),
            Colour::Heat(layer) => language.heat_layer(layer),
        };
        link(choice, name.to_owned(), move |choice| choice.colour = colour)
    };
    let heat = |is_shown: fn(HeatLayer) -> bool| {
        HeatLayer::ALL.into_iter().filter(|layer| is_shown(*layer)).map(Colour::Heat).collect::<Vec<_>>()
    };
    let groups = [
        (language.layers_of_counting(), Layer::ALL.map(Colour::Count).to_vec()),
        (language.layers_of_goods(), heat(|layer| !layer.is_of_store())),
        (language.layers_of_people(), heat(|layer| layer.is_of_store() && layer.knows_past())),
        (language.layers_of_transfers(), heat(|layer| layer.is_of_store() && !layer.knows_past())),
    ];
    let group = move |(name, colours): (&'static str, Vec<Colour>)| {
        view! {
            <div class="board__layers-group">
                <span class="board__layers-name" aria-hidden="true">{name}</span>
                <div class="segments segments--compact" role="group" aria-label=name>
                    {colours.into_iter().map(link_to).collect_view()}
                </div>
            </div>
        }
    };
    view! {
        <nav class="board__layers" aria-label=language.layer_label()>
            {groups.into_iter().map(group).collect_view()}
        </nav>
    }
}

/// Grid or map.
#[component]
pub fn ViewChoice(
    /// What is shown.
    choice: Memo<Choice>,
) -> impl IntoView {
    let language = use_language();
    let grid = link(choice, language.view_grid().to_owned(), |choice| choice.is_map = false);
    let map = link(choice, language.view_map().to_owned(), |choice| choice.is_map = true);
    view! {
        <nav class="segments segments--compact" aria-label=language.view_label()>
            {grid}
            {map}
        </nav>
    }
}

/// Which region is shown.
#[component]
pub fn RegionChoice(
    /// The regions with their names.
    regions: Vec<(RegionCode, String)>,
    /// What is shown.
    choice: Memo<Choice>,
) -> impl IntoView {
    let language = use_language();
    let link_to = move |code: Option<RegionCode>, name: String| {
        let code = StoredValue::new(code);
        link(choice, name, move |choice| choice.region = code.get_value())
    };
    let all = link_to(None, language.all_regions().to_owned());
    let each = regions.into_iter().map(|(code, name)| link_to(Some(code), name)).collect_view();
    view! {
        <nav class="segments segments--compact" aria-label=language.region_filter()>
            {all}
            {each}
        </nav>
    }
}

/// Which goods are shown.
#[component]
pub fn CategoryChoice(
    /// The categories with their names.
    categories: Vec<(CategoryCode, String)>,
    /// What is shown.
    choice: Memo<Choice>,
) -> impl IntoView {
    let language = use_language();
    let lead = leader();
    let chosen = Memo::new(move |_| choice.with(|choice| choice.category.clone()));
    let value = move || chosen.get().map(|code| code.to_string()).unwrap_or_default();
    let option = move |(code, name): (CategoryCode, String)| {
        let value = code.to_string();
        view! { <option value=value selected=move || chosen.get().as_ref() == Some(&code)>{name}</option> }
    };
    let on_change = move |event| {
        let category = CategoryCode::parse(&event_target_value(&event)).ok();
        lead(Choice { category, ..choice.get_untracked() });
    };
    view! {
        <select class="select" aria-label=language.category_filter() prop:value=value on:change=on_change>
            <option value="" selected=move || chosen.with(Option::is_none)>{language.all_categories()}</option>
            {categories.into_iter().map(option).collect_view()}
        </select>
    }
}

/// Which day is shown, and with which it is compared.
#[component]
pub fn DayChoice(
    /// What is shown.
    choice: Memo<Choice>,
    /// Today, on the stores' calendar.
    today: Memo<Day>,
) -> impl IntoView {
    let language = use_language();
    let lead = leader();
    // While the handle is held, only its words follow it.
    let held = RwSignal::new(None::<i64>);
    let days_ago = Memo::new(move |_| choice.with(|choice| choice.day.map_or(0, |day| today.get().days_since(day))));
    let words = Memo::new(move |_| match held.get().unwrap_or_else(|| days_ago.get()) {
        0 => language.day_now().to_owned(),
        ago => language.day_ago(today.get().plus_days(-ago), ago),
    });
    let ago_of = |event: &_| event_target_value(event).parse::<i64>().map_or(0, |position| -position);
    let on_change = move |event| {
        let day = Some(ago_of(&event)).filter(|ago| *ago > 0).map(|ago| today.get_untracked().plus_days(-ago));
        held.set(None);
        lead(Choice { day, ..choice.get_untracked() });
    };
    let on_against = move |event| {
        let against = event_target_value(&event).parse().ok();
        lead(Choice { against, ..choice.get_untracked() });
    };
    view! {
        <div class="board__days">
            <label class="board__day">
                <span class="field__label">{language.day_label()}</span>
                <input
                    class="board__slider"
                    type="range"
                    min=(-PAST_DAYS).to_string()
                    max="0"
                    step="1"
                    aria-valuetext=move || words.get()
                    prop:value=move || (-days_ago.get()).to_string()
                    on:input=move |event| held.set(Some(ago_of(&event)))
                    on:change=on_change
                />
                <output class="board__day-words">{move || words.get()}</output>
            </label>
            <label class="board__against">
                <span class="field__label">{language.against_label()}</span>
                <input
                    class="input field__control"
                    type="date"
                    min=move || today.get().plus_days(-PAST_DAYS).to_string()
                    max=move || today.get().plus_days(-1).to_string()
                    prop:value=move || choice.with(|choice| choice.against.map(|day| day.to_string()).unwrap_or_default())
                    on:change=on_against
                />
            </label>
        </div>
    }
}
