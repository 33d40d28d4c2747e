//! Where a rule looks: in all stores, some regions or some stores; at all goods, some categories or some products.

use super::settings::{ErrorAt, check_box, wrong};
use crate::backend::RulePage;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::text::use_language;
use domain::id::{CategoryCode, RegionCode, SkuCode, StoreCode};
use domain::rule::{Goods, Places, Rule};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// In which stores.
#[component]
pub(super) fn ChoosePlaces(rest: RwSignal<Rule>, page: StoredValue<RulePage>, error: ErrorAt) -> impl IntoView {
    let language = use_language();
    let kind = Memo::new(move |_| {
        rest.with(|rule| match rule.reach.places {
            Places::Chain => "chain",
            Places::Regions(_) => "regions",
            Places::Stores(_) => "stores",
        })
    });
    let choose = move |event| {
        let places = match event_target_value(&event).as_str() {
            "regions" => Places::Regions(BTreeSet::new()),
            "stores" => Places::Stores(BTreeSet::new()),
            _ => Places::Chain,
        };
        rest.update(|rule| rule.reach.places = places);
    };
    let kinds = [
        ("chain", language.rule_all_stores()),
        ("regions", language.rule_some_regions()),
        ("stores", language.rule_some_stores()),
    ];
    let region = move |(code, name): (RegionCode, String)| {
        let is_chosen =
            rest.with_untracked(|rule| matches!(&rule.reach.places, Places::Regions(some) if some.contains(&code)));
        let set = move |is_chosen: bool| {
            rest.update(|rule| {
                if let Places::Regions(some) = &mut rule.reach.places {
                    put(some, &code, is_chosen);
                }
            });
        };
        check_box(name, is_chosen, set)
    };
    let store = move |(code, name): (StoreCode, String)| {
        let is_chosen =
            rest.with_untracked(|rule| matches!(&rule.reach.places, Places::Stores(some) if some.contains(&code)));
        let label = format!("{name} {code}");
        let set = move |is_chosen: bool| {
            rest.update(|rule| {
                if let Places::Stores(some) = &mut rule.reach.places {
                    put(some, &code, is_chosen);
                }
            });
        };
        check_box(label, is_chosen, set)
    };
    let listed = move || match kind.get() {
        "regions" => {
            let regions = page.with_value(|page| page.regions.clone()).into_iter();
            regions.map(|one| region((one.code, language.name(&one.name)))).collect_view().into_any()
        }
        "stores" => {
            let stores = page.with_value(|page| page.stores.clone()).into_iter();
            stores.map(|(code, name)| store((code, language.name(&name)))).collect_view().into_any()
        }
        _ => ().into_any(),
    };
    view! {
        <fieldset class="rule__choices rule__reach">
            <legend class="field__label">{language.rule_places()}</legend>
            {kind_select("places", language.rule_places(), kinds, kind, choose)}
            <div class="rule__list">{listed}</div>
            {wrong(error, "/reach/places")}
        </fieldset>
    }
}

