//! Who sends: RFC 8292. Push services know a sender by its key, and whom to write to when something is wrong.

use crate::keys::write_secret;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use domain::instant::{MINUTE_MS, Timestamp};
use reqwest::Url;
use serde_json::json;
use std::io;
use std::path::{Path, PathBuf};

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

/// Why there is no key to send with.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read or written.
    #[error("the key file {} cannot be read or written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is not one of ours.
    #[error("the key file {} is damaged; restore it, or remove it and every browser must be asked again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

impl Vapid {
    /// The key in `data_dir/push.key`, made where there is none: browsers that have agreed to one key take nothing from
    /// another.
    ///
    /// # Errors
    /// When the file cannot be read or written, or is damaged.
    pub fn load_or_create(data_dir: &Path, contact: &str) -> Result<Self, KeyFileError> {
        let path = data_dir.join("push.key");
        let io = |source| KeyFileError::Io { path: path.clone(), source };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                std::fs::create_dir_all(data_dir).map_err(io)?;
                let text = HEXLOWER.encode(&Self::generate());
                write_secret(&path, &text).map_err(io)?;
                text
            }
            Err(error) => return Err(io(error)),
        };
        let pkcs8 = HEXLOWER.decode(text.trim().as_bytes()).unwrap_or_default();
        Self::new(&pkcs8, contact).map_err(|KeyError| KeyFileError::Damaged { path: path.clone() })
    }

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
    fn the_key_is_made_once_and_never_replaced() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let load = || Vapid::load_or_create(folder.path(), "mailto:it@chain.example");
        let made = load().expect("makes it").public_key();
        assert_eq!(load().expect("reads it").public_key(), made);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.path().join("push.key")).expect("is there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::write(folder.path().join("push.key"), "00").expect("writes");
        assert!(matches!(load(), Err(KeyFileError::Damaged { .. })));
    }

    #[test]
    fn other_bytes_are_no_key() {
        assert!(Vapid::new(b"", "mailto:x").is_err() && Vapid::new(&[0x30; 64], "mailto:x").is_err());
    }
}
