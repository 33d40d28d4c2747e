//! The crate's one integration binary.

mod codes;
mod fold;
mod posting;
mod simulator;
