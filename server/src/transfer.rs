//! Transfers: what the hour brings, and what people are shown of them.

mod credit;
mod hour;
mod read;
mod source;

pub use credit::{credit_list, credit_page};
pub use hour::{Hours, watch};
pub(crate) use read::named;
pub use read::{detail, page};
pub use source::{propose_for, source_page};

use crate::read::stores_of;
use crate::state::AppState;
use domain::policy::{Action, Viewer};
use domain::transfer::ConfirmationPace;

/// How soon the viewer's stores are promised what they ask for.
#[must_use]
pub fn confirmation_pace(state: &AppState, viewer: &Viewer) -> ConfirmationPace {
    let masters = state.directory.masters();
    let stores = stores_of(&masters, viewer, Action::SeeStock).collect();
    state.signals.book().confirmation_pace(&stores, state.clock.now())
}
