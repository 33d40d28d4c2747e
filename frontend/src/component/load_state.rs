//! Loading, failed, empty: what a page shows while it has nothing to show.

use crate::backend::BackendError;
use crate::browser;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::text::use_language;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;

/// Shows what has been loaded, bones of a page while it loads, or why it could not be.
#[component]
pub fn LoadState<T, V>(
    /// What is being loaded.
    resource: Resource<Result<T, BackendError>>,
    /// Shows it.
    show: fn(T) -> V,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + Send + 'static,
{
    view! {
        <Suspense fallback=Skeleton>
            {move || Suspend::new(async move {
                match resource.await {
                    Ok(loaded) => Either::Left(show(loaded)),
                    Err(error) => Either::Right(view! { <Problem error/> }),
                }
            })}
        </Suspense>
    }
}

/// The bones of a page.
#[component]
pub fn Skeleton() -> impl IntoView {
    let language = use_language();
    view! {
        <div class="page" aria-busy="true">
            <p class="visually-hidden" role="status">{language.loading()}</p>
            <div class="skeletons">
                <div class="skeleton skeleton--title"></div>
                <div class="skeleton"></div>
                <div class="skeleton skeleton--block"></div>
            </div>
        </div>
    }
}

/// Why a page cannot be shown, and what to do.
#[component]
pub fn Problem(
    /// The reason.
    error: BackendError,
) -> impl IntoView {
    let language = use_language();
    let (title, text) = language.problem(&error);
    let head = match error {
        BackendError::NotFound => view! { <p class="empty__figure" aria-hidden="true">"404"</p> }.into_any(),
        BackendError::Forbidden => view! { <p class="empty__figure" aria-hidden="true">"403"</p> }.into_any(),
        BackendError::SignInNeeded | BackendError::BadCredentials => {
            view! { <Icon glyph=Glyph::Lock size=IconSize::Large/> }.into_any()
        }
        BackendError::Unreachable => view! { <Icon glyph=Glyph::Offline size=IconSize::Large/> }.into_any(),
        BackendError::TooManyAttempts { .. } | BackendError::Malformed | BackendError::Unavailable => {
            view! { <Icon glyph=Glyph::Warning size=IconSize::Large/> }.into_any()
        }
    };
    let class = button_class(ButtonKind::Primary, ButtonSize::Usual, ButtonWidth::Words);
    let way_out = match error {
        BackendError::NotFound | BackendError::Forbidden => {
            view! { <a class=class href="/">{language.go_home()}</a> }.into_any()
        }
        BackendError::SignInNeeded | BackendError::BadCredentials => {
            view! { <a class=class href="/sign-in" rel="external">{language.go_sign_in()}</a> }.into_any()
        }
        _ => view! {
            <button class=class type="button" on:click=|_| browser::reload()>
                {language.try_again()}
            </button>
        }
        .into_any(),
    };
    view! {
        <Title text=title/>
        <div class="page page--narrow">
            <div class="empty">
                {head}
                <h1 class="empty__title">{title}</h1>
                <p class="empty__text">{text}</p>
                {way_out}
            </div>
        </div>
    }
}

/// Nothing there yet.
#[component]
pub fn Empty(
    /// A picture of what is missing.
    glyph: Glyph,
    /// What is missing.
    title: &'static str,
    /// When it will be there.
    text: &'static str,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon glyph size=IconSize::Large/>
            <p class="empty__title">{title}</p>
            <p class="empty__text">{text}</p>
        </div>
    }
}
