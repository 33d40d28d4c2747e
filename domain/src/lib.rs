//! Shelftrace's rules, the same on the phone and on the server.
//!
//! Nothing in this crate performs I/O, reads a clock, draws a random number or awaits: `now` and new ids are
//! arguments. Read in this order: [`id`], [`instant`] and [`movement`] name things; [`event`] is what a device
//! records; [`accept`] decides whether the ledger takes it and [`approval`] whose word it needs; [`chain`] makes the
//! ledger tamper-evident; [`fold`] turns it into the read models; [`board`] shapes them for people; [`policy`] says who may see and do what;
//! [`trace`] says what an event is found by, [`case`] what becomes of alarms, [`device`] what a phone has not sent,
//! [`demand`] forecasts sales, [`safety_stock`] and [`replenishment`] say what to keep and order, [`matching`] which
//! store another's want is best met from; [`audit`] and [`proof`] show that nothing was altered;
//! [`signal`] keeps what the ledger says of each item, [`measure`] names the figures, [`rule`] warns by them, [`firing`]
//! is what people do about it, [`backtest`] tells how a rule would have fared, [`heat`] colours the chain by such
//! figures, with [`footfall`] and what is usual at this hour ([`hourly`]);
//! [`transfer`] carries goods from store to store, [`credit`] says how far a store's word can be relied on;
//! [`sync`] is the protocol between phone and server, [`photo`] the evidence that goes with it, [`message`] what people
//! are told and answer. What the phone scans goes through [`scan`], which decides when
//! a code counts, and [`barcode`], which says what it means by way of [`gtin`], [`gs1`] and [`in_store`].
#![warn(missing_docs)]

pub mod accept;
pub mod accuracy;
pub mod append;
pub mod approval;
pub mod audit;
pub mod backtest;
pub mod barcode;
pub mod board;
pub mod case;
pub mod catalogue;
pub mod chain;
pub mod credit;
pub mod demand;
pub mod device;
pub mod draft;
pub mod event;
pub mod firing;
pub mod fold;
pub mod footfall;
pub mod geo;
pub mod gs1;
pub mod gtin;
pub mod heat;
pub mod hourly;
pub mod id;
pub mod in_store;
pub mod instant;
pub mod lot;
pub mod master;
pub mod matching;
pub mod measure;
pub mod message;
pub mod movement;
pub mod photo;
pub mod plan;
pub mod policy;
pub mod proof;
pub mod quiet;
pub mod replenishment;
pub mod review;
pub mod rule;
pub mod safety_stock;
pub mod scan;
pub mod shelf_tag;
pub mod signal;
pub mod stocktake;
pub mod sync;
pub mod tally;
pub mod trace;
pub mod transfer;
