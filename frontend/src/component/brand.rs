//! The mark: a trace that runs along three shelves and ends in a knot. It is an S, too.

use leptos::prelude::*;

/// The mark alone.
#[component]
fn Mark() -> impl IntoView {
    view! {
        <svg class="brand__mark" viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="7" fill="#ffcb2e"></rect>
            <path
                d="M25 8H11.5a4 4 0 0 0 0 8h9a4 4 0 0 1 0 8H10"
                fill="none"
                stroke="#10202f"
                stroke-width="3.25"
            ></path>
            <circle cx="8.5" cy="24" r="3.25" fill="#10202f"></circle>
        </svg>
    }
}

#[component]
fn Words() -> impl IntoView {
    view! {
        <span class="brand__words">
            <span class="brand__name" lang="zh-CN">"货迹"</span>
            <span class="brand__latin" lang="en">"Shelftrace"</span>
        </span>
    }
}

/// Mark and name.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <span class="brand">
            <Mark/>
            <Words/>
        </span>
    }
}

/// Mark and name, leading to the workbench.
#[component]
pub fn BrandLink() -> impl IntoView {
    view! {
        <a class="brand" href="/" aria-label="货迹 Shelftrace">
            <Mark/>
            <Words/>
        </a>
    }
}
