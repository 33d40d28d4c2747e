use super::*;
use crate::approval::Standing;
use crate::chain::Head;
use crate::event::{ClockVerdict, DeviceEvent, EventBody, Stamp};
use crate::geo::{Fix, Geofence, NoFix};
use crate::id::{DeviceId, EventId, PersonId, StocktakeId};
use crate::instant::Timestamp;
use ed25519_dalek::SigningKey;
use ed25519_dalek::ed25519::signature::Signer;

fn event(seq: u64) -> LedgerEvent {
    let at = Timestamp::from_unix_ms(1_795_320_000_000);
    let stamp = Stamp {
        seq,
        recorded_at: at,
        geofence: Geofence::Unknown,
        clock: ClockVerdict::Plausible,
        standing: Standing::Posted,
        value_minor: 0,
        flags: Vec::new(),
    };
    let event = DeviceEvent {
        id: EventId::from_parts(1, u128::from(seq)),
        store: StoreCode::parse("S001").expect("valid"),
        device: DeviceId::from_parts(1, 9),
        device_seq: seq,
        person: PersonId::parse("P1").expect("valid"),
        effective_at: at,
        fix: Fix::Missing { reason: NoFix::Denied },
        app: "test".into(),
        body: EventBody::StocktakeOpened { stocktake: StocktakeId::parse("S001-20261122").expect("valid") },
    };
    LedgerEvent { stamp, event }
}

fn signed(key: &SigningKey, head: Head) -> SignedHead {
    let signature = HEXLOWER.encode(&key.sign(&head.signed_bytes()).to_bytes());
    SignedHead { head, signature }
}

/// A proof of event 3 of 5.
fn proof() -> Proof {
    let key = SigningKey::from_bytes(&[7; 32]);
    let bodies: Vec<Vec<u8>> = (1..=5).map(|seq| event(seq).canonical_bytes()).collect();
    let head =
        |n: usize| bodies[..n].iter().fold(Head::genesis(event(1).event.store), |head, body| head.extended(body));
    Proof {
        format: PROOF_FORMAT.into(),
        store: event(1).event.store,
        seq: 3,
        before: head(2).hash,
        event: Bytes(bodies[2].clone()),
        after: bodies[3..].iter().cloned().map(Bytes).collect(),
        head: signed(&key, head(5)),
        public_key: HEXLOWER.encode(key.verifying_key().as_bytes()),
    }
}

#[test]
fn a_genuine_proof_holds_and_survives_its_file() {
    let json = serde_json::to_string(&proof()).expect("plain data");
    let read: Proof = serde_json::from_str(&json).expect("reads");
    assert_eq!(read, proof());
    let proven = read.check(Some(&proof().public_key)).expect("holds");
    assert_eq!((proven.event, proven.head_seq), (event(3), 5));
}

/// Changes a proof and expects it to fail so.
fn check(change: impl FnOnce(&mut Proof), expected: &ProofError) {
    let mut forged = proof();
    change(&mut forged);
    assert_eq!(forged.check(None).expect_err("forged"), *expected);
}

#[test]
fn every_kind_of_tampering_is_seen() {
    let other_event = ProofError::OtherEvent { store: event(1).event.store, seq: 3 };
    let mut altered = event(3);
    altered.event.person = PersonId::parse("P2").expect("valid");
    check(|proof| proof.event = Bytes(altered.canonical_bytes()), &ProofError::Broken);
    check(|proof| proof.event = Bytes(event(4).canonical_bytes()), &other_event);
    check(|proof| proof.event.0.push(0), &ProofError::Damaged);
    check(|proof| proof.before = Hash::GENESIS, &ProofError::Broken);
    check(|proof| proof.after.swap(0, 1), &ProofError::Broken);
    check(|proof| drop(proof.after.pop()), &ProofError::Broken);
    check(|proof| proof.head.head.seq = 6, &ProofError::Broken);
    check(|proof| proof.head.head.hash = Hash::GENESIS, &ProofError::Broken);
    check(|proof| proof.head.signature = "00".repeat(64), &ProofError::Signature);
    check(|proof| proof.public_key = "zz".into(), &ProofError::Key);
    check(|proof| proof.format = "shelftrace-proof-v2".into(), &ProofError::Format("shelftrace-proof-v2".into()));
    let other = HEXLOWER.encode(SigningKey::from_bytes(&[8; 32]).verifying_key().as_bytes());
    check(|proof| proof.public_key = other.clone(), &ProofError::Signature);
}

#[test]
fn a_chain_of_ones_own_is_not_the_trusted_one() {
    // A forger can sign a whole chain of their own: only the key gives it away.
    let trusted = HEXLOWER.encode(SigningKey::from_bytes(&[8; 32]).verifying_key().as_bytes());
    assert_eq!(proof().check(Some(&trusted)), Err(ProofError::OtherKey));
}
