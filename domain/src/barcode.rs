//! What a scanned text means.
//!
//! A decoder gives a text and the kind of symbol; [`read`] says whether that is a shelf, a product, something a
//! store's scale printed or a code nobody knows yet, in the one form in which the rest of the system compares codes.

mod format;
#[cfg(test)]
mod tests;

pub use format::Format;

use crate::gs1::{FNC1, Gs1Error, Message, TradeItem};
use crate::gtin::{Gtin, GtinError};
use crate::in_store::{InStoreCode, InStoreError, Scheme, Value};
use crate::shelf_tag::{ShelfTag, ShelfTagError};

/// Longest text that is looked at, in characters; no code of a shop is longer.
pub const MAX_CHARS: usize = 256;

/// What the meaning of a code depends on beside its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRules {
    /// The present year, which decides the century of a code's dates.
    pub this_year: i32,
    /// How the chain's scales use the in-store prefixes; the first scheme that fits is used.
    pub in_store: Vec<Scheme>,
}

impl ReadRules {
    /// The rules of a chain in China: see [`Scheme::defaults_cn`].
    #[must_use]
    pub fn cn(this_year: i32) -> Self {
        Self { this_year, in_store: Scheme::defaults_cn() }
    }
}

/// A code that makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScannedCode {
    /// A shelf's label. Its signature is checked where the key is, on the server or against the phone's list.
    Shelf(ShelfTag),
    /// A trade item.
    Product {
        /// Its number.
        gtin: Gtin,
        /// Lot, dates, serial number and weight where the symbol carries them.
        detail: Box<TradeItem>,
    },
    /// A piece labelled by the store's own scale.
    InStore(InStoreCode),
    /// A pallet or parcel.
    LogisticUnit(Box<TradeItem>),
    /// None of these, cleaned of control characters; a person can say what it is.
    Unknown {
        /// The text.
        text: String,
    },
}

/// Why a code is refused. Unlike [`ScannedCode::Unknown`] nobody should be asked what it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Nothing but spaces and control characters.
    #[error("the code is empty")]
    Empty,
    /// More than [`MAX_CHARS`] characters.
    #[error("the code has {n_chars} characters")]
    TooLong {
        /// How many.
        n_chars: usize,
    },
    /// A misread or mistyped number; the error says which last digit would fit.
    #[error("not a product number")]
    Number(#[source] GtinError),
    /// A misread price or weight.
    #[error("not a code of this store's scales")]
    InStore(#[source] InStoreError),
    /// An interleaved code of fewer or more than 14 digits, most often part of a longer one.
    #[error("an interleaved code of {n_digits} digits where 14 are expected")]
    PartialItf {
        /// How many digits were read.
        n_digits: usize,
    },
    /// It looks like a shelf's label and is none: damaged, or made up.
    #[error("not a shelf label of this chain")]
    Shelf(#[source] ShelfTagError),
    /// A shelf label of a later version than this program knows.
    #[error("a shelf label of an unknown version")]
    ShelfVersion,
}

impl ReadError {
    /// A stable name for texts and protocols.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "code_empty",
            Self::TooLong { .. } => "code_too_long",
            Self::Number(error) => error.code(),
            Self::InStore(_) => "code_in_store",
            Self::PartialItf { .. } => "code_partial_itf",
            Self::Shelf(_) => "shelf_tag_malformed",
            Self::ShelfVersion => "shelf_tag_version",
        }
    }

    /// Whether the camera may simply look again: the next frame will most likely read it right.
    #[must_use]
    pub const fn is_misread(&self) -> bool {
        matches!(self, Self::Empty | Self::Number(_) | Self::InStore(_) | Self::PartialItf { .. })
    }
}

impl ScannedCode {
    /// The text by which two sightings are the same code, whatever symbol it came from: two pieces with different
    /// serial numbers differ, and so do two pieces of different weight.
    #[must_use]
    pub fn identity(&self) -> String {
        match self {
            Self::Shelf(tag) => tag.text(),
            Self::Product { gtin, detail } => match &detail.serial {
                None => gtin.to_gtin14(),
                Some(serial) => format!("{}#{serial}", gtin.to_gtin14()),
            },
            Self::InStore(InStoreCode { item, value, .. }) => match value {
                Value::PriceMinor(price) => format!("{item} {price}p"),
                Value::WeightGrams(weight) => format!("{item} {weight}g"),
                Value::PriceAndWeight { price_minor, weight_grams } => format!("{item} {price_minor}p {weight_grams}g"),
            },
            Self::LogisticUnit(unit) => unit.sscc.clone().unwrap_or_else(|| format!("{unit:?}")),
            Self::Unknown { text } => text.clone(),
        }
    }
}

