//! What is off, by money; and what has to be decided about it.

use super::Desk;
use super::line::Line;
use crate::backend::read_review_page;
use crate::component::badge::{Badge, Tone};
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::confirm::Confirm;
use crate::component::figure::{Figure, Figures};
use crate::component::icon::Glyph;
use crate::component::load_state::Empty;
use crate::format;
use crate::text::use_language;
use domain::event::EventBody;
use domain::id::PersonId;
use domain::review::{Found, LineFilter, PAGE_LINES, Review, ReviewLine, ReviewPage, UnknownFound};
use domain::stocktake::Stage;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeMap;

/// A stocktake that is no longer being counted.
#[component]
pub fn Reviewing(
    /// The page.
    desk: Desk,
) -> impl IntoView {
    let language = use_language();
    let found = move || desk.detail.with(|detail| detail.summary.found).unwrap_or_default();
    let n_blocking = move || desk.detail.with(|detail| detail.summary.n_blocking);
    let money = move |of: fn(&Found) -> i64| Signal::derive(move || format::money(of(&found())));
    view! {
        <div class="review__figures">
        <Figures>
            <Figure
                label=language.review_net()
                value=Signal::derive(move || format::signed_money(found().net_minor()))
                note=Signal::derive(move || language.kpi_variance_note(format::signed(found().units)))
            />
            <Figure
                label=language.review_short()
                value=money(|found| found.short_minor)
                note=Signal::derive(String::new)
            />
            <Figure
                label=language.review_over()
                value=money(|found| found.over_minor)
                note=Signal::derive(String::new)
            />
            <Figure
                label=language.review_open()
                value=Signal::derive(move || n_blocking().to_string())
                note=Signal::derive(move || language.review_open_note().to_owned())
            />
        </Figures>
        </div>
        <Recounts desk/>
        <Unknowns desk/>
        <Lines desk/>
    }
}

/// What waits for a recount, and the one tap that asks for all of them.
#[component]
fn Recounts(desk: Desk) -> impl IntoView {
    let language = use_language();
    let open = RwSignal::new(false);
    let to_recount = Memo::new(move |_| {
        desk.detail.with(|detail| detail.review.as_ref().map(|review| review.to_recount.clone())).unwrap_or_default()
    });
    let n_awaiting =
        Memo::new(move |_| desk.detail.with(|detail| detail.review.as_ref().map_or(0, |review| review.n_awaiting)));
    let is_reviewed = move || desk.stage() == Stage::Review;
    let ask = Callback::new(move |()| {
        let stocktake = desk.detail.with_untracked(|detail| detail.summary.id.clone());
        let body = EventBody::RecountAsked { stocktake, lines: to_recount.get_untracked() };
        desk.teller.tell(vec![body], language.asked_recount().to_owned(), desk.again);
    });
    let class = button_class(ButtonKind::Primary, ButtonSize::Usual, ButtonWidth::Words);
    view! {
        <Show when=move || is_reviewed() && desk.may_run && to_recount.with(|lines| !lines.is_empty())>
            <div class="review__ask">
                <button
                    class=class.clone()
                    type="button"
                    disabled=move || desk.teller.is_busy()
                    on:click=move |_| open.set(true)
                >
                    {move || language.ask_recount_all(to_recount.with(Vec::len))}
                </button>
            </div>
        </Show>
        {move || {
            (is_reviewed() && n_awaiting.get() > 0).then(|| {
                view! { <Banner tone=Tone::Warn>{language.awaiting_recounts(n_awaiting.get())}</Banner> }
            })
        }}
        <Confirm
            open
            title=language.ask_recount_title()
            confirm=language.line_ask_recount()
            kind=ButtonKind::Primary
            on_confirm=ask
        >
            <p>{move || language.ask_recount_text(to_recount.with(Vec::len))}</p>
        </Confirm>
    }
}

/// Codes that were counted and that nobody knows, with the way to their shelves.
#[component]
fn Unknowns(desk: Desk) -> impl IntoView {
    let language = use_language();
    let unknowns = Memo::new(move |_| unknowns(desk));
    let store = desk.detail.with_untracked(|detail| detail.store.clone());
    let row = move |unknown: UnknownFound| {
        let UnknownFound { shelf, found } = unknown;
        let name = found.name.unwrap_or_else(|| language.unnamed().to_owned());
        let is_below_zero = found.counted_units < 0;
        view! {
            <li class="row">
                <span class="row__main">
                    <span class="row__title">{name}</span>
                    <span class="row__sub">
                        <span class="code">{found.code}</span> " · "
                        <a href=format!("/board/{store}/{shelf}")>{language.shelf_here(&shelf)}</a>
                    </span>
                </span>
                {is_below_zero.then(|| view! { <Badge tone=Tone::Bad>{language.line_below_zero()}</Badge> })}
                <span class="row__end">
                    <span class="row__figure">{format::number(found.counted_units)}</span>
                </span>
            </li>
        }
    };
    let row = StoredValue::new(row);
    view! {
        <Show when=move || unknowns.with(|unknowns| !unknowns.is_empty())>
            <section class="card card--flush">
                <div class="card__head">
                    <h2 class="card__title">{move || language.unknown_found(unknowns.with(Vec::len))}</h2>
                    <span class="card__aside">{language.unknown_found_text()}</span>
                </div>
                <ul class="rows">{move || unknowns.get().into_iter().map(|one| row.with_value(|row| row(one))).collect_view()}</ul>
            </section>
        </Show>
    }
}

