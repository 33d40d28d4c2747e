//! Finds what a scanned code counts, and how many pieces of it.

use crate::barcode::ScannedCode;
use crate::gtin::Gtin;
use crate::id::SkuCode;
use crate::master::Product;
use crate::movement::Units;
use crate::shelf_tag::ShelfTag;
use crate::tally::LineItem;
use std::collections::HashMap;

/// The chain's products by barcode and by SKU.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    products: Vec<Product>,
    by_sku: HashMap<SkuCode, usize>,
    by_gtin: HashMap<Gtin, (usize, u32)>,
}

/// What a code stands for on this phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A shelf's label, its signature not looked at.
    Shelf(ShelfTag),
    /// So many pieces of something.
    Pieces {
        /// Of what.
        item: LineItem,
        /// How many; 1 unless the code itself says otherwise.
        units: Units,
    },
}

impl Catalogue {
    /// Takes the products. Where two carry one barcode, the first keeps it.
    #[must_use]
    pub fn new(products: Vec<Product>) -> Self {
        let mut by_sku = HashMap::with_capacity(products.len());
        let mut by_gtin = HashMap::with_capacity(products.len());
        for (index, product) in products.iter().enumerate() {
            by_sku.insert(product.sku.clone(), index);
            for barcode in &product.barcodes {
                by_gtin.entry(barcode.gtin).or_insert((index, barcode.pieces));
            }
        }
        Self { products, by_sku, by_gtin }
    }

    /// The product of a SKU.
    #[must_use]
    pub fn product(&self, sku: &SkuCode) -> Option<&Product> {
        self.by_sku.get(sku).and_then(|index| self.products.get(*index))
    }

    /// What an item is called; its code where nobody knows it.
    #[must_use]
    pub fn name_of(&self, sku: &SkuCode) -> String {
        self.product(sku).map_or_else(|| sku.to_string(), |product| product.name.clone())
    }

    /// The product that carries the barcode, and how many pieces it stands for.
    #[must_use]
    pub fn by_gtin(&self, gtin: Gtin) -> Option<(&Product, Units)> {
        let (index, pieces) = self.by_gtin.get(&gtin)?;
        Some((self.products.get(*index)?, Units::from(*pieces)))
    }

    /// Whose name, SKU or barcode holds all the words of `words`; at most `n_max`, in the chain's order.
    #[must_use]
    pub fn search(&self, words: &str, n_max: usize) -> Vec<&Product> {
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        if words.is_empty() {
            return Vec::new();
        }
        let holds = |product: &&Product| {
            let name = product.name.to_lowercase();
            words.iter().all(|word| {
                name.contains(word)
                    || product.sku.as_str().to_lowercase().contains(word)
                    || product.barcodes.iter().any(|barcode| barcode.gtin.to_gtin14().contains(word))
            })
        };
        self.products.iter().filter(holds).take(n_max).collect()
    }

    /// What a code stands for. A code that no product carries keeps its digits, so that nothing scanned is lost.
    ///
    /// A case's barcode counts the pieces in the case. A code with (30) or (02)(37) names its own number of them.
    #[must_use]
    pub fn meaning(&self, code: ScannedCode) -> Meaning {
        match code {
            ScannedCode::Shelf(tag) => Meaning::Shelf(tag),
            ScannedCode::Product { gtin, detail } => self.pieces(gtin, detail.n_units),
            ScannedCode::InStore(code) => {
                let known = code.article.and_then(|article| self.by_gtin(article)).map(|(product, _)| product);
                let by_number = || SkuCode::parse(&code.item).ok().and_then(|sku| self.product(&sku));
                let item = match known.or_else(by_number) {
                    Some(product) => LineItem::Known(product.sku.clone()),
                    None => LineItem::Unknown(code.article.map_or(code.item, |article| article.to_string())),
                };
                Meaning::Pieces { item, units: 1 }
            }
            ScannedCode::LogisticUnit(unit) => match unit.contained {
                Some(gtin) => self.pieces(gtin, unit.n_units),
                None => Meaning::Pieces { item: LineItem::Unknown(unit.sscc.unwrap_or_default()), units: 1 },
            },
            ScannedCode::Unknown { text } => {
                let item = match SkuCode::parse(&text).ok().filter(|sku| self.by_sku.contains_key(sku)) {
                    Some(sku) => LineItem::Known(sku),
                    None => LineItem::Unknown(text),
                };
                Meaning::Pieces { item, units: 1 }
            }
        }
    }

