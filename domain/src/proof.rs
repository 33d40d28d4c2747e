//! A proof that one event stands in a store's ledger as it was taken, which anybody can check without the server.
//!
//! It holds the event's canonical bytes, the chain's hash before it, the canonical bytes of the events after it up to
//! the next signed head, that head, and the public key. Whoever trusts the key — it is shown on the audit page and can
//! be kept elsewhere — need trust nothing else.

use crate::chain::{Hash, SignedHead};
use crate::event::LedgerEvent;
use crate::id::StoreCode;
use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};

/// What every proof says it is.
pub const PROOF_FORMAT: &str = "shelftrace-proof-v1";

/// A proof of inclusion, as the file holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// [`PROOF_FORMAT`].
    pub format: String,
    /// Whose ledger.
    pub store: StoreCode,
    /// The event's number.
    pub seq: u64,
    /// The chain's hash before the event.
    pub before: Hash,
    /// The event's canonical bytes.
    pub event: Bytes,
    /// The canonical bytes of the events after it, up to the signed head.
    pub after: Vec<Bytes>,
    /// A signed head at or after the event.
    pub head: SignedHead,
    /// The Ed25519 key that the chain signs with: 32 bytes, hexadecimal.
    pub public_key: String,
}

/// Bytes; base64 in text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Bytes(pub Vec<u8>);

impl From<Bytes> for String {
    fn from(bytes: Bytes) -> String {
        BASE64.encode(&bytes.0)
    }
}

impl TryFrom<String> for Bytes {
    type Error = data_encoding::DecodeError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        BASE64.decode(text.as_bytes()).map(Self)
    }
}

/// What a proof shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The event.
    pub event: LedgerEvent,
    /// Its hash in the chain.
    pub hash: Hash,
    /// Number of the signed head that covers it.
    pub head_seq: u64,
    /// The key that signed, hexadecimal: compare it with the chain's.
    pub public_key: String,
}

/// Why a proof shows nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// A newer program has made it.
    #[error("the proof has the format {0:?}, which this program does not know")]
    Format(String),
    /// The event's bytes are no event.
    #[error("the event's bytes are damaged")]
    Damaged,
    /// The event is another than the proof says.
    #[error("the event is not event {seq} of store {store}")]
    OtherEvent {
        /// The store named.
        store: StoreCode,
        /// The number named.
        seq: u64,
    },
    /// The head is not the one that the chain leads to.
    #[error("the chain does not lead from the event to the signed head: something was altered")]
    Broken,
    /// The key is none.
    #[error("the public key is not 64 hexadecimal digits of a key")]
    Key,
    /// The head was not signed with the key.
    #[error("the signed head does not carry this key's signature")]
    Signature,
    /// The key is another than the one trusted.
    #[error("the proof was made with another key than the one trusted")]
    OtherKey,
}

/// Whether a head carries the signature of the key (32 bytes, hexadecimal).
///
/// # Errors
/// [`ProofError::Key`] or [`ProofError::Signature`].
pub fn check_signature(head: &SignedHead, public_key: &str) -> Result<(), ProofError> {
    let bytes = HEXLOWER.decode(public_key.as_bytes()).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let key = bytes.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok()).ok_or(ProofError::Key)?;
    let signature =
        HEXLOWER.decode(head.signature.as_bytes()).ok().and_then(|bytes| Signature::from_slice(&bytes).ok());
    let signature = signature.ok_or(ProofError::Signature)?;
    key.verify_strict(&head.head.signed_bytes(), &signature).map_err(|_| ProofError::Signature)
}

impl Proof {
    /// Follows the chain from the event to the signed head. `trusted` is the chain's public key, where the reader
    /// knows it; without it compare [`Proven::public_key`].
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn check(&self, trusted: Option<&str>) -> Result<Proven, ProofError> {
        if self.format != PROOF_FORMAT {
            return Err(ProofError::Format(self.format.clone()));
        }
        let event = LedgerEvent::from_canonical_bytes(&self.event.0).map_err(|_| ProofError::Damaged)?;
        if event.stamp.seq != self.seq || event.event.store != self.store {
            return Err(ProofError::OtherEvent { store: self.store.clone(), seq: self.seq });
        }
        let hash = Hash::link(self.before, &self.event.0);
        let end = self.after.iter().fold(hash, |hash, bytes| Hash::link(hash, &bytes.0));
        let n_after = u64::try_from(self.after.len()).unwrap_or(u64::MAX);
        let head = &self.head.head;
        if head.store != self.store || self.seq.checked_add(n_after) != Some(head.seq) || head.hash != end {
            return Err(ProofError::Broken);
        }
        check_signature(&self.head, &self.public_key)?;
        if trusted.is_some_and(|trusted| trusted != self.public_key) {
            return Err(ProofError::OtherKey);
        }
        Ok(Proven { event, hash, head_seq: head.seq, public_key: self.public_key.clone() })
    }
}

#[cfg(test)]
mod tests;
