//! Keeps what a page shows of a store as it is now: the live feed says that something has changed, the page reads anew.

use crate::backend::BackendError;
use crate::component::clock::PageClock;
use crate::component::connection::{Line, LiveEvent, use_live};
use domain::id::StoreCode;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::rc::Rc;
use std::time::Duration;

/// The page is read anew at most this often, however fast things change.
const PAUSE: Duration = Duration::from_secs(1);

/// Reads `shown` anew whenever the store's ledger has gone beyond `seq` of it, or when the callback is run: one
/// reading at a time, none of them lost.
pub fn keep_fresh<T, F>(
    store: StoreCode,
    clock: PageClock,
    shown: RwSignal<T>,
    seq: fn(&T) -> u64,
    read: impl Fn() -> F + 'static,
) -> (Signal<Line>, Callback<()>)
where
    T: Send + Sync + 'static,
    F: Future<Output = Result<T, BackendError>> + 'static,
{
    let state = StoredValue::new(Reading::Idle);
    let read = Rc::new(read);
    let start: StoredValue<Option<Rc<dyn Fn()>>, LocalStorage> = StoredValue::new_local(None);
    let begin = move || {
        let read = Rc::clone(&read);
        match state.try_get_value() {
            Some(Reading::Idle) => state.set_value(Reading::Busy),
            Some(Reading::Busy) => return state.set_value(Reading::BusyAndWanted),
            Some(Reading::BusyAndWanted) | None => return,
        }
        spawn_local(async move {
            let fresh = read().await;
            let rest = move || {
                // The page may have been left meanwhile.
                let Some(was) = state.try_get_value() else { return };
                state.set_value(Reading::Idle);
                if was == Reading::BusyAndWanted
                    && let Some(Some(start)) = start.try_get_value()
                {
                    start();
                }
            };
            if let Ok(fresh) = fresh
                && let Some(known) = shown.try_with_untracked(seq)
                && seq(&fresh) >= known
            {
                shown.try_set(fresh);
            }
            set_timeout(rest, PAUSE);
        });
    };
    start.set_value(Some(Rc::new(begin)));
    let again = move || {
        if let Some(Some(start)) = start.try_get_value() {
            start();
        }
    };
    let line = use_live(clock, move |event| {
        let now = match event {
            LiveEvent::Board(board) => board.stores.iter().find(|row| row.store == store).map(|row| row.seq),
            LiveEvent::Store(update) => (update.row.store == store).then_some(update.row.seq),
        };
        if now.is_some_and(|now| shown.try_with_untracked(seq).is_some_and(|known| now > known)) {
            again();
        }
    });
    (line, Callback::new(move |()| again()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Idle,
    Busy,
    BusyAndWanted,
}
