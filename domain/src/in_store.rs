//! Codes that a store's own scale prints: the number of the article with its price or weight inside.
//!
//! GS1 leaves prefixes 02 and 20 to 29 to each market, so the digits mean what the chain's scales are set to.
//! A [`Scheme`] is that setting, written as a pattern. Source of the check digits: GS1 General Specifications,
//! sections 7.9.2 to 7.9.4.

use crate::gtin::{Gtin, check_digit};
use std::fmt;
use std::str::FromStr;

/// How the digits of an in-store code are used, one letter a digit:
///
/// | letter | meaning |
/// |---|---|
/// | `0`–`9` | this digit must stand here (the prefix, first in the pattern) |
/// | `I` | item number |
/// | `P` | price in minor units (分) |
/// | `W` | weight in grams |
/// | `K` | check digit of the price, or else of the weight, which then has 4 or 5 digits |
/// | `X` | any digit, not looked at |
/// | `C` | check digit of the whole, last |
///
/// ```
/// use domain::in_store::{Scheme, Value};
/// let scheme: Scheme = "2IIIIIIPPPPPC".parse().expect("a right pattern");
/// let code = scheme.read("2000123012506").expect("the prefix and check digit fit");
/// assert_eq!((code.item.as_str(), code.value), ("000123", Value::PriceMinor(1250)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme(String);

/// Why a pattern is no scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SchemeError {
    /// A letter without a meaning.
    #[error("{letter:?} has no meaning in a pattern")]
    Letter {
        /// It.
        letter: char,
    },
    /// Neither 13 nor 18 digits.
    #[error("a pattern has 13 or 18 places, this one {n_places}")]
    Length {
        /// How many it has.
        n_places: usize,
    },
    /// The prefix is not one that is left to stores: 02 or 2.
    #[error("a pattern begins with 02 or 2")]
    Prefix,
    /// No item number, neither price nor weight, or no check digit at the end alone.
    #[error("a pattern needs I, P or W, and one C at its end")]
    Parts,
    /// The places of one value are apart.
    #[error("the places of {letter:?} must stand together")]
    Apart {
        /// Which value.
        letter: char,
    },
    /// A price check digit exists for values of 4 and 5 digits.
    #[error("a price check digit needs a value of 4 or 5 places")]
    ValueCheck,
}

/// Why a code does not fit a scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InStoreError {
    /// Another length or prefix: some other scheme's code, or none.
    #[error("the code does not have this form")]
    Form,
    /// The last digit is wrong.
    #[error("the last digit is {found} where the others call for {expected}")]
    CheckDigit {
        /// What it should be.
        expected: u8,
        /// What it is.
        found: u8,
    },
    /// The check digit of price or weight is wrong.
    #[error("the value's check digit is {found} where the value calls for {expected}")]
    ValueCheckDigit {
        /// What it should be.
        expected: u8,
        /// What it is.
        found: u8,
    },
}

/// What a scale printed into a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Value {
    /// The price of this piece, in minor units (分).
    PriceMinor(i64),
    /// Its weight in grams.
    WeightGrams(i64),
    /// Both, as in the 18-digit codes of Chinese scales.
    PriceAndWeight {
        /// In minor units (分).
        price_minor: i64,
        /// In grams.
        weight_grams: i64,
    },
}

/// An in-store code taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InStoreCode {
    /// The number of the article as the scales have it, leading zeros kept.
    pub item: String,
    /// Price, weight or both of this very piece.
    pub value: Value,
    /// The 13-digit code with zeros for the value: the same for every piece of the article, and what a product
    /// list would hold. None for 18 digits.
    pub article: Option<Gtin>,
}

impl Scheme {
    /// What most Chinese stores' scales print: prefix 2, six digits of item, five of price, check digit; and the
    /// 18-digit code with prefix 2, item, price, weight.
    #[must_use]
    pub fn defaults_cn() -> Vec<Self> {
        ["2IIIIIIPPPPPC", "2IIIIIIPPPPPWWWWWC"].map(|pattern| Self(pattern.to_owned())).to_vec()
    }

