//! Makes the range: categories and products with names, prices and barcodes.

use super::catalogue::{CATEGORIES, CategorySpec, LABELS, ZONES};
use super::random::Random;
use domain::gtin::Gtin;
use domain::id::{CategoryCode, SkuCode, ZoneCode};
use domain::master::{Barcode, Category, Name, Product, Zone};

/// What the history needs to know of a product beside its master data.
#[derive(Debug, Clone)]
pub struct Traits {
    /// Index into the chain's categories.
    pub category: usize,
    /// Pieces in a delivery case.
    pub case_units: i64,
    /// How often it is bought, relative to the others of its category.
    pub pull: f64,
    /// Price of a piece, in minor units.
    pub price_minor: i64,
}

/// The range of a chain.
#[derive(Debug)]
pub struct Range {
    pub categories: Vec<Category>,
    pub products: Vec<Product>,
    /// One for each product, in the same order.
    pub traits: Vec<Traits>,
}

/// Sizes a range is stretched by once all names of a category are used up.
const EXTRAS: [&str; 6] = ["", " 家庭装", " 分享装", " 尝鲜装", " 礼盒装", " 限定款"];
/// Every fifth product or so is also known by its case's code.
const CASE_CODE_SHARE: f64 = 0.2;

pub fn range(n_products: usize, seed: u64) -> Range {
    let mut range = Range { categories: categories(), products: Vec::with_capacity(n_products), traits: Vec::new() };
    for (category, n_here) in shares(n_products).into_iter().enumerate() {
        let mut random = Random::new(seed, &format!("category {category}"));
        for offer in offers(&CATEGORIES[category], n_here, &mut random) {
            let number = range.products.len() + 1;
            let product = product(number, category, &offer, &mut random);
            let price_minor = product.price_minor;
            range.products.push(product);
            // A few products make most of the sales: 1 ÷ rank, the ranks drawn at random.
            let pull = 1.0 / (1.0 + random.between(0.0, 30.0));
            range.traits.push(Traits { category, case_units: offer.case_units, pull, price_minor });
        }
    }
    range
}

fn categories() -> Vec<Category> {
    let code = |number: usize| CategoryCode::parse(&format!("C{number:02}")).expect("a letter and digits");
    let of = |(at, spec): (usize, &CategorySpec)| Category {
        code: code(at + 1),
        name: Name { zh: spec.zh.into(), en: spec.en.into() },
    };
    CATEGORIES.iter().enumerate().map(of).collect()
}

/// The zones every store has.
pub fn zones() -> Vec<Zone> {
    let of = |(code, zh, en): &(&str, &str, &str)| Zone {
        code: ZoneCode::parse(code).expect("a letter"),
        name: Name { zh: (*zh).into(), en: (*en).into() },
    };
    ZONES.iter().map(of).collect()
}

/// Splits the range among the categories by their weights; the numbers add up to `n_products`.
fn shares(n_products: usize) -> Vec<usize> {
    let weights: Vec<usize> = CATEGORIES.iter().map(|spec| spec.range_weight as usize).collect();
    let total: usize = weights.iter().sum();
    let mut before = 0;
    let mut given = 0;
    weights
        .into_iter()
        .map(|weight| {
            before += weight;
            let here = n_products * before / total - given;
            given += here;
            here
        })
        .collect()
}

struct Offer {
    name: String,
    price_minor: i64,
    case_units: i64,
    label: usize,
}

/// Different names, as many as asked for.
fn offers(spec: &CategorySpec, n_offers: usize, random: &mut Random) -> Vec<Offer> {
    let mut offers = Vec::new();
    for extra in EXTRAS.iter().cycle() {
        if offers.len() >= n_offers {
            break;
        }
        let mut round = round(spec, extra, random);
        random.shuffle(&mut round);
        offers.append(&mut round);
    }
    offers.truncate(n_offers);
    offers
}

fn round(spec: &CategorySpec, extra: &str, random: &mut Random) -> Vec<Offer> {
    let mut round = Vec::new();
    for (label, label_name) in LABELS.iter().enumerate() {
        // Some labels are dearer than others.
        let level = 0.85 + 0.04 * (label % 9) as f64;
        for kind in spec.kinds {
            for variant in kind.variants {
                for pack in kind.packs {
                    let price = pack.price_minor as f64 * level * random.between(0.95, 1.05);
                    round.push(Offer {
                        name: format!("{label_name}{variant}{} {}{extra}", kind.noun, pack.size),
                        price_minor: shelf_price(price),
                        case_units: pack.case_units,
                        label,
                    });
                }
            }
        }
    }
    round
}

/// Rounds to a price as shops set it: to 0.10 below 10 yuan, to x.90 above.
fn shelf_price(minor: f64) -> i64 {
    let tenths = (minor / 10.0).round() as i64;
    if tenths < 100 { tenths * 10 } else { tenths / 10 * 100 + 90 }
}

fn product(number: usize, category: usize, offer: &Offer, random: &mut Random) -> Product {
    // GS1 China: 690 to 699, maker, item. The maker's digits are the label's, the item's run through the range.
    let payload = format!("69{}{:03}{:06}", offer.label % 10, 100 + offer.label, number);
    let item = Gtin::with_check_digit(&payload).expect("twelve digits");
    let mut barcodes = vec![Barcode { gtin: item, pieces: 1 }];
    if random.chance(CASE_CODE_SHARE) {
        let case = Gtin::with_check_digit(&format!("1{payload}")).expect("thirteen digits");
        let pieces = u32::try_from(offer.case_units).expect("a case holds a few dozen");
        barcodes.push(Barcode { gtin: case, pieces });
    }
    Product {
        sku: SkuCode::parse(&(100_000 + number).to_string()).expect("digits"),
        name: offer.name.clone(),
        category: CategoryCode::parse(&format!("C{:02}", category + 1)).expect("a letter and digits"),
        barcodes,
        price_minor: offer.price_minor,
    }
}
