//! The envelope of WeCom's callbacks (its sample libraries call it WXBizMsgCrypt). DingTalk's is the same.
//!
//! A signature by SHA-1 over sorted, undelimited texts, around AES-256-CBC without authentication. What it is worth:
//! whoever knows the token made it, once. Time stamp and nonce are *not* bound: swapped, or with a digit moved from one
//! to the other, they sign alike. So nothing may be decided by them; what counts is inside: see [`super::callback`].

use crate::message::secret::Secret;
use aes::Aes256;
use aes::cipher::generic_array::GenericArray;
use aes::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit};
use data_encoding::{BASE64, Encoding, HEXLOWER};
use sha1::{Digest, Sha1};
use std::sync::LazyLock;
use subtle::ConstantTimeEq;

/// AES's block, in bytes.
const BLOCK: usize = 16;
/// Texts are padded to a multiple of this, not of AES's block: a library's PKCS#7 refuses every second message.
const PADDED_TO: usize = 32;
/// Random bytes before the text.
const SALT: usize = 16;

/// The envelope is not from whom it should be, or not for us. Deliberately the same for each reason: a sender who could
/// tell a wrong signature from a wrong padding could find out the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the envelope cannot be opened")]
pub struct EnvelopeError;

/// The settings are not those of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an EncodingAESKey has 43 letters and digits; copy it from the application's page")]
pub struct AesKeyError;

/// Opens and seals envelopes of one application.
#[derive(Debug, Clone)]
pub struct Crypt {
    token: Secret,
    key: [u8; 32],
    receiver: String,
}

/// An envelope as it travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Lower-case hexadecimal.
    pub signature: String,
    /// As in the address.
    pub timestamp: String,
    /// As in the address.
    pub nonce: String,
    /// The text, enciphered, in base 64.
    pub encrypted: String,
}

/// 43 characters hold 258 bits: the two left over need not be 0, and in many real keys are not.
static LENIENT: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = BASE64.specification();
    specification.check_trailing_bits = false;
    specification.encoding().expect("base 64 stays an encoding when it checks less")
});

impl Crypt {
    /// From an application's settings: its token, its EncodingAESKey, and who receives (the corporation's id).
    ///
    /// # Errors
    /// When the key is not 43 characters of base 64.
    pub fn new(token: Secret, encoding_aes_key: &Secret, receiver: impl Into<String>) -> Result<Self, AesKeyError> {
        let padded = format!("{}=", encoding_aes_key.reveal());
        let key = LENIENT.decode(padded.as_bytes()).map_err(|_| AesKeyError)?;
        let key = key.try_into().map_err(|_| AesKeyError)?;
        Ok(Self { token, key, receiver: receiver.into() })
    }

    /// The text of an envelope.
    ///
    /// # Errors
    /// [`EnvelopeError`], whatever is wrong with it.
    pub fn open(&self, envelope: &Envelope) -> Result<Vec<u8>, EnvelopeError> {
        let expected = self.signature(&envelope.timestamp, &envelope.nonce, &envelope.encrypted);
        if !bool::from(expected.as_bytes().ct_eq(envelope.signature.as_bytes())) {
            return Err(EnvelopeError);
        }
        let cipher_text = BASE64.decode(envelope.encrypted.as_bytes()).map_err(|_| EnvelopeError)?;
        self.decipher(cipher_text).ok_or(EnvelopeError)
    }

    /// An envelope around a text, with 16 random bytes.
    #[must_use]
    pub fn seal(&self, text: &[u8], random: [u8; SALT], timestamp: &str, nonce: &str) -> Envelope {
        let encrypted = BASE64.encode(&self.encipher(text, random));
        let signature = self.signature(timestamp, nonce, &encrypted);
        Envelope { signature, timestamp: timestamp.to_owned(), nonce: nonce.to_owned(), encrypted }
    }

    fn signature(&self, timestamp: &str, nonce: &str, encrypted: &str) -> String {
        let mut parts = [self.token.reveal(), timestamp, nonce, encrypted];
        parts.sort_unstable();
        HEXLOWER.encode(&Sha1::digest(parts.concat()))
    }

