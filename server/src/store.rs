//! The database: the only place that speaks SurrealQL, beside [`crate::ledger`]'s one writing transaction.

pub mod carriage;
pub mod case;
mod count;
mod credit;
pub mod db;
pub mod device;
pub mod directory;
pub mod footfall;
pub mod lease;
pub mod link;
pub mod mailbox;
pub mod master;
pub mod message;
pub mod migration;
pub mod model_row;
pub(crate) mod movement;
mod order;
pub mod person;
pub mod photo;
mod push;
pub mod read;
mod replenishment;
mod robot;
pub mod row;
pub mod session;
pub mod transfer;
pub mod warning;

pub use credit::CreditScores;
pub use db::{Database, OpenError, StoreError};
pub use directory::{Directory, PersonNames};
pub use master::{Masters, StoreMaster};
