//! The application identifiers: how long each one's value is and what it is made of.
//!
//! Table 3-2 and figure 7.8.5-2 of the GS1 General Specifications, compressed to ranges; compared identifier by
//! identifier with the table in PyPI `biip` 5.2.0. Where a value has fixed and optional parts only its whole
//! length is checked: the parts matter to nobody who counts stock.

/// What a value is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// Digits.
    Numeric,
    /// GS1 character set 82: digits, letters and the usual punctuation.
    Text,
    /// As `Text`, percent-encoded.
    Encoded,
}

/// Which check the value carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    /// None that is looked at.
    None,
    /// The last digit is the check digit of those before it.
    LastDigit,
    /// The first 14 digits are a GTIN, or a 0 and 13 such digits.
    First14,
}

/// The form of one application identifier's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    /// Digits of the identifier itself.
    pub ai_len: usize,
    /// Shortest value.
    pub min: usize,
    /// Longest value.
    pub max: usize,
    pub charset: Charset,
    pub check: Check,
}

/// One row: identifiers from `first` to `last`, shortest and longest value, what it is made of.
type Row = (u16, u16, u8, u8, Charset);

use Charset::{Encoded, Numeric, Text};

const TWO: &[Row] = &[
    (0, 0, 18, 18, Numeric),
    (1, 3, 14, 14, Numeric),
    (10, 10, 1, 20, Text),
    (11, 13, 6, 6, Numeric),
    (15, 17, 6, 6, Numeric),
    (20, 20, 2, 2, Numeric),
    (21, 22, 1, 20, Text),
    (30, 30, 1, 8, Numeric),
    (37, 37, 1, 8, Numeric),
    (90, 90, 1, 30, Text),
    (91, 99, 1, 90, Text),
];

const THREE: &[Row] = &[
    (235, 235, 1, 28, Text),
    (240, 241, 1, 30, Text),
    (242, 242, 1, 6, Numeric),
    (243, 243, 1, 20, Text),
    (250, 251, 1, 30, Text),
    (253, 253, 13, 30, Text),
    (254, 254, 1, 20, Text),
    (255, 255, 13, 25, Numeric),
    (400, 401, 1, 30, Text),
    (402, 402, 17, 17, Numeric),
    (403, 403, 1, 30, Text),
    (410, 417, 13, 13, Numeric),
    (420, 420, 1, 20, Text),
    (421, 421, 4, 12, Text),
    (422, 422, 3, 3, Numeric),
    (423, 423, 3, 15, Numeric),
    (424, 424, 3, 3, Numeric),
    (425, 425, 3, 15, Numeric),
    (426, 426, 3, 3, Numeric),
    (427, 427, 1, 3, Text),
    (710, 717, 1, 20, Text),
];

