//! Where the page is in the chain, what it is called, and what can be done with it.

use crate::text::use_language;
use leptos::prelude::*;
use leptos_meta::Title;

/// A step on the way from the chain down to the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    /// As shown.
    pub text: String,
    /// Where it leads; the page itself leads nowhere.
    pub href: Option<String>,
}

impl Crumb {
    /// A step that leads to a page.
    #[must_use]
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: Some(href.into()) }
    }

    /// The page itself.
    #[must_use]
    pub fn here(text: impl Into<String>) -> Self {
        Self { text: text.into(), href: None }
    }
}

/// The way down to the page.
#[component]
pub fn Crumbs(
    /// From the top down.
    steps: Vec<Crumb>,
) -> impl IntoView {
    let language = use_language();
    let step = |crumb: Crumb| {
        let inner = match crumb.href {
            Some(href) => view! { <a href=href>{crumb.text}</a> }.into_any(),
            None => view! { <span aria-current="page">{crumb.text}</span> }.into_any(),
        };
        view! { <li class="crumbs__item">{inner}</li> }
    };
    view! {
        <nav class="crumbs" aria-label=language.you_are_here()>
            <ol class="crumbs__list">{steps.into_iter().map(step).collect_view()}</ol>
        </nav>
    }
}

/// The head of a page: its heading, which is also the window's title, a line below it, and actions beside it.
#[component]
pub fn PageHead(
    /// The heading.
    #[prop(into)]
    title: String,
    /// The line below.
    #[prop(into)]
    sub: Signal<String>,
    /// What stands beside.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <Title text=title.clone()/>
        <header class="page__head">
            <div class="page__heading">
                <h1>{title}</h1>
                <p class="page__sub">{move || sub.get()}</p>
            </div>
            {children.map(|children| view! { <div class="page__actions">{children()}</div> })}
        </header>
    }
}
