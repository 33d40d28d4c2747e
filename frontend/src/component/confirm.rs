//! A question that has to be answered before something that cannot be taken back is done.

use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::dialog::Dialog;
use crate::text::use_language;
use leptos::prelude::*;

/// A dialog over the page, as long as it is open. Escape, a touch beside it and the first button close it.
#[component]
pub fn Confirm(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// The question.
    title: &'static str,
    /// The word on the button that does it.
    confirm: &'static str,
    /// What that button looks like.
    kind: ButtonKind,
    /// Why it cannot be done just now.
    #[prop(into, optional)]
    is_blocked: Signal<bool>,
    /// Does it; the dialog closes.
    on_confirm: Callback<()>,
    /// What it means.
    children: ChildrenFn,
) -> impl IntoView {
    let children = StoredValue::new(children);
    view! {
        <Show when=move || open.get()>
            <Question open title confirm kind is_blocked on_confirm>
                {children.with_value(|children| children())}
            </Question>
        </Show>
    }
}

#[component]
fn Question(
    open: RwSignal<bool>,
    title: &'static str,
    confirm: &'static str,
    kind: ButtonKind,
    is_blocked: Signal<bool>,
    on_confirm: Callback<()>,
    children: Children,
) -> impl IntoView {
    let language = use_language();
    view! {
        <Dialog title close=move |()| open.set(false)>
            <div class="dialog__body">{children()}</div>
            <div class="dialog__actions">
                <button
                    class=button_class(ButtonKind::Usual, ButtonSize::Usual, ButtonWidth::Words)
                    type="button"
                    on:click=move |_| open.set(false)
                >
                    {language.go_back()}
                </button>
                <button
                    class=button_class(kind, ButtonSize::Usual, ButtonWidth::Words)
                    type="button"
                    disabled=move || is_blocked.get()
                    on:click=move |_| {
                        open.set(false);
                        on_confirm.run(());
                    }
                >
                    {confirm}
                </button>
            </div>
        </Dialog>
    }
}
