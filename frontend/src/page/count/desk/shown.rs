//! What the counting page shows of its state.

use domain::movement::Units;
use domain::tally::{LineItem, LineKey};
use leptos::prelude::*;

/// Where the count stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The stocktake has not been opened or joined on this phone.
    Ready,
    /// Counting.
    Counting,
    /// Submitted just now.
    Done,
}

/// A line on the screen.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it counts.
    pub item: LineItem,
    /// What that is called.
    pub name: ArcRwSignal<String>,
    /// The code printed on it.
    pub code: String,
    /// Pieces counted.
    pub units: ArcRwSignal<Units>,
    /// Counts up with every change, to show it.
    pub n_beats: ArcRwSignal<u32>,
}

/// How a result came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardKind {
    /// Counted.
    Counted,
    /// Counted, though nobody knows what it is.
    Unknown,
    /// Taken back.
    Undone,
}

/// What was recorded last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// How.
    pub kind: CardKind,
    /// The line.
    pub key: LineKey,
    /// What it is called.
    pub name: String,
    /// The code printed on it.
    pub code: String,
    /// What was added.
    pub added: Units,
    /// What the line says now.
    pub units: Units,
}

/// How far this phone has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Shelves with a line.
    pub n_shelves: usize,
    /// Shelves of the store.
    pub n_shelves_all: usize,
    /// Lines counted on this phone.
    pub n_lines: u32,
}

/// What lies over the page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Sheet {
    /// Nothing.
    #[default]
    None,
    /// The keypad for a line.
    Quantity(LineKey),
    /// Entering a code by hand.
    Typed,
    /// Naming a code nobody knows.
    Unknown(LineKey),
    /// Finishing.
    Finish,
    /// What waits on the phone.
    Outbox,
    /// How scanning works.
    Settings,
}