/// Says what a text means. `format` is what the decoder called the symbol; a symbology identifier such as `]C1`
/// in front of the text, which hardware scanners add, takes its place.
///
/// ```
/// use domain::barcode::{Format, ReadRules, ScannedCode, read};
/// let rules = ReadRules::cn(2026);
/// match read("6901234567892", Format::from_name("EAN13"), &rules) {
///     Ok(ScannedCode::Product { gtin, .. }) => assert_eq!(gtin.to_gtin14(), "06901234567892"),
///     other => panic!("{other:?}"),
/// }
/// let refused = read("6901234567890", Format::Typed, &rules).expect_err("the last digit should be 2");
/// assert_eq!(refused.code(), "gtin_check_digit");
/// ```
///
/// # Errors
/// [`ReadError`] for what was misread, mistyped or forged. A code that is merely not known is no error.
pub fn read(text: &str, format: Format, rules: &ReadRules) -> Result<ScannedCode, ReadError> {
    let clean = cleaned(text, format)?;
    let (format, is_gs1, text) = match format::split_identifier(&clean) {
        Some((identified, is_gs1, rest)) => (identified.unwrap_or(format), is_gs1, rest),
        None => (format, false, clean.as_str()),
    };
    if text.chars().all(|c| c == FNC1 || c.is_whitespace()) {
        return Err(ReadError::Empty);
    }
    if let Some(shelf) = shelf(text) {
        return shelf.map(ScannedCode::Shelf);
    }
    if format.is_number_only() {
        return retail_number(text, format, rules);
    }
    if let Some(read) = gs1_message(text, format, is_gs1, rules.this_year)? {
        return Ok(read);
    }
    let digits = text.bytes().all(|b| b.is_ascii_digit()).then_some(text);
    let number = digits.and_then(|digits| free_number(digits, format, rules).transpose());
    number.unwrap_or_else(|| Ok(ScannedCode::Unknown { text: text.replace(FNC1, "") }))
}

