//! Which store wants which item.

use super::Wanted;
use crate::backend::{read_chain_board, read_suggestions};
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::session::use_session;
use crate::text::use_language;
use domain::id::StoreCode;
use domain::master::Name;
use domain::trace::{SubjectKind, Suggestion};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Which store, and which item.
#[component]
pub(super) fn FindItem(wanted: Wanted) -> impl IntoView {
    let language = use_language();
    let several = use_session().sees_several_stores();
    let found = {
        let wanted = wanted.clone();
        Resource::new_blocking(
            || (),
            move |()| {
                let wanted = wanted.clone();
                async move {
                    let typed = wanted.typed.filter(|_| !wanted.store.is_empty())?;
                    Some(read_suggestions(wanted.store, Some(typed)).await)
                }
            },
        )
    };
    let stores = several.then(|| {
        let board = Resource::new_blocking(|| (), |()| read_chain_board());
        let chosen = wanted.store.clone();
        let choice = move || {
            let chosen = chosen.clone();
            Suspend::new(async move {
                let stores = board.await.map(|board| board.stores).unwrap_or_default();
                let stores: Vec<(StoreCode, Name)> = stores.into_iter().map(|row| (row.store, row.name)).collect();
                view! { <StoreField stores chosen/> }
            })
        };
        view! { <Suspense fallback=|| ()>{choice}</Suspense> }
    });
    let store = wanted.store.clone();
    let list = move || {
        let wanted = wanted.clone();
        Suspend::new(async move {
            match found.await {
                None => ().into_any(),
                Some(Err(error)) => view! { <Banner tone=Tone::Bad>{language.problem(&error).1}</Banner> }.into_any(),
                Some(Ok(found)) => view! { <Items found wanted/> }.into_any(),
            }
        })
    };
    let typed = use_query_map().with_untracked(|query| query.get("q")).unwrap_or_default();
    view! {
        <form class="transfer-form" method="get" action="/transfers/new" role="search">
            {stores}
            {(!several).then(|| view! { <input type="hidden" name="store" value=store/> })}
            <label class="field">
                <span class="field__label">{language.want_item()}</span>
                <input
                    class="field__control"
                    type="search"
                    name="q"
                    required
                    maxlength="64"
                    autocomplete="off"
                    placeholder=language.want_item_hint()
                    value=typed
                />
            </label>
            <button
                class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Block)
                type="submit"
            >
                {language.want_find()}
            </button>
        </form>
        <div role="status"><Suspense fallback=|| ()>{list}</Suspense></div>
    }
}

#[component]
fn StoreField(stores: Vec<(StoreCode, Name)>, chosen: String) -> impl IntoView {
    let language = use_language();
    let option = |(code, name): (StoreCode, Name)| {
        let is_chosen = code.as_str() == chosen;
        view! { <option value=code.to_string() selected=is_chosen>{format!("{} {code}", language.name(&name))}</option> }
    };
    view! {
        <label class="field">
            <span class="field__label">{language.want_store()}</span>
            <select class="select field__control" name="store">{stores.into_iter().map(option).collect_view()}</select>
        </label>
    }
}

#[component]
fn Items(found: Vec<Suggestion>, wanted: Wanted) -> impl IntoView {
    let language = use_language();
    let items: Vec<Suggestion> = found.into_iter().filter(|found| found.subject.kind == SubjectKind::Product).collect();
    if items.is_empty() {
        return view! { <p class="muted">{language.want_no_items()}</p> }.into_any();
    }
    let row = |found: Suggestion| {
        let href = wanted.href(&found.subject.key);
        view! {
            <li>
                <a class="row" href=href>
                    <span class="row__main">
                        <span class="row__title">{found.label}</span>
                        <span class="row__sub">{found.subject.key}</span>
                    </span>
                    <Icon glyph=Glyph::Go/>
                </a>
            </li>
        }
    };
    view! {
        <section class="card card--flush" aria-label=language.want_items()>
            <ul class="rows">{items.into_iter().map(row).collect_view()}</ul>
        </section>
    }
    .into_any()
}
