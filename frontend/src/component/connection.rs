//! The live feed and the state of its line.

use crate::browser::{self, FeedEvent};
use crate::component::badge::{Badge, Tone};
use crate::component::clock::PageClock;
use crate::format;
use crate::text::use_language;
use domain::board::{ChainBoard, StoreUpdate};
use domain::instant::Timestamp;
use leptos::prelude::*;

/// What the feed brings to a page.
#[derive(Debug, Clone)]
pub enum LiveEvent {
    /// Everything, as it is now.
    Board(Box<ChainBoard>),
    /// One store, as it is now.
    Store(Box<StoreUpdate>),
}

/// The line to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Not yet open.
    Connecting,
    /// Open: what is shown is what is.
    Open,
    /// Lost: what is shown is as of the moment given.
    Lost(Timestamp),
}

/// A line that used to beat and then gave no sign of life for so long is lost, in milliseconds.
const SILENCE_MAX_MS: i64 = 40_000;
/// A line lost for so long is shown as such; before that it is being reconnected, in milliseconds.
const STALE_AFTER_MS: i64 = 15_000;

/// Follows the live feed for as long as the page is shown.
pub fn use_live(clock: PageClock, on_event: impl Fn(LiveEvent) + 'static) -> Signal<Line> {
    let line = RwSignal::new(Line::Connecting);
    let heard_at = StoredValue::new(clock.now_untracked());
    let has_beaten = StoredValue::new(false);
    let feed = StoredValue::new_local(None);
    let on_event = StoredValue::new_local(on_event);
    Effect::new(move |_| {
        let opened = browser::open_feed(move |event| {
            if !matches!(event, FeedEvent::Lost) {
                let server_now = match &event {
                    FeedEvent::Board(board) => Some(board.now),
                    FeedEvent::Store(update) => Some(update.now),
                    FeedEvent::Open | FeedEvent::Lost | FeedEvent::Beat => None,
                };
                if let Some(now) = server_now {
                    clock.set(now);
                }
                heard_at.set_value(clock.now_untracked());
                line.set(Line::Open);
            }
            match event {
                FeedEvent::Lost => line.update(|line| {
                    if *line == Line::Open {
                        *line = Line::Lost(heard_at.get_value());
                    }
                }),
                FeedEvent::Board(board) => on_event.with_value(|act| act(LiveEvent::Board(board))),
                FeedEvent::Store(update) => on_event.with_value(|act| act(LiveEvent::Store(update))),
                FeedEvent::Beat => has_beaten.set_value(true),
                FeedEvent::Open => {}
            }
        });
        feed.set_value(Some(opened));
    });
    // A network that vanishes without a word leaves the line open: silence gives it away.
    Effect::new(move |_| {
        let heard = heard_at.get_value();
        let silent_ms = clock.now().since(heard);
        if silent_ms > SILENCE_MAX_MS && has_beaten.get_value() && line.get_untracked() == Line::Open {
            line.set(Line::Lost(heard));
        }
    });
    line.into()
}

/// The state of the line, in a badge.
#[component]
pub fn ConnectionBadge(
    /// The line.
    line: Signal<Line>,
    /// The page's clock.
    clock: PageClock,
) -> impl IntoView {
    let language = use_language();
    let is_stale = move |since: Timestamp| clock.now().since(since) > STALE_AFTER_MS;
    let tone = Signal::derive(move || match line.get() {
        Line::Connecting => Tone::Plain,
        Line::Open => Tone::Good,
        Line::Lost(since) if is_stale(since) => Tone::Bad,
        Line::Lost(_) => Tone::Warn,
    });
    let text = move || match line.get() {
        Line::Connecting => language.live_connecting().to_owned(),
        Line::Open => language.live_on().to_owned(),
        Line::Lost(since) if is_stale(since) => language.live_stale(format::ago(Some(since), clock.now(), language)),
        Line::Lost(_) => language.live_again().to_owned(),
    };
    view! {
        <Badge tone is_live=Signal::derive(move || line.get() == Line::Open)>
            {text}
        </Badge>
    }
}
