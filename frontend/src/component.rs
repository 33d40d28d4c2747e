//! The parts that pages are made of. One widget a file, its looks in `style/component/`.

pub mod approval_count;
pub mod badge;
pub mod banner;
pub mod brand;
pub mod button;
pub mod clock;
pub mod confirm;
pub mod connection;
pub mod dialog;
pub mod figure;
pub mod fresh;
pub mod heatmap;
pub mod icon;
pub mod legend;
pub mod load_state;
pub mod nav;
pub mod page_head;
#[cfg(feature = "hydrate")]
pub mod photo_capture;
pub mod photo_view;
pub mod preference_form;
pub mod ramp;
pub mod teller;
pub mod trace_list;
pub mod trace_tabs;
pub mod variance;
