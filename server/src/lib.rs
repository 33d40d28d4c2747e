//! Shelftrace's server: routes, sign-in, ledger writer, live feed and command line.
//!
//! Read [`router`] (everything that answers), [`access`] (who may), [`auth`] (who is asking), then the routes in
//! [`route`] and the pages' side in [`ssr`]. [`ledger`] writes, [`photo`] keeps the evidence, [`live`] tells who watches, [`message`] who
//! does not and [`carriage`] who carries the goods, [`store`] is what they all read.

pub mod access;
pub mod audit;
pub mod auth;
pub mod carriage;
pub mod cases;
pub mod cli;
pub mod clock;
pub mod command;
pub mod config;
pub mod device;
pub mod error;
pub mod header;
pub mod keys;
pub mod lease;
pub mod ledger;
pub mod listener;
pub mod live;
pub mod message;
pub mod photo;
pub mod print;
pub mod read;
pub mod region_plan;
pub mod render;
pub mod replenishment;
pub mod route;
pub mod router;
pub mod seed;
pub mod signals;
pub mod site;
pub mod ssr;
pub mod state;
pub mod store;
pub mod telemetry;
pub mod tls;
pub mod trace;
pub mod transfer;
pub mod warning;
