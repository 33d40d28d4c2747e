//! The crate's one integration binary.

mod codes;
mod credit;
mod fold;
mod outbox;
mod posting;
mod simulator;
mod transfer;
mod warning;