/// At which goods.
#[component]
pub(super) fn ChooseGoods(rest: RwSignal<Rule>, page: StoredValue<RulePage>, error: ErrorAt) -> impl IntoView {
    let language = use_language();
    let kind = Memo::new(move |_| {
        rest.with(|rule| match rule.reach.goods {
            Goods::All => "all",
            Goods::Categories(_) => "categories",
            Goods::Products(_) => "products",
        })
    });
    let choose = move |event| {
        let goods = match event_target_value(&event).as_str() {
            "categories" => Goods::Categories(BTreeSet::new()),
            "products" => Goods::Products(BTreeSet::new()),
            _ => Goods::All,
        };
        rest.update(|rule| rule.reach.goods = goods);
    };
    let kinds = [
        ("all", language.rule_all_goods()),
        ("categories", language.rule_some_categories()),
        ("products", language.rule_some_products()),
    ];
    let category = move |(code, name): (CategoryCode, String)| {
        let is_chosen =
            rest.with_untracked(|rule| matches!(&rule.reach.goods, Goods::Categories(some) if some.contains(&code)));
        let set = move |is_chosen: bool| {
            rest.update(|rule| {
                if let Goods::Categories(some) = &mut rule.reach.goods {
                    put(some, &code, is_chosen);
                }
            });
        };
        check_box(name, is_chosen, set)
    };
    let listed = move || match kind.get() {
        "categories" => {
            let categories = page.with_value(|page| page.categories.clone()).into_iter();
            categories.map(|one| category((one.code, language.name(&one.name)))).collect_view().into_any()
        }
        "products" => view! { <Products rest/> }.into_any(),
        _ => ().into_any(),
    };
    view! {
        <fieldset class="rule__choices rule__reach">
            <legend class="field__label">{language.rule_goods()}</legend>
            {kind_select("goods", language.rule_goods(), kinds, kind, choose)}
            <div class="rule__list">{listed}</div>
            {wrong(error, "/reach/goods")}
        </fieldset>
    }
}

/// Products by their codes: a chain has too many to list them.
#[component]
fn Products(rest: RwSignal<Rule>) -> impl IntoView {
    let language = use_language();
    let (typed, is_wrong) = (RwSignal::new(String::new()), RwSignal::new(false));
    let change = move |sku: &SkuCode, is_chosen: bool| {
        rest.update(|rule| {
            if let Goods::Products(some) = &mut rule.reach.goods {
                put(some, sku, is_chosen);
            }
        });
    };
    let add = move || match SkuCode::parse(typed.get_untracked().trim()) {
        Ok(sku) => {
            is_wrong.set(false);
            change(&sku, true);
            typed.set(String::new());
        }
        Err(_) => is_wrong.set(true),
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            add();
        }
    };
    let chosen = move || {
        let skus = rest.with(|rule| match &rule.reach.goods {
            Goods::Products(some) => some.clone(),
            Goods::All | Goods::Categories(_) => BTreeSet::new(),
        });
        let row = |sku: SkuCode| {
            let label = format!("{} {sku}", language.rule_remove());
            let class = button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words);
            let shown = sku.to_string();
            view! {
                <li class="rule__product">
                    <span class="code">{shown}</span>
                    <button class=class type="button" aria-label=label on:click=move |_| change(&sku, false)>
                        {language.rule_remove()}
                    </button>
                </li>
            }
        };
        skus.into_iter().map(row).collect_view()
    };
    let class = button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words);
    view! {
        <div class="rule__products">
            <label class="field">
                <span class="field__label">{language.rule_sku()}</span>
                <input
                    class="field__control"
                    name="sku"
                    autocomplete="off"
                    prop:value=typed
                    on:input=move |event| typed.set(event_target_value(&event))
                    on:keydown=on_key
                />
                <span class="field__error" role="alert">
                    {move || is_wrong.get().then(|| language.rule_no_sku())}
                </span>
            </label>
            <button class=class type="button" on:click=move |_| add()>{language.rule_add_product()}</button>
            <ul class="rule__skus">{chosen}</ul>
        </div>
    }
}

fn kind_select(
    name: &'static str,
    label: &'static str,
    kinds: [(&'static str, &'static str); 3],
    kind: Memo<&'static str>,
    choose: impl FnMut(leptos::ev::Event) + 'static,
) -> impl IntoView {
    let option = |(code, text): (&'static str, &'static str)| {
        view! { <option value=code selected=kind.get_untracked() == code>{text}</option> }
    };
    view! {
        <select class="select field__control" name=name aria-label=label on:change=choose>
            {kinds.map(option).into_iter().collect_view()}
        </select>
    }
}

fn put<T: Ord + Clone>(some: &mut BTreeSet<T>, one: &T, is_in: bool) {
    if is_in {
        some.insert(one.clone());
    } else {
        some.remove(one);
    }
}
