//! The one integration binary.

mod chain;
mod ledger;
