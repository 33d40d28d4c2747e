//! What a push service carries: RFC 8291, in one record of RFC 8188's `aes128gcm`.

use crate::keys::random_bytes;
use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

/// Services take some 4 KB; a notice is far smaller.
pub const BYTES_MAX: usize = 3000;
/// Size of a record, as the header names it; ours is the only one.
const RECORD: u32 = 4096;

/// What a browser gives those who may send to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Where its push service takes notices for it.
    pub endpoint: String,
    /// Its keys.
    pub keys: Keys,
}

/// A browser's keys, in base 64 for URLs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// Public key: an uncompressed point of P-256, 65 bytes.
    pub p256dh: String,
    /// 16 bytes that only the browser and its senders know.
    pub auth: String,
}

/// The subscription's keys are none, or the notice is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the notice cannot be sealed for this browser")]
pub struct SealError;

impl From<Unspecified> for SealError {
    fn from(_: Unspecified) -> Self {
        Self
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// Seals a notice for a browser, with a key and a salt for this one notice.
///
/// # Errors
/// When the browser's keys are none or the notice is longer than [`BYTES_MAX`].
pub fn seal(notice: &[u8], subscription: &Subscription) -> Result<Vec<u8>, SealError> {
    sealed_with(notice, subscription, &PrivateKey::generate(&ECDH_P256)?, random_bytes())
}

fn sealed_with(
    notice: &[u8],
    subscription: &Subscription,
    own: &PrivateKey,
    salt: [u8; 16],
) -> Result<Vec<u8>, SealError> {
    if notice.len() > BYTES_MAX {
        return Err(SealError);
    }
    let decoded = |text: &str| BASE64URL_NOPAD.decode(text.trim_end_matches('=').as_bytes()).map_err(|_| SealError);
    let theirs = decoded(&subscription.keys.p256dh)?;
    let auth: [u8; 16] = decoded(&subscription.keys.auth)?.try_into().map_err(|_| SealError)?;
    let public = own.compute_public_key()?;
    let (key, nonce) = keys(own, &theirs, &theirs, public.as_ref(), &auth, &salt)?;
    // The delimiter of a last record.
    let mut record = [notice, &[2]].concat();
    key.seal_in_place_append_tag(nonce, Aad::empty(), &mut record)?;
    let header = [&salt[..], &RECORD.to_be_bytes(), &[65], public.as_ref()].concat();
    Ok([header, record].concat())
}

/// The key and nonce that both sides agree on; `theirs` is the browser's public key, `ours` the sender's.
fn keys(
    own: &PrivateKey,
    peer: &[u8],
    theirs: &[u8],
    ours: &[u8],
    auth: &[u8; 16],
    salt: &[u8; 16],
) -> Result<(LessSafeKey, Nonce), SealError> {
    let mut secret = [0; 32];
    agree(own, UnparsedPublicKey::new(&ECDH_P256, peer), SealError, |shared| {
        let info = [b"WebPush: info\0", theirs, ours];
        Salt::new(HKDF_SHA256, auth).extract(shared).expand(&info, Length(32))?.fill(&mut secret)?;
        Ok(())
    })?;
    let derived = Salt::new(HKDF_SHA256, salt).extract(&secret);
    let (mut key, mut nonce) = ([0; 16], [0; 12]);
    derived.expand(&[b"Content-Encoding: aes128gcm\0"], Length(16))?.fill(&mut key)?;
    derived.expand(&[b"Content-Encoding: nonce\0"], Length(12))?.fill(&mut nonce)?;
    Ok((LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?), Nonce::assume_unique_for_key(nonce)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    // RFC 8291, section 5 and appendix A.
    const SENDER: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
    const BROWSER: &str = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";
    const BROWSER_PUBLIC: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
    const SALT: &str = "DGv6ra1nlYgDCS1FRnbzlw";
    const SEALED: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

    fn bytes(text: &str) -> Vec<u8> {
        BASE64URL_NOPAD.decode(text.as_bytes()).expect("base 64")
    }

    fn private(text: &str) -> PrivateKey {
        PrivateKey::from_private_key(&ECDH_P256, &bytes(text)).expect("a key")
    }

    /// The RFC's browser.
    pub(crate) fn device(endpoint: String) -> Subscription {
        Subscription { endpoint, keys: Keys { p256dh: BROWSER_PUBLIC.into(), auth: AUTH.into() } }
    }

    /// What the RFC's browser reads.
    pub(crate) fn opened(body: &[u8]) -> Vec<u8> {
        let (salt, rest) = body.split_first_chunk::<16>().expect("a salt");
        let (sender, record) = rest[5..].split_at(65);
        let auth = bytes(AUTH).try_into().expect("16 bytes");
        let (key, nonce) =
            keys(&private(BROWSER), sender, &bytes(BROWSER_PUBLIC), sender, &auth, salt).expect("agreed");
        let mut record = record.to_vec();
        let plain = key.open_in_place(nonce, Aad::empty(), &mut record).expect("genuine");
        assert_eq!(plain.last(), Some(&2));
        plain[..plain.len() - 1].to_vec()
    }

    #[test]
    fn the_rfcs_example_comes_out() {
        let salt = bytes(SALT).try_into().expect("16 bytes");
        let notice = b"When I grow up, I want to be a watermelon";
        let sealed = sealed_with(notice, &device(String::new()), &private(SENDER), salt).expect("seals");
        assert_eq!(BASE64URL_NOPAD.encode(&sealed), SEALED);
        assert_eq!(opened(&sealed), notice);
    }

    #[test]
    fn each_notice_has_a_key_of_its_own() {
        let [one, two] = [(), ()].map(|()| seal("调拨".as_bytes(), &device(String::new())).expect("seals"));
        assert_ne!(one, two);
        assert_eq!((opened(&one), opened(&two)), ("调拨".into(), "调拨".into()));
    }

    #[test]
    fn wrong_keys_are_refused() {
        for (p256dh, auth) in
            [("", AUTH), ("AAAA", AUTH), (BROWSER_PUBLIC, "AAAA"), ("!", AUTH), (&BROWSER_PUBLIC[..84], AUTH)]
        {
            let keys = Keys { p256dh: p256dh.into(), auth: auth.into() };
            assert_eq!(seal(b"x", &Subscription { endpoint: String::new(), keys }), Err(SealError), "{p256dh}");
        }
        assert_eq!(seal(&[0; BYTES_MAX + 1], &device(String::new())), Err(SealError));
    }
}
