//! Devices: when they were last seen, what they keep, what is missing of their numbers, and whether they may send.

use crate::backend::{BackendError, admit_device, read_devices, read_trace_stores};
use crate::component::badge::{Badge, Tone};
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::Glyph;
use crate::component::load_state::{Empty, LoadState};
use crate::component::page_head::PageHead;
use crate::component::trace_tabs::{StoreChoice, TracePart, TraceTabs};
use crate::format;
use crate::page::trace::trace_href;
use crate::text::use_language;
use domain::device::{DevicePage as Listed, DeviceRow};
use domain::id::{DeviceId, StoreCode};
use domain::instant::Timestamp;
use domain::master::Name;
use domain::trace::SubjectKind;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

/// Gaps of one device that are named; beyond that only how many.
const GAPS_SHOWN: usize = 4;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Loaded {
    store: String,
    choices: Vec<(StoreCode, Name)>,
    listed: Listed,
}

async fn load(store: Option<String>) -> Result<Loaded, BackendError> {
    let choices = read_trace_stores(None, None).await?.choices;
    let listed = read_devices(store.clone()).await?;
    Ok(Loaded { store: store.unwrap_or_default(), choices, listed })
}

/// The devices.
#[component]
pub fn DevicesPage() -> impl IntoView {
    let query = use_query_map();
    let loaded = Resource::new_blocking(move || query.read().get("store"), load);
    view! { <LoadState resource=loaded show=|loaded| view! { <Devices loaded/> }/> }
}

#[component]
fn Devices(loaded: Loaded) -> impl IntoView {
    let language = use_language();
    let Loaded { store, choices, listed } = loaded;
    let (now, served) = (listed.now, StoredValue::new(listed.build.clone()));
    let asked = StoredValue::new(store.clone());
    let listed = RwSignal::new(listed);
    let is_failed = RwSignal::new(false);
    let reload = Callback::new(move |()| {
        spawn_local(async move {
            match read_devices(Some(asked.get_value())).await {
                Ok(fresh) => {
                    let _ = listed.try_set(fresh);
                }
                Err(_) => is_failed.set(true),
            }
        });
    });
    let has_choice = choices.len() > 1;
    let is_empty = Memo::new(move |_| listed.with(|listed| listed.devices.is_empty()));
    view! {
        <div class="page">
            <PageHead title=language.devices_title() sub=language.devices_sub()/>
            <TraceTabs part=TracePart::Devices/>
            {has_choice
                .then(|| {
                    view! {
                        <form class="trace-search" method="get" action="/devices">
                            <StoreChoice choices chosen=store/>
                            <button class="button button--primary" type="submit">{language.show()}</button>
                            <a class="button" href="/devices">{language.devices_all()}</a>
                        </form>
                    }
                })}
            {move || {
                is_failed.get().then(|| view! { <Banner tone=Tone::Bad><p>{language.load_failed()}</p></Banner> })
            }}
            <Show
                when=move || !is_empty.get()
                fallback=move || {
                    view! {
                        <Empty glyph=Glyph::Scan title=language.no_devices_title() text=language.no_devices_text()/>
                    }
                }
            >
                <section class="card card--flush">
                    <ul class="cases">
                        <For
                            each=move || listed.get().devices
                            key=|row| format!("{} {:?} {:?}", row.device, row.barred, row.seen_at)
                            let:row
                        >
                            <Row row now served reload is_failed/>
                        </For>
                    </ul>
                </section>
            </Show>
        </div>
    }
}

