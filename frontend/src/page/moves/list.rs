//! The list, from the phone's own storage; what the ledger made of it, when there is a network.

use super::reverse::ReverseSheet;
use crate::component::badge::{Badge, Tone};
use crate::component::icon::Glyph;
use crate::component::load_state::{Empty, Skeleton};
use crate::device::recorder::{Recorder, clock_offset_ms};
use crate::device::snapshot::{OpenProblem, snapshot};
use crate::device::{KeptState, StoreTrouble, glue, http, use_device};
use crate::format;
use crate::scan::cannot_open::CannotOpen;
use crate::text::{Language, use_language};
use domain::accept::{Refusal, Reversal, value_minor};
use domain::approval::Outcome;
use domain::event::{DeviceEvent, EventBody};
use domain::id::EventId;
use domain::instant::Timestamp;
use domain::movement::{Movement, MovementKind};
use domain::sync::{MovementFate, PhoneFacts, PhoneSnapshot};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Movements shown, the newest.
const N_SHOWN: usize = 50;

/// An event as this phone keeps it.
#[derive(Clone, Deserialize)]
struct Kept {
    state: KeptState,
    event: DeviceEvent,
}

/// What is known of a movement.
#[derive(Clone)]
pub struct Entry {
    /// Its event.
    pub event: DeviceEvent,
    /// What moved.
    pub movement: Movement,
    state: KeptState,
    /// What the ledger made of it; nothing where it was not asked or does not have it.
    outcome: Option<Option<Outcome>>,
    /// Whether this phone has recorded its reversal.
    is_reversed: bool,
    /// Whether this phone has recorded a return of it.
    is_returned: bool,
}

impl Phone {
    /// The server's time as this phone believes it.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(crate::browser::device_now_ms()).plus_ms(self.offset_ms)
    }
}

impl Entry {
    /// Whether it may still be reversed or withdrawn, as far as this phone knows.
    fn is_reversible(&self) -> bool {
        let is_over =
            matches!(self.outcome.flatten(), Some(Outcome::Reversed | Outcome::Withdrawn | Outcome::Declined));
        !self.is_reversed && !is_over && matches!(self.state, KeptState::Pending | KeptState::Accepted)
    }

    /// Why it cannot be reversed now, as far as this phone knows; the ledger has the last word.
    pub fn why_not(&self, phone: &Phone, now: Timestamp) -> Option<Refusal> {
        if self.is_awaiting() {
            return None;
        }
        let reversal = Reversal {
            movement: &self.movement,
            value_minor: value_minor(&self.movement, &PhoneFacts::new(phone.snapshot.clone())),
            is_own: self.event.person == phone.snapshot.viewer.id,
            after_ms: now.since(self.event.effective_at),
            is_returned: self.is_returned,
        };
        reversal.judge(phone.snapshot.viewer.role).err()
    }

    /// Whether nobody has decided about it yet.
    pub fn is_awaiting(&self) -> bool {
        matches!(self.outcome.flatten(), Some(Outcome::Awaits(_)))
    }

    fn badge(&self, language: Language) -> (Tone, String) {
        match (self.state, self.outcome, self.is_reversed) {
            (KeptState::Parked | KeptState::Withdrawn, ..) => (Tone::Bad, language.moves_refused().to_owned()),
            (_, Some(Some(outcome)), _) => {
                let tone = match outcome {
                    Outcome::Awaits(_) => Tone::Warn,
                    Outcome::Approved => Tone::Good,
                    Outcome::Declined | Outcome::Withdrawn | Outcome::Reversed => Tone::Plain,
                };
                (tone, language.outcome(outcome))
            }
            (_, _, true) => (Tone::Plain, language.outcome(Outcome::Reversed)),
            (KeptState::Pending, ..) => (Tone::Info, language.moves_unsent().to_owned()),
            (KeptState::Accepted, Some(None), _) => (Tone::Good, language.moves_stands().to_owned()),
            (KeptState::Accepted, None, _) => (Tone::Good, language.moves_in_ledger().to_owned()),
        }
    }
}

/// What the list is made of.
pub struct Phone {
    /// What the phone took along.
    pub snapshot: PhoneSnapshot,
    /// Writes events down.
    pub recorder: Recorder,
    /// Server clock − device clock, in milliseconds.
    pub offset_ms: i64,
}

async fn open_phone(device: crate::device::Device) -> Result<Phone, OpenProblem> {
    let snapshot = snapshot().await?;
    let (store, person) = (snapshot.store.code.clone(), snapshot.viewer.id.clone());
    let recorder = Recorder::new(device, store, person).await?;
    Ok(Phone { snapshot, recorder, offset_ms: clock_offset_ms().await })
}

