//! Master data: what the chain knows before anything moves.

use crate::geo::Coordinates;
use crate::gtin::Gtin;
use crate::id::{CategoryCode, RegionCode, ShelfCode, SkuCode, StoreCode, ZoneCode};
use crate::instant::{Day, ZoneOffset};
use crate::movement::Units;
use serde::{Deserialize, Serialize};

/// A name in both languages of the interface.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Name {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A region of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Its code.
    pub code: RegionCode,
    /// As shown.
    pub name: Name,
}

/// A store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Store {
    /// Its code.
    pub code: StoreCode,
    /// As shown.
    pub name: Name,
    /// The region it belongs to.
    pub region: RegionCode,
    /// Where it stands.
    pub at: Coordinates,
    /// Events recorded farther from it than this, in metres, are outside.
    pub geofence_radius_m: u32,
    /// Its clocks.
    pub zone_offset: ZoneOffset,
    /// Opening hours of a usual day, in minutes after local midnight.
    pub opens_min: u16,
    /// Closing, in minutes after local midnight; later than opening.
    pub closes_min: u16,
}

/// A product category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Its code.
    pub code: CategoryCode,
    /// As shown.
    pub name: Name,
}

/// A sellable item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Its code.
    pub sku: SkuCode,
    /// As printed on the shelf label; products have one name.
    pub name: String,
    /// What it is sold as.
    pub category: CategoryCode,
    /// The barcodes it carries; the first is the piece's own.
    pub barcodes: Vec<Barcode>,
    /// Price of a piece, in minor units (分).
    pub price_minor: i64,
}

impl Product {
    /// The code printed on a piece, as people compare it: its barcode, or the SKU where it has none.
    #[must_use]
    pub fn printed_code(&self) -> String {
        self.barcodes.first().map_or_else(|| self.sku.to_string(), |barcode| barcode.gtin.to_string())
    }

    /// Pieces in the smallest pack that has a code of its own, which is what suppliers deliver; 1 for what comes singly.
    #[must_use]
    pub fn pack_units(&self) -> Units {
        self.barcodes.iter().map(|barcode| Units::from(barcode.pieces)).filter(|pieces| *pieces > 1).min().unwrap_or(1)
    }
}

/// A barcode of an item: a piece's, or that of a pack of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Barcode {
    /// The code.
    pub gtin: Gtin,
    /// Pieces in one such pack: 1 for the piece's own code, 12 for a case of twelve.
    pub pieces: u32,
}

/// What a store has ordered from a supplier. What has arrived of it is the ledger's to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseOrder {
    /// Its number, as on the delivery note; a receipt names it as its document.
    pub number: String,
    /// The store that gets the goods.
    pub store: StoreCode,
    /// As shown.
    pub supplier: String,
    /// When the goods are due.
    pub due: Day,
    /// What was ordered.
    pub lines: Vec<OrderLine>,
}

/// One item of a purchase order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The item.
    pub sku: SkuCode,
    /// Pieces ordered.
    pub units: Units,
}

/// A zone of a store's floor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    /// Its code.
    pub code: ZoneCode,
    /// As shown.
    pub name: Name,
}

/// A shelf and what the planogram puts on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelf {
    /// Its code; the zone is part of it.
    pub code: ShelfCode,
    /// The items that belong there, in facing order.
    pub items: Vec<SkuCode>,
}