    /// Reads a code that a scale printed.
    ///
    /// # Errors
    /// [`InStoreError::Form`] for codes that are none of this scheme's, others for misread ones.
    pub fn read(&self, digits: &str) -> Result<InStoreCode, InStoreError> {
        let fits = self.0.len() == digits.len()
            && self
                .0
                .chars()
                .zip(digits.chars())
                .all(|(place, digit)| digit.is_ascii_digit() && (place == digit || !place.is_ascii_digit()));
        if !fits {
            return Err(InStoreError::Form);
        }
        let whole: u64 = digits.parse().map_err(|_| InStoreError::Form)?;
        let (expected, found) = (check_digit(whole / 10), (whole % 10).to_le_bytes()[0]);
        if expected != found {
            return Err(InStoreError::CheckDigit { expected, found });
        }
        let price = self.part('P', digits);
        let weight = self.part('W', digits);
        if let (Some(found), Some(value)) = (self.part('K', digits), price.or(weight)) {
            let expected = value_check_digit(value).ok_or(InStoreError::Form)?;
            let found = found.parse().map_err(|_| InStoreError::Form)?;
            if expected != found {
                return Err(InStoreError::ValueCheckDigit { expected, found });
            }
        }
        let number = |part: Option<&str>| part.and_then(|text| text.parse().ok());
        let value = match (number(price), number(weight)) {
            (Some(price_minor), Some(weight_grams)) => Value::PriceAndWeight { price_minor, weight_grams },
            (Some(price_minor), None) => Value::PriceMinor(price_minor),
            (None, Some(weight_grams)) => Value::WeightGrams(weight_grams),
            (None, None) => return Err(InStoreError::Form),
        };
        let zeroed: String = self
            .0
            .chars()
            .zip(digits.chars())
            .map(|(place, digit)| if matches!(place, 'P' | 'W' | 'K' | 'X') { '0' } else { digit })
            .collect();
        let article = if digits.len() == 13 { Gtin::with_check_digit(&zeroed[..12]).ok() } else { None };
        let item = self.part('I', digits).unwrap_or_default().to_owned();
        Ok(InStoreCode { item, value, article })
    }

    fn part<'a>(&self, letter: char, digits: &'a str) -> Option<&'a str> {
        let from = self.0.find(letter)?;
        digits.get(from..=self.0.rfind(letter)?)
    }
}

