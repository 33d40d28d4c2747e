//! Shelftrace's server: routes, sign-in, ledger writer, live feed and command line.

pub mod clock;
pub mod seed;
