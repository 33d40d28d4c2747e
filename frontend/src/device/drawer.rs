//! A draft on the phone's disk: it outlives the page and the browser, and is recorded once.

use super::{StoreTrouble, glue};
use domain::event::DeviceEvent;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;

/// What is kept of one draft.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept<D> {
    /// What had been put in.
    pub draft: D,
    /// The events it becomes, from the moment that it is to be recorded. Their ids are made once: however often the
    /// recording is cut short and gone on with, each is in the queue once.
    pub recording: Vec<DeviceEvent>,
}

/// Where a draft is kept.
#[derive(Debug, Clone)]
pub struct Drawer<D> {
    key: String,
    of: PhantomData<D>,
}

impl<D: Serialize + DeserializeOwned> Drawer<D> {
    /// The drawer of that name.
    pub fn named(key: String) -> Self {
        Self { key, of: PhantomData }
    }

    /// What is in it; nothing where it is empty, or was filled by another build.
    pub async fn open(&self) -> Option<Kept<D>> {
        let json = glue::get_meta(&self.key).await.ok().flatten()?;
        serde_json::from_str(&json).ok()
    }

    /// Puts a draft in, or with `None` empties it, without waiting: writes are done in the order in which they are
    /// asked for.
    pub fn keep(&self, draft: Option<&D>) {
        #[derive(Serialize)]
        struct Keeping<'a, D> {
            draft: &'a D,
            recording: [DeviceEvent; 0],
        }
        let json = draft.map_or_else(String::new, |draft| text(&Keeping { draft, recording: [] }));
        let key = self.key.clone();
        spawn_local(async move {
            // A draft that cannot be kept is still on the screen.
            let _ = glue::put_meta(&key, json).await;
        });
    }

    /// Writes down what is about to be recorded.
    pub async fn commit(&self, kept: &Kept<D>) -> Result<(), StoreTrouble> {
        glue::put_meta(&self.key, text(kept)).await
    }

    /// Empties it.
    pub async fn clear(&self) {
        // Left there, the recording is gone through once more and finds every event kept already.
        let _ = glue::put_meta(&self.key, String::new()).await;
    }
}

fn text(kept: &impl Serialize) -> String {
    serde_json::to_string(kept).expect("a draft is plain data")
}
