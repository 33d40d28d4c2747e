//! The driver's link: whoever has it may see one waybill and say that the goods were picked up and delivered, until it
//! expires. Nothing about it is stored: it follows from the hand-over.

use data_encoding::BASE32_NOPAD;
use domain::instant::{DAY_MS, Timestamp};
use domain::transfer::{Carriage, Step, StepKind, Transfer, TransferId};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// From the hand-over to the end of the link, in milliseconds.
const VALID_MS: i64 = 3 * DAY_MS;
/// Of the signature so many bytes are in the link: nobody guesses 128 bits.
const SIGNATURE_BYTES: usize = 16;

/// The last part of the link to a transfer that a driver took along; `None` before that and with a carrier.
#[must_use]
pub fn token(key: &[u8; 32], transfer: &Transfer) -> Option<String> {
    let taken = transfer.step(StepKind::HandOver)?;
    let Step::HandedOver { carriage: Carriage::Driver { .. }, .. } = taken.step else { return None };
    Some(signed(key, transfer.id, taken.at.plus_ms(VALID_MS).unix_ms().div_euclid(1_000)))
}

fn signed(key: &[u8; 32], transfer: TransferId, until_s: i64) -> String {
    let code = mac(key, transfer, until_s).finalize().into_bytes();
    format!("{transfer}.{until_s}.{}", BASE32_NOPAD.encode(&code[..SIGNATURE_BYTES]))
}

fn mac(key: &[u8; 32], transfer: TransferId, until_s: i64) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a MAC takes keys of every length");
    mac.update(format!("{transfer}.{until_s}").as_bytes());
    mac
}

/// The transfer that a link opens at `now`; `None` for one that is not ours or has expired.
#[must_use]
pub fn read(key: &[u8; 32], token: &str, now: Timestamp) -> Option<TransferId> {
    let mut parts = token.split('.');
    let (transfer, until, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let transfer = TransferId::parse(transfer).ok().filter(|_| parts.next().is_none())?;
    let until_s: i64 = until.parse().ok()?;
    let code = BASE32_NOPAD.decode(signature.as_bytes()).ok().filter(|code| code.len() == SIGNATURE_BYTES)?;
    mac(key, transfer, until_s).verify_truncated_left(&code).ok()?;
    (now.unix_ms().div_euclid(1_000) < until_s).then_some(transfer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::EventId;

    const KEY: [u8; 32] = [7; 32];
    const NOW: Timestamp = Timestamp::from_unix_ms(1_795_320_000_000);

    #[test]
    fn a_link_opens_its_waybill_until_it_expires() {
        let transfer = TransferId::of(EventId::from_parts(1_795_320_000_000, 1));
        let until_s = NOW.unix_ms() / 1_000 + 60;
        let token = signed(&KEY, transfer, until_s);
        assert_eq!(read(&KEY, &token, NOW), Some(transfer));
        assert_eq!(read(&KEY, &token, NOW.plus_ms(60_000)), None, "expired");
        assert_eq!(read(&[8; 32], &token, NOW), None, "another chain's");
        let other = TransferId::of(EventId::from_parts(1_795_320_000_000, 2));
        for forged in [
            token.replace(&transfer.to_string(), &other.to_string()),
            token.replace(&until_s.to_string(), &(until_s + 60).to_string()),
            token[..token.len() - 2].to_owned(),
            format!("{token}.x"),
            format!("{token}AA"),
            transfer.to_string(),
            String::new(),
        ] {
            assert_eq!(read(&KEY, &forged, NOW), None, "{forged}");
        }
    }
}
