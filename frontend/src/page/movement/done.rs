//! The tick, and what has become of it since.

use super::desk::MoveDesk;
use crate::component::badge::Tone;
use crate::component::banner::Banner;
use crate::component::button::{ButtonKind, ButtonSize, ButtonWidth, button_class};
use crate::component::icon::{Glyph, Icon, IconSize};
use crate::device::{Fate, watch_fate};
use crate::format;
use domain::approval::Standing;
use domain::event::{DeviceEvent, EventBody};
use leptos::prelude::*;

/// After recording.
#[component]
pub fn Done(desk: MoveDesk, events: Vec<DeviceEvent>) -> impl IntoView {
    let language = desk.language;
    let movements: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.body {
            EventBody::Moved(movement) => Some(movement.clone()),
            _ => None,
        })
        .collect();
    let needed = movements.iter().find_map(|movement| match desk.standing(movement).1 {
        Standing::Awaits(role) => Some(role),
        Standing::Posted => None,
    });
    let title = match needed {
        Some(role) => language.done_awaits(language.role(role)),
        None => language.done_title().to_owned(),
    };
    let row = move |movement: domain::movement::Movement| {
        let moved = movement.units_moved();
        let n_units = moved.values().sum();
        view! {
            <li class="row">
                <span class="row__main">
                    <span class="row__title">{language.movement(movement.kind)}</span>
                    <span class="row__sub">{language.moves_pieces(moved.len(), format::number(n_units))}</span>
                </span>
            </li>
        }
    };
    let fates: Vec<_> = events.iter().map(|event| watch_fate(desk.device, event.id)).collect();
    let fate = move || {
        let fates: Vec<Fate> = fates.iter().map(|fate| fate.get()).collect();
        let refused = fates.iter().find_map(|fate| match fate {
            Fate::Refused(why) => Some(why.clone()),
            _ => None,
        });
        match refused {
            Some(why) => view! {
                <Banner tone=Tone::Bad>
                    <p><strong>{language.done_refused()}</strong></p>
                    <p>{language.refusal(&why)}</p>
                </Banner>
            }
            .into_any(),
            None if fates.iter().all(|fate| *fate == Fate::InLedger) => {
                view! { <p class="move__sent" role="status"><Icon glyph=Glyph::Check/>{language.done_sent()}</p> }
                    .into_any()
            }
            None => {
                view! { <p class="move__sent" role="status"><Icon glyph=Glyph::Upload/>{language.done_waits()}</p> }
                    .into_any()
            }
        }
    };
    view! {
        <div class="move__done">
            <div class="count-ready__body count-ready__body--done">
                <Icon glyph=Glyph::Check size=IconSize::Large/>
                <h2>{title}</h2>
                {fate}
            </div>
            <ul class="rows move__summary">{movements.into_iter().map(row).collect_view()}</ul>
            <div class="move__record">
                <button
                    class=button_class(ButtonKind::Primary, ButtonSize::Large, ButtonWidth::Block)
                    type="button"
                    on:click=move |_| desk.another()
                >
                    {language.done_another()}
                </button>
                <a class=button_class(ButtonKind::Usual, ButtonSize::Large, ButtonWidth::Block) href="/moves">
                    {language.move_recent()}
                </a>
                <a class=button_class(ButtonKind::Usual, ButtonSize::Large, ButtonWidth::Block) href="/">
                    {language.go_home()}
                </a>
            </div>
        </div>
    }
}
