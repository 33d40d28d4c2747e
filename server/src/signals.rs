//! Watching the lines: what the ledger says of each item in each store is kept in memory, rules are judged on it as
//! events arrive, and the chain's heatmap is drawn from it.
//!
//! A follower keeps [`book::Book`] off the writer's path. It starts from the folds that were kept and reads what came
//! after; a fold that is lost is made anew. Each line is judged on its own events and once when its store's day begins,
//! because ages, dates, stock nearby and spans of days change without an event.

pub mod book;
pub mod follow;
mod judge;
pub mod open;
pub mod past;
mod pending;
mod told;
mod under_way;

pub use book::KnownLine;
pub use follow::Signals;
