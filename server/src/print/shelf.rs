//! The labels that hang on shelves.

use super::page::{Escaped, Style, page};
use super::symbol::qr;
use domain::master::{Shelf, Store, Zone};
use domain::shelf_tag::ShelfKey;
use frontend::text::Language;
use std::fmt::Write;

/// The sheet of the shelves' QR labels, each signed with the chain's key.
#[must_use]
pub fn shelf_sheet<'a>(
    store: &Store,
    zones: &[Zone],
    shelves: impl IntoIterator<Item = &'a Shelf>,
    key: &ShelfKey,
    language: Language,
    style: Style,
) -> String {
    let mut labels = String::from("<ul class=\"shelf-labels\">\n");
    for shelf in shelves {
        let zone_code = shelf.code.zone();
        let zone = zones.iter().find(|zone| zone.code == zone_code);
        let (zone_zh, zone_en) = zone.map_or((zone_code.as_str(), ""), |zone| (&zone.name.zh, &zone.name.en));
        let tag = key.sign(&store.code, &shelf.code);
        let _ = writeln!(
            labels,
            "<li class=\"shelf-label\">{symbol}<div class=\"shelf-label__text\">\
             <p class=\"shelf-label__zone\" lang=\"zh-CN\">{zone_zh}</p><p class=\"shelf-label__zone-en\" lang=\"en\">{zone_en}</p>\
             <p class=\"shelf-label__code\">{code}</p>\
             <p class=\"shelf-label__store\"><span lang=\"zh-CN\">{store_zh}</span> · {store_code}</p>\
             <p class=\"shelf-label__hint\"><span lang=\"zh-CN\">先扫货架，再扫商品</span><br>\
             <span lang=\"en\">Scan the shelf, then its products</span></p></div></li>",
            symbol = qr(&tag.text(), shelf.code.as_str()),
            zone_zh = Escaped(zone_zh),
            zone_en = Escaped(zone_en),
            code = shelf.code,
            store_zh = Escaped(&store.name.zh),
            store_code = store.code,
        );
    }
    labels.push_str("</ul>\n");
    let title = match language {
        Language::Zh => format!("{} · 货架码", store.name.zh),
        Language::En => format!("{} · shelf labels", store.name.en),
    };
    page(&title, language, style, &labels)
}