    /// `n_named`: how often the code says its barcode is there; once, where it says nothing.
    fn pieces(&self, gtin: Gtin, n_named: Option<u32>) -> Meaning {
        let n_named = n_named.filter(|n| *n > 0).map_or(1, Units::from);
        match self.by_gtin(gtin) {
            Some((product, pieces)) => Meaning::Pieces {
                item: LineItem::Known(product.sku.clone()),
                units: pieces.max(1).saturating_mul(n_named),
            },
            None => Meaning::Pieces { item: LineItem::Unknown(gtin.to_string()), units: n_named },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::barcode::{Format, ReadRules, read};
    use crate::id::CategoryCode;
    use crate::master::Barcode;

    fn catalogue() -> Catalogue {
        let product = |sku: &str, name: &str, barcodes: &[(&str, u32)]| Product {
            sku: SkuCode::parse(sku).expect("valid"),
            name: name.to_owned(),
            category: CategoryCode::parse("C01").expect("valid"),
            barcodes: barcodes
                .iter()
                .map(|(gtin, pieces)| Barcode { gtin: Gtin::parse(gtin).expect("valid"), pieces: *pieces })
                .collect(),
            price_minor: 1_000,
        };
        Catalogue::new(vec![
            product("100234", "光明鲜牛奶 950ml", &[("06901234567892", 1), ("16901234567899", 12)]),
            product("000123", "Loose apples", &[("02000123000008", 1)]),
        ])
    }

    fn check(text: &str, format: Format, expected: (LineItem, Units)) {
        let code = read(text, format, &ReadRules::cn(2026)).expect("a readable code");
        let (item, units) = expected;
        assert_eq!(catalogue().meaning(code), Meaning::Pieces { item, units }, "{text}");
    }

    fn known(sku: &str) -> LineItem {
        LineItem::Known(SkuCode::parse(sku).expect("valid"))
    }

    #[test]
    fn a_barcode_counts_one_piece_of_its_product() {
        check("6901234567892", Format::Ean13, (known("100234"), 1));
        check("100234", Format::Typed, (known("100234"), 1));
    }

    #[test]
    fn a_case_counts_its_pieces() {
        check("16901234567899", Format::Itf, (known("100234"), 12));
    }

    #[test]
    fn a_code_that_names_a_number_of_pieces_counts_them() {
        check("0106901234567892306", Format::DataMatrix, (known("100234"), 6));
        check("]C102069012345678923724", Format::Code128, (known("100234"), 24));
    }

    #[test]
    fn a_weighed_piece_is_one_piece_of_its_article() {
        check("2000123012506", Format::Ean13, (known("000123"), 1));
    }

    #[test]
    fn a_code_nobody_knows_keeps_its_digits() {
        check("4006381333931", Format::Ean13, (LineItem::Unknown("4006381333931".to_owned()), 1));
        check("SHELF-TALKER", Format::QrCode, (LineItem::Unknown("SHELF-TALKER".to_owned()), 1));
    }

    #[test]
    fn products_are_found_by_words_of_their_name_or_digits() {
        let catalogue = catalogue();
        let found = |words: &str| catalogue.search(words, 5).len();
        assert_eq!(
            (found("鲜牛奶"), found("APPLES loose"), found("4567892"), found("tea"), found(" ")),
            (1, 1, 1, 0, 0)
        );
    }
}
