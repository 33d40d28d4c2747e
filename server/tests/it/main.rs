//! The one integration binary.

mod archive;
mod chain;
mod ledger;
mod live;
mod rebuild;
mod schema;
mod verify;
