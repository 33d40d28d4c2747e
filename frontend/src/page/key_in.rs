//! Keying in what was counted with a pen: one shelf at a time, with the keyboard alone.

use crate::backend::{CountSheet, SheetItem, SheetShelf, read_count_sheet};
use crate::browser;
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::clock::PageClock;
use crate::component::load_state::LoadState;
use crate::component::page_head::{Crumb, Crumbs, PageHead};
use crate::component::teller::{Teller, TellerAnswer, use_teller};
use crate::device::{Deed, own_tally};
use crate::text::use_language;
use domain::event::{CountMethod, CountedItem, EventBody, ShelfProof};
use domain::id::{ShelfCode, SkuCode, StocktakeId};
use domain::instant::{Timestamp, ZoneOffset};
use domain::movement::{UNITS_MAX, Units};
use domain::stocktake::{PaperTimeError, Stage, counted_on_paper_at};
use domain::tally::{LineItem, LineKey, Tally};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;
use std::collections::BTreeMap;

/// The page.
#[component]
pub fn KeyInPage() -> impl IntoView {
    let params = use_params_map();
    let sheet = Resource::new_blocking(
        move || {
            params.with(|params| (params.get("store").unwrap_or_default(), params.get("stocktake").unwrap_or_default()))
        },
        |(store, stocktake)| read_count_sheet(store, stocktake),
    );
    view! { <LoadState resource=sheet show=|sheet| view! { <KeyIn sheet/> }/> }
}

/// What has been keyed in and saved on this page: it stands over what the server said when the page was opened. Nothing
/// where a count was taken back.
type Saved = BTreeMap<(ShelfCode, SkuCode), Option<Units>>;

/// When the sheets are counted, as typed; and between which moments that can be.
#[derive(Debug, Clone, Copy)]
struct Written {
    text: RwSignal<String>,
    zone: ZoneOffset,
    opened_at: Timestamp,
    clock: PageClock,
}

impl Written {
    fn new(sheet: &CountSheet) -> Self {
        Self {
            text: RwSignal::new(sheet.now.wall(sheet.zone_offset).minute_text()),
            zone: sheet.zone_offset,
            opened_at: sheet.opened_at,
            clock: PageClock::start(sheet.now),
        }
    }

    /// The moment; nothing where none is typed.
    fn at(self) -> Option<Result<Timestamp, PaperTimeError>> {
        let written = self.text.with(|text| Timestamp::from_minute(text, self.zone))?;
        Some(counted_on_paper_at(written, self.opened_at, self.clock.now()))
    }
}

#[component]
fn KeyIn(sheet: CountSheet) -> impl IntoView {
    let language = use_language();
    let name = language.name(&sheet.store_name);
    let crumbs = vec![
        Crumb::link(language.stocktakes_title(), format!("/stocktakes/{}", sheet.store)),
        Crumb::link(sheet.stocktake.to_string(), format!("/stocktakes/{}/{}", sheet.store, sheet.stocktake)),
        Crumb::here(language.key_in_title()),
    ];
    let is_over = sheet.stage != Stage::Counting;
    let body = if is_over {
        view! { <Banner tone=Tone::Warn>{language.key_in_over()}</Banner> }.into_any()
    } else {
        view! { <Sheets sheet/> }.into_any()
    };
    view! {
        <div class="page page--narrow">
            <div>
                <Crumbs steps=crumbs/>
                <PageHead title=language.key_in_title() sub=name/>
            </div>
            {body}
        </div>
    }
}

