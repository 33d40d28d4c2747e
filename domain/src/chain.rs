//! The hash chain that shows whether a store's ledger was altered.

use crate::id::StoreCode;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// A SHA-256 hash; hexadecimal in text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What precedes the first event of every store.
    pub const GENESIS: Self = Self([0; 32]);

    /// The hash of plain bytes, such as an event's content.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// `SHA-256(0x01 ‖ previous ‖ canonical event)`; the prefix keeps chain hashes apart from all others.
    #[must_use]
    pub fn link(previous: Self, canonical: &[u8]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update([0x01]);
        hasher.update(previous.0);
        hasher.update(canonical);
        Self(hasher.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}
impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl From<Hash> for String {
    fn from(hash: Hash) -> String {
        hash.to_string()
    }
}
impl TryFrom<String> for Hash {
    type Error = HashError;
    fn try_from(text: String) -> Result<Self, HashError> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| HashError)?;
        bytes.try_into().map(Self).map_err(|_| HashError)
    }
}

/// The text is not 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 hash in hexadecimal")]
pub struct HashError;

/// The end of a store's ledger: how many events, and the hash that covers them all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Whose ledger.
    pub store: StoreCode,
    /// Number of the last event; 0 before the first.
    pub seq: u64,
    /// Hash of the last event; [`Hash::GENESIS`] before the first.
    pub hash: Hash,
}

impl Head {
    /// The head of an empty ledger.
    #[must_use]
    pub fn genesis(store: StoreCode) -> Self {
        Self { store, seq: 0, hash: Hash::GENESIS }
    }

    /// The head after one more event.
    #[must_use]
    pub fn extended(&self, canonical: &[u8]) -> Self {
        Self { store: self.store.clone(), seq: self.seq + 1, hash: Hash::link(self.hash, canonical) }
    }

    /// What the server signs: `shelftrace-head-v1 ‖ 0 ‖ store ‖ 0 ‖ seq (8 bytes, big endian) ‖ hash`.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = b"shelftrace-head-v1\0".to_vec();
        bytes.extend_from_slice(self.store.as_str().as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(&self.seq.to_be_bytes());
        bytes.extend_from_slice(&self.hash.0);
        bytes
    }
}

/// A head with the server's Ed25519 signature over [`Head::signed_bytes`]: whoever holds one can show later that the
/// ledger then looked so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedHead {
    /// The head.
    pub head: Head,
    /// 64 bytes, hexadecimal.
    pub signature: String,
}
