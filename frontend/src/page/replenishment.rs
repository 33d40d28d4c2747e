//! What the viewer's stores should order now, why, and the order itself in one tap.

mod line;
mod set;

use crate::backend::{BackendError, ReplenishmentAsk, ReplenishmentPage as Shown, order_goods, read_replenishment};
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::figure::{Figure, Figures};
use crate::component::icon::Glyph;
use crate::component::load_state::{Empty, LoadState};
use crate::component::page_head::PageHead;
use crate::format;
use crate::session::use_session;
use crate::text::{Language, use_language};
use domain::id::{EventId, SkuCode, StoreCode};
use domain::master::OrderLine;
use domain::movement::{UNITS_MAX, Units};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use line::Line;
use set::SetByHand;
use std::collections::BTreeMap;

type Loaded = Resource<Result<Shown, BackendError>>;

/// What outlives a new reading of the lines.
#[derive(Clone, Copy)]
struct Outer {
    loaded: Loaded,
    /// What became of the orders.
    said: RwSignal<Vec<(Tone, String)>>,
}

/// The page.
#[component]
pub fn ReplenishmentPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move || {
        let query = query.read();
        (query.get("store"), query.get("category"), query.get("search"), query.get("sku"))
    };
    let loaded = Resource::new_blocking(asked, |(store, category, search, sku)| {
        read_replenishment(store, category, search, sku)
    });
    provide_context(Outer { loaded, said: RwSignal::new(Vec::new()) });
    view! { <LoadState resource=loaded show=|page| view! { <Lines page/> }/> }
}

/// A line as the person has it.
#[derive(Clone, Copy)]
struct Row {
    place: StoredValue<(StoreCode, SkuCode)>,
    may_act: bool,
    is_selected: RwSignal<bool>,
    /// Pieces as typed.
    typed: RwSignal<String>,
}

impl Row {
    /// Pieces; `None` where what was typed is no order.
    fn units(self) -> Option<Units> {
        let units = self.typed.with(|typed| typed.trim().parse().ok())?;
        (1..=UNITS_MAX).contains(&units).then_some(units)
    }
}

/// What the lines share.
#[derive(Clone, Copy)]
struct Desk {
    language: Language,
    outer: Outer,
    token: EventId,
    rows: StoredValue<Vec<Row>>,
    supplier: RwSignal<String>,
    is_busy: RwSignal<bool>,
    /// The line whose figures are being set.
    setting: RwSignal<Option<usize>>,
}

impl Desk {
    fn selected(self) -> Vec<Row> {
        self.rows.with_value(|rows| rows.iter().copied().filter(|row| row.is_selected.get()).collect())
    }

    fn object(self, text: &str) {
        self.outer.said.set(vec![(Tone::Bad, text.to_owned())]);
    }

    /// Orders what is selected, one order a store.
    fn order(self) {
        let language = self.language;
        let mut orders: BTreeMap<StoreCode, Vec<OrderLine>> = BTreeMap::new();
        for row in untrack(|| self.selected()) {
            let Some(units) = untrack(|| row.units()) else {
                return self.object(language.replenishment_bad_units());
            };
            let (store, sku) = row.place.get_value();
            orders.entry(store).or_default().push(OrderLine { sku, units });
        }
        let supplier = self.supplier.get_untracked().trim().to_owned();
        if supplier.is_empty() {
            return self.object(language.replenishment_bad_supplier());
        }
        if orders.is_empty() || self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.outer.said.set(Vec::new());
        spawn_local(async move {
            let (mut said, mut all_made) = (Vec::new(), true);
            for (store, lines) in orders {
                let json = serde_json::to_string(&lines).expect("an order is plain data");
                let made = order_goods(store.to_string(), self.token.to_string(), supplier.clone(), json).await;
                all_made &= made.is_ok();
                said.push(match made {
                    Ok(made) if made.is_other => {
                        let units = format::number(made.units);
                        (Tone::Warn, language.replenishment_ordered_before(made.number, made.n_lines, units))
                    }
                    Ok(made) => {
                        let (units, due) = (format::number(made.units), made.due);
                        (Tone::Good, language.replenishment_ordered(made.number, made.n_lines, units, due))
                    }
                    Err(BackendError::Unreachable | BackendError::Unavailable) => {
                        (Tone::Bad, language.replenishment_order_unknown(store))
                    }
                    Err(error) => (Tone::Bad, language.replenishment_order_refused(store, language.problem(&error).1)),
                });
            }
            // The page may have been left meanwhile.
            if self.outer.said.try_set(said).is_some() {
                return;
            }
            let _ = self.is_busy.try_set(false);
            // The token goes with the lines: while an answer is missing, the same order is sent again.
            if all_made {
                self.outer.loaded.refetch();
            }
        });
    }
}

