//! The server's clock, kept running in the page.

use crate::browser;
use domain::instant::Timestamp;
use leptos::prelude::*;
use std::time::Duration;

/// How often the page's clock moves on.
const TICK: Duration = Duration::from_secs(1);

/// The server's time as the page knows it. It stands still on the server and starts to run once the page lives.
#[derive(Debug, Clone, Copy)]
pub struct PageClock {
    now: RwSignal<Timestamp>,
    /// Server time − device time, in milliseconds, once measured.
    offset_ms: StoredValue<Option<i64>>,
}

impl PageClock {
    /// Starts from the server's time as of the page's data.
    #[must_use]
    pub fn start(server_now: Timestamp) -> Self {
        let clock = Self { now: RwSignal::new(server_now), offset_ms: StoredValue::new(None) };
        Effect::new(move |_| {
            clock.set(clock.now.get_untracked());
            let tick = move || {
                if let Some(offset_ms) = clock.offset_ms.get_value() {
                    clock.now.set(Timestamp::from_unix_ms(browser::device_now_ms()).plus_ms(offset_ms));
                }
            };
            if let Ok(interval) = set_interval_with_handle(tick, TICK) {
                on_cleanup(move || interval.clear());
            }
        });
        clock
    }

    /// Sets it by the server's word.
    pub fn set(self, server_now: Timestamp) {
        let device_now = Timestamp::from_unix_ms(browser::device_now_ms());
        self.offset_ms.set_value(Some(server_now.since(device_now)));
        self.now.set(server_now);
    }

    /// The server's time now, to the second.
    #[must_use]
    pub fn now(self) -> Timestamp {
        self.now.get()
    }

    /// The server's time to ten seconds, for what is dear to draw.
    #[must_use]
    pub fn slow(self) -> Memo<Timestamp> {
        Memo::new(move |_| Timestamp::from_unix_ms(self.now.get().unix_ms() / 10_000 * 10_000))
    }

    /// The server's time, without following it.
    #[must_use]
    pub fn now_untracked(self) -> Timestamp {
        self.now.get_untracked()
    }
}
