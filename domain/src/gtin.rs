//! Trade item numbers: what an EAN, UPC or ITF-14 barcode says once its length no longer matters.
//!
//! The same product is `614141000036` as UPC-A, `0614141000036` as EAN-13 and `00614141000036` in a GS1 code.
//! [`Gtin`] is the 14-digit form, so that equal products are equal values. Source: GS1 General Specifications,
//! sections 3.3 (GTIN), 7.9.1 (check digit), 1.4 (prefixes) and 5.2.2.4.2 (UPC-E).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A trade item number in its canonical 14-digit form, check digit included and right.
///
/// Serialised as its 14 digits; any of the usual lengths is read.
///
/// ```
/// use domain::gtin::{Gtin, GtinError};
/// let printed = Gtin::parse("6901234567892").expect("a right EAN-13");
/// assert_eq!(printed, Gtin::parse("06901234567892").expect("the same as GTIN-14"));
/// assert_eq!(printed.to_string(), "6901234567892");
/// assert_eq!(Gtin::parse("6901234567890"), Err(GtinError::CheckDigit { expected: 2, found: 0 }));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Gtin(u64);

/// Why a text is no trade item number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GtinError {
    /// Another number of digits than 8, 12, 13 or 14 (UPC-E: 6, 7 or 8).
    #[error("{n_digits} digits where 8, 12, 13 or 14 are expected")]
    Length {
        /// How many there are.
        n_digits: usize,
    },
    /// Something else than a digit.
    #[error("not a digit at position {at}")]
    NotDigits {
        /// Which character, counted from 0.
        at: usize,
    },
    /// A digit was misread or mistyped: the last digit does not fit the others.
    #[error("the last digit is {found} where the others call for {expected}")]
    CheckDigit {
        /// What the last digit would be if the others are right.
        expected: u8,
        /// What it is.
        found: u8,
    },
    /// Nothing but zeros, which scanners and spreadsheets produce for "none".
    #[error("all digits are 0")]
    Zero,
    /// UPC-E exists in number systems 0 and 1 only.
    #[error("UPC-E begins with 0 or 1, not {found}")]
    NumberSystem {
        /// The first digit.
        found: u8,
    },
}

impl GtinError {
    /// A stable name for texts and protocols.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Length { .. } => "gtin_length",
            Self::NotDigits { .. } => "gtin_not_digits",
            Self::CheckDigit { .. } => "gtin_check_digit",
            Self::Zero => "gtin_zero",
            Self::NumberSystem { .. } => "gtin_number_system",
        }
    }
}

/// What a trade item number stands for, told by the first of its 14 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackLevel {
    /// Indicator 0: the item as such, usually what the customer buys.
    Item,
    /// Indicators 1 to 8: a case or other grouping of one item; which one is the brand owner's choice.
    Grouping(u8),
    /// Indicator 9: an item of variable measure, sold by weight.
    VariableMeasure,
}

/// The digit from 0 to 9 that follows `payload`, all the digits before it read as one number.
///
/// Leading zeros do not matter, so one function serves every GS1 key: GTIN, GLN and SSCC.
///
/// ```
/// assert_eq!(domain::gtin::check_digit(690123456789), 2);
/// ```
#[must_use]
pub const fn check_digit(payload: u64) -> u8 {
    let mut rest = payload;
    let mut sum = 0;
    let mut weight = 3;
    while rest > 0 {
        sum += rest % 10 * weight;
        weight = 4 - weight;
        rest /= 10;
    }
    ((10 - sum % 10) % 10).to_le_bytes()[0]
}

/// Reads ASCII digits as one number.
///
/// # Errors
/// [`GtinError::NotDigits`] at the first other character, [`GtinError::Length`] beyond 19 digits.
fn number(text: &str) -> Result<u64, GtinError> {
    if let Some(at) = text.chars().position(|c| !c.is_ascii_digit()) {
        return Err(GtinError::NotDigits { at });
    }
    text.parse().map_err(|_| GtinError::Length { n_digits: text.len() })
}

impl Gtin {
    /// Reads 8, 12, 13 or 14 digits. Eight digits are a GTIN-8; see [`Gtin::parse_upc_e`] for UPC-E.
    ///
    /// # Errors
    /// [`GtinError`], with the digit that is expected last where only that one is wrong.
    pub fn parse(text: &str) -> Result<Self, GtinError> {
        let value = number(text)?;
        match text.len() {
            8 | 12 | 13 | 14 => Self::checked(value),
            n_digits => Err(GtinError::Length { n_digits }),
        }
    }

