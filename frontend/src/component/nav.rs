//! The places one can go to: tabs under the thumb on phones, a rail on desktops.

use crate::component::approval_count::ApprovalBadge;
use crate::component::brand::BrandLink;
use crate::component::icon::{Glyph, Icon};
use crate::component::unread_count::UnreadBadge;
use crate::session::use_session;
use crate::text::use_language;
use domain::policy::Action;
use leptos::prelude::*;
use leptos_router::components::A;

#[derive(Debug, Clone)]
struct Place {
    href: String,
    glyph: Glyph,
    label: &'static str,
}

/// The places the viewer may go to.
fn places() -> Vec<Place> {
    let language = use_language();
    let session = use_session();
    let mut places = vec![Place { href: "/".into(), glyph: Glyph::Home, label: language.nav_home() }];
    if session.may(Action::Count) || session.is_offline_shell {
        places.push(Place { href: "/count".into(), glyph: Glyph::Scan, label: language.nav_count() });
    }
    if session.may(Action::SeeBoard) {
        places.push(Place { href: session.board_path(), glyph: Glyph::Board, label: language.nav_board() });
    }
    if session.may(Action::Approve) {
        places.push(Place { href: "/approvals".into(), glyph: Glyph::Approve, label: language.nav_approvals() });
    }
    if session.may(Action::SeeStock) {
        places.push(Place { href: "/warnings".into(), glyph: Glyph::Warning, label: language.nav_warnings() });
    }
    if session.may(Action::SeeTrace) {
        places.push(Place { href: "/trace".into(), glyph: Glyph::Trace, label: language.nav_trace() });
    }
    if session.may(Action::SeeStock) {
        let href = session.stocktakes_path();
        places.push(Place { href, glyph: Glyph::Clipboard, label: language.nav_stocktakes() });
    }
    places.push(Place { href: "/account".into(), glyph: Glyph::Person, label: language.nav_account() });
    places
}

#[component]
fn Places(list_class: &'static str) -> impl IntoView {
    let link = |place: Place| {
        let exact = place.href == "/";
        let badge = (place.href == "/approvals").then(|| view! { <ApprovalBadge/> });
        let overdue = (place.href == "/trace").then(|| view! { <OverdueBadge/> });
        view! {
            <li>
                <A href=place.href exact=exact attr:class="nav-link">
                    <Icon glyph=place.glyph/>
                    <span class="nav-link__label">{place.label}</span>
                    {badge}
                    {overdue}
                </A>
            </li>
        }
    };
    view! { <ul class=list_class>{places().into_iter().map(link).collect_view()}</ul> }
}

/// Alarms of the viewer's stores that should have been closed by now.
#[derive(Debug, Clone, Copy)]
pub struct OverdueCases(pub RwSignal<u32>);

#[component]
fn OverdueBadge() -> impl IntoView {
    let language = use_language();
    let overdue = use_context::<OverdueCases>();
    move || {
        let n = overdue.map_or(0, |overdue| overdue.0.get());
        (n > 0).then(|| {
            view! {
                <span class="nav-link__count">
                    <span aria-hidden="true">{n}</span>
                    <span class="visually-hidden">{language.n_overdue_cases(n)}</span>
                </span>
            }
        })
    }
}

/// The way to what one was told; nothing before somebody has signed in.
#[component]
fn InboxLink(class: &'static str) -> impl IntoView {
    let language = use_language();
    use_session().viewer.map(|_| {
        view! {
            <A href="/inbox" attr:class=class>
                <Icon glyph=Glyph::Inbox/>
                <span class="nav-link__label">{language.inbox_title()}</span>
                <UnreadBadge/>
            </A>
        }
    })
}

/// The bar on top of phone pages.
#[component]
pub fn TopBar() -> impl IntoView {
    let language = use_language();
    let session = use_session();
    let who = session.viewer.map(|viewer| format!("{} · {}", viewer.name, language.role(viewer.role)));
    view! {
        <header class="bar">
            <BrandLink/>
            <span class="bar__place">{who}</span>
            <InboxLink class="bar__inbox"/>
        </header>
    }
}

/// The rail beside desktop pages.
#[component]
pub fn Rail() -> impl IntoView {
    let language = use_language();
    let session = use_session();
    let person = session.viewer.map(|viewer| {
        view! {
            <a class="rail__person" href="/account">
                {viewer.name}
                <span class="rail__role">{language.role(viewer.role)}</span>
            </a>
        }
    });
    view! {
        <header class="rail">
            <BrandLink/>
            <nav aria-label=language.main_menu()>
                <Places list_class="rail__list"/>
            </nav>
            <div class="rail__foot">
                <InboxLink class="nav-link"/>
                {person}
            </div>
        </header>
    }
}

/// The tabs below phone pages.
#[component]
pub fn TabBar() -> impl IntoView {
    let language = use_language();
    view! {
        <nav class="tab-bar" aria-label=language.main_menu()>
            <Places list_class="tab-bar__list"/>
        </nav>
    }
}