/// Drops what no code contains: control characters but FNC1, marks that keep no room, and spaces around.
fn cleaned(text: &str, format: Format) -> Result<String, ReadError> {
    let n_chars = text.chars().count();
    if n_chars > MAX_CHARS {
        return Err(ReadError::TooLong { n_chars });
    }
    let kept =
        |c: &char| *c == FNC1 || !(c.is_control() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{fffd}'));
    let mut clean: String = text.chars().filter(kept).collect();
    if matches!(format, Format::HardwareScanner | Format::Typed) {
        // The spellings under which keyboard scanners send a group separator.
        clean = clean.replace("<GS>", "\x1d").replace("^]", "\x1d").replace('\u{241d}', "\x1d");
    }
    if format == Format::Typed {
        clean = clean.chars().map(half_width).collect();
        let grouped = |c: char| c.is_ascii_digit() || c == ' ' || c == '-';
        if clean.chars().all(grouped) {
            clean.retain(|c| c.is_ascii_digit());
        }
    }
    let clean = clean.trim().to_owned();
    if clean.is_empty() { Err(ReadError::Empty) } else { Ok(clean) }
}

/// Chinese keyboards type full-width digits and letters as easily as plain ones.
fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// The shelf label in the text, where it looks like one in any case of letters.
fn shelf(text: &str) -> Option<Result<ShelfTag, ReadError>> {
    let upper = text.to_ascii_uppercase();
    let version = upper.strip_prefix("ST")?.split_once(':')?.0;
    if version.is_empty() || !version.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(match ShelfTag::parse(&upper) {
        Ok(tag) => Ok(tag),
        Err(ShelfTagError::NotAShelf) => Err(ReadError::ShelfVersion),
        Err(error) => Err(ReadError::Shelf(error)),
    })
}

/// Symbols that hold a trade item number and nothing else, so that anything else is a misread.
fn retail_number(text: &str, format: Format, rules: &ReadRules) -> Result<ScannedCode, ReadError> {
    // Books and magazines have two or five digits more, printed beside the code proper.
    let text = match (format, text.len()) {
        (Format::Ean13, 15 | 16 | 18 | 19) => text.get(..13).unwrap_or(text),
        _ => text,
    };
    let n_digits = text.chars().count();
    let gtin = match format {
        Format::Itf => match n_digits {
            14 => Gtin::parse(text),
            _ => return Err(ReadError::PartialItf { n_digits }),
        },
        // Decoders expand UPC-E or not; 6 to 8 digits are what the symbol shows.
        Format::UpcE if n_digits <= 8 => Gtin::parse_upc_e(text),
        _ => Gtin::parse(text),
    };
    in_store_or_product(gtin.map_err(ReadError::Number)?, rules)
}

/// Digits from a symbol that may hold anything, or from a keyboard.
fn free_number(digits: &str, format: Format, rules: &ReadRules) -> Result<Option<ScannedCode>, ReadError> {
    if digits.len() == 18 {
        return in_store(digits, rules);
    }
    let gtin = match (format, digits.len()) {
        // No GTIN-8 that GS1 gave out begins with 0, so that UPC-E is the likelier reading where both are possible.
        (Format::Typed | Format::HardwareScanner, 8) => match Gtin::parse(digits) {
            Ok(gtin) if !digits.starts_with('0') => Ok(gtin),
            as_gtin8 => Gtin::parse_upc_e(digits).or(as_gtin8),
        },
        (Format::Typed, _) | (_, 12..=14) => Gtin::parse(digits),
        // One in ten of a company's own eight-digit numbers would pass for a GTIN-8.
        _ => return Ok(None),
    };
    match gtin {
        Ok(gtin) => in_store_or_product(gtin, rules).map(Some),
        // A person can look at the digit again; other lengths are the company's own numbers.
        Err(error @ (GtinError::CheckDigit { .. } | GtinError::Zero)) if format == Format::Typed => {
            Err(ReadError::Number(error))
        }
        Err(_) => Ok(None),
    }
}

fn in_store_or_product(gtin: Gtin, rules: &ReadRules) -> Result<ScannedCode, ReadError> {
    if gtin.is_restricted()
        && gtin.indicator() == 0
        && let Some(code) = in_store(&gtin.to_gtin14()[1..], rules)?
    {
        return Ok(code);
    }
    Ok(product(gtin, TradeItem { gtin: Some(gtin), ..TradeItem::default() }))
}

fn in_store(digits: &str, rules: &ReadRules) -> Result<Option<ScannedCode>, ReadError> {
    for scheme in &rules.in_store {
        match scheme.read(digits) {
            Ok(code) => return Ok(Some(ScannedCode::InStore(code))),
            Err(InStoreError::Form) => {}
            // Eighteen digits may as well be an SSCC or a number of the company's own.
            Err(InStoreError::CheckDigit { .. }) if digits.len() == 18 => {}
            Err(error) => return Err(ReadError::InStore(error)),
        }
    }
    Ok(None)
}

/// Reads GS1 where the symbol says it is GS1, or the text can hardly be anything else.
fn gs1_message(text: &str, format: Format, is_gs1: bool, this_year: i32) -> Result<Option<ScannedCode>, ReadError> {
    let (message, is_sure) = if text.starts_with('(') || text.contains("://") {
        (Message::parse(text), false)
    } else {
        let is_sure = is_gs1 || format.is_gs1_only() || text.starts_with(FNC1);
        // (01) and a GTIN with its check digit: what is left when a scanner drops the mark of GS1.
        let is_likely = text.starts_with("01") && text.len() >= 16;
        if !is_sure && !is_likely && !text.contains(FNC1) {
            return Ok(None);
        }
        (Message::parse_element_string(text), is_sure)
    };
    match message {
        Ok(message) => Ok(meaning(message.trade_item(this_year))),
        Err(Gs1Error::CheckDigit { ai, expected, found }) if is_sure && ai == "01" => {
            Err(ReadError::Number(GtinError::CheckDigit { expected, found }))
        }
        Err(_) => Ok(None),
    }
}

fn meaning(item: TradeItem) -> Option<ScannedCode> {
    match item.gtin {
        Some(gtin) => Some(product(gtin, item)),
        None if item.sscc.is_some() || item.contained.is_some() => Some(ScannedCode::LogisticUnit(Box::new(item))),
        None => None,
    }
}

fn product(gtin: Gtin, detail: TradeItem) -> ScannedCode {
    ScannedCode::Product { gtin, detail: Box::new(detail) }
}
