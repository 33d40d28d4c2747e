//! What ends a stocktake, or one stage of it.

use super::Desk;
use super::review::unknowns;
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::confirm::Confirm;
use crate::format;
use crate::session::use_session;
use crate::text::use_language;
use domain::event::EventBody;
use domain::id::{ShelfCode, StocktakeId};
use domain::policy::Action;
use domain::review::ShelfState;
use domain::stocktake::{LineRef, Stage};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// What becomes of the lines that nobody counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Uncounted {
    LeaveAll,
    ZeroAll,
    AsMarked,
}

fn id(desk: Desk) -> StocktakeId {
    desk.detail.with_untracked(|detail| detail.summary.id.clone())
}

/// The buttons, each with its question.
#[component]
pub fn Actions(
    /// The page.
    desk: Desk,
) -> impl IntoView {
    let language = use_language();
    let session = use_session();
    let (may_count, may_print) = (session.may(Action::Count), session.may(Action::PrintLabels));
    let (store, stocktake) = desk.detail.with_untracked(|detail| (detail.store.clone(), detail.summary.id.clone()));
    let base = StoredValue::new(format!("/stocktakes/{store}"));
    let named = StoredValue::new(format!("{store}/{stocktake}"));
    let (ends, approves, cancels) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let stage = Memo::new(move |_| desk.stage());
    let primary = button_class(ButtonKind::Primary, ButtonSize::Usual, ButtonWidth::Words);
    let danger = button_class(ButtonKind::Danger, ButtonSize::Usual, ButtonWidth::Words);
    let buttons = move || {
        let is_counting = stage.get() == Stage::Counting;
        let is_reviewed = stage.get() == Stage::Review;
        if !is_counting && !is_reviewed {
            return None;
        }
        let print = (is_counting && may_print).then(|| {
            let href = named.with_value(|named| format!("/print/count-sheet/{named}"));
            // Another document, which the router must not take for one of its pages.
            view! { <a class="button" href=href target="_blank" rel="external">{language.print_count_sheet()}</a> }
        });
        let key_in = (is_counting && may_count).then(|| {
            let href = named.with_value(|named| format!("/stocktakes/{named}/key-in"));
            view! { <a class="button" href=href>{language.key_in_sheets()}</a> }
        });
        let change = (is_counting && desk.may_run).then(|| {
            let href = base.with_value(|base| format!("{base}/new"));
            view! { <a class="button" href=href>{language.stocktake_change_plan()}</a> }
        });
        let button = |class: String, words: &'static str, open: RwSignal<bool>| {
            view! {
                <button
                    class=class
                    type="button"
                    disabled=move || desk.teller.is_busy()
                    on:click=move |_| open.set(true)
                >
                    {words}
                </button>
            }
        };
        let run = desk.may_run.then(|| {
            let forth = match is_counting {
                true => button(primary.clone(), language.end_counting(), ends),
                false => button(primary.clone(), language.approve(), approves),
            };
            view! {
                {button(danger.clone(), language.cancel_stocktake(), cancels)}
                {forth}
            }
        });
        Some(view! { <div class="stocktake__actions">{print} {key_in} {change} {run}</div> })
    };
    view! {
        {buttons}
        <End desk open=ends/>
        <Approve desk open=approves/>
        <Cancel desk open=cancels/>
    }
}

/// Ends the counting.
#[component]
fn End(desk: Desk, open: RwSignal<bool>) -> impl IntoView {
    let language = use_language();
    let n_unfinished = move || {
        let now = desk.clock.now_untracked();
        desk.detail
            .with(|detail| detail.shelves.iter().filter(|shelf| shelf.state(now) != ShelfState::Complete).count())
    };
    let submit = Callback::new(move |()| {
        let body = EventBody::StocktakeSubmitted { stocktake: id(desk) };
        desk.teller.tell(vec![body], language.submitted_done().to_owned(), desk.again);
    });
    view! {
        <Confirm
            open
            title=language.end_counting()
            confirm=language.end_counting()
            kind=ButtonKind::Primary
            on_confirm=submit
        >
            {move || {
                let n = n_unfinished();
                (n > 0).then(|| view! { <Banner tone=Tone::Warn>{language.end_counting_unfinished(n)}</Banner> })
            }}
            <p>{language.end_counting_text()}</p>
        </Confirm>
    }
}

