//! What only a browser can do. On the server the same functions exist and do nothing, so that components need not
//! tell the two apart: they call them from effects and event handlers, which never run there.

#[cfg(not(feature = "hydrate"))]
mod absent;
#[cfg(feature = "hydrate")]
mod present;

#[cfg(not(feature = "hydrate"))]
pub use absent::*;
#[cfg(feature = "hydrate")]
pub use present::*;

use domain::board::{ChainBoard, StoreUpdate};

/// What the live feed brings.
#[derive(Debug, Clone)]
pub enum FeedEvent {
    /// It is connected.
    Open,
    /// It is not; the browser or we try again.
    Lost,
    /// Everything, at the start and whenever the server starts over.
    Board(Box<ChainBoard>),
    /// One store has changed.
    Store(Box<StoreUpdate>),
    /// Nothing has changed, and the line is alive.
    Beat,
}
