//! GS1 codes: one symbol that says which item, which lot, how long it keeps and what it weighs.
//!
//! The same [`Message`] travels in three spellings: the element string of GS1-128, GS1 DataMatrix and GS1 DataBar,
//! with FNC1 (`\x1d`) between its parts; the bracketed text printed below it, `(01)06901234567892(10)A7`; and a
//! GS1 Digital Link, `https://example.com/01/06901234567892/10/A7`, of any domain. Compressed Digital Links are
//! not read. Source: GS1 General Specifications, section 3 and 7.8; GS1 Digital Link standard, section 4.

mod ai;
mod item;
mod link;

pub use item::{Price, TradeItem};

use crate::gtin::check_digit;
use ai::{Check, Form};
use std::fmt;

/// FNC1 as scanners transmit it: the ASCII group separator.
pub const FNC1: char = '\x1d';

/// What precedes a GS1 element string where a scanner adds the symbology identifier of ISO/IEC 15424: GS1-128,
/// GS1 DataMatrix, GS1 QR, GS1 DataBar, GS1 DotCode.
pub const GS1_IDENTIFIERS: [&str; 5] = ["]C1", "]d2", "]Q3", "]e0", "]J1"];

/// Why a text is no GS1 message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Gs1Error {
    /// There is nothing in it.
    #[error("no element in the code")]
    Empty,
    /// No identifier of the GS1 system stands here.
    #[error("no application identifier at position {at}")]
    UnknownIdentifier {
        /// Which byte, counted from 0 after the symbology identifier.
        at: usize,
    },
    /// A value is too short or too long for its identifier.
    #[error("a value of {n_chars} characters does not suit ({ai})")]
    Length {
        /// The application identifier.
        ai: String,
        /// Length of the value.
        n_chars: usize,
    },
    /// A value has characters that its identifier does not allow.
    #[error("the value of ({ai}) has characters that do not belong there")]
    Characters {
        /// The application identifier.
        ai: String,
    },
    /// The check digit of a GTIN, SSCC or location number is wrong.
    #[error("the check digit of ({ai}) is {found} where the others call for {expected}")]
    CheckDigit {
        /// The application identifier.
        ai: String,
        /// What it should be if the other digits are right.
        expected: u8,
        /// What it is.
        found: u8,
    },
    /// One identifier stands there twice with different values.
    #[error("({ai}) is there twice with different values")]
    Conflict {
        /// The application identifier.
        ai: String,
    },
    /// A web address without a GS1 key in its path.
    #[error("not a GS1 Digital Link")]
    NotALink,
}

/// One application identifier with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    ai: String,
    value: String,
}

impl Element {
    /// Checks a value against its identifier, such as `01` and 14 digits.
    ///
    /// # Errors
    /// [`Gs1Error`] for an unknown identifier, a wrong length, character or check digit.
    pub fn try_new(ai: &str, value: &str) -> Result<Self, Gs1Error> {
        let form = ai::exactly(ai).ok_or(Gs1Error::UnknownIdentifier { at: 0 })?;
        Self::checked(ai, form, value)
    }

    fn checked(ai: &str, form: Form, value: &str) -> Result<Self, Gs1Error> {
        let ai = || ai.to_owned();
        if !(form.min..=form.max).contains(&value.len()) {
            return Err(Gs1Error::Length { ai: ai(), n_chars: value.chars().count() });
        }
        if !ai::fits(form.charset, value) {
            return Err(Gs1Error::Characters { ai: ai() });
        }
        let key = match form.check {
            Check::None => None,
            Check::LastDigit => Some(value),
            Check::First14 => value.get(..14),
        };
        if let Some(key) = key {
            let number: u64 = key.parse().map_err(|_| Gs1Error::Characters { ai: ai() })?;
            let (expected, found) = (check_digit(number / 10), (number % 10).to_le_bytes()[0]);
            if expected != found {
                return Err(Gs1Error::CheckDigit { ai: ai(), expected, found });
            }
        }
        Ok(Self { ai: ai(), value: value.to_owned() })
    }

    /// The application identifier: two to four digits.
    #[must_use]
    pub fn ai(&self) -> &str {
        &self.ai
    }

    /// Its value.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// The elements of one code, in the order in which they stand there.
///
/// ```
/// use domain::gs1::Message;
/// let scanned = Message::parse("0106901234567892172711001012B\x1d2177").expect("right");
/// assert_eq!(scanned.to_string(), "(01)06901234567892(17)271100(10)12B(21)77");
/// let item = scanned.trade_item(2026);
/// assert_eq!(item.lot.as_deref(), Some("12B"));
/// assert_eq!(item.expiry.map(|day| day.to_string()).as_deref(), Some("2027-11-30"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    elements: Vec<Element>,
}

