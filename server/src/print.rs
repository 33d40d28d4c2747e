//! Sheets to print: the QR labels of a store's shelves and the barcodes of its products, as HTML for A4 paper.
//!
//! A sheet needs no script, no font of ours and, written by the command line, no second file: it prints from any
//! browser. Labels are in both languages, because everybody in the store reads them; the line above them, which is
//! not printed, is in the reader's.

mod count_sheet;
mod page;
mod product;
mod route;
mod shelf;
mod symbol;
mod waybill;

pub use count_sheet::count_sheet;
pub use page::{Escaped, Style};
pub use product::{Faced, faced, product_sheet};
pub use route::routes;
pub use shelf::shelf_sheet;
pub use waybill::waybill;

/// The style sheet, served beside the pages and written into files.
pub const CSS: &str = include_str!("../../style/page/print.css");
/// Where the server serves [`CSS`].
pub const CSS_PATH: &str = "/print/sheet.css";
