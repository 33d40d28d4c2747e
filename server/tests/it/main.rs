//! The one integration binary.

mod access;
mod archive;
mod audit;
mod board;
mod case;
mod chain;
mod conformance;
mod crash;
mod damage;
mod device;
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
mod trace;
mod verify;