#[component]
fn Row(
    row: DeviceRow,
    now: Timestamp,
    served: StoredValue<String>,
    reload: Callback<()>,
    is_failed: RwSignal<bool>,
) -> impl IntoView {
    let language = use_language();
    let zone = row.zone_offset;
    let number = |n: u64| format::number(i64::try_from(n).unwrap_or(i64::MAX));
    let gap = |gap: &domain::device::Gap| {
        if gap.first == gap.last { number(gap.first) } else { language.device_gap(number(gap.first), number(gap.last)) }
    };
    let mut gaps: Vec<String> = row.gaps.iter().take(GAPS_SHOWN).map(gap).collect();
    if row.gaps.len() > GAPS_SHOWN {
        gaps.push(format!("+{}", row.gaps.len() - GAPS_SHOWN));
    }
    let has_gaps = !gaps.is_empty();
    let gaps = if has_gaps { gaps.join(", ") } else { language.device_no_gaps().to_owned() };
    let seen = match row.seen_at {
        Some(at) => format!("{} ({})", format::moment(at, now, zone), format::ago(Some(at), now, language)),
        None => language.device_imported().to_owned(),
    };
    let is_behind = row.app.as_ref().is_some_and(|app| served.with_value(|served| app != served));
    let barred = row.barred.as_ref().map(|bar| {
        let text = language.device_barred(&bar.by_name, format::moment(bar.at, now, zone));
        view! { <p><Badge tone=Tone::Bad>{text}</Badge></p> }
    });
    let is_barred = row.barred.is_some();
    let see = trace_href(SubjectKind::Device, &row.device.to_string(), row.store.as_str());
    let usual = button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words);
    let manage = row.may_manage.then(|| view! { <Manage device=row.device is_barred reload is_failed/> });
    view! {
        <li class="case">
            <div class="case__head">
                <span class="case__title">{row.person_name.unwrap_or_else(|| language.device_imported().to_owned())}</span>
                {has_gaps.then(|| view! { <Badge tone=Tone::Bad>{language.device_gaps()}</Badge> })}
                {(row.n_unsent > 0).then(|| view! { <Badge tone=Tone::Warn>{language.device_unsent()}</Badge> })}
            </div>
            <p class="case__facts">
                {format!("{} {}", language.name(&row.store_name), row.store)} " · "
                <span class="step__code">{row.device.to_string()}</span>
            </p>
            {barred}
            <dl class="facts">
                <dt>{language.device_seen()}</dt>
                <dd>{seen}</dd>
                <dt>{language.device_unsent()}</dt>
                <dd>{format::number(row.n_unsent.into())}</dd>
                <dt>{language.device_gaps()}</dt>
                <dd>{gaps}</dd>
                <dt>{language.device_version()}</dt>
                <dd class="step__code">
                    {row.app.unwrap_or_else(|| "–".to_owned())}
                    {is_behind.then(|| view! { " " <Badge tone=Tone::Warn>{language.device_behind()}</Badge> })}
                </dd>
            </dl>
            <div class="case__actions">
                <a class=usual href=see>{language.device_timeline()}</a>
                {manage}
            </div>
        </li>
    }
}

/// Bars the device after a second word, or lets it in again.
#[component]
fn Manage(device: DeviceId, is_barred: bool, reload: Callback<()>, is_failed: RwSignal<bool>) -> impl IntoView {
    let language = use_language();
    let is_asking = RwSignal::new(false);
    let send = move |admission: &'static str| {
        is_asking.set(false);
        spawn_local(async move {
            match admit_device(device.to_string(), admission.to_owned()).await {
                Ok(()) => reload.run(()),
                Err(_) => is_failed.set(true),
            }
        });
    };
    let usual = button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words);
    let danger = button_class(ButtonKind::Danger, ButtonSize::Usual, ButtonWidth::Words);
    if is_barred {
        return view! {
            <button class=usual type="button" on:click=move |_| send("admit")>{language.device_admit()}</button>
        }
        .into_any();
    }
    view! {
        <button
            class=danger.clone()
            type="button"
            aria-expanded=move || is_asking.get().to_string()
            on:click=move |_| is_asking.update(|asking| *asking = !*asking)
        >
            {language.device_bar()}
        </button>
        {move || {
            let (danger, usual) = (danger.clone(), usual.clone());
            is_asking
                .get()
                .then(move || {
                    view! {
                        <div class="case__form" role="group" aria-label=language.device_bar_title()>
                            <p><strong>{language.device_bar_title()}</strong></p>
                            <p>{language.device_bar_text()}</p>
                            <div class="case__actions">
                                <button class=danger type="button" on:click=move |_| send("bar")>
                                    {language.device_bar_confirm()}
                                </button>
                                <button class=usual type="button" on:click=move |_| is_asking.set(false)>
                                    {language.case_cancel()}
                                </button>
                            </div>
                        </div>
                    }
                })
        }}
    }
    .into_any()
}
