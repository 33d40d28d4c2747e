//! Transfers: what the hour brings, and what people are shown of them.

mod hour;
mod read;
mod shown;
mod source;

pub use hour::{Hours, watch};
pub use read::{credit_page, detail, page};
pub use shown::{NamedStore, TransferCounts, TransferDetail, TransferList, TransferPage, TransferRow};
pub use source::propose_for;
