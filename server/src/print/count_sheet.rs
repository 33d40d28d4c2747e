//! The sheet to count on with a pen: a page for each shelf, an empty box for each item, and nothing that is expected.

use super::page::{Escaped, Style, page};
use domain::master::Zone;
use frontend::backend::CountSheet;
use frontend::text::Language;
use std::fmt::Write;

/// The sheet of a stocktake.
#[must_use]
pub fn count_sheet(sheet: &CountSheet, zones: &[Zone], language: Language, style: Style) -> String {
    let mut pages = String::new();
    let date = sheet.now.wall(sheet.zone_offset).date();
    for (n, shelf) in sheet.shelves.iter().enumerate() {
        let zone_code = shelf.shelf.zone();
        let zone = zones.iter().find(|zone| zone.code == zone_code);
        let zone = zone.map(|zone| format!("{} {}", zone.name.zh, zone.name.en)).unwrap_or_default();
        let _ = writeln!(
            pages,
            "<section class=\"count-sheet\">\n<header class=\"count-sheet__head\"><h2>{shelf}</h2>\
             <p>{zone}<br>{store} · {stocktake}<br>{date} · {n} / {of}</p>\
             <p class=\"count-sheet__by\"><span lang=\"zh-CN\">盘点人</span> <span lang=\"en\">Counted by</span></p>\
             <p class=\"count-sheet__by\"><span lang=\"zh-CN\">时间</span> <span lang=\"en\">Time</span></p></header>\n\
             <table class=\"count-sheet__table\"><thead><tr>\
             <th scope=\"col\"><span lang=\"zh-CN\">商品</span> <span lang=\"en\">Item</span></th>\
             <th scope=\"col\"><span lang=\"zh-CN\">条码</span> <span lang=\"en\">Barcode</span></th>\
             <th scope=\"col\"><span lang=\"zh-CN\">实盘件数</span> <span lang=\"en\">Pieces counted</span></th>\
             </tr></thead><tbody>",
            shelf = shelf.shelf,
            zone = Escaped(&zone),
            store = Escaped(&sheet.store_name.zh),
            stocktake = sheet.stocktake,
            n = n + 1,
            of = sheet.shelves.len(),
        );
        for item in &shelf.items {
            let _ = writeln!(
                pages,
                "<tr><th scope=\"row\" lang=\"zh-CN\">{name} <small>{sku}</small></th><td class=\"count-sheet__code\">{code}</td>\
                 <td><span class=\"count-sheet__box\"></span></td></tr>",
                name = Escaped(&item.name),
                sku = item.sku,
                code = Escaped(item.code.trim_start_matches('0')),
            );
        }
        pages.push_str(
            "</tbody></table>\n<p class=\"count-sheet__foot\"><span lang=\"zh-CN\">一件都没有写 0，没盘到的留空。</span>\
             <br><span lang=\"en\">Write 0 where there is none; leave empty what you did not count.</span></p>\n</section>\n",
        );
    }
    let title = match language {
        Language::Zh => format!("{} · 盘点单 {}", sheet.store_name.zh, sheet.stocktake),
        Language::En => format!("{} · count sheet {}", sheet.store_name.en, sheet.stocktake),
    };
    page(&title, language, style, &pages)
}
