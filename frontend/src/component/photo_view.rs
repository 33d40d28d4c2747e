//! Shows a photo small, and large at a touch: the phone's own copy where it has one, otherwise the server's.

use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon};
use crate::text::use_language;
use domain::photo::PhotoId;
use leptos::html::Dialog;
use leptos::prelude::*;

/// Where the picture comes from. Decided by the browser: only it knows what the phone keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    Unknown,
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser has copies"))]
    Phone(String),
    #[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "decided by the browser"))]
    Server,
    Missing,
}

/// A photo.
#[component]
pub fn PhotoView(
    /// Which.
    id: PhotoId,
    /// What a screen reader says of it.
    #[prop(into, optional)]
    alt: Option<String>,
) -> impl IntoView {
    let language = use_language();
    let alt = StoredValue::new(alt.unwrap_or_else(|| language.photo_evidence_alt().to_owned()));
    let source = RwSignal::new(Source::Unknown);
    let is_large = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    {
        use crate::device::photo::{LocalUrl, local_url};
        // Gone with the component: the browser then lets go of the copy.
        let kept = StoredValue::new_local(None::<LocalUrl>);
        Effect::new(move |_| {
            leptos::task::spawn_local(async move {
                let url = local_url(id).await;
                if source.try_get_untracked().is_none() {
                    return;
                }
                source.set(url.as_ref().map_or(Source::Server, |url| Source::Phone(url.as_str().to_owned())));
                kept.set_value(url);
            });
        });
    }
    let address = move |query: &str| match source.get() {
        Source::Phone(url) => Some(url),
        Source::Server => Some(format!("/api/v1/photos/{id}{query}")),
        Source::Unknown | Source::Missing => None,
    };
    let small = move || match address("?size=thumb") {
        Some(src) => view! {
            <img
                class="photo-view__picture"
                loading="lazy"
                decoding="async"
                width="96"
                height="96"
                src=src
                alt=alt.get_value()
                on:error=move |_| source.set(Source::Missing)
            />
        }
        .into_any(),
        None if source.get() == Source::Missing => {
            view! { <span class="photo-view__missing">{language.photo_missing()}</span> }.into_any()
        }
        None => ().into_any(),
    };
    let large = move || {
        let src = address("")?;
        is_large.get().then(|| view! { <Enlarged src alt=alt.get_value() is_open=is_large/> })
    };
    view! {
        <div class="photo-view">
            <button
                class="photo-view__open"
                type="button"
                aria-label=move || format!("{}：{}", language.photo_enlarge(), alt.get_value())
                disabled=move || matches!(source.get(), Source::Unknown | Source::Missing)
                on:click=move |_| is_large.set(true)
            >
                {small}
            </button>
            {large}
        </div>
    }
}

#[component]
fn Enlarged(src: String, alt: String, is_open: RwSignal<bool>) -> impl IntoView {
    let language = use_language();
    let dialog = NodeRef::<Dialog>::new();
    #[cfg(feature = "hydrate")]
    {
        Effect::new(move |_| {
            if let Some(dialog) = dialog.get()
                && !dialog.open()
            {
                // Fails only for a dialog that is open or not in the page.
                let _ = dialog.show_modal();
            }
        });
        on_cleanup(move || {
            if let Some(dialog) = dialog.get_untracked() {
                dialog.close();
            }
        });
    }
    let label = alt.clone();
    view! {
        <dialog class="dialog photo-large" aria-label=label node_ref=dialog on:close=move |_| is_open.set(false)>
            <img class="photo-large__picture" src=src alt=alt/>
            <button
                class=button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Icon) + " photo-large__close"
                type="button"
                aria-label=language.close()
                on:click=move |_| is_open.set(false)
            >
                <Icon glyph=Glyph::Close/>
            </button>
        </dialog>
    }
}
