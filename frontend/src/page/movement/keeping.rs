//! The draft on the phone's disk: it outlives the page and the browser, and is recorded once.

use crate::device::glue;
use domain::draft::Draft;
use domain::event::DeviceEvent;
use domain::id::{PersonId, StoreCode};
use domain::movement::MovementKind;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

/// What is kept of one kind of movement.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    /// What had been put in.
    pub draft: Draft,
    /// The events it becomes, from the moment that it is to be recorded. Their ids are made once: however often the
    /// recording is cut short and gone on with, each is in the queue once.
    pub recording: Vec<DeviceEvent>,
}

/// Where a person's draft of a kind is kept.
#[derive(Debug, Clone)]
pub struct Drawer(String);

impl Drawer {
    /// The drawer of that store, person and kind.
    pub fn of(store: &StoreCode, person: &PersonId, kind: MovementKind) -> Self {
        Self(format!("draft:{store}:{person}:{}", kind.code()))
    }

    /// What is in it; nothing where it is empty, or was filled by another build.
    pub async fn open(&self) -> Option<Kept> {
        let json = glue::get_meta(&self.0).await.ok().flatten()?;
        serde_json::from_str(&json).ok()
    }

    /// Puts a draft in, without waiting: writes are done in the order in which they are asked for.
    pub fn keep(&self, draft: &Draft) {
        let kept = Kept { draft: draft.clone(), recording: Vec::new() };
        let json = if draft.is_blank() { String::new() } else { text(&kept) };
        let key = self.0.clone();
        spawn_local(async move {
            // A draft that cannot be kept is still on the screen.
            let _ = glue::put_meta(&key, json).await;
        });
    }

    /// Writes down what is about to be recorded.
    pub async fn commit(&self, kept: &Kept) -> Result<(), crate::device::StoreTrouble> {
        glue::put_meta(&self.0, text(kept)).await
    }

    /// Empties it.
    pub async fn clear(&self) {
        // Left there, the recording is gone through once more and finds every event kept already.
        let _ = glue::put_meta(&self.0, String::new()).await;
    }
}

fn text(kept: &Kept) -> String {
    serde_json::to_string(kept).expect("a draft is plain data")
}
