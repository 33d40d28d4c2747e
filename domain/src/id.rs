//! Typed identifiers: short codes people read aloud, and ULIDs devices make.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use ulid::Ulid;

/// Why a text is not a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a {kind}: use 1 to {max_len} capital letters, digits, dots or dashes")]
pub struct CodeError {
    kind: &'static str,
    max_len: usize,
    text: String,
}

/// Letters, digits, dot and dash: every one is in the QR alphanumeric set and safe in a URL path.
fn is_code(text: &str, max_len: usize) -> bool {
    (1..=max_len).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-' || b == b'.')
}

macro_rules! code {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $max:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads the code.
            ///
            /// # Errors
            /// When it is empty, too long, or has other characters than capital letters, digits, dots and dashes.
            pub fn parse(text: &str) -> Result<Self, CodeError> {
                if is_code(text, $max) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(CodeError { kind: $kind, max_len: $max, text: text.chars().take(64).collect() })
                }
            }

            /// The code as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = CodeError;
            fn try_from(text: String) -> Result<Self, CodeError> {
                Self::parse(&text)
            }
        }
        impl FromStr for $name {
            type Err = CodeError;
            fn from_str(text: &str) -> Result<Self, CodeError> {
                Self::parse(text)
            }
        }
        impl From<$name> for String {
            fn from(code: $name) -> String {
                code.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

code!(
    /// A store of the chain, such as `S001`.
    StoreCode, "store code", 12
);
code!(
    /// A region: a group of stores under one regional manager, such as `R1`.
    RegionCode, "region code", 12
);
code!(
    /// A zone of a store's floor, such as `A`. It is what stands before the first dash of its shelves' codes.
    ZoneCode, "zone code", 8
);
code!(
    /// A shelf within its store, such as `A-03`; unique in the store, not in the chain.
    ShelfCode, "shelf code", 16
);
code!(
    /// A sellable item as the chain's master data names it, such as `100234`; independent of its barcodes.
    SkuCode, "SKU code", 24
);
code!(
    /// A product category, such as `C01`.
    CategoryCode, "category code", 12
);
code!(
    /// A person who signs in, such as `P0012`; never reused.
    PersonId, "person id", 24
);
code!(
    /// What a message is about, by its own code: a transfer, a firing of a rule, an event.
    ObjectCode, "object code", 64
);
code!(
    /// A stocktake: store, store-local business date and, from the second of a day on, a number:
    /// `S001-20261122`, `S001-20261122-2`. Made the same way everywhere, so that two clerks who open the day's
    /// stocktake while offline join the same one.
    StocktakeId, "stocktake id", 32
);

code!(
    /// A door of a store, as its people counter calls it, such as `MAIN`.
    DoorCode, "door code", 16
);
code!(
    /// A rule that warns, such as `LOW-AND-RISING`; never reused.
    RuleCode, "rule code", 24
);

impl ShelfCode {
    /// The zone the shelf stands in: the part before the first dash, or the whole code where there is none.
    #[must_use]
    pub fn zone(&self) -> ZoneCode {
        let zone = self.0.split('-').next().unwrap_or_default();
        ZoneCode(zone.chars().take(8).collect())
    }
}

/// Why a text is not a ULID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a ULID")]
pub struct UlidError(String);

macro_rules! ulid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Ulid);

        impl $name {
            /// The smallest id.
            pub const MIN: Self = Self(Ulid(0));

            /// Builds the id from its time (milliseconds since 1970, 48 bits are kept) and 80 random bits.
            #[must_use]
            pub fn from_parts(unix_ms: u64, random: u128) -> Self {
                Self(Ulid::from_parts(unix_ms, random))
            }

            /// Reads the 26 characters of Crockford's base 32.
            ///
            /// # Errors
            /// When the text is not a ULID.
            pub fn parse(text: &str) -> Result<Self, UlidError> {
                Ulid::from_string(text).map(Self).map_err(|_| UlidError(text.chars().take(40).collect()))
            }

            /// The 16 bytes, most significant first.
            #[must_use]
            pub fn to_bytes(self) -> [u8; 16] {
                self.0.0.to_be_bytes()
            }
        }
        impl TryFrom<String> for $name {
            type Error = UlidError;
            fn try_from(text: String) -> Result<Self, UlidError> {
                Self::parse(&text)
            }
        }
        impl FromStr for $name {
            type Err = UlidError;
            fn from_str(text: &str) -> Result<Self, UlidError> {
                Self::parse(text)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.to_string()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

ulid_id!(
    /// An event, made on the device that recorded it: the idempotency key.
    EventId
);
ulid_id!(
    /// A message to a person.
    MessageId
);
ulid_id!(
    /// A device's installation of the app. Clearing the browser's data makes a new one, so sequences never restart.
    DeviceId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_refuse_what_cannot_stand_in_a_url_or_qr() {
        for bad in ["", "s001", "S 01", "S/1", "S001S001S001X", "店"] {
            assert!(StoreCode::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(StoreCode::parse("S001").expect("valid").as_str(), "S001");
    }

    #[test]
    fn a_shelf_knows_its_zone() {
        assert_eq!(ShelfCode::parse("AB-03-2").expect("valid").zone().as_str(), "AB");
        assert_eq!(ShelfCode::parse("BACK").expect("valid").zone().as_str(), "BACK");
    }

    #[test]
    fn ulids_round_trip_as_text() {
        let id = EventId::from_parts(1_700_000_000_000, 42);
        assert_eq!(EventId::parse(&id.to_string()), Ok(id));
        assert!(EventId::parse("not-a-ulid").is_err());
    }
}
