//! Shelftrace's server: routes, sign-in, ledger writer, live feed and command line.

pub mod clock;
pub mod keys;
pub mod ledger;
pub mod live;
pub mod seed;
pub mod store;