    fn decipher(&self, mut bytes: Vec<u8>) -> Option<Vec<u8>> {
        if bytes.len() < 2 * BLOCK || !bytes.len().is_multiple_of(BLOCK) {
            return None;
        }
        let mut cipher = cbc::Decryptor::<Aes256>::new(&self.key.into(), self.key[..BLOCK].into());
        for block in bytes.chunks_exact_mut(BLOCK) {
            cipher.decrypt_block_mut(GenericArray::from_mut_slice(block));
        }
        let plain = unpadded(&bytes)?;
        let (length, rest) = plain.get(SALT..)?.split_first_chunk::<4>()?;
        let (text, receiver) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        (receiver == self.receiver.as_bytes()).then(|| text.to_vec())
    }

    fn encipher(&self, text: &[u8], random: [u8; SALT]) -> Vec<u8> {
        let length = u32::try_from(text.len()).expect("messages are far below 4 GiB");
        let mut bytes = [&random[..], &length.to_be_bytes(), text, self.receiver.as_bytes()].concat();
        let pad = PADDED_TO - bytes.len() % PADDED_TO;
        bytes.resize(bytes.len() + pad, u8::try_from(pad).expect("1 to 32"));
        let mut cipher = cbc::Encryptor::<Aes256>::new(&self.key.into(), self.key[..BLOCK].into());
        for block in bytes.chunks_exact_mut(BLOCK) {
            cipher.encrypt_block_mut(GenericArray::from_mut_slice(block));
        }
        bytes
    }
}

