//! What scanning needs to know of the page it serves.

use crate::device::Device;
use crate::text::Language;
use domain::barcode::{ReadError, ReadRules, ScannedCode};
use domain::event::CountMethod;
use domain::id::SkuCode;
use domain::instant::{Timestamp, ZoneOffset};
use domain::master::Product;
use leptos::prelude::*;

/// One beat of colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flash {
    /// Accepted.
    Good,
    /// Nothing new.
    Repeat,
    /// Refused.
    Bad,
}

/// A product found by words of its name or digits of its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The item.
    pub sku: SkuCode,
    /// What it is called.
    pub name: String,
    /// The code printed on it.
    pub code: String,
}

impl Found {
    /// A product as found.
    pub fn of(product: &Product) -> Self {
        Self { sku: product.sku.clone(), name: product.name.clone(), code: product.printed_code() }
    }
}

/// Where codes go, and what is known about them.
#[derive(Clone, Copy)]
pub struct ScanBench {
    /// The page's language.
    pub language: Language,
    /// The phone.
    pub device: Device,
    /// How codes are read.
    pub rules: StoredValue<ReadRules>,
    /// The store's clocks.
    pub zone: ZoneOffset,
    /// The server's time as this phone believes it.
    pub now: Callback<(), Timestamp>,
    /// Whether a hardware scanner is listened to at all.
    pub is_listening: Callback<(), bool>,
    /// Whether codes are taken now: not while a refusal waits to be seen or something lies over the page.
    pub takes_scans: Callback<(), bool>,
    /// Takes a code, wherever it was read.
    pub take: Callback<(Result<ScannedCode, ReadError>, CountMethod)>,
    /// Takes a product that was chosen by its name.
    pub choose: Callback<SkuCode>,
    /// Finds products; at most so many.
    pub find: Callback<(String, usize), Vec<Found>>,
    /// What an item is called.
    pub name: Callback<SkuCode, String>,
    /// Takes the sheet for typing away, if it is there.
    pub close_typed: Callback<()>,
    /// What to hold before the camera.
    pub hint: Signal<&'static str>,
    /// The last beat of colour, and how many there were.
    pub flash: RwSignal<(u32, Flash)>,
}
