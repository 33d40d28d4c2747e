//! The sheet of product barcodes: what a demo scans where there are no goods.

use super::page::{Escaped, Style, page};
use super::symbol::ean13;
use crate::store::master::Masters;
use domain::master::{Product, Shelf, Store};
use frontend::text::Language;
use std::fmt::Write;

/// A shelf with the products that stand on it.
pub struct Faced<'a> {
    /// The shelf.
    pub shelf: &'a Shelf,
    /// Its products, in facing order.
    pub products: Vec<&'a Product>,
}

/// Looks the products of shelves up.
pub fn faced<'a>(
    masters: &'a Masters,
    shelves: impl IntoIterator<Item = &'a Shelf>,
) -> impl Iterator<Item = Faced<'a>> {
    shelves.into_iter().map(|shelf| {
        let products = shelf.items.iter().filter_map(|sku| masters.products().get(sku)).collect();
        Faced { shelf, products }
    })
}

/// The sheet of the products' barcodes, shelf by shelf. Products without an item's code are left out.
#[must_use]
pub fn product_sheet<'a>(
    store: &Store,
    shelves: impl IntoIterator<Item = Faced<'a>>,
    language: Language,
    style: Style,
) -> String {
    let mut labels = String::new();
    for faced in shelves {
        let _ = writeln!(
            labels,
            "<section class=\"product-shelf\">\n<h2>{} <small>{}</small></h2>\n<ul class=\"product-labels\">",
            faced.shelf.code,
            Escaped(&store.name.zh),
        );
        for product in faced.products {
            let Some(symbol) = product.barcodes.first().and_then(|barcode| ean13(barcode.gtin)) else { continue };
            let _ = writeln!(
                labels,
                "<li class=\"product-label\"><p class=\"product-label__name\" lang=\"zh-CN\">{name}</p>{symbol}\
                 <p class=\"product-label__foot\"><strong>¥{price}</strong> <span>{sku}</span></p></li>",
                name = Escaped(&product.name),
                price = price(product.price_minor),
                sku = product.sku,
            );
        }
        labels.push_str("</ul>\n</section>\n");
    }
    let title = match language {
        Language::Zh => format!("{} · 商品条码", store.name.zh),
        Language::En => format!("{} · product barcodes", store.name.en),
    };
    page(&title, language, style, &labels)
}

/// `12.90` of 1290 分.
fn price(minor: i64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}
