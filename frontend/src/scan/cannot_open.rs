//! Why a page that works on the phone's own data has none, and the way out.

use crate::backend::sign_in_path;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::device::snapshot::OpenProblem;
use crate::text::use_language;
use leptos::prelude::*;

/// Says what is in the way.
#[component]
pub fn CannotOpen(
    /// Why.
    problem: OpenProblem,
    /// The path to come back to after signing in.
    here: String,
    /// Tries once more.
    again: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let (title, text) = match problem {
        OpenProblem::NoSnapshot => (language.count_no_snapshot_title(), language.count_no_snapshot_text()),
        OpenProblem::NoStore => (language.count_no_store_title(), language.count_no_store_text()),
        OpenProblem::SignInNeeded => (language.problem_sign_in_title(), language.problem_sign_in_text()),
        OpenProblem::Storage(trouble) => (language.count_storage_title(), language.storing(trouble)),
    };
    let class = button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Words);
    let way_out = match problem {
        OpenProblem::SignInNeeded => view! {
            <a class=class href=sign_in_path(&here) rel="external">{language.go_sign_in()}</a>
        }
        .into_any(),
        OpenProblem::NoStore => view! { <a class=class href="/">{language.go_home()}</a> }.into_any(),
        OpenProblem::NoSnapshot | OpenProblem::Storage(_) => view! {
            <button class=class type="button" on:click=move |_| again.run(())>{language.try_again()}</button>
        }
        .into_any(),
    };
    view! {
        <div class="page page--narrow">
            <div class="empty" role="alert">
                <Icon glyph=Glyph::Warning size=IconSize::Large/>
                <h1 class="empty__title">{title}</h1>
                <p class="empty__text">{text}</p>
                {way_out}
            </div>
        </div>
    }
}