#[component]
fn Lines(page: Shown) -> impl IntoView {
    let language = use_language();
    let outer = expect_context::<Outer>();
    let now = page.now;
    let row = |line: &crate::backend::ReplenishmentLine| Row {
        place: StoredValue::new((line.store.clone(), line.sku.clone())),
        may_act: line.may_act,
        is_selected: RwSignal::new(false),
        typed: RwSignal::new(line.suggestion.order_units.max(line.suggestion.pack_units).to_string()),
    };
    let desk = Desk {
        language,
        outer,
        token: page.token,
        rows: StoredValue::new(page.lines.iter().map(row).collect()),
        supplier: RwSignal::new(language.replenishment_supplier_usual().to_owned()),
        is_busy: RwSignal::new(false),
        setting: RwSignal::new(None),
    };
    let said = move || {
        let said = outer.said.get().into_iter();
        said.map(|(tone, text)| view! { <Banner tone>{text}</Banner> }).collect_view()
    };
    let not_ready =
        (!page.is_ready).then(|| view! { <Banner tone=Tone::Warn>{language.replenishment_not_ready()}</Banner> });
    let n_more = (page.n_more > 0)
        .then(|| view! { <p class="muted">{language.replenishment_more(format::number(page.n_more.into()))}</p> });
    let n_lines = i64::try_from(page.lines.len()).unwrap_or(i64::MAX) + i64::from(page.n_more);
    let (n_late, at_risk_minor) = (page.n_late, page.at_risk_minor);
    let may_act = page.lines.iter().any(|line| line.may_act);
    let several = page.stores.len() > 1 && page.ask.store.is_none();
    let lines = StoredValue::new(page.lines);
    let table = if n_lines == 0 {
        view! {
            <Empty
                glyph=Glyph::Check
                title=language.replenishment_none_title()
                text=language.replenishment_none_text()
            />
        }
        .into_any()
    } else {
        let head = |class: &'static str, text: &'static str| {
            view! { <th scope="col" role="columnheader" class=class>{text}</th> }
        };
        let all = lines.get_value().into_iter().enumerate();
        view! {
            <section class="card card--flush">
                <table class="table table--dense order-table" role="table" aria-label=language.replenishment_table()>
                    <thead role="rowgroup">
                        <tr role="row">
                            {head("order-table__tick", language.replenishment_select())}
                            {head("", language.replenishment_item())}
                            {head("number", language.replenishment_on_hand())}
                            {head("number", language.replenishment_coming())}
                            {head("number", language.replenishment_safety())}
                            {head("number", language.replenishment_daily())}
                            {head("number", language.replenishment_cover())}
                            {head("number", language.replenishment_order())}
                            {head("", language.replenishment_actions())}
                        </tr>
                    </thead>
                    <tbody role="rowgroup">
                        {all
                            .map(|(at, line)| view! { <Line desk at line several now/> })
                            .collect_view()}
                    </tbody>
                </table>
            </section>
        }
        .into_any()
    };
    let part = export_query(&page.ask, language.code());
    view! {
        <div class="page">
            <PageHead title=language.replenishment_title() sub=language.replenishment_sub().to_owned()>
                <a
                    class="button"
                    href=format!("/api/v1/replenishment.csv?{part}")
                    download="replenishment.csv"
                    rel="external"
                >
                    {language.replenishment_csv()}
                </a>
            </PageHead>
            <Filter ask=page.ask stores=page.stores categories=page.categories/>
            {not_ready}
            <div role="status" class="order-said">{said}</div>
            <Figures>
                <Figure
                    label=language.replenishment_n_late()
                    value=format::number(n_late.into())
                    note=language.replenishment_n_late_note().to_owned()
                />
                <Figure
                    label=language.replenishment_n()
                    value=format::number(n_lines)
                    note=language.replenishment_n_note().to_owned()
                />
                <Figure
                    label=language.replenishment_at_risk()
                    value=format::money(at_risk_minor)
                    note=language.replenishment_at_risk_note().to_owned()
                />
            </Figures>
            {table}
            {n_more}
            {may_act.then(|| view! { <OrderBar desk/> })}
            {move || {
                let line = lines.with_value(|lines| lines.get(desk.setting.get()?).cloned())?;
                Some(view! { <SetByHand desk line/> })
            }}
        </div>
    }
}

