//! Transfers: goods of one store go to another, and both see the same truth at every moment.
//!
//! A step is an event in the chain of the one store that takes it. A store's [`Side`] holds what its own chain says,
//! each step once, so that folds and rebuilds stay within a store. The whole [`Transfer`] is put together from the
//! sides, and every question (whose turn is it, what is under way, who is late) is answered from it.
//!
//! The store that wants the goods asks one source after another in the order of its request: where one declines, the
//! next is asked by that alone, without another event. A store is asked once at most, so the store itself says which
//! attempt an answer belongs to.

mod carriage;
mod check;
mod clock;
mod pace;
mod page;
mod part;
mod scanning;
mod side;
mod step;
mod under_way;
mod whole;

pub use carriage::{CarriageReport, CarriageStatus, DispatchOrder, DispatchState, Underway};
pub(crate) use check::check_transfer;
pub use clock::{Alarm, Patience};
pub use pace::{Confirmation, ConfirmationPace};
pub use page::{NamedStore, SourcePage, TransferCounts, TransferDetail, TransferList, TransferPage, TransferRow};
pub use part::{
    Bearer, Candidate, Carriage, DeclineReason, Figure, FlowCause, Line, LotLine, PickedLine, ReceivedLine, Request,
};
pub use scanning::{ScanError, ScanKey, ScanLack, ScanLine, ScanRow, ScanTask, Scanning};
pub use side::{Side, Taken};
pub use step::{Step, StepKind, TransferEvent, TransferId};
pub use under_way::LineUnderWay;
pub use whole::{Discrepancy, Phase, Transfer, Waiting, reserved};

/// Most lines of one step.
pub const LINES_MAX: usize = 400;
/// Most stores one request asks, one after another.
pub const CANDIDATES_MAX: usize = 10;
