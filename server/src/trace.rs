//! Finding events: a follower keeps posting lists off the writer's path, searches intersect them, pages tell what was
//! found.
//!
//! The index is a fold of the ledger like the read models, only later: [`index::rebuild`] drops and refolds it. A
//! search looks at what the follower has not indexed yet itself, so that nothing is missing from its answer.

mod across;
pub mod follow;
pub mod index;
pub mod page;
mod posting;
mod search;
pub mod suggest;

pub use follow::TraceIndex;
pub(crate) use search::first_at;
