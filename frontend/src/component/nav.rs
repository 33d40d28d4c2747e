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
use leptos_router::hooks::use_location;

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
    if session.may(Action::SeeStock) {
        places.push(Place { href: "/replenishment".into(), glyph: Glyph::Goods, label: language.nav_replenishment() });
    }
    if session.may(Action::RunTransfers) || session.may(Action::MoveStock) || session.may(Action::SeeStock) {
        places.push(Place { href: "/transfers".into(), glyph: Glyph::Transfer, label: language.nav_transfers() });
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

/// A phone has room for so many tabs with words; of more places, one tab less and “more”.
const TABS_MAX: usize = 5;

/// The places that have a tab on a phone, and those behind “more”.
fn tabs() -> (Vec<Place>, Vec<Place>) {
    let mut tabs = places();
    let more = if tabs.len() > TABS_MAX { tabs.split_off(TABS_MAX - 1) } else { Vec::new() };
    (tabs, more)
}

/// What waits behind a place, as a figure.
fn badge(href: &str) -> Option<AnyView> {
    match href {
        "/approvals" => Some(view! { <ApprovalBadge/> }.into_any()),
        "/trace" => Some(view! { <OverdueBadge/> }.into_any()),
        _ => None,
    }
}

#[component]
fn PlaceLink(place: Place) -> impl IntoView {
    let exact = place.href == "/";
    let badge = badge(&place.href);
    view! {
        <li>
            <A href=place.href exact=exact attr:class="nav-link">
                <Icon glyph=place.glyph/>
                <span class="nav-link__label">{place.label}</span>
                {badge}
            </A>
        </li>
    }
}

/// The tab that leads to the places without one; it is the present one on each of their pages.
#[component]
fn MoreLink(places: Vec<Place>) -> impl IntoView {
    let language = use_language();
    let path = use_location().pathname;
    let hrefs: Vec<String> = places.iter().map(|place| place.href.clone()).chain(["/more".to_owned()]).collect();
    let badges = hrefs.iter().filter_map(|href| badge(href)).collect_view();
    let is_here = move || {
        path.with(|path| {
            hrefs
                .iter()
                .any(|href| path.strip_prefix(&**href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        })
    };
    view! {
        <li>
            <a href="/more" class="nav-link" aria-current=move || is_here().then_some("page")>
                <Icon glyph=Glyph::More/>
                <span class="nav-link__label">{language.nav_more()}</span>
                {badges}
            </a>
        </li>
    }
}

/// The places behind “more”; where every place has a tab, all of them.
#[component]
pub fn MorePlaces() -> impl IntoView {
    let (tabs, more) = tabs();
    let places = if more.is_empty() { tabs } else { more };
    let row = |place: Place| {
        let badge = badge(&place.href);
        view! {
            <li>
                <a class="row" href=place.href>
                    <Icon glyph=place.glyph/>
                    <span class="row__main"><span class="row__title">{place.label}</span></span>
                    {badge}
                    <Icon glyph=Glyph::Go/>
                </a>
            </li>
        }
    };
    view! { <ul class="rows">{places.into_iter().map(row).collect_view()}</ul> }
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
                <ul class="rail__list">{places().into_iter().map(|place| view! { <PlaceLink place/> }).collect_view()}</ul>
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
    let (tabs, more) = tabs();
    let tabs = tabs.into_iter().map(|place| view! { <PlaceLink place/> }).collect_view();
    let more = (!more.is_empty()).then(|| view! { <MoreLink places=more/> });
    view! {
        <nav class="tab-bar" aria-label=language.main_menu()>
            <ul class="tab-bar__list">{tabs} {more}</ul>
        </nav>
    }
}
