//! How far the counting is, shelf by shelf and person by person. Holds no expected quantity: managers count too.

use super::Desk;
use crate::component::badge::{Badge, Tone};
use crate::component::figure::{Figure, Figures};
use crate::component::icon::Glyph;
use crate::component::load_state::Empty;
use crate::format;
use crate::text::use_language;
use domain::review::{CounterProgress, ShelfProgress, ShelfState};
use leptos::prelude::*;
use std::collections::BTreeSet;

fn tone(state: ShelfState) -> Tone {
    match state {
        ShelfState::Untouched => Tone::Plain,
        ShelfState::BeingCounted => Tone::Info,
        ShelfState::Paused => Tone::Warn,
        ShelfState::Abandoned => Tone::Bad,
        ShelfState::Complete => Tone::Good,
    }
}

/// The progress of a stocktake that is being counted.
#[component]
pub fn Progress(
    /// The page.
    desk: Desk,
) -> impl IntoView {
    let language = use_language();
    // States change with time alone, too; every ten seconds is soon enough for minutes.
    let now = desk.clock.slow();
    let n_in = move |wanted: ShelfState| {
        desk.detail.with(|detail| detail.shelves.iter().filter(|shelf| shelf.state(now.get()) == wanted).count())
    };
    let n_shelves = move || desk.detail.with(|detail| detail.shelves.len());
    let counted =
        move || desk.detail.with(|detail| (i64::from(detail.summary.n_counted), i64::from(detail.summary.n_lines)));
    let n_people = move || {
        desk.detail.with(|detail| {
            let people: BTreeSet<_> = detail.shelves.iter().flat_map(|shelf| shelf.counting(now.get())).collect();
            people.len()
        })
    };
    let share = move || {
        let (n, of) = counted();
        if of == 0 { String::new() } else { format::percent(n as f64 / of as f64) }
    };
    let is_empty = Memo::new(move |_| desk.detail.with(|detail| detail.counters.is_empty()));
    let shelves = move || {
        desk.detail.with(|detail| {
            detail.shelves.iter().map(|shelf| view! { <li><Shelf desk shelf now=now.get()/></li> }).collect_view()
        })
    };
    let people = move || {
        desk.detail.with(|detail| {
            detail.counters.iter().map(|known| view! { <li><Person desk known now=now.get()/></li> }).collect_view()
        })
    };
    view! {
        <Figures>
            <Figure
                label=language.progress_lines()
                value=Signal::derive(share)
                note=Signal::derive(move || {
                    let (n, of) = counted();
                    language.n_of_lines(format::number(n), format::number(of))
                })
            />
            <Figure
                label=language.progress_shelves()
                value=Signal::derive(move || n_in(ShelfState::Complete).to_string())
                note=Signal::derive(move || language.kpi_shelves_note(n_shelves()))
            />
            <Figure
                label=language.progress_people()
                value=Signal::derive(move || n_people().to_string())
                note=Signal::derive(String::new)
            />
            <Figure
                label=language.progress_abandoned()
                value=Signal::derive(move || n_in(ShelfState::Abandoned).to_string())
                note=Signal::derive(String::new)
            />
        </Figures>
        <div class="split">
            <section class="card card--flush">
                <div class="card__head">
                    <h2 class="card__title">{language.progress_by_shelf()}</h2>
                </div>
                <ul class="rows shelf-progress">{shelves}</ul>
            </section>
            <section class="card card--flush">
                <div class="card__head">
                    <h2 class="card__title">{language.progress_by_person()}</h2>
                </div>
                <Show
                    when=move || !is_empty.get()
                    fallback=move || {
                        view! {
                            <Empty
                                glyph=Glyph::Person
                                title=language.progress_nobody_title()
                                text=language.progress_nobody_text()
                            />
                        }
                    }
                >
                    <ul class="rows">{people}</ul>
                </Show>
            </section>
        </div>
    }
}

/// One shelf.
#[component]
fn Shelf<'a>(desk: Desk, shelf: &'a ShelfProgress, now: domain::instant::Timestamp) -> impl IntoView + use<> {
    let language = use_language();
    let state = shelf.state(now);
    let counting: Vec<String> = shelf.counting(now).map(|person| desk.name(person)).collect();
    let last = shelf.counted_by.iter().max_by_key(|(_, at)| **at);
    let who = if !counting.is_empty() && state == ShelfState::BeingCounted {
        Some(language.shelf_by(language.names(counting.iter().map(String::as_str))))
    } else {
        last.map(|(person, at)| language.shelf_last(desk.name(person), format::ago(Some(*at), now, language)))
    };
    let assigned = shelf.assigned.as_ref().map(|person| language.shelf_for(desk.name(person)));
    let sub = [assigned, who].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let lines = format!("{} / {}", shelf.n_counted, shelf.n_lines);
    view! {
        <div class="row shelf-progress__row">
            <span class="shelf-progress__code">{shelf.shelf.to_string()}</span>
            <span class="row__main">
                <progress
                    class="progress"
                    aria-label=language.shelf_here(&shelf.shelf)
                    max=shelf.n_lines.max(1)
                    value=shelf.n_counted
                ></progress>
                <span class="row__sub">{sub}</span>
            </span>
            <span class="shelf-progress__lines">{lines}</span>
            <Badge tone=tone(state) is_live=Signal::stored(state == ShelfState::BeingCounted)>
                {language.shelf_state(state)}
            </Badge>
        </div>
    }
}

/// One person.
#[component]
fn Person<'a>(desk: Desk, known: &'a CounterProgress, now: domain::instant::Timestamp) -> impl IntoView + use<> {
    let language = use_language();
    let last = match &known.last {
        Some((at, shelf)) => language.person_last(shelf, format::ago(Some(*at), now, language)),
        None => language.person_not_begun().to_owned(),
    };
    let assigned = (known.n_assigned > 0).then(|| language.person_shelves(known.n_done, known.n_assigned));
    let sub = [Some(last), assigned].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <div class="row">
            <span class="row__main">
                <span class="row__title">{desk.name(&known.person)}</span>
                <span class="row__sub">{sub}</span>
            </span>
            <span class="row__end">{language.person_lines(format::number(known.n_lines.into()))}</span>
        </div>
    }
}