#[component]
fn Sheets(sheet: CountSheet) -> impl IntoView {
    let language = use_language();
    let teller = use_teller(sheet.store.clone());
    let saved = RwSignal::new(Saved::new());
    let counter = RwSignal::new(String::new());
    let written = Written::new(&sheet);
    let at = RwSignal::new(0_usize);
    let stocktake = StoredValue::new(sheet.stocktake);
    let shelves = StoredValue::new(sheet.shelves);
    let options = shelves.with_value(|shelves| {
        let option = |(n, shelf): (usize, &SheetShelf)| {
            view! { <option value=n.to_string()>{shelf.shelf.to_string()}</option> }
        };
        shelves.iter().enumerate().map(option).collect_view()
    });
    let next = Callback::new(move |()| {
        at.update(|at| *at = (*at + 1).min(shelves.with_value(Vec::len).saturating_sub(1)));
    });
    view! {
        <p class="muted">{language.key_in_text()}</p>
        <div class="plan-form__row plan-form__row--even plan-form__row--top">
            <label class="field">
                <span class="field__label">{language.key_in_shelf()}</span>
                <select
                    class="select"
                    id="key-shelf"
                    prop:value=move || at.get().to_string()
                    on:change=move |event| {
                        if let Ok(n) = event_target_value(&event).parse() {
                            at.set(n);
                        }
                    }
                >
                    {options}
                </select>
            </label>
            <label class="field">
                <span class="field__label">{language.key_in_counter()}</span>
                <input
                    class="field__control"
                    maxlength="60"
                    autocomplete="off"
                    prop:value=counter
                    on:input=move |event| counter.set(event_target_value(&event))
                />
                <span class="field__hint">{language.key_in_counter_hint()}</span>
            </label>
            <label class="field">
                <span class="field__label">{language.key_in_time()}</span>
                <input
                    class="field__control"
                    id="key-time"
                    type="datetime-local"
                    required
                    prop:value=written.text
                    value=written.text.get_untracked()
                    aria-invalid=move || (!matches!(written.at(), Some(Ok(_)))).then_some("true")
                    on:input=move |event| written.text.set(event_target_value(&event))
                />
                <span class="field__hint">{language.key_in_time_hint()}</span>
            </label>
        </div>
        <TellerAnswer teller/>
        {move || {
            shelves
                .with_value(|shelves| shelves.get(at.get()).cloned())
                .map(|shelf| view! { <Shelf shelf stocktake teller saved counter written next/> })
        }}
    }
}

fn whole(text: &str) -> Result<Option<Units>, ()> {
    match text.trim() {
        "" => Ok(None),
        digits => digits.parse().ok().filter(|units| (0..=UNITS_MAX).contains(units)).map(Some).ok_or(()),
    }
}

/// What takes back the whole count of an item on a shelf, of which the box said `units`; `None` where not all of it was
/// recorded on this device: then it is taken back where it was.
fn taken_back(tally: &Tally, shelf: &ShelfCode, sku: &SkuCode, units: Option<Units>) -> Option<Vec<EventBody>> {
    let key = LineKey { shelf: shelf.clone(), item: LineItem::Known(sku.clone()) };
    let line = tally.line(&key).filter(|line| Some(line.units()) == units)?;
    let undone = |cites| EventBody::CountUndone { stocktake: tally.stocktake().clone(), cites };
    Some(line.observations().map(undone).collect())
}

