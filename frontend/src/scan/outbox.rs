//! What waits on the phone, and what the server refused.

use super::bench::ScanBench;
use super::sheet_frame::SheetFrame;
use crate::backend::sign_in_path;
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::device::{OutboxSummary, ParkedEvent, SendTrouble, parked, retry, withdraw};
use crate::format;
use domain::event::CountedItem;
use domain::sync::may_pass_later;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Shows the queue.
#[component]
pub fn OutboxSheet(
    bench: ScanBench,
    /// The path to come back to after signing in.
    here: String,
    on_close: Callback<()>,
) -> impl IntoView {
    let language = bench.language;
    let device = bench.device;
    let sign_in = StoredValue::new(sign_in_path(&here));
    let refused = RwSignal::new(Vec::<ParkedEvent>::new());
    Effect::new(move |_| {
        device.n_changes.track();
        spawn_local(async move {
            if let Ok(events) = parked().await
                && refused.try_get_untracked().is_some()
            {
                refused.set(events);
            }
        });
    });
    let headline = move || match device.outbox.get() {
        OutboxSummary { n_pending: 0, n_parked: 0, .. } => language.outbox_all_sent().to_owned(),
        OutboxSummary { n_pending: 0, n_parked, .. } => language.outbox_parked(n_parked),
        OutboxSummary { n_pending, .. } => language.outbox_unsent(n_pending),
    };
    let oldest = move || device.oldest_min().map(|minutes| language.outbox_oldest(minutes));
    let trouble = move || {
        let outbox = device.outbox.get();
        let trouble = device.sending.get().filter(|_| outbox.n_pending > 0)?;
        let sign_in = (trouble == SendTrouble::SignInNeeded).then(|| {
            view! {
                <a class="button" href=sign_in.get_value() rel="external">{language.go_sign_in()}</a>
            }
        });
        let update = (trouble == SendTrouble::UpdateNeeded).then(|| {
            view! {
                <button class="button" type="button" on:click=|_| crate::browser::reload()>
                    {language.update_now()}
                </button>
            }
        });
        Some(view! {
            <Banner tone=Tone::Warn>
                <p>{language.sending(trouble)}</p>
                {sign_in}
                {update}
            </Banner>
        })
    };
    let others = move || {
        let n_others = device.outbox.get().n_pending_others;
        (n_others > 0).then(|| view! { <p class="muted">{language.outbox_others(n_others)}</p> })
    };
    let photos = move || {
        let n_photos = device.outbox.get().n_photos;
        (n_photos > 0).then(|| view! { <p class="muted">{language.photos_waiting(n_photos)}</p> })
    };
    view! {
        <SheetFrame title=language.outbox_title() on_close>
            <div class="dialog__body">
                <p class="outbox__figure">
                    <Icon glyph=Glyph::Upload size=IconSize::Large/>
                    <span>
                        <strong>{headline}</strong>
                        <span class="muted">{oldest}</span>
                    </span>
                </p>
                {trouble}
                {others}
                {photos}
                <p class="muted">{language.outbox_safe()}</p>
                {move || (refused.with(|refused| !refused.is_empty())).then(|| view! {
                    <h3>{language.outbox_parked_title()}</h3>
                })}
                <ul class="outbox__refused">
                    <For each=move || refused.get() key=|one| (one.seq, one.reason.code()) let:one>
                        <li><Refused bench one/></li>
                    </For>
                </ul>
            </div>
        </SheetFrame>
    }
}

#[component]
fn Refused(bench: ScanBench, one: ParkedEvent) -> impl IntoView {
    let language = bench.language;
    let name = |item: &CountedItem| match item {
        CountedItem::Known(sku) => bench.name.run(sku.clone()),
        CountedItem::Unknown { code, name } => name.clone().unwrap_or_else(|| code.clone()),
    };
    let what = language.recorded(&one.event, name);
    let when = format::moment(one.event.effective_at, bench.now.run(()), bench.zone);
    let seq = one.seq;
    let small = button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words);
    let again = may_pass_later(&one.reason).then(|| {
        let class = small.clone();
        view! {
            <button class=class type="button" on:click=move |_| retry(seq)>{language.outbox_retry()}</button>
        }
    });
    view! {
        <div class="outbox__event">
            <p><strong>{what}</strong> " " <span class="muted">{when}</span></p>
            <p>{language.refusal(&one.reason)}</p>
            <div class="outbox__actions">
                {again}
                <button class=small type="button" on:click=move |_| withdraw(seq)>{language.outbox_withdraw()}</button>
            </div>
        </div>
    }
}
