//! One line under review: what was expected and found, by whom, and what can be done about it.

use super::Desk;
use crate::component::badge::{Badge, Tone};
use crate::component::variance::Variance;
use crate::format;
use crate::text::use_language;
use domain::event::EventBody;
use domain::id::PersonId;
use domain::review::ReviewLine;
use domain::stocktake::{CounterTally, LineRef, LineState, Stage};
use leptos::prelude::*;
use std::collections::BTreeMap;

fn tone(state: LineState) -> Tone {
    match state {
        LineState::Uncounted => Tone::Plain,
        LineState::Fine => Tone::Good,
        LineState::Off => Tone::Info,
        LineState::NeedsRecount | LineState::AwaitsRecount => Tone::Warn,
        LineState::Disputed => Tone::Bad,
    }
}

/// A line.
#[component]
pub fn Line(
    /// The page.
    desk: Desk,
    /// The line.
    line: ReviewLine,
    /// What the people named are called.
    people: BTreeMap<PersonId, String>,
) -> impl IntoView {
    let language = use_language();
    let is_reviewed = desk.detail.with_untracked(|detail| detail.summary.stage == Stage::Review);
    let may_act = desk.may_run && is_reviewed;
    let value = line.value_minor();
    let shown = line.counts.iter().rev().find(|(person, _)| line.taken.as_ref().is_none_or(|taken| taken == person));
    let is_below_zero = shown.is_some_and(|(_, tally)| tally.counted_units < 0);
    let figures = match shown {
        Some((_, tally)) => view! {
            <Fact label=language.line_expected() text=format::number(tally.expected_units)/>
            <Fact label=language.line_counted() text=format::number(tally.counted_units)/>
        }
        .into_any(),
        None => view! {
            <Fact label=language.line_on_hand() text=format::number(line.on_hand_units)/>
            <Fact label=language.line_counted() text="–".to_owned()/>
        }
        .into_any(),
    };
    let variance = line.variance_units.map(|units| {
        view! {
            <div class="review__fact">
                <dt>{language.line_variance()}</dt>
                <dd><Variance units/></dd>
            </div>
            <Fact label=language.line_value() text=format::signed_money(value)/>
        }
    });
    let may_choose = may_act && line.counts.len() > 1;
    let at = StoredValue::new(line.line.clone());
    let count = |(person, tally): &(PersonId, CounterTally)| {
        let name = people.get(person).cloned().unwrap_or_else(|| person.to_string());
        let is_taken = line.taken.as_ref() == Some(person);
        let words = language.count_of(&name, format::number(tally.counted_units), format::number(tally.expected_units));
        let take = {
            let person = person.clone();
            move |_| {
                let stocktake = desk.detail.with_untracked(|detail| detail.summary.id.clone());
                let body = EventBody::LineDecided { stocktake, line: at.get_value(), counter: person.clone() };
                desk.teller.tell(vec![body], language.decided_line().to_owned(), desk.again);
            }
        };
        let button = (may_choose && !(is_taken && line.is_decided)).then(|| {
            view! {
                <button class="button" type="button" disabled=move || desk.teller.is_busy() on:click=take>
                    {language.count_take(&name)}
                </button>
            }
        });
        let mark = (is_taken && line.counts.len() > 1).then(|| {
            view! { <Badge tone=Tone::Good>{language.count_taken()}</Badge> }
        });
        view! { <li class="review__count"><span>{words}</span> {mark} {button}</li> }
    };
    let counts = line.counts.iter().map(count).collect_view();
    let may_ask = may_act && matches!(line.state, LineState::NeedsRecount | LineState::Off | LineState::Disputed);
    let ask = may_ask.then(|| {
        let ask = move |_| {
            let stocktake = desk.detail.with_untracked(|detail| detail.summary.id.clone());
            let body = EventBody::RecountAsked { stocktake, lines: vec![at.get_value()] };
            desk.teller.tell(vec![body], language.asked_recount().to_owned(), desk.again);
        };
        view! {
            <button class="button" type="button" disabled=move || desk.teller.is_busy() on:click=ask>
                {language.line_ask_recount()}
            </button>
        }
    });
    let zero = (may_act && line.state == LineState::Uncounted).then(|| {
        view! { <Zero desk line=line.line.clone() name=line.name.clone()/> }
    });
    view! {
        <div class="review__line">
            <div class="review__main">
                <span class="row__title">{line.name.clone()}</span>
                <span class="row__sub">
                    <span class="code">{line.line.sku.to_string()}</span> " · "
                    {language.shelf_here(&line.line.shelf)} " · " {format::money(line.price_minor)}
                </span>
            </div>
            <Badge tone=tone(line.state)>{language.line_state(line.state)}</Badge>
            {is_below_zero.then(|| view! { <Badge tone=Tone::Bad>{language.line_below_zero()}</Badge> })}
            <dl class="review__facts">{figures} {variance}</dl>
            <ul class="review__counts">{counts}</ul>
            <div class="review__actions">{ask} {zero}</div>
        </div>
    }
}

#[component]
fn Fact(label: &'static str, text: String) -> impl IntoView {
    view! {
        <div class="review__fact">
            <dt>{label}</dt>
            <dd>{text}</dd>
        </div>
    }
}

/// What to do with a line that nobody has counted: said here, done with the approval.
#[component]
fn Zero(desk: Desk, line: LineRef, name: String) -> impl IntoView {
    let language = use_language();
    let line = StoredValue::new(line);
    let is_zeroed = move || desk.zeroed.with(|zeroed| line.with_value(|line| zeroed.contains(line)));
    let segment = move |zero: bool, words: &'static str| {
        let choose = move |_| {
            desk.zeroed.update(|zeroed| {
                if zero {
                    zeroed.insert(line.get_value())
                } else {
                    zeroed.remove(&line.get_value())
                };
            });
        };
        view! {
            <button
                class="segment"
                type="button"
                aria-pressed=move || (is_zeroed() == zero).to_string()
                on:click=choose
            >
                {words}
            </button>
        }
    };
    view! {
        <div class="segments" role="group" aria-label=language.line_zero_label(name)>
            {segment(false, language.line_leave())}
            {segment(true, language.line_zero())}
        </div>
    }
}
