//! The screens, one a file.

pub mod account;
pub mod accuracy;
pub mod approvals;
pub mod audit;
pub mod board;
pub mod cases;
pub mod count;
pub mod credit;
pub mod devices;
pub mod home;
pub mod key_in;
pub mod missing;
pub mod more;
pub mod movement;
pub mod moves;
pub mod proof;
pub mod shelf_trace;
pub mod sign_in;
pub mod stocktake;
pub mod stocktake_list;
pub mod stocktake_new;
pub mod store_plan;
pub mod trace;
pub mod transfer;
pub mod transfer_new;
pub mod transfers;