/// The same part of the lines, for the table to download.
fn export_query(ask: &ReplenishmentAsk, lang: &str) -> String {
    let mut query = format!("lang={lang}");
    if let Some(store) = &ask.store {
        query.push_str(&format!("&store={store}"));
    }
    if let Some(category) = &ask.category {
        query.push_str(&format!("&category={category}"));
    }
    if let Some(search) = &ask.search {
        query.push_str(&format!("&search={}", crate::backend::escape_query(search)));
    }
    query
}

/// By store, category and words; a form, so that it works without script and has an address.
#[component]
fn Filter(
    ask: ReplenishmentAsk,
    stores: Vec<(StoreCode, domain::master::Name)>,
    categories: Vec<domain::master::Category>,
) -> impl IntoView {
    let language = use_language();
    let chosen_store = ask.store.clone();
    let store = use_session().sees_several_stores().then(|| {
        let option = |(code, name): (StoreCode, domain::master::Name)| {
            let is_chosen = chosen_store.as_ref() == Some(&code);
            let text = format!("{} {code}", language.name(&name));
            view! { <option value=code.to_string() selected=is_chosen>{text}</option> }
        };
        view! {
            <label class="field">
                <span class="field__label">{language.store_label()}</span>
                <select class="select field__control" name="store">
                    <option value="">{language.warning_all_stores()}</option>
                    {stores.into_iter().map(option).collect_view()}
                </select>
            </label>
        }
    });
    let category = |category: domain::master::Category| {
        let is_chosen = ask.category.as_ref() == Some(&category.code);
        view! { <option value=category.code.to_string() selected=is_chosen>{language.name(&category.name)}</option> }
    };
    let categories = categories.into_iter().map(category).collect_view();
    view! {
        <form class="order-filter" method="get" action="/replenishment" role="search">
            {store}
            <label class="field">
                <span class="field__label">{language.replenishment_category()}</span>
                <select class="select field__control" name="category">
                    <option value="">{language.replenishment_all_categories()}</option>
                    {categories}
                </select>
            </label>
            <label class="field">
                <span class="field__label">{language.replenishment_search()}</span>
                <input
                    class="field__control"
                    type="search"
                    name="search"
                    maxlength="64"
                    autocomplete="off"
                    value=ask.search.unwrap_or_default()
                />
            </label>
            <button class="button" type="submit">{language.warning_filter()}</button>
        </form>
    }
}

/// What is selected, and the tap.
#[component]
fn OrderBar(desk: Desk) -> impl IntoView {
    let language = use_language();
    let n_selected = Memo::new(move |_| desk.selected().len());
    let words = move || {
        let units: Units = desk.selected().into_iter().filter_map(Row::units).sum();
        language.replenishment_selected(n_selected.get(), format::number(units))
    };
    view! {
        <Show when=move || n_selected.get() != 0>
            <div class="tap-bar">
                <span class="tap-bar__text">{words}</span>
                <label class="field tap-bar__field">
                    <span class="field__label">{language.replenishment_supplier()}</span>
                    <input
                        class="field__control"
                        type="text"
                        maxlength="64"
                        prop:value=move || desk.supplier.get()
                        on:input=move |event| desk.supplier.set(event_target_value(&event))
                    />
                </label>
                <button
                    class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Words)
                    type="button"
                    disabled=move || desk.is_busy.get()
                    on:click=move |_| desk.order()
                >
                    {language.replenishment_order_now()}
                </button>
            </div>
        </Show>
    }
}
