//! The signed code on a shelf's label.

use crate::id::{ShelfCode, StoreCode};
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Length of a signature in base 32.
pub const SIGNATURE_LEN: usize = 26;
const SIGNATURE_BYTES: usize = 16;
const PREFIX: &str = "ST1";

/// What a shelf's QR code says: `ST1:S001:A-03:<signature>`, all within QR's alphanumeric set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShelfTag {
    /// The store.
    pub store: StoreCode,
    /// The shelf in it.
    pub shelf: ShelfCode,
    /// 26 characters of base 32.
    pub signature: String,
}

/// The chain's secret for shelf labels.
#[derive(Clone)]
pub struct ShelfKey([u8; 32]);

impl ShelfKey {
    /// Takes 32 secret random bytes.
    #[must_use]
    pub const fn new(secret: [u8; 32]) -> Self {
        Self(secret)
    }

    /// Signs a shelf: HMAC-SHA256 (RFC 2104) over `ST1:store:shelf`, the first 16 bytes in base 32.
    #[must_use]
    pub fn sign(&self, store: &StoreCode, shelf: &ShelfCode) -> ShelfTag {
        let code = self.mac(store, shelf).finalize().into_bytes();
        ShelfTag {
            store: store.clone(),
            shelf: shelf.clone(),
            signature: BASE32_NOPAD.encode(&code[..SIGNATURE_BYTES]),
        }
    }

    /// Whether the signature is ours. Takes the same time for every wrong one.
    #[must_use]
    pub fn verifies(&self, store: &StoreCode, shelf: &ShelfCode, signature: &str) -> bool {
        let Ok(code) = BASE32_NOPAD.decode(signature.as_bytes()) else { return false };
        code.len() == SIGNATURE_BYTES && self.mac(store, shelf).verify_truncated_left(&code).is_ok()
    }

    fn mac(&self, store: &StoreCode, shelf: &ShelfCode) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(format!("{PREFIX}:{store}:{shelf}").as_bytes());
        mac
    }
}

/// Why a text is no shelf code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShelfTagError {
    /// It does not begin like one.
    #[error("not a shelf code")]
    NotAShelf,
    /// It begins like one but is damaged or made up.
    #[error("a damaged or made-up shelf code")]
    Malformed,
}

impl ShelfTag {
    /// Reads the text of a QR code. The signature is checked for its form only; see [`ShelfKey::verifies`].
    ///
    /// # Errors
    /// [`ShelfTagError::NotAShelf`] for any other code, [`ShelfTagError::Malformed`] for a broken shelf code.
    pub fn parse(text: &str) -> Result<Self, ShelfTagError> {
        let mut parts = text.trim().split(':');
        if parts.next() != Some(PREFIX) {
            return Err(ShelfTagError::NotAShelf);
        }
        let mut part = || parts.next().ok_or(ShelfTagError::Malformed);
        let store = StoreCode::parse(part()?).map_err(|_| ShelfTagError::Malformed)?;
        let shelf = ShelfCode::parse(part()?).map_err(|_| ShelfTagError::Malformed)?;
        let signature = part()?.to_owned();
        let whole = parts.next().is_none() && signature.len() == SIGNATURE_LEN;
        if whole && BASE32_NOPAD.decode(signature.as_bytes()).is_ok() {
            Ok(Self { store, shelf, signature })
        } else {
            Err(ShelfTagError::Malformed)
        }
    }

    /// The text for the QR code.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{PREFIX}:{}:{}:{}", self.store, self.shelf, self.signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes() -> (StoreCode, ShelfCode) {
        (StoreCode::parse("S001").expect("valid"), ShelfCode::parse("A-03").expect("valid"))
    }

    #[test]
    fn a_tag_survives_printing_and_scanning() {
        let key = ShelfKey::new([7; 32]);
        let (store, shelf) = codes();
        let tag = key.sign(&store, &shelf);
        assert_eq!(ShelfTag::parse(&tag.text()), Ok(tag.clone()));
        assert!(key.verifies(&store, &shelf, &tag.signature));
    }

    #[test]
    fn another_shelf_store_key_or_signature_fails() {
        let key = ShelfKey::new([7; 32]);
        let (store, shelf) = codes();
        let signature = key.sign(&store, &shelf).signature;
        assert!(!key.verifies(&StoreCode::parse("S002").expect("valid"), &shelf, &signature));
        assert!(!key.verifies(&store, &ShelfCode::parse("A-04").expect("valid"), &signature));
        assert!(!ShelfKey::new([8; 32]).verifies(&store, &shelf, &signature));
        assert!(!key.verifies(&store, &shelf, ""));
    }

    #[test]
    fn the_hmac_is_rfc_2104() {
        // Computed with Python's hmac module.
        let (store, shelf) = codes();
        let signature = ShelfKey::new([0; 32]).sign(&store, &shelf).signature;
        let expected = "JNRAW7JUHJ2JX2MFJLNIPTJ4JI";
        assert_eq!(signature, expected);
    }

    #[test]
    fn garbage_is_told_from_other_codes() {
        assert_eq!(ShelfTag::parse("6901234567892"), Err(ShelfTagError::NotAShelf));
        for bad in ["ST1", "ST1:S001:A-03", "ST1:S001:A-03:SHORT", "ST1:s001:A-03:AAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(ShelfTag::parse(bad), Err(ShelfTagError::Malformed), "{bad}");
        }
    }
}
