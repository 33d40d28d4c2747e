//! Scanning, whatever is done with the codes: the camera and its picture, a hardware scanner's keys, typing, the dock
//! under the thumb, and the phone's queue. A page lays a [`ScanBench`] under them that says where codes go.

pub mod bar;
pub mod bench;
pub mod camera;
pub mod cannot_open;
pub mod dock;
pub mod keyboard;
pub mod keypad;
pub mod outbox;
pub mod place_sheet;
pub mod refused;
pub mod settings;
pub mod sheet_frame;
pub mod stage;
pub mod typed;

pub use bench::{Flash, Found, ScanBench};
