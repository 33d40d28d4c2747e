//! A state in a word.

use leptos::prelude::*;

/// What a state means for whoever reads it. Each tone has a shape of its own beside its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Plain,
    /// As it should be.
    Good,
    /// Under way, or needs attention.
    Warn,
    /// Wrong.
    Bad,
    /// Worth knowing.
    Info,
}

impl Tone {
    /// The modifier of a block: `--good`, or nothing.
    #[must_use]
    pub fn modifier(self, block: &str) -> String {
        let tone = match self {
            Self::Plain => return String::new(),
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Info => "info",
        };
        format!(" {block}--{tone}")
    }
}

/// A badge.
#[component]
pub fn Badge(
    /// What the state means.
    #[prop(into)]
    tone: Signal<Tone>,
    /// Whether the thing it tells of is going on right now: the dot breathes.
    #[prop(into, optional)]
    is_live: Signal<bool>,
    /// The word.
    children: Children,
) -> impl IntoView {
    let class = move || {
        let live = if is_live.get() { " badge--live" } else { "" };
        format!("badge{}{live}", tone.get().modifier("badge"))
    };
    view! {
        <span class=class>
            <span class="badge__dot"></span>
            {children()}
        </span>
    }
}
