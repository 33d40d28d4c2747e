//! The envelope of Feishu's (飞书) callbacks: a signature by SHA-256 over the raw body, AES-256-CBC within.

use super::secret::Secret;
use aes::Aes256;
use aes::cipher::generic_array::GenericArray;
use aes::cipher::{BlockDecryptMut, KeyIvInit};
use data_encoding::{BASE64, HEXLOWER};
use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// AES's block, in bytes.
const BLOCK: usize = 16;

/// The envelope is not Feishu's; why is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the envelope cannot be opened")]
pub struct EnvelopeError;

/// Opens envelopes of one application.
#[derive(Debug, Clone)]
pub struct Crypt {
    encrypt_key: Secret,
}

impl Crypt {
    /// With the Encrypt Key of the application's page.
    #[must_use]
    pub fn new(encrypt_key: Secret) -> Self {
        Self { encrypt_key }
    }

    /// What a callback says: the body `{"encrypt": …}`, with the headers `X-Lark-Request-Timestamp`,
    /// `X-Lark-Request-Nonce` and `X-Lark-Signature`.
    ///
    /// # Errors
    /// [`EnvelopeError`], whatever is wrong with it.
    pub fn open(&self, timestamp: &str, nonce: &str, signature: &str, body: &[u8]) -> Result<Value, EnvelopeError> {
        let mut hasher = Sha256::new();
        for part in [timestamp.as_bytes(), nonce.as_bytes(), self.encrypt_key.reveal().as_bytes(), body] {
            hasher.update(part);
        }
        let expected = HEXLOWER.encode(&hasher.finalize());
        if !bool::from(expected.as_bytes().ct_eq(signature.as_bytes())) {
            return Err(EnvelopeError);
        }
        let outer: Value = serde_json::from_slice(body).map_err(|_| EnvelopeError)?;
        let text = self.decipher(outer["encrypt"].as_str().ok_or(EnvelopeError)?).ok_or(EnvelopeError)?;
        serde_json::from_slice(&text).map_err(|_| EnvelopeError)
    }

    fn decipher(&self, encrypted: &str) -> Option<Vec<u8>> {
        let bytes = BASE64.decode(encrypted.as_bytes()).ok()?;
        let (iv, blocks) = bytes.split_first_chunk::<BLOCK>()?;
        if blocks.is_empty() || !blocks.len().is_multiple_of(BLOCK) {
            return None;
        }
        let key = Sha256::digest(self.encrypt_key.reveal());
        let mut cipher = cbc::Decryptor::<Aes256>::new(&key, iv.into());
        let mut text = blocks.to_vec();
        for block in text.chunks_exact_mut(BLOCK) {
            cipher.decrypt_block_mut(GenericArray::from_mut_slice(block));
        }
        let pad = *text.last()?;
        let (plain, padding) = text.split_at_checked(text.len().checked_sub(usize::from(pad))?)?;
        let is_padding = (1..=BLOCK).contains(&usize::from(pad)) && padding.iter().all(|byte| *byte == pad);
        is_padding.then(|| plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{Rng, RngCore, SeedableRng};

    fn crypt() -> Crypt {
        Crypt::new(Secret::new("test key"))
    }

    fn signature(timestamp: &str, nonce: &str, body: &[u8]) -> String {
        let signed = [timestamp.as_bytes(), nonce.as_bytes(), b"test key", body].concat();
        HEXLOWER.encode(&Sha256::digest(signed))
    }

    #[test]
    fn the_official_example_opens() {
        let text = crypt().decipher("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=");
        assert_eq!(text.as_deref(), Some(b"hello world".as_slice()));
    }

    #[test]
    fn what_is_not_signed_or_not_json_is_refused_alike() {
        // The official example is genuine, but no callback.
        let body = br#"{"encrypt":"P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="}"#;
        for signature in [signature("1", "n", body), signature("1", "n", b"{}"), String::new()] {
            assert_eq!(crypt().open("1", "n", &signature, body), Err(EnvelopeError));
        }
    }

    #[test]
    fn crafted_texts_never_panic() {
        let mut random = StdRng::seed_from_u64(11);
        for _ in 0..2_000 {
            let mut bytes = vec![0; random.random_range(0..80)];
            random.fill_bytes(&mut bytes);
            let body = format!("{{\"encrypt\":\"{}\"}}", BASE64.encode(&bytes));
            let signature = signature("1", "n", body.as_bytes());
            assert_eq!(crypt().open("1", "n", &signature, body.as_bytes()), Err(EnvelopeError));
        }
    }
}