/// The lines of one sheet.
#[component]
fn Shelf(
    shelf: SheetShelf,
    stocktake: StoredValue<StocktakeId>,
    teller: Teller,
    saved: RwSignal<Saved>,
    counter: RwSignal<String>,
    written: Written,
    next: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let code = shelf.shelf.clone();
    let before = |item: &SheetItem| {
        saved.with_untracked(|saved| saved.get(&(code.clone(), item.sku.clone())).copied()).unwrap_or(item.own_units)
    };
    let rows: Vec<(SheetItem, Option<Units>, RwSignal<String>)> = shelf
        .items
        .iter()
        .map(|item| {
            let before = before(item);
            (item.clone(), before, RwSignal::new(before.map_or_else(String::new, |units| units.to_string())))
        })
        .collect();
    let n_rows = rows.len();
    let is_complete = RwSignal::new(true);
    let rows = StoredValue::new(rows);
    let code = StoredValue::new(code);
    let keyed = Callback::new(move |(totals, taken_back): (Vec<(SkuCode, Option<Units>)>, Vec<EventBody>)| {
        let Some(Ok(counted_at)) = untrack(move || written.at()) else { return };
        let (n_lines, is_new) = (totals.len(), totals.iter().any(|(_, total)| total.is_some()));
        let mut deeds: Vec<Deed> = taken_back.into_iter().map(Deed::from).collect();
        for (item, before, _) in rows.get_value() {
            let Some(total) = totals.iter().find(|(sku, _)| *sku == item.sku).and_then(|(_, total)| *total) else {
                continue;
            };
            let body = EventBody::Counted {
                stocktake: stocktake.get_value(),
                shelf: code.get_value(),
                proof: ShelfProof::Picked,
                item: CountedItem::Known(item.sku),
                units: total - before.unwrap_or(0),
                method: CountMethod::Keypad,
            };
            deeds.push(Deed { body, at: Some(counted_at) });
        }
        let by = counter.with_untracked(|by| by.trim().to_owned());
        if is_new && !by.is_empty() {
            let (stocktake, shelf) = (stocktake.get_value(), code.get_value());
            deeds.push(EventBody::SheetKeyed { stocktake, shelf, counted_by: by }.into());
        }
        if is_complete.get_untracked() {
            deeds.push(EventBody::ShelfFinished { stocktake: stocktake.get_value(), shelf: code.get_value() }.into());
        }
        if deeds.is_empty() {
            return teller.object(language.key_in_nothing().to_owned());
        }
        let then = Callback::new(move |()| {
            saved.update(|saved| {
                saved.extend(totals.iter().map(|(sku, total)| ((code.get_value(), sku.clone()), *total)));
            });
            next.run(());
            browser::focus_id("key-shelf");
        });
        teller.tell_deeds(deeds, language.key_in_saved(n_lines), then);
    });
    let save = move || {
        let when = match untrack(move || written.at()) {
            Some(Ok(_)) => None,
            Some(Err(PaperTimeError::InFuture)) => Some(language.key_in_time_future()),
            Some(Err(PaperTimeError::BeforeOpening)) => Some(language.key_in_time_early()),
            None => Some(language.key_in_time_missing()),
        };
        if let Some(why) = when {
            browser::focus_id("key-time");
            return teller.object(why.to_owned());
        }
        let mut totals = Vec::new();
        for (n, (item, before, text)) in rows.get_value().into_iter().enumerate() {
            let Ok(total) = whole(&text.get_untracked()) else {
                teller.object(language.key_in_bad(n + 1));
                browser::focus_id(&format!("key-{n}"));
                return;
            };
            if total != before {
                totals.push((item.sku, total));
            }
        }
        let emptied: Vec<SkuCode> =
            totals.iter().filter(|(_, total)| total.is_none()).map(|(sku, _)| sku.clone()).collect();
        let Some(person) = teller.person().filter(|_| !emptied.is_empty()) else {
            return keyed.run((totals, Vec::new()));
        };
        spawn_local(async move {
            let tally = match own_tally(stocktake.get_value(), &person).await {
                Ok(tally) => tally,
                Err(trouble) => return teller.object(language.storing(trouble).to_owned()),
            };
            let before = |sku: &SkuCode| rows.get_value().into_iter().find(|(item, ..)| item.sku == *sku)?.1;
            let taken = emptied.iter().map(|sku| taken_back(&tally, &code.get_value(), sku, before(sku)));
            match taken.collect::<Option<Vec<_>>>() {
                Some(taken) => keyed.run((totals, taken.into_iter().flatten().collect())),
                None => teller.object(language.key_in_elsewhere().to_owned()),
            }
        });
    };
    let row = move |(n, (item, _, text)): (usize, (SheetItem, Option<Units>, RwSignal<String>))| {
        let on_key = move |event: leptos::ev::KeyboardEvent| {
            if event.key() == "Enter" {
                event.prevent_default();
                let to = if n + 1 < n_rows { format!("key-{}", n + 1) } else { "key-save".to_owned() };
                browser::focus_id(&to);
            }
        };
        view! {
            <li class="key-in__row">
                <label class="key-in__item" for=format!("key-{n}")>
                    <span class="row__title">{item.name.clone()}</span>
                    <span class="row__sub code">{item.code.trim_start_matches('0').to_owned()} " · " {item.sku.to_string()}</span>
                </label>
                <input
                    class="field__control key-in__units"
                    id=format!("key-{n}")
                    aria-label=language.key_in_count_of(&item.name)
                    inputmode="numeric"
                    autocomplete="off"
                    prop:value=text
                    value=text.get_untracked()
                    aria-invalid=move || text.with(|text| whole(text).is_err()).then_some("true")
                    on:input=move |event| text.set(event_target_value(&event))
                    on:keydown=on_key
                />
            </li>
        }
    };
    let title = language.shelf_here(&shelf.shelf);
    view! {
        <section class="card card--flush">
            <div class="card__head">
                <h2 class="card__title">{title}</h2>
                <label class="tick">
                    <input
                        type="checkbox"
                        class="tick__input"
                        checked=true
                        prop:checked=is_complete
                        on:change=move |_| is_complete.update(|is| *is = !*is)
                    />
                    <span>{language.key_in_complete()}</span>
                </label>
            </div>
            <ol class="key-in">{rows.get_value().into_iter().enumerate().map(row).collect_view()}</ol>
            <div class="key-in__foot">
                <button
                    class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Words)
                    type="button"
                    id="key-save"
                    disabled=move || teller.is_busy()
                    on:click=move |_| save()
                >
                    {language.key_in_save()}
                </button>
            </div>
        </section>
    }
}
