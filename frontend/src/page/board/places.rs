//! The stores where they stand, one colour a store.

use super::Sight;
use super::choice::Colour;
use super::shown::{Known, Line, ramp};
use crate::component::store_map::{Sheet, Spot, StoreMap};
use crate::text::use_language;
use domain::board::StoreRow;
use leptos::prelude::*;

/// The map.
#[component]
pub fn Places(
    /// What is looked at.
    sight: Sight,
) -> impl IntoView {
    let language = use_language();
    let Sight { board, choice, shown, columns, source, clock, slow_now } = sight;
    // Positions of the stores in the board, region by region.
    let order = Memo::new(move |_| {
        board.with(|board| {
            let of_region = |code| {
                let is_there = |&&at: &&usize| board.stores.get(at).is_some_and(|row| row.region == code);
                shown.with(|shown| shown.iter().filter(is_there).copied().collect::<Vec<_>>())
            };
            board.regions.iter().map(|region| of_region(region.code.clone())).collect::<Vec<_>>()
        })
    });
    let sheets = Memo::new(move |_| {
        board.with(|board| {
            let spot = |row: &StoreRow| Spot {
                name: language.name(&row.name),
                href: format!("/board/{}", row.store),
                at: row.at,
            };
            order.with(|order| {
                let regions = board.regions.iter().zip(order).filter(|(_, stores)| !stores.is_empty());
                let sheet = regions.map(|(region, stores)| Sheet {
                    name: language.name(&region.name),
                    spots: stores.iter().filter_map(|&at| board.stores.get(at)).map(spot).collect(),
                });
                sheet.collect::<Vec<_>>()
            })
        })
    });
    let known = move |at: usize| {
        let at = order.with(|order| order.iter().flatten().nth(at).copied())?;
        board.with(|board| {
            let row = board.stores.get(at)?;
            let of = |rows: &_, against: Option<&_>| Line::of(row, rows, against).together(&columns.read());
            Some(choice.with(|choice| source.look(choice, of)))
        })
    };
    let all = Memo::new(move |_| {
        choice.with(|choice| {
            let (board, now) = match choice.colour {
                Colour::Count(_) => (board.read(), slow_now.get()),
                Colour::Heat(_) => (board.read_untracked(), slow_now.get_untracked()),
            };
            let columns = columns.read();
            source.look(choice, |rows, against| {
                let order = order.read();
                let stores = order.iter().flatten().filter_map(|&at| board.stores.get(at));
                let shown = |known: Known| (known.position(choice, now), known.figure(choice, now, language));
                stores.map(|row| shown(Line::of(row, rows, against).together(&columns))).collect::<Vec<_>>()
            })
        })
    });
    let readout = move |at: usize| {
        let figures = known(at).map(|known| choice.with(|choice| known.figures(choice, clock.now(), language)));
        figures.unwrap_or_default()
    };
    view! { <StoreMap sheets values=all ramp=Signal::derive(move || choice.with(ramp)) readout/> }
}
