//! What should be there, and what of it has been scanned.

use super::desk::{ScanDesk, Sheet, Stage};
use crate::component::badge::{Badge, Tone};
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::format;
use crate::text::Language;
use domain::lot::goes_before;
use domain::movement::Place;
use domain::transfer::{ScanLine, ScanRow, ScanTask, Scanning};
use leptos::prelude::*;

/// Where things come from and go, the store's own end to be changed.
#[component]
pub fn Way(desk: ScanDesk) -> impl IntoView {
    let language = desk.language;
    let is_open = Memo::new(move |_| desk.stage.get() == Stage::Scan);
    let ours = move || {
        let name = match (desk.place.get(), desk.task()) {
            (Some(place), _) => language.place(&place),
            (None, ScanTask::Picking) => language.scan_from_planned().to_owned(),
            (None, ScanTask::Receipt) => language.place(&Place::BackRoom),
        };
        if !is_open.get() {
            return view! { <span class="move__end">{name}</span> }.into_any();
        }
        let word = if desk.task() == ScanTask::Picking { language.place_from() } else { language.place_to() };
        view! {
            <button
                class="move__end move__end--ours"
                type="button"
                aria-label=language.place_change(word, &name)
                on:click=move |_| desk.sheet.set(Sheet::Place)
            >
                {name.clone()}
            </button>
        }
        .into_any()
    };
    let other = |place: Place| view! { <span class="move__end">{language.place(&place)}</span> };
    let go = || view! { <Icon glyph=Glyph::Go size=IconSize::Small/> };
    match desk.task() {
        ScanTask::Picking => view! { <p class="move__way">{ours} {go()} {other(Place::BackRoom)}</p> }.into_any(),
        ScanTask::Receipt => view! { <p class="move__way">{other(Place::InTransit)} {go()} {ours}</p> }.into_any(),
    }
}

/// The items.
#[component]
pub fn List(desk: ScanDesk) -> impl IntoView {
    let language = desk.language;
    let rows = move || {
        desk.place.track();
        let mut rows = desk.scanning.with(Scanning::rows);
        if desk.task() == ScanTask::Picking {
            // In the order in which the shelves stand.
            rows.sort_by_key(|row| desk.place_of(&row.sku));
        }
        rows
    };
    let n_rows = desk.scanning.with_untracked(|scanning| scanning.rows().len());
    let go = move || {
        let (expected, scanned) = desk.scanning.with(Scanning::sums);
        let (scanned, expected) = (format::number(scanned), format::number(expected));
        match desk.task() {
            ScanTask::Picking => language.scan_go_pick(scanned, expected),
            ScanTask::Receipt => language.scan_go_receive(scanned, expected),
        }
    };
    let restored = move || {
        desk.is_restored.get().then(|| {
            view! { <div class="move__restored"><Banner tone=Tone::Info>{language.scan_back_again()}</Banner></div> }
        })
    };
    let is_empty = move || desk.scanning.with(|scanning| scanning.lines().is_empty());
    view! {
        {restored}
        <h2 class="count__head">{language.scan_items(n_rows)}</h2>
        <ul class="rows">
            {move || rows().into_iter().map(|row| view! { <li><Item desk row/></li> }).collect_view()}
        </ul>
        <div class="count__finish">
            <button
                class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Block)
                type="button"
                disabled=is_empty
                on:click=move |_| desk.stage.set(Stage::Check)
            >
                <Icon glyph=Glyph::Check/>
                {go}
            </button>
        </div>
    }
}

/// How an item stands, in words.
pub fn state(language: Language, task: ScanTask, row: &ScanRow) -> Option<(Tone, String)> {
    match (row.scanned, row.difference()) {
        (0, _) => None,
        (_, 0) => Some((Tone::Good, language.scan_complete().to_owned())),
        (_, n @ 1..) => Some((Tone::Warn, language.scan_over(format::number(n)))),
        (_, n) if task == ScanTask::Receipt => Some((Tone::Info, language.scan_short(format::number(-n)))),
        (..) => None,
    }
}

/// An item; a row for each lot and place of it.
#[component]
fn Item(desk: ScanDesk, row: ScanRow) -> impl IntoView {
    let language = desk.language;
    let mut lines: Vec<ScanLine> =
        desk.scanning.with(|scanning| scanning.lines().iter().filter(|line| line.sku == row.sku).cloned().collect());
    if lines.is_empty() {
        let place = desk.place_of(&row.sku);
        lines.push(ScanLine { sku: row.sku.clone(), lot: None, place, units: 0, damaged: 0 });
    }
    let name = StoredValue::new(desk.name(&row.sku));
    let expected = format::number(row.expected);
    let expected = match desk.task() {
        ScanTask::Picking => language.scan_promised(expected),
        ScanTask::Receipt => language.scan_sent(expected),
    };
    let state = state(language, desk.task(), &row);
    let several = lines.len() > 1;
    let line = move |(at, line): (usize, ScanLine)| {
        let is_first = at == 0;
        let is_fresh = desk.touched.with_untracked(|touched| touched.as_ref() == Some(&line.key()));
        let class = if is_fresh { "row row--fresh" } else { "row" };
        let mut sub = vec![sub_of(desk, &line)];
        if is_first {
            sub.push(expected.clone());
        }
        let figure = match several {
            true => format::number(line.units),
            false => language.scan_of(format::number(line.units), format::number(row.expected)),
        };
        let state = state.clone().filter(|_| is_first).map(|(tone, text)| view! { <Badge tone=tone>{text}</Badge> });
        let damaged = (line.damaged > 0)
            .then(|| view! { <Badge tone=Tone::Warn>{language.scan_damaged(format::number(line.damaged))}</Badge> });
        let first = goes_first(desk, &line).map(|text| view! { <Badge tone=Tone::Warn>{text}</Badge> });
        let key = line.key();
        view! {
            <button class=class type="button" on:click=move |_| desk.sheet.set(Sheet::Line(key.clone()))>
                <span class="row__main">
                    <span class="row__title">{name.get_value()}</span>
                    <span class="row__sub">{sub.join(" · ")}</span>
                    <span class="move__notes">{state} {damaged} {first}</span>
                </span>
                <span class="row__end row__figure">{figure}</span>
                <span class="visually-hidden">{language.line_change_hint()}</span>
            </button>
        }
    };
    lines.into_iter().enumerate().map(line).collect_view()
}

/// The code, the lot where it is known, and the place.
pub fn sub_of(desk: ScanDesk, line: &ScanLine) -> String {
    let language = desk.language;
    let mut parts = vec![desk.code(&line.sku)];
    if let Some(lot) = &line.lot {
        parts.extend(lot.best_before.map(|day| language.line_lot_day(day)));
        parts.extend(lot.batch.as_ref().map(|batch| language.line_lot_batch(batch)));
    }
    parts.push(language.place(&line.place));
    parts.join(" · ")
}

/// The lot that should leave before the one picked.
fn goes_first(desk: ScanDesk, line: &ScanLine) -> Option<String> {
    if desk.task() != ScanTask::Picking || line.units == 0 {
        return None;
    }
    let lots = desk.lots(&line.sku);
    let day = goes_before(&lots, line.lot.as_ref())?.best_before?;
    Some(desk.language.line_goes_before(day))
}
