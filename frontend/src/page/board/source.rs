//! The heatmap's figures in the page: read once, then only what has changed; days that are over when they are shown.

use super::choice::{Choice, Colour};
use crate::backend::{BackendError, HeatPage, read_heat, read_heat_on};
use domain::heat::HeatRow;
use domain::id::StoreCode;
use domain::instant::Day;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long after something has happened it is asked what that changed: the server takes a moment to work it out, and
/// many things happen at once.
const STIRRED: Duration = Duration::from_millis(700);
/// How often it is asked although nothing has happened: what is usual by now changes with the hour.
const ASK_AGAIN: Duration = Duration::from_secs(60);

/// Rows of the heatmap.
pub type Rows = BTreeMap<StoreCode, HeatRow>;

/// Where the heatmap's figures come from.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// As of now, once they are there.
    live: RwSignal<Option<Rows>>,
    /// At the end of the days shown.
    days: RwSignal<BTreeMap<Day, Rows>>,
    /// Up to which change they are.
    revision: StoredValue<u64>,
    /// What the choice needs.
    needed: Memo<BTreeSet<Option<Day>>>,
    /// Whether it will be asked in a moment.
    is_stirred: StoredValue<bool>,
    /// What is on its way; now is `None`.
    asked: StoredValue<BTreeSet<Option<Day>>>,
    /// Why the last figures asked for did not come.
    trouble: RwSignal<Option<BackendError>>,
}

/// The days a choice needs; now is `None`.
fn needed(choice: &Choice) -> BTreeSet<Option<Day>> {
    match choice.colour {
        Colour::Count(_) => BTreeSet::new(),
        Colour::Heat(_) => [Some(choice.day), choice.against.map(Some)].into_iter().flatten().collect(),
    }
}

impl Source {
    /// Follows what is chosen.
    #[must_use]
    pub fn start(choice: Memo<Choice>) -> Self {
        let needed = Memo::new(move |_| choice.with(needed));
        let source = Self {
            live: RwSignal::new(None),
            days: RwSignal::new(BTreeMap::new()),
            revision: StoredValue::new(0),
            needed,
            is_stirred: StoredValue::new(false),
            asked: StoredValue::new(BTreeSet::new()),
            trouble: RwSignal::new(None),
        };
        Effect::new(move |_| {
            let needed = needed.get();
            let has_others = source.days.with_untracked(|days| days.keys().any(|day| !needed.contains(&Some(*day))));
            if has_others {
                source.days.update(|days| days.retain(|day, _| needed.contains(&Some(*day))));
            }
            // Of now there may be news since it was last looked at.
            for day in needed.into_iter().filter(|day| day.is_none_or(|day| !source.has(day))) {
                source.ask(day);
            }
        });
        Effect::new(move |_| {
            if let Ok(interval) = set_interval_with_handle(move || source.stir(), ASK_AGAIN) {
                on_cleanup(move || interval.clear());
            }
        });
        source
    }

    fn has(self, day: Day) -> bool {
        self.days.with_untracked(|days| days.contains_key(&day))
    }

    /// Something has happened: soon it is asked what that changed, once for all that happens until then. Nothing is
    /// asked while nobody looks at these figures.
    pub fn stir(self) {
        let is_shown = self.needed.try_with_untracked(|needed| needed.contains(&None)).unwrap_or(false);
        if !is_shown || self.is_stirred.try_get_value().unwrap_or(true) {
            return;
        }
        self.is_stirred.set_value(true);
        set_timeout(
            move || {
                let _ = self.is_stirred.try_set_value(false);
                if !self.ask(None) {
                    // What is on its way may not know of it.
                    self.stir();
                }
            },
            STIRRED,
        );
    }

    /// Asks for what is not on its way yet, and says whether it did.
    fn ask(self, day: Option<Day>) -> bool {
        if !self.asked.try_update_value(|asked| asked.insert(day)).unwrap_or(false) {
            return false;
        }
        spawn_local(async move {
            let since = self.revision.try_get_value().unwrap_or_default();
            let answer = match day {
                None => read_heat(since).await,
                Some(day) => read_heat_on(day.to_string()).await,
            };
            // The page may have gone meanwhile.
            let _ = self.asked.try_update_value(|asked| asked.remove(&day));
            match answer {
                Ok(page) => self.take(day, page),
                Err(error) => {
                    let _ = self.trouble.try_set(Some(error));
                }
            }
        });
        true
    }

    fn take(self, day: Option<Day>, page: HeatPage) {
        if self.trouble.try_with_untracked(Option::is_some).unwrap_or(false) {
            self.trouble.set(None);
        }
        let rows = page.rows.into_iter().map(|row| (row.store.clone(), row));
        if let Some(day) = day {
            let _ = self.days.try_update(|days| days.insert(day, rows.collect()));
            return;
        }
        let is_known = |store: &StoreCode| {
            self.live.try_with_untracked(|live| live.as_ref().is_some_and(|live| live.contains_key(store)))
        };
        // Of a store that has come since, the whole row is needed.
        let is_whole = page.updates.iter().all(|update| is_known(&update.store).unwrap_or(true));
        self.revision.try_set_value(if is_whole { page.revision } else { 0 });
        // What is drawn follows this signal: nothing new, nothing drawn.
        let has_news = rows.len() > 0 || !page.updates.is_empty();
        if has_news || self.live.try_with_untracked(Option::is_none).unwrap_or(false) {
            let _ = self.live.try_update(|live| {
                let live = live.get_or_insert_default();
                live.extend(rows);
                for update in &page.updates {
                    if let Some(row) = live.get_mut(&update.store) {
                        row.apply(update);
                    }
                }
            });
        }
        if !is_whole {
            self.stir();
        }
    }

    /// Asks again for what did not come.
    pub fn try_again(self, choice: &Choice) {
        self.trouble.set(None);
        for day in needed(choice) {
            self.ask(day);
        }
    }

    /// Why the last figures asked for did not come.
    #[must_use]
    pub fn trouble(self) -> Option<BackendError> {
        self.trouble.get()
    }

    /// Whether figures of the choice are still to come.
    #[must_use]
    pub fn is_loading(self, choice: &Choice) -> bool {
        needed(choice).into_iter().any(|day| match day {
            None => self.live.with(Option::is_none),
            Some(day) => self.days.with(|days| !days.contains_key(&day)),
        })
    }

    /// Looks at the rows of the choice and those they are compared with.
    pub fn look<T>(self, choice: &Choice, look: impl FnOnce(&Rows, Option<&Rows>) -> T) -> T {
        let none = Rows::new();
        self.live.with(|live| {
            self.days.with(|days| {
                let of = |day: Option<Day>| match day {
                    None => live.as_ref(),
                    Some(day) => days.get(&day),
                };
                let against = choice.against.map(|day| of(Some(day)).unwrap_or(&none));
                look(of(choice.day).unwrap_or(&none), against)
            })
        })
    }
}