    /// Reads a UPC-E symbol's digits: six, seven with the number system, or eight with the check digit too.
    ///
    /// ```
    /// use domain::gtin::Gtin;
    /// assert_eq!(Gtin::parse_upc_e("06543217"), Gtin::parse("065100004327"));
    /// ```
    ///
    /// # Errors
    /// [`GtinError`]; the check digit is that of the expanded UPC-A.
    pub fn parse_upc_e(text: &str) -> Result<Self, GtinError> {
        let value = number(text)?;
        let (system, short, check) = match text.len() {
            6 => (0, value, None),
            7 => (value / 1_000_000, value % 1_000_000, None),
            8 => (value / 10_000_000, value / 10 % 1_000_000, Some(value % 10)),
            n_digits => return Err(GtinError::Length { n_digits }),
        };
        if system > 1 {
            return Err(GtinError::NumberSystem { found: system.to_le_bytes()[0] });
        }
        // `abcdef` hides zeros between maker and product; its last digit says where they were.
        let last = short % 10;
        let (maker, product) = match last {
            0..=2 => (short / 10_000 * 1000 + last * 100, short / 10 % 1000),
            3 => (short / 1000 * 100, short / 10 % 100),
            4 => (short / 100 * 10, short / 10 % 10),
            _ => (short / 10, last),
        };
        let payload = system * 10_000_000_000 + maker * 100_000 + product;
        Self::checked(payload * 10 + check.unwrap_or_else(|| check_digit(payload).into()))
    }

    /// Completes 7, 11, 12 or 13 digits with their check digit.
    ///
    /// # Errors
    /// [`GtinError`] for other lengths, other characters, and zeros only.
    pub fn with_check_digit(payload: &str) -> Result<Self, GtinError> {
        let value = number(payload)?;
        match payload.len() {
            7 | 11 | 12 | 13 => Self::checked(value * 10 + u64::from(check_digit(value))),
            n_digits => Err(GtinError::Length { n_digits: n_digits + 1 }),
        }
    }

    fn checked(value: u64) -> Result<Self, GtinError> {
        if value == 0 {
            return Err(GtinError::Zero);
        }
        let expected = check_digit(value / 10);
        let found = (value % 10).to_le_bytes()[0];
        if expected == found { Ok(Self(value)) } else { Err(GtinError::CheckDigit { expected, found }) }
    }

    /// All 14 digits.
    #[must_use]
    pub fn to_gtin14(self) -> String {
        format!("{:014}", self.0)
    }

    /// The first of the 14 digits; see [`Gtin::pack_level`].
    #[must_use]
    pub const fn indicator(self) -> u8 {
        (self.0 / 10_000_000_000_000).to_le_bytes()[0]
    }

    /// Whether this is the item itself, a case of it, or something sold by weight.
    #[must_use]
    pub const fn pack_level(self) -> PackLevel {
        match self.indicator() {
            0 => PackLevel::Item,
            9 => PackLevel::VariableMeasure,
            level => PackLevel::Grouping(level),
        }
    }

    /// The item inside a case with the usual numbering: the same digits under indicator 0. The item itself for
    /// an item. Only a guess to look up, since a brand owner may number a case anew.
    #[must_use]
    pub fn item_inside(self) -> Self {
        let payload = self.0 % 10_000_000_000_000 / 10;
        Self(payload * 10 + u64::from(check_digit(payload)))
    }

    /// Whether the number means something inside one company or region only: prefixes 02, 04 and 20 to 29, and
    /// eight digits that begin with 0 or 2. Two chains use the same restricted number for different things.
    #[must_use]
    pub const fn is_restricted(self) -> bool {
        if self.0 < 100_000_000 {
            return matches!(self.0 / 10_000_000, 0 | 2);
        }
        self.indicator() == 0 && matches!(self.0 / 100_000_000_000, 2 | 4 | 20..=29)
    }

    /// The six digits, number system and check digit of UPC-E, where the number has that short form.
    #[must_use]
    pub fn to_upc_e(self) -> Option<String> {
        let (system, maker) = (self.0 / 100_000_000_000, self.0 / 1_000_000 % 100_000);
        let (product, check) = (self.0 / 10 % 100_000, self.0 % 10);
        if system > 1 {
            return None;
        }
        // In the order of the specification: the first rule that fits is the one encoders use.
        let short = if maker % 100 == 0 && maker / 100 % 10 <= 2 && product <= 999 {
            maker / 1000 * 10_000 + product * 10 + maker / 100 % 10
        } else if maker % 100 == 0 && product <= 99 {
            maker / 100 * 1000 + product * 10 + 3
        } else if maker % 10 == 0 && product <= 9 {
            maker / 10 * 100 + product * 10 + 4
        } else if (5..=9).contains(&product) && maker % 10 != 0 {
            maker * 10 + product
        } else {
            return None;
        };
        Some(format!("{system}{short:06}{check}"))
    }
}

