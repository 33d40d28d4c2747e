//! Events on a line of time.

use crate::component::icon::Glyph;
use crate::component::load_state::Empty;
use crate::format;
use crate::text::{Language, use_language};
use domain::board::{TraceEntry, TraceWhat};
use domain::event::ClockVerdict;
use domain::id::EventId;
use domain::instant::{MINUTE_MS, Timestamp, ZoneOffset};
use leptos::prelude::*;

/// An event that took longer than this to arrive says so, in milliseconds.
const LATE_MS: i64 = 2 * MINUTE_MS;

/// One event, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceLine {
    id: EventId,
    what: String,
    units: Option<String>,
    when: String,
    machine_time: String,
    who: String,
    href: Option<String>,
}

/// How much a line tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Which store and shelf, and who: for boards.
    Where,
    /// How, where exactly, and whether time and arrival are to be doubted: for the shelf's own page.
    Full,
}

impl TraceLine {
    /// What happened, how many pieces, when, the same for machines, who.
    #[must_use]
    pub fn parts(self) -> (String, Option<String>, String, String, String) {
        (self.what, self.units, self.when, self.machine_time, self.who)
    }

    /// Puts an event into words. `place` is the store's name where the page shows several.
    #[must_use]
    pub fn of(
        entry: &TraceEntry,
        place: Option<&str>,
        zone: ZoneOffset,
        now: Timestamp,
        detail: Detail,
        language: Language,
    ) -> Self {
        let (shelf, units, method) = match &entry.what {
            TraceWhat::Counted { shelf, units, method, .. } => (Some(shelf), Some(*units), Some(*method)),
            TraceWhat::CountUndone { shelf, units, .. } => (Some(shelf), Some(-*units), None),
            TraceWhat::Moved { units, .. } | TraceWhat::VariancePosted { units, .. } => (None, Some(*units), None),
            TraceWhat::ShelfFinished { shelf }
            | TraceWhat::SheetKeyed { shelf, .. }
            | TraceWhat::LineDecided { shelf, .. } => (Some(shelf), None, None),
            _ => (None, None, None),
        };
        let mut who: Vec<String> = Vec::new();
        who.extend(place.map(str::to_owned));
        if detail == Detail::Where {
            who.extend(shelf.map(ToString::to_string));
        }
        who.push(entry.person_name.clone());
        if detail == Detail::Full {
            if let TraceWhat::Moved { document: Some(document), .. } = &entry.what {
                who.push(language.trace_document(document));
            }
            if let TraceWhat::Reversed { note: Some(note), .. }
            | TraceWhat::Declined { note: Some(note), .. }
            | TraceWhat::StocktakeCancelled { note: Some(note) }
            | TraceWhat::CaseClosed { note: Some(note), .. }
            | TraceWhat::Transfer { note: Some(note), .. }
            | TraceWhat::Credit { note, .. } = &entry.what
            {
                who.push(language.trace_note(note));
            }
            who.extend(entry.flags.iter().map(|flag| language.flag(*flag).to_owned()));
            who.extend(method.map(|method| language.count_method(method).to_owned()));
            who.push(language.trace_place(entry.fix, entry.geofence));
            if let ClockVerdict::Ahead(seconds) = entry.clock {
                who.push(language.clock_ahead(seconds));
            }
            if entry.recorded_at.since(entry.effective_at) > LATE_MS {
                who.push(language.arrived_later(format::moment(entry.recorded_at, now, zone)));
            }
        }
        Self {
            id: entry.id,
            what: language.trace_what(&entry.what),
            units: units.map(format::signed),
            when: format::moment(entry.effective_at, now, zone),
            machine_time: format::machine_time(entry.effective_at, zone),
            who: who.join(" · "),
            href: (detail == Detail::Where)
                .then(|| shelf.map(|shelf| format!("/board/{}/{shelf}", entry.store)))
                .flatten(),
        }
    }
}

/// The events, newest first.
#[component]
pub fn TraceList(
    /// Newest first.
    #[prop(into)]
    lines: Signal<Vec<TraceLine>>,
) -> impl IntoView {
    let language = use_language();
    // Those that arrive while somebody looks are marked for a moment.
    let is_watched = StoredValue::new(false);
    Effect::new(move |_| is_watched.set_value(true));
    let item = move |line: TraceLine| {
        let fresh = if is_watched.get_value() { " trace__item--fresh" } else { "" };
        let what = match line.href {
            Some(href) => view! { <a href=href>{line.what}</a> }.into_any(),
            None => view! { <span>{line.what}</span> }.into_any(),
        };
        view! {
            <li class=format!("trace__item{fresh}")>
                <span class="trace__what">
                    {what} " "
                    {line.units.map(|units| view! { <span class="trace__units">{units}</span> })}
                </span>
                <time class="trace__when" datetime=line.machine_time>{line.when}</time>
                <span class="trace__who">{line.who}</span>
            </li>
        }
    };
    let is_empty = Memo::new(move |_| lines.with(Vec::is_empty));
    view! {
        <Show
            when=move || !is_empty.get()
            fallback=move || {
                view! {
                    <Empty
                        glyph=Glyph::Trace
                        title=language.no_traces_title()
                        text=language.no_traces_text()
                    />
                }
            }
        >
            <ol class="trace">
                <For each=move || lines.get() key=|line| line.id children=item/>
            </ol>
        </Show>
    }
}
