//! Stores where they stand: a drawn sheet for each region, a coloured circle for each store, no tiles of anybody.

mod layout;

use crate::component::ramp::{Ramp, hex, is_dark};
use crate::text::use_language;
use domain::geo::Coordinates;
use layout::{Layout, NAMED_MAX, RADIUS, lay_out};
use leptos::ev::{MouseEvent, PointerEvent};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// Columns of a line of a store's name under its circle; a Chinese character takes two.
const NAME_COLUMNS: usize = 16;
/// Height of such a line.
const LINE: f64 = 12.0;
/// Stores of one region above which its sheet takes the whole width.
const NARROW_MAX: usize = 30;

/// A region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// As shown.
    pub name: String,
    /// Its stores.
    pub spots: Vec<Spot>,
}

/// A store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// As shown.
    pub name: String,
    /// The page about it.
    pub href: String,
    /// Where it stands.
    pub at: Coordinates,
}

/// Where a store lies on the scale, and the figure that stands for it.
pub type Value = (Option<f64>, String);

/// What a circle needs besides its store.
#[derive(Clone, Copy)]
struct Shared {
    values: Signal<Vec<Value>>,
    ramp: Signal<Ramp>,
    marked: RwSignal<Option<usize>>,
    open: StoredValue<Box<dyn Fn(&str)>, LocalStorage>,
    /// The store whose figures a finger has just asked for.
    touched: StoredValue<Option<usize>>,
}

/// The map.
#[component]
pub fn StoreMap(
    /// The regions.
    #[prop(into)]
    sheets: Signal<Vec<Sheet>>,
    /// Each store's value, sheet by sheet.
    #[prop(into)]
    values: Signal<Vec<Value>>,
    /// The scale.
    #[prop(into)]
    ramp: Signal<Ramp>,
    /// The figures of a store, for the line above the map.
    #[prop(into)]
    readout: Callback<usize, Vec<String>>,
) -> impl IntoView {
    let language = use_language();
    let navigate = use_navigate();
    let open: Box<dyn Fn(&str)> = Box::new(move |href| navigate(href, Default::default()));
    let marked = RwSignal::new(None::<usize>);
    let shared = Shared { values, ramp, marked, open: StoredValue::new_local(open), touched: StoredValue::new(None) };
    let name = move |at: usize| {
        sheets.with(|sheets| sheets.iter().flat_map(|sheet| &sheet.spots).nth(at).map(|spot| spot.name.clone()))
    };
    let line_above = move || match marked.get().and_then(|at| Some((at, name(at)?))) {
        Some((at, name)) => {
            let figures = readout.run(at).into_iter();
            let figures = figures.map(|part| view! { <span class="readout__figure">{part}</span> }).collect_view();
            view! { <span class="readout__place">{name}</span> {figures} }.into_any()
        }
        None => view! { <span class="muted">{language.places_hint()}</span> }.into_any(),
    };
    let each = move || {
        let mut first = 0;
        let sheets = sheets.get().into_iter().map(|sheet| {
            let at = first;
            first += sheet.spots.len();
            region(sheet, at, shared)
        });
        sheets.collect_view()
    };
    view! {
        <div class="readout" aria-live="polite">{line_above}</div>
        <div class="store-map" role="group" aria-label=language.places_label()>
            {each}
        </div>
    }
}

/// One region's sheet; `first` is the position of its first store.
fn region(sheet: Sheet, first: usize, shared: Shared) -> impl IntoView {
    let language = use_language();
    let places: Vec<Coordinates> = sheet.spots.iter().map(|spot| spot.at).collect();
    let Layout { width, height, spots, bar: (length, km) } = lay_out(&places);
    let is_named = sheet.spots.len() <= NAMED_MAX;
    let class =
        if sheet.spots.len() > NARROW_MAX { "store-map__region store-map__region--wide" } else { "store-map__region" };
    let label = language.places_region(&sheet.name, sheet.spots.len());
    let stores = (first..).zip(sheet.spots.into_iter().zip(spots));
    let stores = stores.map(|(at, (spot, middle))| store(spot, at, middle, is_named, shared)).collect_view();
    let (left, base) = (12.0, height + 14.0);
    view! {
        <figure class=class>
            <figcaption class="store-map__caption">{label.clone()}</figcaption>
            <svg
                class="store-map__sheet"
                viewBox=format!("0 0 {width:.0} {:.0}", height + 24.0)
                role="group"
                aria-label=label
            >
                <path class="store-map__bar" d=format!("M{left} {:.0}v6h{length:.1}v-6", base - 6.0)></path>
                <text class="store-map__bar-words" x=format!("{:.1}", left + length + 6.0) y=format!("{base:.0}")>
                    {language.kilometres(km)}
                </text>
                {stores}
            </svg>
        </figure>
    }
}