/// The shortest usual form: 8, 12, 13 or 14 digits, as printed under the bars.
impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0..100_000_000 => write!(f, "{:08}", self.0),
            100_000_000..1_000_000_000_000 => write!(f, "{:012}", self.0),
            _ => write!(f, "{}", self.0),
        }
    }
}

impl fmt::Debug for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gtin({:014})", self.0)
    }
}

impl FromStr for Gtin {
    type Err = GtinError;
    fn from_str(text: &str) -> Result<Self, GtinError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Gtin {
    type Error = GtinError;
    fn try_from(text: String) -> Result<Self, GtinError> {
        Self::parse(&text)
    }
}

impl From<Gtin> for String {
    fn from(gtin: Gtin) -> Self {
        gtin.to_gtin14()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gtin(text: &str) -> Gtin {
        Gtin::parse(text).expect("the test's number is right")
    }

    #[test]
    fn the_length_printed_does_not_matter() {
        for text in ["614141000036", "0614141000036", "00614141000036"] {
            assert_eq!(gtin(text).to_gtin14(), "00614141000036");
        }
        assert_eq!(gtin("48512343").to_gtin14(), "00000048512343");
    }

    #[test]
    fn the_shortest_usual_form_is_shown() {
        for text in ["48512343", "614141000036", "6901234567892", "16901234567899"] {
            assert_eq!(gtin(text).to_string(), text);
        }
    }

    #[test]
    fn a_wrong_number_says_what_is_wrong() {
        for (text, expected) in [
            ("", GtinError::Length { n_digits: 0 }),
            ("123456789", GtinError::Length { n_digits: 9 }),
            ("690123456789２", GtinError::NotDigits { at: 12 }),
            ("69012x4567892", GtinError::NotDigits { at: 5 }),
            ("+901234567892", GtinError::NotDigits { at: 0 }),
            ("6901234567893", GtinError::CheckDigit { expected: 2, found: 3 }),
            ("0000000000000", GtinError::Zero),
            ("99999999999999999999999", GtinError::Length { n_digits: 23 }),
        ] {
            assert_eq!(Gtin::parse(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn upc_e_expands_by_its_last_digit() {
        // By PyPI biip 5.2.0, `Upc.parse(text).as_upc_a()`; the first four are photographs of the zxing-cpp samples.
        for (short, long) in [
            ("01234565", "012345000065"),
            ("01234531", "012300000451"),
            ("05096893", "050968000093"),
            ("04963406", "049000006346"),
            ("06543217", "065100004327"),
            ("04252614", "042100005264"),
            ("01234133", "012300000413"),
            ("01234145", "012340000015"),
            ("11234562", "112345000062"),
        ] {
            assert_eq!(Gtin::parse_upc_e(short), Gtin::parse(long), "{short}");
            assert!(Gtin::parse_upc_e(short).is_ok(), "{short} {:?}", Gtin::parse_upc_e(short));
        }
        assert_eq!(Gtin::parse_upc_e("654321"), Gtin::parse("065100004327"));
        assert_eq!(Gtin::parse_upc_e("21234565"), Err(GtinError::NumberSystem { found: 2 }));
        assert_eq!(gtin("065100004327").to_upc_e().as_deref(), Some("06543217"));
        assert_eq!(gtin("614141000036").to_upc_e(), None);
    }

    #[test]
    fn pack_levels_and_the_item_inside() {
        assert_eq!(gtin("6901234567892").pack_level(), PackLevel::Item);
        assert_eq!(gtin("16901234567899").pack_level(), PackLevel::Grouping(1));
        assert_eq!(gtin("16901234567899").item_inside(), gtin("6901234567892"));
        assert_eq!(Gtin::with_check_digit("9690123456789").map(Gtin::pack_level), Ok(PackLevel::VariableMeasure));
    }

    #[test]
    fn in_store_prefixes_are_restricted() {
        for (payload, restricted) in [
            ("211234501234", true),
            ("291234501234", true),
            ("021234501234", true),
            ("041234501234", true),
            ("300123450123", false),
            ("690123456789", false),
            ("061414100003", false),
            ("2001234", true),
            ("0001234", true),
            ("4851234", false),
            ("1211234501234", false),
        ] {
            let code = Gtin::with_check_digit(payload).expect("digits of a right length");
            assert_eq!(code.is_restricted(), restricted, "{code}");
        }
    }
}
