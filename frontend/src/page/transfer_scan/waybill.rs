//! Opens a transfer by the code on its waybill.

use crate::device::{glue, use_device};
use crate::scan::bar::ScanBar;
use crate::scan::camera::{Camera, CameraState};
use crate::scan::dock::Dock;
use crate::scan::keyboard;
use crate::scan::outbox::OutboxSheet;
use crate::scan::refused::Refused;
use crate::scan::settings::SettingsSheet;
use crate::scan::stage::CameraStage;
use crate::scan::typed::TypedSheet;
use crate::scan::{Flash, Found, ScanBench};
use crate::text::use_language;
use domain::barcode::{ReadError, ReadRules, ScannedCode};
use domain::event::CountMethod;
use domain::id::SkuCode;
use domain::instant::{Timestamp, ZoneOffset};
use domain::transfer::TransferId;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// China's clocks: the year decides nothing about a waybill's code.
const ZONE: ZoneOffset = ZoneOffset(480);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sheet {
    None,
    Typed,
    Settings,
    Outbox,
}

/// The camera, and what it is to be held at.
#[component]
pub fn WaybillScreen() -> impl IntoView {
    let language = use_language();
    let device = use_device();
    let navigate = StoredValue::new_local(use_navigate());
    let sheet = RwSignal::new(Sheet::None);
    let refused = RwSignal::new(None::<String>);
    let flash = RwSignal::new((0, Flash::Repeat));
    let now = || Timestamp::from_unix_ms(crate::browser::device_now_ms());
    let close_typed = move |()| {
        if sheet.get_untracked() == Sheet::Typed {
            sheet.set(Sheet::None);
        }
    };
    let take = move |(code, _): (Result<ScannedCode, ReadError>, CountMethod)| {
        let transfer = code.ok().as_ref().and_then(TransferId::of_waybill);
        let (beat, sound) = if transfer.is_some() { (Flash::Good, "accept") } else { (Flash::Bad, "refuse") };
        glue::feedback(sound);
        flash.update(|(n, last)| (*n, *last) = (*n + 1, beat));
        match transfer {
            Some(id) => navigate.with_value(|navigate| navigate(&format!("/transfers/{id}"), Default::default())),
            None => refused.set(Some(language.waybill_not().to_owned())),
        }
    };
    let bench = ScanBench {
        language,
        device,
        rules: StoredValue::new(ReadRules::cn(now().wall(ZONE).year)),
        zone: ZONE,
        now: Callback::new(move |()| now()),
        is_listening: Callback::new(|()| true),
        takes_scans: Callback::new(move |()| {
            refused.with_untracked(Option::is_none) && sheet.get_untracked() == Sheet::None
        }),
        take: Callback::new(take),
        choose: Callback::new(|_: SkuCode| ()),
        // A waybill is not found by a product.
        find: Callback::new(|_: (String, usize)| Vec::<Found>::new()),
        name: Callback::new(|sku: SkuCode| sku.to_string()),
        close_typed: Callback::new(close_typed),
        hint: Signal::stored(language.waybill_scan_hint()),
        flash,
    };
    glue::unlock_feedback();
    let camera = Camera::new(bench);
    keyboard::listen(camera);
    on_cleanup(|| glue::keep_awake(false));
    Effect::new(move |_| glue::keep_awake(camera.state.get() == CameraState::On));
    let has_picture = Memo::new(move |_| camera.state.get() != CameraState::Off);
    let open = move |what: Sheet| Callback::new(move |()| sheet.set(what));
    let sheets = move || match sheet.get() {
        Sheet::None => ().into_any(),
        Sheet::Typed => view! { <TypedSheet camera/> }.into_any(),
        Sheet::Settings => view! { <SettingsSheet camera on_close=open(Sheet::None)/> }.into_any(),
        Sheet::Outbox => {
            view! { <OutboxSheet bench here="/transfers/scan".to_owned() on_close=open(Sheet::None)/> }.into_any()
        }
    };
    view! {
        <div class="count move" class:count--scanning=has_picture on:pointerdown=move |_| camera.touch()>
            <ScanBar bench label=language.scan_leave() leave="/transfers" on_outbox=open(Sheet::Outbox)>
                <h1 class="count__title">{language.waybill_scan()}</h1>
            </ScanBar>
            <Show when=move || has_picture.get()>
                <CameraStage camera/>
            </Show>
            <div class="count__result" role="alert">
                {move || refused.get().map(|why| view! { <Refused why refused/> })}
            </div>
            <div class="count__list">
                <div class="count__empty">
                    <p class="empty__title">{language.waybill_scan_hint()}</p>
                    <p class="muted">{language.waybill_text()}</p>
                </div>
            </div>
            <Dock
                camera
                can_undo=Signal::stored(false)
                undo=Callback::new(|()| ())
                more=open(Sheet::Settings)
                type_in=open(Sheet::Typed)
            />
        </div>
        {sheets}
    }
}
