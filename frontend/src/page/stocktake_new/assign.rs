//! Who counts where: zone by zone, or shelf by shelf.

use crate::backend::Counter;
use crate::text::use_language;
use domain::id::{PersonId, ShelfCode, ZoneCode};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// What a select says when the shelves of a zone are different people's.
const MIXED: &str = "*";

/// The people beside the zones and shelves.
#[component]
pub fn Assign(
    /// Who counts what.
    assigned: RwSignal<BTreeMap<ShelfCode, PersonId>>,
    /// The zones, with their names.
    zones: Vec<(ZoneCode, String)>,
    /// The shelves.
    shelves: Vec<ShelfCode>,
    /// Who may count.
    people: Vec<Counter>,
) -> impl IntoView {
    let language = use_language();
    let people = StoredValue::new(people);
    let choose = move |shelves: &[ShelfCode], value: &str| {
        let person = PersonId::parse(value).ok();
        if value == MIXED {
            return;
        }
        assigned.update(|all| {
            for shelf in shelves {
                match &person {
                    Some(person) => all.insert(shelf.clone(), person.clone()),
                    None => all.remove(shelf),
                };
            }
        });
    };
    let zone = move |(code, name): (ZoneCode, String)| {
        let own: Vec<ShelfCode> = shelves.iter().filter(|shelf| shelf.zone() == code).cloned().collect();
        let own = StoredValue::new(own);
        let value = move || {
            assigned.with(|all| {
                own.with_value(|own| {
                    let mut people = own.iter().map(|shelf| all.get(shelf));
                    let first = people.next().flatten();
                    match people.all(|other| other == first) {
                        true => first.map_or_else(String::new, ToString::to_string),
                        false => MIXED.to_owned(),
                    }
                })
            })
        };
        let one = move |shelf: ShelfCode| {
            let value = {
                let shelf = shelf.clone();
                move || assigned.with(|all| all.get(&shelf).map_or_else(String::new, ToString::to_string))
            };
            let label = language.plan_shelf_counter(&shelf);
            let shelf = StoredValue::new(shelf);
            let pick = Callback::new(move |value: String| choose(&[shelf.get_value()], &value));
            view! {
                <label class="assign__one">
                    <span class="assign__label">{label}</span>
                    <PersonSelect people value=Signal::derive(value) pick/>
                </label>
            }
        };
        let pick = Callback::new(move |value: String| own.with_value(|own| choose(own, &value)));
        view! {
            <div class="assign__zone">
                <label class="assign__one">
                    <span class="assign__label">{language.plan_zone_counter(&code)} " · " {name}</span>
                    <PersonSelect people value=Signal::derive(value) pick/>
                </label>
                <details class="assign__more">
                    <summary class="assign__summary">{language.plan_shelf_by_shelf()}</summary>
                    <div class="assign__shelves">{own.get_value().into_iter().map(one).collect_view()}</div>
                </details>
            </div>
        }
    };
    view! {
        <section class="card">
            <div class="card__head">
                <h2 class="card__title">{language.plan_who()}</h2>
                <span class="card__aside">{language.plan_who_text()}</span>
            </div>
            <div class="card__body assign">{zones.into_iter().map(zone).collect_view()}</div>
        </section>
    }
}

/// One of the people, anybody, or several.
#[component]
fn PersonSelect(
    people: StoredValue<Vec<Counter>>,
    #[prop(into)] value: Signal<String>,
    pick: Callback<String>,
) -> impl IntoView {
    let language = use_language();
    let option = |person: &Counter| {
        let words = language.person_with_role(&person.name, person.role);
        view! { <option value=person.id.to_string()>{words}</option> }
    };
    view! {
        <select class="select" prop:value=value on:change=move |event| pick.run(event_target_value(&event))>
            <option value="">{language.plan_anybody()}</option>
            {people.with_value(|people| people.iter().map(option).collect_view())}
            {move || (value.get() == MIXED).then(|| view! { <option value=MIXED>{language.plan_mixed()}</option> })}
        </select>
    }
}
