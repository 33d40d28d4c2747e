//! The bar above a page that scans.

use super::bench::ScanBench;
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::component::loss_notice::LossNotice;
use crate::text::Language;
use leptos::prelude::*;

/// The way out, what is being done, and whether it has been sent.
#[component]
pub fn ScanBar(
    bench: ScanBench,
    /// What leaving is called.
    label: &'static str,
    /// Where it leads.
    #[prop(into, default = "/".to_owned())]
    leave: String,
    /// Opens the list of what is unsent.
    on_outbox: Callback<()>,
    children: Children,
) -> impl IntoView {
    let language = bench.language;
    view! {
        <header class="count__bar">
            <a class="button button--ghost button--icon" href=leave aria-label=label>
                <Icon glyph=Glyph::Close/>
            </a>
            <div class="count__place">{children()}</div>
            <OutboxChip bench on_outbox/>
        </header>
        {move || bench.device.has_lost.get().then(|| view! {
            <div class="count__alarm">
                <LossNotice/>
            </div>
        })}
        {move || bench.device.storing.get().map(|trouble| view! {
            <div class="count__alarm">
                <Banner tone=Tone::Bad>{language.storing(trouble)}</Banner>
            </div>
        })}
    }
}

/// How much is unsent; opens the list of it.
#[component]
fn OutboxChip(bench: ScanBench, on_outbox: Callback<()>) -> impl IntoView {
    let language = bench.language;
    let device = bench.device;
    let class = move || {
        let outbox = device.outbox.get();
        let tone = match (outbox.n_parked, outbox.n_pending, device.sending.get()) {
            (1.., ..) => " count__chip--bad",
            (0, 1.., Some(_)) => " count__chip--warn",
            _ => "",
        };
        format!("count__chip{tone}")
    };
    let words = move || chip_words(language, device.n_unsent(), device.outbox.get().n_parked);
    let glyph = move || match (device.n_unsent(), device.sending.get()) {
        (0, None) => view! { <Icon glyph=Glyph::Check size=IconSize::Small/> },
        (_, Some(_)) => view! { <Icon glyph=Glyph::Offline size=IconSize::Small/> },
        (_, None) => view! { <Icon glyph=Glyph::Upload size=IconSize::Small/> },
    };
    view! {
        <button class=class type="button" on:click=move |_| on_outbox.run(())>
            {glyph}
            <span>{words}</span>
        </button>
    }
}

fn chip_words(language: Language, n_unsent: u32, n_parked: u32) -> String {
    match (n_unsent, n_parked) {
        (0, _) => language.outbox_all_sent().to_owned(),
        (_, 1..) => language.outbox_parked(n_parked),
        _ => language.outbox_unsent(n_unsent),
    }
}
