//! Finishing: what is left, and the last word.

use super::super::counter::Intent;
use super::super::desk::{Desk, Sheet};
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::scan::sheet_frame::SheetFrame;
use leptos::prelude::*;

/// Asks whether the stocktake is to be submitted.
#[component]
pub fn FinishSheet(desk: Desk) -> impl IntoView {
    let language = desk.language;
    let fact = |is_fine: bool, text: String| {
        let (class, glyph) = match is_fine {
            true => ("count-fact count-fact--good", Glyph::Check),
            false => ("count-fact count-fact--warn", Glyph::Warning),
        };
        view! {
            <li class=class>
                <Icon glyph/>
                <span>{text}</span>
            </li>
        }
    };
    let n_unfinished = move || {
        desk.others.track();
        desk.progress.track();
        desk.n_unfinished()
    };
    let facts = move || {
        let progress = desk.progress.get();
        let outbox = desk.device.outbox.get();
        let n_untouched = progress.n_shelves_all.saturating_sub(progress.n_shelves);
        let untouched = match n_untouched {
            0 => language.finish_all_touched().to_owned(),
            n => language.finish_untouched(n),
        };
        // What was refused is not with the server either.
        let unsent = match (outbox.n_pending, outbox.n_parked) {
            (0, 0) => Some(fact(true, language.finish_all_sent().to_owned())),
            (0, _) => None,
            (n, _) => Some(fact(false, language.finish_unsent(n))),
        };
        let n_open = n_unfinished();
        let open = (n_open > 0).then(|| fact(false, language.finish_shelves_open(n_open)));
        let parked = (outbox.n_parked > 0).then(|| fact(false, language.finish_parked(outbox.n_parked)));
        view! {
            {fact(n_untouched == 0, untouched)}
            {open}
            {unsent}
            {parked}
        }
    };
    // The first press shows what is unfinished, the second submits all the same.
    let is_warned = RwSignal::new(false);
    let submit = move |_| {
        if n_unfinished() > 0 && !is_warned.get_untracked() {
            is_warned.set(true);
            return;
        }
        desk.record(Intent::Submit);
        desk.sheet.set(Sheet::None);
    };
    let words = move || match is_warned.get() {
        true => language.finish_confirm_unfinished(),
        false => language.finish_confirm(),
    };
    view! {
        <SheetFrame title=language.finish_title() on_close=desk.close()>
            <div class="dialog__body">
                <ul class="count-facts">{facts}</ul>
                {move || {
                    is_warned.get().then(|| view! { <Banner tone=Tone::Warn>{language.finish_unfinished_text(n_unfinished())}</Banner> })
                }}
                <p>{language.finish_text()}</p>
                <div class="count-sheet__actions">
                    <button
                        class=button_class(ButtonKind::Usual, ButtonSize::Large, ButtonWidth::Words)
                        type="button"
                        on:click=move |_| desk.sheet.set(Sheet::None)
                    >
                        {language.finish_go_on()}
                    </button>
                    <button
                        class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Words)
                        type="button"
                        on:click=submit
                    >
                        {words}
                    </button>
                </div>
            </div>
        </SheetFrame>
    }
}
