//! How many messages the viewer has not opened, beside the way to the inbox.

use crate::backend::count_unread;
use crate::session::use_session;
use crate::text::use_language;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;
use std::time::Duration;

/// How often they are counted anew.
const COUNT_EVERY: Duration = Duration::from_secs(60);

/// The count, for every place that shows it.
#[derive(Debug, Clone, Copy)]
struct UnreadCount(RwSignal<u32>);

impl UnreadCount {
    fn refresh(self) {
        spawn_local(async move {
            // An old figure is better than none.
            if let Ok(n) = count_unread().await {
                let _ = self.0.try_set(n);
            }
        });
    }
}

/// Counts what is not opened, now, with every page, and now and then.
pub fn provide_unread_count() {
    let count = UnreadCount(RwSignal::new(0));
    provide_context(count);
    if use_session().viewer.is_none() {
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

/// The figure; nothing while all is opened.
#[component]
pub fn UnreadBadge() -> impl IntoView {
    let language = use_language();
    let count = use_context::<UnreadCount>();
    move || {
        let n = count.map_or(0, |count| count.0.get());
        (n > 0).then(|| {
            view! {
                <span class="nav-link__count">
                    <span aria-hidden="true">{n}</span>
                    <span class="visually-hidden">{language.inbox_n_unread(n)}</span>
                </span>
            }
        })
    }
}
