//! What has been scanned, beside what was ordered or sold.

use super::desk::{MoveDesk, Sheet, Stage};
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::format;
use domain::draft::{Direction, Draft, DraftKey, DraftLine, ReceiptLine, SoldLine};
use domain::id::SkuCode;
use domain::lot::{goes_before, is_expired};
use domain::movement::{Lot, MovementKind};
use leptos::prelude::*;

/// The lines.
#[component]
pub fn Compose(desk: MoveDesk) -> impl IntoView {
    let language = desk.language;
    let document = move || {
        document_line(desk).map(|text| {
            view! {
                <div class="move__document">
                    <span>{text}</span>
                    <button class="button" type="button" on:click=move |_| desk.stage.set(Stage::Document)>
                        {language.document_change()}
                    </button>
                </div>
            }
        })
    };
    let order = move || desk.order();
    let body = move || match (order(), desk.draft.with(|draft| draft.sale.clone())) {
        (Some(order), _) => {
            let lines = desk.draft.with(|draft| draft.against(&order));
            let title = language.lines_ordered(lines.len());
            let rows = lines.into_iter().map(|line| view! { <li><OrderRow desk line/></li> }).collect_view();
            view! { <h2 class="count__head">{title}</h2> <ul class="rows">{rows}</ul> }.into_any()
        }
        (None, Some(sale)) => {
            let title = language.lines_sold(sale.lines.len());
            let rows = sale.lines.into_iter().map(|line| view! { <li><SoldRow desk line/></li> }).collect_view();
            view! { <h2 class="count__head">{title}</h2> <ul class="rows">{rows}</ul> }.into_any()
        }
        (None, None) => view! { <Lines desk/> }.into_any(),
    };
    let is_empty = move || desk.draft.with(|draft| draft.lines().is_empty());
    let total = move || desk.draft.with(|draft| (draft.lines().len(), format::number(draft.n_units())));
    view! {
        {move || desk.is_restored.get().then(|| view! { <Restored desk/> })}
        {document}
        {(desk.kind() == MovementKind::Adjustment).then(|| view! { <DirectionChoice desk/> })}
        {body}
        <div class="count__finish">
            <button
                class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Block)
                type="button"
                disabled=is_empty
                on:click=move |_| desk.stage.set(Stage::Review)
            >
                <Icon glyph=Glyph::Check/>
                {move || { let (n_lines, n_units) = total(); language.review_go(n_lines, n_units) }}
            </button>
        </div>
    }
}

/// The document in words.
pub fn document_line(desk: MoveDesk) -> Option<String> {
    let language = desk.language;
    let is_order = desk.order().is_some();
    desk.draft.with(|draft| match (draft.kind, &draft.document) {
        (MovementKind::Receipt, Some(number)) if is_order => Some(language.order_number(number)),
        (MovementKind::Receipt, Some(number)) => Some(language.note_number(number)),
        (MovementKind::CustomerReturn, Some(number)) if draft.sale.is_some() => Some(language.sale_here(number)),
        (MovementKind::CustomerReturn, Some(number)) => Some(language.sale_unconfirmed(number)),
        (MovementKind::CustomerReturn, None) => Some(language.sale_none().to_owned()),
        _ => None,
    })
}

#[component]
fn Restored(desk: MoveDesk) -> impl IntoView {
    let language = desk.language;
    view! {
        <div class="move__restored">
            <Banner tone=Tone::Info>
                <p>{language.draft_back()}</p>
                <button class="button" type="button" on:click=move |_| desk.discard()>{language.draft_discard()}</button>
            </Banner>
        </div>
    }
}

#[component]
fn DirectionChoice(desk: MoveDesk) -> impl IntoView {
    let language = desk.language;
    let choice = move |direction: Direction, words: &'static str| {
        view! {
            <button
                class="segment"
                type="button"
                aria-pressed=move || desk.draft.with(|draft| draft.direction == direction).to_string()
                on:click=move |_| desk.edit(|draft| draft.direction = direction)
            >
                {words}
            </button>
        }
    };
    view! {
        <div class="move__section">
            <div class="count-setting">
                <span>{language.direction_label()}</span>
                <div class="segments" role="group" aria-label=language.direction_label()>
                    {choice(Direction::Fewer, language.direction_fewer())}
                    {choice(Direction::More, language.direction_more())}
                </div>
            </div>
        </div>
    }
}

#[component]
fn Lines(desk: MoveDesk) -> impl IntoView {
    let language = desk.language;
    let lines = move || {
        let mut lines = desk.draft.with(|draft| draft.lines().to_vec());
        // The one touched last first, the others as they came.
        if let Some(key) = desk.touched.get()
            && let Some(at) = lines.iter().position(|line| line.key() == key)
        {
            let line = lines.remove(at);
            lines.push(line);
        }
        lines.reverse();
        lines
    };
    move || {
        let lines = lines();
        if lines.is_empty() {
            return view! {
                <div class="count__empty">
                    <Icon glyph=Glyph::Scan size=IconSize::Large/>
                    <p class="empty__title">{language.lines_empty_title()}</p>
                    <p class="muted">{language.lines_empty_text()}</p>
                </div>
            }
            .into_any();
        }
        let title = language.lines_moving(lines.len());
        let rows = lines.into_iter().map(|line| view! { <li><LineRow desk line/></li> }).collect_view();
        view! { <h2 class="count__head">{title}</h2> <ul class="rows">{rows}</ul> }.into_any()
    }
}

