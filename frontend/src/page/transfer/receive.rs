//! What arrived: sound, damaged, too many, and where it is put.

use super::Desk;
use super::act::StepForm;
use super::form::{TextField, words_of};
use super::quantity::{AmountField, PlaceField, lot_name, lots, shelves};
use crate::component::photo_view::PhotoView;
use crate::format;
use domain::id::StoreCode;
use domain::movement::{Place, Units};
use domain::photo::PhotoId;
use domain::transfer::{LotLine, ReceivedLine, Step, StepKind};
use leptos::prelude::*;

/// What arrived of a lot, as it is being put in.
#[derive(Debug, Clone)]
struct Arrival {
    line: LotLine,
    sound: RwSignal<Units>,
    damaged: RwSignal<Units>,
    over: RwSignal<Units>,
    to: RwSignal<Place>,
}

/// Receives the goods.
#[component]
pub(super) fn ReceiveForm(desk: Desk, store: StoreCode) -> impl IntoView {
    let language = desk.language;
    let photos = RwSignal::new(Vec::<PhotoId>::new());
    let note = RwSignal::new(String::new());
    let sent = desk.detail.with_untracked(|detail| lots(detail, StepKind::HandOver));
    let arrivals: Vec<Arrival> = sent
        .into_iter()
        .map(|line| Arrival {
            sound: RwSignal::new(line.units),
            damaged: RwSignal::new(0),
            over: RwSignal::new(0),
            to: RwSignal::new(Place::BackRoom),
            line,
        })
        .collect();
    let rows = arrivals
        .iter()
        .map(|arrival| {
            let item = lot_name(desk, &arrival.line.sku, &arrival.line.lot);
            let shelves = desk.detail.with_untracked(|detail| shelves(detail, &store, &arrival.line.sku));
            let field = |words: &'static str, units: RwSignal<Units>| {
                view! { <AmountField label=words name=format!("{words} · {item}") units/> }
            };
            view! {
                <fieldset class="transfer-line choices">
                    <legend class="choices__legend">{item.clone()}</legend>
                    <p class="field__hint">{language.field_sent(format::number(arrival.line.units))}</p>
                    {field(language.field_sound(), arrival.sound)}
                    {field(language.field_damaged(), arrival.damaged)}
                    {field(language.field_over(), arrival.over)}
                    <PlaceField label=language.field_to() shelves place=arrival.to/>
                </fieldset>
            }
        })
        .collect_view();
    let arrivals = StoredValue::new(arrivals);
    let make = Callback::new(move |()| {
        let mut lines = Vec::new();
        for Arrival { line, sound, damaged, over, to } in arrivals.get_value() {
            let [units, damaged, over] = [sound, damaged, over].map(|units| units.get_untracked());
            let item = || desk.item_name(&line.sku);
            if units + damaged > line.units {
                return Err(language.take_too_many(item(), format::number(line.units)));
            }
            if over > 0 && units + damaged < line.units {
                return Err(language.take_over_first(item()));
            }
            if (units, damaged, over) != (0, 0, 0) {
                lines.push(ReceivedLine { sku: line.sku, lot: line.lot, units, damaged, over, to: to.get_untracked() });
            }
        }
        let photos = photos.get_untracked();
        if photos.is_empty() && lines.iter().any(|line| line.damaged > 0) {
            return Err(language.take_photo_needed().to_owned());
        }
        Ok(Step::Received { lines, photos, note: words_of(note) })
    });
    let question = Callback::new(move |step: Step| {
        let Step::Received { lines, .. } = step else { return String::new() };
        let sum = |of: fn(&ReceivedLine) -> Units| lines.iter().map(of).sum::<Units>();
        let sent: Units = arrivals.with_value(|arrivals| arrivals.iter().map(|arrival| arrival.line.units).sum());
        let (sound, damaged, over) = (sum(|line| line.units), sum(|line| line.damaged), sum(|line| line.over));
        let short = sent - sound - damaged;
        let all = language.ask_receive_text(format::number(sound + over));
        if (short, damaged, over) == (0, 0, 0) {
            return all;
        }
        let differs =
            language.ask_receive_differs(format::number(short), format::number(damaged), format::number(over));
        format!("{differs} {all}")
    });
    let of_store = store.clone();
    view! {
        <StepForm desk store words=language.take_receive() done=language.take_done_received() make question>
            {rows}
            <Photos desk store=of_store photos/>
            <TextField label=language.field_note() text=note/>
        </StepForm>
    }
}

/// Evidence. The camera is the browser's alone.
#[component]
fn Photos(desk: Desk, store: StoreCode, photos: RwSignal<Vec<PhotoId>>) -> impl IntoView {
    let language = desk.language;
    let is_taking = RwSignal::new(false);
    let shown = move || photos.get().into_iter().map(|id| view! { <PhotoView id/> }).collect_view();
    view! {
        <div class="field">
            <span class="field__label">{language.field_photos()}</span>
            <div class="transfer-form__photos">{shown}</div>
            <div>
                <button class="button" type="button" on:click=move |_| is_taking.set(true)>
                    {language.field_photo_take()}
                </button>
            </div>
        </div>
        {move || is_taking.get().then(|| camera(store.clone(), photos, is_taking))}
    }
}

#[cfg(feature = "hydrate")]
fn camera(store: StoreCode, photos: RwSignal<Vec<PhotoId>>, is_taking: RwSignal<bool>) -> Option<AnyView> {
    use crate::component::photo_capture::PhotoCapture;
    let person = crate::session::use_session().viewer?.id;
    let on_taken = Callback::new(move |photo: PhotoId| {
        photos.update(|photos| {
            if !photos.contains(&photo) {
                photos.push(photo);
            }
        });
        is_taking.set(false);
    });
    let on_close = Callback::new(move |()| is_taking.set(false));
    Some(view! { <PhotoCapture store person on_taken on_close/> }.into_any())
}

#[cfg(not(feature = "hydrate"))]
fn camera(_: StoreCode, _: RwSignal<Vec<PhotoId>>, _: RwSignal<bool>) -> Option<AnyView> {
    None
}