const FOUR: &[Row] = &[
    (3100, 3169, 6, 6, Numeric),
    (3200, 3299, 6, 6, Numeric),
    (3300, 3379, 6, 6, Numeric),
    (3400, 3499, 6, 6, Numeric),
    (3500, 3579, 6, 6, Numeric),
    (3600, 3699, 6, 6, Numeric),
    (3900, 3909, 1, 15, Numeric),
    (3910, 3919, 4, 18, Numeric),
    (3920, 3929, 1, 15, Numeric),
    (3930, 3939, 4, 18, Numeric),
    (3940, 3943, 4, 4, Numeric),
    (3950, 3955, 6, 6, Numeric),
    (4300, 4301, 1, 35, Encoded),
    (4302, 4306, 1, 70, Encoded),
    (4307, 4307, 2, 2, Text),
    (4308, 4308, 1, 30, Text),
    (4309, 4309, 20, 20, Numeric),
    (4310, 4311, 1, 35, Encoded),
    (4312, 4316, 1, 70, Encoded),
    (4317, 4317, 2, 2, Text),
    (4318, 4318, 1, 20, Text),
    (4319, 4319, 1, 30, Text),
    (4320, 4320, 1, 35, Encoded),
    (4321, 4323, 1, 1, Numeric),
    (4324, 4325, 10, 10, Numeric),
    (4326, 4326, 6, 6, Numeric),
    (4330, 4333, 6, 7, Text),
    (7001, 7001, 13, 13, Numeric),
    (7002, 7002, 1, 30, Text),
    (7003, 7003, 10, 10, Numeric),
    (7004, 7004, 1, 4, Numeric),
    (7005, 7005, 1, 12, Text),
    (7006, 7006, 6, 6, Numeric),
    (7007, 7007, 6, 12, Numeric),
    (7008, 7008, 1, 3, Text),
    (7009, 7009, 1, 10, Text),
    (7010, 7010, 1, 2, Text),
    (7011, 7011, 6, 10, Numeric),
    (7020, 7022, 1, 20, Text),
    (7023, 7023, 1, 30, Text),
    (7030, 7039, 4, 30, Text),
    (7040, 7040, 4, 4, Text),
    (7041, 7041, 1, 4, Text),
    (7230, 7239, 3, 30, Text),
    (7240, 7240, 1, 20, Text),
    (7241, 7241, 2, 2, Numeric),
    (7242, 7242, 1, 25, Text),
    (7250, 7250, 8, 8, Numeric),
    (7251, 7251, 12, 12, Numeric),
    (7252, 7252, 1, 1, Numeric),
    (7253, 7254, 1, 40, Encoded),
    (7255, 7255, 1, 10, Encoded),
    (7256, 7256, 1, 90, Encoded),
    (7257, 7257, 1, 70, Encoded),
    (7258, 7258, 3, 3, Text),
    (7259, 7259, 1, 40, Encoded),
    (8001, 8001, 14, 14, Numeric),
    (8002, 8002, 1, 20, Text),
    (8003, 8003, 14, 30, Text),
    (8004, 8004, 1, 30, Text),
    (8005, 8005, 6, 6, Numeric),
    (8006, 8006, 18, 18, Numeric),
    (8007, 8007, 1, 34, Text),
    (8008, 8008, 8, 12, Numeric),
    (8009, 8009, 1, 50, Text),
    (8010, 8010, 1, 30, Text),
    (8011, 8011, 1, 12, Numeric),
    (8012, 8012, 1, 20, Text),
    (8013, 8014, 1, 25, Text),
    (8017, 8018, 18, 18, Numeric),
    (8019, 8019, 1, 10, Numeric),
    (8020, 8020, 1, 25, Text),
    (8026, 8026, 18, 18, Numeric),
    (8030, 8030, 1, 90, Text),
    (8040, 8041, 15, 15, Numeric),
    (8042, 8042, 32, 32, Numeric),
    (8043, 8043, 18, 20, Numeric),
    (8110, 8110, 1, 70, Text),
    (8111, 8111, 4, 4, Numeric),
    (8112, 8112, 1, 70, Text),
    (8200, 8200, 1, 70, Text),
];

/// The application identifier at the start of `text`, whose first digits decide how many it has.
pub(super) fn at_start(text: &str) -> Option<Form> {
    [(2, TWO), (3, THREE), (4, FOUR)].into_iter().find_map(|(ai_len, rows)| {
        let digits = text.get(..ai_len).filter(|ai| ai.bytes().all(|b| b.is_ascii_digit()))?;
        let number: u16 = digits.parse().ok()?;
        let after = rows.partition_point(|row| row.0 <= number);
        let &(_, last, min, max, charset) = rows.get(after.checked_sub(1)?)?;
        (number <= last && has_decimals_in_range(ai_len, number)).then(|| Form {
            ai_len,
            min: min.into(),
            max: max.into(),
            charset,
            check: check(ai_len, number),
        })
    })
}

/// The identifier that is the whole of `ai`.
pub(super) fn exactly(ai: &str) -> Option<Form> {
    at_start(ai).filter(|form| form.ai_len == ai.len())
}

/// Measures carry their number of decimals as last digit, and six digits have room for six decimals at most:
/// 0 to 5 are assigned.
const fn has_decimals_in_range(ai_len: usize, number: u16) -> bool {
    !(ai_len == 4 && number >= 3100 && number <= 3699) || number % 10 <= 5
}

const fn check(ai_len: usize, number: u16) -> Check {
    match (ai_len, number) {
        (2, 0..=3) | (3, 402 | 410..=417) | (4, 8017 | 8018) => Check::LastDigit,
        (4, 8003 | 8006 | 8026) => Check::First14,
        _ => Check::None,
    }
}

/// Whether an element with this identifier ends by its length alone, so that no separator follows it: the first
/// two digits decide, for identifiers of any length (General Specifications, figure 7.8.5-2).
pub(super) fn has_predefined_length(ai: &str) -> bool {
    matches!(
        ai.get(..2),
        Some(
            "00" | "01"
                | "02"
                | "03"
                | "04"
                | "11"
                | "12"
                | "13"
                | "14"
                | "15"
                | "16"
                | "17"
                | "18"
                | "19"
                | "20"
                | "31"
                | "32"
                | "33"
                | "34"
                | "35"
                | "36"
                | "41"
        )
    )
}

/// Whether every character may stand in such a value.
pub(super) fn fits(charset: Charset, value: &str) -> bool {
    value.bytes().all(|b| match charset {
        Numeric => b.is_ascii_digit(),
        Text | Encoded => b.is_ascii_alphanumeric() || b"!\"%&'()*+,-./:;<=>?_#".contains(&b),
    })
}