/// A row that opens a line's sheet.
#[component]
fn LineButton(
    desk: MoveDesk,
    key: DraftKey,
    units: i64,
    /// Below the name.
    #[prop(into)]
    sub: String,
    /// Beside the figure.
    children: Children,
) -> impl IntoView {
    let language = desk.language;
    let name = desk.name(&key.0);
    let is_fresh = desk.touched.with_untracked(|touched| touched.as_ref() == Some(&key));
    let class = if is_fresh { "row row--fresh" } else { "row" };
    view! {
        <button class=class type="button" on:click=move |_| desk.sheet.set(Sheet::Line(key.clone()))>
            <span class="row__main">
                <span class="row__title">{name}</span>
                <span class="row__sub">{sub}</span>
                <span class="move__notes">{children()}</span>
            </span>
            <span class="row__end row__figure">{format::number(units)}</span>
            <span class="visually-hidden">{language.line_change_hint()}</span>
        </button>
    }
}

fn badge(tone: &'static str, text: String) -> impl IntoView {
    view! { <span class=format!("badge badge--{tone}")>{text}</span> }
}

#[component]
fn LineRow(desk: MoveDesk, line: DraftLine) -> impl IntoView {
    let language = desk.language;
    let sub = sub_of(desk, &line.sku, line.lot.as_ref());
    let damaged = (line.damaged_units > 0).then(|| badge("warn", language.line_damaged(line.damaged_units)));
    let notes = lot_notes(desk, &line).into_iter().map(|(tone, text)| badge(tone, text)).collect_view();
    view! {
        <LineButton desk key=line.key() units=line.units sub>
            {damaged}
            {notes}
        </LineButton>
    }
}

/// The code, and the lot where it is known.
pub fn sub_of(desk: MoveDesk, sku: &SkuCode, lot: Option<&Lot>) -> String {
    let language = desk.language;
    let mut parts = vec![desk.code(sku)];
    if let Some(lot) = lot {
        parts.extend(lot.best_before.map(|day| language.line_lot_day(day)));
        parts.extend(lot.batch.as_ref().map(|batch| language.line_lot_batch(batch)));
    }
    parts.join(" · ")
}

/// What a line's lot is worth knowing: expired, or another one goes first.
fn lot_notes(desk: MoveDesk, line: &DraftLine) -> Vec<(&'static str, String)> {
    let language = desk.language;
    let mut notes = Vec::new();
    let day = line.lot.as_ref().and_then(|lot| lot.best_before);
    let stays_for_sale = matches!(
        desk.kind(),
        MovementKind::Sale | MovementKind::Relocation | MovementKind::Receipt | MovementKind::CustomerReturn
    );
    if stays_for_sale && day.is_some_and(|day| is_expired(day, desk.today())) {
        notes.push(("bad", language.line_expired().to_owned()));
    }
    if matches!(desk.kind(), MovementKind::Sale | MovementKind::Relocation) {
        let lots = desk.lots(&line.sku);
        let first_day = lots.first().and_then(|lot| lot.best_before);
        match goes_before(&lots, line.lot.as_ref()).and_then(|lot| lot.best_before) {
            Some(day) => notes.push(("warn", language.line_goes_before(day))),
            None if day.is_none() => notes.extend(first_day.map(|day| ("info", language.line_first(day)))),
            None => {}
        }
    }
    notes
}

/// The lines of an item in the draft, or an empty one to begin with.
fn lines_of(draft: &Draft, sku: &SkuCode) -> Vec<DraftLine> {
    let lines: Vec<DraftLine> = draft.lines().iter().filter(|line| line.sku == *sku).cloned().collect();
    if lines.is_empty() {
        return vec![DraftLine { sku: sku.clone(), lot: None, units: 0, damaged_units: 0 }];
    }
    lines
}

#[component]
fn OrderRow(desk: MoveDesk, line: ReceiptLine) -> impl IntoView {
    let language = desk.language;
    let (tone, word) = match (line.ordered_units, line.difference()) {
        (0, _) => ("warn", language.order_not_ordered().to_owned()),
        (_, 0) => ("good", language.order_right().to_owned()),
        (_, n @ 1..) => ("warn", language.order_over(n)),
        (_, n) => ("info", language.order_short(-n)),
    };
    let ordered = language.order_progress(line.ordered_units, line.received_units);
    let parts = desk.draft.with(|draft| lines_of(draft, &line.sku));
    let row = move |(at, part): (usize, DraftLine)| {
        let is_first = at == 0;
        let mut sub = sub_of(desk, &part.sku, part.lot.as_ref());
        if is_first {
            sub = format!("{sub} · {ordered}");
        }
        let difference = is_first.then(|| badge(tone, word.clone()));
        let damaged = (part.damaged_units > 0).then(|| badge("warn", language.line_damaged(part.damaged_units)));
        let notes = lot_notes(desk, &part).into_iter().map(|(tone, text)| badge(tone, text)).collect_view();
        view! {
            <LineButton desk key=part.key() units=part.units sub>
                {difference}
                {damaged}
                {notes}
            </LineButton>
        }
    };
    parts.into_iter().enumerate().map(row).collect_view()
}

#[component]
fn SoldRow(desk: MoveDesk, line: SoldLine) -> impl IntoView {
    let language = desk.language;
    let sold = language.sale_line(line.sold_units, line.left_units());
    let price = desk.draft.with(|draft| draft.price_minor(&line.sku)).unwrap_or(line.paid_minor);
    let parts = desk.draft.with(|draft| lines_of(draft, &line.sku));
    let row = move |part: DraftLine| {
        let sub = format!("{} · {sold} · {}", sub_of(desk, &part.sku, part.lot.as_ref()), format::money(price));
        let damaged = (part.damaged_units > 0).then(|| badge("warn", language.line_damaged(part.damaged_units)));
        view! {
            <LineButton desk key=part.key() units=part.units sub>
                {damaged}
            </LineButton>
        }
    };
    parts.into_iter().map(row).collect_view()
}
