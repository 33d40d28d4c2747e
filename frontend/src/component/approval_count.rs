//! How many movements await the viewer's word, beside the place where they are approved.

use crate::backend::count_approvals;
use crate::session::use_session;
use crate::text::use_language;
use domain::policy::Action;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;
use std::time::Duration;

/// How often they are counted anew.
const COUNT_EVERY: Duration = Duration::from_secs(60);

/// The count, for every place that shows it.
#[derive(Debug, Clone, Copy)]
pub struct ApprovalCount(RwSignal<u32>);

impl ApprovalCount {
    /// Asks the server anew.
    pub fn refresh(self) {
        spawn_local(async move {
            // An old figure is better than none.
            if let Ok(n) = count_approvals().await {
                let _ = self.0.try_set(n);
            }
        });
    }
}

/// Counts what awaits the viewer's word, now, with every page, and now and then.
pub fn provide_approval_count() {
    let count = ApprovalCount(RwSignal::new(0));
    provide_context(count);
    if !use_session().may(Action::Approve) {
        return;
    }
    let location = use_location();
    Effect::new(move |_| {
        location.pathname.track();
        count.refresh();
    });
    Effect::new(move |_| {
        if let Ok(interval) = set_interval_with_handle(move || count.refresh(), COUNT_EVERY) {
            on_cleanup(move || interval.clear());
        }
    });
}

/// The figure; nothing while nothing waits.
#[component]
pub fn ApprovalBadge() -> impl IntoView {
    let language = use_language();
    let count = use_context::<ApprovalCount>();
    move || {
        let n = count.map_or(0, |count| count.0.get());
        (n > 0).then(|| {
            view! {
                <span class="nav-link__count">
                    <span aria-hidden="true">{n}</span>
                    <span class="visually-hidden">{language.approvals_n(n)}</span>
                </span>
            }
        })
    }
}
