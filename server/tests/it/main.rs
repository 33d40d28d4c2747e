//! The one integration binary.

mod access;
mod archive;
mod board;
mod chain;
mod conformance;
mod crash;
mod damage;
mod ledger;
mod live;
mod movement;
mod photo;
mod photo_store;
mod print;
mod rebuild;
mod schema;
mod sign_in;
mod snapshot;
mod stocktake;
mod support;
mod sync;
mod verify;
