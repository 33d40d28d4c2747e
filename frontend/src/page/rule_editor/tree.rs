//! The condition as rows in groups. Each row keeps signals of its own, so that what is being typed in stays where it is.

use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::text::use_language;
use domain::measure::Measure;
use domain::rule::wording::Words;
use domain::rule::{Bound, Compare, Condition, Is, Mistake};
use leptos::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering};

/// Where a node stands in the rule: its number, and a JSON pointer.
pub(super) type Places = Vec<(u32, String)>;

/// A row or a group of rows.
#[derive(Clone, Copy)]
pub(super) struct Node {
    /// Tells nodes of a page apart.
    id: u32,
    /// Whether the opposite is meant.
    is_negated: RwSignal<bool>,
    shape: Shape,
}

#[derive(Clone, Copy)]
enum Shape {
    Group { joins: RwSignal<Joins>, parts: RwSignal<Vec<Node>> },
    Row { measure: RwSignal<Measure>, is: RwSignal<Is>, other: RwSignal<Option<Measure>>, number: RwSignal<String> },
}

/// How a group's parts join.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joins {
    All,
    Any,
}

impl Node {
    /// A whole condition; a single comparison becomes a group of one.
    pub(super) fn of(when: &Condition) -> Self {
        let node = Self::part(when);
        match node.shape {
            Shape::Group { .. } => node,
            Shape::Row { .. } => Self::group(Joins::All, vec![node]),
        }
    }

    fn part(condition: &Condition) -> Self {
        match condition {
            Condition::All(parts) => Self::group(Joins::All, parts.iter().map(Self::part).collect()),
            Condition::Any(parts) => Self::group(Joins::Any, parts.iter().map(Self::part).collect()),
            Condition::Not(part) => {
                let node = Self::part(part);
                node.is_negated.update(|is_negated| *is_negated = !*is_negated);
                node
            }
            Condition::Compare(compare) => Self::row(*compare),
        }
    }

    fn new(shape: Shape) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), is_negated: RwSignal::new(false), shape }
    }

    fn group(joins: Joins, parts: Vec<Self>) -> Self {
        Self::new(Shape::Group { joins: RwSignal::new(joins), parts: RwSignal::new(parts) })
    }

    fn row(compare: Compare) -> Self {
        let (other, number) = match compare.than {
            Bound::Value(value) => (None, value.to_string()),
            Bound::Share { percent, of } => (Some(of), percent.to_string()),
        };
        Self::new(Shape::Row {
            measure: RwSignal::new(compare.measure),
            is: RwSignal::new(compare.is),
            other: RwSignal::new(other),
            number: RwSignal::new(number),
        })
    }

    /// A comparison to begin with.
    fn first() -> Self {
        Self::row(Compare { measure: Measure::OnHand, is: Is::Below, than: Bound::Value(1) })
    }

    /// What it says now, and where each node stands in it.
    pub(super) fn condition(self, at: &str, places: &mut Places) -> Condition {
        places.push((self.id, at.to_owned()));
        let is_negated = self.is_negated.get();
        let here = if is_negated { format!("{at}/not") } else { at.to_owned() };
        let said = match self.shape {
            Shape::Group { joins, parts } => {
                let (name, joins) = match joins.get() {
                    Joins::All => ("all", Condition::All as fn(Vec<Condition>) -> Condition),
                    Joins::Any => ("any", Condition::Any as fn(Vec<Condition>) -> Condition),
                };
                let part = |(at, node): (usize, Self)| node.condition(&format!("{here}/{name}/{at}"), places);
                joins(parts.get().into_iter().enumerate().map(part).collect())
            }
            Shape::Row { measure, is, other, number } => {
                let number = number.get();
                // What is no number is beyond what can be, and the row says so.
                let than = match other.get() {
                    None => Bound::Value(number.trim().parse().unwrap_or(i64::MAX)),
                    Some(of) => Bound::Share { percent: number.trim().parse().unwrap_or_default(), of },
                };
                Condition::Compare(Compare { measure: measure.get(), is: is.get(), than })
            }
        };
        if is_negated { Condition::Not(Box::new(said)) } else { said }
    }
}

/// What is wrong with a node itself, not with one within it.
fn mistake_of(id: u32, mistakes: &[Mistake], places: &Places) -> Option<Mistake> {
    let owner = |mistake: &Mistake| {
        let is_within = |place: &str| mistake.at == place || mistake.at.starts_with(&format!("{place}/"));
        places.iter().filter(|(_, place)| is_within(place)).max_by_key(|(_, place)| place.len()).map(|(id, _)| *id)
    };
    mistakes.iter().find(|mistake| owner(mistake) == Some(id)).cloned()
}

