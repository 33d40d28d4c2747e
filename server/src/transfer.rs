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
