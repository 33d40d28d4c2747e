//! Waiting for what the server says to one event.

use domain::accept::Refusal;
use domain::id::EventId;
use leptos::prelude::set_timeout;
use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// How long a person watches a button wait; the event goes up later all the same.
const PATIENCE: Duration = Duration::from_secs(12);

#[derive(Default)]
struct Slot {
    /// `Some(None)`: taken; `Some(Some(_))`: refused.
    said: Option<Option<Refusal>>,
    is_given_up: bool,
    waker: Option<Waker>,
}

impl Slot {
    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

thread_local! {
    static WAITING: RefCell<HashMap<EventId, Weak<RefCell<Slot>>>> = RefCell::default();
}

/// Resolves to `Some(None)` when the event is taken, `Some(Some(reason))` when it is refused, `None` when nothing was
/// heard for a while.
pub struct Answered(Rc<RefCell<Slot>>);

/// Begins to listen for the answer to an event, before it is kept.
pub fn answer_to(event: EventId) -> Answered {
    let slot = Rc::new(RefCell::new(Slot::default()));
    WAITING.with(|waiting| {
        let mut waiting = waiting.borrow_mut();
        waiting.retain(|_, slot| slot.strong_count() > 0);
        waiting.insert(event, Rc::downgrade(&slot));
    });
    let weak = Rc::downgrade(&slot);
    set_timeout(
        move || {
            if let Some(slot) = weak.upgrade() {
                let mut slot = slot.borrow_mut();
                slot.is_given_up = true;
                slot.wake();
            }
        },
        PATIENCE,
    );
    Answered(slot)
}

/// Passes the server's answer on to whoever waits for it.
pub fn answered(event: EventId, refused: Option<Refusal>) {
    let slot = WAITING.with(|waiting| waiting.borrow_mut().remove(&event)).and_then(|slot| slot.upgrade());
    if let Some(slot) = slot {
        let mut slot = slot.borrow_mut();
        slot.said = Some(refused);
        slot.wake();
    }
}

impl Future for Answered {
    type Output = Option<Option<Refusal>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut slot = self.0.borrow_mut();
        match slot.said.take() {
            Some(said) => Poll::Ready(Some(said)),
            None if slot.is_given_up => Poll::Ready(None),
            None => {
                slot.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