/// Approves: once nothing is left to recount or decide, and once it is said what becomes of the uncounted lines.
#[component]
fn Approve(desk: Desk, open: RwSignal<bool>) -> impl IntoView {
    let language = use_language();
    let choice = RwSignal::new(None::<Uncounted>);
    let uncounted = move || -> Vec<LineRef> {
        desk.detail.with(|detail| detail.review.as_ref().map(|review| review.uncounted.clone())).unwrap_or_default()
    };
    let n_blocking = move || desk.detail.with(|detail| detail.summary.n_blocking);
    let is_blocked = Signal::derive(move || n_blocking() > 0 || (!uncounted().is_empty() && choice.get().is_none()));
    let approve = Callback::new(move |()| {
        let zeroed = match choice.get_untracked() {
            None | Some(Uncounted::LeaveAll) => Vec::new(),
            Some(Uncounted::ZeroAll) => uncounted(),
            Some(Uncounted::AsMarked) => {
                let marked = desk.zeroed.get_untracked();
                uncounted().into_iter().filter(|line| marked.contains(line)).collect()
            }
        };
        let body = EventBody::StocktakeApproved { stocktake: id(desk), zeroed };
        desk.teller.tell(vec![body], language.approved_done().to_owned(), desk.again);
    });
    let option = move |one: Uncounted, words: String| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="uncounted"
                    class="choice__input"
                    prop:checked=move || choice.get() == Some(one)
                    on:change=move |_| choice.set(Some(one))
                />
                <span class="choice__text"><span class="choice__title">{words}</span></span>
            </label>
        }
    };
    let summary = move || {
        let found = desk.detail.with(|detail| detail.summary.found).unwrap_or_default();
        language.approve_summary(
            format::signed_money(found.net_minor()),
            format::money(found.short_minor),
            format::money(found.over_minor),
        )
    };
    let questions = move || {
        if n_blocking() > 0 {
            return view! { <Banner tone=Tone::Bad>{language.approve_blocked(n_blocking())}</Banner> }.into_any();
        }
        let n_uncounted = uncounted().len();
        let n_marked = desk.zeroed.with(|zeroed| uncounted().iter().filter(|line| zeroed.contains(*line)).count());
        let decide = (n_uncounted > 0).then(|| {
            view! {
                <fieldset class="choices">
                    <legend class="choices__legend">{language.approve_uncounted(n_uncounted)}</legend>
                    {option(Uncounted::LeaveAll, language.approve_leave_all().to_owned())}
                    {(n_marked > 0).then(|| option(Uncounted::AsMarked, language.approve_as_marked(n_marked)))}
                    {option(Uncounted::ZeroAll, language.approve_zero_all().to_owned())}
                </fieldset>
            }
        });
        let found = unknowns(desk);
        let unknown = (!found.is_empty()).then(|| {
            let shelves: BTreeSet<ShelfCode> = found.iter().map(|unknown| unknown.shelf.clone()).collect();
            let store = desk.detail.with(|detail| detail.store.clone());
            let link = |shelf: ShelfCode| {
                view! { <a href=format!("/board/{store}/{shelf}")>{language.shelf_here(&shelf)}</a> " " }
            };
            let links = shelves.into_iter().map(link).collect_view();
            view! {
                <Banner tone=Tone::Warn>
                    {language.unknown_found(found.len())} " " {links}
                </Banner>
            }
        });
        view! {
            <p>{summary}</p>
            {unknown}
            {decide}
            <p>{language.approve_text()}</p>
        }
        .into_any()
    };
    view! {
        <Confirm
            open
            title=language.approve_title()
            confirm=language.approve()
            kind=ButtonKind::Primary
            is_blocked
            on_confirm=approve
        >
            {questions}
        </Confirm>
    }
}

/// Gives the stocktake up.
#[component]
fn Cancel(desk: Desk, open: RwSignal<bool>) -> impl IntoView {
    let language = use_language();
    let note = RwSignal::new(String::new());
    let cancel = Callback::new(move |()| {
        let note = Some(note.get_untracked().trim().to_owned()).filter(|note| !note.is_empty());
        let body = EventBody::StocktakeCancelled { stocktake: id(desk), note };
        desk.teller.tell(vec![body], language.cancelled_done().to_owned(), desk.again);
    });
    view! {
        <Confirm
            open
            title=language.cancel_title()
            confirm=language.cancel_stocktake()
            kind=ButtonKind::Danger
            on_confirm=cancel
        >
            <p>{language.cancel_text()}</p>
            <label class="field">
                <span class="field__label">{language.cancel_note()}</span>
                <input
                    class="field__control"
                    maxlength="200"
                    prop:value=note
                    on:input=move |event| note.set(event_target_value(&event))
                />
            </label>
        </Confirm>
    }
}