/// One store's circle: a link to its page that says its name and figure.
fn store(spot: Spot, at: usize, (x, y): (f64, f64), is_named: bool, shared: Shared) -> impl IntoView {
    let language = use_language();
    let Shared { values, ramp, marked, open, touched } = shared;
    let Spot { name, href, .. } = spot;
    let value = Memo::new(move |_| values.with(|values| values.get(at).cloned()).unwrap_or_default());
    let colour = Memo::new(move |_| value.with(|value| value.0).map(|position| ramp.get().colour(position)));
    let fill = move || colour.get().map(hex);
    let class = move || match colour.get() {
        None => "store-map__store store-map__store--none",
        Some(colour) if is_dark(colour) => "store-map__store store-map__store--dark",
        Some(_) => "store-map__store",
    };
    let lines = is_named.then(|| {
        let (x, first) = (format!("{x:.1}"), y + RADIUS + 13.0);
        let line = |(n, line): (usize, String)| {
            view! { <tspan x=x.clone() y=format!("{:.1}", first + n as f64 * LINE)>{line}</tspan> }
        };
        let lines = in_lines(&name).into_iter().enumerate().map(line).collect_view();
        view! { <text class="store-map__name" aria-hidden="true">{lines}</text> }
    });
    let label = move || language.store_and_figure(&name, value.with(|value| value.1.clone()));
    let address = href.clone();
    let on_pointer_down = move |event: PointerEvent| {
        // A mouse has seen the figures before it clicks; a finger's first touch is to see them.
        let is_first = event.pointer_type() == "touch" && marked.get_untracked() != Some(at);
        touched.set_value(is_first.then_some(at));
        marked.set(Some(at));
    };
    let on_click = move |event: MouseEvent| {
        if event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0 {
            return;
        }
        event.prevent_default();
        if touched.get_value() != Some(at) {
            open.with_value(|open| open(&address));
        }
        touched.set_value(None);
    };
    view! {
        <g class=class>
            <a
                href=href
                aria-label=label
                on:focus=move |_| marked.set(Some(at))
                on:pointerenter=move |_| marked.set(Some(at))
                on:pointerdown=on_pointer_down
                on:click=on_click
            >
                {lines}
                <circle cx=format!("{x:.1}") cy=format!("{y:.1}") r=RADIUS.to_string() fill=fill></circle>
                <text class="store-map__figure" x=format!("{x:.1}") y=format!("{y:.1}") aria-hidden="true">
                    {move || value.with(|value| value.1.clone())}
                </text>
            </a>
        </g>
    }
}

/// A name in lines that fit: broken between words, a Chinese one anywhere. Each ends in a space, so that what is read
/// is the name and then the figure.
fn in_lines(name: &str) -> Vec<String> {
    let columns = |text: &str| text.chars().map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let mut lines = vec![String::new()];
    for word in name.split_inclusive(|letter: char| letter == ' ' || !letter.is_ascii()) {
        match lines.last_mut() {
            Some(line) if line.is_empty() || columns(line) + columns(word.trim_end()) <= NAME_COLUMNS => {
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    if let Some(last) = lines.last_mut() {
        last.push(' ');
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_broken_where_they_may_be() {
        assert_eq!(in_lines("上海静安寺店"), ["上海静安寺店 "]);
        assert_eq!(in_lines("上海浦东新区世纪大道店"), ["上海浦东新区世纪", "大道店 "]);
        assert_eq!(in_lines("Shanghai Jing'an Temple"), ["Shanghai Jing'an ", "Temple "]);
    }
}
