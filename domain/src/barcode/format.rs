//! The kinds of symbols, under the names that decoders give them.

use serde::{Deserialize, Serialize};

/// What kind of symbol a text was read from, or by which other way it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Format {
    /// EAN-13; zxing calls UPC-A so too and puts a 0 in front.
    Ean13,
    /// EAN-8.
    Ean8,
    /// UPC-A.
    UpcA,
    /// UPC-E, expanded to UPC-A or not.
    UpcE,
    /// Interleaved 2 of 5, on cartons.
    Itf,
    /// Code 128, GS1-128 included.
    Code128,
    /// Code 39.
    Code39,
    /// Code 93.
    Code93,
    /// Codabar.
    Codabar,
    /// GS1 DataBar of all kinds.
    DataBar,
    /// Data Matrix.
    DataMatrix,
    /// QR code, Micro QR included.
    QrCode,
    /// Aztec.
    Aztec,
    /// PDF417.
    Pdf417,
    /// A hardware scanner that types, which does not say what symbol it saw.
    HardwareScanner,
    /// A person typed it.
    Typed,
    /// Any other symbol.
    Other,
}

impl Format {
    /// The format that zxing and others call so; spaces, dashes and case do not matter. [`Format::Other`] for
    /// names not known.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        match plain.as_str() {
            "ean13" | "isbn" => Self::Ean13,
            "ean8" => Self::Ean8,
            "upca" => Self::UpcA,
            "upce" => Self::UpcE,
            "itf" | "itf14" => Self::Itf,
            "code128" => Self::Code128,
            "code39" | "code39ext" | "code39extended" | "code39std" => Self::Code39,
            "code93" => Self::Code93,
            "codabar" => Self::Codabar,
            "datamatrix" => Self::DataMatrix,
            "qrcode" | "microqrcode" | "rmqrcode" => Self::QrCode,
            "aztec" | "azteccode" => Self::Aztec,
            "pdf417" => Self::Pdf417,
            "hardwarescanner" => Self::HardwareScanner,
            "typed" => Self::Typed,
            databar if databar.starts_with("databar") => Self::DataBar,
            _ => Self::Other,
        }
    }

    /// The name, as zxing spells it where it has one.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ean13 => "EAN13",
            Self::Ean8 => "EAN8",
            Self::UpcA => "UPCA",
            Self::UpcE => "UPCE",
            Self::Itf => "ITF",
            Self::Code128 => "Code128",
            Self::Code39 => "Code39",
            Self::Code93 => "Code93",
            Self::Codabar => "Codabar",
            Self::DataBar => "DataBar",
            Self::DataMatrix => "DataMatrix",
            Self::QrCode => "QRCode",
            Self::Aztec => "Aztec",
            Self::Pdf417 => "PDF417",
            Self::HardwareScanner => "HardwareScanner",
            Self::Typed => "Typed",
            Self::Other => "Other",
        }
    }

    /// Whether such a symbol holds a trade item number and nothing else.
    pub(super) const fn is_number_only(self) -> bool {
        matches!(self, Self::Ean13 | Self::Ean8 | Self::UpcA | Self::UpcE | Self::Itf)
    }

    /// Whether such a symbol holds GS1 elements and nothing else.
    pub(super) const fn is_gs1_only(self) -> bool {
        matches!(self, Self::DataBar)
    }

    /// Whether it is made of bars in one direction, so that part of it may pass for another symbol.
    #[must_use]
    pub const fn is_linear(self) -> bool {
        !matches!(self, Self::DataMatrix | Self::QrCode | Self::Aztec | Self::Pdf417)
    }

    /// Whether the symbol itself notices most misreadings, by check digit or error correction.
    #[must_use]
    pub const fn is_self_checking(self) -> bool {
        !matches!(self, Self::Itf | Self::Code39 | Self::Codabar | Self::Other)
    }
}

impl From<String> for Format {
    fn from(name: String) -> Self {
        Self::from_name(&name)
    }
}

impl From<Format> for String {
    fn from(format: Format) -> Self {
        format.name().to_owned()
    }
}

/// Takes a symbology identifier (ISO/IEC 15424: `]`, a letter, a modifier) off the front: the format it names, if
/// one we know, whether it says GS1, and the text behind it.
pub(super) fn split_identifier(text: &str) -> Option<(Option<Format>, bool, &str)> {
    let (identifier, rest) = text.split_at_checked(3)?;
    let mut parts = identifier.strip_prefix(']')?.chars();
    let (letter, modifier) = (parts.next()?, parts.next()?);
    if !letter.is_ascii_alphabetic() || !modifier.is_ascii_alphanumeric() {
        return None;
    }
    let format = match letter {
        'E' if modifier == '4' => Some(Format::Ean8),
        'E' => Some(Format::Ean13),
        'I' => Some(Format::Itf),
        'C' => Some(Format::Code128),
        'A' => Some(Format::Code39),
        'G' => Some(Format::Code93),
        'F' => Some(Format::Codabar),
        'e' => Some(Format::DataBar),
        'd' => Some(Format::DataMatrix),
        'Q' => Some(Format::QrCode),
        'z' => Some(Format::Aztec),
        'L' => Some(Format::Pdf417),
        _ => None,
    };
    Some((format, crate::gs1::GS1_IDENTIFIERS.contains(&identifier), rest))
}