/// This phone's movements of the person in the store, the newest first.
async fn entries(phone: &Phone) -> Result<Vec<Entry>, StoreTrouble> {
    // Movements belong to no stocktake.
    let json = glue::events_of("").await?;
    let kept: Vec<Kept> = serde_json::from_str(&json).map_err(|_| StoreTrouble::Failed)?;
    let is_own =
        |event: &DeviceEvent| event.person == phone.snapshot.viewer.id && event.store == phone.snapshot.store.code;
    let stands = |kept: &&Kept| matches!(kept.state, KeptState::Pending | KeptState::Accepted);
    let reversed: Vec<EventId> = kept
        .iter()
        .filter(stands)
        .filter_map(|kept| match &kept.event.body {
            EventBody::Reversed { cites, .. } => Some(*cites),
            _ => None,
        })
        .collect();
    let returned: Vec<EventId> = kept
        .iter()
        .filter(stands)
        .filter(|kept| !reversed.contains(&kept.event.id))
        .filter_map(|kept| match &kept.event.body {
            EventBody::Moved(movement) if movement.kind == MovementKind::CustomerReturn => movement.cites,
            _ => None,
        })
        .collect();
    let entry = |kept: Kept| match kept.event.body.clone() {
        EventBody::Moved(movement) if is_own(&kept.event) => Some(Entry {
            is_reversed: reversed.contains(&kept.event.id),
            is_returned: returned.contains(&kept.event.id),
            event: kept.event,
            movement,
            state: kept.state,
            outcome: None,
        }),
        _ => None,
    };
    Ok(kept.into_iter().rev().filter_map(entry).take(N_SHOWN).collect())
}

/// Asks the ledger what has become of them.
async fn ask(phone: &Phone, entries: &mut [Entry]) {
    let ids: Vec<String> = entries.iter().map(|entry| entry.event.id.to_string()).collect();
    if ids.is_empty() {
        return;
    }
    let path = format!("/api/v1/movements?store={}&events={}", phone.snapshot.store.code, ids.join(","));
    let answer = http::get(&path, http::TIMEOUT).await;
    let Some(fates) = answer.json::<Vec<MovementFate>>().filter(|_| answer.status == 200) else { return };
    let fates: BTreeMap<EventId, Option<Outcome>> = fates.into_iter().map(|fate| (fate.event, fate.outcome)).collect();
    for entry in entries {
        entry.outcome = fates.get(&entry.event.id).copied();
    }
}

/// The list.
#[component]
pub fn MoveList() -> impl IntoView {
    let language = use_language();
    let device = use_device();
    let phone = RwSignal::new_local(None::<Result<Rc<Phone>, OpenProblem>>);
    let entries_now = RwSignal::new_local(None::<Vec<Entry>>);
    let chosen = RwSignal::new_local(None::<Entry>);
    let start = move || {
        phone.set(None);
        spawn_local(async move {
            let opened = open_phone(device).await.map(Rc::new);
            if phone.try_get_untracked().is_some() {
                phone.set(Some(opened));
            }
        });
    };
    start();
    // Anew whenever something was recorded, sent or refused.
    Effect::new(move |_| {
        device.outbox.track();
        device.n_changes.track();
        let Some(Ok(phone)) = phone.get() else { return };
        spawn_local(async move {
            let Ok(mut found) = entries(&phone).await else { return };
            if entries_now.try_get_untracked().is_none() {
                return;
            }
            if entries_now.get_untracked().is_none() {
                entries_now.set(Some(found.clone()));
            }
            ask(&phone, &mut found).await;
            let _ = entries_now.try_set(Some(found));
        });
    });
    let again = Callback::new(move |()| start());
    move || match phone.get() {
        None => view! { <Skeleton/> }.into_any(),
        Some(Err(problem)) => view! { <CannotOpen problem here="/moves".to_owned() again/> }.into_any(),
        Some(Ok(phone)) => {
            let now = phone.now();
            let zone = phone.snapshot.store.zone_offset;
            let body = move || match entries_now.get() {
                None => view! { <Skeleton/> }.into_any(),
                Some(entries) if entries.is_empty() => view! {
                    <Empty glyph=Glyph::Goods title=language.moves_none_title() text=language.moves_none_text()/>
                }
                .into_any(),
                Some(entries) => {
                    let row = |entry: Entry| {
                        let when = format::moment(entry.event.effective_at, now, zone);
                        view! { <li><Row entry when chosen/></li> }
                    };
                    view! { <ul class="rows card">{entries.into_iter().map(row).collect_view()}</ul> }.into_any()
                }
            };
            let phone = StoredValue::new_local(phone);
            let sheet = move || {
                chosen.get().map(|entry| {
                    let close = Callback::new(move |()| chosen.set(None));
                    view! { <ReverseSheet phone entry close/> }
                })
            };
            view! { {body} {sheet} }.into_any()
        }
    }
}

#[component]
fn Row(entry: Entry, when: String, chosen: RwSignal<Option<Entry>, LocalStorage>) -> impl IntoView {
    let language = use_language();
    let moved = entry.movement.units_moved();
    let pieces = language.moves_pieces(moved.len(), format::number(moved.values().sum()));
    let title = match &entry.movement.document {
        Some(document) => format!("{} · {document}", language.movement(entry.movement.kind)),
        None => language.movement(entry.movement.kind).to_owned(),
    };
    let (tone, state) = entry.badge(language);
    let word = if entry.is_awaiting() { language.moves_withdraw() } else { language.moves_reverse() };
    let reverse = entry.is_reversible().then(|| {
        let entry = entry.clone();
        let label = format!("{word}：{title}");
        view! {
            <button class="button" type="button" aria-label=label on:click=move |_| chosen.set(Some(entry.clone()))>
                {word}
            </button>
        }
    });
    view! {
        <div class="row moves__row">
            <span class="row__main">
                <span class="row__title">{title.clone()}</span>
                <span class="row__sub">{pieces} " · " {when}</span>
                <span class="move__notes"><Badge tone>{state}</Badge></span>
            </span>
            {reverse}
        </div>
    }
}