impl Message {
    /// Puts a message together; an element that is there twice is kept once.
    ///
    /// # Errors
    /// [`Gs1Error::Empty`] without any, [`Gs1Error::Conflict`] for one identifier with two values.
    pub fn try_new(elements: Vec<Element>) -> Result<Self, Gs1Error> {
        let mut kept: Vec<Element> = Vec::with_capacity(elements.len());
        for element in elements {
            match kept.iter().find(|other| other.ai == element.ai) {
                None => kept.push(element),
                Some(same) if same.value == element.value => {}
                Some(_) => return Err(Gs1Error::Conflict { ai: element.ai }),
            }
        }
        if kept.is_empty() { Err(Gs1Error::Empty) } else { Ok(Self { elements: kept }) }
    }

    /// Reads any of the three spellings, a symbology identifier in front included.
    ///
    /// # Errors
    /// [`Gs1Error`].
    pub fn parse(text: &str) -> Result<Self, Gs1Error> {
        let text = GS1_IDENTIFIERS.iter().find_map(|id| text.strip_prefix(id)).unwrap_or(text);
        if text.starts_with('(') {
            Self::parse_bracketed(text)
        } else if link::is_web_address(text) {
            Self::parse_digital_link(text)
        } else {
            Self::parse_element_string(text)
        }
    }

    /// Reads an element string. A separator too many is forgiven, before, between and after elements.
    ///
    /// # Errors
    /// [`Gs1Error`].
    pub fn parse_element_string(text: &str) -> Result<Self, Gs1Error> {
        let mut elements = Vec::new();
        let mut rest = text.trim_start_matches(FNC1);
        while !rest.is_empty() {
            let form = ai::at_start(rest).ok_or(Gs1Error::UnknownIdentifier { at: text.len() - rest.len() })?;
            let (ai, value) = rest.split_at(form.ai_len);
            let separated = value.find(FNC1).unwrap_or(value.len());
            // A value of fixed length ends there even where a printer left its separator out.
            let end = if form.min == form.max { separated.min(form.max) } else { separated };
            let own = value.get(..end).ok_or_else(|| Gs1Error::Characters { ai: ai.to_owned() })?;
            elements.push(Element::checked(ai, form, own)?);
            rest = value[end..].trim_start_matches(FNC1);
        }
        Self::try_new(elements)
    }

    /// Reads the text printed for people, `(01)06901234567892(10)A7`. A bracket belongs to a value where no known
    /// identifier stands in it.
    ///
    /// # Errors
    /// [`Gs1Error`].
    pub fn parse_bracketed(text: &str) -> Result<Self, Gs1Error> {
        let identifier_at = |at: usize| -> Option<&str> {
            let inner = text.get(at..)?.strip_prefix('(')?;
            let ai = inner.get(..inner.find(')')?)?;
            ai::exactly(ai).map(|_| ai)
        };
        let mut elements = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let ai = identifier_at(at).ok_or(Gs1Error::UnknownIdentifier { at })?;
            let from = at + ai.len() + 2;
            let next = text.match_indices('(').map(|(i, _)| i).find(|&i| i > from && identifier_at(i).is_some());
            at = next.unwrap_or(text.len());
            elements.push(Element::try_new(ai, text[from..at].trim())?);
        }
        Self::try_new(elements)
    }

    /// Reads a GS1 Digital Link. Path stems, other query parameters and the fragment are passed over; a GTIN may
    /// have 8, 12, 13 or 14 digits.
    ///
    /// # Errors
    /// [`Gs1Error`], [`Gs1Error::NotALink`] where no GS1 key is in the path.
    pub fn parse_digital_link(url: &str) -> Result<Self, Gs1Error> {
        Self::try_new(link::elements(url)?)
    }

    /// The elements in their order.
    #[must_use]
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// The value of one identifier.
    #[must_use]
    pub fn value(&self, ai: &str) -> Option<&str> {
        self.elements.iter().find(|element| element.ai == ai).map(Element::value)
    }

    /// The element string, separators where they are due and none at the end.
    #[must_use]
    pub fn to_element_string(&self) -> String {
        let mut out = String::new();
        let mut due = false;
        for element in &self.elements {
            if due {
                out.push(FNC1);
            }
            out.push_str(&element.ai);
            out.push_str(&element.value);
            due = !ai::has_predefined_length(&element.ai);
        }
        out
    }

    /// What the code says about an item. `this_year` decides the century of dates, which have two digits for it:
    /// from 49 years back to 50 years ahead.
    #[must_use]
    pub fn trade_item(&self, this_year: i32) -> TradeItem {
        TradeItem::from_message(self, this_year)
    }
}

/// The text printed for people.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.elements.iter().try_for_each(|element| write!(f, "({}){}", element.ai, element.value))
    }
}