/// A node with all that is in it.
pub(super) fn node_view(
    node: Node,
    mistakes: Memo<Vec<Mistake>>,
    places: Memo<Places>,
    remove: Option<Callback<()>>,
) -> AnyView {
    let language = use_language();
    let wrong = move || {
        let mistake = mistakes.with(|mistakes| places.with(|places| mistake_of(node.id, mistakes, places)));
        mistake.map(|mistake| {
            view! { <p class="field__error" role="alert">{language.rule_mistake(&mistake.kind)}</p> }
        })
    };
    let is_negated = node.is_negated;
    let negation = view! {
        <label class="rule__choice">
            <input
                type="checkbox"
                prop:checked=move || is_negated.get()
                on:change=move |event| is_negated.set(event_target_checked(&event))
            />
            {language.rule_negated()}
        </label>
    };
    let ghost = button_class(ButtonKind::Ghost, ButtonSize::Usual, ButtonWidth::Words);
    let removal = remove.map(|remove| {
        view! {
            <button class=ghost type="button" on:click=move |_| remove.run(())>{language.rule_remove()}</button>
        }
    });
    match node.shape {
        Shape::Row { measure, is, other, number } => {
            let row = row_view(measure, is, other, number);
            view! { <div class="rule__row">{negation} {row} {removal}</div> {wrong} }.into_any()
        }
        Shape::Group { joins, parts } => {
            let usual = button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words);
            let usual_group = usual.clone();
            let part = move |part: Node| {
                let id = part.id;
                let drop = Callback::new(move |()| parts.update(|parts| parts.retain(|part| part.id != id)));
                node_view(part, mistakes, places, Some(drop))
            };
            let choose = move |event| {
                joins.set(if event_target_value(&event) == "any" { Joins::Any } else { Joins::All });
            };
            let is_any = joins.get_untracked() == Joins::Any;
            let add_row = move |_| parts.update(|parts| parts.push(Node::first()));
            let add_group = move |_| parts.update(|parts| parts.push(Node::group(Joins::Any, vec![Node::first()])));
            view! {
                <div class="rule__group" role="group">
                    <div class="rule__row">
                        {negation}
                        <select class="select" aria-label=language.rule_group_kind() on:change=choose>
                            <option value="all" selected=!is_any>{language.rule_group_all()}</option>
                            <option value="any" selected=is_any>{language.rule_group_any()}</option>
                        </select>
                        {removal}
                    </div>
                    {wrong}
                    <div class="rule__parts">
                        <For each=move || parts.get() key=|part| part.id children=part/>
                    </div>
                    <div class="case__actions">
                        <button class=usual type="button" on:click=add_row>{language.rule_add_compare()}</button>
                        <button class=usual_group type="button" on:click=add_group>{language.rule_add_group()}</button>
                    </div>
                </div>
            }
            .into_any()
        }
    }
}

fn row_view(
    measure: RwSignal<Measure>,
    is: RwSignal<Is>,
    other: RwSignal<Option<Measure>>,
    number: RwSignal<String>,
) -> impl IntoView {
    let language = use_language();
    let option = move |known: Measure, chosen: Option<Measure>| {
        view! {
            <option value=known.code() selected=chosen == Some(known)>{Words::measure(&language, known)}</option>
        }
    };
    let measures = Measure::ALL.map(|known| option(known, Some(measure.get_untracked()))).into_iter().collect_view();
    let others = Measure::ALL.map(|known| option(known, other.get_untracked())).into_iter().collect_view();
    let comparisons = Is::ALL.into_iter().enumerate().map(|(at, known)| {
        let is_chosen = is.get_untracked() == known;
        view! { <option value=at.to_string() selected=is_chosen>{language.comparison(known)}</option> }
    });
    let choose_measure = move |event| {
        if let Some(chosen) = Measure::from_code(&event_target_value(&event)) {
            measure.set(chosen);
        }
    };
    let choose_is = move |event| {
        let chosen = event_target_value(&event).parse::<usize>().ok();
        if let Some(chosen) = chosen.and_then(|at| Is::ALL.get(at)) {
            is.set(*chosen);
        }
    };
    // A share begins with the whole of it, a number with the number that stood there.
    let choose_other = move |event| {
        let chosen = Measure::from_code(&event_target_value(&event));
        if chosen.is_some() != other.get_untracked().is_some() {
            number.set(if chosen.is_some() { "100".to_owned() } else { "1".to_owned() });
        }
        other.set(chosen);
    };
    let number_label = move || if other.get().is_some() { language.rule_percent() } else { language.rule_number() };
    view! {
        <select class="select" aria-label=language.rule_measure() on:change=choose_measure>{measures}</select>
        <select class="select" aria-label=language.rule_is() on:change=choose_is>{comparisons.collect_view()}</select>
        <select class="select" aria-label=language.rule_against() on:change=choose_other>
            <option value="" selected=other.get_untracked().is_none()>{language.rule_against_value()}</option>
            {others}
        </select>
        <input
            class="field__control rule__number"
            aria-label=number_label
            inputmode="numeric"
            prop:value=move || number.get()
            on:input=move |event| number.set(event_target_value(&event))
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::rule::MistakeKind;

    #[test]
    fn a_mistake_belongs_to_the_innermost_row() {
        let places: Places =
            [(1, "/when"), (2, "/when/all/1"), (3, "/when/all/10")].map(|(id, place)| (id, place.to_owned())).to_vec();
        let of = |at: &str| {
            let mistakes = [Mistake { at: at.to_owned(), kind: MistakeKind::EmptyGroup }];
            (1..=3).find(|id| mistake_of(*id, &mistakes, &places).is_some())
        };
        assert_eq!(of("/when/all/10/compare/than/value"), Some(3));
        assert_eq!(of("/when/all/1/not/compare/is"), Some(2));
        assert_eq!(of("/when/all"), Some(1));
        assert_eq!(of("/name/zh"), None);
    }
}