/// Without its padding of 1 to 32 bytes, each of which says how many they are.
fn unpadded(bytes: &[u8]) -> Option<&[u8]> {
    let pad = *bytes.last()?;
    let n_pad = usize::from(pad);
    let (text, padding) = bytes.split_at_checked(bytes.len().checked_sub(n_pad)?)?;
    ((1..=PADDED_TO).contains(&n_pad) && padding.iter().all(|byte| *byte == pad)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{Rng, RngCore, SeedableRng};

    // The vectors of WeCom's and DingTalk's documentation.
    const AES_KEY: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";
    const V2: &str = "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==";

    fn crypt(token: &str, key: &str, receiver: &str) -> Crypt {
        Crypt::new(Secret::new(token), &Secret::new(key), receiver).expect("a key")
    }

    fn wecom() -> Crypt {
        crypt("QDG6eK", AES_KEY, "wx5823bf96d3bd56c7")
    }

    fn envelope(signature: &str, timestamp: &str, nonce: &str, encrypted: &str) -> Envelope {
        let [signature, timestamp, nonce, encrypted] =
            [signature, timestamp, nonce, encrypted].map(std::borrow::ToOwned::to_owned);
        Envelope { signature, timestamp, nonce, encrypted }
    }

    fn message() -> Envelope {
        envelope("477715d11cdb4164915debcba66cb864d751f3e6", "1409659813", "1372623149", V2)
    }

    #[test]
    fn the_official_address_check_opens() {
        let echo = envelope(
            "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
            "1409659589",
            "263014780",
            "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
        );
        assert_eq!(wecom().open(&echo), Ok(b"1616140317555161061".to_vec()));
    }

    #[test]
    fn the_official_message_opens_though_its_padding_is_longer_than_a_block() {
        let text = String::from_utf8(wecom().open(&message()).expect("opens")).expect("text");
        assert!(text.contains("<Content><![CDATA[hello]]></Content>"), "{text}");
        assert!(text.contains("<MsgId>4561255354251345929</MsgId>"), "{text}");
    }

    #[test]
    fn dingtalks_official_message_opens() {
        let key = "Yue0EfdN5900c1ce5cf6A152c63DDe1808a60c5ecd7";
        let sealed = envelope(
            "03044561471240d4a14bb09372dfcfd4fd0e40cb",
            "1608001896814",
            "WL4PK6yA",
            "0vJiX6vliEpwG3U45CtXqi+m8PXbQRARJ8p8BbDuD1EMTDf0jKpQ79QS93qEk7XHpP6u+oTTrd15NRPvNvmBKyDCYxxOK+HZeKju4yhELOFchzNukR+t8SB/qk4ROMu3",
        );
        let opened = crypt("mryue", key, "ding6ccabc44d2c8d38b").open(&sealed).expect("opens");
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&opened).expect("JSON")["EventType"], "check_url");
    }

    #[test]
    fn what_is_not_signed_or_not_for_us_is_refused_alike() {
        let mut forged = message();
        forged.signature.replace_range(..1, "5");
        assert_eq!(wecom().open(&forged), Err(EnvelopeError));
        assert_eq!(wecom().open(&Envelope { signature: String::new(), ..message() }), Err(EnvelopeError));
        assert_eq!(crypt("QDG6eK", AES_KEY, "somebody-else").open(&message()), Err(EnvelopeError));
        assert_eq!(crypt("other", AES_KEY, "wx5823bf96d3bd56c7").open(&message()), Err(EnvelopeError));
    }

    /// A weakness of the format, written down: callers must not rely on the outer time.
    #[test]
    fn time_and_nonce_are_not_bound_by_the_signature() {
        let Envelope { timestamp, nonce, .. } = message();
        let swapped = Envelope { timestamp: nonce, nonce: timestamp, ..message() };
        assert!(wecom().open(&swapped).is_ok());
        let resplit = Envelope { timestamp: "409659813".into(), nonce: "13726231491".into(), ..message() };
        assert!(wecom().open(&resplit).is_ok());
    }

    #[test]
    fn keys_of_43_characters_are_taken_whatever_their_last_bits() {
        for (key, taken) in [
            (AES_KEY, true),
            ("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2D", true),
            ("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2", false),
            ("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2CC", false),
            ("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2_", false),
            ("", false),
        ] {
            assert_eq!(Crypt::new(Secret::new("t"), &Secret::new(key), "r").is_ok(), taken, "{key}");
        }
    }

    #[test]
    fn what_is_sealed_opens_whatever_its_length() {
        let (crypt, mut random) = (wecom(), StdRng::seed_from_u64(7));
        for length in 0..200 {
            let mut text = vec![0; length];
            random.fill_bytes(&mut text);
            let sealed = crypt.seal(&text, random.random(), "1795320000", "n0nce");
            assert_eq!(crypt.open(&sealed), Ok(text), "{length}");
        }
    }

    /// Correctly signed, but with a text made by somebody who knows the token and not the key, or by nobody.
    #[test]
    fn crafted_texts_never_panic() {
        let (crypt, mut random) = (wecom(), StdRng::seed_from_u64(8));
        let signed = |encrypted: String| {
            envelope(&crypt.signature("1795320000", "n", &encrypted), "1795320000", "n", &encrypted)
        };
        for round in 0..2_000_usize {
            let mut bytes = vec![0; random.random_range(0..160)];
            random.fill_bytes(&mut bytes);
            let _ = crypt.open(&signed(BASE64.encode(&bytes)));
            // Deciphered as chosen: lengths beyond the end, paddings of every kind.
            let mut plain = vec![0; BLOCK * random.random_range(1..6)];
            random.fill_bytes(&mut plain);
            let pad = u8::try_from(round % 40).expect("small");
            let n_pad = usize::from(pad).min(plain.len());
            let from = plain.len() - n_pad;
            plain[from..].fill(pad);
            assert!(unpadded(&plain).is_none_or(|text| text.len() < plain.len()));
            let _ = crypt.open(&signed(BASE64.encode(&crypt.encipher_raw(plain))));
        }
        let _ = crypt.open(&signed("not base 64".into()));
    }

    impl Crypt {
        fn encipher_raw(&self, mut bytes: Vec<u8>) -> Vec<u8> {
            let mut cipher = cbc::Encryptor::<Aes256>::new(&self.key.into(), self.key[..BLOCK].into());
            for block in bytes.chunks_exact_mut(BLOCK) {
                cipher.encrypt_block_mut(GenericArray::from_mut_slice(block));
            }
            bytes
        }
    }
}
