//! Who sends: RFC 8292. Push services know a sender by its key, and whom to write to when something is wrong.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use data_encoding::BASE64URL_NOPAD;
use domain::instant::{MINUTE_MS, Timestamp};
use reqwest::Url;
use serde_json::json;

/// A token holds for so long; services refuse more than 24 hours.
const HOLDS_MS: i64 = 12 * 60 * MINUTE_MS;

/// The sender's keys.
pub struct Vapid {
    keys: EcdsaKeyPair,
    contact: String,
}

/// The bytes are no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a P-256 key in PKCS#8")]
pub struct KeyError;

impl Vapid {
    /// A key in PKCS#8, and where the sender is reached: `mailto:` or `https:`.
    ///
    /// # Errors
    /// When the bytes are no such key.
    pub fn new(pkcs8: &[u8], contact: impl Into<String>) -> Result<Self, KeyError> {
        let keys = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map_err(|_| KeyError)?;
        Ok(Self { keys, contact: contact.into() })
    }

    /// A new key, in PKCS#8.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "without randomness nothing here is secure")]
    pub fn generate() -> Vec<u8> {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        made.expect("the system has a source of randomness").as_ref().to_vec()
    }

    /// What a browser subscribes with: the public key in base 64 for URLs.
    #[must_use]
    pub fn public_key(&self) -> String {
        BASE64URL_NOPAD.encode(self.keys.public_key().as_ref())
    }

    /// The header `authorization` for a push service.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "without randomness nothing here is secure")]
    pub fn authorization(&self, endpoint: &Url, now: Timestamp) -> String {
        let until_s = now.plus_ms(HOLDS_MS).unix_ms().div_euclid(1000);
        let claims = json!({ "aud": endpoint.origin().ascii_serialization(), "exp": until_s, "sub": self.contact });
        let part = |value: serde_json::Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(json!({ "typ": "JWT", "alg": "ES256" })), part(claims));
        let signature = self.keys.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = BASE64URL_NOPAD.encode(signature.expect("the system has a source of randomness").as_ref());
        format!("vapid t={signed}.{signature}, k={}", self.public_key())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    pub(crate) fn vapid() -> Vapid {
        Vapid::new(&Vapid::generate(), "mailto:it@chain.example").expect("a key")
    }

    #[test]
    fn a_service_can_tell_who_sends_and_for_whom() {
        let vapid = vapid();
        let url = Url::parse("https://fcm.googleapis.com/fcm/send/secret").expect("a URL");
        let header = vapid.authorization(&url, Timestamp::from_unix_ms(1_795_320_000_000));
        let (token, key) = header.strip_prefix("vapid t=").and_then(|rest| rest.split_once(", k=")).expect("both");
        let decoded = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).expect("base 64");
        let (signed, signature) = token.rsplit_once('.').expect("three parts");
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decoded(key));
        assert!(public.verify(signed.as_bytes(), &decoded(signature)).is_ok());
        let claims: serde_json::Value =
            serde_json::from_slice(&decoded(signed.split_once('.').expect("two parts").1)).expect("JSON");
        assert_eq!(claims["aud"], "https://fcm.googleapis.com", "not the address itself");
        assert_eq!(claims["exp"], 1_795_320_000 + 12 * 3600);
    }

    #[test]
    fn other_bytes_are_no_key() {
        assert!(Vapid::new(b"", "mailto:x").is_err() && Vapid::new(&[0x30; 64], "mailto:x").is_err());
    }
}