impl FromStr for Scheme {
    type Err = SchemeError;
    fn from_str(pattern: &str) -> Result<Self, SchemeError> {
        if let Some(letter) = pattern.chars().find(|c| !c.is_ascii_digit() && !"IPWKXC".contains(*c)) {
            return Err(SchemeError::Letter { letter });
        }
        if !matches!(pattern.len(), 13 | 18) {
            return Err(SchemeError::Length { n_places: pattern.len() });
        }
        if !(pattern.starts_with("02") || pattern.starts_with('2')) {
            return Err(SchemeError::Prefix);
        }
        let n_places = |letter: char| pattern.matches(letter).count();
        for letter in ['I', 'P', 'W'] {
            let span = pattern.find(letter).zip(pattern.rfind(letter)).map_or(0, |(from, to)| to - from + 1);
            if span != n_places(letter) {
                return Err(SchemeError::Apart { letter });
            }
        }
        let body = pattern.trim_start_matches(|c: char| c.is_ascii_digit());
        let complete = n_places('I') > 0
            && n_places('P') + n_places('W') > 0
            && n_places('C') == 1
            && pattern.ends_with('C')
            && !body.contains(|c: char| c.is_ascii_digit());
        if !complete {
            return Err(SchemeError::Parts);
        }
        let checked = if n_places('P') > 0 { n_places('P') } else { n_places('W') };
        match n_places('K') {
            0 => {}
            1 if matches!(checked, 4 | 5) => {}
            _ => return Err(SchemeError::ValueCheck),
        }
        Ok(Self(pattern.to_owned()))
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The check digit that scales put before or after a price of 4 or 5 digits; none for other lengths.
#[must_use]
pub fn value_check_digit(value: &str) -> Option<u8> {
    // A factor with a sign: the tens of the product are added or taken away, so that most swaps are noticed.
    const TWO_MINUS: [u8; 10] = [0, 2, 4, 6, 8, 9, 1, 3, 5, 7];
    const THREE: [u8; 10] = [0, 3, 6, 9, 2, 5, 8, 1, 4, 7];
    const FIVE_PLUS: [u8; 10] = [0, 5, 1, 6, 2, 7, 3, 8, 4, 9];
    const FIVE_MINUS: [u8; 10] = [0, 5, 9, 4, 8, 3, 7, 2, 6, 1];
    let digits: Vec<u8> =
        value.chars().map(|c| c.to_digit(10).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
    let sum = |tables: &[[u8; 10]]| -> u8 {
        digits.iter().zip(tables).map(|(&digit, table)| table[usize::from(digit)]).sum()
    };
    match digits.len() {
        4 => Some(sum(&[TWO_MINUS, TWO_MINUS, THREE, FIVE_MINUS]) * 3 % 10),
        5 => {
            let wanted = (10 - sum(&[FIVE_PLUS, TWO_MINUS, FIVE_MINUS, FIVE_PLUS, TWO_MINUS]) % 10) % 10;
            (0..10).find(|&digit| FIVE_MINUS[usize::from(digit)] == wanted)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme(pattern: &str) -> Scheme {
        pattern.parse().expect("the test's pattern is right")
    }

    #[test]
    fn value_check_digits_match_the_specification() {
        // 2875 and 14685 are the worked examples of sections 7.9.3 and 7.9.4; the rest by PyPI biip 5.2.0.
        for (value, expected) in [("2875", 9), ("14685", 6), ("0000", 0), ("00000", 0), ("1990", 8), ("01990", 4)] {
            assert_eq!(value_check_digit(value), Some(expected), "{value}");
        }
        assert_eq!(value_check_digit("123"), None);
        assert_eq!(value_check_digit("12a4"), None);
    }

    #[test]
    fn price_weight_or_both_are_read() {
        let code =
            scheme("02IIIIIWWWWWC").read(&Gtin::with_check_digit("021234500750").expect("digits").to_gtin14()[1..]);
        assert_eq!(code.map(|c| (c.item, c.value)), Ok(("12345".to_owned(), Value::WeightGrams(750))));
        let both = "22123450129900650";
        let both = format!("{both}{}", check_digit(both.parse().expect("digits")));
        let code = scheme("22IIIIIPPPPPWWWWWC").read(&both).expect("fits");
        assert_eq!(code.value, Value::PriceAndWeight { price_minor: 1299, weight_grams: 650 });
        assert_eq!((code.item.as_str(), code.article), ("12345", None));
    }

    #[test]
    fn every_piece_of_an_article_has_one_article_number() {
        let scheme = scheme("2IIIIIIPPPPPC");
        let article = |payload| {
            let printed = Gtin::with_check_digit(payload).expect("digits").to_string();
            scheme.read(&printed).expect("fits").article
        };
        assert_eq!(article("200012301250"), article("200012300300"));
        assert_ne!(article("200012301250"), article("200012401250"));
    }

    #[test]
    fn misread_codes_are_refused() {
        assert_eq!(
            scheme("2IIIIIIPPPPPC").read("2000123012508"),
            Err(InStoreError::CheckDigit { expected: 6, found: 8 })
        );
        assert_eq!(scheme("2IIIIIIPPPPPC").read("6901234567892"), Err(InStoreError::Form));
        let printed = Gtin::with_check_digit("201234528750").expect("digits").to_string();
        assert_eq!(
            scheme("20IIIIIPPPPKC").read(&printed),
            Err(InStoreError::ValueCheckDigit { expected: 9, found: 0 })
        );
    }

    #[test]
    fn a_wrong_pattern_says_why() {
        for (pattern, expected) in [
            ("2IIIIIIQQQQQC", SchemeError::Letter { letter: 'Q' }),
            ("2IIIIIIPPPPC", SchemeError::Length { n_places: 12 }),
            ("6IIIIIIPPPPPC", SchemeError::Prefix),
            ("2IIIIIIXXXXXC", SchemeError::Parts),
            ("2IIIIIICPPPPP", SchemeError::Parts),
            ("2IIII3IIPPPPC", SchemeError::Apart { letter: 'I' }),
            ("2IIIIIPPPPPPK", SchemeError::Parts),
            ("2IIIIPPPPPPKC", SchemeError::ValueCheck),
        ] {
            assert_eq!(pattern.parse::<Scheme>(), Err(expected), "{pattern}");
        }
        for scheme in Scheme::defaults_cn() {
            assert_eq!(scheme.to_string().parse(), Ok(scheme));
        }
    }
}