/// The unknown codes of a stocktake that is reviewed.
pub fn unknowns(desk: Desk) -> Vec<UnknownFound> {
    desk.detail.with(|detail| detail.review.as_ref().map(|review| review.unknowns.clone())).unwrap_or_default()
}

/// The lines that pass the filter.
#[component]
fn Lines(desk: Desk) -> impl IntoView {
    let language = use_language();
    let filter = RwSignal::new(LineFilter::default());
    let named = desk.detail.with_untracked(|detail| (detail.store.to_string(), detail.summary.id.to_string()));
    let named = StoredValue::new(named);
    let page = Resource::new_blocking(
        move || (filter.get(), desk.n_read.get()),
        move |(filter, _)| {
            let (store, id) = named.get_value();
            read_review_page(store, id, filter.code().to_owned(), 0)
        },
    );
    let n_of = move |filter: LineFilter| {
        let at = LineFilter::ALL.iter().position(|known| *known == filter).unwrap_or_default();
        desk.detail.with(|detail| detail.review.as_ref().map_or(0, |review: &Review| review.n_lines[at]))
    };
    let segment = move |one: LineFilter| {
        view! {
            <button
                class="segment"
                type="button"
                aria-pressed=move || (filter.get() == one).to_string()
                on:click=move |_| filter.set(one)
            >
                {language.line_filter(one)} " " {move || n_of(one)}
            </button>
        }
    };
    view! {
        <section class="card card--flush">
            <div class="card__head">
                <div class="segments review__filters" role="group" aria-label=language.review_filter_label()>
                    {LineFilter::ALL.map(segment).collect_view()}
                </div>
            </div>
            <Transition fallback=move || view! { <p class="review__loading muted">{language.loading()}</p> }>
                {move || Suspend::new(async move {
                    match page.await {
                        Ok(page) => view! { <Page desk page named/> }.into_any(),
                        Err(error) => {
                            view! { <Banner tone=Tone::Bad>{language.problem(&error).0}</Banner> }.into_any()
                        }
                    }
                })}
            </Transition>
        </section>
    }
}

/// The lines read so far, and a button for more.
#[component]
fn Page(desk: Desk, page: ReviewPage, named: StoredValue<(String, String)>) -> impl IntoView {
    let language = use_language();
    if page.lines.is_empty() {
        return view! {
            <Empty glyph=Glyph::Check title=language.review_none_title() text=language.review_none_text()/>
        }
        .into_any();
    }
    let filter = page.filter;
    let n_all = usize::try_from(page.n_all).unwrap_or(usize::MAX);
    let pages = RwSignal::new(vec![page]);
    let n_shown = move || pages.with(|pages| pages.iter().map(|page| page.lines.len()).sum::<usize>());
    let more = move |_| {
        let skip = u32::try_from(n_shown()).unwrap_or(u32::MAX);
        let (store, id) = named.get_value();
        spawn_local(async move {
            if let Ok(page) = read_review_page(store, id, filter.code().to_owned(), skip).await {
                // The filter may have been changed meanwhile, and these lines be gone.
                let _ = pages.try_update(|pages| pages.push(page));
            }
        });
    };
    let line = move |(line, people): (ReviewLine, BTreeMap<PersonId, String>)| {
        view! { <li><Line desk line people/></li> }
    };
    let lines = move || {
        pages.with(|pages| {
            let all = pages.iter().flat_map(|page| page.lines.iter().map(|line| (line.clone(), page.people.clone())));
            all.map(line).collect_view()
        })
    };
    view! {
        <ul class="review" aria-label=language.review_lines_label()>{lines}</ul>
        <Show when=move || n_shown() < n_all>
            <p class="stocktakes__older">
                <button class="button" type="button" on:click=more>
                    {move || language.review_more((n_all - n_shown()).min(PAGE_LINES))}
                </button>
            </p>
        </Show>
    }
    .into_any()
}
